/* The index of signs for any processor. */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define INDEX pa_csv_index_any
#include "csv_index_all.h"
#include "paraudit/csv/csv_parts.h"

#ifdef __SSE2__ /* as every x86-64 has */
static inline uint64_t equal_16(const char *text, char sign, unsigned at)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text + at));
    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(sign))) << at;
}

static inline uint64_t equal(const char *text, char sign)
{
    return equal_16(text, sign, 0) | equal_16(text, sign, 16) | equal_16(text, sign, 32) |
           equal_16(text, sign, 48);
}

static inline words words_of(const sought *s, const char *text)
{
    words w = {equal(text, s->separator), equal(text, '\n') | equal(text, '\r'), 0};
    if (s->quote != s->separator) w.others |= equal(text, s->quote);
    if (s->escape != s->separator) w.others |= equal(text, s->escape);
    return w;
}
#else
static words words_of(const sought *s, const char *text)
{
    return words_of_few(s, text, 64);
}
#endif

/* Eight whether they are there or not, as a loop's end would be guessed wrong. */
static inline void put_places(uint64_t bits, uint16_t from, uint16_t at[])
{
    for (; bits; at += 8) {
        for (int k = 0; k < 8; k++) {
            at[k] = (uint16_t)(from + (bits ? __builtin_ctzll(bits) : 0));
            bits &= bits - 1;
        }
    }
}

pa_csv_indexer *pa_csv_best_indexer(void)
{
#ifdef __x86_64__
    bool bits = __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
    if (bits && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512bw"))
        return pa_csv_index_avx512;
    if (bits && __builtin_cpu_supports("avx2")) return pa_csv_index_avx2;
#endif
    return pa_csv_index_any;
}
