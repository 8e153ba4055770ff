#include "paraudit/patterns/basket_file.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/patterns/item_order.h"

/* What takes the lines. */
typedef struct {
    pa_basket_file *f;
    const char *name; /* of the file */
} taker;

/* ---- lines ---- */

static pa_status make_room(pa_basket_file *f, size_t items, pa_error *err)
{
    size_t used = f->here.n ? f->first[f->here.n] : 0;
    PA_TRY(PA_ROOM(f->first, f->room_first, f->here.n + 2, err));
    return PA_ROOM(f->item, f->room_item, used + items, err);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static pa_status bad_item(const taker *t, int64_t line, const char *text, size_t n, pa_error *err)
{
    return pa_fail_at(
        err, PA_E_DATA, 1, line,
        "%s:%lld: item '%.*s' is no whole number from 0 to 2147483646 with blanks "
        "around it; items with names are read from a CSV file, by --basket and --item",
        t->name, (long long)line, (int)(n < 40 ? n : 40), text);
}

/* The number at `begin`, and where it ends; -1: there is none that can be an item. */
static int64_t read_item(const char *begin, const char *end, const char **behind)
{
    enum { MOST_DIGITS = 18 };
    const char *at = begin;
    uint64_t v = 0;
    for (unsigned digit; at < end && (digit = (unsigned)(unsigned char)*at - '0') < 10; at++)
        v = v * 10 + digit;
    bool whole = at > begin && at - begin <= MOST_DIGITS && (at == end || is_blank(*at));
    *behind = at;
    if (whole && v < INT32_MAX) return (int64_t)v;
    while (at < end && !is_blank(*at)) at++;
    *behind = at;
    return -1;
}

static bool is_ascending(size_t n, const int32_t item[])
{
    size_t i = 1;
    while (i < n && item[i - 1] < item[i]) i++;
    return i >= n;
}

/* Ascending, each once; returns how many. */
static size_t put_in_order(size_t n, int32_t item[])
{
    if (is_ascending(n, item)) return n;
    size_t kept = 0;
    pa_sort_items(n, item);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || item[i] != item[kept - 1]) item[kept++] = item[i];
    return kept;
}

