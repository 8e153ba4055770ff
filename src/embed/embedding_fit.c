/* What the stage `embedding` learns from the history. */
#include <stdlib.h>
#include <string.h>

#include "embedding_model.h"
#include "paraudit/base/array.h"
#include "paraudit/embed/sgns.h"

/* Merchants of the learned rows of this rank: a sequence an account, in the order of time. */
typedef struct {
    pa_sequences here; /* of codes of merchants at first, and then of numbers of vectors */
    uint64_t *id;
    size_t *start;
    int32_t *item;
} sequences;

static void free_sequences(sequences *s)
{
    pa_free(s->id);
    pa_free(s->start);
    pa_free(s->item);
}

/* ---- rows ---- */

/* Past fraud must not become what is expected. Sequences are known by the ordinal of their first
 * row in the history: more input changes none of them. */
static pa_status take_rows(const pa_run *run, const pa_row_set *set, int64_t until, sequences *s,
                           pa_error *err)
{
    const int32_t *account = pa_i32(set->table, "account"),
                  *merchant = pa_i32(set->table, "merchant");
    const pa_labels labels = pa_labels_of(set->table, run->plan);
    size_t cursor = 0, row, n = 0, n_items = 0;
    int32_t last = -1;
    PA_TRY(PA_NEW(s->id, (size_t)set->n, err));
    PA_TRY(PA_NEW(s->start, (size_t)set->n + 1, err));
    PA_TRY(PA_NEW(s->item, (size_t)set->n, err));
    for (int64_t i = 0; pa_next_rows(set, &cursor, 1, &row); i++) {
        if (merchant[row] < 0 || set->time[row] >= until) continue;
        if (pa_label_at(&labels, row, run->plan->reference_from) == PA_LABEL_FRAUD) continue;
        if (n == 0 || account[row] != last) {
            s->id[n] = (uint64_t)(set->before + i);
            s->start[n++] = n_items;
        }
        last = account[row];
        s->item[n_items++] = merchant[row];
    }
    s->start[n] = n_items;
    s->here = (pa_sequences){n, s->id, s->start, s->item};
    return PA_OK;
}

/* ---- which merchants have a vector ---- */

typedef struct {
    size_t n_codes, n;
    int64_t *count; /* of each code, over all ranks */
    int32_t *code;  /* of each that has a vector, ascending: room for all codes */
    int32_t *place; /* of each code: its number among these, or -1 */
} chosen;

static void free_chosen(chosen *c)
{
    pa_free(c->count);
    pa_free(c->code);
    pa_free(c->place);
}

static pa_status count_merchants(pa_run *run, const sequences *s, chosen *c)
{
    size_t n = s->start[s->here.n];
    int64_t n_codes = 0;
    for (size_t k = 0; k < n; k++)
        if (s->item[k] >= n_codes) n_codes = s->item[k] + 1;
    pa_max_i64(run->comm, &n_codes, 1);
    c->n_codes = (size_t)n_codes;
    pa_status st = PA_NEW(c->count, c->n_codes, &run->err);
    if (st == PA_OK) st = PA_NEW(c->code, c->n_codes, &run->err);
    if (st == PA_OK) st = PA_NEW(c->place, c->n_codes, &run->err);
    PA_AGREE(run->comm, st, &run->err);
    for (size_t k = 0; k < n; k++) c->count[s->item[k]]++;
    pa_sum_i64(run->comm, c->count, c->n_codes);
    return PA_OK;
}

