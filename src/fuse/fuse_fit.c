/* The weights: stated for a score without labels, fitted for one with them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fuse_fit.h"
#include "paraudit/base/array.h"
#include "paraudit/base/math.h"
#include "paraudit/base/options.h"
#include "paraudit/detect/logit.h"

enum { LEAST_FRAUDS = 10, MOST_ITERATIONS = 100, MOST_VOICES = 32 };

/* What becomes of the detectors. */
typedef struct {
    pa_voices voices;
    double base;
    bool stacked;   /* weighed by labels */
    size_t n_heard; /* of weight other than 0 */
} mixture;

/* ---- without labels ---- */

/* Those that the configuration names, with equal voice; where none of them runs, all that need
 * no labels. */
static void weigh_label_free(const pa_config *config, mixture *m)
{
    const char *list = pa_config_text(config, "fuse.label_free");
    for (int all = 0; all < 2 && m->n_heard == 0; all++) {
        for (size_t k = 0; k < m->voices.n; k++) {
            pa_fuse_voice *v = m->voices.voice + k;
            if (v->is_log_odds || (!all && !pa_lists_name(list, v->name))) continue;
            v->weight = 1;
            m->n_heard++;
        }
    }
}

/* ---- with labels ---- */

/* The training rows with known labels, as the regression sees them. */
typedef struct {
    pa_row_set rows;
    int64_t n_frauds;
    uint8_t *label;
    float *value;                     /* a column after the other */
    const float *column[MOST_VOICES]; /* of the regression */
    size_t of_column[MOST_VOICES];    /* which voice */
    size_t n_columns;
} training;

static void free_training(training *t)
{
    pa_free(t->label);
    pa_free(t->value);
}

/* Whether it says something on all of the rows, on every rank. */
static bool speaks(pa_run *run, const pa_row_set *rows, const pa_fuse_voice *v)
{
    size_t row[64], n, cursor = 0;
    int64_t silent = 0;
    while ((n = pa_next_rows(rows, &cursor, sizeof row / sizeof *row, row)))
        for (size_t i = 0; i < n; i++) silent += isnan(v->value[row[i]]);
    pa_sum_i64(run->comm, &silent, 1);
    return silent == 0;
}

static void find_speakers(pa_run *run, const pa_voices *voices, training *t)
{
    for (size_t k = 0; k < voices->n && t->n_columns < MOST_VOICES; k++)
        if (speaks(run, &t->rows, voices->voice + k)) t->of_column[t->n_columns++] = k;
}

/* The log-odds of a fraud among all. */
static double prior(const training *t)
{
    return pa_ln((double)t->n_frauds) - pa_ln((double)(t->rows.n_global - t->n_frauds));
}

static pa_status list_values(pa_voices *voices, training *t, pa_error *err)
{
    size_t n_rows = (size_t)t->rows.n, row[64], n;
    PA_TRY(PA_NEW(t->value, t->n_columns * n_rows, err));
    for (size_t c = 0; c < t->n_columns; c++) {
        pa_fuse_voice *v = voices->voice + t->of_column[c];
        size_t cursor = 0;
        float *to = t->value + c * n_rows;
        t->column[c] = to;
        if (v->is_log_odds) v->center = prior(t);
        while ((n = pa_next_rows(&t->rows, &cursor, sizeof row / sizeof *row, row)))
            for (size_t i = 0; i < n; i++) *to++ = (float)pa_fuse_input(v, v->value[row[i]]);
    }
    return PA_OK;
}

static pa_status step(void *job)
{
    return pa_safe_point_tile(job);
}

static pa_status regress(pa_run *run, const training *t, mixture *m)
{
    double coefficient[MOST_VOICES + 1];
    const pa_logit_rows rows = {
        .n = (size_t)t->rows.n, .n_columns = t->n_columns, .column = t->column, .label = t->label};
    const pa_logit_options o = {.l2 = pa_config_real(run->config, "fuse.l2"),
                                .max_iterations = MOST_ITERATIONS,
                                .non_negative = true,
                                .step = step,
                                .job = run};
    PA_TRY(pa_logit_fit(run->comm, &o, &rows, coefficient, NULL, &run->err));
    m->base = coefficient[0];
    for (size_t c = 0; c < t->n_columns; c++) {
        pa_fuse_voice *v = m->voices.voice + t->of_column[c];
        v->weight = coefficient[c + 1];
        m->n_heard += v->weight != 0;
    }
    return PA_OK;
}

static bool can_be_fitted_on(const training *t)
{
    return t->n_columns > 0 && t->n_frauds >= LEAST_FRAUDS &&
           t->rows.n_global - t->n_frauds >= LEAST_FRAUDS;
}

