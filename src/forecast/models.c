#include "paraudit/forecast/models.h"

#include <string.h>

#define OF(member) (1U << PA_MEMBER_##member)
#define LOG_OF(member) (1U << (PA_MEMBER_##member + PA_MEMBER_LOGS))

const pa_model pa_models[] = {
    {"arima", "ARIMA, its orders by AICc", OF(ARIMA), false, false},
    {"theta", "the dynamic optimised theta model", OF(THETA), false, false},
    {"ets", "exponential smoothing, simple or with a damped trend, in logarithms or not, by AICc",
     OF(SIMPLE) | OF(DAMPED) | LOG_OF(SIMPLE) | LOG_OF(DAMPED), false, false},
    {"ces", "complex exponential smoothing", OF(COMPLEX), false, false},
    {"lstm", "one recurrent network, trained on the file's own series", OF(LSTM), false, true},
    {"auto", "the middle of these and the last value, weighted by how they did at earlier times",
     OF(THETA) | OF(STATIC_THETA) | OF(SIMPLE) | OF(DAMPED) | OF(COMPLEX) | OF(ARIMA) |
         LOG_OF(THETA) | LOG_OF(SIMPLE) | LOG_OF(DAMPED) | LOG_OF(ARIMA) | OF(SMOOTH) | OF(LAST) |
         OF(LSTM),
     true, true},
    {"sparse", "counts by a Poisson-gamma filter", 0, false, false},
    {"prophet", "Prophet's model, at the most probable of all coefficients", OF(PROPHET), false,
     false},
};
const size_t pa_n_models = sizeof pa_models / sizeof *pa_models;

bool pa_model_takes_gaps(const pa_model *model)
{
    return model->members == OF(PROPHET);
}

const pa_model *pa_model_of(const char *name)
{
    for (size_t i = 0; i < pa_n_models; i++)
        if (strcmp(pa_models[i].name, name) == 0) return pa_models + i;
    return NULL;
}
