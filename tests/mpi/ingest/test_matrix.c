#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/detect/iforest_detector.h"
#include "paraudit/evaluate/areas.h"
#include "paraudit/files/files.h"
#include "paraudit/ingest/matrix.h"
#include "paraudit/result/scores.h"

enum { ROWS = 300, COLUMNS = 3 };

/* Row r holds r and two numbers that follow from it; every fifth is a fraud. Notes
 * run over lines, and are longer than the blocks that the file is cut at. */
static float value_at(size_t row, size_t column)
{
    return column == 0 ? (float)row : (float)(row * (column == 1 ? 37 : 101) % 211) / 8;
}

static char path[80], out[100];

static void choose_paths(void)
{
    snprintf(path, sizeof path, "%s/m.csv", pa_test_folder());
    snprintf(out, sizeof out, "%s.scores", path);
}

static void write_matrix(size_t n_rows, size_t bad_row)
{
    choose_paths();
    if (pa_comm_rank(pa_test_comm()) == 0) {
        FILE *f = fopen(path, "wb");
        if (!f) abort();
        fputs("\nx,note,y,\"z\",w\n", f);
        for (size_t r = 0; r < n_rows; r++) {
            const char *note = r % 3 == 0 ? "\"two\n\nlines, \"\"1\"\",2\"" : "n";
            fprintf(f, "%.9g,%s,%d,%.9g,%s%.9g%s", (double)value_at(r, 0), note, r % 5 == 0,
                    (double)value_at(r, 1), r < bad_row ? "" : "?", (double)value_at(r, 2),
                    r % 7 == 0 ? "\r\n\n" : "\n");
        }
        fclose(f);
    }
    pa_barrier(pa_test_comm());
}

static const char *const skip[] = {"note"};
static const pa_matrix_names names = {.label = "y", .skip = skip, .n_skip = 1};

static pa_status read_matrix(int64_t block, size_t read, pa_matrix *m, pa_error *err)
{
    const pa_text_io io = {.block = block, .read = read, .longest = PA_MATRIX_LONGEST};
    return pa_matrix_read(pa_test_comm(), path, &names, &io, m, err);
}

static size_t count_unlike(const pa_matrix *m)
{
    size_t unlike = 0;
    for (size_t i = 0; i < m->rows.n; i++) {
        size_t row = (size_t)m->first_row + i;
        unlike += m->rows.label[i] != (row % 5 == 0);
        for (size_t c = 0; c < COLUMNS; c++) unlike += m->rows.column[c][i] != value_at(row, c);
    }
    return unlike;
}

static void test_every_row_is_read_once_in_its_order(void)
{
    static const int64_t blocks[] = {1, 7, 64, 1 << 20};
    write_matrix(ROWS, ROWS);
    for (size_t i = 0; i < 4; i++) {
        pa_matrix m;
        pa_error err = {0};
        CU_ASSERT_EQUAL(read_matrix(blocks[i], (size_t)blocks[i] + 2, &m, &err), PA_OK);
        int64_t n = (int64_t)m.rows.n;
        CU_ASSERT_EQUAL(m.first_row, pa_sum_before_i64(pa_test_comm(), n));
        pa_sum_i64(pa_test_comm(), &n, 1);
        CU_ASSERT_EQUAL(n, ROWS);
        CU_ASSERT_EQUAL(m.n_global, ROWS);
        CU_ASSERT_EQUAL(m.n_frauds, ROWS / 5);
        CU_ASSERT_EQUAL(m.header.n_columns, COLUMNS);
        CU_ASSERT_EQUAL(count_unlike(&m), 0);
        pa_matrix_free(&m);
    }
}

/* Many rows are bad, on all ranks: all say what the first of them says. */
static void test_the_first_bad_cell_is_named_by_all_ranks(void)
{
    static const size_t bad[] = {0, 4, 150, ROWS - 1};
    /* 4 rows before row 4, of which 0 and 3 take two lines more and 0 an empty one. */
    static const long long line[] = {3, 3 + 4 + 2 * 2 + 1, 3 + 150 + 2 * 50 + 22,
                                     3 + 299 + 2 * 100 + 43};
    for (size_t i = 0; i < 4; i++) {
        pa_matrix m;
        pa_error err = {0};
        char expected[200];
        write_matrix(ROWS, bad[i]);
        CU_ASSERT_EQUAL(read_matrix(9, 11, &m, &err), PA_E_DATA);
        snprintf(expected, sizeof expected, "%s:%lld: column 'w': '?%.9g' is not a number", path,
                 line[i], (double)value_at(bad[i], 2));
        CU_ASSERT_STRING_EQUAL(err.message, expected);
        pa_barrier(pa_test_comm());
    }
}

