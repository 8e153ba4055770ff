/* How a file is written of which nothing is said. */
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/guess.h"

enum { MOST_LINES = 300, MOST_FIELDS = 4096 };

/* A record of the first lines. */
typedef struct {
    size_t begin, length, end, n_fields;
    int64_t line, end_line;
    bool empty_end; /* its last field is */
} seen_line;

typedef struct {
    const char *text;
    size_t n;
    bool last;
    size_t begin; /* behind a byte order mark, and "sep=;" */
    int64_t line;
    pa_csv_signs signs;
    seen_line *seen; /* MOST_LINES */
    size_t n_seen;
    pa_csv_field *field; /* MOST_FIELDS */
    char *scratch;       /* n */
} reader;

/* The good records among the first lines. */
static void read_lines(reader *r)
{
    const pa_record_rule rule = {.signs = r->signs, .longest = r->n, .most_lines = 100};
    size_t at = r->begin;
    int64_t line = r->line;
    r->n_seen = 0;
    for (int i = 0; i < MOST_LINES && at < r->n; i++) {
        pa_record_seen s;
        pa_record_verdict v =
            pa_record_judge(&rule, r->text + at, r->n - at, r->last, NULL, NULL, 0, &s);
        if (v == PA_RECORD_MORE) return;
        int64_t next = line + s.lines - !s.ends;
        if (v == PA_RECORD_GOOD) {
            seen_line *l = r->seen + r->n_seen++;
            *l = (seen_line){at, s.body, at + s.length, 0, line, next, false};
            l->n_fields = pa_csv_count_fields(&r->signs, r->text + at, s.body);
            l->empty_end = s.body > 0 && r->text[at + s.body - 1] == r->signs.separator;
        }
        at += s.length;
        line = next;
    }
}

/* The number of fields that most records have. */
static size_t usual_fields(const reader *r, size_t *count)
{
    size_t usual = 0;
    *count = 0;
    for (size_t i = 0; i < r->n_seen; i++) {
        size_t n = 0, fields = r->seen[i].n_fields;
        for (size_t k = 0; k < r->n_seen; k++) n += r->seen[k].n_fields == fields;
        if (n > *count || (n == *count && fields > usual)) usual = fields, *count = n;
    }
    return usual;
}

/* Of whatever kind: "2024" is no name where ' is the quote that is tried. */
static pa_csv_field without_quotes(pa_csv_field f)
{
    bool quoted =
        f.length >= 2 && (*f.text == '"' || *f.text == '\'') && f.text[f.length - 1] == *f.text;
    return quoted ? pa_csv_clean((pa_csv_field){f.text + 1, f.length - 2}) : f;
}

/* Does a value look like this, it is no name. */
static bool is_value(pa_csv_field f)
{
    const pa_amount_form form = {'\0', 2};
    pa_amount_tally tally = {0};
    pa_written_time time;
    int64_t minor;
    double v;
    f = without_quotes(pa_csv_clean(f));
    if (f.length == 0) return false;
    if (pa_parse_double(f.text, f.length, &v)) return true;
    if (pa_amount_read(&form, f.text, f.length, &minor, &tally) == PA_AMOUNT_READ) return true;
    return pa_read_date_time(f.text, f.length, PA_DATE_ANY, &time) ||
           pa_read_date_time(f.text, f.length, PA_DATE_DMY, &time) ||
           pa_read_date_time(f.text, f.length, PA_DATE_MDY, &time);
}

/* The number of fields up to the last one that holds anything. */
static size_t filled_fields(const reader *r, const seen_line *l)
{
    size_t n =
        pa_csv_split(&r->signs, r->text + l->begin, l->length, r->scratch, r->field, MOST_FIELDS);
    if (n > MOST_FIELDS) n = MOST_FIELDS;
    while (n > 0 && pa_csv_clean(r->field[n - 1]).length == 0) n--;
    return n;
}

/* Whether the rows behind line i of as many fields have none behind the first n that holds
 * anything, as spreadsheets write columns that were emptied. */
static bool end_with(const reader *r, size_t i, size_t n)
{
    size_t rows = 0, fields = r->seen[i].n_fields;
    while (++i < r->n_seen) {
        if (r->seen[i].n_fields != fields) continue;
        if (filled_fields(r, r->seen + i) > n) return false;
        rows++;
    }
    return rows > 0;
}

/* Names: none is a value, and few are missing, but for those at the end of columns without
 * values. */
static bool are_names(const reader *r, const seen_line *l)
{
    size_t begin = l->begin, length = l->length, filled = 0, named = 0;
    while (length > 0 && (r->text[begin] == '#' || r->text[begin] == ' ')) begin++, length--;
    size_t n = pa_csv_split(&r->signs, r->text + begin, length, r->scratch, r->field, MOST_FIELDS);
    if (n > MOST_FIELDS) n = MOST_FIELDS;
    for (size_t i = 0; i < n; i++) {
        if (is_value(r->field[i])) return false;
        if (pa_csv_clean(r->field[i]).length == 0) continue;
        filled++;
        named = i + 1;
    }
    if (filled * 5 < n * 4 && !end_with(r, (size_t)(l - r->seen), named)) return false;
    return filled > 0 && filled * 5 >= named * 4;
}

/* One field more than the names, an empty one, in each row. */
static bool all_empty(const reader *r, size_t from, size_t n_fields)
{
    size_t n = 0;
    for (size_t i = from; i < r->n_seen; i++) {
        if (r->seen[i].n_fields != n_fields) continue;
        if (!r->seen[i].empty_end) return false;
        n++;
    }
    return n > 1;
}

