/* The stage `expected`. */
#include "paraudit/recommend/expected_stage.h"

#include <math.h>
#include <string.h>

#include "expected_columns.h"
#include "expected_details.h"
#include "expected_model.h"
#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

enum { PART_BYTES = 48 };

static const pa_option_spec options[] = {
    {.key = "expected.run",
     .type = PA_OPTION_BOOL,
     .fallback = "yes",
     .meaning = "whether an audit learns which merchants are to be expected of an account"},
    {.key = "expected.half_life_days",
     .type = PA_OPTION_REAL,
     .fallback = "90",
     .min = .01,
     .max = 36500,
     .unit = "days",
     .meaning = "after so long a transaction of the account's own counts half"},
    {.key = "expected.calibration_share",
     .type = PA_OPTION_REAL,
     .fallback = "0.3",
     .min = .01,
     .max = .9,
     .meaning = "the last part of the history's time, by which weights and p-values are set; what "
                "other accounts do is learned from the part before"},
    {.key = "expected.rounds",
     .type = PA_OPTION_INT,
     .fallback = "20",
     .min = 1,
     .max = 10000,
     .unit = "rounds",
     .meaning = "in which the weights of the mixture are found"},
    {.key = "expected.most_merchants",
     .type = PA_OPTION_INT,
     .fallback = "200",
     .min = 2,
     .max = 100000,
     .unit = "merchants",
     .meaning = "of an account's merchants in the history, those that it used last count as "
                "company and make rules; their pairs grow with the square"},
    {.key = "expected.rule_support",
     .type = PA_OPTION_INT,
     .fallback = "3",
     .min = 2,
     .max = 1000000000,
     .unit = "accounts",
     .meaning = "that have both merchants of a rule, at least"},
    {.key = "expected.rule_confidence",
     .type = PA_OPTION_REAL,
     .fallback = "0.2",
     .min = 1e-6,
     .max = 1,
     .meaning =
         "of a rule, at least: the share of the accounts with a merchant that have the other"},
    {.key = "expected.max_rule_sets",
     .type = PA_OPTION_INT,
     .fallback = "1000000",
     .min = 1,
     .max = 100000000,
     .unit = "sets",
     .meaning =
         "of merchants that rules are made from: where there are more, expected.rule_support "
         "is doubled until there are not"},
    {0}};

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    static const char *const reads[] = {"account", "merchant", "amount_minor"};
    const pa_table_spec names = {.name = pa_expected_parts_table,
                                 .meaning = "what makes a merchant expected"},
                        weights = {.name = pa_expected_weights_table,
                                   .meaning = "weights of what makes a merchant expected"};
    PA_TRY(pa_schema_learns_accounts(config, "expected.run", true, sizeof reads / sizeof *reads,
                                     reads, io, err));
    if (pa_schema_runs(io)) PA_TRY(pa_schema_reads_labels(io, err));
    for (int k = 0; k < PA_N_EXPECTED; k++)
        PA_TRY(pa_schema_writes(io, &pa_expected_columns[k], err));
    PA_TRY(pa_schema_writes(io, &pa_expected_from_column, err));
    PA_TRY(pa_schema_side_table(io, &weights, err));
    return pa_schema_side_table(io, &names, err);
}

/* ---- apply ---- */

typedef struct {
    pa_run *run;
    const pa_expected_model *model;
    pa_expected_rows rows;
    int8_t *segment, *from;
    bool *wanted;
    float *out[PA_N_EXPECTED];
    size_t n_told; /* rows that were told, and what of them */
    size_t *row;
    float *part;
    int8_t *level;
    size_t weeks;
    double *weight; /* of each week */
} applied;

static void close_applied(applied *a)
{
    pa_free(a->segment);
    pa_free(a->wanted);
    pa_free(a->row);
    pa_free(a->part);
    pa_free(a->level);
    pa_free(a->weight);
}

/* Segments of all rows of accounts, by what their account did in the history. */
static void find_segments(applied *a, const pa_table *tx)
{
    const pa_time_plan *p = a->run->plan;
    const pa_expected_rows *r = &a->rows;
    const pa_segment_rows rows = {r->n,
                                  r->account,
                                  r->time,
                                  pa_i64(tx, "amount_minor"),
                                  p->history_from,
                                  p->reference_from,
                                  pa_minor_units(pa_table_find(tx, "amount_minor")->spec.unit)};
    pa_segments_of_rows(&a->model->cuts, &rows, a->segment);
    for (size_t i = 0; i < r->n; i++) a->wanted[i] = r->time[i] >= p->reference_from;
}

