/* Writing: a book in a dialect, and what must be said of it. */
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dialect.h"

static void put(pa_buffer *b, const char *text)
{
    pa_error err = {0};
    if (pa_buffer_add(b, text, strlen(text), &err) != PA_OK) abort();
}

static void put_sign(pa_buffer *b, char sign)
{
    put(b, (char[]){sign, '\0'});
}

/* ---- fields ---------------------------------------------------------------------- */

/* Where a field begins with a quote, a reader takes it for one. */
static bool needs_quotes(const dialect *d, const char *text)
{
    char special[] = {d->separator, '\n', '\r', '\0'};
    if (d->quotes == QUOTES_ALWAYS) return true;
    if (strpbrk(text, special)) return true;
    return d->quotes == QUOTES_WHERE_NEEDED && strchr(text, d->quote);
}

static void put_quoted(const dialect *d, pa_buffer *b, const char *text)
{
    put_sign(b, d->quote);
    for (; *text; text++) {
        if (*text == d->quote) put_sign(b, d->escape ? d->escape : d->quote);
        if (d->escape && *text == d->escape) put_sign(b, d->escape);
        put_sign(b, *text);
    }
    put_sign(b, d->quote);
}

static bool put_field(dice *t, const dialect *d, pa_buffer *b, const char *text, bool is_name)
{
    char padded[256];
    const char *blank = once_in(t, 2)                                 ? "  "
                        : is_name && d->encoding->signs > SIGNS_ASCII ? "\xc2\xa0 "
                                                                      : "";
    if (d->padded && d->blanks_outside) {
        put(b, once_in(t, 2) ? " " : "  ");
        put_quoted(d, b, text);
        put(b, once_in(t, 2) ? " " : "");
        return true;
    }
    if (d->padded) {
        snprintf(padded, sizeof padded, "%s%s%s", once_in(t, 2) ? " " : "", text, blank);
        text = padded;
    }
    if (!needs_quotes(d, text)) {
        for (; *text; text++) {
            if (d->escape && *text == d->escape) put_sign(b, d->escape);
            put_sign(b, *text);
        }
        return true;
    }
    if (d->quotes == QUOTES_NEVER) return false;
    put_quoted(d, b, text);
    return true;
}

/* ---- amounts --------------------------------------------------------------------- */

/* What the amounts of a file tell, by the rules of csv/amount.h. */
typedef struct {
    int telling, lone, bare;
} told;

/* number: digits, points and commas alone count. */
static void tell(const dialect *d, const char *number, told *t)
{
    const char *mark = strpbrk(number, ".,");
    size_t n = strlen(number), before = mark ? (size_t)(mark - number) : 0;
    bool other_groups = *d->group && !strchr(".,", *d->group) && strstr(number, d->group);
    if (!mark) {
        t->bare++;
    } else if (strpbrk(mark + 1, ".,") || other_groups || n - before != 4 || before == 0 ||
               before > 3 || (before == 1 && *number == '0')) {
        t->telling++;
    } else {
        t->lone++;
    }
}

static void put_number(const dialect *d, int64_t size, told *t, pa_buffer *b)
{
    char digits[32], number[120] = "";
    int64_t scale = 1;
    for (int i = 0; i < d->kept; i++) scale *= 10;
    int n = snprintf(digits, sizeof digits, "%lld", (long long)(size / scale));
    for (int i = 0; i < n; i++) {
        int left = n - i;
        bool cut = d->lakh ? left == 3 || (left > 3 && left % 2 == 1) : left % 3 == 0;
        if (i > 0 && cut) strcat(number, d->group);
        strncat(number, digits + i, 1);
    }
    char rest[32];
    snprintf(rest, sizeof rest, "%0*lld", d->kept, (long long)(size % scale));
    rest[d->shown] = '\0';
    if (d->short_form) {
        for (int i = d->shown; i > 0 && rest[i - 1] == '0'; i--) rest[i - 1] = '\0';
    }
    if (rest[0]) snprintf(number + strlen(number), 40, "%c%s", d->decimal, rest);
    tell(d, number, t);
    put(b, number);
}

static void put_amount(const dialect *d, int64_t minor, told *t, pa_buffer *b)
{
    static const char *const before[] = {"-", "", "", "\xe2\x88\x92", "\xe2\x80\x93", "(", "", "-"};
    static const char *const behind[] = {"", "", "-", "", "", ")", " DR", ""};
    bool minus = minor < 0;
    bool between = d->sign == SIGN_BETWEEN && *d->currency && !d->currency_behind;
    if (minus) put(b, d->sign == SIGN_BETWEEN && !between ? "-" : before[d->sign]);
    if (!minus && d->sign == SIGN_PLUS) put(b, "+");
    if (!d->currency_behind) put(b, d->currency);
    if (minus && between) put(b, "-");
    put_number(d, minus ? -minor : minor, t, b);
    if (d->currency_behind) put(b, d->currency);
    if (minus) put(b, behind[d->sign]);
    if (!minus && d->sign == SIGN_LETTERS) put(b, " CR");
}

