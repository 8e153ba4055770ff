#include "paraudit/forecast/holiday_file.h"

#include <inttypes.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/dictionary.h"
#include "paraudit/forecast/holiday_rows.h"

void pa_holidays_free(pa_holidays *h)
{
    pa_free(h->effect);
    pa_free(h->day);
    *h = (pa_holidays){0};
}

static pa_status read_header(pa_text_source *source, pa_matrix_header *header,
                             pa_holiday_rows *rows, pa_error *err)
{
    const pa_matrix_names names = {0};
    pa_text_header h;
    PA_TRY(pa_source_header(source, &h, err));
    pa_status st =
        pa_matrix_read_header(h.text, h.length, h.line, source->file.name, &names, header, err);
    rows->header = header;
    if (st == PA_OK) st = pa_holiday_columns(rows, h.line, err);
    pa_free(h.text);
    return pa_agree(source->comm, st, err);
}

static pa_status check_kind(pa_comm *comm, const char *name, bool dates, const pa_holiday_rows *r,
                            pa_error *err)
{
    int64_t line = dates ? r->first_number : r->first_date;
    if (line == 0) line = INT64_MAX;
    pa_min_i64(comm, &line, 1);
    if (line == INT64_MAX) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, 1, line, "%s:%" PRId64 ": ds is a %s, where series have %s",
                      name, line, dates ? "number" : "date", dates ? "dates" : "numbers");
}

/* ---- effects ---- */

static void count_days(size_t n, const pa_holiday_row row[], pa_holidays *h)
{
    for (size_t i = 0; i < n; i++) h->n += (size_t)(row[i].upper - row[i].lower + 1);
}

static uint64_t key_of(const pa_holiday_row *row, int32_t offset)
{
    return (uint64_t)row->holiday << 32 | (uint64_t)(offset + PA_HOLIDAY_WINDOW);
}

static void spread_days(size_t n, const pa_holiday_row row[], uint64_t key[], int64_t day[])
{
    for (size_t i = 0, at = 0; i < n; i++)
        for (int32_t offset = row[i].lower; offset <= row[i].upper; offset++, at++) {
            key[at] = key_of(row + i, offset);
            day[at] = row[i].day + offset;
        }
}

/* Numbers the keys, in order, and drops what is there twice. */
static void number_effects(const uint32_t order[], const uint64_t key[], const int64_t day[],
                           pa_holidays *h)
{
    size_t n = 0;
    for (size_t i = 0; i < h->n; i++) {
        uint32_t at = order[i], before = i > 0 ? order[i - 1] : 0;
        bool same = i > 0 && key[at] == key[before];
        if (same && day[at] == day[before]) continue;
        h->n_effects += !same;
        h->effect[n] = (int32_t)h->n_effects - 1;
        h->day[n++] = day[at];
    }
    h->n = n;
}

static pa_status make_effects(size_t n, const pa_holiday_row row[], pa_holidays *h, pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *day = NULL;
    uint32_t *order = NULL;
    pa_status st;
    count_days(n, row, h);
    PA_GOTO(PA_NEW(h->effect, h->n, err));
    PA_GOTO(PA_NEW(h->day, h->n, err));
    PA_GOTO(PA_NEW(key, h->n, err));
    PA_GOTO(PA_NEW(day, h->n, err));
    PA_GOTO(PA_NEW(order, h->n, err));
    spread_days(n, row, key, day);
    st = pa_sort_pairs(h->n, key, day, order, err);
    if (st == PA_OK) number_effects(order, key, day, h);
out:
    pa_free(key);
    pa_free(day);
    pa_free(order);
    return st;
}

/* ---- */

static pa_status gather(pa_comm *comm, pa_holiday_rows *rows, pa_holidays *h, pa_error *err)
{
    pa_names names = {0};
    int64_t *code = NULL;
    void *all = NULL;
    size_t bytes = 0;
    pa_status st = pa_dictionary_replicate(comm, &rows->names, &names, &code, err);
    for (size_t i = 0; st == PA_OK && i < rows->n; i++)
        rows->row[i].holiday = (int32_t)code[rows->row[i].holiday];
    if (st == PA_OK)
        st = pa_gather_all(comm, rows->row, rows->n * sizeof *rows->row, &all, &bytes, err);
    if (st == PA_OK) st = pa_agree(comm, make_effects(bytes / sizeof *rows->row, all, h, err), err);
    pa_free(all);
    pa_free(code);
    pa_names_free(&names);
    return st;
}

pa_status pa_holiday_file_read(pa_comm *comm, const char *path, bool dates, const pa_text_io *io,
                               pa_holidays *h, pa_error *err)
{
    pa_text_source source;
    pa_matrix_header header = {0};
    pa_holiday_rows rows = {0};
    *h = (pa_holidays){0};
    PA_TRY(pa_source_open(comm, path, io, &source, err));
    pa_status st = read_header(&source, &header, &rows, err);
    const pa_record_rule rule = {.signs = header.signs, .n_fields = header.n_fields};
    if (st == PA_OK) st = pa_source_read(&source, &rule, pa_holiday_take, &rows, err);
    if (st == PA_OK) st = check_kind(comm, source.file.name, dates, &rows, err);
    if (st == PA_OK) st = gather(comm, &rows, h, err);
    pa_matrix_header_free(&header);
    pa_holiday_rows_free(&rows);
    if (st != PA_OK) pa_holidays_free(h);
    return st;
}
