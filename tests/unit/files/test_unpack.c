#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/unpack.h"
#include "unit.h"

enum { MOST = 1 << 20 };

/* A file without a name, of n bytes. */
static FILE *file_of(const char *bytes, size_t n)
{
    FILE *f = tmpfile();
    if (!f || (n && fwrite(bytes, 1, n, f) != n) || fflush(f) != 0) abort();
    return f;
}

static uint64_t drawn(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* Half repeats, half noise, so that both kinds of blocks arise. */
static void draw(char *bytes, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t r = drawn(&seed);
        bytes[i] = i / 500 % 2 ? (char)r : (char)("ab,1\n"[r % 5]);
    }
}

static size_t pack_gz(const char *bytes, size_t n, char *out)
{
    z_stream z = {0};
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)out;
    z.avail_out = MOST;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) abort();
    size_t length = MOST - z.avail_out;
    deflateEnd(&z);
    return length;
}

static size_t pack_zst(const char *bytes, size_t n, char *out)
{
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
    size_t length = ZSTD_compress2(c, out, MOST, bytes, n);
    ZSTD_freeCCtx(c);
    if (ZSTD_isError(length)) abort();
    return length;
}

static size_t pack(pa_packing packing, const char *bytes, size_t n, char *out)
{
    if (packing == PA_PACKED_GZ) return pack_gz(bytes, n, out);
    if (packing == PA_PACKED_ZST) return pack_zst(bytes, n, out);
    memcpy(out, bytes, n);
    return n;
}

/* Unpacks all of it, `step` bytes at a time. *n: what came before the end or
 * the error. */
static pa_status unpack(pa_packing packing, const char *packed, size_t n_packed, size_t raw,
                        size_t step, char *out, size_t *n, pa_error *err)
{
    FILE *f = file_of(packed, n_packed);
    pa_unpack *u = NULL;
    pa_status st = pa_unpack_new(fileno(f), packing, "x.csv", 3, raw, &u, err);
    size_t got = step;
    *n = 0;
    while (st == PA_OK && got == step && *n + step <= MOST) {
        st = pa_unpack_read(u, out + *n, step, &got, err);
        *n += got;
    }
    if (st == PA_OK) CU_ASSERT_EQUAL(pa_unpack_done(u), n_packed);
    pa_unpack_free(u);
    fclose(f);
    return st;
}

static char text[MOST], packed[MOST], back[MOST];
static const pa_packing packings[] = {PA_PACKED_NOT, PA_PACKED_GZ, PA_PACKED_ZST};
enum { N_PACKINGS = sizeof packings / sizeof *packings };

