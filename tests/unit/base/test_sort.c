#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "paraudit/base/sort.h"
#include "unit.h"

enum { MAX = 70000 }; /* enough for a first pass into buckets */
static uint64_t key[MAX];
static int64_t tie[MAX];
static uint32_t order[MAX];

static const size_t sizes[] = {0, 1, 2, 3, 47, 48, 49, 50, 257, 3000, MAX};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

/* Keys of many shapes: all bits, few values, gaps between the bits that
 * differ, two windows, ascending, descending, one value, an owner and a time, the
 * most that goes into buckets, many equal ones in a bucket. */
enum { SHAPES = 12 };
static uint64_t shaped(int shape, size_t i, size_t n)
{
    uint64_t v = pa_draw(1, PA_DRAW_TEST, i, (uint64_t)shape);
    const uint64_t shapes[SHAPES] = {v,
                                     v % 7,
                                     v & 0x8000010000800001u,
                                     v & 0x00000ffffffff000u,
                                     5 * i,
                                     n - i,
                                     42,
                                     (v & 3) << 62 | 17,
                                     v >> 22,
                                     v >> 18,
                                     v % 5000 << 7,
                                     v % 1100};
    return shapes[shape];
}

/* Equal rows must stay as they were, so every row has one right place. */
static bool is_before(uint32_t a, uint32_t b, bool with_tie)
{
    if (key[a] != key[b]) return key[a] < key[b];
    if (with_tie && tie[a] != tie[b]) return tie[a] < tie[b];
    return a < b;
}

/* All neighbours ascend strictly in a total order, so no row comes twice. */
static bool is_ordered(size_t n, bool with_tie)
{
    for (size_t i = 0; i < n; i++) {
        if (order[i] >= n || (i > 0 && !is_before(order[i - 1], order[i], with_tie))) return false;
    }
    return true;
}

static void test_keys_ascend_and_equal_keys_stay(void)
{
    pa_error err = {0};
    for (int shape = 0; shape < SHAPES; shape++) {
        for (int s = 0; s < N_SIZES; s++) {
            size_t n = sizes[s];
            for (size_t i = 0; i < n; i++) key[i] = shaped(shape, i, n);
            CU_ASSERT_EQUAL(pa_sort_u64(n, key, order, &err), PA_OK);
            CU_ASSERT_TRUE(is_ordered(n, false));
        }
    }
}

static void test_pairs_ascend_by_key_then_signed_tie(void)
{
    pa_error err = {0};
    for (int shape = 0; shape < SHAPES * SHAPES; shape++) {
        for (int s = 0; s < N_SIZES; s++) {
            size_t n = sizes[s];
            for (size_t i = 0; i < n; i++) {
                key[i] = shaped(shape % SHAPES, i, n);
                tie[i] = (int64_t)shaped(shape / SHAPES, i + MAX, n);
            }
            CU_ASSERT_EQUAL(pa_sort_pairs(n, key, tie, order, &err), PA_OK);
            CU_ASSERT_TRUE(is_ordered(n, true));
        }
    }
}

/* Runs of drawn lengths, some empty, that ascend each. */
static size_t make_runs(int shape, size_t n, size_t n_runs, size_t start[])
{
    static uint64_t sorted_key[MAX];
    static int64_t sorted_tie[MAX];
    for (size_t i = 0; i < n; i++) {
        key[i] = shaped(shape, i, n);
        tie[i] = (int64_t)pa_draw(1, PA_DRAW_TEST, i, 99) % 3;
    }
    start[0] = 0;
    for (size_t r = 1; r <= n_runs; r++) {
        size_t left = n - start[r - 1], drawn = (size_t)pa_draw(1, PA_DRAW_TEST, r, n);
        start[r] = r == n_runs ? n : start[r - 1] + drawn % (2 * left / (n_runs - r + 1) + 1);
        if (start[r] > n) start[r] = n;
        size_t at = start[r - 1], length = start[r] - at;
        CU_ASSERT_EQUAL(pa_sort_pairs(length, key + at, tie + at, order, NULL), PA_OK);
        pa_permute(length, sizeof *key, order, key + at, sorted_key);
        pa_permute(length, sizeof *tie, order, tie + at, sorted_tie);
        memcpy(key + at, sorted_key, length * sizeof *key);
        memcpy(tie + at, sorted_tie, length * sizeof *tie);
    }
    return n;
}

