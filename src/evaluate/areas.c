#include "paraudit/evaluate/areas.h"

#include "evaluate_parts.h"
#include "paraudit/base/sort.h"

/* The runs of equal score of some rows, as this rank has them, and then those that belong here:
 * a run over a cut goes to the first rank that holds a part of it. */
typedef struct {
    pa_score_run *made; /* owned */
    size_t n_made;
    pa_score_run *run; /* the first that belongs here, in made */
    size_t n;
    int64_t first, n_global; /* runs */
    pa_counts before, all;   /* rows in earlier runs, and in all */
} owned_runs;

/* What a rank tells the others of some rows. */
typedef struct {
    pa_run_ends ends;
    pa_counts all;
} part;

static pa_counts sum_of(pa_counts a, pa_counts b)
{
    return (pa_counts){a.frauds + b.frauds, a.others + b.others};
}

/* Runs that belong to earlier ranks, and to all. */
static void number_runs(int n_ranks, int rank, const pa_run_ends ends[], owned_runs *r)
{
    const pa_run_ends *last = NULL;
    for (int k = 0; k < n_ranks; k++) {
        if (k == rank) r->first = r->n_global;
        if (ends[k].n == 0) continue;
        r->n_global += ends[k].n - (last && last->last.key == ends[k].first.key);
        last = ends + k;
    }
}

/* parts: one of each rank. ends: room for a rank each. */
static void own_runs(const pa_comm *comm, size_t n_sets, const part parts[], pa_run_ends ends[],
                     owned_runs *r)
{
    int n_ranks = pa_comm_size(comm), rank = pa_comm_rank(comm);
    size_t skip;
    for (int k = 0; k < n_ranks; k++) {
        const part *of_rank = parts + (size_t)k * n_sets;
        ends[k] = of_rank->ends;
        if (k == rank) r->before = r->all;
        r->all = sum_of(r->all, of_rank->all);
    }
    number_runs(n_ranks, rank, ends, r);
    pa_join_runs(n_ranks, rank, ends, r->made, &skip);
    if (skip) r->before = sum_of(r->before, r->made[0].rows);
    r->run = r->made + skip;
    r->n = r->n_made - skip;
}

/* Of n_sets runs, each as it was made. */
static pa_status share_runs(pa_comm *comm, pa_status st, size_t n_sets, owned_runs runs[],
                            pa_error *err)
{
    part *mine = NULL;
    pa_run_ends *ends = NULL;
    void *all = NULL;
    size_t bytes;
    if (st == PA_OK) st = PA_NEW(mine, n_sets, err);
    if (st == PA_OK) st = PA_NEW(ends, (size_t)pa_comm_size(comm), err);
    PA_GOTO(pa_agree(comm, st, err));
    for (size_t s = 0; s < n_sets; s++)
        mine[s] = (part){pa_ends_of_runs(runs[s].n_made, runs[s].made),
                         pa_count_runs(runs[s].n_made, runs[s].made)};
    PA_GOTO(pa_gather_all(comm, mine, n_sets * sizeof *mine, &all, &bytes, err));
    for (size_t s = 0; s < n_sets; s++)
        own_runs(comm, n_sets, (const part *)all + s, ends, runs + s);
out:
    pa_free(mine);
    pa_free(ends);
    pa_free(all);
    return st;
}

static pa_status make_runs(size_t n, const uint64_t key[], const uint8_t fraud[], owned_runs *r,
                           pa_error *err)
{
    PA_TRY(PA_NEW(r->made, n, err));
    r->n_made = pa_score_runs(n, key, fraud, r->made);
    return PA_OK;
}

/* This rank's part of both areas. */
static void measure(const owned_runs *r, pa_i128 sums[2])
{
    sums[0] = pa_ordered_pairs(r->n, r->run, r->before, r->all);
    sums[1] = pa_precision_sum(r->n, r->run, r->before);
}

/* ---- of any score ---- */

