/* Where the header of a file is, and how its fields are told apart. */
#include <string.h>
#include <xxhash.h>

#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/no_utf8.h"

enum {
    MOST_LINES = 100, /* among which the header is looked for */
    MOST_SIGNS = 16   /* four separators, two quotes, blanks around them or none */
};

/* ---- names as they are compared ---- */

/* Bytes of a sign at text that is blank or cannot be seen; 0 where it is another one.
 * *nothing: no blank takes its place. */
static size_t unseen(const char *text, size_t n, bool *nothing)
{
    static const struct {
        const char *bytes;
        bool nothing;
    } signs[] = {
        {"\xc2\xa0", false},     {"\xe2\x80\x89", false}, {"\xe2\x80\xaf", false},
        {"\xe2\x80\x87", false}, {"\xe3\x80\x80", false}, {"\xef\xbb\xbf", true},
        {"\xe2\x80\x8b", true},  {"\xe2\x80\x8e", true},  {"\xe2\x80\x8f", true},
        {"\xe2\x81\xa0", true},  {"\xc2\xad", true},
    };
    unsigned char c = (unsigned char)text[0];
    *nothing = false;
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t length = strlen(signs[i].bytes);
        if (!pa_csv_starts_with(text, n, signs[i].bytes, length)) continue;
        *nothing = signs[i].nothing;
        return length;
    }
    return 0;
}

pa_status pa_csv_tidy_name(const char *text, size_t n, pa_buffer *out, pa_error *err)
{
    size_t begin = out->length;
    bool blank = false;
    PA_TRY(pa_buffer_reserve(out, n, err));
    for (size_t i = 0, length; i < n; i += length) {
        bool nothing;
        length = unseen(text + i, n - i, &nothing);
        if (length > 0) {
            blank |= !nothing;
            continue;
        }
        if (blank && out->length > begin) out->data[out->length++] = ' ';
        blank = false;
        out->data[out->length++] = text[i];
        length = 1;
    }
    return PA_OK;
}

/* ---- one line as a header ---- */

typedef struct {
    pa_csv_header_row row;
    pa_csv_field *field;
    pa_buffer text; /* the names */
    char *scratch;
} header;

static void free_header(header *h)
{
    pa_free(h->field);
    pa_free(h->scratch);
    pa_buffer_free(&h->text);
}

static pa_status clean_names(header *h, pa_error *err)
{
    size_t bytes = 0, at = 0;
    for (size_t i = 0; i < h->row.n; i++) bytes += h->field[i].length;
    PA_TRY(pa_buffer_reserve(&h->text, bytes + 1, err)); /* so that names stay where they are */
    for (size_t i = 0; i < h->row.n; i++, at = h->text.length) {
        PA_TRY(pa_csv_tidy_name(h->field[i].text, h->field[i].length, &h->text, err));
        h->field[i] = (pa_csv_field){h->text.data + at, h->text.length - at};
    }
    return PA_OK;
}

/* The fields of a line as names, cleaned. To be freed, also on failure. */
static pa_status read_names(const pa_csv_signs *signs, const char *text, size_t n, header *h,
                            pa_error *err)
{
    PA_TRY(PA_NEW(h->scratch, n, err));
    h->row.n = pa_csv_split(signs, text, n, h->scratch, NULL, 0);
    PA_TRY(PA_NEW(h->field, h->row.n, err));
    pa_csv_split(signs, text, n, h->scratch, h->field, h->row.n);
    h->row.field = h->field;
    return clean_names(h, err);
}

/* "1", "2", ...: as many as the line has fields. */
static pa_status number_names(const pa_csv_signs *signs, const char *text, size_t n, header *h,
                              pa_error *err)
{
    PA_TRY(PA_NEW(h->scratch, n, err));
    h->row.n = pa_csv_split(signs, text, n, h->scratch, NULL, 0);
    PA_TRY(PA_NEW(h->field, h->row.n, err));
    PA_TRY(pa_buffer_reserve(&h->text, h->row.n * 24, err));
    for (size_t i = 0; i < h->row.n; i++) {
        size_t at = h->text.length;
        PA_TRY(pa_buffer_printf(&h->text, err, "%zu", i + 1));
        h->field[i] = (pa_csv_field){h->text.data + at, h->text.length - at};
    }
    h->row.field = h->field;
    return PA_OK;
}

