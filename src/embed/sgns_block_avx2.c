#define PA_LANES 8
#include "sgns_lanes.h"

void pa_sgns_step_avx2(const pa_sgns_block *block)
{
    step(block);
}

void pa_sgns_note_avx2(size_t n, const float was[], const float now[], float unit, float most,
                       int32_t sum[])
{
    note(n, was, now, unit, most, sum);
}
