/* A detector says how odd rows of numbers are. It knows no tables, times or
 * accounts: it is fitted on points and scores points, as a stage of an audit
 * (detector_stage.h) or alone on a matrix (`paraudit detect`).
 *
 * fit gathers over ranks and puts all that scoring needs into a store, the same
 * on every rank for any cut of the points. From then on everything is local:
 * open checks the store and lays it out, score sees arrays. */
#ifndef PARAUDIT_DETECT_DETECTOR_H
#define PARAUDIT_DETECT_DETECTOR_H

#include "paraudit/base/log.h"
#include "paraudit/base/options.h"
#include "paraudit/detect/points.h"
#include "paraudit/order/tail.h"
#include "paraudit/table/store.h"

/* Points with what is known of them. label: one of each point here, in their order; 1: fraud,
 * 0: genuine. Borrowed. */
typedef struct {
    const pa_points *points;
    const uint8_t *label;
} pa_labelled;

/* What a fit may use besides the points. */
typedef struct {
    pa_comm *comm;
    const pa_config *config; /* has the detector's options */
    pa_log *log;             /* for progress; may be NULL */
    uint64_t seed;
    /* What happens at a safe point: pa_safe_point of the job; NULL: nothing. */
    pa_status (*safe_point)(void *job, pa_store *model, int64_t round);
    pa_status (*step)(void *job); /* pa_safe_point_tile of the job; NULL: nothing */
    void *job;
    /* For supervised detectors. label: of the points that are fitted on, as in pa_labelled.
     * check: later points that the number of rounds and the like are chosen by; points NULL:
     * there are none, and what the configuration says is taken. chosen: a model of the same
     * detector that was fitted with such points: what was chosen there is taken; NULL: none. */
    const uint8_t *label;
    pa_labelled check;
    const pa_store *chosen;
} pa_detector_context;

/* A fit of one long round calls this between its parts: nothing of it is saved, and it ends
 * where this does not say PA_OK. Collective. */
pa_status pa_detector_step(const pa_detector_context *context);

/* A fit in rounds calls this after round number `round` (from 0), with all in `model` that
 * a restart needs, and ends where it does not say PA_OK. A fit that goes on finds
 * model->round rounds finished. Collective. */
pa_status pa_detector_safe_point(const pa_detector_context *context, pa_store *model,
                                 int64_t round);

typedef struct {
    const char *name;   /* "iforest": of its stage, options, columns and model */
    const char *title;  /* "isolation forest": in sentences */
    const char *scale;  /* what a raw value is, for the column's meaning; larger is odder */
    bool supervised;    /* is fitted on labelled rows */
    bool on_demand;     /* in an audit it runs where its option `run` says so */
    int64_t least_rows; /* that it can be fitted on */
    size_t most_columns;
    const pa_option_spec *options; /* "iforest.trees", ..., then PA_DETECTOR_OPTIONS; a NULL key */

    /* Which of n feature columns it reads, where its own options say so; chosen: n, all false.
     * NULL: its option `features` says so. Local. */
    pa_status (*choose)(const pa_config *config, size_t n, const pa_column_spec *const feature[],
                        bool chosen[], pa_error *err);

    /* points: at least least_rows over all ranks, 1 to most_columns columns.
     * Collective; what it returns is agreed upon. */
    pa_status (*fit)(const pa_detector_context *context, const pa_points *points, pa_store *model,
                     pa_error *err);

    /* The store outlives *state. PA_E_DATA where it is not a model of so many columns (a
     * result file may have been edited). explains: score will be asked for parts. *state is freed
     * by close, which takes NULL as well, and serves one caller at a time. */
    pa_status (*open)(const pa_store *model, size_t n_columns, bool explains, void **state,
                      pa_error *err);
    void (*close)(void *state);

    /* column: a pointer to n values for each column, n up to PA_TILE_ROWS. NaN: the value
     * is missing, which makes a row neither odder nor less odd; fit meets NaN as well. raw: n
     * values, none NaN. part, NULL or n_columns x n, column after column, of any unit: what
     * each column says against the row (positive) or for it. */
    void (*score)(void *state, size_t n, const float *const column[], float raw[], int64_t part[]);
} pa_detector;

/* In a nat, or in log-odds, of the detectors whose parts are such: 2^21 of them, far beyond
 * what is met, add up below 2^53. */
#define PA_PART_UNITS 4294967296.0

/* The options that every detector has: of one that needs no labels, and of a supervised one.
 * `name` is a literal. */
#define PA_DETECTOR_OPTIONS(name) PA_COMMON_OPTIONS(name, "label_free")
#define PA_SUPERVISED_OPTIONS(name) PA_COMMON_OPTIONS(name, "auto")
#define PA_COMMON_OPTIONS(name, features)                                                          \
    {.key = name ".features",                                                                      \
     .type = PA_OPTION_TEXT,                                                                       \
     .fallback = features,                                                                         \
     .meaning = "which feature columns it reads: all, label_free (those that need no labels), "    \
                "families or columns, with commas; -NAME leaves out; or auto: all, but without "   \
                "expected merchant and, where there are places, company"},                         \
    {                                                                                              \
        .key = name ".tail_knots", .type = PA_OPTION_INT, .fallback = "65536", .min = 2,           \
        .max = PA_TAIL_MAX_KNOTS, .unit = "knots",                                                 \
        .meaning = "points at which the distribution of the fitting rows' scores is kept"          \
    }

/* ... and of one that runs on demand. */
#define PA_ON_DEMAND_OPTION(name, why)                                                             \
    {                                                                                              \
        .key = name ".run", .type = PA_OPTION_BOOL, .fallback = "no",                              \
        .meaning = "whether an audit runs it: " why                                                \
    }

/* The value of the detector's option `name`, which has that type. */
bool pa_detector_bool(const pa_config *config, const pa_detector *d, const char *name);
int64_t pa_detector_int(const pa_config *config, const pa_detector *d, const char *name);
const char *pa_detector_text(const pa_config *config, const pa_detector *d, const char *name);

/* Which of n feature columns it reads. PA_E_CONFIG where its options name what is not there. */
pa_status pa_detector_choose(const pa_detector *d, const pa_config *config, size_t n,
                             const pa_column_spec *const feature[], bool chosen[], pa_error *err);

/* Whether the option is the detector's own, and not one of PA_DETECTOR_OPTIONS. */
bool pa_is_own_option(const pa_detector *d, const pa_option_spec *option);

/* The raw scores of all points by a fitted model, n values in their order. Local. */
pa_status pa_detector_scores(const pa_detector *d, const pa_store *model, const pa_points *points,
                             float raw[], pa_error *err);

#endif
