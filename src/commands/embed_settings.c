/* What the command line of `paraudit embed` says. */
#include <string.h>

#include "embed_parts.h"
#include "paraudit/base/text.h"
#include "paraudit/commands/command.h"

static pa_status real_of(const pa_arguments *a, const char *flag, double *v, pa_error *err)
{
    const char *text = pa_value_of(a, flag);
    if (!text || pa_parse_double(text, strlen(text), v)) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "%s: '%s' is no number", flag, text);
}

/* `otherwise` is what *v is before. */
static pa_status whole_of(const pa_arguments *a, const char *flag, int32_t most, int32_t *v,
                          pa_error *err)
{
    int64_t number;
    PA_TRY(pa_integer_of(a, flag, *v, 0, most, &number, err));
    *v = (int32_t)number;
    return PA_OK;
}

static pa_status read_window(const pa_arguments *a, int32_t *window, pa_error *err)
{
    const char *text = pa_value_of(a, "--window");
    int64_t v = *window;
    if (text && strcmp(text, "basket") == 0) v = 0;
    if (!text || v == 0) return *window = (int32_t)v, PA_OK;
    if (!pa_parse_i64(text, strlen(text), &v) || v < 1 || v > PA_SGNS_MAX_WINDOW)
        return pa_fail(err, PA_E_USAGE, "--window: '%s' is neither basket nor from 1 to %d", text,
                       PA_SGNS_MAX_WINDOW);
    *window = (int32_t)v;
    return PA_OK;
}

static pa_status read_training(const pa_arguments *a, pa_sgns_options *o, pa_error *err)
{
    int64_t seed;
    *o = pa_sgns_defaults();
    PA_TRY(whole_of(a, "--dim", PA_SGNS_MAX_DIM, &o->dim, err));
    PA_TRY(read_window(a, &o->window, err));
    PA_TRY(whole_of(a, "--negative", PA_SGNS_MAX_NEGATIVE, &o->negative, err));
    PA_TRY(whole_of(a, "--epochs", PA_SGNS_MAX_EPOCHS, &o->epochs, err));
    PA_TRY(whole_of(a, "--shards", PA_SGNS_MAX_SHARDS, &o->shards, err));
    PA_TRY(whole_of(a, "--round", PA_SGNS_MAX_WINDOW, &o->round, err));
    PA_TRY(real_of(a, "--sample", &o->sample, err));
    PA_TRY(real_of(a, "--power", &o->power, err));
    PA_TRY(real_of(a, "--rate", &o->rate, err));
    PA_TRY(pa_integer_of(a, "--min-count", o->min_count, 1, INT64_MAX, &o->min_count, err));
    PA_TRY(pa_integer_of(a, "--seed", 1, 0, INT64_MAX, &seed, err));
    o->seed = (uint64_t)seed;
    return pa_sgns_check(o, err);
}

pa_status pa_embed_read_settings(const pa_arguments *a, pa_embed_settings *s, pa_error *err)
{
    *s = (pa_embed_settings){.path = a->words[0],
                             .out = pa_value_of(a, "--out"),
                             .contexts = pa_value_of(a, "--contexts"),
                             .saved = pa_value_of(a, "--saved"),
                             .replace = pa_is_given(a, "--replace"),
                             .quiet = pa_is_given(a, "--quiet")};
    if (!s->out && !pa_is_given(a, "--nearest"))
        return pa_fail(err, PA_E_USAGE, "one of --out and --nearest is to be given\nusage: %s",
                       pa_command_embed.usage);
    if (s->contexts && !s->out) return pa_fail(err, PA_E_USAGE, "--contexts belongs to --out");
    if (s->contexts && strcmp(s->contexts, s->out) == 0)
        return pa_fail(err, PA_E_USAGE, "--out and --contexts name the same file");
    PA_TRY(read_training(a, &s->sgns, err));
    PA_TRY(pa_integer_of(a, "--top", 10, 1, INT32_MAX, &s->top, err));
    PA_TRY(pa_integer_of(a, "--save-every", 1800, 0, INT32_MAX, &s->save_every, err));
    PA_TRY(pa_integer_of(a, "--block", 1 << 16, 1, (int64_t)1 << 40, &s->io.block, err));
    s->io.read = 4 << 20;
    s->io.longest = 64 << 20;
    return PA_OK;
}
