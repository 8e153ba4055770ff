/* paraudit mine: frequent sets of items in baskets, alone. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mine_parts.h"
#include "paraudit/base/escape.h"
#include "paraudit/base/stop.h"
#include "paraudit/commands/command.h"
#include "paraudit/files/temporary.h"
#include "paraudit/result/scores.h"

static const pa_flag flags[] = {
    {"--basket", "COL", "of a CSV file: the column that says which basket a row is of", false},
    {"--item", "COL", "... and the one with the item; both by name or, from 1, by place", false},
    {"--no-header", NULL, "... whose first line is a row; columns are called col1, col2, ...",
     false},
    {"--min-support", "N", "baskets that a set is in, at least; or N% of them, rounded up", false},
    {"--kind", "KIND", "all, closed or maximal; default: all", false},
    {"--engine", "NAME",
     "fpgrowth or apriori, which finds the same sets, slower; default: fpgrowth", false},
    {"--min-length", "N", "items of a set, at least; default: 1", false},
    {"--max-length", "N", "items of a set, at most; default: any", false},
    {"--count", NULL, "only how many sets there are, of each size", false},
    {"--out", "SETS.txt|SETS.h5",
     "where they are written: `items (support)`, a line each; or, as the ending .h5 or .hdf5 says, "
     "in order into an HDF5 file (above)",
     false},
    {"--sort", NULL,
     "by their size, then by their items: numbers, or bytes of names; as SETS.h5 always is", false},
    {"--replace", NULL, "a file that is there goes", false},
    {"--memory", "MIB",
     "for the tree of a rank, for its mining, and for the sets that it writes; default: 1024",
     false},
    {"--saved", "DIR",
     "where is kept what is done so far (above); default: SETS.txt.saved, and none for --count",
     false},
    {"--save-every", "SECONDS", "how often; default: 1800", false},
    {"--quiet", NULL, "nothing about how far it is", false},
    {"--block", "BYTES", "where the file may be cut among ranks; default: 1048576", false},
    {"--help", NULL, "this text", false},
    {0}};

typedef struct {
    const char *path, *out, *support;
    pa_pair_columns columns; /* of a CSV file */
    pa_mine_request request;
    pa_text_io io;
    pa_status (*mine)(pa_comm *comm, const pa_baskets *baskets, const pa_mine_request *request,
                      pa_mined *mined, pa_error *err);
    const char *saved;
    int64_t save_every;
    bool count, replace, sort, h5, quiet;
} settings;

/* ---- the command line ---- */

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

static pa_status read_engine(const pa_arguments *a, settings *s, pa_error *err)
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
static pa_status read_saved(const pa_arguments *a, settings *s, pa_error *err)
{
    s->saved = pa_value_of(a, "--saved");
    s->quiet = pa_is_given(a, "--quiet");
    PA_TRY(pa_integer_of(a, "--save-every", 1800, 0, INT32_MAX, &s->save_every, err));
    if (!s->saved || s->mine == pa_mine) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "--saved is for fpgrowth: apriori saves nothing");
}

static pa_status read_settings(const pa_arguments *a, settings *s, pa_error *err)
{
    int64_t memory;
    s->path = a->words[0];
    s->out = pa_value_of(a, "--out");
    s->support = pa_value_of(a, "--min-support");
    s->count = pa_is_given(a, "--count");
    s->sort = pa_is_given(a, "--sort");
    s->h5 = s->out && (ends_in(s->out, ".h5") || ends_in(s->out, ".hdf5"));
    s->replace = pa_is_given(a, "--replace");
    if (!s->support)
        return pa_fail(err, PA_E_USAGE, "--min-support is missing\nusage: %s",
                       pa_command_mine.usage);
    if (s->count == (s->out != NULL))
        return pa_fail(err, PA_E_USAGE, "one of --count and --out is to be given");
    if (s->count && s->sort)
        return pa_fail(err, PA_E_USAGE, "--sort is for sets that are written: with --out");
    PA_TRY(read_columns(a, &s->columns, err));
    PA_TRY(read_kind(a, &s->request.kind, err));
    PA_TRY(read_engine(a, s, err));
    PA_TRY(read_saved(a, s, err));
    PA_TRY(read_lengths(a, &s->request.sets, err));
    PA_TRY(pa_integer_of(a, "--memory", 1024, 1, (int64_t)1 << 30, &memory, err));
    PA_TRY(pa_integer_of(a, "--block", 1 << 20, 1, (int64_t)1 << 40, &s->io.block, err));
    s->request.memory = (size_t)memory << 20;
    s->io.read = 4 << 20;
    s->io.longest = 16 << 20;
    return PA_OK;
}

