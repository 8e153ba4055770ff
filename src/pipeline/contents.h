/* What a result file or a checkpoint of a job holds; private to the pipeline. */
#ifndef PARAUDIT_PIPELINE_CONTENTS_H
#define PARAUDIT_PIPELINE_CONTENTS_H

#include "paraudit/pipeline/job.h"
#include "paraudit/result/result.h"

enum { PA_MAX_ATTRIBUTES = 32 };

typedef struct {
    pa_result result;
    const pa_table **tables, **lists;
    const pa_store **stores;
    pa_store shards;
    pa_named_text texts[2];
    pa_attribute attributes[PA_MAX_ATTRIBUTES];
    pa_buffer config;
    pa_sync_time sync; /* of the write */
    char config_digest[PA_DIGEST_TEXT], content_digest[PA_DIGEST_TEXT];
    char file_digest[PA_DIGEST_TEXT];
} pa_contents;

/* The keys of a job that determine its result, as text, and their digest. Local. */
pa_status pa_contents_config(const pa_config *config, pa_buffer *text, char digest[PA_DIGEST_TEXT],
                             pa_error *err);

/* Borrows the job's tables and stores. unfinished: a store that is saved as it
 * stands, or NULL. more: further root attributes. Local. */
pa_status pa_contents_gather(pa_job *job, const pa_store *unfinished, const pa_attribute more[],
                             size_t n_more, pa_contents *contents);
void pa_contents_free(pa_contents *contents);

#endif