/* Detectors' scores of the training rows are out of sample, and so is what is learned here. */
static pa_status find_training(pa_run *run, const pa_fitting *on, const pa_labels *labels,
                               mixture *m, training *t)
{
    t->rows = pa_rows_known(run->comm, on->rows.table, on->rows.from, on->rows.until, labels,
                            pa_training_known_at(run->plan));
    find_speakers(run, &m->voices, t);
    return pa_rows_frauds(run->comm, &t->rows, &t->label, &t->n_frauds, &run->err);
}

static pa_status weigh_by_labels(pa_run *run, const pa_fitting *on, mixture *m)
{
    const pa_labels labels = pa_labels_of(on->rows.table, run->plan);
    training t = {0};
    pa_status st = find_training(run, on, &labels, m, &t);
    if (st == PA_OK && can_be_fitted_on(&t)) {
        st = pa_agree(run->comm, list_values(&m->voices, &t, &run->err), &run->err);
        if (st == PA_OK) st = regress(run, &t, m);
        m->stacked = true;
    }
    free_training(&t);
    return st;
}

/* Whether a supervised detector has said something; on every rank alike. */
static bool has_log_odds(pa_run *run, const pa_voices *voices, const pa_row_set *rows)
{
    for (size_t k = 0; k < voices->n; k++)
        if (voices->voice[k].is_log_odds && speaks(run, rows, voices->voice + k)) return true;
    return false;
}

/* ---- the model ---- */

static void tell(pa_run *run, const mixture *m)
{
    char line[400] = "";
    for (size_t k = 0; k < m->voices.n; k++) {
        size_t length = strlen(line);
        snprintf(line + length, sizeof line - length, " %s=%.4f", m->voices.voice[k].name,
                 m->voices.voice[k].weight);
    }
    pa_log_event(run->log, "fuse", "labels=%s base=%.4f%s", m->stacked ? "yes" : "no", m->base,
                 line);
}

static pa_status put_score_function(const mixture *m, pa_store *model, pa_error *err)
{
    void *margin, *score;
    size_t n = m->stacked ? PA_LOGISTIC_KNOTS : PA_FISHER_KNOTS;
    PA_TRY(pa_store_put(model, "score_margin", PA_F64, n, 1,
                        "margins at which the score is known, ascending", &margin, err));
    PA_TRY(pa_store_put(model, "score_knot", PA_F64, n, 1,
                        "score at these margins; straight lines between", &score, err));
    if (m->stacked)
        pa_logistic_knots(margin, score);
    else
        pa_fisher_knots(m->n_heard ? m->n_heard : 1, margin, score);
    return PA_OK;
}

static pa_status put_model(const mixture *m, pa_store *model, pa_error *err)
{
    void *name, *weight, *center, *base;
    const pa_voices *d = &m->voices;
    PA_TRY(pa_store_put_names(model, "detector", d->n, PA_DETECTOR_NAME, "names, in column order",
                              &name, err));
    PA_TRY(pa_store_put(model, "weight", PA_F64, d->n, 1,
                        "factor of -ln(tail), or of log-odds less their center", &weight, err));
    PA_TRY(pa_store_put(model, "center", PA_F64, d->n, 1, "of log-odds, else 0", &center, err));
    PA_TRY(
        pa_store_put(model, "base", PA_F64, 1, 1, "margin without any contribution", &base, err));
    for (size_t k = 0; k < d->n; k++) {
        const pa_fuse_voice *v = d->voice + k;
        memcpy((char *)name + k * PA_DETECTOR_NAME, v->name, strlen(v->name));
        ((double *)weight)[k] = v->weight;
        ((double *)center)[k] = v->center;
    }
    *(double *)base = m->base;
    return put_score_function(m, model, err);
}

static pa_status weigh(pa_run *run, const pa_fitting *on, mixture *m)
{
    const char *way = pa_config_text(run->config, "fuse.labels");
    bool stack = strcmp(way, "use") == 0;
    if (strcmp(way, "auto") == 0) stack = has_log_odds(run, &m->voices, &on->rows);
    if (stack) PA_TRY(weigh_by_labels(run, on, m));
    if (!m->stacked) weigh_label_free(run->config, m);
    return PA_OK;
}

pa_status pa_fuse_fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    mixture m = {0};
    pa_status st = pa_voices_find(on->rows.table, &m.voices, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK) st = weigh(run, on, &m);
    if (st == PA_OK) st = put_model(&m, model, &run->err);
    if (st == PA_OK) tell(run, &m);
    pa_voices_free(&m.voices);
    return st;
}
