#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mpi_test.h"
#include "naive_features.h"
#include "nodes.h"
#include "paraudit/base/array.h"
#include "paraudit/features/features_stage.h"
#include "paraudit/features/line.h"
#include "paraudit/stage/schema.h"
#include "paraudit/stage/time_plan.h"

enum { ACCOUNTS = 13, MERCHANTS = 9, SHARDS = 32, N = 400 };

enum { N_STAGES = 3 };
static const pa_stage *const stages[N_STAGES] = {&pa_moment_stage, &pa_history_stage,
                                                 &pa_merchants_stage};

typedef naive_outputs columns;

static naive_row book[NAIVE_MOST_ROWS], other_book[NAIVE_MOST_ROWS];
static columns expected, got, other;
static int64_t account_totals[ACCOUNTS][4], merchant_totals[MERCHANTS][2];

/* The first of `n` codes that a rank owns: uneven, and some own none. */
static int32_t first_code(int32_t n, int rank, int ranks)
{
    if (rank == 0) return 0;
    if (rank >= ranks) return n;
    return (int32_t)((int64_t)n * rank * rank / (ranks * ranks));
}

static void add_column(pa_table *t, const char *name, pa_type type, const void *values)
{
    pa_column_spec spec = {.name = name, .type = type, .role = PA_ROLE_INPUT, .stage = "ingest"};
    void *data = NULL;
    CU_ASSERT_EQUAL(pa_table_add(t, &spec, &data, NULL), PA_OK);
    if (data && t->n_rows) memcpy(data, values, t->n_rows * pa_type_size(type, 0));
}

static void add_amounts(pa_table *t, const int64_t minor[])
{
    const pa_column_spec spec = {
        .name = "amount_minor", .type = PA_I64, .unit = pa_minor_unit[2], .stage = "ingest"};
    void *data;
    CU_ASSERT_EQUAL_FATAL(pa_table_add(t, &spec, &data, &(pa_error){0}), PA_OK);
    memcpy(data, minor, t->n_rows * sizeof *minor);
}

/* Codes of 8 bits, as of short dictionaries; countries keep 32. */
static void add_codes(pa_table *tx, unsigned has, naive_columns *c)
{
    static const char *const name[] = {"category", "channel", "currency", "country"};
    static const unsigned bit[] = {PA_HAS_CATEGORY, PA_HAS_CHANNEL, PA_HAS_CURRENCY,
                                   PA_HAS_COUNTRY};
    static int8_t narrow[NAIVE_MOST_ROWS];
    for (int k = 0; k < NAIVE_CODES; k++) {
        if (!(has & bit[k])) continue;
        for (size_t i = 0; i < tx->n_rows; i++) narrow[i] = (int8_t)c->code[k][i];
        bool wide = bit[k] == PA_HAS_COUNTRY;
        add_column(tx, name[k], wide ? PA_I32 : PA_I8, wide ? (void *)c->code[k] : narrow);
    }
}

static void add_optional(pa_table *tx, unsigned has, naive_columns *c)
{
    add_codes(tx, has, c);
    if (has & PA_HAS_HOME) {
        add_column(tx, "home_lat", PA_F64, c->home[0]);
        add_column(tx, "home_lon", PA_F64, c->home[1]);
    }
    if (has & PA_HAS_PLACE) {
        add_column(tx, "merchant_lat", PA_F64, c->place[0]);
        add_column(tx, "merchant_lon", PA_F64, c->place[1]);
    }
    if (has & PA_HAS_LABEL_TIME) add_column(tx, "label_time", PA_I64, c->label_time);
}

/* What ingest leaves behind: rows by (account, time, tx), each account's on one
 * rank. sorted: all rows in that order. */
