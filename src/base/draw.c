#include "paraudit/base/draw.h"

#include <Random123/philox.h>
#include <stdlib.h>

#include "paraudit/base/exact.h"
#include "paraudit/base/status.h"

void pa_draw_words(uint64_t seed, pa_purpose purpose, uint64_t id1, uint64_t id2, uint32_t out[4])
{
    PA_ASSERT(id2 >> 48 == 0);
    uint64_t high = id2 | (uint64_t)purpose << 48;
    philox4x32_ctr_t counter = {
        {(uint32_t)id1, (uint32_t)(id1 >> 32), (uint32_t)high, (uint32_t)(high >> 32)}};
    philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    philox4x32_ctr_t bits = philox4x32_R(10, counter, key);
    for (int i = 0; i < 4; i++) out[i] = bits.v[i];
}

uint64_t pa_draw(uint64_t seed, pa_purpose purpose, uint64_t id1, uint64_t id2)
{
    uint32_t bits[4];
    pa_draw_words(seed, purpose, id1, id2, bits);
    return bits[0] | (uint64_t)bits[1] << 32;
}

double pa_uniform(uint64_t seed, pa_purpose purpose, uint64_t id1, uint64_t id2)
{
    return (double)(pa_draw(seed, purpose, id1, id2) >> 11) * 0x1p-53;
}

/* floor(v * n / 2^64): maps 64 uniform bits to 0 .. n - 1. */
static uint64_t scaled(uint64_t v, uint64_t n)
{
    return (uint64_t)((pa_u128)v * n >> 64);
}

uint64_t pa_draw_below(uint64_t seed, pa_purpose purpose, uint64_t id1, uint64_t id2, uint64_t n)
{
    PA_ASSERT(n > 0);
    return scaled(pa_draw(seed, purpose, id1, id2), n);
}

#define FREE UINT64_MAX

/* Adds v to a set of k slots by open addressing; false where it is there. The
 * set is never larger than its slots, so an absent v finds a free one. */
static int add_new(size_t k, uint64_t slots[], uint64_t v)
{
    size_t i = scaled(v * 0x9e3779b97f4a7c15u, k);
    for (size_t probes = 0; probes < k; probes++) {
        if (slots[i] == FREE) {
            slots[i] = v;
            return 1;
        }
        if (slots[i] == v) return 0;
        if (++i == k) i = 0;
    }
    PA_ASSERT(!"the set is full");
    return 0;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Floyd's sampling (Bentley and Floyd, "A sample of brilliance", CACM 30(9),
 * 1987): step i draws t from 0 .. j with j = n - k + i, and takes j itself
 * where t was taken before. `out` is the hash set until it is sorted. */
void pa_draw_distinct(uint64_t seed, pa_purpose purpose, uint64_t id1, uint64_t n, size_t k,
                      uint64_t out[])
{
    PA_ASSERT(k <= n && n >> 63 == 0);
    for (size_t i = 0; i < k; i++) out[i] = FREE;
    for (size_t i = 0; i < k; i++) {
        uint64_t j = n - k + i;
        uint64_t t = pa_draw_below(seed, purpose, id1, i, j + 1);
        if (!add_new(k, out, t)) add_new(k, out, j);
    }
    if (k > 1) qsort(out, k, sizeof *out, by_value);
}
