#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/files/draft.h"
#include "paraudit/files/files.h"
#include "paraudit/text/sink.h"

static char path[3][100];
static const char *const paths[3] = {path[0], path[1], path[2]};

static void choose_paths(void)
{
    for (int i = 0; i < 3; i++) snprintf(path[i], sizeof path[i], "%s/%d.txt", pa_test_folder(), i);
}

/* How many of these files there are, and of their drafts. */
static int left(size_t n)
{
    int found = 0;
    for (size_t i = 0; i < n; i++) {
        char *draft = pa_draft_name(path[i], NULL);
        found += access(path[i], F_OK) == 0;
        found += access(draft, F_OK) == 0;
        pa_free(draft);
    }
    return found;
}

static void remove_files(void)
{
    pa_barrier(pa_test_comm());
    for (int i = 0; i < 3; i++) remove(path[i]);
    pa_barrier(pa_test_comm());
}

static bool holds(const char *name, const pa_buffer *expected)
{
    char *text = NULL;
    size_t n = 0;
    pa_error err = {0};
    bool same = pa_read_file(name, &text, &n, &err) == PA_OK && n == expected->length &&
                (n == 0 || memcmp(text, expected->data, n) == 0);
    pa_free(text);
    return same;
}

/* What rank r adds in a round: 0 to 4 lines. */
static void add_lines_of(int round, int r, pa_buffer *text)
{
    uint64_t n = pa_draw_below(11, PA_DRAW_TEST, (uint64_t)round, (uint64_t)r, 5);
    for (uint64_t i = 0; i < n; i++) pa_buffer_printf(text, NULL, "%d %d %d\n", round, r, (int)i);
}

static size_t file_of(int round, int r)
{
    return pa_draw_below(12, PA_DRAW_TEST, (uint64_t)round, (uint64_t)r, 3);
}

static void test_texts_stand_in_the_order_of_rounds_and_ranks(void)
{
    enum { ROUNDS = 20 };
    pa_comm *comm = pa_test_comm();
    pa_buffer twin[3] = {{0}};
    pa_error err = {0};
    pa_sink *sink;
    choose_paths();
    CU_ASSERT_EQUAL(pa_sink_open(comm, paths, 3, &sink, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_sink_add_head(sink, 1, "a head\n", &err), PA_OK);
    pa_buffer_printf(&twin[1], NULL, "a head\n");
    for (int round = 0; round < ROUNDS; round++) {
        int rank = pa_comm_rank(comm);
        pa_buffer own = {0};
        add_lines_of(round, rank, &own);
        CU_ASSERT_EQUAL(pa_sink_add(sink, file_of(round, rank), own.data, own.length, &err), PA_OK);
        pa_buffer_free(&own);
        for (int r = 0; r < pa_comm_size(comm); r++)
            add_lines_of(round, r, &twin[file_of(round, r)]);
    }
    CU_ASSERT_EQUAL(left(3), 3); /* drafts */
    pa_barrier(comm);
    CU_ASSERT_EQUAL(pa_sink_finish(sink, &err), PA_OK);
    pa_sink_free(sink);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT(holds(path[i], &twin[i]));
        pa_buffer_free(&twin[i]);
    }
    CU_ASSERT_EQUAL(left(3), 3); /* files */
    remove_files();
}

/* ---- rows ---- */

typedef struct {
    size_t first, bad;
} maker;

static pa_status make_rows(void *of, size_t from, size_t until, pa_buffer *text, pa_error *err)
{
    const maker *m = of;
    for (size_t i = from; i < until; i++) {
        size_t row = m->first + i;
        if (row == m->bad)
            return pa_fail_at(err, PA_E_DATA, 1, (int64_t)row, "row %zu is bad", row);
        PA_TRY(pa_buffer_printf(text, err, "%zu,%0*zu\n", row, (int)(row % 601), row));
    }
    return PA_OK;
}

/* 6 MB of text: too much to be kept on any rank that has rows. */
enum { ROWS = 20000 };

