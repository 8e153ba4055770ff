#include "paraudit/forecast/series_file.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"
#include "paraudit/forecast/series_rows.h"

/* ---- rows ---- */

static pa_status read_header(pa_text_source *source, const pa_series_columns *c,
                             pa_matrix_header *header, pa_series_rows *rows, pa_error *err)
{
    const pa_matrix_names names = {0};
    pa_text_header h;
    PA_TRY(pa_source_header(source, &h, err));
    pa_status st =
        pa_matrix_read_header(h.text, h.length, h.line, source->file.name, &names, header, err);
    rows->header = header;
    rows->gaps = c->gaps;
    if (st == PA_OK) st = pa_matrix_find_column(header, h.line, c->id, "--id", &rows->id, err);
    if (st == PA_OK) st = pa_matrix_find_column(header, h.line, c->ds, "--time", &rows->ds, err);
    if (st == PA_OK) st = pa_matrix_find_column(header, h.line, c->y, "--value", &rows->y, err);
    pa_free(h.text);
    return pa_agree(source->comm, st, err);
}

static pa_status read_rows(pa_comm *comm, const char *path, const pa_series_columns *c,
                           const pa_text_io *io, pa_series_rows *rows, pa_error *err)
{
    pa_text_source source;
    pa_matrix_header header = {0};
    PA_TRY(pa_source_open(comm, path, io, &source, err));
    pa_status st = read_header(&source, c, &header, rows, err);
    const pa_record_rule rule = {.signs = header.signs, .n_fields = header.n_fields};
    if (st == PA_OK) st = pa_source_read(&source, &rule, pa_series_take, rows, err);
    pa_matrix_header_free(&header);
    rows->header = NULL;
    return st;
}

/* Are times dates? Not both, in one file. */
static pa_status agree_on_dates(pa_comm *comm, const pa_series_rows *rows, const char *name,
                                bool *dates, pa_error *err)
{
    int64_t line[] = {rows->first_number ? rows->first_number : INT64_MAX,
                      rows->first_date ? rows->first_date : INT64_MAX};
    pa_min_i64(comm, line, 2);
    *dates = line[1] < line[0];
    if (line[0] == INT64_MAX || line[1] == INT64_MAX) return PA_OK;
    int64_t later = line[*dates ? 0 : 1], earlier = line[*dates ? 1 : 0];
    return pa_fail_at(err, PA_E_DATA, 1, later,
                      "%s:%" PRId64 ": ds is a %s, where line %" PRId64 " has a %s", name, later,
                      *dates ? "number" : "date", earlier, *dates ? "date" : "number");
}

/* ---- rows to their series ---- */

/* What arrived. */
typedef struct {
    size_t n;
    int32_t *series; /* its number on this rank */
    int64_t *time, *line;
    double *value;
} arrived;

static void free_arrived(arrived *a)
{
    pa_free(a->series);
    pa_free(a->time);
    pa_free(a->line);
    pa_free(a->value);
}

static pa_status send_columns(pa_comm *comm, const pa_route *route, const pa_series_rows *rows,
                              arrived *to, pa_error *err)
{
    to->n = pa_route_received(route);
    pa_status st = PA_NEW(to->series, to->n, err);
    if (st == PA_OK) st = PA_NEW(to->time, to->n, err);
    if (st == PA_OK) st = PA_NEW(to->line, to->n, err);
    if (st == PA_OK) st = PA_NEW(to->value, to->n, err);
    PA_AGREE(comm, st, err);
    PA_TRY(pa_route_send(comm, route, sizeof *rows->id_of, rows->id_of, to->series, err));
    PA_TRY(pa_route_send(comm, route, sizeof *rows->time, rows->time, to->time, err));
    PA_TRY(pa_route_send(comm, route, sizeof *rows->line, rows->line, to->line, err));
    return pa_route_send(comm, route, sizeof *rows->value, rows->value, to->value, err);
}

static int32_t owner_of(int64_t series, int64_t n_global, int n_ranks)
{
    int32_t r = (int32_t)(series * n_ranks / n_global);
    while (series >= pa_even_share(n_global, r + 1, n_ranks)) r++;
    return r;
}

