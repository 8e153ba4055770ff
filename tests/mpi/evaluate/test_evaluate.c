#include <math.h>
#include <string.h>

#include "audit_book.h"
#include "mpi_test.h"
#include "paraudit/base/calendar.h"
#include "paraudit/evaluate/episodes.h"
#include "paraudit/evaluate/evaluate.h"
#include "paraudit/evaluate/metrics.h"

enum { DAY = 86400, K = 4, N_DAYS = BOOK_AUDIT_UNTIL - BOOK_AUDIT_FROM };

/* Every row whose margin is in the upper tenth raises an alert here. */
static uint8_t alerted(size_t row)
{
    return pa_audit_book()->margin[row] >= 40;
}

static pa_evaluation_options options_of(pa_protocol protocol, int64_t as_of_day)
{
    return (pa_evaluation_options){.plan = {.history_from = 0,
                                            .train_from = BOOK_TRAIN_FROM * DAY,
                                            .train_until = BOOK_TRAIN_UNTIL * DAY,
                                            .audit_from = BOOK_AUDIT_FROM * DAY,
                                            .audit_until = BOOK_AUDIT_UNTIL * DAY,
                                            .label_delay = BOOK_DELAY * DAY,
                                            .as_of = as_of_day * DAY},
                                   .protocol = protocol,
                                   .k = K,
                                   .curve_points = 12,
                                   .episode_gap = 3 * DAY};
}

/* label_time: NULL, or when each label was known. */
static void evaluate_late(book_cut cut, const pa_evaluation_options *options, const int8_t label[],
                          const int64_t label_time[], pa_evaluation *e)
{
    const audit_book *b = pa_audit_book();
    book_slice s = pa_slice_book(pa_test_comm(), cut);
    static uint8_t alert[BOOK_ROWS];
    pa_error err = {0};
    for (size_t i = 0; i < s.n; i++) alert[i] = alerted(s.first + i);
    const pa_evaluation_input in = {.n = s.n,
                                    .time = b->time + s.first,
                                    .tx = b->tx + s.first,
                                    .account = b->account + s.first,
                                    .amount = b->amount + s.first,
                                    .margin = b->margin + s.first,
                                    .alert = alert,
                                    .label = label + s.first,
                                    .label_time = label_time ? label_time + s.first : NULL};
    CU_ASSERT_EQUAL(pa_evaluate(pa_test_comm(), &in, options, e, &err), PA_OK);
}

static void evaluate(book_cut cut, const pa_evaluation_options *options, const int8_t label[],
                     pa_evaluation *e)
{
    evaluate_late(cut, options, label, NULL, e);
}

/* ---- the slow twin: the whole book, one row at a time ---- */

typedef struct {
    int64_t judged, frauds, immature, unknown, removed;
    bool is_judged[BOOK_ROWS];
    double auroc, average_precision;
    double precision_at_k, card_precision_at_k;
    int64_t alerts, alerts_on_frauds, compromised_days, alerted_days;
    double amount_fraud;
} slow;

static bool slow_known(const pa_evaluation_options *o, size_t row)
{
    const audit_book *b = pa_audit_book();
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        if (b->account[i] != b->account[row] || b->label[i] != 1) continue;
        int64_t day = b->time[i] / DAY, today = b->time[row] / DAY;
        if (day < o->plan.train_from / DAY) continue;
        if (day < o->plan.train_until / DAY || day < today - BOOK_DELAY) return true;
    }
    return false;
}

static void slow_choose(const pa_evaluation_options *o, slow *s)
{
    const audit_book *b = pa_audit_book();
    bool handbook = o->protocol == PA_PROTOCOL_HANDBOOK;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        int64_t day = b->time[i] / DAY;
        if (day < BOOK_AUDIT_FROM || day >= BOOK_AUDIT_UNTIL) continue;
        if (!handbook && b->time[i] + BOOK_DELAY * DAY > o->plan.as_of) {
            s->immature++;
        } else if (b->label[i] < 0) {
            s->unknown++;
        } else if (handbook && slow_known(o, i)) {
            s->removed++;
        } else {
            s->is_judged[i] = true;
            s->judged++;
            s->frauds += b->label[i];
            s->amount_fraud += b->label[i] ? b->amount[i] : 0;
            s->alerts += alerted(i);
            s->alerts_on_frauds += b->label[i] && alerted(i);
        }
    }
}

