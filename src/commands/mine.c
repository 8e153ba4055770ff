/* paraudit mine: frequent sets of items in baskets, alone. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "paraudit/base/escape.h"
#include "paraudit/base/text.h"
#include "paraudit/commands/command.h"
#include "paraudit/files/files.h"
#include "paraudit/patterns/basket_file.h"
#include "paraudit/patterns/mine.h"
#include "paraudit/result/scores.h"
#include "paraudit/text/sink.h"

static const pa_flag flags[] = {
    {"--min-support", "N", "baskets that a set is in, at least; or N% of them, rounded up", false},
    {"--kind", "KIND", "all, closed or maximal; default: all", false},
    {"--min-length", "N", "items of a set, at least; default: 1", false},
    {"--max-length", "N", "items of a set, at most; default: any", false},
    {"--count", NULL, "only how many sets there are, of each size", false},
    {"--out", "SETS.txt", "where they are written: `items (support)`, a line each", false},
    {"--replace", NULL, "a file that is there goes", false},
    {"--memory", "BYTES",
     "of a rank for trees and mining, and again for sets until they are written, such as 64M or "
     "2G; "
     "with less it takes longer, and sets wait in a file without a name; default: 1G",
     false},
    {"--top-k", "K",
     "only the K sets of largest support, and those of the same support as the last of them; not "
     "of "
     "maximal sets",
     false},
    {"--max-basket", "N",
     "of a basket with more frequent items only the N most frequent ones count; default: any",
     false},
    {"--max-sets", "N", "ends with an error where there are more sets; default: any number", false},
    {"--time", NULL, "what each rank took, to standard error", false},
    {"--block", "BYTES", "where the file may be cut among ranks; default: 65536", false},
    {"--help", NULL, "this text", false},
    {0}};

typedef struct {
    const char *path, *out, *support;
    pa_mine_request request;
    pa_text_io io;
    bool count, replace, time;
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

/* A number of bytes, or of thousands (1024) of them, and of these: K, M, G. */
static pa_status read_bytes(const pa_arguments *a, const char *flag, size_t otherwise,
                            size_t *bytes, pa_error *err)
{
    static const char units[] = "KMG";
    const char *text = pa_value_of(a, flag), *unit = NULL;
    int64_t v;
    *bytes = otherwise;
    if (!text) return PA_OK;
    size_t n = strlen(text);
    if (n > 1) unit = strchr(units, text[n - 1]);
    int shift = unit ? 10 * (int)(unit - units + 1) : 0;
    if (pa_parse_i64(text, n - (unit != NULL), &v) && v >= 1 && v <= INT64_MAX >> 1 >> shift) {
        *bytes = (size_t)v << shift;
        return PA_OK;
    }
    return pa_fail(err, PA_E_USAGE, "%s: '%s' is no number of bytes, such as 1000000, 512K or 2G",
                   flag, text);
}

