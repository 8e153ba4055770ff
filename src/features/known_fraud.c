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
 * out of a window, or another merchant's. */
typedef struct {
    const pa_late_labels *l;
    size_t found; /* of l->order: those before are known */
} late_walk;

static bool next_is_found(const late_walk *w, uint64_t now)
{
    return w->found < w->l->n && w->l->known[w->l->order[w->found]] <= now;
}

/* A window on its way along the line. */
typedef struct {
    uint64_t reach;
    int8_t least;
    size_t from, frauds;
    size_t more; /* rows that those before `from` stood for beside themselves */
    size_t gone; /* places of late labels before it have left the window */
} window;

static inline void leave(window *w, const pa_line *line, size_t known, uint64_t now,
                         const int8_t label[], const pa_late_labels *late)
{
    for (; w->from < known && now - line->at[w->from] >= w->reach; w->from++) {
        w->frauds -= label[w->from] >= w->least;
        w->more += pa_line_more(line, w->from);
    }
    for (; late && w->gone < late->n && late->row[w->gone] < w->from; w->gone++) {
        /* What was never found was never counted. */
        if (late->known[w->gone] > now) continue;
        w->frauds -= late->label[w->gone] >= w->least;
        w->frauds += late->was[w->gone] >= w->least;
    }
}

/* more: what the known rows stood for beside themselves. */
static inline void tell(const window *w, size_t known, size_t more, size_t k,
                        const pa_known_window *out)
{
    size_t rows = known - w->from + more - w->more;
    if (out->count) out->count[k] = (float)rows;
    out->rate[k] = w->frauds ? (float)((double)w->frauds / (double)rows) : 0.0f;
}

/* late: NULL or not is known where this is called, so that books without late
 * labels do not pay for them. */
static inline void known_rates(const pa_line *line, const int8_t label[],
                               const pa_late_labels *late, int64_t delay, size_t n,
                               const pa_known_window out[])
{
    const uint64_t *at = line->at, d = (uint64_t)delay;
    window w[PA_KNOWN_WINDOWS] = {{0}};
    late_walk walk = {.l = late};
    size_t known = 0, more = 0;
    for (size_t j = 0; j < n; j++) {
        w[j] = (window){.reach = d + (uint64_t)out[j].window, .least = out[j].least};
    }
    for (size_t k = 0; k < line->n; k++) {
        size_t i = line->n_halo + k;
        for (; next_is_known(at, known, i, d); known++) {
            more += pa_line_more(line, known);
            if (label[known] <= 0) continue;
            for (size_t j = 0; j < n; j++) w[j].frauds += label[known] >= w[j].least;
        }
        for (; late && next_is_found(&walk, at[i]); walk.found++) {
            uint32_t place = late->order[walk.found];
            for (size_t j = 0; j < n; j++) {
                if (late->row[place] < w[j].from) continue;
                w[j].frauds += late->label[place] >= w[j].least;
                w[j].frauds -= late->was[place] >= w[j].least;
            }
        }
        for (size_t j = 0; j < n; j++) {
            /* While no fraud is in a window, nobody need know where it begins. */
            if (out[j].count || w[j].frauds) leave(&w[j], line, known, at[i], label, late);
            tell(&w[j], known, more, k, &out[j]);
        }
    }
}

void pa_known_rates(const pa_line *line, const int8_t label[], const pa_late_labels *late,
                    int64_t delay, size_t n_windows, const pa_known_window windows[])
{
    PA_ASSERT(n_windows <= PA_KNOWN_WINDOWS);
    if (late && late->n > 0) {
        known_rates(line, label, late, delay, n_windows, windows);
    } else if (n_windows == PA_KNOWN_WINDOWS) {
        known_rates(line, label, NULL, delay, PA_KNOWN_WINDOWS, windows);
    } else {
        known_rates(line, label, NULL, delay, n_windows, windows);
    }
}

/* The late frauds whose rows are due and that are not known yet, as a list in
 * the order of rows, of which the last is asked for. */
typedef struct {
    const pa_late_labels *l;
    size_t due;    /* places before it are in the list, if frauds */
    uint32_t last; /* NONE: the list is empty */
} waiting;

#define NONE UINT32_MAX

/* Whether the row is a fraud whose label is late. */
static bool is_late(waiting *w, size_t row)
{
    while (w->due < w->l->n && w->l->row[w->due] < row) w->due++;
    return w->due < w->l->n && w->l->row[w->due] == row && w->l->label[w->due] > 0;
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

/* Whether a row whose label is due is known for a fraud. */
static bool is_fraud_now(const pa_late_labels *l, const int8_t label[], size_t row, uint64_t now)
{
    bool fraud = label[row] > 0;
    size_t low = 0, high = l->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->row[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    /* Of a row what takes back stands behind what it takes back. */
    for (; low < l->n && l->row[low] == row; low++) {
        if (l->known[low] > now) continue;
        fraud = l->was[low] > 0 ? false : fraud || l->label[low] > 0;
    }
    return fraud;
}

/* 1 + the last row up to `row` that is known for a fraud and not forgotten; 0: there is none. */
static size_t last_before(const pa_line *line, const pa_late_labels *l, const int8_t label[],
                          size_t row, uint64_t now, uint64_t most)
{
    for (size_t j = row + 1; j > 0 && now - line->at[j - 1] < most; j--)
        if (is_fraud_now(l, label, j - 1, now)) return j;
    return 0;
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
            } else if (label[known] > 0) {
                last = known + 1;
            } else {
                clean = known + 1;
            }
        }
        for (; late && next_is_found(&w, at[i]); w.found++) {
            uint32_t place = w.l->order[w.found];
            size_t behind = w.l->row[place] + (size_t)1;
            if (w.l->was[place] > 0) {
                clean = later(clean, behind);
                if (last == behind) last = last_before(line, late, label, behind - 1, at[i], most);
            } else if (w.l->label[place] > 0) {
                take_out(&wait, place);
                last = later(last, behind);
            }
        }
        /* Another merchant's fraud is further away than the memory, and a run
         * that began there, or before the window, is cut to the window's rows. */
        uint64_t age = last ? at[i] - at[last - 1] : most;
        size_t unlike = clean;
        if (late && wait.last != NONE) unlike = later(clean, late->row[wait.last] + (size_t)1);
        while (from < known && unlike < known && at[i] - at[from] >= d + most) from++;
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
