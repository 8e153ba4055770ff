/* What the three feature stages share: which columns an input allows, what they
 * read, and where their columns go. */
#ifndef PARAUDIT_FEATURES_FEATURE_ROWS_H
#define PARAUDIT_FEATURES_FEATURE_ROWS_H

#include "paraudit/features/columns.h"
#include "paraudit/features/places.h"
#include "paraudit/stage/labels.h"
#include "paraudit/stage/stage.h"

/* Declares the columns that all stages read, and those of `stage` that the input
 * allows. Local. */
pa_status pa_feature_plan(const pa_config *config, const char *stage, pa_schema *io, pa_error *err);

/* Whether each row is its own account, and whether rows have no merchant. */
bool pa_input_lacks(const pa_config *config, const char *key);

/* Borrowed from the table; what the input has not is NULL, and so is the place of
 * a column that is not made here. */
typedef struct {
    size_t n;
    unsigned has; /* PA_HAS_* */
    const int64_t *tx, *time, *amount_minor, *label_time;
    const int64_t *label_before_time, *label_first_time; /* stage/labels.h */
    const int32_t *account, *merchant;
    const int8_t *label;
    double units; /* minor ones of one of the currency */
    pa_places home, place;
    float *out[PA_N_FEATURES];
} pa_feature_rows;

/* Adds the columns of `stage`, at once and in the order of the plan: the system
 * gives their memory only when they are filled. Local. */
pa_status pa_feature_rows_open(const pa_config *config, pa_table *tx, const char *stage,
                               pa_feature_rows *rows, pa_error *err);

/* What is known of the rows, and when; delay: seconds. */
pa_labels pa_feature_labels(const pa_feature_rows *rows, int64_t delay);

/* Over all rows of all ranks. Codes of owners run from 0. */
typedef struct {
    int64_t first_time, last_time;
    int64_t n_owners;
} pa_feature_extent;

/* owner: account or merchant of each row. Collective. */
pa_feature_extent pa_feature_extent_of(pa_comm *comm, const pa_feature_rows *rows,
                                       const int32_t owner[]);

#endif
