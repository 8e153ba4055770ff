/* Series of a known kind, and batches of them. */
#ifndef PARAUDIT_TESTS_DRAWN_SERIES_H
#define PARAUDIT_TESTS_DRAWN_SERIES_H

#include "../../../src/forecast/walks.h"

enum { DRAWN_MOST = 96 };

/* A level that wanders, a trend, noise, all about size 1; number `which`. */
void draw_series(int which, int32_t n, double y[]);

typedef struct {
    _Alignas(PA_FORECAST_ALIGN) double y[DRAWN_MOST * PA_FORECAST_LANES];
    pa_forecast_batch batch;
} drawn_batch;

/* Lane k has series which[k] of n[k] values; -1: none. */
void draw_batch(const int which[], const int32_t n[], drawn_batch *b);

/* The loops of processors like this one, beside which pa_walks_any gives the same bits: number i,
 * NULL where there are no more. */
const pa_walks *walks_here(int i);

#endif
