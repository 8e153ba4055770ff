/* Models of a series, one beside the other: all that forecasts are chosen from or made of. */
#ifndef PARAUDIT_FORECAST_MEMBERS_H
#define PARAUDIT_FORECAST_MEMBERS_H

#include "paraudit/forecast/adjust.h"
#include "paraudit/forecast/batch.h"
#include "paraudit/forecast/prophet.h"

/* Each of the first ones is there for the series and for its logarithms (PA_MEMBER_LOGS on top). */
typedef enum {
    PA_MEMBER_THETA,        /* the dynamic optimised theta model (theta.h) */
    PA_MEMBER_STATIC_THETA, /* the optimised one */
    PA_MEMBER_SIMPLE,       /* smoothing.h */
    PA_MEMBER_DAMPED,
    PA_MEMBER_COMPLEX,
    PA_MEMBER_ARIMA, /* arima.h */
    PA_MEMBER_LOGS,
    PA_MEMBER_LAST = 2 * PA_MEMBER_LOGS, /* the last value, of what is too short for others */
    PA_MEMBER_LSTM,    /* one network for all series (lstm.h): what it says is given */
    PA_MEMBER_SMOOTH,  /* of simple and damped, in logarithms or not, the one of the least AICc */
    PA_MEMBER_PROPHET, /* prophet.h */
    PA_N_MEMBERS
} pa_member;

/* The name of a member, "log-theta" say. */
const char *pa_member_name(int member);

/* Up to PA_FORECAST_LANES series; borrowed. */
typedef struct {
    size_t n_series, horizon;
    int32_t season;
    const double *y[PA_FORECAST_LANES];
    int32_t n[PA_FORECAST_LANES];            /* 1 or more */
    const double *middle[PA_FORECAST_LANES]; /* PA_MEMBER_LSTM's, horizon of each; NULL: it says
                                                nothing */
    const double *spread[PA_FORECAST_LANES]; /* the same of their standard errors */
    const double *day[PA_FORECAST_LANES];    /* PA_MEMBER_PROPHET: as pa_prophet_calendar has it */
    pa_prophet_options prophet;
} pa_member_series;

typedef struct {
    size_t horizon;
    int32_t n[PA_FORECAST_LANES];
    double aicc[PA_N_MEMBERS][PA_FORECAST_LANES]; /* of the series as it was; infinity: no fit;
                                                     0 of those that have none */
    int smooth[PA_FORECAST_LANES];                /* the member that PA_MEMBER_SMOOTH is */
    pa_adjustment adjusted[2][PA_FORECAST_LANES]; /* in logarithms: 1 */
    double *centre, *spread; /* PA_N_MEMBERS x PA_FORECAST_LANES x horizon, as adjusted */
    pa_prophet prophet;      /* of the latest calendar */
} pa_member_forecasts;

/* f: zeros; to be freed also on failure; one of the same horizon and options may be filled again.
 * which: bit m for member m; PA_MEMBER_LAST is always there, and has no AICc. PA_E_MEMORY. */
pa_status pa_members_fit(const pa_member_series *series, uint32_t which, pa_member_forecasts *f,
                         pa_error *err);
void pa_members_free(pa_member_forecasts *f);

/* What a member says of a series h steps ahead (from 0), z standard errors from the middle. */
double pa_member_at(const pa_member_forecasts *f, int member, int lane, size_t h, double z);

/* The member of `which` with the least AICc; PA_MEMBER_LAST where none has one. */
int pa_member_best(const pa_member_forecasts *f, uint32_t which, int lane);

#endif
