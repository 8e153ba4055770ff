#include "paraudit/embed/sgns.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/math.h"
#include "sgns_book.h"

enum { LARGEST_CHANGE = 8 };

struct pa_sgns {
    pa_comm *comm;
    pa_sgns_options options;
    pa_sgns_ground ground;
    pa_sgns_book book;
    pa_sgns_worker *worker;
    int64_t *count; /* of each item */
    int64_t n_tokens, rounds_an_epoch, round;
    pa_sgns_rows model_rows, sum_rows;
    float *model;
    int32_t *sum;     /* of each row; zeros between rounds */
    pa_sgns_met *met; /* of each row, and one more; likewise */
    size_t n_changed;
    uint32_t *changed; /* rows that a round changes */
    int32_t *packed;   /* these, on their way to other ranks */
    float unit, most;  /* see sgns_parts.h */
};

/* ---- what is known before training ---- */

static pa_status count_items(pa_sgns *s, const pa_sequences *q, pa_error *err)
{
    int64_t n_items = s->ground.n_items;
    pa_status st = PA_NEW(s->count, (size_t)n_items, err);
    for (size_t k = q->n ? q->start[0] : 0; st == PA_OK && q->n && k < q->start[q->n]; k++) {
        PA_ASSERT(q->item[k] >= 0 && q->item[k] < n_items);
        s->count[q->item[k]]++;
    }
    PA_AGREE(s->comm, st, err);
    pa_sum_i64(s->comm, s->count, (size_t)n_items);
    for (int64_t i = 0; i < n_items; i++)
        if (s->count[i] >= s->options.min_count) s->n_tokens += s->count[i];
    return PA_OK;
}

/* How often an item stays, as word2vec has it. */
static double share_kept(double count, double sample, double n_tokens)
{
    double most = sample * n_tokens;
    if (most <= 0) return 1;
    return (sqrt(count / most) + 1) * most / count;
}

static pa_status weigh_items(pa_sgns *s, pa_error *err)
{
    const pa_sgns_options *o = &s->options;
    size_t n = (size_t)s->ground.n_items;
    double *weight = NULL;
    PA_TRY(PA_NEW(s->ground.keep, n, err));
    PA_TRY(PA_NEW(weight, n, err));
    for (size_t i = 0; i < n; i++) {
        double count = (double)s->count[i], share;
        if (s->count[i] < o->min_count) continue;
        weight[i] = pa_exp(o->power * pa_ln(count));
        share = share_kept(count, o->sample, (double)s->n_tokens);
        s->ground.keep[i] = share >= 1 ? UINT64_C(1) << 32 : (uint64_t)(share * 0x1p32);
    }
    pa_status st = pa_alias_new((uint32_t)n, weight, &s->ground.drawn, err);
    pa_free(weight);
    return st;
}

/* Inputs evenly within half a unit of dim; outputs are zeros. */
static void draw_start(pa_sgns *s)
{
    const pa_sgns_options *o = &s->options;
    for (int32_t i = 0; i < s->ground.n_items; i++) {
        float *row = s->model + (size_t)i * (size_t)s->ground.stride;
        if (s->count[i] < o->min_count) continue;
        for (int32_t d = 0; d < o->dim; d++) {
            uint32_t bits[4];
            pa_draw_words(o->seed, PA_DRAW_SGNS_START, (uint64_t)i, (uint64_t)d / 4, bits);
            row[d] = (float)(((double)bits[d % 4] * 0x1p-32 - 0.5) / o->dim);
        }
    }
}

/* Tokens of a shard in a round. Ranks talk the less the longer rounds are; but of few rounds, or of
 * those in which rows are met very often, little is learned (tools/bench/embed). */
static int64_t round_of(const pa_sgns *s)
{
    enum { ROUNDS = 96, TOKENS_AN_ITEM = 32, LEAST = 64 };
    const pa_sgns_options *o = &s->options;
    double most = (double)TOKENS_AN_ITEM * s->ground.n_items / o->shards;
    double wanted = (double)s->n_tokens * o->epochs / ROUNDS / o->shards;
    if (o->round) return o->round;
    if (wanted > most) wanted = most;
    return wanted > LEAST ? (int64_t)wanted : LEAST;
}

static void plan_rounds(pa_sgns *s)
{
    enum { MOST_ROUNDS = (1 << 24) - 1 };
    int64_t tokens = round_of(s) * s->options.shards;
    int64_t n = (s->n_tokens + tokens - 1) / tokens;
    s->rounds_an_epoch = n < 1 ? 1 : n > MOST_ROUNDS ? MOST_ROUNDS : n;
    int32_t shards = 1, bits = 27;
    for (; shards < s->options.shards; shards *= 2) bits--;
    s->unit = (float)(UINT32_C(1) << bits);
    s->most = s->unit * LARGEST_CHANGE;
}