/* A way to read the file, and how good it is. */
typedef struct {
    pa_csv_layout layout;
    size_t merit; /* 0: none */
} way;

static void set_header(const reader *r, const seen_line *l, bool trailing, way *w)
{
    size_t skipped = 0;
    while (skipped < l->length && (r->text[l->begin + skipped] == '#')) skipped++;
    while (skipped > 0 && skipped < l->length && r->text[l->begin + skipped] == ' ') skipped++;
    w->layout.head_begin = (int64_t)(l->begin + skipped);
    w->layout.head_length = (int64_t)(l->length - skipped);
    w->layout.head_line = l->line;
    w->layout.length = (int64_t)l->end;
    w->layout.newlines = l->end_line - 1;
    w->layout.trailing = trailing;
}

/* Where the names are, or the first row. */
static bool find_header(const reader *r, size_t usual, way *w)
{
    for (size_t i = 0; i < r->n_seen; i++) {
        const seen_line *l = r->seen + i;
        bool trailing = l->n_fields + 1 == usual && all_empty(r, i + 1, usual);
        if ((l->n_fields == usual || trailing) && are_names(r, l)) {
            set_header(r, l, trailing, w);
            return true;
        }
    }
    w->layout.length = (int64_t)r->begin;
    w->layout.newlines = r->line - 1;
    return false;
}

/* Whether a field begins with the quote here; where blanks may stand around it, behind one. */
static bool is_quote(const reader *r, const char *line, size_t k)
{
    if (line[k] != r->signs.quote) return false;
    if (!r->signs.blanks) return k == 0 || line[k - 1] == r->signs.separator;
    size_t at = k;
    while (at > 0 && line[at - 1] == ' ') at--;
    return at < k && (at == 0 || line[at - 1] == r->signs.separator);
}

/* Whether fields of most lines begin with the quote. */
static bool are_quoted(const reader *r)
{
    size_t quoted = 0;
    for (size_t i = 0; i < r->n_seen; i++) {
        const seen_line *l = r->seen + i;
        const char *at = r->text + l->begin;
        bool found = false;
        for (size_t k = 0; k < l->length && !found; k++) found = is_quote(r, at, k);
        quoted += found;
    }
    return quoted * 2 > r->n_seen;
}

/* Merit: the share of records of the usual number of fields, then a header, quotes (and more
 * so with blanks around them, which are tried where there are such), fields. */
static void try_signs(reader *r, const pa_csv_signs *signs, way *best)
{
    way w = {.layout = {.signs = *signs}};
    size_t count;
    r->signs = *signs;
    read_lines(r);
    size_t usual = usual_fields(r, &count);
    if (usual < 2 || usual > MOST_FIELDS) return;
    bool quoted = are_quoted(r);
    if (signs->blanks && !quoted) return;
    w.layout.n_fields = (int32_t)usual;
    bool header = find_header(r, usual, &w);
    w.merit = 1000 * count / r->n_seen + (header ? 500 : 0) + (usual < 50 ? usual : 50) +
              (quoted ? 100 + signs->blanks : 0);
    if (w.merit > best->merit) *best = w;
}

static void no_columns(pa_csv_layout *l)
{
    l->tx = l->merchant = l->amount = l->label = l->label_time = l->less = l->sign = -1;
    for (int i = 0; i < PA_CSV_N_CODED; i++) l->coded[i] = -1;
    for (int i = 0; i < PA_CSV_N_PLACES; i++) l->place[i] = -1;
}

static void try_all(reader *r, char given, way *best)
{
    static const char separators[] = {',', ';', '\t', '|'}, quotes[] = {'"', '\''};
    for (size_t q = 0; q < 2 * sizeof quotes; q++) {
        for (size_t i = 0; i < (given ? 1 : sizeof separators); i++) {
            const pa_csv_signs signs = {.separator = given ? given : separators[i],
                                        .quote = quotes[q % 2],
                                        .blanks = q >= 2};
            try_signs(r, &signs, best);
        }
    }
}

pa_status pa_guess_layout(const char *text, size_t n, bool last, int64_t file, const char *name,
                          pa_csv_layout *layout, pa_error *err)
{
    reader r = {.text = text, .n = n, .last = last, .line = 1};
    pa_csv_head head;
    way best = {.merit = 0};
    char given;
    pa_status st;
    *layout = (pa_csv_layout){0};
    r.begin = pa_csv_starts_with(text, n, "\xef\xbb\xbf", 3) ? 3 : 0;
    size_t skipped = pa_csv_separator_line(text + r.begin, n - r.begin, &given);
    r.begin += skipped;
    r.line += skipped > 0;
    PA_TRY(pa_csv_find_head(text, n, last, &pa_line_signs, file, name, &head, err));
    PA_GOTO(PA_NEW(r.seen, MOST_LINES, err));
    PA_GOTO(PA_NEW(r.field, MOST_FIELDS, err));
    PA_GOTO(PA_NEW(r.scratch, n + 1, err));
    try_all(&r, given, &best);
    *layout = best.layout;
    no_columns(layout);
    if (best.merit == 0) {
        st = pa_fail_at(err, PA_E_DATA, file, head.line,
                        "%s:%lld: the first lines are no table: no comma, semicolon, tab or bar "
                        "parts them into the same fields; where another sign does, write a "
                        "configuration with input.separator and check that",
                        name, (long long)head.line);
    }
out:
    pa_free(r.seen);
    pa_free(r.field);
    pa_free(r.scratch);
    return st;
}
