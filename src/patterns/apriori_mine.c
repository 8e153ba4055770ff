/* Apriori over the baskets of all ranks. */
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/patterns/apriori.h"
#include "paraudit/patterns/item_order.h"
#include "paraudit/patterns/mine.h"

typedef struct {
    pa_comm *comm;
    const pa_mine_request *request;
    const pa_item_ranks *ranks;
    pa_placed_baskets baskets;
    pa_level sets, larger; /* all of one size, and of one item more */
    uint8_t *about;        /* of `sets`: pa_apriori_compare */
    int32_t *set;          /* the codes of one */
    pa_mined *m;
    pa_error *err;
} miner;

static void free_miner(miner *m)
{
    pa_placed_baskets_free(&m->baskets);
    pa_level_free(&m->sets);
    pa_level_free(&m->larger);
    pa_free(m->about);
    pa_free(m->set);
}

/* ---- one level more ---- */

static pa_status too_many(const miner *m)
{
    return pa_fail(m->err, PA_E_MEMORY,
                   "apriori: %zu sets of %d items take more than the %zu bytes that a rank may "
                   "keep of them: a larger minimum support, more memory, or fpgrowth",
                   m->larger.n, m->larger.k, m->request->memory);
}

/* The same on all ranks, but for how much memory the machine gives. */
static pa_status keep_frequent(miner *m, const pa_level *candidates)
{
    PA_TRY(pa_apriori_keep(candidates, m->request->sets.min_support, &m->larger, m->err));
    bool fits = m->larger.n * pa_level_bytes(m->larger.k) <= m->request->memory;
    return fits ? PA_OK : too_many(m);
}

/* The next candidates, as many as memory has room for; none: there are no more. */
static pa_status count_some(miner *m, pa_join_place *at, pa_level *candidates)
{
    size_t most = m->request->memory / pa_level_bytes(m->sets.k + 1) + 1;
    PA_AGREE(m->comm, pa_apriori_join(&m->sets, at, most, candidates, m->err), m->err);
    if (candidates->n == 0) return PA_OK;
    PA_AGREE(m->comm, pa_apriori_count(&m->baskets, candidates, m->err), m->err);
    pa_sum_i64(m->comm, candidates->support, candidates->n);
    return pa_agree(m->comm, keep_frequent(m, candidates), m->err);
}

static pa_status find_larger(miner *m)
{
    pa_level candidates = {0};
    pa_join_place at = {0};
    pa_status st;
    m->larger = (pa_level){.k = m->sets.k + 1};
    do st = count_some(m, &at, &candidates);
    while (st == PA_OK && candidates.n > 0);
    pa_level_free(&candidates);
    return st;
}

/* ---- what is told of a level ---- */

static bool is_wanted(const miner *m, size_t i)
{
    uint8_t not_with[] = {0, PA_HAS_EQUAL, PA_HAS_LARGER};
    return (m->about[i] & not_with[m->request->kind]) == 0;
}

static pa_status write_set(miner *m, size_t i)
{
    const pa_mine_request *r = m->request;
    pa_spill *spill = &m->m->spill;
    size_t n = (size_t)m->sets.k;
    for (size_t k = 0; k < n; k++) m->set[k] = pa_place_code(m->ranks, m->sets.item[i * n + k]);
    pa_sort_items(n, m->set);
    PA_TRY(r->write(r->writer, n, m->set, (uint32_t)m->sets.support[i], &spill->text, m->err));
    return pa_spill_added(spill, m->err);
}

/* Each rank writes an even share of the sets, those of rank 0 first. */
static pa_status write_share(miner *m)
{
    int64_t rank = pa_comm_rank(m->comm), n_ranks = pa_comm_size(m->comm);
    size_t from = (size_t)pa_even_share((int64_t)m->sets.n, rank, n_ranks);
    size_t until = (size_t)pa_even_share((int64_t)m->sets.n, rank + 1, n_ranks);
    for (size_t i = from; i < until; i++)
        if (is_wanted(m, i)) PA_TRY(write_set(m, i));
    return PA_OK;
}

/* The results grow by a task for each rank. */
static pa_status add_places(miner *m)
{
    pa_task_results *r = &m->m->results;
    size_t more = (size_t)pa_comm_size(m->comm);
    PA_TRY(PA_RESIZE(r->place, r->n + more, m->err));
    for (size_t k = 0; k < more; k++) r->place[r->n + k] = (pa_task_place){.rank = (int64_t)k};
    r->n += more;
    return PA_OK;
}

