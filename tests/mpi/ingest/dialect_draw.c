/* Drawing: dialects, and books that they can write. */
#include <stdio.h>
#include <string.h>

#include "dialect.h"

#define PICK(dice, list) ((list)[below((dice), sizeof(list) / sizeof *(list))])

uint64_t next_random(dice *d)
{
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return d->state >> 11;
}

size_t below(dice *d, size_t n)
{
    return (size_t)(next_random(d) % n);
}

bool once_in(dice *d, size_t of)
{
    return below(d, of) == 0;
}

/* ---- the dialect ---------------------------------------------------------------- */

static const encoding encodings[] = {
    {NULL, NULL, false, SIGNS_UNICODE},
    {NULL, NULL, false, SIGNS_UNICODE},
    {NULL, NULL, false, SIGNS_ASCII},
    {NULL, NULL, true, SIGNS_UNICODE},
    {"ISO-8859-1", "latin1", false, SIGNS_LATIN1},
    {"WINDOWS-1252", "windows-1252", false, SIGNS_CP1252},
    {"UTF-16LE", NULL, true, SIGNS_UNICODE},
    {"UTF-16BE", NULL, true, SIGNS_UNICODE},
    {"UTF-16LE", "utf-16le", false, SIGNS_UNICODE},
    {"UTF-16BE", NULL, false, SIGNS_ASCII},
};

static void draw_text(dice *t, dialect *d)
{
    static const char separators[] = {',', ',', ',', ';', ';', '\t', '|', '^'};
    static const char *const ends[] = {"\n", "\n", "\r\n", "\r", "\r\r\n"};
    d->separator = PICK(t, separators);
    d->quotes = (quoting)below(t, 3);
    d->quote = d->quotes != QUOTES_NEVER && once_in(t, 5) ? '\'' : '"';
    d->escape = once_in(t, 8) ? '\\' : '\0';
    d->no_quote_said = d->quotes == QUOTES_NEVER && once_in(t, 2);
    d->encoding = &PICK(t, encodings);
    d->line_end = PICK(t, ends);
    d->last_end = !once_in(t, 4);
    d->separator_line = once_in(t, 8);
    d->header = !once_in(t, 8);
    d->padded = once_in(t, 6);
    d->blanks_outside = d->quotes == QUOTES_ALWAYS && once_in(t, 2);
    d->blank_lines = once_in(t, 6);
    d->trailing = once_in(t, 8);
    d->header_trails = once_in(t, 2);
    d->n_preamble = d->header && !d->separator_line && once_in(t, 4) ? 1 + (int)below(t, 9) : 0;
}

static void draw_missing(dice *t, dialect *d)
{
    static const char *const defaults[] = {"", "", "NULL", "\\N", "N/A", "nan", "None", "null"};
    static const char *const others[] = {"-", "n.a.", "(leer)", "#N/A"};
    d->missing_is_default = !once_in(t, 5);
    d->missing = d->missing_is_default ? PICK(t, defaults) : PICK(t, others);
    if (d->escape && strchr(d->missing, '\\')) d->missing = "";
}

/* Marks that the signs allow; the plain ones first. */
static const char *draw_mark(dice *t, const dialect *d)
{
    static const struct {
        const char *mark;
        repertoire needs;
    } marks[] = {{"", SIGNS_ASCII},
                 {"", SIGNS_ASCII},
                 {" ", SIGNS_ASCII},
                 {"'", SIGNS_ASCII},
                 {NULL, SIGNS_ASCII}, /* the other one of point and comma */
                 {NULL, SIGNS_ASCII},
                 {"\xc2\xa0", SIGNS_LATIN1},
                 {"\xe2\x80\x99", SIGNS_CP1252},
                 {"\xe2\x80\x89", SIGNS_UNICODE},
                 {"\xe2\x80\xaf", SIGNS_UNICODE}};
    size_t n = sizeof marks / sizeof *marks;
    while (marks[n - 1].needs > d->encoding->signs) n--;
    size_t i = below(t, n);
    return marks[i].mark ? marks[i].mark : d->decimal == '.' ? "," : ".";
}

static void draw_currency(dice *t, dialect *d)
{
    static const char *const before[] = {"",     "",     "",         "$",
                                         "USD ", "Rs. ", "\xc2\xa3", "\xe2\x82\xac"};
    static const char *const behind[] = {"",
                                         "",
                                         "",
                                         " EUR",
                                         " kr",
                                         "$",
                                         "\xc2\xa0"
                                         "CHF",
                                         " \xe2\x82\xac"};
    size_t n = d->encoding->signs == SIGNS_ASCII ? 6 : d->encoding->signs == SIGNS_LATIN1 ? 7 : 8;
    d->currency_behind = once_in(t, 2);
    d->currency = d->currency_behind ? behind[below(t, n)] : before[below(t, n)];
}

