/* A small job run from beginning to end on a sample of the inputs, and what it took. */
#ifndef PARAUDIT_PIPELINE_CALIBRATE_H
#define PARAUDIT_PIPELINE_CALIBRATE_H

#include "paraudit/ingest/sample.h"
#include "paraudit/pipeline/job.h"
#include "paraudit/pipeline/sizing.h"

typedef struct {
    pa_measured measured; /* of the rows that were kept */
    pa_sample sample;
    double process; /* bytes that the process took before */
    double result;  /* bytes of its file; 0: nobody writes one (io.writer) */
} pa_calibration;

/* The file of its result is made as `path`, and removed. Errors are those of an audit of these
 * rows. One rank alone. */
pa_status pa_calibrate(pa_comm *comm, const pa_config *config, const pa_stage *const stages[],
                       size_t n_stages, const pa_sample_wish *wish, const char *path,
                       pa_calibration *c, pa_error *err);

#endif
