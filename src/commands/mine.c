/* paraudit mine: frequent sets of items in baskets, alone. */
#include <inttypes.h>
#include <stdio.h>

#include "mine_settings.h"
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
    {"--top-k", "K",
     "only the K sets of largest support, and those of the same support as the last of them; "
     "--min-support may be left out; not of maximal sets, nor with --rules",
     false},
    {"--max-basket", "N",
     "of a basket with more frequent items only the N most frequent ones count; default: any",
     false},
    {"--max-sets", "N", "ends with an error where there are more sets; default: any number", false},
    {"--count", NULL, "only how many sets there are, of each size", false},
    {"--out", "SETS.txt|SETS.h5",
     "where they are written: `items (support)`, a line each; or, as the ending .h5 or .hdf5 says, "
     "in order into an HDF5 file (above)",
     false},
    {"--sort", NULL,
     "by their size, then by their items: numbers, or bytes of names; as SETS.h5 always is", false},
    PA_RULE_FLAGS,
    {"--replace", NULL, "a file that is there goes", false},
    {"--memory", "BYTES",
     "of a rank for trees and mining, and again for sets until they are written, such as 64M or "
     "2G: with less it takes longer, and sets wait in a file without a name (above); default: 1G",
     false},
    {"--time", NULL, "what each rank took to mine the sets, to standard error", false},
    {"--saved", "DIR",
     "where is kept what is done so far (above); default: SETS.txt.saved, and none for --count; "
     "for "
     "rules: RULES.csv.saved",
     false},
    {"--save-every", "SECONDS", "how often; default: 1800", false},
    {"--quiet", NULL, "nothing about how far it is", false},
    {"--block", "BYTES", "where the file may be cut among ranks; default: 65536", false},
    {"--help", NULL, "this text", false},
    {0}};

/* ---- what people hear ---- */

static void print_mined(const pa_mine_settings *s, const pa_mine_input *in, const pa_mined *m)
{
    pa_mine_print_input(s->path, in, m->n_frequent);
    if (m->n_cut)
        pa_print(stdout,
                 "NOTE %" PRId64 " baskets have more than %" PRId64
                 " frequent items: their %" PRId64 " least frequent ones are left out\n",
                 m->n_cut, s->request.max_basket, m->n_left_out);
    pa_print(stdout, "minimum support: %" PRId64 " baskets\n", m->min_support);
}

static void print_counts(const pa_mine_settings *s, const pa_mine_input *in, const pa_mined *m)
{
    static const char *const kinds[] = {"", "closed ", "maximal "};
    print_mined(s, in, m);
    pa_print(stdout, "%ssets: %" PRIu64 "%s\n", kinds[s->request.kind], m->n_sets,
             m->n_sets == UINT64_MAX ? " or more" : "");
    size_t last = m->n;
    while (last > 1 && m->by_size[last - 1] == 0) last--;
    pa_print(stdout, "by size:");
    for (size_t k = 1; k < last; k++) pa_print(stdout, " %" PRIu64, m->by_size[k]);
    pa_print(stdout, "\n");
}

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

/* ---- all of it ---- */

/* Sets and rules are mined one after the other, rules first: where the second is stopped, neither
 * file is there, and the same command goes on. */
typedef struct {
    pa_comm *comm;
    pa_mine_settings s;
    pa_mine_input in;
    pa_sink *sets, *rules;
    pa_mine_saver save_sets, save_rules;
    pa_buffer text[4]; /* what savers borrow */
} job;

/* The sink has only made sure that the file can be written. */
static pa_status write_h5(job *j, pa_mined *mined, pa_error *err)
{
    const pa_mine_settings *s = &j->s;
    pa_mine_request found = s->request;
    pa_mine_sets sets;
    PA_TRY(pa_mine_sort(j->comm, mined, &sets, err));
    pa_sink_free(j->sets);
    j->sets = NULL;
    pa_barrier(j->comm);
    found.sets.min_support = mined->min_support;
    pa_status st = pa_mine_write_h5(j->comm, &sets, &j->in, &found, s->out, s->replace, err);
    pa_mine_sets_free(&sets);
    return st;
}

static pa_status write_sets(job *j, pa_mined *mined, pa_error *err)
{
    const pa_mine_settings *s = &j->s;
    pa_comm *comm = j->comm;
    if (s->h5) return write_h5(j, mined, err);
    if (s->sort) return pa_mine_write_sorted(comm, mined, &j->in, s->request.memory, j->sets, err);
    return pa_mine_write_results(comm, &mined->results, j->sets, err);
}

static pa_status mine_sets(job *j, pa_error *err)
{
    pa_mine_settings *s = &j->s;
    pa_mined mined;
    pa_mine_expecting expecting = {j->comm, pa_mine_beside(s->out)};
    s->request.predicted = j->sets ? pa_mine_foresee : NULL;
    s->request.hearer = &expecting;
    s->request.beside = expecting.beside;
    if (j->sets) s->request.write = s->sort || s->h5 ? pa_mine_record : pa_mine_line;
    s->request.writer = &j->in;
    s->request.keeper = &j->save_sets.keeper;
    pa_stop_allow(s->mine != pa_mine); /* which saves first */
    pa_status st = s->mine(j->comm, j->in.here, &s->request, &mined, err);
    pa_stop_allow(false);
    PA_TRY(st);
    pa_end_on_signals(); /* there is nothing more to save */
    if (j->sets) st = write_sets(j, &mined, err);
    if (st == PA_OK && pa_comm_rank(j->comm) == 0) print_counts(s, &j->in, &mined);
    if (st == PA_OK && s->time) st = print_times(j->comm, &mined, err);
    pa_mined_free(&mined);
    return st;
}