/* ---- the search ---- */

/* A line that may be the header. */
typedef struct {
    pa_csv_signs signs;
    size_t begin, length; /* of the record, without its line end */
    size_t end;
    int64_t line, end_line;
    size_t hits; /* names among those that are wanted */
} candidate;

typedef struct {
    const char *text;
    size_t n;
    bool last;
    const pa_csv_names *names;
    int64_t file;
    const char *name;
    size_t begin; /* behind a byte order mark and "sep=;" */
    int64_t line;
    char separator; /* of "sep=;", or 0 */
    pa_csv_layout *layout;
} search;

static size_t skip_mark(const char *text, size_t n)
{
    return pa_csv_starts_with(text, n, "\xef\xbb\xbf", 3) ? 3 : 0;
}

size_t pa_csv_separator_line(const char *t, size_t n, char *separator)
{
    size_t quote = n > 0 && t[0] == '"', at = quote + 5;
    *separator = '\0';
    if (!pa_csv_starts_with(t + quote, n - quote, "sep=", 4)) return 0;
    if (at >= n || t[at - 1] == '\n' || t[at - 1] == '\r') return 0;
    char sign = t[at - 1];
    if (quote && t[at] == '"') at++;
    if (at < n && t[at] == '\r') at++;
    if (at < n && t[at] == '\n') at++;
    if (t[at - 1] != '\n' && t[at - 1] != '\r') return 0;
    *separator = sign;
    return at;
}

static void obey_separator_line(search *s)
{
    size_t length = pa_csv_separator_line(s->text + s->begin, s->n - s->begin, &s->separator);
    s->begin += length;
    s->line += length > 0;
}

static size_t count_hits(const header *h, const pa_csv_names *names)
{
    const char *wanted[7 + PA_CSV_N_CODED + PA_CSV_N_PLACES] = {
        names->tx,     names->account, names->merchant,  names->time,
        names->amount, names->label,   names->label_time};
    for (int i = 0; i < PA_CSV_N_CODED; i++) wanted[7 + i] = names->coded[i];
    for (int i = 0; i < PA_CSV_N_PLACES; i++) wanted[7 + PA_CSV_N_CODED + i] = names->place[i];
    size_t hits = 0;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (wanted[i] && pa_csv_names_any(&h->row, wanted[i])) hits++;
    }
    return hits;
}

/* Whether the line at c is the header; the layout's columns are set then. */
static pa_status try_line(const search *s, candidate *c, bool numbered, bool *found, pa_error *err)
{
    header h = {.row = {.file = s->file, .line = c->line, .name = s->name, .key = s->names->key}};
    pa_status st = numbered ? number_names(&c->signs, s->text + c->begin, c->length, &h, err)
                            : read_names(&c->signs, s->text + c->begin, c->length, &h, err);
    if (st == PA_OK) {
        pa_error quiet = {0};
        *s->layout = (pa_csv_layout){.signs = c->signs, .n_fields = (int32_t)h.row.n};
        c->hits = count_hits(&h, s->names);
        *found = pa_csv_find_columns(&h.row, s->names, s->layout, &quiet) == PA_OK;
    }
    free_header(&h);
    return st;
}

/* The same, and why not. */
static pa_status explain(const search *s, const candidate *c, bool numbered, pa_error *err)
{
    header h = {.row = {.file = s->file, .line = c->line, .name = s->name, .key = s->names->key}};
    pa_status st = numbered ? number_names(&c->signs, s->text + c->begin, c->length, &h, err)
                            : read_names(&c->signs, s->text + c->begin, c->length, &h, err);
    if (st == PA_OK) st = pa_csv_find_columns(&h.row, s->names, s->layout, err);
    free_header(&h);
    return st;
}

/* The next line from *c on that is not empty, up to the last one that is whole. */
static bool next_line(const search *s, candidate *c, pa_record_verdict *v)
{
    const pa_record_rule rule = {.signs = c->signs, .longest = s->n, .most_lines = MOST_LINES};
    do {
        pa_record_seen seen;
        c->begin = c->end;
        c->line = c->end_line;
        if (c->begin == s->n) return false;
        *v = pa_record_judge(&rule, s->text + c->begin, s->n - c->begin, s->last, NULL, NULL, 0,
                             &seen);
        if (*v == PA_RECORD_MORE) return false;
        c->length = seen.body;
        c->end = c->begin + seen.length;
        c->end_line = c->line + seen.lines - !seen.ends;
    } while (*v == PA_RECORD_BLANK);
    return true;
}

