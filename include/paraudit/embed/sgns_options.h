/* How vectors are trained (embed/sgns.h). */
#ifndef PARAUDIT_EMBED_SGNS_OPTIONS_H
#define PARAUDIT_EMBED_SGNS_OPTIONS_H

#include <stdint.h>

#include "paraudit/base/status.h"

enum {
    PA_SGNS_MAX_DIM = 4096,
    PA_SGNS_MAX_SHARDS = 4096,
    PA_SGNS_MAX_EPOCHS = 65535,
    PA_SGNS_MAX_NEGATIVE = 256,
    PA_SGNS_MAX_WINDOW = 1 << 20
};

/* Alike on all ranks. */
typedef struct {
    int32_t dim;
    int32_t window;    /* items on either side, at most; 0: the whole sequence */
    int32_t negative;  /* drawn items against each pair */
    int32_t epochs;    /* 0: vectors as they are drawn */
    double sample;     /* share of all tokens from which on an item is thinned out; 0: never */
    double power;      /* items are drawn by count^power, -1 to 1 */
    double rate;       /* step at first; falls to a tenth of a thousandth of it */
    int64_t min_count; /* rarer items are passed over: their vectors are zeros */
    int32_t shards;    /* 1 to PA_SGNS_MAX_SHARDS; ranks beyond that have nothing to do */
    int32_t round;     /* tokens of a shard in a round, about; 0: by the data */
    uint64_t seed;
} pa_sgns_options;

/* What the fields are where nobody says otherwise: 100 dimensions, window 5, 5 negatives, 5 epochs,
 * sample 1e-3, power .75, 64 shards. */
pa_sgns_options pa_sgns_defaults(void);

/* PA_E_USAGE, naming the field, where one is out of its range. Local. */
pa_status pa_sgns_check(const pa_sgns_options *options, pa_error *err);

#endif
