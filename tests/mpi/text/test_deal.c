/* The text of a compressed file is dealt among ranks: the records that they meet together are
 * those of a reader of the whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "drawn_book.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/comm/message.h"
#include "paraudit/text/deal.h"

/* Three fields, so that a line of a note may look like a record. */
static bool is_row(const void *asker, const char *line, size_t n)
{
    (void)asker;
    return n > 0 && line[0] >= '0' && line[0] <= '9';
}

static const pa_record_rule rule = {
    .signs = {',', '"', 0, false}, .n_fields = 4, .longest = 60, .most_lines = 6, .is_row = is_row};

static pa_text_file file_of(const char *path)
{
    return (pa_text_file){.path = path, .name = "deal", .ordinal = 1, .packing = PA_PACKED_GZ};
}

static void write_text(const pa_buffer *text, char path[120])
{
    pa_comm *comm = pa_test_comm();
    snprintf(path, 120, "%s/deal", pa_test_folder());
    pa_barrier(comm);
    if (pa_comm_rank(comm) == 0) {
        gzFile f = gzopen(path, "wb");
        if (!f || gzwrite(f, text->data, (unsigned)text->length) != (int)text->length) abort();
        gzclose(f);
    }
    pa_barrier(comm);
}

/* ---- what is met: by line, so that what all ranks met can be put in order ------------------ */

typedef struct {
    int64_t line;
    size_t at; /* byte of the whole text */
    int verdict;
    uint32_t body; /* a sum over it */
} met;

typedef struct {
    pa_record_walk walk;
    int64_t at;
    pa_buffer met;
    int64_t fails_behind; /* this line; 0: never */
} reader;

static uint32_t sum_of(const char *text, size_t n)
{
    uint32_t sum = (uint32_t)n;
    for (size_t i = 0; i < n; i++) sum = sum * 31 + (unsigned char)text[i];
    return sum;
}

static pa_status read_on(reader *r, const char *text, size_t n, size_t own, bool last, size_t *used,
                         pa_error *err)
{
    size_t i = 0;
    while (i < n) {
        pa_record_seen seen;
        met m;
        memset(&m, 0, sizeof m);
        m.line = r->walk.line;
        m.at = (size_t)r->at + i;
        if (i >= own && pa_record_walk_is_at_start(&r->walk)) break;
        pa_record_verdict v = pa_record_step(&r->walk, text + i, n - i, last, NULL, NULL, 0, &seen);
        if (v == PA_RECORD_MORE) break;
        m.verdict = (int)v;
        if (!pa_record_is_broken(v)) m.body = sum_of(text + i, seen.body);
        if (v != PA_RECORD_PASSED) PA_TRY(pa_buffer_add(&r->met, &m, sizeof m, err));
        if (r->fails_behind > 0 && r->walk.line > r->fails_behind)
            return pa_fail_at(err, PA_E_DATA, 1, m.line, "line %lld is bad", (long long)m.line);
        i += seen.length;
    }
    *used = i;
    r->at += (int64_t)i;
    return PA_OK;
}

static pa_status take(void *taker, const pa_dealt *t, size_t *used, pa_error *err)
{
    reader *r = taker;
    if (t->fresh) {
        CU_ASSERT(pa_record_walk_is_at_start(&r->walk));
        r->walk = (pa_record_walk){&rule, PA_CSV_RECORD, t->line, false};
        r->at = t->at;
    }
    return read_on(r, t->text, t->n, t->own, t->last, used, err);
}