/* ---- times ----------------------------------------------------------------------- */

static void put_time(const dialect *d, int64_t seconds, int part, pa_buffer *b)
{
    char form[80], text[120];
    const char *f = d->time->form;
    time_t local = (time_t)(seconds + d->east);
    struct tm tm;
    if (*f == '@') {
        if (f[1] == 'x')
            snprintf(text, sizeof text, "%.7f", (double)seconds / 86400 + 25569);
        else
            snprintf(text, sizeof text, "%lld%.*s", (long long)seconds, f[1] - '0', "123456789");
        put(b, text);
        return;
    }
    for (; part > 0; f++) part -= *f == '|';
    snprintf(form, sizeof form, "%.*s", (int)strcspn(f, "|"), f);
    gmtime_r(&local, &tm);
    strftime(text, sizeof text, form, &tm);
    char *offset = strchr(text, '~');
    if (offset) *offset = '\0';
    put(b, text);
    if (!offset) return;
    int32_t east = abs(d->east);
    snprintf(form, sizeof form, "%c%02d%s%02d", d->east < 0 ? '-' : '+', east / 3600,
             *f == '[' ? "" : ":", east / 60 % 60);
    put(b, form);
    put(b, offset + 1);
}

/* Do the times say by themselves in which order their parts are? A day above 12 says so; but of
 * 29.10.22 and 29.01.23 the year may come first, as it changes where the day does not. */
static bool tell_order(const dialect *d, int n, const book_row book[])
{
    uint32_t days = 0, years = 0;
    for (int i = 0; i < n; i++) {
        time_t local = (time_t)(book[i].time + d->east);
        struct tm tm;
        gmtime_r(&local, &tm);
        days |= 1u << tm.tm_mday;
        years |= 1u << tm.tm_year % 32;
    }
    bool one_day = (days & (days - 1)) == 0, one_year = (years & (years - 1)) == 0;
    bool year_last = !strncmp(d->time->form, "%d", 2) && strstr(d->time->form, "%y");
    return days >= 1u << 13 && !(year_last && one_day && !one_year);
}

/* ---- rows ------------------------------------------------------------------------- */

typedef struct {
    dice *dice;
    const dialect *d;
    told told;
    pa_buffer text, field;
} writer;

static const char *or_missing(const dialect *d, const char *name)
{
    return *name ? name : d->missing;
}

static void put_label(writer *w, int label, pa_buffer *b)
{
    const dialect *d = w->d;
    put(b, label < 0 ? (once_in(w->dice, 2) ? d->missing : d->unknown)
           : label   ? d->fraud
                     : d->genuine);
}

static void put_money(writer *w, const book_row *r, int column, pa_buffer *b)
{
    const dialect *d = w->d;
    bool debit = r->minor < 0;
    if (d->amount == AMOUNT_ONE)
        put_amount(d, r->minor, &w->told, b);
    else if (d->amount == AMOUNT_SIGN_COLUMN)
        put_amount(d, debit ? -r->minor : r->minor, &w->told, b);
    else if (debit == (column == COLUMN_LESS))
        put_amount(d, debit ? -r->minor : r->minor, &w->told, b);
    else
        put(b, d->missing);
}

/* The cell of a column as text. */
static const char *cell(writer *w, const book_row *r, int column)
{
    const dialect *d = w->d;
    pa_buffer *b = &w->field;
    b->length = 0;
    switch (column) {
    case COLUMN_TX:
        if (d->ids == IDS_TEXTS)
            put(b, r->id);
        else
            pa_buffer_printf(b, NULL, "%lld", (long long)r->tx);
        break;
    case COLUMN_ACCOUNT:
        put(b, r->account);
        break;
    case COLUMN_BRANCH:
        put(b, or_missing(d, r->branch));
        break;
    case COLUMN_MERCHANT:
        put(b, or_missing(d, r->merchant));
        break;
    case COLUMN_CATEGORY:
        put(b, or_missing(d, r->category));
        break;
    case COLUMN_AMOUNT:
    case COLUMN_LESS:
        put_money(w, r, column, b);
        break;
    case COLUMN_SIGN:
        put(b, r->minor < 0 ? d->debit : d->credit);
        break;
    case COLUMN_LABEL:
        put_label(w, r->label, b);
        break;
    case COLUMN_MEMO:
        put(b, r->memo);
        break;
    default:
        put_time(d, r->time, column - COLUMN_TIME, b);
    }
    if (pa_buffer_add(b, "", 1, NULL) != PA_OK) abort();
    return b->data;
}

