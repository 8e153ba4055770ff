/* Which column may hold what. */
#include <string.h>

#include "paraudit/csv/guess.h"
#include "paraudit/csv/label_words.h"

/* Nineteen of twenty, as the sniffing of times has it. */
static bool nearly_all(size_t n, const pa_guess_column *c)
{
    return c->filled > 0 && n * 20 >= c->filled * 19;
}

static bool is_number(const pa_guess_column *c)
{
    return nearly_all(c->numbers, c);
}

/* 01.05.24 is a clock as well; but clocks have minutes that are no months, so that not all are
 * dates. */
static bool is_dated(const pa_guess_column *c)
{
    pa_time_verdict v = c->time.verdict;
    bool mixed = v == PA_TIME_MIXED && !nearly_all(c->clocks, c);
    return c->numbers * 20 <= c->filled && (v == PA_TIME_CLEAR || v == PA_TIME_AMBIGUOUS || mixed);
}

/* Numbers may be seconds, days, or dates without marks. */
static bool may_be_time(const pa_guess_column *c)
{
    return is_dated(c) || (is_number(c) && c->time.verdict != PA_TIME_UNKNOWN && c->least >= 0);
}

static bool is_amount(const pa_guess_column *c)
{
    return nearly_all(c->amounts, c) && !is_dated(c);
}

static bool is_unique(const pa_guess_column *c)
{
    return c->filled == c->rows && c->distinct * 1000 >= c->filled * 999 && !is_dated(c);
}

static bool is_within(const pa_guess_column *c, double most)
{
    return is_number(c) && c->least >= -most && c->most <= most;
}

static bool is_few(const pa_guess_column *c, size_t most)
{
    return c->filled > 0 && c->distinct <= most && !is_dated(c);
}

/* Words of debits and credits (input.sign_debit, input.sign_credit), and nothing else. */
static bool is_sign(const pa_guess_column *c)
{
    static const char *const words[] = {
        "debit",      "d",          "dr",      "db",       "dbit",    "s",        "soll",
        "af",         "-",          "out",     "outgoing", "in",      "incoming", "bij",
        "withdrawal", "credit",     "c",       "cr",       "crdt",    "h",        "+",
        "haben",      "deposit",    "débit",   "dÉbit",    "debito",  "débito",   "dÉbito",
        "crédit",     "crÉdit",     "credito", "crédito",  "crÉdito", "支出",     "收入",
        "obciążenie", "obciĄŻenie", "uznanie"};
    size_t known = 0;
    if (c->filled == 0 || c->distinct > 2) return false;
    for (size_t i = 0; i < c->distinct; i++) {
        bool is_word = false;
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            is_word |= pa_is_word(c->word[i], strlen(c->word[i]), words[k]);
        known += is_word;
    }
    return known == c->distinct;
}

/* Two classes, or a third for what is not known; and True beside 1. */
static bool is_label(const pa_guess_column *c)
{
    return c->filled > 0 && (c->distinct <= 3 || nearly_all(c->labels, c)) && !is_dated(c);
}

/* Names or codes: a shop may be called 24.7 among others. Where nearly all are numbers they are
 * whole; in a column that is called exactly so it is enough that they mostly are. */
static bool may_be_names(const pa_guess_column *c, bool exactly)
{
    size_t broken = c->numbers - c->whole;
    if (c->filled == 0 || is_dated(c)) return false;
    return !is_number(c) || broken == 0 || (exactly && broken <= c->whole);
}

/* exactly: the name is one of the role's own, and not merely like one. */
static bool values_fit(const pa_guess_column *c, pa_guess_role role, bool exactly)
{
    switch (role) {
    case PA_GUESS_TX:
        return is_unique(c);
    case PA_GUESS_ACCOUNT:
        return c->filled * 2 >= c->rows && c->filled > 0 && !is_dated(c);
    case PA_GUESS_MERCHANT:
        return may_be_names(c, exactly);
    case PA_GUESS_TIME:
        return may_be_time(c);
    case PA_GUESS_CLOCK:
        return nearly_all(c->clocks, c) && !is_dated(c);
    case PA_GUESS_ZONE:
        return nearly_all(c->zones, c) && !is_number(c);
    case PA_GUESS_YEAR:
        return nearly_all(c->whole, c) && c->least >= 1900 && c->most <= 2100;
    case PA_GUESS_MONTH:
        return nearly_all(c->whole, c) && c->least >= 1 && c->most <= 12;
    case PA_GUESS_DAY:
        return nearly_all(c->whole, c) && c->least >= 1 && c->most <= 31;
    case PA_GUESS_AMOUNT:
    case PA_GUESS_CREDIT:
    case PA_GUESS_DEBIT:
        return is_amount(c);
    case PA_GUESS_SIGN:
        return is_sign(c);
    case PA_GUESS_LABEL:
        return is_label(c);
    case PA_GUESS_LABEL_TIME:
        return is_dated(c);
    case PA_GUESS_CATEGORY:
    case PA_GUESS_CHANNEL:
        return is_few(c, 500);
    case PA_GUESS_CURRENCY:
    case PA_GUESS_COUNTRY:
        return is_few(c, 300) && may_be_names(c, exactly);
    case PA_GUESS_HOME_LAT:
    case PA_GUESS_MERCHANT_LAT:
        return is_within(c, 90);
    case PA_GUESS_HOME_LON:
    case PA_GUESS_MERCHANT_LON:
        return is_within(c, 180);
    default:
        return false;
    }
}

