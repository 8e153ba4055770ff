/* The models that a user names, and the members that each is chosen from or made of. */
#ifndef PARAUDIT_FORECAST_MODELS_H
#define PARAUDIT_FORECAST_MODELS_H

#include <stdbool.h>
#include <stddef.h>

#include "paraudit/forecast/members.h"

typedef struct {
    const char *name, *meaning;
    uint32_t members; /* bit m for member m (members.h); 0: the filter of counts is the model */
    bool combines;    /* else the member of the least AICc is the model */
    bool recurrent;   /* PA_MEMBER_LSTM is among them */
} pa_model;

extern const pa_model pa_models[];
extern const size_t pa_n_models;

/* Whether a series may have gaps between its times and values that are not known: times are days
 * then, of the calendar or numbered. */
bool pa_model_takes_gaps(const pa_model *model);

/* NULL where there is none of that name. */
const pa_model *pa_model_of(const char *name);

#endif
