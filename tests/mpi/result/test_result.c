#include "paraudit/result/result.h"

#include <fcntl.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drawn_result.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/files/files.h"
#include "paraudit/files/trailer.h"

enum { ROWS = 140003 };

/* Content digest of the drawn result at ROWS rows, confirmed by check_digest.py. */
static const char golden[] = "dfaf9ab00096872fdda46afa8d3ee1ff33cab0b66dc7fc22a24322db93f17cb7";

/* A name of its own for each rank count, so that tests may run side by side. */
static const char *file_name(const char *what)
{
    static char name[4][60];
    static int next;
    char *to = name[next++ % 4];
    snprintf(to, 60, "result_test.%s.%d.h5", what, pa_comm_size(pa_test_comm()));
    return to;
}

static void remove_file(const char *path)
{
    pa_barrier(pa_test_comm());
    if (pa_comm_rank(pa_test_comm()) == 0) unlink(path);
    pa_barrier(pa_test_comm());
}

static pa_status write_drawn(const char *path, int64_t rows, char *digest, pa_error *err)
{
    pa_drawn_result drawn;
    pa_status st = pa_agree(pa_test_comm(), pa_draw_result(pa_test_comm(), rows, &drawn, err), err);
    drawn.content.content_digest = digest;
    if (st == PA_OK) st = pa_result_write(pa_test_comm(), path, &drawn.content, err);
    pa_drawn_free(&drawn);
    return st;
}

/* Columns whose values are unlike those of `drawn`, which holds all rows of t. */
static int count_unlike(const pa_table *t, const pa_table *drawn)
{
    int unlike = 0;
    for (size_t c = 0; c < t->n_columns; c++) {
        const pa_column_spec *s = &t->columns[c]->spec;
        const pa_column *d = pa_table_find(drawn, s->name);
        size_t size = pa_type_size(s->type, s->width);
        if (!d) return -1;
        const char *expected =
            (const char *)d->data + (size_t)(t->first_row - drawn->first_row) * size;
        unlike += memcmp(t->columns[c]->data, expected, t->n_rows * size) != 0;
    }
    return unlike;
}

