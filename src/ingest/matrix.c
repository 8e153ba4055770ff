#include "paraudit/ingest/matrix.h"

static pa_status read_header(pa_text_source *source, const pa_matrix_names *names,
                             pa_matrix_header *header, pa_error *err)
{
    pa_text_header h;
    PA_TRY(pa_source_header(source, &h, err));
    pa_status st =
        pa_matrix_read_header(h.text, h.length, h.line, source->file.name, names, header, err);
    pa_free(h.text);
    return pa_agree(source->comm, st, err);
}

static pa_status count_rows(pa_comm *comm, pa_matrix *m, pa_error *err)
{
    int64_t sum[2] = {(int64_t)m->rows.n, 0};
    for (size_t i = 0; m->rows.label && i < m->rows.n; i++) sum[1] += m->rows.label[i];
    m->first_row = pa_sum_before_i64(comm, sum[0]);
    pa_sum_i64(comm, sum, 2);
    m->n_global = sum[0];
    m->n_frauds = sum[1];
    if (m->n_global > 0) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%s: no row behind the names of the columns", m->header.file);
}

void pa_matrix_free(pa_matrix *m)
{
    pa_matrix_rows_free(&m->rows);
    pa_matrix_header_free(&m->header);
    *m = (pa_matrix){0};
}

pa_status pa_matrix_read(pa_comm *comm, const char *path, const pa_matrix_names *names,
                         const pa_text_io *io, pa_matrix *m, pa_error *err)
{
    pa_text_source source;
    *m = (pa_matrix){0};
    PA_TRY(pa_source_open(comm, path, io, &source, err));
    pa_status st = read_header(&source, names, &m->header, err);
    m->rows.header = &m->header;
    const pa_record_rule rule = {.signs = pa_csv_commas, .n_fields = m->header.n_fields};
    if (st == PA_OK) st = pa_source_read(&source, &rule, pa_matrix_take, &m->rows, err);
    if (st == PA_OK) st = count_rows(comm, m, err);
    if (st != PA_OK) pa_matrix_free(m);
    return st;
}