/* Rank r holds the rows from here on; the last ranks have most, and rank 0 has none
 * where there are others. */
static size_t first_of(int r)
{
    size_t n = (size_t)pa_comm_size(pa_test_comm());
    if (n == 1) return r == 0 ? 0 : ROWS;
    return ROWS * (size_t)r * (size_t)(r - 1) / (n * (n - 1));
}

static pa_status write_rows(size_t bad, pa_error *err)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm);
    maker m = {first_of(rank), bad};
    pa_sink *sink;
    PA_TRY(pa_sink_open(comm, paths, 1, &sink, err));
    pa_status st = pa_sink_add_head(sink, 0, "row,text\n", err);
    if (st == PA_OK)
        st = pa_sink_add_rows(sink, 0, first_of(rank + 1) - m.first, make_rows, &m, err);
    if (st == PA_OK) st = pa_sink_finish(sink, err);
    pa_sink_free(sink);
    pa_barrier(comm);
    return st;
}

static void test_rows_stand_in_their_order(void)
{
    maker all = {0, ROWS};
    pa_buffer twin = {0};
    pa_error err = {0};
    choose_paths();
    pa_buffer_printf(&twin, NULL, "row,text\n");
    CU_ASSERT_EQUAL(make_rows(&all, 0, ROWS, &twin, &err), PA_OK);
    CU_ASSERT_EQUAL(write_rows(ROWS, &err), PA_OK);
    CU_ASSERT(holds(path[0], &twin));
    pa_buffer_free(&twin);
    remove_files();
}

static void test_row_that_cannot_be_made_leaves_nothing(void)
{
    static const size_t bad[] = {0, 4095, 4096, ROWS - 1};
    choose_paths();
    for (size_t i = 0; i < 4; i++) {
        pa_error err = {0};
        char expected[40];
        CU_ASSERT_EQUAL(write_rows(bad[i], &err), PA_E_DATA);
        snprintf(expected, sizeof expected, "row %zu is bad", bad[i]);
        CU_ASSERT_STRING_EQUAL(err.message, expected);
        CU_ASSERT_EQUAL(left(1), 0);
        pa_barrier(pa_test_comm());
    }
}

/* ---- what stands there already ---- */

static void write_as_root(const char *name, const char *text)
{
    if (pa_comm_rank(pa_test_comm()) == 0) {
        FILE *f = fopen(name, "w");
        if (!f || fputs(text, f) < 0 || fclose(f) != 0) abort();
    }
    pa_barrier(pa_test_comm());
}

