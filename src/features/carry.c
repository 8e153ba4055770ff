#include "carry.h"

#include "paraudit/base/array.h"

/* What a rank holds of the line; first > last: nothing. */
typedef struct {
    uint64_t first, last;
} span;

static bool is_empty(const span *s)
{
    return s->first > s->last;
}

static span span_of(const pa_line *line)
{
    if (line->n == 0) return (span){1, 0};
    return (span){line->at[line->n_halo], line->at[line->n_halo + line->n - 1]};
}

/* The first position behind this rank's own; where there is none its state is nobody's. */
static uint64_t next_first(const span all[], int rank, int ranks)
{
    for (int r = rank + 1; r < ranks; r++) {
        if (!is_empty(all + r)) return all[r].first;
    }
    return all[rank].last;
}

/* States of the lower ranks whose last merchant is this one's first, one after the other. */
static void join_lower(const pa_fraud_events *events, const span all[],
                       const pa_fraud_state state[], int rank, pa_fraud_state *before)
{
    uint64_t merchant = all[rank].first / events->stride;
    for (int r = 0; r < rank; r++) {
        if (is_empty(all + r) || all[r].last / events->stride != merchant) continue;
        pa_fraud_state joined = state[r];
        pa_fraud_state_join(before, events->gap, &joined);
        *before = joined;
    }
}

pa_status pa_carry_frauds(pa_comm *comm, const pa_fraud_events *events, pa_fraud_state *before,
                          pa_error *err)
{
    int rank = pa_comm_rank(comm), ranks = pa_comm_size(comm);
    const span own = span_of(events->line);
    pa_fraud_state state = {0};
    void *spans = NULL, *states = NULL;
    size_t bytes;
    *before = state;
    pa_status st = pa_gather_all(comm, &own, sizeof own, &spans, &bytes, err);
    if (st != PA_OK) goto out;
    if (!is_empty(&own)) pa_fraud_state_of(events, next_first(spans, rank, ranks), &state);
    st = pa_gather_all(comm, &state, sizeof state, &states, &bytes, err);
    if (st == PA_OK && !is_empty(&own)) join_lower(events, spans, states, rank, before);
out:
    pa_free(states);
    pa_free(spans);
    return st;
}