static void slow_areas(slow *s)
{
    const audit_book *b = pa_audit_book();
    double won = 0, precision = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        if (!s->is_judged[i] || !b->label[i]) continue;
        double at = 0, right = 0;
        for (size_t j = 0; j < BOOK_ROWS; j++) {
            if (!s->is_judged[j]) continue;
            if (!b->label[j])
                won += b->margin[i] > b->margin[j] ? 1 : b->margin[i] == b->margin[j] ? 0.5 : 0;
            at += b->margin[j] >= b->margin[i];
            right += b->margin[j] >= b->margin[i] && b->label[j];
        }
        precision += right / at;
    }
    s->auroc = won / (double)s->frauds / (double)(s->judged - s->frauds);
    s->average_precision = precision / (double)s->frauds;
}

/* Rows of that day that come before, and are judged. */
static int64_t slow_place(const slow *s, size_t row)
{
    const audit_book *b = pa_audit_book();
    int64_t place = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        place += s->is_judged[i] && b->time[i] / DAY == b->time[row] / DAY &&
                 pa_compare_book_rows(i, row) < 0;
    }
    return place;
}

static void slow_rows_at_k(slow *s)
{
    const audit_book *b = pa_audit_book();
    int64_t hits = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        hits += s->is_judged[i] && b->label[i] && slow_place(s, i) < K;
    }
    s->precision_at_k = (double)hits / (K * N_DAYS);
}

/* As the Handbook has it: per day the accounts that are not found yet, by their
 * highest score; those in the first k with a fraud that day are found. */
static void slow_cards_at_k(slow *s)
{
    const audit_book *b = pa_audit_book();
    bool found[BOOK_ACCOUNTS] = {false};
    int64_t hits = 0;
    for (int64_t day = BOOK_AUDIT_FROM; day < BOOK_AUDIT_UNTIL; day++) {
        size_t top[BOOK_ACCOUNTS], n = 0, best[BOOK_ACCOUNTS];
        bool any[BOOK_ACCOUNTS] = {false}, fraud[BOOK_ACCOUNTS] = {false};
        bool alert[BOOK_ACCOUNTS] = {false};
        for (size_t i = 0; i < BOOK_ROWS; i++) {
            int32_t a = b->account[i];
            if (!s->is_judged[i] || b->time[i] / DAY != day) continue;
            fraud[a] |= b->label[i] == 1;
            alert[a] |= alerted(i);
            if (!any[a] || pa_compare_book_rows(i, best[a]) < 0) best[a] = i;
            any[a] = true;
        }
        for (int32_t a = 0; a < BOOK_ACCOUNTS; a++) {
            s->compromised_days += fraud[a];
            s->alerted_days += fraud[a] && alert[a];
            if (!any[a] || found[a]) continue;
            size_t place = n++;
            for (; place > 0 && pa_compare_book_rows(best[a], best[top[place - 1]]) < 0; place--) {
                top[place] = top[place - 1];
            }
            top[place] = (size_t)a;
        }
        for (size_t i = 0; i < n && i < K; i++) {
            hits += fraud[top[i]];
            found[top[i]] |= fraud[top[i]];
        }
    }
    s->card_precision_at_k = (double)hits / (K * N_DAYS);
}

static slow slow_evaluation(const pa_evaluation_options *o)
{
    slow s;
    memset(&s, 0, sizeof s);
    slow_choose(o, &s);
    slow_areas(&s);
    slow_rows_at_k(&s);
    slow_cards_at_k(&s);
    return s;
}

/* ---- tests ---- */

