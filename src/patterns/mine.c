#include "paraudit/patterns/mine.h"

#include <inttypes.h>
#include <string.h>

#include "mine_kept.h"
#include "mine_rows.h"
#include "mine_tasks.h"
#include "mine_tree.h"
#include "paraudit/base/array.h"
#include "paraudit/patterns/item_order.h"
#include "paraudit/patterns/short_baskets.h"
#include "top_supports.h"

typedef struct {
    pa_comm *comm;
    const pa_baskets *baskets;
    const pa_mine_request *request;
    pa_mined *mined;
    pa_mine_options options; /* those of the request, with a support that may be raised */
    pa_short_baskets shorter;
    int64_t *support; /* of each item */
    top_supports top; /* while the last of the largest supports is looked for */
    pa_item_ranks ranks;
    mine_tasks tasks;
    pa_arena arena;
    pa_set_counts counts, of_task; /* of this rank; of the task at hand */
    int64_t *begin, *end;          /* of what this rank wrote of a task */
    int32_t *set;                  /* one in ascending order */
    bool *done;                    /* tasks of other rounds, or of earlier runs */
    pa_kept_tasks kept;            /* once the tasks are those that are to be written */
    size_t n_done;                 /* tasks of this run, of all ranks, in rounds that are over */
    bool foreseen;                 /* what is expected was told */
    uint64_t n_written;            /* sets, by this rank */
    bool counting;                 /* a sample: nothing is written */
    bool has_enough;               /* of it this rank */
    uint32_t n_asked;              /* how often a miner asked whether to go on */
    pa_fp_miner *growth;
    pa_closed_miner *closed;
} mining;

/* ---- a task ---- */

/* Sets of a sample: who has met so many has seen that they are very many. */
static const uint64_t ENOUGH = UINT64_C(1) << 32;

static pa_status too_many(const mining *m, pa_error *err)
{
    return pa_fail(err, PA_E_DATA,
                   "there are more than the %" PRIu64
                   " sets that may be: a larger minimum support, closed or maximal sets, a "
                   "maximum length, shorter baskets (--max-basket), or --top-k",
                   m->request->max_sets);
}

static bool is_asked_for(const mining *m, size_t size)
{
    const pa_mine_options *o = &m->options;
    return size >= (size_t)o->min_length && (!o->max_length || size <= (size_t)o->max_length);
}

static uint64_t count_all(const mining *m, const uint64_t by_size[])
{
    uint64_t n = 0;
    for (size_t k = 0; k < m->counts.n; k++)
        if (is_asked_for(m, k)) pa_add_sets(&n, by_size[k]);
    return n;
}

static pa_status check_number(const mining *m, uint64_t n, pa_error *err)
{
    return m->request->max_sets && n > m->request->max_sets ? too_many(m, err) : PA_OK;
}

/* Of tasks, of the prefixes that they look at, and of the sets that they tell: some may be very
 * many. */
static bool is_to_stop(void *of)
{
    const mining *m = of;
    return m->request->keeper && m->request->keeper->stop(m->request->keeper->self);
}

static pa_status give_up(pa_error *err)
{
    return pa_fail(err, PA_E_AGAIN, "a task gives up");
}

/* Some tasks have more sets than can be counted. */
static pa_status check_on_the_way(mining *m, pa_error *err)
{
    enum { CHECKED = 256 }; /* once in so many prefixes */
    if (m->top.k || ++m->n_asked % CHECKED) return PA_OK;
    uint64_t n = count_all(m, m->counts.by_size);
    pa_add_sets(&n, count_all(m, m->of_task.by_size));
    m->has_enough = m->counting && n > ENOUGH;
    return m->has_enough ? give_up(err) : check_number(m, n, err);
}

static pa_status go_on(void *of, pa_error *err)
{
    return is_to_stop(of) ? give_up(err) : check_on_the_way(of, err);
}

static pa_status write_set(void *of, size_t n, const int32_t item[], uint32_t support,
                           pa_error *err)
{
    mining *m = of;
    pa_spill *spill = &m->mined->spill;
    if (is_to_stop(m)) return give_up(err);
    PA_TRY(check_number(m, ++m->n_written, err));
    memcpy(m->set, item, n * sizeof *item);
    pa_sort_items(n, m->set);
    PA_TRY(m->request->write(m->request->writer, n, m->set, support, &spill->text, err));
    return pa_spill_added(spill, err);
}

