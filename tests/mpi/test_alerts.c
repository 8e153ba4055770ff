#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_book.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/fuse/account_days.h"
#include "paraudit/fuse/alerts.h"
#include "paraudit/fuse/alerts_csv.h"
#include "paraudit/fuse/order.h"
#include "paraudit/pipeline/time_plan.h"

enum { ID = 12 };

static bool audited(size_t i)
{
    return pa_audit_book()->split[i] == PA_SPLIT_AUDIT;
}

/* Quotes and commas, so that the CSV file must quote them. */
static void account_id(int32_t account, char id[ID])
{
    memset(id, 0, ID);
    snprintf(id, ID, account % 7 ? "acc-%d" : "a,\"%d", account);
}

/* ---- the slow twin: the whole queue, row by row ---- */

typedef struct {
    size_t n, row[BOOK_ROWS];
} queue;

static bool is_best_of_its_day(size_t row)
{
    const audit_book *b = pa_audit_book();
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        bool rival = audited(i) && b->account[i] == b->account[row] &&
                     pa_day_of(b->time[i]) == pa_day_of(b->time[row]);
        if (rival && pa_compare_book_rows(i, row) < 0) return false;
    }
    return audited(row);
}

static queue slow_queue(size_t per_day)
{
    const audit_book *b = pa_audit_book();
    static bool best[BOOK_ROWS];
    queue q = {.n = 0};
    for (size_t i = 0; i < BOOK_ROWS; i++) best[i] = is_best_of_its_day(i);
    for (int64_t day = BOOK_AUDIT_FROM; day < BOOK_AUDIT_UNTIL; day++) {
        size_t start = q.n;
        for (size_t i = 0; i < BOOK_ROWS; i++) {
            if (!best[i] || pa_day_of(b->time[i]) != day) continue;
            size_t place = q.n++;
            for (; place > start && pa_compare_book_rows(i, q.row[place - 1]) < 0; place--) {
                q.row[place] = q.row[place - 1];
            }
            q.row[place] = i;
        }
        if (q.n > start + per_day) q.n = start + per_day;
    }
    return q;
}

static int compare_floats(const void *a, const void *b)
{
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static float slow_own_median(size_t row, const float contribution[])
{
    const audit_book *b = pa_audit_book();
    float v[BOOK_ROWS];
    size_t n = 0;
    for (size_t i = 0; i < row; i++) {
        if (b->account[i] == b->account[row] && !isnan(contribution[i])) v[n++] = contribution[i];
    }
    if (n == 0) return NAN;
    qsort(v, n, sizeof *v, compare_floats);
    return (float)(((double)v[(n - 1) / 2] + (double)v[n / 2]) / 2);
}

/* ---- the tables of one run ---- */

typedef struct {
    pa_table accounts, alerts, reasons;
    uint8_t alert[BOOK_ROWS];
    book_slice slice;
} outcome;

static const float *contribution[2];
static const float peer_median[2] = {0.5f, 0.25f};

/* The tails serve as contributions: numbers with ties. */
static void make_alerts(book_cut cut, int64_t per_day, outcome *o)
{
    pa_comm *comm = pa_test_comm();
    const audit_book *b = pa_audit_book();
    book_slice s = o->slice = pa_slice_book(comm, cut);
    static uint8_t chosen[BOOK_ROWS];
    static int64_t rank[BOOK_ROWS];
    static float score[BOOK_ROWS];
    pa_error err = {0};
    for (size_t i = 0; i < s.n; i++) {
        chosen[i] = audited(s.first + i);
        score[i] = (float)(b->margin[s.first + i] / 48);
    }
    for (int k = 0; k < 2; k++) contribution[k] = b->tail[k] + s.first;
    CU_ASSERT_EQUAL(
        pa_rank_rows(comm, s.n, b->margin + s.first, b->tx + s.first, chosen, rank, NULL, &err),
        PA_OK);
    const pa_column_spec id = {.name = "id", .type = PA_BYTES, .width = ID};
    void *ids;
    pa_table_init(&o->accounts, "accounts", "");
    pa_table_size(&o->accounts, s.first_account, (size_t)s.n_accounts, BOOK_ACCOUNTS);
    CU_ASSERT_EQUAL(pa_table_add(&o->accounts, &id, &ids, &err), PA_OK);
    for (int32_t i = 0; i < s.n_accounts; i++) {
        account_id(s.first_account + i, (char *)ids + i * ID);
    }
    pa_table_init(&o->alerts, "alerts", "");
    pa_table_init(&o->reasons, "alert_reasons", "");
    const pa_alert_input in = {.n = s.n,
                               .account = b->account + s.first,
                               .time = b->time + s.first,
                               .tx = b->tx + s.first,
                               .amount = b->amount + s.first,
                               .margin = b->margin + s.first,
                               .score = score,
                               .rank = rank,
                               .n_detectors = 2,
                               .contribution = contribution,
                               .peer_median = peer_median,
                               .accounts = &o->accounts,
                               .per_day = per_day};
    CU_ASSERT_EQUAL(pa_make_alerts(comm, &in, o->alert, &o->alerts, &o->reasons, &err), PA_OK);
}

static void free_outcome(outcome *o)
{
    pa_table_free(&o->accounts);
    pa_table_free(&o->alerts);
    pa_table_free(&o->reasons);
}

static int64_t n_rows_of_day(size_t row)
{
    const audit_book *b = pa_audit_book();
    int64_t n = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        n += audited(i) && b->account[i] == b->account[row] &&
             pa_day_of(b->time[i]) == pa_day_of(b->time[row]);
    }
    return n;
}