static void compare_with_slow(const pa_evaluation_options *o)
{
    static slow expected;
    expected = slow_evaluation(o);
    CU_ASSERT(expected.frauds >= 5 && expected.judged - expected.frauds > 100);
    for (int cut = 0; cut < N_BOOK_CUTS; cut++) {
        pa_evaluation e;
        evaluate((book_cut)cut, o, pa_audit_book()->label, &e);
        const pa_evaluation_summary *s = &e.summary;
        CU_ASSERT_EQUAL(s->rows_judged, expected.judged);
        CU_ASSERT_EQUAL(s->rows_immature, expected.immature);
        CU_ASSERT_EQUAL(s->rows_unknown, expected.unknown);
        CU_ASSERT_EQUAL(s->rows_removed, expected.removed);
        CU_ASSERT_EQUAL(s->rows,
                        expected.judged + expected.immature + expected.unknown + expected.removed);
        CU_ASSERT_EQUAL(s->frauds, expected.frauds);
        CU_ASSERT_DOUBLE_EQUAL(s->auroc, expected.auroc, 1e-13);
        CU_ASSERT_DOUBLE_EQUAL(s->average_precision, expected.average_precision, 1e-13);
        CU_ASSERT_EQUAL(s->alerts, expected.alerts);
        CU_ASSERT_EQUAL(s->alerts_on_frauds, expected.alerts_on_frauds);
        CU_ASSERT_EQUAL(s->compromised_account_days, expected.compromised_days);
        CU_ASSERT_EQUAL(s->alerts_on_fraud_days, expected.alerted_days);
        CU_ASSERT_EQUAL(s->precision_at_k * (double)s->days / N_DAYS, expected.precision_at_k);
        CU_ASSERT_EQUAL(s->card_precision_at_k * (double)s->days / N_DAYS,
                        expected.card_precision_at_k);
        CU_ASSERT_DOUBLE_EQUAL(s->amount_fraud, expected.amount_fraud, 1e-8);
        pa_evaluation_free(&e);
    }
}

static void test_audit_protocol_equals_the_slow_twin(void)
{
    const pa_evaluation_options o = options_of(PA_PROTOCOL_AUDIT, 40);
    compare_with_slow(&o);
}

static void test_immature_rows_are_counted_and_left_out(void)
{
    const pa_evaluation_options o = options_of(PA_PROTOCOL_AUDIT, 25);
    compare_with_slow(&o);
    pa_evaluation e;
    evaluate(BOOK_EVEN, &o, pa_audit_book()->label, &e);
    CU_ASSERT(e.summary.rows_immature > 100);
    CU_ASSERT_EQUAL(e.summary.days, BOOK_AUDIT_UNTIL - BOOK_DELAY - BOOK_AUDIT_FROM);
    CU_ASSERT(isnan(e.days[N_DAYS - 1].card_precision_at_k));
    pa_evaluation_free(&e);
}

static void test_labels_that_come_after_as_of_are_not_used(void)
{
    const pa_evaluation_options o = options_of(PA_PROTOCOL_AUDIT, 40);
    const audit_book *b = pa_audit_book();
    static int64_t label_time[BOOK_ROWS];
    static int8_t unknown[BOOK_ROWS];
    int64_t n_late = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        bool audit = b->time[i] / DAY >= BOOK_AUDIT_FROM && b->time[i] / DAY < BOOK_AUDIT_UNTIL;
        bool late = audit && b->label[i] == 1 && i % 3 == 0;
        label_time[i] = late ? o.plan.as_of + 1 : i % 2 ? o.plan.as_of : INT64_MIN;
        unknown[i] = late ? -1 : b->label[i];
        n_late += late;
    }
    pa_evaluation with, without;
    evaluate_late(BOOK_EVEN, &o, b->label, label_time, &with);
    evaluate(BOOK_EVEN, &o, unknown, &without);
    CU_ASSERT(n_late > 3);
    CU_ASSERT_EQUAL(with.summary.rows_immature, without.summary.rows_immature + n_late);
    CU_ASSERT_EQUAL(with.summary.rows_unknown, without.summary.rows_unknown - n_late);
    CU_ASSERT_EQUAL(with.summary.frauds, without.summary.frauds);
    CU_ASSERT_EQUAL(with.summary.auroc, without.summary.auroc);
    CU_ASSERT_EQUAL(with.summary.average_precision, without.summary.average_precision);
    CU_ASSERT_EQUAL(with.summary.episodes, without.summary.episodes);
    pa_evaluation_free(&with);
    pa_evaluation_free(&without);
}

static void test_handbook_protocol_equals_the_slow_twin(void)
{
    const pa_evaluation_options o = options_of(PA_PROTOCOL_HANDBOOK, 16);
    CU_ASSERT(slow_evaluation(&o).removed > 20);
    compare_with_slow(&o);
}

/* The same bits at 1 to 4 ranks and for both cuts; the slow twin above vouches
 * for the figures themselves. */