static int by_falling_count(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

/* The count from which on at most `most` merchants have a vector. */
static pa_status least_count(const chosen *c, int64_t least, size_t most, int64_t *from,
                             pa_error *err)
{
    int64_t *count;
    *from = least;
    if (c->n_codes <= most) return PA_OK;
    PA_TRY(PA_NEW(count, c->n_codes, err));
    memcpy(count, c->count, c->n_codes * sizeof *count);
    qsort(count, c->n_codes, sizeof *count, by_falling_count);
    if (count[most] >= least) *from = count[most] + 1;
    pa_free(count);
    return PA_OK;
}

static pa_status choose_merchants(const pa_run *run, chosen *c, pa_error *err)
{
    int64_t from;
    PA_TRY(least_count(c, pa_config_int(run->config, "embedding.min_count"),
                       (size_t)pa_config_int(run->config, "embedding.most_merchants"), &from, err));
    for (size_t i = 0; i < c->n_codes; i++) {
        c->place[i] = c->count[i] >= from ? (int32_t)c->n : -1;
        if (c->place[i] >= 0) c->code[c->n++] = (int32_t)i;
    }
    if (c->n < 2) c->n = 0; /* there is nothing to choose */
    return PA_OK;
}

/* From codes to numbers of vectors; the other merchants go. */
static void number_items(const chosen *c, sequences *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->here.n; i++) {
        size_t begin = s->start[i], end = s->start[i + 1];
        s->start[i] = kept;
        for (size_t k = begin; k < end; k++) {
            int32_t place = c->n ? c->place[s->item[k]] : -1;
            if (place >= 0) s->item[kept++] = place;
        }
    }
    s->start[s->here.n] = kept;
}

/* ---- training ---- */

/* Steps are twice as large as usual, so that half the epochs do. */
static pa_sgns_options options_of(const pa_run *run)
{
    const pa_config *c = run->config;
    pa_sgns_options o = pa_sgns_defaults();
    o.dim = (int32_t)pa_config_int(c, "embedding.dimension");
    o.window = (int32_t)pa_config_int(c, "embedding.window");
    o.negative = (int32_t)pa_config_int(c, "embedding.negative");
    o.epochs = (int32_t)pa_config_int(c, "embedding.epochs");
    o.round = (int32_t)pa_config_int(c, "embedding.round");
    o.sample = pa_config_real(c, "embedding.sample");
    o.power = pa_config_real(c, "embedding.power");
    o.rate = .05;
    o.min_count = 1;
    o.seed = run->seed;
    return o;
}

static pa_status put(pa_store *model, const char *name, pa_type type, size_t n, size_t width,
                     const char *meaning, void **data, pa_error *err)
{
    return pa_store_put(model, name, type, n, width, meaning, data, err);
}

static bool has_vectors(const pa_store *model, const char *name, size_t n, size_t dim)
{
    const pa_store_array *a = pa_store_find(model, name);
    return a && a->type == PA_F32 && a->n == n && a->width == dim;
}

/* Those of a fit that goes on are there. */
static pa_status put_vectors(const chosen *c, size_t dim, pa_store *model, pa_error *err)
{
    void *code, *none;
    if (model->round > 0) {
        if (has_vectors(model, "vector", c->n, dim) && has_vectors(model, "context", c->n, dim))
            return PA_OK;
        return pa_fail(err, PA_E_DATA, "model '%s': its arrays are not those of this job",
                       model->name);
    }
    PA_TRY(put(model, "merchant", PA_I32, c->n, 1, "merchants that have a vector", &code, err));
    if (c->n) memcpy(code, c->code, c->n * sizeof *c->code);
    PA_TRY(put(model, "vector", PA_F32, c->n, dim, "their vectors", &none, err));
    return put(model, "context", PA_F32, c->n, dim, "what vectors of others are multiplied with",
               &none, err);
}

static pa_status train(pa_run *run, pa_sgns *sgns, pa_store *model)
{
    float *vector = pa_store_find(model, "vector")->data,
          *context = pa_store_find(model, "context")->data;
    if (model->round > pa_sgns_n_rounds(sgns))
        return pa_fail(&run->err, PA_E_DATA, "model '%s': %lld rounds are more than it has",
                       model->name, (long long)model->round);
    if (model->round > 0) pa_sgns_resume(sgns, model->round, vector, context);
    while (!pa_sgns_is_done(sgns)) {
        PA_TRY(pa_sgns_round(sgns, &run->err));
        pa_sgns_vectors(sgns, vector, context);
        pa_log_progress(run->log, "vectors of merchants", pa_sgns_rounds_done(sgns),
                        pa_sgns_n_rounds(sgns));
        PA_TRY(pa_safe_point(run, model, pa_sgns_rounds_done(sgns) - 1));
    }
    return PA_OK;
}