static pa_status prepare(pa_sgns *s, pa_error *err)
{
    size_t n_rows = 2 * (size_t)s->ground.n_items, stride = (size_t)s->ground.stride;
    PA_TRY(pa_sgns_rows_new(n_rows * stride, &s->model_rows, err));
    PA_TRY(pa_sgns_rows_new(n_rows * stride, &s->sum_rows, err));
    s->model = s->model_rows.at.real;
    s->sum = s->sum_rows.at.whole;
    PA_TRY(PA_NEW(s->met, n_rows + 1, err));
    PA_TRY(PA_NEW(s->changed, n_rows, err));
    if (pa_comm_size(s->comm) > 1) PA_TRY(PA_NEW(s->packed, n_rows * (size_t)s->options.dim, err));
    s->ground.model = s->model;
    s->ground.kernels = pa_sgns_best_kernels();
    if (s->n_tokens) PA_TRY(weigh_items(s, err));
    pa_sgns_book_thin(&s->book, s->count, s->options.min_count);
    plan_rounds(s);
    draw_start(s);
    return pa_sgns_worker_new(&s->ground, &s->book, &s->worker, err);
}

static pa_status open_parts(pa_sgns *s, const pa_sequences *q, pa_error *err)
{
    PA_TRY(count_items(s, q, err));
    PA_TRY(pa_sgns_book_make(s->comm, s->options.shards, q, &s->book, err));
    return pa_agree(s->comm, prepare(s, err), err);
}

pa_status pa_sgns_open(pa_comm *comm, const pa_sgns_options *options, int32_t n_items,
                       const pa_sequences *sequences, pa_sgns **sgns, pa_error *err)
{
    pa_sgns *s = NULL;
    *sgns = NULL;
    PA_ASSERT(n_items > 0 && n_items < INT32_MAX / 2);
    pa_status st = pa_sgns_check(options, err);
    if (st == PA_OK) st = PA_NEW(s, 1, err);
    PA_AGREE(comm, st, err);
    s->comm = comm;
    s->options = *options;
    s->ground.options = &s->options;
    s->ground.n_items = n_items;
    s->ground.stride = (options->dim + PA_SGNS_FOLD - 1) / PA_SGNS_FOLD * PA_SGNS_FOLD;
    st = open_parts(s, sequences, err);
    if (st != PA_OK) {
        pa_sgns_close(s);
        return st;
    }
    *sgns = s;
    return PA_OK;
}

void pa_sgns_close(pa_sgns *s)
{
    if (!s) return;
    pa_sgns_worker_free(s->worker);
    pa_sgns_book_free(&s->book);
    pa_alias_free(&s->ground.drawn);
    pa_free(s->ground.keep);
    pa_free(s->count);
    pa_free(s->model_rows.block);
    pa_free(s->sum_rows.block);
    pa_free(s->met);
    pa_free(s->changed);
    pa_free(s->packed);
    pa_free(s);
}

int64_t pa_sgns_n_rounds(const pa_sgns *s)
{
    return s->n_tokens ? s->rounds_an_epoch * s->options.epochs : 0;
}

int64_t pa_sgns_rounds_done(const pa_sgns *s)
{
    return s->round;
}

bool pa_sgns_is_done(const pa_sgns *s)
{
    return s->round >= pa_sgns_n_rounds(s);
}

int64_t pa_sgns_n_tokens(const pa_sgns *s)
{
    return s->n_tokens;
}

const int64_t *pa_sgns_counts(const pa_sgns *s)
{
    return s->count;
}

/* ---- rounds ---- */

static float rate_now(const pa_sgns *s)
{
    const double least = 1e-4;
    double left = 1 - (double)s->round / (double)pa_sgns_n_rounds(s);
    return (float)(s->options.rate * (left > least ? left : least));
}

/* Where of n tokens round r of an epoch begins. */
static size_t cut_at(const pa_sgns *s, size_t n, int64_t r)
{
    return (size_t)((pa_u128)n * (uint64_t)r / (uint64_t)s->rounds_an_epoch);
}

static pa_status train_shards(pa_sgns *s, pa_error *err)
{
    int64_t round = s->round % s->rounds_an_epoch;
    for (size_t k = 0; k < s->book.n_shards; k++) {
        size_t first = s->book.first[k], last = s->book.first[k + 1];
        size_t begin = s->book.start[first], n = s->book.start[last] - begin;
        const pa_sgns_task task = {.shard = s->book.shard[k],
                                   .epoch = (int32_t)(s->round / s->rounds_an_epoch),
                                   .round = round,
                                   .from = begin + cut_at(s, n, round),
                                   .until = begin + cut_at(s, n, round + 1),
                                   .first = first,
                                   .last = last,
                                   .rate = rate_now(s)};
        PA_TRY(pa_sgns_worker_train(s->worker, &task, s->unit, s->most, s->sum, s->met, err));
    }
    return PA_OK;
}

