/* What an evaluation leaves in the result: its columns with their meanings. */
#ifndef PARAUDIT_EVALUATION_TABLES_H
#define PARAUDIT_EVALUATION_TABLES_H

#include "paraudit/evaluate/below_line.h"
#include "paraudit/stage/stage.h"

/* The tables that the stage declared, of an evaluation that judged a row. Local. */
pa_status pa_write_evaluation(pa_run *run, const pa_evaluation *e);

pa_status pa_write_below_line(pa_run *run, const pa_below_line *sample); /* local */

#endif
