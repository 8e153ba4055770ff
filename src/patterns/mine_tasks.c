#include "mine_tasks.h"

#include "paraudit/base/array.h"

enum {
    A_TASK = 1 << 16, /* costs about so much: a millisecond, ten times what it takes to begin one */
    FEWEST = 512,     /* tasks, about: each costs less where the book is small ... */
    MOST = 1 << 14,   /* ... and more where it is very large */
    LARGE = 4,        /* an item of more than so many tasks is cut ... */
    SMALL = 2,        /* ... into parts of about so many */
    MOST_LENGTH = 1000 /* that counts: squares of it are added up */
};

void pa_mine_tasks_free(mine_tasks *t)
{
    pa_free(t->task);
    pa_free(t->cost);
    *t = (mine_tasks){0};
}

/* ---- what items cost ---- */

/* Of the baskets with each frequent item, by its rank: how many, their lengths, and the squares of
 * these. */
typedef struct {
    size_t n;
    int64_t *all; /* 3 n */
} lengths;

static int64_t add_lengths(const pa_baskets *b, const int32_t rank[], lengths *l)
{
    int64_t longest = 0;
    for (size_t k = 0; k < b->n; k++) {
        int64_t length = 0, weight = b->weight ? b->weight[k] : 1;
        for (size_t i = b->first[k]; i < b->first[k + 1]; i++) length += rank[b->item[i]] >= 0;
        if (length > longest) longest = length;
        if (length > MOST_LENGTH) length = MOST_LENGTH;
        for (size_t i = b->first[k]; i < b->first[k + 1]; i++) {
            int32_t own = rank[b->item[i]];
            if (own < 0) continue;
            l->all[3 * own] += weight;
            l->all[3 * own + 1] += weight * length;
            l->all[3 * own + 2] += weight * length * length;
        }
    }
    return longest;
}

/* Of a basket with the item, about that share of its items is more frequent that they are of all
 * items: so many stand above the item's nodes, and so many pairs. whole: the others count as well.
 */
static void find_costs(const lengths *l, bool whole, double cost[])
{
    double all = 0, before = 0;
    for (size_t i = 0; i < l->n; i++) all += (double)l->all[3 * i];
    for (size_t i = 0; i < l->n; i++) {
        const int64_t *own = l->all + 3 * i;
        double share = whole ? 1 : before / all;
        cost[i] = (double)own[0] + share * (double)own[1] + share * share / 2 * (double)own[2];
        before += (double)own[0];
    }
}

/* ---- tasks ---- */

static void add_task(mine_tasks *t, mine_task task, double cost)
{
    t->task[t->n] = task;
    t->cost[t->n++] = (int64_t)cost;
}

static double task_of(double all)
{
    double n = all / A_TASK;
    return all / (n < FEWEST ? FEWEST : n > MOST ? MOST : n);
}

static int32_t parts_of(double cost, double task)
{
    return cost > LARGE * task ? (int32_t)(cost / (SMALL * task)) : 1;
}

/* Neighbours together, up to the cost of a task; large items in parts. */
static pa_status list_tasks(int32_t n_items, const double cost[], bool parts, mine_tasks *t,
                            pa_error *err)
{
    double all = 0, sum = 0;
    for (int32_t i = 0; i < n_items; i++) all += cost[i];
    const double task = task_of(all);
    PA_TRY(PA_NEW(t->task, (size_t)n_items + MOST, err));
    PA_TRY(PA_NEW(t->cost, (size_t)n_items + MOST, err));
    for (int32_t i = 0, first = 0; i < n_items; i++) {
        int32_t n_parts = parts ? parts_of(cost[i], task) : 1;
        if (n_parts > 1 && first < i) add_task(t, (mine_task){first, i, 0, 1}, sum);
        for (int32_t p = 0; n_parts > 1 && p < n_parts; p++)
            add_task(t, (mine_task){i, i + 1, p, n_parts}, cost[i] / n_parts);
        sum = n_parts > 1 ? 0 : sum + cost[i];
        if (n_parts == 1 && sum < task && i + 1 < n_items) continue;
        if (n_parts == 1) add_task(t, (mine_task){first, i + 1, 0, 1}, sum);
        first = i + 1;
        sum = 0;
    }
    return PA_OK;
}

pa_status pa_mine_tasks_cut(pa_comm *comm, const pa_baskets *b, const pa_item_ranks *ranks,
                            bool whole, bool parts, mine_tasks *t, pa_error *err)
{
    lengths l = {.n = (size_t)ranks->n};
    double *cost = NULL;
    *t = (mine_tasks){0};
    pa_status st = PA_NEW(l.all, 3 * l.n, err);
    if (st == PA_OK) st = PA_NEW(cost, l.n, err);
    PA_GOTO(pa_agree(comm, st, err));
    t->longest = add_lengths(b, ranks->rank, &l);
    pa_sum_i64(comm, l.all, 3 * l.n);
    pa_max_i64(comm, &t->longest, 1);
    find_costs(&l, whole, cost);
    st = pa_agree(comm, list_tasks(ranks->n, cost, parts, t, err), err);
out:
    pa_free(l.all);
    pa_free(cost);
    if (st != PA_OK) pa_mine_tasks_free(t);
    return st;
}
