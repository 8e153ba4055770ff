#include "paraudit/recommend/merchant_choice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drawn_rows.h"
#include "paraudit/base/draw.h"
#include "unit.h"

enum { KIND = 3, MOST_SEEN = 1000 };
static const double half_life = 3; /* days */

static drawn_rows r;
static int64_t fraud_from[MOST_ROWS], fraud_until[MOST_ROWS];
static size_t history, most; /* an account's first so many rows are learned */
static double both[MOST_MERCHANTS][MOST_MERCHANTS], sum_of[MOST_MERCHANTS], more_of[MOST_MERCHANTS];

static size_t begin_of(size_t i)
{
    while (i > 0 && r.account[i - 1] == r.account[i]) i--;
    return i;
}

static bool is_learned(size_t i)
{
    return r.merchant[i] >= 0 && i - begin_of(i) < history;
}

static void draw_frauds(uint32_t *state)
{
    for (size_t i = 0; i < r.n; i++) {
        bool fraud = draw_below(state, 5) == 0, back = draw_below(state, 2);
        fraud_from[i] = fraud ? r.time[i] + draw_below(state, 100000) : INT64_MAX;
        fraud_until[i] = fraud && back ? fraud_from[i] + draw_below(state, 100000) : INT64_MAX;
    }
}

/* Of every other merchant: each second one has a vector. */
enum { DIM = 5, N_VECTORS = MOST_MERCHANTS / 2 };
static int32_t code[N_VECTORS];
static float vector[N_VECTORS * DIM], context[N_VECTORS * DIM], drawn[N_VECTORS], whole[N_VECTORS];
static pa_merchant_vectors vectors;

static void draw_vectors(size_t n)
{
    static int64_t count[N_VECTORS];
    vectors = (pa_merchant_vectors){n, DIM, code, vector, context, drawn, whole, NULL, 0};
    for (size_t i = 0; i < n; i++) {
        code[i] = (int32_t)(2 * i + 1);
        count[i] = 1 + (int64_t)pa_draw_below(1, PA_DRAW_TEST, i, 0, 9);
    }
    for (size_t k = 0; k < n * DIM; k++) {
        vector[k] = (float)pa_uniform(2, PA_DRAW_TEST, k, 0) - .5F;
        context[k] = (float)pa_uniform(3, PA_DRAW_TEST, k, 0) * 4 - 2;
    }
    if (n) pa_merchant_drawn(n, count, .75, drawn);
    if (n) CU_ASSERT_EQUAL_FATAL(pa_merchant_wholes(&vectors, 0, n, whole, NULL), PA_OK);
    CU_ASSERT_EQUAL_FATAL(pa_merchant_vectors_index(&vectors, NULL), PA_OK);
}

/* ---- rules ---- */

enum { MOST_RULES = MOST_MERCHANTS * MOST_MERCHANTS };
static int32_t rule[MOST_RULES * PA_RULE_WIDTH];
static double share[MOST_MERCHANTS][MOST_MERCHANTS]; /* 0: no rule */
static pa_merchant_rules rules;

/* One of three pairs of the first merchants makes a rule. */
static void draw_rules(uint32_t *state, int n_merchants)
{
    size_t n = 0;
    memset(share, 0, sizeof share);
    for (int32_t a = 0; a < n_merchants; a++)
        for (int32_t b = 0; b < n_merchants; b++) {
            if (a == b || draw_below(state, 3)) continue;
            int32_t both_have = 2 + (int32_t)draw_below(state, 20);
            int32_t have = both_have + (int32_t)draw_below(state, 20);
            const int32_t is[PA_RULE_WIDTH] = {a, b, have, both_have};
            memcpy(rule + n++ * PA_RULE_WIDTH, is, sizeof is);
            share[a][b] = (double)((float)(both_have - 1) / (float)have);
        }
    CU_ASSERT_EQUAL_FATAL(pa_merchant_rules_open(n, rule, &rules, NULL), PA_OK);
}

/* ---- the naive twin ---- */

