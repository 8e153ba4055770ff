/* Groups of accounts by pace and amount, the same for all who need them (patterns, forecast,
 * recommend).
 *
 * Of an account's rows of the history, the pace is their number over the days from its first row
 * to the history's end (1 or more), the amount their mean. Each is cut at the exact quartiles of
 * all accounts that have such rows; an account without any is in a group of its own. */
#ifndef PARAUDIT_FEATURES_SEGMENTS_H
#define PARAUDIT_FEATURES_SEGMENTS_H

#include "paraudit/comm/comm.h"
#include "paraudit/table/store.h"

enum {
    PA_SEGMENT_PARTS = 4,
    PA_SEGMENT_CUTS = PA_SEGMENT_PARTS - 1,
    PA_SEGMENT_NEW = PA_SEGMENT_PARTS * PA_SEGMENT_PARTS, /* of accounts without a history */
    PA_N_SEGMENTS
};

/* Ascending; the smallest values that belong to the parts 1, 2 and 3. */
typedef struct {
    float pace[PA_SEGMENT_CUTS], amount[PA_SEGMENT_CUTS];
} pa_segment_cuts;

/* An account's rows so far. A zeroed one has none. */
typedef struct {
    int64_t first_time, rows;
    pa_i128 amount_minor;
} pa_segment_sums;

/* Kernel. */
void pa_segment_add(pa_segment_sums *sums, int64_t time, int64_t amount_minor);
/* until: the history's end. units: minor ones of one of the currency. rows: 1 or more. */
void pa_segment_values(const pa_segment_sums *sums, int64_t until, double units, float *pace,
                       float *amount);
/* 0 .. PA_SEGMENT_NEW - 1: 4 times the part of the pace, and that of the amount. */
int pa_segment_of(const pa_segment_cuts *cuts, float pace, float amount);
/* "pace 1 of 4, amount 2 of 4"; "no history" of PA_SEGMENT_NEW. Zeros behind it. */
enum { PA_SEGMENT_NAME = 48 };
void pa_segment_name(int segment, char name[PA_SEGMENT_NAME]);

/* pace, amount: of the n accounts here that have a history. Zeros where no rank has one.
 * Collective. */
pa_status pa_segment_fit(pa_comm *comm, size_t n, const float pace[], const float amount[],
                         pa_segment_cuts *cuts, pa_error *err);

/* Rows of accounts, those of one together, of which the history's count: from <= time < until. */
typedef struct {
    size_t n;
    const int32_t *account;
    const int64_t *time, *amount_minor;
    int64_t from, until;
    double units;
} pa_segment_rows;

/* Kernel. segment: of each row, that of its account. */
void pa_segments_of_rows(const pa_segment_cuts *cuts, const pa_segment_rows *rows,
                         int8_t segment[]);

/* Cuts the accounts of all ranks, and puts the cuts into the model as "segment_cut": PA_F32, 2 rows
 * of PA_SEGMENT_CUTS. Collective. */
pa_status pa_segments_learn(pa_comm *comm, const pa_segment_rows *rows, pa_store *model,
                            pa_segment_cuts *cuts, pa_error *err);

#endif
