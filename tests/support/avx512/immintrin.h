/* Stands in for the compiler's header: AVX-512 in plain C by SIMDe, so that the
 * vector path is tested bit by bit on machines without such registers. */
#ifndef PARAUDIT_TESTS_IMMINTRIN_H
#define PARAUDIT_TESTS_IMMINTRIN_H
#pragma GCC system_header

#define SIMDE_NO_NATIVE
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

typedef simde__mmask16 __mmask16;

/* SIMDe 0.7.4 has no 512-bit gather. */
static inline __m512i pa_test_gather(__m512i source, __mmask16 mask, __m512i at, const void *table,
                                     int scale)
{
    int32_t value[16], index[16];
    _mm512_storeu_si512(value, source);
    _mm512_storeu_si512(index, at);
    for (int i = 0; i < 16; i++)
        if (mask >> i & 1)
            memcpy(&value[i], (const char *)table + (int64_t)index[i] * scale, sizeof *value);
    return _mm512_loadu_si512(value);
}
#define _mm512_mask_i32gather_epi32(source, mask, at, table, scale)                                \
    pa_test_gather((source), (mask), (at), (table), (scale))

#endif
