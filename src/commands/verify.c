/* paraudit verify: reads the result, and the inputs, again. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "paraudit/alerts/alerts_csv.h"
#include "paraudit/base/escape.h"
#include "paraudit/commands/command.h"
#include "paraudit/commands/configure.h"
#include "paraudit/files/files.h"
#include "paraudit/ingest/ingest.h"
#include "paraudit/result/result.h"
#include "verify_chain.h"

static const pa_flag flags[] = {
    {"--inputs", "FOLDER ...",
     "where input files are, one folder or several: their digests are checked too", true},
    {"--previous", "DIR ...",
     "results before this one, by job.previous, in any order: all are read, and each must be "
     "named by the one behind it",
     true},
    {"--help", NULL, "this text", false},
    {0}};

enum { PATH = 4096 };

/* What is checked: OUT/audit.h5, and what a run left beside it. */
typedef struct {
    char path[PATH];
    char folder[PATH]; /* "": the file is not called so, and nothing beside it is its own */
} checked;

/* DIR, or a file in it. */
static pa_status find_result(const char *word, checked *c, pa_error *err)
{
    struct stat s;
    bool file = stat(word, &s) == 0 && !S_ISDIR(s.st_mode);
    const char *slash = strrchr(word, '/'), *name = slash ? slash + 1 : word;
    if (strlen(word) >= PATH)
        return pa_fail(err, PA_E_USAGE, "the name of the result is too long: %.60s...", word);
    snprintf(c->folder, PATH, "%s", word);
    if (!file) return pa_path_in(word, "audit.h5", c->path, err);
    if (slash)
        c->folder[slash > word ? slash - word : 1] = 0;
    else
        snprintf(c->folder, PATH, ".");
    if (strcmp(name, "audit.h5") != 0) c->folder[0] = 0;
    snprintf(c->path, PATH, "%s", word);
    return PA_OK;
}

/* Whether there is a file beside the result, by rank 0, which must be able to read it; its
 * path. */
static pa_status find_beside(pa_comm *comm, const checked *c, const char *name, char path[PATH],
                             bool *there, pa_error *err)
{
    int fd = -1;
    int64_t found = 0;
    pa_status st = PA_OK;
    *there = false;
    if (!c->folder[0]) return PA_OK;
    PA_TRY(pa_path_in(c->folder, name, path, err));
    if (pa_comm_rank(comm) == 0) st = pa_open_own(path, there, &fd, err);
    if (fd >= 0) close(fd);
    PA_AGREE(comm, st, err);
    found = *there;
    pa_broadcast(comm, &found, sizeof found, 0);
    *there = found != 0;
    return PA_OK;
}

static pa_status load_json(const char *path, json_t **json, pa_error *err)
{
    int fd = -1;
    bool there = false;
    json_error_t fault;
    *json = NULL;
    PA_TRY(pa_open_own(path, &there, &fd, err));
    if (!there) return pa_fail(err, PA_E_NO_INPUT, "%s: is gone", path);
    *json = json_loadfd(fd, 0, &fault);
    close(fd);
    if (*json) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%s:%d: not JSON: %s", path, fault.line, fault.text);
}

/* What the file says of itself: every row that was read is in a split or among
 * the rejects. */
static pa_status check_counts(pa_result_file *file, const char *path, pa_error *err)
{
    int64_t read = -1, rejected = -1;
    pa_result_attribute_i64(file, "rows_read", &read);
    pa_result_attribute_i64(file, "rows_rejected", &rejected);
    int64_t rows = pa_result_rows(file, "transactions"), listed = pa_result_rows(file, "rejects");
    if (read != rows + rejected || listed != rejected) {
        return pa_fail(err, PA_E_DATA,
                       "%s: rows read %" PRId64 ", but %" PRId64 " transactions and %" PRId64
                       " rejects (%" PRId64 " listed)",
                       path, read, rows, rejected, listed);
    }
    return PA_OK;
}

/* The digest of the whole file against run.json, where that is there. */
static pa_status check_file(pa_comm *comm, const checked *c, const char *digest, bool *there,
                            pa_error *err)
{
    char json_path[PATH];
    PA_TRY(find_beside(comm, c, "run.json", json_path, there, err));
    if (!*there) return PA_OK;
    json_t *json;
    pa_status st = load_json(json_path, &json, err);
    const char *stored = json_string_value(json_object_get(json, "file_digest"));
    if (st == PA_OK && !stored) {
        st = pa_fail(err, PA_E_DATA, "%s: there is no file_digest in it", json_path);
    } else if (st == PA_OK && strcmp(stored, digest) != 0) {
        st = pa_fail(err, PA_E_DATA, "%s: the bytes are not those that %s was written for", c->path,
                     json_path);
    }
    json_decref(json);
    return pa_agree(comm, st, err);
}

