/* Some accounts of the inputs with all their rows, read at places that lie evenly in the files:
 * what a job is measured on before it is started. */
#ifndef PARAUDIT_INGEST_SAMPLE_H
#define PARAUDIT_INGEST_SAMPLE_H

#include "paraudit/ingest/ingest.h"

/* bytes: that are read at most, as they lie on the disk, of each file in proportion. account_share:
 * of the accounts that are kept, drawn by their names: the smaller of two samples is part of the
 * larger one. */
typedef struct {
    size_t bytes;
    double account_share;
} pa_sample_wish;

/* Names of a kind among the rows that were read, those of accounts that were not kept included.
 * all and largest: of the whole input, as far as these rows show it. */
typedef struct {
    double all;
    double largest; /* share of all rows that the largest has */
    char name[65];  /* the largest; "": there are none */
} pa_sample_names;

typedef struct {
    double rows;            /* of all files, rejected ones among them */
    int64_t n_read, n_kept; /* rows that were read, and of these kept */
    bool whole;             /* all rows of all files were read */
    bool beginnings;        /* of a packed file only its beginning was */
    double parse_seconds;   /* of one core, for the n_read rows */
    double rows_seconds;    /* ... to make tables of the n_kept */
    pa_sample_names accounts, merchants;
} pa_sample;

/* `ingest`: as pa_ingest_read leaves it, of the rows that were kept, all digests being empty.
 * Errors are those of pa_ingest_read, as far as these rows show them. One rank alone. */
pa_status pa_ingest_sample(pa_comm *comm, const pa_config *config, const pa_sample_wish *wish,
                           pa_sample *sample, pa_ingest *ingest, pa_error *err);

#endif