/* ---- the best column for a role ---- */

typedef struct {
    const pa_guess_columns *columns;
    pa_guess_roles *roles;
} finder;

static bool is_taken(const finder *f, int32_t column)
{
    for (int r = 0; r < PA_GUESS_N; r++) {
        if (f->roles->column[r] == column) return true;
    }
    return false;
}

/* The column whose name fits best, the first of equal ones; and the next one, if its name says
 * as much. */
static void find_named(const finder *f, pa_guess_role role)
{
    int best = 0, next = 0;
    pa_guess_roles *r = f->roles;
    for (size_t k = 0; k < f->columns->n; k++) {
        const pa_guess_column *c = f->columns->column + k;
        int fits = pa_guess_name_fits(c->name, role);
        if (fits == 0 || !values_fit(c, role, fits == PA_GUESS_EXACT) || is_taken(f, (int32_t)k))
            continue;
        if (fits > best) {
            next = best;
            r->other[role] = best >= 70 ? r->column[role] : -1;
            best = fits;
            r->column[role] = (int32_t)k;
        } else if (fits > next && fits >= 70) {
            next = fits;
            r->other[role] = (int32_t)k;
        }
    }
    r->named[role] = r->column[role] >= 0;
}

typedef bool value_test(const pa_guess_column *c);

/* The first column of the values, where no name said anything. */
static void find_valued(const finder *f, pa_guess_role role, value_test *test)
{
    pa_guess_roles *r = f->roles;
    if (r->column[role] >= 0) return;
    for (size_t k = 0; k < f->columns->n; k++) {
        if (is_taken(f, (int32_t)k) || !test(f->columns->column + k)) continue;
        if (r->column[role] < 0) {
            r->column[role] = (int32_t)k;
        } else {
            r->other[role] = (int32_t)k;
            return;
        }
    }
}

static bool has_marks(const pa_guess_column *c)
{
    return is_amount(c) && c->marked > 0 && c->distinct > 2;
}

static void drop(pa_guess_roles *r, pa_guess_role role)
{
    r->column[role] = r->other[role] = -1;
    r->named[role] = false;
}

/* Whether a column of numbers, or of clocks behind a day that is none, has its day in another
 * one: in dates, or in numbers that look like dates. */
static bool is_clock_of(const pa_guess_column *c, const pa_guess_column *day)
{
    bool dated = is_dated(day) && !day->no_day;
    if (c->no_day) return dated && !day->has_clock;
    bool numbers = is_number(c) && c->time.verdict != PA_TIME_REFUSED;
    return numbers && (dated || day->time.verdict == PA_TIME_REFUSED);
}

static void prefer_day(const finder *f)
{
    pa_guess_roles *r = f->roles;
    int32_t time = r->column[PA_GUESS_TIME], other = r->other[PA_GUESS_TIME];
    if (time < 0 || other < 0) return;
    if (!is_clock_of(f->columns->column + time, f->columns->column + other)) return;
    r->column[PA_GUESS_TIME] = other;
    r->other[PA_GUESS_TIME] = time;
}

/* Year, month, day and clock; or one column; or a day, with a clock or not, and a zone. A
 * column of dates is better than one of numbers. */
static void find_time(const finder *f)
{
    pa_guess_roles *r = f->roles;
    for (int role = PA_GUESS_YEAR; role <= PA_GUESS_DAY; role++) find_named(f, (pa_guess_role)role);
    find_named(f, PA_GUESS_CLOCK);
    bool parts = r->column[PA_GUESS_YEAR] >= 0 && r->column[PA_GUESS_MONTH] >= 0 &&
                 r->column[PA_GUESS_DAY] >= 0 && r->column[PA_GUESS_CLOCK] >= 0;
    if (parts) return;
    for (int role = PA_GUESS_YEAR; role <= PA_GUESS_DAY; role++) drop(r, (pa_guess_role)role);
    find_named(f, PA_GUESS_TIME);
    prefer_day(f);
    find_valued(f, PA_GUESS_TIME, is_dated);
    int32_t time = r->column[PA_GUESS_TIME];
    bool day = time >= 0 && !f->columns->column[time].has_clock;
    if (!day) drop(r, PA_GUESS_CLOCK);
    if (r->column[PA_GUESS_CLOCK] >= 0) find_named(f, PA_GUESS_ZONE);
}