/* Whether the account of row i has a learned row at a merchant, of those that it used last. */
static bool has(size_t begin, int32_t merchant)
{
    size_t end = begin, later = 0;
    bool seen[MOST_MERCHANTS] = {0};
    while (end < r.n && r.account[end] == r.account[begin] && end - begin < history) end++;
    for (size_t k = end; k-- > begin;) {
        if (r.merchant[k] < 0 || seen[r.merchant[k]]) continue;
        if (r.merchant[k] == merchant) return later < most;
        seen[r.merchant[k]] = true;
        later++;
    }
    return false;
}

static void count_both(int n_merchants)
{
    memset(both, 0, sizeof both);
    memset(sum_of, 0, sizeof sum_of);
    memset(more_of, 0, sizeof more_of);
    for (size_t i = 0; i < r.n; i++) {
        if (begin_of(i) != i) continue;
        for (int32_t a = 0; a < n_merchants; a++)
            for (int32_t b = 0; b < n_merchants; b++)
                if (a != b && has(i, a) && has(i, b)) both[a][b]++;
    }
    for (int32_t a = 0; a < n_merchants; a++)
        for (int32_t b = 0; b < n_merchants; b++) {
            sum_of[b] += both[a][b];
            more_of[b] += fmax(both[a][b] - 1, 0);
        }
}

/* Decayed rows before row i at a merchant; below 0: at any. */
static double own_rows(size_t i, int32_t merchant)
{
    double sum = 0;
    for (size_t k = begin_of(i); k < i; k++) {
        bool out = fraud_from[k] <= r.time[i] && fraud_until[k] > r.time[i];
        if (out || r.merchant[k] < 0 || (merchant >= 0 && r.merchant[k] != merchant)) continue;
        sum += exp2(-(double)(r.time[i] - r.time[k]) / 86400 / half_life);
    }
    return sum;
}

/* Rows before row i at a merchant, below 0: at any, that count. */
static int times_before(size_t i, int32_t merchant)
{
    int n = 0;
    for (size_t k = begin_of(i); k < i; k++) {
        bool out = fraud_from[k] <= r.time[i] && fraud_until[k] > r.time[i];
        n += !out && r.merchant[k] >= 0 && (merchant < 0 || r.merchant[k] == merchant);
    }
    return n;
}

static double returned_rows(size_t i, int32_t merchant)
{
    int n = times_before(i, merchant);
    return n > 1 ? own_rows(i, merchant) * (n - 1) / n : 0;
}

static double returned_slowly(size_t i, double own)
{
    double all = 0;
    for (int32_t m = 0; m < MOST_MERCHANTS; m++) all += returned_rows(i, m);
    return all > 0 ? returned_rows(i, r.merchant[i]) / all : own;
}

static size_t last_before(size_t i, int32_t last[])
{
    size_t n = 0;
    for (size_t k = i; k-- > begin_of(i) && n < PA_CHOICE_OTHERS;) {
        bool seen = r.merchant[k] < 0;
        for (size_t j = 0; j < n; j++) seen = seen || last[j] == r.merchant[k];
        if (!seen) last[n++] = r.merchant[k];
    }
    return n;
}

static double learned_rows(int32_t merchant, int segment)
{
    double n = 0;
    for (size_t i = 0; i < r.n; i++)
        n += is_learned(i) && (merchant < 0 || r.merchant[i] == merchant) &&
             (segment < 0 || r.segment[i] == segment);
    return n;
}

static double company_slowly(size_t i, double popular)
{
    int32_t last[PA_CHOICE_OTHERS];
    size_t n = last_before(i, last);
    double sum = 0, weight = 0;
    for (size_t k = 0; k < n; k++) {
        double w = own_rows(i, last[k]);
        if (sum_of[last[k]] == 0) continue;
        weight += w;
        sum += w * both[r.merchant[i]][last[k]] / sum_of[last[k]];
    }
    return weight > 0 ? sum / weight : popular;
}

static bool is_new(size_t i, int32_t merchant, int days)
{
    size_t k = begin_of(i);
    while (r.merchant[k] != merchant) k++;
    return r.time[i] - r.time[k] <= days * 86400;
}

