/* paraudit resume: a job goes on from its checkpoints. */
#include <sys/stat.h>

#include "paraudit/commands/command.h"
#include "paraudit/commands/configure.h"
#include "paraudit/commands/run_job.h"
#include "paraudit/pipeline/job.h"

static const pa_flag flags[] = {
    {"--set", "SECTION.KEY=VALUE", "a value that does not determine the result", true},
    {"--replace", NULL,
     "what another audit has left in DIR goes when the new files are whole, as where the job was "
     "begun so",
     false},
    {"--quiet", NULL, "no progress and no table, only errors", false},
    {"--help", NULL, "this text", false},
    {0}};

/* Whether there may be a job to go on with. Rank 0. */
static pa_status look(const char *folder, pa_error *err)
{
    char path[4096];
    struct stat s;
    PA_TRY(pa_path_in(folder, "checkpoint/job.ini", path, err));
    if (stat(folder, &s) == 0 && !S_ISDIR(s.st_mode))
        return pa_fail(err, PA_E_NO_INPUT, "%s: is no folder: name the --out of the audit", folder);
    PA_TRY(pa_checkpoint_check(folder, err));
    if (lstat(path, &s) == 0) return PA_OK;
    return pa_fail(err, PA_E_NO_INPUT, "%s: no unfinished job here (there is no %s)", folder, path);
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    const char *folder = a->words[0];
    PA_AGREE(comm, pa_comm_rank(comm) == 0 ? look(folder, err) : PA_OK, err);
    pa_config *config;
    PA_TRY(pa_configure_again(comm, folder, a, &config, err));
    pa_out_wish wish = pa_is_given(a, "--replace") ? PA_OUT_RESUME_REPLACE : PA_OUT_RESUME;
    pa_status st = pa_run_job(comm, config, folder, wish, pa_is_given(a, "--quiet"), err);
    pa_config_free(config);
    return st;
}

const pa_command pa_command_resume = {
    .name = "resume",
    .summary = "go on with a stopped or killed audit, on any number of ranks",
    .usage = "paraudit resume DIR [--set SECTION.KEY=VALUE ...] [--replace]",
    .about =
        "Goes on behind the last step whose files in DIR/checkpoint are whole, or from the inputs\n"
        "where there is none. The result has the bytes that the audit would have written.",
    .flags = flags,
    .min_words = 1,
    .max_words = 1,
    .needs_ranks = true,
    .is_job = true,
    .run = run,
};
