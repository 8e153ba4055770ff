/* What the tests of amounts share; and a slow reader of them: every character becomes a letter of a
 * small alphabet, what stands around the number is counted, and the number is tried with either
 * decimal mark and computed as a string of digits. */
#ifndef PARAUDIT_TESTS_UNIT_CSV_AMOUNT_TWIN_H
#define PARAUDIT_TESTS_UNIT_CSV_AMOUNT_TWIN_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/csv/amount.h"

#define NBSP "\xc2\xa0"
#define NARROW "\xe2\x80\xaf"
#define THIN "\xe2\x80\x89"
#define QUOTE "\xe2\x80\x99"
#define MINUS "\xe2\x88\x92"
#define EN_DASH "\xe2\x80\x93"
#define EM_DASH "\xe2\x80\x94"
#define EURO "\xe2\x82\xac"
#define POUND "\xc2\xa3"
#define YEN "\xc2\xa5"
#define RUPEE "\xe2\x82\xb9"

enum { TWIN_MOST = 400 };

/* Reads from memory of just this size, so that a byte too far is found. */
static inline pa_amount_verdict read_bytes(pa_amount_form form, const char *text, size_t n,
                                           int64_t *minor, pa_amount_tally *tally)
{
    char *copy = malloc(n + 1); /* one more: malloc(0) may be NULL */
    if (!copy) abort();
    memcpy(copy + 1, text, n);
    pa_amount_verdict v = pa_amount_read(&form, copy + 1, n, minor, tally);
    free(copy);
    return v;
}

/* Longest first, where one begins as another. 'm' minus, 't' tab, 'n' 'N' 'T' blanks, 'q' '\''
 * apostrophes, '$' symbol, 'W' word, 'C' credit, 'D' debit, 'e' what may be an exponent;
 * "w", "c", "d": the same, and a point behind belongs to it. */
static const struct {
    const char *text;
    char is;
} twin_letters[] = {
    {"\xe2\x88\x92", 'm'},
    {"\xe2\x80\x93", 'm'},
    {"\xe2\x80\x90", 'm'},
    {"\xe2\x80\x99", 'q'},
    {"\xe2\x80\xaf", 'N'},
    {"\xe2\x80\x89", 'T'},
    {"\xc2\xa0", 'n'},
    {"\t", 't'},
    {"\xe2\x82\xac", '$'},
    {"\xc2\xa3", '$'},
    {"\xe2\x82\xb9", '$'},
    {"R$", '$'},
    {"US$", '$'},
    {"EUR", 'W'},
    {"usd", 'W'},
    {"Rs", 'w'},
    {"kr", 'w'},
    {"z\xc5\x82", 'w'},
    {"CR", 'c'},
    {"dr", 'd'},
    {"R", 'w'},
    {"E", 'e'},
    {"e", 'e'},
};

static inline bool twin_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\xc5' || c == '\x82';
}

/* False where there is something else in it. */
static inline bool twin_spell(const char *text, char *out)
{
    char before = ' ';
    while (*text) {
        size_t i = 0, n = 1, all = sizeof twin_letters / sizeof *twin_letters;
        char is = strchr("0123456789.,+-() '$", *text) ? *text : 0;
        for (; i < all && is == 0; i++) {
            n = strlen(twin_letters[i].text);
            bool ends = !twin_is_letter(text[n - 1]) || !twin_is_letter(text[n]);
            bool begins = !twin_is_letter(*text) || !twin_is_letter(before);
            if (ends && begins && strncmp(text, twin_letters[i].text, n) == 0)
                is = twin_letters[i].is;
        }
        if (is == 0) return false;
        before = text[n - 1];
        text += n;
        if (strchr("wcd", is)) {
            is = is == 'w' ? 'W' : is == 'c' ? 'C' : 'D';
            if (*text == '.') before = *text++;
        }
        *out++ = is;
    }
    *out = '\0';
    return true;
}

static inline int twin_count(const char *from, const char *to, const char *of)
{
    int n = 0;
    for (; from < to; from++) n += strchr(of, *from) != NULL;
    return n;
}

static inline bool twin_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits in groups of `size`, the first may be shorter: counted from the right, every so
 * many characters is the sign. */
static inline bool twin_are_even(const char *s, size_t n, char sign, size_t size)
{
    for (size_t i = 0; i < n; i++) {
        char c = s[n - 1 - i];
        if (i % (size + 1) == size ? c != sign : !twin_is_digit(c)) return false;
    }
    return n > 0 && twin_is_digit(*s);
}

/* No signs, or groups of three; commas may also stand between groups of two, the last one
 * being of three. */
static inline bool twin_are_groups(const char *s)
{
    size_t n = strlen(s), run = strspn(s, "0123456789");
    if (run == n) return true;
    if (!strchr(".,'qnNT ", s[run])) return false;
    if (twin_are_even(s, n, s[run], 3)) return true;
    if (s[run] != ',' || n < 4 || s[n - 4] != ',') return false;
    return twin_are_even(s + n - 3, 3, ',', 3) && twin_are_even(s, n - 4, ',', 2);
}

