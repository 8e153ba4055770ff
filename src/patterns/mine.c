#include "paraudit/patterns/mine.h"

#include <string.h>

#include "mine_kept.h"
#include "paraudit/base/array.h"
#include "paraudit/comm/node_array.h"
#include "paraudit/patterns/item_order.h"

enum { TASKS = 512 }; /* about so many */

/* ---- one tree of the trees of all ranks ---- */

typedef struct {
    pa_arena arena; /* first the tree of this rank, then the lists of the joint one */
    pa_node_array parent, item, count;
    pa_fp_tree tree;
    size_t longest;
} forest;

static void free_forest(forest *f)
{
    pa_node_array_free(&f->parent);
    pa_node_array_free(&f->item);
    pa_node_array_free(&f->count);
    pa_arena_free(&f->arena);
}

/* Nodes of lower ranks come first. */
static pa_status number_nodes(pa_comm *comm, pa_fp_tree *t, int64_t *n_nodes, pa_error *err)
{
    int64_t before = pa_sum_before_i64(comm, t->n_nodes);
    *n_nodes = t->n_nodes;
    pa_sum_i64(comm, n_nodes, 1);
    if (*n_nodes >= (int64_t)PA_FP_ROOT)
        return pa_fail(err, PA_E_USAGE, "%lld nodes of a tree: fewer than 2^32 are possible",
                       (long long)*n_nodes);
    for (uint32_t v = 0; v < t->n_nodes; v++)
        if (t->parent[v] != PA_FP_ROOT) t->parent[v] += (uint32_t)before;
    return PA_OK;
}

static pa_status share_nodes(pa_comm *comm, const pa_fp_tree *own, forest *f, pa_error *err)
{
    size_t n = own->n_nodes;
    PA_TRY(pa_node_array_gather(comm, own->parent, n * sizeof *own->parent, &f->parent, err));
    PA_TRY(pa_node_array_gather(comm, own->item, n * sizeof *own->item, &f->item, err));
    return pa_node_array_gather(comm, own->count, n * sizeof *own->count, &f->count, err);
}

static pa_status no_room(int64_t n_nodes, pa_error *err)
{
    return pa_fail(err, PA_E_MEMORY, "a tree of %lld nodes needs more memory than it may take",
                   (long long)n_nodes);
}

/* The tree of this rank goes, and that of all comes. */
static pa_status join_trees(pa_comm *comm, forest *f, int64_t n_nodes, pa_error *err)
{
    pa_arena *a = &f->arena;
    pa_fp_tree *t = &f->tree;
    a->at = a->begin;
    *t = (pa_fp_tree){.n_items = t->n_items,
                      .n_nodes = (uint32_t)n_nodes,
                      .parent = (uint32_t *)f->parent.data,
                      .item = (int32_t *)f->item.data,
                      .count = (uint32_t *)f->count.data};
    pa_status st = pa_fp_tree_list(a, t) ? PA_OK : no_room(n_nodes, err);
    return pa_agree(comm, st, err);
}

static pa_status plant(pa_comm *comm, const pa_baskets *b, const pa_item_ranks *ranks,
                       size_t memory, forest *f, pa_error *err)
{
    int64_t n_nodes, longest = 0;
    pa_status st = pa_arena_open(&f->arena, memory, err);
    if (st == PA_OK) st = pa_fp_tree_of(&f->arena, b, ranks, &f->tree, err);
    if (st == PA_OK) longest = pa_fp_longest_path(&f->tree);
    PA_AGREE(comm, st, err);
    pa_max_i64(comm, &longest, 1);
    f->longest = (size_t)longest;
    PA_TRY(number_nodes(comm, &f->tree, &n_nodes, err));
    PA_TRY(share_nodes(comm, &f->tree, f, err));
    return join_trees(comm, f, n_nodes, err);
}

/* ---- tasks ---- */

/* Runs of ranks of items: first[k] .. first[k + 1] - 1. */
typedef struct {
    size_t n;
    int32_t *first;
    int64_t *cost;
} task_list;

static void free_tasks(task_list *t)
{
    pa_free(t->first);
    pa_free(t->cost);
}