static pa_status rank_set(void *of, size_t n, const int32_t item[], uint32_t support, pa_error *err)
{
    mining *m = of;
    (void)n;
    (void)item;
    if (is_to_stop(m)) return give_up(err);
    int64_t least = pa_top_supports_add(&m->top, support);
    if (least > m->options.min_support) m->options.min_support = least;
    return PA_OK;
}

static pa_status mine_task_sets(mining *m, const mine_task *t, pa_error *err)
{
    const pa_set_sink writer = {write_set, m}, ranker = {rank_set, m};
    const pa_set_sink *to = m->top.k ? &ranker : m->request->write && !m->counting ? &writer : NULL;
    if (m->closed) return pa_closed_sets(m->closed, t->first, t->last, to, &m->of_task, err);
    if (t->n_parts == 1) return pa_fp_growth(m->growth, t->first, t->last, to, &m->of_task, err);
    return pa_fp_growth_part(m->growth, t->first, t->part, t->n_parts, to, &m->of_task, err);
}

static pa_status work(void *context, size_t key, pa_buffer *result, pa_error *err)
{
    mining *m = context;
    (void)result; /* what is found is kept beyond a round */
    double begin = pa_processor_seconds();
    pa_spill *spill = &m->mined->spill;
    m->begin[key] = pa_spill_end(spill);
    memset(m->of_task.by_size, 0, m->of_task.n * sizeof *m->of_task.by_size);
    pa_status st = m->has_enough ? PA_OK : mine_task_sets(m, m->tasks.task + key, err);
    if (m->has_enough) st = PA_OK;
    if (st != PA_OK) {
        pa_spill_cut(spill, m->begin[key]);
        return st;
    }
    for (size_t k = 0; k < m->counts.n; k++)
        pa_add_sets(m->counts.by_size + k, m->of_task.by_size[k]);
    m->end[key] = pa_spill_end(spill);
    m->mined->seconds += pa_processor_seconds() - begin;
    if (m->top.k) return PA_OK;
    PA_TRY(check_number(m, count_all(m, m->counts.by_size), err));
    return m->counting ? PA_OK
                       : pa_kept_add(&m->kept, key, &m->of_task, spill,
                                     (size_t)(m->end[key] - m->begin[key]), err);
}

/* ---- a round: some tasks, with a tree for them ---- */

/* What it mines: a tree, or, where memory is short, one that is made in a sparing way, or rows. */
typedef enum { BY_TREE, BY_SPARE_TREE, BY_ROWS } means;

typedef struct {
    mine_tree tree;
    mine_rows rows;
} round_data;

static void free_data(round_data *d)
{
    pa_mine_tree_free(&d->tree);
    pa_mine_rows_free(&d->rows);
}

static pa_status gather_data(mining *m, const pa_rank_run *run, means by, round_data *d,
                             pa_error *err)
{
    double *seconds = &m->mined->seconds;
    *d = (round_data){0};
    m->arena.at = m->arena.begin;
    if (by == BY_ROWS)
        return pa_mine_rows_gather(m->comm, m->baskets, &m->ranks, run, &m->arena, &d->rows,
                                   seconds, err);
    return pa_mine_tree_plant(m->comm, m->baskets, &m->ranks, run, &m->arena, &d->tree, seconds,
                              err);
}

static pa_status open_miner(mining *m, means by, const round_data *d, pa_error *err)
{
    const pa_mine_request *r = m->request;
    const pa_mine_options *o = &m->options;
    const int32_t *code = m->ranks.code;
    size_t longest = (size_t)m->tasks.longest;
    pa_closed_kind kind = r->kind == PA_SETS_CLOSED ? PA_CLOSED : PA_MAXIMAL;
    m->growth = NULL;
    m->closed = NULL;
    if (r->kind == PA_SETS_ALL && by == BY_ROWS)
        return pa_fp_miner_open_lean(&m->arena, &d->rows.rows, code, longest, o, &m->growth, err);
    if (r->kind == PA_SETS_ALL)
        return pa_fp_miner_open(&m->arena, &d->tree.paths, code, longest, o, &m->growth, err);
    if (by == BY_ROWS)
        return pa_closed_miner_open_lean(&m->arena, &d->rows.rows, code, longest, kind, o,
                                         &m->closed, err);
    return pa_closed_miner_open(&m->arena, &d->tree.tree, code, longest, kind, o, &m->closed, err);
}

