#include "check_write.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/options.h"
#include "paraudit/csv/label_words.h"

typedef struct {
    const pa_guess *guess;
    pa_grid grid; /* key, "= value", "; why" */
} writer;

static const pa_guess_column *column_at(const writer *w, int32_t column)
{
    return w->guess->columns.column + column;
}

static int32_t column_of(const writer *w, pa_guess_role role)
{
    return w->guess->roles.column[role];
}

/* One line; said: what stands behind ';', in the manner of printf. */
static pa_status line(writer *w, const char *key, const char *value, pa_error *err,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));
static pa_status line(writer *w, const char *key, const char *value, pa_error *err,
                      const char *format, ...)
{
    char why[600] = "; ";
    va_list said;
    pa_buffer text = {0};
    va_start(said, format);
    vsnprintf(why + 2, sizeof why - 2, format, said);
    va_end(said);
    pa_status st = pa_grid_add(&w->grid, key, err);
    if (st == PA_OK) st = pa_buffer_printf(&text, err, "=%s", *value ? " " : "");
    if (st == PA_OK) st = pa_option_write_text(value, &text, err);
    if (st == PA_OK) st = pa_grid_add(&w->grid, text.data, err);
    if (st == PA_OK) st = pa_grid_add(&w->grid, why[2] ? why : "", err);
    pa_buffer_free(&text);
    return st;
}

/* A key that all files have to be read by; odd: a file that is written in another way, which an
 * audit may see for itself. */
static pa_status shared_line(writer *w, const char *key, const char *value, const char *odd,
                             pa_error *err, const char *why)
{
    char comment[40];
    if (!*odd) return line(w, key, value, err, "%s", why);
    snprintf(comment, sizeof comment, ";%s", key);
    return line(w, comment, value, err, "not of %s: each file is read as it shows", odd);
}

/* ---- names of columns ---- */

/* As the keys of columns have it: signs that mean something take a backslash, and the second
 * of a name its number. */
static pa_status add_name(const writer *w, int32_t column, pa_buffer *text, pa_error *err)
{
    const pa_guess_columns *c = &w->guess->columns;
    const char *name = c->column[column].name;
    size_t before = 0, all = 0;
    for (size_t i = 0; i < c->n; i++) {
        bool same = strcmp(c->column[i].name, name) == 0;
        all += same;
        before += same && (int32_t)i <= column;
    }
    for (const char *s = name; *s; s++) {
        if (strchr(",|#\\", *s)) PA_TRY(pa_buffer_add(text, "\\", 1, err));
        PA_TRY(pa_buffer_add(text, s, 1, err));
    }
    if (all > 1) return pa_buffer_printf(text, err, "#%zu", before);
    return pa_buffer_printf(text, err, "%s", "");
}

/* Several, with `between` between them. */
static pa_status add_names(const writer *w, size_t n, const int32_t column[], const char *between,
                           pa_buffer *text, pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0) PA_TRY(pa_buffer_printf(text, err, "%s", between));
        PA_TRY(add_name(w, column[i], text, err));
    }
    return PA_OK;
}

/* A key whose value is columns. */
static pa_status columns_line(writer *w, const char *key, size_t n, const int32_t column[],
                              const char *between, const char *why, pa_error *err)
{
    pa_buffer value = {0};
    pa_status st = add_names(w, n, column, between, &value, err);
    if (st == PA_OK)
        st = line(w, key, value.data, err, "such as %s%s", column_at(w, column[0])->example, why);
    pa_buffer_free(&value);
    return st;
}

static bool is_used(const writer *w, int32_t column)
{
    for (int r = 0; r < PA_GUESS_N; r++) {
        if (column_of(w, (pa_guess_role)r) == column) return true;
    }
    return false;
}

