/* The alert queue as a file for people and case systems. */
#ifndef PARAUDIT_ALERTS_ALERTS_CSV_H
#define PARAUDIT_ALERTS_ALERTS_CSV_H

#include "paraudit/comm/comm.h"
#include "paraudit/table/table.h"

/* Writes the alerts as a CSV file with a header, in table order: alert_id,
 * account, tx, time, amount, score, margin, reason. `reasons` is the table
 * "alert_reasons", cut over the ranks in any way; `features` is
 * "categories/feature", NULL where no detector gives reasons. PA_E_CREATE, PA_E_IO
 * as text/sink.h has them. Collective. */
pa_status pa_write_alerts_csv(pa_comm *comm, const char *path, const pa_table *alerts,
                              const pa_table *reasons, const pa_table *features, pa_error *err);

#endif
