/* CSV text by AVX2. */
#include <immintrin.h>

#include "csv_fields_all.h"
#include "csv_index_all.h"

static inline uint64_t equal(__m256i low, __m256i high, char sign)
{
    __m256i s = _mm256_set1_epi8(sign);
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, s)) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, s)) << 32;
}

static inline words words_of(const sought *s, const char *text)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)text);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(text + 32));
    words w = {equal(low, high, s->separator), equal(low, high, '\n') | equal(low, high, '\r'), 0};
    if (s->quote != s->separator) w.others |= equal(low, high, s->quote);
    if (s->escape != s->separator) w.others |= equal(low, high, s->escape);
    return w;
}

/* Eight whether they are there or not, as a loop's end would be guessed wrong. */
static inline void put_places(uint64_t bits, uint16_t from, uint16_t at[])
{
    for (; bits; at += 8) {
        for (int k = 0; k < 8; k++) {
            at[k] = (uint16_t)(from + _tzcnt_u64(bits));
            bits = _blsr_u64(bits);
        }
    }
}

const pa_csv_kernels pa_csv_kernels_avx2 = {find_marks, read_whole, read_amounts, read_places,
                                            read_moments};