static bool same_text(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static int specs_unlike(const pa_table *a, const pa_table *b)
{
    int unlike = a->n_columns != b->n_columns;
    for (size_t i = 0; !unlike && i < a->n_columns; i++) {
        const pa_column_spec *s = &a->columns[i]->spec, *d = &b->columns[i]->spec;
        unlike += !same_text(s->name, d->name) || s->type != d->type || s->width != d->width ||
                  !same_text(s->unit, d->unit) || !same_text(s->meaning, d->meaning) ||
                  s->role != d->role || s->flags != d->flags || !same_text(s->stage, d->stage) ||
                  !same_text(s->codes, d->codes) || !same_text(s->family, d->family) ||
                  !same_text(s->words, d->words) || s->direction != d->direction ||
                  !same_text(s->yields_to, d->yields_to);
    }
    return unlike;
}

/* Slices that overlap, that skip rows and that are empty, other than those of
 * the writers; the file is closed before the tables are looked at. */
static void test_tables_come_back_on_other_slices(void)
{
    pa_error err = {0};
    pa_result_file *file = NULL;
    pa_strings pool = {0};
    pa_table t, none, whole;
    int rank = pa_comm_rank(pa_test_comm());
    int64_t first = rank * 1000 + 7;
    size_t n = rank == 2 ? 0 : 70000;
    const char *path = file_name("tables");
    CU_ASSERT_EQUAL(write_drawn(path, ROWS, NULL, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_result_open(pa_test_comm(), path, &file, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_result_read_table(file, "transactions", first, n, &pool, &t, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_result_read_table(file, "rejects", 0, 0, &pool, &none, &err), PA_OK);
    pa_result_close(file);
    CU_ASSERT_EQUAL(pa_draw_table(&whole, "transactions", "", 0, ROWS, ROWS, &err), PA_OK);
    CU_ASSERT_EQUAL(specs_unlike(&t, &whole), 0);
    CU_ASSERT_EQUAL(count_unlike(&t, &whole), 0);
    CU_ASSERT_STRING_EQUAL(t.name, "transactions");
    CU_ASSERT_STRING_EQUAL(t.meaning, "All transactions");
    CU_ASSERT_EQUAL(t.n_global, ROWS);
    CU_ASSERT_EQUAL(none.n_global, 0);
    CU_ASSERT_EQUAL(specs_unlike(&none, &whole), 0);
    pa_table_free(&t);
    pa_table_free(&none);
    pa_table_free(&whole);
    pa_strings_free(&pool);
    remove_file(path);
}

static bool same_array(const pa_store *a, const pa_store *b, const char *name)
{
    const pa_store_array *x = pa_store_find(a, name), *y = pa_store_find(b, name);
    if (!x || !y || x->n != y->n || x->first != y->first) return false;
    return x->type == y->type && x->bytes == y->bytes && x->spread == y->spread &&
           x->n_global == y->n_global && x->width == y->width &&
           strcmp(x->meaning, y->meaning) == 0 &&
           memcmp(x->data, y->data, x->n * x->width * pa_type_size(x->type, x->bytes)) == 0;
}

static void test_stores_come_back(void)
{
    pa_error err = {0};
    pa_result_file *file = NULL;
    pa_drawn_result drawn;
    pa_store s;
    const char *path = file_name("stores");
    static const char *const names[] = {"nodes", "cuts", "columns", "none", "state"};
    CU_ASSERT_EQUAL(write_drawn(path, 10, NULL, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_draw_result(pa_test_comm(), 10, &drawn, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_result_open(pa_test_comm(), path, &file, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_result_read_store(file, "forest", 0, NULL, &s, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(s.name, "forest");
    CU_ASSERT(s.version == 3 && s.round == 7 && s.complete && s.n_arrays == 5);
    for (size_t i = 0; i < 5; i++) CU_ASSERT(same_array(&s, &drawn.forest, names[i]));
    CU_ASSERT_STRING_EQUAL(s.arrays[4].name, "state");
    pa_result_close(file);
    pa_store_free(&s);
    pa_drawn_free(&drawn);
    remove_file(path);
}

static void test_lookups_say_what_is_there(void)
{
    pa_error err = {0};
    pa_result_file *f = NULL;
    char *text = NULL;
    int64_t seed = 0;
    const char *path = file_name("lookups");
    CU_ASSERT_EQUAL(write_drawn(path, 100, NULL, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_result_open(pa_test_comm(), path, &f, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(pa_result_list_tables(f, 0), "categories/mcc");
    CU_ASSERT_STRING_EQUAL(pa_result_list_tables(f, 1), "graph/edges");
    CU_ASSERT_STRING_EQUAL(pa_result_list_tables(f, 3), "transactions");
    CU_ASSERT_PTR_NULL(pa_result_list_tables(f, 4));
    CU_ASSERT(pa_result_has_store(f, "forest") && !pa_result_has_store(f, "trees"));
    CU_ASSERT_EQUAL(pa_result_rows(f, "transactions"), 100);
    CU_ASSERT_EQUAL(pa_result_rows(f, "categories/mcc"), 5);
    CU_ASSERT_EQUAL(pa_result_rows(f, "absent"), -1);
    CU_ASSERT_STRING_EQUAL(pa_result_column(f, "transactions", 2)->name, "amount");
    CU_ASSERT_PTR_NULL(pa_result_column(f, "transactions", 8));
    CU_ASSERT_EQUAL(pa_result_find_column(f, "categories/mcc", "mcc")->width, 10);
    CU_ASSERT_STRING_EQUAL(pa_result_attribute_text(f, "software_version"), "0.1.0");
    CU_ASSERT_STRING_EQUAL(pa_result_attribute_text(f, "previous_audit_digest"), "");
    CU_ASSERT_PTR_NULL(pa_result_attribute_text(f, "seed"));
    CU_ASSERT(pa_result_attribute_i64(f, "seed", &seed) && seed == 42);
    CU_ASSERT_FALSE(pa_result_attribute_i64(f, "absent", &seed));
    CU_ASSERT_EQUAL(pa_result_text(f, "config/effective", &text, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(text, "[input]\nfiles = caf\xc3\xa9.csv\n");
    pa_free(text);
    CU_ASSERT_EQUAL(pa_result_text(f, "config/preset", &text, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(text, "");
    pa_free(text);
    pa_result_close(f);
    remove_file(path);
}

static void test_columns_are_read_by_name_and_type(void)
{
    pa_result_file *f = NULL;
    pa_error err = {0};
    const char *path = file_name("columns");
    char expected[200], names[5][10];
    double amount[3] = {0};
    CU_ASSERT_EQUAL(write_drawn(path, 100, NULL, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_result_open(pa_test_comm(), path, &f, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_result_read_column(f, "transactions", "amount", PA_F64, 97, 3, amount, &err),
                    PA_OK);
    CU_ASSERT_EQUAL(amount[2], (double)(pa_drawn_bits(2, 99) >> 11) / 9007199254740992.0);
    CU_ASSERT_EQUAL(pa_result_read_column(f, "categories/mcc", "mcc", PA_BYTES, 0, 5, names, &err),
                    PA_OK);
    CU_ASSERT(memcmp(names[4], "0123456789", 10) == 0 && strcmp(names[2], "caf\xc3\xa9") == 0);

    static const struct {
        const char *table, *column;
        pa_type type;
        int64_t first;
        const char *says;
    } bad[] = {{"transactions", "amount", PA_F32, 0,
                "/transactions/amount is float64, float32 was "
                "expected"},
               {"transactions", "absent", PA_F32, 0, "table 'transactions' has no column 'absent'"},
               {"absent", "amount", PA_F64, 0, "has no table 'absent'"},
               {"transactions", "amount", PA_F64, 98,
                "/transactions/amount has 100 rows, 3 from "
                "row 98 on were asked for"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pa_error e = {0};
        CU_ASSERT_EQUAL(pa_result_read_column(f, bad[i].table, bad[i].column, bad[i].type,
                                              bad[i].first, 3, amount, &e),
                        PA_E_DATA);
        snprintf(expected, sizeof expected, "%s: %s", path, bad[i].says);
        CU_ASSERT_STRING_EQUAL(e.message, expected);
    }
    pa_result_close(f);
    remove_file(path);
}

static void test_content_digest_is_frozen_for_any_number_of_ranks(void)
{
    pa_error err = {0};
    char digest[PA_DIGEST_TEXT] = "";
    CU_ASSERT_EQUAL(write_drawn(NULL, ROWS, digest, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(digest, golden);
}

static void test_file_carries_the_digest_of_the_null_back_end(void)
{
    pa_error err = {0};
    pa_result_file *f = NULL;
    char digest[PA_DIGEST_TEXT] = "";
    const char *path = file_name("null");
    CU_ASSERT_EQUAL(write_drawn(path, ROWS, digest, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(digest, golden);
    CU_ASSERT_EQUAL(pa_result_open(pa_test_comm(), path, &f, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(pa_result_attribute_text(f, "content_digest"), golden);
    pa_result_close(f);
    remove_file(path);
}

static void write_by(const char *path, pa_writing how, pa_written *written)
{
    pa_error err = {0};
    pa_drawn_result drawn;
    CU_ASSERT_EQUAL(pa_draw_result(pa_test_comm(), ROWS, &drawn, &err), PA_OK);
    drawn.content.how = how;
    drawn.content.written = written;
    CU_ASSERT_EQUAL(pa_result_write(pa_test_comm(), path, &drawn.content, &err), PA_OK);
    pa_drawn_free(&drawn);
}

static bool same_files(const char *a, const char *b)
{
    char *x = NULL, *y = NULL;
    size_t n = 0, m = 0;
    pa_error err = {0};
    bool read = pa_read_file(a, &x, &n, &err) == PA_OK && pa_read_file(b, &y, &m, &err) == PA_OK;
    bool same = read && n == m && memcmp(x, y, n) == 0;
    pa_free(x);
    pa_free(y);
    return same;
}

static void test_every_writer_writes_the_same_bytes(void)
{
    static const pa_writing ways[] = {{.writer = PA_WRITER_MPIIO},
                                      {.writer = PA_WRITER_MPIIO, .collective = PA_TOGETHER_YES},
                                      {.writer = PA_WRITER_MPIIO, .collective = PA_TOGETHER_NO},
                                      {.writer = PA_WRITER_MPIIO, .hints = "striping_factor=2"},
                                      {.writer = PA_WRITER_AUTO, .hints = "striping_factor=2"}};
    pa_written written;
    const char *plain = file_name("posix"), *path = file_name("other");
    write_by(plain, (pa_writing){.writer = PA_WRITER_POSIX}, &written);
    CU_ASSERT_STRING_EQUAL(written.writer, "posix");
    CU_ASSERT_STRING_EQUAL(written.component, "");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        write_by(path, ways[i], &written);
        CU_ASSERT_TRUE(same_files(plain, path));
        CU_ASSERT_STRING_EQUAL(written.writer,
                               ways[i].writer == PA_WRITER_AUTO ? "posix" : "mpiio");
        CU_ASSERT_EQUAL(strstr(written.hints, "striping_factor=2") != NULL, ways[i].hints != NULL);
        CU_ASSERT_NOT_EQUAL(written.component[0], '\0');
        remove_file(path);
    }
    write_by(path, (pa_writing){.writer = PA_WRITER_NONE}, &written);
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
    remove_file(plain);
}

static void test_large_datasets_begin_at_a_block(void)
{
    enum { WIDE = 150000 };
    const char *path = file_name("blocks");
    pa_error err = {0};
    CU_ASSERT_EQUAL(write_drawn(path, WIDE, NULL, &err), PA_OK);
    pa_barrier(pa_test_comm());
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t tx = H5Dopen2(file, "/transactions/tx", H5P_DEFAULT);
    CU_ASSERT(H5Dget_storage_size(tx) > 1 << 20);
    CU_ASSERT_EQUAL(H5Dget_offset(tx) % 65536, 0);
    H5Dclose(tx);
    H5Fclose(file);
    remove_file(path);
}

static void test_reserved_space_is_enough_and_not_much_more(void)
{
    static const int64_t rows[] = {0, 1, 5000};
    for (int i = 0; i < 3; i++) {
        pa_error err = {0};
        pa_drawn_result drawn;
        int64_t size = 0;
        const char *path = file_name("space");
        CU_ASSERT_EQUAL(pa_draw_result(pa_test_comm(), rows[i], &drawn, &err), PA_OK);
        CU_ASSERT_EQUAL(pa_result_write(pa_test_comm(), path, &drawn.content, &err), PA_OK);
        CU_ASSERT_EQUAL(pa_file_size(path, &size, &err), PA_OK);
        int64_t bound = pa_result_bytes(&drawn.content);
        CU_ASSERT(size <= bound && bound < size + 300000);
        pa_drawn_free(&drawn);
        remove_file(path);
    }
}

/* ---- files that are not as they should be ---- */

/* Rank 0 finds `old` and puts `new` there. */
static void patch(const char *path, const void *old, const void *new, size_t n)
{
    pa_barrier(pa_test_comm());
    if (pa_comm_rank(pa_test_comm()) == 0) {
        char *bytes = NULL;
        size_t length = 0, at = 0;
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_read_file(path, &bytes, &length, &err), PA_OK);
        while (at + n < length && memcmp(bytes + at, old, n) != 0) at++;
        CU_ASSERT(at + n < length);
        if (at + n < length) memcpy(bytes + at, new, n);
        CU_ASSERT_EQUAL(pa_write_file(path, bytes, length, &err), PA_OK);
        pa_free(bytes);
    }
    pa_barrier(pa_test_comm());
}

/* Rank 0 sets a root attribute as an editor of HDF5 files would, or deletes it. */
static void edit(const char *path, const char *attribute, int64_t value, bool delete)
{
    pa_barrier(pa_test_comm());
    if (pa_comm_rank(pa_test_comm()) == 0) {
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        hid_t a = H5Aopen(file, attribute, H5P_DEFAULT);
        CU_ASSERT(H5Awrite(a, H5T_NATIVE_INT64, &value) >= 0);
        H5Aclose(a);
        if (delete) CU_ASSERT(H5Adelete(file, attribute) >= 0);
        CU_ASSERT(H5Fclose(file) >= 0);
    }
    pa_barrier(pa_test_comm());
}

/* What is left of a file when another program has written to it: its trailer is gone. */
static void unseal(const char *path)
{
    edit(path, "seed", 42, false);
}

static void test_sound_file_verifies(void)
{
    pa_error err = {0};
    pa_result_check check;
    const char *path = file_name("sound");
    CU_ASSERT_EQUAL(write_drawn(path, ROWS, NULL, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_result_verify(pa_test_comm(), path, &check, &err), PA_OK);
    CU_ASSERT_EQUAL(check.datasets, 32);
    CU_ASSERT_EQUAL(check.differ, 0);
    CU_ASSERT(check.bytes > ROWS * 46);
    CU_ASSERT_FALSE(check.content_differs);
    CU_ASSERT_STRING_EQUAL(check.content_digest, golden);
    remove_file(path);
}

/* Many blocks of the file's own digest, so that ranks share the bytes, and blocks of
 * datasets reach from one rank's into the next. An editor takes the trailer away, and
 * what is left is digested by other means. */
static void test_large_file_is_checked_by_all_ranks(void)
{
    enum { MANY = 1600000 };
    pa_error err = {0};
    pa_result_check check;
    char content[PA_DIGEST_TEXT] = "", whole[PA_DIGEST_TEXT] = "";
    int64_t size = 0;
    const char *path = file_name("large");
    CU_ASSERT_EQUAL(write_drawn(path, MANY, content, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_result_verify(pa_test_comm(), path, &check, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(check.content_digest, content);
    CU_ASSERT(check.is_sealed && check.damaged == -1);
    CU_ASSERT(pa_file_size(path, &size, &err) == PA_OK && size > 64 * PA_TRAILER_BLOCK);
    unseal(path);
    CU_ASSERT_EQUAL(pa_file_digest(pa_test_comm(), path, PA_TRAILER_BLOCK, whole, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(check.file_digest, whole);
    remove_file(path);
}

static herr_t copy_attribute(hid_t from, const char *name, const H5A_info_t *info, void *to)
{
    (void)info;
    char value[4096];
    if (strcmp(name, "digest") != 0) return 0;
    hid_t a = H5Aopen(from, name, H5P_DEFAULT), type = H5Aget_type(a), space = H5Aget_space(a);
    hid_t copy = H5Acreate2(*(hid_t *)to, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    herr_t st = H5Tget_size(type) > sizeof value || H5Aread(a, type, value) < 0 ||
                        H5Awrite(copy, type, value) < 0
                    ? -1
                    : 0;
    H5Aclose(copy);
    H5Aclose(a);
    H5Sclose(space);
    H5Tclose(type);
    return st;
}

/* Rank 0 packs a column as h5repack would: in chunks, its digest kept. */
static void pack(const char *path, const char *column, double flip)
{
    pa_barrier(pa_test_comm());
    if (pa_comm_rank(pa_test_comm()) == 0) {
        const hsize_t chunk = 1000;
        double *values = NULL;
        pa_error err = {0};
        CU_ASSERT_EQUAL(PA_NEW(values, ROWS, &err), PA_OK);
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), list = H5Pcreate(H5P_DATASET_CREATE);
        hid_t old = H5Dopen2(file, column, H5P_DEFAULT), space = H5Dget_space(old);
        H5Pset_chunk(list, 1, &chunk);
        CU_ASSERT(H5Dread(old, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
        values[ROWS - 1] += flip;
        CU_ASSERT(H5Ldelete(file, column, H5P_DEFAULT) >= 0);
        hid_t new =
            H5Dcreate2(file, column, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, list, H5P_DEFAULT);
        CU_ASSERT(H5Dwrite(new, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
        CU_ASSERT(H5Aiterate2(old, H5_INDEX_NAME, H5_ITER_INC, NULL, copy_attribute, &new) >= 0);
        H5Dclose(new);
        H5Dclose(old);
        H5Sclose(space);
        H5Pclose(list);
        CU_ASSERT(H5Fclose(file) >= 0);
        pa_free(values);
    }
    pa_barrier(pa_test_comm());
}

static void test_dataset_in_chunks_is_checked_too(void)
{
    pa_error err = {0}, two = {0};
    pa_result_check check;
    const char *path = file_name("chunks");
    CU_ASSERT_EQUAL(write_drawn(path, ROWS, NULL, &err), PA_OK);
    pack(path, "/transactions/amount", 0);
    CU_ASSERT_EQUAL(pa_result_verify(pa_test_comm(), path, &check, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(check.content_digest, golden);
    pack(path, "/transactions/amount", 1);
    CU_ASSERT_EQUAL(pa_result_verify(pa_test_comm(), path, &check, &two), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(check.first, "/transactions/amount");
    CU_ASSERT_EQUAL(check.differ, 1);
    remove_file(path);
}

/* Without a trailer a flip in values gets as far as their digests. */
static void test_flipped_byte_is_found_and_its_dataset_named(void)
{
    pa_error err = {0}, two = {0};
    pa_result_check check;
    char expected[200];
    const int64_t row[2] = {ROWS - 2, ROWS - 1}, other[2] = {ROWS - 2, ROWS - 1 + 256};
    const char *path = file_name("flipped");
    CU_ASSERT_EQUAL(write_drawn(path, ROWS, NULL, &err), PA_OK);
    unseal(path);
    patch(path, row, other, sizeof row);
    CU_ASSERT_EQUAL(pa_result_verify(pa_test_comm(), path, &check, &err), PA_E_DATA);
    snprintf(expected, sizeof expected,
             "%s: damaged: /transactions/tx differs from its digest (1 of 32 datasets do)", path);
    CU_ASSERT_STRING_EQUAL(err.message, expected);
    CU_ASSERT_EQUAL(check.differ, 1);
    patch(path, "travel", "gravel", 6);
    CU_ASSERT_EQUAL(pa_result_verify(pa_test_comm(), path, &check, &two), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(check.first, "/categories/mcc");
    CU_ASSERT_EQUAL(check.differ, 2);
    remove_file(path);
}

static void test_changed_root_attribute_is_found(void)
{
    pa_error err = {0};
    pa_result_check check;
    const char *path = file_name("attribute");
    CU_ASSERT_EQUAL(write_drawn(path, 10, NULL, &err), PA_OK);
    edit(path, "seed", 43, false);
    CU_ASSERT_EQUAL(pa_result_verify(pa_test_comm(), path, &check, &err), PA_E_DATA);
    CU_ASSERT_EQUAL(check.differ, 0);
    CU_ASSERT(check.content_differs);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "the content digest differs"));
    remove_file(path);
}

static void expect_open(const char *path, pa_status st, const char *says)
{
    pa_error err = {0};
    pa_result_file *f = NULL;
    CU_ASSERT_EQUAL(pa_result_open(pa_test_comm(), path, &f, &err), st);
    CU_ASSERT_PTR_NULL(f);
    CU_ASSERT(strncmp(err.message, path, strlen(path)) == 0 && strstr(err.message, says));
    if (!strstr(err.message, says)) printf("  %s\n", err.message);
    pa_result_close(f);
}

static void cut_file(const char *path, int64_t bytes)
{
    int64_t size = 0;
    pa_error err = {0};
    pa_barrier(pa_test_comm());
    if (pa_comm_rank(pa_test_comm()) == 0) {
        CU_ASSERT_EQUAL(pa_file_size(path, &size, &err), PA_OK);
        CU_ASSERT_EQUAL(truncate(path, (off_t)(size - bytes)), 0);
    }
    pa_barrier(pa_test_comm());
}

static void test_files_that_cannot_be_read_say_why(void)
{
    pa_error err = {0};
    const char *path = file_name("bad");
    expect_open("absent.h5", PA_E_NO_INPUT, "No such file or directory");
    if (pa_comm_rank(pa_test_comm()) == 0) {
        CU_ASSERT_EQUAL(pa_write_file(path, "id,amount\n", 10, &err), PA_OK);
    }
    pa_barrier(pa_test_comm());
    expect_open(path, PA_E_DATA, "not an HDF5 file");
    CU_ASSERT_EQUAL(write_drawn(path, 100, NULL, &err), PA_OK);
    cut_file(path, 1);
    expect_open(path, PA_E_DATA, "damaged: it ends at byte ");
    CU_ASSERT_EQUAL(write_drawn(path, 100, NULL, &err), PA_OK);
    unseal(path);
    cut_file(path, 1);
    expect_open(path, PA_E_DATA, "damaged: H5F__super_read: truncated file");
    CU_ASSERT_EQUAL(write_drawn(path, 100, NULL, &err), PA_OK);
    edit(path, "schema_version", 4, false);
    expect_open(path, PA_E_DATA, "has schema 4, this program reads schemas 2 to 3");
    edit(path, "schema_version", 1, false);
    expect_open(path, PA_E_DATA, "has schema 1, this program reads schemas 2 to 3");
    edit(path, "schema_version", 1, true);
    expect_open(path, PA_E_DATA, "an HDF5 file, but not one of paraudit's");
    remove_file(path);
}

/* Metadata carry checksums, too: a word of a description is as safe as a value. */
static void test_damaged_metadata_is_found_at_opening(void)
{
    pa_error err = {0};
    const char *path = file_name("metadata");
    CU_ASSERT_EQUAL(write_drawn(path, 10, NULL, &err), PA_OK);
    unseal(path);
    patch(path, "Above the line", "Below the line", 14);
    expect_open(path, PA_E_DATA, "incorrect metadata checksum");
    remove_file(path);
}

/* ---- flips in a file with its trailer ---- */

static int64_t size_of(const char *path)
{
    pa_error err = {0};
    int64_t size = 0;
    CU_ASSERT_EQUAL(pa_file_size(path, &size, &err), PA_OK);
    return size;
}

/* Rank 0 flips one bit. */
static void flip(const char *path, int64_t at, int bit)
{
    pa_barrier(pa_test_comm());
    if (pa_comm_rank(pa_test_comm()) == 0) {
        unsigned char byte = 0;
        int fd = open(path, O_RDWR);
        CU_ASSERT(fd >= 0 && pread(fd, &byte, 1, at) == 1);
        byte = (unsigned char)(byte ^ 1u << bit);
        CU_ASSERT(pwrite(fd, &byte, 1, at) == 1);
        close(fd);
    }
    pa_barrier(pa_test_comm());
}

/* Every second one in the trailer or shortly before it, where the metadata end, too. */
static int64_t drawn_place(uint64_t i, int64_t size)
{
    uint64_t from = i % 2 ? (uint64_t)size - 2000 : 0;
    return (int64_t)(from + pa_draw_below(11, PA_DRAW_TEST, i, 0, (uint64_t)size - from));
}

/* PARAUDIT_TEST_FLIPS: how many; 20 where it is not set. */
static uint64_t number_of_flips(void)
{
    const char *text = getenv("PARAUDIT_TEST_FLIPS");
    return text ? strtoull(text, NULL, 10) : 20;
}

static bool is_told(const char *path)
{
    pa_error err = {0};
    pa_result_check check;
    return pa_result_verify(pa_test_comm(), path, &check, &err) == PA_E_DATA &&
           strstr(err.message, ": damaged: ") != NULL;
}

/* A reader stops, or never saw the block of the flip: then all values are right. */
static bool is_read_right(const char *path, const pa_table *drawn)
{
    pa_error err = {0};
    pa_result_file *file = NULL;
    pa_strings pool = {0};
    pa_table t = {0};
    pa_status st = pa_result_open(pa_test_comm(), path, &file, &err);
    if (st == PA_OK)
        st = pa_result_read_table(file, "transactions", 0, drawn->n_rows, &pool, &t, &err);
    bool right = st == PA_OK ? count_unlike(&t, drawn) == 0
                             : st == PA_E_DATA && strstr(err.message, ": damaged: ");
    pa_table_free(&t);
    pa_strings_free(&pool);
    pa_result_close(file);
    return right;
}

static void test_flip_anywhere_is_told_and_crashes_nothing(void)
{
    pa_error err = {0};
    pa_table drawn;
    int untold = 0, wrong = 0;
    const char *path = file_name("flips");
    CU_ASSERT_EQUAL(write_drawn(path, ROWS, NULL, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_draw_table(&drawn, "transactions", "", 0, ROWS, ROWS, &err), PA_OK);
    int64_t size = size_of(path);
    for (uint64_t i = 0; i < number_of_flips(); i++) {
        int64_t at = drawn_place(i, size);
        flip(path, at, (int)(i % 8));
        untold += !is_told(path);
        wrong += !is_read_right(path, &drawn);
        flip(path, at, (int)(i % 8));
    }
    CU_ASSERT_EQUAL(untold, 0);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(is_read_right(path, &drawn) && !is_told(path));
    pa_table_free(&drawn);
    remove_file(path);
}

/* A sector or more that reads as zeros, wherever the end of the file falls in it. */
static void test_lost_end_is_told(void)
{
    static const char zeros[4096];
    const char *path = file_name("lost");
    for (int64_t lost = 1; lost <= 4096; lost *= 4) {
        pa_error err = {0};
        CU_ASSERT_EQUAL(write_drawn(path, 100, NULL, &err), PA_OK);
        int64_t size = size_of(path);
        pa_barrier(pa_test_comm());
        if (pa_comm_rank(pa_test_comm()) == 0) {
            int fd = open(path, O_WRONLY);
            CU_ASSERT(fd >= 0 && pwrite(fd, zeros, (size_t)lost, size - lost) == (ssize_t)lost);
            close(fd);
        }
        pa_barrier(pa_test_comm());
        expect_open(path, PA_E_DATA, ": damaged: ");
    }
    remove_file(path);
}

/* ---- contents that are not as they should be ---- */

static void expect_refusal(pa_drawn_result *drawn, pa_status expected, const char *says)
{
    pa_error err = {0};
    const char *path = file_name("refused");
    remove_file(path);
    CU_ASSERT_EQUAL(pa_result_write(pa_test_comm(), path, &drawn->content, &err), expected);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, says));
    if (!strstr(err.message, says)) printf("  %s\n", err.message);
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
    pa_drawn_free(drawn);
}

static void draw_small(pa_drawn_result *drawn)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_draw_result(pa_test_comm(), 100, drawn, &err), PA_OK);
}

static void test_content_that_does_not_fit_together_is_refused(void)
{
    pa_drawn_result d;
    draw_small(&d);
    d.tables[0].n_global = 101;
    expect_refusal(&d, PA_E_BUG, "transactions: the ranks hold 100 rows of 101");
    draw_small(&d);
    if (d.tables[0].n_rows > 0) d.tables[0].first_row++;
    expect_refusal(&d, PA_E_BUG, "transactions: rank 0 starts at row 1, 0 was its turn");
    draw_small(&d);
    d.tables[1].name = "transactions";
    expect_refusal(&d, PA_E_BUG, "the result has /transactions twice");
    draw_small(&d);
    d.tables[1].name = "graph edges";
    expect_refusal(&d, PA_E_BUG, "the result has no place for the name 'graph edges/tx'");
    draw_small(&d);
    d.mcc.name = "categories/kind";
    expect_refusal(&d, PA_E_BUG, "list 'categories/kind' needs one column 'kind'");
    if (pa_comm_size(pa_test_comm()) == 1) return;
    draw_small(&d);
    if (pa_comm_rank(pa_test_comm()) == 1) d.tables[0].columns[3]->spec.unit = "km";
    expect_refusal(&d, PA_E_BUG, "ranks 0 and 1 disagree on what to write");
}

static void test_result_without_a_folder_cannot_be_created(void)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(write_drawn("absent/audit.h5", 10, NULL, &err), PA_E_CREATE);
    CU_ASSERT_STRING_EQUAL(err.message, "absent/audit.h5: No such file or directory");
}

static void test_nothing_at_all_is_a_result_too(void)
{
    pa_error err = {0};
    pa_result empty = {0};
    pa_result_check check;
    const char *path = file_name("empty");
    CU_ASSERT_EQUAL(pa_result_write(pa_test_comm(), path, &empty, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_result_verify(pa_test_comm(), path, &check, &err), PA_OK);
    CU_ASSERT_EQUAL(check.datasets, 0);
    remove_file(path);
}

static const pa_test tests[] = {
    {"tables come back on other slices", test_tables_come_back_on_other_slices},
    {"stores come back", test_stores_come_back},
    {"lookups say what is there", test_lookups_say_what_is_there},
    {"columns are read by name and type", test_columns_are_read_by_name_and_type},
    {"content digest is frozen for any number of ranks",
     test_content_digest_is_frozen_for_any_number_of_ranks},
    {"file carries the digest of the null back end",
     test_file_carries_the_digest_of_the_null_back_end},
    {"every writer writes the same bytes", test_every_writer_writes_the_same_bytes},
    {"large datasets begin at a block", test_large_datasets_begin_at_a_block},
    {"reserved space is enough and not much more", test_reserved_space_is_enough_and_not_much_more},
    {"sound file verifies", test_sound_file_verifies},
    {"large file is checked by all ranks", test_large_file_is_checked_by_all_ranks},
    {"dataset in chunks is checked too", test_dataset_in_chunks_is_checked_too},
    {"flipped byte is found and its dataset named",
     test_flipped_byte_is_found_and_its_dataset_named},
    {"changed root attribute is found", test_changed_root_attribute_is_found},
    {"files that cannot be read say why", test_files_that_cannot_be_read_say_why},
    {"damaged metadata is found at opening", test_damaged_metadata_is_found_at_opening},
    {"flip anywhere is told and crashes nothing", test_flip_anywhere_is_told_and_crashes_nothing},
    {"lost end is told", test_lost_end_is_told},
    {"content that does not fit together is refused",
     test_content_that_does_not_fit_together_is_refused},
    {"result without a folder cannot be created", test_result_without_a_folder_cannot_be_created},
    {"nothing at all is a result too", test_nothing_at_all_is_a_result_too},
};
PA_MPI_TEST_MAIN("result", tests)
