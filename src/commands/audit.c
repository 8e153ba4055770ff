/* paraudit audit: from the inputs to the sealed result. */
#include "paraudit/commands/command.h"
#include "paraudit/commands/configure.h"
#include "paraudit/commands/run_job.h"

static const pa_flag flags[] = {
    {"--out", "DIR", "the folder of the result; made where it is missing", false},
    {"--set", "SECTION.KEY=VALUE", "a value that overrides CONFIG; may be given often", true},
    {"--replace", NULL,
     "what another audit has left in DIR goes: a job that has not ended at once, a result when the "
     "new one is whole",
     false},
    {"--quiet", NULL, "no progress and no table, only errors and a count of rejected rows", false},
    {"--help", NULL, "this text, with all keys of CONFIG", false},
    {0}};

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    const char *folder = pa_value_of(a, "--out");
    if (!folder)
        return pa_fail(err, PA_E_USAGE, "--out is missing\nusage: %s", pa_command_audit.usage);
    pa_config *config;
    PA_TRY(pa_configure(comm, a->words[0], a, &config, err));
    pa_out_wish wish = pa_is_given(a, "--replace") ? PA_OUT_REPLACE : PA_OUT_AUDIT;
    pa_status st = pa_run_job(comm, config, folder, wish, pa_is_given(a, "--quiet"), err);
    pa_config_free(config);
    return st;
}

const pa_command pa_command_audit = {
    .name = "audit",
    .summary = "the main job: from CSV files to DIR/audit.h5",
    .usage = "paraudit audit CONFIG [--set SECTION.KEY=VALUE ...] --out DIR [--replace]",
    .about =
        "Reads the transactions that CONFIG names, runs every stage and writes DIR/audit.h5,\n"
        "alerts.csv, rejects.csv, run.json and log.txt. audit.h5 has the same bytes for any\n"
        "number of ranks. Where DIR holds this audit already, nothing is done; where it has been\n"
        "begun there, it goes on; what else is there stays, and ends the audit (73).\n"
        "USR1, TERM, INT or HUP saves a checkpoint and ends with exit code 75, and `paraudit "
        "resume`\n"
        "goes on; a second INT ends at once. Send mpirun USR1: the others it answers itself.",
    .flags = flags,
    .min_words = 1,
    .max_words = 1,
    .needs_ranks = true,
    .is_job = true,
    .run = run,
    .help = pa_configure_help,
};