static double rules_slowly(size_t i, double popular)
{
    int32_t last[PA_CHOICE_OTHERS];
    size_t n = last_before(i, last);
    double sum = 0, all = 0;
    for (size_t k = 0; k < n; k++) {
        if (times_before(i, last[k]) == 0 || is_new(i, last[k], PA_CHOICE_RULE_DAYS)) continue;
        for (int32_t m = 0; m < MOST_MERCHANTS; m++) {
            bool was = false;
            for (size_t j = begin_of(i); j < i; j++) was = was || r.merchant[j] == m;
            if (was) continue;
            all += share[last[k]][m];
            if (m == r.merchant[i]) sum += share[last[k]][m];
        }
    }
    return all > 0 ? sum / all : popular;
}

static double last_slowly(size_t i, double popular)
{
    int32_t last[PA_CHOICE_OTHERS];
    size_t n = last_before(i, last), used = 0;
    double sum = 0, weight = 0;
    for (size_t k = 0; k < n && used < PA_CHOICE_LAST_USED; k++) {
        if (times_before(i, last[k]) == 0 || is_new(i, last[k], PA_CHOICE_NEW_DAYS)) continue;
        double one = exp2(-(double)used++);
        if (more_of[last[k]] == 0) continue;
        weight += one;
        sum += one * fmax(both[r.merchant[i]][last[k]] - 1, 0) / more_of[last[k]];
    }
    return weight > 0 ? sum / weight : popular;
}

static bool has_vector(int32_t merchant)
{
    return merchant % 2 == 1 && merchant < 2 * (int32_t)vectors.n;
}

static double pulled(int32_t last, int32_t next)
{
    const float *v = vector + (ptrdiff_t)(last / 2) * DIM,
                *c = context + (ptrdiff_t)(next / 2) * DIM;
    double sum = 0;
    for (int d = 0; d < DIM; d++) sum += (double)v[d] * c[d];
    return last == next ? 0 : exp(sum + drawn[next / 2]);
}

static double like_slowly(size_t i, double popular)
{
    int32_t last[PA_CHOICE_OTHERS];
    size_t n = last_before(i, last);
    double sum = 0, weight = 0;
    for (size_t k = 0; k < n; k++) {
        double all = 0, w = own_rows(i, last[k]);
        if (!has_vector(last[k])) continue;
        weight += w;
        for (int32_t m = 0; m < MOST_MERCHANTS; m++)
            if (has_vector(m)) all += pulled(last[k], m);
        if (has_vector(r.merchant[i])) sum += w * pulled(last[k], r.merchant[i]) / all;
    }
    return weight > 0 ? sum / weight : popular;
}

/* Two classes to an octave. */
static int size_slowly(double rows)
{
    return rows > 0 ? 1 + (int)floor(2 * log2(rows) + 1e-9) : 0;
}

/* Where totals.first is what count_rows says. */
static double few_slowly(double here, double popular)
{
    double all = 0, like = 0;
    for (int k = 1; k <= PA_CHOICE_FEW_SIZE; k++) {
        double n = 0;
        for (int32_t m = 0; m < MOST_MERCHANTS; m++) n += size_slowly(learned_rows(m, -1)) == k;
        if (n > 0) all += k + 1;
        if (k == size_slowly(here)) like = n;
    }
    if (all == 0) return popular;
    return like > 0 ? (size_slowly(here) + 1) / all / like : 0;
}