static void draw_sign(dice *t, dialect *d)
{
    static const char *const words[][2] = {
        {"Af", "Bij"}, {"D", "C"}, {"debit", "CREDIT"}, {"weg", "her"}};
    d->positive = once_in(t, 4);
    do d->sign = (sign_style)below(t, N_SIGNS);
    while ((d->sign == SIGN_UNICODE && d->encoding->signs < SIGNS_UNICODE) ||
           (d->sign == SIGN_DASH && d->encoding->signs < SIGNS_CP1252));
    if (d->sign == SIGN_LETTERS && d->currency_behind) d->currency = "";
    d->amount = once_in(t, 6)   ? AMOUNT_TWO_COLUMNS
                : once_in(t, 6) ? AMOUNT_SIGN_COLUMN
                                : AMOUNT_ONE;
    size_t i = below(t, sizeof words / sizeof *words);
    d->debit = words[i][0];
    d->credit = words[i][1];
    d->sign_words_said = i == 3;
}

static void draw_amounts(dice *t, dialect *d)
{
    static const int shown[] = {2, 2, 2, 2, 2, 0, 3, 4, 8};
    d->decimal = once_in(t, 2) ? ',' : '.';
    d->group = draw_mark(t, d);
    d->lakh = d->decimal == '.' && strcmp(d->group, ",") == 0 && once_in(t, 3);
    d->shown = PICK(t, shown);
    d->kept = d->shown > 2 ? d->shown : 2;
    d->short_form = once_in(t, 4);
    draw_currency(t, d);
    draw_sign(t, d);
}

static const time_style times[] = {
    {"%Y-%m-%d %H:%M:%S", 1, "time", NULL, false},
    {"%Y-%m-%d %H:%M:%S", 1, "time", NULL, false},
    {"%Y-%m-%dT%H:%M:%SZ", 1, "time", NULL, false},
    {"%Y-%m-%dT%H:%M:%S~", 1, "time", NULL, false},
    {"%Y-%m-%d %H:%M:%S.250", 1, "time", NULL, false},
    {"%Y-%m-%d %H:%M:%S,999", 1, "time", NULL, false},
    {"%Y/%m/%d %H:%M", 60, "time", NULL, false},
    {"%Y.%m.%d %H:%M:%S", 1, "time", NULL, false},
    {"%Y-%m-%d", 86400, "time", NULL, false},
    {"%Y%m%dT%H%M%SZ", 1, "time", NULL, false},
    {"%d-%b-%Y %H:%M:%S", 1, "time", NULL, false},
    {"%d %B %Y", 86400, "time", NULL, false},
    {"%b %d, %Y %I:%M:%S %p", 1, "time", NULL, false},
    {"[%d/%b/%Y:%H:%M:%S ~]", 1, "time", NULL, false},
    {"%Y-%m-%d|%H:%M:%S", 1, "time,time2", NULL, false},
    {"%Y-%m-%d|%H%M%S", 1, "time,time2", NULL, false},
    {"%Y|%m|%d|%H:%M", 60, "time,time2,time3,time4", NULL, false},
    {"@0", 1, "time", NULL, false},
    {"@3", 1, "time", NULL, false},
    {"@6", 1, "time", NULL, false},
    {"@9", 1, "time", NULL, false},
    {"%d.%m.%Y %H:%M:%S", 1, "time", "dd/mm/yyyy", true},
    {"%d/%m/%Y", 86400, "time", "dd/mm/yyyy", true},
    {"%d.%m.%y", 86400, "time", "dd/mm/yyyy", true},
    {"%m/%d/%Y %I:%M:%S %p", 1, "time", "mm/dd/yyyy", true},
    {"%m/%d/%y %H:%M", 60, "time", "mm/dd/yyyy", true},
    {"%d/%m/%Y|%H:%M", 60, "time,time2", "dd/mm/yyyy", true},
    {"%m/%d/%Y|%I:%M:%S %p", 1, "time,time2", "mm/dd/yyyy", true},
    {"%Y%m%d", 86400, "time", "yyyymmdd", false},
    {"%Y%m%d%H%M%S", 1, "time", "yyyymmddhhmmss", false},
    {"%Y%m%d%H%M", 60, "time", "yyyymmddhhmmss", false},
    {"%Hh%M, %d/%m/%Y", 60, "time", "%Hh%M, %d/%m/%Y", false},
    {"@x", 1, "time", "excel", false},
};

