#include "paraudit/features/fraud_runs.h"

#include <stdbool.h>

#include "paraudit/base/sort.h"

static const double seconds_a_day = 86400.0;
enum { LAST_MASK = (1 << PA_LAST_LABELS) - 1 };

/* ---- states ---- */

/* Whether the run is still going on at a position. */
static inline bool goes_on(const pa_fraud_run *run, uint64_t at, uint64_t gap)
{
    return run->frauds > 0 && at - run->last_known <= gap;
}

static void run_join(const pa_fraud_run *before, uint64_t gap, pa_fraud_run *run)
{
    if (run->broken) return;
    if (run->frauds == 0) {
        *run = *before;
    } else if (goes_on(before, run->first_known, gap)) {
        run->frauds += before->frauds;
        run->first = before->first;
        run->first_known = before->first_known;
        run->broken = before->broken;
    } else {
        run->broken = before->broken || before->frauds > 0;
    }
}

void pa_fraud_state_join(const pa_fraud_state *before, int64_t gap, pa_fraud_state *state)
{
    run_join(&before->all, (uint64_t)gap, &state->all);
    run_join(&before->unexplained, (uint64_t)gap, &state->unexplained);
    state->last |= before->last << state->n_last & LAST_MASK;
    state->n_last += before->n_last;
    if (state->n_last > PA_LAST_LABELS) state->n_last = PA_LAST_LABELS;
}

static void run_add(pa_fraud_run *run, uint64_t at, uint64_t known, uint64_t gap)
{
    if (!goes_on(run, known, gap)) {
        run->broken |= run->frauds > 0;
        run->frauds = 0;
        run->first = at;
        run->first_known = known;
    }
    run->frauds++;
    run->last = at;
    run->last_known = known;
}

static inline void state_add(pa_fraud_state *s, pa_fraud_event event, uint64_t at, uint64_t known,
                             uint64_t gap)
{
    s->last = (s->last << 1 | (event != PA_GENUINE)) & LAST_MASK;
    s->n_last += s->n_last < PA_LAST_LABELS;
    if (event == PA_GENUINE) {
        s->all = (pa_fraud_run){.broken = 1};
        return;
    }
    run_add(&s->all, at, known, gap);
    if (event == PA_UNEXPLAINED_FRAUD) run_add(&s->unexplained, at, known, gap);
}

/* ---- along a line ---- */

typedef struct {
    const pa_fraud_events *e;
    pa_fraud_state state; /* of the merchant whose positions end at `end` */
    uint64_t end;
    size_t due;   /* rows before it have been looked at */
    size_t found; /* of the late labels' order: those before have been */
} walk;

/* To the merchant of a position. */
static inline void walk_to(walk *w, uint64_t at)
{
    if (at < w->end) return;
    w->state = (pa_fraud_state){0};
    w->end = (at / w->e->stride + 1) * w->e->stride;
}

static inline void walk_add(walk *w, size_t row, int8_t event, uint64_t known)
{
    uint64_t at = w->e->line->at[row];
    walk_to(w, at);
    state_add(&w->state, (pa_fraud_event)event, at, known, (uint64_t)w->e->gap);
}

/* The late labels that are known before `until`, or there and of rows before `row`. */
static void walk_found(walk *w, uint64_t until, size_t row)
{
    const pa_late_labels *late = w->e->late;
    for (; w->found < late->n; w->found++) {
        uint32_t place = late->order[w->found];
        uint64_t known = late->known[place];
        if (known > until || (known == until && late->row[place] >= row)) return;
        walk_add(w, late->row[place], late->label[place], known);
    }
}

/* All events up to a position, of rows before `row`. has_late: known where this is called,
 * so that books without late labels do not pay for them. */
static inline void walk_on(walk *w, uint64_t until, size_t row, bool has_late)
{
    const uint64_t *at = w->e->line->at, delay = (uint64_t)w->e->delay;
    for (; w->due < row && at[w->due] + delay <= until; w->due++) {
        int8_t event = w->e->event[w->due];
        if (event == PA_NO_EVENT) continue;
        if (has_late) walk_found(w, at[w->due] + delay, w->due);
        walk_add(w, w->due, event, at[w->due] + delay);
    }
    if (has_late) walk_found(w, until, row);
}

static bool has_late(const pa_fraud_events *e)
{
    return e->late && e->late->n > 0;
}

/* Behind the events up to `after`: those of the halo, and none of rows before `row`. */
static walk walk_begin(const pa_fraud_events *e, size_t row, uint64_t after)
{
    walk w = {.e = e, .due = row};
    const pa_line *line = e->line;
    while (w.due < line->n_halo && line->at[w.due] + (uint64_t)e->delay <= after) w.due++;
    if (!has_late(e)) return w;
    while (w.found < e->late->n && e->late->known[e->late->order[w.found]] <= after) w.found++;
    return w;
}

void pa_fraud_state_of(const pa_fraud_events *e, uint64_t until, pa_fraud_state *state)
{
    const uint64_t *at = e->line->at;
    size_t n_halo = e->line->n_halo, n = n_halo + e->line->n;
    uint64_t begin = at[n - 1] / e->stride * e->stride, after = at[n_halo];
    size_t first = pa_lower_bound_u64(n, at, begin);
    if (first > n_halo) after = begin - 1; /* the merchant begins here */
    walk w = walk_begin(e, first, after);
    walk_on(&w, until, n, has_late(e));
    walk_to(&w, at[n - 1]);
    *state = w.state;
}

static inline float days_since(uint64_t at, uint64_t then, uint64_t cap)
{
    uint64_t since = at - then;
    return (float)((double)(since < cap ? since : cap) / seconds_a_day);
}

/* none: the cap in days. */
static inline void tell(const pa_fraud_state *s, uint64_t at, uint64_t gap, uint64_t cap,
                        float none, size_t k, const pa_fraud_run_columns *out)
{
    const pa_fraud_run *u = &s->unexplained;
    bool all = goes_on(&s->all, at, gap), unexplained = goes_on(u, at, gap);
    out->start_days[k] = all ? days_since(at, s->all.first, cap) : none;
    out->last_share[k] = s->last ? (float)__builtin_popcount(s->last) / (float)s->n_last : 0.0f;
    if (!out->unexplained) return;
    out->unexplained_start_days[k] = unexplained ? days_since(at, u->first, cap) : none;
    out->unexplained_days[k] = unexplained ? days_since(at, u->last, cap) : none;
    out->unexplained[k] = unexplained ? (float)u->frauds : 0.0f;
}

static inline void fraud_runs(const pa_fraud_events *e, const pa_fraud_state *before, int64_t cap,
                              const pa_fraud_run_columns *out, bool has_late)
{
    const pa_line *line = e->line;
    const float none = (float)((double)cap / seconds_a_day);
    if (line->n == 0) return;
    walk w = walk_begin(e, 0, line->at[line->n_halo]);
    walk_to(&w, line->at[line->n_halo]);
    w.state = *before;
    for (size_t k = 0; k < line->n; k++) {
        size_t i = line->n_halo + k;
        walk_on(&w, line->at[i], i, has_late);
        walk_to(&w, line->at[i]);
        tell(&w.state, line->at[i], (uint64_t)e->gap, (uint64_t)cap, none, k, out);
    }
}

void pa_fraud_runs(const pa_fraud_events *e, const pa_fraud_state *before, int64_t cap,
                   const pa_fraud_run_columns *out)
{
    if (has_late(e)) {
        fraud_runs(e, before, cap, out, true);
    } else {
        fraud_runs(e, before, cap, out, false);
    }
}