/* ---- what makes a choice of their products ---- */

static pa_status put_choice(const pa_run *run, const chosen *c, pa_store *model, pa_error *err)
{
    void *count, *drawn, *whole;
    PA_TRY(put(model, "count", PA_I64, c->n, 1, "rows that they were learned from", &count, err));
    PA_TRY(put(model, "drawn", PA_F32, c->n, 1, "ln of the share in which each is drawn", &drawn,
               err));
    PA_TRY(put(model, "whole", PA_F32, c->n, 1, "ln of the sum over all others", &whole, err));
    for (size_t i = 0; i < c->n; i++) ((int64_t *)count)[i] = c->count[c->code[i]];
    if (c->n) pa_merchant_drawn(c->n, count, pa_config_real(run->config, "embedding.power"), drawn);
    return PA_OK;
}

/* Each rank sums up for a part of them; the bits of the others are zeros. */
static pa_status sum_choice(pa_run *run, size_t n, size_t dim, pa_store *model)
{
    size_t rank = (size_t)pa_comm_rank(run->comm), size = (size_t)pa_comm_size(run->comm);
    size_t from = n * rank / size, until = n * (rank + 1) / size;
    const pa_merchant_vectors v = {.n = n,
                                   .dim = dim,
                                   .vector = pa_store_find(model, "vector")->data,
                                   .context = pa_store_find(model, "context")->data,
                                   .drawn = pa_store_find(model, "drawn")->data};
    void *whole = pa_store_find(model, "whole")->data;
    PA_AGREE(run->comm, pa_merchant_wholes(&v, from, until, (float *)whole + from, &run->err),
             &run->err);
    pa_sum_i32(run->comm, whole, n);
    return PA_OK;
}

static pa_status learn(pa_run *run, const sequences *s, const chosen *c, pa_store *model)
{
    const pa_sgns_options options = options_of(run);
    size_t dim = (size_t)options.dim;
    pa_sgns *sgns = NULL;
    PA_AGREE(run->comm, put_vectors(c, dim, model, &run->err), &run->err);
    if (c->n) {
        PA_TRY(pa_sgns_open(run->comm, &options, (int32_t)c->n, &s->here, &sgns, &run->err));
        pa_status st = train(run, sgns, model);
        pa_sgns_close(sgns);
        PA_TRY(st);
    }
    PA_AGREE(run->comm, put_choice(run, c, model, &run->err), &run->err);
    return c->n ? sum_choice(run, c->n, dim, model) : PA_OK;
}

/* Of a handful of rows nobody expects that they say what goes with what. */
static bool is_worth_a_note(pa_run *run, int64_t n_rows)
{
    enum { HANDFUL = 1000 };
    pa_sum_i64(run->comm, &n_rows, 1);
    return n_rows == 0 || n_rows >= HANDFUL;
}

pa_status pa_embedding_fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    sequences s = {0};
    chosen c = {0};
    double share = pa_config_real(run->config, "expected.calibration_share");
    int64_t until = pa_rows_last_part(run->comm, &on->rows, share);
    pa_status st = pa_agree(run->comm, take_rows(run, &on->rows, until, &s, &run->err), &run->err);
    if (st == PA_OK) st = count_merchants(run, &s, &c);
    if (st == PA_OK) st = pa_agree(run->comm, choose_merchants(run, &c, &run->err), &run->err);
    if (st == PA_OK) {
        number_items(&c, &s);
        st = learn(run, &s, &c, model);
    }
    free_sequences(&s);
    if (st == PA_OK && c.n == 0 && is_worth_a_note(run, on->rows.n))
        pa_run_note(run, "embedding: the history has too few merchants that are met often enough "
                         "(embedding.min_count), so its columns say nothing");
    free_chosen(&c);
    return st;
}
