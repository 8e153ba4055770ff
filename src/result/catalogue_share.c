/* A catalogue travels from the rank that has read it to all others. */
#include "catalogue.h"

#include <string.h>

enum { N_TEXTS = 10 };

/* The texts of an entry. */
static void texts_of(pa_entry *e, const char **text[N_TEXTS])
{
    pa_column_spec *s = &e->spec;
    const char **const all[N_TEXTS] = {&e->path,  &e->digest, &e->cut_by, &s->unit,  &s->meaning,
                                       &s->stage, &s->codes,  &s->family, &s->words, &s->yields_to};
    memcpy(text, all, sizeof all);
}

/* ---- packing ---- */

/* -1 bytes: NULL. */
static pa_status put_text(pa_buffer *to, const char *text, pa_error *err)
{
    int64_t n = text ? (int64_t)strlen(text) : -1;
    PA_TRY(pa_buffer_add(to, &n, sizeof n, err));
    return n > 0 ? pa_buffer_add(to, text, (size_t)n, err) : PA_OK;
}

static pa_status put_entry(pa_buffer *to, const pa_entry *entry, pa_error *err)
{
    pa_entry e = *entry;
    const char **text[N_TEXTS];
    texts_of(&e, text);
    PA_TRY(pa_buffer_add(to, &e, sizeof e, err));
    for (int i = 0; i < N_TEXTS; i++) PA_TRY(put_text(to, *text[i], err));
    return PA_OK;
}

static pa_status pack(const pa_result_file *f, pa_buffer *to, pa_error *err)
{
    const int64_t head[] = {f->size, (int64_t)f->n, (int64_t)f->n_attributes};
    PA_TRY(pa_buffer_add(to, head, sizeof head, err));
    for (size_t i = 0; i < f->n; i++) PA_TRY(put_entry(to, f->entries + i, err));
    for (size_t i = 0; i < f->n_attributes; i++) {
        const pa_attribute *a = f->attributes + i;
        PA_TRY(put_text(to, a->name, err));
        PA_TRY(put_text(to, a->text, err));
        PA_TRY(pa_buffer_add(to, &a->number, sizeof a->number, err));
    }
    return PA_OK;
}

/* ---- unpacking ---- */

static void take(const char **from, void *to, size_t n)
{
    memcpy(to, *from, n);
    *from += n;
}

static pa_status take_text(const char **from, pa_strings *pool, const char **text, pa_error *err)
{
    int64_t n;
    take(from, &n, sizeof n);
    *text = NULL;
    if (n < 0) return PA_OK;
    PA_TRY(pa_strings_keep(pool, *from, (size_t)n, text, err));
    *from += n;
    return PA_OK;
}

static pa_status take_entry(const char **from, pa_strings *pool, pa_entry *e, pa_error *err)
{
    const char **text[N_TEXTS];
    take(from, e, sizeof *e);
    texts_of(e, text);
    for (int i = 0; i < N_TEXTS; i++) PA_TRY(take_text(from, pool, text[i], err));
    e->spec.name = e->is_dataset ? strrchr(e->path, '/') + 1 : NULL;
    return PA_OK;
}

static pa_status unpack(pa_result_file *f, const char *from, pa_error *err)
{
    int64_t head[3];
    take(&from, head, sizeof head);
    f->size = head[0];
    PA_TRY(PA_NEW(f->entries, (size_t)head[1], err));
    PA_TRY(PA_NEW(f->attributes, (size_t)head[2], err));
    f->n = f->room = (size_t)head[1];
    for (size_t i = 0; i < f->n; i++) PA_TRY(take_entry(&from, &f->strings, f->entries + i, err));
    f->n_attributes = (size_t)head[2];
    for (size_t i = 0; i < f->n_attributes; i++) {
        pa_attribute *a = f->attributes + i;
        PA_TRY(take_text(&from, &f->strings, &a->name, err));
        PA_TRY(take_text(&from, &f->strings, &a->text, err));
        take(&from, &a->number, sizeof a->number);
    }
    return PA_OK;
}

pa_status pa_catalogue_share(pa_result_file *f, pa_error *err)
{
    pa_comm *comm = f->comm;
    pa_buffer text = {0};
    if (pa_comm_size(comm) == 1) return PA_OK;
    bool has_it = pa_comm_rank(comm) == 0;
    pa_status st = pa_agree(comm, has_it ? pack(f, &text, err) : PA_OK, err);
    int64_t bytes = (int64_t)text.length;
    if (st == PA_OK) {
        pa_broadcast(comm, &bytes, sizeof bytes, 0);
        st = pa_agree(comm, has_it ? PA_OK : pa_buffer_reserve(&text, (size_t)bytes, err), err);
    }
    if (st == PA_OK) {
        pa_broadcast(comm, text.data, (size_t)bytes, 0);
        st = pa_agree(comm, has_it ? PA_OK : unpack(f, text.data, err), err);
    }
    pa_buffer_free(&text);
    return st;
}
