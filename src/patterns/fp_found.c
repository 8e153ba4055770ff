/* What FP-growth finds, told or only counted. */
#include "fp_miner.h"
#include "paraudit/patterns/superset_sums.h"

static uint64_t times_saturated(uint64_t a, uint64_t b)
{
    return a && b > UINT64_MAX / a ? UINT64_MAX : a * b;
}

void pa_fp_count_sets(const miner *m, int32_t size, uint64_t n)
{
    uint64_t choices = 1; /* of `more` out of n_always */
    uint64_t *by_size = m->counts->by_size + size;
    for (int32_t more = 0;; more++) {
        pa_add_sets(by_size + more, times_saturated(n, choices));
        if (more == m->n_always) return;
        uint64_t left = (uint64_t)(m->n_always - more), next = times_saturated(choices, left);
        choices = next == UINT64_MAX ? next : next / (uint64_t)(more + 1);
    }
}

static bool is_wanted(const miner *m, int32_t size)
{
    return size >= m->o->min_length && (m->o->max_length == 0 || size <= m->o->max_length);
}

/* The set of n codes, and it with each choice of the perfect extensions from `from` on. */
static pa_status tell(const miner *m, int32_t n, int32_t from, uint32_t support)
{
    if (m->o->max_length && n > m->o->max_length) return PA_OK;
    if (support < (uint32_t)m->o->min_support) return PA_OK; /* the sink has raised it */
    if (is_wanted(m, n)) PA_TRY(m->sink->found(m->sink->self, (size_t)n, m->set, support, m->err));
    for (int32_t k = from; k < m->n_always; k++) {
        m->set[n] = m->always[k];
        PA_TRY(tell(m, n + 1, k + 1, support));
    }
    return PA_OK;
}

pa_status pa_fp_find(const miner *m, int32_t n, uint32_t support)
{
    pa_fp_count_sets(m, m->n_set + n, 1);
    return m->sink ? tell(m, m->n_set + n, 0, support) : PA_OK;
}

/* ---- few items: all sets at once ---- */

static void count_lattice(const miner *m, int k)
{
    uint64_t n[LATTICE + 1] = {0};
    uint32_t least = (uint32_t)m->o->min_support;
    for (uint32_t mask = 1; mask < 1u << k; mask++) n[m->size[mask]] += m->sum[mask] >= least;
    for (int size = 1; size <= k; size++)
        if (n[size]) pa_fp_count_sets(m, m->n_set + size, n[size]);
}

static pa_status tell_lattice(const miner *m, int k, const int32_t code[])
{
    for (uint32_t mask = 1; mask < 1u << k; mask++) {
        if (m->sum[mask] < (uint32_t)m->o->min_support) continue;
        int32_t n = m->n_set;
        for (int b = 0; b < k; b++)
            if (mask >> b & 1) m->set[n++] = code[b];
        PA_TRY(tell(m, n, 0, m->sum[mask]));
    }
    return PA_OK;
}

pa_status pa_fp_find_lattice(const miner *m, int k, const int32_t code[])
{
    pa_superset_sums(k, m->sum);
    count_lattice(m, k);
    return m->sink ? tell_lattice(m, k, code) : PA_OK;
}
