#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audit_book.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/order/quantiles.h"
#include "paraudit/order/ranks.h"
#include "paraudit/order/select.h"
#include "paraudit/stage/time_plan.h"

static const size_t pieces[] = {100, 1000, PA_PIECE_DEFAULT};

static bool audited(size_t i)
{
    return pa_audit_book()->split[i] == PA_SPLIT_AUDIT;
}

/* 1 + the audit rows that come before, counted one by one. */
static int64_t slow_rank(size_t row)
{
    int64_t rank = 1;
    if (!audited(row)) return 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        rank += audited(i) && pa_compare_book_rows(i, row) < 0;
    }
    return rank;
}

/* Every third row, from the second on, is an item of the other kind. */
static bool is_marked(size_t row)
{
    return row % 3 == 1;
}

/* Those of the day that come before; marked: of them, those that are marked. */
static int64_t slow_place(size_t row, bool marked)
{
    const audit_book *b = pa_audit_book();
    int64_t place = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        bool same_day = audited(i) && pa_day_of(b->time[i]) == pa_day_of(b->time[row]);
        bool counts = same_day && (!marked || is_marked(i));
        place += counts && pa_compare_book_rows(i, row) < 0;
    }
    return place;
}

/* Ranks, and the places in their days among all rows and among those that are marked. */
static void order_slice(book_cut cut, int64_t rank[], int64_t before[], int64_t marked_before[])
{
    const audit_book *b = pa_audit_book();
    book_slice s = pa_slice_book(pa_test_comm(), cut);
    uint8_t chosen[BOOK_ROWS], marked[BOOK_ROWS];
    pa_error err = {0};
    for (size_t i = 0; i < s.n; i++) {
        chosen[i] = audited(s.first + i);
        marked[i] = is_marked(s.first + i);
    }
    const pa_row_order in = {.n = s.n,
                             .margin = b->margin + s.first,
                             .tx = b->tx + s.first,
                             .time = b->time + s.first,
                             .chosen = chosen,
                             .item = {chosen, marked}};
    const pa_row_places places = {rank, {before, marked_before}};
    CU_ASSERT_EQUAL(pa_order_rows(pa_test_comm(), &in, &places, 0, NULL, NULL, &err), PA_OK);
}

static void test_rank_counts_the_rows_before(void)
{
    for (int cut = 0; cut < N_BOOK_CUTS; cut++) {
        for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
            int64_t rank[BOOK_ROWS], before[BOOK_ROWS], marked[BOOK_ROWS];
            int wrong = 0;
            book_slice s = pa_slice_book(pa_test_comm(), (book_cut)cut);
            pa_comm_set_piece(pa_test_comm(), pieces[p]);
            order_slice((book_cut)cut, rank, before, marked);
            for (size_t i = 0; i < s.n; i++) wrong += rank[i] != slow_rank(s.first + i);
            CU_ASSERT_EQUAL(wrong, 0);
        }
    }
}

/* An input that holds a file twice: whatever the ranks, the row that stands
 * first in the table ranks first. */
