/* What the reasons of a result's alerts are worth:
 *
 *     reasons DIR <ROWS
 *
 * prints a line for each of those rows of /transactions: its transaction, its margin, the margin
 * where its first reason's value is what is usual among all, and of all other features the share
 * whose value, put back to what is usual in turn, lowers the margin less. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/commands/stages.h"
#include "paraudit/explain/scorer.h"

typedef struct {
    pa_result_file *file;
    pa_strings pool;
    pa_table row; /* one row of /transactions: the alert's */
    pa_scorer *scorer;
    pa_scored_by *by;
    double *adds;
    size_t n_features;
    const pa_column **feature;
    const float *usual; /* of each */
    pa_store alerts;
} work;

static pa_status open_work(pa_comm *comm, const char *folder, int64_t first, work *w, pa_error *err)
{
    char path[4096];
    const void *usual;
    size_t n;
    snprintf(path, sizeof path, "%s/audit.h5", folder);
    PA_TRY(pa_result_open(comm, path, &w->file, err));
    PA_TRY(pa_result_read_table(w->file, "transactions", first, 1, &w->pool, &w->row, err));
    PA_TRY(pa_scorer_open(w->file, pa_n_stages, pa_stages, &w->row, false, &w->scorer, err));
    PA_TRY(PA_NEW(w->by, pa_scorer_detectors(w->scorer), err));
    PA_TRY(PA_NEW(w->adds, w->row.n_columns, err));
    PA_TRY(PA_NEW(w->feature, w->row.n_columns, err));
    w->n_features = pa_table_by_role(&w->row, PA_ROLE_FEATURE, 0, w->feature);
    PA_TRY(pa_result_read_store(w->file, "alerts", 0, NULL, &w->alerts, err));
    PA_TRY(pa_store_get(&w->alerts, "peer_usual", PA_F32, &usual, &n, err));
    PA_ASSERT(n == w->n_features);
    w->usual = usual;
    return PA_OK;
}

static void close_work(work *w)
{
    pa_free(w->feature);
    pa_free(w->adds);
    pa_free(w->by);
    pa_store_free(&w->alerts);
    pa_scorer_close(w->scorer);
    pa_table_free(&w->row);
    pa_strings_free(&w->pool);
    pa_result_close(w->file);
}

/* Other features of the same table become those of row r. */
static pa_status take_row(work *w, int64_t r, pa_error *err)
{
    for (size_t c = 0; c < w->row.n_columns; c++) {
        const pa_column *column = w->row.columns[c];
        PA_TRY(pa_result_read_column(w->file, "transactions", column->spec.name, column->spec.type,
                                     r, 1, column->data, err));
    }
    return PA_OK;
}

static pa_status margin_of(work *w, double *margin, pa_error *err)
{
    pa_row_score score;
    PA_TRY(pa_scorer_row(w->scorer, 0, w->by, w->adds, &score, err));
    *margin = score.margin;
    return PA_OK;
}

/* Puts what is usual in the place of a feature's value. False: it is that already. */
static bool put_usual(const pa_column *c, float usual)
{
    if (!(pa_column_value(c, 0) != usual)) return false;
    switch (c->spec.type) {
    case PA_F32:
        *(float *)c->data = usual;
        break;
    case PA_F64:
        *(double *)c->data = (double)usual;
        break;
    case PA_I32:
        *(int32_t *)c->data = (int32_t)usual;
        break;
    case PA_I64:
        *(int64_t *)c->data = (int64_t)usual;
        break;
    default: /* PA_I8, PA_BOOL */
        *(int8_t *)c->data = (int8_t)usual;
    }
    return true;
}

/* The margin without feature f; NaN: it is as usual. */
static pa_status margin_without(work *w, size_t f, double *margin, pa_error *err)
{
    const pa_column *c = w->feature[f];
    char kept[16];
    size_t bytes = pa_type_size(c->spec.type, c->spec.width);
    memcpy(kept, c->data, bytes);
    *margin = (double)NAN;
    pa_status st = put_usual(c, w->usual[f]) ? margin_of(w, margin, err) : PA_OK;
    memcpy(c->data, kept, bytes);
    return st;
}

static pa_status judge_alert(work *w, pa_error *err)
{
    double margin, without, other;
    size_t less = 0;
    int32_t reason = pa_code_at(pa_table_find(&w->row, "reason1"), 0);
    PA_TRY(margin_of(w, &margin, err));
    PA_ASSERT(margin == pa_f64(&w->row, "margin")[0]);
    if (reason < 0) return PA_OK;
    PA_TRY(margin_without(w, (size_t)reason, &without, err));
    for (size_t f = 0; f < w->n_features; f++) {
        if (f == (size_t)reason) continue;
        PA_TRY(margin_without(w, f, &other, err));
        less += isnan(other) || other > without;
    }
    printf("%" PRId64 " %.17g %.17g %.17g\n", pa_i64(&w->row, "tx")[0], margin, without,
           (double)less / (double)(w->n_features - 1));
    return PA_OK;
}

static pa_status judge_all(pa_comm *comm, const char *folder, size_t n, const int64_t row[],
                           pa_error *err)
{
    work w = {0};
    pa_status st = n ? open_work(comm, folder, row[0], &w, err) : PA_OK;
    for (size_t i = 0; st == PA_OK && i < n; i++) {
        st = take_row(&w, row[i], err);
        if (st == PA_OK) st = judge_alert(&w, err);
    }
    close_work(&w);
    return st;
}

int main(int argc, char **argv)
{
    static int64_t row[1 << 16];
    size_t n = 0;
    pa_comm *comm;
    pa_error err = {0};
    if (pa_comm_start(&argc, &argv, &comm, &err) != PA_OK || argc != 2) return 2;
    while (n < sizeof row / sizeof *row && scanf("%" SCNd64, row + n) == 1) n++;
    pa_status st = judge_all(comm, argv[1], n, row, &err);
    if (st != PA_OK) fprintf(stderr, "reasons: %s\n", err.message);
    pa_comm_stop(comm);
    return (int)st;
}
