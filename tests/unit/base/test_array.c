#include "paraudit/base/array.h"

#include <stdint.h>

#include "unit.h"

static void test_a_list_keeps_what_it_has_as_it_grows(void)
{
    int64_t *list = NULL;
    size_t room = 0, moves = 0;
    pa_error err = {0};
    for (size_t n = 0; n < 10000; n++) {
        size_t before = room;
        CU_ASSERT_EQUAL_FATAL(PA_ROOM(list, room, n + 1, &err), PA_OK);
        CU_ASSERT_TRUE_FATAL(room > n);
        moves += room != before;
        list[n] = (int64_t)(3 * n);
    }
    for (size_t n = 0; n < 10000; n++) CU_ASSERT_EQUAL(list[n], (int64_t)(3 * n));
    CU_ASSERT_TRUE(moves < 20);
    pa_free(list);
}

static void test_room_for_many_is_as_large_as_they_are(void)
{
    CU_ASSERT_EQUAL(pa_larger_room(0, 1000000), 1000000);
    CU_ASSERT_TRUE(pa_larger_room(1000000, 1000001) >= 1500000);
    CU_ASSERT_TRUE(pa_larger_room(0, 0) > 0);
}

/* Neither the block nor what is known of its size changes. */
static void test_where_there_is_no_memory_a_list_stays(void)
{
    int64_t *list = NULL;
    size_t room = 0;
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(PA_ROOM(list, room, 1, &err), PA_OK);
    size_t before = room;
    int64_t *here = list;
    list[0] = 7;
    CU_ASSERT_EQUAL(PA_ROOM(list, room, SIZE_MAX / 4, &err), PA_E_MEMORY);
    CU_ASSERT_EQUAL(PA_RESIZE(list, SIZE_MAX / 4, &err), PA_E_MEMORY);
    CU_ASSERT_PTR_EQUAL(list, here);
    CU_ASSERT_EQUAL(room, before);
    CU_ASSERT_EQUAL(list[0], 7);
    pa_free(list);
}

static const pa_test tests[] = {
    {"a list keeps what it has as it grows", test_a_list_keeps_what_it_has_as_it_grows},
    {"room for many is as large as they are", test_room_for_many_is_as_large_as_they_are},
    {"where there is no memory a list stays", test_where_there_is_no_memory_a_list_stays},
};
PA_TEST_MAIN("array", tests)
