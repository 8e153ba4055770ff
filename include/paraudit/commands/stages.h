/* The stages of an audit in running order. */
#ifndef PARAUDIT_COMMANDS_STAGES_H
#define PARAUDIT_COMMANDS_STAGES_H

#include "paraudit/stage/stage.h"

extern const pa_stage *const pa_stages[];
extern const size_t pa_n_stages;

#endif
