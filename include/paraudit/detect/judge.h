/* A fitted detector beside the table that it reads: how odd rows are, and which columns say
 * so. What an audit, and `paraudit explain` of its result, score by. Local. */
#ifndef PARAUDIT_DETECT_JUDGE_H
#define PARAUDIT_DETECT_JUDGE_H

#include "paraudit/detect/detector.h"
#include "paraudit/detect/top_reasons.h"

enum { PA_FEATURE_NAME = 64 }; /* bytes of a column's name in a model */

typedef struct {
    const pa_detector *detector;
    size_t n_features;
    const pa_column **feature; /* of the table, in the order of the model */
    int32_t *code;             /* of each among all columns of role feature */
    pa_families families;
    int32_t *family_first, *member; /* of the families */
    pa_store earlier;               /* a view of the model of the earlier fold */
    void *state;
    pa_tail *tail;
    /* Of the rows judged last: as pa_detector's score says, then as pa_top_reasons does, with
     * codes for features. A missing value is no reason: its part is 0. */
    float raw[PA_TILE_ROWS];
    int64_t *part; /* n_features x rows */
    int32_t reason[PA_REASONS * PA_TILE_ROWS];
    float share[PA_REASONS * PA_TILE_ROWS];
} pa_judge;

/* earlier: by the model of the earlier fold, which scores the training rows; else by the one
 * that scores what follows. model, tx: borrowed. PA_E_DATA where the model is none of this
 * detector, or reads columns that the table lacks. Freed by pa_judge_close, which takes NULL
 * as well. */
pa_status pa_judge_open(const pa_detector *d, const pa_store *model, bool earlier,
                        const pa_table *tx, pa_judge **opened, pa_error *err);
void pa_judge_close(pa_judge *judge);

/* Raw values, reasons and shares of the rows of a tile of the columns judge->feature. */
void pa_judge_tile(pa_judge *judge, const pa_tile *tile);

/* Whether the detector had nothing that it could be fitted on: its model says nothing. */
bool pa_detector_stood_aside(const pa_store *model);

#endif
