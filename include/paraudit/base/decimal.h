/* Numbers as text, where many are written: a tenth of the time that printf takes. */
#ifndef PARAUDIT_BASE_DECIMAL_H
#define PARAUDIT_BASE_DECIMAL_H

#include <stdint.h>

enum { PA_DECIMAL_TEXT = 32 }; /* bytes that one takes at most; no zero byte ends it */

/* v as %.<digits>g writes it, digits from 1 to 15; the last digit may be the next one, where what
 * follows is next to a half, and the same on every machine. -0 is 0; inf, -inf, nan. Returns the
 * end of the text. */
char *pa_put_decimal(char *to, double v, int digits);

/* e^v likewise, far below the smallest double too: 1.9e-2259. v at most 700. Of its digits as many
 * are good as v lets be known: 15 of v = -1, 11 of v = -10000. */
char *pa_put_exp(char *to, double v, int digits);

/* A whole number, at most 20 bytes. */
char *pa_put_u64(char *to, uint64_t v);

#endif
