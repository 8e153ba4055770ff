/* Side files in the table of inputs. */
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/files/sha256.h"
#include "side_files.h"

enum { USE_BYTES = 16, HEX = 64 };

static const char column_use[] = "use";

/* The table anew, `more` rows longer, with room for names of `width` bytes. */
static pa_status grow(pa_comm *comm, const pa_table *old, size_t more, size_t width, pa_table *t,
                      pa_error *err)
{
    size_t n_old = old->n_rows;
    pa_table_init(t, old->name, old->meaning);
    pa_table_size_small(t, pa_comm_rank(comm), (size_t)old->n_global + more);
    for (size_t i = 0; i < old->n_columns; i++) {
        const pa_column *c = old->columns[i];
        pa_column_spec spec = c->spec;
        size_t size = pa_type_size(spec.type, spec.width);
        void *data;
        bool wider = strcmp(spec.name, "file") == 0 && (size_t)spec.width < width;
        if (wider) spec.width = (int)width;
        PA_TRY(pa_table_add(t, &spec, &data, err));
        for (size_t row = 0; row < n_old; row++)
            memcpy((char *)data + row * pa_type_size(spec.type, spec.width),
                   (const char *)c->data + row * size, size);
    }
    return PA_OK;
}

static pa_status add_use(pa_table *t, size_t n_old, pa_error *err)
{
    static const pa_column_spec spec = {.name = column_use,
                                        .type = PA_BYTES,
                                        .width = USE_BYTES,
                                        .meaning = "what the file was read for",
                                        .role = PA_ROLE_INPUT,
                                        .stage = "ingest"};
    static const char transactions[] = "transactions";
    void *data;
    if (pa_table_find(t, column_use)) return PA_OK;
    PA_TRY(pa_table_add(t, &spec, &data, err));
    for (size_t i = 0; i < n_old && i < t->n_rows; i++)
        memcpy((char *)data + i * USE_BYTES, transactions, sizeof transactions);
    return PA_OK;
}

/* Row i of rank 0. */
static void fill_row(pa_table *t, size_t i, const pa_input *f, const char *digest, const char *use)
{
    size_t width = (size_t)pa_table_find(t, "file")->spec.width;
    memcpy((char *)pa_table_data(t, "file", PA_BYTES) + i * width, f->name, strlen(f->name));
    memcpy((char *)pa_table_data(t, "digest", PA_BYTES) + i * HEX, digest, HEX);
    char text[USE_BYTES] = {0};
    snprintf(text, sizeof text, "%s", use);
    memcpy((char *)pa_table_data(t, column_use, PA_BYTES) + i * USE_BYTES, text, USE_BYTES);
    ((int64_t *)pa_table_data(t, "bytes", PA_I64))[i] = f->size;
}

static size_t longest_name(const pa_inputs *in)
{
    size_t most = 1;
    for (size_t i = 0; i < in->n; i++)
        if (strlen(in->file[i].name) > most) most = strlen(in->file[i].name);
    return most;
}

static unsigned char of_hex(char c)
{
    return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* As ingest/ingest.h has it. */
static pa_status digest_all(const pa_table *t, char hex[65], pa_error *err)
{
    const char *text = pa_table_find(t, "digest")->data;
    unsigned char *raw = NULL, all[PA_DIGEST_BYTES];
    size_t n = t->n_rows * PA_DIGEST_BYTES;
    PA_TRY(PA_NEW(raw, n, err));
    for (size_t i = 0; i < n; i++)
        raw[i] = (unsigned char)(of_hex(text[2 * i]) << 4 | of_hex(text[2 * i + 1]));
    pa_sha256_of(raw, n, all);
    pa_hex(all, hex);
    pa_free(raw);
    return PA_OK;
}

static pa_status fill(pa_comm *comm, const pa_inputs *in, const char *use, size_t n_old,
                      pa_table *t, pa_error *err)
{
    for (size_t i = 0; i < in->n; i++) {
        char digest[PA_DIGEST_TEXT];
        PA_TRY(pa_file_digest(comm, in->file[i].path, PA_DIGEST_INPUT_BLOCK, digest, err));
        if (t->n_rows > 0) fill_row(t, n_old + i, in->file + i, digest, use);
    }
    return PA_OK;
}

pa_status pa_beside_list(pa_comm *comm, const pa_beside_files *side, const char *use, pa_ingest *g,
                         pa_error *err)
{
    const pa_inputs *in = &side->inputs;
    size_t n_old = (size_t)g->inputs.n_global;
    pa_table t;
    pa_status st = grow(comm, &g->inputs, in->n, longest_name(in), &t, err);
    if (st == PA_OK) st = add_use(&t, n_old, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(fill(comm, in, use, n_old, &t, err));
    if (pa_comm_rank(comm) == 0) st = digest_all(&t, g->input_digest, err);
    PA_GOTO(pa_agree(comm, st, err));
    pa_broadcast(comm, g->input_digest, sizeof g->input_digest, 0);
    pa_table_free(&g->inputs);
    g->inputs = t;
    return PA_OK;
out:
    pa_table_free(&t);
    return st;
}