static void test_drawn_bytes_come_back_whatever_the_buffers(void)
{
    static const size_t sizes[] = {0, 1, 2, 999, 70000};
    static const size_t steps[][2] = {{1, 1}, {1, 70000}, {13, 7}, {4096, 500}, {1 << 17, 1 << 17}};
    int wrong = 0;
    for (int p = 0; p < N_PACKINGS; p++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            draw(text, sizes[s], 77 + s);
            size_t n_packed = pack(packings[p], text, sizes[s], packed);
            for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
                pa_error err = {0};
                size_t n;
                pa_status st =
                    unpack(packings[p], packed, n_packed, steps[k][0], steps[k][1], back, &n, &err);
                wrong += st != PA_OK || n != sizes[s] || memcmp(text, back, n) != 0;
            }
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* As `cat a.gz b.gz` and pzstd write them; the zstd one with a skippable frame
 * in front and in between. */
static void test_parts_that_follow_each_other_are_read_as_one(void)
{
    static const char skippable[] = "\x53\x2a\x4d\x18\x05\0\0\0hello";
    for (int p = 1; p < N_PACKINGS; p++) {
        size_t n_packed = 0, n = 0, n_back;
        for (size_t part = 0; part < 4; part++) {
            size_t length = 3000 * part; /* the first one is empty */
            if (packings[p] == PA_PACKED_ZST) {
                memcpy(packed + n_packed, skippable, sizeof skippable - 1);
                n_packed += sizeof skippable - 1;
            }
            draw(text + n, length, 5 + part);
            n_packed += pack(packings[p], text + n, length, packed + n_packed);
            n += length;
        }
        for (size_t raw = 1; raw < 5000; raw = raw * 3 + 1) {
            pa_error err = {0};
            CU_ASSERT_EQUAL(unpack(packings[p], packed, n_packed, raw, 1000, back, &n_back, &err),
                            PA_OK);
            CU_ASSERT_EQUAL(n_back, n);
            CU_ASSERT_EQUAL(memcmp(text, back, n), 0);
        }
    }
}

static void test_every_cut_is_an_error(void)
{
    for (int p = 1; p < N_PACKINGS; p++) {
        int silent = 0, other = 0, wrong = 0;
        draw(text, 2500, 9);
        size_t n_packed = pack(packings[p], text, 2500, packed);
        for (size_t cut = 0; cut < n_packed; cut++) {
            pa_error err = {0};
            char expected[200];
            size_t n;
            snprintf(expected, sizeof expected,
                     "x.csv: the compressed data ends early (byte %zu of the file): cut short?",
                     cut);
            silent += unpack(packings[p], packed, cut, 1 + cut % 300, 400, back, &n, &err) == PA_OK;
            other += strcmp(err.message, expected) != 0 || err.status != PA_E_DATA || err.file != 3;
            wrong += memcmp(text, back, n) != 0; /* what came was right */
        }
        CU_ASSERT_EQUAL(silent, 0);
        CU_ASSERT_EQUAL(other, 0);
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

/* Every byte changed: an error, or (in a header's idle bits: time, system, name)
 * the same bytes as before. */
static void test_no_changed_byte_goes_unseen(void)
{
    for (int p = 1; p < N_PACKINGS; p++) {
        int wrong = 0, seen = 0;
        draw(text, 1500, 21);
        size_t n_packed = pack(packings[p], text, 1500, packed);
        for (size_t i = 0; i < 8 * n_packed; i++) {
            pa_error err = {0};
            size_t n;
            packed[i / 8] ^= (char)(1 << i % 8);
            pa_status st = unpack(packings[p], packed, n_packed, 4096, 4096, back, &n, &err);
            packed[i / 8] ^= (char)(1 << i % 8);
            seen += st != PA_OK;
            wrong += st == PA_OK && (n != 1500 || memcmp(text, back, n) != 0);
        }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT(seen > (int)n_packed * 7);
    }
}

static void check_tail(pa_packing packing, const char *tail, size_t n_tail, const char *words)
{
    pa_error err = {0};
    size_t n, n_packed = pack(packing, "a,b\n", 4, packed);
    memcpy(packed + n_packed, tail, n_tail);
    pa_status st = unpack(packing, packed, n_packed + n_tail, 4096, 100, back, &n, &err);
    CU_ASSERT_EQUAL(st, words ? PA_E_DATA : PA_OK);
    CU_ASSERT(words ? strstr(err.message, words) != NULL : n == 4);
}

static void test_bytes_behind_the_end_are_told(void)
{
    static const char zeros[100], zeros_and_more[6] = "\0\0\0\0x";
    check_tail(PA_PACKED_GZ, zeros, sizeof zeros, NULL);
    check_tail(PA_PACKED_GZ, zeros_and_more, 5, "other bytes follow the end of the compressed");
    check_tail(PA_PACKED_GZ, "garbage", 7, "other bytes follow the end of the compressed");
    check_tail(PA_PACKED_GZ, "\x1f garbage", 9, "damaged near byte");
    check_tail(PA_PACKED_ZST, "garbage", 7, "other bytes follow the end of the compressed");
    check_tail(PA_PACKED_ZST, zeros, sizeof zeros, "other bytes follow the end of the");
}

static void test_damage_is_told_with_its_place_and_reason(void)
{
    pa_error err = {0};
    size_t n, n_packed = pack(PA_PACKED_GZ, "some text", 9, packed);
    packed[n_packed - 8] ^= 1; /* the check */
    CU_ASSERT_EQUAL(unpack(PA_PACKED_GZ, packed, n_packed, 4096, 100, back, &n, &err), PA_E_DATA);
    char expected[200];
    snprintf(expected, sizeof expected,
             "x.csv: the compressed data is damaged near byte %zu: incorrect data check",
             n_packed - 4);
    CU_ASSERT_STRING_EQUAL(err.message, expected);
    err = (pa_error){0};
    n_packed = pack(PA_PACKED_ZST, "some text", 9, packed);
    packed[n_packed - 1] ^= 1;
    CU_ASSERT_EQUAL(unpack(PA_PACKED_ZST, packed, n_packed, 4096, 100, back, &n, &err), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "x.csv: the compressed data is damaged near byte "));
}

/* The header of a frame with a window of 1 GiB, as `zstd --long=30` writes. */
static void test_a_window_too_large_is_explained(void)
{
    pa_error err = {0};
    size_t n;
    CU_ASSERT_EQUAL(
        unpack(PA_PACKED_ZST, "\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00", 9, 4096, 100, back, &n, &err),
        PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "a window of more than 128 MiB"));
}

static void test_the_first_bytes_tell_the_packing(void)
{
    CU_ASSERT_EQUAL(pa_packing_of("\x1f\x8b\x08", 3), PA_PACKED_GZ);
    CU_ASSERT_EQUAL(pa_packing_of("\x28\xb5\x2f\xfd", 4), PA_PACKED_ZST);
    CU_ASSERT_EQUAL(pa_packing_of("\x5f\x2a\x4d\x18", 4), PA_PACKED_ZST);
    CU_ASSERT_EQUAL(pa_packing_of("\x60\x2a\x4d\x18", 4), PA_PACKED_NOT);
    CU_ASSERT_EQUAL(pa_packing_of("\x28\xb5\x2f\xfd", 3), PA_PACKED_NOT);
    CU_ASSERT_EQUAL(pa_packing_of("\x1f", 1), PA_PACKED_NOT);
    CU_ASSERT_EQUAL(pa_packing_of("", 0), PA_PACKED_NOT);
    CU_ASSERT_EQUAL(pa_packing_of("tx,account", 10), PA_PACKED_NOT);
}

static const pa_test tests[] = {
    {"drawn bytes come back, whatever the buffers",
     test_drawn_bytes_come_back_whatever_the_buffers},
    {"parts that follow each other are read as one",
     test_parts_that_follow_each_other_are_read_as_one},
    {"every cut is an error", test_every_cut_is_an_error},
    {"no changed byte goes unseen", test_no_changed_byte_goes_unseen},
    {"bytes behind the end are told", test_bytes_behind_the_end_are_told},
    {"damage is told with its place and reason", test_damage_is_told_with_its_place_and_reason},
    {"a window too large is explained", test_a_window_too_large_is_explained},
    {"the first bytes tell the packing", test_the_first_bytes_tell_the_packing},
};
PA_TEST_MAIN("unpack", tests)