static void make_transactions(pa_run *run, size_t n, const naive_row sorted[], unsigned has)
{
    static naive_columns c;
    static double amount[NAIVE_MOST_ROWS]; /* not read, but its name is taken */
    int rank = pa_comm_rank(run->comm), ranks = pa_comm_size(run->comm);
    int32_t low = first_code(ACCOUNTS, rank, ranks), high = first_code(ACCOUNTS, rank + 1, ranks);
    size_t begin = 0, end;
    while (begin < n && sorted[begin].account < low) begin++;
    for (end = begin; end < n && sorted[end].account < high;) end++;
    naive_to_columns(end - begin, sorted + begin, &c);
    pa_table *tx = NULL;
    CU_ASSERT_EQUAL(pa_run_add_table(run, "transactions", "rows", &tx), PA_OK);
    pa_table_size(tx, (int64_t)begin, end - begin, (int64_t)n);
    add_column(tx, "tx", PA_I64, c.tx);
    add_column(tx, "account", PA_I32, c.account);
    if (has & PA_HAS_MERCHANT) add_column(tx, "merchant", PA_I32, c.merchant);
    add_column(tx, "time", PA_I64, c.time);
    add_amounts(tx, c.amount);
    add_column(tx, "amount", PA_F64, amount);
    add_column(tx, "label", PA_I8, c.label);
    add_optional(tx, has, &c);
}

