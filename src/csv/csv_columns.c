/* Which column of a file is which, by the names that the configuration gives. */
#include <stdio.h>
#include <string.h>

#include "paraudit/base/options.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"

/* How much of a long list of columns a message holds. */
enum { LISTED = 300, MOST_NUMERIC_NAME = 57 /* `input_` before it, and 63 bytes are a name */ };

typedef struct {
    const pa_csv_header_row *header;
    const char *key; /* "input." before it is the option */
} search;

static bool is_same(pa_csv_field a, pa_csv_field b)
{
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

static pa_csv_field field_of(const char *text)
{
    return (pa_csv_field){text ? text : "", text ? strlen(text) : 0};
}

/* Where the separator stands that no backslash is before; n where there is none. */
static size_t find_bare(pa_csv_field list, char separator)
{
    size_t i = 0;
    while (i < list.length && list.text[i] != separator) i += list.text[i] == '\\' ? 2 : 1;
    return i < list.length ? i : list.length;
}

/* The next part of a list, blanks around it taken off; false behind the last. */
static bool next_part(pa_csv_field *rest, char separator, pa_csv_field *part)
{
    if (!rest->text) return false;
    size_t n = find_bare(*rest, separator);
    *part = pa_csv_trimmed((pa_csv_field){rest->text, n});
    bool more = n < rest->length;
    *rest =
        more ? (pa_csv_field){rest->text + n + 1, rest->length - n - 1} : (pa_csv_field){NULL, 0};
    return true;
}

/* Whether a column is called so; a backslash in what is wanted takes the sign behind it. */
static bool is_called(pa_csv_field wanted, pa_csv_field name)
{
    size_t k = 0;
    for (size_t i = 0; i < wanted.length; i++, k++) {
        if (wanted.text[i] == '\\' && i + 1 < wanted.length && strchr(",|#\\*", wanted.text[i + 1]))
            i++;
        if (k == name.length || name.text[k] != wanted.text[i]) return false;
    }
    return k == name.length;
}

static size_t count_parts(pa_csv_field list, char separator)
{
    size_t n = 0;
    for (pa_csv_field part; next_part(&list, separator, &part);) n++;
    return n;
}

pa_status pa_csv_add_name(pa_csv_field f, pa_buffer *names, pa_error *err)
{
    bool is_text = pa_csv_is_text(f.text, f.length);
    PA_TRY(pa_buffer_reserve(names, f.length + 1, err));
    for (size_t k = 0; k < f.length; k++) {
        unsigned char c = (unsigned char)f.text[k];
        bool shown = c >= 32 && c != 127 && (c < 128 || is_text);
        names->data[names->length++] = shown ? f.text[k] : '?';
    }
    names->data[names->length++] = '\0';
    return PA_OK;
}

static pa_status list_names(const pa_csv_header_row *h, pa_buffer *names, pa_error *err)
{
    for (size_t i = 0; i < h->n; i++) PA_TRY(pa_csv_add_name(h->field[i], names, err));
    return PA_OK;
}

/* "a, b, c", cut between two characters where it is long. */
static pa_status write_list(const char *names, size_t n, pa_buffer *list, pa_error *err)
{
    for (size_t i = 0; i < n && list->length <= LISTED; i++, names += strlen(names) + 1) {
        PA_TRY(pa_buffer_printf(list, err, "%s%s", i ? ", " : "", names));
    }
    if (list->length <= LISTED) return PA_OK;
    list->length = LISTED;
    while (((unsigned char)list->data[list->length] & 0xc0) == 0x80) list->length--;
    return pa_buffer_printf(list, err, "...");
}

/* 'A' or 'B' */
static pa_status write_wanted(pa_csv_field wanted, pa_buffer *text, pa_error *err)
{
    const char *before = "'";
    for (pa_csv_field part; next_part(&wanted, '|', &part); before = "' or '") {
        PA_TRY(pa_buffer_printf(text, err, "%s%.*s", before, (int)part.length, part.text));
    }
    return pa_buffer_printf(text, err, "'");
}

/* The column nearest to one of the wanted names, or NULL. */
static pa_status find_nearest(pa_csv_field wanted, const char *names, size_t n,
                              const char **nearest, pa_error *err)
{
    const char **candidate = NULL;
    pa_buffer word = {0};
    pa_status st = PA_OK;
    *nearest = NULL;
    PA_GOTO(PA_NEW(candidate, n, err));
    for (size_t i = 0; i < n; i++, names += strlen(names) + 1) candidate[i] = names;
    for (pa_csv_field part; !*nearest && next_part(&wanted, '|', &part);) {
        word.length = 0;
        PA_GOTO(pa_buffer_printf(&word, err, "%.*s", (int)part.length, part.text));
        *nearest = pa_nearest_name(word.data, candidate, n);
    }
out:
    pa_buffer_free(&word);
    pa_free(candidate);
    return st;
}

/* A column of which the rest was taken for a comment: "Card #" of Card. */
static const char *find_commented(pa_csv_field wanted, const char *names, size_t n)
{
    for (size_t i = 0; i < n; i++, names += strlen(names) + 1) {
        if (strncmp(names, wanted.text, wanted.length) != 0) continue;
        const char *rest = names + wanted.length;
        if (rest[0] == ' ' && (rest[1] == '#' || rest[1] == ';')) return names;
    }
    return NULL;
}

/* Whether a key may be empty, which says that a file has no such column. */
static bool may_be_empty(const char *key)
{
    static const char *const keys[] = {"tx", "account", "merchant", "label"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i], key) == 0) return true;
    }
    return false;
}

