#include "paraudit/base/pack.h"

#include <stdint.h>

#include "paraudit/base/draw.h"
#include "unit.h"

static void check_alike(size_t n, const int64_t v[], size_t ends_every, size_t *bytes)
{
    pa_error err = {0};
    pa_buffer out = {0};
    pa_packer packer = {.out = &out};
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        wrong += pa_pack(&packer, v[i], &err) != PA_OK;
        if ((i + 1) % ends_every == 0) wrong += pa_pack_end(&packer, &err) != PA_OK;
    }
    wrong += pa_pack_end(&packer, &err) != PA_OK;
    pa_unpacker unpacker = {.at = out.data, .end = out.data + out.length};
    for (size_t i = 0; i < n; i++)
        wrong += pa_unpack_ended(&unpacker) || pa_unpack(&unpacker) != v[i];
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(pa_unpack_ended(&unpacker));
    *bytes = out.length;
    pa_buffer_free(&out);
}

static void test_numbers_take_the_bytes_that_are_told(void)
{
    static const struct {
        int64_t v;
        size_t bytes;
    } c[] = {{1, 1},    {-1, 1},   {63, 1},        {-64, 1},        {64, 2},         {-65, 2},
             {8191, 2}, {8192, 3}, {INT32_MAX, 5}, {INT64_MAX, 10}, {INT64_MIN, 10}, {0, 2}};
    size_t bytes;
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        check_alike(1, &c[i].v, 1, &bytes);
        CU_ASSERT_EQUAL(bytes, c[i].bytes);
    }
}

static void test_zeros_in_a_row_are_counted(void)
{
    enum { N = 100000 };
    static int64_t v[N];
    size_t bytes;
    check_alike(N, v, N, &bytes);
    CU_ASSERT_EQUAL(bytes, 4);
    v[N / 2] = -3;
    check_alike(N, v, N, &bytes);
    CU_ASSERT_EQUAL(bytes, 9);
    check_alike(N, v, 7, &bytes);
}

/* Of all sizes, with zeros among them, packed in one go and by parts. */
static void test_drawn_numbers_come_back(void)
{
    enum { N = 5000 };
    static int64_t v[N];
    size_t bytes;
    for (uint64_t i = 0; i < N; i++) {
        uint64_t bits = pa_draw_below(1, PA_DRAW_TEST, i, 0, 64);
        uint64_t drawn = pa_draw_below(1, PA_DRAW_TEST, i, 1, UINT64_MAX);
        v[i] = i % 3 ? (int64_t)(drawn >> bits) : 0;
        if (i % 2) v[i] = -v[i];
    }
    check_alike(N, v, N, &bytes);
    check_alike(N, v, 1, &bytes);
    check_alike(N, v, 4, &bytes);
}

static void test_nothing_takes_nothing(void)
{
    pa_unpacker none = {0};
    size_t bytes;
    check_alike(0, NULL, 1, &bytes);
    CU_ASSERT_EQUAL(bytes, 0);
    CU_ASSERT(pa_unpack_ended(&none));
}

static const pa_test tests[] = {
    {"numbers take the bytes that are told", test_numbers_take_the_bytes_that_are_told},
    {"zeros in a row are counted", test_zeros_in_a_row_are_counted},
    {"drawn numbers come back", test_drawn_numbers_come_back},
    {"nothing takes nothing", test_nothing_takes_nothing},
};
PA_TEST_MAIN("pack", tests)