static void test_figures_do_not_depend_on_the_ranks(void)
{
    const pa_evaluation_options o = options_of(PA_PROTOCOL_AUDIT, 40);
    pa_evaluation even, last;
    evaluate(BOOK_EVEN, &o, pa_audit_book()->label, &even);
    evaluate(BOOK_ON_LAST, &o, pa_audit_book()->label, &last);
    CU_ASSERT_EQUAL(memcmp(&even.summary, &last.summary, sizeof even.summary), 0);
    CU_ASSERT_EQUAL(even.n_days, last.n_days);
    CU_ASSERT_EQUAL(memcmp(even.days, last.days, even.n_days * sizeof *even.days), 0);
    CU_ASSERT_EQUAL(even.summary.auroc, 0.94637937819756002);
    CU_ASSERT_EQUAL(even.summary.average_precision, 0.35343443539729391);
    CU_ASSERT_EQUAL(even.summary.lead_hours_mean, 100.87295138888889);
    CU_ASSERT_EQUAL(even.summary.lead_hours_median, 120);
    CU_ASSERT_EQUAL(even.summary.amount_caught, 9153.1599999999999);
    pa_evaluation_free(&even);
    pa_evaluation_free(&last);
}

static void test_curve_has_exact_points_in_order(void)
{
    pa_comm *comm = pa_test_comm();
    const pa_evaluation_options o = options_of(PA_PROTOCOL_AUDIT, 40);
    const audit_book *b = pa_audit_book();
    static slow s;
    s = slow_evaluation(&o);
    pa_evaluation e;
    int wrong = 0;
    evaluate(BOOK_EVEN, &o, b->label, &e);
    CU_ASSERT_EQUAL(e.n_points_global, o.curve_points);
    CU_ASSERT_EQUAL(pa_sum_before_i64(comm, (int64_t)e.n_points), e.first_point);
    for (size_t p = 0; p < e.n_points; p++) {
        const pa_curve_point *c = e.curve + p;
        int64_t flagged = 0, frauds = 0;
        for (size_t i = 0; i < BOOK_ROWS; i++) {
            if (!s.is_judged[i] || b->margin[i] < c->margin) continue;
            flagged++;
            frauds += b->label[i];
        }
        wrong += c->flagged != flagged || c->frauds != frauds;
        wrong += c->recall != (double)frauds / (double)s.frauds;
        wrong += c->precision != (double)frauds / (double)flagged;
        wrong +=
            c->false_positive_rate != (double)(flagged - frauds) / (double)(s.judged - s.frauds);
        wrong += p > 0 && c->margin >= c[-1].margin;
    }
    int64_t last = e.n_points ? e.curve[e.n_points - 1].flagged : 0;
    pa_max_i64(comm, &last, 1);
    CU_ASSERT_EQUAL(last, s.judged);
    CU_ASSERT_EQUAL(wrong, 0);
    pa_evaluation_free(&e);
}

