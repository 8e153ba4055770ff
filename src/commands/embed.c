/* paraudit embed: vectors of items from the sequences that they stand in, alone. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "embed_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/escape.h"
#include "paraudit/commands/command.h"
#include "paraudit/embed/nearest.h"
#include "paraudit/files/temporary.h"
#include "paraudit/result/scores.h"

static const pa_flag flags[] = {
    {"--dim", "D", "numbers of a vector; default: 100", false},
    {"--window", "W|basket",
     "items on either side that one goes with: up to W, of which each number is as likely, or all "
     "of its line; default: 5",
     false},
    {"--negative", "K", "items that are drawn against each pair; default: 5", false},
    {"--epochs", "E", "how often all lines are gone through; default: 5", false},
    {"--sample", "S",
     "of items that are more than this share of all, some are passed over; 0: none; default: 1e-3",
     false},
    {"--power", "A",
     "items are drawn as often as their count to this power, -1 to 1; default: 0.75", false},
    {"--min-count", "C", "rarer items are left out; default: 5", false},
    {"--rate", "R", "first step, which falls to almost nothing; default: 0.025", false},
    {"--seed", "N", "of all draws; default: 1", false},
    {"--shards", "S",
     "parts that are trained side by side, whatever the number of ranks (above); default: 64",
     false},
    {"--round", "T",
     "tokens of a shard before all shards' changes are joined; default: such that there are 96 "
     "rounds, but no more than 32 tokens of each item, in the mean, in a round",
     false},
    {"--out", "VECTORS.txt|VECTORS.bin",
     "where vectors are written, as word2vec does: text, or binary, as the ending .bin says",
     false},
    {"--contexts", "FILE",
     "where the second vectors go: how well b fits beside a is told by the product of a's vector "
     "and this one of b",
     false},
    {"--nearest", "ITEM", "tells the items whose vectors point its way the most", true},
    {"--top", "N", "... and how many of them; default: 10", false},
    {"--replace", NULL, "files that are there go", false},
    {"--saved", "DIR",
     "where is kept what is done so far (above); default: beside --out, with the ending .saved",
     false},
    {"--save-every", "SECONDS", "how often; default: 1800", false},
    {"--quiet", NULL, "nothing about how far it is", false},
    {"--block", "BYTES", "where the file may be cut among ranks; default: 65536", false},
    {"--help", NULL, "this text", false},
    {0}};

/* What the command works with. */
typedef struct {
    pa_comm *comm;
    const pa_arguments *arguments;
    pa_embed_settings s;
    pa_sequence_file file;
    pa_sgns *sgns;
    float *input, *output; /* of all items */
    pa_embed_saver saver;
    pa_sink *out, *contexts;
} job;

/* ---- what people hear ---- */

static void print_input(const job *j)
{
    const pa_sequence_file *f = &j->file;
    pa_print(stdout, "%s: %" PRId64 " sequences, %" PRId64 " tokens of %zu items\n", j->s.path,
             f->n_lines, f->n_tokens - f->n_rare_tokens, f->names.n);
    if (f->n_rare)
        pa_print(stdout,
                 "NOTE %" PRId64 " items are met less than %" PRId64 " times: these %" PRId64
                 " tokens are left out\n",
                 f->n_rare, j->s.sgns.min_count, f->n_rare_tokens);
    if (f->n_long)
        pa_print(stdout,
                 "NOTE %" PRId64 " of them have more than %d tokens: each is trained as several\n",
                 f->n_long, PA_SEQUENCE_PIECE);
}

/* Of the epochs that this run has gone through. */
static void print_speed(const job *j, int64_t rounds, double seconds)
{
    int64_t n_rounds = pa_sgns_n_rounds(j->sgns);
    if (rounds == 0 || n_rounds == 0) return;
    double words =
        (double)pa_sgns_n_tokens(j->sgns) * j->s.sgns.epochs * (double)rounds / (double)n_rounds;
    pa_print(stdout, "trained %.0f words in %.3f s: %.0f words/s\n", words, seconds,
             words / (seconds > 0 ? seconds : 1e-9));
}

static void print_name(const pa_names *names, int32_t item)
{
    pa_print(stdout, "%.*s", (int)(names->start[item + 1] - names->start[item]),
             names->bytes + names->start[item]);
}

static pa_status print_nearest(const job *j, const char *name, pa_error *err)
{
    const pa_names *names = &j->file.names;
    int32_t item = pa_sequence_file_find(&j->file, name), n = (int32_t)names->n;
    size_t k = (size_t)j->s.top < names->n ? (size_t)j->s.top : names->n;
    pa_near *near;
    PA_TRY(PA_NEW(near, k, err));
    size_t found = pa_nearest(n, j->s.sgns.dim, j->input, item, k, near);
    pa_print(stdout, "nearest to %s:\n", name);
    for (size_t i = 0; i < found; i++) {
        pa_print(stdout, "  %.6f  ", near[i].cosine);
        print_name(names, near[i].item);
        pa_print(stdout, "\n");
    }
    pa_free(near);
    return PA_OK;
}

/* Calls `call` for every ITEM of --nearest. */
static pa_status for_nearest(const job *j, pa_status (*call)(const job *, const char *, pa_error *),
                             pa_error *err)
{
    const pa_arguments *a = j->arguments;
    for (size_t i = 0; i < a->n_given; i++)
        if (strcmp(a->given[i], "--nearest") == 0) PA_TRY(call(j, a->values[i], err));
    return PA_OK;
}

