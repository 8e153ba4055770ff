#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/comm/route.h"

static const size_t pieces[] = {1, 7, 100, PA_PIECE_DEFAULT};
enum { N_PIECES = sizeof pieces / sizeof *pieces, MOST_ROWS = 301, MOST_WIDTH = 64 };

/* Rows per rank: 300, 0, 17, 301. */
static size_t rows_of(int rank)
{
    static const size_t rows[] = {300, 0, 17, 301};
    return rows[rank];
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 31)) * 0x7FB5D329728EA185u;
    return (x ^ (x >> 27)) * 0x81DADEF4BC2DD44Du;
}

typedef int32_t (*owner_rule)(int rank, size_t row, int size);

static int32_t anywhere(int rank, size_t row, int size)
{
    return (int32_t)(mix((uint64_t)rank * 1000 + row) % (uint64_t)size);
}

static int32_t all_to_the_last(int rank, size_t row, int size)
{
    (void)rank, (void)row;
    return size - 1;
}

static int32_t grouped_already(int rank, size_t row, int size)
{
    return (int32_t)(row * (size_t)size / (rows_of(rank) + 1));
}

static int32_t to_the_next_rank(int rank, size_t row, int size)
{
    (void)row;
    return (rank + 1) % size;
}

/* Every byte of a value tells rank, row and place, so that none can be lost. */
static void fill_value(unsigned char *value, int rank, size_t row, size_t width)
{
    for (size_t b = 0; b < width; b++) {
        value[b] = (unsigned char)mix((uint64_t)rank << 40 | row << 8 | b);
    }
}

/* The slow twin: walks all rows of all ranks in the promised order of arrival. */
static size_t expected_arrivals(owner_rule rule, int here, int size, size_t width,
                                unsigned char *expected)
{
    size_t n = 0;
    for (int r = 0; r < size; r++) {
        for (size_t i = 0; i < rows_of(r); i++) {
            if (rule(r, i, size) == here) fill_value(expected + width * n++, r, i, width);
        }
    }
    return n;
}

static void there_and_back(owner_rule rule, size_t width)
{
    static unsigned char rows[MOST_ROWS * MOST_WIDTH], back[sizeof rows];
    static unsigned char expected[4 * sizeof rows];
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    size_t n = rows_of(rank);
    int32_t owner[MOST_ROWS];
    for (size_t i = 0; i < n; i++) {
        owner[i] = rule(rank, i, size);
        fill_value(rows + i * width, rank, i, width);
    }
    size_t n_expected = expected_arrivals(rule, rank, size, width, expected);

    pa_error err = {0};
    pa_route *route = NULL;
    CU_ASSERT_EQUAL(pa_route_make(comm, n, owner, &route, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_route_received(route), n_expected);
    /* Bytes that must not be touched follow the last value. */
    unsigned char *arrived = pa_alloc(n_expected * width + 1, 1, &err);
    arrived[n_expected * width] = 0xA5;
    memset(back, 0, sizeof back);
    CU_ASSERT_EQUAL(pa_route_send(comm, route, width, rows, arrived, &err), PA_OK);
    CU_ASSERT(memcmp(arrived, expected, n_expected * width) == 0);
    CU_ASSERT_EQUAL(arrived[n_expected * width], 0xA5);
    CU_ASSERT_EQUAL(pa_route_return(comm, route, width, arrived, back, &err), PA_OK);
    CU_ASSERT(memcmp(back, rows, n * width) == 0);
    pa_free(arrived);
    pa_route_free(route);
}

static void in_all_pieces(owner_rule rule)
{
    static const size_t widths[] = {1, 2, 3, 4, 8, 16, MOST_WIDTH};
    for (int p = 0; p < N_PIECES; p++) {
        pa_comm_set_piece(pa_test_comm(), pieces[p]);
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            there_and_back(rule, widths[w]);
        }
    }
}

static void test_rows_for_anyone_come_back_as_they_were(void)
{
    in_all_pieces(anywhere);
}

static void test_rows_for_one_rank_come_back_as_they_were(void)
{
    in_all_pieces(all_to_the_last);
}

static void test_rows_that_are_grouped_come_back_as_they_were(void)
{
    in_all_pieces(grouped_already);
}

static void test_rows_in_a_ring_come_back_as_they_were(void)
{
    in_all_pieces(to_the_next_rank);
}

