#include "paraudit/pipeline/machine.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build_commit.h"
#include "build_flags.h"

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

const char *pa_build_commit(void)
{
    return PARAUDIT_BUILD_COMMIT;
}

const char *pa_build_flags(void)
{
    return PARAUDIT_BUILD_FLAGS;
}

void pa_binding(char text[PA_BINDING_TEXT])
{
    static const char key[] = "Cpus_allowed_list:";
    char line[1024];
    FILE *file = fopen("/proc/self/status", "r");
    text[0] = 0;
    if (!file) return;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, key, sizeof key - 1) != 0) continue;
        const char *list = line + sizeof key - 1 + strspn(line + sizeof key - 1, " \t");
        snprintf(text, PA_BINDING_TEXT, "%.*s", (int)strcspn(list, "\n"), list);
        break;
    }
    fclose(file);
}

const char *pa_scheduler(const char **job_id, int64_t *restarts)
{
    static const struct {
        const char *name, *job_id;
    } known[] = {{"slurm", "SLURM_JOB_ID"},
                 {"pbs", "PBS_JOBID"},
                 {"lsf", "LSB_JOBID"},
                 {"flux", "FLUX_JOB_ID"}};
    const char *again = getenv("SLURM_RESTART_COUNT");
    *restarts = again ? strtoll(again, NULL, 10) : 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        *job_id = getenv(known[i].job_id);
        if (*job_id && **job_id) return known[i].name;
    }
    return NULL;
}