/* A rank's share of a table, in the order of the ranks. */
static pa_status read_share(pa_comm *comm, pa_result_file *file, const char *name, pa_strings *pool,
                            pa_table *t, pa_error *err)
{
    int64_t n = pa_result_rows(file, name), rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    if (n < 0) return pa_fail(err, PA_E_DATA, "the result has no table %s", name);
    int64_t first = n * rank / size, until = n * (rank + 1) / size;
    return pa_result_read_table(file, name, first, (size_t)(until - first), pool, t, err);
}

static pa_status compare_alerts(pa_comm *comm, pa_result_file *file, const char *csv,
                                const char *path, pa_error *err)
{
    pa_strings pool = {0};
    pa_table alerts = {0}, reasons = {0};
    int64_t line = 0;
    pa_status st;
    PA_GOTO(read_share(comm, file, "alerts", &pool, &alerts, err));
    PA_GOTO(read_share(comm, file, "alert_reasons", &pool, &reasons, err));
    PA_GOTO(pa_compare_alerts_csv(comm, csv, &alerts, &reasons, &line, err));
    if (line > 0)
        st = pa_fail(err, PA_E_DATA, "%s:%" PRId64 ": not the alerts of %s", csv, line, path);
out:
    pa_table_free(&alerts);
    pa_table_free(&reasons);
    pa_strings_free(&pool);
    return st;
}

/* The queue as it would be written today against alerts.csv, where that is there. */
static pa_status check_alerts(pa_comm *comm, pa_result_file *file, const checked *c, bool *there,
                              pa_error *err)
{
    char csv[PATH];
    PA_TRY(find_beside(comm, c, "alerts.csv", csv, there, err));
    *there = *there && pa_result_rows(file, "alerts") >= 0;
    return *there ? compare_alerts(comm, file, csv, c->path, err) : PA_OK;
}

/* Whether FOLDER/name has the bytes that were audited. found: 0 not there, 1
 * other bytes, 2 these. The same on all ranks. */
static pa_status try_folder(pa_comm *comm, const char *folder, const char *name, const char *stored,
                            int64_t *found, pa_error *err)
{
    char path[4096], digest[PA_DIGEST_TEXT];
    PA_TRY(pa_path_in(folder, name, path, err));
    *found = pa_comm_rank(comm) == 0 && access(path, F_OK) == 0;
    pa_broadcast(comm, found, sizeof *found, 0);
    if (!*found) return PA_OK;
    PA_TRY(pa_file_digest(comm, path, PA_DIGEST_INPUT_BLOCK, digest, err));
    *found = strcmp(digest, stored) == 0 ? 2 : 1;
    return PA_OK;
}

/* On rank 0: said before the result is read, which may take long. */
static pa_status check_folders(const pa_arguments *a, pa_error *err)
{
    for (size_t i = 0; i < a->n_given; i++) {
        struct stat about;
        if (strcmp(a->given[i], "--inputs") != 0) continue;
        if (stat(a->values[i], &about) != 0) {
            return pa_fail(err, PA_E_NO_INPUT, "%s: %s (--inputs)", a->values[i], strerror(errno));
        }
        if (!S_ISDIR(about.st_mode)) {
            return pa_fail(err, PA_E_NO_INPUT,
                           "%s: is no folder (--inputs takes the folders of the input files)",
                           a->values[i]);
        }
    }
    return PA_OK;
}

/* Files of one name come from several folders: the digest tells which is which. */
static pa_status check_input(pa_comm *comm, const pa_arguments *a, const char *name, bool twin,
                             const char *stored, pa_error *err)
{
    const char *unlike = NULL;
    for (size_t i = 0; i < a->n_given; i++) {
        int64_t found = 0;
        if (strcmp(a->given[i], "--inputs") != 0) continue;
        PA_TRY(try_folder(comm, a->values[i], name, stored, &found, err));
        if (found == 2) return PA_OK;
        if (found == 1 && !unlike) unlike = a->values[i];
    }
    const char *hint =
        twin ? "; several audited files have this name: give the folder of each by --inputs" : "";
    if (!unlike) {
        return pa_fail(err, PA_E_NO_INPUT, "%s: not in the folders of --inputs%s", name, hint);
    }
    return pa_fail(err, PA_E_DATA, "%s/%s: not the file that was audited (audited digest %s%s)",
                   unlike, name, stored, hint);
}

static void name_of_input(const pa_column *name, int64_t i, char text[4096])
{
    int width = name->spec.width;
    snprintf(text, 4096, "%.*s", width, (const char *)name->data + i * width);
}

static bool has_twin(const pa_column *name, int64_t i, int64_t n)
{
    size_t width = (size_t)name->spec.width;
    const char *names = name->data;
    for (int64_t k = 0; k < n; k++) {
        if (k != i && memcmp(names + (size_t)k * width, names + (size_t)i * width, width) == 0) {
            return true;
        }
    }
    return false;
}