static pa_status check_nearest(const job *j, const char *name, pa_error *err)
{
    if (pa_sequence_file_find(&j->file, name) >= 0) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "--nearest: '%s' is not met %" PRId64 " times in %s", name,
                   j->s.sgns.min_count, j->s.path);
}

/* ---- all of it ---- */

static bool is_binary(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".bin") == 0;
}

static pa_status take_vectors(job *j, pa_error *err)
{
    size_t n = j->file.names.n * (size_t)j->s.sgns.dim;
    pa_status st = PA_NEW(j->input, n, err);
    if (st == PA_OK) st = PA_NEW(j->output, n, err);
    PA_AGREE(j->comm, st, err);
    pa_sgns_vectors(j->sgns, j->input, j->output);
    return PA_OK;
}

static pa_status write_vectors(job *j, pa_error *err)
{
    const pa_names *names = &j->file.names;
    int32_t dim = j->s.sgns.dim;
    if (j->out)
        PA_TRY(pa_embed_write(j->comm, names, dim, j->input, is_binary(j->s.out), j->out, err));
    if (j->contexts)
        PA_TRY(pa_embed_write(j->comm, names, dim, j->output, is_binary(j->s.contexts), j->contexts,
                              err));
    if (j->contexts) PA_TRY(pa_sink_finish(j->contexts, err));
    if (j->out) PA_TRY(pa_sink_finish(j->out, err));
    pa_embed_saver_done(&j->saver);
    return PA_OK;
}

static pa_status train(job *j, pa_error *err)
{
    size_t n_items = j->file.names.n;
    bool root = pa_comm_rank(j->comm) == 0;
    if (root) print_input(j);
    PA_TRY(pa_embed_saver_open(j->comm, &j->s, j->sgns, n_items, &j->saver, err));
    int64_t before = pa_sgns_rounds_done(j->sgns);
    double begun = pa_clock();
    PA_TRY(pa_embed_train(&j->saver, j->sgns, n_items, err));
    pa_end_on_signals(); /* there is nothing more to save */
    if (root) print_speed(j, pa_sgns_rounds_done(j->sgns) - before, pa_clock() - begun);
    PA_TRY(take_vectors(j, err));
    if (root) PA_TRY(for_nearest(j, print_nearest, err));
    return PA_OK;
}

static pa_status open_and_train(job *j, pa_error *err)
{
    const pa_embed_settings *s = &j->s;
    if (s->out) PA_TRY(pa_scores_open(j->comm, s->out, s->replace, 1, &s->path, &j->out, err));
    if (s->contexts)
        PA_TRY(pa_scores_open(j->comm, s->contexts, s->replace, 1, &s->path, &j->contexts, err));
    PA_TRY(pa_sequence_file_read(j->comm, s->path, &s->io, s->sgns.min_count, &j->file, err));
    PA_TRY(for_nearest(j, check_nearest, err));
    PA_TRY(pa_sgns_open(j->comm, &s->sgns, (int32_t)j->file.names.n, &j->file.here, &j->sgns, err));
    PA_TRY(pa_agree(j->comm, train(j, err), err));
    return write_vectors(j, err);
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    job j = {.comm = comm, .arguments = a, .saver = {.folder = {.fd = -1}}};
    pa_status st = pa_agree(comm, pa_embed_read_settings(a, &j.s, err), err);
    if (st == PA_OK) st = open_and_train(&j, err);
    pa_embed_saver_close(&j.saver);
    pa_sgns_close(j.sgns);
    pa_sequence_file_free(&j.file);
    pa_sink_free(j.out);
    pa_sink_free(j.contexts);
    pa_free(j.input);
    pa_free(j.output);
    return st;
}

const pa_command pa_command_embed = {
    .name = "embed",
    .summary = "vectors of items by the company that they keep (item2vec), alone",
    .usage = "paraudit embed SESSIONS.txt --out VECTORS.txt|VECTORS.bin [--nearest ITEM] "
             "[--dim D] [--window W|basket] [--negative K] [--epochs E]",
    .about =
        "SESSIONS.txt has a sequence a line: names of items with blanks between, plain, .gz or\n"
        ".zst; a line of more than 10,000 is several. Two items whose neighbours are the same\n"
        "ones get vectors that point the same way (skip-gram with negative sampling). Vectors\n"
        "are written with those met most first; they open in gensim:\n"
        "\n"
        "  KeyedVectors.load_word2vec_format('vectors.bin', binary=True)\n"
        "\n"
        "Lines belong to --shards parts by their numbers. In a round each part trains some of its\n"
        "tokens on the same model, and the changes of all are joined, exactly: the vectors are "
        "the\n"
        "same for any number of ranks, and hang on --shards and --round. More ranks than shards\n"
        "are of no use. Every rank holds the vectors of all items, 4 to 6 times.\n"
        "\n"
        "USR1, TERM, INT or HUP stops it with exit code 75: what is done is saved, here or every\n"
        "half an hour, in a folder beside VECTORS, and the same command goes on from there, on "
        "any\n"
        "number of ranks, to the same bytes; then the folder goes. Another input, other options "
        "or\n"
        "another build are refused (73).",
    .flags = flags,
    .min_words = 1,
    .max_words = 1,
    .needs_ranks = true,
    .is_job = true,
    .run = run,
};
