#include "paraudit/csv/loss.h"

int64_t pa_rejects_in_all(const pa_reject_counts *rejected)
{
    int64_t n = 0;
    for (int i = 0; i < PA_REJECT_N; i++) n += rejected->n[i];
    return n;
}

int64_t pa_rejects_lost(const pa_reject_counts *rejected)
{
    int64_t n = rejected->within;
    for (int i = 0; i < PA_REJECT_N; i++) n += pa_reject_reason_keys[i] ? rejected->n[i] : 0;
    return n;
}

pa_reject_reason pa_leading_reason(const pa_reject_counts *rejected)
{
    int leading = PA_REJECT_N;
    for (int i = 0; i < PA_REJECT_N; i++) {
        int64_t most = leading == PA_REJECT_N ? 0 : rejected->n[leading];
        if (pa_reject_reason_keys[i] && rejected->n[i] > most) leading = i;
    }
    return (pa_reject_reason)leading;
}

int32_t pa_lossy_file(size_t n, const int64_t rows[], const pa_reject_counts rejected[],
                      double share)
{
    for (size_t i = 0; i < n; i++) {
        int64_t lost = pa_rejects_lost(rejected + i),
                all = rows[i] + pa_rejects_in_all(rejected + i) + rejected[i].within;
        if (lost > PA_LOSS_FEW && (double)lost > share * (double)all) return (int32_t)i;
    }
    return -1;
}

bool pa_find_lost_kind(const pa_kind_counts *by_kind, uint32_t met, pa_lost_kind *lost)
{
    *lost = (pa_lost_kind){.reason = PA_REJECT_N, .kind = PA_KIND_N};
    for (int r = 0; r < PA_REJECT_N; r++) {
        for (int k = 0; k < PA_KIND_N; k++) {
            int64_t n = by_kind->n[r][k];
            if (met >> k & 1 || n < PA_LOSS_FEW || n <= lost->n) continue;
            *lost = (pa_lost_kind){(pa_reject_reason)r, (pa_row_kind)k, n};
        }
    }
    return lost->n > 0;
}
