/* Short texts as 64-bit words: digits are handled eight at a time, without loops whose length would
 * be guessed wrong. */
#ifndef PARAUDIT_BASE_WORDS_H
#define PARAUDIT_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte is the lowest");

/* The last step of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input reaches
 * every bit of the result. */
static inline uint64_t pa_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline uint64_t pa_load8(const char *text)
{
    uint64_t word;
    memcpy(&word, text, 8);
    return word;
}

/* n bytes, 1 to 8, the first one lowest, zeros above. Two reads may overlap; none
 * leaves the text. */
static inline uint64_t pa_word(const char *text, size_t n)
{
    const unsigned char *t = (const unsigned char *)text;
    if (n == 8) return pa_load8(text);
    if (n >= 4) {
        uint32_t low, high;
        memcpy(&low, t, 4);
        memcpy(&high, t + n - 4, 4);
        return low | (uint64_t)high << 8 * (n - 4);
    }
    return t[0] | (uint64_t)t[n / 2] << 8 * (n / 2) | (uint64_t)t[n - 1] << 8 * (n - 1);
}

/* Eight digits, each a number from 0 to 9 in its byte? */
static inline bool pa_are_digits(uint64_t d)
{
    return ((d | (d + 0x0606060606060606u)) & 0xf0f0f0f0f0f0f0f0u) == 0;
}

/* Their value, the lowest byte being the first digit: neighbours are joined to
 * pairs, to fours, to eight. */
static inline int64_t pa_join_digits(uint64_t d)
{
    d = d * 2561 >> 8;                                                   /* 10 a + b */
    d = (d & 0x00ff00ff00ff00ffu) * 6553601 >> 16;                       /* 100 a + b */
    return (int64_t)((d & 0x0000ffff0000ffffu) * 42949672960001u >> 32); /* 10000 a + b */
}

/* 1 to 8 digits. */
static inline bool pa_digits8(const char *text, size_t n, int64_t *value)
{
    /* Leading zeros are shifted in, as the zero bytes that they are without '0'. */
    uint64_t d = (pa_word(text, n) << (64 - 8 * n)) ^ (0x3030303030303030u << (64 - 8 * n));
    *value = pa_join_digits(d);
    return pa_are_digits(d);
}

#endif
