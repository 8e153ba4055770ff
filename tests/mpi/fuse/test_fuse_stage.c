#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audit_book.h"
#include "mpi_test.h"
#include "paraudit/alerts/alerts_stage.h"
#include "paraudit/base/array.h"
#include "paraudit/evaluate/evaluate_stage.h"
#include "paraudit/fuse/fuse_stage.h"
#include "paraudit/stage/schema.h"
#include "paraudit/stage/time_plan.h"

enum { DAY = 86400, ID = 8 };

/* ---- two detectors whose tails and reasons are drawn ---- */

#define REASON(of, k)                                                                              \
    {                                                                                              \
        .name = of "_reason" #k, .type = PA_I8, .role = PA_ROLE_REASON, .stage = of,               \
        .codes = "categories/feature"                                                              \
    }
#define PART(of, k)                                                                                \
    {                                                                                              \
        .name = of "_part" #k, .type = PA_F32, .role = PA_ROLE_REASON, .stage = of                 \
    }
#define FEATURE(of)                                                                                \
    {                                                                                              \
        .name = of, .type = PA_F32, .role = PA_ROLE_FEATURE                                        \
    }

enum { N_DRAWN = BOOK_FEATURES + 2 * (1 + 2 * PA_REASONS) };

static const pa_column_spec drawn_specs[N_DRAWN] = {
    FEATURE("zero"),
    FEATURE("one"),
    FEATURE("two"),
    FEATURE("three"),
    FEATURE("four"),
    {.name = "rarity", .type = PA_F32, .role = PA_ROLE_TAIL, .stage = "first"},
    REASON("first", 1),
    REASON("first", 2),
    REASON("first", 3),
    PART("first", 1),
    PART("first", 2),
    PART("first", 3),
    {.name = "second_tail",
     .type = PA_F32,
     .role = PA_ROLE_TAIL,
     .flags = PA_NEEDS_HISTORY,
     .stage = "second"},
    REASON("second", 1),
    REASON("second", 2),
    REASON("second", 3),
    PART("second", 1),
    PART("second", 2),
    PART("second", 3),
};

static const void *drawn_values(int i)
{
    const audit_book *b = pa_audit_book();
    if (i < BOOK_FEATURES) return b->feature[i];
    int k = (i - BOOK_FEATURES) / (1 + 2 * PA_REASONS),
        j = (i - BOOK_FEATURES) % (1 + 2 * PA_REASONS);
    if (j == 0) return b->tail[k];
    return j <= PA_REASONS ? (const void *)b->reason[k][j - 1] : b->part[k][j - 1 - PA_REASONS];
}

static pa_status plan_drawn(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    for (int i = 0; i < N_DRAWN; i++) PA_TRY(pa_schema_writes(io, drawn_specs + i, err));
    return PA_OK;
}

static pa_status plan_none(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    (void)err;
    pa_schema_stands_aside(io, "not in this test");
    return plan_drawn(config, io, err);
}

static book_cut cut_of_run; /* which rows this rank holds */

static pa_status apply_drawn(pa_run *run, const pa_store *model, pa_table *tx)
{
    (void)model;
    book_slice s = pa_slice_book(run->comm, cut_of_run);
    for (int i = 0; i < N_DRAWN; i++) {
        size_t size = pa_type_size(drawn_specs[i].type, 0);
        void *data;
        PA_TRY(pa_table_add(tx, drawn_specs + i, &data, &run->err));
        memcpy(data, (const char *)drawn_values(i) + s.first * size, s.n * size);
    }
    return PA_OK;
}

static const pa_stage drawn_stage = {.name = "drawn", .plan = plan_drawn, .apply = apply_drawn};
static const pa_stage no_stage = {.name = "none", .plan = plan_none};

/* ---- a run ---- */

enum { DRAWN, FUSE, ALERTS, EVALUATE, N_STAGES };

typedef struct {
    pa_run run;
    pa_config *config;
    pa_time_plan plan;
    pa_schema schemas[N_STAGES];
    pa_store stores[N_STAGES];
} drawn_run;

