/* The rows that could not be used, as a file for people. */
#ifndef PARAUDIT_INGEST_REJECTS_CSV_H
#define PARAUDIT_INGEST_REJECTS_CSV_H

#include "paraudit/comm/comm.h"
#include "paraudit/files/standing.h"
#include "paraudit/table/table.h"

extern const char pa_rejects_csv_header[];

/* Writes the table "rejects" as a CSV file with a header, in its order: file, line,
 * last_line, reason, text. inputs, reasons: the tables whose rows it names; all three cut
 * over the ranks in any way. standing: what may be replaced. PA_E_CREATE, PA_E_IO as text/sink.h
 * has them. Collective. */
pa_status pa_write_rejects_csv(pa_comm *comm, const char *path, const pa_standing *standing,
                               const pa_table *rejects, const pa_table *inputs,
                               const pa_table *reasons, pa_error *err);

#endif
