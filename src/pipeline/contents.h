/* What a result file or a checkpoint of a job holds; private to the pipeline. */
#ifndef PARAUDIT_PIPELINE_CONTENTS_H
#define PARAUDIT_PIPELINE_CONTENTS_H

#include "paraudit/pipeline/job.h"
#include "paraudit/result/result.h"

enum { PA_MAX_ATTRIBUTES = 32 };

/* How many columns each table of a run has at some moment of the job, and how many partitions
 * there are: what a later step adds comes behind them. */
typedef struct {
    size_t n_tables;
    size_t *n_columns;
    size_t n_partitions;
} pa_mark;

pa_status pa_mark_now(const pa_run *run, pa_mark *mark, pa_error *err); /* local */
void pa_mark_free(pa_mark *mark);                                       /* all zero is fine */

/* What a file of a checkpoint holds: what came to a run between two moments. from NULL: since
 * its beginning. until NULL: partitions up to now, and no table. */
typedef struct {
    const pa_mark *from, *until;
    const pa_store *store; /* NULL: none */
} pa_part;

typedef struct {
    pa_result result;
    pa_table *views; /* the columns that are meant, a table each */
    const pa_table **tables, **lists;
    const pa_store **stores;
    pa_store shards;
    pa_named_text texts[2];
    pa_attribute attributes[PA_MAX_ATTRIBUTES];
    pa_buffer config;
    pa_sync_time sync;  /* of the write */
    pa_written written; /* how it was done */
    char config_digest[PA_DIGEST_TEXT], content_digest[PA_DIGEST_TEXT];
    char file_digest[PA_DIGEST_TEXT];
} pa_contents;

/* The keys of a job that determine its result, as text, and their digest. Local. */
pa_status pa_contents_config(const pa_config *config, pa_buffer *text, char digest[PA_DIGEST_TEXT],
                             pa_error *err);

/* The result: all tables, finished stores and partitions of the job, which are borrowed.
 * Local. */
pa_status pa_contents_gather(pa_job *job, pa_contents *contents);
/* The same of a part. */
pa_status pa_contents_gather_part(pa_job *job, const pa_part *part, pa_contents *contents);
void pa_contents_free(pa_contents *contents);

#endif
