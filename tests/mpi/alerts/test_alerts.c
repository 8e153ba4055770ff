#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_book.h"
#include "mpi_test.h"
#include "paraudit/alerts/account_days.h"
#include "paraudit/alerts/alerts.h"
#include "paraudit/alerts/alerts_csv.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/order/ranks.h"
#include "paraudit/stage/time_plan.h"

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

/* ---- the tables of one run ---- */

typedef struct {
    pa_table accounts, alerts, reasons;
    uint8_t alert[BOOK_ROWS];
    book_slice slice;
} outcome;

static const float peer_usual[BOOK_FEATURES] = {0.5f, 41.024f, 1e10f, -0.0f, NAN};

/* The second detector names something with its first two reasons, in texts that
 * fill their column. */
enum { DETAIL = 70 };

static void detail_of(size_t row, int place, char detail[DETAIL])
{
    memset(detail, place ? 'x' : 0, DETAIL);
    if (place == 0) snprintf(detail, DETAIL, "shop, %zu", row);
}

/* The columns of the detectors and the features as this rank holds them. */
typedef struct {
    pa_column feature[BOOK_FEATURES], reason[2][PA_REASONS], detail[2];
    const pa_column *features[BOOK_FEATURES];
    char text[2][BOOK_ROWS * DETAIL];
    pa_detector_view view[2];
} book_columns;

static pa_column slice_of(const void *values, pa_type type, size_t first)
{
    return (pa_column){.spec.type = type, .data = (char *)values + first * pa_type_size(type, 0)};
}

static void view_detectors(book_slice s, book_columns *c)
{
    const audit_book *b = pa_audit_book();
    *c = (book_columns){0};
    for (int k = 0; k < 2; k++) {
        c->view[k].contribution = b->tail[k] + s.first;
        for (int j = 0; j < PA_REASONS; j++) {
            c->reason[k][j] = slice_of(b->reason[k][j], PA_I8, s.first);
            c->view[k].feature[j] = c->reason[k] + j;
            c->view[k].part[j] = b->part[k][j] + s.first;
        }
    }
    for (int j = 0; j < 2; j++) {
        for (size_t i = 0; i < s.n; i++) detail_of(s.first + i, j, c->text[j] + i * DETAIL);
        c->detail[j] = (pa_column){.spec = {.type = PA_BYTES, .width = DETAIL}, .data = c->text[j]};
        c->view[1].detail[j] = c->detail + j;
    }
    for (int f = 0; f < BOOK_FEATURES; f++) {
        c->feature[f] = slice_of(b->feature[f], PA_F32, s.first);
        c->features[f] = c->feature + f;
    }
}

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
    static book_columns columns;
    view_detectors(s, &columns);
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
                               .detector = columns.view,
                               .n_features = BOOK_FEATURES,
                               .feature = columns.features,
                               .peer_usual = peer_usual,
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

