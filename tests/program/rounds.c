/* A job with one stage of ten rounds, behind one that stands aside, to be stopped and
 * resumed:
 *
 *     rounds FILE.csv OUT fresh|resume STOP     STOP: raise USR1 before the safe
 *                                               point of this round, on the last
 *                                               rank alone; 10: in the step behind
 *                                               the rounds; -1: run through
 *
 * Each round mixes exact sums over all rows into the model's state, so a round
 * that is lost, doubled or restored wrongly changes every byte that follows. */
#include "toy_job.h"

enum { ROUNDS = 10, WIDTH = 16 };

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    static const pa_column_spec mixed = {.name = "mixed",
                                         .type = PA_I64,
                                         .meaning = "state of the ten rounds and the row",
                                         .role = PA_ROLE_RESULT,
                                         .flags = PA_NOT_CAUSAL,
                                         .stage = "rounds"};
    PA_TRY(pa_schema_reads(io, "amount_minor", err));
    return pa_schema_writes(io, &mixed, err);
}

static pa_status state_of(pa_run *run, pa_store *model, int64_t **state)
{
    void *data;
    const pa_store_array *a = pa_store_find(model, "state");
    if (a) {
        *state = a->data;
        return PA_OK;
    }
    PA_TRY(pa_store_put(model, "state", PA_I64, WIDTH, 1, "sums of the rounds", &data, &run->err));
    *state = data;
    return PA_OK;
}

static void one_round(pa_run *run, const pa_table *tx, int64_t round, int64_t state[])
{
    const int64_t *amount = pa_i64(tx, "amount_minor"), *id = pa_i64(tx, "tx");
    uint64_t sum[WIDTH] = {0};
    for (size_t i = 0; i < tx->n_rows; i++) {
        uint64_t v = (uint64_t)amount[i] * 2654435761u + (uint64_t)id[i] * (uint64_t)(round + 1);
        sum[v % WIDTH] += v ^ (uint64_t)state[(v >> 7) % WIDTH];
    }
    pa_sum_u64(run->comm, sum, WIDTH);
    for (int k = 0; k < WIDTH; k++) state[k] = (int64_t)((uint64_t)state[k] * 31 + sum[k]);
}

static pa_status fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    const pa_table *rows = on->rows.table;
    int64_t *state = NULL;
    PA_AGREE(run->comm, state_of(run, model, &state), &run->err);
    for (int64_t round = model->round; round < ROUNDS; round++) {
        one_round(run, rows, round, state);
        pa_toy_stop(run, round);
        PA_TRY(pa_safe_point(run, model, round));
    }
    pa_toy_stop(run, ROUNDS);
    return pa_safe_point_tile(run);
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    const void *state;
    void *data;
    PA_TRY(pa_store_get(model, "state", PA_I64, &state, NULL, &run->err));
    PA_TRY(pa_run_write(run, "mixed", &data));
    const int64_t *id = pa_i64(tx, "tx"), *s = state;
    for (size_t i = 0; i < tx->n_rows; i++) {
        ((int64_t *)data)[i] = (int64_t)((uint64_t)s[(uint64_t)id[i] % WIDTH] ^ (uint64_t)id[i]);
    }
    return PA_OK;
}

static const pa_stage rounds_stage = {
    .name = "rounds", .version = 1, .plan = plan, .fit = fit, .apply = apply};

static pa_status stand_aside(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    (void)err;
    pa_schema_stands_aside(io, "it always does");
    return PA_OK;
}

static const pa_stage shy_stage = {
    .name = "shy", .version = 1, .plan = stand_aside, .apply = apply};
static const pa_stage *const stages[] = {&shy_stage, &rounds_stage};

int main(int argc, char **argv)
{
    return pa_toy_main(argc, argv, stages, sizeof stages / sizeof *stages);
}
