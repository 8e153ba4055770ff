#include "paraudit/patterns/pair_rows.h"

#include "paraudit/base/array.h"
#include "paraudit/csv/csv_parts.h"

void pa_pair_rows_free(pa_pair_rows *r)
{
    pa_intern_free(&r->baskets);
    pa_intern_free(&r->items);
    pa_free(r->basket_of);
    pa_free(r->item_of);
    pa_free(r->field);
    pa_free(r->scratch);
    *r = (pa_pair_rows){0};
}

static pa_status make_room(pa_pair_rows *r, size_t record, pa_error *err)
{
    if (!r->field) PA_TRY(PA_NEW(r->field, r->header->n_fields, err));
    PA_TRY(PA_ROOM(r->scratch, r->scratch_room, record, err));
    if (r->n < r->room) return PA_OK;
    size_t room = pa_larger_room(r->room, r->n + 1);
    PA_TRY(PA_RESIZE(r->basket_of, room, err));
    PA_TRY(PA_RESIZE(r->item_of, room, err));
    r->room = room;
    return PA_OK;
}

static void leave_out(pa_pair_rows *r, int64_t line, pa_pair_fault why)
{
    if (r->first_fault == 0 || line < r->first_fault) r->first_fault = line;
    r->n_fault[why]++;
}

static pa_status keep(pa_pair_rows *r, pa_csv_field basket, pa_csv_field item, pa_error *err)
{
    PA_TRY(pa_intern_add(&r->baskets, basket.text, basket.length, r->basket_of + r->n, err));
    PA_TRY(pa_intern_add(&r->items, item.text, item.length, r->item_of + r->n, err));
    r->n++;
    return PA_OK;
}

static pa_status take_pair(pa_pair_rows *r, int64_t line, pa_error *err)
{
    char cut_basket[PA_CSV_NAME_BYTES], cut_item[PA_CSV_NAME_BYTES];
    pa_csv_field basket = r->field[r->basket], item = r->field[r->item];
    pa_csv_name_kind b = pa_csv_clean_name(NULL, &basket, cut_basket);
    pa_csv_name_kind i = pa_csv_clean_name(NULL, &item, cut_item);
    if (b == PA_CSV_NAME_EMPTY || i == PA_CSV_NAME_EMPTY)
        leave_out(r, line, b == PA_CSV_NAME_EMPTY ? PA_PAIR_NO_BASKET : PA_PAIR_NO_ITEM);
    else if (b == PA_CSV_NAME_NO_TEXT || i == PA_CSV_NAME_NO_TEXT)
        leave_out(r, line, PA_PAIR_NO_TEXT);
    else {
        r->n_cut += (b == PA_CSV_NAME_CUT) + (i == PA_CSV_NAME_CUT);
        return keep(r, basket, item, err);
    }
    return PA_OK;
}

pa_status pa_pair_take(void *rows, int64_t line, const char *record, size_t n, pa_error *err)
{
    pa_pair_rows *r = rows;
    const pa_matrix_header *h = r->header;
    if (n == 0) return PA_OK;
    PA_TRY(make_room(r, n, err));
    size_t found = pa_csv_split(&h->signs, record, n, r->scratch, r->field, h->n_fields);
    PA_TRY(pa_matrix_check_fields(h, line, found, err));
    return take_pair(r, line, err);
}