static void draw_times(dice *t, dialect *d)
{
    static const struct {
        const char *name;
        int32_t east;
    } zones[] = {{"+02:00", 7200}, {"-03:30", -12600}, {"Asia/Kolkata", 19800}};
    d->time = &PICK(t, times);
    bool clock = d->time->form[0] != '@' && !strpbrk(d->time->form, "~Z");
    if (clock && once_in(t, 4)) {
        size_t i = below(t, sizeof zones / sizeof *zones);
        d->zone = zones[i].name;
        d->east = zones[i].east;
    }
    if (strchr(d->time->form, '~'))
        d->east = ((int32_t)below(t, 25) - 12) * 3600 + (int32_t)below(t, 2) * 1800;
}

static void draw_labels(dice *t, dialect *d)
{
    static const char *const words[][2] = {
        {"1", "0"},           {"1", "0"},     {"1.0", "0.0"}, {"true", "false"},
        {"TRUE", "False"},    {"Y", "N"},     {"yes", "no"},  {"t", "f"},
        {"fraud", "genuine"}, {"scam", "ok"}, {"-1", "1"},    {"1", "2"}};
    static const char *const unknown[] = {"", "unknown", "Pending", "?"};
    size_t i = below(t, sizeof words / sizeof *words);
    d->fraud = words[i][0];
    d->genuine = words[i][1];
    d->label_said = i >= 9;
    d->unknown = PICK(t, unknown);
}

static int count_parts(const char *form)
{
    int n = 1;
    for (; *form; form++) n += *form == '|';
    return n;
}

static void add_column(dialect *d, int column, const char *name)
{
    d->order[d->n_columns++] = column;
    d->name[column] = name;
}

/* Names that people give, some of which need care in the configuration. */
static void draw_columns(dice *t, dialect *d)
{
    static const char *const parts[] = {"time", "time2", "time3", "time4"};
    static const char *const amounts[] = {"amount", "Amount, EUR", "amount|gross", "Amount\n(EUR)",
                                          "amount #"};
    static const char *const accounts[] = {"account", "account", "Card No.", "\\acc"};
    if (d->ids != IDS_NONE) add_column(d, COLUMN_TX, "tx");
    add_column(d, COLUMN_ACCOUNT, PICK(t, accounts));
    if (d->branch) add_column(d, COLUMN_BRANCH, "branch, no.");
    if (!once_in(t, 8)) add_column(d, COLUMN_MERCHANT, "merchant");
    if (once_in(t, 2)) add_column(d, COLUMN_CATEGORY, "category");
    add_column(d, COLUMN_AMOUNT, PICK(t, amounts));
    if (d->amount == AMOUNT_TWO_COLUMNS) add_column(d, COLUMN_LESS, "debit");
    if (d->amount == AMOUNT_SIGN_COLUMN) add_column(d, COLUMN_SIGN, "Af Bij");
    if (!once_in(t, 8)) add_column(d, COLUMN_LABEL, "label");
    if (once_in(t, 2)) add_column(d, COLUMN_MEMO, "memo");
    for (int i = 0; i < count_parts(d->time->form); i++) add_column(d, COLUMN_TIME + i, parts[i]);
    if (once_in(t, 8)) d->name[COLUMN_ACCOUNT] = d->name[COLUMN_MERCHANT] = "Name";
    for (int i = d->n_columns - 1; i > 0; i--) {
        int k = (int)below(t, (size_t)i + 1), swap = d->order[i];
        d->order[i] = d->order[k];
        d->order[k] = swap;
    }
}

static void draw_dialect(dice *t, dialect *d)
{
    *d = (dialect){0};
    draw_text(t, d);
    draw_missing(t, d);
    draw_amounts(t, d);
    draw_times(t, d);
    draw_labels(t, d);
    d->ids = once_in(t, 6) ? IDS_TEXTS : once_in(t, 6) ? IDS_NONE : IDS_NUMBERS;
    d->branch = once_in(t, 8);
    draw_columns(t, d);
}

/* ---- the book --------------------------------------------------------------------- */

