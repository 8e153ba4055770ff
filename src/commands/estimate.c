/* paraudit estimate: how large a job will be, and what to ask a queue for. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "estimate_parts.h"
#include "paraudit/base/rights.h"
#include "paraudit/base/text.h"
#include "paraudit/commands/command.h"
#include "paraudit/commands/configure.h"
#include "paraudit/commands/stages.h"
#include "paraudit/files/draft.h"
#include "paraudit/files/files.h"
#include "paraudit/files/temporary.h"
#include "paraudit/pipeline/foreseen.h"
#include "paraudit/pipeline/look.h"

/* LOOKED_AT: bytes at either end of a file. SMALLER: times as many rows has the larger job. */
enum { LOOKED_AT = 1 << 20, READ = 256 << 20, ROWS = 200000, SMALLER = 4 };
/* Beside what is measured on one rank: MPI's own for the others, and rows on their way. */
enum { EXCHANGE = 8 << 20 };

static const pa_flag flags[] = {
    {"--ranks", "P[,P...]", "numbers of ranks, up to 8 (default 1,4,16,64)", false},
    {"--memory-per-node", "BYTES", "such as 256G: how many ranks fit on a node is said as well",
     false},
    {"--out", "DIR",
     "the folder of the result: how fast its disk is; estimate.json in it is what an audit "
     "compares "
     "itself with",
     false},
    {"--set", "SECTION.KEY=VALUE", "a value that overrides CONFIG; may be given often", true},
    {"--sbatch", NULL, "prints the options for sbatch alone, of the one number of --ranks", false},
    {"--rows", "N", "rows of the larger of the two small jobs that are run (default 200000)",
     false},
    {"--bytes", "N",
     "bytes of the inputs, as they lie on the disk, that are read for them (default 268435456)",
     false},
    {"--help", NULL, "this text, with all keys of CONFIG", false},
    {0}};

/* ---- arguments ---- */

static pa_status bad_ranks(const char *text, pa_error *err)
{
    return pa_fail(err, PA_E_USAGE,
                   "--ranks '%s' is not up to %d numbers from 1 to 1000000 between commas", text,
                   PA_ESTIMATE_MOST);
}

static pa_status read_ranks(const char *text, pa_estimate *e, pa_error *err)
{
    for (const char *p = text;; p++) {
        size_t n = strcspn(p, ",");
        int64_t *ranks = e->ranks + e->n_ranks;
        if (e->n_ranks == PA_ESTIMATE_MOST || !pa_parse_i64(p, n, ranks) || *ranks < 1 ||
            *ranks > 1000000)
            return bad_ranks(text, err);
        e->n_ranks++;
        p += n;
        if (!*p) return PA_OK;
    }
}

/* 256G, as keys of bytes have it. */
static pa_status read_node(const char *text, double *bytes, pa_error *err)
{
    static const char units[] = "kMGT";
    size_t n = strlen(text);
    const char *unit = n > 0 ? strchr(units, text[n - 1]) : NULL;
    int64_t number;
    *bytes = 0;
    if (!text[0]) unit = NULL;
    if (!pa_parse_i64(text, n - (unit != NULL), &number) || number < 1)
        return pa_fail(err, PA_E_USAGE, "--memory-per-node '%s' is not bytes such as 256G", text);
    *bytes = (double)number;
    for (const char *u = units; unit && u <= unit; u++) *bytes *= 1024;
    return PA_OK;
}

static pa_status read_arguments(const pa_arguments *a, pa_estimate *e, int64_t *rows,
                                int64_t *bytes, pa_error *err)
{
    const char *ranks = pa_value_of(a, "--ranks"), *node = pa_value_of(a, "--memory-per-node");
    PA_TRY(read_ranks(ranks ? ranks : "1,4,16,64", e, err));
    if (node) PA_TRY(read_node(node, &e->node, err));
    e->alone = pa_is_given(a, "--sbatch");
    if (e->alone && e->n_ranks != 1)
        return pa_fail(err, PA_E_USAGE, "--sbatch goes with one number of --ranks");
    PA_TRY(pa_integer_of(a, "--rows", ROWS, 1000, 100000000, rows, err));
    return pa_integer_of(a, "--bytes", READ, 1, INT64_C(1) << 40, bytes, err);
}

/* ---- small jobs ---- */

/* Errors that an audit would end with. */
static pa_status look(pa_comm *comm, const pa_config *config, double *rows, double *read_share,
                      int64_t bytes, pa_error *err)
{
    pa_look look = {0};
    pa_buffer plan = {0};
    pa_needs needs;
    double size = 0;
    pa_job *job = pa_alloc(1, sizeof *job, err);
    if (!job) return PA_E_MEMORY;
    pa_status st = pa_job_open(job, comm, config, NULL, pa_stages, pa_n_stages, NULL);
    if (st == PA_OK) st = pa_job_look(job, LOOKED_AT, &look, &plan, &needs);
    if (st != PA_OK) *err = job->run.err;
    for (size_t i = 0; i < look.n_files; i++) size += (double)look.file[i].size;
    *rows = look.rows;
    *read_share = size > (double)bytes ? (double)bytes / size : 1;
    pa_look_free(&look);
    pa_buffer_free(&plan);
    pa_job_close(job);
    pa_free(job);
    return st;
}