typedef struct {
    char text[64];
} key_text;

static key_text key_of(const search *s)
{
    key_text key;
    if (s->header->key)
        snprintf(key.text, sizeof key.text, "%s", s->header->key);
    else
        snprintf(key.text, sizeof key.text, "input.%s", s->key);
    return key;
}

static pa_status no_such_column(const search *s, const char *verb, pa_csv_field wanted,
                                pa_error *err)
{
    const pa_csv_header_row *h = s->header;
    pa_buffer names = {0}, list = {0}, text = {0};
    const char *nearest;
    const key_text key = key_of(s);
    pa_status st = PA_OK;
    PA_GOTO(list_names(h, &names, err));
    PA_GOTO(write_list(names.data, h->n, &list, err));
    PA_GOTO(write_wanted(wanted, &text, err));
    PA_GOTO(find_nearest(wanted, names.data, h->n, &nearest, err));
    const char *comment = find_commented(wanted, names.data, h->n);
    if (comment) {
        st = pa_fail_at(err, PA_E_DATA, h->file, h->line,
                        "%s:%lld: no column %s (%s): did you mean '%s'? In an INI file such a "
                        "name stands between quotes, or its '%c' begins a comment",
                        h->name, (long long)h->line, text.data, key.text, comment,
                        comment[wanted.length + 1]);
        goto out;
    }
    if (nearest) {
        st = pa_fail_at(err, PA_E_DATA, h->file, h->line,
                        "%s:%lld: no column %s%s (%s): did you mean '%s'? The columns are %s",
                        h->name, (long long)h->line, verb, text.data, key.text, nearest, list.data);
        goto out;
    }
    char none[80] = "";
    if (!h->key && may_be_empty(s->key))
        snprintf(none, sizeof none, ": `%s =` says that there is none", s->key);
    st = pa_fail_at(err, PA_E_DATA, h->file, h->line,
                    "%s:%lld: no column %s%s (%s)%s; the columns are %s", h->name,
                    (long long)h->line, verb, text.data, key.text, none, list.data);
out:
    pa_buffer_free(&text);
    pa_buffer_free(&list);
    pa_buffer_free(&names);
    return st;
}

/* How many columns are called so, and which the `nth` of them is, from 1; -1: none. */
static size_t count_named(const pa_csv_header_row *h, pa_csv_field wanted, int64_t nth,
                          int32_t *place)
{
    size_t n = 0;
    *place = -1;
    for (size_t i = 0; i < h->n; i++) {
        if (!is_called(wanted, h->field[i])) continue;
        if ((int64_t)++n == nth) *place = (int32_t)i;
    }
    return n;
}

