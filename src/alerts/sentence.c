#include "paraudit/alerts/sentence.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/math.h"

enum { VALUE_TEXT = 48, MINUTE = 60, HOUR = 3600, DAY = 86400 };

/* ---- values by their kind ---- */

static void print_number(double x, char text[VALUE_TEXT])
{
    x += 0.0; /* no -0 */
    if (isnan(x))
        snprintf(text, VALUE_TEXT, "none");
    else if (fabs(x) >= 1e9)
        snprintf(text, VALUE_TEXT, "%.6g", x);
    else if (x == floor(x))
        snprintf(text, VALUE_TEXT, "%.0f", x);
    else
        snprintf(text, VALUE_TEXT, fabs(x) < 1 ? "%.3g" : "%.2f", x);
}

static void print_money(double x, char text[VALUE_TEXT])
{
    if (isnan(x) || fabs(x) >= 1e9 || (x != 0 && fabs(x) < .01))
        print_number(x, text);
    else
        snprintf(text, VALUE_TEXT, "%.2f", x + 0.0);
}

static void print_with(double x, const char *unit, char text[VALUE_TEXT])
{
    char number[VALUE_TEXT];
    print_number(x, number);
    snprintf(text, VALUE_TEXT, "%.20s %.20s", number, unit);
}

static void print_time(double seconds, char text[VALUE_TEXT])
{
    if (seconds >= 2 * DAY)
        print_with(seconds / DAY, "d", text);
    else if (seconds >= 2 * HOUR)
        print_with(seconds / HOUR, "h", text);
    else if (seconds >= 2 * MINUTE)
        print_with(seconds / MINUTE, "min", text);
    else
        print_with(seconds, "s", text);
}

static void print_days(double x, char text[VALUE_TEXT])
{
    print_time(x * DAY, text);
}

static void print_times(double x, char text[VALUE_TEXT])
{
    print_with(x, "times", text);
}

static void print_km(double x, char text[VALUE_TEXT])
{
    print_with(x, "km", text);
}

static void print_kmh(double x, char text[VALUE_TEXT])
{
    print_with(x, "km/h", text);
}

static void print_percent(double x, char text[VALUE_TEXT])
{
    print_with(x, "%", text);
}

static double as_it_is(double x)
{
    return x;
}

static double percent(double share)
{
    return 100 * share;
}

static double percent_of_bits(double bits)
{
    return 100 * pa_exp(-bits * 0.69314718055994530942);
}

/* shown: from the value to what is printed; it may turn the order around. */
typedef struct {
    const char *name;
    double (*shown)(double value);
    void (*print)(double shown, char text[VALUE_TEXT]);
} kind;

static const kind kinds[] = {
    {"money", as_it_is, print_money},
    {"count", as_it_is, print_number},
    {"time", as_it_is, print_time},
    {"days", as_it_is, print_days},
    {"times", as_it_is, print_times},
    {"km", as_it_is, print_km},
    {"km/h", as_it_is, print_kmh},
    {"share", percent, print_percent},
    {"odds", percent_of_bits, print_percent},
    {"number", as_it_is, print_number},
};

/* ---- words ---- */

/* The text in the braces that begin at `open`; its length. */
static size_t inside(const char *open, const char **within)
{
    *within = open + 1;
    return strcspn(*within, "}");
}

static const kind *kind_of(const char *within, size_t n)
{
    size_t length = strcspn(within, " }");
    if (length > n) length = n;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i].name) == length && memcmp(kinds[i].name, within, length) == 0)
            return kinds + i;
    return NULL;
}

/* What the words say of the value; NULL: they are a flag's. */
static const kind *kind_in(const char *words)
{
    for (const char *open = strchr(words, '{'); open; open = strchr(open + 1, '{')) {
        const char *within;
        size_t n = inside(open, &within);
        const kind *k = kind_of(within, n);
        if (k) return k;
    }
    return NULL;
}

bool pa_are_words(const char *words)
{
    size_t values = 0;
    for (const char *open = strchr(words, '{'); open; open = strchr(open + 1, '{')) {
        const char *within;
        size_t n = inside(open, &within);
        bool is_name = n == 4 && memcmp(within, "name", 4) == 0;
        if (within[n] != '}' || (!is_name && !kind_of(within, n))) return false;
        values += !is_name;
    }
    return values == 1 || (values == 0 && strchr(words, '|'));
}

/* What is counted stands in the braces: "{count known fraud}". */
static pa_status add_counted(pa_buffer *text, double x, const char *within, size_t n, pa_error *err)
{
    size_t noun = strcspn(within, " ");
    if (noun >= n) return PA_OK;
    PA_TRY(pa_buffer_add(text, within + noun, n - noun, err));
    return x == 1 ? PA_OK : pa_buffer_add(text, "s", 1, err);
}

