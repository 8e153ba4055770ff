/* The kernels of fields, in loops without a branch, which the compiler makes vectors of. */
#include <math.h>
#include <string.h>

#include "paraudit/base/words.h"
#include "paraudit/csv/kernels.h"

static const uint64_t each = 0x0101010101010101u;

/* What is above '0' of n bytes, 1 to 8, at the top of a word: zeros stand before them. */
static inline uint64_t above_zero(uint64_t word, uint64_t n)
{
    return (word ^ each * '0') << ((64 - 8 * n) & 63);
}

enum { POINT = '.' ^ '0' };

/* 0 if all eight are. */
static inline uint64_t no_digits(uint64_t d)
{
    return (d | (d + 0x0606060606060606u)) & 0xf0f0f0f0f0f0f0f0u;
}

static bool read_whole(size_t n, const uint64_t word[], const uint64_t length[], int64_t value[],
                       uint64_t hard[])
{
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t d = above_zero(word[i], length[i]);
        hard[i] = (no_digits(d) != 0) | (length[i] - 1 > 7);
        value[i] = pa_join_digits(d);
        any |= hard[i];
    }
    return any != 0;
}

static bool read_amounts(size_t n, const uint64_t word[], const uint64_t length[], int64_t value[],
                         uint64_t hard[])
{
    const uint64_t units = ((uint64_t)1 << 40) - 1, cents = (uint64_t)0xffff << 48;
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t w = above_zero(word[i], length[i]);
        uint64_t d = (w & units) << 8 | (w & cents);
        hard[i] = (no_digits(d) != 0) | (length[i] - 4 > 4) | ((w >> 40 & 0xff) != POINT);
        value[i] = pa_join_digits(d);
        any |= hard[i];
    }
    return any != 0;
}

static inline double as_double(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static inline uint64_t as_bits(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

/* Below 2^52: AVX2 has no instruction for it. */
static inline double to_double(int64_t v)
{
    return as_double((uint64_t)v | (uint64_t)0x433 << 52) - 0x1p52;
}

/* The point is taken out of the word: what stands before it moves up to what stands behind. Both
 * numbers are exact as doubles, so that the one division rounds correctly. */
static bool read_places(size_t n, const uint64_t word[], const uint64_t length[],
                        const uint64_t minus[], double most, double value[], uint64_t hard[])
{
    static const double power[8] = {1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1e0};
    const uint64_t nothing = as_bits((double)NAN);
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t w = above_zero(word[i], length[i]), differ = w ^ each * POINT;
        uint64_t points = (differ - each) & ~differ & each << 7;
        uint64_t before = ((points & (0 - points)) >> 7) - 1; /* bits below the first */
        uint64_t d = (w & before) << 8 | (w & ~before << 8);
        uint64_t at = (before & each) * each >> 56; /* bytes below */
        double v = to_double(pa_join_digits(d)) / power[at & 7];
        uint64_t bad = (no_digits(d) != 0) | (length[i] - 2 > 6) | (points == 0) | !(v <= most);
        uint64_t none = (length[i] | minus[i]) == 0;
        hard[i] = bad & ~none & 1;
        value[i] = as_double(none ? nothing : as_bits(v) | minus[i] << 63);
        any |= hard[i];
    }
    return any != 0;
}

static bool read_moments(size_t n, const uint64_t day[], const uint64_t clock[], int64_t value[],
                         uint64_t hard[])
{
    const uint64_t day_seconds = 86400;
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t d = clock[i] ^ 0x30303a30303a3030u; /* what is above "00:00:00" */
        uint64_t e = (day[i] & 0xffff) ^ 0x3030u;
        uint64_t sign = day[i] >> 16 & 0xff;
        uint64_t h = 10 * (d & 15) + (d >> 8 & 15), m = 10 * (d >> 24 & 15) + (d >> 32 & 15);
        uint64_t s = 10 * (d >> 48 & 15) + (d >> 56 & 15);
        uint64_t in_month = 10 * (e & 15) + (e >> 8);
        uint64_t wrong = no_digits(d) | no_digits(e) | (d & 0x0000ff0000ff0000u);
        hard[i] = (wrong != 0) | (h > 23) | (m > 59) | (s > 59) | (in_month == 0) |
                  ((sign != ' ') & (sign != 'T'));
        value[i] = (int64_t)(in_month * day_seconds + (h * 60 + m) * 60 + s);
        any |= hard[i];
    }
    return any != 0;
}
