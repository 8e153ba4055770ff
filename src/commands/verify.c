/* paraudit verify: reads the result, and the inputs, again. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "paraudit/commands/command.h"
#include "paraudit/commands/configure.h"
#include "paraudit/ingest/ingest.h"
#include "paraudit/result/result.h"

static const pa_flag flags[] = {
    {"--inputs", "FOLDER ...",
     "where input files are, one folder or several: their digests are checked too", true},
    {"--help", NULL, "this text", false},
    {0}};

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
static pa_status check_file(pa_comm *comm, const char *folder, const char *path, const char *digest,
                            bool *checked, pa_error *err)
{
    char json_path[4096];
    int64_t there = 0;
    PA_TRY(pa_path_in(folder, "run.json", json_path, err));
    if (pa_comm_rank(comm) == 0) there = access(json_path, R_OK) == 0;
    pa_broadcast(comm, &there, sizeof there, 0);
    *checked = there != 0;
    if (!there) return PA_OK;
    json_error_t fault;
    json_t *json = json_load_file(json_path, 0, &fault);
    const char *stored = json_string_value(json_object_get(json, "file_digest"));
    pa_status st = PA_OK;
    if (!json) {
        st = pa_fail(err, PA_E_DATA, "%s:%d: not JSON: %s", json_path, fault.line, fault.text);
    } else if (!stored) {
        st = pa_fail(err, PA_E_DATA, "%s: there is no file_digest in it", json_path);
    } else if (strcmp(stored, digest) != 0) {
        st = pa_fail(err, PA_E_DATA, "%s: the bytes are not those that %s was written for", path,
                     json_path);
    }
    json_decref(json);
    return pa_agree(comm, st, err);
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

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    const char *folder = a->words[0];
    bool inputs = pa_is_given(a, "--inputs");
    char path[4096];
    pa_result_check check;
    pa_result_file *file;
    bool whole_file = false;
    int64_t n_inputs = 0;
    PA_AGREE(comm, pa_comm_rank(comm) == 0 ? check_folders(a, err) : PA_OK, err);
    PA_TRY(pa_path_in(folder, "audit.h5", path, err));
    PA_TRY(pa_result_verify(comm, path, &check, err));
    PA_TRY(check_file(comm, folder, path, check.file_digest, &whole_file, err));
    PA_TRY(pa_result_open(comm, path, &file, err));
    pa_status st = check_counts(file, path, err);
    if (st == PA_OK && !check.is_sealed) st = pa_result_check_values(file, err);
    if (st == PA_OK && inputs) st = check_inputs(comm, file, a, &n_inputs, err);
    pa_result_close(file);
    if (st == PA_OK && pa_comm_rank(comm) == 0) {
        printf("%s: %" PRId64 " datasets, %" PRId64 " bytes, as their digests say\n"
               "content digest %s\n%s%s",
               path, check.datasets, check.bytes, check.content_digest,
               whole_file ? "the whole file has the digest in run.json\n" : "",
               "rows read = transactions + rejected\n");
        if (!check.is_sealed)
            printf("without its trailer: another program has written to the file; all values are "
                   "such as an audit writes\n");
        if (inputs) printf("%" PRId64 " input files have the audited bytes\n", n_inputs);
    }
    return st;
}

const pa_command pa_command_verify = {
    .name = "verify",
    .summary = "read a result (and its inputs) again and check every digest and count",
    .usage = "paraudit verify DIR [--inputs FOLDER ...]",
    .about =
        "Recomputes the digest of every dataset in DIR/audit.h5 and of the file itself, checks\n"
        "that no row is missing, and with --inputs that the input files are the audited ones.\n"
        "Files are found by name, in any of the folders, and told by their digests.",
    .flags = flags,
    .min_words = 1,
    .max_words = 1,
    .needs_ranks = true,
    .run = run,
};
