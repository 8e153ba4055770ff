/* A job with stages of a test's own, to be stopped and resumed:
 *
 *     PROGRAM FILE.csv OUT fresh|resume STOP [SECTION.KEY=VALUE ...]
 *
 * STOP: pa_toy_stop raises USR1 in this round, on the last rank alone; -1: never. */
#ifndef PARAUDIT_TESTS_TOY_JOB_H
#define PARAUDIT_TESTS_TOY_JOB_H

#include "paraudit/pipeline/job.h"

/* Returns what the program exits with. */
int pa_toy_main(int argc, char **argv, const pa_stage *const stages[], size_t n_stages);

/* Before the safe point of a round. Local. */
void pa_toy_stop(const pa_run *run, int64_t round);

#endif
