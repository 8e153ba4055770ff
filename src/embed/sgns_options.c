#include "paraudit/embed/sgns_options.h"

pa_sgns_options pa_sgns_defaults(void)
{
    return (pa_sgns_options){.dim = 100,
                             .window = 5,
                             .negative = 5,
                             .epochs = 5,
                             .sample = 1e-3,
                             .power = 0.75,
                             .rate = 0.025,
                             .min_count = 5,
                             .shards = 64,
                             .round = 0,
                             .seed = 1};
}

static pa_status check_whole(const char *name, int64_t v, int64_t least, int64_t most,
                             pa_error *err)
{
    if (v >= least && v <= most) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "%s is %lld, and not from %lld to %lld", name, (long long)v,
                   (long long)least, (long long)most);
}

static pa_status check_real(const char *name, double v, double least, double most, pa_error *err)
{
    if (v >= least && v <= most) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "%s is %g, and not from %g to %g", name, v, least, most);
}

pa_status pa_sgns_check(const pa_sgns_options *o, pa_error *err)
{
    PA_TRY(check_whole("dim", o->dim, 1, PA_SGNS_MAX_DIM, err));
    PA_TRY(check_whole("window", o->window, 0, PA_SGNS_MAX_WINDOW, err));
    PA_TRY(check_whole("negative", o->negative, 1, PA_SGNS_MAX_NEGATIVE, err));
    PA_TRY(check_whole("epochs", o->epochs, 0, PA_SGNS_MAX_EPOCHS, err));
    PA_TRY(check_whole("shards", o->shards, 1, PA_SGNS_MAX_SHARDS, err));
    PA_TRY(check_whole("round", o->round, 0, PA_SGNS_MAX_WINDOW, err));
    PA_TRY(check_whole("min_count", o->min_count, 1, INT64_MAX, err));
    PA_TRY(check_real("sample", o->sample, 0, 1, err));
    PA_TRY(check_real("power", o->power, -1, 1, err));
    return check_real("rate", o->rate, 1e-6, 1, err);
}