static pa_status add_braces(pa_buffer *text, const pa_sentence_facts *f, const char *within,
                            size_t n, pa_error *err)
{
    const kind *k = kind_of(within, n);
    if (!k) return pa_buffer_add(text, f->name, strlen(f->name), err);
    char value[VALUE_TEXT];
    k->print(k->shown((double)f->value), value);
    PA_TRY(pa_buffer_add(text, value, strlen(value), err));
    return add_counted(text, (double)f->value, within, n, err);
}

/* The words from `words` to `end`. */
static pa_status add_words(pa_buffer *text, const pa_sentence_facts *f, const char *words,
                           const char *end, pa_error *err)
{
    while (words < end) {
        const char *within, *open = memchr(words, '{', (size_t)(end - words));
        if (!open) open = end;
        PA_TRY(pa_buffer_add(text, words, (size_t)(open - words), err));
        if (open == end) break;
        size_t n = inside(open, &within);
        PA_TRY(add_braces(text, f, within, n, err));
        words = within + n + 1;
    }
    return PA_OK;
}

static pa_status add_flag_words(pa_buffer *text, const pa_sentence_facts *f, const char *words,
                                pa_error *err)
{
    const char *bar = strchr(words, '|'), *end = words + strlen(words);
    if (!bar) return add_words(text, f, words, end, err);
    return f->value != 0 ? add_words(text, f, words, bar, err)
                         : add_words(text, f, bar + 1, end, err);
}

/* ---- what is usual ---- */

/* Medians of flags: how many were like this one. */
static const char *how_many(float value, float usual)
{
    if (usual == .5f) return "half";
    return (usual > .5f) == (value != 0) ? "more than half" : "fewer than half";
}

static pa_status add_flag_of_account(pa_buffer *text, const pa_sentence_facts *f, pa_error *err)
{
    bool alike = (f->account > .5f) == (f->value != 0);
    if (f->n_account == 0) return pa_buffer_printf(text, err, "; it has no earlier transactions");
    if (f->n_account == 1)
        return pa_buffer_printf(text, err, "; %s",
                                alike ? "so was its last transaction"
                                      : "its last transaction was not");
    return pa_buffer_printf(text, err, "; so were %s of its last %d transactions",
                            how_many(f->value, f->account), (int)f->n_account);
}

static pa_status add_flag_usual(pa_buffer *text, const pa_sentence_facts *f, pa_error *err)
{
    PA_TRY(add_flag_of_account(text, f, err));
    if (isnan(f->peers)) return PA_OK;
    return pa_buffer_printf(text, err, ", %s%s of all training transactions",
                            f->n_account > 1 ? "" : "so were ", how_many(f->value, f->peers));
}

/* "35.10 or less": the median of values, as they are shown. */
static void print_usual(const kind *k, float value, float usual, char text[2 * VALUE_TEXT])
{
    char number[VALUE_TEXT];
    double shown = k->shown((double)usual);
    k->print(shown, number);
    bool below = k->shown((double)value) < shown;
    snprintf(text, 2 * VALUE_TEXT, "%s or %s", number, below ? "more" : "less");
}

static pa_status add_usual(pa_buffer *text, const pa_sentence_facts *f, const kind *k,
                           pa_error *err)
{
    char usual[2 * VALUE_TEXT];
    print_usual(k, f->value, f->account, usual);
    if (f->n_account > 1)
        PA_TRY(pa_buffer_printf(text, err, "; half of its last %d transactions stood at %s",
                                (int)f->n_account, usual));
    else if (f->n_account == 1)
        PA_TRY(pa_buffer_printf(text, err, "; its last transaction stood at %.*s",
                                (int)(strlen(usual) - strlen(" or less")), usual));
    else
        PA_TRY(pa_buffer_printf(text, err, "; it has no earlier transactions"));
    if (isnan(f->peers)) return PA_OK;
    print_usual(k, f->value, f->peers, usual);
    return pa_buffer_printf(text, err, ", half of all training transactions%s at %s",
                            f->n_account > 0 ? "" : " stood", usual);
}

pa_status pa_sentence(pa_buffer *text, const pa_sentence_facts *f, pa_error *err)
{
    const char *words = f->words ? f->words : "{name} {number}";
    const kind *k = kind_in(words);
    PA_TRY(add_flag_words(text, f, words, err));
    if (f->detail[0]) PA_TRY(pa_buffer_printf(text, err, " [%s]", f->detail));
    return k ? add_usual(text, f, k, err) : add_flag_usual(text, f, err);
}
