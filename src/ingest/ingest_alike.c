/* Input files that were read before: are these the same? */
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/files/files.h"
#include "paraudit/result/digest.h"

pa_status pa_inputs_paths(const pa_config *config, pa_buffer *paths, pa_error *err)
{
    static const char *const keys[] = {"input.files", PA_DISPOSITIONS_KEY, PA_SUPPRESSIONS_KEY};
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < sizeof keys / sizeof *keys; i++) {
        pa_inputs in = {0};
        const char *list = pa_config_text(config, keys[i]);
        if (i > 0 && !*list) continue;
        st = pa_inputs_list(list, keys[i], NULL, &in, err);
        if (st == PA_OK) st = pa_buffer_add(paths, in.text, in.text_bytes, err);
        pa_inputs_free(&in);
    }
    return st;
}

/* A table of inputs, whole on every rank, wherever its rows lie after a restart. */
typedef struct {
    size_t n, width;
    char *name, *digest;
    int64_t *bytes;
} known_files;

static bool is_table_of_inputs(const pa_table *t)
{
    const pa_column *name = pa_table_find(t, "file"), *digest = pa_table_find(t, "digest"),
                    *bytes = pa_table_find(t, "bytes");
    return name && name->spec.type == PA_BYTES && digest && digest->spec.type == PA_BYTES &&
           digest->spec.width == PA_DIGEST_TEXT - 1 && bytes && bytes->spec.type == PA_I64;
}

static pa_status gather(pa_comm *comm, const pa_table *t, const char *name, void *all,
                        pa_error *err)
{
    const pa_column *c = pa_table_find(t, name);
    size_t size;
    void *data;
    PA_TRY(pa_gather_all(comm, c->data, t->n_rows * pa_type_size(c->spec.type, c->spec.width),
                         &data, &size, err));
    memcpy(all, &data, sizeof data);
    return PA_OK;
}

static pa_status know(pa_comm *comm, const pa_table *t, known_files *k, pa_error *err)
{
    int64_t n = (int64_t)t->n_rows;
    pa_sum_i64(comm, &n, 1);
    k->n = (size_t)n;
    k->width = (size_t)pa_table_find(t, "file")->spec.width;
    PA_TRY(gather(comm, t, "file", &k->name, err));
    PA_TRY(gather(comm, t, "digest", &k->digest, err));
    return gather(comm, t, "bytes", &k->bytes, err);
}

static bool has_name(const known_files *k, size_t i, const char *path)
{
    size_t length = strlen(pa_base_name(path));
    const char *name = k->name + i * k->width;
    return strnlen(name, k->width) == length && memcmp(name, pa_base_name(path), length) == 0;
}

static bool has_digest(const known_files *k, size_t i, const char *digest)
{
    size_t width = PA_DIGEST_TEXT - 1;
    return memcmp(k->digest + i * width, digest, width) == 0;
}

/* By what costs nothing. Of rank 0. */
static bool look_alike(const known_files *k, const pa_buffer *paths)
{
    size_t n = 0;
    for (size_t at = 0; at < paths->length; at += strlen(paths->data + at) + 1, n++) {
        int64_t bytes = 0;
        const char *path = paths->data + at;
        if (n >= k->n || !has_name(k, n, path)) return false;
        if (pa_file_size(path, &bytes, NULL) != PA_OK || bytes != k->bytes[n]) return false;
    }
    return n == k->n;
}

/* What rank 0 knows of file i, to all. path: 4096 bytes. */
static pa_status compare_bytes(pa_comm *comm, const known_files *k, size_t i, char path[4096],
                               bool *alike, pa_error *err)
{
    char digest[PA_DIGEST_TEXT];
    pa_broadcast(comm, path, 4096, 0);
    PA_TRY(pa_file_digest(comm, path, PA_DIGEST_INPUT_BLOCK, digest, err));
    *alike = pa_comm_rank(comm) != 0 || has_digest(k, i, digest);
    pa_broadcast(comm, alike, sizeof *alike, 0);
    return PA_OK;
}

static pa_status compare_all(pa_comm *comm, const known_files *k, const pa_buffer *paths,
                             bool *alike, pa_error *err)
{
    int64_t n = (int64_t)k->n;
    pa_broadcast(comm, &n, sizeof n, 0);
    size_t at = 0;
    for (int64_t i = 0; *alike && i < n; i++) {
        char path[4096] = {0};
        if (pa_comm_rank(comm) == 0) {
            strncpy(path, paths->data + at, sizeof path - 1);
            at += strlen(paths->data + at) + 1;
        }
        PA_TRY(compare_bytes(comm, k, (size_t)i, path, alike, err));
    }
    return PA_OK;
}

pa_status pa_inputs_alike(pa_comm *comm, const pa_config *config, const pa_table *inputs,
                          bool *alike, pa_error *err)
{
    pa_buffer paths = {0};
    known_files known = {0};
    *alike = false;
    if (!is_table_of_inputs(inputs)) return PA_OK;
    pa_status st = know(comm, inputs, &known, err);
    if (st == PA_OK && pa_comm_rank(comm) == 0)
        *alike = pa_inputs_paths(config, &paths, NULL) == PA_OK && look_alike(&known, &paths);
    pa_broadcast(comm, alike, sizeof *alike, 0);
    if (st == PA_OK && *alike) st = compare_all(comm, &known, &paths, alike, err);
    pa_free(known.name);
    pa_free(known.digest);
    pa_free(known.bytes);
    pa_buffer_free(&paths);
    return st;
}
