#include "run_json.h"

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "changes.h"
#include "paraudit/base/array.h"
#include "paraudit/base/utf8.h"
#include "paraudit/comm/about.h"
#include "paraudit/files/files.h"

/* Building goes on from what is there; NULL, once memory has run out, stays NULL. */
static json_t *put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) == 0) return object;
    json_decref(object);
    return NULL;
}

static json_t *add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) == 0) return array;
    json_decref(array);
    return NULL;
}

/* A path may be of any bytes, JSON is UTF-8. */
static json_t *text_json(const char *text)
{
    size_t n = strlen(text) + 1;
    char *mended = pa_alloc(n, 1, NULL);
    if (!mended) return NULL;
    memcpy(mended, text, n);
    pa_utf8_mend(mended);
    json_t *made = json_string(mended);
    pa_free(mended);
    return made;
}

static json_t *config_json(const pa_config *config)
{
    json_t *all = json_object();
    for (size_t i = 0; i < pa_config_count(config); i++) {
        const char *key = pa_config_spec(config, i)->key, *place;
        const char *origin = pa_config_origin(config, key, &place);
        json_t *entry =
            json_pack("{s:s, s:s}", "value", pa_config_value(config, i), "origin", origin);
        all = put(all, key, put(entry, "place", text_json(place)));
    }
    return all;
}

/* One phase, a rank each. */
typedef struct {
    const pa_phase *first; /* rank 0's */
    size_t step;           /* to that of the next rank */
    int n_ranks;
} phase_of_ranks;

static const pa_phase *of_rank(const phase_of_ranks *p, int rank)
{
    return p->first + (size_t)rank * p->step;
}

/* Seconds and traffic of one phase, a rank each. */
static json_t *ranks_json(const phase_of_ranks *ranks)
{
    json_t *work = json_array(), *comm = json_array(), *cpu = json_array();
    json_t *bytes = json_array(), *messages = json_array(), *calls = json_array();
    json_t *peak = json_array();
    for (int r = 0; r < ranks->n_ranks; r++) {
        const pa_phase *p = of_rank(ranks, r);
        work = add(work, json_real(p->wall - p->comm));
        comm = add(comm, json_real(p->comm));
        cpu = add(cpu, json_real(p->cpu_work));
        bytes = add(bytes, json_integer(p->bytes));
        messages = add(messages, json_integer(p->messages));
        calls = add(calls, json_integer(p->calls));
        peak = add(peak, json_integer(p->peak));
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "work", work, "comm", comm, "cpu_work",
                     cpu, "bytes_sent", bytes, "messages", messages, "collective_calls", calls,
                     "memory_peak", peak);
}

/* Least, mean and most over the ranks of the seconds that lie `at` in a phase. */
static json_t *spread_json(const phase_of_ranks *ranks, size_t at)
{
    double least = INFINITY, most = 0, sum = 0;
    for (int r = 0; r < ranks->n_ranks; r++) {
        double v;
        memcpy(&v, (const char *)of_rank(ranks, r) + at, sizeof v);
        least = fmin(least, v);
        most = fmax(most, v);
        sum += v;
    }
    return json_pack("{s:f, s:f, s:f}", "min", least, "avg", sum / ranks->n_ranks, "max", most);
}

static json_t *cpu_json(const phase_of_ranks *ranks)
{
    return json_pack("{s:o, s:o, s:o}", "user", spread_json(ranks, offsetof(pa_phase, cpu_user)),
                     "system", spread_json(ranks, offsetof(pa_phase, cpu_system)), "work",
                     spread_json(ranks, offsetof(pa_phase, cpu_work)));
}

/* Bytes and messages of all ranks together; collective calls, of which all make the same but for
 * those within a node. */
static json_t *traffic_json(const phase_of_ranks *ranks)
{
    int64_t bytes = 0, messages = 0, calls = 0;
    for (int r = 0; r < ranks->n_ranks; r++) {
        const pa_phase *p = of_rank(ranks, r);
        bytes += p->bytes;
        messages += p->messages;
        if (p->calls > calls) calls = p->calls;
    }
    return json_pack("{s:I, s:I, s:I}", "bytes_sent", (json_int_t)bytes, "messages",
                     (json_int_t)messages, "collective_calls", (json_int_t)calls);
}

