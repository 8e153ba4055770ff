/* The audit before a job: at its beginning what job.previous names, later what its job.ini
 * keeps. */
#ifndef PARAUDIT_CHAIN_H
#define PARAUDIT_CHAIN_H

#include "paraudit/base/options.h"
#include "paraudit/comm/comm.h"
#include "paraudit/pipeline/previous.h"

/* Adds the line of job.ini by which a job that goes on knows the digest; none without one.
 * Local. */
pa_status pa_chain_keep(const pa_previous *previous, pa_buffer *text, pa_error *err);

/* The digest that the job in `folder` began with, "" where it began without one. Rank 0. */
void pa_chain_kept(const char *folder, char digest[PA_DIGEST_TEXT]);

/* The previous audit of a job that begins or, `again`, goes on in `folder`. Errors as of
 * pa_previous_read and pa_previous_read_again; freed by pa_previous_free. Collective. */
pa_status pa_chain_read(pa_comm *comm, const pa_config *config, const char *folder, bool again,
                        pa_previous *previous, pa_error *err);

#endif