/* Differences between an alert and the row that should have raised it. */
static int differences(const pa_table *t, size_t i, size_t row)
{
    const audit_book *b = pa_audit_book();
    char id[16], name[ID];
    int64_t day = pa_day_of(b->time[row]);
    account_id(b->account[row], name);
    pa_alert_id(name, strlen(name), day, id);
    const char *ids = pa_table_find(t, "alert_id")->data;
    const char *names = pa_table_find(t, "account_id")->data;
    int reason = b->tail[1][row] > b->tail[0][row];
    return (memcmp(ids + i * 16, id, 16) != 0) + (memcmp(names + i * ID, name, ID) != 0) +
           (pa_i64(t, "tx")[i] != b->tx[row]) + (pa_i64(t, "time")[i] != b->time[row]) +
           (pa_i64(t, "day")[i] != day * 86400) + (pa_i32(t, "account")[i] != b->account[row]) +
           (pa_f64(t, "amount")[i] != b->amount[row]) + (pa_f64(t, "margin")[i] != b->margin[row]) +
           (pa_i32(t, "reason")[i] != reason) + (pa_i64(t, "n_rows")[i] != n_rows_of_day(row));
}

static void test_queue_is_that_of_the_slow_twin(void)
{
    static const int64_t budgets[] = {0, 1, 7, 1000};
    for (int k = 0; k < 4; k++) {
        queue q = slow_queue((size_t)budgets[k]);
        for (int cut = 0; cut < N_BOOK_CUTS; cut++) {
            static outcome o;
            int wrong = 0;
            make_alerts((book_cut)cut, budgets[k], &o);
            CU_ASSERT_EQUAL(o.alerts.n_global, (int64_t)q.n);
            CU_ASSERT_EQUAL(pa_sum_before_i64(pa_test_comm(), (int64_t)o.alerts.n_rows),
                            o.alerts.first_row);
            for (size_t i = 0; i < o.alerts.n_rows; i++) {
                wrong += differences(&o.alerts, i, q.row[(size_t)o.alerts.first_row + i]);
            }
            static bool expected[BOOK_ROWS];
            memset(expected, 0, sizeof expected);
            for (size_t i = 0; i < q.n; i++) expected[q.row[i]] = true;
            for (size_t i = 0; i < o.slice.n; i++) {
                wrong += o.alert[i] != expected[o.slice.first + i];
            }
            CU_ASSERT_EQUAL(wrong, 0);
            free_outcome(&o);
        }
    }
}