/* Of the baskets sets have told already, where there are any. */
static void print_rules(const job *j, const pa_rules_told *told)
{
    if (!j->s.count && !j->s.out) print_mined(&j->s, &j->in, &told->mined);
    pa_print(stdout, "rules: %" PRId64 " of %" PRId64 " that were tested\n", told->n,
             told->n_tested);
}

static pa_status mine_both(job *j, pa_error *err)
{
    pa_mine_settings *s = &j->s;
    pa_rules_told told = {0};
    PA_TRY(pa_mine_find_support(s->support ? s->support : "1", j->in.n_global,
                                &s->request.sets.min_support, err));
    s->request.keeper = &j->save_rules.keeper;
    if (j->rules)
        PA_TRY(
            pa_mine_rules(j->comm, &s->rules, s->mine, &j->in, &s->request, j->rules, &told, err));
    if (s->count || s->out) PA_TRY(mine_sets(j, err));
    pa_end_on_signals();
    if (j->rules) PA_TRY(pa_sink_finish(j->rules, err));
    if (j->rules && pa_comm_rank(j->comm) == 0) print_rules(j, &told);
    return PA_OK;
}

static pa_status read_and_mine(job *j, pa_error *err)
{
    const pa_mine_settings *s = &j->s;
    const pa_pair_columns *columns = s->columns.basket ? &s->columns : NULL;
    PA_TRY(pa_mine_saver_open(j->comm, &j->save_sets, s->quiet, err));
    PA_TRY(pa_mine_saver_open(j->comm, &j->save_rules, s->quiet, err));
    PA_TRY(pa_mine_read(j->comm, s->path, columns, &s->io, &j->in, err));
    pa_status st = mine_both(j, err);
    pa_mine_input_free(&j->in);
    PA_TRY(st);
    pa_mine_saver_done(&j->save_sets);
    pa_mine_saver_done(&j->save_rules);
    return PA_OK;
}

/* ---- */

/* folder: NULL where nothing is to be saved; else the file that it is beside, or itself. */
static pa_status describe(const pa_arguments *a, const pa_mine_settings *s, const char *form,
                          const char *beside, const char *folder, pa_buffer text[2],
                          pa_mine_saver *saver, pa_error *err)
{
    PA_TRY(pa_mine_tell_arguments(a, form, &text[0], err));
    if (folder || beside)
        PA_TRY(pa_buffer_printf(&text[1], err, "%s%s", folder ? folder : beside,
                                folder ? "" : ".saved"));
    *saver = (pa_mine_saver){.input = s->path,
                             .arguments = text[0].data,
                             .replace = s->replace,
                             .every = (double)s->save_every,
                             .folder = {.path = text[1].data, .fd = -1}};
    return PA_OK;
}

/* Apriori has no tasks that could be saved. Local. */
static pa_status describe_both(const pa_arguments *a, job *j, pa_error *err)
{
    const pa_mine_settings *s = &j->s;
    bool saves = s->mine == pa_mine, of_sets = s->count || s->out;
    PA_TRY(describe(a, s, s->h5 || s->sort ? "records" : "lines", saves ? s->out : NULL,
                    of_sets ? s->saved : NULL, j->text, &j->save_sets, err));
    return describe(a, s, "rules", saves ? s->rules.path : NULL, of_sets ? NULL : s->saved,
                    j->text + 2, &j->save_rules, err);
}

static pa_status open_and_mine(job *j, pa_error *err)
{
    const pa_mine_settings *s = &j->s;
    if (s->out) PA_TRY(pa_scores_open(j->comm, s->out, s->replace, 1, &s->path, &j->sets, err));
    if (s->rules.path)
        PA_TRY(pa_scores_open(j->comm, s->rules.path, s->replace, 1, &s->path, &j->rules, err));
    return read_and_mine(j, err);
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    job j = {.comm = comm};
    pa_status st = pa_mine_read_settings(a, &j.s, err);
    if (st == PA_OK) st = describe_both(a, &j, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) {
        st = open_and_mine(&j, err);
        pa_mine_saver_close(&j.save_sets);
        pa_mine_saver_close(&j.save_rules);
    }
    pa_sink_free(j.sets);
    pa_sink_free(j.rules);
    for (int i = 0; i < 4; i++) pa_buffer_free(&j.text[i]);
    return st;
}

const pa_command pa_command_mine = {
    .name = "mine",
    .summary = "frequent sets of items in baskets, alone",
    .usage = "paraudit mine BASKETS.dat|BASKETS.csv --basket COL --item COL "
             "--min-support N|P% [--kind all|closed|maximal] "
             "--count|--out SETS.txt [--rules RULES.csv]",
    .about =
        "BASKETS.dat has a basket a line: whole numbers with blanks between, plain, .gz or .zst.\n"
        "With --basket and --item it is a CSV file with a row for each item of a basket, in any\n"
        "order; items are called by their names. A set is frequent where it is in at least N\n"
        "baskets; closed where no larger one is in as many, maximal where no larger one is\n"
        "frequent. The sets and their order are the same for any number of ranks and any memory.\n"
        "A few very long baskets can make more sets than can be written: a sample tells\n"
        "beforehand; --max-basket, --max-sets and --top-k bound them.\n"
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
        "Sets beyond --memory wait in files without a name beside SETS.txt, one of each rank. To "
        "put\n"
        "them in order (--sort) as much of them is looked for in these at a time as --memory has\n"
        "room for; for SETS.h5 all are held in memory, up to three times.\n"
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