static void test_runs_few_and_many_come_into_the_order_of_a_sort(void)
{
    enum { MOST_RUNS = 40 };
    static const size_t runs[] = {1, 2, 3, 4, 5, 8, MOST_RUNS};
    size_t start[MOST_RUNS + 1];
    pa_error err = {0};
    for (int shape = 0; shape < SHAPES; shape++)
        for (size_t r = 0; r < sizeof runs / sizeof *runs; r++)
            for (size_t s = 0; s < N_SIZES - 1; s++) {
                size_t n = make_runs(shape, sizes[s], runs[r], start);
                CU_ASSERT_EQUAL(pa_sort_runs(n, key, tie, runs[r], start, order, &err), PA_OK);
                CU_ASSERT(is_ordered(n, true));
            }
}

static void test_more_rows_than_an_order_can_name_are_refused(void)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_sort_u64((size_t)1 << 32, NULL, NULL, &err), PA_E_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "4294967296 rows"));
}

static size_t start[MAX + 1];
static char bytes[MAX * 32];

static int compare_names(uint32_t a, uint32_t b)
{
    size_t length_a = start[a + 1] - start[a], length_b = start[b + 1] - start[b];
    size_t common = length_a < length_b ? length_a : length_b;
    int c = memcmp(bytes + start[a], bytes + start[b], common);
    return c ? c : (length_a > length_b) - (length_a < length_b);
}

static bool names_are_ordered(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (order[i] >= n) return false;
        int c = i > 0 ? compare_names(order[i - 1], order[i]) : -1;
        if (c > 0 || (c == 0 && order[i - 1] >= order[i])) return false;
    }
    return true;
}

/* Few letters, zero bytes and bytes above 127 among them, and a common start:
 * many equal names and many prefixes of each other. */
static void fill_names(size_t n, size_t common, unsigned longest)
{
    static const char letters[4] = {'\0', 'a', 'b', (char)0xff};
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        start[i] = at;
        memset(bytes + at, 'x', common);
        at += common;
        uint64_t length = pa_draw_below(2, PA_DRAW_TEST, i, longest, longest + 1);
        for (uint64_t c = 0; c < length; c++) {
            bytes[at++] = letters[pa_draw_below(3, PA_DRAW_TEST, i, c, 4)];
        }
    }
    start[n] = at;
}

static void test_names_order_like_memcmp_then_length(void)
{
    pa_error err = {0};
    const unsigned longest[] = {0, 1, 3, 7, 8, 9, 17};
    for (int s = 0; s < N_SIZES; s++) {
        for (size_t l = 0; l < sizeof longest / sizeof *longest; l++) {
            for (size_t common = 0; common < 15; common += 7) {
                fill_names(sizes[s], common, longest[l]);
                CU_ASSERT_EQUAL(pa_sort_names(sizes[s], start, bytes, order, &err), PA_OK);
                CU_ASSERT_TRUE(names_are_ordered(sizes[s]));
            }
        }
    }
}

