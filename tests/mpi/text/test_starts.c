/* Where the pieces of a file begin into which ranks have cut it: the records that they
 * meet together are those of a reader of the whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drawn_book.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/exact.h"
#include "paraudit/text/pieces.h"

typedef struct {
    char path[120];
    const pa_buffer *text;
    pa_text_way way;
} book;

/* Three fields, so that a line of a note may look like a record. */
static bool is_row(const void *asker, const char *line, size_t n)
{
    (void)asker;
    return n > 0 && line[0] >= '0' && line[0] <= '9';
}

static void write_book(book *b, const pa_buffer *text)
{
    pa_comm *comm = pa_test_comm();
    snprintf(b->path, sizeof b->path, "%s/starts", pa_test_folder());
    pa_barrier(comm);
    if (pa_comm_rank(comm) == 0) {
        FILE *f = fopen(b->path, "wb");
        if (!f || fwrite(text->data, 1, text->length, f) != text->length || fclose(f)) abort();
    }
    pa_barrier(comm);
    b->text = text;
    b->way.file = (pa_text_file){
        .path = b->path, .name = "starts", .ordinal = 1, .size = (int64_t)text->length};
    b->way.rule = (pa_record_rule){.signs = {',', '"', 0, false},
                                   .n_fields = 4,
                                   .longest = 200,
                                   .most_lines = 6,
                                   .is_row = is_row};
}

static void guide(void *of, size_t i, pa_text_way *way)
{
    (void)i;
    *way = ((const book *)of)->way;
}

/* Steps from a start to `end`, and on while a broken record costs lines: where each record
 * begins, its line and what was found. */
static void walk(const book *b, const pa_text_start *start, int64_t end, pa_buffer *heard)
{
    pa_record_walk w = {&b->way.rule, start->state, start->line, false};
    const pa_buffer *t = b->text;
    for (size_t i = (size_t)start->begin; i < t->length;) {
        pa_record_seen seen;
        int64_t line = w.line;
        if ((int64_t)i >= end && pa_record_walk_is_at_start(&w)) break;
        pa_record_verdict v =
            pa_record_step(&w, t->data + i, t->length - i, true, NULL, NULL, 0, &seen);
        if (v != PA_RECORD_PASSED)
            pa_buffer_printf(heard, NULL, "%zu:%lld:%d|", i, (long long)line, (int)v);
        i += seen.length;
    }
}

/* Two pieces a rank, the second of which may be empty; scanned some bytes at a time. */
static void cut(const book *b, size_t scan_at_once, pa_text_piece piece[2])
{
    pa_comm *comm = pa_test_comm();
    int64_t size = (int64_t)b->text->length, n = 2 * pa_comm_size(comm);
    memset(piece, 0, 2 * sizeof *piece);
    for (int k = 0; k < 2; k++) {
        pa_text_piece *p = &piece[k];
        p->file = 7;
        p->begin = pa_even_share(size, (int)(2 * pa_comm_rank(comm) + k), (int)n);
        p->end = pa_even_share(size, (int)(2 * pa_comm_rank(comm) + k + 1), (int)n);
        p->first_line = 1;
        p->scan = pa_csv_scan_start;
        for (int64_t at = p->begin, step; at < p->end; at += step) {
            step = p->end - at < (int64_t)scan_at_once ? p->end - at : (int64_t)scan_at_once;
            pa_csv_scan_add(&p->scan, &b->way.rule.signs, b->text->data + at, (size_t)step);
        }
    }
}

static bool starts_are_right(const book *b, size_t at_once)
{
    pa_comm *comm = pa_test_comm();
    pa_text_piece piece[2];
    pa_text_start start[2];
    pa_error err = {0};
    pa_buffer own = {0}, expected = {0};
    void *all = NULL;
    size_t n = 0;
    cut(b, at_once, piece);
    bool good =
        pa_text_starts(comm, piece, 2, guide, (void *)(uintptr_t)b, at_once, start, &err) == PA_OK;
    for (int k = 0; good && k < 2; k++) {
        if (start[k].begin < piece[k].end) walk(b, &start[k], piece[k].end, &own);
    }
    const pa_text_start first = {0, 1, PA_CSV_RECORD};
    walk(b, &first, INT64_MAX, &expected);
    good &= pa_gather_all(comm, own.data, own.length, &all, &n, &err) == PA_OK;
    good &= n == expected.length && (n == 0 || memcmp(all, expected.data, n) == 0);
    pa_free(all);
    pa_buffer_free(&own);
    pa_buffer_free(&expected);
    return good;
}

static int wrong_books(bool broken, uint64_t n)
{
    pa_buffer text = {0};
    int wrong = 0;
    for (uint64_t seed = 0; seed < n; seed++) {
        static const size_t at_once[] = {1, 3, 17, 1000};
        book b;
        draw_book(seed, broken ? SHORT_ODD : 0, &text);
        write_book(&b, &text);
        wrong += !starts_are_right(&b, at_once[seed % 4]);
    }
    pa_buffer_free(&text);
    return wrong;
}

static void test_where_lines_are_records_scans_tell(void)
{
    CU_ASSERT_EQUAL(wrong_books(false, 40), 0);
}

static void test_where_they_are_not_walks_tell(void)
{
    CU_ASSERT_EQUAL(wrong_books(true, 160), 0);
}

static const pa_test tests[] = {
    {"where lines are records scans tell", test_where_lines_are_records_scans_tell},
    {"where they are not walks tell", test_where_they_are_not_walks_tell},
};
PA_MPI_TEST_MAIN("starts", tests)
