#include "paraudit/recommend/surprise_ranks.h"

size_t pa_surprise_step(float surprise)
{
    float step = surprise * 32;
    if (!(step > 0)) return 0;
    return step < PA_SURPRISE_STEPS ? (size_t)step : PA_SURPRISE_STEPS - 1;
}

void pa_surprise_rank(size_t groups, int64_t count[])
{
    for (size_t g = 0; g < groups; g++)
        for (size_t s = PA_SURPRISE_STEPS - 1; s-- > 0;)
            count[g * PA_SURPRISE_STEPS + s] += count[g * PA_SURPRISE_STEPS + s + 1];
}

float pa_surprise_p_value(const int64_t at_least[], float surprise)
{
    return (float)((double)(at_least[pa_surprise_step(surprise)] + 1) / (double)(at_least[0] + 1));
}
