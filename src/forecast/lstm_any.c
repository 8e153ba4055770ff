#define LOOPS pa_lstm_loops_any
#include "lstm_loops.h"

const pa_lstm_loops *pa_lstm_loops_best(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f")) return &pa_lstm_loops_avx512;
    if (__builtin_cpu_supports("avx2")) return &pa_lstm_loops_avx2;
#endif
    return &pa_lstm_loops_any;
}