/* Why a role has no column: what is called like one holds something else; `none`: nothing is. */
static pa_status none_line(writer *w, const char *key, pa_guess_role role, const char *none,
                           const char *then, pa_error *err)
{
    const pa_guess_columns *all = &w->guess->columns;
    for (size_t i = 0; i < all->n; i++) {
        const pa_guess_column *c = all->column + i;
        if (pa_guess_name_fits(c->name, role) < PA_GUESS_EXACT || is_used(w, (int32_t)i)) continue;
        if (c->filled * 2 < c->rows)
            return line(w, key, "", err, "%s has a value in %zu of the first %zu rows%s", c->name,
                        c->filled, c->rows, then);
        return line(w, key, "", err, "%s does not look like one, such as %s%s", c->name, c->example,
                    then);
    }
    return line(w, key, "", err, "%s%s", none, then);
}

/* The key of a role, if there is a column for it; else `none` says why not. */
static pa_status role_line(writer *w, const char *key, pa_guess_role role, const char *none,
                           pa_error *err)
{
    const pa_guess_roles *r = &w->guess->roles;
    pa_buffer why = {0};
    if (r->column[role] < 0) return none ? line(w, key, "", err, "%s", none) : PA_OK;
    pa_status st =
        pa_buffer_printf(&why, err, "%s", r->named[role] ? "" : "; guessed by its values");
    if (st == PA_OK && r->other[role] >= 0) {
        st = pa_buffer_printf(&why, err, "; or is it ");
        if (st == PA_OK) st = add_name(w, r->other[role], &why, err);
        if (st == PA_OK) st = pa_buffer_printf(&why, err, "?");
    }
    if (st == PA_OK) st = columns_line(w, key, 1, &r->column[role], "", why.data, err);
    pa_buffer_free(&why);
    return st;
}

/* ---- how it is written ---- */

static pa_status write_encoding(writer *w, pa_error *err)
{
    const char *encoding = w->guess->encoding, *odd = w->guess->odd.encoding;
    if (!*encoding) return PA_OK;
    if (*odd)
        return line(w, ";encoding", encoding, err,
                    "not of %s: an audit reads one encoding, so that iconv has to convert some",
                    odd);
    return line(w, "encoding", encoding, err,
                "it is no UTF-8: latin1, windows-1252 or another one?");
}

static pa_status write_form(writer *w, pa_error *err)
{
    const pa_csv_layout *l = &w->guess->layout;
    const char *separator = l->signs.separator == ';'    ? "semicolon"
                            : l->signs.separator == '\t' ? "tab"
                            : l->signs.separator == '|'  ? "pipe"
                                                         : NULL;
    const pa_guess_odd *odd = &w->guess->odd;
    PA_TRY(write_encoding(w, err));
    if (separator)
        PA_TRY(shared_line(w, "separator", separator, odd->separator, err, "between fields"));
    if (l->signs.quote == '\'')
        PA_TRY(shared_line(w, "quote", "'", odd->quote, err, "around fields"));
    if (l->head_length > 0) return PA_OK;
    return line(w, "header", "no", err, "no line has names: columns have numbers, from 1");
}

/* ---- time ---- */

/* Numbers that are dates: the one form, of those that read the example. */
static pa_status write_number_form(writer *w, const pa_guess_column *c, pa_error *err)
{
    static const char *const forms[] = {"yyyymmdd",   "yyyymmddhhmmss", "excel",        "%d%m%Y",
                                        "%m%d%Y",     "%y%m%d",         "%d%m%y",       "%m%d%y",
                                        "%y%m%d%H%M", "%y%m%d%H%M%S",   "%d%m%Y%H%M%S", "%Y%m%d%H",
                                        "%Y%j",       "%Y%j%H%M%S"};
    const char *told = strstr(c->time.text, "input.time_format = "), *meant[3];
    char why[100];
    size_t n = 0;
    for (size_t i = 0; told && i < sizeof forms / sizeof *forms && n < 3; i++) {
        const char *at = strstr(told, forms[i]);
        size_t length = strlen(forms[i]);
        if (at && at[-1] == ' ' && (at[length] == ' ' || at[length] == '\0')) meant[n++] = forms[i];
    }
    snprintf(why, sizeof why, "numbers that look like dates: %s", c->example);
    if (n == 1) return shared_line(w, "time_format", meant[0], w->guess->odd.time, err, why);
    for (size_t i = 0; i < n; i++)
        PA_TRY(line(w, ";time_format", meant[i], err, "which? '%s'", c->example));
    return PA_OK;
}

