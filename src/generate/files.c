/* Accounts go in blocks, block b to rank b mod P. In each round every rank makes
 * the bytes of one block, which stand behind those before them in the same part. */
#include "paraudit/generate/files.h"

#include <string.h>
#include <zstd.h>

#include "paraudit/base/array.h"
#include "paraudit/generate/row_text.h"
#include "paraudit/text/sink.h"

/* ROWS_A_BLOCK decides where compressed frames end: results hang on it. */
enum { ROWS_A_BLOCK = 20000, ZSTD_LEVEL = 3, PATH_ROOM = 4096 };

typedef struct {
    pa_comm *comm;
    const pa_world *world;
    const char *path;
    pa_log *log;
    int n_parts; /* as asked for: 0 is one file */
    bool replace;
    int64_t n_accounts, accounts_a_part, accounts_a_block, blocks_a_part, n_blocks;
    ZSTD_CCtx *compressor; /* NULL: plain */
    pa_generated_row *rows;
    pa_buffer text, packed;
    char (*name)[PATH_ROOM]; /* of each part */
    const char **names;      /* point there */
    pa_sink *sink;
} writer;

static int64_t at_least_1(int64_t v)
{
    return v < 1 ? 1 : v;
}

pa_status pa_part_name(const char *path, int part, int n_parts, size_t room, char name[],
                       pa_error *err)
{
    size_t length = strlen(path), stem = length;
    if (length + 6 > room) return pa_fail(err, PA_E_USAGE, "%s: the name is too long", path);
    memcpy(name, path, length + 1);
    if (n_parts == 0) return PA_OK;
    if (stem >= 4 && strcmp(path + stem - 4, ".zst") == 0) stem -= 4;
    for (size_t i = stem; i > 0 && path[i - 1] != '/'; i--) {
        if (path[i - 1] == '.' && i > 1 && path[i - 2] != '/') {
            stem = i - 1;
            break;
        }
    }
    name[stem] = '-';
    for (int i = 4; i > 0; i--, part /= 10) name[stem + (size_t)i] = (char)('0' + part % 10);
    memcpy(name + stem + 5, path + stem, length - stem + 1);
    return PA_OK;
}

static pa_status format_block(writer *w, int64_t part, int64_t block, pa_error *err)
{
    int64_t from = part * w->accounts_a_part + block * w->accounts_a_block;
    int64_t until = from + w->accounts_a_block, end = (part + 1) * w->accounts_a_part;
    if (until > end) until = end;
    if (until > w->n_accounts) until = w->n_accounts;
    if (block == 0) {
        PA_TRY(pa_buffer_add(&w->text, pa_row_header, strlen(pa_row_header), err));
    }
    for (int64_t a = from; a < until; a++) {
        size_t n = pa_generate_account(w->world, a, w->rows);
        PA_TRY(pa_buffer_reserve(&w->text, n * PA_ROW_TEXT, err));
        char *end_of_text = w->text.data + w->text.length;
        for (size_t i = 0; i < n; i++) end_of_text = pa_row_text(w->rows + i, a, end_of_text);
        w->text.length = (size_t)(end_of_text - w->text.data);
    }
    return PA_OK;
}

/* A frame for each block: frames end to end are a valid file. */
static pa_status compress_block(writer *w, pa_error *err)
{
    w->packed.length = 0;
    if (w->text.length == 0) return PA_OK;
    size_t room = ZSTD_compressBound(w->text.length);
    PA_TRY(pa_buffer_reserve(&w->packed, room, err));
    size_t n = ZSTD_compressCCtx(w->compressor, w->packed.data, room, w->text.data, w->text.length,
                                 ZSTD_LEVEL);
    if (ZSTD_isError(n)) return pa_fail(err, PA_E_BUG, "zstd: %s", ZSTD_getErrorName(n));
    w->packed.length = n;
    return PA_OK;
}

