#include "paraudit/base/intern.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "unit.h"

static int32_t add(pa_intern *t, const char *name)
{
    pa_error err = {0};
    int32_t code = -7;
    CU_ASSERT_EQUAL(pa_intern_add(t, name, strlen(name), &code, &err), PA_OK);
    return code;
}

static void test_codes_follow_first_appearance(void)
{
    pa_intern t = {0};
    CU_ASSERT_EQUAL(pa_intern_find(&t, "b", 1), -1);
    CU_ASSERT_EQUAL(add(&t, "b"), 0);
    CU_ASSERT_EQUAL(add(&t, "a"), 1);
    CU_ASSERT_EQUAL(add(&t, "b"), 0);
    CU_ASSERT_EQUAL(add(&t, ""), 2);
    CU_ASSERT_EQUAL(add(&t, "ab"), 3);
    CU_ASSERT_EQUAL(add(&t, "a"), 1);
    CU_ASSERT_EQUAL(add(&t, ""), 2);
    CU_ASSERT_EQUAL(t.n, 4);
    CU_ASSERT_EQUAL(t.start[4], 4);
    CU_ASSERT(memcmp(t.bytes, "baab", 4) == 0);
    CU_ASSERT_EQUAL(pa_intern_find(&t, "ab", 2), 3);
    CU_ASSERT_EQUAL(pa_intern_find(&t, "ba", 2), -1);
    pa_intern_free(&t);
    CU_ASSERT_PTR_NULL(t.slots);
}

static void test_zero_bytes_and_lengths_count(void)
{
    pa_intern t = {0};
    pa_error err = {0};
    int32_t code;
    for (int32_t length = 0; length <= 64; length++) {
        char zeros[64] = {0};
        CU_ASSERT_EQUAL(pa_intern_add(&t, zeros, (size_t)length, &code, &err), PA_OK);
        CU_ASSERT_EQUAL(code, length);
    }
    pa_intern_free(&t);
}

/* 1 to 64 bytes; the number stands in front, so that every id has its name. */
static size_t name_of(uint64_t id, char name[80])
{
    size_t n = (size_t)snprintf(name, 80, "%llu", (unsigned long long)id);
    size_t length = n + pa_draw_below(1, PA_DRAW_TEST, 1, id, 64 - n);
    for (; n < length; n++) name[n] = (char)('a' + pa_draw_below(1, PA_DRAW_TEST, id + 2, n, 26));
    return length;
}

/* The slow twin is an array from id to code. */
static void test_codes_agree_with_slow_twin_while_growing(void)
{
    enum { IDS = 20000, ADDS = 50000 };
    pa_intern t = {0};
    pa_error err = {0};
    static int32_t code_of[IDS];
    int32_t n = 0;
    int wrong = 0;
    memset(code_of, -1, sizeof code_of);
    for (uint64_t i = 0; i < ADDS; i++) {
        uint64_t id = pa_draw_below(2, PA_DRAW_TEST, 0, i, IDS);
        char name[80];
        size_t length = name_of(id, name);
        int32_t code = -7;
        wrong += pa_intern_find(&t, name, length) != code_of[id];
        wrong += pa_intern_add(&t, name, length, &code, &err) != PA_OK;
        if (code_of[id] < 0) code_of[id] = n++;
        wrong += code != code_of[id];
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(t.n, (size_t)n);
    for (uint64_t id = 0; id < IDS; id++) {
        char name[80];
        size_t length = name_of(id, name);
        if (code_of[id] < 0) continue;
        size_t from = t.start[code_of[id]];
        wrong += t.start[code_of[id] + 1] - from != length;
        wrong += memcmp(t.bytes + from, name, length) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_intern_free(&t);
}

/* Any bytes, up to 8 of them: also such as look like a shorter name's length.
 *
 *     00 .. ff | 00 00 .. 00 ff | 00 00 00 .. 00 00 ff | ... up to 9 bytes */
static void test_short_names_of_any_bytes_are_told_apart(void)
{
    pa_intern t = {0};
    pa_error err = {0};
    int wrong = 0;
    int32_t n = 0, code = 0;
    for (int round = 0; round < 2; round++) {
        for (size_t length = 1; length <= 9; length++) {
            for (int last = 0; last < 256; last++) {
                char name[9] = {0};
                name[length - 1] = (char)last;
                wrong += pa_intern_add(&t, name, length, &code, &err) != PA_OK;
                wrong += code != (int32_t)(length - 1) * 256 + last;
                if (round == 0) wrong += (int32_t)t.n != ++n;
            }
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_intern_free(&t);
}

/* Lengths on both sides of what a slot can hold, and names that begin alike. */
static void test_very_long_names_are_told_apart(void)
{
    enum { MOST = 65540, LEAST = 65530 };
    pa_intern t = {0};
    pa_error err = {0};
    char *name = malloc(MOST);
    memset(name, 'n', MOST);
    int wrong = 0;
    int32_t code;
    for (int round = 0; round < 2; round++) {
        for (int32_t length = LEAST; length <= MOST; length++) {
            wrong += pa_intern_add(&t, name, (size_t)length, &code, &err) != PA_OK;
            wrong += code != length - LEAST;
        }
    }
    name[70] = 'm';
    wrong += pa_intern_find(&t, name, MOST) != -1;
    CU_ASSERT_EQUAL(wrong, 0);
    free(name);
    pa_intern_free(&t);
}

static void test_names_are_handed_over_and_the_table_starts_anew(void)
{
    pa_intern t = {0};
    pa_error err = {0};
    size_t n = 9, *start;
    char *bytes;
    CU_ASSERT_EQUAL(pa_intern_take(&t, &n, &start, &bytes, &err), PA_OK);
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_EQUAL(start[0], 0);
    pa_free(start);
    pa_free(bytes);

    add(&t, "one");
    add(&t, "two");
    CU_ASSERT_EQUAL(pa_intern_take(&t, &n, &start, &bytes, &err), PA_OK);
    CU_ASSERT_EQUAL(n, 2);
    CU_ASSERT_EQUAL(start[1], 3);
    CU_ASSERT_EQUAL(start[2], 6);
    CU_ASSERT(memcmp(bytes, "onetwo", 6) == 0);
    pa_free(start);
    pa_free(bytes);

    CU_ASSERT_EQUAL(t.n, 0);
    CU_ASSERT_EQUAL(pa_intern_find(&t, "one", 3), -1);
    CU_ASSERT_EQUAL(add(&t, "two"), 0);
    pa_intern_free(&t);
}

static const pa_test tests[] = {
    {"codes follow first appearance", test_codes_follow_first_appearance},
    {"zero bytes and lengths count", test_zero_bytes_and_lengths_count},
    {"codes agree with slow twin while growing", test_codes_agree_with_slow_twin_while_growing},
    {"short names of any bytes are told apart", test_short_names_of_any_bytes_are_told_apart},
    {"very long names are told apart", test_very_long_names_are_told_apart},
    {"names are handed over and the table starts anew",
     test_names_are_handed_over_and_the_table_starts_anew},
};
PA_TEST_MAIN("intern", tests)
