/* Series as the network (lstm.h) takes them: counts as they are, beside their mean; other values as
 * changes from one to the next, of their logarithms where all are above 0, in units of what they
 * change by in the mean. So series of any size and trend look alike to it. Kernel. */
#ifndef PARAUDIT_FORECAST_LSTM_SERIES_H
#define PARAUDIT_FORECAST_LSTM_SERIES_H

#include <stdbool.h>

#include "paraudit/forecast/lstm.h"

enum { PA_LSTM_INPUTS = 8 };

/* Of a network's series all together. */
typedef enum { PA_LSTM_COUNTS, PA_LSTM_LOGS, PA_LSTM_REALS } pa_lstm_kind;

/* Whether values may be counts, and whether they have logarithms. */
bool pa_lstm_may_be_counts(size_t n, const double y[]);
bool pa_lstm_may_be_logs(size_t n, const double y[]);

/* How a series is taken. */
typedef struct {
    pa_lstm_kind kind;
    int32_t season; /* 1: none */
    int32_t place;  /* of value 0 in the season */
    double unit;    /* of counts 1 + their mean, else the mean change; 0 where nothing changes */
} pa_lstm_form;

/* n: 1 or more. */
pa_lstm_form pa_lstm_form_of(pa_lstm_kind kind, int32_t season, int32_t place, size_t n,
                             const double y[]);

/* How many values before one are looked at. */
size_t pa_lstm_memory(int32_t season);

/* What is known before value t (from 0) from those before it, as far as it goes: y[-1] is value
 * t - 1. input: of one lane, PA_LSTM_INPUTS of them PA_FORECAST_LANES apart. */
void pa_lstm_input(const pa_lstm_form *form, size_t t, const double *y, double input[]);

/* Value t as the heads have it: a count as it is, else the change from the one before, NaN of the
 * first and where nothing changes; and the way back. */
double pa_lstm_target(const pa_lstm_form *form, size_t t, const double *y);
double pa_lstm_value(const pa_lstm_form *form, double before, double change);

/* A draw from what the heads say, by two even numbers in [0, 1): the next value. */
double pa_lstm_draw(const pa_lstm_form *form, const pa_lstm_said *said, double before, double u,
                    double v);

#endif
