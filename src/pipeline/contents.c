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

static void list_attributes(const pa_job *job, const pa_attribute more[], size_t n_more,
                            pa_contents *c)
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
    PA_ASSERT(n + n_more <= PA_MAX_ATTRIBUTES);
    memcpy(c->attributes, own, sizeof own);
    if (n_more) memcpy(c->attributes + n, more, n_more * sizeof *more);
    c->result.attributes = c->attributes;
    c->result.n_attributes = n + n_more;
}

static int by_name(const void *a, const void *b)
{
    const pa_table *x = *(const pa_table *const *)a, *y = *(const pa_table *const *)b;
    return strcmp(x->name, y->name);
}

/* In the order of names: a resumed job holds its tables in another order, and
 * the bytes of the file follow the order of writing. */
static pa_status list_tables(const pa_job *job, pa_contents *c, pa_error *err)
{
    PA_TRY(PA_NEW(c->tables, job->run.n_tables, err));
    PA_TRY(PA_NEW(c->lists, job->run.n_tables, err));
    for (size_t i = 0; i < job->run.n_tables; i++) {
        const pa_table *t = job->run.tables[i];
        bool is_list = strncmp(t->name, "categories/", 11) == 0;
        if (is_list)
            c->lists[c->result.n_lists++] = t;
        else
            c->tables[c->result.n_tables++] = t;
    }
    qsort(c->tables, c->result.n_tables, sizeof *c->tables, by_name);
    qsort(c->lists, c->result.n_lists, sizeof *c->lists, by_name);
    c->result.tables = c->tables;
    c->result.lists = c->lists;
    return PA_OK;
}

static pa_status list_stores(const pa_job *job, const pa_store *unfinished, pa_contents *c,
                             pa_error *err)
{
    PA_TRY(PA_NEW(c->stores, job->n_stages + 1, err));
    PA_TRY(pa_shards_to_store(&job->run, &c->shards, err));
    c->stores[c->result.n_stores++] = &c->shards;
    for (size_t i = 0; i < job->n_stages; i++) {
        const pa_store *s = job->stores + i;
        if (s->complete || s == unfinished) c->stores[c->result.n_stores++] = s;
    }
    c->result.stores = c->stores;
    return PA_OK;
}

pa_status pa_contents_gather(pa_job *job, const pa_store *unfinished, const pa_attribute more[],
                             size_t n_more, pa_contents *c)
{
    pa_error *err = &job->run.err;
    *c = (pa_contents){0};
    c->result.content_digest = c->content_digest;
    c->result.file_digest = c->file_digest;
    c->result.sync = &c->sync;
    PA_TRY(copy_config(job, c, err));
    list_attributes(job, more, n_more, c);
    PA_TRY(list_tables(job, c, err));
    return list_stores(job, unfinished, c, err);
}

void pa_contents_free(pa_contents *c)
{
    pa_free(c->tables);
    pa_free(c->lists);
    pa_free(c->stores);
    pa_store_free(&c->shards);
    pa_buffer_free(&c->config);
}