static void test_no_rows_at_all_make_a_route(void)
{
    pa_error err = {0};
    pa_route *route = NULL;
    CU_ASSERT_EQUAL(pa_route_make(pa_test_comm(), 0, NULL, &route, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_route_received(route), 0);
    CU_ASSERT_EQUAL(pa_route_send(pa_test_comm(), route, 8, NULL, NULL, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_route_return(pa_test_comm(), route, 8, NULL, NULL, &err), PA_OK);
    pa_route_free(route);
    pa_route_free(NULL);
}

/* Two columns in one stream: the second may not take messages of the first. */
static void test_columns_do_not_mix(void)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    enum { N = 50 };
    int32_t owner[N];
    int64_t id[N];
    double half[N];
    for (int i = 0; i < N; i++) {
        owner[i] = anywhere(rank, (size_t)i, size);
        id[i] = rank * 100 + i;
        half[i] = 0.5 * (double)id[i];
    }
    pa_comm_set_piece(comm, 16);
    pa_error err = {0};
    pa_route *route = NULL;
    CU_ASSERT_EQUAL(pa_route_make(comm, N, owner, &route, &err), PA_OK);
    size_t n = pa_route_received(route);
    int64_t *ids = pa_alloc(n, sizeof *ids, &err);
    double *halves = pa_alloc(n, sizeof *halves, &err);
    CU_ASSERT_EQUAL(pa_route_send(comm, route, sizeof *id, id, ids, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_route_send(comm, route, sizeof *half, half, halves, &err), PA_OK);
    int wrong = 0;
    for (size_t i = 0; i < n; i++) wrong += halves[i] != 0.5 * (double)ids[i];
    CU_ASSERT_EQUAL(wrong, 0);
    pa_free(ids);
    pa_free(halves);
    pa_route_free(route);
}

/* Turned by one: value i of the column is the one that arrived as value i + 1. */
static void arranged_there_and_back(owner_rule rule, size_t width)
{
    static unsigned char rows[MOST_ROWS * MOST_WIDTH], back[sizeof rows];
    static unsigned char expected[4 * sizeof rows];
    static uint32_t order[4 * MOST_ROWS];
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    size_t n = rows_of(rank), n_expected = expected_arrivals(rule, rank, size, width, expected);
    int32_t owner[MOST_ROWS];
    for (size_t i = 0; i < n; i++) {
        owner[i] = rule(rank, i, size);
        fill_value(rows + i * width, rank, i, width);
    }
    for (size_t i = 0; i < n_expected; i++) order[i] = (uint32_t)((i + 1) % n_expected);

    pa_error err = {0};
    pa_route *route = NULL;
    CU_ASSERT_EQUAL(pa_route_make(comm, n, owner, &route, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_route_arrange(route, order, &err), PA_OK);
    unsigned char *arrived = pa_alloc(n_expected, width, &err);
    memset(back, 0, sizeof back);
    CU_ASSERT_EQUAL(pa_route_send(comm, route, width, rows, arrived, &err), PA_OK);
    size_t wrong = 0;
    for (size_t i = 0; i < n_expected; i++) {
        wrong += memcmp(arrived + i * width, expected + order[i] * width, width) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(pa_route_return(comm, route, width, arrived, back, &err), PA_OK);
    CU_ASSERT(memcmp(back, rows, n * width) == 0);
    pa_free(arrived);
    pa_route_free(route);
}

static void test_rows_arrive_in_the_order_of_a_route(void)
{
    static const owner_rule rules[] = {anywhere, all_to_the_last, grouped_already,
                                       to_the_next_rank};
    static const size_t widths[] = {1, 4, 8, 3};
    for (int p = 0; p < N_PIECES; p++) {
        pa_comm_set_piece(pa_test_comm(), pieces[p]);
        for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
            arranged_there_and_back(rules[k], widths[k]);
        }
    }
}

/* Longer than the messages that a transfer cuts, whatever the piece. */
static void test_a_column_of_many_messages_arrives(void)
{
    enum { N = 700000 };
    pa_comm *comm = pa_test_comm();
    pa_error err = {0};
    pa_route *route = NULL;
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    int32_t *owner = pa_alloc(N, sizeof *owner, &err);
    int64_t *row = pa_alloc(N, sizeof *row, &err);
    for (int i = 0; i < N; i++) {
        owner[i] = (rank + (i % 7 == 0)) % size;
        row[i] = (int64_t)rank * N + i;
    }
    pa_comm_set_piece(comm, PA_PIECE_DEFAULT);
    CU_ASSERT_EQUAL(pa_route_make(comm, N, owner, &route, &err), PA_OK);
    int64_t *arrived = pa_alloc(pa_route_received(route), sizeof *arrived, &err);
    int64_t *back = pa_alloc(N, sizeof *back, &err);
    CU_ASSERT_EQUAL(pa_route_send(comm, route, sizeof *row, row, arrived, &err), PA_OK);
    for (size_t i = 0; i < pa_route_received(route); i++) arrived[i] *= 2;
    CU_ASSERT_EQUAL(pa_route_return(comm, route, sizeof *row, arrived, back, &err), PA_OK);
    int wrong = 0;
    for (int i = 0; i < N; i++) wrong += back[i] != 2 * row[i];
    CU_ASSERT_EQUAL(wrong, 0);
    pa_free(owner);
    pa_free(row);
    pa_free(arrived);
    pa_free(back);
    pa_route_free(route);
}

/* Columns of several widths that share their messages arrive as they do one by one, there in an
 * order, and come back. */
static void test_columns_together_are_columns_one_by_one(void)
{
    enum { ROWS = 300, WIDE = 24 };
    pa_comm *comm = pa_test_comm();
    int size = pa_comm_size(comm), rank = pa_comm_rank(comm);
    size_t n = rank == 1 ? 0 : ROWS, unlike = 0;
    int32_t owner[ROWS];
    int64_t number[ROWS], number_back[ROWS];
    char small[ROWS], small_back[ROWS], wide[ROWS][WIDE], wide_back[ROWS][WIDE];
    for (size_t i = 0; i < n; i++) {
        number[i] = (int64_t)i * 1000 + rank;
        small[i] = (char)(7 * i + (size_t)rank);
        for (size_t b = 0; b < WIDE; b++) wide[i][b] = (char)(i * b);
        owner[i] = (int32_t)((i * i + 3 * i / 7) % (size_t)size);
    }
    for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
        pa_route *route = NULL;
        pa_comm_set_piece(comm, pieces[p]);
        CU_ASSERT_EQUAL(pa_route_make(comm, n, owner, &route, NULL), PA_OK);
        size_t m = pa_route_received(route);
        uint32_t *order = pa_alloc(m, sizeof *order, NULL);
        for (size_t i = 0; i < m; i++) order[i] = (uint32_t)(m - 1 - i);
        CU_ASSERT_EQUAL(pa_route_arrange(route, order, NULL), PA_OK);
        int64_t *one = pa_alloc(m, sizeof *one, NULL), *got = pa_alloc(m, sizeof *got, NULL);
        char *got_small = pa_alloc(m, 1, NULL), *got_wide = pa_alloc(m, WIDE, NULL);
        CU_ASSERT_EQUAL(pa_route_send(comm, route, sizeof *one, number, one, NULL), PA_OK);
        const pa_column_move there[] = {
            {1, small, got_small}, {sizeof *got, number, got}, {WIDE, wide, got_wide}};
        CU_ASSERT_EQUAL(pa_route_send_all(comm, route, 3, there, NULL), PA_OK);
        for (size_t i = 0; i < m; i++) unlike += got[i] != one[i];
        const pa_column_move back[] = {{WIDE, got_wide, wide_back},
                                       {1, got_small, small_back},
                                       {sizeof *got, got, number_back}};
        CU_ASSERT_EQUAL(pa_route_return_all(comm, route, 3, back, NULL), PA_OK);
        for (size_t i = 0; i < n; i++) {
            unlike += number_back[i] != number[i] || small_back[i] != small[i];
            unlike += memcmp(wide_back[i], wide[i], WIDE) != 0;
        }
        pa_free(one);
        pa_free(got);
        pa_free(got_small);
        pa_free(got_wide);
        pa_free(order);
        pa_route_free(route);
    }
    CU_ASSERT_EQUAL(unlike, 0);
}

/* The last rank does not know its owners, and then has no room for what comes: nothing moves. */
static void test_a_rank_that_cannot_go_on_holds_all(void)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    int32_t owner[1] = {(rank + 1) % size};
    int64_t number = rank, got = -1;
    pa_route *route = NULL;
    pa_error err = {0};
    if (rank == size - 1) pa_fail(&err, PA_E_DATA, "no owners");
    CU_ASSERT_EQUAL(pa_route_make_if(comm, err.status, 1, owner, &route, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message, "no owners");
    CU_ASSERT_PTR_NULL(route);

    err = (pa_error){0};
    CU_ASSERT_EQUAL_FATAL(pa_route_make_if(comm, PA_OK, 1, owner, &route, &err), PA_OK);
    const pa_column_move there = {sizeof number, &number, &got};
    if (rank == size - 1) pa_fail(&err, PA_E_MEMORY, "no room");
    CU_ASSERT_EQUAL(pa_route_send_if(comm, err.status, route, 1, &there, &err), PA_E_MEMORY);
    CU_ASSERT_EQUAL(got, -1);
    CU_ASSERT_EQUAL(pa_route_return_if(comm, err.status, route, 1, &there, &err), PA_E_MEMORY);
    CU_ASSERT_EQUAL(got, -1);
    pa_route_free(route);
}

static char letter(int from, int to, int64_t i)
{
    return (char)(7 * from + 3 * to + (int)(i % 11));
}

/* As many as both ranks say, to oneself too, and none from odd ones to even ones. */
static int64_t letters(int from, int to)
{
    return from % 2 && to % 2 == 0 ? 0 : 1000 * from + to;
}

static void test_bytes_go_to_several_ranks(void)
{
    pa_comm *comm = pa_test_comm();
    int size = pa_comm_size(comm), rank = pa_comm_rank(comm);
    int64_t *count = pa_alloc((size_t)size, sizeof *count, NULL), unlike = 0;
    pa_buffer text = {0};
    for (int p = 0; p < size; p++) {
        count[p] = letters(rank, p);
        for (int64_t i = 0; i < count[p]; i++) {
            char c = letter(rank, p, i);
            CU_ASSERT_EQUAL(pa_buffer_add(&text, &c, 1, NULL), PA_OK);
        }
    }
    void *arrived = NULL;
    size_t n = 0, at = 0;
    CU_ASSERT_EQUAL(pa_exchange_bytes(comm, text.data, count, &arrived, &n, NULL), PA_OK);
    for (int p = 0; p < size; p++)
        for (int64_t i = 0; i < letters(p, rank) && at < n; i++)
            unlike += ((char *)arrived)[at++] != letter(p, rank, i);
    CU_ASSERT_EQUAL(unlike, 0);
    CU_ASSERT_EQUAL(at, n);
    pa_free(count);
    pa_free(arrived);
    pa_buffer_free(&text);
}

/* What stays is not counted, and what leaves by its width alone. */
static void test_bytes_that_leave_are_counted(void)
{
    pa_comm *comm = pa_test_comm();
    int size = pa_comm_size(comm), rank = pa_comm_rank(comm);
    enum { ROWS = 40, WIDTH = 24 };
    int32_t owner[ROWS];
    pa_route *route = NULL;
    int64_t leaving = 0;
    for (int i = 0; i < ROWS; i++) {
        owner[i] = i % size;
        leaving += owner[i] != rank;
    }
    CU_ASSERT_EQUAL(pa_route_make(comm, ROWS, owner, &route, NULL), PA_OK);
    char *rows = pa_alloc(ROWS, WIDTH, NULL), *arrived = pa_alloc(ROWS * (size_t)size, WIDTH, NULL);
    int64_t before = pa_comm_used(comm).bytes;
    CU_ASSERT_EQUAL(pa_route_send(comm, route, WIDTH, rows, arrived, NULL), PA_OK);
    int64_t sent = pa_comm_used(comm).bytes - before;
    /* ... beside the few bytes of the ranks' agreement. */
    CU_ASSERT(sent >= WIDTH * leaving && sent <= WIDTH * leaving + 1000);
    if (size == 1) CU_ASSERT_EQUAL(sent, 0);
    pa_route_free(route);
    pa_free(rows);
    pa_free(arrived);
}

static const pa_test tests[] = {
    {"a rank that cannot go on holds all", test_a_rank_that_cannot_go_on_holds_all},
    {"rows for anyone come back as they were", test_rows_for_anyone_come_back_as_they_were},
    {"rows for one rank come back as they were", test_rows_for_one_rank_come_back_as_they_were},
    {"rows that are grouped come back as they were",
     test_rows_that_are_grouped_come_back_as_they_were},
    {"rows in a ring come back as they were", test_rows_in_a_ring_come_back_as_they_were},
    {"rows arrive in the order of a route", test_rows_arrive_in_the_order_of_a_route},
    {"a column of many messages arrives", test_a_column_of_many_messages_arrives},
    {"no rows at all make a route", test_no_rows_at_all_make_a_route},
    {"columns do not mix", test_columns_do_not_mix},
    {"columns together are columns one by one", test_columns_together_are_columns_one_by_one},
    {"bytes go to several ranks", test_bytes_go_to_several_ranks},
    {"bytes that leave are counted", test_bytes_that_leave_are_counted},
};
PA_MPI_TEST_MAIN("route", tests)