static pa_status write_columns(applied *a)
{
    void *data;
    for (int k = 0; k < PA_N_EXPECTED; k++) {
        PA_TRY(pa_run_write(a->run, pa_expected_columns[k].name, &data));
        a->out[k] = data;
        for (size_t i = 0; i < a->rows.n; i++) a->out[k][i] = NAN;
    }
    PA_TRY(pa_run_write(a->run, pa_expected_from_column.name, &data));
    a->from = data;
    if (a->rows.n) memset(data, -1, a->rows.n);
    return PA_OK;
}

static pa_status room_for_told(applied *a, pa_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < a->rows.n; i++) n += a->wanted[i];
    PA_TRY(PA_NEW(a->row, n, err));
    PA_TRY(PA_NEW(a->level, n, err));
    return PA_NEW(a->part, n * PA_N_CHOICE_PARTS, err);
}

static pa_status open_applied(applied *a, const pa_table *tx)
{
    pa_error *err = &a->run->err;
    PA_TRY(PA_NEW(a->segment, tx->n_rows, err));
    PA_TRY(PA_NEW(a->wanted, tx->n_rows, err));
    a->rows = (pa_expected_rows){.n = tx->n_rows,
                                 .account = pa_i32(tx, "account"),
                                 .merchant = pa_i32(tx, "merchant"),
                                 .time = pa_i64(tx, "time"),
                                 .segment = a->segment,
                                 .wanted = a->wanted,
                                 .labels = pa_labels_of(tx, a->run->plan)};
    find_segments(a, tx);
    PA_TRY(room_for_told(a, err));
    return write_columns(a);
}

/* Nothing was learned, or the row has no merchant: it is as ordinary as any. */
static void tell_nothing(applied *a, size_t row)
{
    a->out[PA_EXPECTED_PROBABILITY][row] = a->out[PA_EXPECTED_P_VALUE][row] = 1;
    a->out[PA_EXPECTED_SURPRISE][row] = 0;
    a->out[PA_MERCHANT_RANK][row] = 1;
}

/* The weights of all rows of a week are needed before the first of the next is told. */
static void take_told(void *to, size_t first, size_t n, const pa_choice_told told[])
{
    applied *a = to;
    for (size_t i = 0; i < n; i++) {
        size_t row = first + told[i].row;
        if (told[i].level < 0 || a->model->totals.rows == 0) {
            tell_nothing(a, row);
            continue;
        }
        a->row[a->n_told] = row;
        a->level[a->n_told] = told[i].level;
        memcpy(a->part + a->n_told * PA_N_CHOICE_PARTS, told[i].part, sizeof told[i].part);
        a->out[PA_MERCHANT_RANK][row] = told[i].rank;
        a->n_told++;
    }
}

static void tell_row(applied *a, size_t i, pa_mixture_own *own)
{
    const pa_expected_model *m = a->model;
    size_t row = a->row[i], week = pa_expected_week(a->run, a->rows.time[row]);
    const double *weight = a->weight + week * PA_EXPECTED_WEIGHTS;
    int from = -1;
    double p = pa_mixture_next(PA_N_CHOICE_PARTS, a->part + i * PA_N_CHOICE_PARTS,
                               weight + (size_t)a->level[i] * PA_N_CHOICE_PARTS, own, &from);
    float surprise = (float)-pa_log2(p);
    a->out[PA_EXPECTED_PROBABILITY][row] = (float)p;
    a->out[PA_EXPECTED_SURPRISE][row] = surprise;
    a->out[PA_EXPECTED_P_VALUE][row] =
        pa_surprise_p_value(m->at_least + (size_t)a->segment[row] * PA_SURPRISE_STEPS, surprise);
    a->from[row] = (int8_t)from;
}