static pa_status send_rows(pa_comm *comm, pa_series_rows *rows, const int64_t code[],
                           int64_t n_global, arrived *to, pa_error *err)
{
    pa_route *route = NULL;
    int32_t *owner;
    PA_AGREE(comm, PA_NEW(owner, rows->n, err), err);
    for (size_t i = 0; i < rows->n; i++) {
        rows->id_of[i] = (int32_t)code[rows->id_of[i]];
        owner[i] = owner_of(rows->id_of[i], n_global, pa_comm_size(comm));
    }
    pa_status st = pa_route_make(comm, rows->n, owner, &route, err);
    pa_free(owner);
    PA_TRY(st);
    st = send_columns(comm, route, rows, to, err);
    pa_route_free(route);
    return st;
}

/* ---- series in order ---- */

static pa_status put_in_order(const arrived *a, uint32_t order[], pa_series_file *f, int64_t **line,
                              pa_error *err)
{
    uint64_t *key = NULL;
    PA_TRY(PA_NEW(f->first, f->n + 1, err));
    PA_TRY(PA_NEW(f->time, a->n, err));
    PA_TRY(PA_NEW(f->value, a->n, err));
    PA_TRY(PA_NEW(*line, a->n, err));
    PA_TRY(PA_NEW(key, a->n, err));
    for (size_t i = 0; i < a->n; i++) {
        key[i] = (uint64_t)(a->series[i] - f->first_series);
        f->first[key[i] + 1]++;
    }
    pa_status st = pa_sort_pairs(a->n, key, a->time, order, err);
    pa_free(key);
    PA_TRY(st);
    for (size_t i = 0; i < f->n; i++) f->first[i + 1] += f->first[i];
    pa_permute(a->n, sizeof *a->time, order, a->time, f->time);
    pa_permute(a->n, sizeof *a->value, order, a->value, f->value);
    pa_permute(a->n, sizeof *a->line, order, a->line, *line);
    return PA_OK;
}

/* What is wrong with neighbours of a series, and where. */
typedef struct {
    const pa_series_file *f;
    const int64_t *line;
    const char *name;
} judge;

static pa_status tell_neighbours(const judge *j, size_t series, size_t at, pa_error *err)
{
    const pa_series_file *f = j->f;
    const pa_names *ids = &f->ids;
    size_t id = (size_t)f->first_series + series, begin = ids->start[id];
    int length = (int)(ids->start[id + 1] - begin);
    int64_t line = j->line[at], before = j->line[at - 1];
    pa_buffer a = {0}, b = {0};
    char step[40];
    pa_status st = pa_step_add_time(&f->step, f->time[at - 1], &a, err);
    if (st == PA_OK) st = pa_step_add_time(&f->step, f->time[at], &b, err);
    pa_step_tell(&f->step, step);
    if (st == PA_OK && f->time[at] == f->time[at - 1])
        st = pa_fail_at(err, PA_E_DATA, 1, line,
                        "%s:%" PRId64 ": series '%.*s' has ds %s twice: line %" PRId64 " as well",
                        j->name, line, length < 64 ? length : 64, ids->bytes + begin, b.data,
                        before);
    else if (st == PA_OK)
        st = pa_fail_at(err, PA_E_DATA, 1, line,
                        "%s:%" PRId64 ": series '%.*s' goes from ds %s (line %" PRId64
                        ") to %s, where the step is %s: a gap has to be filled beforehand",
                        j->name, line, length < 64 ? length : 64, ids->bytes + begin, a.data,
                        before, b.data, step);
    pa_buffer_free(&a);
    pa_buffer_free(&b);
    return st;
}

/* The first line, of those that are wrong, is told. twice: look for such times alone. */
static pa_status check_neighbours(const judge *j, bool twice, pa_error *err)
{
    const pa_series_file *f = j->f;
    size_t worst = 0, of = 0;
    for (size_t i = 0; i < f->n; i++)
        for (size_t t = f->first[i] + 1; t < f->first[i + 1]; t++) {
            bool wrong = twice ? f->time[t] == f->time[t - 1]
                               : !pa_step_is_one(&f->step, f->time[t - 1], f->time[t]);
            if (!wrong || (worst > 0 && j->line[t] >= j->line[worst])) continue;
            worst = t;
            of = i;
        }
    return worst > 0 ? tell_neighbours(j, of, worst, err) : PA_OK;
}