static void test_permute_follows_the_order_at_every_width(void)
{
    enum { N = 100 };
    for (size_t i = 0; i < N; i++) order[i] = (uint32_t)((i * 37 + 11) % N);
    const size_t widths[] = {1, 2, 3, 4, 5, 8, 12, 16, 24};
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        size_t width = widths[w];
        char in[N * 24], out[N * 24];
        for (size_t i = 0; i < N * width; i++) in[i] = (char)pa_draw(4, PA_DRAW_TEST, i, width);
        pa_permute(N, width, order, in, out);
        int wrong = 0;
        for (size_t i = 0; i < N; i++) {
            wrong += memcmp(out + i * width, in + order[i] * width, width) != 0;
        }
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

typedef struct {
    int key, place;
} item;

/* context: 1 or -1, the direction */
static int by_key(const void *a, const void *b, void *context)
{
    return *(int *)context * (((const item *)a)->key - ((const item *)b)->key);
}

static void test_merge_sort_is_stable_in_both_directions(void)
{
    pa_error err = {0};
    for (int direction = -1; direction <= 1; direction += 2) {
        for (int s = 0; s < N_SIZES; s++) {
            static item items[MAX];
            int n = (int)sizes[s], wrong = 0;
            for (int i = 0; i < n; i++) {
                items[i] = (item){(int)pa_draw_below(5, PA_DRAW_TEST, (uint64_t)i, 0, 20), i};
            }
            CU_ASSERT_EQUAL(pa_sort(items, (size_t)n, sizeof(item), by_key, &direction, &err),
                            PA_OK);
            for (int i = 1; i < n; i++) {
                int step = direction * (items[i].key - items[i - 1].key);
                wrong += step < 0 || (step == 0 && items[i].place <= items[i - 1].place);
            }
            CU_ASSERT_EQUAL(wrong, 0);
        }
    }
}

static void test_lower_bound_is_the_first_not_below(void)
{
    const uint64_t v[] = {2, 2, 5, 5, 5, 9, UINT64_MAX};
    const uint32_t u[] = {2, 2, 5, 5, 5, 9, UINT32_MAX};
    const int64_t w[] = {INT64_MIN, -3, 0, 7};
    for (size_t n = 0; n <= 7; n++) {
        for (uint64_t k = 0; k < 12; k++) {
            size_t slow = 0;
            while (slow < n && v[slow] < k) slow++;
            CU_ASSERT_EQUAL(pa_lower_bound_u64(n, v, k), slow);
            CU_ASSERT_EQUAL(pa_lower_bound_u32(n, u, (uint32_t)k), slow);
        }
    }
    CU_ASSERT_EQUAL(pa_lower_bound_u64(7, v, UINT64_MAX), 6);
    CU_ASSERT_EQUAL(pa_lower_bound_i64(4, w, INT64_MIN), 0);
    CU_ASSERT_EQUAL(pa_lower_bound_i64(4, w, -3), 1);
    CU_ASSERT_EQUAL(pa_lower_bound_i64(4, w, 1), 3);
    CU_ASSERT_EQUAL(pa_lower_bound_i64(4, w, 8), 4);
}

static void test_keys_of_doubles_keep_their_order(void)
{
    const double v[] = {-INFINITY, -1e300,    -1.5, -1.0, -0x1p-1074, 0.0,
                        0x1p-1074, 0x1p-1022, 1.0,  1.5,  1e300,      INFINITY};
    const size_t n = sizeof v / sizeof *v;
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_EQUAL(pa_f64_of_key(pa_key_of_f64(v[i])), v[i]);
        CU_ASSERT_EQUAL(pa_f32_of_key(pa_key_of_f32((float)v[i])), (float)v[i]);
        if (i == 0) continue;
        CU_ASSERT(pa_key_of_f64(v[i - 1]) < pa_key_of_f64(v[i]));
        CU_ASSERT((float)v[i - 1] == (float)v[i] ||
                  pa_key_of_f32((float)v[i - 1]) < pa_key_of_f32((float)v[i]));
    }
    CU_ASSERT_EQUAL(pa_key_of_f64(-0.0), pa_key_of_f64(0.0));
    CU_ASSERT_EQUAL(pa_key_of_f32(-0.0f), pa_key_of_f32(0.0f));
    CU_ASSERT(pa_key_of_f64(-(double)NAN) > pa_key_of_f64(INFINITY));
    CU_ASSERT_EQUAL(pa_key_of_f64(-(double)NAN), pa_key_of_f64((double)NAN));
    CU_ASSERT(pa_key_of_f32(NAN) > pa_key_of_f32(INFINITY));
    CU_ASSERT(isnan(pa_f64_of_key(pa_key_of_f64((double)NAN))));
    CU_ASSERT(isnan(pa_f32_of_key(pa_key_of_f32(NAN))));
}

static void test_keys_of_integers_keep_their_order(void)
{
    const int64_t v[] = {INT64_MIN, -2, -1, 0, 1, INT64_MAX};
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        CU_ASSERT_EQUAL(pa_i64_of_key(pa_key_of_i64(v[i])), v[i]);
        if (i > 0) CU_ASSERT(pa_key_of_i64(v[i - 1]) < pa_key_of_i64(v[i]));
    }
}

static const pa_test tests[] = {
    {"keys ascend and equal keys stay", test_keys_ascend_and_equal_keys_stay},
    {"pairs ascend by key then signed tie", test_pairs_ascend_by_key_then_signed_tie},
    {"runs few and many come into the order of a sort",
     test_runs_few_and_many_come_into_the_order_of_a_sort},
    {"more rows than an order can name are refused",
     test_more_rows_than_an_order_can_name_are_refused},
    {"names order like memcmp then length", test_names_order_like_memcmp_then_length},
    {"permute follows the order at every width", test_permute_follows_the_order_at_every_width},
    {"merge sort is stable in both directions", test_merge_sort_is_stable_in_both_directions},
    {"lower bound is the first not below", test_lower_bound_is_the_first_not_below},
    {"keys of doubles keep their order", test_keys_of_doubles_keep_their_order},
    {"keys of integers keep their order", test_keys_of_integers_keep_their_order},
};
PA_TEST_MAIN("sort", tests)
