/* What raises no alert for a while: rules that people write down, each with an end.
 *
 * alerts.suppressions names CSV files with the columns
 *
 *     entity   account, merchant, category, channel, currency or country: what the rule is about
 *     value    its name in the input
 *     rule     a feature or a family of features: alerts of which it is the first reason; *: any
 *     from     the first moment at which it is in force; empty, or no such column: always was
 *     until    the first moment at which it is no more
 *     reason   why, for who reads it later; or no such column
 *
 * Which alerts they hold back is the alerts' matter (alerts/suppressions.h). */
#ifndef PARAUDIT_INGEST_SUPPRESSIONS_H
#define PARAUDIT_INGEST_SUPPRESSIONS_H

#include "paraudit/ingest/ingest.h"

/* What a rule may be about, as "transactions" names the columns. */
enum { PA_N_ENTITIES = 6, PA_ENTITY_BYTES = 16, PA_SUPPRESSION_BYTES = 64 };
extern const char *const pa_entities[PA_N_ENTITIES];

/* Reads the rules of the configuration, if it names any: the table "suppressions", a row a rule by
 * file and line, all on rank 0 (file, line, entity, value, rule, from, until, reason), and rows of
 * "inputs". PA_E_DATA with file and line: a record that is no rule; PA_E_NO_INPUT, PA_E_IO,
 * PA_E_MEMORY. Collective. */
pa_status pa_suppressions(pa_comm *comm, const pa_config *config, pa_log *log, pa_ingest *ingest,
                          pa_error *err);

#endif
