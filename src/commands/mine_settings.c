#include "mine_settings.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/text.h"
#include "paraudit/commands/command.h"

static pa_status read_kind(const pa_arguments *a, pa_set_kind *kind, pa_error *err)
{
    static const char *const names[] = {"all", "closed", "maximal"};
    const char *name = pa_value_of(a, "--kind");
    *kind = PA_SETS_ALL;
    for (int k = 0; k < 3; k++) {
        if (name && strcmp(name, names[k]) != 0) continue;
        *kind = (pa_set_kind)(name ? k : 0);
        return PA_OK;
    }
    return pa_fail(err, PA_E_USAGE, "unknown kind of sets '%s': there are all, closed and maximal",
                   name);
}

static pa_status read_engine(const pa_arguments *a, pa_mine_settings *s, pa_error *err)
{
    const char *name = pa_value_of(a, "--engine");
    s->mine = name && strcmp(name, "apriori") == 0 ? pa_mine_by_apriori : pa_mine;
    if (!name || s->mine != pa_mine || strcmp(name, "fpgrowth") == 0) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "unknown engine '%s': there are fpgrowth and apriori", name);
}

static pa_status read_columns(const pa_arguments *a, pa_pair_columns *c, pa_error *err)
{
    *c = (pa_pair_columns){.basket = pa_value_of(a, "--basket"),
                           .item = pa_value_of(a, "--item"),
                           .no_header = pa_is_given(a, "--no-header")};
    if (!c->basket != !c->item)
        return pa_fail(err, PA_E_USAGE, "--basket and --item belong together");
    if (c->basket || !c->no_header) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "--no-header is for a CSV file, with --basket and --item");
}

static pa_status read_lengths(const pa_arguments *a, pa_mine_options *o, pa_error *err)
{
    int64_t least, most;
    PA_TRY(pa_integer_of(a, "--min-length", 1, 1, INT32_MAX, &least, err));
    PA_TRY(pa_integer_of(a, "--max-length", 0, 1, INT32_MAX, &most, err));
    o->min_length = (int32_t)least;
    o->max_length = (int32_t)most;
    if (most == 0 || most >= least) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "--max-length %" PRId64 " is below --min-length %" PRId64, most,
                   least);
}

static bool ends_in(const char *path, const char *ending)
{
    size_t n = strlen(path), k = strlen(ending);
    return n > k && strcmp(path + n - k, ending) == 0;
}

/* After the engine is read. */
static pa_status read_saved(const pa_arguments *a, pa_mine_settings *s, pa_error *err)
{
    s->saved = pa_value_of(a, "--saved");
    s->quiet = pa_is_given(a, "--quiet");
    PA_TRY(pa_integer_of(a, "--save-every", 1800, 0, INT32_MAX, &s->save_every, err));
    if (!s->saved || s->mine == pa_mine) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "--saved is for fpgrowth: apriori saves nothing");
}

/* The unit that a text ends in, of 1024 and so on: K, M, G, T, with or without an iB or a B. *n: of
 * the text, less the unit. Returns the bits that it shifts by. */
static int read_unit(const char *text, size_t *n)
{
    static const char units[] = "KMGT";
    size_t left = *n;
    if (left > 1 && text[left - 1] == 'B') left--;
    if (left > 1 && left < *n && text[left - 1] == 'i') left--;
    const char *unit = left > 1 ? memchr(units, text[left - 1], sizeof units - 1) : NULL;
    if (!unit) return 0;
    *n = left - 1;
    return 10 * (int)(unit - units + 1);
}

static pa_status read_bytes(const pa_arguments *a, const char *flag, size_t otherwise,
                            size_t *bytes, pa_error *err)
{
    const char *text = pa_value_of(a, flag);
    int64_t v;
    *bytes = otherwise;
    if (!text) return PA_OK;
    size_t n = strlen(text);
    int shift = read_unit(text, &n);
    if (pa_parse_i64(text, n, &v) && v >= 1 && v <= INT64_MAX >> 1 >> shift) {
        *bytes = (size_t)v << shift;
        return PA_OK;
    }
    return pa_fail(err, PA_E_USAGE, "%s: '%s' is no number of bytes, such as 1000000, 512K or 2G",
                   flag, text);
}

