#include "paraudit/ingest/rejects_csv.h"

#include <inttypes.h>

#include "paraudit/text/cell.h"
#include "paraudit/text/sink.h"

const char pa_rejects_csv_header[] = "file,line,last_line,reason,text\n";

/* A column of texts, whole on every rank. */
typedef struct {
    char *bytes;
    size_t width, n;
} texts;

typedef struct {
    const pa_table *rejects;
    texts files, reasons;
} csv_source;

static pa_status gather(pa_comm *comm, const pa_table *t, const char *column, texts *all,
                        pa_error *err)
{
    const pa_column *c = pa_table_find(t, column);
    size_t bytes;
    void *gathered;
    all->width = (size_t)c->spec.width;
    PA_TRY(pa_gather_all(comm, c->data, t->n_rows * all->width, &gathered, &bytes, err));
    all->bytes = gathered;
    all->n = bytes / all->width;
    return PA_OK;
}

static pa_status add_text(pa_buffer *text, const texts *all, int64_t i, pa_error *err)
{
    PA_ASSERT(i >= 0 && (size_t)i < all->n);
    return pa_add_cell(text, all->bytes + (size_t)i * all->width, all->width, err);
}

static pa_status add_line(pa_buffer *text, const csv_source *s, size_t i, pa_error *err)
{
    const pa_table *t = s->rejects;
    const pa_column *words = pa_table_find(t, "text");
    size_t width = (size_t)words->spec.width;
    PA_TRY(add_text(text, &s->files, pa_i32(t, "file")[i], err));
    PA_TRY(pa_buffer_printf(text, err, ",%" PRId64 ",%" PRId64 ",", pa_i64(t, "line")[i],
                            pa_i64(t, "last_line")[i]));
    PA_TRY(add_text(text, &s->reasons, pa_i8(t, "reason")[i], err));
    PA_TRY(pa_buffer_add(text, ",", 1, err));
    PA_TRY(pa_add_cell(text, (const char *)words->data + i * width, width, err));
    return pa_buffer_add(text, "\n", 1, err);
}

static pa_status add_lines(void *maker, size_t from, size_t until, pa_buffer *text, pa_error *err)
{
    for (size_t i = from; i < until; i++) PA_TRY(add_line(text, maker, i, err));
    return PA_OK;
}

pa_status pa_write_rejects_csv(pa_comm *comm, const char *path, const pa_standing *standing,
                               const pa_table *rejects, const pa_table *inputs,
                               const pa_table *reasons, pa_error *err)
{
    pa_sink *sink;
    csv_source source = {.rejects = rejects};
    PA_TRY(pa_sink_open_beside(comm, &path, 1, standing, &sink, err));
    pa_status st;
    PA_GOTO(gather(comm, inputs, "file", &source.files, err));
    PA_GOTO(gather(comm, reasons, "reject_reason", &source.reasons, err));
    PA_GOTO(pa_sink_add_head(sink, 0, pa_rejects_csv_header, err));
    PA_GOTO(pa_sink_add_rows(sink, 0, rejects->n_rows, add_lines, &source, err));
    st = pa_sink_finish(sink, err);
out:
    pa_sink_free(sink);
    pa_free(source.files.bytes);
    pa_free(source.reasons.bytes);
    return st;
}
