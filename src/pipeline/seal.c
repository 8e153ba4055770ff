/* The end of a job: the result, files made of its tables, the account of the run. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "checkpointer.h"
#include "contents.h"
#include "paraudit/base/stop.h"
#include "run_json.h"

/* Below this many bytes of columns MPI's own memory is most of the peak. */
enum { NOTE_BYTES = 256 << 20 };

/* With fewer rows nobody waits long. */
enum { FEW_ROWS = 10000 };

static void out_path(const pa_job *job, const char *name, char path[4096])
{
    snprintf(path, 4096, "%s/%s", job->folder, name);
}

static pa_status write_result(pa_job *job, pa_contents *contents)
{
    char path[4096];
    out_path(job, "audit.h5", path);
    pa_status st = pa_contents_gather(job, contents);
    contents->result.log = job->run.log;
    contents->result.standing = job->standing;
    PA_AGREE(job->run.comm, st, &job->run.err);
    return pa_result_write(job->run.comm, path, &contents->result, &job->run.err);
}

static int64_t column_bytes(const pa_run *run)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < run->n_tables; i++) {
        const pa_table *t = run->tables[i];
        for (size_t k = 0; k < t->n_columns; k++) {
            const pa_column_spec *s = &t->columns[k]->spec;
            bytes += (int64_t)(t->n_rows * pa_type_size(s->type, s->width));
        }
    }
    return bytes;
}

/* Seconds from which a run's balance is worth a word; in shorter ones it is the machine's noise. */
enum { WORTH_A_WORD = 10 };

/* A stage that keeps most ranks waiting for one is told of; in the write they wait for the
 * disk, which another cut of the rows does not help. */
static void note_imbalance(pa_job *job, const pa_phase_summary summary[])
{
    double total = 0;
    for (size_t i = 0; i < job->timing.n; i++) total += summary[i].wall;
    if (total < WORTH_A_WORD) return;
    for (size_t i = 0; i < job->timing.n; i++) {
        double lost = summary[i].work_max - summary[i].work_avg;
        bool is_stage = strcmp(job->timing.phase[i].name, "write") != 0;
        if (!is_stage || pa_comm_size(job->run.comm) == 1 || lost < 0.05 * total) continue;
        pa_run_note(&job->run,
                    "%s: %.1f%% of the time lost to imbalance (rank %" PRId64
                    " is the slowest); fewer ranks, or more accounts a rank, would waste less",
                    job->timing.phase[i].name, 100 * lost / total, summary[i].slowest);
    }
}

static void note_machine(pa_run *run)
{
    const char *better = pa_better_blas_kernel();
    if (better) {
        pa_run_note(run,
                    "OpenBLAS runs its %s kernel on a newer processor: set OPENBLAS_CORETYPE=%s",
                    pa_blas_kernel(), better);
    }
}

/* The columns themselves are the least that a run can take. */
static void note_memory(pa_run *run, int64_t peak, int64_t columns)
{
    if (peak > 2 * columns && columns > NOTE_BYTES) {
        pa_run_note(run,
                    "memory: the peak is %.1f times the columns; io.exchange_piece and "
                    "io.read_buffer bound what is beside them",
                    (double)peak / (double)columns);
    }
}

/* Rows of the account here that has most; 0 where rows have no accounts. They stand together. */
static int64_t largest_account(const pa_table *tx)
{
    if (!tx || !pa_table_find(tx, "account")) return 0;
    const int32_t *account = pa_i32(tx, "account");
    int64_t most = 0, rows = 0;
    for (size_t i = 0; i < tx->n_rows; i++) {
        rows = i > 0 && account[i] == account[i - 1] ? rows + 1 : 1;
        if (rows > most) most = rows;
    }
    return most;
}

/* An account is never split. A book in which it matters soon is told of: with the ranks there are,
 * or with twice as many. */
static void find_largest_account(pa_run *run, pa_run_facts *f)
{
    const pa_table *tx = pa_run_table(run, "transactions");
    f->rows = tx->n_global;
    f->largest_account = largest_account(tx);
    pa_max_i64(run->comm, &f->largest_account, 1);
    if (f->largest_account == 0 || f->rows < FEW_ROWS) return;
    int64_t most = pa_most_ranks(f->rows, f->largest_account);
    if (most >= 2 * pa_comm_size(run->comm)) return;
    pa_run_note(run,
                "one account has %.1f %% of the rows, and no account is split: more than %" PRId64
                " ranks would wait for the one that has it",
                100 * (double)f->largest_account / (double)f->rows, most);
}

static pa_status gather_facts(pa_job *job, pa_run_facts *f)
{
    pa_run *run = &job->run;
    int64_t memory = pa_timing_peak(&job->timing) - job->baseline, sum = memory;
    char host[64] = {0}, binding[PA_BINDING_TEXT] = {0};
    size_t n;
    void *all;
    f->column_bytes = column_bytes(run);
    pa_sum_i64(run->comm, &f->column_bytes, 1);
    pa_sum_i64(run->comm, &sum, 1);
    note_memory(run, sum, f->column_bytes);
    find_largest_account(run, f);
    PA_TRY(pa_gather_root(run->comm, &memory, sizeof memory, &all, &n, &run->err));
    f->memory = all;
    gethostname(host, sizeof host - 1);
    PA_TRY(pa_gather_root(run->comm, host, sizeof host, &all, &n, &run->err));
    f->host = all;
    pa_binding(binding);
    PA_TRY(pa_gather_root(run->comm, binding, sizeof binding, &all, &n, &run->err));
    f->binding = all;
    return pa_timing_gather(run->comm, &job->timing, &f->phases, &run->err);
}

