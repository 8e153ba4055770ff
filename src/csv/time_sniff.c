/* Which form of time a sample shows. */
#include <stdio.h>
#include <string.h>

#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/time_form.h"

/* 1900, 1990 and 2101, each from its first second on. */
#define YEAR_1900 INT64_C(-2208988800)
#define YEAR_1990 INT64_C(631152000)
#define YEAR_2101 INT64_C(4133980800)

/* What one field may be. */
enum {
    DATED, /* a text that auto reads */
    SECONDS,
    MILLISECONDS,
    MICROSECONDS,
    NANOSECONDS,
    DAY_FIRST, /* 25/07/2018: the month cannot come first */
    MONTH_FIRST,
    EITHER, /* 03/04/2018 */
    STRANGE,
    N_CLASSES
};

/* Digits that may be a date: those of the first kind are refused where most fields look so, the
 * others, which seconds look like too, where all do and are to count from 1970. */
static const struct {
    size_t digits;
    bool common;
    const char *form;
} lookalikes[] = {
    {8, true, "yyyymmdd"},        {8, true, "%d%m%Y"},        {8, true, "%m%d%Y"},
    {12, true, "yyyymmddhhmmss"}, {12, true, "%y%m%d%H%M%S"}, {14, true, "yyyymmddhhmmss"},
    {14, true, "%d%m%Y%H%M%S"},   {10, true, "%Y%m%d%H"},     {10, false, "%y%m%d%H%M"},
    {6, false, "%y%m%d"},         {6, false, "%d%m%y"},       {6, false, "%m%d%y"},
    {7, false, "%Y%j"},           {13, false, "%Y%j%H%M%S"},
};

enum { N_LOOKALIKES = sizeof lookalikes / sizeof *lookalikes };

typedef struct {
    const pa_csv_field *sample;
    const pa_time_form *form;
    size_t n;                                  /* fields that hold anything */
    size_t count[N_CLASSES], first[N_CLASSES]; /* first: its place in the sample */
    size_t alike[N_LOOKALIKES], first_alike[N_LOOKALIKES];
    size_t excel, first_excel;
    /* Of the forms with day and month in figures: which values the first part and the last
     * one have, where years have two digits; late: a last one above 31. */
    uint32_t firsts, lasts;
    bool short_years, late;
} tally;

static void count_one(size_t *count, size_t *first, size_t place)
{
    if ((*count)++ == 0) *first = place;
}

/* One in twenty of them are passed over. */
static bool is_share(size_t count, size_t n)
{
    return count * 20 > n;
}

static bool are_nearly_all(size_t count, size_t n)
{
    return count * 20 >= n * 19;
}

static bool reads_within(int32_t kind, pa_csv_field f, int64_t from, int64_t until)
{
    const pa_time_form form = {.kind = kind};
    pa_written_time w;
    return pa_time_read(&form, f, &w) && w.local >= from && w.local < until;
}

/* Of a number; one that is none in seconds is one in other units where it lies in our days. */
static int class_of_number(const tally *t, pa_csv_field f)
{
    pa_written_time w;
    pa_zone_span last = {0};
    int64_t seconds;
    if (pa_time_read(t->form, f, &w) && pa_time_in_utc(NULL, &last, &w, &seconds)) return SECONDS;
    if (t->form->start_is_set) return STRANGE;
    for (int i = 0; i < 3; i++) {
        if (reads_within(PA_TIME_MILLISECONDS + i, f, YEAR_1990, YEAR_2101))
            return MILLISECONDS + i;
    }
    return STRANGE;
}

static int class_of_text(pa_csv_field f)
{
    pa_written_time w;
    if (pa_read_date_time(f.text, f.length, PA_DATE_ANY, &w)) return DATED;
    bool day_first = pa_read_date_time(f.text, f.length, PA_DATE_DMY, &w);
    bool month_first = pa_read_date_time(f.text, f.length, PA_DATE_MDY, &w);
    if (day_first && month_first) return EITHER;
    return day_first ? DAY_FIRST : month_first ? MONTH_FIRST : STRANGE;
}

static bool is_number(pa_csv_field f)
{
    int64_t v;
    return pa_parse_floor(f.text, f.length, 1, 0, &v) || v != 0;
}

static bool are_digits(pa_csv_field f)
{
    for (size_t i = 0; i < f.length; i++) {
        if (f.text[i] < '0' || f.text[i] > '9') return false;
    }
    return true;
}