static void tell_slowly(size_t i, double part[])
{
    double merchants = 0, once = 0, twice = 0, roots = 0, all = own_rows(i, -1);
    for (int32_t m = 0; m < MOST_MERCHANTS; m++) {
        double n = learned_rows(m, -1);
        merchants += n > 0;
        once += n == 1;
        twice += n == 2;
        roots += sqrt(n);
    }
    double unseen = fmax(1, once * (once - 1) / 2 / (twice + 1));
    double here = learned_rows(r.merchant[i], -1), of_segment = learned_rows(-1, r.segment[i]);
    double popular = merchants > 0 ? here / learned_rows(-1, -1) : 1 / unseen;
    part[PA_CHOICE_OWN] = all > 0 ? own_rows(i, r.merchant[i]) / all : popular;
    part[PA_CHOICE_RETURNED] = returned_slowly(i, part[PA_CHOICE_OWN]);
    part[PA_CHOICE_COMPANY] = company_slowly(i, popular);
    part[PA_CHOICE_LAST] = last_slowly(i, popular);
    part[PA_CHOICE_VECTORS] = like_slowly(i, popular);
    part[PA_CHOICE_RULES] = rules_slowly(i, popular);
    part[PA_CHOICE_SEGMENT] =
        of_segment > 0 ? learned_rows(r.merchant[i], r.segment[i]) / of_segment : popular;
    part[PA_CHOICE_POPULAR] = popular;
    part[PA_CHOICE_ROOT] = merchants > 0 ? sqrt(here) / roots : popular;
    part[PA_CHOICE_EVEN] = merchants > 0 ? (here > 0) / merchants : popular;
    part[PA_CHOICE_FEW] = few_slowly(here, popular);
    part[PA_CHOICE_UNSEEN] = here > 0 ? 0 : 1 / unseen;
}

/* ---- the kernel ---- */

static pa_pair_list pairs;
static pa_choice_totals totals;

static void count_rows(void)
{
    int32_t account[MOST_ROWS], merchant[MOST_ROWS];
    int8_t segment[MOST_ROWS];
    size_t n = 0;
    for (size_t i = 0; i < r.n; i++) {
        if (i - begin_of(i) >= history) continue;
        account[n] = r.account[i];
        merchant[n] = r.merchant[i];
        segment[n++] = r.segment[i];
    }
    pairs = (pa_pair_list){0};
    totals = (pa_choice_totals){0};
    CU_ASSERT_EQUAL_FATAL(
        pa_choice_count(KIND, n, account, merchant, segment, most, &pairs, &totals, NULL), PA_OK);
    for (size_t k = 0, n_met = pairs.pair.n; k < n_met; k++)
        CU_ASSERT_EQUAL_FATAL(
            pa_choice_repeat(KIND, pairs.pair.key[k], pairs.count[k], &pairs, NULL), PA_OK);
    for (size_t k = 0; k < pairs.pair.n; k++)
        pa_choice_total(KIND, pairs.pair.key[k], pairs.count[k], &totals);
    for (int k = 0; k < PA_CHOICE_SIZES; k++)
        if (totals.size[k] > 0) totals.first[k] = k + 1;
}

static uint32_t count_of(uint64_t key)
{
    for (size_t i = 0; i < pairs.pair.n; i++)
        if (pairs.pair.key[i] == key) return pairs.count[i];
    return 0;
}

static uint32_t *answers(const pa_pair_questions *q)
{
    uint32_t *count = calloc(q->n + 1, sizeof *count);
    for (size_t k = 0; k < q->n; k++) count[k] = count_of(q->key[k]);
    return count;
}

/* Of tiles of so many rows. */
static void tell_rows(size_t tile, pa_choice_told told[])
{
    pa_choice *c;
    bool wanted[MOST_ROWS];
    for (size_t i = 0; i < r.n; i++) wanted[i] = i - begin_of(i) >= history;
    CU_ASSERT_EQUAL_FATAL(pa_choice_open(KIND, half_life, &vectors, &rules, &c, NULL), PA_OK);
    for (size_t at = 0; at < r.n; at += tile) {
        const pa_pair_questions *q;
        size_t here = r.n - at < tile ? r.n - at : tile;
        const pa_choice_rows rows = {
            here,           r.account + at,  r.merchant + at,  r.time + at,
            r.segment + at, fraud_from + at, fraud_until + at, wanted + at};
        CU_ASSERT_EQUAL_FATAL(pa_choice_ask(c, &rows, &q, NULL), PA_OK);
        uint32_t *count = answers(q);
        for (size_t k = 0; k < pa_choice_n(c); k++) {
            pa_choice_told one;
            pa_choice_tell(c, k, count, &totals, &one);
            told[at + one.row] = one;
        }
        free(count);
    }
    pa_choice_close(c);
}