/* The paths above an item's nodes are as long as there are ranks before it, up to the longest. */
static int64_t cost_of(const pa_fp_tree *t, size_t longest, int32_t item)
{
    int64_t above = item < (int64_t)longest ? item : (int64_t)longest;
    return (int64_t)t->support[item] * (above + 1);
}

/* By supports, not by nodes: tasks are the same for any number of ranks. */
static pa_status cut_tasks(const pa_fp_tree *t, size_t longest, task_list *l, pa_error *err)
{
    int64_t all = 0, sum = 0;
    PA_TRY(PA_NEW(l->first, (size_t)t->n_items + 1, err));
    PA_TRY(PA_NEW(l->cost, (size_t)t->n_items + 1, err));
    for (int32_t i = 0; i < t->n_items; i++) all += cost_of(t, longest, i);
    for (int32_t i = 0; i < t->n_items; i++) {
        sum += cost_of(t, longest, i);
        l->cost[l->n] = sum;
        if (sum < all / TASKS && i + 1 < t->n_items) continue;
        l->first[++l->n] = i + 1;
        sum = 0;
    }
    return PA_OK;
}

/* ---- a task ---- */

typedef struct {
    const pa_mine_request *request;
    const task_list *tasks;
    const pa_fp_tree *tree;
    pa_arena arena;
    pa_fp_miner *growth;
    pa_closed_miner *closed;
    pa_set_counts counts, of_task; /* of all tasks of this rank; of the one at hand */
    pa_kept_tasks kept;
    int32_t *set; /* one in ascending order */
    pa_buffer *to;
    size_t written; /* by the tasks that are done */
} worker;

static pa_status write_set(void *of, size_t n, const int32_t item[], uint32_t support,
                           pa_error *err)
{
    worker *w = of;
    if (pa_kept_stop(&w->kept)) return pa_fail(err, PA_E_AGAIN, "a task gives up");
    if (w->written + w->to->length > w->request->memory)
        return pa_fail(
            err, PA_E_MEMORY,
            "the sets take more than the %zu bytes that a rank may keep of them: a larger "
            "minimum support, closed or maximal sets, or more memory",
            w->request->memory);
    memcpy(w->set, item, n * sizeof *item);
    pa_sort_items(n, w->set);
    return w->request->write(w->request->writer, n, w->set, support, w->to, err);
}

static pa_status work(void *context, size_t key, pa_buffer *result, pa_error *err)
{
    worker *w = context;
    const pa_set_sink sink = {write_set, w};
    const pa_set_sink *to = w->request->write ? &sink : NULL;
    int32_t first = w->tasks->first[key], last = w->tasks->first[key + 1];
    w->to = result;
    size_t before = result->length;
    memset(w->of_task.by_size, 0, w->of_task.n * sizeof *w->of_task.by_size);
    PA_TRY(w->closed ? pa_closed_sets(w->closed, first, last, to, &w->of_task, err)
                     : pa_fp_growth(w->growth, first, last, to, &w->of_task, err));
    w->written += result->length - before;
    for (size_t k = 0; k < w->counts.n; k++)
        pa_add_sets(w->counts.by_size + k, w->of_task.by_size[k]);
    return pa_kept_add(&w->kept, key, &w->of_task, result, result->length - before, err);
}

static bool stop(void *context)
{
    const worker *w = context;
    return pa_kept_stop(&w->kept);
}

static pa_status open_worker(worker *w, const forest *f, const int32_t code[], pa_error *err)
{
    const pa_mine_request *r = w->request;
    PA_TRY(pa_arena_open(&w->arena, r->memory, err));
    PA_TRY(PA_NEW(w->set, f->longest + 1, err));
    w->counts.n = f->longest + 1;
    PA_TRY(PA_NEW(w->counts.by_size, w->counts.n, err));
    w->of_task.n = w->counts.n;
    PA_TRY(PA_NEW(w->of_task.by_size, w->of_task.n, err));
    if (r->kind == PA_SETS_ALL)
        return pa_fp_miner_open(&w->arena, &f->tree, code, f->longest, &r->sets, &w->growth, err);
    return pa_closed_miner_open(&w->arena, &f->tree, code, f->longest,
                                r->kind == PA_SETS_CLOSED ? PA_CLOSED : PA_MAXIMAL, &r->sets,
                                &w->closed, err);
}