static const pa_stage *const stages[N_STAGES] = {&drawn_stage, &pa_fuse_stage, &pa_alerts_stage,
                                                 &pa_evaluate_stage};

static pa_status add_column(pa_table *t, const char *name, pa_type type, const void *values,
                            pa_error *err)
{
    const pa_column_spec spec = {.name = name, .type = type, .role = PA_ROLE_INPUT};
    void *data;
    PA_TRY(pa_table_add(t, &spec, &data, err));
    memcpy(data, values, t->n_rows * pa_type_size(type, 0));
    return PA_OK;
}

static pa_status fill_book(drawn_run *r, bool with_labels)
{
    static int8_t unknown[BOOK_ROWS];
    memset(unknown, -1, sizeof unknown);
    const audit_book *b = pa_audit_book();
    book_slice s = pa_slice_book(r->run.comm, cut_of_run);
    pa_error *err = &r->run.err;
    pa_table *tx, *accounts;
    PA_TRY(pa_run_add_table(&r->run, "transactions", "", &tx));
    pa_table_size(tx, (int64_t)s.first, s.n, BOOK_ROWS);
    PA_TRY(add_column(tx, "tx", PA_I64, b->tx + s.first, err));
    PA_TRY(add_column(tx, "account", PA_I32, b->account + s.first, err));
    PA_TRY(add_column(tx, "time", PA_I64, b->time + s.first, err));
    PA_TRY(add_column(tx, "amount", PA_F64, b->amount + s.first, err));
    PA_TRY(add_column(tx, "label", PA_I8, with_labels ? b->label + s.first : unknown, err));
    PA_TRY(add_column(tx, "split", PA_I8, b->split + s.first, err));
    PA_TRY(pa_run_add_table(&r->run, "accounts", "", &accounts));
    pa_table_size(accounts, s.first_account, (size_t)s.n_accounts, BOOK_ACCOUNTS);
    const pa_column_spec id = {.name = "id", .type = PA_BYTES, .width = ID};
    void *ids;
    PA_TRY(pa_table_add(accounts, &id, &ids, err));
    for (int32_t i = 0; i < s.n_accounts; i++) {
        snprintf((char *)ids + i * ID, ID, "%d", s.first_account + i);
    }
    return PA_OK;
}

static pa_status open_run(book_cut cut, bool with_labels, drawn_run *r)
{
    const pa_option_spec *const tables[] = {pa_fuse_stage.options, pa_alerts_stage.options,
                                            pa_evaluate_stage.options};
    *r = (drawn_run){.plan = {.history_from = 0,
                              .train_from = BOOK_TRAIN_FROM * DAY,
                              .train_until = BOOK_TRAIN_UNTIL * DAY,
                              .audit_from = BOOK_AUDIT_FROM * DAY,
                              .audit_until = BOOK_AUDIT_UNTIL * DAY,
                              .label_delay = BOOK_DELAY * DAY,
                              .as_of = 40 * DAY}};
    cut_of_run = cut;
    r->run.comm = pa_test_comm();
    r->run.plan = &r->plan;
    PA_TRY(pa_config_new(tables, 3, &r->config, &r->run.err));
    r->run.config = r->config;
    PA_TRY(pa_config_set(r->config, "alerts.per_day=3", "command line", &r->run.err));
    PA_TRY(pa_config_complete(r->config, &r->run.err));
    return fill_book(r, with_labels);
}

static void close_run(drawn_run *r)
{
    pa_run_free(&r->run);
    for (int i = 0; i < N_STAGES; i++) {
        pa_schema_free(r->schemas + i);
        pa_store_free(r->stores + i);
    }
    pa_config_free(r->config);
}

/* Fits (unless `fitted` lends its model) and applies one of the planned stages. */
static pa_status run_stage(drawn_run *r, const drawn_run *fitted, int i)
{
    pa_run *run = &r->run;
    pa_table *tx = run->tables[0];
    size_t before = tx->n_columns, tables = run->n_tables;
    run->stage = stages[i];
    run->schema = r->schemas + i;
    pa_store_init(r->stores + i, stages[i]->name, stages[i]->version);
    pa_fitting on = pa_fitting_on(run->comm, tx, &r->plan, r->schemas[i].fits_on);
    if (stages[i]->fit && !fitted) PA_TRY(stages[i]->fit(run, &on, r->stores + i));
    PA_TRY(stages[i]->apply(run, fitted ? fitted->stores + i : r->stores + i, tx));
    return pa_schema_check(r->schemas + i, run, before, tables, &run->err);
}

