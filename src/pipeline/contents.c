#include "contents.h"

#include <stdlib.h>
#include <string.h>

pa_status pa_contents_config(const pa_config *config, pa_buffer *text, char digest[PA_DIGEST_TEXT],
                             pa_error *err)
{
    PA_TRY(pa_config_write(config, true, text, err));
    pa_digest_bytes(text->data, text->length, digest);
    return PA_OK;
}

static pa_status copy_config(const pa_job *job, pa_contents *c, pa_error *err)
{
    PA_TRY(pa_contents_config(job->run.config, &c->config, c->config_digest, err));
    c->texts[0] = (pa_named_text){"config/effective", c->config.data};
    c->texts[1] = (pa_named_text){"config/time_plan", job->plan_text.data};
    c->result.texts = c->texts;
    c->result.n_texts = 2;
    return PA_OK;
}

static void list_attributes(const pa_job *job, pa_contents *c)
{
    const pa_time_plan *p = &job->plan;
    const pa_attribute own[] = {
        {"software_version", PARAUDIT_VERSION, 0},
        {"seed", NULL, (int64_t)job->run.seed},
        {"config_digest", c->config_digest, 0},
        {"input_digest", job->facts.input_digest, 0},
        {"rows_read", NULL, job->facts.rows_read},
        {"rows_rejected", NULL, job->facts.rows_rejected},
        {"first_time", NULL, job->facts.first_time},
        {"last_time", NULL, job->facts.last_time},
        {"history_from", NULL, p->history_from},
        {"reference_from", NULL, p->reference_from},
        {"train_from", NULL, p->train_from},
        {"train_until", NULL, p->train_until},
        {"audit_from", NULL, p->audit_from},
        {"audit_until", NULL, p->audit_until},
        {"earlier_from", NULL, p->earlier_from},
        {"earlier_until", NULL, p->earlier_until},
        {"label_delay", NULL, p->label_delay},
        {"as_of", NULL, p->as_of},
    };
    size_t n = sizeof own / sizeof *own;
    PA_ASSERT(n < PA_MAX_ATTRIBUTES);
    memcpy(c->attributes, own, sizeof own);
    if (job->previous && *job->previous->digest)
        c->attributes[n++] = (pa_attribute){"previous_audit_digest", job->previous->digest, 0};
    c->result.attributes = c->attributes;
    c->result.n_attributes = n;
}

/* ---- tables ---- */

pa_status pa_mark_now(const pa_run *run, pa_mark *mark, pa_error *err)
{
    pa_mark_free(mark);
    PA_TRY(PA_NEW(mark->n_columns, run->n_tables, err));
    mark->n_tables = run->n_tables;
    mark->n_partitions = run->n_partitions;
    for (size_t i = 0; i < run->n_tables; i++) mark->n_columns[i] = run->tables[i]->n_columns;
    return PA_OK;
}

void pa_mark_free(pa_mark *mark)
{
    pa_free(mark->n_columns);
    *mark = (pa_mark){0};
}

/* The columns of table i that came behind `from`, up to `until`, in a table of the same rows.
 * False: there are none. */
static bool view_of(const pa_run *run, size_t i, const pa_mark *from, const pa_mark *until,
                    pa_table *view)
{
    const pa_table *t = run->tables[i];
    bool is_new = !from || i >= from->n_tables;
    size_t first = is_new ? 0 : from->n_columns[i], end = t->n_columns;
    if (until && i >= until->n_tables) return false;
    if (until) end = until->n_columns[i];
    *view = *t;
    view->columns = t->columns + first;
    view->n_columns = end - first;
    return is_new || end > first;
}

static int by_name(const void *a, const void *b)
{
    const pa_table *x = *(const pa_table *const *)a, *y = *(const pa_table *const *)b;
    return strcmp(x->name, y->name);
}

/* In the order of names: a resumed job holds its tables in another order, and
 * the bytes of the file follow the order of writing. */
static pa_status list_tables(const pa_run *run, const pa_mark *from, const pa_mark *until,
                             pa_contents *c, pa_error *err)
{
    PA_TRY(PA_NEW(c->views, run->n_tables, err));
    PA_TRY(PA_NEW(c->tables, run->n_tables, err));
    PA_TRY(PA_NEW(c->lists, run->n_tables, err));
    for (size_t i = 0; i < run->n_tables; i++) {
        pa_table *view = c->views + i;
        if (!view_of(run, i, from, until, view)) continue;
        bool is_list = strncmp(view->name, "categories/", 11) == 0;
        if (is_list)
            c->lists[c->result.n_lists++] = view;
        else
            c->tables[c->result.n_tables++] = view;
    }
    qsort(c->tables, c->result.n_tables, sizeof *c->tables, by_name);
    qsort(c->lists, c->result.n_lists, sizeof *c->lists, by_name);
    c->result.tables = c->tables;
    c->result.lists = c->lists;
    return PA_OK;
}

/* ---- the whole ---- */

static pa_status start(pa_job *job, size_t first_partition, size_t end_partition, pa_contents *c)
{
    pa_error *err = &job->run.err;
    *c = (pa_contents){0};
    c->result.content_digest = c->content_digest;
    c->result.file_digest = c->file_digest;
    c->result.sync = &c->sync;
    c->result.how = job->how;
    c->result.written = &c->written;
    PA_TRY(copy_config(job, c, err));
    list_attributes(job, c);
    PA_TRY(PA_NEW(c->stores, job->n_stages + 1, err));
    c->result.stores = c->stores;
    PA_TRY(pa_shards_to_store(&job->run, first_partition, end_partition, &c->shards, err));
    if (first_partition < end_partition) c->stores[c->result.n_stores++] = &c->shards;
    return PA_OK;
}

pa_status pa_contents_gather(pa_job *job, pa_contents *c)
{
    PA_TRY(start(job, 0, job->run.n_partitions, c));
    for (size_t i = 0; i < job->n_stages; i++) {
        const pa_store *s = job->stores + i;
        if (s->complete) c->stores[c->result.n_stores++] = s;
    }
    return list_tables(&job->run, NULL, NULL, c, &job->run.err);
}

pa_status pa_contents_gather_part(pa_job *job, const pa_part *part, pa_contents *c)
{
    const pa_run *run = &job->run;
    size_t first = part->from ? part->from->n_partitions : 0;
    size_t end = part->until ? part->until->n_partitions : run->n_partitions;
    PA_TRY(start(job, first, end, c));
    if (part->store) c->stores[c->result.n_stores++] = part->store;
    return part->until ? list_tables(run, part->from, part->until, c, &job->run.err) : PA_OK;
}

void pa_contents_free(pa_contents *c)
{
    pa_free(c->views);
    pa_free(c->tables);
    pa_free(c->lists);
    pa_free(c->stores);
    pa_store_free(&c->shards);
    pa_buffer_free(&c->config);
}
