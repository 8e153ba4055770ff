/* Draws by weight in constant time: the alias method (A. J. Walker, ACM TOMS 3(3), 1977; M. D.
 * Vose, IEEE TSE 17(9), 1991). Arrays in, arrays out; the same bits on every machine. */
#ifndef PARAUDIT_EMBED_ALIAS_H
#define PARAUDIT_EMBED_ALIAS_H

#include <stdint.h>

#include "paraudit/base/exact.h"
#include "paraudit/base/status.h"

/* Column i gives i itself where 64 bits are below keep[i], and else other[i]. */
typedef struct {
    uint32_t n;
    uint64_t *keep;
    uint32_t *other;
} pa_alias;

/* weight: n values, 1 or more, none negative and one positive at least (an assert); a weight of 0
 * is never drawn. PA_E_MEMORY: nothing is to be freed. */
pa_status pa_alias_new(uint32_t n, const double weight[], pa_alias *alias, pa_error *err);
void pa_alias_free(pa_alias *alias);

/* bits: 64 uniform ones. Their product with n has the column in its high half, and how far into
 * the column in its low one. */
static inline uint32_t pa_alias_draw(const pa_alias *a, uint64_t bits)
{
    pa_u128 product = (pa_u128)bits * a->n;
    uint32_t column = (uint32_t)(product >> 64);
    return (uint64_t)product < a->keep[column] ? column : a->other[column];
}

#endif
