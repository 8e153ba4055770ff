#include "expected_model.h"

#include <string.h>

static pa_status read(const pa_store *model, pa_expected_model *m, pa_error *err)
{
    const void *cut, *totals, *weight, *belongs, *at_least;
    size_t n_cuts, n_totals, n_weights, n_belong, n_groups;
    PA_TRY(pa_store_get(model, "segment_cut", PA_F32, &cut, &n_cuts, err));
    PA_TRY(pa_store_get(model, "totals", PA_I64, &totals, &n_totals, err));
    PA_TRY(pa_store_get(model, "weight", PA_F64, &weight, &n_weights, err));
    PA_TRY(pa_store_get(model, "belongs", PA_I64, &belongs, &n_belong, err));
    PA_TRY(pa_store_get(model, "at_least", PA_I64, &at_least, &n_groups, err));
    if (n_cuts != 2 || pa_store_find(model, "segment_cut")->width != PA_SEGMENT_CUTS ||
        n_totals != sizeof m->totals / sizeof(int64_t) || n_weights != PA_CHOICE_LEVELS ||
        pa_store_find(model, "weight")->width != PA_N_CHOICE_PARTS ||
        n_belong != PA_CHOICE_LEVELS ||
        pa_store_find(model, "belongs")->width != PA_N_CHOICE_PARTS || n_groups != PA_N_SEGMENTS ||
        pa_store_find(model, "at_least")->width != PA_SURPRISE_STEPS)
        return pa_fail(err, PA_E_DATA, "model '%s': its arrays are not those of expected merchants",
                       model->name);
    memcpy(&m->cuts, cut, sizeof m->cuts);
    memcpy(&m->totals, totals, sizeof m->totals);
    memcpy(m->weight, weight, sizeof m->weight);
    memcpy(m->belongs, belongs, sizeof m->belongs);
    m->at_least = at_least;
    if (m->totals.late_seconds < 1)
        return pa_fail(err, PA_E_DATA, "model '%s': its last part has no time", model->name);
    return pa_expected_rules_open(model, &m->rules, err);
}

pa_status pa_expected_open(pa_run *run, const pa_store *model, pa_expected_model *m)
{
    PA_AGREE(run->comm, read(model, m, &run->err), &run->err);
    return pa_pair_counts_open(run->comm, model, &m->pairs, &run->err);
}

void pa_expected_close(pa_expected_model *m)
{
    pa_pair_counts_close(m->pairs);
    pa_merchant_rules_free(&m->rules);
}