static bool put_row(writer *w, const book_row *r)
{
    const dialect *d = w->d;
    bool fine = true;
    for (int i = 0; i < d->n_columns; i++) {
        int c = d->order[i];
        bool is_name = c >= COLUMN_ACCOUNT && c <= COLUMN_CATEGORY;
        if (i > 0) put_sign(&w->text, d->separator);
        fine &= put_field(w->dice, d, &w->text, cell(w, r, c), is_name);
    }
    if (d->trailing) put_sign(&w->text, d->separator);
    return fine;
}

/* Lines that stand before the header in exports. */
static void put_preamble(writer *w)
{
    static const char *const lines[] = {
        "",
        "\"\"",
        "Kontoauszug;01.01.2024;;",
        "\"Saldo vom 30.04.2024:\";\"-1.234,56 EUR\"",
        "# rows 40",
        "   ",
        "Description,,Summary Amt.",
        "Beginning balance,,\"1,000.00\"",
        "a\tb|c",
        "\"one\ntwo\",3",
        "time;amount",
        "It's 5\" long",
        "\"Saldo",
    };
    for (int i = 0; i < w->d->n_preamble; i++) {
        put(&w->text, lines[below(w->dice, sizeof lines / sizeof *lines)]);
        put(&w->text, w->d->line_end);
    }
}

static bool put_header(writer *w)
{
    const dialect *d = w->d;
    bool fine = true;
    for (int i = 0; i < d->n_columns; i++) {
        if (i > 0) put_sign(&w->text, d->separator);
        fine &= put_field(w->dice, d, &w->text, d->name[d->order[i]], true);
    }
    if (d->trailing && d->header_trails) put_sign(&w->text, d->separator);
    put(&w->text, d->line_end);
    return fine;
}

/* ---- the whole file ----------------------------------------------------------------- */

static void encode(const encoding *e, const pa_buffer *text, pa_buffer *file)
{
    pa_error err = {0};
    file->length = 0;
    if (pa_buffer_reserve(file, 4 * text->length + 4, &err) != PA_OK) abort();
    if (!e->iconv) {
        memcpy(file->data, text->data, text->length);
        file->length = text->length;
        return;
    }
    iconv_t c = iconv_open(e->iconv, "UTF-8");
    char *in = text->data, *out = file->data;
    size_t n_in = text->length, room = 4 * text->length + 4;
    if (c == (iconv_t)-1 || iconv(c, &in, &n_in, &out, &room) == (size_t)-1) abort();
    iconv_close(c);
    file->length = (size_t)(out - file->data);
}

static bool put_all(writer *w, int n, const book_row book[])
{
    const dialect *d = w->d;
    bool fine = true;
    if (d->encoding->mark) put(&w->text, "\xef\xbb\xbf");
    if (d->separator_line) {
        pa_buffer_printf(&w->text, NULL, "sep=%c%s", d->separator, d->line_end);
    }
    put_preamble(w);
    if (d->header) fine &= put_header(w);
    for (int i = 0; i < n; i++) {
        fine &= put_row(w, &book[i]);
        if (i + 1 < n || d->last_end) put(&w->text, d->line_end);
        if (d->blank_lines && once_in(w->dice, 6)) put(&w->text, d->line_end);
    }
    return fine;
}

/* ---- what must be said -------------------------------------------------------------- */

static void say(settings *set, const char *key, const char *value)
{
    snprintf(set->text[set->n++], SETTING_ROOM, "%s=%s", key, value);
}

static bool has_column(const dialect *d, int column)
{
    for (int i = 0; i < d->n_columns; i++) {
        if (d->order[i] == column) return true;
    }
    return false;
}

/* Appends a name as the configuration has it: with backslashes before what would part it,
 * or the column's number. */
static void refer(const dialect *d, int column, pa_buffer *out)
{
    if (!d->header) {
        int i = 0;
        while (d->order[i] != column) i++;
        pa_buffer_printf(out, NULL, "%d", i + 1);
        return;
    }
    for (const char *c = d->name[column]; *c; c++) {
        if (strchr(",|#\\", *c)) put_sign(out, '\\');
        put_sign(out, *c == '\n' ? ' ' : *c);
    }
    int n = 0, place = 0; /* of the columns that are called so */
    for (int i = 0; i < d->n_columns; i++) {
        n += strcmp(d->name[d->order[i]], d->name[column]) == 0;
        if (d->order[i] == column) place = n;
    }
    if (n > 1) pa_buffer_printf(out, NULL, "#%d", place);
}

