/* The models of a result, ready to score rows that have their features: the same bits again
 * as the audit gave, and what each feature added. */
#ifndef PARAUDIT_EXPLAIN_SCORER_H
#define PARAUDIT_EXPLAIN_SCORER_H

#include "paraudit/detect/judge.h"
#include "paraudit/fuse/fuse_model.h"
#include "paraudit/result/result.h"
#include "paraudit/stage/stage.h"

/* What one detector says of a row. */
typedef struct {
    const char *name;
    float raw, tail;    /* NaN: the detector stood aside */
    float contribution; /* to the margin */
} pa_scored_by;

typedef struct pa_scorer pa_scorer;

/* Reads the models of a result's detectors and of their fusion, for rows of tx, a table read
 * from that result. stages: where the detectors of this program are found. earlier: as an audit
 * scores its training rows, by the models of the earlier fold. Collective. PA_E_DATA where a
 * model is missing, of another version, or not what it must be. On failure *scorer is NULL. */
pa_status pa_scorer_open(pa_result_file *file, size_t n_stages, const pa_stage *const stages[],
                         const pa_table *tx, bool earlier, pa_scorer **scorer, pa_error *err);
void pa_scorer_close(pa_scorer *scorer); /* NULL is fine */

size_t pa_scorer_detectors(const pa_scorer *scorer);

/* Scores a row of the table from its features as they stand there now.
 *
 * by: one of each detector, in the order of their columns. adds: one of each column of role
 * feature, in table order: what it adds to the margin. Of log-odds that is the detector's
 * weight times the feature's Shapley value (boosted trees) or term (logistic regression), missing
 * values included; of a tail, the detector's contribution in proportion to what the features
 * say against the row. start: what is left of the margin where no feature adds anything, so
 * that the margin is start and all of adds, up to rounding. Local. */
typedef struct {
    double margin, start;
    float score;
} pa_row_score;

pa_status pa_scorer_row(pa_scorer *scorer, size_t row, pa_scored_by by[], double adds[],
                        pa_row_score *out, pa_error *err);

#endif