static void test_a_header_without_rows_is_an_error(void)
{
    pa_matrix m;
    pa_error err = {0};
    char expected[200];
    write_matrix(0, 0);
    CU_ASSERT_EQUAL(read_matrix(2, 3, &m, &err), PA_E_DATA);
    snprintf(expected, sizeof expected, "%s: no row behind the names of the columns", path);
    CU_ASSERT_STRING_EQUAL(err.message, expected);
}

/* ---- columns without a name, no header, large numbers ---- */

/* Rows of a matrix without a label: line(r) makes one. */
static void write_lines(const char *header, void (*line)(FILE *f, size_t row, size_t odd),
                        size_t odd)
{
    choose_paths();
    if (pa_comm_rank(pa_test_comm()) == 0) {
        FILE *f = fopen(path, "wb");
        if (!f) abort();
        fputs(header, f);
        for (size_t r = 0; r < ROWS; r++) line(f, r, odd);
        fclose(f);
    }
    pa_barrier(pa_test_comm());
}

static pa_status read_lines(int64_t block, bool no_header, pa_matrix *m, pa_error *err)
{
    const pa_text_io io = {.block = block, .read = 11, .longest = PA_MATRIX_LONGEST};
    return pa_matrix_read(pa_test_comm(), path, &(pa_matrix_names){.no_header = no_header}, &io, m,
                          err);
}

/* The count, from 7 on, jumps at row `odd`. */
static void write_counted(FILE *f, size_t row, size_t odd)
{
    fprintf(f, "%zu,%zu,\n", row + 7 + (row >= odd), row % 10);
}

/* All rows behind the jump go on from it: only rows before it tell that they are wrong. */
static void test_a_count_is_followed_over_the_ranks(void)
{
    for (size_t odd = 1; odd <= ROWS; odd += odd < 4 || odd >= ROWS - 2 ? 1 : 37) {
        write_lines(",a,\n", write_counted, odd);
        for (int64_t block = 1; block < 3000; block *= 50) {
            pa_matrix m;
            pa_error err = {0};
            char expected[300];
            pa_status st = read_lines(block, false, &m, &err);
            CU_ASSERT_EQUAL(st, odd < ROWS ? PA_E_DATA : PA_OK);
            if (st != PA_OK) {
                snprintf(expected, sizeof expected,
                         "%s:%zu: column 1 has no name, and does not count the rows: give it one, "
                         "or leave it out by --skip 'col1'",
                         path, odd + 2);
                CU_ASSERT_STRING_EQUAL(err.message, expected);
                CU_ASSERT_EQUAL(err.line, (int64_t)odd + 2);
                continue;
            }
            CU_ASSERT_EQUAL(m.header.n_columns, 1);
            CU_ASSERT_EQUAL(m.header.kind[0], PA_CELL_COUNT);
            CU_ASSERT_EQUAL(m.header.kind[2], PA_CELL_BLANK);
            pa_matrix_free(&m);
        }
        pa_barrier(pa_test_comm());
    }
}

/* Two columns go wrong; the one that does so first is told. */
static void write_two_counts(FILE *f, size_t row, size_t odd)
{
    fprintf(f, "%zu,1,%s\n", row + (row > odd), row < odd ? "" : "x");
}

static void test_of_two_columns_the_first_line_is_told(void)
{
    write_lines("Unnamed: 0,a,Unnamed: 2\n", write_two_counts, 100);
    pa_matrix m;
    pa_error err = {0};
    char expected[300];
    CU_ASSERT_EQUAL(read_lines(5, false, &m, &err), PA_E_DATA);
    snprintf(expected, sizeof expected,
             "%s:102: column 3 has no name, and does not count the rows: give it one, or leave it "
             "out by --skip 'Unnamed: 2'",
             path);
    CU_ASSERT_STRING_EQUAL(err.message, expected);
}

static void write_numbers(FILE *f, size_t row, size_t odd)
{
    (void)odd;
    fprintf(f, "%s%zu,%zu%s", row == 4 ? "\n" : "", row, row * row, row + 1 < ROWS ? "\n" : "");
}

