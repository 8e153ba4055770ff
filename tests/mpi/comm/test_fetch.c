#include "paraudit/comm/fetch.h"

#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"

enum { ROWS = 23, WIDTH = 3, ASKED = 50 };

static void value_of(int64_t row, unsigned char value[WIDTH])
{
    for (int b = 0; b < WIDTH; b++) value[b] = (unsigned char)(row < 0 ? 0 : row * 11 + b + 1);
}

/* Cuts: evenly; all on the last rank; rank 0 and nobody else, as a small table lies. */
static pa_spread_column cut(int how, unsigned char values[ROWS * WIDTH])
{
    int64_t rank = pa_comm_rank(pa_test_comm()), size = pa_comm_size(pa_test_comm());
    int64_t first = ROWS * rank / size, until = ROWS * (rank + 1) / size;
    if (how == 1) {
        first = 0;
        until = rank == size - 1 ? ROWS : 0;
    } else if (how == 2) {
        first = rank == 0 ? 0 : ROWS;
        until = ROWS;
    }
    for (int64_t row = first; row < until; row++) value_of(row, values + (row - first) * WIDTH);
    return (pa_spread_column){first, (size_t)(until - first), WIDTH, values};
}

/* Every rank asks for others, some rows often, some for none. */
static int64_t wanted(size_t i)
{
    int64_t rank = pa_comm_rank(pa_test_comm());
    return ((int64_t)i * 7 + rank * 5) % (ROWS + 2) - 2;
}

static void test_rows_come_from_wherever_they_lie(void)
{
    for (int how = 0; how < 3; how++) {
        unsigned char values[ROWS * WIDTH], found[ASKED * WIDTH], expected[WIDTH];
        const pa_spread_column column = cut(how, values);
        int64_t row[ASKED];
        size_t n = how + pa_comm_rank(pa_test_comm()) == 1 ? 0 : ASKED;
        int wrong = 0;
        for (size_t i = 0; i < n; i++) row[i] = wanted(i);
        CU_ASSERT_EQUAL(pa_fetch_rows(pa_test_comm(), &column, n, row, found, NULL), PA_OK);
        for (size_t i = 0; i < n; i++) {
            value_of(row[i], expected);
            wrong += memcmp(found + i * WIDTH, expected, WIDTH) != 0;
        }
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

/* Two columns of unlike cuts, one of them narrower: its values end in a zero byte. */
static void test_rows_of_several_columns_come_together(void)
{
    unsigned char values[2][ROWS * WIDTH], short_values[ROWS * 2], found[ASKED * WIDTH];
    pa_spread_column column[] = {cut(0, values[0]), cut(2, values[1])};
    uint8_t of[ASKED];
    int64_t row[ASKED];
    int wrong = 0;
    for (size_t i = 0; i < column[1].n_rows; i++)
        memcpy(short_values + 2 * i, values[1] + WIDTH * i, 2);
    column[1].width = 2;
    column[1].values = short_values;
    for (size_t i = 0; i < ASKED; i++) {
        row[i] = wanted(i);
        of[i] = i % 3 == 0;
    }
    CU_ASSERT_EQUAL(pa_fetch_from(pa_test_comm(), 2, column, ASKED, of, row, WIDTH, found, NULL),
                    PA_OK);
    for (size_t i = 0; i < ASKED; i++) {
        unsigned char expected[WIDTH];
        value_of(row[i], expected);
        if (of[i]) expected[WIDTH - 1] = 0;
        wrong += memcmp(found + i * WIDTH, expected, WIDTH) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_a_row_that_is_nowhere_fails_on_all_ranks(void)
{
    unsigned char values[ROWS * WIDTH], found[WIDTH];
    pa_error err = {0};
    const pa_spread_column column = cut(0, values);
    int64_t row = pa_comm_rank(pa_test_comm()) == 0 ? ROWS : 1;
    CU_ASSERT_EQUAL(pa_fetch_rows(pa_test_comm(), &column, 1, &row, found, &err), PA_E_BUG);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "row 23"));
}

static const pa_test tests[] = {
    {"rows come from wherever they lie", test_rows_come_from_wherever_they_lie},
    {"rows of several columns come together", test_rows_of_several_columns_come_together},
    {"a row that is nowhere fails on all ranks", test_a_row_that_is_nowhere_fails_on_all_ranks},
};
PA_MPI_TEST_MAIN("fetch", tests)