static void close_worker(worker *w)
{
    pa_arena_free(&w->arena);
    pa_free(w->set);
    pa_free(w->counts.by_size);
    pa_free(w->of_task.by_size);
    pa_kept_free(&w->kept);
}

/* ---- what all ranks found ---- */

static pa_status add_counts(pa_comm *comm, const worker *w, pa_mined *m, pa_error *err)
{
    const pa_mine_options *o = &w->request->sets;
    size_t n = w->counts.n, bytes;
    void *all;
    PA_AGREE(comm, PA_NEW(m->by_size, n, err), err);
    PA_TRY(pa_gather_all(comm, w->counts.by_size, n * sizeof *m->by_size, &all, &bytes, err));
    m->n = n;
    for (size_t i = 0; i < bytes / sizeof *m->by_size; i++) {
        int64_t size = (int64_t)(i % n);
        bool wanted = size >= o->min_length && (o->max_length == 0 || size <= o->max_length);
        if (!wanted) continue;
        pa_add_sets(m->by_size + size, ((const uint64_t *)all)[i]);
        pa_add_sets(&m->n_sets, ((const uint64_t *)all)[i]);
    }
    pa_free(all);
    return PA_OK;
}

static pa_status mine_forest(pa_comm *comm, const forest *f, const int32_t code[],
                             const pa_mine_request *request, pa_mined *m, pa_error *err)
{
    task_list tasks = {0};
    worker w = {.request = request, .tasks = &tasks, .tree = &f->tree};
    pa_status st = cut_tasks(&f->tree, f->longest, &tasks, err);
    if (st == PA_OK) st = open_worker(&w, f, code, err);
    PA_GOTO(pa_agree(comm, st, err));
    pa_tasks run = {.n = tasks.n, .cost = tasks.cost, .work = work, .stop = stop, .context = &w};
    PA_GOTO(pa_kept_open(comm, request->keeper, &run, tasks.first,
                         (tasks.n + 1) * sizeof *tasks.first, &w.kept, err));
    run.done = w.kept.done;
    w.written = w.kept.loaded.length;
    PA_GOTO(pa_tasks_run(comm, &run, &m->results, err));
    PA_GOTO(pa_kept_close(comm, &w.kept, &m->results, &w.counts, err));
    st = add_counts(comm, &w, m, err);
out:
    close_worker(&w);
    free_tasks(&tasks);
    return st;
}

/* ---- */

pa_status pa_mine_supports(pa_comm *comm, const pa_baskets *b, int64_t support[], pa_error *err)
{
    PA_AGREE(comm, pa_item_supports(b, support, err), err);
    pa_sum_i64(comm, support, (size_t)b->n_items);
    return PA_OK;
}

static pa_status rank_all(pa_comm *comm, const pa_baskets *b, int64_t min_support,
                          pa_item_ranks *ranks, pa_error *err)
{
    int64_t *support = NULL;
    pa_status st = pa_agree(comm, PA_NEW(support, (size_t)b->n_items, err), err);
    if (st == PA_OK) st = pa_mine_supports(comm, b, support, err);
    if (st == PA_OK)
        st = pa_agree(comm, pa_item_ranks_of(support, b->n_items, min_support, ranks, err), err);
    pa_free(support);
    return st;
}

pa_status pa_mine(pa_comm *comm, const pa_baskets *b, const pa_mine_request *request, pa_mined *m,
                  pa_error *err)
{
    pa_item_ranks ranks = {0};
    forest f = {0};
    *m = (pa_mined){0};
    pa_status st = rank_all(comm, b, request->sets.min_support, &ranks, err);
    m->n_frequent = ranks.n;
    if (st == PA_OK && ranks.n) st = plant(comm, b, &ranks, request->memory, &f, err);
    if (st == PA_OK && ranks.n) st = mine_forest(comm, &f, ranks.code, request, m, err);
    free_forest(&f);
    pa_item_ranks_free(&ranks);
    if (st != PA_OK) pa_mined_free(m);
    return st;
}

void pa_mined_free(pa_mined *m)
{
    pa_free(m->by_size);
    pa_task_results_free(&m->results);
    *m = (pa_mined){0};
}
