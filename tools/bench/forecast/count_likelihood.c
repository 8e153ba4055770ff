/* How likely the last counts of series are to the network and to the filter of counts, one step
 * ahead, both set by what is before alone:
 *
 *     count_likelihood FILE.csv SEASON LAST
 *
 * FILE.csv: unique_id,ds,y, counts. Prints of each series how many of its values are judged, LAST
 * or fewer, and the sums of ln p by the network and by the filter: for count_likelihood.py. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../../src/forecast/lstm_learn.h"
#include "paraudit/base/array.h"
#include "paraudit/forecast/count_fit.h"

enum { L = PA_FORECAST_LANES };

static void need(pa_status st, const pa_error *err)
{
    if (st == PA_OK) return;
    fprintf(stderr, "count_likelihood: %s\n", err->message);
    exit(1);
}

static size_t length_of(const pa_series_file *f, size_t i)
{
    return f->first[i + 1] - f->first[i];
}

static size_t known_of(const pa_lstm_view *v, size_t i)
{
    return (size_t)(pa_lstm_end(v, i) - v->file->value) - v->file->first[i];
}

/* ---- the filter ---- */

static int32_t place_of(const pa_series_file *f, size_t i, int32_t season)
{
    int64_t step = pa_step_number(&f->step, f->time[f->first[i]]);
    return (int32_t)((step % season + season) % season);
}

static void fit_filter(const pa_lstm_view *v, int32_t season, double factor[], pa_count_prior *p)
{
    static int64_t rows[PA_COUNT_SEASON_MOST], days[PA_COUNT_SEASON_MOST];
    static pa_i128 sum[PA_COUNT_GRID];
    const pa_series_file *f = v->file;
    int64_t n = 0;
    double mean, log_likelihood;
    pa_error err = {0};
    size_t *first = calloc(f->n + 1, sizeof *first), at = 0;
    uint16_t *count = calloc(f->first[f->n] + 1, sizeof *count);
    int8_t *segment = calloc(f->n + 1, sizeof *segment);
    int32_t *phase = calloc(2 * f->n + 1, sizeof *phase);
    if (!first || !count || !segment || !phase) exit(71);
    for (size_t i = 0; i < f->n; i++) {
        for (size_t t = 0; t < known_of(v, i); t++)
            count[at++] = (uint16_t)f->value[f->first[i] + t];
        first[i + 1] = at;
        phase[i] = place_of(f, i, season);
    }
    const pa_count_series s = {f->n, first, count, segment, phase, phase + f->n, season};
    pa_count_tally(&s, rows, days);
    pa_count_profile(1, season, rows, days, &mean, factor);
    need(pa_count_score(&s, 1, &mean, factor, sum, &n, &err), &err);
    pa_count_choose(1, &mean, sum, &n, p, &log_likelihood);
    free(first);
    free(count);
    free(segment);
    free(phase);
}

static double judge_filter(const pa_lstm_view *v, size_t i, int32_t season, const double factor[],
                           const pa_count_prior *p)
{
    const pa_series_file *f = v->file;
    const double *y = f->value + f->first[i];
    size_t known = known_of(v, i), place = (size_t)place_of(f, i, season);
    pa_count_state s = pa_count_start(p);
    double sum = 0;
    for (size_t t = 0; t < length_of(f, i); t++) {
        double w = factor[(place + t) % (size_t)season];
        if (t >= known) sum += pa_count_log_likelihood(p, &s, w, (int64_t)y[t]);
        pa_count_step(p, w, y[t], &s);
    }
    return sum;
}

/* ---- the network ---- */

typedef struct {
    const pa_lstm_view *view;
    int32_t season;
    double *weight;
    pa_lstm *net;
    pa_lstm_piece room;
    pa_lstm_said *said;
} network;

static size_t longest(const pa_series_file *f)
{
    size_t most = 1;
    for (size_t i = 0; i < f->n; i++) most = length_of(f, i) > most ? length_of(f, i) : most;
    return most;
}