/* A rank that could not train its shards says so behind the rows. */
static bool sum_met(pa_sgns *s, bool failed)
{
    size_t n_rows = 2 * (size_t)s->ground.n_items;
    s->met[n_rows].met = failed;
    pa_sum_i64(s->comm, &s->met[0].met, 2 * (n_rows + 1));
    return s->met[n_rows].met > 0;
}

/* What the sum of changes is taken times (sgns_parts.h). */
static float share_of(const pa_sgns *s, size_t row)
{
    const pa_sgns_met *m = s->met + row;
    double settled = (double)m->settled * 0x1p-40;
    double share = pa_sgns_settled((double)m->met * 0x1p-40) / settled;
    return (float)((share < 1 ? share : 1) / (double)s->unit);
}

static float *row_of(const pa_sgns *s, size_t row)
{
    return s->model + row * (size_t)s->ground.stride;
}

/* Those that some shard has met. */
static void list_rows(pa_sgns *s)
{
    size_t n_rows = 2 * (size_t)s->ground.n_items;
    s->n_changed = 0;
    for (size_t r = 0; r < n_rows; r++)
        if (s->met[r].met > 0) s->changed[s->n_changed++] = (uint32_t)r;
}

/* By the sums of the only rank. */
static void change_here(pa_sgns *s)
{
    size_t dim = (size_t)s->options.dim;
    for (size_t i = 0; i < s->n_changed; i++) {
        size_t r = s->changed[i];
        float share = share_of(s, r), *row = row_of(s, r);
        int32_t *sum = s->sum + r * (size_t)s->ground.stride;
        for (size_t d = 0; d < dim; d++) row[d] += (float)sum[d] * share;
        memset(sum, 0, dim * sizeof *sum);
    }
}

/* A pa_sum_work: of changes the changed rows, as their bits. */
static void change_part(void *context, size_t first, size_t n, int32_t sum[])
{
    const pa_sgns *s = context;
    size_t dim = (size_t)s->options.dim;
    for (size_t i = first; i < first + n; i++, sum += dim) {
        float share = share_of(s, s->changed[i]);
        const float *row = row_of(s, s->changed[i]);
        for (size_t d = 0; d < dim; d++) {
            float now = row[d] + (float)sum[d] * share;
            memcpy(sum + d, &now, sizeof now);
        }
    }
}

/* What is no padding of changed rows travels. */
static void change_together(pa_sgns *s)
{
    size_t stride = (size_t)s->ground.stride, dim = (size_t)s->options.dim;
    for (size_t i = 0; i < s->n_changed; i++) {
        int32_t *sum = s->sum + s->changed[i] * stride;
        memcpy(s->packed + i * dim, sum, dim * sizeof *sum);
        memset(sum, 0, dim * sizeof *sum);
    }
    pa_sum_rows_i32(s->comm, s->packed, s->n_changed, dim, change_part, s);
    for (size_t i = 0; i < s->n_changed; i++)
        memcpy(row_of(s, s->changed[i]), s->packed + i * dim, dim * sizeof(float));
}

static void change_model(pa_sgns *s)
{
    list_rows(s);
    if (pa_comm_size(s->comm) > 1)
        change_together(s);
    else
        change_here(s);
    for (size_t i = 0; i < s->n_changed; i++) s->met[s->changed[i]] = (pa_sgns_met){0};
}

pa_status pa_sgns_round(pa_sgns *s, pa_error *err)
{
    if (pa_sgns_is_done(s)) return PA_OK;
    pa_status st = train_shards(s, err);
    if (pa_comm_size(s->comm) > 1 && sum_met(s, st != PA_OK)) return pa_agree(s->comm, st, err);
    PA_TRY(st);
    change_model(s);
    s->round++;
    return PA_OK;
}

pa_status pa_sgns_train(pa_sgns *s, pa_error *err)
{
    while (!pa_sgns_is_done(s)) PA_TRY(pa_sgns_round(s, err));
    return PA_OK;
}

/* ---- state ---- */

void pa_sgns_vectors(const pa_sgns *s, float input[], float output[])
{
    size_t n = (size_t)s->ground.n_items, dim = (size_t)s->options.dim;
    for (size_t i = 0; i < n; i++) {
        memcpy(input + i * dim, row_of(s, i), dim * sizeof *input);
        memcpy(output + i * dim, row_of(s, n + i), dim * sizeof *output);
    }
}

void pa_sgns_resume(pa_sgns *s, int64_t round, const float input[], const float output[])
{
    size_t n = (size_t)s->ground.n_items, dim = (size_t)s->options.dim;
    PA_ASSERT(round >= 0 && round <= pa_sgns_n_rounds(s));
    for (size_t i = 0; i < n; i++) {
        memcpy(row_of(s, i), input + i * dim, dim * sizeof *input);
        memcpy(row_of(s, n + i), output + i * dim, dim * sizeof *output);
    }
    s->round = round;
}