static bool are_near(double a, double b)
{
    return fabs(a - b) <= 2e-6 * fmax(fabs(a), fabs(b)) + 1e-12;
}

static void check_row(size_t i, const pa_choice_told *told)
{
    static const double from[] = {1, 4, 10, 20, 40}, newer[] = {.1, .2, .35};
    int32_t last[PA_CHOICE_OTHERS];
    double part[PA_N_CHOICE_PARTS], rows = own_rows(i, -1);
    int level = 0, newness = 0, rank = 1, once = 0, all = times_before(i, -1);
    if (r.merchant[i] < 0) {
        CU_ASSERT_EQUAL(told->level, -1);
        return;
    }
    tell_slowly(i, part);
    for (int k = 0; k < PA_N_CHOICE_PARTS; k++) CU_ASSERT(are_near(told->part[k], part[k]));
    while (level < PA_CHOICE_ACTIVITY - 1 && rows >= from[level]) level++;
    for (int32_t m = 0; m < MOST_MERCHANTS; m++) once += times_before(i, m) == 1;
    while (newness < PA_CHOICE_NEWNESS - 1 && all && (double)once / all >= newer[newness])
        newness++;
    CU_ASSERT_EQUAL(told->level, level * PA_CHOICE_NEWNESS + newness);
    for (size_t n = last_before(i, last), k = 0; k < n; k++)
        rank += own_rows(i, last[k]) > own_rows(i, r.merchant[i]) * (1 + 1e-12);
    CU_ASSERT_EQUAL(told->rank, rank);
}

static const struct {
    size_t rows, history;
    int accounts, merchants;
    size_t most;
} book[] = {{300, 12, 12, 9, MOST_SEEN},
            {600, 60, 7, 60, MOST_SEEN},
            {40, 1, 40, 4, MOST_SEEN},
            {100, 0, 9, 5, MOST_SEEN},
            {300, 30, 6, 20, 4}};

static void draw_book(size_t b, uint32_t *state)
{
    history = book[b].history;
    most = book[b].most;
    draw_rows(state, book[b].rows, book[b].accounts, book[b].merchants, &r);
    draw_frauds(state);
    draw_vectors(b == 2 ? 0 : (size_t)book[b].merchants / 2);
    draw_rules(state, b == 3 ? 0 : book[b].merchants);
    count_both(book[b].merchants);
    count_rows();
}

static void forget_book(void)
{
    pa_pair_list_free(&pairs);
    pa_merchant_vectors_free(&vectors);
    pa_merchant_rules_free(&rules);
    vectors = (pa_merchant_vectors){0};
}

static void test_rows_equal_the_naive_twin(void)
{
    static pa_choice_told told[MOST_ROWS], again[MOST_ROWS];
    uint32_t state = 5;
    for (size_t b = 0; b < sizeof book / sizeof *book; b++) {
        memset(told, 0, sizeof told);
        memset(again, 0, sizeof again);
        draw_book(b, &state);
        tell_rows(r.n, told);
        for (size_t i = 0; i < r.n; i++)
            if (i - begin_of(i) >= history) check_row(i, told + i);
        tell_rows(17, again);
        for (size_t i = 0; i < r.n; i++) {
            CU_ASSERT_EQUAL(memcmp(told[i].part, again[i].part, sizeof told[i].part), 0);
            CU_ASSERT_EQUAL(told[i].rank, again[i].rank);
        }
        forget_book();
    }
}

/* Those that were seen, and as many that were not as there are said to be: a row's merchant may be
 * any of them. */