static pa_status write_time_form(writer *w, const pa_guess_column *c, pa_error *err)
{
    const pa_time_sniffed *s = &c->time;
    if (s->verdict == PA_TIME_CLEAR && s->settled)
        return shared_line(w, "time_format", pa_time_form_name(&s->form), w->guess->odd.time, err,
                           s->text);
    if (s->verdict == PA_TIME_REFUSED) return write_number_form(w, c, err);
    if (s->verdict == PA_TIME_MIXED) return line(w, ";time_format", "", err, "%s", s->text);
    if (s->verdict == PA_TIME_AMBIGUOUS) {
        PA_TRY(line(w, ";time_format", "dd/mm/yyyy", err, "which? if '%s' has its day first",
                    c->example));
        return line(w, ";time_format", "mm/dd/yyyy", err, "if it has its month first");
    }
    bool small = s->verdict == PA_TIME_CLEAR && c->numbers == c->filled && c->most < 5e8;
    if (small)
        return line(w, ";time_start", "2024-01-01", err,
                    "numbers count seconds from 1970, if no time_start and time_format say else");
    return PA_OK;
}

/* Days alone beside a column that may have the clock, in a form that no audit reads. */
static pa_status write_lost_clock(writer *w, pa_error *err)
{
    int32_t day = column_of(w, PA_GUESS_TIME), other = w->guess->roles.other[PA_GUESS_TIME];
    if (other < 0 || column_of(w, PA_GUESS_CLOCK) >= 0 || column_at(w, day)->has_clock)
        return PA_OK;
    const pa_guess_column *c = column_at(w, other);
    bool number = c->numbers == c->filled && c->least >= 0 && c->most < 240000;
    if (!c->no_day && !number) return PA_OK;
    const int32_t both[2] = {day, other};
    return columns_line(w, ";time", 2, both, ",",
                        c->no_day ? ": once the clocks are without a day, as 13:05:59"
                                  : ": once the clocks are written 13:05:59 or 130559",
                        err);
}

static pa_status write_time(writer *w, pa_error *err)
{
    int32_t part[4] = {column_of(w, PA_GUESS_YEAR), column_of(w, PA_GUESS_MONTH),
                       column_of(w, PA_GUESS_DAY), column_of(w, PA_GUESS_CLOCK)};
    int32_t time = column_of(w, PA_GUESS_TIME);
    if (part[0] >= 0)
        return columns_line(w, "time", 4, part, ",", ": year, month, day and clock", err);
    if (time < 0) return line(w, ";time", "", err, "which column says when? It must be named");
    part[0] = time;
    part[1] = column_of(w, PA_GUESS_CLOCK);
    part[2] = column_of(w, PA_GUESS_ZONE);
    if (part[1] < 0)
        PA_TRY(role_line(w, "time", PA_GUESS_TIME, NULL, err));
    else
        PA_TRY(columns_line(w, "time", part[2] < 0 ? 2 : 3, part, ",",
                            part[2] < 0 ? ": day and clock" : ": day, clock and zone", err));
    PA_TRY(write_time_form(w, column_at(w, time), err));
    PA_TRY(write_lost_clock(w, err));
    const pa_guess_column *c = column_at(w, time);
    if (c->has_zone || part[2] >= 0 || (!c->has_clock && part[1] < 0)) return PA_OK;
    return line(w, ";time_zone", "Europe/Berlin", err, "if these are local times, and not UTC");
}

/* ---- amount ---- */

static pa_status write_decimals(writer *w, int32_t decimals, pa_error *err)
{
    char digits[12];
    if (decimals < w->guess->decimals) decimals = w->guess->decimals;
    if (decimals <= 2) return PA_OK;
    snprintf(digits, sizeof digits, "%d", (int)(decimals < 8 ? decimals : 8));
    return line(w, "amount_decimals", digits, err, "as many as there are");
}

