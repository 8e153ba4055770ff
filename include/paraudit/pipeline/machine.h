/* The machine and the libraries that a job runs on. All local. */
#ifndef PARAUDIT_PIPELINE_MACHINE_H
#define PARAUDIT_PIPELINE_MACHINE_H

#include <stdbool.h>

/* The kernel that OpenBLAS chose: "Prescott", "Zen", "SkylakeX" ... */
const char *pa_blas_kernel(void);

/* What OPENBLAS_CORETYPE should say on this processor where OpenBLAS took a
 * kernel that is far too old for it, or NULL. */
const char *pa_better_blas_kernel(void);

const char *pa_compiler(void);

#endif
