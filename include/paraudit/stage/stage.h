/* A stage: a few facts and three functions, more where it can say why. The array of
 * stages in running order (commands/stages.c) is the table of contents of the program.
 *
 * `fit` learns a store from rows that are past; `apply` fills columns from the store
 * and is all that scoring new rows will run. State between stages is columns, side
 * tables and stores, nothing else. All of it is checksummed after the stage, saved in
 * checkpoints, and written into the result.
 *
 *   plan     local: says what is read, written and fitted on, or stands aside. It sees
 *            what was planned before it, and no data. It is called once a job, and
 *            again after a restart.
 *   fit      collective, on the rows that the pipeline hands it and no others: those
 *            of the part of the time plan that `plan` names. NULL: nothing to learn.
 *            Makes no tables. Whatever it returns, the ranks then agree on.
 *   apply    collective, on all rows: adds each declared column and table, and nothing
 *            else. Fitted columns are NaN (codes: -1) on rows before the model's
 *            `until`; what a row and its past say is there on every row.
 *   explain  local: why the model says what it says of a few rows, for alerts and for
 *            `paraudit explain`. NULL: the stage has no reasons.
 *   detail   local: what the values of the stage's own features do not name, for the same two.
 *            NULL: nothing.
 *
 * Errors go into run->err; a rank that fails still takes part in every collective call
 * until all agree (pa_agree). */
#ifndef PARAUDIT_STAGE_STAGE_H
#define PARAUDIT_STAGE_STAGE_H

#include "paraudit/stage/fitting.h"
#include "paraudit/stage/run.h"

/* What a stage reads and writes; filled by its `plan`. Texts are copied. */
pa_status pa_schema_reads(pa_schema *io, const char *column, pa_error *err);
pa_status pa_schema_writes(pa_schema *io, const pa_column_spec *spec, pa_error *err);

/* What pa_labels_of (stage/fitting.h) looks at: time, label, and label_time where the input has
 * it. */
pa_status pa_schema_reads_labels(pa_schema *io, pa_error *err);

/* The part of the time plan that the stage is fitted on. Without this call `fit` gets no
 * row at all. */
void pa_schema_fits_on(pa_schema *io, pa_fit_part part);

/* A table besides "transactions" that apply makes. cut_by: the partition that owns its
 * rows ("accounts"; one that the stage itself adds), so that a restart brings them back
 * to their owners; NULL: cut in any way, and after a restart evenly. */
typedef struct {
    const char *name;    /* the group in the result: "forecast/series" */
    const char *meaning; /* one sentence */
    const char *cut_by;
} pa_table_spec;

pa_status pa_schema_side_table(pa_schema *io, const pa_table_spec *spec, pa_error *err);

/* The stage that is planned: stages of one kind differ in its `about`. */
const pa_stage *pa_schema_stage(const pa_schema *io);

/* Whether the input has a column of this name: for those that an input may lack. */
bool pa_schema_has_input(const pa_schema *io, const char *column);

/* Columns of a role that the ingest made or that earlier stages write (those that stand
 * aside apart), in their order; specs: room for `room` of them. Returns how many there
 * are. */
size_t pa_schema_by_role(const pa_schema *io, pa_role role, const pa_column_spec *specs[],
                         size_t room);

/* The stage does not run, and the log, run.json and README's reader hear why. `reason`
 * is borrowed: a literal. */
void pa_schema_stands_aside(pa_schema *io, const char *reason);
bool pa_schema_runs(const pa_schema *io); /* no such reason so far */

/* Of a stage that learns from the history part what accounts do, and where `merchants` says so, at
 * which merchants: reads the n columns, if it runs. It stands aside where the key `run_key` says
 * no, where each row is its own account, and where rows name no merchant. */
pa_status pa_schema_learns_accounts(const pa_config *config, const char *run_key, bool merchants,
                                    size_t n, const char *const reads[], pa_schema *io,
                                    pa_error *err);

/* Why a row is what the stage says it is: up to PA_REASONS reasons, the strongest first. */
typedef struct {
    int32_t feature[PA_REASONS]; /* number among the columns of role feature; -1: none */
    float part[PA_REASONS];      /* its share of all that speaks against the row */
} pa_explanation;

/* What is it, by name, that a feature's value comes from: a rule, a merchant, a neighbour? */
typedef struct {
    size_t row;
    const char *feature;
    const char *merchant, *category; /* of the row, as the input names them; "": not given */
} pa_detail_question;

enum { PA_DETAIL_BYTES = 256 }; /* of an answer and the zero byte at its end; "": nothing */

/* What a stage costs beside the others: nanoseconds of one core for each transaction of the
 * book, as measured on one of a million and more with the keys as they are. The time left
 * is foretold by them, and nothing else. */
typedef struct {
    double fit, apply;
} pa_stage_cost;

struct pa_stage {
    const char *name;
    int version;                   /* of its store: a checkpoint of another one is refused */
    const pa_option_spec *options; /* its part of the strict key table, ends with a NULL key */
    const void *about;             /* what stages of one kind differ in; NULL */
    pa_status (*plan)(const pa_config *config, pa_schema *io, pa_error *err);
    pa_status (*fit)(pa_run *run, const pa_fitting *on, pa_store *model);
    pa_status (*apply)(pa_run *run, const pa_store *model, pa_table *tx);
    pa_status (*explain)(pa_run *run, const pa_store *model, const pa_table *tx, size_t n,
                         const size_t rows[], pa_explanation out[]);
    /* Answers what is asked of its own features and leaves the other answers alone. tx: the rows
     * of the accounts asked about, from their first row to the last one asked at least, with the
     * stage's own columns and those of detail_reads. Later rows change no answer. */
    pa_status (*detail)(const pa_config *config, const pa_store *model, const pa_table *tx,
                        size_t n, const pa_detail_question asked[], char answer[][PA_DETAIL_BYTES],
                        pa_error *err);
    const char *const *detail_reads; /* columns that it looks at where they are, ends with NULL; of
                                      * the model it reads replicated arrays alone */
    pa_stage_cost cost;
};

/* Asks all stages of the run. answer: n of them, "" where no stage says more. Local. */
pa_status pa_run_details(const pa_run *run, const pa_table *tx, size_t n,
                         const pa_detail_question asked[], char answer[][PA_DETAIL_BYTES],
                         pa_error *err);

/* Iterative fits call this after round number `round` (from 0) is finished and
 * `model` holds all that a restart needs. Agrees on signals, saves when due and
 * says go on (PA_OK) or stop (PA_E_AGAIN, after saving). A restarted fit finds
 * its store as it was saved, with model->round rounds finished. Collective. */
pa_status pa_safe_point(pa_run *run, pa_store *model, int64_t round);

/* Long applies call this between tiles: what is half done is not saved, so on a signal
 * it says stop (PA_E_AGAIN) with a checkpoint from before the stage, whose columns are
 * made again. In a fit the checkpoint holds the model as the last safe point left it, so
 * between that and a tile the fit changes nothing in it. Every rank calls it equally often: with
 * nothing left to do as well. Collective.
 *
 * Agreements (pa_agree) of an apply are such places too, and so are those of a fit until its
 * first safe point; long loops that each rank runs by itself ask pa_stop_poll. */
pa_status pa_safe_point_tile(pa_run *run);

/* Ends a step of a long apply that every rank takes: agrees on how it went, then as
 * pa_safe_point_tile. Collective. */
pa_status pa_step(pa_run *run, pa_status st);

#endif