static pa_status tell_rows(applied *a)
{
    const pa_expected_told told = {.n = a->n_told,
                                   .row = a->row,
                                   .part = a->part,
                                   .level = a->level,
                                   .time = a->rows.time,
                                   .labels = a->rows.labels};
    const int32_t *account = a->rows.account;
    pa_mixture_own own = {0};
    PA_TRY(pa_expected_follow(a->run, a->model, &told, &a->weeks, &a->weight));
    for (size_t i = 0; i < a->n_told; i++) {
        if (i && account[a->row[i]] != account[a->row[i - 1]]) own = (pa_mixture_own){0};
        tell_row(a, i, &own);
    }
    return PA_OK;
}

/* Rank 0 holds the names. */
static pa_status name_parts(pa_run *run)
{
    const pa_column_spec spec = {.name = "expected_from",
                                 .type = PA_BYTES,
                                 .width = PART_BYTES,
                                 .meaning = "what makes a merchant expected",
                                 .role = PA_ROLE_ID,
                                 .stage = "expected"};
    pa_table *t;
    void *data;
    PA_TRY(pa_run_fill_table(run, pa_expected_parts_table, &t));
    int here = (int)pa_table_size_small(t, pa_comm_rank(run->comm), PA_N_CHOICE_PARTS);
    PA_TRY(pa_table_add(t, &spec, &data, &run->err));
    for (int i = 0; i < here; i++)
        memcpy((char *)data + (size_t)i * PART_BYTES, pa_expected_part_names[i],
               strlen(pa_expected_part_names[i]));
    return PA_OK;
}

/* Of each week, level and part, on rank 0. */
static pa_status put_weights(const applied *a)
{
    static const pa_column_spec specs[] = {
        {.name = "week",
         .type = PA_I32,
         .meaning = "from reference_from on, the first is 0",
         .role = PA_ROLE_ID,
         .stage = "expected"},
        {.name = "level",
         .type = PA_I32,
         .meaning = "of the account: six of activity, four each by how often it goes to new ones",
         .role = PA_ROLE_ID,
         .stage = "expected"},
        {.name = "part",
         .type = PA_I32,
         .meaning = "as expected_from says it",
         .role = PA_ROLE_ID,
         .stage = "expected"},
        {.name = "weight",
         .type = PA_F64,
         .unit = "1",
         .meaning = "of the part in that week",
         .role = PA_ROLE_RESULT,
         .stage = "expected"}};
    pa_run *run = a->run;
    pa_table *t;
    void *of[4];
    PA_TRY(pa_run_fill_table(run, pa_expected_weights_table, &t));
    size_t here = pa_table_size_small(t, pa_comm_rank(run->comm), a->weeks * PA_EXPECTED_WEIGHTS);
    for (int k = 0; k < 4; k++) PA_TRY(pa_table_add(t, &specs[k], &of[k], &run->err));
    for (size_t i = 0; i < here; i++) {
        ((int32_t *)of[0])[i] = (int32_t)(i / PA_EXPECTED_WEIGHTS);
        ((int32_t *)of[1])[i] = (int32_t)(i % PA_EXPECTED_WEIGHTS / PA_N_CHOICE_PARTS);
        ((int32_t *)of[2])[i] = (int32_t)(i % PA_N_CHOICE_PARTS);
        ((double *)of[3])[i] = a->weight[i];
    }
    return PA_OK;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    pa_expected_model m = {0};
    pa_expected_learned learned = {.totals = &m.totals, .rules = &m.rules};
    applied a = {.run = run, .model = &m};
    pa_status st;
    PA_GOTO(pa_expected_open(run, model, &m));
    learned.pairs = m.pairs;
    PA_GOTO(pa_agree(run->comm, open_applied(&a, tx), &run->err));
    PA_GOTO(pa_expected_walk(run, &a.rows, &learned, take_told, &a));
    PA_GOTO(tell_rows(&a));
    PA_GOTO(pa_agree(run->comm, put_weights(&a), &run->err));
    st = pa_agree(run->comm, name_parts(run), &run->err);
out:
    close_applied(&a);
    pa_expected_close(&m);
    return st;
}

const pa_stage pa_expected_stage = {.name = "expected",
                                    .version = 3,
                                    .options = options,
                                    .plan = plan,
                                    .fit = pa_expected_fit,
                                    .apply = apply,
                                    .detail = pa_expected_details,
                                    .detail_reads = pa_expected_detail_reads,
                                    .cost = {.fit = 150, .apply = 600}};
