#include "paraudit/order/ranks.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/sort.h"

/* A row's day, and of which kinds it is an item, as it travels. */
enum { ANSWERS = 1 + PA_ITEM_KINDS };
typedef uint32_t day_items;

/* The chosen rows here, on their way. */
typedef struct {
    const pa_row_order *in;
    size_t n;
    uint64_t *key;
    int64_t *tie;
    day_items *day;
    int64_t first_day;
    size_t n_days;
    /* What comes along: first the days, then the caller's columns, of the chosen rows. */
    pa_view_column column[PA_VIEW_COLUMNS];
    void *rows[PA_VIEW_COLUMNS];
    /* By day and kind: items on earlier ranks, then before the row that is looked at. */
    int64_t (*count)[PA_ITEM_KINDS];
    /* What comes back: in view order, and in the order of rows. */
    size_t n_answers;
    int64_t *ordered[ANSWERS], *back[ANSWERS], *out[ANSWERS];
} ordering;

static void free_ordering(ordering *o)
{
    pa_free(o->key);
    pa_free(o->tie);
    for (size_t c = 0; c < PA_VIEW_COLUMNS; c++) pa_free(o->rows[c]);
    pa_free(o->column[0].ordered);
    pa_free(o->count);
    for (int a = 0; a < ANSWERS; a++) pa_free(o->ordered[a]);
    for (int a = 0; a < ANSWERS; a++) pa_free(o->back[a]);
}

/* The first and the last day of all ranks' rows. */
static void find_days(pa_comm *comm, ordering *o)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t i = 0; i < o->in->n; i++) {
        if (!o->in->chosen[i]) continue;
        int64_t day = pa_day_of(o->in->time[i]);
        if (day < first) first = day;
        if (day > last) last = day;
    }
    pa_range_i64(comm, &first, &last);
    o->first_day = first;
    o->n_days = first > last ? 0 : (size_t)(last - first + 1);
    PA_ASSERT(o->n_days < (size_t)1 << (32 - PA_ITEM_KINDS));
}

/* The values of the chosen rows. */
static pa_status take_column(const ordering *o, size_t width, const void *from, void **to,
                             pa_error *err)
{
    char *at = *to = pa_alloc(o->n, width, err);
    if (!at) return PA_E_MEMORY;
    for (size_t i = 0; i < o->in->n; i++) {
        if (!o->in->chosen[i]) continue;
        memcpy(at, (const char *)from + i * width, width);
        at += width;
    }
    return PA_OK;
}

static day_items items_of(const ordering *o, size_t row)
{
    day_items marks = 0;
    for (int k = 0; k < PA_ITEM_KINDS; k++)
        if (o->in->item[k] && o->in->item[k][row]) marks |= 1u << k;
    return (day_items)(pa_day_of(o->in->time[row]) - o->first_day) << PA_ITEM_KINDS | marks;
}

static pa_status new_rows(ordering *o, pa_error *err)
{
    PA_TRY(PA_NEW(o->key, o->n, err));
    PA_TRY(PA_NEW(o->tie, o->n, err));
    PA_TRY(PA_NEW(o->day, o->n, err));
    o->rows[0] = o->day;
    for (size_t a = 0; a < o->n_answers; a++) PA_TRY(PA_NEW(o->back[a], o->n, err));
    return PA_NEW(o->count, o->n_days, err);
}

static pa_status take_rows(ordering *o, size_t n_columns, const pa_view_column column[],
                           pa_error *err)
{
    const pa_row_order *in = o->in;
    PA_TRY(new_rows(o, err));
    for (size_t i = 0, m = 0; i < in->n; i++) {
        if (!in->chosen[i]) continue;
        o->key[m] = ~pa_key_of_f64(in->margin[i]);
        o->tie[m] = in->tx[i];
        o->day[m++] = items_of(o, i);
    }
    o->column[0] = (pa_view_column){.width = sizeof *o->day, .rows = o->day};
    for (size_t c = 1; c <= n_columns; c++) {
        PA_TRY(take_column(o, column[c - 1].width, column[c - 1].rows, o->rows + c, err));
        o->column[c] = (pa_view_column){.width = column[c - 1].width, .rows = o->rows[c]};
    }
    return PA_OK;
}

