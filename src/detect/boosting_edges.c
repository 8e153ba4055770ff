#include "boosting_edges.h"

#include <stdlib.h>
#include <string.h>

#include "boosting_values.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/order/quantiles.h"

/* The columns of one group, which share their rounds of counting. Of column k of it: */
typedef struct {
    size_t n_known;
    float *known;    /* values here that are not NaN */
    int64_t total;   /* of them, over all ranks */
    size_t n;        /* values that bins begin at, ascending ... */
    pa_quantile *at; /* ... max_bins */
    pa_quantile *asked;
    int64_t *position;
} question;

typedef struct {
    pa_comm *comm;
    const pa_points *points;
    size_t max_bins, together;
    uint32_t *row; /* the points here */
    question *question;
    float *known; /* together x points */
    pa_quantile *quantile;
    int64_t *position;
    pa_quantile_set *set;
    uint32_t *slot; /* of keys that a column has here; 0: free, which no value has for a key */
    size_t n_slots;
    pa_key_list *distinct; /* of each column; more than max_bins: it has many values */
    uint32_t *key;         /* together x max_bins: theirs */
    int64_t *total;        /* together */
} finder;

static void free_finder(finder *f)
{
    pa_free(f->row);
    pa_free(f->question);
    pa_free(f->known);
    pa_free(f->quantile);
    pa_free(f->position);
    pa_free(f->set);
    pa_free(f->slot);
    pa_free(f->distinct);
    pa_free(f->key);
    pa_free(f->total);
}

static pa_status new_finder(finder *f, pa_error *err)
{
    size_t n = (size_t)f->points->n, m = f->max_bins;
    for (f->n_slots = 64; f->n_slots < 4 * m; f->n_slots *= 2) continue;
    PA_TRY(pa_list_points(f->points, &f->row, err));
    PA_TRY(PA_NEW(f->question, f->together, err));
    PA_TRY(PA_NEW(f->known, f->together * n, err));
    PA_TRY(PA_NEW(f->quantile, f->together * 2 * m, err));
    PA_TRY(PA_NEW(f->position, f->together * m, err));
    PA_TRY(PA_NEW(f->set, f->together, err));
    PA_TRY(PA_NEW(f->slot, f->n_slots, err));
    PA_TRY(PA_NEW(f->distinct, f->together, err));
    PA_TRY(PA_NEW(f->key, f->together * m, err));
    PA_TRY(PA_NEW(f->total, f->together, err));
    for (size_t k = 0; k < f->together; k++) {
        question *q = f->question + k;
        q->known = f->known + k * n;
        q->at = f->quantile + 2 * k * m;
        q->asked = q->at + m;
        q->position = f->position + k * m;
        f->distinct[k].key = f->key + k * m;
    }
    return PA_OK;
}

/* ---- columns of few values ---- */

/* The keys of the values here, each once; max_bins + 1: they are more. */
static size_t list_distinct(finder *f, size_t n, const float value[], uint32_t list[])
{
    size_t found = 0;
    memset(f->slot, 0, f->n_slots * sizeof *f->slot);
    for (size_t i = 0; i < n; i++) {
        uint32_t key = (uint32_t)pa_key_of_f32(value[i]);
        size_t at = (key * 0x9e3779b1u) >> 7 & (f->n_slots - 1);
        while (f->slot[at] != 0 && f->slot[at] != key) at = (at + 1) & (f->n_slots - 1);
        if (f->slot[at] == key) continue;
        if (found == f->max_bins) return found + 1;
        f->slot[at] = list[found++] = key;
    }
    return found;
}

static bool has_many(const finder *f, size_t k)
{
    return f->distinct[k].n > f->max_bins;
}

/* Counts stand for the values' places, so that each is next to the one before. */
static void take_distinct(finder *f, size_t k)
{
    question *q = f->question + k;
    const pa_key_list *list = f->distinct + k;
    q->n = has_many(f, k) ? 0 : list->n;
    for (size_t i = 0; i < q->n; i++)
        q->at[i] = (pa_quantile){pa_f32_of_key(list->key[i]), (int64_t)i, (int64_t)i + 1};
}

/* ---- columns of many ---- */

/* Answers to the questions of which set[] has positions, in the order of their columns. */
static pa_status ask(finder *f, size_t n, const size_t m[], pa_error *err)
{
    size_t n_sets = 0;
    for (size_t k = 0; k < n; k++) {
        question *q = f->question + k;
        if (m[k] == 0) continue;
        f->set[n_sets++] = (pa_quantile_set){q->n_known, q->known, m[k], q->position, q->asked};
    }
    return n_sets > 0 ? pa_quantiles_together(f->comm, n_sets, f->set, err) : PA_OK;
}

