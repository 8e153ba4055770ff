/* The loops of the network, of vectors of 2, 4 or 8 numbers: the same bits. */
#ifndef PARAUDIT_FORECAST_LSTM_PARTS_H
#define PARAUDIT_FORECAST_LSTM_PARTS_H

#include "paraudit/forecast/lstm.h"

/* Numbers of all lanes at a time. column: what rows are multiplied by, 1, the inputs and h before
 * the step; gate: what comes of it, cell by cell i, f, g, o. Columns of one step more than steps,
 * for the h behind the last. */
typedef struct {
    int32_t inputs, hidden, n_columns;
    double *column; /* step x n_columns */
    double *gate;   /* step x hidden x PA_LSTM_GATES */
    double *cell;   /* step x hidden, c behind the step */
    double *change; /* step x hidden x PA_LSTM_GATES: derivatives of what the gates are made of */
    double *by_h, *by_c; /* hidden: derivatives by h and c behind a step */
} pa_lstm_room;

/* One step of all cells: gates and c of `step`, and h among the columns of the next. */
typedef void pa_lstm_forward(const pa_lstm_room *room, const double weight[], int32_t step);

/* The same backward, of by_h and by_c behind the step; they are those before it then. */
typedef void pa_lstm_backward(const pa_lstm_room *room, const double weight[], int32_t step);

/* Of the cells' weights: change times column, added up over steps, then over lanes. */
typedef void pa_lstm_add_up(const pa_lstm_room *room, int32_t steps, double gradient[]);

typedef struct {
    pa_lstm_forward *forward;
    pa_lstm_backward *backward;
    pa_lstm_add_up *add_up;
} pa_lstm_loops;

extern const pa_lstm_loops pa_lstm_loops_any, pa_lstm_loops_avx2, pa_lstm_loops_avx512;

/* Those of this processor. */
const pa_lstm_loops *pa_lstm_loops_best(void);

#endif