static pa_status write_decimal(writer *w, const pa_guess_column *c, const pa_amount_tally *tally,
                               pa_error *err)
{
    char mark;
    pa_amount_finding f = pa_amount_decimal(tally, &mark);
    if (f == PA_AMOUNT_SETTLED && mark == ',')
        PA_TRY(
            shared_line(w, "decimal", ",", w->guess->odd.decimal, err, "a comma before decimals"));
    if (f != PA_AMOUNT_AMBIGUOUS) return write_decimals(w, c->decimals, err);
    const char likely[2] = {pa_amount_likely_decimal(tally, 2), '\0'};
    if (*likely) {
        PA_TRY(shared_line(w, "decimal", likely, w->guess->odd.decimal, err,
                           "all have three digits behind it"));
        return write_decimals(w, c->lone_decimals, err);
    }
    bool point = tally->lone[0] > 0;
    PA_TRY(line(w, ";decimal", point ? "." : ",", err, "which? if '%s' has decimals", c->lone));
    return line(w, ";decimal", point ? "," : ".", err, "if these are thousands");
}

/* A column whose words are not known is for people to judge. */
static pa_status write_sign(writer *w, pa_error *err)
{
    int32_t other = w->guess->roles.other[PA_GUESS_SIGN];
    if (column_of(w, PA_GUESS_SIGN) >= 0 || other < 0)
        return role_line(w, "sign", PA_GUESS_SIGN, NULL, err);
    return columns_line(w, ";sign", 1, &other, "",
                        ": does it say what goes out? Then input.sign_debit and sign_credit have "
                        "its words",
                        err);
}

static pa_status write_amount(writer *w, pa_error *err)
{
    int32_t amount = column_of(w, PA_GUESS_AMOUNT);
    const int32_t pair[2] = {column_of(w, PA_GUESS_CREDIT), column_of(w, PA_GUESS_DEBIT)};
    if (amount < 0 && pair[0] < 0)
        return line(w, ";amount", "", err, "which column says how much? It must be named");
    if (amount < 0) {
        pa_amount_tally t = column_at(w, pair[0])->tally;
        const pa_amount_tally *d = &column_at(w, pair[1])->tally;
        for (int i = 0; i < 2; i++) t.decimal[i] += d->decimal[i], t.lone[i] += d->lone[i];
        t.n += d->n;
        t.even += d->even;
        bool signed_debits = column_at(w, pair[1])->minus * 2 > column_at(w, pair[1])->amounts;
        PA_TRY(columns_line(w, "amount", 2, pair, signed_debits ? " + " : " - ",
                            signed_debits ? ": what goes out bears a minus"
                                          : ": what comes in less what goes out",
                            err));
        bool second = !*column_at(w, pair[0])->lone && column_at(w, pair[0])->decimals <= 2;
        return write_decimal(w, column_at(w, pair[second]), &t, err);
    }
    PA_TRY(role_line(w, "amount", PA_GUESS_AMOUNT, NULL, err));
    PA_TRY(write_decimal(w, column_at(w, amount), &column_at(w, amount)->tally, err));
    return write_sign(w, err);
}

/* ---- label ---- */

static bool is_one_of(const char *word, const char *const words[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (pa_is_word(word, strlen(word), words[i])) return true;
    }
    return false;
}

static bool means_fraud(const char *word)
{
    static const char *const words[] = {"fraudulent", "scam",   "suspicious", "chargeback",
                                        "bad",        "betrug", "fraude",     "illicit",
                                        "anomaly",    "frode"};
    return is_one_of(word, words, sizeof words / sizeof *words);
}

static bool means_genuine(const char *word)
{
    static const char *const words[] = {"legit", "legitimate", "normal", "ok",        "good",
                                        "valid", "non-fraud",  "licit",  "not fraud", "clean",
                                        "echt",  "nonfraud",   "none",   "non_fraud"};
    return is_one_of(word, words, sizeof words / sizeof *words);
}

