#define PA_LANES 4
#include "sgns_lanes.h"

void pa_sgns_step_plain(const pa_sgns_block *block)
{
    step(block);
}

void pa_sgns_note_plain(size_t n, const float was[], const float now[], float unit, float most,
                        int32_t sum[])
{
    note(n, was, now, unit, most, sum);
}

pa_sgns_kernels pa_sgns_best_kernels(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f"))
        return (pa_sgns_kernels){pa_sgns_step_avx512, pa_sgns_note_avx512};
    if (__builtin_cpu_supports("avx2"))
        return (pa_sgns_kernels){pa_sgns_step_avx2, pa_sgns_note_avx2};
#endif
    return (pa_sgns_kernels){pa_sgns_step_plain, pa_sgns_note_plain};
}
