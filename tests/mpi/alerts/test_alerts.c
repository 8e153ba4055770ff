#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit_book.h"
#include "mpi_test.h"
#include "paraudit/alerts/account_days.h"
#include "paraudit/alerts/alerts.h"
#include "paraudit/alerts/alerts_csv.h"
#include "paraudit/alerts/sentence.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
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

/* ---- names, of which spreadsheets and terminals take some for more ---- */

enum { TX_ID = 9, MERCHANT = 16, MERCHANTS = 9, COUNTRY = 2, COUNTRIES = 3 };

static void tx_id(size_t row, char id[TX_ID])
{
    memset(id, 0, TX_ID);
    snprintf(id, TX_ID, row % 5 ? "t%zu" : "=t%zu", row);
}

static void merchant_name(int32_t code, char name[MERCHANT])
{
    memset(name, 0, MERCHANT);
    if (code >= 0) snprintf(name, MERCHANT, code % 4 ? "shop %d" : "\x1b[3%dm, shop", code);
}

static void country_name(int32_t code, char name[COUNTRY])
{
    static const char names[COUNTRIES][COUNTRY + 1] = {"DE", "-9", "@A"};
    memset(name, 0, COUNTRY);
    if (code >= 0) memcpy(name, names[code], COUNTRY);
}

static int32_t merchant_of(size_t row)
{
    return (int32_t)(row * 7 % (MERCHANTS + 1)) - 1;
}

static int32_t country_of(size_t row)
{
    return (int32_t)(row * 5 % (COUNTRIES + 1)) - 1;
}

/* Merchants lie on all ranks, countries on the first. */
static void make_names(pa_table *merchants, pa_table *countries)
{
    const pa_comm *comm = pa_test_comm();
    int64_t rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    int64_t first = MERCHANTS * rank / size, until = MERCHANTS * (rank + 1) / size;
    const pa_column_spec merchant = {.name = "id", .type = PA_BYTES, .width = MERCHANT},
                         country = {.name = "country", .type = PA_BYTES, .width = COUNTRY};
    void *data = NULL;
    pa_table_init(merchants, "merchants", "");
    pa_table_size(merchants, first, (size_t)(until - first), MERCHANTS);
    CU_ASSERT_EQUAL(pa_table_add(merchants, &merchant, &data, NULL), PA_OK);
    for (int64_t i = first; data && i < until; i++)
        merchant_name((int32_t)i, (char *)data + (i - first) * MERCHANT);
    pa_table_init(countries, "categories/country", "");
    size_t here = pa_table_size_small(countries, (int)rank, COUNTRIES);
    CU_ASSERT_EQUAL(pa_table_add(countries, &country, &data, NULL), PA_OK);
    for (size_t i = 0; data && i < here; i++) country_name((int32_t)i, (char *)data + i * COUNTRY);
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

/* The columns of the detectors and the features as this rank holds them. */
typedef struct {
    pa_column feature[BOOK_FEATURES], reason[2][PA_REASONS];
    const pa_column *features[BOOK_FEATURES];
    pa_detector_view view[2];
    char id[BOOK_ROWS * TX_ID];
    int32_t merchant[BOOK_ROWS];
    int8_t country[BOOK_ROWS];
    pa_column tx_id, code[2];
} book_columns;

static const char *const feature_names[BOOK_FEATURES] = {"zero", "one, \"1\"", "two", "three",
                                                         "four"};
static const char *const feature_words[BOOK_FEATURES] = {"spent {money}", NULL, "so|not so",
                                                         "at {count time} of {name}", "of {share}"};

/* ---- stages that name more: of one feature the merchant, of another a text as long as may be */

static void detail_of(size_t row, int feature, char detail[PA_DETAIL_BYTES])
{
    char merchant[MERCHANT];
    merchant_name(merchant_of(row), merchant);
    detail[0] = 0;
    if (feature == 2) snprintf(detail, PA_DETAIL_BYTES, "row %zu at %s", row, merchant);
    if (feature == 3) snprintf(detail, PA_DETAIL_BYTES, "%0*zu", PA_DETAIL_BYTES - 1, row);
}

static pa_status name_merchant(const pa_config *config, const pa_store *model, const pa_table *tx,
                               size_t n, const pa_detail_question asked[],
                               char answer[][PA_DETAIL_BYTES], pa_error *err)
{
    (void)config;
    (void)err;
    CU_ASSERT_EQUAL(model->version, 2);
    for (size_t i = 0; i < n; i++) {
        long long row = (long long)(tx->first_row + (int64_t)asked[i].row);
        if (strcmp(asked[i].feature, feature_names[2]) == 0)
            snprintf(answer[i], PA_DETAIL_BYTES, "row %lld at %s", row, asked[i].merchant);
    }
    return PA_OK;
}

static pa_status name_number(const pa_config *config, const pa_store *model, const pa_table *tx,
                             size_t n, const pa_detail_question asked[],
                             char answer[][PA_DETAIL_BYTES], pa_error *err)
{
    (void)config;
    (void)model;
    (void)err;
    for (size_t i = 0; i < n; i++)
        if (strcmp(asked[i].feature, feature_names[3]) == 0)
            snprintf(answer[i], PA_DETAIL_BYTES, "%0*lld", PA_DETAIL_BYTES - 1,
                     (long long)(tx->first_row + (int64_t)asked[i].row));
    return PA_OK;
}

static const pa_stage silent = {.name = "silent"},
                      merchants_stage = {.name = "merchants", .detail = name_merchant},
                      numbers_stage = {.name = "numbers", .detail = name_number};
static const pa_stage *const stages[] = {&silent, &merchants_stage, &numbers_stage};
static const pa_store models[] = {{.version = 1}, {.version = 2}, {.version = 3}};

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
    for (int f = 0; f < BOOK_FEATURES; f++) {
        c->feature[f] = slice_of(b->feature[f], PA_F32, s.first);
        c->feature[f].spec.name = feature_names[f];
        c->feature[f].spec.words = feature_words[f];
        c->features[f] = c->feature + f;
    }
}