static pa_status name_file(const char *folder, char path[4096], pa_error *err)
{
    char name[64];
    snprintf(name, sizeof name, ".paraudit-estimate-%ld.h5", (long)getpid());
    PA_TRY(pa_path_in(folder, name, path, err));
    if (access(path, F_OK) == 0)
        return pa_fail(err, PA_E_CREATE, "%s: is there already: move it away", path);
    char *draft = pa_draft_name(path, err);
    pa_status st = draft ? pa_temporary_add(draft, err) : PA_E_MEMORY;
    pa_free(draft);
    return st == PA_OK ? pa_temporary_add(path, err) : st;
}

static pa_status calibrate(pa_comm *comm, const pa_config *config, const char *path, size_t bytes,
                           double share, pa_calibration *c, pa_error *err)
{
    const pa_sample_wish wish = {bytes, share < 1 ? share : 1};
    return pa_calibrate(comm, config, pa_stages, pa_n_stages, &wish, path, c, err);
}

/* A book that is as small as the larger sample may be too small for the other one. */
static pa_status run_small_jobs(pa_comm *comm, const pa_config *config, size_t bytes, double share,
                                pa_estimate *e, pa_error *err)
{
    char path[4096];
    pa_error too_small = {0};
    PA_TRY(name_file(e->folder, path, err));
    PA_TRY(pa_estimate_disk(path, &e->sizing.disk_speed, err));
    pa_status st = calibrate(comm, config, path, bytes, share / SMALLER, &e->smaller, &too_small);
    PA_TRY(calibrate(comm, config, path, bytes, share, &e->larger, err));
    if (st != PA_OK || e->smaller.measured.n != e->larger.measured.n)
        e->smaller = (pa_calibration){0};
    return PA_OK;
}

static void size_job(pa_estimate *e)
{
    const pa_calibration *c = &e->larger;
    pa_sizing *s = &e->sizing;
    pa_sizing_fit(&e->smaller.measured, &c->measured, s);
    s->rows = c->sample.rows;
    s->largest_account = c->sample.accounts.largest;
    s->largest_merchant = c->sample.merchants.largest;
    s->exchange = EXCHANGE;
    s->unwritten = c->result <= 0;
    for (size_t i = 0; i < e->n_ranks; i++) pa_sizing_at(s, e->ranks[i], e->need + i);
}

static pa_status check_ranks(const pa_config *config, const pa_estimate *e, pa_error *err)
{
    for (size_t i = 0; i < e->n_ranks; i++)
        PA_TRY(pa_ingest_check_shards(config, e->ranks[i], err));
    return PA_OK;
}

static pa_status estimate(pa_comm *comm, const pa_config *config, int64_t n_rows, int64_t bytes,
                          pa_estimate *e, pa_error *err)
{
    double rows, read_share;
    PA_TRY(check_ranks(config, e, err));
    PA_TRY(pa_set_output_mode("output.mode", pa_config_text(config, "output.mode"), err));
    PA_TRY(look(comm, config, &rows, &read_share, bytes, err));
    if (e->out) PA_TRY(pa_make_folders(e->out, err));
    double share = (double)n_rows / (rows * read_share);
    PA_TRY(run_small_jobs(comm, config, (size_t)bytes, share, e, err));
    size_job(e);
    return e->out ? pa_foreseen_write(e->out, config, &e->sizing, err) : PA_OK;
}

static pa_status run_with(pa_comm *comm, const pa_arguments *a, pa_estimate *e, pa_error *err)
{
    pa_config *config;
    int64_t rows, bytes;
    const char *elsewhere = getenv("TMPDIR");
    e->sizing.process = (double)pa_peak_memory();
    PA_TRY(read_arguments(a, e, &rows, &bytes, err));
    PA_TRY(pa_configure(comm, a->words[0], a, &config, err));
    e->out = pa_value_of(a, "--out");
    e->folder = e->out ? e->out : elsewhere && *elsewhere ? elsewhere : "/tmp";
    pa_end_on_signals();
    pa_status st = estimate(comm, config, rows, bytes, e, err);
    pa_config_free(config);
    PA_TRY(st);
    return e->alone ? pa_estimate_print_options(stdout, e, err) : pa_estimate_print(stdout, e, err);
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    pa_estimate *e;
    PA_TRY(PA_NEW(e, 1, err));
    pa_status st = run_with(comm, a, e, err);
    pa_free(e);
    return st;
}

const pa_command pa_command_estimate = {
    .name = "estimate",
    .summary = "memory and time of an audit by the number of ranks, and what to ask Slurm for",
    .usage = "paraudit estimate CONFIG [--ranks P[,P...]] [--memory-per-node BYTES] [--out DIR] "
             "[--sbatch] [--set SECTION.KEY=VALUE ...]",
    .about =
        "Reads the files that CONFIG names at places that lie evenly in them, runs two small jobs\n"
        "on some accounts with all rows that were read of them (some seconds, on one core, as an\n"
        "audit runs them), and says what an audit of all rows will need: seconds and memory of\n"
        "the largest rank by stage, for each number of ranks; the largest account and merchant;\n"
        "bytes of the result and its checkpoints; a line of options for sbatch, which --sbatch\n"
        "prints alone, for `sbatch $(paraudit estimate ...) audit.sbatch CONFIG DIR`. What a "
        "column\n"
        "holds is known, what a stage holds beside them and what it costs is measured.\n"
        "Its errors are those of the audit, as far as these rows show them.",
    .flags = flags,
    .min_words = 1,
    .max_words = 1,
    .run = run,
    .help = pa_configure_help,
};
