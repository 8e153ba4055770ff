#include "paraudit/explain/find_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/csv/csv_parts.h"

enum { PIECE_ROWS = 1 << 18 };

/* What is looked for, in ascending order of the ids. */
typedef struct {
    int64_t number;
    char text[PA_CSV_NAME_BYTES + 1]; /* as results keep names */
    size_t place;                     /* among those that were named */
} wanted;

static int by_number(const void *a, const void *b)
{
    int64_t x = ((const wanted *)a)->number, y = ((const wanted *)b)->number;
    return (x > y) - (x < y);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const wanted *)a)->text, ((const wanted *)b)->text);
}

/* The ids as the result keeps them. */
typedef struct {
    const char *column;
    pa_type type;
    size_t size; /* of a value */
    int (*order)(const void *, const void *);
} id_column;

static pa_status id_column_of(const pa_result_file *file, id_column *c, pa_error *err)
{
    const pa_column_spec *text = pa_result_find_column(file, "transactions", "tx_id");
    const pa_column_spec *number = pa_result_find_column(file, "transactions", "tx");
    if (text && text->type == PA_BYTES && text->width > 0 && text->width <= PA_CSV_NAME_BYTES)
        *c = (id_column){"tx_id", PA_BYTES, (size_t)text->width, by_text};
    else if (number && number->type == PA_I64)
        *c = (id_column){"tx", PA_I64, sizeof(int64_t), by_number};
    else
        return pa_fail(err, PA_E_DATA, "the result's transactions have no ids");
    return PA_OK;
}

static pa_status read_number(const char *text, int64_t *number, pa_error *err)
{
    char *end;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    *number = v;
    if (end != text && !*end && errno == 0) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "transaction '%s' is no number: this result's are", text);
}

/* As the input has it, or alerts.csv. */
static void keep_text(const char *id, char text[PA_CSV_NAME_BYTES + 1])
{
    char cut[PA_CSV_NAME_BYTES];
    pa_csv_field f = pa_csv_without_apostrophe((pa_csv_field){id, strlen(id)});
    pa_csv_clean_name(NULL, &f, cut);
    size_t n = f.length < PA_CSV_NAME_BYTES ? f.length : PA_CSV_NAME_BYTES;
    memcpy(text, f.text, n);
    text[n] = 0;
}

static pa_status list_wanted(const id_column *c, size_t n, const char *const id[], wanted w[],
                             pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        w[i] = (wanted){.place = i};
        if (c->type == PA_I64)
            PA_TRY(read_number(id[i], &w[i].number, err));
        else
            keep_text(id[i], w[i].text);
    }
    qsort(w, n, sizeof *w, c->order);
    return PA_OK;
}

/* Looks for one row's id; the same transaction may be named twice. */
static void look(const id_column *c, const void *value, int64_t at, size_t n, const wanted w[],
                 int64_t row[])
{
    wanted key = {0};
    if (c->type == PA_I64)
        memcpy(&key.number, value, sizeof key.number);
    else
        memcpy(key.text, value, c->size);
    const wanted *hit = bsearch(&key, w, n, sizeof *w, c->order);
    if (!hit) return;
    while (hit > w && c->order(hit - 1, &key) == 0) hit--;
    for (; hit < w + n && c->order(hit, &key) == 0; hit++) row[hit->place] = at;
}

static pa_status look_through(pa_result_file *file, const id_column *c, size_t n, const wanted w[],
                              char *piece, int64_t row[], pa_error *err)
{
    int64_t n_rows = pa_result_rows(file, "transactions");
    for (int64_t first = 0; first < n_rows; first += PIECE_ROWS) {
        size_t here = (size_t)(n_rows - first < PIECE_ROWS ? n_rows - first : PIECE_ROWS);
        PA_TRY(pa_result_read_column(file, "transactions", c->column, c->type, first, here, piece,
                                     err));
        for (size_t i = 0; i < here; i++)
            look(c, piece + i * c->size, first + (int64_t)i, n, w, row);
    }
    return PA_OK;
}

static pa_status check_all_found(size_t n, const char *const id[], const int64_t row[],
                                 pa_error *err)
{
    size_t n_missing = 0, first = 0;
    for (size_t i = n; i-- > 0;)
        if (row[i] < 0) {
            first = i;
            n_missing++;
        }
    if (n_missing == 0) return PA_OK;
    char more[48] = "";
    if (n_missing > 1) snprintf(more, sizeof more, ", nor %zu others", n_missing - 1);
    return pa_fail(err, PA_E_NO_INPUT,
                   "transaction '%s' is not in the result%s (rejects.csv lists rows that could not "
                   "be used)",
                   id[first], more);
}

pa_status pa_find_rows(pa_result_file *file, size_t n, const char *const id[], int64_t row[],
                       pa_error *err)
{
    id_column c = {0};
    wanted *w = NULL;
    char *piece = NULL;
    PA_TRY(id_column_of(file, &c, err));
    for (size_t i = 0; i < n; i++) row[i] = -1;
    pa_status st = PA_NEW(w, n, err);
    if (st == PA_OK) st = PA_NEW(piece, (size_t)PIECE_ROWS * c.size, err);
    if (st == PA_OK) st = list_wanted(&c, n, id, w, err);
    if (st == PA_OK) st = look_through(file, &c, n, w, piece, row, err);
    if (st == PA_OK) st = check_all_found(n, id, row, err);
    pa_free(piece);
    pa_free(w);
    return st;
}