static int by_value(const void *a, const void *b)
{
    const pa_quantile *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* Adds m answers, equal values once. */
static void take(question *q, size_t m)
{
    size_t n = 0;
    memcpy(q->at + q->n, q->asked, m * sizeof *q->at);
    qsort(q->at, q->n + m, sizeof *q->at, by_value);
    for (size_t i = 0; i < q->n + m; i++)
        if (n == 0 || q->at[n - 1].value != q->at[i].value) q->at[n++] = q->at[i];
    q->n = n;
}

/* Where one value fills many places, bins are left over: asks for places evenly in what lies
 * between the values that are known. For less than an eighth of the bins it is not worth the
 * while. Returns how many. */
static size_t ask_between(const finder *f, question *q)
{
    int64_t between = 0, before = 0;
    size_t m = f->max_bins - q->n, k = 0;
    for (size_t i = 1; i < q->n; i++) between += q->at[i].below - q->at[i - 1].up_to;
    if (m < f->max_bins / 8) return 0;
    if ((uint64_t)between < m) m = (size_t)between;
    for (size_t i = 1; i < q->n && k < m; i++) {
        int64_t here = q->at[i].below - q->at[i - 1].up_to;
        for (; k < m; k++) {
            int64_t place = pa_even_share(between, (int64_t)k, (int64_t)m) - before;
            if (place >= here) break;
            q->position[k] = q->at[i - 1].up_to + place;
        }
        before += here;
    }
    return k;
}

static pa_status ask_many(finder *f, size_t n, size_t m[], pa_error *err)
{
    for (size_t k = 0; k < n; k++) {
        question *q = f->question + k;
        m[k] = has_many(f, k) ? pa_boosting_ordinals(q->total, f->max_bins, q->position) : 0;
    }
    PA_TRY(ask(f, n, m, err));
    for (size_t k = 0; k < n; k++) {
        question *q = f->question + k;
        if (m[k] == 0) continue;
        take(q, m[k]);
        m[k] = ask_between(f, q);
    }
    PA_TRY(ask(f, n, m, err));
    for (size_t k = 0; k < n; k++)
        if (m[k] > 0) take(f->question + k, m[k]);
    return PA_OK;
}

/* ---- edges ---- */

/* Above a, at most b. */
static float between(float a, float b)
{
    float middle = (float)(((double)a + (double)b) / 2);
    return middle > a && middle <= b ? middle : b;
}

static pa_status add_edges(const question *q, size_t column, pa_boosting_edges *e, pa_error *err)
{
    int64_t n = e->first[column];
    size_t more = q->n > 0 ? q->n - 1 : 0;
    PA_TRY(PA_RESIZE(e->edge, (size_t)n + more + 1, err));
    for (size_t i = 1; i < q->n; i++) {
        const pa_quantile *low = q->at + i - 1, *high = q->at + i;
        e->edge[n++] = low->up_to == high->below ? between(low->value, high->value) : high->value;
    }
    e->first[column + 1] = n;
    return PA_OK;
}

/* The n columns from `column` on. m: n numbers to work with. */
static pa_status find_group(finder *f, size_t column, size_t n, size_t m[], pa_boosting_edges *e,
                            pa_error *err)
{
    const pa_points *p = f->points;
    for (size_t k = 0; k < n; k++) {
        question *q = f->question + k;
        q->n_known = pa_known_values(p->column[column + k], (size_t)p->n, f->row, q->known);
        f->total[k] = (int64_t)q->n_known;
        f->distinct[k].n = list_distinct(f, q->n_known, q->known, f->distinct[k].key);
    }
    pa_sum_i64(f->comm, f->total, n);
    PA_TRY(pa_merge_keys(f->comm, f->max_bins, n, f->distinct, err));
    for (size_t k = 0; k < n; k++) {
        f->question[k].total = f->total[k];
        take_distinct(f, k);
    }
    PA_TRY(ask_many(f, n, m, err));
    pa_status st = PA_OK;
    for (size_t k = 0; st == PA_OK && k < n; k++)
        st = add_edges(f->question + k, column + k, e, err);
    return pa_agree(f->comm, st, err);
}

pa_status pa_boosting_find_edges(pa_comm *comm, const pa_points *points, size_t max_bins,
                                 pa_boosting_edges *e, pa_error *err)
{
    size_t n_columns = points->n_columns, *m = NULL;
    finder f = {.comm = comm, .points = points, .max_bins = max_bins};
    *e = (pa_boosting_edges){.n_columns = n_columns};
    f.together = pa_quantiles_group(comm, n_columns, points->n, 2 * max_bins);
    pa_status st = new_finder(&f, err);
    if (st == PA_OK) st = PA_NEW(e->first, n_columns + 1, err);
    if (st == PA_OK) st = PA_NEW(m, f.together, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (size_t c = 0; c < n_columns; c += f.together) {
        size_t left = n_columns - c;
        PA_GOTO(find_group(&f, c, left < f.together ? left : f.together, m, e, err));
    }
out:
    free_finder(&f);
    pa_free(m);
    return st;
}
