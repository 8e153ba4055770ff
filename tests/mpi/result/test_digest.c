#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mpi_test.h"
#include "paraudit/base/draw.h"
#include "paraudit/files/trailer.h"
#include "paraudit/result/digest.h"

static const char empty_digest[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void test_digest_of_bytes_is_plain_sha256(void)
{
    char hex[PA_DIGEST_TEXT];
    pa_digest_bytes("abc", 3, hex);
    CU_ASSERT_STRING_EQUAL(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    pa_digest_bytes("", 0, hex);
    CU_ASSERT_STRING_EQUAL(hex, empty_digest);
}

static uint8_t byte_at(size_t i)
{
    return (uint8_t)(i * 0x9e3779b97f4a7c15u >> 50);
}

static int nibble(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* The slow obvious twin: all bytes in one place, block by block. */
static void digest_alone(const uint8_t *bytes, size_t n, size_t block, char hex[PA_DIGEST_TEXT])
{
    uint8_t joined[32 * 400];
    size_t blocks = 0;
    for (size_t at = 0; at < n; at += block, blocks++) {
        char one[PA_DIGEST_TEXT];
        pa_digest_bytes(bytes + at, n - at < block ? n - at : block, one);
        for (int i = 0; i < 32; i++) {
            joined[32 * blocks + (size_t)i] =
                (uint8_t)(nibble(one[2 * i]) << 4 | nibble(one[2 * i + 1]));
        }
    }
    pa_digest_bytes(joined, 32 * blocks, hex);
}

/* Cuts drawn anywhere, some slices empty. */
static void draw_cut(int64_t rows, uint64_t attempt, int size, int64_t cut[])
{
    cut[0] = 0;
    for (int r = 1; r < size; r++) {
        int64_t to = (int64_t)pa_draw_below(2, PA_DRAW_TEST, attempt, (uint64_t)r,
                                            (uint64_t)(rows + 1 - cut[r - 1]));
        cut[r] = cut[r - 1] + (attempt % 3 == 0 && r % 2 ? 0 : to);
    }
    cut[size] = rows;
}

static pa_status digest_rows(const int64_t cut[], size_t row_bytes, const void *rows,
                             int64_t block_rows, char hex[PA_DIGEST_TEXT], pa_error *err)
{
    pa_row_digest *d = NULL;
    PA_TRY(pa_row_digest_new(pa_test_comm(), cut, row_bytes, rows, block_rows, &d, err));
    pa_row_digest_mine(d);
    pa_status st = pa_row_digest_join(d, hex, err);
    pa_row_digest_free(d);
    return st;
}

static int differs(size_t rows, size_t row_bytes, int64_t block_rows, uint64_t attempt)
{
    int rank = pa_comm_rank(pa_test_comm()), size = pa_comm_size(pa_test_comm());
    int64_t cut[9];
    pa_error err = {0};
    char ours[PA_DIGEST_TEXT] = "", twin[PA_DIGEST_TEXT];
    uint8_t *bytes = malloc(rows * row_bytes + 1);
    for (size_t i = 0; i < rows * row_bytes; i++) bytes[i] = byte_at(i);
    digest_alone(bytes, rows * row_bytes, (size_t)block_rows * row_bytes, twin);
    draw_cut((int64_t)rows, attempt, size, cut);
    pa_status st =
        digest_rows(cut, row_bytes, bytes + (size_t)cut[rank] * row_bytes, block_rows, ours, &err);
    free(bytes);
    return st != PA_OK || strcmp(ours, twin) != 0;
}

static void test_digest_does_not_depend_on_the_cut(void)
{
    static const size_t rows[] = {0, 1, 5, 64, 1000};
    static const int64_t blocks[] = {3, 7, 64, 5000};
    int wrong = 0;
    for (uint64_t i = 0; i < 60; i++) wrong += differs(rows[i % 5], 1 + i % 12, blocks[i % 4], i);
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Heads of more than one message. */
static void test_wide_rows_travel_in_pieces(void)
{
    CU_ASSERT_EQUAL(differs(30, 400001, 20, 1), 0);
    CU_ASSERT_EQUAL(differs(30, 400001, 20, 2), 0);
    CU_ASSERT_EQUAL(differs(30, 400001, 100, 4), 0);
}

static void test_digest_of_no_rows_is_that_of_nothing(void)
{
    int64_t cut[9] = {0};
    char hex[PA_DIGEST_TEXT] = "";
    pa_error err = {0};
    CU_ASSERT_EQUAL(digest_rows(cut, 8, "", PA_DIGEST_ROWS, hex, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(hex, empty_digest);
}

/* 64 MiB + 1 byte, a sparse file: SHA-256 of (SHA-256 of 2^26 zeros,
 * SHA-256 of one zero), computed by Python's hashlib. */
static void test_file_digest_is_cut_into_blocks(void)
{
    char hex[PA_DIGEST_TEXT] = "";
    pa_error err = {0};
    char path[40];
    snprintf(path, sizeof path, "digest_test.%d.bin", pa_comm_size(pa_test_comm()));
    if (pa_comm_rank(pa_test_comm()) == 0) {
        FILE *f = fopen(path, "w");
        CU_ASSERT(f && fclose(f) == 0 && truncate(path, (64 << 20) + 1) == 0);
    }
    pa_barrier(pa_test_comm());
    CU_ASSERT_EQUAL(pa_file_digest(pa_test_comm(), path, 64 << 20, hex, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(hex, "aa35313ca25925c90a2647dbedefcfeb1586c1e9a6d7d30af7285895513d1f5a");
    pa_barrier(pa_test_comm());
    if (pa_comm_rank(pa_test_comm()) == 0) unlink(path);
}

static void test_digest_of_a_missing_file_fails_everywhere(void)
{
    char hex[PA_DIGEST_TEXT] = "";
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_file_digest(pa_test_comm(), "absent.bin", 64 << 20, hex, &err),
                    PA_E_NO_INPUT);
    CU_ASSERT_STRING_EQUAL(err.message, "absent.bin: No such file or directory");
}

/* A file of two blocks and a half with its trailer, made on one rank; `size`: of its body. */
static void make_sealed(const char *path, int64_t size)
{
    static uint8_t block[PA_TRAILER_BLOCK];
    uint8_t digest[3 * PA_DIGEST_BYTES];
    const uint8_t mark[3] = {1, 0, 0};
    pa_error err = {0};
    FILE *f = fopen(path, "w");
    CU_ASSERT_FATAL(f != NULL);
    for (int b = 0; b < 3; b++) {
        size_t n = b < 2 ? PA_TRAILER_BLOCK : (size_t)size % PA_TRAILER_BLOCK;
        memset(block, 'a' + b, n);
        pa_sha256_of(block, n, digest + (ptrdiff_t)b * PA_DIGEST_BYTES);
        CU_ASSERT_EQUAL(fwrite(block, 1, n, f), n);
    }
    CU_ASSERT_EQUAL(fclose(f), 0);
    CU_ASSERT_EQUAL(pa_trailer_write(path, size, digest, mark, &err), PA_OK);
}

static void put_byte(const char *path, int64_t at, char byte)
{
    int fd = open(path, O_WRONLY);
    CU_ASSERT(fd >= 0 && pwrite(fd, &byte, 1, at) == 1 && close(fd) == 0);
}

/* Tries a sealed file on all ranks, after rank 0 has done something to it. */
static pa_status sealed_after(void (*harm)(const char *path, int64_t size),
                              char hex[PA_DIGEST_TEXT])
{
    const int64_t size = 2 * PA_TRAILER_BLOCK + PA_TRAILER_BLOCK / 2;
    char path[40];
    pa_error err = {0};
    snprintf(path, sizeof path, "sealed_test.%d.bin", pa_comm_size(pa_test_comm()));
    if (pa_comm_rank(pa_test_comm()) == 0) {
        make_sealed(path, size);
        if (harm) harm(path, size);
    }
    pa_barrier(pa_test_comm());
    pa_status st = pa_sealed_digest(pa_test_comm(), path, hex, &err);
    pa_barrier(pa_test_comm());
    if (pa_comm_rank(pa_test_comm()) == 0) unlink(path);
    return st;
}

static void change_last_byte(const char *path, int64_t size)
{
    put_byte(path, size - 1, 'd');
}

static void change_mark(const char *path, int64_t size)
{
    put_byte(path, size + (int64_t)3 * PA_DIGEST_BYTES, 0);
}

static void cut_trailer(const char *path, int64_t size)
{
    CU_ASSERT_EQUAL(truncate(path, size), 0);
}

/* The expected digest, of "a" * 2^20, "b" * 2^20 and "c" * 2^19, is by Python's hashlib. */
static void test_sealed_digest_is_that_of_the_trailer(void)
{
    char hex[PA_DIGEST_TEXT] = "";
    CU_ASSERT_EQUAL(sealed_after(NULL, hex), PA_OK);
    CU_ASSERT_STRING_EQUAL(hex, "9a358f00e02324f3eddc6709f165f8757b49e22266a5347755e147bceefa9f15");
    CU_ASSERT_EQUAL(sealed_after(change_last_byte, hex), PA_E_DATA);
    CU_ASSERT_EQUAL(sealed_after(change_mark, hex), PA_E_DATA);
    CU_ASSERT_EQUAL(sealed_after(cut_trailer, hex), PA_E_DATA);
}

static const pa_test tests[] = {
    {"digest of bytes is plain SHA-256", test_digest_of_bytes_is_plain_sha256},
    {"digest does not depend on the cut", test_digest_does_not_depend_on_the_cut},
    {"wide rows travel in pieces", test_wide_rows_travel_in_pieces},
    {"digest of no rows is that of nothing", test_digest_of_no_rows_is_that_of_nothing},
    {"file digest is cut into blocks", test_file_digest_is_cut_into_blocks},
    {"digest of a missing file fails everywhere", test_digest_of_a_missing_file_fails_everywhere},
    {"sealed digest is that of the trailer", test_sealed_digest_is_that_of_the_trailer},
};
PA_MPI_TEST_MAIN("digest", tests)