/* Items of each day and kind on earlier ranks. */
static void count_earlier(pa_comm *comm, ordering *o, const pa_view *view)
{
    const day_items *day = o->column[0].ordered;
    for (size_t i = 0; i < view->n; i++)
        for (int k = 0; k < PA_ITEM_KINDS; k++)
            o->count[day[i] >> PA_ITEM_KINDS][k] += day[i] >> k & 1;
    pa_sums_before_i64(comm, (int64_t *)o->count, o->n_days * PA_ITEM_KINDS);
}

/* In view order. */
static void fill_answers(ordering *o, const pa_view *view, bool ranks)
{
    const day_items *day = o->column[0].ordered;
    for (size_t i = 0; i < view->n; i++) {
        int64_t *count = o->count[day[i] >> PA_ITEM_KINDS];
        size_t a = 0;
        if (ranks) o->ordered[a++][i] = view->first + (int64_t)i + 1;
        for (int k = 0; k < PA_ITEM_KINDS; k++) {
            if (o->in->item[k]) o->ordered[a++][i] = count[k];
            count[k] += day[i] >> k & 1;
        }
    }
}

static pa_status answer(pa_comm *comm, ordering *o, const pa_view *view, bool ranks, pa_error *err)
{
    pa_column_move move[ANSWERS];
    pa_status st = PA_OK;
    for (size_t a = 0; st == PA_OK && a < o->n_answers; a++)
        st = PA_NEW(o->ordered[a], view->n, err);
    PA_AGREE(comm, st, err);
    count_earlier(comm, o, view);
    fill_answers(o, view, ranks);
    for (size_t a = 0; a < o->n_answers; a++)
        move[a] = (pa_column_move){sizeof *o->back[a], o->ordered[a], o->back[a]};
    PA_TRY(pa_view_return_all(comm, view, o->n_answers, move, err));
    for (size_t a = 0; a < o->n_answers; a++)
        for (size_t i = 0, m = 0; i < o->in->n; i++)
            o->out[a][i] = o->in->chosen[i] ? o->back[a][m++] : 0;
    return PA_OK;
}

static void list_answers(ordering *o, const pa_row_places *places)
{
    if (places->rank) o->out[o->n_answers++] = places->rank;
    for (int k = 0; k < PA_ITEM_KINDS; k++)
        if (o->in->item[k]) o->out[o->n_answers++] = places->before[k];
}

pa_status pa_order_rows(pa_comm *comm, const pa_row_order *in, const pa_row_places *places,
                        size_t n_columns, pa_view_column column[], pa_view *kept, pa_error *err)
{
    ordering o = {.in = in};
    pa_view view = {0};
    pa_status st;
    PA_ASSERT(n_columns <= PA_ORDERED_COLUMNS && (kept || n_columns == 0));
    for (size_t i = 0; i < in->n; i++) o.n += in->chosen[i] != 0;
    for (size_t c = 0; c < n_columns; c++) column[c].ordered = NULL;
    list_answers(&o, places);
    find_days(comm, &o);
    PA_GOTO(pa_agree(comm, take_rows(&o, n_columns, column, err), err));
    PA_GOTO(pa_view_make_with(comm, o.n, o.key, o.tie, 1 + n_columns, o.column, &view, err));
    for (size_t c = 0; c < n_columns; c++) column[c].ordered = o.column[1 + c].ordered;
    st = answer(comm, &o, &view, places->rank != NULL, err);
    if (st != PA_OK) {
        for (size_t c = 0; c < n_columns; c++) {
            pa_free(column[c].ordered);
            column[c].ordered = NULL;
        }
    } else if (kept) {
        *kept = view;
        view = (pa_view){0};
    }
out:
    pa_view_free(&view);
    free_ordering(&o);
    return st;
}
