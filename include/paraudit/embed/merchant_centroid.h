/* How well a row's merchant goes with those that its account was at before, by vectors of
 * merchants: by their mean, each weighted by its age, half after each half-life. Rows that are
 * known at the row's time to be frauds do not count. Kernel. */
#ifndef PARAUDIT_EMBED_MERCHANT_CENTROID_H
#define PARAUDIT_EMBED_MERCHANT_CENTROID_H

#include <stdbool.h>

#include "paraudit/embed/merchant_vectors.h"

/* Those of an account together and in the order of time. */
typedef struct {
    size_t n;
    const int32_t *account, *merchant; /* below 0: no merchant */
    const int64_t *time;
    const int64_t *fraud_from, *fraud_until; /* when the row is known for a fraud, and no longer;
                                                INT64_MAX: never */
    const bool *wanted;                      /* the row is to be told */
} pa_centroid_rows;

/* Walks over the rows of accounts, some at a time. */
typedef struct pa_centroid pa_centroid;

/* vectors: borrowed. */
pa_status pa_centroid_open(const pa_merchant_vectors *vectors, double half_life_days,
                           pa_centroid **centroid, pa_error *err);
void pa_centroid_close(pa_centroid *centroid); /* takes NULL */

/* n values each. */
typedef struct {
    float *similarity; /* cosine of the merchant's vector and the mean; 0 where the merchant has no
                          vector, 1 where it has one and no earlier merchant of the account has */
    float *affinity;   /* the mean times the merchant's context; 0 in both cases */
} pa_centroid_columns;

/* Goes on over the next rows, which follow those of the call before; rows that are not wanted are
 * left alone. */
pa_status pa_centroid_tell(pa_centroid *centroid, const pa_centroid_rows *rows,
                           const pa_centroid_columns *out, pa_error *err);

#endif