static int reason_of(size_t row, int place)
{
    const audit_book *b = pa_audit_book();
    int from = pa_book_reasons_from((const float *[]){b->tail[0], b->tail[1]}, row);
    return from < 0 ? -1 : b->reason[from][place][row];
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
    int detector = b->tail[1][row] > b->tail[0][row];
    return (memcmp(ids + i * 16, id, 16) != 0) + (memcmp(names + i * ID, name, ID) != 0) +
           (pa_i64(t, "tx")[i] != b->tx[row]) + (pa_i64(t, "time")[i] != b->time[row]) +
           (pa_i64(t, "day")[i] != day * 86400) + (pa_i32(t, "account")[i] != b->account[row]) +
           (pa_f64(t, "amount")[i] != b->amount[row]) + (pa_f64(t, "margin")[i] != b->margin[row]) +
           (pa_i32(t, "detector")[i] != detector) + (pa_i32(t, "reason1")[i] != reason_of(row, 0)) +
           (pa_i32(t, "reason2")[i] != reason_of(row, 1)) +
           (pa_i32(t, "reason3")[i] != reason_of(row, 2)) +
           (pa_i64(t, "n_rows")[i] != n_rows_of_day(row));
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

/* What a reason's detail should be: cut to 63 bytes. */
static void expected_detail(size_t row, int from, int place, char detail[64])
{
    char whole[DETAIL] = "";
    memset(detail, 0, 64);
    if (from == 1 && place < 2) detail_of(row, place, whole);
    memcpy(detail, whole, 63);
}

static bool unlike(float a, float b)
{
    return isnan(a) ? !isnan(b) : a != b;
}

/* Differences between reason number i of the table and this one of the row. */
static int reason_differences(const pa_table *t, size_t i, int64_t alert, size_t row, int place)
{
    const audit_book *b = pa_audit_book();
    int from = pa_book_reasons_from((const float *[]){b->tail[0], b->tail[1]}, row);
    int f = b->reason[from][place][row];
    char detail[64];
    expected_detail(row, from, place, detail);
    const char *details = pa_table_find(t, "detail")->data;
    return (memcmp(details + i * 64, detail, 64) != 0) + (pa_i64(t, "alert")[i] != alert) +
           (pa_i32(t, "place")[i] != place + 1) + (pa_i32(t, "detector")[i] != from) +
           (pa_i32(t, "feature")[i] != f) + (pa_f32(t, "contribution")[i] != b->tail[from][row]) +
           (pa_f32(t, "part")[i] != b->part[from][place][row]) +
           (pa_f32(t, "value")[i] != b->feature[f][row]) +
           unlike(pa_f32(t, "account_usual")[i], pa_book_account_usual(f, row)) +
           unlike(pa_f32(t, "peer_usual")[i], peer_usual[f]);
}

static void test_reasons_carry_their_baselines(void)
{
    queue q = slow_queue(7);
    for (int cut = 0; cut < N_BOOK_CUTS; cut++) {
        static outcome o;
        make_alerts((book_cut)cut, 7, &o);
        const pa_table *t = &o.reasons;
        int64_t n = 0;
        int wrong = 0;
        for (size_t a = 0; a < q.n; a++) {
            for (int k = 0; k < PA_REASONS; k++) {
                if (reason_of(q.row[a], k) < 0) continue;
                bool here = n >= t->first_row && n < t->first_row + (int64_t)t->n_rows;
                if (here)
                    wrong +=
                        reason_differences(t, (size_t)(n - t->first_row), (int64_t)a, q.row[a], k);
                n++;
            }
        }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(t->n_global, n);
        CU_ASSERT(n > (int64_t)q.n && n < PA_REASONS * (int64_t)q.n);
        free_outcome(&o);
    }
}

/* ---- the file ---- */

/* Written anew: the features are quarters, so two decimals say them all. */
static void print_number(double v, char text[32])
{
    if (isnan(v))
        strcpy(text, "none");
    else if (v == 1e10)
        strcpy(text, "1e+10");
    else if (v == floor(v))
        snprintf(text, 32, "%d", (int)v);
    else
        snprintf(text, 32, fabs(v) < 1 ? "%.3g" : "%.2f", v);
}

static void expected_reasons(size_t row, char text[512])
{
    static const char *const names[] = {"zero", "one, \"1\"", "two", "three", "four"};
    bool quoted = false;
    char plain[512] = "";
    int from = pa_book_reasons_from(
        (const float *[]){pa_audit_book()->tail[0], pa_audit_book()->tail[1]}, row);
    for (int k = 0; k < PA_REASONS; k++) {
        int f = reason_of(row, k);
        char v[32], account[32], others[32], detail[64];
        if (f < 0) break;
        print_number((double)pa_audit_book()->feature[f][row], v);
        print_number((double)pa_book_account_usual(f, row), account);
        print_number((double)peer_usual[f], others);
        expected_detail(row, from, k, detail);
        size_t length = strlen(plain);
        snprintf(plain + length, sizeof plain - length, "%s%s %s%s%s%s (account %s, others %s)",
                 k ? "; " : "", names[f], v, detail[0] ? " [" : "", detail, detail[0] ? "]" : "",
                 account, others);
        quoted = true; /* for the comma */
    }
    char *to = text;
    if (quoted) *to++ = '"';
    for (const char *c = plain; *c; c++) {
        if (*c == '"') *to++ = '"';
        *to++ = *c;
    }
    if (quoted) *to++ = '"';
    *to = 0;
}

enum { LINE = 1024 };

static void expected_line(size_t row, char line[LINE])
{
    const audit_book *b = pa_audit_book();
    char id[17] = {0}, name[ID], time[PA_TIME_TEXT], field[2 * ID], reasons[512];
    account_id(b->account[row], name);
    pa_alert_id(name, strlen(name), pa_day_of(b->time[row]), id);
    if (b->account[row] % 7) {
        snprintf(field, sizeof field, "%s", name);
    } else {
        snprintf(field, sizeof field, "\"a,\"\"%d\"", b->account[row]);
    }
    pa_format_time(b->time[row], time);
    expected_reasons(row, reasons);
    snprintf(line, LINE, "%s,%s,%lld,%s,%.15g,%.9g,%.15g,%s\n", id, field, (long long)b->tx[row],
             time, b->amount[row], (double)(float)(b->margin[row] / 48), b->margin[row], reasons);
}

static int wrong_lines(const char *path, const queue *q)
{
    FILE *file = fopen(path, "r");
    char line[LINE] = "", expected[LINE];
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

static void make_features(pa_table *t)
{
    enum { WIDTH = 10 };
    static const char names[BOOK_FEATURES][WIDTH] = {"zero", "one, \"1\"", "two", "three", "four"};
    bool root = pa_comm_rank(pa_test_comm()) == 0;
    const pa_column_spec spec = {.name = "feature", .type = PA_BYTES, .width = WIDTH};
    void *data;
    pa_table_init(t, "categories/feature", "");
    pa_table_size(t, root ? 0 : BOOK_FEATURES, root ? BOOK_FEATURES : 0, BOOK_FEATURES);
    CU_ASSERT_EQUAL(pa_table_add(t, &spec, &data, NULL), PA_OK);
    if (root) memcpy(data, names, sizeof names);
}

/* All of t's rows on rank `holder`, as a resumed job may hold them. */
static void move_reasons(const pa_table *t, int holder, pa_table *moved)
{
    pa_comm *comm = pa_test_comm();
    bool here = pa_comm_rank(comm) == holder;
    pa_table_init(moved, t->name, "");
    pa_table_size(moved, pa_comm_rank(comm) <= holder ? 0 : t->n_global,
                  here ? (size_t)t->n_global : 0, t->n_global);
    for (size_t c = 0; c < t->n_columns; c++) {
        const pa_column *from = t->columns[c];
        void *all, *data;
        size_t bytes;
        CU_ASSERT_EQUAL(pa_gather_all(comm, from->data,
                                      t->n_rows * pa_type_size(from->spec.type, from->spec.width),
                                      &all, &bytes, NULL),
                        PA_OK);
        CU_ASSERT_EQUAL(pa_table_add(moved, &from->spec, &data, NULL), PA_OK);
        if (here) memcpy(data, all, bytes);
        pa_free(all);
    }
}

static void test_csv_has_the_queue_in_order(void)
{
    pa_comm *comm = pa_test_comm();
    bool root = pa_comm_rank(comm) == 0;
    queue q = slow_queue(7);
    static outcome o;
    char path[64];
    snprintf(path, sizeof path, "test_alerts_%d.csv", pa_comm_size(comm));
    pa_table features, moved;
    pa_error err = {0};
    make_features(&features);
    make_alerts(BOOK_EVEN, 7, &o);
    move_reasons(&o.reasons, pa_comm_size(comm) - 1, &moved);
    for (int k = 0; k < 2; k++) {
        const pa_table *reasons = k ? &moved : &o.reasons;
        CU_ASSERT_EQUAL(pa_write_alerts_csv(comm, path, &o.alerts, reasons, &features, &err),
                        PA_OK);
        if (root) {
            CU_ASSERT_EQUAL(wrong_lines(path, &q), 0);
            remove(path);
        }
    }
    CU_ASSERT_EQUAL(
        pa_write_alerts_csv(comm, "no/such/folder/a.csv", &o.alerts, &o.reasons, &features, &err),
        PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "no/such/folder/a.csv"));
    pa_table_free(&features);
    pa_table_free(&moved);
    free_outcome(&o);
}

static const pa_test tests[] = {
    {"queue is that of the slow twin", test_queue_is_that_of_the_slow_twin},
    {"reasons carry their baselines", test_reasons_carry_their_baselines},
    {"csv has the queue in order", test_csv_has_the_queue_in_order},
};
PA_MPI_TEST_MAIN("alerts", tests)