static void test_each_part_adds_up_to_one_over_all_merchants(void)
{
    static pa_choice_told told[MOST_ROWS];
    enum { UNSEEN = MOST_MERCHANTS - 1 };
    uint32_t state = 9;
    for (size_t b = 0; b < sizeof book / sizeof *book; b++) {
        draw_book(b, &state);
        if (history < 10) {
            forget_book();
            continue; /* nothing is learned of the last account, or all */
        }
        size_t i = r.n - 1;
        double sum[PA_N_CHOICE_PARTS] = {0};
        for (int32_t m = 0; m < book[b].merchants; m++) {
            r.merchant[i] = m;
            tell_rows(r.n, told);
            for (int k = 0; k < PA_N_CHOICE_PARTS; k++)
                if (k != PA_CHOICE_UNSEEN) sum[k] += told[i].part[k];
            if (learned_rows(m, -1) == 0) CU_ASSERT_EQUAL(told[i].part[PA_CHOICE_EVEN], 0);
        }
        for (int k = 0; k < PA_CHOICE_UNSEEN; k++) CU_ASSERT_DOUBLE_EQUAL(sum[k], 1, 1e-5);
        r.merchant[i] = UNSEEN;
        tell_rows(r.n, told);
        double once = (double)totals.once, twice = (double)totals.twice;
        double n = fmax(1, once * (once - 1) / (2 * (twice + 1)));
        CU_ASSERT(are_near(told[i].part[PA_CHOICE_UNSEEN] * n, 1));
        forget_book();
    }
}

/* Baskets hold the learned merchants of each account, the last used of too many. */
static void test_baskets_hold_the_learned_merchants(void)
{
    uint32_t state = 7;
    for (size_t b = 0; b < sizeof book / sizeof *book; b++) {
        int32_t account[MOST_ROWS], merchant[MOST_ROWS];
        pa_basket_list list;
        size_t n = 0, at = 0;
        draw_book(b, &state);
        for (size_t i = 0; i < r.n; i++) {
            if (i - begin_of(i) >= history) continue;
            account[n] = r.account[i];
            merchant[n++] = r.merchant[i];
        }
        CU_ASSERT_EQUAL_FATAL(pa_choice_baskets(n, account, merchant, most, &list, NULL), PA_OK);
        for (size_t i = 0; i < r.n; i++) {
            bool in[MOST_MERCHANTS] = {0};
            size_t wanted = 0;
            if (begin_of(i) != i) continue;
            for (int32_t m = 0; m < book[b].merchants; m++) wanted += has(i, m);
            if (wanted == 0) continue;
            CU_ASSERT_FATAL(at < list.n);
            CU_ASSERT_EQUAL(list.first[at + 1] - list.first[at], wanted);
            for (size_t k = list.first[at]; k < list.first[at + 1]; k++) {
                CU_ASSERT(has(i, list.item[k]) && !in[list.item[k]]);
                in[list.item[k]] = true;
            }
            at++;
        }
        CU_ASSERT_EQUAL(at, list.n);
        pa_basket_list_free(&list);
        forget_book();
    }
}

/* None are looked for that are not in order, or that no accounts could make. */
static void test_rules_are_looked_at(void)
{
    static const struct {
        bool good;
        int32_t rule[2][PA_RULE_WIDTH];
    } of[] = {{true, {{0, 1, 3, 2}, {0, 2, 3, 3}}},         {true, {{0, 5, 3, 2}, {1, 0, 2, 2}}},
              {false, {{0, 2, 3, 2}, {0, 1, 3, 3}}},        {false, {{0, 1, 3, 2}, {0, 1, 3, 2}}},
              {false, {{1, 0, 3, 2}, {0, 1, 3, 2}}},        {false, {{-1, 1, 3, 2}, {0, 1, 3, 2}}},
              {false, {{0, -1, 3, 2}, {0, 1, 3, 2}}},       {false, {{0, 0, 3, 2}, {0, 1, 3, 2}}},
              {false, {{0, 1, 3, 1}, {0, 2, 3, 2}}},        {false, {{0, 1, 3, 4}, {0, 2, 3, 2}}},
              {false, {{0, 1, 3, 2}, {0, INT32_MAX, 3, 2}}}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        pa_merchant_rules found;
        pa_status st = pa_merchant_rules_open(2, of[i].rule[0], &found, NULL);
        CU_ASSERT_EQUAL(st, of[i].good ? PA_OK : PA_E_DATA);
        if (st != PA_OK) continue;
        const int32_t *second = of[i].rule[1];
        bool out[6] = {0};
        CU_ASSERT_EQUAL(pa_merchant_rule(&found, second[0], second[1]), 1);
        CU_ASSERT_EQUAL(pa_merchant_rule(&found, 3, 1), -1);
        CU_ASSERT_EQUAL(pa_merchant_rule(&found, 100, 1), -1);
        CU_ASSERT_DOUBLE_EQUAL(pa_merchant_rules_left(&found, 0, out), i ? 1. / 3 : 1, 1e-6);
        out[of[i].rule[0][1]] = true;
        CU_ASSERT_DOUBLE_EQUAL(pa_merchant_rules_left(&found, 0, out), i ? 0 : 2. / 3, 1e-6);
        pa_merchant_rules_free(&found);
    }
}