static pa_status read_settings(const pa_arguments *a, settings *s, pa_error *err)
{
    int64_t max_sets, top_k;
    s->path = a->words[0];
    s->out = pa_value_of(a, "--out");
    s->support = pa_value_of(a, "--min-support");
    s->count = pa_is_given(a, "--count");
    s->replace = pa_is_given(a, "--replace");
    s->time = pa_is_given(a, "--time");
    if (!s->support && !pa_is_given(a, "--top-k"))
        return pa_fail(err, PA_E_USAGE, "--min-support or --top-k is missing\nusage: %s",
                       pa_command_mine.usage);
    if (s->count == (s->out != NULL))
        return pa_fail(err, PA_E_USAGE, "one of --count and --out is to be given");
    PA_TRY(read_kind(a, &s->request.kind, err));
    PA_TRY(read_lengths(a, &s->request.sets, err));
    PA_TRY(pa_integer_of(a, "--max-basket", 0, 1, INT32_MAX, &s->request.max_basket, err));
    PA_TRY(pa_integer_of(a, "--top-k", 0, 1, UINT32_MAX, &top_k, err));
    s->request.top_k = (size_t)top_k;
    PA_TRY(pa_integer_of(a, "--max-sets", 0, 1, INT64_MAX, &max_sets, err));
    s->request.max_sets = (uint64_t)max_sets;
    PA_TRY(read_bytes(a, "--memory", (size_t)1 << 30, &s->request.memory, err));
    PA_TRY(pa_integer_of(a, "--block", 1 << 16, 1, (int64_t)1 << 40, &s->io.block, err));
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

/* ---- sets as lines ---- */

/* v in decimal; returns the end of the text. */
static char *put_number(char *to, uint32_t v)
{
    char digits[10];
    int n = 0;
    do digits[n++] = (char)('0' + v % 10);
    while (v /= 10);
    while (n > 0) *to++ = digits[--n];
    return to;
}

/* number: of each code. */
static pa_status write_line(void *writer, size_t n, const int32_t item[], uint32_t support,
                            pa_buffer *to, pa_error *err)
{
    const int32_t *number = writer;
    PA_TRY(pa_buffer_reserve(to, 12 * n + 24, err));
    char *at = to->data + to->length;
    for (size_t i = 0; i < n; i++) {
        at = put_number(at, (uint32_t)number[item[i]]);
        *at++ = ' ';
    }
    *at++ = '(';
    at = put_number(at, support);
    *at++ = ')';
    *at++ = '\n';
    to->length = (size_t)(at - to->data);
    return PA_OK;
}

/* Who hears what is expected. */
typedef struct {
    pa_comm *comm;
    const char *beside; /* a file in the folder that takes the sets */
} expecting;

/* Sets on their way to a device wait elsewhere. */
static const char *beside(const char *out)
{
    struct stat about;
    return out && stat(out, &about) == 0 && !S_ISREG(about.st_mode) ? "/tmp/sets" : out;
}

/* Tasks in their order, one rank's neighbours together. */
static pa_status write_results(pa_comm *comm, const pa_task_results *r, pa_sink *sink,
                               pa_error *err)
{
    for (size_t k = 0, end; k < r->n; k = end) {
        int64_t bytes = 0, from = r->place[k].at;
        for (end = k; end < r->n && r->place[end].rank == r->place[k].rank &&
                      r->place[end].at == from + bytes;
             end++)
            bytes += r->place[end].bytes;
        bool own = r->place[k].rank == pa_comm_rank(comm);
        PA_TRY(
            pa_sink_add(sink, 0, own ? r->kept.data + from : NULL, own ? (size_t)bytes : 0, err));
    }
    return pa_sink_finish(sink, err);
}

/* ---- what is expected ---- */

/* NOTED: sets, from which on it is said how many may come. */
enum { NOTED = 10000000 };

/* A line takes two bytes an item at least, and those of its support. */
static double least_bytes(const pa_prediction *p)
{
    double bytes = 0;
    for (size_t k = 1; k < p->n; k++) bytes += (double)p->by_size[k] * (2 * (double)k + 4);
    return bytes;
}

/* Only rank 0 looks at the disk. */
static pa_status foresee(void *of, const pa_prediction *p, pa_error *err)
{
    const expecting *e = of;
    pa_status st = PA_OK;
    int64_t left;
    if (pa_comm_rank(e->comm) == 0) {
        if (p->n_sets >= NOTED)
            pa_print(stderr, "NOTE about %.2g sets are expected, by a sample\n", p->n_sets);
        st = pa_space_left(e->beside, &left, err);
        if (st == PA_OK && least_bytes(p) > (double)left)
            st = pa_fail(err, PA_E_CREATE,
                         "%s: the sets take more than the %" PRId64
                         " bytes that are left there: a larger minimum support, closed or maximal "
                         "sets, a maximum length, or shorter baskets (--max-basket)",
                         e->beside, left);
    }
    return pa_agree(e->comm, st, err);
}

/* ---- all of it ---- */

static pa_status print_times(pa_comm *comm, const pa_mined *m, pa_error *err)
{
    double *all;
    size_t bytes;
    const double own[] = {m->seconds, (double)m->most};
    PA_TRY(pa_gather_root(comm, own, sizeof own, (void **)&all, &bytes, err));
    for (size_t r = 0; all && r < bytes / sizeof own; r++)
        pa_print(stderr, "rank %zu: %.3f s of processor time and %.0f bytes for trees and mining\n",
                 r, all[2 * r], all[2 * r + 1]);
    pa_free(all);
    return PA_OK;
}

static void print_counts(const settings *s, const pa_basket_file *f, const pa_mined *m)
{
    static const char *const kinds[] = {"", "closed ", "maximal "};
    pa_print(stdout, "%s: %" PRId64 " baskets, %" PRId32 " items, %" PRId32 " of them frequent\n",
             s->path, f->n_global, f->here.n_items, m->n_frequent);
    if (f->n_repeated)
        pa_print(stdout, "NOTE %" PRId64 " items stood in their line already, and count once\n",
                 f->n_repeated);
    if (m->n_cut)
        pa_print(stdout,
                 "NOTE %" PRId64 " baskets have more than %" PRId64
                 " frequent items: their %" PRId64 " least frequent ones are left out\n",
                 m->n_cut, s->request.max_basket, m->n_left_out);
    pa_print(stdout, "minimum support: %" PRId64 " baskets\n", m->min_support);
    pa_print(stdout, "%ssets: %" PRIu64 "%s\n", kinds[s->request.kind], m->n_sets,
             m->n_sets == UINT64_MAX ? " or more" : "");
    size_t last = m->n;
    while (last > 1 && m->by_size[last - 1] == 0) last--;
    pa_print(stdout, "by size:");
    for (size_t k = 1; k < last; k++) pa_print(stdout, " %" PRIu64, m->by_size[k]);
    pa_print(stdout, "\n");
}

static pa_status mine_file(pa_comm *comm, settings *s, const pa_basket_file *f, pa_sink *sink,
                           pa_error *err)
{
    pa_mined mined;
    const expecting e = {comm, beside(s->out)};
    s->request.predicted = sink ? foresee : NULL;
    s->request.hearer = (void *)&e;
    s->request.write = sink ? write_line : NULL;
    s->request.writer = f->number;
    s->request.beside = e.beside;
    PA_TRY(find_support(s->support ? s->support : "1", f->n_global, &s->request.sets.min_support,
                        err));
    PA_TRY(pa_mine(comm, &f->here, &s->request, &mined, err));
    pa_status st = sink ? write_results(comm, &mined.results, sink, err) : PA_OK;
    if (st == PA_OK && pa_comm_rank(comm) == 0) print_counts(s, f, &mined);
    if (st == PA_OK && s->time) st = print_times(comm, &mined, err);
    pa_mined_free(&mined);
    return st;
}

static pa_status read_and_mine(pa_comm *comm, settings *s, pa_sink *sink, pa_error *err)
{
    pa_basket_file file;
    PA_TRY(pa_basket_file_read(comm, s->path, &s->io, &file, err));
    pa_status st = mine_file(comm, s, &file, sink, err);
    pa_basket_file_free(&file);
    return st;
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    settings s = {0};
    pa_sink *sink = NULL;
    PA_AGREE(comm, read_settings(a, &s, err), err);
    if (s.out) PA_TRY(pa_scores_open(comm, s.out, s.replace, 1, &s.path, &sink, err));
    pa_status st = read_and_mine(comm, &s, sink, err);
    pa_sink_free(sink);
    return st;
}

const pa_command pa_command_mine = {
    .name = "mine",
    .summary = "frequent sets of items in baskets, alone",
    .usage = "paraudit mine BASKETS.dat --min-support N|P% [--kind all|closed|maximal] "
             "--count|--out SETS.txt",
    .about = "BASKETS.dat has a basket a line: whole numbers with blanks between, plain, .gz or "
             ".zst. A set\n"
             "is frequent where it is in at least N baskets; closed where no larger one is in as "
             "many,\n"
             "maximal where no larger one is frequent. The sets and their order are the same for "
             "any number\n"
             "of ranks and any memory. A few very long baskets can make more sets than can be "
             "written: a\n"
             "sample tells beforehand; --max-basket, --max-sets and --top-k bound them.",
    .flags = flags,
    .min_words = 1,
    .max_words = 1,
    .needs_ranks = true,
    .run = run,
};
