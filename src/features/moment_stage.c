/* The stage `moment`: what each row says alone, and totals of accounts and merchants. */
#include "feature_rows.h"
#include "paraudit/features/features_stage.h"
#include "paraudit/features/line.h"
#include "paraudit/features/moment.h"
#include "totals.h"

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    return pa_feature_plan(config, "moment", io, err);
}

static pa_status fill(const pa_run *run, pa_table *tx, pa_feature_rows *r, pa_error *err)
{
    PA_TRY(pa_feature_rows_open(run->config, tx, "moment", r, err));
    PA_TRY(pa_line_check(r->n, r->tx, r->time, r->amount_minor, err));
    pa_moment_amount(r->n, r->amount_minor, r->units, r->out[PA_TX_AMOUNT]);
    pa_moment_weekend(r->n, r->time, r->out[PA_DURING_WEEKEND]);
    pa_moment_night(r->n, r->time, r->out[PA_DURING_NIGHT]);
    float *km = r->out[PA_DISTANCE_HOME_KM];
    if (km) pa_place_distance(r->n, r->home, r->place, km);
    return PA_OK;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    (void)model;
    pa_feature_rows rows;
    PA_AGREE(run->comm, fill(run, tx, &rows, &run->err), &run->err);
    return pa_account_totals(run, rows.n, rows.account, rows.time, rows.amount_minor);
}

const pa_stage pa_moment_stage = {
    .name = "moment", .version = 1, .plan = plan, .apply = apply, .cost = {.apply = 60}};