/* A share is rounded up, as in Spark and mlxtend. */
static pa_status find_support(const char *text, int64_t n_baskets, int64_t *least, pa_error *err)
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

/* ---- all of it ---- */

static void print_counts(const settings *s, const pa_mine_input *in, const pa_mined *m)
{
    static const char *const kinds[] = {"", "closed ", "maximal "};
    pa_mine_print_input(s->path, in, m->n_frequent);
    pa_print(stdout, "minimum support: %" PRId64 " baskets\n", s->request.sets.min_support);
    pa_print(stdout, "%ssets: %" PRIu64 "%s\n", kinds[s->request.kind], m->n_sets,
             m->n_sets == UINT64_MAX ? " or more" : "");
    size_t last = m->n;
    while (last > 1 && m->by_size[last - 1] == 0) last--;
    pa_print(stdout, "by size:");
    for (size_t k = 1; k < last; k++) pa_print(stdout, " %" PRIu64, m->by_size[k]);
    pa_print(stdout, "\n");
}

/* What was mined goes to the file: of HDF5 the sink has only made sure that it can be written. */
static pa_status write_sets(pa_comm *comm, const settings *s, pa_mine_input *in,
                            pa_task_results *results, pa_sink **sink, pa_error *err)
{
    pa_mine_sets sets;
    if (!s->sort && !s->h5) return pa_mine_write_results(comm, results, *sink, err);
    PA_TRY(pa_mine_sort(comm, results, &sets, err));
    pa_status st;
    if (s->h5) {
        pa_sink_free(*sink);
        *sink = NULL;
        pa_barrier(comm);
        st = pa_mine_write_h5(comm, &sets, in, &s->request, s->out, s->replace, err);
    } else {
        st = pa_mine_write_lines(&sets, in, *sink, err);
    }
    pa_mine_sets_free(&sets);
    return st;
}

static pa_status mine_baskets(pa_comm *comm, settings *s, pa_mine_input *in, pa_sink **sink,
                              pa_error *err)
{
    pa_mined mined;
    if (*sink) s->request.write = s->sort || s->h5 ? pa_mine_record : pa_mine_line;
    s->request.writer = in;
    PA_TRY(find_support(s->support, in->n_global, &s->request.sets.min_support, err));
    pa_stop_allow(s->mine != pa_mine); /* which saves first */
    pa_status mining = s->mine(comm, in->here, &s->request, &mined, err);
    pa_stop_allow(false);
    PA_TRY(mining);
    pa_end_on_signals(); /* there is nothing more to save */
    pa_status st = *sink ? write_sets(comm, s, in, &mined.results, sink, err) : PA_OK;
    if (st == PA_OK && pa_comm_rank(comm) == 0) print_counts(s, in, &mined);
    pa_mined_free(&mined);
    return st;
}

static pa_status read_and_mine(pa_comm *comm, settings *s, pa_sink **sink, pa_error *err)
{
    pa_mine_input in;
    const pa_pair_columns *columns = s->columns.basket ? &s->columns : NULL;
    PA_TRY(pa_mine_read(comm, s->path, columns, &s->io, &in, err));
    pa_status st = mine_baskets(comm, s, &in, sink, err);
    pa_mine_input_free(&in);
    return st;
}

