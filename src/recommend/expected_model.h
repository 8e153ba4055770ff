/* What both sides of the stage `expected` need. */
#ifndef PARAUDIT_SRC_RECOMMEND_EXPECTED_MODEL_H
#define PARAUDIT_SRC_RECOMMEND_EXPECTED_MODEL_H

#include "paraudit/patterns/pair_counts.h"
#include "paraudit/recommend/merchant_choice.h"
#include "paraudit/recommend/mixture.h"
#include "paraudit/recommend/surprise_ranks.h"
#include "paraudit/stage/stage.h"

enum {
    PA_EXPECTED_NAME = 64, /* bytes of a merchant's name, zeros behind it */
    PA_EXPECTED_TILE = 16 * 1024,
    PA_EXPECTED_WEIGHTS = PA_CHOICE_LEVELS * PA_N_CHOICE_PARTS
};

/* A model ready to tell rows. Zeroed, it may be closed. */
typedef struct {
    pa_segment_cuts cuts;
    pa_choice_totals totals;
    double weight[PA_EXPECTED_WEIGHTS];
    int64_t belongs[PA_EXPECTED_WEIGHTS]; /* what the last part's rows belong to */
    const int64_t *at_least;              /* segments x PA_SURPRISE_STEPS: of the store */
    pa_pair_counts *pairs;
    pa_merchant_rules rules;
} pa_expected_model;

/* PA_E_DATA where the store is none of ours. Collective. */
pa_status pa_expected_open(pa_run *run, const pa_store *model, pa_expected_model *m);
void pa_expected_close(pa_expected_model *m);

/* Rules of merchants of learned rows as "rule" of the store, with the names of those that they
 * start from as "rule_from" and "rule_from_name". Collective. */
pa_status pa_expected_rules_fit(pa_run *run, size_t n, const int32_t account[],
                                const int32_t merchant[], pa_store *model);

/* Of such a store. Local. */
pa_status pa_expected_rules_open(const pa_store *model, pa_merchant_rules *rules, pa_error *err);

/* "": no rule starts from the merchant. */
const char *pa_expected_rule_name(const pa_store *model, int32_t merchant);

/* Rows as the kernel takes them; fraud times: room for those of a tile. */
typedef struct {
    size_t n;
    const int32_t *account, *merchant;
    const int64_t *time;
    const int8_t *segment;
    const bool *wanted;
    pa_labels labels;
    const size_t *label_row; /* which of the labels is each row's; NULL: its own number */
} pa_expected_rows;

/* Called for each tile of them, with what was told of its rows from `first` on. */
typedef void pa_expected_take(void *to, size_t first, size_t n, const pa_choice_told told[]);

/* What was learned. Borrowed. */
typedef struct {
    const pa_pair_counts *pairs;
    const pa_choice_totals *totals;
    const pa_merchant_rules *rules;
} pa_expected_learned;

/* Tells the wanted rows, tile by tile, of what was learned. Collective. */
pa_status pa_expected_walk(pa_run *run, const pa_expected_rows *rows,
                           const pa_expected_learned *learned, pa_expected_take *take, void *to);

/* Told rows in the order of the table. */
typedef struct {
    size_t n;
    const size_t *row; /* of the table */
    const float *part; /* n x parts */
    const int8_t *level;
    const int64_t *time; /* of the table's rows, and the labels */
    pa_labels labels;
} pa_expected_told;

enum { PA_EXPECTED_WEEKS = 1024 };

/* From reference_from on; later ones than there are weeks count to the last. */
size_t pa_expected_week(const pa_run *run, int64_t time);

/* Weights of each week: those of the model for the first, and of each next one by the rows of the
 * weeks before, but those known for frauds as it begins. weight: *weeks x PA_EXPECTED_WEIGHTS,
 * freed by the caller, on failure as well. Collective. */
pa_status pa_expected_follow(pa_run *run, const pa_expected_model *m, const pa_expected_told *told,
                             size_t *weeks, double **weight);

/* Collective. */
pa_status pa_expected_fit(pa_run *run, const pa_fitting *on, pa_store *model);

#endif
