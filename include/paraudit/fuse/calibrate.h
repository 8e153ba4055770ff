/* From margins to probabilities, by rows whose labels are known.
 *
 * The log-odds of fraud are a curve over the margin that never falls:
 *
 *     PA_PLATT   a straight line (J. Platt, in Advances in Large Margin Classifiers, 1999)
 *     PA_SMOOTH  straight between a few margins: the lowest, those that a fourth of the rows
 *                reach, a sixteenth and so on down to 32 rows, and the highest. What it rises
 *                beside a line is held back by l2.
 *
 * both by greatest likelihood (detect/logit.h). Beyond the rows both go on as straight lines.
 * The level is then moved until the scores of the rows add up to their frauds. The curve is
 * kept as a score function (fuse.h), for as much again as the margins span on either side. */
#ifndef PARAUDIT_FUSE_CALIBRATE_H
#define PARAUDIT_FUSE_CALIBRATE_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/comm/comm.h"

typedef enum { PA_PLATT, PA_SMOOTH } pa_calibration;

/* Of this rank; the arrays are borrowed. */
typedef struct {
    size_t n;
    const double *margin; /* finite */
    const uint8_t *label; /* 1: fraud, 0: genuine */
} pa_calibration_rows;

enum { PA_CALIBRATION_KNOTS = 4097 };

/* margin, score: PA_CALIBRATION_KNOTS values, margins strictly ascending and scores ascending,
 * the same on all ranks for any cut of the rows. l2: for PA_SMOOTH, more than 0. PA_E_DATA for a
 * margin that is not finite, and where all rows are of one class. Collective. */
pa_status pa_calibrate(pa_comm *comm, pa_calibration kind, double l2,
                       const pa_calibration_rows *rows, double margin[], double score[],
                       pa_error *err);

#endif
