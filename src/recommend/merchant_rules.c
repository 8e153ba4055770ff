#include "paraudit/recommend/merchant_rules.h"

#include "paraudit/base/array.h"

static bool is_rule(const int32_t *r)
{
    return r[PA_RULE_FROM] >= 0 && r[PA_RULE_TO] >= 0 && r[PA_RULE_FROM] != r[PA_RULE_TO] &&
           r[PA_RULE_BOTH] > 1 && r[PA_RULE_BOTH] <= r[PA_RULE_HAVE];
}

static bool are_rules(size_t n, const int32_t rule[])
{
    bool are = n < UINT32_MAX;
    for (size_t i = 0; are && i < n; i++) {
        const int32_t *r = rule + i * PA_RULE_WIDTH, *before = r - PA_RULE_WIDTH;
        are = is_rule(r) && r[PA_RULE_FROM] < INT32_MAX && r[PA_RULE_TO] < INT32_MAX;
        if (i && are)
            are = before[PA_RULE_FROM] < r[PA_RULE_FROM] ||
                  (before[PA_RULE_FROM] == r[PA_RULE_FROM] && before[PA_RULE_TO] < r[PA_RULE_TO]);
    }
    return are;
}

static size_t codes_of(size_t n, const int32_t rule[])
{
    size_t codes = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = PA_RULE_FROM; k <= PA_RULE_TO; k++) {
            size_t code = (size_t)rule[i * PA_RULE_WIDTH + k];
            if (code >= codes) codes = code + 1;
        }
    return codes;
}

static pa_status take_room(size_t n, pa_merchant_rules *r, pa_error *err)
{
    PA_TRY(PA_NEW(r->first, r->n_codes + 1, err));
    PA_TRY(PA_NEW(r->to, n, err));
    return PA_NEW(r->share, n, err);
}

pa_status pa_merchant_rules_open(size_t n, const int32_t rule[], pa_merchant_rules *r,
                                 pa_error *err)
{
    *r = (pa_merchant_rules){0};
    if (!are_rules(n, rule)) return pa_fail(err, PA_E_DATA, "the rules of merchants are not whole");
    r->n_codes = codes_of(n, rule);
    pa_status st = take_room(n, r, err);
    if (st != PA_OK) {
        pa_merchant_rules_free(r);
        return st;
    }
    for (size_t i = 0; i < n; i++) {
        const int32_t *is = rule + i * PA_RULE_WIDTH;
        r->first[is[PA_RULE_FROM] + 1]++;
        r->to[i] = is[PA_RULE_TO];
        r->share[i] = (float)(is[PA_RULE_BOTH] - 1) / (float)is[PA_RULE_HAVE];
    }
    for (size_t a = 0; a < r->n_codes; a++) r->first[a + 1] += r->first[a];
    return PA_OK;
}

void pa_merchant_rules_free(pa_merchant_rules *r)
{
    pa_free(r->first);
    pa_free(r->to);
    pa_free(r->share);
    *r = (pa_merchant_rules){0};
}

int64_t pa_merchant_rule(const pa_merchant_rules *r, int32_t from, int32_t to)
{
    if ((size_t)from >= r->n_codes) return -1;
    uint32_t low = r->first[from], end = r->first[from + 1], high = end;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (r->to[middle] < to)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && r->to[low] == to ? (int64_t)low : -1;
}

double pa_merchant_rules_left(const pa_merchant_rules *r, int32_t from, const bool out[])
{
    double sum = 0;
    if ((size_t)from >= r->n_codes) return 0;
    for (uint32_t i = r->first[from]; i < r->first[from + 1]; i++)
        if (!out[r->to[i]]) sum += (double)r->share[i];
    return sum;
}