/* Where the tasks of the round are. */
static void keep_places(mining *m, const pa_task_results *r)
{
    pa_task_place *place = m->mined->results.place;
    int64_t own = pa_comm_rank(m->comm);
    for (size_t key = 0; key < r->n; key++) {
        if (r->place[key].rank != own) continue;
        place[key] = (pa_task_place){own, m->begin[key], m->end[key] - m->begin[key]};
    }
}

/* n_done: tasks of this round. */
static pa_status stopped(mining *m, size_t n_done, pa_error *err)
{
    const pa_mine_keeper *keeper = m->request->keeper;
    n_done += m->n_done + m->kept.n_done;
    if (m->kept.keeper && !m->counting)
        return pa_kept_stopped(m->comm, &m->kept, &m->mined->spill, n_done, err);
    return keeper->stopped(keeper->self, 0, m->tasks.n, err);
}

/* Those that are not done; where they are only counted, nothing of them is kept. */
static pa_status run_tasks(mining *m, pa_error *err)
{
    pa_task_results r;
    size_t n = 0;
    const pa_tasks run = {.n = m->tasks.n,
                          .cost = m->tasks.cost,
                          .done = m->done,
                          .work = work,
                          .stop = m->request->keeper ? is_to_stop : NULL,
                          .context = m};
    for (size_t key = 0; key < m->tasks.n; key++) n += !m->done[key];
    PA_TRY(pa_tasks_run(m->comm, &run, &r, err));
    size_t n_done = r.n_done;
    if (!m->counting) keep_places(m, &r);
    pa_task_results_free(&r);
    if (n_done < n) return stopped(m, n_done, err);
    if (!m->counting) m->n_done += n;
    return PA_OK;
}

/* ---- what a sample of the tasks says ---- */

enum { SAMPLED = 8 }; /* one of so many */

/* The last one besides: where baskets are alike, the least frequent item has most sets by far. */
static bool is_sampled(size_t key, size_t from, size_t until)
{
    return key >= from && key < until && (key % SAMPLED == SAMPLED / 2 || key + 1 == until);
}

/* sum: of all ranks, of each size that is asked for: miners count longer and shorter sets, too. */
static pa_status sum_counts(const mining *m, uint64_t sum[], pa_error *err)
{
    size_t n = m->counts.n, bytes;
    void *of_ranks;
    PA_TRY(pa_gather_all(m->comm, m->counts.by_size, n * sizeof *sum, &of_ranks, &bytes, err));
    memset(sum, 0, n * sizeof *sum);
    for (size_t i = 0; i < bytes / sizeof *sum; i++)
        if (is_asked_for(m, i % n)) pa_add_sets(sum + i % n, ((const uint64_t *)of_ranks)[i]);
    pa_free(of_ranks);
    return PA_OK;
}

static pa_status judge_sample(const mining *m, size_t from, size_t until, uint64_t sum[],
                              pa_error *err)
{
    double sampled = 0, all = 0;
    PA_TRY(sum_counts(m, sum, err));
    for (size_t key = 0; key < m->tasks.n; key++) {
        all += (double)m->tasks.cost[key] + 1;
        if (is_sampled(key, from, until)) sampled += (double)m->tasks.cost[key] + 1;
    }
    uint64_t n = count_all(m, sum);
    const pa_prediction p = {m->counts.n, sum, (double)n * all / sampled};
    PA_TRY(check_number(m, n, err));
    return m->request->predicted ? m->request->predicted(m->request->hearer, &p, err) : PA_OK;
}

/* Counts are zeroes before and after. */
static pa_status predict(mining *m, size_t from, size_t until, pa_error *err)
{
    size_t bytes = m->counts.n * sizeof *m->counts.by_size;
    uint64_t *sum;
    PA_AGREE(m->comm, PA_NEW(sum, m->counts.n, err), err);
    for (size_t key = 0; key < m->tasks.n; key++) m->done[key] = !is_sampled(key, from, until);
    m->counting = true;
    pa_status st = run_tasks(m, err);
    m->counting = m->has_enough = false;
    if (st == PA_OK) st = judge_sample(m, from, until, sum, err);
    m->foreseen = st == PA_OK;
    memset(m->counts.by_size, 0, bytes);
    pa_free(sum);
    return st;
}

/* ---- */