/* Episodes lie whole on a rank, so the kernel on the whole book is the twin. */
static void test_lead_times_are_those_of_the_whole_book(void)
{
    const audit_book *b = pa_audit_book();
    const pa_evaluation_options o = options_of(PA_PROTOCOL_AUDIT, 40);
    static slow s;
    s = slow_evaluation(&o);
    static uint8_t fraud[BOOK_ROWS], judged[BOOK_ROWS], alert[BOOK_ROWS];
    static pa_episode expected[BOOK_ROWS];
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        fraud[i] = b->label[i] == 1 && b->time[i] + BOOK_DELAY * DAY <= o.plan.as_of;
        judged[i] = s.is_judged[i];
        alert[i] = alerted(i);
    }
    const pa_episode_input in = {
        .n = BOOK_ROWS,
        .account = b->account,
        .labels = {.time = b->time, .label = b->label, .delay = BOOK_DELAY * DAY},
        .amount = b->amount,
        .fraud = fraud,
        .judged = judged,
        .alert = alert,
        .gap = o.episode_gap,
        .until = BOOK_AUDIT_UNTIL * DAY};
    int64_t n = (int64_t)pa_find_episodes(&in, expected), states[3] = {0, 0, 0};
    for (int64_t i = 0; i < n; i++) states[expected[i].state]++;
    CU_ASSERT(states[0] > 0 && states[1] > 0 && states[2] > 0);
    pa_evaluation e;
    evaluate(BOOK_EVEN, &o, b->label, &e);
    CU_ASSERT_EQUAL(e.n_episodes_global, n);
    CU_ASSERT_EQUAL(e.summary.episodes, n);
    CU_ASSERT_EQUAL(e.summary.episodes_missed, states[PA_EPISODE_MISSED]);
    CU_ASSERT_EQUAL(e.summary.episodes_detected, states[PA_EPISODE_DETECTED]);
    CU_ASSERT_EQUAL(e.summary.episodes_censored, states[PA_EPISODE_CENSORED]);
    double leads = 0, bounds = 0, delays = 0, before = 0;
    for (int64_t i = 0; i < n; i++) {
        bool detected = expected[i].state == PA_EPISODE_DETECTED;
        delays += detected ? (double)(b->time[expected[i].alert] - b->time[expected[i].first]) : 0;
        before += detected ? (double)expected[i].n_before : 0;
        leads += detected ? (double)expected[i].lead : 0;
        bounds += (double)(expected[i].known - b->time[expected[i].first]);
    }
    CU_ASSERT_DOUBLE_EQUAL(e.summary.lead_hours_mean_all, leads / (double)n / 3600, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(e.summary.lead_share_of_bound, leads / bounds, 1e-14);
    double found = (double)states[PA_EPISODE_DETECTED];
    CU_ASSERT_DOUBLE_EQUAL(e.summary.delay_hours_mean, delays / found / 3600, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(e.summary.delay_frauds_mean, before / found, 1e-12);
    CU_ASSERT(e.summary.lead_share_of_bound < e.summary.lead_hours_mean / (BOOK_DELAY * 24));
    int wrong = 0;
    for (size_t i = 0; i < e.n_episodes; i++) {
        const pa_episode *x = expected + e.first_episode + (int64_t)i;
        wrong += e.episodes[i].tx != b->tx[x->first] || e.episodes[i].state != (int8_t)x->state;
        bool detected = x->state == PA_EPISODE_DETECTED;
        wrong += e.episodes[i].alert_tx != (detected ? b->tx[x->alert] : -1);
        wrong += detected && e.episodes[i].lead_hours != (double)x->lead / 3600;
        wrong += e.episodes[i].caught != pa_fixed_to_f64(x->caught, PA_AMOUNT_BITS);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_evaluation_free(&e);
}

static void test_book_without_labels_gives_no_figures(void)
{
    static int8_t unknown[BOOK_ROWS];
    memset(unknown, -1, sizeof unknown);
    const pa_evaluation_options o = options_of(PA_PROTOCOL_AUDIT, 40);
    pa_evaluation e;
    pa_buffer text = {0};
    pa_error err = {0};
    evaluate(BOOK_EVEN, &o, unknown, &e);
    CU_ASSERT_EQUAL(e.summary.rows_judged, 0);
    CU_ASSERT_EQUAL(e.summary.rows_unknown, e.summary.rows);
    CU_ASSERT(e.summary.rows > 0);
    CU_ASSERT(isnan(e.summary.auroc) && isnan(e.summary.average_precision));
    CU_ASSERT(isnan(e.summary.card_precision_at_k) && isnan(e.summary.lead_hours_median));
    CU_ASSERT(isnan(e.summary.lead_hours_mean_all) && isnan(e.summary.lead_share_of_bound));
    CU_ASSERT_EQUAL(e.n_points_global, 0);
    CU_ASSERT_EQUAL(pa_evaluation_print(&e, true, &text, &err), PA_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\"auroc\": null"));
    CU_ASSERT_EQUAL(pa_evaluation_print(&e, false, &text, &err), PA_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "rows_judged"));
    pa_buffer_free(&text);
    pa_evaluation_free(&e);
}

static void test_row_without_margin_is_an_error_everywhere(void)
{
    const audit_book *b = pa_audit_book();
    const pa_evaluation_options o = options_of(PA_PROTOCOL_AUDIT, 40);
    book_slice s = pa_slice_book(pa_test_comm(), BOOK_ON_LAST);
    static double margin[BOOK_ROWS];
    static uint8_t alert[BOOK_ROWS];
    for (size_t i = 0; i < s.n; i++) margin[i] = (double)NAN;
    const pa_evaluation_input in = {.n = s.n,
                                    .time = b->time + s.first,
                                    .tx = b->tx + s.first,
                                    .account = b->account + s.first,
                                    .amount = b->amount + s.first,
                                    .margin = margin,
                                    .alert = alert,
                                    .label = b->label + s.first};
    pa_evaluation e;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_evaluate(pa_test_comm(), &in, &o, &e, &err), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "margin"));
    CU_ASSERT_PTR_NULL(e.days);
}

