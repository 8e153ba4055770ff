#include "paraudit/detect/boosting_detector.h"

#include "boosting_bins.h"
#include "boosting_directions.h"
#include "boosting_fit.h"
#include "paraudit/base/array.h"
#include "paraudit/detect/boosting.h"
#include "paraudit/detect/feature_choice.h"

static const pa_option_spec options[] = {
    {.key = "boosting.rounds",
     .type = PA_OPTION_INT,
     .fallback = "100",
     .min = 1,
     .max = PA_BOOSTING_MAX_ROUNDS,
     .unit = "rounds",
     .meaning = "rounds of boosting; fewer where later rows choose"},
    {.key = "boosting.rate",
     .type = PA_OPTION_REAL,
     .fallback = "0.1",
     .min = 1e-6,
     .max = 1,
     .meaning = "share of a tree's best step that is taken"},
    {.key = "boosting.depth",
     .type = PA_OPTION_INT,
     .fallback = "4",
     .min = 1,
     .max = PA_BOOSTING_MAX_DEPTH,
     .unit = "levels",
     .meaning = "cuts one below the other in a tree, at most"},
    {.key = "boosting.leaves",
     .type = PA_OPTION_INT,
     .fallback = "1024",
     .min = 2,
     .max = 1024,
     .unit = "leaves",
     .meaning = "leaves of a tree, at most"},
    {.key = "boosting.l2",
     .type = PA_OPTION_REAL,
     .fallback = "1",
     .min = 0,
     .max = 1e9,
     .meaning = "what is added to the sum of hessians of a leaf: keeps small leaves small"},
    {.key = "boosting.min_child",
     .type = PA_OPTION_REAL,
     .fallback = "1",
     .min = 0,
     .max = 1e9,
     .meaning = "least sum of hessians p (1 - p) on each side of a cut"},
    {.key = "boosting.min_gain",
     .type = PA_OPTION_REAL,
     .fallback = "1e-6",
     .min = 0,
     .max = 1e9,
     .meaning = "a cut must gain more than this, twice the log-likelihood"},
    {.key = "boosting.bins",
     .type = PA_OPTION_INT,
     .fallback = "1024",
     .min = 16,
     .max = PA_BOOSTING_MAX_BINS,
     .unit = "bins",
     .meaning = "bins of a column, closer at its ends; up to so many values, one for each"},
    {.key = "boosting.column_share",
     .type = PA_OPTION_REAL,
     .fallback = "0.5",
     .min = 1e-6,
     .max = 1,
     .meaning = "share of the columns that a tree is grown on, drawn for each"},
    {.key = "boosting.row_share",
     .type = PA_OPTION_REAL,
     .fallback = "1",
     .min = 1e-6,
     .max = 1,
     .meaning = "share of the rows that a tree is grown from, drawn for each"},
    {.key = "boosting.bags",
     .type = PA_OPTION_INT,
     .fallback = "1",
     .min = 1,
     .max = PA_BOOSTING_MAX_BAGS,
     .unit = "models",
     .meaning = "models of other draws whose log-odds are averaged"},
    {.key = "boosting.start",
     .type = PA_OPTION_CHOICE,
     .fallback = "even",
     .choices = "even|base_rate",
     .meaning = "odds before the first tree: even, or those of all rows"},
    {.key = "boosting.patience",
     .type = PA_OPTION_INT,
     .fallback = "20",
     .min = 1,
     .max = PA_BOOSTING_MAX_ROUNDS,
     .unit = "rounds",
     .meaning = "rounds without gain on later rows, after which no more are tried"},
    {.key = "boosting.monotone",
     .type = PA_OPTION_TEXT,
     .fallback = "none",
     .meaning = "columns of which more may only raise the odds, NAME:+, or lower them, NAME:-; "
                "spec: as columns say"},
    PA_SUPERVISED_OPTIONS("boosting"),
    {0}};

static pa_status check_directions(const pa_config *config, size_t n,
                                  const pa_column_spec *const feature[], pa_error *err)
{
    int8_t *direction = NULL;
    PA_TRY(PA_NEW(direction, n, err));
    pa_status st =
        pa_boosting_directions("boosting.monotone", pa_config_text(config, "boosting.monotone"), n,
                               feature, direction, err);
    pa_free(direction);
    return st;
}

/* Also sees to it that the fit will know the columns that boosting.monotone names. */
static pa_status choose(const pa_config *config, size_t n, const pa_column_spec *const feature[],
                        bool chosen[], pa_error *err)
{
    const pa_column_spec **read = NULL;
    size_t n_read = 0;
    PA_TRY(pa_choose_features("boosting.features", pa_config_text(config, "boosting.features"), n,
                              feature, chosen, err));
    PA_TRY(PA_NEW(read, n, err));
    for (size_t i = 0; i < n; i++)
        if (chosen[i]) read[n_read++] = feature[i];
    pa_status st = check_directions(config, n_read, read, err);
    pa_free(read);
    return st;
}

typedef struct {
    pa_boosting *trees;
    pa_boosting_parts *parts; /* NULL: will not explain */
    size_t n_columns;
    double *part; /* n_columns x PA_TILE_ROWS */
} opened;

static void close(void *state)
{
    opened *o = state;
    if (!o) return;
    pa_boosting_free(o->trees);
    pa_boosting_parts_free(o->parts);
    pa_free(o->part);
    pa_free(o);
}

static pa_status open(const pa_store *model, size_t n_columns, bool explains, void **state,
                      pa_error *err)
{
    opened *o;
    pa_boosting_model trees;
    *state = NULL;
    PA_TRY(pa_boosting_read(model, n_columns, &trees, err));
    PA_TRY(PA_NEW(o, 1, err));
    o->n_columns = n_columns;
    pa_status st = pa_boosting_open(&trees, &o->trees, err);
    if (st == PA_OK && explains) st = pa_boosting_parts_open(&trees, &o->parts, err);
    if (st == PA_OK && explains) st = PA_NEW(o->part, n_columns * PA_TILE_ROWS, err);
    if (st == PA_OK)
        *state = o;
    else
        close(o);
    return st;
}

static void score(void *state, size_t n, const float *const column[], float raw[], int64_t part[])
{
    const opened *o = state;
    double margin[PA_TILE_ROWS];
    pa_boosting_score(o->trees, n, column, margin);
    for (size_t i = 0; i < n; i++) raw[i] = (float)margin[i];
    if (!part) return;
    pa_boosting_parts_of(o->parts, n, column, o->part);
    for (size_t i = 0; i < o->n_columns * n; i++) part[i] = (int64_t)(o->part[i] * PA_PART_UNITS);
}

const pa_detector pa_boosting_detector = {
    .name = "boosting",
    .title = "boosting detector",
    .scale = "log-odds of a fraud",
    .supervised = true,
    .least_rows = 1,
    .most_columns = PA_BOOSTING_MAX_FEATURES,
    .options = options,
    .choose = choose,
    .fit = pa_boosting_fit,
    .open = open,
    .close = close,
    .score = score,
};

const pa_stage pa_boosting_stage =
    PA_DETECTOR_STAGE(pa_boosting_detector, "boosting", 1, options, 10000, 15000);
