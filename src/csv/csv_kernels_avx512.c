/* CSV text by AVX-512. */
#include <immintrin.h>

#include "csv_fields_all.h"
#include "csv_index_all.h"

static inline uint64_t equal(__m512i text, char sign)
{
    return _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(sign));
}

static inline words words_of(const sought *s, const char *text)
{
    __m512i v = _mm512_loadu_si512(text);
    words w = {equal(v, s->separator), equal(v, '\n') | equal(v, '\r'), 0};
    if (s->quote != s->separator) w.others |= equal(v, s->quote);
    if (s->escape != s->separator) w.others |= equal(v, s->escape);
    return w;
}

static const uint8_t place[64] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                  16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                  32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                  48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

/* The places whose bits are set move together. More than 32 of 64 are rare. */
static inline void put_places(uint64_t bits, uint16_t from, uint16_t at[])
{
    __m512i places = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(place));
    __m512i first = _mm512_set1_epi16((short)from);
    __m512i low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(places));
    _mm512_storeu_si512(at, _mm512_add_epi16(low, first));
    if (__builtin_popcountll(bits) <= 32) return;
    __m512i high = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(places, 1));
    _mm512_storeu_si512(at + 32, _mm512_add_epi16(high, first));
}

const pa_csv_kernels pa_csv_kernels_avx512 = {find_marks, read_whole, read_amounts, read_places,
                                              read_moments};
