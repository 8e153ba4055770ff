/* What the files of `paraudit estimate` share. */
#ifndef PARAUDIT_SRC_COMMANDS_ESTIMATE_PARTS_H
#define PARAUDIT_SRC_COMMANDS_ESTIMATE_PARTS_H

#include <stdio.h>

#include "paraudit/pipeline/calibrate.h"

enum { PA_ESTIMATE_MOST = 8 };

typedef struct {
    size_t n_ranks;
    int64_t ranks[PA_ESTIMATE_MOST];
    pa_job_need need[PA_ESTIMATE_MOST];
    bool alone;         /* the options for sbatch, and nothing else */
    double node;        /* bytes of its memory; 0: not said */
    const char *folder; /* in which the results of small jobs were written */
    const char *out;    /* the job's; NULL: not said */
    pa_calibration smaller, larger;
    pa_sizing sizing;
} pa_estimate;

/* "1.5 GiB", of any size. */
void pa_estimate_bytes(double bytes, char text[32]);
/* Bytes a second that a file which is made as `path`, and removed, takes to the disk and back;
 * 0: that could not be found. */
pa_status pa_estimate_disk(const char *path, double *speed, pa_error *err);
pa_status pa_estimate_print(FILE *to, const pa_estimate *e, pa_error *err);
/* Those for sbatch alone, of the first number of ranks. PA_E_USAGE: a rank is larger than a node.
 */
pa_status pa_estimate_print_options(FILE *to, const pa_estimate *e, pa_error *err);

#endif