static pa_status write_level(miner *m)
{
    pa_task_results *r = &m->m->results;
    size_t n_ranks = (size_t)pa_comm_size(m->comm);
    int64_t before = pa_spill_end(&m->m->spill);
    PA_AGREE(m->comm, add_places(m), m->err);
    PA_AGREE(m->comm, write_share(m), m->err);
    pa_task_place *place = r->place + (r->n - n_ranks), *own = place + pa_comm_rank(m->comm);
    own->at = before;
    own->bytes = pa_spill_end(&m->m->spill) - before;
    pa_max_i64(m->comm, (int64_t *)place, n_ranks * (sizeof *place / sizeof(int64_t)));
    r->n_done = r->n;
    return PA_OK;
}

static pa_status count_level(miner *m)
{
    pa_mined *to = m->m;
    PA_TRY(PA_RESIZE(to->by_size, (size_t)m->sets.k + 1, m->err));
    while (to->n <= (size_t)m->sets.k) to->by_size[to->n++] = 0;
    for (size_t i = 0; i < m->sets.n; i++) to->by_size[m->sets.k] += is_wanted(m, i);
    to->n_sets += to->by_size[m->sets.k];
    return PA_OK;
}

/* Sets, of which all larger ones are known where that matters. */
static pa_status tell_level(miner *m)
{
    const pa_mine_options *o = &m->request->sets;
    uint8_t *about = pa_realloc(m->about, m->sets.n, 1, m->err);
    if (about) m->about = about;
    pa_status st = about ? PA_OK : PA_E_MEMORY;
    if (st == PA_OK) memset(about, 0, m->sets.n);
    if (st == PA_OK && m->request->kind != PA_SETS_ALL)
        st = pa_apriori_compare(&m->sets, &m->larger, about, m->err);
    if (st == PA_OK && m->sets.k >= o->min_length) st = count_level(m);
    PA_AGREE(m->comm, st, m->err);
    bool written = m->request->write && m->sets.k >= o->min_length;
    return written ? write_level(m) : PA_OK;
}

/* ---- all levels ---- */

static pa_status open_miner(miner *m, const pa_baskets *b, const int64_t support[])
{
    PA_TRY(PA_NEW(m->set, (size_t)m->ranks->n, m->err));
    PA_TRY(pa_place_baskets(b, m->ranks, &m->baskets, m->err));
    return pa_apriori_first(m->ranks, support, &m->sets, m->err);
}

static pa_status mine_levels(miner *m)
{
    const pa_mine_request *r = m->request;
    int32_t last = r->sets.max_length;
    while (m->sets.n > 0 && (last == 0 || m->sets.k <= last)) {
        /* Whether the last ones are closed is seen in those that are one longer. */
        m->larger = (pa_level){.k = m->sets.k + 1};
        if (m->sets.k != last || r->kind != PA_SETS_ALL) PA_TRY(find_larger(m));
        PA_TRY(tell_level(m));
        pa_level_free(&m->sets);
        m->sets = m->larger;
        m->larger = (pa_level){0};
    }
    return PA_OK;
}

static pa_status bring_results(miner *m)
{
    const char *kept;
    PA_AGREE(m->comm, pa_spill_whole(&m->m->spill, &kept, m->err), m->err);
    m->m->results.kept =
        (pa_buffer){.data = (char *)kept, .length = (size_t)pa_spill_end(&m->m->spill)};
    return PA_OK;
}

pa_status pa_mine_by_apriori(pa_comm *comm, const pa_baskets *b, const pa_mine_request *request,
                             pa_mined *mined, pa_error *err)
{
    pa_item_ranks ranks = {0};
    miner m = {.comm = comm, .request = request, .ranks = &ranks, .m = mined, .err = err};
    int64_t *support = NULL, least = request->sets.min_support;
    pa_status st;
    *mined = (pa_mined){.min_support = least};
    pa_spill_open(&mined->spill, request->memory, request->beside);
    PA_GOTO(pa_agree(comm, PA_NEW(support, (size_t)b->n_items, err), err));
    PA_GOTO(pa_mine_supports(comm, b, support, err));
    PA_GOTO(pa_agree(comm, pa_item_ranks_of(support, b->n_items, least, &ranks, err), err));
    PA_GOTO(pa_agree(comm, open_miner(&m, b, support), err));
    mined->n_frequent = ranks.n;
    PA_GOTO(mine_levels(&m));
    st = bring_results(&m);
out:
    free_miner(&m);
    pa_item_ranks_free(&ranks);
    pa_free(support);
    if (st != PA_OK) pa_mined_free(mined);
    return st;
}
