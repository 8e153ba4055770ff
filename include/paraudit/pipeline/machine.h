/* The machine and the libraries that a job runs on. All local. */
#ifndef PARAUDIT_PIPELINE_MACHINE_H
#define PARAUDIT_PIPELINE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* The kernel that OpenBLAS chose: "Prescott", "Zen", "SkylakeX" ... */
const char *pa_blas_kernel(void);

/* What OPENBLAS_CORETYPE should say on this processor where OpenBLAS took a
 * kernel that is far too old for it, or NULL. */
const char *pa_better_blas_kernel(void);

const char *pa_compiler(void);

/* The commit that was built, "+changes" behind it where files had been changed, or "unknown";
 * and what it was compiled with, without warnings. */
const char *pa_build_commit(void);
const char *pa_build_flags(void);

/* The processors that this process may run on, "0-3,8", as the kernel lists them, cut to its
 * room; "" where that is not known. */
enum { PA_BINDING_TEXT = 128 };
void pa_binding(char text[PA_BINDING_TEXT]);

/* The scheduler that started the job, "slurm", and the job's id with it; NULL: none that is
 * known here. *restarts: how often it was started again, 0 where it does not say. */
const char *pa_scheduler(const char **job_id, int64_t *restarts);

#endif
