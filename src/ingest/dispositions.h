/* What the files of the dispositions share. */
#ifndef PARAUDIT_SRC_INGEST_DISPOSITIONS_H
#define PARAUDIT_SRC_INGEST_DISPOSITIONS_H

#include "paraudit/ingest/dispositions.h"
#include "side_files.h"

enum { PA_DISPOSITION_ID = 64 };

/* Zeroed before it is filled, because its bytes travel. */
typedef struct {
    int64_t time; /* INT64_MIN: not said, of an unclear one */
    int64_t line;
    int64_t key;  /* a number, or 63 bits of a text: of the transaction; or the alert's 64 bits */
    int32_t file; /* from 0 */
    int8_t verdict;
    bool by_alert;
    char id[PA_DISPOSITION_ID]; /* a text transaction id, not ended where it fills the room */
} pa_disposition;

typedef struct {
    size_t n, room;
    pa_disposition *of;
} pa_disposition_list;

/* Those of this rank, in the order of file and line. text_ids: of the transactions.
 * Collective. */
pa_status pa_dispositions_read(pa_comm *comm, const pa_config *config, const pa_beside_files *side,
                               bool text_ids, pa_disposition_list *list, pa_error *err);

/* A disposition of a transaction that lies here. */
typedef struct {
    int64_t time, line;
    size_t row; /* local */
    int32_t file;
    int8_t label;
} pa_verdict;

typedef struct {
    size_t n, room;
    pa_verdict *of;
} pa_verdicts;

/* Finds the transactions: row, fate: of each disposition of this rank, the global row or -1.
 * verdicts: of the transactions that lie here, unclear ones apart, in any order. Collective. */
pa_status pa_dispositions_match(pa_comm *comm, const pa_ingest *ingest, const pa_beside_files *side,
                                const pa_disposition_list *list, size_t at_once, int64_t row[],
                                int8_t fate[], pa_verdicts *verdicts, pa_error *err);

/* Sorts the verdicts and puts them into the columns of labels. Collective. */
pa_status pa_dispositions_apply(pa_comm *comm, const pa_beside_files *side, pa_verdicts *verdicts,
                                pa_table *transactions, pa_error *err);

#endif