static json_t *phases_json(const pa_timing *timing, const pa_run_facts *f, int n_ranks)
{
    json_t *all = json_array();
    for (size_t i = 0; i < timing->n; i++) {
        const pa_phase_summary *s = f->summary + i;
        json_t *one = json_pack("{s:s, s:f, s:f, s:f, s:f, s:f, s:I}", "stage",
                                timing->phase[i].name, "wall_seconds", s->wall, "work_min",
                                s->work_min, "work_avg", s->work_avg, "work_max", s->work_max,
                                "comm_avg", s->comm_avg, "slowest_rank", (json_int_t)s->slowest);
        const phase_of_ranks ranks = {f->phases + i, timing->n, n_ranks};
        one = put(one, "cpu_seconds", cpu_json(&ranks));
        one = put(one, "traffic", traffic_json(&ranks));
        all = add(all, put(one, "of_rank", ranks_json(&ranks)));
    }
    return all;
}

static json_t *memory_json(const pa_run_facts *f, int n_ranks)
{
    json_t *ranks = json_array();
    int64_t sum = 0;
    for (int r = 0; r < n_ranks; r++) {
        ranks = add(ranks, json_integer(f->memory[r]));
        sum += f->memory[r];
    }
    return json_pack("{s:o, s:I, s:I, s:f}", "peak_of_rank", ranks, "peak_sum", (json_int_t)sum,
                     "column_bytes", (json_int_t)f->column_bytes, "peak_to_columns",
                     f->column_bytes ? (double)sum / (double)f->column_bytes : 0.0);
}

/* What the estimate said of this number of ranks, and what the job took of that. */
static json_t *foreseen_json(const pa_job *job, const pa_run_facts *f)
{
    const pa_job_need *need = f->foreseen;
    json_t *stages = json_array();
    if (!need) {
        json_decref(stages);
        return json_null();
    }
    for (size_t i = 0; i < job->foreseen->n; i++) {
        const pa_stage_need *s = need->stage + i;
        stages = add(stages, json_pack("{s:s, s:f, s:I}", "stage", job->foreseen->stage[i].name,
                                       "seconds", s->seconds, "memory", (json_int_t)s->memory));
    }
    json_t *all = json_pack("{s:f, s:f, s:I, s:I, s:o}", "rows", job->foreseen->rows, "seconds",
                            need->seconds, "memory_of_rank", (json_int_t)need->memory,
                            "memory_of_rank_taken", (json_int_t)f->held, "stages", stages);
    all = put(all, "cpu_seconds_taken", f->whole ? json_real(f->work) : json_null());
    return put(all, "seconds_taken", f->whole ? json_real(f->seconds) : json_null());
}

static json_t *hosts_json(const pa_run_facts *f, int n_ranks)
{
    json_t *all = json_array();
    for (int r = 0; r < n_ranks; r++) all = add(all, text_json(f->host[r]));
    return all;
}

static json_t *bindings_json(const pa_run_facts *f, int n_ranks)
{
    json_t *all = json_array();
    for (int r = 0; r < n_ranks; r++) all = add(all, text_json(f->binding[r]));
    return all;
}

