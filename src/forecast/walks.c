#define WALKS pa_walks_any
#include "walks_all.h"

const pa_walks *pa_walks_best(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f")) return &pa_walks_avx512;
    if (__builtin_cpu_supports("avx2")) return &pa_walks_avx2;
#endif
    return &pa_walks_any;
}