static pa_status plan_stages(drawn_run *r)
{
    return pa_plan_stages(stages, N_STAGES, r->config, "", r->run.tables[0], 0, r->schemas,
                          &r->run.err);
}

static pa_status run_stages(drawn_run *r, const drawn_run *fitted)
{
    PA_TRY(plan_stages(r));
    for (int i = 0; i < N_STAGES; i++) PA_TRY(run_stage(r, fitted, i));
    return PA_OK;
}

/* Of all tables, over all ranks. */
static uint64_t checksum(drawn_run *r)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < r->run.n_tables; i++) sum += pa_table_checksum(r->run.tables[i], 0);
    pa_sum_u64(r->run.comm, &sum, 1);
    return sum;
}

/* ---- tests ---- */

/* The checksum of all tables at 1 to 4 ranks. It changes with any name or
 * value of a column; then look at what changed, and take the new one. */
static void test_bits_do_not_depend_on_ranks_and_cuts(void)
{
    for (int cut = 0; cut < N_BOOK_CUTS; cut++) {
        static drawn_run r;
        CU_ASSERT_EQUAL(open_run((book_cut)cut, true, &r), PA_OK);
        CU_ASSERT_EQUAL(run_stages(&r, NULL), PA_OK);
        CU_ASSERT_EQUAL(checksum(&r), UINT64_C(0xf9fdbf17b5aaac0b));
        CU_ASSERT_PTR_NOT_NULL(pa_run_table(&r.run, "evaluation/summary"));
        close_run(&r);
    }
}

static void test_apply_alone_repeats_the_bits(void)
{
    static drawn_run fitted, applied;
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, true, &fitted), PA_OK);
    CU_ASSERT_EQUAL(run_stages(&fitted, NULL), PA_OK);
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, true, &applied), PA_OK);
    CU_ASSERT_EQUAL(run_stages(&applied, &fitted), PA_OK);
    CU_ASSERT_EQUAL(checksum(&fitted), checksum(&applied));
    close_run(&fitted);
    close_run(&applied);
}

static void test_margin_sums_the_stored_contributions(void)
{
    static drawn_run r;
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, true, &r), PA_OK);
    CU_ASSERT_EQUAL(run_stages(&r, NULL), PA_OK);
    const pa_table *tx = r.run.tables[0];
    const float *a = pa_f32(tx, "contribution_first"), *b = pa_f32(tx, "contribution_second");
    const double *margin = pa_f64(tx, "margin");
    const float *score = pa_f32(tx, "score"), *percentile = pa_f32(tx, "percentile");
    const int64_t *rank = pa_i64(tx, "rank");
    int wrong = 0;
    for (size_t i = 0; i < tx->n_rows; i++) {
        bool scored = pa_i8(tx, "split")[i] >= PA_SPLIT_TRAIN;
        wrong += scored != !isnan(margin[i]) || scored != !isnan(score[i]);
        wrong += scored && margin[i] != (double)a[i] + (double)b[i];
        wrong += (rank[i] > 0) != (pa_i8(tx, "split")[i] == PA_SPLIT_AUDIT);
        wrong += (rank[i] > 0) != !isnan(percentile[i]);
        wrong += rank[i] == 1 && percentile[i] != 100;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(pa_table_find(tx, "margin")->spec.flags, PA_NEEDS_HISTORY);
    CU_ASSERT_EQUAL(pa_table_find(tx, "contribution_first")->spec.flags, 0);
    CU_ASSERT(pa_table_find(tx, "rank")->spec.flags & PA_NOT_CAUSAL);
    const pa_table *queue[] = {pa_run_table(&r.run, "alerts"),
                               pa_run_table(&r.run, "alert_reasons")};
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < queue[k]->n_columns; i++)
            wrong += queue[k]->columns[i]->spec.flags != (PA_NOT_CAUSAL | PA_NEEDS_HISTORY);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    close_run(&r);
}