/* UTC, `ago` seconds before now. */
static json_t *time_json(double ago)
{
    char text[32];
    time_t then = time(NULL) - (time_t)(ago + 0.5);
    struct tm utc;
    gmtime_r(&then, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return json_string(text);
}

static json_t *scheduler_json(void)
{
    const char *job_id;
    int64_t restarts;
    const char *name = pa_scheduler(&job_id, &restarts);
    if (!name) return json_null();
    json_t *all = json_pack("{s:s, s:I}", "name", name, "restarts", (json_int_t)restarts);
    return put(all, "job_id", text_json(job_id));
}

static json_t *build_json(void)
{
    return json_pack("{s:s, s:s, s:s}", "commit", pa_build_commit(), "flags", pa_build_flags(),
                     "compiler", pa_compiler());
}

/* How audit.h5 got its values. */
static json_t *writer_json(const pa_written *w)
{
    json_t *all = json_pack("{s:s, s:s}", "name", w->writer, "why", w->why);
    if (!w->component[0]) return all;
    all = put(all, "mpi_io", text_json(w->component));
    return put(all, "hints", text_json(w->hints));
}

static json_t *rows_json(const pa_job *job)
{
    json_t *rows = json_pack("{s:I, s:I, s:I}", "read", (json_int_t)job->facts.rows_read,
                             "rejected", (json_int_t)job->facts.rows_rejected, "duplicate",
                             (json_int_t)job->facts.rows_duplicate);
    for (int i = 0; i < PA_N_SPLITS; i++) {
        rows = put(rows, pa_split_names[i], json_integer(job->plan_rows.rows[i]));
    }
    return rows;
}

/* An account lies on one rank: with more ranks than this a rank's share would be less than it. */
static json_t *largest_account_json(const pa_run_facts *f)
{
    if (f->largest_account == 0) return json_null();
    return json_pack("{s:I, s:f, s:I}", "rows", (json_int_t)f->largest_account, "share",
                     (double)f->largest_account / (double)f->rows, "bounds_from_ranks",
                     (json_int_t)pa_most_ranks(f->rows, f->largest_account));
}

static json_t *notes_json(const pa_run *run)
{
    json_t *all = json_array();
    for (size_t i = 0; i < run->n_notes; i++) all = add(all, json_string(run->notes[i]));
    return all;
}

/* A text, or null. */
static json_t *maybe_json(const char *text)
{
    return text ? text_json(text) : json_null();
}

static json_t *changes_json(size_t n, const pa_change change[], const char *name, bool with_state)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *one = put(json_object(), name, text_json(change[i].name));
        one = put(one, "before", maybe_json(change[i].before));
        one = put(one, "now", maybe_json(change[i].now));
        if (with_state) one = put(one, "state", json_string(pa_state_of(change + i)));
        all = add(all, one);
    }
    return all;
}

/* null: there is no audit before this one; where it could not be compared, that alone. */
static json_t *previous_json(const pa_previous *p)
{
    if (!p || !*p->digest) return json_null();
    json_t *all = put(json_pack("{s:s}", "content_digest", p->digest), "path", text_json(p->path));
    if (*p->unread) return put(all, "not_compared", text_json(p->unread));
    all = put(all, "software_version", text_json(p->version));
    all = put(all, "config", changes_json(p->n_key_changes, p->key_changes, "key", false));
    return put(all, "inputs", changes_json(p->n_input_changes, p->input_changes, "file", true));
}

static json_t *run_json(const pa_job *job, const pa_contents *c, const pa_run_facts *f)
{
    int n_ranks = pa_comm_size(job->run.comm);
    char mpi[PA_MPI_TEXT];
    pa_mpi_text(mpi);
    const struct {
        const char *key;
        json_t *value;
    } members[] = {
        {"software_version", json_string(PARAUDIT_VERSION)},
        {"build", build_json()},
        {"mpi", json_string(mpi)},
        {"hdf5", json_string(pa_hdf5_version())},
        {"blas_kernel", json_string(pa_blas_kernel())},
        {"ranks", json_integer(n_ranks)},
        {"hosts", hosts_json(f, n_ranks)},
        {"binding", bindings_json(f, n_ranks)},
        {"scheduler", scheduler_json()},
        {"start", time_json(pa_comm_age(job->run.comm))},
        {"end", time_json(0)},
        {"content_digest", json_string(c->content_digest)},
        {"file_digest", json_string(c->file_digest)},
        {"input_digest", json_string(job->facts.input_digest)},
        {"config_digest", json_string(c->config_digest)},
        {"previous_audit", previous_json(job->previous)},
        {"rows", rows_json(job)},
        {"time_plan", text_json(job->plan_text.data)},
        {"seconds", json_real(f->seconds)},
        {"stages", phases_json(&job->timing, f, n_ranks)},
        {"memory", memory_json(f, n_ranks)},
        {"largest_account", largest_account_json(f)},
        {"foreseen", foreseen_json(job, f)},
        {"notes", notes_json(&job->run)},
        {"writer", writer_json(&c->written)},
        {"config", config_json(job->run.config)},
    };
    json_t *all = json_object();
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        all = put(all, members[i].key, members[i].value);
    return all;
}

pa_status pa_write_run_json(const pa_job *job, const pa_contents *contents,
                            const pa_run_facts *facts, const char *path, pa_error *err)
{
    json_t *all = run_json(job, contents, facts);
    char *text = NULL;
    if (all) text = json_dumps(all, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_REAL_PRECISION(6));
    json_decref(all);
    if (!text) return pa_fail(err, PA_E_MEMORY, "%s: no memory for its text", path);
    pa_status st = pa_write_file_beside(path, job->standing, text, strlen(text), err);
    free(text);
    return st;
}