static pa_status take_line(void *of, int64_t line, const char *text, size_t n, pa_error *err)
{
    const taker *t = of;
    pa_basket_file *f = t->f;
    PA_TRY(make_room(f, n / 2 + 1, err));
    size_t begin = f->here.n ? f->first[f->here.n] : 0, at = begin;
    const char *end = text + n;
    if (line == 1 && n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3; /* a byte order mark */
    for (;;) {
        while (text < end && is_blank(*text)) text++;
        if (text == end) break;
        const char *behind;
        int64_t item = read_item(text, end, &behind);
        if (item < 0) return bad_item(t, line, text, (size_t)(behind - text), err);
        f->item[at++] = (int32_t)item;
        text = behind;
    }
    size_t kept = put_in_order(at - begin, f->item + begin);
    f->n_repeated += (int64_t)(at - begin - kept);
    f->n_empty += kept == 0;
    if (kept == 0) return PA_OK;
    f->first[f->here.n] = begin;
    f->first[++f->here.n] = begin + kept;
    return PA_OK;
}

/* ---- numbers to codes ---- */

/* Which numbers there are, and how many before each 64 of them. */
typedef struct {
    size_t n_words;
    uint64_t *word;
    uint32_t *before;
    uint32_t n;
} number_set;

static void free_numbers(number_set *s)
{
    pa_free(s->word);
    pa_free(s->before);
}

static pa_status new_numbers(int64_t largest, number_set *s, pa_error *err)
{
    *s = (number_set){.n_words = (size_t)(largest / 64) + 1};
    PA_TRY(PA_NEW(s->word, s->n_words, err));
    return PA_NEW(s->before, s->n_words, err);
}

static void add_numbers(number_set *s, size_t n, const int32_t number[])
{
    for (size_t i = 0; i < n; i++) s->word[number[i] / 64] |= UINT64_C(1) << number[i] % 64;
}

static void count_numbers(number_set *s)
{
    s->n = 0;
    for (size_t w = 0; w < s->n_words; w++) {
        s->before[w] = s->n;
        s->n += (uint32_t)__builtin_popcountll(s->word[w]);
    }
}

static void list_numbers(const number_set *s, int32_t number[])
{
    size_t n = 0;
    for (size_t w = 0; w < s->n_words; w++)
        for (uint64_t bits = s->word[w]; bits; bits &= bits - 1)
            number[n++] = (int32_t)(w * 64 + (size_t)__builtin_ctzll(bits));
}

static int32_t code_of(const number_set *s, int32_t number)
{
    size_t w = (size_t)number / 64;
    uint64_t below = s->word[w] & ((UINT64_C(1) << number % 64) - 1);
    return (int32_t)(s->before[w] + (uint32_t)__builtin_popcountll(below));
}

/* Looked up where numbers are small, and else counted. */
static pa_status put_codes(const number_set *s, const int32_t number[], size_t n, int32_t item[],
                           pa_error *err)
{
    int32_t *code;
    if (s->n_words > n / 16) {
        for (size_t i = 0; i < n; i++) item[i] = code_of(s, item[i]);
        return PA_OK;
    }
    PA_TRY(PA_NEW(code, 64 * s->n_words, err));
    for (uint32_t k = 0; k < s->n; k++) code[number[k]] = (int32_t)k;
    for (size_t i = 0; i < n; i++) item[i] = code[item[i]];
    pa_free(code);
    return PA_OK;
}

/* Adds those of all ranks. */
static pa_status share_numbers(pa_comm *comm, number_set *s, pa_error *err)
{
    int32_t *own = NULL;
    void *all = NULL;
    size_t bytes = 0;
    count_numbers(s);
    PA_AGREE(comm, PA_NEW(own, s->n, err), err);
    list_numbers(s, own);
    pa_status st = pa_gather_all(comm, own, s->n * sizeof *own, &all, &bytes, err);
    if (st == PA_OK) add_numbers(s, bytes / sizeof *own, all);
    if (st == PA_OK) count_numbers(s);
    pa_free(own);
    pa_free(all);
    return st;
}

static pa_status give_codes(pa_comm *comm, pa_basket_file *f, pa_error *err)
{
    number_set s = {0};
    int64_t largest = 0;
    size_t n = f->here.n ? f->first[f->here.n] : 0;
    for (size_t i = 0; i < n; i++)
        if (f->item[i] > largest) largest = f->item[i];
    pa_max_i64(comm, &largest, 1);
    pa_status st;
    PA_GOTO(pa_agree(comm, new_numbers(largest, &s, err), err));
    add_numbers(&s, n, f->item);
    PA_GOTO(share_numbers(comm, &s, err));
    PA_GOTO(pa_agree(comm, PA_NEW(f->number, s.n, err), err));
    list_numbers(&s, f->number);
    PA_GOTO(pa_agree(comm, put_codes(&s, f->number, n, f->item, err), err));
    f->here.n_items = (int32_t)s.n;
out:
    free_numbers(&s);
    return st;
}

/* ---- */

static pa_status count_baskets(pa_comm *comm, const char *name, pa_basket_file *f, pa_error *err)
{
    int64_t sum[3] = {(int64_t)f->here.n, f->n_repeated, f->n_empty};
    pa_sum_i64(comm, sum, 3);
    f->n_global = sum[0];
    f->n_repeated = sum[1];
    f->n_empty = sum[2];
    if (f->n_global > 0) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%s: there is no basket: a line has no item", name);
}

pa_status pa_basket_file_read(pa_comm *comm, const char *path, const pa_text_io *io,
                              pa_basket_file *f, pa_error *err)
{
    pa_text_source source;
    *f = (pa_basket_file){0};
    PA_TRY(pa_source_open(comm, path, io, &source, err));
    taker t = {f, source.file.name};
    const pa_record_rule rule = {.signs = pa_line_signs, .longest = io->longest};
    pa_status st = pa_agree(comm, make_room(f, 0, err), err);
    if (st == PA_OK) st = pa_source_read(&source, &rule, take_line, &t, err);
    if (st == PA_OK) st = count_baskets(comm, t.name, f, err);
    if (st == PA_OK) st = give_codes(comm, f, err);
    if (f->here.n == 0 && f->first) f->first[0] = 0;
    f->here.first = f->first;
    f->here.item = f->item;
    if (st != PA_OK) pa_basket_file_free(f);
    return st;
}

void pa_basket_file_free(pa_basket_file *f)
{
    pa_free(f->first);
    pa_free(f->item);
    pa_free(f->number);
    *f = (pa_basket_file){0};
}