/* What a file may hold and no audit writes, one at a time in the second of two rows. */
static void test_value_that_no_audit_writes_is_an_error_everywhere(void)
{
    const pa_evaluation_options o = options_of(PA_PROTOCOL_AUDIT, 40);
    static const char *const names[] = {"time",   "time",   "account",   "amount",
                                        "amount", "amount", "margin",    "alert",
                                        "label",  "label",  "label_time"};
    for (int k = 0; k < (int)(sizeof names / sizeof *names); k++) {
        int64_t time[2] = {100, k == 1 ? 99 : 100}, tx[2] = {7, 8};
        int64_t known[2] = {INT64_MIN, k == 10 ? INT64_MAX : INT64_MIN};
        int32_t account[2] = {0, k == 2 ? -1 : 0};
        double amount[2] = {1, 1}, margin[2] = {0, 0};
        uint8_t alert[2] = {0, k == 7 ? 2 : 1};
        int8_t label[2] = {0, (int8_t)(k == 8 ? 2 : k == 9 ? -2 : 1)};
        if (k == 0) time[1] = INT64_MAX;
        if (k == 3) amount[1] = 1e308;
        if (k == 4) amount[1] = (double)NAN;
        if (k == 5) amount[1] = -(double)INFINITY;
        if (k == 6) margin[1] = (double)INFINITY;
        const pa_evaluation_input in = {.n = pa_comm_rank(pa_test_comm()) == 0 ? 2 : 0,
                                        .time = time,
                                        .tx = tx,
                                        .account = account,
                                        .amount = amount,
                                        .margin = margin,
                                        .alert = alert,
                                        .label = label,
                                        .label_time = known};
        char expected[80];
        pa_evaluation e;
        pa_error err = {0};
        snprintf(expected, sizeof expected, "transaction 8 has a value of '%s'", names[k]);
        CU_ASSERT_EQUAL(pa_evaluate(pa_test_comm(), &in, &o, &e, &err), PA_E_DATA);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.message, expected));
    }
}

static void test_json_has_sorted_keys_and_the_days(void)
{
    const pa_evaluation_options o = options_of(PA_PROTOCOL_HANDBOOK, 40);
    pa_evaluation e;
    pa_buffer text = {0};
    pa_error err = {0};
    evaluate(BOOK_EVEN, &o, pa_audit_book()->label, &e);
    CU_ASSERT_EQUAL(pa_evaluation_print(&e, true, &text, &err), PA_OK);
    const char *days = strstr(text.data, "\"per_day\": ["), *summary = strstr(text.data, "summary");
    CU_ASSERT(days && summary && days < summary);
    CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\"protocol\": \"handbook\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\"day\": \"1970-01-16\""));
    pa_buffer_free(&text);
    pa_evaluation_free(&e);
}

static const pa_test tests[] = {
    {"audit protocol equals the slow twin", test_audit_protocol_equals_the_slow_twin},
    {"immature rows are counted and left out", test_immature_rows_are_counted_and_left_out},
    {"labels that come after as_of are not used", test_labels_that_come_after_as_of_are_not_used},
    {"handbook protocol equals the slow twin", test_handbook_protocol_equals_the_slow_twin},
    {"figures do not depend on the ranks", test_figures_do_not_depend_on_the_ranks},
    {"curve has exact points in order", test_curve_has_exact_points_in_order},
    {"lead times are those of the whole book", test_lead_times_are_those_of_the_whole_book},
    {"book without labels gives no figures", test_book_without_labels_gives_no_figures},
    {"row without margin is an error everywhere", test_row_without_margin_is_an_error_everywhere},
    {"value that no audit writes is an error everywhere",
     test_value_that_no_audit_writes_is_an_error_everywhere},
    {"json has sorted keys and the days", test_json_has_sorted_keys_and_the_days},
};
PA_MPI_TEST_MAIN("evaluate", tests)
