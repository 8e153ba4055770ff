/* The alert queue as a file for people and case systems. */
#ifndef PARAUDIT_ALERTS_ALERTS_CSV_H
#define PARAUDIT_ALERTS_ALERTS_CSV_H

#include "paraudit/comm/comm.h"
#include "paraudit/files/standing.h"
#include "paraudit/table/table.h"

extern const char pa_alerts_csv_header[];

/* Writes the alerts as a CSV file with a header, in table order: alert_id, day,
 * day_rank, account, tx, time, amount, currency, merchant, category, channel, country,
 * score, margin, reason1, reason2, reason3. tx is the transaction as the input names
 * it; what the input has not is empty. Texts are cells of text/cell.h, a line is a
 * record. `reasons` is the table "alert_reasons", cut over the ranks in any way.
 * standing: what may be replaced. PA_E_CREATE, PA_E_IO as text/sink.h has them. Collective. */
pa_status pa_write_alerts_csv(pa_comm *comm, const char *path, const pa_standing *standing,
                              const pa_table *alerts, const pa_table *reasons, pa_error *err);

/* Whether a file that every rank sees has these very bytes: *line is 0 then, and else the
 * first line that is another, the one behind the last where there is more. PA_E_IO where
 * it cannot be read; PA_E_DATA where the tables are not those of an audit. Collective. */
pa_status pa_compare_alerts_csv(pa_comm *comm, const char *path, const pa_table *alerts,
                                const pa_table *reasons, int64_t *line, pa_error *err);

#endif