static bool is_done(const mining *m, size_t key)
{
    return m->kept.done && m->kept.done[key];
}

/* What goes on has heard what is expected. */
static pa_status mine_tasks_of(mining *m, size_t from, size_t until, pa_error *err)
{
    bool asked = m->request->write && (m->request->predicted || m->request->max_sets);
    if (asked && from == 0 && m->top.k == 0 && m->kept.n_done == 0 && !m->foreseen)
        PA_TRY(predict(m, from, until, err));
    for (size_t key = 0; key < m->tasks.n; key++)
        m->done[key] = key < from || key >= until || is_done(m, key);
    return run_tasks(m, err);
}

/* What was found in it goes where it fails. */
static pa_status mine_round(mining *m, size_t from, size_t until, means by, pa_error *err)
{
    const mine_task *task = m->tasks.task;
    const pa_rank_run run = {task[from].first, task[until - 1].last,
                             m->request->kind != PA_SETS_ALL, by == BY_SPARE_TREE};
    int64_t kept = pa_spill_end(&m->mined->spill);
    uint64_t n_written = m->n_written;
    int64_t min_support = m->options.min_support;
    size_t bytes = m->counts.n * sizeof *m->counts.by_size;
    pa_kept_mark mark = pa_kept_marked(&m->kept);
    round_data d;
    pa_top_supports_save(&m->top);
    PA_TRY(gather_data(m, &run, by, &d, err));
    uint64_t *before = pa_arena_take(&m->arena, 1, bytes);
    pa_status st = before ? open_miner(m, by, &d, err) : pa_arena_is_short(&m->arena, err);
    if (before) memcpy(before, m->counts.by_size, bytes);
    st = pa_agree(m->comm, st, err);
    if (st == PA_OK) st = mine_tasks_of(m, from, until, err);
    if (st != PA_OK && before) memcpy(m->counts.by_size, before, bytes);
    if (st != PA_OK) {
        pa_spill_cut(&m->mined->spill, kept);
        pa_kept_rewind(&m->kept, mark, kept);
        m->n_written = n_written;
        m->options.min_support = min_support;
        pa_top_supports_restore(&m->top);
    }
    free_data(&d);
    return st;
}

/* Parts of an item have one tree: they stay together. */
static size_t end_of_tasks(const mine_tasks *t, size_t next, size_t most)
{
    size_t until = t->n - next < most ? t->n : next + most;
    while (until < t->n && until > next && t->task[until].part > 0) until--;
    if (until > next) return until;
    do until++;
    while (until < t->n && t->task[until].part > 0);
    return until;
}

/* Of tasks from `next` on, which is not done, the last one that is not either. */
static size_t end_of_round(const mining *m, size_t next, size_t most)
{
    size_t until = end_of_tasks(&m->tasks, next, most);
    while (is_done(m, until - 1)) until--;
    return until;
}

/* What is tried when a round of n tasks did not fit: fewer of them, down to a single item; then by
 * lesser means, from as many as are left on. Of closed and maximal sets all tasks need much of the
 * baskets: lesser means come first. False: there is nothing left to try. */
static bool spare(const mining *m, size_t n, bool single, size_t *most, means *by)
{
    bool whole = m->request->kind != PA_SETS_ALL;
    if (single && *by == BY_ROWS) return false;
    if (*by == BY_ROWS || (!whole && !single)) {
        *most = single ? 1 : n / 2;
        return true;
    }
    *by = whole || *by == BY_SPARE_TREE ? BY_ROWS : BY_SPARE_TREE;
    *most = *by == BY_ROWS ? m->tasks.n : 1;
    return true;
}

/* As many tasks at once as memory has room for. */
static pa_status mine_rounds(mining *m, pa_error *err)
{
    size_t n = m->tasks.n, next = 0, most = n;
    means by = BY_TREE;
    while (true) {
        while (next < n && is_done(m, next)) next++;
        if (next == n) return PA_OK;
        size_t until = end_of_round(m, next, most);
        bool single = m->tasks.task[next].first == m->tasks.task[until - 1].first;
        pa_status st = mine_round(m, next, until, by, err);
        if (st == PA_E_MEMORY && spare(m, until - next, single, &most, &by)) {
            if (err) *err = (pa_error){0};
            m->arena.missed = 0;
            continue;
        }
        if (st != PA_OK) return st;
        m->mined->n_rounds++;
        next = until;
    }
}