static void count_lookalikes(tally *t, pa_csv_field f, size_t place)
{
    if (reads_within(PA_TIME_EXCEL, f, (20000 - INT64_C(25569)) * PA_DAY_SECONDS,
                     (80000 - INT64_C(25569)) * PA_DAY_SECONDS))
        count_one(&t->excel, &t->first_excel, place);
    for (size_t i = 0; i < N_LOOKALIKES && are_digits(f); i++) {
        pa_time_form form = {0};
        pa_written_time w;
        if (f.length != lookalikes[i].digits) continue;
        PA_ASSERT(pa_time_form_make(lookalikes[i].form, "", 0, false, &form, NULL) == PA_OK);
        if (!pa_time_read(&form, f, &w) || w.local < YEAR_1900 || w.local >= YEAR_2101) continue;
        count_one(&t->alike[i], &t->first_alike[i], place);
    }
}

/* The figures before the next sign, and the sign; how many. */
static size_t take_figures(pa_csv_field *f, unsigned *value)
{
    size_t n = 0;
    for (*value = 0; n < f->length && f->text[n] >= '0' && f->text[n] <= '9'; n++) {
        *value = *value * 10 + (unsigned)(f->text[n] - '0');
    }
    size_t step = n < f->length ? n + 1 : n;
    f->text += step;
    f->length -= step;
    return n;
}

static void note_parts(tally *t, pa_csv_field f)
{
    unsigned first, middle, last;
    take_figures(&f, &first);
    take_figures(&f, &middle);
    if (take_figures(&f, &last) != 2) return;
    t->short_years = true;
    t->firsts |= UINT32_C(1) << (first & 31);
    if (last > 31 || last == 0) {
        t->late = true;
    } else {
        t->lasts |= UINT32_C(1) << last;
    }
}

static void look_at(tally *t, size_t place)
{
    pa_csv_field f = pa_csv_trimmed(t->sample[place]);
    if (f.length == 0) return;
    t->n++;
    count_lookalikes(t, f, place);
    int class = is_number(f) ? class_of_number(t, f) : class_of_text(f);
    count_one(&t->count[class], &t->first[class], place);
    if (class >= DAY_FIRST && class <= EITHER) note_parts(t, f);
}

static void show(const tally *t, size_t place, char text[PA_CSV_EXCERPT])
{
    pa_csv_excerpt(pa_csv_trimmed(t->sample[place]), text);
}

/* format: with one %s in it, of the example. */
static void say(const tally *t, pa_time_verdict verdict, size_t place, const char *before,
                const char *behind, pa_time_sniffed *s)
{
    char example[PA_CSV_EXCERPT];
    show(t, place, example);
    s->verdict = verdict;
    s->example = place;
    snprintf(s->text, sizeof s->text, "%s '%s' %s", before, example, behind);
}

static void say_mixed(const tally *t, int a, int b, pa_time_sniffed *s)
{
    char other[PA_CSV_EXCERPT], behind[200];
    show(t, t->first[b], other);
    snprintf(behind, sizeof behind,
             "and '%s' are written in different ways, of which input.time_format means one", other);
    say(t, PA_TIME_MIXED, t->first[a], "times", behind, s);
}

static void say_clear(const tally *t, pa_time_kind kind, int class, const char *why,
                      pa_time_sniffed *s)
{
    char before[100];
    s->form.kind = (int32_t)kind;
    s->settled = true;
    snprintf(before, sizeof before, "times are read as %s:", pa_time_form_name(&s->form));
    say(t, PA_TIME_CLEAR, t->first[class], before, why, s);
}

static bool looks_like(const tally *t, size_t i)
{
    if (lookalikes[i].common) return t->alike[i] * 2 > t->n;
    return !t->form->start_is_set && t->n >= 3 && are_nearly_all(t->alike[i], t->n);
}

static bool looks_like_excel(const tally *t)
{
    return !t->form->start_is_set && are_nearly_all(t->excel, t->n);
}

/* Numbers that may be dates, in one form or several. False: none. */
static bool refuse_numbers(const tally *t, pa_time_sniffed *s)
{
    char forms[100] = "", behind[240];
    size_t place = 0;
    for (size_t i = 0; i < N_LOOKALIKES; i++) {
        if (!looks_like(t, i)) continue;
        if (!*forms) place = t->first_alike[i];
        size_t n = strlen(forms);
        snprintf(forms + n, sizeof forms - n, "%s%s", n ? " or " : "", lookalikes[i].form);
    }
    if (*forms) {
        snprintf(behind, sizeof behind,
                 "looks like a date, and as a number it would count seconds: say input.time_format "
                 "= %s (or seconds)",
                 forms);
        say(t, PA_TIME_REFUSED, place, "time", behind, s);
    } else if (looks_like_excel(t)) {
        say(t, PA_TIME_REFUSED, t->first_excel, "time",
            "looks like the days since 1899-12-30 of a spreadsheet, and as a number it would "
            "count seconds: say input.time_format = excel (or seconds)",
            s);
    }
    return s->verdict == PA_TIME_REFUSED;
}