static void test_without_a_header_no_row_is_lost(void)
{
    write_lines("\xef\xbb\xbf\n", write_numbers, 0);
    for (int64_t block = 1; block < 100000; block *= 40) {
        pa_matrix m;
        pa_error err = {0};
        size_t unlike = 0;
        CU_ASSERT_EQUAL(read_lines(block, true, &m, &err), PA_OK);
        CU_ASSERT_EQUAL(m.n_global, ROWS);
        for (size_t i = 0; i < m.rows.n; i++) {
            size_t row = (size_t)m.first_row + i;
            unlike +=
                m.rows.column[0][i] != (float)row || m.rows.column[1][i] != (float)(row * row);
        }
        CU_ASSERT_EQUAL(unlike, 0);
        pa_matrix_free(&m);
    }
}

/* Seconds that fall, and numbers of which only the last is large. */
static void write_seconds(FILE *f, size_t row, size_t odd)
{
    fprintf(f, "%zu,%zu\n", (size_t)1704067200 - row, row < odd ? row : (size_t)1704067201);
}

static void test_large_numbers_are_shifted_by_the_smallest_of_all_ranks(void)
{
    write_lines("t,n\n", write_seconds, ROWS - 1);
    for (int64_t block = 1; block < 100000; block *= 40) {
        pa_matrix m;
        pa_error err = {0};
        size_t unlike = 0;
        CU_ASSERT_EQUAL(read_lines(block, false, &m, &err), PA_OK);
        const pa_matrix_range range = {m.low[0], m.high[0], m.n_rounded[0]};
        double offset = pa_matrix_offset_of(&range);
        CU_ASSERT_EQUAL(offset, 1704067200 - (ROWS - 1));
        CU_ASSERT_EQUAL(range.high, 1704067200);
        CU_ASSERT_EQUAL(m.n_rounded[0], ROWS - 3); /* all but multiples of 128 */
        CU_ASSERT(m.low[1] == 0 && m.high[1] == 1704067201 && m.n_rounded[1] == 1);
        pa_matrix_shift(pa_test_comm(), &m, 0, offset);
        CU_ASSERT(m.low[0] == 0 && m.high[0] == ROWS - 1 && m.n_rounded[0] == 0);
        for (size_t i = 0; i < m.rows.n; i++)
            unlike += m.rows.column[0][i] != (float)(ROWS - 1 - ((size_t)m.first_row + i));
        CU_ASSERT_EQUAL(unlike, 0);
        pa_matrix_free(&m);
    }
}

/* ---- scores ---- */

static uint64_t bits_of(const float score[], int64_t first, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, score + i, sizeof bits);
        sum += (uint64_t)bits * (2 * ((uint64_t)first + i) + 1);
    }
    pa_sum_u64(pa_test_comm(), &sum, 1);
    return sum;
}

/* Rank r of P holds the rows from `cut` on; the first cut gives rank 0 all. */
static size_t first_of(int rank, int n_ranks, int cut)
{
    if (rank == 0) return 0;
    if (rank >= n_ranks || cut == 0) return ROWS;
    return (size_t)(ROWS * rank / n_ranks / cut);
}

