/* CSV text on any processor. */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "csv_fields_all.h"
#include "csv_index_all.h"

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

const pa_csv_kernels pa_csv_kernels_any = {find_marks, read_whole, read_amounts, read_places,
                                           read_moments};

const pa_csv_kernels *pa_csv_have_avx2(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("popcnt"))
        return &pa_csv_kernels_avx2;
#endif
    return NULL;
}

const pa_csv_kernels *pa_csv_have_avx512(void)
{
#ifdef __x86_64__
    if (pa_csv_have_avx2() && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vbmi2"))
        return &pa_csv_kernels_avx512;
#endif
    return NULL;
}

const pa_csv_kernels *pa_csv_best_kernels(void)
{
    const pa_csv_kernels *best = pa_csv_have_avx512();
    if (!best) best = pa_csv_have_avx2();
    return best ? best : &pa_csv_kernels_any;
}