/* Names behind a '#', as some programs comment them out. */
static void uncomment(const search *s, candidate *c)
{
    while (c->length > 0 && (s->text[c->begin] == '#' || s->text[c->begin] == ' ')) {
        c->begin++;
        c->length--;
    }
}

/* A record of several lines that is not the header may have taken it in, where a preamble
 * has a stray quote: its second line is tried next. */
static void give_back(const search *s, candidate *c)
{
    size_t at = c->begin;
    if (c->end_line - c->line < 2) return;
    while (s->text[at] != '\n' && s->text[at] != '\r') at++;
    c->end = at + 1 + pa_csv_starts_with(s->text + at, s->n - at, "\r\n", 2);
    c->end_line = c->line + 1;
}

/* Goes through the lines with one set of signs. best: what comes nearest. */
static pa_status try_signs(const search *s, const pa_csv_signs *signs, candidate *best, bool *found,
                           pa_error *err)
{
    pa_record_verdict v;
    candidate c = {.signs = *signs, .end = s->begin, .end_line = s->line};
    for (int i = 0; i < MOST_LINES && next_line(s, &c, &v); i++) {
        if (v != PA_RECORD_GOOD) continue;
        candidate bare = c;
        PA_TRY(try_line(s, &c, false, found, err));
        if (!*found && s->text[c.begin] == '#') {
            uncomment(s, &bare);
            PA_TRY(try_line(s, &bare, false, found, err));
            if (*found || bare.hits > c.hits) c = bare;
        }
        bool usual = c.signs.quote != '\'' || s->names->quote;
        if (*found || (usual && (best->length == 0 || c.hits > best->hits))) *best = c;
        if (*found) return PA_OK;
        give_back(s, &c);
    }
    return PA_OK;
}

/* Signs to be tried: those that are given, or any that people use. */
static size_t list_signs(const search *s, pa_csv_signs list[MOST_SIGNS])
{
    static const char separators[] = {',', ';', '\t', '|'}, quotes[] = {'"', '\''};
    const pa_csv_names *w = s->names;
    char given = w->separator ? w->separator : s->separator;
    size_t n_quotes = w->quote || w->no_quote ? 1 : 2, n = 0;
    for (size_t k = 0; k < n_quotes * (w->no_quote ? 1 : 2); k++) {
        char quote = w->no_quote ? '\0' : w->quote ? w->quote : quotes[k % n_quotes];
        for (size_t i = 0; i < (given ? 1 : sizeof separators); i++) {
            list[n++] = (pa_csv_signs){.separator = given ? given : separators[i],
                                       .quote = quote,
                                       .escape = w->escape,
                                       .blanks = k >= n_quotes};
        }
    }
    return n;
}

static bool is_number(const char *name)
{
    int64_t v;
    return pa_parse_i64(name, strlen(name), &v) && v > 0;
}

/* Time and amount are wanted of every file. */
static bool wants_numbers(const pa_csv_names *w)
{
    if (w->header != PA_CSV_HEADER_AUTO) return w->header == PA_CSV_HEADER_NO;
    return w->time && w->amount && is_number(w->amount) &&
           (is_number(w->time) || strspn(w->time, "0123456789,") == strlen(w->time));
}

typedef struct {
    const pa_csv_layout *layout;
    size_t n;
} amount_count;

static void count_amount(void *taker, const pa_csv_field field[])
{
    amount_count *count = taker;
    const pa_csv_layout *l = count->layout;
    const int32_t column[] = {l->amount, l->less};
    bool good = false; /* a word for nothing may stand in one of two */
    for (int i = 0; i < 2; i++) {
        if (column[i] < 0) continue;
        const pa_amount_form open = {0};
        const pa_csv_field f = field[column[i]];
        pa_amount_tally tally = {0};
        int64_t minor;
        good |= pa_amount_read(&open, f.text, f.length, &minor, &tally) == PA_AMOUNT_READ;
    }
    count->n += good;
}

/* Of the first rows, those with as many fields as the line at c has and an amount where one
 * is wanted; 0 where the line has not the columns. */
