#include <string.h>

#include "paraudit/base/array.h"
#include "unit.h"

static void test_first_error_is_kept(void)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_fail_at(&err, PA_E_DATA, 2, 7, "b.csv:7: %s", "bad"), PA_E_DATA);
    CU_ASSERT_EQUAL(pa_fail(&err, PA_E_IO, "later"), PA_E_IO);
    CU_ASSERT_EQUAL(err.status, PA_E_DATA);
    CU_ASSERT_EQUAL(err.file, 2);
    CU_ASSERT_EQUAL(err.line, 7);
    CU_ASSERT_STRING_EQUAL(err.message, "b.csv:7: bad");
}

static void test_product_that_overflows_is_refused(void)
{
    pa_error err = {0};
    CU_ASSERT_PTR_NULL(pa_alloc((size_t)-1 / 2, 4, &err));
    CU_ASSERT_EQUAL(err.status, PA_E_MEMORY);
}

static void test_new_arrays_are_zero(void)
{
    pa_error err = {0};
    long *v = NULL;
    CU_ASSERT_EQUAL(PA_NEW(v, 1000, &err), PA_OK);
    for (int i = 0; i < 1000; i++) CU_ASSERT_EQUAL(v[i], 0);
    pa_free(v);
}

static void test_buffer_grows_and_keeps_its_text(void)
{
    pa_error err = {0};
    pa_buffer b = {0};
    for (int i = 0; i < 1000; i++)
        CU_ASSERT_EQUAL(pa_buffer_printf(&b, &err, "%d,", i % 10), PA_OK);
    CU_ASSERT_EQUAL(pa_buffer_add(&b, "end", 3, &err), PA_OK);
    CU_ASSERT_EQUAL(b.length, 2003);
    CU_ASSERT(memcmp(b.data, "0,1,2,3,", 8) == 0);
    CU_ASSERT(memcmp(b.data + b.length - 5, "9,end", 5) == 0);
    pa_buffer_free(&b);
    CU_ASSERT_PTR_NULL(b.data);
}

static const pa_test tests[] = {
    {"first error is kept", test_first_error_is_kept},
    {"product that overflows is refused", test_product_that_overflows_is_refused},
    {"new arrays are zero", test_new_arrays_are_zero},
    {"buffer grows and keeps its text", test_buffer_grows_and_keeps_its_text},
};
PA_TEST_MAIN("status", tests)