static void name_rows(book_slice s, book_columns *c)
{
    for (size_t i = 0; i < s.n; i++) {
        tx_id(s.first + i, c->id + i * TX_ID);
        c->merchant[i] = merchant_of(s.first + i);
        c->country[i] = (int8_t)country_of(s.first + i);
    }
    c->tx_id = (pa_column){.spec = {.type = PA_BYTES, .width = TX_ID}, .data = c->id};
    c->code[0] = (pa_column){.spec.type = PA_I32, .data = c->merchant};
    c->code[1] = (pa_column){.spec.type = PA_I8, .data = c->country};
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
    pa_table merchants, countries;
    view_detectors(s, &columns);
    name_rows(s, &columns);
    make_names(&merchants, &countries);
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
    const pa_run run = {.stages = stages, .models = models, .n_stages = 3};
    const pa_table transactions = {.first_row = (int64_t)s.first};
    const pa_alert_input in = {.n = s.n,
                               .run = &run,
                               .transactions = &transactions,
                               .account = b->account + s.first,
                               .time = b->time + s.first,
                               .tx = b->tx + s.first,
                               .tx_id = &columns.tx_id,
                               .n_names = 2,
                               .names = {{"merchant_id", "", columns.code, &merchants},
                                         {"country", "", columns.code + 1, &countries}},
                               .amount = b->amount + s.first,
                               .margin = b->margin + s.first,
                               .score = score,
                               .audited = chosen,
                               .n_detectors = 2,
                               .detector = columns.view,
                               .n_features = BOOK_FEATURES,
                               .feature = columns.features,
                               .peer_usual = peer_usual,
                               .accounts = &o->accounts,
                               .per_day = per_day};
    CU_ASSERT_EQUAL(pa_make_alerts(comm, &in, rank, o->alert, &o->alerts, &o->reasons, NULL, &err),
                    PA_OK);
    pa_table_free(&merchants);
    pa_table_free(&countries);
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

static bool has_text(const pa_table *t, const char *column, size_t i, const char *text, int width)
{
    const pa_column *c = pa_table_find(t, column);
    return c && c->spec.width == width &&
           memcmp((const char *)c->data + i * (size_t)width, text, (size_t)width) == 0;
}

static int name_differences(const pa_table *t, size_t i, size_t row)
{
    char id[TX_ID], merchant[MERCHANT], country[COUNTRY];
    tx_id(row, id);
    merchant_name(merchant_of(row), merchant);
    country_name(country_of(row), country);
    return !has_text(t, "tx_id", i, id, TX_ID) +
           !has_text(t, "merchant_id", i, merchant, MERCHANT) +
           !has_text(t, "country", i, country, COUNTRY);
}

/* Differences between an alert, the day_rank-th of its day, and the row that should have
 * raised it. */
static int differences(const pa_table *t, size_t i, size_t row, int64_t day_rank)
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
           (pa_i64(t, "n_rows")[i] != n_rows_of_day(row)) + (pa_i64(t, "day_rank")[i] != day_rank) +
           name_differences(t, i, row);
}

