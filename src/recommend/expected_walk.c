#include <string.h>

#include "expected_model.h"
#include "paraudit/base/array.h"
#include "paraudit/embed/embedding_stage.h"

/* Room for a tile. */
typedef struct {
    pa_merchant_vectors vectors;
    pa_choice *choice;
    int64_t *fraud_from, *fraud_until;
    pa_choice_told *told;
    uint32_t *count;
    size_t room;
} tile;

static pa_status open_tile(const pa_run *run, const pa_merchant_rules *rules, tile *t,
                           pa_error *err)
{
    double half_life = pa_config_real(run->config, "expected.half_life_days");
    *t = (tile){0};
    PA_TRY(PA_NEW(t->fraud_from, PA_EXPECTED_TILE, err));
    PA_TRY(PA_NEW(t->fraud_until, PA_EXPECTED_TILE, err));
    PA_TRY(PA_NEW(t->told, PA_EXPECTED_TILE, err));
    PA_TRY(pa_embedding_of(run, &t->vectors, err));
    return pa_choice_open(0, half_life, &t->vectors, rules, &t->choice, err);
}

static void close_tile(tile *t)
{
    pa_choice_close(t->choice);
    pa_merchant_vectors_free(&t->vectors);
    pa_free(t->fraud_from);
    pa_free(t->fraud_until);
    pa_free(t->told);
    pa_free(t->count);
}

static pa_status ask(tile *t, const pa_expected_rows *r, size_t first, size_t n,
                     const pa_pair_questions **q, pa_error *err)
{
    const pa_choice_rows rows = {.n = n,
                                 .account = r->account + first,
                                 .merchant = r->merchant + first,
                                 .time = r->time + first,
                                 .segment = r->segment + first,
                                 .fraud_from = t->fraud_from,
                                 .fraud_until = t->fraud_until,
                                 .wanted = r->wanted + first};
    for (size_t i = 0; i < n; i++) {
        size_t row = r->label_row ? r->label_row[first + i] : first + i;
        t->fraud_from[i] = pa_fraud_known_from(&r->labels, row);
        t->fraud_until[i] = pa_fraud_known_until(&r->labels, row);
    }
    PA_TRY(pa_choice_ask(t->choice, &rows, q, err));
    return PA_ROOM(t->count, t->room, (*q)->n, err);
}

static pa_status walk_tile(pa_run *run, tile *t, const pa_expected_rows *rows, size_t first,
                           const pa_expected_learned *learned)
{
    const pa_pair_questions *q = NULL;
    size_t n = rows->n - first < PA_EXPECTED_TILE ? rows->n - first : PA_EXPECTED_TILE;
    PA_AGREE(run->comm, ask(t, rows, first, n, &q, &run->err), &run->err);
    PA_TRY(pa_pair_counts_ask(run->comm, learned->pairs, q->n, q->key, t->count, &run->err));
    for (size_t i = 0; i < pa_choice_n(t->choice); i++)
        pa_choice_tell(t->choice, i, t->count, learned->totals, t->told + i);
    return PA_OK;
}

pa_status pa_expected_walk(pa_run *run, const pa_expected_rows *rows,
                           const pa_expected_learned *learned, pa_expected_take *take, void *to)
{
    size_t tiles = pa_run_tiles(run, rows->n, PA_EXPECTED_TILE);
    tile t;
    pa_status st = pa_agree(run->comm, open_tile(run, learned->rules, &t, &run->err), &run->err);
    for (size_t k = 0; st == PA_OK && k < tiles; k++) {
        size_t first = k * PA_EXPECTED_TILE < rows->n ? k * PA_EXPECTED_TILE : rows->n;
        st = walk_tile(run, &t, rows, first, learned);
        if (st == PA_OK) take(to, first, pa_choice_n(t.choice), t.told);
        pa_log_progress(run->log, "expected", (int64_t)first, (int64_t)rows->n);
        if (st == PA_OK) st = pa_safe_point_tile(run);
    }
    close_tile(&t);
    return st;
}
