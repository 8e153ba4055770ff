#include "paraudit/files/trailer.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/files.h"
#include "paraudit/files/input.h"
#include "unit.h"

static const char path[] = "trailer_test.bin";

static const int64_t sizes[] = {0,
                                1,
                                111,
                                112,
                                5000,
                                PA_TRAILER_BLOCK - 1,
                                PA_TRAILER_BLOCK,
                                PA_TRAILER_BLOCK + 1,
                                3 * (int64_t)PA_TRAILER_BLOCK + 77};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

/* A body of drawn bytes, with its trailer behind it. */
static void write_sealed(int64_t size)
{
    pa_error err = {0};
    char *body = NULL;
    uint8_t digest[8][PA_DIGEST_BYTES], mark[8] = {1, 0, 1};
    size_t n = 0;
    CU_ASSERT_EQUAL_FATAL(PA_NEW(body, (size_t)size + 1, &err), PA_OK);
    for (int64_t i = 0; i < size; i++) body[i] = (char)((uint64_t)i * 0x9e3779b97f4a7c15u >> 51);
    for (int64_t at = 0; at < size; at += PA_TRAILER_BLOCK) {
        int64_t left = size - at;
        pa_sha256_of(body + at, (size_t)(left < PA_TRAILER_BLOCK ? left : PA_TRAILER_BLOCK),
                     digest[n++]);
    }
    CU_ASSERT_EQUAL(pa_write_file(path, body, (size_t)size, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_trailer_write(path, size, digest[0], mark, &err), PA_OK);
    pa_free(body);
}

static pa_status read_trailer(pa_trailer *t, pa_error *err)
{
    int fd = -1;
    CU_ASSERT_EQUAL_FATAL(pa_open_input(path, 0, &fd, err), PA_OK);
    pa_status st = pa_trailer_read(fd, path, t, err);
    close(fd);
    return st;
}

/* Blocks whose bytes are not those of their digests. */
static size_t count_unlike(const pa_trailer *t)
{
    pa_error err = {0};
    char *bytes = NULL;
    size_t length = 0, unlike = 0;
    CU_ASSERT_EQUAL_FATAL(pa_read_file(path, &bytes, &length, &err), PA_OK);
    for (size_t b = 0; b < t->n; b++)
        unlike += !pa_trailer_agrees(t, b, bytes + b * PA_TRAILER_BLOCK);
    pa_free(bytes);
    return unlike;
}

static void flip(int64_t at)
{
    char byte = 0;
    int fd = open(path, O_RDWR);
    CU_ASSERT(pread(fd, &byte, 1, at) == 1);
    byte = (char)(byte ^ 0x10);
    CU_ASSERT(pwrite(fd, &byte, 1, at) == 1);
    close(fd);
}

static void test_trailer_comes_back_for_bodies_of_all_sizes(void)
{
    for (int i = 0; i < N_SIZES; i++) {
        pa_trailer t;
        pa_error err = {0};
        int64_t bytes = 0;
        write_sealed(sizes[i]);
        CU_ASSERT_EQUAL(read_trailer(&t, &err), PA_OK);
        CU_ASSERT(t.is_there && t.size == sizes[i]);
        CU_ASSERT_EQUAL(count_unlike(&t), 0);
        for (size_t b = 0; b < t.n; b++) CU_ASSERT_EQUAL(t.mark[b], b == 0 || b == 2);
        CU_ASSERT(pa_file_size(path, &bytes, &err) == PA_OK);
        CU_ASSERT_EQUAL(bytes, sizes[i] + pa_trailer_bytes(sizes[i]));
        pa_trailer_free(&t);
    }
    unlink(path);
}

static void test_flip_in_the_body_is_one_of_its_block(void)
{
    const int64_t size = 3 * (int64_t)PA_TRAILER_BLOCK + 77;
    const int64_t at[] = {0, PA_TRAILER_BLOCK - 1, PA_TRAILER_BLOCK, size - 1};
    write_sealed(size);
    for (int i = 0; i < 4; i++) {
        pa_trailer t;
        pa_error err = {0};
        flip(at[i]);
        CU_ASSERT_EQUAL(read_trailer(&t, &err), PA_OK);
        CU_ASSERT_EQUAL(count_unlike(&t), 1);
        pa_trailer_free(&t);
        flip(at[i]);
    }
    unlink(path);
}

static void test_flip_anywhere_in_the_trailer_is_damage(void)
{
    const int64_t size = PA_TRAILER_BLOCK + 1, end = size + pa_trailer_bytes(size);
    int unseen = 0;
    write_sealed(size);
    for (int64_t at = size; at < end; at++) {
        pa_trailer t;
        pa_error err = {0};
        flip(at);
        unseen += read_trailer(&t, &err) != PA_E_DATA || !strstr(err.message, "damaged");
        flip(at);
    }
    CU_ASSERT_EQUAL(unseen, 0);
    unlink(path);
}

/* Bytes that went missing before the trailer, or came to it. */
static void test_body_of_another_size_is_damage(void)
{
    static const int64_t more[] = {-1, 1, 31, -32, 4096};
    for (int i = 0; i < 5; i++) {
        pa_trailer t;
        pa_error err = {0};
        char *bytes = NULL;
        size_t length = 0, keep = 5000, by = (size_t)(more[i] < 0 ? -more[i] : 0);
        write_sealed(10000);
        CU_ASSERT_EQUAL_FATAL(pa_read_file(path, &bytes, &length, &err), PA_OK);
        char *other = pa_alloc(length + 5000, 1, &err);
        CU_ASSERT_PTR_NOT_NULL_FATAL(other);
        size_t gap = (size_t)(more[i] > 0 ? more[i] : 0);
        memcpy(other, bytes, keep);
        memcpy(other + keep + gap, bytes + keep + by, length - keep - by);
        CU_ASSERT_EQUAL(pa_write_file(path, other, length + gap - by, &err), PA_OK);
        CU_ASSERT_EQUAL(read_trailer(&t, &err), PA_E_DATA);
        pa_free(bytes);
        pa_free(other);
    }
    unlink(path);
}

static void test_file_of_others_has_none(void)
{
    static const size_t lengths[] = {0, 5, 111, 112, 113, 9000};
    static const char blank[9000];
    for (int i = 0; i < 6; i++) {
        pa_trailer t;
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_write_file(path, blank, lengths[i], &err), PA_OK);
        CU_ASSERT_EQUAL(read_trailer(&t, &err), PA_OK);
        CU_ASSERT(!t.is_there && t.size == (int64_t)lengths[i]);
        pa_trailer_free(&t);
    }
    unlink(path);
}

static const pa_test tests[] = {
    {"trailer comes back for bodies of all sizes", test_trailer_comes_back_for_bodies_of_all_sizes},
    {"flip in the body is one of its block", test_flip_in_the_body_is_one_of_its_block},
    {"flip anywhere in the trailer is damage", test_flip_anywhere_in_the_trailer_is_damage},
    {"body of another size is damage", test_body_of_another_size_is_damage},
    {"file of others has none", test_file_of_others_has_none},
};
PA_TEST_MAIN("trailer", tests)