/* A table of n codes, a shard a code until they are used up. */
static void make_codes(pa_run *run, const char *name, int32_t n)
{
    pa_partition *shards = NULL;
    int rank = pa_comm_rank(run->comm), ranks = pa_comm_size(run->comm);
    CU_ASSERT_EQUAL_FATAL(PA_NEW(shards, 1, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_partition_init(shards, SHARDS, ranks, NULL), PA_OK);
    for (int32_t s = 0; s <= SHARDS; s++) shards->first[s] = s < n ? s : n;
    for (int r = 0; r <= ranks; r++) shards->cut[r] = first_code(n, r, ranks);
    shards->cut[ranks] = SHARDS;
    pa_partition_name(shards, name);
    CU_ASSERT_EQUAL(pa_run_adopt_partition(run, shards), PA_OK);
    pa_table *table = NULL;
    CU_ASSERT_EQUAL(pa_run_add_table(run, name, "codes", &table), PA_OK);
    pa_table_size(table, pa_first_row(shards, rank), pa_row_count(shards, rank), n);
}

/* Concatenates the blocks of all ranks into `all`, which has room for `expected_bytes`. */
static void collect(pa_run *run, const void *block, size_t bytes, size_t expected_bytes, void *all)
{
    void *found = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL(pa_gather_all(run->comm, block, bytes, &found, &n, NULL), PA_OK);
    CU_ASSERT_EQUAL(n, expected_bytes);
    if (found && n == expected_bytes) memcpy(all, found, n);
    pa_free(found);
}

static void collect_total(pa_run *run, const char *table, const char *name, size_t n, int64_t all[])
{
    const pa_table *t = pa_run_table(run, table);
    collect(run, pa_i64(t, name), t->n_rows * sizeof *all, n * sizeof *all, all);
}

static void collect_totals(pa_run *run)
{
    static const char *const of_account[] = {"n_tx", "first_time", "last_time", "amount_minor"};
    static const char *const of_merchant[] = {"n_tx", "amount_minor"};
    int64_t all[ACCOUNTS + MERCHANTS];
    for (int k = 0; k < 4; k++) {
        collect_total(run, "accounts", of_account[k], ACCOUNTS, all);
        for (int i = 0; i < ACCOUNTS; i++) account_totals[i][k] = all[i];
    }
    for (int k = 0; k < 2 && pa_run_table(run, "merchants"); k++) {
        collect_total(run, "merchants", of_merchant[k], MERCHANTS, all);
        for (int i = 0; i < MERCHANTS; i++) merchant_totals[i][k] = all[i];
    }
}

/* out[feature][i] for row i of rows, on every rank; NaN for columns that are not there. */
static void collect_features(pa_run *run, size_t n, const naive_row rows[],
                             const naive_row sorted[], columns out)
{
    static float own[NAIVE_MOST_ROWS][PA_N_FEATURES], all[NAIVE_MOST_ROWS][PA_N_FEATURES];
    const pa_table *tx = run->tables[0];
    for (int f = 0; f < PA_N_FEATURES; f++) {
        const pa_column *c = pa_table_find(tx, pa_feature_columns[f].name);
        for (size_t i = 0; i < tx->n_rows; i++) own[i][f] = c ? ((float *)c->data)[i] : NAN;
    }
    collect(run, own, tx->n_rows * sizeof *own, n * sizeof *all, all);
    for (size_t i = 0; i < n; i++) {
        size_t j = 0;
        while (sorted[j].tx != rows[i].tx) j++;
        for (int f = 0; f < PA_N_FEATURES; f++) out[f][i] = all[j][f];
    }
}

static const char *aside[N_STAGES]; /* reasons of the last run */

/* Plans the stages and runs those that do not stand aside. */
static pa_status run_planned(pa_run *run)
{
    pa_table *tx = run->tables[0];
    pa_schema schemas[N_STAGES] = {{0}};
    pa_status st = pa_plan_stages(stages, N_STAGES, run->config, "", tx, 0, schemas, &run->err);
    for (int i = 0; i < N_STAGES; i++) {
        size_t before = tx->n_columns, tables = run->n_tables;
        run->stage = stages[i];
        run->schema = schemas + i;
        aside[i] = schemas[i].aside;
        if (st != PA_OK || aside[i]) continue;
        st = stages[i]->apply(run, NULL, tx);
        if (st == PA_OK) st = pa_schema_check(schemas + i, run, before, tables, &run->err);
    }
    for (int i = 0; i < N_STAGES; i++) pa_schema_free(schemas + i);
    return st;
}

/* Borrowed by the configuration. */
static pa_option_spec input_options[] = {
    {.key = "input.account", .type = PA_OPTION_TEXT, .meaning = "column of the account"},
    {.key = "input.merchant", .type = PA_OPTION_TEXT, .meaning = "column of the merchant"},
    {0}};

static pa_config *make_config(unsigned has)
{
    input_options[0].fallback = has & PA_HAS_ACCOUNT ? "account" : "";
    input_options[1].fallback = has & PA_HAS_MERCHANT ? "merchant" : "";
    const pa_option_spec *const options[] = {input_options, pa_history_stage.options};
    pa_config *config = NULL;
    CU_ASSERT_EQUAL(pa_config_new(options, 2, &config, NULL), PA_OK);
    return config;
}

/* Runs the stages on rows in any order, of which the input has what `has` says.
 * Returns their status. */
static pa_status run_stages_with(unsigned has, size_t n, const naive_row rows[], int64_t delay,
                                 columns out, pa_error *err)
{
    static naive_row sorted[NAIVE_MOST_ROWS];
    static pa_run run;
    pa_time_plan plan = {.label_delay = delay};
    run = (pa_run){.comm = pa_test_comm(), .config = make_config(has), .plan = &plan};
    memcpy(sorted, rows, n * sizeof *rows);
    naive_sort(n, sorted, false);
    make_transactions(&run, n, sorted, has);
    make_codes(&run, "accounts", ACCOUNTS);
    if (has & PA_HAS_MERCHANT) make_codes(&run, "merchants", MERCHANTS);
    pa_status st = run_planned(&run);
    if (st == PA_OK) {
        collect_features(&run, n, rows, sorted, out);
        collect_totals(&run);
    }
    *err = run.err;
    pa_run_free(&run);
    pa_config_free((pa_config *)run.config);
    return st;
}

static pa_status run_stage(size_t n, const naive_row rows[], int64_t delay, columns out,
                           pa_error *err)
{
    return run_stages_with(PA_HAS_ALL, n, rows, delay, out, err);
}

static size_t unlike_columns(size_t n, columns a, columns b)
{
    size_t unlike = 0;
    for (int f = 0; f < PA_N_FEATURES; f++) unlike += naive_unlike(n, a[f], b[f]);
    return unlike;
}

/* The same with a twin, of the columns that are there. */
static size_t unlike_twin(size_t n, columns a, columns twin)
{
    size_t unlike = 0;
    for (int f = 0; f < PA_N_FEATURES; f++) {
        if (n == 0 || isnan(a[f][0])) continue;
        unlike += naive_unlike_feature(f, n, a[f], twin[f]);
    }
    return unlike;
}

static bool is_there(int feature)
{
    return !isnan(got[feature][0]);
}

static int n_there(void)
{
    int there = 0;
    for (int f = 0; f < PA_N_FEATURES; f++) there += is_there(f);
    return there;
}

static void test_columns_equal_the_naive_twin(void)
{
    static const int64_t delay[] = {0, PA_HOUR, PA_WEEK, 100 * PA_DAY};
    pa_error err = {0};
    for (size_t d = 0; d < sizeof delay / sizeof *delay; d++) {
        naive_book(60 + d, N, ACCOUNTS, MERCHANTS, book);
        naive_features(N, book, delay[d], 64, expected);
        CU_ASSERT_EQUAL(run_stage(N, book, delay[d], got, &err), PA_OK);
        CU_ASSERT_EQUAL(unlike_twin(N, got, expected), 0);
        CU_ASSERT_EQUAL(n_there(), PA_N_FEATURES);
    }
}

/* Hardly a row but one in so many is a fraud or has a label that comes late, and all lie within
 * `span` seconds. */
static void make_plain(size_t n, size_t seldom, int64_t span, naive_row rows[])
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].time < first) first = rows[i].time;
        if (rows[i].time > last) last = rows[i].time;
    }
    for (size_t i = 0; i < n; i++) {
        naive_row *r = rows + i;
        bool has_time = r->label_time != INT64_MIN && r->label_time != INT64_MAX;
        int64_t late = has_time ? r->label_time - r->time : 0;
        r->time =
            first + (int64_t)((double)(r->time - first) / (double)(last - first) * (double)span);
        if (has_time) r->label_time = late ? r->time + late : INT64_MIN;
        if (i % seldom == 0) continue;
        r->label = 0;
        r->label_time = INT64_MIN;
    }
}

