#include "paraudit/explain/explain.h"

#include <math.h>
#include <string.h>

#include "paraudit/alerts/reasons.h"
#include "paraudit/base/array.h"
#include "tell_parts.h"

/* ---- the rows of its account ---- */

/* What an audit's result has at least, and times of labels, if it has them. */
static pa_status check_slice(const pa_table *t, pa_error *err)
{
    static const struct {
        const char *name;
        pa_type type;
        bool may_lack;
    } wanted[] = {{"tx", PA_I64, false},
                  {"time", PA_I64, false},
                  {"amount", PA_F64, false},
                  {"account", PA_I32, false},
                  {"label", PA_I8, false},
                  {"label_time", PA_I64, true},
                  {"label_before_time", PA_I64, true},
                  {"label_first_time", PA_I64, true}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const pa_column *c = pa_table_find(t, wanted[i].name);
        if (c ? c->spec.type == wanted[i].type : wanted[i].may_lack) continue;
        return pa_fail(err, PA_E_DATA, "table 'transactions' of the result has no column '%s'",
                       wanted[i].name);
    }
    return PA_OK;
}

static pa_status read_slice(pa_result_file *file, int64_t row, pa_told *told, pa_error *err)
{
    int64_t first;
    PA_TRY(pa_first_of_account(file, row, PA_USUAL_ROWS, &first, err));
    PA_TRY(pa_result_read_table(file, "transactions", first, (size_t)(row - first) + 1, &told->pool,
                                &told->slice, err));
    return check_slice(&told->slice, err);
}

static pa_status tell_before(pa_result_file *file, const pa_time_plan *plan, size_t most,
                             pa_told *told, pa_error *err)
{
    size_t last = told->slice.n_rows - 1, n = last < most ? last : most;
    PA_TRY(PA_NEW(told->before, n, err));
    for (; told->n_before < n; told->n_before++)
        PA_TRY(pa_tell_row(file, plan, &told->slice, last - n + told->n_before,
                           told->before + told->n_before, err));
    return PA_OK;
}

/* ---- its score ---- */

static bool same_bits(double a, double b)
{
    uint64_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    return x == y;
}

static pa_status score_again(pa_scorer *scorer, size_t r, pa_told *told, double adds[],
                             pa_error *err)
{
    told->n_detectors = pa_scorer_detectors(scorer);
    PA_TRY(PA_NEW(told->by, told->n_detectors, err));
    PA_TRY(pa_scorer_row(scorer, r, told->by, adds, &told->again, err));
    if (!same_bits(told->again.margin, told->tx.margin))
        return pa_fail(err, PA_E_DATA,
                       "the models of the result give transaction %s the margin %.17g, and the "
                       "result has %.17g: one of them was changed",
                       told->tx.tx, told->again.margin, told->tx.margin);
    if (told->again.score == told->tx.score) return PA_OK;
    return pa_fail(
        err, PA_E_DATA,
        "the models of the result give transaction %s the score %.9g, and the result has "
        "%.9g: one of them was changed",
        told->tx.tx, (double)told->again.score, (double)told->tx.score);
}

static pa_status tell_score(pa_result_file *file, const pa_teller *by, pa_told *told, pa_error *err)
{
    pa_scorer *scorer = NULL;
    double *adds = NULL;
    size_t r = told->slice.n_rows - 1;
    bool earlier = by->plan->train_from <= told->tx.time && told->tx.time < by->plan->train_until;
    pa_status st = PA_NEW(adds, told->slice.n_columns, err);
    if (st == PA_OK && told->scored) {
        st = pa_scorer_open(file, by->n_stages, by->stages, &told->slice, earlier, &scorer, err);
        if (st == PA_OK) st = score_again(scorer, r, told, adds, err);
    }
    if (st == PA_OK) st = pa_tell_features(file, by, r, adds, told, err);
    pa_scorer_close(scorer);
    pa_free(adds);
    return st;
}

/* ---- all of it ---- */

pa_status pa_tell(pa_result_file *file, const pa_teller *by, int64_t row, size_t n_before,
                  pa_told *told, pa_error *err)
{
    memset(told, 0, sizeof *told);
    PA_TRY(read_slice(file, row, told, err));
    size_t r = told->slice.n_rows - 1;
    PA_TRY(pa_tell_row(file, by->plan, &told->slice, r, &told->tx, err));
    PA_TRY(pa_tell_name(file, &told->slice, "split", r, told->split, err));
    told->scored = !isnan(told->tx.margin);
    told->audited = pa_table_find(&told->slice, "rank") && pa_i64(&told->slice, "rank")[r] > 0;
    PA_TRY(tell_score(file, by, told, err));
    if (told->audited) PA_TRY(pa_tell_day(file, &told->slice, r, &told->day, err));
    return tell_before(file, by->plan, n_before, told, err);
}

void pa_told_free(pa_told *told)
{
    pa_free(told->by);
    pa_free(told->family);
    pa_free(told->features);
    pa_free(told->before);
    pa_table_free(&told->slice);
    pa_strings_free(&told->pool);
    memset(told, 0, sizeof *told);
}