static int64_t place_in_day(const queue *q, size_t i)
{
    const audit_book *b = pa_audit_book();
    int64_t place = 1;
    while (i > 0 && pa_day_of(b->time[q->row[i - 1]]) == pa_day_of(b->time[q->row[i]])) {
        place++;
        i--;
    }
    return place;
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
                size_t place = (size_t)o.alerts.first_row + i;
                wrong += differences(&o.alerts, i, q.row[place], place_in_day(&q, place));
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

static bool unlike(float a, float b)
{
    return isnan(a) ? !isnan(b) : a != b;
}

static int32_t n_earlier(size_t row)
{
    int32_t n = 0;
    while ((size_t)n < row &&
           pa_audit_book()->account[row - (size_t)n - 1] == pa_audit_book()->account[row])
        n++;
    return n;
}

/* The reason in words, as sentence.h has them. */
static void expected_sentence(size_t row, int place, pa_buffer *text)
{
    const audit_book *b = pa_audit_book();
    char detail[PA_DETAIL_BYTES];
    int f = reason_of(row, place);
    detail_of(row, f, detail);
    const pa_sentence_facts facts = {.name = feature_names[f],
                                     .words = feature_words[f],
                                     .value = b->feature[f][row],
                                     .account = pa_book_account_usual(f, row),
                                     .peers = peer_usual[f],
                                     .n_account = n_earlier(row),
                                     .detail = detail};
    CU_ASSERT_EQUAL(pa_sentence(text, &facts, NULL), PA_OK);
}

static bool has_ended_text(const pa_table *t, const char *column, size_t i, const char *text,
                           size_t length)
{
    const pa_column *c = pa_table_find(t, column);
    size_t width = (size_t)c->spec.width;
    const char *is = (const char *)c->data + i * width;
    return strnlen(is, width) == length && length < width && memcmp(is, text, length) == 0;
}

static bool has_sentence(const pa_table *t, size_t i, size_t row, int place)
{
    pa_buffer text = {0};
    expected_sentence(row, place, &text);
    bool has = has_ended_text(t, "sentence", i, text.data, text.length);
    pa_buffer_free(&text);
    return has;
}

/* Differences between reason number i of the table and this one of the row. */
static int reason_differences(const pa_table *t, size_t i, int64_t alert, size_t row, int place)
{
    const audit_book *b = pa_audit_book();
    int from = pa_book_reasons_from((const float *[]){b->tail[0], b->tail[1]}, row);
    int f = b->reason[from][place][row];
    char detail[PA_DETAIL_BYTES];
    detail_of(row, f, detail);
    return !has_ended_text(t, "detail", i, detail, strlen(detail)) +
           (pa_i64(t, "alert")[i] != alert) + (pa_i32(t, "place")[i] != place + 1) +
           (pa_i32(t, "detector")[i] != from) + (pa_i32(t, "feature")[i] != f) +
           (pa_f32(t, "contribution")[i] != b->tail[from][row]) +
           (pa_f32(t, "part")[i] != b->part[from][place][row]) +
           (pa_f32(t, "value")[i] != b->feature[f][row]) +
           unlike(pa_f32(t, "account_usual")[i], pa_book_account_usual(f, row)) +
           unlike(pa_f32(t, "peer_usual")[i], peer_usual[f]) +
           (pa_i32(t, "n_usual")[i] != n_earlier(row)) + !has_sentence(t, i, row, place);
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

/* A cell as its reader should get it: quoted, harmless, steering nothing. */
static void add_expected_cell(const char *cell, size_t n, pa_buffer *line)
{
    bool formula = n > 0 && strchr("=@", cell[0]), quoted = false;
    for (size_t i = 0; i < n; i++) quoted = quoted || cell[i] == ',' || cell[i] == '"';
    pa_buffer_printf(line, NULL, "%s%s", quoted ? "\"" : "", formula ? "'" : "");
    for (size_t i = 0; i < n; i++) {
        if (cell[i] == 0x1b)
            pa_buffer_printf(line, NULL, "\\x1b");
        else
            pa_buffer_printf(line, NULL, cell[i] == '"' ? "\"\"" : "%c", cell[i]);
    }
    pa_buffer_printf(line, NULL, "%s,", quoted ? "\"" : "");
}

static void add_expected_text(const char *text, size_t width, pa_buffer *line)
{
    add_expected_cell(text, strnlen(text, width), line);
}

static void add_expected_reasons(size_t row, pa_buffer *line)
{
    for (int k = 0; k < PA_REASONS; k++) {
        pa_buffer text = {0};
        if (reason_of(row, k) >= 0) expected_sentence(row, k, &text);
        add_expected_cell(text.data, text.length, line);
        pa_buffer_free(&text);
    }
}

static void expected_line(size_t row, int64_t day_rank, pa_buffer *line)
{
    const audit_book *b = pa_audit_book();
    char id[17] = {0}, name[ID], time[PA_TIME_TEXT], amount[40], tx[TX_ID], merchant[MERCHANT],
         country[COUNTRY];
    account_id(b->account[row], name);
    pa_alert_id(name, strlen(name), pa_day_of(b->time[row]), id);
    pa_format_time(b->time[row], time);
    tx_id(row, tx);
    merchant_name(merchant_of(row), merchant);
    country_name(country_of(row), country);
    line->length = 0;
    pa_buffer_printf(line, NULL, "%s,%.10s,%lld,", id, time, (long long)day_rank);
    add_expected_text(name, ID, line);
    add_expected_text(tx, TX_ID, line);
    snprintf(amount, sizeof amount, "%.15g", b->amount[row]);
    const char *point = strchr(amount, '.');
    const char *more = !point ? ".00" : strlen(point) == 2 ? "0" : "";
    pa_buffer_printf(line, NULL, "%s,%s%s,,", time, amount, more);
    add_expected_text(merchant, MERCHANT, line);
    pa_buffer_printf(line, NULL, ",,");
    add_expected_text(country, COUNTRY, line);
    pa_buffer_printf(line, NULL, "%.9g,%.15g,", (double)(float)(b->margin[row] / 48),
                     b->margin[row]);
    add_expected_reasons(row, line);
    line->data[line->length - 1] = '\n';
}

enum { LINE = 4096 };

static int wrong_lines(const char *path, const queue *q)
{
    FILE *file = fopen(path, "r");
    char line[LINE] = "";
    pa_buffer expected = {0};
    if (!file || !fgets(line, sizeof line, file)) return -1;
    int wrong =
        strcmp(line, "alert_id,day,day_rank,account,tx,time,amount,currency,merchant,"
                     "category,channel,country,score,margin,reason1,reason2,reason3\n") != 0;
    for (size_t i = 0; i < q->n; i++) {
        expected_line(q->row[i], place_in_day(q, i), &expected);
        wrong += !fgets(line, sizeof line, file) || strcmp(line, expected.data) != 0;
    }
    pa_buffer_free(&expected);
    wrong += fgets(line, sizeof line, file) != NULL;
    fclose(file);
    return wrong;
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
    pa_table moved;
    pa_error err = {0};
    make_alerts(BOOK_EVEN, 7, &o);
    move_reasons(&o.reasons, pa_comm_size(comm) - 1, &moved);
    for (int k = 0; k < 2; k++) {
        const pa_table *reasons = k ? &moved : &o.reasons;
        CU_ASSERT_EQUAL(pa_write_alerts_csv(comm, path, NULL, &o.alerts, reasons, &err), PA_OK);
        if (root) {
            CU_ASSERT_EQUAL(wrong_lines(path, &q), 0);
            remove(path);
        }
    }
    CU_ASSERT_EQUAL(
        pa_write_alerts_csv(comm, "no/such/folder/a.csv", NULL, &o.alerts, &o.reasons, &err),
        PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "no/such/folder/a.csv"));
    pa_table_free(&moved);
    free_outcome(&o);
}

/* Changes byte `at` of a file, or cuts it there; `at` behind the end: adds one. */
typedef enum { CHANGE, CUT } damage;

static void harm(const char *path, long at, damage how)
{
    FILE *file = fopen(path, "r+b");
    if (!file) return;
    if (how == CHANGE) {
        fseek(file, at, SEEK_SET);
        fputc('#', file);
    }
    fclose(file);
    if (how == CUT) CU_ASSERT_EQUAL(truncate(path, at), 0);
}

static long size_of(const char *path, int64_t *lines)
{
    FILE *file = fopen(path, "rb");
    long n = 0;
    *lines = 0;
    for (int c; file && (c = fgetc(file)) != EOF; n++) *lines += c == '\n';
    if (file) fclose(file);
    return n;
}

/* The first line that is another, told on all ranks. */
static void test_a_changed_csv_is_told_by_its_line(void)
{
    pa_comm *comm = pa_test_comm();
    bool root = pa_comm_rank(comm) == 0;
    static outcome o;
    char path[64];
    int64_t line = -1, lines;
    pa_error err = {0};
    snprintf(path, sizeof path, "compare_alerts_%d.csv", pa_comm_size(comm));
    make_alerts(BOOK_EVEN, 7, &o);
    for (int k = 0; k < 5; k++) {
        CU_ASSERT_EQUAL(pa_write_alerts_csv(comm, path, NULL, &o.alerts, &o.reasons, &err), PA_OK);
        long size = size_of(path, &lines);
        const struct {
            long at;
            damage how;
            int64_t line;
        } harms[] = {{size, CUT, 0},
                     {0, CHANGE, 1},
                     {size - 2, CHANGE, lines},
                     {size, CHANGE, lines + 1},
                     {size - 1, CUT, lines}};
        pa_barrier(comm);
        if (root) harm(path, harms[k].at, harms[k].how);
        pa_barrier(comm);
        CU_ASSERT_EQUAL(pa_compare_alerts_csv(comm, path, &o.alerts, &o.reasons, &line, &err),
                        PA_OK);
        CU_ASSERT_EQUAL(line, harms[k].line);
        CU_ASSERT_EQUAL(lines, o.alerts.n_global + 1);
        pa_barrier(comm);
        if (root) remove(path);
    }
    CU_ASSERT_EQUAL(pa_compare_alerts_csv(comm, "none.csv", &o.alerts, &o.reasons, &line, &err),
                    PA_E_IO);
    CU_ASSERT_EQUAL(pa_compare_alerts_csv(comm, path, &o.alerts, &o.accounts, &line, &err),
                    PA_E_DATA);
    free_outcome(&o);
}

static const pa_test tests[] = {
    {"queue is that of the slow twin", test_queue_is_that_of_the_slow_twin},
    {"reasons carry their baselines", test_reasons_carry_their_baselines},
    {"csv has the queue in order", test_csv_has_the_queue_in_order},
    {"a changed csv is told by its line", test_a_changed_csv_is_told_by_its_line},
};
PA_MPI_TEST_MAIN("alerts", tests)
