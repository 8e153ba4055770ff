#include "paraudit/files/spans.h"

#include <string.h>

#include "paraudit/base/draw.h"
#include "unit.h"

enum { SIZE = 100000, SPANS = 60 };

static char bytes[SIZE];

static size_t drawn_below(uint64_t attempt, uint64_t what, uint64_t i, size_t n)
{
    return (size_t)pa_draw_below(6, PA_DRAW_TEST, attempt * 1000 + what, i, n);
}

/* Spans of all lengths, some that touch, and gaps; then pieces that cut them
 * anywhere, of one byte at times. The twin digests each span at once. */
static int differs(uint64_t attempt)
{
    pa_spans s;
    pa_error err = {0};
    if (pa_spans_init(&s, SPANS, &err) != PA_OK) return 1;
    int64_t at = (int64_t)drawn_below(attempt, 1, 0, 100);
    for (size_t i = 0; i < SPANS; i++) {
        int64_t length = 1 + (int64_t)drawn_below(attempt, 2, i, i % 3 ? 3000 : 5);
        s.span[i] = (pa_span){at, at + length};
        at += length + (i % 2 ? (int64_t)drawn_below(attempt, 3, i, 50) : 0);
    }
    size_t most = attempt % 2 ? 20 : 20000;
    for (size_t from = 0, n, k = 0; from < SIZE; from += n, k++) {
        n = 1 + drawn_below(attempt, 4, k, most);
        if (n > SIZE - from) n = SIZE - from;
        pa_spans_pass(&s, (int64_t)from, bytes + from, n);
    }
    int unlike = s.next != SPANS;
    for (size_t i = 0; i < SPANS; i++) {
        uint8_t digest[PA_DIGEST_BYTES];
        pa_sha256_of(bytes + s.span[i].from, (size_t)(s.span[i].until - s.span[i].from), digest);
        unlike += memcmp(digest, s.digest + i * PA_DIGEST_BYTES, sizeof digest) != 0;
    }
    pa_spans_free(&s);
    return unlike;
}

static void test_pieces_may_be_cut_anywhere(void)
{
    int unlike = 0;
    for (size_t i = 0; i < SIZE; i++) bytes[i] = (char)(i * 0x9e3779b97f4a7c15u >> 51);
    for (uint64_t attempt = 0; attempt < 20; attempt++) unlike += differs(attempt);
    CU_ASSERT_EQUAL(unlike, 0);
}

static void test_file_may_begin_past_its_start(void)
{
    pa_spans s;
    pa_error err = {0};
    uint8_t digest[PA_DIGEST_BYTES];
    CU_ASSERT_EQUAL(pa_spans_init(&s, 1, &err), PA_OK);
    s.span[0] = (pa_span){700, 900};
    pa_spans_pass(&s, 500, bytes + 500, 300);
    CU_ASSERT_EQUAL(s.next, 0);
    pa_spans_pass(&s, 800, bytes + 800, 300);
    pa_sha256_of(bytes + 700, 200, digest);
    CU_ASSERT(s.next == 1 && memcmp(s.digest, digest, sizeof digest) == 0);
    pa_spans_free(&s);
}

static void test_no_spans_are_fine(void)
{
    pa_spans s;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_spans_init(&s, 0, &err), PA_OK);
    pa_spans_pass(&s, 0, bytes, SIZE);
    CU_ASSERT_EQUAL(s.next, 0);
    pa_spans_free(&s);
}

static const pa_test tests[] = {
    {"pieces may be cut anywhere", test_pieces_may_be_cut_anywhere},
    {"the file may begin past its start", test_file_may_begin_past_its_start},
    {"no spans are fine", test_no_spans_are_fine},
};

PA_TEST_MAIN("spans", tests)