/* The number with this decimal mark: its digits before and behind. */
static inline bool twin_split(const char *s, char decimal, char *whole, char *part)
{
    const char *at = strchr(s, decimal);
    size_t n = at ? (size_t)(at - s) : strlen(s);
    memcpy(whole, s, n);
    whole[n] = '\0';
    strcpy(part, at ? at + 1 : "");
    if (strspn(part, "0123456789") != strlen(part)) return false;
    if (n == 0 && *part == '\0') return false;
    if (n > 0 && !twin_are_groups(whole)) return false;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (twin_is_digit(whole[i])) whole[kept++] = whole[i];
    }
    whole[kept] = '\0';
    return true;
}

/* Of whole.part, the point moved so many places to the right. */
static inline pa_amount_verdict twin_round(const char *whole, const char *part, int64_t places,
                                           int64_t *minor, bool *rounded)
{
    char digits[2 * TWIN_MOST + 80];
    snprintf(digits, sizeof digits, "%s%s", whole, part);
    int64_t n = (int64_t)strlen(digits), point = (int64_t)strlen(whole) + places;
    bool zero = strspn(digits, "0") == strlen(digits), some = false;
    uint64_t v = 0;
    for (int64_t i = 0; i < point && !zero; i++) {
        v = v * 10 + (uint64_t)(i < n ? digits[i] - '0' : 0);
        if (v > (uint64_t)1 << 53) return PA_AMOUNT_RANGE;
    }
    int next = point >= 0 && point < n ? digits[point] - '0' : 0;
    for (int64_t i = point < 0 ? 0 : point + 1; i < n; i++) some |= digits[i] != '0';
    v += next > 5 || (next == 5 && (some || v % 2));
    *rounded = next > 0 || some;
    *minor = (int64_t)v;
    return v > (uint64_t)1 << 53 ? PA_AMOUNT_RANGE : PA_AMOUNT_READ;
}

/* "e-5" behind the number; "" is none. */
static inline bool twin_exponent(const char *s, int64_t *exponent)
{
    *exponent = 0;
    if (*s == '\0') return true;
    bool minus = s[1] == '-', sign = minus || s[1] == '+';
    s += 1 + sign;
    if (*s == '\0' || strspn(s, "0123456789") != strlen(s)) return false;
    for (; *s && *exponent < 100000; s++) *exponent = *exponent * 10 + (*s - '0');
    if (minus) *exponent = -*exponent;
    return true;
}

static inline pa_amount_verdict twin_read(const pa_amount_form *form, const char *text,
                                          int64_t *minor, pa_amount_tally *tally)
{
    char s[TWIN_MOST], core[TWIN_MOST], whole[2][TWIN_MOST], part[2][TWIN_MOST];
    *minor = 0;
    if (!twin_spell(text, s)) return PA_AMOUNT_BAD;
    if (strspn(s, " tnNT") == strlen(s)) return PA_AMOUNT_EMPTY;
    const char *from = s + strcspn(s, "0123456789.,"), *to = s + strlen(s);
    while (to > from && !strchr("0123456789.,", to[-1])) to--;
    if (from == to) return PA_AMOUNT_BAD;
    if (strspn(s, " tnNT-m+($WCD") < (size_t)(from - s)) return PA_AMOUNT_BAD;
    if (strspn(to, " tnNT-m+)$WCD") != strlen(to)) return PA_AMOUNT_BAD;
    const char *end = s + strlen(s);
    int minus = twin_count(s, from, "-m(D") + twin_count(to, end, "-mD");
    int plus = twin_count(s, from, "+C") + twin_count(to, end, "+C");
    if (minus + plus > 1) return PA_AMOUNT_BAD;
    if (twin_count(s, from, "(") != twin_count(to, end, ")")) return PA_AMOUNT_BAD;
    if (twin_count(s, from, "$") + twin_count(to, end, "$") > 1) return PA_AMOUNT_BAD;
    if (twin_count(s, from, "W") + twin_count(to, end, "W") > 1) return PA_AMOUNT_BAD;
    if (strchr(".,", to[-1]) && twin_count(to, end, "-mD") > 0) return PA_AMOUNT_BAD;

    snprintf(core, sizeof core, "%.*s", (int)(to - from), from);
    char *e = core + strcspn(core, "e");
    int64_t exponent;
    if (!twin_exponent(e, &exponent)) return PA_AMOUNT_BAD;
    bool scaled = *e != '\0';
    *e = '\0';
    bool reads[2];
    for (int k = 0; k < 2; k++) reads[k] = twin_split(core, ".,"[k], whole[k], part[k]);
    if (!reads[0] && !reads[1]) return PA_AMOUNT_BAD;
    tally->n++;
    const char *mark = core + strcspn(core, ".,");
    int k = reads[0] ? 0 : 1;
    if (*mark && reads[0] != reads[1]) {
        tally->decimal[k]++;
    } else if (*mark) {
        k = *mark == ',';
        bool zero = core[0] == '0' && mark == core + 1;
        (zero || scaled ? tally->decimal : tally->lone)[k]++;
        size_t n = strlen(core);
        if (!zero && !scaled) tally->even += core[n - 1] == '0' && core[n - 2] == '0';
        if (zero) reads[1 - k] = false;
    }
    if (form->decimal) k = form->decimal == ',';
    if (!reads[k]) return PA_AMOUNT_BAD;
    bool rounded;
    pa_amount_verdict v = twin_round(whole[k], part[k], exponent + form->decimals, minor, &rounded);
    if (v == PA_AMOUNT_READ)
        tally->rounded += rounded;
    else
        *minor = 0;
    if (minus > 0) *minor = -*minor;
    return v;
}

#endif
