#include "paraudit/forecast/series_rows.h"

#include <math.h>
#include <strings.h>

#include "ds.h"
#include "paraudit/base/array.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"

void pa_series_rows_free(pa_series_rows *r)
{
    pa_intern_free(&r->ids);
    pa_free(r->id_of);
    pa_free(r->time);
    pa_free(r->line);
    pa_free(r->value);
    pa_free(r->field);
    pa_free(r->scratch);
    *r = (pa_series_rows){0};
}

static pa_status make_room(pa_series_rows *r, size_t record, pa_error *err)
{
    if (!r->field) PA_TRY(PA_NEW(r->field, r->header->n_fields, err));
    PA_TRY(PA_ROOM(r->scratch, r->scratch_room, record, err));
    if (r->n < r->room) return PA_OK;
    size_t room = pa_larger_room(r->room, r->n + 1);
    PA_TRY(PA_RESIZE(r->id_of, room, err));
    PA_TRY(PA_RESIZE(r->time, room, err));
    PA_TRY(PA_RESIZE(r->line, room, err));
    PA_TRY(PA_RESIZE(r->value, room, err));
    r->room = room;
    return PA_OK;
}

static pa_status read_time(pa_series_rows *r, int64_t line, pa_error *err)
{
    bool date;
    PA_TRY(
        pa_ds_read(r->header, line, pa_csv_trimmed(r->field[r->ds]), r->time + r->n, &date, err));
    int64_t *first = date ? &r->first_date : &r->first_number;
    if (*first == 0) *first = line;
    return PA_OK;
}

static bool is_missing(pa_csv_field y)
{
    if (y.length == 0) return true;
    return (y.length == 3 && strncasecmp(y.text, "nan", 3) == 0) ||
           (y.length == 2 && strncasecmp(y.text, "na", 2) == 0);
}

static pa_status take_row(pa_series_rows *r, int64_t line, pa_error *err)
{
    pa_csv_field id = pa_csv_clean(r->field[r->id]), y = pa_csv_trimmed(r->field[r->y]);
    if (id.length == 0)
        return pa_matrix_refuse_cell(r->header, line, id, "there is no unique_id", err);
    if (!pa_csv_is_text(id.text, id.length))
        return pa_matrix_refuse_cell(r->header, line, (pa_csv_field){"", 0},
                                     "the unique_id is no UTF-8", err);
    PA_TRY(read_time(r, line, err));
    if (r->gaps && is_missing(y))
        r->value[r->n] = NAN;
    else if (!pa_parse_double(y.text, y.length, r->value + r->n))
        return pa_matrix_refuse_cell(r->header, line, y, "y is not a finite number", err);
    PA_TRY(pa_intern_add(&r->ids, id.text, id.length, r->id_of + r->n, err));
    r->line[r->n++] = line;
    return PA_OK;
}

pa_status pa_series_take(void *rows, int64_t line, const char *record, size_t n, pa_error *err)
{
    pa_series_rows *r = rows;
    const pa_matrix_header *h = r->header;
    if (n == 0) return PA_OK;
    PA_TRY(make_room(r, n, err));
    size_t found = pa_csv_split(&h->signs, record, n, r->scratch, r->field, h->n_fields);
    PA_TRY(pa_matrix_check_fields(h, line, found, err));
    return take_row(r, line, err);
}