/* Of the columns that are there, with `between` between their names; nothing is said where
 * that is how the key is called. */
static void say_columns_of(const dialect *d, settings *set, const char *key, const int columns[],
                           int n, const char *between)
{
    pa_buffer value = {0};
    bool any = false;
    for (int i = 0; i < n; i++) {
        if (!has_column(d, columns[i])) continue;
        if (any) put(&value, between);
        refer(d, columns[i], &value);
        any = true;
    }
    if (pa_buffer_add(&value, "", 1, NULL) != PA_OK) abort();
    if (strcmp(value.data, key + strlen("input.")) != 0) say(set, key, value.data);
    pa_buffer_free(&value);
}

static void say_columns(const dialect *d, settings *set)
{
    static const int account[] = {COLUMN_ACCOUNT, COLUMN_BRANCH},
                     amount[] = {COLUMN_AMOUNT, COLUMN_LESS}, tx = COLUMN_TX,
                     merchant = COLUMN_MERCHANT, category = COLUMN_CATEGORY, label = COLUMN_LABEL,
                     sign = COLUMN_SIGN,
                     time[] = {COLUMN_TIME, COLUMN_TIME + 1, COLUMN_TIME + 2, COLUMN_TIME + 3};
    say_columns_of(d, set, "input.tx", &tx, 1, "");
    say_columns_of(d, set, "input.account", account, 2, ",");
    say_columns_of(d, set, "input.merchant", &merchant, 1, "");
    say_columns_of(d, set, "input.category", &category, 1, "");
    say_columns_of(d, set, "input.label", &label, 1, "");
    say_columns_of(d, set, "input.amount", amount, 2, " - ");
    say_columns_of(d, set, "input.time", time, 4, ",");
    if (d->amount != AMOUNT_SIGN_COLUMN) return;
    say_columns_of(d, set, "input.sign", &sign, 1, "");
    if (d->sign_words_said) say(set, "input.sign_debit", d->debit);
    if (d->sign_words_said) say(set, "input.sign_credit", d->credit);
}

static void say_text(const dialect *d, settings *set)
{
    bool quoted_header = d->header && d->quotes == QUOTES_ALWAYS;
    bool usual = strchr(",;\t|", d->separator) || d->separator_line;
    if (!usual) say(set, "input.separator", (char[]){d->separator, '\0'});
    if (d->quote == '\'' && !quoted_header) say(set, "input.quote", "single");
    if (d->no_quote_said) say(set, "input.quote", "none");
    if (d->escape) say(set, "input.escape", "\\");
    if (d->encoding->key) say(set, "input.encoding", d->encoding->key);
    if (!d->header) say(set, "input.header", "no");
    if (!d->missing_is_default) say(set, "input.missing", d->missing);
    if (d->label_said) say(set, "input.label_fraud", d->fraud);
    if (d->label_said) say(set, "input.label_genuine", d->genuine);
    if (d->kept != 2) say(set, "input.amount_decimals", (char[]){(char)('0' + d->kept), '\0'});
    if (d->zone) say(set, "input.time_zone", d->zone);
    if (d->ids == IDS_TEXTS) say(set, "input.tx_text", "yes");
}

static void say_what_settles(const dialect *d, int n, const book_row book[], const told *t,
                             settings *set)
{
    if (d->time->key && !(d->time->by_days && tell_order(d, n, book))) {
        say(set, "input.time_format", d->time->key);
        if (strncmp(d->time->form, "%H", 2) != 0)
            set->ambiguous[set->n_ambiguous++] = "input.time_format";
    }
    bool open = t->lone > 0 && t->telling == 0;
    if (!open) return;
    say(set, "input.decimal", d->decimal == ',' ? "comma" : ".");
    /* Three digits behind the mark are decimals where all amounts have them or are to. */
    if (t->bare > 0 && d->kept < 3) set->ambiguous[set->n_ambiguous++] = "input.decimal";
}

bool write_book(dice *t, const dialect *d, int n, const book_row book[], pa_buffer *file,
                settings *set)
{
    writer w = {.dice = t, .d = d};
    bool fine = put_all(&w, n, book);
    *set = (settings){0};
    say_what_settles(d, n, book, &w.told, set);
    say_text(d, set);
    say_columns(d, set);
    encode(d->encoding, &w.text, file);
    pa_buffer_free(&w.text);
    pa_buffer_free(&w.field);
    return fine;
}
