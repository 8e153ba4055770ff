#include "paraudit/forecast/holiday_rows.h"

#include <string.h>

#include "ds.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"

void pa_holiday_rows_free(pa_holiday_rows *r)
{
    pa_intern_free(&r->names);
    pa_free(r->row);
    pa_free(r->field);
    pa_free(r->scratch);
    *r = (pa_holiday_rows){0};
}

static bool has_column(const pa_matrix_header *h, const char *name)
{
    for (size_t f = 0; f < h->n_fields; f++)
        if (strcmp(h->name[f], name) == 0) return true;
    return false;
}

pa_status pa_holiday_columns(pa_holiday_rows *r, int64_t line, pa_error *err)
{
    const pa_matrix_header *h = r->header;
    bool lower = has_column(h, "lower_window"), upper = has_column(h, "upper_window");
    PA_TRY(pa_matrix_find_column(h, line, "holiday", "--holidays", &r->holiday, err));
    PA_TRY(pa_matrix_find_column(h, line, "ds", "--holidays", &r->ds, err));
    if (lower != upper)
        return pa_fail_at(err, PA_E_DATA, 1, line, "%s:%lld: %s_window, but no %s_window", h->file,
                          (long long)line, lower ? "lower" : "upper", lower ? "upper" : "lower");
    if (has_column(h, "prior_scale"))
        return pa_fail_at(err, PA_E_DATA, 1, line,
                          "%s:%lld: prior_scale: the scale of all holidays is 10 here", h->file,
                          (long long)line);
    r->windows = lower;
    if (!r->windows) return PA_OK;
    PA_TRY(pa_matrix_find_column(h, line, "lower_window", "--holidays", &r->lower, err));
    return pa_matrix_find_column(h, line, "upper_window", "--holidays", &r->upper, err);
}

static pa_status make_room(pa_holiday_rows *r, size_t record, pa_error *err)
{
    if (!r->field) PA_TRY(PA_NEW(r->field, r->header->n_fields, err));
    PA_TRY(PA_ROOM(r->scratch, r->scratch_room, record, err));
    return PA_ROOM(r->row, r->room, r->n + 1, err);
}

static pa_status read_day(pa_holiday_rows *r, int64_t line, int64_t *day, pa_error *err)
{
    bool date;
    PA_TRY(pa_ds_read(r->header, line, pa_csv_trimmed(r->field[r->ds]), day, &date, err));
    if (date) *day = pa_day_of(*day);
    int64_t *first = date ? &r->first_date : &r->first_number;
    if (*first == 0) *first = line;
    return PA_OK;
}

/* An empty one is 0. */
static pa_status read_window(const pa_holiday_rows *r, int64_t line, size_t field, int sign,
                             int32_t *days, pa_error *err)
{
    pa_csv_field cell = pa_csv_trimmed(r->field[field]);
    int64_t v = 0;
    bool good = cell.length == 0 || pa_parse_i64(cell.text, cell.length, &v);
    if (!good || v * sign < 0 || v * sign > PA_HOLIDAY_WINDOW)
        return pa_matrix_refuse_cell(r->header, line, cell,
                                     sign < 0 ? "lower_window is no whole number from -366 to 0"
                                              : "upper_window is no whole number from 0 to 366",
                                     err);
    *days = (int32_t)v;
    return PA_OK;
}

static pa_status take_row(pa_holiday_rows *r, int64_t line, pa_error *err)
{
    pa_csv_field name = pa_csv_clean(r->field[r->holiday]);
    pa_holiday_row row = {0};
    if (name.length == 0)
        return pa_matrix_refuse_cell(r->header, line, name, "there is no holiday", err);
    if (!pa_csv_is_text(name.text, name.length))
        return pa_matrix_refuse_cell(r->header, line, (pa_csv_field){"", 0},
                                     "the holiday is no UTF-8", err);
    PA_TRY(read_day(r, line, &row.day, err));
    if (r->windows) {
        PA_TRY(read_window(r, line, r->lower, -1, &row.lower, err));
        PA_TRY(read_window(r, line, r->upper, 1, &row.upper, err));
    }
    PA_TRY(pa_intern_add(&r->names, name.text, name.length, &row.holiday, err));
    r->row[r->n++] = row;
    return PA_OK;
}

pa_status pa_holiday_take(void *rows, int64_t line, const char *record, size_t n, pa_error *err)
{
    pa_holiday_rows *r = rows;
    const pa_matrix_header *h = r->header;
    if (n == 0) return PA_OK;
    PA_TRY(make_room(r, n, err));
    size_t found = pa_csv_split(&h->signs, record, n, r->scratch, r->field, h->n_fields);
    PA_TRY(pa_matrix_check_fields(h, line, found, err));
    return take_row(r, line, err);
}