static void test_reasons_carry_their_baselines(void)
{
    const audit_book *b = pa_audit_book();
    queue q = slow_queue(7);
    static outcome o;
    int wrong = 0, without = 0;
    make_alerts(BOOK_EVEN, 7, &o);
    const pa_table *t = &o.reasons;
    CU_ASSERT_EQUAL(t->n_global, 2 * (int64_t)q.n);
    CU_ASSERT_EQUAL(t->first_row, 2 * o.alerts.first_row);
    for (size_t i = 0; i < t->n_rows; i++) {
        int64_t alert = (t->first_row + (int64_t)i) / 2;
        size_t row = q.row[alert];
        int32_t k = pa_i32(t, "detector")[i];
        float own = pa_f32(t, "own_median")[i], expected = slow_own_median(row, b->tail[k]);
        without += isnan(expected);
        wrong += pa_i64(t, "alert")[i] != alert;
        wrong += pa_f32(t, "contribution")[i] != b->tail[k][row];
        wrong += pa_f32(t, "peer_median")[i] != peer_median[k];
        wrong += isnan(expected) ? !isnan(own) : own != expected;
        if (i % 2) wrong += pa_f32(t, "contribution")[i] > pa_f32(t, "contribution")[i - 1];
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(without, 0);
    free_outcome(&o);
}

/* ---- the file ---- */

static void expected_line(size_t row, char line[256])
{
    const audit_book *b = pa_audit_book();
    char id[17] = {0}, name[ID], time[PA_TIME_TEXT], field[2 * ID];
    account_id(b->account[row], name);
    pa_alert_id(name, strlen(name), pa_day_of(b->time[row]), id);
    if (b->account[row] % 7) {
        snprintf(field, sizeof field, "%s", name);
    } else {
        snprintf(field, sizeof field, "\"a,\"\"%d\"", b->account[row]);
    }
    pa_format_time(b->time[row], time);
    snprintf(line, 256, "%s,%s,%lld,%s,%.15g,%.9g,%.15g,%s\n", id, field, (long long)b->tx[row],
             time, b->amount[row], (double)(float)(b->margin[row] / 48), b->margin[row],
             b->tail[1][row] > b->tail[0][row] ? "second" : "first");
}

static int wrong_lines(const char *path, const queue *q)
{
    FILE *file = fopen(path, "r");
    char line[256] = "", expected[256];
    if (!file || !fgets(line, sizeof line, file)) return -1;
    int wrong = strcmp(line, "alert_id,account,tx,time,amount,score,margin,reason\n") != 0;
    for (size_t i = 0; i < q->n; i++) {
        expected_line(q->row[i], expected);
        wrong += !fgets(line, sizeof line, file) || strcmp(line, expected) != 0;
    }
    wrong += fgets(line, sizeof line, file) != NULL;
    fclose(file);
    return wrong;
}

static void test_csv_has_the_queue_in_order(void)
{
    pa_comm *comm = pa_test_comm();
    bool root = pa_comm_rank(comm) == 0;
    queue q = slow_queue(7);
    static outcome o;
    char path[64];
    snprintf(path, sizeof path, "test_alerts_%d.csv", pa_comm_size(comm));
    pa_table detectors;
    const pa_column_spec spec = {.name = "detector", .type = PA_BYTES, .width = 8};
    void *names;
    pa_error err = {0};
    pa_table_init(&detectors, "categories/detector", "");
    pa_table_size(&detectors, root ? 0 : 2, root ? 2 : 0, 2);
    CU_ASSERT_EQUAL(pa_table_add(&detectors, &spec, &names, &err), PA_OK);
    if (root) memcpy(names, "first\0\0\0second\0", 15);
    make_alerts(BOOK_EVEN, 7, &o);
    CU_ASSERT_EQUAL(pa_write_alerts_csv(comm, path, &o.alerts, &detectors, &err), PA_OK);
    if (root) {
        CU_ASSERT_EQUAL(wrong_lines(path, &q), 0);
        remove(path);
    }
    CU_ASSERT_EQUAL(pa_write_alerts_csv(comm, "no/such/folder/a.csv", &o.alerts, &detectors, &err),
                    PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "no/such/folder/a.csv"));
    pa_table_free(&detectors);
    free_outcome(&o);
}

static const pa_test tests[] = {
    {"queue is that of the slow twin", test_queue_is_that_of_the_slow_twin},
    {"reasons carry their baselines", test_reasons_carry_their_baselines},
    {"csv has the queue in order", test_csv_has_the_queue_in_order},
};
PA_MPI_TEST_MAIN("alerts", tests)
