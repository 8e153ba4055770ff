#include "paraudit/detect/detector.h"

#include <stdio.h>
#include <string.h>

#include "paraudit/detect/feature_choice.h"

enum { KEY_BYTES = 96 };

static void key_of(const pa_detector *d, const char *name, char key[KEY_BYTES])
{
    int length = snprintf(key, KEY_BYTES, "%s.%s", d->name, name);
    PA_ASSERT(length < KEY_BYTES);
}

int64_t pa_detector_int(const pa_config *config, const pa_detector *d, const char *name)
{
    char key[KEY_BYTES];
    key_of(d, name, key);
    return pa_config_int(config, key);
}

bool pa_detector_bool(const pa_config *config, const pa_detector *d, const char *name)
{
    char key[KEY_BYTES];
    key_of(d, name, key);
    return pa_config_bool(config, key);
}

const char *pa_detector_text(const pa_config *config, const pa_detector *d, const char *name)
{
    char key[KEY_BYTES];
    key_of(d, name, key);
    return pa_config_text(config, key);
}

pa_status pa_detector_choose(const pa_detector *d, const pa_config *config, size_t n,
                             const pa_column_spec *const feature[], bool chosen[], pa_error *err)
{
    char key[KEY_BYTES];
    if (d->choose) return d->choose(config, n, feature, chosen, err);
    key_of(d, "features", key);
    return pa_choose_features(key, pa_config_text(config, key), n, feature, chosen, err);
}

bool pa_is_own_option(const pa_detector *d, const pa_option_spec *option)
{
    const char *name = option->key + strlen(d->name) + 1;
    return strcmp(name, "features") != 0 && strcmp(name, "tail_knots") != 0 &&
           strcmp(name, "run") != 0;
}

pa_status pa_detector_scores(const pa_detector *d, const pa_store *model, const pa_points *points,
                             float raw[], pa_error *err)
{
    void *state = NULL;
    pa_tile tile = {0};
    pa_status st = d->open(model, points->n_columns, false, &state, err);
    if (st == PA_OK) st = pa_tile_open(&tile, points, err);
    for (size_t done = 0; st == PA_OK && pa_tile_next(&tile); done += tile.n)
        d->score(state, tile.n, tile.column, raw + done, NULL);
    pa_tile_free(&tile);
    d->close(state);
    return st;
}

pa_status pa_detector_safe_point(const pa_detector_context *x, pa_store *model, int64_t round)
{
    return x->safe_point ? x->safe_point(x->job, model, round) : PA_OK;
}

pa_status pa_detector_step(const pa_detector_context *x)
{
    return x->step ? x->step(x->job) : PA_OK;
}
