/* What vectors of merchants (embed/sgns.h) say of where an account buys next: a choice among all
 * merchants that have a vector, given one at which it was. Vectors were trained so that the product
 * of those of m' and of m is about the logarithm of how often m is near m' beside how often it was
 * drawn; so
 *
 *   P(m | m') = e^s(m', m) / sum of e^s(m', k) over all k but m'
 *   s(m', m)  = vector(m') . context(m) + ln of the share in which m is drawn
 *
 * and P(m' | m') is 0: what an account does again is told by its own rows. Kernel. */
#ifndef PARAUDIT_EMBED_MERCHANT_VECTORS_H
#define PARAUDIT_EMBED_MERCHANT_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

/* Zeroed, it has none. */
typedef struct {
    size_t n, dim;
    const int32_t *code;           /* of each: the merchant; ascending */
    const float *vector, *context; /* n x dim, row-major */
    const float *drawn;            /* of each: ln of its share of what is drawn */
    const float *whole;            /* of each: ln of the sum below P(m | m') */
    int32_t *place;                /* of each code: its number, or -1; owned */
    size_t n_codes;
} pa_merchant_vectors;

/* Fills `place` by `code`. PA_E_MEMORY. */
pa_status pa_merchant_vectors_index(pa_merchant_vectors *v, pa_error *err);
void pa_merchant_vectors_free(pa_merchant_vectors *v); /* what is owned */

/* The number of a merchant; -1: it has no vector. */
static inline int32_t pa_merchant_place(const pa_merchant_vectors *v, int32_t merchant)
{
    return merchant >= 0 && (size_t)merchant < v->n_codes ? v->place[merchant] : -1;
}

/* ln of the shares of what is drawn: count^power over the sum of all. drawn: n values. */
void pa_merchant_drawn(size_t n, const int64_t count[], double power, float drawn[]);

/* whole[i - from] for the numbers i of [from, until); n is 2 or more. Reads no whole. */
pa_status pa_merchant_wholes(const pa_merchant_vectors *v, size_t from, size_t until, float whole[],
                             pa_error *err);

/* P(m | m') of two numbers. */
double pa_merchant_choice(const pa_merchant_vectors *v, int32_t last, int32_t next);

#endif