/* "A#2": the second A. */
static bool find_ordinal(const pa_csv_header_row *h, pa_csv_field wanted, int32_t *place)
{
    int64_t nth;
    size_t n = find_bare(wanted, '#');
    if (n == wanted.length) return false;
    if (!pa_parse_i64(wanted.text + n + 1, wanted.length - n - 1, &nth) || nth < 1) return false;
    count_named(h, pa_csv_trimmed((pa_csv_field){wanted.text, n}), nth, place);
    return *place >= 0;
}

/* The one column of this name, or -1. */
static pa_status find_named(const search *s, pa_csv_field wanted, int32_t *place, pa_error *err)
{
    const pa_csv_header_row *h = s->header;
    size_t n = count_named(h, wanted, 1, place);
    if (n == 1 || (n == 0 && !find_ordinal(h, wanted, place))) return PA_OK;
    if (n == 0) return PA_OK;
    int32_t second;
    count_named(h, wanted, 2, &second);
    return pa_fail_at(err, PA_E_DATA, h->file, h->line,
                      "%s:%lld: two columns are named '%.*s' (%s): columns %d and %d: say "
                      "%.*s#1 or %.*s#2",
                      h->name, (long long)h->line, (int)wanted.length, wanted.text, key_of(s).text,
                      *place + 1, second + 1, (int)wanted.length, wanted.text, (int)wanted.length,
                      wanted.text);
}

/* A column that is called as the whole text, whatever signs are in it. */
static bool find_whole(const pa_csv_header_row *h, pa_csv_field wanted, int32_t *place)
{
    *place = -1;
    for (size_t i = 0; i < h->n && *place < 0; i++) {
        if (is_same(h->field[i], wanted) && strpbrk(wanted.text, ",|#-")) *place = (int32_t)i;
    }
    return *place >= 0;
}

/* The first of `A|B` that the header has; with `A|` it may have none, which
 * leaves *place at -1. */
static pa_status find_first(const search *s, pa_csv_field wanted, bool may_lack, int32_t *place,
                            pa_error *err)
{
    pa_csv_field rest = wanted;
    bool lacks = false;
    if (find_whole(s->header, wanted, place)) return PA_OK;
    for (pa_csv_field part; *place < 0 && next_part(&rest, '|', &part);) {
        if (part.length == 0) {
            lacks = true;
        } else {
            PA_TRY(find_named(s, part, place, err));
        }
    }
    if (*place >= 0 || (lacks && may_lack)) return PA_OK;
    if (lacks) {
        return pa_fail(err, PA_E_CONFIG,
                       "input.%s is '%.*s', but this column may not be left to chance: take the "
                       "'|' at its end away",
                       s->key, (int)wanted.length, wanted.text);
    }
    return no_such_column(s, "", wanted, err);
}

bool pa_csv_names_any(const pa_csv_header_row *h, const char *wanted)
{
    int32_t place;
    pa_csv_field list = field_of(wanted);
    if (find_whole(h, list, &place)) return true;
    for (pa_csv_field some; next_part(&list, ',', &some);) {
        for (pa_csv_field part; next_part(&some, '|', &part);) {
            if (part.length > 0 &&
                (count_named(h, part, 1, &place) || find_ordinal(h, part, &place)))
                return true;
        }
    }
    return false;
}

static pa_status find_optional(const pa_csv_header_row *h, const char *key, const char *wanted,
                               int32_t *place, pa_error *err)
{
    *place = -1;
    if (!wanted || !*wanted) return PA_OK;
    const search s = {h, key};
    return find_first(&s, field_of(wanted), true, place, err);
}

static pa_status find_certain(const pa_csv_header_row *h, const char *key, const char *wanted,
                              int32_t *place, pa_error *err)
{
    const search s = {h, key};
    if (wanted && *wanted) return find_first(&s, field_of(wanted), false, place, err);
    return pa_fail(err, PA_E_CONFIG, "input.%s names no column, and every row needs its %s", key,
                   key);
}

/* `A,B,...`: up to PA_CSV_MOST_PARTS columns. */
static pa_status find_parts(const pa_csv_header_row *h, const char *key, const char *wanted,
                            int32_t *n, int32_t place[], pa_error *err)
{
    const search s = {h, key};
    pa_csv_field rest = field_of(wanted);
    *n = 0;
    for (pa_csv_field part; next_part(&rest, ',', &part) && *n < PA_CSV_MOST_PARTS; ++*n) {
        if (part.length == 0) {
            return pa_fail(err, PA_E_CONFIG, "input.%s is '%s': a name is missing beside a comma",
                           key, wanted);
        }
        PA_TRY(find_first(&s, part, false, &place[*n], err));
    }
    return PA_OK;
}