static const struct {
    const char *sign;
    repertoire needs;
} signs[] = {
    {"a", 0},
    {"B", 0},
    {"k", 0},
    {"7", 0},
    {"z", 0},
    {" ", 0},
    {"-", 0},
    {".", 0},
    {"#", 0},
    {"=", 0},
    {",", 0},
    {";", 0},
    {"|", 0},
    {"\t", 0},
    {"\"", 0},
    {"\"\"", 0},
    {"'", 0},
    {"\\", 0},
    {"\n", 0},
    {"\r\n", 0},
    {"\xc3\xa9", 1},
    {"\xc3\x9f", 1},
    {"\xc2\xbd", 1},
    {"\xe2\x82\xac", 2},
    {"\xe2\x80\x9d", 2},
    {"\xd0\x96", 3},
    {"\xe4\xb8\xad", 3},
    {"\xf0\x9d\x84\x9e", 3},
};
enum { N_LETTERS = 5 };

/* May this sign stand here? Behind a line end comes no separator: it could make a row of
 * the line, which a quote would then seem to have swallowed. */
static bool fits(const dialect *d, const char *sign, bool first, bool second_line)
{
    bool quote = strchr(sign, '"') || strchr(sign, '\'');
    if (strchr(sign, d->separator) && (second_line || d->quotes == QUOTES_NEVER)) return false;
    if (strpbrk(sign, "\r\n") && d->quotes == QUOTES_NEVER) return false;
    if (quote && first && d->quotes == QUOTES_NEVER) return d->no_quote_said;
    if (d->escape && *sign == '\\') return d->quotes != QUOTES_NEVER;
    return true;
}

/* Neither blanks at its ends, which are no part of a name, nor a word for nothing. */
static void draw_name(dice *t, const dialect *d, char name[NAME_ROOM])
{
    size_t n = sizeof signs / sizeof *signs, length = 1 + below(t, 9);
    bool second_line = false;
    while (signs[n - 1].needs > d->encoding->signs) n--;
    name[0] = '\0';
    for (size_t i = 0; i < length; i++) {
        const char *sign = signs[below(t, n)].sign;
        bool first = i == 0, last = i + 1 == length;
        if (first && once_in(t, 6)) sign = once_in(t, 2) ? "\"" : "'";
        bool blank = strpbrk(sign, " \t\r\n") != NULL;
        if (!fits(d, sign, first, second_line) || ((first || last) && blank) || last)
            sign = signs[below(t, N_LETTERS)].sign;
        strcat(name, sign);
        second_line |= strpbrk(sign, "\r\n") != NULL;
    }
}

static int64_t draw_time(dice *t, const dialect *d, int64_t first_day, int64_t days)
{
    int64_t local = first_day * 86400 + (int64_t)below(t, (size_t)days * 86400);
    return local / d->time->step * d->time->step - d->east;
}

static int64_t draw_minor(dice *t, const dialect *d)
{
    static const size_t most[] = {100, 10000, 1000000, 10000000, 100000000000};
    int64_t unit = 1, minor = (int64_t)below(t, PICK(t, most));
    for (int i = d->shown; i < d->kept; i++) unit *= 10;
    minor *= unit;
    if (d->short_form && once_in(t, 2)) minor = minor / (unit * 100) * (unit * 100);
    return !d->positive && once_in(t, 3) ? -minor : minor;
}

static void draw_row(dice *t, const dialect *d, int64_t i, char pool[][NAME_ROOM], book_row *r)
{
    *r = (book_row){.tx = i * 7919 % 10007, .label = (int)below(t, 8) - 6};
    if (r->label < -1) r->label = 0;
    snprintf(r->id, sizeof r->id, "T-%lld", (long long)r->tx);
    strcpy(r->account, pool[below(t, 4)]);
    if (d->branch && !once_in(t, 3)) strcpy(r->branch, pool[4 + below(t, 2)]);
    if (!once_in(t, 5)) strcpy(r->merchant, pool[6 + below(t, 4)]);
    if (!once_in(t, 5)) strcpy(r->category, pool[10 + below(t, 2)]);
    if (!once_in(t, 3)) draw_name(t, d, r->memo);
    r->minor = draw_minor(t, d);
}

int draw_book(dice *t, dialect *d, book_row book[MOST_ROWS])
{
    char pool[12][NAME_ROOM];
    draw_dialect(t, d);
    int n = 1 + (int)below(t, once_in(t, 8) ? 3 : MOST_ROWS);
    if (n == 1) d->trailing = false; /* one row may be a mishap */
    /* From 2015 on; where only few days are there, none of them may be above 12. */
    int64_t first_day = 16436 + (int64_t)below(t, 3600), days = once_in(t, 3) ? 9 : 150;
    for (int i = 0; i < 12; i++) draw_name(t, d, pool[i]);
    for (int i = 0; i < n; i++) {
        draw_row(t, d, i + 1, pool, &book[i]);
        book[i].time = draw_time(t, d, first_day, days);
    }
    return n;
}