static pa_status count_rows(const search *s, candidate *c, size_t *rows, pa_error *err)
{
    enum { ROWS = 20, BYTES = 65536 };
    amount_count count = {s->layout, 0};
    size_t n = s->n - c->begin < BYTES ? s->n - c->begin : BYTES;
    bool found;
    *rows = 0;
    PA_TRY(try_line(s, c, true, &found, err));
    if (!found) return PA_OK;
    PA_TRY(pa_csv_sample(s->layout, s->text + c->begin, n, s->last && n < BYTES, false, ROWS,
                         count_amount, &count, err));
    *rows = count.n;
    return PA_OK;
}

/* Without a header: the signs that show amounts in most of the first rows, and of equal ones
 * those that tell most fields apart in the first line. */
static pa_status find_numbered(const search *s, candidate *best, pa_error *err)
{
    pa_csv_signs list[MOST_SIGNS];
    size_t n = list_signs(s, list), most = 0, most_rows = 0;
    for (size_t i = 0; i < n; i++) {
        pa_record_verdict v;
        candidate c = {.signs = list[i], .end = s->begin, .end_line = s->line};
        bool usual = c.signs.quote != '\'' || s->names->quote;
        if (!usual || !next_line(s, &c, &v) || v != PA_RECORD_GOOD) continue;
        size_t rows, fields = pa_csv_count_fields(&c.signs, s->text + c.begin, c.length);
        PA_TRY(count_rows(s, &c, &rows, err));
        if (rows < most_rows || (rows == most_rows && fields <= most)) continue;
        *best = c;
        most = fields;
        most_rows = rows;
    }
    if (most > 0) {
        best->end = best->begin; /* it is a row */
        best->end_line = best->line;
        *s->layout = (pa_csv_layout){.signs = best->signs, .n_fields = (int32_t)most};
        return explain(s, best, true, err);
    }
    return pa_fail_at(err, PA_E_DATA, s->file, s->line, "%s:%lld: no row can be read here", s->name,
                      (long long)s->line);
}

static bool has_number(const search *s, const candidate *c)
{
    header h = {0};
    pa_error quiet = {0};
    bool number = false;
    if (read_names(&c->signs, s->text + c->begin, c->length, &h, &quiet) == PA_OK) {
        for (size_t i = 0; i < h.row.n; i++) {
            double v;
            number |= pa_parse_double(h.field[i].text, h.field[i].length, &v);
        }
    }
    free_header(&h);
    return number;
}

/* A name that is not found in a line that is no UTF-8 may be there in another encoding. */
static pa_status explain_text(const search *s, const candidate *best, pa_error *err)
{
    pa_error why = {0};
    pa_bad_byte bad;
    pa_status st = explain(s, best, false, &why);
    if (st == PA_E_DATA && pa_find_no_utf8(s->text + best->begin, best->length, true, &bad)) {
        bad.offset += (int64_t)best->begin;
        bad.line += best->line - 1;
        return pa_fail_no_utf8(&bad, s->file, s->name, err);
    }
    if (err) *err = why;
    return st;
}

static pa_status not_found(const search *s, const candidate *best, pa_error *err)
{
    pa_csv_head head;
    if (best->hits == 0) {
        pa_csv_signs list[MOST_SIGNS];
        list_signs(s, list);
        PA_TRY(pa_csv_find_head(s->text, s->n, s->last, &list[0], s->file, s->name, &head, err));
    }
    if (best->hits == 0 && !s->names->key && has_number(s, best)) {
        return pa_fail_at(
            err, PA_E_DATA, s->file, best->line,
            "%s:%lld: none of the first lines has the names of the columns (input.time "
            "= %s, input.amount = %s, ...): where a file has no such line, set "
            "input.header = no and give columns by their numbers",
            s->name, (long long)best->line, s->names->time ? s->names->time : "",
            s->names->amount ? s->names->amount : "");
    }
    return explain_text(s, best, err);
}

static pa_status find_header(const search *s, candidate *best, pa_error *err)
{
    pa_csv_signs list[MOST_SIGNS];
    bool found = false;
    if (wants_numbers(s->names)) return find_numbered(s, best, err);
    size_t n = list_signs(s, list);
    for (size_t i = 0; i < n && !found; i++) PA_TRY(try_signs(s, &list[i], best, &found, err));
    return found ? PA_OK : not_found(s, best, err);
}

/* ---- rows behind it ---- */

