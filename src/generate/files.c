/* Accounts go in blocks, block b to rank b mod P. In each round every rank makes
 * the bytes of one block, hears how long the others' are, and writes its own
 * behind those before them in the same part. */
#include "paraudit/generate/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/files.h"
#include "paraudit/generate/row_text.h"

/* ROWS_A_BLOCK decides where compressed frames end: results hang on it. */
enum { ROWS_A_BLOCK = 20000, ZSTD_LEVEL = 3, PATH_ROOM = 4096 };

typedef struct {
    pa_comm *comm;
    const pa_world *world;
    const char *path;
    int n_parts; /* as asked for: 0 is one file */
    int64_t n_accounts, accounts_a_part, accounts_a_block, blocks_a_part, n_blocks;
    ZSTD_CCtx *compressor; /* NULL: plain */
    pa_generated_row *rows;
    pa_buffer text, packed;
    int64_t *bytes;  /* of this round's blocks, by rank */
    int64_t *offset; /* by part */
    int file, file_part;
    bool in_place; /* a device is written as it stands; a file as NAME.part first */
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

enum { SUFFIX = sizeof ".part" };

/* name: what the part is called in the end; working: while it is written. */
static pa_status names_of(const writer *w, int part, char name[PATH_ROOM],
                          char working[PATH_ROOM + SUFFIX], pa_error *err)
{
    PA_TRY(pa_part_name(w->path, part + 1, w->n_parts, PATH_ROOM, name, err));
    snprintf(working, PATH_ROOM + SUFFIX, "%s%s", name, w->in_place ? "" : ".part");
    return PA_OK;
}

static pa_status open_part(writer *w, int part, int flags, pa_error *err)
{
    char name[PATH_ROOM], working[PATH_ROOM + SUFFIX];
    PA_TRY(names_of(w, part, name, working, err));
    w->file = open(working, flags, 0666);
    w->file_part = part;
    return w->file < 0 ? pa_fail(err, PA_E_CREATE, "%s: %s", name, strerror(errno)) : PA_OK;
}

static pa_status cannot_write(const writer *w, pa_error *err)
{
    char name[PATH_ROOM];
    int reason = errno;
    PA_TRY(pa_part_name(w->path, w->file_part + 1, w->n_parts, sizeof name, name, err));
    return pa_fail(err, PA_E_IO, "%s: cannot write: %s", name, strerror(reason));
}

static pa_status close_part(writer *w, pa_error *err)
{
    if (w->file < 0) return PA_OK;
    int closed = close(w->file);
    w->file = -1;
    return closed == 0 ? PA_OK : cannot_write(w, err);
}

/* Whether --out is there and no file; a folder is an error at once. */
static pa_status find_device(writer *w, pa_error *err)
{
    struct stat about;
    bool there = w->n_parts == 0 && stat(w->path, &about) == 0;
    if (there && S_ISDIR(about.st_mode)) {
        return pa_fail(err, PA_E_CREATE, "%s: %s", w->path, strerror(EISDIR));
    }
    w->in_place = there && !S_ISREG(about.st_mode);
    return PA_OK;
}

/* Empties all parts, or makes them. */
static pa_status create_parts(writer *w, pa_error *err)
{
    pa_status st = PA_OK;
    for (int part = 0; st == PA_OK && part < (int)at_least_1(w->n_parts); part++) {
        st = open_part(w, part, O_WRONLY | O_CREAT | O_TRUNC, err);
        if (st == PA_OK) st = close_part(w, err);
    }
    return st;
}

/* Half a portfolio must not pass for one: parts get their names when all are whole. */
static pa_status end_parts(const writer *w, bool whole, pa_error *err)
{
    char name[PATH_ROOM], working[PATH_ROOM + SUFFIX];
    pa_status st = PA_OK;
    for (int part = 0; !w->in_place && part < (int)at_least_1(w->n_parts); part++) {
        PA_TRY(names_of(w, part, name, working, err));
        if (!whole)
            unlink(working);
        else if (rename(working, name) != 0 && st == PA_OK) {
            st = pa_fail(err, PA_E_CREATE, "%s: %s", name, strerror(errno));
        }
    }
    return st;
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

static pa_status write_block(writer *w, int64_t block, int64_t offset, pa_error *err)
{
    if (block >= w->n_blocks) return PA_OK;
    int part = (int)(block / w->blocks_a_part);
    if (w->file < 0 || w->file_part != part) {
        PA_TRY(close_part(w, err));
        PA_TRY(open_part(w, part, O_WRONLY, err));
    }
    const pa_buffer *bytes = w->compressor ? &w->packed : &w->text;
    bool written = pa_write_at(w->file, bytes->data, bytes->length, offset);
    return written ? PA_OK : cannot_write(w, err);
}

/* One block a rank, from block `first` on. */
static pa_status write_round(writer *w, int64_t first, pa_error *err)
{
    int rank = pa_comm_rank(w->comm), n_ranks = pa_comm_size(w->comm);
    PA_AGREE(w->comm, make_block(w, first + rank, err), err);
    for (int r = 0; r < n_ranks; r++) w->bytes[r] = 0;
    w->bytes[rank] = (int64_t)(w->compressor ? w->packed.length : w->text.length);
    pa_sum_i64(w->comm, w->bytes, (size_t)n_ranks);
    int64_t mine = 0;
    for (int r = 0; r < n_ranks && first + r < w->n_blocks; r++) {
        int64_t *offset = w->offset + (first + r) / w->blocks_a_part;
        if (r == rank) mine = *offset;
        *offset += w->bytes[r];
    }
    return pa_agree(w->comm, write_block(w, first + rank, mine, err), err);
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

static pa_status take_memory(writer *w, pa_error *err)
{
    size_t n_days = (size_t)pa_world_portfolio(w->world)->n_days, length = strlen(w->path);
    PA_TRY(PA_NEW(w->rows, n_days * PA_MAX_ROWS_A_DAY, err));
    PA_TRY(PA_NEW(w->bytes, (size_t)pa_comm_size(w->comm), err));
    PA_TRY(PA_NEW(w->offset, (size_t)at_least_1(w->n_parts), err));
    if (length < 4 || strcmp(w->path + length - 4, ".zst") != 0) return PA_OK;
    w->compressor = ZSTD_createCCtx();
    return w->compressor ? PA_OK : pa_fail(err, PA_E_MEMORY, "no memory for zstd");
}

static void free_memory(writer *w)
{
    ZSTD_freeCCtx(w->compressor);
    pa_buffer_free(&w->packed);
    pa_buffer_free(&w->text);
    pa_free(w->offset);
    pa_free(w->bytes);
    pa_free(w->rows);
}

static pa_status write_parts(writer *w, pa_error *err)
{
    int64_t n_ranks = pa_comm_size(w->comm);
    pa_status st = PA_OK;
    for (int64_t b = 0; st == PA_OK && b < w->n_blocks; b += n_ranks) {
        st = write_round(w, b, err);
    }
    pa_status closed = close_part(w, err);
    return pa_agree(w->comm, st != PA_OK ? st : closed, err);
}

pa_status pa_write_portfolio(pa_comm *comm, const pa_world *world, const char *path, int n_parts,
                             pa_error *err)
{
    writer w = {.comm = comm, .world = world, .path = path, .n_parts = n_parts, .file = -1};
    int first = pa_comm_rank(comm) == 0;
    cut(&w);
    pa_status st = take_memory(&w, err);
    if (st == PA_OK && first) st = find_device(&w, err);
    if (st == PA_OK && first) st = create_parts(&w, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) {
        pa_broadcast(comm, &w.in_place, sizeof w.in_place, 0);
        st = write_parts(&w, err);
    }
    pa_error late = {0};
    pa_status ended = first ? end_parts(&w, st == PA_OK, &late) : PA_OK;
    if (st == PA_OK && ended != PA_OK) {
        st = ended;
        *err = late;
    }
    st = pa_agree(comm, st, err);
    free_memory(&w);
    return st;
}