/* Whether there are columns of credits and of debits. */
static bool find_pair(const finder *f)
{
    pa_guess_roles *r = f->roles;
    find_named(f, PA_GUESS_CREDIT);
    find_named(f, PA_GUESS_DEBIT);
    if (r->column[PA_GUESS_CREDIT] >= 0 && r->column[PA_GUESS_DEBIT] >= 0) return true;
    drop(r, PA_GUESS_CREDIT);
    drop(r, PA_GUESS_DEBIT);
    return false;
}

/* Debits and credits are amounts where both are there, and no other column is called an amount
 * and nothing else. */
static void find_amount(const finder *f)
{
    pa_guess_roles *r = f->roles;
    bool pair = find_pair(f);
    find_named(f, PA_GUESS_AMOUNT);
    int32_t amount = r->column[PA_GUESS_AMOUNT];
    if (pair && amount >= 0 &&
        pa_guess_name_fits(f->columns->column[amount].name, PA_GUESS_AMOUNT) >= 70) {
        drop(r, PA_GUESS_CREDIT);
        drop(r, PA_GUESS_DEBIT);
    } else if (pair) {
        drop(r, PA_GUESS_AMOUNT);
        return;
    }
    find_valued(f, PA_GUESS_AMOUNT, has_marks);
}

/* Words that mean nothing else, whatever the column is called. (Debit and credit are cards, too.)
 */
static bool is_sure_sign(const pa_guess_column *c)
{
    static const char *const words[] = {"dbit", "crdt", "支出", "收入"};
    size_t known = 0;
    for (size_t i = 0; i < c->distinct && i < PA_GUESS_WORDS; i++) {
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            known += pa_is_word(c->word[i], strlen(c->word[i]), words[k]);
    }
    return known == 2 && c->distinct == 2;
}

/* Two words or three that nobody knows, in a column that is called like one of signs. */
static bool may_be_sign(const pa_guess_column *c)
{
    return c->distinct >= 2 && c->distinct <= 3 && c->numbers == 0 && !is_dated(c) &&
           pa_guess_name_fits(c->name, PA_GUESS_SIGN) > 0;
}

/* Amounts that have signs of their own need no column for them. */
static void find_sign(const finder *f)
{
    pa_guess_roles *r = f->roles;
    int32_t amount = r->column[PA_GUESS_AMOUNT];
    if (amount < 0 || f->columns->column[amount].minus > 0) return;
    find_named(f, PA_GUESS_SIGN);
    find_valued(f, PA_GUESS_SIGN, is_sure_sign);
    for (size_t k = 0; k < f->columns->n && r->column[PA_GUESS_SIGN] < 0; k++) {
        if (is_taken(f, (int32_t)k) || !may_be_sign(f->columns->column + k)) continue;
        r->other[PA_GUESS_SIGN] = (int32_t)k;
        return;
    }
}

/* A latitude says nothing without its longitude. */
static void find_place(const finder *f, pa_guess_role lat, pa_guess_role lon)
{
    pa_guess_roles *r = f->roles;
    find_named(f, lat);
    find_named(f, lon);
    if (r->column[lat] >= 0 && r->column[lon] >= 0) return;
    drop(r, lat);
    drop(r, lon);
}

void pa_guess_roles_find(const pa_guess_columns *columns, pa_guess_roles *roles)
{
    static const pa_guess_role then[] = {PA_GUESS_LABEL_TIME, PA_GUESS_TX,       PA_GUESS_ACCOUNT,
                                         PA_GUESS_MERCHANT,   PA_GUESS_CURRENCY, PA_GUESS_COUNTRY,
                                         PA_GUESS_CATEGORY,   PA_GUESS_CHANNEL};
    const finder f = {columns, roles};
    for (int r = 0; r < PA_GUESS_N; r++) drop(roles, (pa_guess_role)r);
    find_named(&f, PA_GUESS_LABEL);
    find_time(&f);
    find_amount(&f);
    find_sign(&f);
    for (size_t i = 0; i < sizeof then / sizeof *then; i++) find_named(&f, then[i]);
    find_place(&f, PA_GUESS_MERCHANT_LAT, PA_GUESS_MERCHANT_LON);
    find_place(&f, PA_GUESS_HOME_LAT, PA_GUESS_HOME_LON);
}