/* The scores of n rows from `from` on by a forest that is fitted on all of them. */
static void score_rows(const pa_config *config, size_t from, size_t n, float score[])
{
    const pa_detector *d = &pa_iforest_detector;
    const pa_detector_context context = {.comm = pa_test_comm(), .config = config, .seed = 3};
    float value[COLUMNS][ROWS];
    pa_column column[COLUMNS];
    const pa_column *list[COLUMNS];
    pa_store model;
    pa_error err = {0};
    for (size_t c = 0; c < COLUMNS; c++) {
        for (size_t i = 0; i < n; i++) value[c][i] = value_at(from + i, c);
        column[c] = (pa_column){.spec.type = PA_F32, .data = n ? value[c] : NULL};
        list[c] = column + c;
    }
    const pa_points points = pa_all_points(context.comm, n, COLUMNS, list);
    pa_store_init(&model, d->name, 0);
    CU_ASSERT_EQUAL(points.before, (int64_t)from);
    CU_ASSERT_EQUAL(points.n_global, ROWS);
    CU_ASSERT_EQUAL(d->fit(&context, &points, &model, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_detector_scores(d, &model, &points, score, &err), PA_OK);
    pa_store_free(&model);
}

static void test_scores_and_areas_do_not_depend_on_the_cut(void)
{
    pa_comm *comm = pa_test_comm();
    const pa_option_spec *const tables[] = {pa_iforest_detector.options};
    pa_config *config = NULL;
    uint64_t whole = 0;
    pa_areas first = {0};
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(config, "iforest.trees=20", "command line", NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(config, "iforest.sample=64", "command line", NULL), PA_OK);
    for (int cut = 0; cut < 3; cut++) {
        size_t from = first_of(pa_comm_rank(comm), pa_comm_size(comm), cut);
        size_t n = first_of(pa_comm_rank(comm) + 1, pa_comm_size(comm), cut) - from;
        float score[ROWS];
        uint8_t fraud[ROWS];
        pa_error err = {0};
        pa_areas areas = {0};
        for (size_t i = 0; i < n; i++) fraud[i] = (from + i) % 5 == 0;
        score_rows(config, from, n, score);
        CU_ASSERT_EQUAL(pa_find_areas(comm, n, score, fraud, &areas, &err), PA_OK);
        uint64_t bits = bits_of(score, (int64_t)from, n);
        if (cut == 0) {
            whole = bits;
            first = areas;
        }
        CU_ASSERT_EQUAL(bits, whole);
        CU_ASSERT(areas.auroc == first.auroc && areas.average_precision == first.average_precision);
    }
    CU_ASSERT(first.auroc > 0 && first.auroc < 1);
    pa_config_free(config);
}

/* By hand, oddest first: score 5 fraud | 4 fraud, other | 3 other | 2 fraud | 1 other.
 * Pairs of 3 frauds and 3 others: 3 + 2.5 + 1 = 6.5 of 9.
 * Precision at the steps: 1/1, 2/3, 3/5. */
static void test_areas_count_ties_as_halves(void)
{
    static const float score[] = {1, 4, 2, 5, 3, 4};
    static const uint8_t fraud[] = {0, 1, 1, 1, 0, 0};
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), n_ranks = pa_comm_size(comm);
    size_t from = (size_t)(6 * rank / n_ranks), to = (size_t)(6 * (rank + 1) / n_ranks);
    pa_error err = {0};
    pa_areas a = {0};
    CU_ASSERT_EQUAL(pa_find_areas(comm, to - from, score + from, fraud + from, &a, &err), PA_OK);
    CU_ASSERT_DOUBLE_EQUAL(a.auroc, 6.5 / 9, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(a.average_precision, (1 + 2.0 / 3 + 3.0 / 5) / 3, 1e-15);
}

static void test_scores_are_written_in_order_and_read_back(void)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), n_ranks = pa_comm_size(comm);
    enum { MANY = 10000 };
    static float score[MANY];
    size_t from = (size_t)(MANY * rank / n_ranks), n = (size_t)(MANY * (rank + 1) / n_ranks) - from;
    for (size_t i = 0; i < n; i++) score[i] = 1.0f / (float)(from + i + 3);
    pa_error err = {0};
    pa_sink *sink;
    choose_paths();
    CU_ASSERT_EQUAL(pa_scores_open(comm, out, true, 1, &(const char *){path}, &sink, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_scores_write(sink, (int64_t)from, n, score, &err), PA_OK);
    pa_sink_free(sink);
    if (rank == 0) {
        char *text = NULL;
        size_t length = 0, unlike = 0;
        CU_ASSERT_EQUAL(pa_read_file(out, &text, &length, &err), PA_OK);
        char *at = text + strlen("row,score\n");
        CU_ASSERT(text && strncmp(text, "row,score\n", 10) == 0);
        for (size_t i = 0; i < MANY; i++) {
            unlike += (size_t)strtoull(at, &at, 10) != i + 1 || *at++ != ',';
            unlike += strtof(at, &at) != 1.0f / (float)(i + 3) || *at++ != '\n';
        }
        CU_ASSERT_EQUAL(unlike, 0);
        CU_ASSERT_EQUAL((size_t)(at - text), length);
        pa_free(text);
    }
    pa_barrier(comm);
}

static const pa_test tests[] = {
    {"every row is read once in its order", test_every_row_is_read_once_in_its_order},
    {"the first bad cell is named by all ranks", test_the_first_bad_cell_is_named_by_all_ranks},
    {"a header without rows is an error", test_a_header_without_rows_is_an_error},
    {"a count is followed over the ranks", test_a_count_is_followed_over_the_ranks},
    {"of two columns the first line is told", test_of_two_columns_the_first_line_is_told},
    {"without a header no row is lost", test_without_a_header_no_row_is_lost},
    {"large numbers are shifted by the smallest of all ranks",
     test_large_numbers_are_shifted_by_the_smallest_of_all_ranks},
    {"scores and areas do not depend on the cut", test_scores_and_areas_do_not_depend_on_the_cut},
    {"areas count ties as halves", test_areas_count_ties_as_halves},
    {"scores are written in order and read back", test_scores_are_written_in_order_and_read_back},
};
PA_MPI_TEST_MAIN("matrix", tests)