/* The frauds in the order of their score. */
static pa_status order_frauds(pa_comm *comm, size_t n, const float score[], const uint8_t fraud[],
                              pa_view *view, uint8_t **ordered, pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *tie = NULL; /* rows of one score are one run: any order will do */
    pa_view_column column = {.width = 1, .rows = fraud};
    pa_status st = PA_NEW(key, n, err);
    if (st == PA_OK) st = PA_NEW(tie, n, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (size_t i = 0; i < n; i++) key[i] = ~pa_key_of_f64((double)score[i]);
    st = pa_view_make_with(comm, n, key, tie, 1, &column, view, err);
    *ordered = column.ordered;
out:
    pa_free(key);
    pa_free(tie);
    return st;
}

pa_status pa_find_areas(pa_comm *comm, size_t n, const float score[], const uint8_t fraud[],
                        pa_areas *areas, pa_error *err)
{
    pa_view view = {0};
    owned_runs runs = {0};
    uint8_t *ordered = NULL;
    pa_i128 sums[2];
    pa_status st;
    PA_GOTO(order_frauds(comm, n, score, fraud, &view, &ordered, err));
    st = make_runs(view.n, view.key, ordered, &runs, err);
    PA_GOTO(share_runs(comm, st, 1, &runs, err));
    measure(&runs, sums);
    pa_sum_i128(comm, sums, 2);
    *areas = (pa_areas){.auroc = pa_auroc(sums[0], runs.all),
                        .average_precision = pa_average_precision(sums[1], runs.all)};
out:
    pa_view_free(&view);
    pa_free(ordered);
    pa_free(runs.made);
    return st;
}

/* ---- of the judged rows ---- */

static pa_curve_point point_at(const pa_score_run *run, pa_counts at, pa_counts all)
{
    pa_rates rates = pa_rates_of(at, all);
    return (pa_curve_point){
        .margin = pa_f64_of_key(~run->key),
        .flagged = at.frauds + at.others,
        .frauds = at.frauds,
        .precision = rates.precision,
        .recall = rates.recall,
        .false_positive_rate =
            pa_rates_of((pa_counts){at.others, 0}, (pa_counts){all.others, 0}).recall};
}

/* The runs here that the curve shows. */
static pa_status draw_curve(const pa_judging *j, const owned_runs *r, pa_evaluation *e,
                            pa_error *err)
{
    int64_t n_points = j->options->curve_points, all = r->n_global;
    e->first_point = pa_curve_before(r->first, all, n_points);
    e->n_points_global = pa_curve_before(all, all, n_points);
    int64_t end = pa_curve_before(r->first + (int64_t)r->n, all, n_points);
    PA_TRY(PA_NEW(e->curve, (size_t)(end - e->first_point), err));
    pa_counts at = r->before;
    for (size_t i = 0; i < r->n; i++) {
        at = sum_of(at, r->run[i].rows);
        if (pa_curve_shows(r->first + (int64_t)i, all, n_points))
            e->curve[e->n_points++] = point_at(r->run + i, at, r->all);
    }
    return PA_OK;
}

/* runs: of all rows, then of each set. */
static pa_status make_all(const pa_judging *j, size_t n_sets, const pa_area_set set[],
                          owned_runs runs[], pa_error *err)
{
    const pa_ordered_rows *o = &j->ordered;
    size_t n = o->view.n;
    PA_TRY(make_runs(n, o->view.key, o->fraud, runs, err));
    for (size_t s = 0; s < n_sets; s++) {
        owned_runs *r = runs + 1 + s;
        r->n_made = pa_merged_runs(n, o->view.key, o->fraud, set[s].keeps, set[s].of, NULL);
        PA_TRY(PA_NEW(r->made, r->n_made, err));
        pa_merged_runs(n, o->view.key, o->fraud, set[s].keeps, set[s].of, r->made);
    }
    return PA_OK;
}

/* sums: two for all rows and each set. */
static pa_status conclude(const pa_judging *j, size_t n_sets, const pa_area_set set[],
                          const owned_runs runs[], pa_i128 (*sums)[2], pa_evaluation *e,
                          pa_error *err)
{
    pa_batch batch = {0};
    for (size_t s = 0; s <= n_sets; s++) measure(runs + s, sums[s]);
    pa_batch_i128(&batch, sums[0], 2 * (n_sets + 1));
    PA_TRY(pa_batch_sum(j->comm, &batch, draw_curve(j, runs, e, err), err));
    e->summary.auroc = pa_auroc(sums[0][0], runs->all);
    e->summary.average_precision = pa_average_precision(sums[0][1], runs->all);
    for (size_t s = 0; s < n_sets; s++)
        *set[s].average_precision = pa_average_precision(sums[1 + s][1], runs[1 + s].all);
    return PA_OK;
}

pa_status pa_judge_areas(const pa_judging *j, pa_status st, size_t n_sets, const pa_area_set set[],
                         pa_evaluation *e, pa_error *err)
{
    owned_runs *runs = NULL;
    pa_i128(*sums)[2] = NULL;
    if (st == PA_OK) st = PA_NEW(runs, n_sets + 1, err);
    if (st == PA_OK) st = PA_NEW(sums, n_sets + 1, err);
    if (st == PA_OK) st = make_all(j, n_sets, set, runs, err);
    st = share_runs(j->comm, st, n_sets + 1, runs, err);
    if (st == PA_OK) st = conclude(j, n_sets, set, runs, sums, e, err);
    for (size_t s = 0; runs && s <= n_sets; s++) pa_free(runs[s].made);
    pa_free(runs);
    pa_free(sums);
    return st;
}
