/* Small CSV files beside the transactions: verdicts of people, rules about alerts. They are
 * written in the ways of the transactions' files, packed or not, with columns of their own. */
#ifndef PARAUDIT_SRC_INGEST_SIDE_FILES_H
#define PARAUDIT_SRC_INGEST_SIDE_FILES_H

#include "ingest_parts.h"

/* What all records of such files are read with. */
typedef struct {
    pa_inputs inputs;
    pa_csv_words missing; /* words for nothing */
    pa_csv_label_words labels;
    pa_zone zone;
    bool has_zone;
} pa_beside_files;

/* A record as it is handed on; field: layout->n_fields of them, good until the call returns. */
typedef struct {
    const pa_beside_files *side;
    int32_t file; /* from 0 */
    int64_t line;
    const pa_csv_field *field;
} pa_beside_record;

typedef pa_status pa_beside_taker(void *taker, const pa_beside_record *record, pa_error *err);

/* Opens the files that `key` names. names: of the columns; its forms of times are set here.
 * PA_E_NO_INPUT; PA_E_DATA: no such columns, or times that may be read in several ways. To be
 * freed, also on failure. Collective. */
pa_status pa_beside_open(pa_comm *comm, const pa_config *config, const char *key,
                         pa_csv_names *names, pa_log *log, pa_beside_files *side, pa_error *err);
void pa_beside_free(pa_beside_files *side);

/* Hands on the records of all files, to each rank its own, those of lower ranks being before
 * them in each file. PA_E_DATA with file and line: a record that is none, and what `take` says.
 * Collective. */
pa_status pa_beside_read(pa_comm *comm, const pa_config *config, const pa_beside_files *side,
                         pa_beside_taker *take, void *taker, pa_error *err);

/* The field of a column, blanks taken off; empty where there is none, or a word for nothing. */
pa_csv_field pa_beside_field(const pa_beside_record *record, int32_t column);
/* A time; PA_E_DATA with file and line. what: "time". */
pa_status pa_beside_time(const pa_beside_record *record, int32_t column, const pa_time_form *form,
                         const char *what, int64_t *seconds, pa_error *err);
/* PA_E_DATA with file and line; the value as it may stand in a message. */
pa_status pa_beside_fail(const pa_beside_record *record, pa_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Lists the files in the table "inputs", behind those that are there, with their digests and
 * what they are for, and the digest of the input anew. use: "dispositions". Collective. */
pa_status pa_beside_list(pa_comm *comm, const pa_beside_files *side, const char *use,
                         pa_ingest *ingest, pa_error *err);

#endif
