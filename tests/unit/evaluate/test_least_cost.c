#include "paraudit/evaluate/least_cost.h"
#include "unit.h"

enum { N = 120 };

static unsigned draw(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 10;
}

typedef struct {
    size_t n;
    uint64_t key[N];
    pa_i128 loss[N], all;
} rows;

static rows drawn_rows(unsigned seed)
{
    rows r = {.n = seed % N};
    unsigned state = seed;
    uint64_t key = 0;
    for (size_t i = 0; i < r.n; i++) {
        key += draw(&state) % 3 == 0;
        r.key[i] = key;
        r.loss[i] = draw(&state) % (3 + (unsigned)i / 9) ? 0 : (pa_i128)(draw(&state) % 400);
        r.all += r.loss[i];
    }
    return r;
}

/* Every threshold in turn, each summed anew. */
static pa_threshold slow_least(const rows *r, pa_i128 review)
{
    pa_threshold least = {.cost = r->all};
    for (size_t k = 0; k < r->n; k++) {
        pa_threshold t = {.key = r->key[k]};
        for (size_t i = 0; i < r->n; i++) {
            t.flagged += r->key[i] <= r->key[k];
            t.cost += r->key[i] <= r->key[k] ? review : r->loss[i];
        }
        if (t.cost < least.cost || (t.cost == least.cost && t.flagged < least.flagged)) least = t;
    }
    return least;
}

static bool same(pa_threshold a, pa_threshold b)
{
    return a.cost == b.cost && a.flagged == b.flagged && (a.flagged == 0 || a.key == b.key);
}

static pa_threshold least_of_part(const rows *r, size_t from, size_t end, pa_i128 review)
{
    pa_cost_rows part = {.n = end - from,
                         .key = r->key + from,
                         .loss = r->loss + from,
                         .ends = end == r->n || end == 0 || r->key[end] != r->key[end - 1],
                         .n_before = (int64_t)from,
                         .loss_all = r->all,
                         .review = review};
    for (size_t i = 0; i < from; i++) part.loss_before += r->loss[i];
    return pa_least_cost(&part);
}

static void test_parts_together_find_what_the_slow_twin_finds(void)
{
    int wrong = 0, some = 0, none = 0;
    for (unsigned seed = 1; seed < 400; seed++) {
        rows r = drawn_rows(seed);
        pa_i128 review = 1 + seed % 300;
        size_t a = r.n * (seed % 5) / 5, b = a + (r.n - a) * (seed % 3) / 2;
        if (b > r.n) b = r.n;
        pa_threshold expected = slow_least(&r, review);
        pa_threshold got = least_of_part(&r, b, r.n, review);
        got = pa_cheaper(got, least_of_part(&r, 0, a, review));
        got = pa_cheaper(least_of_part(&r, a, b, review), got);
        wrong += !same(expected, got);
        wrong += !same(expected, least_of_part(&r, 0, r.n, review));
        some += expected.flagged > 0;
        none += expected.flagged == 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(some > 50 && none > 50);
}

/*  score    9    7    7    4        a review costs 10
 *  loss    30    .   15    9
 *
 *  none: 54; down to 9: 10 + 24 = 34; to 7: 30 + 9 = 39; to 4: 40
 */
static void test_drawn_example_gives_its_threshold(void)
{
    const rows r = {4, {1, 3, 3, 6}, {30, 0, 15, 9}, 54};
    pa_threshold t = least_of_part(&r, 0, 4, 10);
    CU_ASSERT(t.cost == 34 && t.flagged == 1 && t.key == 1);
}

/* Of equal costs the fewest reviews. */
static void test_a_review_that_saves_its_price_is_not_made(void)
{
    const rows r = {1, {1}, {10}, 10};
    CU_ASSERT_EQUAL(least_of_part(&r, 0, 1, 10).flagged, 0);
    CU_ASSERT_EQUAL(least_of_part(&r, 0, 1, 9).flagged, 1);
}

static const pa_test tests[] = {
    {"parts together find what the slow twin finds",
     test_parts_together_find_what_the_slow_twin_finds},
    {"drawn example gives its threshold", test_drawn_example_gives_its_threshold},
    {"a review that saves its price is not made", test_a_review_that_saves_its_price_is_not_made},
};
PA_TEST_MAIN("least_cost", tests)