/* One merchant, whose rows the ranks share: a rank's part is longer or shorter than the windows,
 * so that the borders of some of them, of all or of none lie on other ranks, side by side or with
 * rows in between that are only counted. */
static void test_columns_of_one_merchant_equal_the_naive_twin(void)
{
    enum { ROWS = 700 };
    static const int64_t delay[] = {0, PA_DAY, PA_WEEK, PA_MONTH};
    static const int64_t span[] = {PA_DAY, 8 * PA_DAY, 50 * PA_DAY, 200 * PA_DAY};
    pa_error err = {0};
    for (size_t d = 0; d < sizeof delay / sizeof *delay; d++)
        for (size_t s = 0; s < sizeof span / sizeof *span; s++) {
            naive_book(80 + d, ROWS, ACCOUNTS, 1, book);
            make_plain(ROWS, d % 2 ? 9 : 300, span[s], book);
            naive_features(ROWS, book, delay[d], 64, expected);
            CU_ASSERT_EQUAL(run_stage(ROWS, book, delay[d], got, &err), PA_OK);
            CU_ASSERT_EQUAL(unlike_twin(ROWS, got, expected), 0);
        }
}

/* The ranks on one machine, on two, side by side or in turn, and on one each. */
enum { ONE, HALVES, TURNS, EACH, N_KINDS };

static void pretend(int kind)
{
    pa_comm *comm = pa_test_comm();
    pa_error err = {0};
    int rank = pa_comm_rank(comm), ranks = pa_comm_size(comm);
    const int machine[N_KINDS] = {0, 2 * rank / ranks, rank % 2, rank};
    CU_ASSERT_EQUAL(pa_nodes_pretend(comm, machine[kind], &err), PA_OK);
}

/* Half of the rows at one merchant, on full hours: many stand on the very second of a window's
 * border, and many on the same. */
static void make_hot(uint64_t seed, size_t n, int64_t span, naive_row rows[])
{
    naive_book(seed, n, ACCOUNTS, MERCHANTS, rows);
    make_plain(n, 40, span, rows);
    for (size_t i = 0; i < n; i++) {
        rows[i].time -= rows[i].time % PA_HOUR;
        if (i % 2) rows[i].merchant = MERCHANTS / 2;
    }
}

/* Bytes that the stages handed over, of all ranks. */
static int64_t check_on_machines(int kind, size_t n, int64_t delay)
{
    pa_comm *comm = pa_test_comm();
    pa_error err = {0};
    pretend(kind);
    int64_t before = pa_comm_used(comm).bytes;
    CU_ASSERT_EQUAL(run_stage(n, book, delay, got, &err), PA_OK);
    int64_t bytes = pa_comm_used(comm).bytes - before;
    CU_ASSERT_EQUAL(unlike_twin(n, got, expected), 0);
    pa_sum_i64(comm, &bytes, 1);
    return bytes;
}

/* A row is told once to a machine, so ranks that share one are told less. */
static void test_columns_of_a_hot_merchant_equal_the_naive_twin_on_any_machines(void)
{
    enum { ROWS = 1000 };
    static const int64_t delay[] = {0, PA_DAY, PA_WEEK};
    static const int64_t span[] = {3 * PA_DAY, 20 * PA_DAY, 90 * PA_DAY};
    for (size_t i = 0; i < sizeof span / sizeof *span; i++) {
        int64_t bytes[N_KINDS];
        make_hot(110 + i, ROWS, span[i], book);
        naive_features(ROWS, book, delay[i], 64, expected);
        for (int kind = 0; kind < N_KINDS; kind++)
            bytes[kind] = check_on_machines(kind, ROWS, delay[i]);
        CU_ASSERT(pa_comm_size(pa_test_comm()) < 4 || bytes[ONE] < bytes[EACH]);
    }
    pretend(ONE);
}

