/* Checking a file without judging it. */
#ifndef PARAUDIT_SRC_RESULT_VERIFY_H
#define PARAUDIT_SRC_RESULT_VERIFY_H

#include "paraudit/result/result.h"

/* Fills check; a digest that differs is no error here. Collective. */
pa_status pa_check_file(pa_comm *comm, const char *path, pa_result_check *check, pa_error *err);

#endif
