/* Vectors as word2vec writes them. */
#include <string.h>

#include "embed_parts.h"

typedef struct {
    const pa_names *names;
    int32_t dim;
    const float *vector;
    size_t first; /* item of this rank */
    bool binary;
} rows;

static pa_status add_numbers(const rows *r, const float *v, pa_buffer *text, pa_error *err)
{
    if (r->binary) return pa_buffer_add(text, v, (size_t)r->dim * sizeof *v, err);
    for (int32_t d = 0; d < r->dim; d++)
        PA_TRY(pa_buffer_printf(text, err, d ? " %.9g" : "%.9g", (double)v[d]));
    return PA_OK;
}

static pa_status add_lines(void *maker, size_t from, size_t until, pa_buffer *text, pa_error *err)
{
    const rows *r = maker;
    for (size_t i = r->first + from; i < r->first + until; i++) {
        size_t name = r->names->start[i];
        PA_TRY(pa_buffer_add(text, r->names->bytes + name, r->names->start[i + 1] - name, err));
        PA_TRY(pa_buffer_add(text, " ", 1, err));
        PA_TRY(add_numbers(r, r->vector + i * (size_t)r->dim, text, err));
        PA_TRY(pa_buffer_add(text, "\n", 1, err));
    }
    return PA_OK;
}

pa_status pa_embed_write(pa_comm *comm, const pa_names *names, int32_t dim, const float vector[],
                         bool binary, pa_sink *sink, pa_error *err)
{
    pa_buffer head = {0};
    size_t rank = (size_t)pa_comm_rank(comm), size = (size_t)pa_comm_size(comm);
    rows r = {names, dim, vector, names->n * rank / size, binary};
    size_t n = names->n * (rank + 1) / size - r.first;
    pa_status st = pa_buffer_printf(&head, err, "%zu %d\n", names->n, dim);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_sink_add_head(sink, 0, head.data, err);
    if (st == PA_OK) st = pa_sink_add_rows(sink, 0, n, add_lines, &r, err);
    pa_buffer_free(&head);
    return st;
}