static void test_reasons_are_those_of_the_larger_contribution(void)
{
    static const char *const names[] = {"reason1", "reason2", "reason3"};
    const audit_book *b = pa_audit_book();
    static drawn_run r;
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, true, &r), PA_OK);
    CU_ASSERT_EQUAL(run_stages(&r, NULL), PA_OK);
    const pa_table *tx = r.run.tables[0];
    size_t first = (size_t)tx->first_row;
    /* As if they had all rows: only those of this rank are looked at. */
    const float *own[] = {pa_f32(tx, "contribution_first"), pa_f32(tx, "contribution_second")};
    static float contribution[2][BOOK_ROWS];
    int wrong = 0;
    for (int k = 0; k < 2; k++) memcpy(contribution[k] + first, own[k], tx->n_rows * sizeof(float));
    for (size_t i = 0; i < tx->n_rows; i++) {
        const float *all[] = {contribution[0], contribution[1]};
        int from = pa_book_reasons_from(all, first + i);
        for (int k = 0; k < PA_REASONS; k++) {
            int expected = from < 0 ? -1 : b->reason[from][k][first + i];
            wrong += pa_i8(tx, names[k])[i] != expected;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(pa_table_find(tx, "reason1")->spec.flags, PA_NEEDS_HISTORY);
    close_run(&r);
}

static void test_peers_are_the_training_rows(void)
{
    static drawn_run r;
    const void *usual;
    size_t n = 0;
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, true, &r), PA_OK);
    CU_ASSERT_EQUAL(run_stages(&r, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_store_get(r.stores + ALERTS, "peer_usual", PA_F32, &usual, &n, NULL), PA_OK);
    CU_ASSERT_EQUAL(n, BOOK_FEATURES);
    for (int f = 0; f < (int)n; f++) {
        CU_ASSERT_EQUAL(((const float *)usual)[f], pa_book_peer_usual(f));
    }
    close_run(&r);
}

static void test_model_of_other_features_is_refused(void)
{
    static drawn_run fitted, other;
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, true, &fitted), PA_OK);
    CU_ASSERT_EQUAL(run_stages(&fitted, NULL), PA_OK);
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, true, &other), PA_OK);
    CU_ASSERT_EQUAL(plan_stages(&other), PA_OK);
    CU_ASSERT_EQUAL(run_stage(&other, &fitted, DRAWN), PA_OK);
    CU_ASSERT_EQUAL(run_stage(&other, &fitted, FUSE), PA_OK);
    pa_table_drop(other.run.tables[0], "three");
    CU_ASSERT_EQUAL(run_stage(&other, &fitted, ALERTS), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(other.run.err.message, "other features"));
    close_run(&fitted);
    close_run(&other);
}

/* The training rows have labels: weights of a regression, margins that are log-odds. */
static void test_labels_weigh_the_detectors(void)
{
    for (int cut = 0; cut < N_BOOK_CUTS; cut++) {
        static drawn_run r;
        int wrong = 0;
        CU_ASSERT_EQUAL(open_run((book_cut)cut, true, &r), PA_OK);
        CU_ASSERT_EQUAL(pa_config_set(r.config, "fuse.labels=use", "command line", &r.run.err),
                        PA_OK);
        CU_ASSERT_EQUAL(run_stages(&r, NULL), PA_OK);
        const double *weight = pa_store_find(r.stores + FUSE, "weight")->data,
                     *base = pa_store_find(r.stores + FUSE, "base")->data;
        CU_ASSERT(weight[0] >= 0 && weight[1] >= 0 && weight[0] + weight[1] > 0 && *base < 0);
        const pa_table *tx = r.run.tables[0];
        const float *a = pa_f32(tx, "contribution_first"), *b = pa_f32(tx, "contribution_second");
        const double *margin = pa_f64(tx, "margin");
        const float *score = pa_f32(tx, "score");
        for (size_t i = 0; i < tx->n_rows; i++) {
            if (isnan(margin[i])) continue;
            wrong += margin[i] != *base + (double)a[i] + (double)b[i];
            wrong += fabs((double)score[i] - 1 / (1 + exp(-margin[i]))) > 1e-6;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(checksum(&r), UINT64_C(0x63e44435f996d288));
        close_run(&r);
    }
}

/* What is not known yet weighs nothing: the score is the one without labels. */
static void test_without_known_frauds_labels_do_not_weigh(void)
{
    static drawn_run with, without;
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, false, &with), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(with.config, "fuse.labels=use", "command line", &with.run.err),
                    PA_OK);
    CU_ASSERT_EQUAL(run_stages(&with, NULL), PA_OK);
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, false, &without), PA_OK);
    CU_ASSERT_EQUAL(run_stages(&without, NULL), PA_OK);
    CU_ASSERT_EQUAL(checksum(&with), checksum(&without));
    close_run(&with);
    close_run(&without);
}