static void check_columns_of(unsigned has)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(run_stages_with(has, N, book, PA_DAY, got, &err), PA_OK);
    CU_ASSERT_EQUAL(unlike_twin(N, got, has & PA_HAS_LABEL_TIME ? expected : other), 0);
    for (int f = 0; f < PA_N_FEATURES; f++) {
        bool of_merchants = strcmp(pa_feature_columns[f].stage, "merchants") == 0;
        unsigned needs = pa_feature_needs[f] | (of_merchants ? PA_HAS_MERCHANT : 0u);
        CU_ASSERT_EQUAL(is_there(f), (has & needs) == needs);
    }
}

/* No optional column, and all but one kind of them. */
static void test_columns_follow_what_the_input_has(void)
{
    naive_book(65, N, ACCOUNTS, MERCHANTS, book);
    memcpy(other_book, book, sizeof book);
    naive_in_time(N, other_book);
    naive_features(N, book, PA_DAY, 64, expected);
    naive_features(N, other_book, PA_DAY, 64, other);
    check_columns_of(PA_HAS_ACCOUNT | PA_HAS_MERCHANT);
    for (unsigned bit = PA_HAS_LABEL_TIME; bit >= PA_HAS_MERCHANT; bit /= 2) {
        check_columns_of(PA_HAS_ALL & ~bit);
    }
}

/* Each row its own account: what is told of rows and merchants is as it was. */
static void test_history_stands_aside_without_accounts(void)
{
    pa_error err = {0};
    enum { FEW = ACCOUNTS };
    naive_book(66, FEW, ACCOUNTS, MERCHANTS, book);
    for (int i = 0; i < FEW; i++) book[i].account = i;
    naive_features(FEW, book, PA_DAY, 64, expected);
    CU_ASSERT_EQUAL(
        run_stages_with(PA_HAS_ALL & ~(unsigned)PA_HAS_ACCOUNT, FEW, book, PA_DAY, got, &err),
        PA_OK);
    CU_ASSERT_PTR_NULL(aside[0]);
    CU_ASSERT_PTR_NOT_NULL(aside[1]);
    CU_ASSERT_PTR_NULL(aside[2]);
    CU_ASSERT_EQUAL(unlike_twin(FEW, got, expected), 0);
    CU_ASSERT(is_there(PA_TX_AMOUNT) && is_there(PA_DISTANCE_HOME_KM));
    CU_ASSERT(is_there(PA_MERCHANT_FRAUD_RUN) && !is_there(PA_MERCHANT_NEW_SHARE_7D));
    CU_ASSERT(!is_there(PA_ACCOUNT_GAP) && !is_there(PA_MERCHANT_IS_NEW));
    size_t unlike = 0;
    for (int i = 0; i < FEW; i++) {
        unlike += account_totals[i][0] != 1 || account_totals[i][3] != book[i].amount;
    }
    CU_ASSERT_EQUAL(unlike, 0);
}

static void test_only_the_moment_is_left_without_owners(void)
{
    pa_error err = {0};
    naive_book(67, N, ACCOUNTS, MERCHANTS, book);
    CU_ASSERT_EQUAL(run_stages_with(0, N, book, PA_DAY, got, &err), PA_OK);
    CU_ASSERT_PTR_NULL(aside[0]);
    CU_ASSERT_PTR_NOT_NULL(aside[1]);
    CU_ASSERT_PTR_NOT_NULL(aside[2]);
    CU_ASSERT_EQUAL(n_there(), 3);
}

static void test_no_value_is_infinite_or_missing(void)
{
    pa_error err = {0};
    size_t bad = 0;
    naive_book(68, N, ACCOUNTS, MERCHANTS, book);
    for (size_t i = 0; i < N; i += 7) book[i].amount = i % 2 ? PA_AMOUNT_LIMIT : -PA_AMOUNT_LIMIT;
    for (size_t i = 0; i < N; i += 5) book[i].place[i % 2] = i % 3 ? INFINITY : 1e300;
    CU_ASSERT_EQUAL(run_stage(N, book, 0, got, &err), PA_OK);
    for (int f = 0; f < PA_N_FEATURES; f++) {
        for (size_t i = 0; i < N; i++) bad += !isfinite(got[f][i]);
    }
    CU_ASSERT_EQUAL(bad, 0);
}