/* The first line of a series of which nothing is known. */
static pa_status check_known(const judge *j, pa_error *err)
{
    const pa_series_file *f = j->f;
    size_t worst = 0;
    int64_t line = INT64_MAX;
    for (size_t i = 0; i < f->n; i++) {
        size_t t = f->first[i];
        int64_t least = INT64_MAX;
        for (; t < f->first[i + 1] && isnan(f->value[t]); t++)
            if (j->line[t] < least) least = j->line[t];
        if (t < f->first[i + 1] || least >= line) continue;
        line = least;
        worst = i;
    }
    if (line == INT64_MAX) return PA_OK;
    size_t begin = f->ids.start[(size_t)f->first_series + worst];
    int length = (int)(f->ids.start[(size_t)f->first_series + worst + 1] - begin);
    return pa_fail_at(err, PA_E_DATA, 1, line, "%s:%" PRId64 ": series '%.*s' has no value",
                      j->name, line, length < 64 ? length : 64, f->ids.bytes + begin);
}

static pa_status check_times(pa_comm *comm, bool dates, bool gaps, const judge *j,
                             pa_series_file *f, pa_error *err)
{
    pa_steps_seen seen = pa_steps_none;
    f->step = (pa_time_step){dates ? PA_STEP_SECONDS : PA_STEP_NUMBERS, dates ? 86400 : 1};
    PA_AGREE(comm, check_neighbours(j, true, err), err);
    for (size_t i = 0; i < f->n; i++)
        pa_steps_see(f->first[i + 1] - f->first[i], f->time + f->first[i], dates, &seen);
    pa_min_i64(comm, &seen.least, 1);
    pa_min_i64(comm, &seen.least_months, 1);
    pa_max_i64(comm, &seen.odd, 1);
    f->step = pa_step_of(&seen, dates);
    if (gaps) return pa_agree(comm, check_known(j, err), err);
    return pa_agree(comm, check_neighbours(j, false, err), err);
}

/* ---- */

static pa_status make_series(pa_comm *comm, pa_series_rows *rows, const char *name,
                             pa_series_file *f, pa_error *err)
{
    arrived a = {0};
    int64_t *code = NULL, *line = NULL;
    uint32_t *order = NULL;
    bool dates;
    pa_status st;
    PA_GOTO(agree_on_dates(comm, rows, name, &dates, err));
    PA_GOTO(pa_dictionary_replicate(comm, &rows->ids, &f->ids, &code, err));
    f->n_global = (int64_t)f->ids.n;
    if (f->n_global == 0) PA_GOTO(pa_fail(err, PA_E_DATA, "%s: there is no row", name));
    if (f->n_global > INT32_MAX)
        PA_GOTO(pa_fail(err, PA_E_DATA, "%s: more than 2147483647 series", name));
    int rank = pa_comm_rank(comm), n_ranks = pa_comm_size(comm);
    f->first_series = pa_even_share(f->n_global, rank, n_ranks);
    f->n = (size_t)(pa_even_share(f->n_global, rank + 1, n_ranks) - f->first_series);
    PA_GOTO(send_rows(comm, rows, code, f->n_global, &a, err));
    st = PA_NEW(order, a.n, err);
    if (st == PA_OK) st = put_in_order(&a, order, f, &line, err);
    PA_GOTO(pa_agree(comm, st, err));
    const judge j = {f, line, name};
    st = check_times(comm, dates, rows->gaps, &j, f, err);
out:
    free_arrived(&a);
    pa_free(code);
    pa_free(line);
    pa_free(order);
    return st;
}

pa_status pa_series_file_read(pa_comm *comm, const char *path, const pa_series_columns *columns,
                              const pa_text_io *io, pa_series_file *f, pa_error *err)
{
    pa_series_rows rows = {0};
    *f = (pa_series_file){0};
    pa_status st = read_rows(comm, path, columns, io, &rows, err);
    if (st == PA_OK) st = make_series(comm, &rows, path, f, err);
    pa_series_rows_free(&rows);
    if (st != PA_OK) pa_series_file_free(f);
    return st;
}

void pa_series_file_free(pa_series_file *f)
{
    pa_names_free(&f->ids);
    pa_free(f->first);
    pa_free(f->time);
    pa_free(f->value);
    *f = (pa_series_file){0};
}