/* Whether each of the first rows has one field more than the header, an empty one. */
static bool has_trailing(const search *s, const candidate *head)
{
    size_t n_fields = (size_t)s->layout->n_fields;
    candidate c = *head;
    pa_record_verdict v;
    int rows = 0;
    for (; rows < PA_CSV_SAMPLED && next_line(s, &c, &v); rows++) {
        if (v != PA_RECORD_GOOD) return false;
        bool empty = c.length > 0 && s->text[c.begin + c.length - 1] == c.signs.separator;
        if (!empty || pa_csv_count_fields(&c.signs, s->text + c.begin, c.length) != n_fields + 1)
            return false;
    }
    return rows > 1; /* one row may be a mishap */
}

void pa_csv_digest_name(pa_csv_field name, uint64_t *names, uint64_t *in_order)
{
    pa_csv_field f = pa_csv_clean(name);
    uint64_t digest = XXH3_64bits(f.text, f.length);
    *names += digest;
    *in_order = (*in_order ^ digest) * 0x9e3779b97f4a7c15u;
}

static pa_status digest_header(const search *s, const candidate *head, pa_csv_layout *l,
                               pa_error *err)
{
    header h = {0};
    if (l->head_length == 0) return PA_OK;
    pa_status st = read_names(&head->signs, s->text + head->begin, head->length, &h, err);
    for (size_t i = 0; st == PA_OK && i < h.row.n; i++)
        pa_csv_digest_name(h.field[i], &l->names, &l->names_in_order);
    free_header(&h);
    return st;
}

pa_status pa_csv_header(const char *text, size_t n, bool last, const pa_csv_names *names,
                        int64_t file, const char *name, pa_csv_layout *layout, pa_error *err)
{
    candidate best = {0};
    pa_csv_head head;
    search s = {text, n, last, names, file, name, skip_mark(text, n), 1, '\0', layout};
    obey_separator_line(&s);
    /* What is no text of lines at all is told first. */
    PA_TRY(pa_csv_find_head(text, n, last, &pa_line_signs, file, name, &head, err));
    PA_TRY(find_header(&s, &best, err));
    layout->amount_form = names->amount_form;
    layout->time_form = names->time_form;
    layout->label_time_form = names->label_time_form;
    layout->trailing =
        has_trailing(&s, &best) && pa_csv_amounts_fit(layout, text + best.end, n - best.end, last);
    layout->n_fields += layout->trailing;
    layout->head_begin = (int64_t)best.begin;
    layout->head_length = best.end > best.begin ? (int64_t)best.length : 0;
    layout->head_line = best.line;
    layout->length = (int64_t)best.end;
    layout->newlines = best.end_line - 1;
    PA_TRY(digest_header(&s, &best, layout, err));
    return pa_csv_find_quotes(text, n, last, names->quote != 0, layout, err);
}

/* Names of the header's columns, or their numbers. To be freed, also on failure. */
static pa_status name_columns(const char *text, const pa_csv_layout *l, header *h, pa_error *err)
{
    const char *record = text + l->head_begin;
    if (l->head_length > 0) return read_names(&l->signs, record, (size_t)l->head_length, h, err);
    h->row.n = (size_t)l->n_fields;
    return PA_OK;
}

static pa_status add_name(const pa_csv_layout *l, const header *h, int32_t column, pa_buffer *names,
                          pa_error *err)
{
    if (l->head_length > 0 && (size_t)column < h->row.n)
        return pa_csv_add_name(h->field[column], names, err);
    if (l->head_length == 0) PA_TRY(pa_buffer_printf(names, err, "%d", column + 1));
    return pa_buffer_add(names, "", 1, err);
}

pa_status pa_csv_column_names(const char *text, const pa_csv_layout *l, pa_buffer *names,
                              pa_error *err)
{
    header h = {0};
    pa_status st = name_columns(text, l, &h, err);
    for (int32_t i = 0; i < l->n_fields && st == PA_OK; i++) st = add_name(l, &h, i, names, err);
    free_header(&h);
    return st;
}

pa_status pa_csv_numeric_names(const char *text, const pa_csv_layout *l, pa_buffer *names,
                               pa_error *err)
{
    header h = {0};
    pa_status st = name_columns(text, l, &h, err);
    for (int32_t i = 0; i < l->n_numeric && st == PA_OK; i++)
        st = add_name(l, &h, l->numeric[i], names, err);
    free_header(&h);
    return st;
}
