/* Any detector as a stage of an audit.
 *
 * Reads the features. fit: on the rows of the reference part; the scores of these rows give
 * the tail. A supervised detector is fitted twice: on the earlier fold, with the labels known
 * when the training began; its model scores the training rows, which it has not seen, and on
 * them rounds and the like are chosen and the tail is taken; then, with what was chosen, on
 * the training rows with the labels known when the audit begins; that model scores what
 * follows. Where a fold has no known fraud, or nothing else, it stands aside: its columns are
 * NaN, and a note says why.
 * apply: fills <name>_raw and <name>_tail, the reasons <name>_reason1 .. and
 * their parts <name>_part1 .. for the rows from train_from to audit_until; all
 * other rows get NaN, so that no row is scored by a model fitted on it or on
 * later rows. A value that is missing (NaN) is never a reason. */
#ifndef PARAUDIT_DETECT_DETECTOR_STAGE_H
#define PARAUDIT_DETECT_DETECTOR_STAGE_H

#include "paraudit/detect/detector.h"
#include "paraudit/stage/stage.h"

pa_status pa_detector_plan(const pa_config *config, pa_schema *io, pa_error *err);
pa_status pa_detector_fit(pa_run *run, const pa_fitting *on, pa_store *model);
pa_status pa_detector_apply(pa_run *run, const pa_store *model, pa_table *tx);
pa_status pa_detector_explain(pa_run *run, const pa_store *model, const pa_table *tx, size_t n,
                              const size_t rows[], pa_explanation out[]);

/* The stage of a detector: its name and options again, as constants, and the
 * version of its store. */
#define PA_DETECTOR_STAGE(detector, its_name, its_version, its_options, fit_cost, apply_cost)      \
    {                                                                                              \
        .name = its_name, .version = its_version, .options = its_options, .about = &(detector),    \
        .plan = pa_detector_plan, .fit = pa_detector_fit, .apply = pa_detector_apply,              \
        .explain = pa_detector_explain, .cost = {                                                  \
            .fit = (fit_cost),                                                                     \
            .apply = (apply_cost)                                                                  \
        }                                                                                          \
    }

/* The detector that a stage runs; NULL: it runs none. */
const pa_detector *pa_detector_of(const pa_stage *stage);

#endif