static pa_status read_bounds(const pa_arguments *a, pa_mine_request *r, pa_error *err)
{
    int64_t max_sets, top_k;
    PA_TRY(pa_integer_of(a, "--max-basket", 0, 1, INT32_MAX, &r->max_basket, err));
    PA_TRY(pa_integer_of(a, "--top-k", 0, 1, UINT32_MAX, &top_k, err));
    PA_TRY(pa_integer_of(a, "--max-sets", 0, 1, INT64_MAX, &max_sets, err));
    r->top_k = (size_t)top_k;
    r->max_sets = (uint64_t)max_sets;
    return read_bytes(a, "--memory", (size_t)1 << 30, &r->memory, err);
}

/* What is to come out, and what for. */
static pa_status check_outputs(const pa_arguments *a, const pa_mine_settings *s, pa_error *err)
{
    bool rules = pa_is_given(a, "--rules");
    if (s->count && s->out)
        return pa_fail(err, PA_E_USAGE, "one of --count and --out is to be given");
    if (!s->count && !s->out && !rules)
        return pa_fail(err, PA_E_USAGE, "one of --count, --out and --rules is to be given");
    if (s->sort && !s->out)
        return pa_fail(err, PA_E_USAGE, "--sort is for sets that are written: with --out");
    if (s->time && !s->out && !s->count)
        return pa_fail(err, PA_E_USAGE, "--time is of sets: with --out or --count");
    if (rules && pa_is_given(a, "--top-k"))
        return pa_fail(err, PA_E_USAGE,
                       "--rules are of all sets of a minimum support: without --top-k, which tells "
                       "such a support");
    return PA_OK;
}

/* After the engine is read. */
static pa_status check_engine(const pa_arguments *a, const pa_mine_settings *s, pa_error *err)
{
    static const char *const of_growth[] = {"--top-k", "--max-basket", "--max-sets", "--time"};
    for (size_t i = 0; i < sizeof of_growth / sizeof *of_growth; i++)
        if (s->mine != pa_mine && pa_is_given(a, of_growth[i]))
            return pa_fail(err, PA_E_USAGE, "%s is for fpgrowth", of_growth[i]);
    return PA_OK;
}

pa_status pa_mine_read_settings(const pa_arguments *a, pa_mine_settings *s, pa_error *err)
{
    s->path = a->words[0];
    s->out = pa_value_of(a, "--out");
    s->support = pa_value_of(a, "--min-support");
    s->count = pa_is_given(a, "--count");
    s->sort = pa_is_given(a, "--sort");
    s->h5 = s->out && (ends_in(s->out, ".h5") || ends_in(s->out, ".hdf5"));
    s->replace = pa_is_given(a, "--replace");
    s->time = pa_is_given(a, "--time");
    if (!s->support && !pa_is_given(a, "--top-k"))
        return pa_fail(err, PA_E_USAGE, "--min-support or --top-k is missing\nusage: %s",
                       pa_command_mine.usage);
    PA_TRY(check_outputs(a, s, err));
    PA_TRY(read_columns(a, &s->columns, err));
    PA_TRY(read_kind(a, &s->request.kind, err));
    PA_TRY(read_engine(a, s, err));
    PA_TRY(check_engine(a, s, err));
    PA_TRY(read_saved(a, s, err));
    PA_TRY(read_lengths(a, &s->request.sets, err));
    PA_TRY(read_bounds(a, &s->request, err));
    PA_TRY(pa_integer_of(a, "--block", 1 << 16, 1, (int64_t)1 << 40, &s->io.block, err));
    PA_TRY(pa_read_rule_settings(a, s->request.memory, &s->rules, err));
    s->io.read = 4 << 20;
    s->io.longest = 16 << 20;
    return PA_OK;
}

/* A share is rounded up, as in Spark and mlxtend. */
pa_status pa_mine_find_support(const char *text, int64_t n_baskets, int64_t *least, pa_error *err)
{
    char *end;
    double v = strtod(text, &end);
    bool share = strcmp(end, "%") == 0, whole = end != text && !*end && v == floor(v);
    if (share && v > 0 && v <= 100)
        *least = (int64_t)ceil(v * (double)n_baskets / 100 * (1 - 1e-12)); /* 7% of 100 are 7 */
    else if (whole && v >= 1 && v < UINT32_MAX)
        *least = (int64_t)v;
    else
        return pa_fail(err, PA_E_USAGE,
                       "--min-support '%s' is neither a number of baskets, from 1 on, nor a share "
                       "such as 0.5%%",
                       text);
    if (*least < 1) *least = 1;
    return PA_OK;
}
