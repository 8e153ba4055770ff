#include "paraudit/detect/top_reasons.h"

#include "paraudit/base/math.h"
#include "paraudit/table/column.h"

/* One family as row r sees it. */
typedef struct {
    int64_t sum, most;
    int32_t feature; /* whose part is the largest; -1: none is positive */
} family_part;

static family_part family_of_row(const pa_families *families, size_t k, size_t n, size_t r,
                                 const int64_t part[])
{
    family_part f = {.feature = -1};
    for (int32_t i = families->first[k]; i < families->first[k + 1]; i++) {
        int32_t feature = families->member[i];
        int64_t v = part[(size_t)feature * n + r];
        if (v <= 0) continue;
        f.sum += v;
        if (v <= f.most) continue;
        f.most = v;
        f.feature = feature;
    }
    return f;
}

/* Puts a family among the largest, which stand in order. */
static void insert(family_part top[PA_REASONS], family_part f)
{
    if (f.sum <= top[PA_REASONS - 1].sum) return;
    int k = PA_REASONS - 1;
    for (; k > 0 && top[k - 1].sum < f.sum; k--) top[k] = top[k - 1];
    top[k] = f;
}

void pa_top_reasons(const pa_families *families, size_t n, const int64_t part[], int32_t reason[],
                    float share[])
{
    for (size_t r = 0; r < n; r++) {
        family_part top[PA_REASONS];
        int64_t sum = 0;
        for (int k = 0; k < PA_REASONS; k++) top[k] = (family_part){.feature = -1};
        for (size_t k = 0; k < families->n; k++) {
            family_part f = family_of_row(families, k, n, r, part);
            sum += f.sum;
            insert(top, f);
        }
        for (size_t k = 0; k < PA_REASONS; k++) {
            reason[k * n + r] = top[k].feature;
            share[k * n + r] = sum > 0 ? (float)((double)top[k].sum / (double)sum) : 0;
        }
    }
}

void pa_drop_missing(size_t n_features, size_t n, const float *const column[], int64_t part[])
{
    for (size_t c = 0; c < n_features; c++) {
        const float *v = column[c];
        if (!pa_any_nan(n, v)) continue;
        for (size_t r = 0; r < n; r++)
            if (v[r] != v[r]) part[c * n + r] = 0;
    }
}
