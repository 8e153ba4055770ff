/* Amounts and times as the trade writes them, one a line, against themselves written
 * another way; and all lines as the times of one file. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/csv.h"

enum { LONGEST = 200, MOST_LINES = 300 };

/* ---- amounts ---- */

typedef struct {
    pa_amount_verdict verdict;
    int64_t minor;
    pa_amount_tally tally;
} reading;

/* In a block that ends with the text: reading on is seen. */
static reading read_amount(char decimal, int32_t decimals, const char *text, size_t n)
{
    const pa_amount_form form = {decimal, decimals};
    pa_error err = {0};
    reading r = {.minor = -7};
    char *exact = pa_alloc(n, 1, &err);
    PA_ASSERT(exact);
    memcpy(exact, text, n);
    r.verdict = pa_amount_read(&form, exact, n, &r.minor, &r.tally);
    pa_free(exact);
    PA_ASSERT(r.verdict == PA_AMOUNT_READ || r.minor == 0);
    PA_ASSERT(llabs(r.minor) <= PA_CSV_AMOUNT_MOST);
    return r;
}

static int64_t told(const pa_amount_tally *t)
{
    return t->decimal[0] + t->decimal[1] + t->lone[0] + t->lone[1];
}

/* With something before and behind it. */
static reading read_dressed(const char *before, const char *text, size_t n, const char *behind)
{
    char dressed[LONGEST + 32];
    size_t b = strlen(before), e = strlen(behind);
    memcpy(dressed, before, b);
    memcpy(dressed + b, text, n);
    memcpy(dressed + b + n, behind, e);
    return read_amount('\0', 2, dressed, b + n + e);
}

/* Digits and marks, a digit at either end: no sign, no currency. */
static bool is_bare(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\0' || !strchr("0123456789.,' ", text[i])) return false;
    }
    return n > 0 && text[0] >= '0' && text[0] <= '9' && text[n - 1] >= '0' && text[n - 1] <= '9';
}

static void check_dressed(const char *text, size_t n, const reading *open)
{
    static const char *const minus[][2] = {
        {"-", ""},  {"", "-"},     {"\xe2\x88\x92", ""},   {"(", ")"}, {"", " DR"}, {"db ", ""},
        {"$-", ""}, {"-USD ", ""}, {"(\xe2\x82\xac", ")"}, {"", " S"}, {"-", " kr"}};
    static const char *const plus[][2] = {{"+", ""},
                                          {"", " CR"},
                                          {"\xc2\xa3", ""},
                                          {"", " EUR"},
                                          {" \t", " "},
                                          {"Rs. ", ""},
                                          {"\xc2\xa0", "\xe2\x80\xaf"
                                                       "CHF"}};
    for (size_t i = 0; i < sizeof minus / sizeof *minus; i++) {
        reading r = read_dressed(minus[i][0], text, n, minus[i][1]);
        PA_ASSERT(r.verdict == open->verdict && r.minor == -open->minor);
        PA_ASSERT(memcmp(&r.tally, &open->tally, sizeof r.tally) == 0);
    }
    for (size_t i = 0; i < sizeof plus / sizeof *plus; i++) {
        reading r = read_dressed(plus[i][0], text, n, plus[i][1]);
        PA_ASSERT(r.verdict == open->verdict && r.minor == open->minor);
    }
}

static void check_amount(const char *text, size_t n)
{
    reading open = read_amount('\0', 2, text, n), point = read_amount('.', 2, text, n),
            comma = read_amount(',', 2, text, n), fine = read_amount('\0', 8, text, n);
    int64_t plain;
    PA_ASSERT(told(&open.tally) <= 1 && told(&open.tally) == told(&point.tally));
    PA_ASSERT(told(&open.tally) == told(&comma.tally));
    /* What tells is read as it tells; what does not is the same with either mark. */
    bool tells_comma = open.tally.decimal[1] + open.tally.lone[1] > 0;
    const reading *said = tells_comma ? &comma : &point;
    PA_ASSERT(said->verdict == open.verdict && said->minor == open.minor);
    if (told(&open.tally) == 0) PA_ASSERT(comma.minor == point.minor);
    if (fine.verdict == PA_AMOUNT_READ) PA_ASSERT(open.verdict == PA_AMOUNT_READ);
    if (fine.verdict == PA_AMOUNT_READ && fine.tally.rounded == 0 && open.tally.rounded == 0)
        PA_ASSERT(fine.minor == open.minor * 1000000);
    bool in_range = pa_parse_minor(text, n, &plain) && llabs(plain) <= PA_CSV_AMOUNT_MOST;
    if (in_range) PA_ASSERT(point.verdict == PA_AMOUNT_READ && point.minor == plain);
    if (is_bare(text, n)) check_dressed(text, n, &open);
}