static pa_status find_account(const pa_csv_header_row *h, const char *wanted, pa_csv_layout *l,
                              pa_error *err)
{
    l->n_account = 0;
    if (!wanted || !*wanted) return PA_OK;
    if (find_whole(h, field_of(wanted), &l->account[0])) return l->n_account = 1, PA_OK;
    size_t n = count_parts(field_of(wanted), ',');
    if (n > PA_CSV_MOST_PARTS) {
        return pa_fail(err, PA_E_CONFIG, "input.account names %zu columns: at most %d make one", n,
                       PA_CSV_MOST_PARTS);
    }
    return find_parts(h, "account", wanted, &l->n_account, l->account, err);
}

static pa_status find_time(const pa_csv_header_row *h, const char *wanted, pa_csv_layout *l,
                           pa_error *err)
{
    if (!wanted || !*wanted) return find_certain(h, "time", wanted, &l->time[0], err);
    if (find_whole(h, field_of(wanted), &l->time[0])) return l->n_time = 1, PA_OK;
    size_t n = count_parts(field_of(wanted), ',');
    if (n > PA_CSV_MOST_PARTS) {
        return pa_fail(
            err, PA_E_CONFIG,
            "input.time names %zu columns: it is one, or a date and a clock, with a zone "
            "behind them or not, or year, month, day and clock",
            n);
    }
    return find_parts(h, "time", wanted, &l->n_time, l->time, err);
}

/* `A - B`, `A + B`, or the amount alone. */
static pa_status find_amount(const pa_csv_header_row *h, const char *wanted, pa_csv_layout *l,
                             pa_error *err)
{
    const search s = {h, "amount"};
    const char *minus = wanted ? strstr(wanted, " - ") : NULL;
    const char *plus = wanted && !minus ? strstr(wanted, " + ") : NULL;
    pa_csv_field all = field_of(wanted);
    l->less = -1;
    l->adds = plus != NULL;
    if (plus) minus = plus;
    if (!minus || pa_csv_names_any(h, wanted))
        return find_certain(h, "amount", wanted, &l->amount, err);
    pa_csv_field first = {wanted, (size_t)(minus - wanted)};
    pa_csv_field second = {minus + 3, all.length - first.length - 3};
    PA_TRY(find_first(&s, pa_csv_trimmed(first), false, &l->amount, err));
    return find_first(&s, pa_csv_trimmed(second), false, &l->less, err);
}

/* A star stands for any signs. */
static bool matches(pa_csv_field pattern, pa_csv_field name)
{
    size_t i = 0, k = 0, star = SIZE_MAX, tried = 0;
    while (k < name.length) {
        if (i < pattern.length && pattern.text[i] == '*') {
            star = i++;
            tried = k;
        } else if (i < pattern.length && pattern.text[i] == name.text[k]) {
            i++;
            k++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            k = ++tried;
        } else {
            return false;
        }
    }
    while (i < pattern.length && pattern.text[i] == '*') i++;
    return i == pattern.length;
}

/* The option whose column says which rows are fraud, or when that was known: a
 * detector that reads it knows the answer. NULL for any other column. */
static const char *tells_of_fraud(const pa_csv_layout *l, size_t column)
{
    if ((int64_t)column == l->label) return "label";
    return (int64_t)column == l->label_time ? "label_time" : NULL;
}

/* Marks the columns that a name or a pattern means: at least one, and none
 * without a name of its own. A pattern passes over the label; its name is refused. */
