/* The order of sets, beside a twin that compares each with each. */
#include "paraudit/patterns/set_order.h"

#include <stdbool.h>
#include <string.h>

#include "drawn_baskets.h"
#include "unit.h"

enum { N_ITEMS = 40, MOST = 400, LONGEST = 6 };

/* As compared in the plainest way: by size, then item by item, then by place. */
static bool comes_before(const pa_set_record record[], uint32_t a, uint32_t b)
{
    const pa_set_record *x = record + a, *y = record + b;
    if (x->size != y->size) return x->size < y->size;
    for (uint32_t k = 0; k < x->size; k++) {
        int32_t i, j;
        memcpy(&i, x->items + k * sizeof i, sizeof i);
        memcpy(&j, y->items + k * sizeof j, sizeof j);
        if (i != j) return i < j;
    }
    return a < b;
}

/* A set of `size` items that ascend, each a multiple of `step`. */
static void draw_set(uint32_t *state, uint32_t size, uint32_t step, pa_buffer *to)
{
    int32_t item[LONGEST];
    uint32_t n = 0;
    for (uint32_t code = 0; n < size; code++) {
        uint32_t left = N_ITEMS / step - code;
        if (draw(state, left) < size - n) item[n++] = (int32_t)(code * step);
    }
    CU_ASSERT_EQUAL(pa_write_set_record(NULL, size, item, 1, to, NULL), PA_OK);
}

static size_t read_all(const pa_buffer *bytes, pa_set_record record[])
{
    size_t n = 0;
    const char *at = bytes->data, *end = at + bytes->length;
    while (at < end) at = pa_read_set_record(at, record + n++);
    return n;
}

static void check_order(size_t n, const pa_set_record record[], int32_t n_items)
{
    uint32_t order[MOST] = {0};
    bool met[MOST] = {0};
    CU_ASSERT_EQUAL_FATAL(pa_order_sets(n, record, n_items, order, NULL), PA_OK);
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_FATAL(order[i] < n && !met[order[i]]);
        met[order[i]] = true;
        if (i) CU_ASSERT(comes_before(record, order[i - 1], order[i]));
    }
}

static void test_drawn_sets_come_in_order(void)
{
    static pa_set_record record[MOST];
    uint32_t state = 5;
    for (int round = 0; round < 40; round++) {
        pa_buffer bytes = {0};
        size_t n = draw(&state, MOST);
        for (size_t i = 0; i < n; i++)
            draw_set(&state, 1 + draw(&state, LONGEST), 1 + draw(&state, 3), &bytes);
        CU_ASSERT_EQUAL(read_all(&bytes, record), n);
        check_order(n, record, N_ITEMS);
        pa_buffer_free(&bytes);
    }
}

/* Fewer items than sizes; no set at all. */
static void test_few_sets_come_in_order(void)
{
    const int32_t item[] = {0, 1, 2};
    pa_set_record record[3] = {{0}};
    pa_buffer bytes = {0};
    check_order(0, record, 0);
    check_order(0, record, 3);
    for (size_t size = 3; size > 0; size--)
        CU_ASSERT_EQUAL(pa_write_set_record(NULL, size, item, 1, &bytes, NULL), PA_OK);
    CU_ASSERT_EQUAL(read_all(&bytes, record), 3);
    check_order(3, record, 3);
    check_order(1, record, 3);
    pa_buffer_free(&bytes);
}

static const pa_test tests[] = {
    {"drawn sets come in order", test_drawn_sets_come_in_order},
    {"few sets come in order", test_few_sets_come_in_order},
};
PA_TEST_MAIN("set_order", tests)