static void test_book_without_labels_is_alerted_but_not_judged(void)
{
    static drawn_run r;
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, false, &r), PA_OK);
    CU_ASSERT_EQUAL(run_stages(&r, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_run_table(&r.run, "alerts")->n_global,
                    3 * (BOOK_AUDIT_UNTIL - BOOK_AUDIT_FROM));
    CU_ASSERT_PTR_NULL(pa_run_table(&r.run, "evaluation/summary"));
    CU_ASSERT_EQUAL(r.run.n_notes, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.run.notes[0], "no row of the book has a label"));
    close_run(&r);
}

static void test_stages_stand_aside_without_a_detector(void)
{
    static drawn_run r;
    static const pa_stage *const without[N_STAGES] = {&no_stage, &pa_fuse_stage, &pa_alerts_stage,
                                                      &pa_evaluate_stage};
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, true, &r), PA_OK);
    CU_ASSERT_EQUAL(
        pa_plan_stages(without, N_STAGES, r.config, "", r.run.tables[0], 0, r.schemas, &r.run.err),
        PA_OK);
    for (int i = FUSE; i <= EVALUATE; i++) CU_ASSERT_PTR_NOT_NULL(r.schemas[i].aside);
    close_run(&r);
}

/* The model of one detector does not fit a table of two. */
static void test_model_of_other_detectors_is_refused(void)
{
    static drawn_run r;
    pa_store other;
    void *name;
    pa_store_init(&other, "fuse", 1);
    CU_ASSERT_EQUAL(open_run(BOOK_EVEN, true, &r), PA_OK);
    CU_ASSERT_EQUAL(pa_store_put_names(&other, "detector", 1, 32, "", &name, &r.run.err), PA_OK);
    CU_ASSERT_EQUAL(apply_drawn(&r.run, NULL, r.run.tables[0]), PA_OK);
    CU_ASSERT_EQUAL(pa_fuse_stage.apply(&r.run, &other, r.run.tables[0]), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.run.err.message, "other detectors"));
    pa_store_free(&other);
    close_run(&r);
}

static const pa_test tests[] = {
    {"bits do not depend on ranks and cuts", test_bits_do_not_depend_on_ranks_and_cuts},
    {"apply alone repeats the bits", test_apply_alone_repeats_the_bits},
    {"margin sums the stored contributions", test_margin_sums_the_stored_contributions},
    {"reasons are those of the larger contribution",
     test_reasons_are_those_of_the_larger_contribution},
    {"peers are the training rows", test_peers_are_the_training_rows},
    {"model of other features is refused", test_model_of_other_features_is_refused},
    {"labels weigh the detectors", test_labels_weigh_the_detectors},
    {"without known frauds labels do not weigh", test_without_known_frauds_labels_do_not_weigh},
    {"book without labels is alerted but not judged",
     test_book_without_labels_is_alerted_but_not_judged},
    {"stages stand aside without a detector", test_stages_stand_aside_without_a_detector},
    {"model of other detectors is refused", test_model_of_other_detectors_is_refused},
};
PA_MPI_TEST_MAIN("fuse_stage", tests)