static void learn(pa_comm *comm, network *w)
{
    pa_lstm_kind kind;
    pa_error err = {0};
    size_t most = longest(w->view->file);
    w->weight = calloc(pa_lstm_n_weights(&pa_lstm_used), sizeof *w->weight);
    w->said = calloc(most * L, sizeof *w->said);
    if (!w->weight || !w->said) exit(71);
    need(pa_lstm_learn(comm, w->view, w->season, NULL, &kind, w->weight, &err), &err);
    if (kind != PA_LSTM_COUNTS) exit(65);
    need(pa_lstm_open(&pa_lstm_used, (int32_t)most, &w->net, &err), &err);
    need(pa_lstm_piece_new((int32_t)most, &w->room, &err), &err);
}

/* As the network saw them when it learned, and goes on: from the last PA_LSTM_STEPS known on. */
static void judge_network(network *w, size_t from, size_t n, double sum[L])
{
    const pa_lstm_view *v = w->view;
    const pa_series_file *f = v->file;
    size_t steps[L] = {0}, seen[L], most = 0;
    pa_lstm_series s;
    for (size_t k = 0; k < n; k++) {
        seen[k] = pa_lstm_length(v, from + k);
        steps[k] = seen[k] + length_of(f, from + k) - known_of(v, from + k);
        if (steps[k] > most) most = steps[k];
    }
    pa_lstm_clear(&w->room, PA_LSTM_COUNTS, (int32_t)most, &s);
    for (size_t k = 0; k < n; k++) {
        const double *y = pa_lstm_end(v, from + k) - seen[k];
        int32_t place = pa_lstm_place(v, from + k, w->season);
        pa_lstm_form form = pa_lstm_form_of(PA_LSTM_COUNTS, w->season, place, seen[k], y);
        pa_lstm_fill(&w->room, &form, steps[k], y, k, &s);
    }
    pa_lstm_walk(w->net, w->weight, &s, w->said);
    for (size_t k = 0; k < n; k++) {
        sum[k] = 0;
        for (size_t t = seen[k]; t < steps[k]; t++) {
            const pa_lstm_said *said = w->said + t * L + k;
            sum[k] -= pa_negative_binomial_loss(w->room.target[t * L + k], said->mean,
                                                said->dispersion, NULL, NULL);
        }
    }
}

/* ---- both ---- */

static void judge_all(network *w)
{
    static double factor[PA_COUNT_SEASON_MOST];
    const pa_series_file *f = w->view->file;
    pa_count_prior prior;
    fit_filter(w->view, w->season, factor, &prior);
    for (size_t i = 0; i < f->n; i += L) {
        size_t n = f->n - i < L ? f->n - i : L;
        double sum[L];
        judge_network(w, i, n, sum);
        for (size_t k = 0; k < n; k++)
            printf("%zu %.10g %.10g\n", length_of(f, i + k) - known_of(w->view, i + k), sum[k],
                   judge_filter(w->view, i + k, w->season, factor, &prior));
    }
}

int main(int argc, char **argv)
{
    const pa_series_columns columns = {"unique_id", "ds", "y", false};
    const pa_text_io io = {1 << 20, 4 << 20, 65536};
    pa_series_file file;
    pa_comm *comm;
    pa_error err = {0};
    if (argc != 4) return 64;
    need(pa_comm_start(&argc, &argv, &comm, &err), &err);
    need(pa_series_file_read(comm, argv[1], &columns, &io, &file, &err), &err);
    const pa_lstm_view view = {&file, (size_t)atoi(argv[3])};
    network w = {.view = &view, .season = atoi(argv[2])};
    learn(comm, &w);
    judge_all(&w);
    pa_lstm_close(w.net);
    pa_lstm_piece_free(&w.room);
    free(w.weight);
    free(w.said);
    pa_series_file_free(&file);
    pa_comm_stop(comm);
    return 0;
}
