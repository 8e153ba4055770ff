#include "paraudit/ingest/matrix.h"

#include <inttypes.h>

/* Without a header the first record is rank 0's first row. */
static pa_status read_first(pa_text_source *source, const pa_matrix_names *names, pa_matrix *m,
                            pa_error *err)
{
    pa_text_header h;
    PA_TRY(pa_source_header(source, &h, err));
    pa_status st =
        pa_matrix_read_header(h.text, h.length, h.line, source->file.name, names, &m->header, err);
    m->rows.header = &m->header;
    if (st == PA_OK && names->no_header && pa_comm_rank(source->comm) == 0)
        st = pa_matrix_take(&m->rows, h.line, h.text, h.length, err);
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

/* ---- columns without a name ---- */

/* The first row here that does not go on as `first`, that of all rows, has it. */
static int64_t bad_line_of(const pa_matrix *m, size_t which, int64_t first)
{
    if (m->rows.n == 0) return INT64_MAX;
    const pa_matrix_nameless *c = &m->rows.nameless[which];
    int64_t expected = first < 0 ? first : first + m->first_row;
    return c->first == expected ? c->bad_line : c->first_line;
}

static pa_status tell_nameless(const pa_matrix *m, size_t field, int64_t line, pa_error *err)
{
    return pa_fail_at(err, PA_E_DATA, 1, line,
                      "%s:%" PRId64 ": column %zu has no name, and does not count the rows: give "
                      "it one, or leave it out by --skip '%s'",
                      m->header.file, line, field + 1, m->header.name[field]);
}

/* first and bad_line: n_nameless values, of all ranks. */
static pa_status judge_nameless(pa_matrix *m, const int64_t first[], const int64_t bad_line[],
                                pa_error *err)
{
    size_t which = 0, worst = m->header.n_fields;
    int64_t line = INT64_MAX;
    for (size_t i = 0; i < m->header.n_fields; i++) {
        if (m->header.kind[i] != PA_CELL_NAMELESS) continue;
        m->header.kind[i] = first[which] == PA_MATRIX_BLANK ? PA_CELL_BLANK : PA_CELL_COUNT;
        if (bad_line[which] < line) {
            line = bad_line[which];
            worst = i;
        }
        which++;
    }
    return line == INT64_MAX ? PA_OK : tell_nameless(m, worst, line, err);
}

static pa_status check_nameless(pa_comm *comm, pa_matrix *m, pa_error *err)
{
    size_t n = m->header.n_nameless;
    int64_t *first = NULL, *bad_line = NULL;
    pa_status st = PA_NEW(first, n, err);
    if (st == PA_OK) st = PA_NEW(bad_line, n, err);
    PA_GOTO(pa_agree(comm, st, err));
    bool has_first = m->first_row == 0 && m->rows.n > 0;
    for (size_t k = 0; k < n; k++) first[k] = has_first ? m->rows.nameless[k].first : INT64_MAX;
    pa_min_i64(comm, first, n);
    for (size_t k = 0; k < n; k++) bad_line[k] = bad_line_of(m, k, first[k]);
    pa_min_i64(comm, bad_line, n);
    st = judge_nameless(m, first, bad_line, err);
out:
    pa_free(first);
    pa_free(bad_line);
    return st;
}

/* ---- large numbers ---- */

static void take_range(pa_matrix *m, size_t column)
{
    pa_matrix_range range = pa_matrix_range_of(&m->rows, column);
    m->low[column] = range.low;
    m->high[column] = range.high;
    m->n_rounded[column] = range.n_rounded;
}

/* Over all ranks, of n columns. */
static void join_ranges(pa_comm *comm, pa_matrix *m, size_t column, size_t n)
{
    pa_min_f64(comm, m->low + column, n);
    pa_max_f64(comm, m->high + column, n);
    pa_sum_i64(comm, m->n_rounded + column, n);
}

static pa_status find_ranges(pa_comm *comm, pa_matrix *m, pa_error *err)
{
    size_t n = m->header.n_columns;
    pa_status st = PA_NEW(m->low, n, err);
    if (st == PA_OK) st = PA_NEW(m->high, n, err);
    if (st == PA_OK) st = PA_NEW(m->n_rounded, n, err);
    PA_AGREE(comm, st, err);
    for (size_t c = 0; c < n; c++) take_range(m, c);
    join_ranges(comm, m, 0, n);
    return PA_OK;
}

void pa_matrix_shift(pa_comm *comm, pa_matrix *m, size_t column, double offset)
{
    pa_matrix_rows_shift(&m->rows, column, offset);
    take_range(m, column);
    join_ranges(comm, m, column, 1);
}

void pa_matrix_free(pa_matrix *m)
{
    pa_free(m->low);
    pa_free(m->high);
    pa_free(m->n_rounded);
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
    pa_status st = read_first(&source, names, m, err);
    const pa_record_rule rule = {.signs = m->header.signs, .n_fields = m->header.n_fields};
    if (st == PA_OK) st = pa_source_read(&source, &rule, pa_matrix_take, &m->rows, err);
    if (st == PA_OK) st = count_rows(comm, m, err);
    if (st == PA_OK) st = check_nameless(comm, m, err);
    if (st == PA_OK) st = find_ranges(comm, m, err);
    if (st != PA_OK) pa_matrix_free(m);
    return st;
}