static void test_smallest_pieces_change_nothing(void)
{
    pa_error err = {0};
    naive_book(70, 60, ACCOUNTS, MERCHANTS, book);
    naive_features(60, book, PA_DAY, 64, expected);
    pa_comm_set_piece(pa_test_comm(), 1);
    CU_ASSERT_EQUAL(run_stage(60, book, PA_DAY, got, &err), PA_OK);
    CU_ASSERT_EQUAL(unlike_twin(60, got, expected), 0);
}

static void test_cutting_later_rows_off_changes_no_bit(void)
{
    uint64_t random = 5;
    pa_error err = {0};
    naive_book(71, N, ACCOUNTS, MERCHANTS, book);
    CU_ASSERT_EQUAL(run_stage(N, book, PA_WEEK, expected, &err), PA_OK);
    for (int cut = 0; cut < 6; cut++) {
        const naive_row *last = &book[naive_random(&random, N)];
        size_t kept = 0;
        for (size_t i = 0; i < N; i++) {
            if (naive_before(last, &book[i])) continue;
            for (int f = 0; f < PA_N_FEATURES; f++) other[f][kept] = expected[f][i];
            other_book[kept++] = book[i];
        }
        CU_ASSERT_EQUAL(run_stage(kept, other_book, PA_WEEK, got, &err), PA_OK);
        CU_ASSERT_EQUAL(unlike_columns(kept, got, other), 0);
    }
}

static void test_labels_that_are_not_known_yet_change_no_bit(void)
{
    pa_error err = {0};
    naive_book(72, N, ACCOUNTS, MERCHANTS, book);
    CU_ASSERT_EQUAL(run_stage(N, book, PA_WEEK, expected, &err), PA_OK);
    int64_t now = book[N / 2].time;
    size_t kept = 0;
    memcpy(other_book, book, sizeof book);
    for (size_t i = 0; i < N; i++) {
        if (book[i].time > now - PA_WEEK || book[i].label_time > now) {
            other_book[i].label = book[i].label != 1;
            if (other_book[i].label == 1) other_book[i].label_time = INT64_MAX;
        }
    }
    CU_ASSERT_EQUAL(run_stage(N, other_book, PA_WEEK, got, &err), PA_OK);
    for (size_t i = 0; i < N; i++) {
        if (book[i].time > now) continue;
        for (int f = 0; f < PA_N_FEATURES; f++) {
            got[f][kept] = got[f][i];
            expected[f][kept] = expected[f][i];
        }
        kept++;
    }
    CU_ASSERT(kept > 0);
    CU_ASSERT_EQUAL(unlike_columns(kept, got, expected), 0);
}

static void test_renamed_accounts_and_merchants_keep_their_columns(void)
{
    pa_error err = {0};
    naive_book(73, N, ACCOUNTS, MERCHANTS, book);
    memcpy(other_book, book, sizeof book);
    for (size_t i = 0; i < N; i++) {
        other_book[i].account = (other_book[i].account * 5 + 3) % ACCOUNTS;
        other_book[i].merchant = (other_book[i].merchant * 4 + 7) % MERCHANTS;
    }
    CU_ASSERT_EQUAL(run_stage(N, book, PA_WEEK, expected, &err), PA_OK);
    CU_ASSERT_EQUAL(run_stage(N, other_book, PA_WEEK, got, &err), PA_OK);
    CU_ASSERT_EQUAL(unlike_columns(N, got, expected), 0);
}

