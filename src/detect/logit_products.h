/* The loop that a fit spends its time in, for processors that multiply PA_LANES doubles at
 * once: whoever includes it says how many. Sums are exact, so the bits are the same. */
#include <string.h>

#include "logit_parts.h"

typedef double lanes __attribute__((vector_size(PA_LANES * 8)));

static inline lanes lanes_at(const double v[])
{
    lanes l;
    memcpy(&l, v, sizeof l);
    return l;
}

static inline double sum_of(lanes l)
{
    double sum = 0;
    for (size_t k = 0; k < PA_LANES; k++) sum += l[k];
    return sum;
}

/* Products of columns a, a + 1, .. with column b, added over the block. */
static inline void dots(const double *a, const double *b, double dot[PA_LOGIT_TOGETHER])
{
    lanes even[PA_LOGIT_TOGETHER] = {{0}}, odd[PA_LOGIT_TOGETHER] = {{0}};
    for (size_t r = 0; r < PA_LOGIT_BLOCK; r += 2 * PA_LANES) {
        lanes first = lanes_at(b + r), second = lanes_at(b + r + PA_LANES);
        for (size_t i = 0; i < PA_LOGIT_TOGETHER; i++) {
            even[i] += lanes_at(a + i * PA_LOGIT_BLOCK + r) * first;
            odd[i] += lanes_at(a + i * PA_LOGIT_BLOCK + r + PA_LANES) * second;
        }
    }
    for (size_t i = 0; i < PA_LOGIT_TOGETHER; i++) dot[i] = sum_of(even[i] + odd[i]);
}

static inline void add_products(size_t m, const double x[], int64_t sum[])
{
    for (size_t i = 0; i < m; i += PA_LOGIT_TOGETHER)
        for (size_t j = 0; j < m && j < i + PA_LOGIT_TOGETHER; j++) {
            double dot[PA_LOGIT_TOGETHER];
            dots(x + i * PA_LOGIT_BLOCK, x + j * PA_LOGIT_BLOCK, dot);
            for (size_t k = j > i ? j : i; k < i + PA_LOGIT_TOGETHER && k < m; k++)
                sum[k * (k + 1) / 2 + j] += (int64_t)(dot[k - i] * 0x1p48);
        }
}
