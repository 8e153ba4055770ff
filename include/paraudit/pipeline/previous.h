/* The audit before this one, which job.previous names: the content digest of its result is kept
 * in the new one as previous_audit_digest, so that audits form a chain, and log and run.json say
 * what differs between the two. Its place is no part of the result. */
#ifndef PARAUDIT_PIPELINE_PREVIOUS_H
#define PARAUDIT_PIPELINE_PREVIOUS_H

#include "paraudit/base/options.h"
#include "paraudit/base/strings.h"
#include "paraudit/comm/comm.h"
#include "paraudit/result/digest.h"

enum { PA_PREVIOUS_PATH = 4096 };

typedef struct {
    const char *name, *value;
} pa_named;

/* Of a key or a file: its value or digest; NULL: there was, or is, none. */
typedef struct {
    const char *name, *before, *now;
} pa_change;

typedef struct {
    char digest[PA_DIGEST_TEXT]; /* of its content; "": there is no previous audit */
    char path[PA_PREVIOUS_PATH]; /* of its file, or "" */
    char unread[600];            /* why it cannot be compared; "": it can */
    /* Of rank 0, where it can; texts live in the pool. */
    const char *version;
    pa_named *keys, *inputs; /* names of input files with their digests */
    size_t n_keys, n_inputs;
    pa_change *key_changes, *input_changes; /* once compared; inputs that are the same among them */
    size_t n_key_changes, n_input_changes;
    pa_strings pool;
} pa_previous;

struct pa_job;

/* The file that job.previous names, which is audit.h5 where it names a folder; "": it is not
 * set. PA_E_CONFIG: it names several. Local. */
pa_status pa_previous_path(const pa_config *config, char path[PA_PREVIOUS_PATH], pa_error *err);

/* Reads the result that job.previous names, all of it: its digests are checked. PA_E_NO_INPUT:
 * it is not there, or its job has not ended; PA_E_DATA: it is damaged, or no result. On failure
 * there is nothing to free. Collective. */
pa_status pa_previous_read(pa_comm *comm, const pa_config *config, pa_previous *previous,
                           pa_error *err);

/* The same for a job that goes on, and keeps the digest that it began with ("": it began without
 * one, and PA_E_CONFIG where there is a key now): where the result has gone or is another one
 * now, it cannot be compared. */
pa_status pa_previous_read_again(pa_comm *comm, const pa_config *config,
                                 const char digest[PA_DIGEST_TEXT], pa_previous *previous,
                                 pa_error *err);

void pa_previous_free(pa_previous *previous); /* all zero is fine */

/* Compares a job that has its inputs with job->previous, where there is one, and tells what
 * differs. Collective. */
pa_status pa_previous_compare(struct pa_job *job);

#endif
