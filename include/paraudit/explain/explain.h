/* Why a transaction of a result has its score: what each feature added, beside what is usual
 * for the account and for its peers, where it stood in the queue, and what the account did
 * before. Of any transaction, alerted or not. */
#ifndef PARAUDIT_EXPLAIN_EXPLAIN_H
#define PARAUDIT_EXPLAIN_EXPLAIN_H

#include "paraudit/explain/scorer.h"
#include "paraudit/stage/labels.h"
#include "paraudit/stage/time_plan.h"

enum { PA_ID_BYTES = 72, PA_SENTENCE_BYTES = 640 };

/* A transaction as the input names things; "": it has none. */
typedef struct {
    int64_t row, time; /* row: in /transactions */
    char tx[PA_ID_BYTES];
    double amount;
    int decimals; /* of amounts in this book */
    char account[PA_ID_BYTES], merchant[PA_ID_BYTES];
    char category[PA_ID_BYTES], channel[PA_ID_BYTES], currency[PA_ID_BYTES], country[PA_ID_BYTES];
    char kind[PA_ID_BYTES];   /* of the fraud */
    pa_label label;           /* what was found out in the end ... */
    int64_t label_known_from; /* ... and from when on it was known */
    double margin;            /* NaN: not scored */
    float score;
    bool alert;
} pa_told_row;

/* What a feature of the transaction adds to the margin, and its reason in words. */
typedef struct {
    const pa_column_spec *spec;
    float value;
    double adds;
    float account_usual, peer_usual;
    int32_t n_usual;
    char sentence[PA_SENTENCE_BYTES];
} pa_told_feature;

/* Features that say the same of a row, the ones that add most (in size) first. */
typedef struct {
    const char *name; /* of the family; of the feature where it has none */
    double adds;
    size_t n;
    pa_told_feature *feature;
} pa_told_family;

/* Where it stood on its day of the audit. */
typedef struct {
    int64_t rank, n_audit; /* among all transactions of the audit */
    int64_t n_alerts;      /* of its day */
    double last_margin;    /* of the last alert of the day; NaN: there was none */
    char alert_id[17];     /* of the alert of its account on that day; "": there was none */
    int64_t day_rank;
    char alert_tx[PA_ID_BYTES]; /* the transaction that raised it */
    /* The suppression that held this very transaction back; entity "": none did. */
    struct {
        char entity[PA_ID_BYTES], value[PA_ID_BYTES], rule[PA_ID_BYTES], reason[PA_ID_BYTES];
        int64_t until;
    } held;
} pa_told_day;

typedef struct {
    pa_told_row tx;
    char split[PA_ID_BYTES]; /* the part of the time plan */
    bool scored, audited;
    pa_row_score again; /* as the models say it now: the bits that are stored */
    size_t n_detectors;
    pa_scored_by *by;
    size_t n_families;
    pa_told_family *family; /* those that add most (in size) first */
    pa_told_day day;        /* where it is audited */
    size_t n_before;        /* earlier transactions of the account, the latest last */
    pa_told_row *before;
    /* What all of this lies in. */
    pa_told_feature *features;
    pa_table slice;
    pa_strings pool;
} pa_told;

/* Who tells it: the stages of this program, and plan and configuration of the result. */
typedef struct {
    const pa_time_plan *plan;
    const pa_config *config;
    size_t n_stages;
    const pa_stage *const *stages;
} pa_teller;

/* What a result says of its row `row`. n_before: how many earlier transactions of the account
 * are told, at most. *told is taken as uninitialised; freed by pa_told_free, on failure too.
 * Collective. PA_E_DATA where the models in the result do not give the margin that it has. */
pa_status pa_tell(pa_result_file *file, const pa_teller *by, int64_t row, size_t n_before,
                  pa_told *told, pa_error *err);
void pa_told_free(pa_told *told);

/* For people: the families that add most, `n_families` of them at most, and one line for the
 * others; 0: all. */
pa_status pa_told_print(const pa_told *told, const pa_time_plan *plan, size_t n_families,
                        pa_buffer *text, pa_error *err);

/* Several as one JSON array, with all features. */
pa_status pa_told_json(size_t n, const pa_told told[], pa_buffer *text, pa_error *err);

#endif