static int bits_in(uint32_t v)
{
    int n = 0;
    for (; v; v &= v - 1) n++;
    return n;
}

/* Most fields have day and month in figures. */
static void settle_order(const tally *t, pa_time_sniffed *s)
{
    const size_t *count = t->count;
    size_t told = count[DAY_FIRST] + count[MONTH_FIRST];
    if (is_share(count[DAY_FIRST], told) && is_share(count[MONTH_FIRST], told)) {
        say_mixed(t, DAY_FIRST, MONTH_FIRST, s);
    } else if (count[MONTH_FIRST] > count[DAY_FIRST]) {
        say_clear(t, PA_TIME_MM_DD_YYYY, MONTH_FIRST, "has its month first", s);
    } else if (t->short_years && !t->late && bits_in(t->lasts) > bits_in(t->firsts)) {
        int class = count[DAY_FIRST] > 0 ? DAY_FIRST : EITHER;
        say(t, PA_TIME_AMBIGUOUS, t->first[class], "time",
            "may have its year first or last: say input.time_format = dd/mm/yyyy, mm/dd/yyyy or a "
            "pattern such as %y/%m/%d",
            s);
    } else if (count[DAY_FIRST] > 0) {
        say_clear(t, PA_TIME_DD_MM_YYYY, DAY_FIRST, "has its day first", s);
    } else {
        say(t, PA_TIME_AMBIGUOUS, t->first[EITHER], "time",
            "may have its day first or its month, and no day above 12 tells which: say "
            "input.time_format = dd/mm/yyyy or mm/dd/yyyy",
            s);
    }
}

/* Of texts and numbers that auto reads, and numbers in other units. */
static void settle_unit(const tally *t, pa_time_sniffed *s)
{
    int most = DATED;
    for (int i = DATED; i <= NANOSECONDS; i++) {
        if (t->count[i] > t->count[most]) most = i;
    }
    for (int i = DATED; i <= NANOSECONDS; i++) {
        if (i != most && is_share(t->count[i], t->n)) {
            say_mixed(t, most, i, s);
            return;
        }
    }
    s->verdict = PA_TIME_CLEAR;
    s->example = t->first[most];
    s->form.texts = most == DATED;
    if (most >= MILLISECONDS) {
        say_clear(t, (pa_time_kind)(PA_TIME_MILLISECONDS + most - MILLISECONDS), most,
                  "lies beyond the year 9999 in seconds", s);
    }
}

static void judge(const tally *t, pa_time_sniffed *s)
{
    const size_t *count = t->count;
    size_t figures = count[DAY_FIRST] + count[MONTH_FIRST] + count[EITHER];
    size_t plain = 0;
    for (int i = DATED; i <= NANOSECONDS; i++) plain += count[i];
    if (refuse_numbers(t, s)) return;
    if (is_share(figures, t->n) && is_share(plain, t->n)) {
        int a = DATED, b = EITHER;
        while (count[a] == 0) a++;
        while (count[b] == 0) b--;
        say_mixed(t, a, b, s);
    } else if (count[STRANGE] * 2 > t->n) {
        say(t, PA_TIME_UNKNOWN, t->first[STRANGE], "time",
            "is in none of the forms that are known: say input.time_format, which may be a pattern "
            "such as %d.%m.%Y %H:%M",
            s);
    } else if (figures > plain) {
        settle_order(t, s);
    } else {
        settle_unit(t, s);
    }
}

void pa_time_sniff(const pa_csv_field sample[], size_t n, const pa_time_form *form,
                   pa_time_sniffed *s)
{
    tally t = {.sample = sample, .form = form};
    *s = (pa_time_sniffed){.verdict = PA_TIME_CLEAR, .form = *form};
    if (form->kind != PA_TIME_AUTO) return;
    for (size_t i = 0; i < n; i++) look_at(&t, i);
    if (t.n == 0) {
        s->verdict = PA_TIME_NONE;
    } else {
        judge(&t, s);
    }
}
