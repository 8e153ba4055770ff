#include "paraudit/files/bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/files/files.h"
#include "unit.h"

enum { SIZE = 20000003 /* bytes of the file: no multiple of a block */ };

/* On a disk, and where Linux before 6.6 has no direct transfers. */
static const char *const places[] = {"bulk_test.bin", "/dev/shm/paraudit_bulk_test.bin"};

static uint8_t byte_of(size_t i)
{
    return (uint8_t)(i * 0x9e3779b97f4a7c15u >> 53);
}

static size_t drawn_below(uint64_t attempt, uint64_t what, size_t n)
{
    return (size_t)pa_draw_below(5, PA_DRAW_TEST, attempt, what, n);
}

static char *new_file(const char *path)
{
    char *twin = NULL;
    pa_error err = {0};
    CU_ASSERT_EQUAL(PA_NEW(twin, SIZE, &err), PA_OK);
    for (size_t i = 0; twin && i < SIZE; i++) twin[i] = (char)byte_of(i);
    if (twin && pa_write_file(path, twin, SIZE, &err) == PA_OK) return twin;
    CU_ASSERT_PTR_NOT_EQUAL(path, places[0]); /* the other place may be missing */
    pa_free(twin);
    return NULL;
}

/* Lengths of all kinds: none, around a block, around the least direct one, pieces. */
static size_t drawn_length(uint64_t attempt)
{
    static const size_t kinds[] = {0, 1, 4096, 1 << 20, PA_BULK_PIECE, 2 * PA_BULK_PIECE + 4096};
    size_t n = kinds[attempt % 6] + drawn_below(attempt, 0, 9000);
    return n > 4500 ? n - 4500 : n;
}

static int differs(const char *path, const char *twin)
{
    char *bytes = NULL;
    size_t n = 0;
    pa_error err = {0};
    if (pa_read_file(path, &bytes, &n, &err) != PA_OK) return 1;
    int unlike = n != SIZE || memcmp(bytes, twin, n) != 0;
    pa_free(bytes);
    return unlike;
}

/* Two writers, as two ranks on one file: the spans meet anywhere in a block. */
static void test_writes_change_their_bytes_and_no_others(void)
{
    for (size_t p = 0; p < 2; p++) {
        pa_error err = {0};
        pa_bulk *writer[2] = {NULL, NULL};
        int unlike = 0, failed = 0;
        char *twin = new_file(places[p]), *bytes = NULL;
        if (!twin) continue;
        CU_ASSERT_EQUAL(PA_NEW(bytes, SIZE, &err), PA_OK);
        for (size_t i = 0; i < SIZE; i++) bytes[i] = (char)~byte_of(i + 77);
        for (int w = 0; w < 2; w++) {
            CU_ASSERT_EQUAL(pa_bulk_open(places[p], true, &writer[w], &err), PA_OK);
        }
        for (uint64_t attempt = 0; attempt < 24; attempt++) {
            size_t at = drawn_below(attempt, 1, SIZE / 4);
            for (int w = 0; w < 2; w++) {
                size_t n = drawn_length(attempt + (uint64_t)w);
                const char *from = bytes + drawn_below(attempt, 2, SIZE / 4);
                failed += n > SIZE - at || !pa_bulk_write(writer[w], from, n, (int64_t)at);
                memcpy(twin + at, from, n);
                at += n;
            }
            unlike += differs(places[p], twin);
        }
        for (int w = 0; w < 2; w++) CU_ASSERT(pa_bulk_close(writer[w]));
        CU_ASSERT_EQUAL(failed, 0);
        CU_ASSERT_EQUAL(unlike, 0);
        pa_free(bytes);
        pa_free(twin);
        unlink(places[p]);
    }
}

/* More of them than are on their way at a time. */
static void test_many_pieces_are_written_at_once(void)
{
    pa_error err = {0};
    pa_bulk *writer = NULL;
    char *twin = new_file(places[0]);
    for (size_t i = 0; twin && i < SIZE; i++) twin[i] = (char)~byte_of(i);
    CU_ASSERT_EQUAL(pa_bulk_open(places[0], true, &writer, &err), PA_OK);
    CU_ASSERT(pa_bulk_write(writer, twin, SIZE, 0));
    CU_ASSERT(pa_bulk_close(writer));
    CU_ASSERT_EQUAL(differs(places[0], twin), 0);
    pa_free(twin);
    unlink(places[0]);
}

