/* The baskets that are mined, and how their items are called. */
#include <inttypes.h>
#include <string.h>

#include "mine_parts.h"
#include "paraudit/base/escape.h"
#include "paraudit/csv/csv.h"

/* ---- names in lines ---- */

static bool is_plain(const char *text, size_t n)
{
    static const char odd[] = {' ', '"', '\\', '(', ')', ','};
    char out[PA_ESCAPED];
    size_t bytes;
    for (size_t at = 0; at < n; at += bytes) {
        size_t length = pa_escape_one(text + at, n - at, out, &bytes);
        if (length != bytes || memchr(odd, text[at], sizeof odd)) return false;
    }
    return n > 0;
}

/* A character within a string of JSON; *bytes: those that it takes. */
static pa_status add_character(const char *text, size_t n, size_t *bytes, pa_buffer *to,
                               pa_error *err)
{
    char out[PA_ESCAPED];
    size_t length = pa_escape_one(text, n, out, bytes);
    if (*text == '"' || *text == '\\') return pa_buffer_printf(to, err, "\\%c", *text);
    if (length == 4 && out[0] == '\\' && out[1] == 'x')
        return pa_buffer_printf(to, err, "\\u00%.2s", out + 2);
    return pa_buffer_add(to, out, length, err);
}

pa_status pa_mine_add_name(const char *name, size_t n, pa_buffer *to, pa_error *err)
{
    if (is_plain(name, n)) return pa_buffer_add(to, name, n, err);
    PA_TRY(pa_buffer_add(to, "\"", 1, err));
    for (size_t at = 0, bytes; at < n; at += bytes)
        PA_TRY(add_character(name + at, n - at, &bytes, to, err));
    return pa_buffer_add(to, "\"", 1, err);
}

static pa_status make_words(const pa_names *names, pa_names *words, pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = PA_NEW(words->start, names->n + 1, err);
    for (size_t i = 0; st == PA_OK && i < names->n; i++) {
        size_t begin = names->start[i];
        st = pa_mine_add_name(names->bytes + begin, names->start[i + 1] - begin, &text, err);
        words->start[i + 1] = text.length;
    }
    words->n = names->n;
    words->bytes = text.data;
    return st;
}

/* ---- reading ---- */

static pa_status read_pairs(pa_comm *comm, const char *path, const pa_pair_columns *columns,
                            const pa_text_io *io, pa_mine_input *in, pa_error *err)
{
    PA_TRY(pa_basket_pairs_read(comm, path, columns, io, &in->pairs, err));
    in->here = &in->pairs.here;
    in->n_global = in->pairs.n_global;
    pa_status st = pa_agree(comm, make_words(&in->pairs.items, &in->word, err), err);
    if (st != PA_OK) pa_mine_input_free(in);
    return st;
}

pa_status pa_mine_read(pa_comm *comm, const char *path, const pa_pair_columns *columns,
                       const pa_text_io *io, pa_mine_input *in, pa_error *err)
{
    *in = (pa_mine_input){0};
    if (columns) return read_pairs(comm, path, columns, io, in, err);
    PA_TRY(pa_basket_file_read(comm, path, io, &in->file, err));
    in->here = &in->file.here;
    in->n_global = in->file.n_global;
    in->number = in->file.number;
    return PA_OK;
}

void pa_mine_input_free(pa_mine_input *in)
{
    pa_basket_file_free(&in->file);
    pa_basket_pairs_free(&in->pairs);
    pa_names_free(&in->word);
    *in = (pa_mine_input){0};
}

/* ---- what people hear of it ---- */

static void print_faults(const pa_basket_pairs *p)
{
    static const char *const what[] = {"without a basket", "without an item",
                                       "of no UTF-8 (iconv -f windows-1252 -t utf-8 makes it so)"};
    int64_t n = 0;
    const char *before = ": ";
    for (int i = 0; i < PA_PAIR_N; i++) n += p->n_fault[i];
    if (n == 0) return;
    pa_print(stdout, "NOTE %" PRId64 " rows are left out, the first in line %" PRId64, n,
             p->first_fault);
    for (int i = 0; i < PA_PAIR_N; i++) {
        if (p->n_fault[i] == 0) continue;
        pa_print(stdout, "%s%" PRId64 " %s", before, p->n_fault[i], what[i]);
        before = ", ";
    }
    pa_print(stdout, "\n");
}

static void print_pairs(const pa_basket_pairs *p)
{
    print_faults(p);
    if (p->n_repeated)
        pa_print(stdout,
                 "NOTE %" PRId64 " rows name an item that is in their basket already, and "
                 "counts once\n",
                 p->n_repeated);
    if (p->n_cut)
        pa_print(stdout,
                 "NOTE %" PRId64 " names are longer than %d bytes: cut, with a digest of "
                 "all of it at the end\n",
                 p->n_cut, PA_CSV_NAME_BYTES);
}

void pa_mine_print_input(const char *path, const pa_mine_input *in, int32_t n_frequent)
{
    pa_print(stdout, "%s: %" PRId64 " baskets, %" PRId32 " items, %" PRId32 " of them frequent\n",
             path, in->n_global, in->here->n_items, n_frequent);
    if (in->file.n_empty)
        pa_print(stdout, "NOTE %" PRId64 " lines without an item are no baskets\n",
                 in->file.n_empty);
    if (in->file.n_repeated)
        pa_print(stdout, "NOTE %" PRId64 " items stood in their line already, and count once\n",
                 in->file.n_repeated);
    print_pairs(&in->pairs);
}