/* ---- times ---- */

static bool read_time(const pa_time_form *form, const char *text, size_t n, int64_t *seconds)
{
    pa_error err = {0};
    pa_written_time t;
    pa_zone_span last = {0};
    char *exact = pa_alloc(n, 1, &err);
    PA_ASSERT(exact);
    memcpy(exact, text, n);
    bool good = pa_time_read(form, (pa_csv_field){exact, n}, &t);
    pa_free(exact);
    if (!good) return false;
    PA_ASSERT(t.zoned || t.east == 0);
    if (!pa_time_in_utc(NULL, &last, &t, seconds)) return false;
    PA_ASSERT(*seconds >= PA_TIME_MIN && *seconds <= PA_TIME_MAX);
    return true;
}

static void check_time(const char *text, size_t n)
{
    static const char *const patterns[] = {"%d.%m.%Y %H:%M", "%Y%j%t%T%z", "%a, %d %b %y %I%p"};
    char padded[LONGEST + 4];
    memcpy(padded + 1, text, n);
    padded[0] = padded[n + 1] = ' ';
    for (int k = 0; k < PA_TIME_BY_PATTERN + 3; k++) {
        pa_time_form form = {.kind = k < PA_TIME_BY_PATTERN ? k : PA_TIME_BY_PATTERN,
                             .start = 1532476800};
        int64_t v = 0, again = 0;
        if (k >= PA_TIME_BY_PATTERN) strcpy(form.pattern, patterns[k - PA_TIME_BY_PATTERN]);
        bool good = read_time(&form, text, n, &v);
        PA_ASSERT(read_time(&form, padded, n + 2, &again) == good && again == v);
        if (!good || k != PA_TIME_AUTO) continue;
        char written[PA_TIME_TEXT];
        pa_format_time(v, written);
        PA_ASSERT(read_time(&form, written, strlen(written), &again) && again == v);
    }
}

static void check_sample(const pa_csv_field sample[], size_t n)
{
    static const pa_time_form asked = {.kind = PA_TIME_AUTO};
    pa_time_sniffed s;
    pa_time_sniff(sample, n, &asked, &s);
    bool clear = s.verdict == PA_TIME_CLEAR, none = s.verdict == PA_TIME_NONE;
    PA_ASSERT(memchr(s.text, '\0', sizeof s.text) && !strchr(s.text, '\n'));
    PA_ASSERT(none || s.example < n || clear);
    PA_ASSERT(clear || none || *s.text);
    PA_ASSERT(!s.settled || *s.text);
    size_t filled = 0, read = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t v;
        filled += sample[i].length > 0;
        read += read_time(&s.form, sample[i].text, sample[i].length, &v);
    }
    if (clear && s.settled) PA_ASSERT(read * 2 >= filled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pa_csv_field sample[MOST_LINES];
    const char *text = (const char *)data;
    size_t n_lines = 0;
    for (size_t i = 0; i < size;) {
        const char *newline = memchr(text + i, '\n', size - i);
        size_t n = newline ? (size_t)(newline - text) - i : size - i;
        if (n <= LONGEST) {
            check_amount(text + i, n);
            check_time(text + i, n);
            if (n_lines < MOST_LINES) sample[n_lines++] = (pa_csv_field){text + i, n};
        }
        i += n + 1;
    }
    check_sample(sample, n_lines);
    return 0;
}
