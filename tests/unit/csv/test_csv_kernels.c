/* Each set of kernels beside a slow twin, by drawn text. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv_twin.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/kernels.h"
#include "unit.h"

enum { N_SETS = 3, FIELDS = 131, LONGEST = 700 };

/* NULL where the processor has not the instructions. */
static const pa_csv_kernels *set(int k)
{
    return k == 0 ? &pa_csv_kernels_any : k == 1 ? pa_csv_have_avx2() : pa_csv_have_avx512();
}

/* ---- signs ---- */

static bool is_sign(const pa_csv_signs *s, char c)
{
    return c == s->separator || (s->quote && c == s->quote) || (s->escape && c == s->escape);
}

static bool marks_are_right(const pa_csv_signs *s, const char *text, size_t n,
                            const pa_csv_marks *m)
{
    size_t k = 0, lines = 0;
    bool right = true, others = false;
    for (size_t i = 0; i < n; i++) {
        bool ends = text[i] == '\n' || text[i] == '\r';
        if (!ends && !is_sign(s, text[i])) continue;
        right &= k < m->n && m->at[k] == i;
        if (ends) {
            right &= lines < m->n_lines && m->line[lines] == k;
            lines++;
        }
        others |= !ends && text[i] != s->separator;
        k++;
    }
    return right && k == m->n && lines == m->n_lines && others == m->others;
}

static void test_signs_are_found_where_they_are(void)
{
    static const pa_csv_signs signs[] = {
        {',', '"', '\0', false}, {';', '"', '\\', false}, {'|', '\0', '\0', false}};
    static const char bytes[] = ",;|\"\\\n\r\0ab\xff\x80";
    uint64_t state = 5;
    int wrong = 0;
    for (int i = 0; i < 20000; i++) {
        char text[LONGEST];
        uint16_t at[LONGEST + 64], line[LONGEST + 64];
        const pa_csv_signs *s = &signs[below(&state, 3)];
        size_t n = below(&state, LONGEST + 1), few = below(&state, 3) ? 1 : 20;
        for (size_t k = 0; k < n; k++)
            text[k] = below(&state, few) ? 'x' : bytes[below(&state, sizeof bytes - 1)];
        for (int k = 0; k < N_SETS; k++) {
            pa_csv_marks m = {.at = at, .line = line};
            if (!set(k)) continue;
            set(k)->index(s, text, n, &m);
            wrong += !marks_are_right(s, text, n, &m);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* ---- fields ---- */

/* Fields of a column with anything behind them, as the kernels have them. */
typedef struct {
    char text[FIELDS][32];
    uint64_t word[FIELDS], length[FIELDS], minus[FIELDS], hard[FIELDS];
    int64_t value[FIELDS];
    double real[FIELDS];
} column;

/* Like the pattern (0: a digit; d: some digits), but for a byte now and then. */
static size_t draw_field(uint64_t *state, const char *pattern, char out[32])
{
    size_t n = 0;
    for (const char *p = pattern; *p; p++) {
        size_t digits = *p == 'd' ? below(state, 6) : 1;
        for (size_t i = 0; i < digits; i++)
            out[n++] = *p == '0' || *p == 'd' ? (char)('0' + below(state, 10)) : *p;
    }
    size_t length = n;
    while (n < 32) out[n++] = "0123456789.,-\n\xff\0"[below(state, 16)];
    if (below(state, 8) == 0) out[below(state, length + 1)] = "0:/.-+ ,e\0\xb0"[below(state, 11)];
    return below(state, 12) ? length : below(state, 12);
}

static void draw_column(uint64_t *state, const char *const patterns[], size_t n, bool minus,
                        column *c)
{
    for (size_t i = 0; i < FIELDS; i++) {
        c->length[i] = draw_field(state, patterns[below(state, n)], c->text[i]);
        c->minus[i] = minus && c->length[i] > 0 && c->text[i][0] == '-';
        c->length[i] -= c->minus[i];
        memcpy(&c->word[i], c->text[i] + c->minus[i], 8);
    }
}

static bool all_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] < '0' || text[i] > '9') return false;
    return n > 0;
}

static bool whole_is_right(const column *c, size_t i)
{
    size_t n = c->length[i];
    int64_t v;
    bool plain = n <= 8 && all_digits(c->text[i], n);
    return plain ? !c->hard[i] && pa_parse_i64(c->text[i], n, &v) && v == c->value[i]
                 : c->hard[i] == 1;
}

static bool amount_is_right(const column *c, size_t i)
{
    size_t n = c->length[i];
    int64_t v;
    const char *t = c->text[i];
    bool plain =
        n >= 4 && n <= 8 && all_digits(t, n - 3) && t[n - 3] == '.' && all_digits(t + n - 2, 2);
    return plain ? !c->hard[i] && pa_parse_minor(t, n, &v) && v == c->value[i] : c->hard[i] == 1;
}

enum { MOST = 180 };

static bool place_is_right(const column *c, size_t i)
{
    size_t n = c->length[i], points = 0, digits = 0;
    const char *t = c->text[i] + c->minus[i];
    double v = 0;
    if (n + c->minus[i] == 0) return !c->hard[i] && isnan(c->real[i]);
    for (size_t k = 0; k < n; k++) {
        points += t[k] == '.';
        digits += t[k] >= '0' && t[k] <= '9';
    }
    bool plain = n >= 2 && n <= 8 && points == 1 && digits == n - 1;
    plain = plain && pa_parse_double(c->text[i], n + c->minus[i], &v) && fabs(v) <= MOST;
    return plain ? !c->hard[i] && memcmp(&v, &c->real[i], sizeof v) == 0 : c->hard[i] == 1;
}

