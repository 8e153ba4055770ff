/* The stage `embedding`. */
#include "paraudit/embed/embedding_stage.h"

#include <math.h>

#include "embedding_columns.h"
#include "embedding_model.h"
#include "paraudit/base/array.h"
#include "paraudit/embed/merchant_centroid.h"
#include "paraudit/embed/sgns_options.h"

enum { TILE_ROWS = 64 * 1024 };

static const pa_option_spec options[] = {
    {.key = "embedding.run",
     .type = PA_OPTION_BOOL,
     .fallback = "yes",
     .meaning = "whether an audit learns vectors of merchants (item2vec)"},
    {.key = "embedding.dimension",
     .type = PA_OPTION_INT,
     .fallback = "16",
     .min = 1,
     .max = PA_EMBEDDING_MOST_DIM,
     .unit = "numbers",
     .meaning = "of a vector"},
    {.key = "embedding.window",
     .type = PA_OPTION_INT,
     .fallback = "2",
     .min = 0,
     .max = 1 << 20,
     .unit = "transactions",
     .meaning = "of an account on either side of one, at most, whose merchants are its company; 0: "
                "all"},
    {.key = "embedding.negative",
     .type = PA_OPTION_INT,
     .fallback = "5",
     .min = 1,
     .max = 256,
     .unit = "merchants",
     .meaning = "drawn against each pair"},
    {.key = "embedding.epochs",
     .type = PA_OPTION_INT,
     .fallback = "20",
     .min = 1,
     .max = 65535,
     .unit = "epochs",
     .meaning = "of training"},
    {.key = "embedding.round",
     .type = PA_OPTION_INT,
     .fallback = "0",
     .min = 0,
     .max = PA_SGNS_MAX_WINDOW,
     .unit = "transactions",
     .meaning =
         "of each of 64 parts of the accounts in a round, behind which all ranks add up what they "
         "learned; 0: by the data"},
    {.key = "embedding.sample",
     .type = PA_OPTION_REAL,
     .fallback = "0.001",
     .min = 0,
     .max = 1,
     .meaning = "share of all transactions from which on a merchant is thinned out; 0: never"},
    {.key = "embedding.power",
     .type = PA_OPTION_REAL,
     .fallback = "0.75",
     .min = -1,
     .max = 1,
     .meaning = "merchants are drawn by their transactions to this power"},
    {.key = "embedding.min_count",
     .type = PA_OPTION_INT,
     .fallback = "5",
     .min = 1,
     .max = 1000000000,
     .unit = "transactions",
     .meaning = "merchants with fewer have no vector"},
    {.key = "embedding.most_merchants",
     .type = PA_OPTION_INT,
     .fallback = "20000",
     .min = 2,
     .max = 1000000,
     .unit = "merchants",
     .meaning = "those with the most transactions have a vector; time grows with the square, and "
                "every rank has all vectors"},
    {0}};

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    static const char *const reads[] = {"account", "merchant"};
    PA_TRY(pa_schema_learns_accounts(config, "embedding.run", true, sizeof reads / sizeof *reads,
                                     reads, io, err));
    if (pa_schema_runs(io)) PA_TRY(pa_schema_reads_labels(io, err));
    for (int k = 0; k < PA_N_EMBEDDING; k++)
        PA_TRY(pa_schema_writes(io, &pa_embedding_columns[k], err));
    return pa_embedding_plan_table(io, err);
}

/* ---- apply ---- */

typedef struct {
    pa_run *run;
    pa_merchant_vectors vectors;
    pa_centroid *centroid;
    pa_centroid_rows rows;
    int64_t *fraud_from, *fraud_until;
    bool *wanted;
    float *out[PA_N_EMBEDDING];
} walk;

static void close_walk(walk *w)
{
    pa_centroid_close(w->centroid);
    pa_merchant_vectors_free(&w->vectors);
    pa_free(w->fraud_from);
    pa_free(w->fraud_until);
    pa_free(w->wanted);
}

static pa_status write_columns(walk *w)
{
    void *data;
    for (int k = 0; k < PA_N_EMBEDDING; k++) {
        PA_TRY(pa_run_write(w->run, pa_embedding_columns[k].name, &data));
        w->out[k] = data;
        for (size_t i = 0; i < w->rows.n; i++) w->out[k][i] = NAN;
    }
    return PA_OK;
}

static pa_status open_walk(pa_run *run, const pa_store *model, const pa_table *tx, walk *w)
{
    pa_error *err = &run->err;
    const pa_labels labels = pa_labels_of(tx, run->plan);
    double half_life = pa_config_real(run->config, "expected.half_life_days");
    const void *count;
    w->run = run;
    PA_TRY(pa_embedding_read(model, &w->vectors, err));
    PA_TRY(pa_centroid_open(&w->vectors, half_life, &w->centroid, err));
    PA_TRY(PA_NEW(w->fraud_from, tx->n_rows, err));
    PA_TRY(PA_NEW(w->fraud_until, tx->n_rows, err));
    PA_TRY(PA_NEW(w->wanted, tx->n_rows, err));
    w->rows = (pa_centroid_rows){tx->n_rows,  pa_i32(tx, "account"), pa_i32(tx, "merchant"),
                                 labels.time, w->fraud_from,         w->fraud_until,
                                 w->wanted};
    for (size_t i = 0; i < tx->n_rows; i++) {
        w->fraud_from[i] = pa_fraud_known_from(&labels, i);
        w->fraud_until[i] = pa_fraud_known_until(&labels, i);
        w->wanted[i] = labels.time[i] >= run->plan->reference_from;
    }
    PA_TRY(write_columns(w));
    PA_TRY(pa_store_get(model, "count", PA_I64, &count, NULL, err));
    return pa_embedding_fill_table(run, &w->vectors, count);
}

/* n rows from row `first` on. */
static pa_centroid_rows some_rows(const pa_centroid_rows *r, size_t first, size_t n)
{
    return (pa_centroid_rows){n,
                              r->account + first,
                              r->merchant + first,
                              r->time + first,
                              r->fraud_from + first,
                              r->fraud_until + first,
                              r->wanted + first};
}

static pa_status walk_rows(walk *w)
{
    size_t n = w->rows.n, tiles = pa_run_tiles(w->run, n, TILE_ROWS);
    for (size_t t = 0; t < tiles; t++) {
        size_t first = t * TILE_ROWS < n ? t * TILE_ROWS : n;
        size_t here = n - first < TILE_ROWS ? n - first : TILE_ROWS;
        const pa_centroid_rows rows = some_rows(&w->rows, first, here);
        const pa_centroid_columns out = {w->out[PA_MERCHANT_SIMILARITY] + first,
                                         w->out[PA_MERCHANT_AFFINITY] + first};
        pa_log_progress(w->run->log, "embedding", (int64_t)first, (int64_t)n);
        PA_TRY(pa_step(w->run, pa_centroid_tell(w->centroid, &rows, &out, &w->run->err)));
    }
    return PA_OK;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    walk w = {0};
    pa_status st = pa_agree(run->comm, open_walk(run, model, tx, &w), &run->err);
    if (st == PA_OK) st = walk_rows(&w);
    close_walk(&w);
    return st;
}

const pa_stage pa_embedding_stage = {.name = "embedding",
                                     .version = 1,
                                     .options = options,
                                     .plan = plan,
                                     .fit = pa_embedding_fit,
                                     .apply = apply,
                                     .cost = {.fit = 300, .apply = 100}};