/* Apriori has no tasks that could be saved. */
static pa_status mine_and_save(pa_comm *comm, settings *s, pa_mine_saver *saver, pa_sink **sink,
                               pa_error *err)
{
    pa_status st = pa_mine_saver_open(comm, saver, s->quiet, err);
    s->request.keeper = &saver->keeper;
    if (st == PA_OK) st = read_and_mine(comm, s, sink, err);
    if (st == PA_OK) pa_mine_saver_done(saver);
    pa_mine_saver_close(saver);
    return st;
}

/* Local. */
static pa_status describe(const pa_arguments *a, const settings *s, pa_buffer *arguments,
                          pa_buffer *folder, pa_error *err)
{
    PA_TRY(pa_mine_tell_arguments(a, s->h5 || s->sort ? "records" : "lines", arguments, err));
    if (s->mine != pa_mine || (!s->saved && !s->out)) return PA_OK;
    return s->saved ? pa_buffer_printf(folder, err, "%s", s->saved)
                    : pa_buffer_printf(folder, err, "%s.saved", s->out);
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    settings s = {0};
    pa_sink *sink = NULL;
    pa_buffer arguments = {0}, folder = {0};
    pa_status st = read_settings(a, &s, err);
    if (st == PA_OK) st = describe(a, &s, &arguments, &folder, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK && s.out) st = pa_scores_open(comm, s.out, s.replace, 1, &s.path, &sink, err);
    if (st == PA_OK) {
        pa_mine_saver saver = {.input = s.path,
                               .arguments = arguments.data,
                               .replace = s.replace,
                               .every = (double)s.save_every,
                               .folder.path = folder.data};
        st = mine_and_save(comm, &s, &saver, &sink, err);
    }
    pa_sink_free(sink);
    pa_buffer_free(&arguments);
    pa_buffer_free(&folder);
    return st;
}

const pa_command pa_command_mine = {
    .name = "mine",
    .summary = "frequent sets of items in baskets, alone",
    .usage = "paraudit mine BASKETS.dat|BASKETS.csv --basket COL --item COL "
             "--min-support N|P% [--kind all|closed|maximal] "
             "--count|--out SETS.txt",
    .about =
        "BASKETS.dat has a basket a line: whole numbers with blanks between, plain, .gz or .zst.\n"
        "With --basket and --item it is a CSV file with a row for each item of a basket, in any\n"
        "order; items are called by their names. A set is frequent where it is in at least N\n"
        "baskets; closed where no larger one is in as many, maximal where no larger one is\n"
        "frequent. The sets and their order are the same for any number of ranks.\n"
        "\n"
        "A name stands in a line of sets as it is, or as a string of JSON (\"a \\\"b\\\"\") where "
        "it "
        "holds\n"
        "a blank, a quote, a backslash, a parenthesis, a comma, or what is not to be seen.\n"
        "\n"
        "USR1, TERM, INT or HUP stops it with exit code 75: what fpgrowth has done is saved, here "
        "or\n"
        "every half an hour, in a folder beside SETS.txt, and the same command goes on from there, "
        "on\n"
        "any number of ranks, to the same bytes; then the folder goes. Another input, other "
        "options\n"
        "or another build are refused (73).\n"
        "\n"
        "In SETS.h5 set i has the /sets/size[i] items from /items[/sets/first[i]] on, and is in\n"
        "/sets/support[i] baskets; where items have names, /items are places in /categories/item:\n"
        "\n"
        "  f = h5py.File('sets.h5')\n"
        "  item = f['items'][:]      # with names: f['categories/item'][:][f['items'][:]]\n"
        "  sets = [item[a:a + n] for a, n in zip(f['sets/first'][:], f['sets/size'][:])]",
    .flags = flags,
    .min_words = 1,
    .max_words = 1,
    .needs_ranks = true,
    .is_job = true,
    .run = run,
};