/* Where the one word there is says fraud, the word for nothing says that there was none. */
static pa_status write_none(writer *w, const pa_guess_column *c, pa_error *err)
{
    int8_t label;
    const char *word = c->word[0];
    bool fraud = pa_label_word(word, strlen(word), &label) ? label == 1 : means_fraud(word);
    if (c->none == 0 || c->distinct != 1 || !fraud) return PA_OK;
    return line(w, "label_genuine", "none", err, "else it is a word for nothing: not known");
}

/* Words that are no labels by default. */
static pa_status write_words(writer *w, const pa_guess_column *c, pa_error *err)
{
    for (size_t i = 0; i < PA_GUESS_WORDS && *c->word[i]; i++) {
        const char *word = c->word[i];
        int8_t label;
        if (pa_label_word(word, strlen(word), &label)) continue;
        if (means_fraud(word) || means_genuine(word)) {
            PA_TRY(
                line(w, means_fraud(word) ? "label_fraud" : "label_genuine", word, err, "%s", ""));
        } else {
            PA_TRY(line(w, ";label_fraud", word, err, "which? if '%s' is fraud", word));
            PA_TRY(line(w, ";label_genuine", word, err, "if it is not"));
        }
    }
    return PA_OK;
}

static pa_status write_label(writer *w, pa_error *err)
{
    int32_t label = column_of(w, PA_GUESS_LABEL);
    PA_TRY(role_line(w, "label", PA_GUESS_LABEL,
                     "no column says what was fraud: nothing can be judged", err));
    if (label >= 0) PA_TRY(write_words(w, column_at(w, label), err));
    if (label >= 0) PA_TRY(write_none(w, column_at(w, label), err));
    return role_line(w, "label_time", PA_GUESS_LABEL_TIME, NULL, err);
}

/* ---- the rest ---- */

static pa_status write_ids(writer *w, pa_error *err)
{
    int32_t tx = column_of(w, PA_GUESS_TX);
    PA_TRY(role_line(w, "tx", PA_GUESS_TX, "no column of ids: files and lines are the ids", err));
    if (tx >= 0 && column_at(w, tx)->whole < column_at(w, tx)->filled)
        PA_TRY(line(w, "tx_text", "yes", err, "ids are texts"));
    int32_t account = column_of(w, PA_GUESS_ACCOUNT);
    if (account < 0)
        PA_TRY(none_line(w, "account", PA_GUESS_ACCOUNT, "no column is called so",
                         ": each row is its own account", err));
    PA_TRY(role_line(w, "account", PA_GUESS_ACCOUNT, NULL, err));
    if (account >= 0 && column_at(w, account)->filled < column_at(w, account)->rows)
        PA_TRY(line(w, "no_account", "own", err, "%zu of the first %zu rows have none",
                    column_at(w, account)->rows - column_at(w, account)->filled,
                    column_at(w, account)->rows));
    if (column_of(w, PA_GUESS_MERCHANT) < 0)
        return none_line(w, "merchant", PA_GUESS_MERCHANT, "no column is called so",
                         ": there are none", err);
    return role_line(w, "merchant", PA_GUESS_MERCHANT, NULL, err);
}

static pa_status write_further(writer *w, pa_error *err)
{
    static const struct {
        const char *key;
        pa_guess_role role;
    } further[] = {
        {"category", PA_GUESS_CATEGORY},         {"channel", PA_GUESS_CHANNEL},
        {"currency", PA_GUESS_CURRENCY},         {"country", PA_GUESS_COUNTRY},
        {"home_lat", PA_GUESS_HOME_LAT},         {"home_lon", PA_GUESS_HOME_LON},
        {"merchant_lat", PA_GUESS_MERCHANT_LAT}, {"merchant_lon", PA_GUESS_MERCHANT_LON}};
    for (size_t i = 0; i < sizeof further / sizeof *further; i++)
        PA_TRY(role_line(w, further[i].key, further[i].role, NULL, err));
    return PA_OK;
}