static void test_equal_rows_keep_the_order_of_the_table(void)
{
    pa_comm *comm = pa_test_comm();
    enum { N = 96 };
    int64_t tx[N], time[N] = {0}, rank[N], n = N, first;
    double margin[N];
    uint8_t chosen[N];
    size_t here;
    int wrong = 0;
    pa_error err = {0};
    first = n * pa_comm_rank(comm) / pa_comm_size(comm);
    here = (size_t)(n * (pa_comm_rank(comm) + 1) / pa_comm_size(comm) - first);
    for (size_t i = 0; i < here; i++) {
        tx[i] = (first + (int64_t)i) % 2;
        margin[i] = 1;
        chosen[i] = 1;
    }
    const pa_row_order in = {.n = here, .margin = margin, .tx = tx, .time = time, .chosen = chosen};
    CU_ASSERT_EQUAL(pa_order_rows(comm, &in, &(pa_row_places){.rank = rank}, 0, NULL, NULL, &err),
                    PA_OK);
    for (size_t i = 0; i < here; i++) {
        int64_t row = first + (int64_t)i;
        wrong += rank[i] != row % 2 * (N / 2) + row / 2 + 1;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_places_count_the_items_of_that_day_only(void)
{
    for (int cut = 0; cut < N_BOOK_CUTS; cut++) {
        int64_t rank[BOOK_ROWS], before[BOOK_ROWS], marked[BOOK_ROWS];
        int wrong = 0;
        book_slice s = pa_slice_book(pa_test_comm(), (book_cut)cut);
        order_slice((book_cut)cut, rank, before, marked);
        for (size_t i = 0; i < s.n; i++) {
            size_t row = s.first + i;
            bool in = audited(row);
            wrong += before[i] != (in ? slow_place(row, false) : 0);
            wrong += marked[i] != (in ? slow_place(row, true) : 0);
        }
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

/* One day over all ranks, days on one rank only, and days before 1970. */
static void test_days_may_lie_over_any_number_of_ranks(void)
{
    pa_comm *comm = pa_test_comm();
    enum { N = 12 };
    int me = pa_comm_rank(comm), size = pa_comm_size(comm), wrong = 0;
    for (int n_days = 1; n_days <= N; n_days++) {
        int64_t day[N], tx[N], time[N], place[N];
        double margin[N];
        uint8_t chosen[N];
        pa_error err = {0};
        for (int i = 0; i < N; i++) {
            int item = i * size + me;
            day[i] = item * n_days / (N * size) - 3;
            time[i] = day[i] * PA_DAY_SECONDS + item;
            margin[i] = -item;
            tx[i] = 0;
            chosen[i] = 1;
        }
        const pa_row_order in = {N, margin, tx, time, chosen, {chosen, NULL}};
        const pa_row_places places = {.before = {place, NULL}};
        CU_ASSERT_EQUAL(pa_order_rows(comm, &in, &places, 0, NULL, NULL, &err), PA_OK);
        for (int i = 0; i < N; i++) {
            int64_t before = 0;
            for (int item = 0; item < i * size + me; item++) {
                before += item * n_days / (N * size) - 3 == day[i];
            }
            wrong += place[i] != before;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Values of all ranks: INT64_MIN, -3, ... with repeats, the same multiset for any
 * number of ranks. */
static void test_selection_is_by_position_among_all(void)
{
    static const int64_t all[] = {INT64_MIN, -3, -3, -1, 0, 0, 0, 5, 7, INT64_MAX - 1, INT64_MAX};
    enum { N = sizeof all / sizeof *all };
    pa_comm *comm = pa_test_comm();
    int64_t mine[N];
    size_t n = 0;
    int wrong = 0;
    for (int i = 0; i < N; i++) {
        if ((i * 5) % pa_comm_size(comm) == pa_comm_rank(comm)) mine[n++] = all[i];
    }
    for (int i = 0; i < N; i++) wrong += pa_select_i64(comm, n, mine, i) != all[i];
    CU_ASSERT_EQUAL(wrong, 0);
    enum { MANY = 150 }; /* more than are selected together */
    int64_t position[MANY], value[MANY];
    for (int i = 0; i < MANY; i++) position[i] = (i * 7) % N;
    pa_select_many_i64(comm, n, mine, MANY, position, value);
    for (int i = 0; i < MANY; i++) wrong += value[i] != all[position[i]];
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Beside others: none at all, one value on each rank, and the same once more. */
static float median_of_all(pa_comm *comm, size_t n, float values[])
{
    float *again = pa_alloc(n, sizeof *again, NULL), rank = (float)pa_comm_rank(comm);
    float *const sets[PA_MEDIANS] = {again, values, &rank, values};
    float got[PA_MEDIANS];
    if (n > 0) memcpy(again, values, n * sizeof *again);
    pa_medians_of_all(comm, 4, (const size_t[]){n, n, 1, 0}, sets, got);
    CU_ASSERT(memcmp(got, got + 1, sizeof *got) == 0);
    CU_ASSERT_EQUAL(got[2], (float)(pa_comm_size(comm) - 1) / 2);
    CU_ASSERT(isnan(got[3]));
    pa_free(again);
    return got[0];
}

static void test_median_over_ranks_is_the_middle(void)
{
    static const float all[] = {3, -1, 0.5f, 8, -0.25f, 8};
    pa_comm *comm = pa_test_comm();
    for (int n_all = 0; n_all <= 6; n_all++) {
        static const float expected[] = {NAN, 3, 1, 0.5f, 1.75f, 0.5f, 1.75f};
        float mine[6];
        size_t n = 0;
        for (int i = 0; i < n_all; i++) {
            if (i % pa_comm_size(comm) == pa_comm_rank(comm)) mine[n++] = all[i];
        }
        float median = median_of_all(comm, n, mine);
        CU_ASSERT(n_all == 0 ? isnan(median) : median == expected[n_all]);
    }
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Values that differ in their first bits, in their last bits, or not at all. */
static void test_median_is_that_of_the_sorted_values(void)
{
    enum { MOST = 300 };
    pa_comm *comm = pa_test_comm();
    uint32_t state = 1;
    size_t wrong = 0;
    for (int round = 0; round < 200; round++) {
        float all[MOST], mine[MOST];
        size_t n_all = (size_t)(1 + 7 * round % MOST), n = 0;
        for (size_t i = 0; i < n_all; i++) {
            state = state * 1664525u + 1013904223u;
            uint32_t draw = state >> 8;
            float near = 1 + (float)(draw % 3000) * 0x1p-23f;
            all[i] = round % 3 == 0   ? near
                     : round % 3 == 1 ? (float)draw - 0x1p23f
                                      : (float)(draw % 3) - 1;
            if (draw / 3 % (unsigned)pa_comm_size(comm) == (unsigned)pa_comm_rank(comm))
                mine[n++] = all[i];
        }
        qsort(all, n_all, sizeof *all, by_value);
        float expected = (float)(((double)all[(n_all - 1) / 2] + (double)all[n_all / 2]) / 2);
        wrong += median_of_all(comm, n, mine) != expected;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

enum { MANY = 500 };

/* By kind: near 1 in the last bits, far apart, three values, the ends of the
 * scale and both zeros. */
static float draw_of_kind(int kind, uint32_t draw)
{
    static const float odd[] = {-INFINITY, -0.0f, 0.0f, 0x1p-149f, INFINITY, -1};
    switch (kind % 4) {
    case 0:
        return 1 + (float)(draw % 3000) * 0x1p-23f;
    case 1:
        return (float)draw - 0x1p23f;
    case 2:
        return (float)(draw % 3) - 1;
    default:
        return odd[draw % 6];
    }
}

/* Differences between the quantile at a position and the sorted values. */
static size_t unlike(const pa_quantile *q, size_t n, const float sorted[], int64_t position)
{
    int64_t below = position, up_to = position;
    while (below > 0 && sorted[below - 1] == sorted[position]) below--;
    while (up_to < (int64_t)n && sorted[up_to] == sorted[position]) up_to++;
    return (q->value != sorted[position]) + (q->below != below) + (q->up_to != up_to);
}

static void test_quantiles_are_those_of_the_sorted_values(void)
{
    pa_comm *comm = pa_test_comm();
    uint32_t state = 1;
    size_t wrong = 0;
    for (int round = 0; round < 40; round++) {
        float all[MANY], mine[MANY];
        int64_t position[MANY];
        pa_quantile quantile[MANY];
        pa_error err = {0};
        size_t n_all = (size_t)(1 + 37 * round % MANY), n = 0, m = 0;
        for (size_t i = 0; i < n_all; i++) {
            state = state * 1664525u + 1013904223u;
            all[i] = draw_of_kind(round, state >> 8);
            if (state / 3 % (unsigned)pa_comm_size(comm) == (unsigned)pa_comm_rank(comm))
                mine[n++] = all[i];
            if (i % (1 + (size_t)round % 5) == 0) position[m++] = (int64_t)i;
        }
        CU_ASSERT_EQUAL(pa_quantiles(comm, n, mine, m, position, quantile, &err), PA_OK);
        qsort(all, n_all, sizeof *all, by_value);
        for (size_t i = 0; i < m; i++) wrong += unlike(quantile + i, n_all, all, position[i]);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* More places than a round of four bits has counts for: each takes two. Set s has the kinds s and
 * s + 1. */
static void test_quantiles_of_several_sets_are_found_together(void)
{
    enum { SETS = 3, ROWS = 10000 };
    static float all[SETS][ROWS], mine[SETS][ROWS];
    static int64_t position[SETS][ROWS];
    static pa_quantile quantile[SETS][ROWS];
    pa_comm *comm = pa_test_comm();
    pa_quantile_set set[SETS];
    pa_error err = {0};
    uint32_t state = 1;
    size_t wrong = 0;
    for (int s = 0; s < SETS; s++) {
        set[s] = (pa_quantile_set){0, mine[s], 0, position[s], quantile[s]};
        for (int i = 0; i < ROWS; i++) {
            state = state * 1664525u + 1013904223u;
            all[s][i] = draw_of_kind(s + i % 2, state >> 8);
            if (i % pa_comm_size(comm) == pa_comm_rank(comm)) mine[s][set[s].n++] = all[s][i];
            if (i % (s + 1) == 0) position[s][set[s].m++] = i;
        }
    }
    CU_ASSERT_EQUAL(pa_quantiles_together(comm, SETS, set, &err), PA_OK);
    for (int s = 0; s < SETS; s++) {
        qsort(all[s], ROWS, sizeof *all[s], by_value);
        for (size_t i = 0; i < set[s].m; i++)
            wrong += unlike(quantile[s] + i, ROWS, all[s], position[s][i]);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Many places and few, in which nobody waits for another: a set without places among them. */
static void test_quantiles_may_bring_their_own_room(void)
{
    enum { SETS = 3, ROWS = 5000 };
    static float all[ROWS];
    static int64_t position[ROWS];
    pa_comm *comm = pa_test_comm();
    pa_error err = {0};
    size_t wrong = 0;
    for (int i = 0; i < ROWS; i++) {
        all[i] = (float)(i * 7919 % ROWS / 3);
        position[i] = i;
    }
    size_t begin = (size_t)pa_even_share(ROWS, pa_comm_rank(comm), pa_comm_size(comm));
    size_t end = (size_t)pa_even_share(ROWS, pa_comm_rank(comm) + 1, pa_comm_size(comm));
    for (size_t most = 1; most <= ROWS; most = 5 * most) {
        const size_t m[SETS] = {most, 0, most / 2};
        pa_quantile_set set[SETS];
        void *room = NULL;
        for (int s = 0; s < SETS; s++)
            set[s] = (pa_quantile_set){end - begin, all + begin, m[s], position + 10 * s, NULL};
        CU_ASSERT_EQUAL(pa_quantiles_in_place(comm, SETS, set, &room, &err), PA_OK);
        for (int s = 0; s < SETS; s++)
            for (size_t i = 0; i < m[s]; i++) {
                const pa_quantile *q = set[s].quantile + i;
                int64_t value = position[10 * s + (int)i] / 3, up_to = 3 * value + 3;
                wrong += q->value != (float)value || q->below != 3 * value ||
                         q->up_to != (up_to < ROWS ? up_to : ROWS);
            }
        pa_free(room);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Where the values of a set lie: on one rank alone, on every other one, cut in their order (which
 * is the table's), or dealt. */
enum { ON_THE_FIRST, ON_THE_LAST, ON_EVERY_OTHER, IN_BLOCKS, DEALT, N_LAYOUTS };

static int rank_of_value(int layout, size_t i, size_t n, int n_ranks)
{
    switch (layout) {
    case ON_THE_FIRST:
        return 0;
    case ON_THE_LAST:
        return n_ranks - 1;
    case ON_EVERY_OTHER:
        return (int)i * 2 % n_ranks / 2 * 2;
    case IN_BLOCKS:
        return (int)(i * (size_t)n_ranks / n);
    default:
        return (int)(i * 7919 % (size_t)n_ranks);
    }
}

/* Kinds of draw_of_kind, then: all alike, nine tenths alike, all alike but the last. */
static float hard_value(int kind, size_t i, size_t n, uint32_t draw)
{
    if (kind < 4) return draw_of_kind(kind, draw);
    if (kind == 4) return -3;
    if (kind == 5) return draw % 10 ? 0 : draw_of_kind(1, draw);
    return i + 1 < n ? 2 : INFINITY;
}

/* Every step-th place from the first to the last; 0: none. Returns how many. */
static size_t places_of(size_t n, size_t step, int64_t position[])
{
    size_t m = 0;
    for (size_t i = 0; step > 0 && i < n; i += step) position[m++] = (int64_t)i;
    if (m > 0 && position[m - 1] + 1 < (int64_t)n) position[m++] = (int64_t)n - 1;
    return m;
}

enum { HARD_SETS = 9, HARD_ROWS = 900 };

typedef struct {
    float all[HARD_SETS][HARD_ROWS], mine[HARD_SETS][HARD_ROWS];
    int64_t position[HARD_SETS][HARD_ROWS];
    pa_quantile quantile[HARD_SETS][HARD_ROWS];
    size_t n_all[HARD_SETS];
    pa_quantile_set set[HARD_SETS];
} hard_sets;

/* Set 7 has no value; set 8 has values, of which none is asked for. */
static void draw_hard_sets(hard_sets *h, int layout, size_t rows, size_t step)
{
    pa_comm *comm = pa_test_comm();
    uint32_t state = 1;
    for (int s = 0; s < HARD_SETS; s++) {
        size_t n = s == 7 ? 0 : rows + (size_t)s;
        h->n_all[s] = n;
        h->set[s] = (pa_quantile_set){0, h->mine[s], 0, h->position[s], h->quantile[s]};
        for (size_t i = 0; i < n; i++) {
            state = state * 1664525u + 1013904223u;
            h->all[s][i] = hard_value(s % 7, i, n, state >> 8);
            if (rank_of_value(layout, i, n, pa_comm_size(comm)) == pa_comm_rank(comm))
                h->mine[s][h->set[s].n++] = h->all[s][i];
        }
        h->set[s].m = places_of(n, s == 8 ? 0 : step, h->position[s]);
    }
}

static size_t wrong_quantiles(hard_sets *h)
{
    size_t wrong = 0;
    for (int s = 0; s < HARD_SETS; s++) {
        if (h->n_all[s] > 0) qsort(h->all[s], h->n_all[s], sizeof(float), by_value);
        for (size_t i = 0; i < h->set[s].m; i++)
            wrong += unlike(h->quantile[s] + i, h->n_all[s], h->all[s], h->position[s][i]);
    }
    return wrong;
}

/* Few places and many, few values and many, ranks that have none, equal values over all ranks. */
static void test_quantiles_hold_however_values_lie(void)
{
    static const size_t steps[] = {1, 3, 400}, rows[] = {1, 2, 40, HARD_ROWS - HARD_SETS};
    static hard_sets h;
    pa_comm *comm = pa_test_comm();
    size_t wrong = 0;
    for (int layout = 0; layout < N_LAYOUTS; layout++)
        for (size_t k = 0; k < sizeof steps / sizeof *steps; k++)
            for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
                pa_error err = {0};
                pa_comm_set_piece(comm, r % 2 ? PA_PIECE_DEFAULT : 4096);
                draw_hard_sets(&h, layout, rows[r], steps[k]);
                CU_ASSERT_EQUAL(pa_quantiles_together(comm, HARD_SETS, h.set, &err), PA_OK);
                wrong += wrong_quantiles(&h);
            }
    pa_comm_set_piece(comm, PA_PIECE_DEFAULT);
    CU_ASSERT_EQUAL(wrong, 0);
}

static const pa_test tests[] = {
    {"rank counts the rows before", test_rank_counts_the_rows_before},
    {"equal rows keep the order of the table", test_equal_rows_keep_the_order_of_the_table},
    {"places count the items of that day only", test_places_count_the_items_of_that_day_only},
    {"days may lie over any number of ranks", test_days_may_lie_over_any_number_of_ranks},
    {"selection is by position among all", test_selection_is_by_position_among_all},
    {"median over ranks is the middle", test_median_over_ranks_is_the_middle},
    {"median is that of the sorted values", test_median_is_that_of_the_sorted_values},
    {"quantiles are those of the sorted values", test_quantiles_are_those_of_the_sorted_values},
    {"quantiles of several sets are found together",
     test_quantiles_of_several_sets_are_found_together},
    {"quantiles may bring their own room", test_quantiles_may_bring_their_own_room},
    {"quantiles hold however values lie", test_quantiles_hold_however_values_lie},
};
PA_MPI_TEST_MAIN("order", tests)