static pa_status mark_numeric(const search *s, const pa_csv_layout *l, pa_csv_field wanted,
                              bool marked[], pa_error *err)
{
    const pa_csv_header_row *h = s->header;
    bool any = false, pattern = memchr(wanted.text, '*', wanted.length) != NULL;
    for (size_t i = 0; i < h->n; i++) {
        if (h->field[i].length == 0 || !matches(wanted, h->field[i])) continue;
        const char *key = tells_of_fraud(l, i);
        if (key && !pattern) {
            return pa_fail(err, PA_E_CONFIG,
                           "input.numeric names '%.*s', the column of input.%s: no detector may "
                           "read it",
                           (int)wanted.length, wanted.text, key);
        }
        if (!key) marked[i] = any = true;
    }
    if (any) return PA_OK;
    return no_such_column(s, pattern ? "matches " : "", wanted, err);
}

/* Two of a name would be one column of the table. */
static pa_status check_single(const search *s, size_t column, pa_error *err)
{
    const pa_csv_header_row *h = s->header;
    for (size_t i = 0; i < h->n; i++) {
        if (i == column || !is_same(h->field[i], h->field[column])) continue;
        size_t first = i < column ? i : column, second = i < column ? column : i;
        return pa_fail_at(err, PA_E_DATA, h->file, h->line,
                          "%s:%lld: two columns are named '%.*s' (input.%s): columns %zu and %zu",
                          h->name, (long long)h->line, (int)h->field[i].length, h->field[i].text,
                          s->key, first + 1, second + 1);
    }
    return PA_OK;
}

static pa_status collect_numeric(const search *s, const bool marked[], pa_csv_layout *l,
                                 pa_error *err)
{
    const pa_csv_header_row *h = s->header;
    size_t n = 0;
    for (size_t i = 0; i < h->n; i++) n += marked[i];
    if (n > PA_CSV_MOST_NUMERIC) {
        return pa_fail_at(err, PA_E_DATA, h->file, h->line,
                          "%s:%lld: input.numeric means %zu columns: at most %d are read", h->name,
                          (long long)h->line, n, PA_CSV_MOST_NUMERIC);
    }
    for (size_t i = 0; i < h->n; i++) {
        if (!marked[i]) continue;
        if (h->field[i].length > MOST_NUMERIC_NAME)
            return pa_fail_at(err, PA_E_DATA, h->file, h->line,
                              "%s:%lld: the name of column %zu has %zu bytes: one of input.numeric "
                              "has %d at most",
                              h->name, (long long)h->line, i + 1, h->field[i].length,
                              MOST_NUMERIC_NAME);
        PA_TRY(check_single(s, i, err));
        l->numeric[l->n_numeric++] = (int32_t)i;
    }
    return PA_OK;
}

static pa_status find_numeric(const pa_csv_header_row *h, const char *wanted, pa_csv_layout *l,
                              pa_error *err)
{
    const search s = {h, "numeric"};
    pa_csv_field rest = field_of(wanted);
    bool *marked = NULL;
    pa_status st = PA_OK;
    l->n_numeric = 0;
    if (rest.length == 0) return PA_OK;
    PA_GOTO(PA_NEW(marked, h->n, err));
    for (pa_csv_field part; next_part(&rest, ',', &part);) {
        if (part.length > 0) PA_GOTO(mark_numeric(&s, l, part, marked, err));
    }
    st = collect_numeric(&s, marked, l, err);
out:
    pa_free(marked);
    return st;
}

pa_status pa_csv_find_columns(const pa_csv_header_row *h, const pa_csv_names *names,
                              pa_csv_layout *l, pa_error *err)
{
    PA_TRY(find_optional(h, "tx", names->tx, &l->tx, err));
    PA_TRY(find_account(h, names->account, l, err));
    l->merchant = -1;
    if (names->merchant && *names->merchant) {
        PA_TRY(find_certain(h, "merchant", names->merchant, &l->merchant, err));
    }
    PA_TRY(find_time(h, names->time, l, err));
    PA_TRY(find_amount(h, names->amount, l, err));
    PA_TRY(find_optional(h, "sign", names->sign, &l->sign, err));
    PA_TRY(find_optional(h, "label", names->label, &l->label, err));
    PA_TRY(find_optional(h, "label_time", names->label_time, &l->label_time, err));
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        PA_TRY(find_optional(h, pa_csv_coded_names[i], names->coded[i], &l->coded[i], err));
    }
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        PA_TRY(find_optional(h, pa_csv_place_names[i], names->place[i], &l->place[i], err));
    }
    return find_numeric(h, names->numeric, l, err);
}