static void test_totals_are_those_of_the_whole_book(void)
{
    pa_error err = {0};
    int64_t of_account[ACCOUNTS][4] = {{0}}, of_merchant[MERCHANTS][2] = {{0}};
    naive_book(74, N, ACCOUNTS - 2, MERCHANTS - 1, book); /* codes without rows at the end */
    for (size_t i = 0; i < N; i++) {
        int64_t *a = of_account[book[i].account], *m = of_merchant[book[i].merchant];
        if (a[0] == 0 || book[i].time < a[1]) a[1] = book[i].time;
        if (a[0] == 0 || book[i].time > a[2]) a[2] = book[i].time;
        a[0]++;
        a[3] += book[i].amount;
        m[0]++;
        m[1] += book[i].amount;
    }
    CU_ASSERT_EQUAL(run_stage(N, book, PA_WEEK, got, &err), PA_OK);
    CU_ASSERT_EQUAL(memcmp(of_account, account_totals, sizeof of_account), 0);
    CU_ASSERT_EQUAL(memcmp(of_merchant, merchant_totals, sizeof of_merchant), 0);
}

static void test_few_rows_and_none_are_well(void)
{
    pa_error err = {0};
    for (size_t n = 0; n < 6; n++) {
        naive_book(80 + n, n, 1, 1, book);
        naive_features(n, book, PA_WEEK, 64, expected);
        CU_ASSERT_EQUAL(run_stage(n, book, PA_WEEK, got, &err), PA_OK);
        CU_ASSERT_EQUAL(unlike_twin(n, got, expected), 0);
    }
}

/*   one merchant:  fraud --- step --- fraud --- step --- fraud ...
 *   with steps just within and just beyond a window, over the cuts of ranks */
static void test_window_reaches_over_a_cut_to_its_last_second(void)
{
    static const int64_t step[] = {PA_WEEK + PA_FRAUD_MEMORY - 1, PA_WEEK + PA_FRAUD_MEMORY,
                                   PA_MONTH - 1, PA_MONTH};
    const size_t n = 8;
    pa_error err = {0};
    for (size_t k = 0; k < sizeof step / sizeof *step; k++) {
        for (size_t i = 0; i < n; i++) {
            int64_t at = (int64_t)i;
            book[i] =
                (naive_row){.tx = at, .time = at * step[k], .amount = 100 * at + 1, .label = 1};
            book[i].account = (int32_t)i;
        }
        naive_features(n, book, PA_WEEK, 64, expected);
        CU_ASSERT_EQUAL(expected[PA_MERCHANT_FRAUD_RUN][1] == 0, k == 1);
        CU_ASSERT_EQUAL(expected[PA_AMOUNT_RATIO_MERCHANT_30D][1] == 1, k != 2);
        CU_ASSERT_EQUAL(run_stage(n, book, PA_WEEK, got, &err), PA_OK);
        CU_ASSERT_EQUAL(unlike_twin(n, got, expected), 0);
    }
}

static void test_impossible_amount_is_named_on_every_rank(void)
{
    pa_error err = {0};
    naive_book(90, N, ACCOUNTS, MERCHANTS, book);
    book[17].amount = INT64_MAX;
    char named[64];
    snprintf(named, sizeof named, "transaction %lld: amount", (long long)book[17].tx);
    CU_ASSERT_EQUAL(run_stage(N, book, PA_WEEK, got, &err), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, named));
}

static const pa_test tests[] = {
    {"columns equal the naive twin", test_columns_equal_the_naive_twin},
    {"columns of one merchant equal the naive twin",
     test_columns_of_one_merchant_equal_the_naive_twin},
    {"columns of a hot merchant equal the naive twin on any machines",
     test_columns_of_a_hot_merchant_equal_the_naive_twin_on_any_machines},
    {"columns follow what the input has", test_columns_follow_what_the_input_has},
    {"history stands aside without accounts", test_history_stands_aside_without_accounts},
    {"only the moment is left without owners", test_only_the_moment_is_left_without_owners},
    {"no value is infinite or missing", test_no_value_is_infinite_or_missing},
    {"smallest pieces change nothing", test_smallest_pieces_change_nothing},
    {"cutting later rows off changes no bit", test_cutting_later_rows_off_changes_no_bit},
    {"labels that are not known yet change no bit",
     test_labels_that_are_not_known_yet_change_no_bit},
    {"renamed accounts and merchants keep their columns",
     test_renamed_accounts_and_merchants_keep_their_columns},
    {"totals are those of the whole book", test_totals_are_those_of_the_whole_book},
    {"few rows and none are well", test_few_rows_and_none_are_well},
    {"window reaches over a cut to its last second",
     test_window_reaches_over_a_cut_to_its_last_second},
    {"impossible amount is named on every rank", test_impossible_amount_is_named_on_every_rank},
};
PA_MPI_TEST_MAIN("features", tests)
