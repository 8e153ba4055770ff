#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/comm/view.h"

static const size_t pieces[] = {1, 7, PA_PIECE_DEFAULT};
enum { N_PIECES = sizeof pieces / sizeof *pieces, MOST = 60 };

/* So many rows that the cuts are not found among those that all ranks get at once. */
enum { LARGE = 9000 };

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 31)) * 0x7FB5D329728EA185u;
    return (x ^ (x >> 27)) * 0x81DADEF4BC2DD44Du;
}

/* A book of rows numbered 0 .. n - 1; rules say who holds a row and what its
 * key is. The tie runs down through the numbers and below zero, so that view
 * order is not row order; pairs are distinct. */
typedef struct {
    size_t n;
    int (*holder)(size_t row, int size);
    uint64_t (*key)(size_t row);
} book;

static int64_t tie_of(const book *b, size_t row)
{
    return (int64_t)(b->n / 2) - (int64_t)row;
}

static int anyone(size_t row, int size)
{
    return (int)(mix(row + 77) % (uint64_t)size);
}

static int the_last(size_t row, int size)
{
    (void)row;
    return size - 1;
}

/* Rank 1 of more than two holds nothing. */
static int not_rank_1(size_t row, int size)
{
    int r = anyone(row, size);
    return r == 1 && size > 2 ? 2 : r;
}

static uint64_t all_equal(size_t row)
{
    (void)row;
    return 42;
}

static uint64_t heavy_ties(size_t row)
{
    return mix(row) % 5;
}

static uint64_t one_merchant_has_half(size_t row)
{
    return row % 2 ? 7 : mix(row) % 100;
}

static uint64_t whole_range(size_t row)
{
    if (row == 3) return 0;
    return row % 10 == 4 ? UINT64_MAX : mix(row);
}

typedef struct {
    uint64_t key;
    int64_t tie;
    size_t row;
} pair;

static int by_key_and_tie(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->tie < y->tie ? -1 : x->tie > y->tie;
}

/* The slow twin: every rank sorts the whole book. */
static void sort_book(const book *b, pair sorted[])
{
    for (size_t i = 0; i < b->n; i++) sorted[i] = (pair){b->key(i), tie_of(b, i), i};
    qsort(sorted, b->n, sizeof *sorted, by_key_and_tie);
}

/* What this rank holds of the book. */
static size_t hold(const book *b, uint64_t key[], int64_t tie[], size_t row[])
{
    int rank = pa_comm_rank(pa_test_comm()), size = pa_comm_size(pa_test_comm());
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (b->holder(i, size) != rank) continue;
        key[n] = b->key(i);
        tie[n] = tie_of(b, i);
        row[n++] = i;
    }
    return n;
}