/* 12 in one row and 5 in two: there are 11 more by the estimate. More than that came up in 100
 * seconds, or fewer. */
static void test_merchants_that_come_up_by_and_by(void)
{
    pa_choice_totals t = {
        .once = 12, .twice = 5, .late = 11, .late_from = 1000, .late_seconds = 100};
    CU_ASSERT_EQUAL(pa_choice_unseen(&t, 1000), 11);
    CU_ASSERT_EQUAL(pa_choice_unseen(&t, 5000), 11);
    t.late = 21;
    CU_ASSERT_EQUAL(pa_choice_unseen(&t, 1000), 21);
    CU_ASSERT_EQUAL(pa_choice_unseen(&t, 1100), 21);
    CU_ASSERT_EQUAL(pa_choice_unseen(&t, 1300), 11 + 3 * 10);
    t.once = t.twice = t.late = 0;
    CU_ASSERT_EQUAL(pa_choice_unseen(&t, 1300), 1);
}

static void test_classes_of_sizes(void)
{
    static const struct {
        uint32_t rows;
        int size;
    } of[] = {{0, 0}, {1, 1}, {2, 3},  {3, 4},  {4, 5},     {5, 5},          {6, 6},
              {7, 6}, {8, 7}, {11, 7}, {12, 8}, {1000, 20}, {UINT32_MAX, 63}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        CU_ASSERT_EQUAL(pa_choice_size(of[i].rows), of[i].size);
}

/* An account that pays for years at a half-life of minutes: weights neither overflow nor vanish. */
static void test_ages_of_thousands_of_half_lives(void)
{
    const int32_t account[] = {0, 0, 0, 0}, merchant[] = {1, 2, 1, 2};
    const int64_t time[] = {0, 400000000, 400000000, 400000060};
    const int64_t never[] = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
    const int8_t segment[] = {0, 0, 0, 0};
    const bool wanted[] = {false, false, false, true};
    const pa_choice_rows rows = {4, account, merchant, time, segment, never, never, wanted};
    const pa_pair_questions *q;
    pa_choice *c;
    pa_choice_told told;
    totals = (pa_choice_totals){0};
    CU_ASSERT_EQUAL_FATAL(pa_choice_open(KIND, .01, &vectors, &rules, &c, NULL), PA_OK);
    CU_ASSERT_EQUAL_FATAL(pa_choice_ask(c, &rows, &q, NULL), PA_OK);
    uint32_t *count = calloc(q->n, sizeof *count);
    pa_choice_tell(c, 0, count, &totals, &told);
    CU_ASSERT_DOUBLE_EQUAL(told.part[PA_CHOICE_OWN], .5, 1e-6);
    free(count);
    pa_choice_close(c);
}

static const pa_test tests[] = {
    {"rows equal the naive twin", test_rows_equal_the_naive_twin},
    {"each part adds up to one over all merchants",
     test_each_part_adds_up_to_one_over_all_merchants},
    {"baskets hold the learned merchants", test_baskets_hold_the_learned_merchants},
    {"rules are looked at", test_rules_are_looked_at},
    {"merchants that come up by and by", test_merchants_that_come_up_by_and_by},
    {"classes of sizes", test_classes_of_sizes},
    {"ages of thousands of half-lives", test_ages_of_thousands_of_half_lives},
};
PA_TEST_MAIN("merchant_choice", tests)
