#include "paraudit/features/known_fraud.h"

#include <stdbool.h>

static const double seconds_a_day = 86400.0;

/* `known` stands behind the last row whose label is due; it never passes the
 * row itself, which matters only where the delay is 0. */
static bool next_is_known(const uint64_t at[], size_t known, size_t row, uint64_t delay)
{
    return known < row && at[row] - at[known] >= delay;
}

/* Where a walk along the line stands in its late labels. A late label becomes
 * known after its row is due, so that row is behind `known` then; it may also be
 * out of the window, or another merchant's. */
typedef struct {
    const pa_late_labels *l;
    size_t found; /* of l->order: those before are known */
    size_t gone;  /* places before it have left the window */
} late_walk;

static bool next_is_found(const late_walk *w, uint64_t now)
{
    return w->found < w->l->n && w->l->known[w->l->order[w->found]] <= now;
}

/* late: NULL or not is known where this is called, so that books without late
 * labels do not pay for them. */
static inline void known_rate(const pa_line *line, const int8_t label[], const pa_late_labels *late,
                              int64_t delay, int64_t window, float count[], float rate[])
{
    const uint64_t *at = line->at, d = (uint64_t)delay, reach = d + (uint64_t)window;
    late_walk w = {.l = late};
    size_t from = 0, known = 0, frauds = 0;
    for (size_t k = 0; k < line->n; k++) {
        size_t i = line->n_halo + k;
        while (next_is_known(at, known, i, d)) frauds += label[known++] == 1;
        for (; late && next_is_found(&w, at[i]); w.found++) {
            frauds += w.l->row[w.l->order[w.found]] >= from;
        }
        while (from < known && at[i] - at[from] >= reach) frauds -= label[from++] == 1;
        for (; late && w.gone < w.l->n && w.l->row[w.gone] < from; w.gone++) {
            frauds -= w.l->known[w.gone] <= at[i]; /* what was never found was never counted */
        }
        size_t rows = known - from;
        count[k] = (float)rows;
        rate[k] = rows ? (float)((double)frauds / (double)rows) : 0.0f;
    }
}

void pa_known_rate(const pa_line *line, const int8_t label[], const pa_late_labels *late,
                   int64_t delay, int64_t window, float count[], float rate[])
{
    if (late && late->n > 0) {
        known_rate(line, label, late, delay, window, count, rate);
    } else {
        known_rate(line, label, NULL, delay, window, count, rate);
    }
}

/* The late labels whose rows are due and that are not known yet, as a list in
 * the order of rows, of which the last is asked for. */
typedef struct {
    const pa_late_labels *l;
    size_t due;    /* places before it have been put into the list */
    uint32_t last; /* NONE: the list is empty */
} waiting;

#define NONE UINT32_MAX

static bool is_late(const waiting *w, size_t row)
{
    return w->due < w->l->n && w->l->row[w->due] == row;
}

static void add_last(waiting *w)
{
    uint32_t place = (uint32_t)w->due++;
    w->l->before[place] = w->last;
    w->l->after[place] = NONE;
    if (w->last != NONE) w->l->after[w->last] = place;
    w->last = place;
}

static void take_out(waiting *w, uint32_t place)
{
    uint32_t before = w->l->before[place], after = w->l->after[place];
    if (before != NONE) w->l->after[before] = after;
    if (after != NONE) {
        w->l->before[after] = before;
    } else {
        w->last = before;
    }
}

static size_t later(size_t a, size_t b)
{
    return a > b ? a : b;
}

static inline void recency(const pa_line *line, const int8_t label[], const pa_late_labels *late,
                           int64_t delay, int64_t memory, float days[], float run[])
{
    const uint64_t *at = line->at, d = (uint64_t)delay, most = (uint64_t)memory;
    late_walk w = {.l = late};
    waiting wait = {.l = w.l, .last = NONE};
    size_t from = 0, known = 0;
    size_t last = 0;  /* 1 + the last known fraud; 0: none */
    size_t clean = 0; /* 1 + the last due row that is no fraud; 0: none */
    for (size_t k = 0; k < line->n; k++) {
        size_t i = line->n_halo + k;
        for (; next_is_known(at, known, i, d); known++) {
            if (late && is_late(&wait, known)) {
                add_last(&wait);
            } else if (label[known] == 1) {
                last = known + 1;
            } else {
                clean = known + 1;
            }
        }
        for (; late && next_is_found(&w, at[i]); w.found++) {
            uint32_t place = w.l->order[w.found];
            take_out(&wait, place);
            last = later(last, w.l->row[place] + (size_t)1);
        }
        while (from < known && at[i] - at[from] >= d + most) from++;
        /* Another merchant's fraud is further away than the memory, and a run
         * that began there, or before the window, is cut to the window's rows. */
        uint64_t age = last ? at[i] - at[last - 1] : most;
        size_t unlike = clean;
        if (late && wait.last != NONE) unlike = later(clean, late->row[wait.last] + (size_t)1);
        days[k] = (float)((double)(age < most ? age : most) / seconds_a_day);
        run[k] = (float)(known - later(unlike, from));
    }
}

void pa_known_fraud_recency(const pa_line *line, const int8_t label[], const pa_late_labels *late,
                            int64_t delay, int64_t memory, float days[], float run[])
{
    if (late && late->n > 0) {
        recency(line, label, late, delay, memory, days, run);
    } else {
        recency(line, label, NULL, delay, memory, days, run);
    }
}