static int by_line(const void *a, const void *b)
{
    const met *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* ---- dealing --------------------------------------------------------------------------------- */

static pa_status deal(const char *path, size_t block, int64_t begin, pa_status was, reader *r,
                      pa_error *err)
{
    static char room[PA_MESSAGE];
    pa_comm *comm = pa_test_comm();
    const pa_text_file f = file_of(path);
    const pa_text_dealing dealing = {.file = &f,
                                     .rule = rule,
                                     .begin = begin,
                                     .line = 1,
                                     .n_ranks = pa_comm_size(comm),
                                     .block = block};
    *r = (reader){.walk = {.rule = &rule, .state = PA_CSV_RECORD}, .fails_behind = r->fails_behind};
    return pa_text_deal(comm, &dealing, was, take, r, room, err);
}

static bool deals_right(const pa_buffer *text, size_t block, size_t begin)
{
    char path[120];
    reader own = {.fails_behind = 0};
    reader whole = {.walk = {&rule, PA_CSV_RECORD, 1, false}, .at = (int64_t)begin};
    pa_error err = {0};
    void *all = NULL;
    size_t n = 0, used;
    write_text(text, path);
    bool good = deal(path, block, (int64_t)begin, PA_OK, &own, &err) == PA_OK;
    size_t left = text->length - begin;
    good &= read_on(&whole, text->data + begin, left, left, true, &used, &err) == PA_OK;
    good &= pa_gather_all(pa_test_comm(), own.met.data, own.met.length, &all, &n, &err) == PA_OK;
    qsort(all, n / sizeof(met), sizeof(met), by_line);
    good &= n == whole.met.length && (n == 0 || memcmp(all, whole.met.data, n) == 0);
    pa_free(all);
    pa_buffer_free(&own.met);
    pa_buffer_free(&whole.met);
    return good;
}

static int wrong_books(bool broken, uint64_t n)
{
    static const size_t blocks[] = {1, 3, 17, 60, 250, 5000};
    pa_buffer text = {0};
    int wrong = 0;
    for (uint64_t seed = 0; seed < n; seed++) {
        draw_book(seed, broken ? ALL_ODD : 0, &text);
        bool right = deals_right(&text, blocks[seed % 6], seed % 4);
        if (!right && pa_comm_rank(pa_test_comm()) == 0) printf("book %d\n", (int)seed);
        wrong += !right;
    }
    pa_buffer_free(&text);
    return wrong;
}

static void test_where_lines_are_records_blocks_end_with_them(void)
{
    CU_ASSERT_EQUAL(wrong_books(false, 60), 0);
}

static void test_where_they_are_not_blocks_end_with_records(void)
{
    CU_ASSERT_EQUAL(wrong_books(true, 240), 0);
}

static void test_a_file_without_records_deals_nothing(void)
{
    char bytes[] = "x";
    const pa_buffer text = {.data = bytes, .length = 1};
    CU_ASSERT(deals_right(&text, 7, 1));
}

/* ---- balance -----------------------------------------------------------------------------------
 */

static void test_every_rank_has_its_share(void)
{
    char path[120];
    pa_buffer text = {0};
    reader own = {.fails_behind = 0};
    pa_error err = {0};
    for (int i = 0; i < 5000; i++) pa_buffer_printf(&text, &err, "%d,a,b,c\n", i);
    write_text(&text, path);
    CU_ASSERT_EQUAL(deal(path, 200, 0, PA_OK, &own, &err), PA_OK);
    size_t n = own.met.length / sizeof(met), share = 5000u / (size_t)pa_comm_size(pa_test_comm());
    CU_ASSERT(n + 25 > share && n < share + 25);
    pa_buffer_free(&own.met);
    pa_buffer_free(&text);
}

/* ---- failures ----------------------------------------------------------------------------------
 */

static void test_what_fails_on_one_rank_leaves_none_waiting(void)
{
    pa_comm *comm = pa_test_comm();
    char path[120];
    pa_buffer text = {0};
    pa_error err = {0};
    for (int i = 0; i < 5000; i++) pa_buffer_printf(&text, &err, "%d,a,b,c\n", i);
    write_text(&text, path);
    for (int bad = 0; bad < pa_comm_size(comm); bad++) {
        bool here = pa_comm_rank(comm) == bad;
        err = (pa_error){0};
        reader own = {.fails_behind = here ? 1000 : 0};
        pa_status st = pa_agree(comm, deal(path, 50, 0, PA_OK, &own, &err), &err);
        CU_ASSERT_EQUAL(st, PA_E_DATA);
        CU_ASSERT(strstr(err.message, " is bad") != NULL);
        pa_buffer_free(&own.met);
        own.fails_behind = 0;
        err = (pa_error){0};
        pa_status was = here ? pa_fail(&err, PA_E_IO, "before") : PA_OK;
        CU_ASSERT_EQUAL(pa_agree(comm, deal(path, 50, 0, was, &own, &err), &err), PA_E_IO);
        CU_ASSERT_STRING_EQUAL(err.message, "before");
        if (bad == 0) CU_ASSERT_EQUAL(own.met.length, 0);
        pa_buffer_free(&own.met);
    }
    pa_buffer_free(&text);
}

static void test_an_archive_that_ends_early_is_an_error(void)
{
    char path[120];
    pa_buffer text = {0};
    pa_error err = {0};
    reader own = {.fails_behind = 0};
    for (int i = 0; i < 5000; i++) pa_buffer_printf(&text, &err, "%d,a,b,c\n", i * i % 4999);
    write_text(&text, path);
    if (pa_comm_rank(pa_test_comm()) == 0) {
        static char bytes[6000];
        FILE *f = fopen(path, "rb");
        if (!f || fread(bytes, 1, sizeof bytes, f) != sizeof bytes || fclose(f)) abort();
        f = fopen(path, "wb");
        if (!f || fwrite(bytes, 1, sizeof bytes, f) != sizeof bytes || fclose(f)) abort();
    }
    pa_barrier(pa_test_comm());
    pa_status st = pa_agree(pa_test_comm(), deal(path, 500, 0, PA_OK, &own, &err), &err);
    CU_ASSERT_EQUAL(st, PA_E_DATA);
    CU_ASSERT(strstr(err.message, "deal") != NULL);
    pa_buffer_free(&own.met);
    pa_buffer_free(&text);
}

static const pa_test tests[] = {
    {"where lines are records blocks end with them",
     test_where_lines_are_records_blocks_end_with_them},
    {"where they are not blocks end with records", test_where_they_are_not_blocks_end_with_records},
    {"a file without records deals nothing", test_a_file_without_records_deals_nothing},
    {"every rank has its share", test_every_rank_has_its_share},
    {"what fails on one rank leaves none waiting", test_what_fails_on_one_rank_leaves_none_waiting},
    {"an archive that ends early is an error", test_an_archive_that_ends_early_is_an_error},
};
PA_MPI_TEST_MAIN("deal", tests)