static void check_columns(const pa_view *view, size_t n, const size_t row[], const pair mine[])
{
    pa_comm *comm = pa_test_comm();
    pa_error err = {0};
    static size_t there[LARGE], back[LARGE];
    static char small[LARGE][3], small_there[LARGE][3], small_back[LARGE][3];
    for (size_t i = 0; i < n; i++) {
        for (int b = 0; b < 3; b++) small[i][b] = (char)(row[i] >> (4 * b));
    }
    CU_ASSERT_EQUAL(pa_view_send(comm, view, sizeof *row, row, there, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_view_send(comm, view, 3, small, small_there, &err), PA_OK);
    int wrong = 0;
    for (size_t i = 0; i < view->n; i++) {
        wrong += there[i] != mine[i].row;
        for (int b = 0; b < 3; b++) wrong += small_there[i][b] != (char)(mine[i].row >> (4 * b));
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(pa_view_return(comm, view, sizeof *row, there, back, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_view_return(comm, view, 3, small_there, small_back, &err), PA_OK);
    CU_ASSERT(memcmp(back, row, n * sizeof *row) == 0);
    CU_ASSERT(memcmp(small_back, small, n * 3) == 0);
}

static void check_book(const book *b)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    static pair sorted[LARGE];
    static uint64_t key[LARGE];
    static int64_t tie[LARGE];
    static size_t row[LARGE];
    sort_book(b, sorted);
    size_t n = hold(b, key, tie, row);
    size_t first = (size_t)rank * b->n / (size_t)size;
    size_t until = (size_t)(rank + 1) * b->n / (size_t)size;
    for (int p = b->n > MOST ? N_PIECES - 1 : 0; p < N_PIECES; p++) {
        pa_comm_set_piece(comm, pieces[p]);
        pa_error err = {0};
        pa_view view;
        CU_ASSERT_EQUAL(pa_view_make(comm, n, key, tie, &view, &err), PA_OK);
        CU_ASSERT_EQUAL(view.first, (int64_t)first);
        CU_ASSERT_EQUAL(view.n, until - first);
        CU_ASSERT_EQUAL(view.n_global, (int64_t)b->n);
        int wrong = 0;
        for (size_t i = 0; i < view.n; i++) {
            wrong += view.key[i] != sorted[first + i].key;
            wrong += view.tie[i] != sorted[first + i].tie;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        check_columns(&view, n, row, sorted + first);
        pa_view_free(&view);
        CU_ASSERT_PTR_NULL(view.key);
    }
}

static void check_all_holders(size_t n, uint64_t (*key)(size_t row))
{
    check_book(&(book){n, anyone, key});
    check_book(&(book){n, the_last, key});
    check_book(&(book){n, not_rank_1, key});
}

static void test_view_of_heavy_ties_is_the_sorted_book(void)
{
    check_all_holders(MOST, heavy_ties);
}

static void test_view_of_equal_keys_is_the_sorted_book(void)
{
    check_all_holders(MOST - 1, all_equal);
}

static void test_view_with_one_large_merchant_is_cut_by_rows(void)
{
    check_all_holders(MOST, one_merchant_has_half);
}

static void test_view_of_the_whole_key_range_is_the_sorted_book(void)
{
    check_all_holders(MOST - 2, whole_range);
}

static void test_view_of_fewer_rows_than_ranks_is_the_sorted_book(void)
{
    for (size_t n = 0; n <= 5; n++) {
        check_all_holders(n, all_equal);
        check_all_holders(n, whole_range);
    }
}

static void test_view_of_many_rows_is_the_sorted_book(void)
{
    check_all_holders(LARGE, heavy_ties);
    check_all_holders(LARGE - 1, all_equal);
    check_all_holders(LARGE - 2, one_merchant_has_half);
    check_all_holders(LARGE - 3, whole_range);
}

/* Of this rank's part of a view: ids that do not ascend, after those of the
 * ranks before it. */
static int out_of_order(const pa_view *view, const int64_t id[])
{
    pa_comm *comm = pa_test_comm();
    pa_error err = {0};
    void *all = NULL;
    size_t bytes = 0;
    int wrong = 0;
    CU_ASSERT_EQUAL(pa_gather_all(comm, id, view->n * sizeof *id, &all, &bytes, &err), PA_OK);
    CU_ASSERT_EQUAL(bytes, (size_t)view->n_global * sizeof *id);
    const int64_t *ids = all;
    for (size_t i = 1; i < bytes / sizeof *ids; i++) wrong += ids[i] <= ids[i - 1];
    pa_free(all);
    return wrong;
}

/* Rows with equal pairs stay in the order of the ranks and of the rows there, the
 * cuts stay exact, and answers still find the row that asked. */
static void keep_order_of(size_t here)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    size_t n = rank == 0 ? here : here / 10 * (size_t)rank, n_global = here;
    for (int r = 1; r < size; r++) n_global += here / 10 * (size_t)r;
    static uint64_t key[LARGE];
    static int64_t tie[LARGE], id[LARGE], there[4 * LARGE], back[LARGE];
    static uint8_t bytes[4 * LARGE];
    for (size_t i = 0; i < n; i++) {
        bool larger = i == 7; /* one a rank, the rest alike */
        key[i] = 9 + larger;
        tie[i] = -3;
        id[i] = 1000000 * larger + rank * 10000 + (int64_t)i;
    }
    pa_error err = {0};
    pa_view view;
    pa_view_column along[] = {{.width = sizeof *id, .rows = id}, {.width = 1, .rows = id}};
    CU_ASSERT_EQUAL(pa_view_make_with(comm, n, key, tie, 2, along, &view, &err), PA_OK);
    CU_ASSERT_EQUAL(view.first, (int64_t)((size_t)rank * n_global / (size_t)size));
    CU_ASSERT_EQUAL(view.n, (size_t)(rank + 1) * n_global / (size_t)size - (size_t)view.first);
    CU_ASSERT_EQUAL(pa_view_send(comm, &view, sizeof *id, id, there, &err), PA_OK);
    CU_ASSERT(memcmp(along[0].ordered, there, view.n * sizeof *id) == 0);
    CU_ASSERT_EQUAL(pa_view_send(comm, &view, 1, id, bytes, &err), PA_OK);
    CU_ASSERT(memcmp(along[1].ordered, bytes, view.n) == 0);
    int64_t ids = 0, expected = 0;
    for (size_t i = 0; i < view.n; i++) ids += there[i];
    for (size_t i = 0; i < n; i++) expected += id[i];
    pa_sum_i64(comm, &ids, 1);
    pa_sum_i64(comm, &expected, 1);
    CU_ASSERT_EQUAL(ids, expected);
    CU_ASSERT_EQUAL(out_of_order(&view, there), 0);
    CU_ASSERT_EQUAL(pa_view_return(comm, &view, sizeof *id, there, back, &err), PA_OK);
    CU_ASSERT(memcmp(back, id, n * sizeof *id) == 0);
    pa_free(along[0].ordered);
    pa_free(along[1].ordered);
    pa_view_free(&view);
}

static void test_equal_pairs_keep_the_order_of_the_rows(void)
{
    keep_order_of(50);
    keep_order_of(LARGE);
}

static void test_zeroed_view_may_be_freed(void)
{
    pa_view view = {0};
    pa_view_free(&view);
    CU_ASSERT_PTR_NULL(view.plan);
}

static const pa_test tests[] = {
    {"view of heavy ties is the sorted book", test_view_of_heavy_ties_is_the_sorted_book},
    {"view of equal keys is the sorted book", test_view_of_equal_keys_is_the_sorted_book},
    {"view with one large merchant is cut by rows",
     test_view_with_one_large_merchant_is_cut_by_rows},
    {"view of the whole key range is the sorted book",
     test_view_of_the_whole_key_range_is_the_sorted_book},
    {"view of fewer rows than ranks is the sorted book",
     test_view_of_fewer_rows_than_ranks_is_the_sorted_book},
    {"view of many rows is the sorted book", test_view_of_many_rows_is_the_sorted_book},
    {"equal pairs keep the order of the rows", test_equal_pairs_keep_the_order_of_the_rows},
    {"zeroed view may be freed", test_zeroed_view_may_be_freed},
};
PA_MPI_TEST_MAIN("view", tests)