static pa_status print_rows(const pa_job *job, pa_buffer *text, pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, "rows read %" PRId64 " =", job->facts.rows_read));
    for (int i = 0; i < PA_N_SPLITS; i++) {
        if (i == PA_SPLIT_BEFORE && job->plan_rows.rows[i] == 0) continue;
        PA_TRY(pa_buffer_printf(text, err, " %s %" PRId64 " +", pa_split_names[i],
                                job->plan_rows.rows[i]));
    }
    return pa_buffer_printf(text, err, " rejected %" PRId64 "\n", job->facts.rows_rejected);
}

/* Rank 0. */
static pa_status compare(const pa_job *job, pa_run_facts *f, pa_error *err)
{
    int n_ranks = pa_comm_size(job->run.comm);
    if (!job->foreseen) return PA_OK;
    PA_TRY(PA_NEW(f->foreseen, 1, err));
    pa_sizing_at(job->foreseen, n_ranks, f->foreseen);
    f->held = f->work = 0;
    for (size_t i = 0; i < job->timing.n; i++) {
        double work = 0;
        for (int r = 0; r < n_ranks; r++) {
            const pa_phase *p = f->phases + (size_t)r * job->timing.n + i;
            if (p->cpu_work > work) work = p->cpu_work;
            if ((double)p->peak > f->held) f->held = (double)p->peak;
        }
        f->work += work;
    }
    f->whole = strcmp(job->timing.phase[0].name, "ingest") == 0;
    return PA_OK;
}

static pa_status print_foreseen(const pa_run_facts *f, pa_buffer *text, pa_error *err)
{
    const pa_job_need *need = f->foreseen;
    if (!need) return PA_OK;
    PA_TRY(pa_buffer_printf(text, err, "foreseen: %.1f MiB a rank, held %.1f at most (%.2f times)",
                            need->memory / 1048576, f->held / 1048576, f->held / need->memory));
    if (!f->whole) return pa_buffer_printf(text, err, "; the job was begun before\n");
    return pa_buffer_printf(text, err,
                            "; %.1f s, took %.1f (%.2f times), of which %.1f on the processor\n",
                            need->seconds, f->seconds, f->seconds / need->seconds, f->work);
}

static pa_status print_summary(pa_job *job, const pa_contents *c, const pa_run_facts *f,
                               pa_buffer *text)
{
    pa_run *run = &job->run;
    pa_error *err = &run->err;
    int64_t sum = 0;
    for (int r = 0; r < pa_comm_size(run->comm); r++) sum += f->memory[r];
    PA_TRY(pa_timing_print(&job->timing, f->summary, run->tables[0]->n_global, text, err));
    PA_TRY(print_rows(job, text, err));
    const pa_table *alerts = pa_run_table(run, "alerts");
    if (alerts) {
        PA_TRY(pa_buffer_printf(text, err, "alerts %" PRId64 " in %s/alerts.csv\n",
                                alerts->n_global, job->folder));
    }
    PA_TRY(pa_buffer_printf(text, err,
                            "memory: peak %.1f MiB over %d ranks, %.2f times the columns\n",
                            (double)sum / 1048576, pa_comm_size(run->comm),
                            f->column_bytes ? (double)sum / (double)f->column_bytes : 0.0));
    PA_TRY(print_foreseen(f, text, err));
    for (size_t i = 0; i < run->n_notes; i++) {
        PA_TRY(pa_buffer_printf(text, err, "NOTE %s\n", run->notes[i]));
    }
    return pa_buffer_printf(
        text, err, "%s/audit.h5 %s content digest %s, the same for any number of ranks\n",
        job->folder, c->result.how.writer == PA_WRITER_NONE ? "would have" : "has",
        c->content_digest);
}

static pa_status report(pa_job *job, const pa_contents *c, pa_run_facts *f)
{
    pa_run *run = &job->run;
    char path[4096];
    pa_buffer text = {0};
    out_path(job, "run.json", path);
    pa_status st = compare(job, f, &run->err);
    if (st == PA_OK) st = print_summary(job, c, f, &text);
    if (st == PA_OK) st = pa_write_run_json(job, c, f, path, &run->err);
    if (st == PA_OK) pa_log_say(run->log, "%.*s", (int)text.length, text.data);
    pa_buffer_free(&text);
    return st;
}

static pa_status account_for(pa_job *job, const pa_contents *contents, double age)
{
    pa_run *run = &job->run;
    pa_phase_summary summary[PA_MAX_PHASES];
    pa_run_facts facts = {.summary = summary, .seconds = age};
    pa_timing_reduce(run->comm, &job->timing, summary);
    note_imbalance(job, summary);
    note_machine(run);
    pa_status st = gather_facts(job, &facts);
    if (st == PA_OK && pa_comm_rank(run->comm) == 0) st = report(job, contents, &facts);
    pa_free(facts.memory);
    pa_free(facts.host);
    pa_free(facts.binding);
    pa_free(facts.phases);
    pa_free(facts.foreseen);
    return pa_agree(run->comm, st, &run->err);
}

pa_status pa_job_seal(pa_job *job)
{
    pa_run *run = &job->run;
    pa_contents contents;
    pa_phase_begin(run->comm, &job->timing, "write");
    pa_log_part(run->log, "write: digests");
    pa_stop_allow(true);
    pa_status st = write_result(job, &contents);
    if (st == PA_OK && job->write_files) st = job->write_files(job);
    pa_stop_allow(false);
    if (st == PA_E_AGAIN) st = pa_stopped_saving(job, NULL);
    pa_phase_end(run->comm, &job->timing);
    pa_phase_split(&job->timing, "sync", contents.sync.wall, contents.sync.comm);
    double age = pa_comm_age(run->comm);
    if (st == PA_OK) st = account_for(job, &contents, age);
    if (st == PA_OK) st = pa_checkpoint_remove(job);
    pa_contents_free(&contents);
    return st;
}
