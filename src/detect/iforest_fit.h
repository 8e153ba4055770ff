/* Between the table and the kernel of the isolation forest: shared by the
 * sources of its stage alone. */
#ifndef PARAUDIT_DETECT_IFOREST_FIT_H
#define PARAUDIT_DETECT_IFOREST_FIT_H

#include "paraudit/detect/iforest.h"
#include "paraudit/stage/stage.h"

/* Columns of a table, by value: adding to the table moves its own list. Their
 * data stay where they are. */
typedef struct {
    size_t n;
    pa_column *column;
} pa_columns;

/* The features of the table that carry none of the `without` flags. Local. */
pa_status pa_columns_by_role(pa_columns *features, const pa_table *t, unsigned without,
                             pa_error *err);
void pa_columns_free(pa_columns *c); /* a zeroed one may be freed */

enum { PA_SCORER_ROWS = 1024 };

/* Scores chosen rows of a table, PA_SCORER_ROWS at most at a time, so that what
 * it holds does not grow with the table. */
typedef struct {
    const pa_columns *features; /* borrowed */
    pa_iforest *forest;
    float *values;        /* n features x PA_SCORER_ROWS */
    const float **column; /* the same as pointers */
    size_t rows[PA_SCORER_ROWS];
} pa_scorer;

pa_status pa_scorer_open(pa_scorer *s, const pa_columns *features, const pa_iforest_model *forest,
                         pa_error *err);
void pa_scorer_free(pa_scorer *s); /* a zeroed one may be freed */

/* The next rows, from *cursor on, whose split is in the set `wanted` (a bit a
 * split); moves the cursor. Returns how many, 0 at the end of the table. */
size_t pa_next_of_splits(const int8_t split[], size_t n_rows, unsigned wanted, size_t *cursor,
                         size_t rows[PA_SCORER_ROWS]);

/* raw: the anomaly scores of the first n of s->rows. */
void pa_score_rows(pa_scorer *s, size_t n, float raw[]);

/* The reasons of the same rows. */
typedef struct {
    pa_iforest_parts *parts;
    int32_t n_features;
    int32_t *code;   /* n_features: of each in "categories/feature" */
    int64_t *part;   /* n_features x rows */
    int32_t *reason; /* PA_REASONS x rows: numbers of features */
    float *share;    /* PA_REASONS x rows */
} pa_explainer;

pa_status pa_explainer_open(pa_explainer *e, const pa_iforest_model *forest, pa_error *err);
void pa_explainer_free(pa_explainer *e); /* a zeroed one may be freed */

/* reason and share of the n rows that pa_score_rows has just scored. */
void pa_explain_rows(pa_explainer *e, const pa_scorer *s, size_t n);

/* The rows of the history: how many are here, and before this rank. */
typedef struct {
    int64_t n, before, n_global;
} pa_fitting_rows;

/* Collective. */
pa_fitting_rows pa_find_fitting_rows(pa_comm *comm, const pa_table *rows);

/* Where the grown trees go: see pa_iforest_model. */
typedef struct {
    int32_t *feature;
    float *threshold;
    int32_t *expected;
} pa_forest_arrays;

/* Grows all trees and puts them on all ranks. Collective. */
pa_status pa_grow_forest(pa_run *run, const pa_iforest_shape *shape, const pa_columns *features,
                         const pa_table *rows, const pa_fitting_rows *fitting,
                         const pa_forest_arrays *forest);

#endif
