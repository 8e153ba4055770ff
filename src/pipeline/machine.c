#include "paraudit/pipeline/machine.h"

#include <cblas.h>
#include <string.h>

const char *pa_blas_kernel(void)
{
    return openblas_get_corename();
}

const char *pa_better_blas_kernel(void)
{
    const char *kernel = pa_blas_kernel();
    bool old = strcmp(kernel, "Prescott") == 0 || strcmp(kernel, "Core2") == 0;
    __builtin_cpu_init();
    if (old && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
        return "SkylakeX";
    }
    if (old && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "Haswell";
    return NULL;
}

const char *pa_compiler(void)
{
#ifdef __clang__
    return __VERSION__; /* names itself */
#else
    return "gcc " __VERSION__;
#endif
}
