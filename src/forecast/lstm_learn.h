/* Series of a file as the network takes them, and the network that they train. */
#ifndef PARAUDIT_FORECAST_LSTM_LEARN_H
#define PARAUDIT_FORECAST_LSTM_LEARN_H

#include "paraudit/base/log.h"
#include "paraudit/forecast/lstm_series.h"
#include "paraudit/forecast/series_file.h"

enum { PA_LSTM_SAMPLE = 1024, PA_LSTM_STEPS = 400 };

/* Its shape. */
extern const pa_lstm_shape pa_lstm_used;

/* ---- series ---- */

/* Of a file, as if their last `cut` values were not known yet. */
typedef struct {
    const pa_series_file *file;
    size_t cut;
} pa_lstm_view;

/* Of series i of this rank: how many values the network sees, the last PA_LSTM_STEPS that are
 * known; where they end; and the place of the first in the season. */
size_t pa_lstm_length(const pa_lstm_view *view, size_t i);
const double *pa_lstm_end(const pa_lstm_view *view, size_t i);
int32_t pa_lstm_place(const pa_lstm_view *view, size_t i, int32_t season);

/* ---- lanes ---- */

/* Room for up to PA_FORECAST_LANES series. Starts as zeros. */
typedef struct {
    double *input, *target;
} pa_lstm_piece;

/* To be freed also on failure. PA_E_MEMORY. */
pa_status pa_lstm_piece_new(int32_t steps, pa_lstm_piece *piece, pa_error *err);
void pa_lstm_piece_free(pa_lstm_piece *piece);

/* No lane has a series; series: borrows the room. */
void pa_lstm_clear(const pa_lstm_piece *piece, pa_lstm_kind kind, int32_t steps,
                   pa_lstm_series *series);

/* Lane k has the n values y. */
void pa_lstm_fill(const pa_lstm_piece *piece, const pa_lstm_form *form, size_t n, const double y[],
                  size_t k, pa_lstm_series *series);

/* ---- learning ---- */

/* weight: those of a network of pa_lstm_used, trained on up to PA_LSTM_SAMPLE series, evenly taken;
 * *kind: as what it takes the file's series. PA_E_MEMORY. Collective. */
pa_status pa_lstm_learn(pa_comm *comm, const pa_lstm_view *view, int32_t season, pa_log *log,
                        pa_lstm_kind *kind, double weight[], pa_error *err);

#endif