/* ---- what all ranks found ---- */

static pa_status add_counts(const mining *m, pa_error *err)
{
    pa_mined *all = m->mined;
    PA_AGREE(m->comm, PA_NEW(all->by_size, m->counts.n, err), err);
    PA_TRY(sum_counts(m, all->by_size, err));
    all->n = m->counts.n;
    all->n_sets = count_all(m, all->by_size);
    return check_number(m, all->n_sets, err);
}

/* Each task has its place from who did it; elsewhere all numbers are smaller. */
static pa_status bring_results(const mining *m, pa_error *err)
{
    pa_task_results *r = &m->mined->results;
    const char *kept;
    PA_AGREE(m->comm, pa_spill_whole(&m->mined->spill, &kept, err), err);
    pa_max_i64(m->comm, (int64_t *)r->place, r->n * (sizeof *r->place / sizeof(int64_t)));
    r->n_done = r->n;
    r->kept = (pa_buffer){.data = (char *)kept, .length = (size_t)pa_spill_end(&m->mined->spill)};
    return PA_OK;
}

/* ---- all of it ---- */

static pa_status rank_items(mining *m, pa_error *err)
{
    pa_item_ranks_free(&m->ranks);
    PA_AGREE(
        m->comm,
        pa_item_ranks_of(m->support, m->baskets->n_items, m->options.min_support, &m->ranks, err),
        err);
    m->mined->n_frequent = m->ranks.n;
    return PA_OK;
}

pa_status pa_mine_supports(pa_comm *comm, const pa_baskets *b, int64_t support[], pa_error *err)
{
    PA_AGREE(comm, pa_item_supports(b, support, err), err);
    pa_sum_i64(comm, support, (size_t)b->n_items);
    return PA_OK;
}

static pa_status rank_all(mining *m, pa_error *err)
{
    const pa_baskets *b = m->baskets;
    pa_free(m->support);
    pa_status st = PA_NEW(m->support, (size_t)b->n_items, err);
    PA_AGREE(m->comm, st, err);
    PA_TRY(pa_mine_supports(m->comm, b, m->support, err));
    return rank_items(m, err);
}

/* Supports are those of what stays. */
static pa_status shorten(mining *m, pa_error *err)
{
    size_t most = (size_t)m->request->max_basket;
    pa_status st = pa_shorten_baskets(m->baskets, &m->ranks, most, &m->shorter, err);
    PA_AGREE(m->comm, st, err);
    int64_t cut[] = {m->shorter.n_cut, m->shorter.n_left_out};
    pa_sum_i64(m->comm, cut, 2);
    m->mined->n_cut = cut[0];
    m->mined->n_left_out = cut[1];
    m->baskets = &m->shorter.baskets;
    return rank_all(m, err);
}

static pa_status make_room(mining *m, pa_error *err)
{
    pa_task_results *r = &m->mined->results;
    size_t n = m->tasks.n, longest = (size_t)m->tasks.longest;
    m->counts.n = m->of_task.n = longest + 1;
    r->n = n;
    PA_TRY(PA_NEW(r->place, n, err));
    for (size_t key = 0; key < n; key++) r->place[key].rank = -1;
    PA_TRY(PA_NEW(m->counts.by_size, m->counts.n, err));
    PA_TRY(PA_NEW(m->of_task.by_size, m->of_task.n, err));
    PA_TRY(PA_NEW(m->begin, n, err));
    PA_TRY(PA_NEW(m->end, n, err));
    PA_TRY(PA_NEW(m->done, n, err));
    PA_TRY(PA_NEW(m->set, longest + 1, err));
    return pa_arena_open(&m->arena, m->request->memory, err);
}

static void free_room(mining *m)
{
    pa_mine_tasks_free(&m->tasks);
    pa_kept_free(&m->kept);
    pa_arena_free(&m->arena);
    pa_free(m->counts.by_size);
    pa_free(m->of_task.by_size);
    pa_free(m->begin);
    pa_free(m->end);
    pa_free(m->done);
    pa_free(m->set);
    m->counts.by_size = m->of_task.by_size = NULL;
    m->begin = m->end = NULL;
    m->done = NULL;
    m->set = NULL;
}