/* Columns without a role, in a comment; of numbers alone, or all. */
static pa_status add_left(const writer *w, bool numbers, pa_buffer *text, pa_error *err)
{
    enum { MOST = 40 };
    const char *between = numbers ? "; numeric = " : "; not read: ";
    size_t n = 0;
    for (size_t i = 0; i < w->guess->columns.n; i++) {
        const pa_guess_column *c = w->guess->columns.column + i;
        bool number = c->filled > 0 && c->numbers == c->filled;
        if (is_used(w, (int32_t)i) || !*c->name || (numbers && !number)) continue;
        if (n++ >= MOST) continue;
        PA_TRY(pa_buffer_printf(text, err, "%s", between));
        PA_TRY(add_name(w, (int32_t)i, text, err));
        if (!numbers && w->guess->layout.head_length == 0)
            PA_TRY(pa_buffer_printf(text, err, " (%s)", c->example));
        between = numbers ? "," : ", ";
    }
    if (n > MOST) PA_TRY(pa_buffer_printf(text, err, " and %zu more", n - MOST));
    return n > 0 ? pa_buffer_printf(text, err, "\n") : PA_OK;
}

static pa_status write_left(const writer *w, pa_buffer *text, pa_error *err)
{
    pa_buffer all = {0}, numbers = {0};
    pa_status st = add_left(w, false, &all, err);
    if (st == PA_OK) st = add_left(w, true, &numbers, err);
    if (st == PA_OK && all.length > 0) st = pa_buffer_printf(text, err, "\n%s", all.data);
    if (st == PA_OK && numbers.length > 0)
        st = pa_buffer_printf(text, err,
                              "; Numbers that detectors may read, if they are known before the "
                              "fraud is:\n%s",
                              numbers.data);
    pa_buffer_free(&all);
    pa_buffer_free(&numbers);
    return st;
}

/* Rows that are a field longer than the header, whose names do not say what is in them: they
 * are not those of the fields above which they stand. */
static bool are_names_shifted(const writer *w)
{
    const pa_guess_roles *r = &w->guess->roles;
    return w->guess->layout.trailing && !r->named[PA_GUESS_TIME] && !r->named[PA_GUESS_AMOUNT] &&
           r->column[PA_GUESS_YEAR] < 0 && r->column[PA_GUESS_CREDIT] < 0;
}

static pa_status check_found(const writer *w, pa_error *err)
{
    if (are_names_shifted(w)) {
        return pa_fail_at(err, PA_E_DATA, 1, 0,
                          "%s: each row has one field more than the header has names, and the "
                          "names do not fit what stands below them: is the first name missing, or "
                          "a separator within a field without quotes?",
                          w->guess->first->name);
    }
    bool time = column_of(w, PA_GUESS_TIME) >= 0 || column_of(w, PA_GUESS_YEAR) >= 0;
    bool amount = column_of(w, PA_GUESS_AMOUNT) >= 0 || column_of(w, PA_GUESS_CREDIT) >= 0;
    if (time && amount) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, 1, 0,
                      "%s: no column looks like the %s of a transaction: say input.%s",
                      w->guess->first->name, time ? "amount" : "time", time ? "amount" : "time");
}

static pa_status write_keys(writer *w, pa_error *err)
{
    PA_TRY(write_form(w, err));
    PA_TRY(write_ids(w, err));
    PA_TRY(write_time(w, err));
    PA_TRY(write_amount(w, err));
    PA_TRY(write_label(w, err));
    return write_further(w, err);
}

pa_status pa_guess_write(const pa_guess *guess, pa_buffer *text, pa_error *err)
{
    writer w = {.guess = guess, .grid = {.n_columns = 3}};
    pa_status st = pa_buffer_printf(text, err, "[input]\nfiles = ");
    if (st == PA_OK) st = pa_option_write_text(guess->files, text, err);
    if (st == PA_OK) st = pa_buffer_printf(text, err, "\n");
    if (st == PA_OK) st = write_keys(&w, err);
    if (st == PA_OK) st = pa_grid_print(&w.grid, "", text, err);
    if (st == PA_OK) st = write_left(&w, text, err);
    if (st == PA_OK) st = check_found(&w, err);
    pa_grid_free(&w.grid);
    return st;
}