static void test_reads_give_the_bytes_asked_for(void)
{
    for (size_t p = 0; p < 2; p++) {
        pa_error err = {0};
        pa_bulk *reader = NULL;
        int unlike = 0;
        char *twin = new_file(places[p]);
        if (!twin) continue;
        CU_ASSERT_EQUAL(pa_bulk_open(places[p], false, &reader, &err), PA_OK);
        for (uint64_t attempt = 0; attempt < 200; attempt++) {
            size_t n = drawn_length(attempt % 5), at = drawn_below(attempt, 3, SIZE - n + 1);
            if (n > PA_BULK_PIECE) n = PA_BULK_PIECE;
            if (attempt % 7 == 0) at = SIZE - n; /* up to the end */
            const char *bytes = NULL;
            pa_status st = pa_bulk_read(reader, n, (int64_t)at, &bytes, &err);
            unlike += st != PA_OK || memcmp(bytes, twin + at, n) != 0;
        }
        CU_ASSERT_EQUAL(unlike, 0);
        CU_ASSERT(pa_bulk_close(reader));
        pa_free(twin);
        unlink(places[p]);
    }
}

static void test_what_was_written_the_ordinary_way_is_read(void)
{
    pa_error err = {0};
    pa_bulk *reader = NULL;
    const char *bytes = NULL;
    char *twin = new_file(places[0]);
    int fd = open(places[0], O_WRONLY);
    CU_ASSERT_EQUAL(pa_bulk_open(places[0], false, &reader, &err), PA_OK);
    CU_ASSERT(pa_write_at(fd, "paraudit", 8, 4092));
    CU_ASSERT_EQUAL(pa_bulk_read(reader, 20, 4090, &bytes, &err), PA_OK);
    CU_ASSERT(bytes && memcmp(bytes + 2, "paraudit", 8) == 0);
    close(fd);
    pa_bulk_close(reader);
    pa_free(twin);
    unlink(places[0]);
}

static void test_end_of_the_file_is_an_error(void)
{
    pa_error err = {0};
    pa_bulk *reader = NULL;
    const char *bytes = NULL;
    char expected[200], *twin = new_file(places[0]);
    CU_ASSERT_EQUAL(pa_bulk_open(places[0], false, &reader, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_bulk_read(reader, 100, SIZE - 99, &bytes, &err), PA_E_IO);
    snprintf(expected, sizeof expected, "%s: became shorter while it was read", places[0]);
    CU_ASSERT_STRING_EQUAL(err.message, expected);
    pa_bulk_close(reader);
    pa_free(twin);
    unlink(places[0]);
}

static void test_file_that_is_not_there_is_named(void)
{
    pa_error err = {0}, again = {0};
    pa_bulk *bulk = NULL;
    CU_ASSERT_EQUAL(pa_bulk_open("absent.bin", false, &bulk, &err), PA_E_NO_INPUT);
    CU_ASSERT_STRING_EQUAL(err.message, "absent.bin: No such file or directory");
    CU_ASSERT_EQUAL(pa_bulk_open("absent.bin", true, &bulk, &again), PA_E_CREATE);
    CU_ASSERT_PTR_NULL(bulk);
    CU_ASSERT(pa_bulk_close(bulk));
}

/* The limit stands for a disk that is full: in the middle of a direct piece, others behind it. */
static void test_refused_write_says_why(void)
{
    pa_error err = {0};
    pa_bulk *writer = NULL;
    struct rlimit old, limit;
    char *twin = new_file(places[0]);
    CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &old), 0);
    limit = old;
    limit.rlim_cur = 5000001;
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &limit), 0);
    CU_ASSERT_EQUAL(pa_bulk_open(places[0], true, &writer, &err), PA_OK);
    bool written = pa_bulk_write(writer, twin, SIZE - 100, 100);
    int reason = errno;
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, before);
    CU_ASSERT_FALSE(written);
    CU_ASSERT_EQUAL(reason, EFBIG);
    pa_bulk_close(writer);
    pa_free(twin);
    unlink(places[0]);
}

static const pa_test tests[] = {
    {"writes change their bytes and no others", test_writes_change_their_bytes_and_no_others},
    {"many pieces are written at once", test_many_pieces_are_written_at_once},
    {"reads give the bytes asked for", test_reads_give_the_bytes_asked_for},
    {"what was written the ordinary way is read", test_what_was_written_the_ordinary_way_is_read},
    {"the end of the file is an error", test_end_of_the_file_is_an_error},
    {"a file that is not there is named", test_file_that_is_not_there_is_named},
    {"a refused write says why", test_refused_write_says_why},
};

PA_TEST_MAIN("bulk", tests)
