/* Verdicts to labels. */
#include <string.h>

#include "dispositions.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/stage/labels.h"

/* Earlier findings that a row has room for. */
enum { EARLIER = PA_MOST_FINDINGS - 1 };

#define EARLIER_TIME(column, text)                                                                 \
    {                                                                                              \
        .name = column, .type = PA_I64, .unit = "s",                                               \
        .meaning = text ", since 1970-01-01 00:00:00; -9223372036854775808: not said, "            \
                        "9223372036854775807: never",                                              \
        .role = PA_ROLE_LABEL, .flags = PA_NEEDS_LABELS, .stage = "ingest"                         \
    }

static const pa_column_spec column_earlier[EARLIER] = {
    EARLIER_TIME("label_before_time", "when the contrary of the label was found before"),
    EARLIER_TIME("label_first_time", "when before that the label was found for the first time")};

/* What is found of one row, in order. */
typedef struct {
    size_t n;
    int64_t time[PA_MOST_FINDINGS];
    int8_t label[PA_MOST_FINDINGS];
} history;

static int compare(const void *a, const void *b, void *context)
{
    const pa_verdict *p = a, *q = b;
    (void)context;
    if (p->row != q->row) return p->row < q->row ? -1 : 1;
    if (p->time != q->time) return p->time < q->time ? -1 : 1;
    if (p->file != q->file) return p->file < q->file ? -1 : 1;
    return p->line < q->line ? -1 : p->line > q->line;
}

/* False: the label would change once too often. */
static bool add(history *h, int64_t time, int8_t label)
{
    if (h->n > 0 && h->time[h->n - 1] == time) h->n--;
    if (h->n > 0 && h->label[h->n - 1] == label) return true;
    if (h->n == PA_MOST_FINDINGS) return false;
    h->time[h->n] = time;
    h->label[h->n++] = label;
    return true;
}

static pa_status too_often(const pa_beside_files *side, const pa_verdict *v, pa_error *err)
{
    return pa_fail_at(err, PA_E_DATA, v->file + 1, v->line,
                      "%s:%lld: with this verdict the label of its transaction would change for "
                      "the third time: leave out the earlier ones that do not hold",
                      side->inputs.file[v->file].name, (long long)v->line);
}

/* The columns that are filled; NULL: not there. */
typedef struct {
    int8_t *label;
    int64_t *time, *earlier[EARLIER];
} columns;

/* The verdicts v[0 .. n - 1] of one row, and its label where the input has one, which is among
 * them by its time. */
static pa_status merge(const pa_beside_files *side, const columns *c, size_t n,
                       const pa_verdict v[], history *h, pa_error *err)
{
    size_t row = v->row;
    bool waits = c->label[row] != PA_LABEL_UNKNOWN;
    int64_t found = c->time[row];
    *h = (history){0};
    for (size_t i = 0; i < n; i++) {
        if (waits && found <= v[i].time) {
            waits = false;
            if (!add(h, found, c->label[row])) return too_often(side, v + i, err);
        }
        if (!add(h, v[i].time, v[i].label)) return too_often(side, v + i, err);
    }
    if (waits && !add(h, found, c->label[row])) return too_often(side, v + n - 1, err);
    return PA_OK;
}

static void put(const history *h, size_t row, const columns *c)
{
    c->label[row] = h->label[h->n - 1];
    c->time[row] = h->time[h->n - 1];
    for (size_t k = 0; k < EARLIER && c->earlier[k]; k++)
        c->earlier[k][row] = h->n > k + 1 ? h->time[h->n - 2 - k] : INT64_MAX;
}

/* Fills nothing where c->earlier is not there yet but counts the rows whose labels change. */
static pa_status merge_all(const pa_beside_files *side, const pa_verdicts *v, const columns *c,
                           bool fill, int64_t *n_changed, pa_error *err)
{
    *n_changed = 0;
    for (size_t from = 0, until; from < v->n; from = until) {
        history h;
        for (until = from; until < v->n && v->of[until].row == v->of[from].row;) until++;
        PA_TRY(merge(side, c, until - from, v->of + from, &h, err));
        *n_changed += h.n > 1;
        if (fill) put(&h, v->of[from].row, c);
    }
    return PA_OK;
}

static pa_status add_times(pa_table *tx, const pa_column_spec *spec, int64_t none, int64_t **column,
                           pa_error *err)
{
    void *data;
    PA_TRY(pa_table_add(tx, spec, &data, err));
    *column = data;
    for (size_t i = 0; i < tx->n_rows; i++) (*column)[i] = none;
    return PA_OK;
}

static pa_status find_columns(pa_table *tx, columns *c, pa_error *err)
{
    *c = (columns){.label = pa_table_data(tx, "label", PA_I8)};
    if (!pa_table_find(tx, "label_time"))
        return add_times(tx, &pa_column_label_time, INT64_MIN, &c->time, err);
    c->time = pa_table_data(tx, "label_time", PA_I64);
    return PA_OK;
}

pa_status pa_dispositions_apply(pa_comm *comm, const pa_beside_files *side, pa_verdicts *v,
                                pa_table *tx, pa_error *err)
{
    columns c;
    int64_t n_changed = 0;
    pa_status st = pa_sort(v->of, v->n, sizeof *v->of, compare, NULL, err);
    if (st == PA_OK) st = find_columns(tx, &c, err);
    if (st == PA_OK) st = merge_all(side, v, &c, false, &n_changed, err);
    PA_AGREE(comm, st, err);
    pa_sum_i64(comm, &n_changed, 1);
    for (int k = 0; st == PA_OK && n_changed > 0 && k < EARLIER; k++)
        st = add_times(tx, column_earlier + k, INT64_MAX, &c.earlier[k], err);
    if (st == PA_OK) st = merge_all(side, v, &c, true, &n_changed, err);
    return pa_agree(comm, st, err);
}
