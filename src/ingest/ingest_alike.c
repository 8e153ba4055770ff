/* Input files that were read before: are these the same? */
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/files/files.h"
#include "paraudit/result/digest.h"

pa_status pa_inputs_paths(const pa_config *config, pa_buffer *paths, pa_error *err)
{
    pa_inputs in = {0};
    pa_status st = pa_inputs_list(pa_config_text(config, "input.files"), NULL, &in, err);
    if (st == PA_OK) st = pa_buffer_add(paths, in.text, in.text_bytes, err);
    pa_inputs_free(&in);
    return st;
}

/* The columns of a table of inputs; NULL where it lacks them. */
typedef struct {
    size_t n;
    const pa_column *name, *digest;
    const int64_t *bytes;
} known_files;

static bool know(const pa_table *t, known_files *k)
{
    const pa_column *bytes = pa_table_find(t, "bytes");
    *k = (known_files){t->n_rows, pa_table_find(t, "file"), pa_table_find(t, "digest"), NULL};
    if (!k->name || k->name->spec.type != PA_BYTES || !k->digest ||
        k->digest->spec.type != PA_BYTES || k->digest->spec.width != PA_DIGEST_TEXT - 1 || !bytes ||
        bytes->spec.type != PA_I64)
        return false;
    k->bytes = bytes->data;
    return true;
}

static bool has_name(const known_files *k, size_t i, const char *path)
{
    size_t width = (size_t)k->name->spec.width, length = strlen(pa_base_name(path));
    const char *name = (const char *)k->name->data + i * width;
    return strnlen(name, width) == length && memcmp(name, pa_base_name(path), length) == 0;
}

static bool has_digest(const known_files *k, size_t i, const char *digest)
{
    size_t width = PA_DIGEST_TEXT - 1;
    return memcmp((const char *)k->digest->data + i * width, digest, width) == 0;
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
    *alike = true;
    if (pa_comm_rank(comm) == 0) {
        *alike = know(inputs, &known) && pa_inputs_paths(config, &paths, NULL) == PA_OK &&
                 look_alike(&known, &paths);
    }
    pa_broadcast(comm, alike, sizeof *alike, 0);
    pa_status st = *alike ? compare_all(comm, &known, &paths, alike, err) : PA_OK;
    pa_buffer_free(&paths);
    return st;
}
