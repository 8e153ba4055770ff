/* How many rows names have among those read at some places of a file, and what that says of all
 * of its rows. Pure but for memory. */
#ifndef PARAUDIT_INGEST_TALLY_H
#define PARAUDIT_INGEST_TALLY_H

#include "paraudit/base/intern.h"

/* Zeroed it is empty. */
typedef struct {
    pa_intern names;
    int64_t *rows;   /* by name */
    int32_t *places; /* in how many it was met */
    size_t room[2];
} pa_tally;
void pa_tally_free(pa_tally *t);

/* Counts n rows, those of one more place, whose codes are of `names`; -1: none. */
pa_status pa_tally_add(pa_tally *t, const pa_intern *names, size_t n, const int32_t code[],
                       pa_error *err);

/* What the rows that were read say of all rows. A name that was met at more than two places has
 * its rows everywhere; others stand together, and have been read as a whole. n_read, n_all:
 * rows. */
typedef struct {
    double all;           /* names */
    double largest;       /* share of rows of the name that has most */
    int32_t largest_code; /* -1: none */
} pa_tally_sum;
pa_tally_sum pa_tally_of(const pa_tally *t, double n_read, double n_all);

#endif