static void test_what_is_not_finished_leaves_the_old_file(void)
{
    const pa_buffer old = {.data = (char[]){"old"}, .length = 3};
    pa_error err = {0};
    pa_sink *sink;
    choose_paths();
    write_as_root(path[0], "old");
    CU_ASSERT_EQUAL(pa_sink_open(pa_test_comm(), paths, 2, &sink, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_sink_add_head(sink, 0, "new", &err), PA_OK);
    pa_sink_free(sink);
    pa_barrier(pa_test_comm());
    CU_ASSERT(holds(path[0], &old));
    CU_ASSERT_EQUAL(left(2), 1);
    remove_files();
}

/* The draft's name is a link to another file, as somebody may have put it there. */
static void test_link_in_place_of_a_draft_is_not_followed(void)
{
    const pa_buffer kept = {.data = (char[]){"precious"}, .length = 8};
    pa_comm *comm = pa_test_comm();
    pa_error err = {0};
    pa_sink *sink;
    choose_paths();
    char *draft = pa_draft_name(path[0], NULL);
    write_as_root(path[1], "precious");
    if (pa_comm_rank(comm) == 0) CU_ASSERT_EQUAL(symlink(path[1], draft), 0);
    CU_ASSERT_EQUAL(pa_sink_open(comm, paths, 1, &sink, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, draft));
    CU_ASSERT_PTR_NULL(sink);
    CU_ASSERT(holds(path[1], &kept) && holds(draft, &kept));
    pa_barrier(comm);
    if (pa_comm_rank(comm) == 0) CU_ASSERT_EQUAL(unlink(draft), 0);
    pa_free(draft);
    remove_files();
}

static void test_new_file_takes_no_place(void)
{
    const pa_buffer old = {.data = (char[]){"old"}, .length = 3};
    pa_error err = {0};
    pa_sink *sink;
    choose_paths();
    write_as_root(path[1], "old");
    CU_ASSERT_EQUAL(pa_sink_open_new(pa_test_comm(), paths, 2, &sink, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NULL(sink);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "1.txt: is there already: "));
    CU_ASSERT(holds(path[1], &old));
    pa_barrier(pa_test_comm());
    CU_ASSERT_EQUAL(left(2), 1);
    remove_files();
}

/* Made by somebody while ours was written. */
static void test_file_that_comes_meanwhile_stays(void)
{
    const pa_buffer old = {.data = (char[]){"old"}, .length = 3};
    pa_error err = {0};
    pa_sink *sink;
    choose_paths();
    CU_ASSERT_EQUAL(pa_sink_open_new(pa_test_comm(), paths, 2, &sink, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_sink_add_head(sink, 0, "new", &err), PA_OK);
    write_as_root(path[1], "old");
    CU_ASSERT_EQUAL(pa_sink_finish(sink, &err), PA_E_CREATE);
    pa_sink_free(sink);
    pa_barrier(pa_test_comm());
    CU_ASSERT(holds(path[1], &old));
    CU_ASSERT_EQUAL(left(2), 1);
    remove_files();
}

static pa_status open_one(const char *name, pa_error *err)
{
    pa_sink *sink;
    pa_status st = pa_sink_open(pa_test_comm(), &name, 1, &sink, err);
    if (st == PA_OK) st = pa_sink_add_head(sink, 0, "x", err);
    if (st == PA_OK) st = pa_sink_finish(sink, err);
    pa_sink_free(sink);
    return st;
}

static void test_what_cannot_be_made_is_told_by_all(void)
{
    static const struct {
        const char *name, *message;
        pa_status st;
    } cases[] = {
        {"no/such/folder/x", "no/such/folder/x: No such file or directory", PA_E_CREATE},
        {"/tmp", "/tmp: is a folder", PA_E_CREATE},
        {"/dev/full", "/dev/full: cannot write: No space left on device", PA_E_IO},
        {"/dev/null", "", PA_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pa_error err = {0};
        CU_ASSERT_EQUAL(open_one(cases[i].name, &err), cases[i].st);
        CU_ASSERT_STRING_EQUAL(err.message, cases[i].message);
    }
}

/* The second of three is a folder: the first one goes again. */
static void test_one_file_that_cannot_be_made_takes_the_others_along(void)
{
    pa_error err = {0};
    pa_sink *sink;
    choose_paths();
    const char *const some[3] = {path[0], "/tmp", path[2]};
    CU_ASSERT_EQUAL(pa_sink_open(pa_test_comm(), some, 3, &sink, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NULL(sink);
    pa_barrier(pa_test_comm());
    CU_ASSERT_EQUAL(left(3), 0);
}

static const pa_test tests[] = {
    {"texts stand in the order of rounds and ranks",
     test_texts_stand_in_the_order_of_rounds_and_ranks},
    {"rows stand in their order", test_rows_stand_in_their_order},
    {"row that cannot be made leaves nothing", test_row_that_cannot_be_made_leaves_nothing},
    {"what is not finished leaves the old file", test_what_is_not_finished_leaves_the_old_file},
    {"link in place of a draft is not followed", test_link_in_place_of_a_draft_is_not_followed},
    {"new file takes no place", test_new_file_takes_no_place},
    {"file that comes meanwhile stays", test_file_that_comes_meanwhile_stays},
    {"what cannot be made is told by all", test_what_cannot_be_made_is_told_by_all},
    {"one file that cannot be made takes the others along",
     test_one_file_that_cannot_be_made_takes_the_others_along},
};
PA_MPI_TEST_MAIN("sink", tests)