static pa_status make_block(writer *w, int64_t block, pa_error *err)
{
    w->text.length = w->packed.length = 0;
    if (block >= w->n_blocks) return PA_OK;
    PA_TRY(format_block(w, block / w->blocks_a_part, block % w->blocks_a_part, err));
    return w->compressor ? compress_block(w, err) : PA_OK;
}

/* One block a rank, from block `first` on. */
static pa_status write_round(writer *w, int64_t first, pa_error *err)
{
    int64_t block = first + pa_comm_rank(w->comm);
    PA_AGREE(w->comm, make_block(w, block, err), err);
    size_t part = block < w->n_blocks ? (size_t)(block / w->blocks_a_part) : 0;
    const pa_buffer *bytes = w->compressor ? &w->packed : &w->text;
    return pa_sink_add(w->sink, part, bytes->data, bytes->length, err);
}

static void cut(writer *w)
{
    const pa_portfolio *p = pa_world_portfolio(w->world);
    int64_t parts = at_least_1(w->n_parts);
    w->n_accounts = p->n_accounts;
    w->accounts_a_part = at_least_1((p->n_accounts + parts - 1) / parts);
    /* An account has about half a row a day; two thirds leave some room. */
    w->accounts_a_block = at_least_1(ROWS_A_BLOCK / (1 + p->n_days * 2 / 3));
    w->blocks_a_part = (w->accounts_a_part + w->accounts_a_block - 1) / w->accounts_a_block;
    w->n_blocks = w->blocks_a_part * parts;
}

static pa_status name_parts(writer *w, size_t n, pa_error *err)
{
    PA_TRY(PA_NEW(w->name, n, err));
    PA_TRY(PA_NEW(w->names, n, err));
    for (size_t i = 0; i < n; i++) {
        PA_TRY(pa_part_name(w->path, (int)i + 1, w->n_parts, PATH_ROOM, w->name[i], err));
        w->names[i] = w->name[i];
    }
    return PA_OK;
}

static pa_status take_memory(writer *w, size_t n_parts, pa_error *err)
{
    size_t n_days = (size_t)pa_world_portfolio(w->world)->n_days, length = strlen(w->path);
    PA_TRY(PA_NEW(w->rows, n_days * PA_MAX_ROWS_A_DAY, err));
    PA_TRY(name_parts(w, n_parts, err));
    if (length < 4 || strcmp(w->path + length - 4, ".zst") != 0) return PA_OK;
    w->compressor = ZSTD_createCCtx();
    return w->compressor ? PA_OK : pa_fail(err, PA_E_MEMORY, "no memory for zstd");
}

static void free_memory(writer *w)
{
    pa_sink_free(w->sink);
    ZSTD_freeCCtx(w->compressor);
    pa_buffer_free(&w->packed);
    pa_buffer_free(&w->text);
    pa_free(w->name);
    pa_free(w->names);
    pa_free(w->rows);
}

static pa_status write_parts(writer *w, size_t n_parts, pa_error *err)
{
    PA_TRY(
        (w->replace ? pa_sink_open : pa_sink_open_new)(w->comm, w->names, n_parts, &w->sink, err));
    for (int64_t b = 0; b < w->n_blocks; b += pa_comm_size(w->comm)) {
        pa_log_progress(w->log, "generate", b, w->n_blocks);
        PA_TRY(write_round(w, b, err));
    }
    return pa_sink_finish(w->sink, err);
}

pa_status pa_write_portfolio(pa_comm *comm, const pa_world *world, const char *path, int n_parts,
                             bool replace, pa_log *log, pa_error *err)
{
    writer w = {.comm = comm,
                .world = world,
                .path = path,
                .log = log,
                .n_parts = n_parts,
                .replace = replace};
    size_t n_files = (size_t)at_least_1(n_parts);
    cut(&w);
    pa_status st = pa_agree(comm, take_memory(&w, n_files, err), err);
    if (st == PA_OK) st = write_parts(&w, n_files, err);
    free_memory(&w);
    return st;
}