/* Where only a support is looked for, nothing is kept. */
static pa_status open_kept(mining *m, pa_error *err)
{
    const mine_tasks *t = &m->tasks;
    const pa_tasks tasks = {.n = t->n, .cost = t->cost};
    if (m->top.k) return PA_OK;
    return pa_kept_open(m->comm, m->request->keeper, &tasks, t->task, t->n * sizeof *t->task,
                        m->counts.n, &m->mined->spill, m->mined->results.place, &m->kept, err);
}

static pa_status mine_all_tasks(mining *m, pa_error *err)
{
    bool whole = m->request->kind != PA_SETS_ALL;
    bool parts = !whole && m->top.k == 0; /* they hang together by the minimum support */
    PA_TRY(pa_mine_tasks_cut(m->comm, m->baskets, &m->ranks, whole, parts, &m->tasks, err));
    PA_AGREE(m->comm, make_room(m, err), err);
    m->n_done = 0;
    PA_TRY(open_kept(m, err));
    PA_TRY(mine_rounds(m, err));
    for (size_t k = 0; k < m->counts.n && m->kept.keeper; k++)
        pa_add_sets(m->counts.by_size + k, m->kept.earlier.by_size[k]);
    m->mined->most = m->arena.most;
    return PA_OK;
}

static pa_status mine_frequent(mining *m, pa_error *err)
{
    PA_TRY(mine_all_tasks(m, err));
    PA_TRY(add_counts(m, err));
    return bring_results(m, err);
}

/* ---- the sets of largest support ---- */

/* Items are sets themselves, but maybe not closed ones. */
static void raise_by_items(mining *m)
{
    size_t k = m->request->top_k;
    if (m->request->kind != PA_SETS_ALL || m->options.min_length > 1 || (size_t)m->ranks.n < k)
        return;
    m->options.min_support = m->support[m->ranks.code[k - 1]];
}

/* Each rank raises the support while it mines, by what it has found itself. */
static pa_status find_last_support(mining *m, pa_error *err)
{
    PA_TRY(mine_all_tasks(m, err));
    free_room(m);
    pa_task_results_free(&m->mined->results);
    m->mined->n_rounds = 0;
    return PA_OK;
}

/* Twice: first to know the last of the supports, then as if it had been asked for. */
static pa_status raise_support(mining *m, pa_error *err)
{
    if (m->request->kind == PA_SETS_MAXIMAL)
        return pa_fail(
            err, PA_E_USAGE,
            "maximal sets follow from a minimum support: there are none of largest support");
    raise_by_items(m);
    int64_t least = m->options.min_support;
    PA_TRY(rank_items(m, err));
    PA_AGREE(m->comm, pa_top_supports_open(m->request->top_k, &m->top, err), err);
    pa_status st = find_last_support(m, err);
    int64_t last = st == PA_OK ? pa_top_supports_last(m->comm, &m->top) : 0;
    pa_top_supports_free(&m->top);
    m->options.min_support = last > least ? last : least;
    return st == PA_OK ? rank_items(m, err) : st;
}

/* ---- */

static void free_mining(mining *m)
{
    free_room(m);
    pa_short_baskets_free(&m->shorter);
    pa_item_ranks_free(&m->ranks);
    pa_free(m->support);
}

pa_status pa_mine(pa_comm *comm, const pa_baskets *b, const pa_mine_request *request,
                  pa_mined *mined, pa_error *err)
{
    mining m = {
        .comm = comm, .baskets = b, .request = request, .mined = mined, .options = request->sets};
    *mined = (pa_mined){0};
    m.options.go_on = go_on;
    m.options.self = &m;
    pa_spill_open(&mined->spill, request->memory, request->beside);
    pa_status st = rank_all(&m, err);
    if (st == PA_OK && request->max_basket) st = shorten(&m, err);
    if (st == PA_OK && request->top_k && m.ranks.n) st = raise_support(&m, err);
    if (st == PA_OK && m.ranks.n) st = mine_frequent(&m, err);
    mined->min_support = m.options.min_support;
    free_mining(&m);
    if (st != PA_OK) pa_mined_free(mined);
    return st;
}

void pa_mined_drop_results(pa_mined *m)
{
    m->results.kept = (pa_buffer){0}; /* lies in m->spill */
    pa_task_results_free(&m->results);
    pa_spill_free(&m->spill);
}

void pa_mined_free(pa_mined *m)
{
    pa_mined_drop_results(m);
    pa_free(m->by_size);
    *m = (pa_mined){0};
}