typedef void reading(const pa_csv_kernels *kernels, size_t n, column *c, bool *hard);

static void read_whole(const pa_csv_kernels *kernels, size_t n, column *c, bool *hard)
{
    *hard = kernels->whole(n, c->word, c->length, c->value, c->hard);
}

static void read_amounts(const pa_csv_kernels *kernels, size_t n, column *c, bool *hard)
{
    *hard = kernels->amounts(n, c->word, c->length, c->value, c->hard);
}

static void read_places(const pa_csv_kernels *kernels, size_t n, column *c, bool *hard)
{
    *hard = kernels->places(n, c->word, c->length, c->minus, MOST, c->real, c->hard);
}

/* How many are wrong; *plain: how many the kernels of any processor read. */
static int64_t read_drawn(const char *const patterns[], size_t n_patterns, reading *read,
                          bool (*is_right)(const column *c, size_t i), bool minus, int64_t *plain)
{
    uint64_t state = 11;
    int64_t wrong = 0;
    *plain = 0;
    for (int i = 0; i < 2000; i++) {
        column c;
        size_t n = below(&state, FIELDS + 1);
        draw_column(&state, patterns, n_patterns, minus, &c);
        for (int k = 0; k < N_SETS; k++) {
            bool hard = false, any = false;
            if (!set(k)) continue;
            read(set(k), n, &c, &hard);
            for (size_t j = 0; j < n; j++) {
                wrong += !is_right(&c, j);
                any |= c.hard[j] != 0;
                *plain += k == 0 && !c.hard[j];
            }
            wrong += hard != any;
        }
    }
    return wrong;
}

static void test_whole_numbers(void)
{
    static const char *const patterns[] = {"d", "0d", "00000000", "000000000", "ddd"};
    int64_t plain;
    CU_ASSERT_EQUAL(read_drawn(patterns, 5, read_whole, whole_is_right, false, &plain), 0);
    CU_ASSERT(plain > 20000);
}

static void test_amounts(void)
{
    static const char *const patterns[] = {"d.00",     "0d.00",     "0.0",
                                           "00000.00", "000000.00", "-0.00"};
    int64_t plain;
    CU_ASSERT_EQUAL(read_drawn(patterns, 6, read_amounts, amount_is_right, false, &plain), 0);
    CU_ASSERT(plain > 20000);
}

static void test_places(void)
{
    static const char *const patterns[] = {"d.d",      "-d.d",     "0.0000",   "-00.000000",
                                           "180.0000", "179.0000", "-180.000", "0",
                                           ".d",       "d.",       ""};
    int64_t plain;
    CU_ASSERT_EQUAL(read_drawn(patterns, 11, read_places, place_is_right, true, &plain), 0);
    CU_ASSERT(plain > 20000);
}

/* Day, sign and clock as they stand in a time. */
static bool moment_is_right(const char *text, int64_t value, uint64_t hard)
{
    int d, h, m, s;
    char sign;
    bool plain = all_digits(text, 2) && (text[2] == ' ' || text[2] == 'T') &&
                 all_digits(text + 3, 2) && text[5] == ':' && all_digits(text + 6, 2) &&
                 text[8] == ':' && all_digits(text + 9, 2);
    plain = plain && sscanf(text, "%2d%c%2d:%2d:%2d", &d, &sign, &h, &m, &s) == 5;
    plain = plain && d > 0 && h < 24 && m < 60 && s < 60;
    return plain ? !hard && value == ((d * 24 + h) * 60 + m) * 60 + s : hard == 1;
}

static void draw_moment(uint64_t *state, char text[32])
{
    snprintf(text, 32, "%02zu%c%02zu:%02zu:%02zu", below(state, 40), "TT  x"[below(state, 5)],
             below(state, 26), below(state, 62), below(state, 62));
    if (below(state, 8) == 0) text[below(state, 11)] = "0:/9 \0\xb0"[below(state, 7)];
}

static void test_moments(void)
{
    uint64_t state = 13;
    int64_t wrong = 0, plain = 0;
    for (int i = 0; i < 2000; i++) {
        column c;
        for (size_t j = 0; j < FIELDS; j++) {
            draw_moment(&state, c.text[j]);
            memcpy(&c.length[j], c.text[j], 8);
            memcpy(&c.word[j], c.text[j] + 3, 8);
        }
        for (int k = 0; k < N_SETS; k++) {
            if (!set(k)) continue;
            set(k)->moments(FIELDS, c.length, c.word, c.value, c.hard);
            for (size_t j = 0; j < FIELDS; j++) {
                wrong += !moment_is_right(c.text[j], c.value[j], c.hard[j]);
                plain += !c.hard[j];
            }
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(plain > 20000);
}

static const pa_test tests[] = {
    {"signs are found where they are", test_signs_are_found_where_they_are},
    {"whole numbers", test_whole_numbers},
    {"amounts", test_amounts},
    {"places", test_places},
    {"moments", test_moments},
};
PA_TEST_MAIN("csv_kernels", tests)