static pa_status check_inputs(pa_comm *comm, pa_result_file *file, const pa_arguments *a,
                              int64_t *n, pa_error *err)
{
    pa_strings pool = {0};
    pa_table inputs;
    *n = pa_result_rows(file, "inputs");
    if (*n < 0) return pa_fail(err, PA_E_DATA, "the result does not list its inputs");
    pa_status st = pa_result_read_table(file, "inputs", 0, (size_t)*n, &pool, &inputs, err);
    if (st != PA_OK) {
        pa_strings_free(&pool);
        return st;
    }
    const pa_column *name = pa_table_find(&inputs, "file"),
                    *digest = pa_table_find(&inputs, "digest");
    if (!name || !digest || digest->spec.width != 64) {
        st = pa_fail(err, PA_E_DATA, "the result does not list its inputs as expected");
    }
    for (int64_t i = 0; st == PA_OK && i < *n; i++) {
        char text[4096], hex[65] = {0};
        name_of_input(name, i, text);
        memcpy(hex, (const char *)digest->data + i * 64, 64);
        st = check_input(comm, a, text, has_twin(name, i, *n), hex, err);
    }
    pa_table_free(&inputs);
    pa_strings_free(&pool);
    return st;
}

/* What was found, for people. */
typedef struct {
    pa_result_check check;
    bool whole_file, alerts;
    int64_t n_inputs; /* -1: not asked for */
    pa_chain chain;
} findings;

static pa_status check_chain(pa_comm *comm, pa_result_file *file, const pa_arguments *a,
                             const char *path, pa_chain *chain, pa_error *err)
{
    const char *previous = pa_result_attribute_text(file, "previous_audit_digest");
    snprintf(chain->previous, sizeof chain->previous, "%s", previous ? previous : "");
    return pa_verify_chain(comm, a, path, chain, err);
}

static pa_status check_all(pa_comm *comm, const pa_arguments *a, const checked *c, findings *f,
                           pa_error *err)
{
    pa_result_file *file;
    PA_TRY(pa_result_verify(comm, c->path, &f->check, err));
    PA_TRY(check_file(comm, c, f->check.file_digest, &f->whole_file, err));
    PA_TRY(pa_result_open(comm, c->path, &file, err));
    pa_status st = check_counts(file, c->path, err);
    if (st == PA_OK && !f->check.is_sealed) st = pa_result_check_values(file, err);
    if (st == PA_OK) st = check_alerts(comm, file, c, &f->alerts, err);
    if (st == PA_OK && f->n_inputs >= 0) st = check_inputs(comm, file, a, &f->n_inputs, err);
    if (st == PA_OK) st = check_chain(comm, file, a, c->path, &f->chain, err);
    pa_result_close(file);
    return st;
}

static void print_chain(const pa_chain *c)
{
    if (!*c->previous) return;
    printf("the audit before it has content digest %s\n", c->previous);
    if (c->n_behind == 0) return;
    printf("%" PRId64 " result%s before it: whole, and a chain, ", c->n_behind,
           c->n_behind == 1 ? "" : "s");
    if (*c->end)
        printf("behind one of content digest %s\n", c->end);
    else
        printf("from its first audit on\n");
}

static void print_findings(const checked *c, const findings *f)
{
    pa_print(stdout,
             "%s: %" PRId64 " datasets, %" PRId64 " bytes, as their digests say\n"
             "content digest %s\n%s%s%s",
             c->path, f->check.datasets, f->check.bytes, f->check.content_digest,
             f->whole_file ? "the whole file has the digest in run.json\n" : "",
             "rows read = transactions + rejected\n",
             f->alerts ? "alerts.csv has the alerts of the result\n" : "");
    if (!f->check.is_sealed)
        printf("without its trailer: another program has written to the file; all values are "
               "such as an audit writes\n");
    if (f->n_inputs >= 0) printf("%" PRId64 " input files have the audited bytes\n", f->n_inputs);
    print_chain(&f->chain);
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    checked c = {0};
    findings f = {.n_inputs = pa_is_given(a, "--inputs") ? 0 : -1};
    PA_AGREE(comm, pa_comm_rank(comm) == 0 ? check_folders(a, err) : PA_OK, err);
    PA_AGREE(comm, find_result(a->words[0], &c, err), err);
    PA_TRY(check_all(comm, a, &c, &f, err));
    if (pa_comm_rank(comm) == 0) print_findings(&c, &f);
    return PA_OK;
}

const pa_command pa_command_verify = {
    .name = "verify",
    .summary = "read a result (and its inputs) again and check every digest and count",
    .usage = "paraudit verify DIR [--inputs FOLDER ...] [--previous DIR ...]",
    .about =
        "Recomputes the digest of every dataset in DIR/audit.h5 and of the file itself, checks\n"
        "that no row is missing, that DIR/alerts.csv is what the alerts in the file make, and\n"
        "with --inputs that the input files are the audited ones. Files are found by name, in\n"
        "any of the folders, and told by their digests. With --previous it checks the chain of\n"
        "audits that job.previous has made. DIR may also be the file itself.",
    .flags = flags,
    .min_words = 1,
    .max_words = 1,
    .needs_ranks = true,
    .run = run,
};
