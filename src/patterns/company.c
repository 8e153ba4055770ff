#include "paraudit/patterns/company.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/table/slices.h"

static uint64_t pair_of(unsigned kind, int32_t a, int32_t b)
{
    uint32_t x = (uint32_t)a, y = (uint32_t)b;
    return x < y ? pa_pair_key(kind, x, y) : pa_pair_key(kind, y, x);
}

/* ---- counting ---- */

/* The different merchants of rows begin .. end - 1, the last used first, `most` at most. Returns
 * whether there are more. */
static pa_status last_used(size_t begin, size_t end, const int32_t merchant[], size_t most,
                           pa_pair_questions *seen, int32_t used[], size_t *n, bool *more,
                           pa_error *err)
{
    *n = 0;
    *more = false;
    pa_pair_questions_clear(seen);
    for (size_t i = end; i-- > begin;) {
        uint32_t number;
        if (merchant[i] < 0) continue;
        PA_TRY(pa_pair_ask(seen, (uint64_t)merchant[i], &number, err));
        if (number < *n) continue;
        if (*n == most) {
            *more = true;
            break;
        }
        used[(*n)++] = merchant[i];
    }
    return PA_OK;
}

static pa_status add_pairs(unsigned kind, size_t n, const int32_t used[], pa_pair_list *pairs,
                           pa_error *err)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= i; k++)
            PA_TRY(pa_pair_list_add(pairs, pair_of(kind, used[i], used[k]), 1, err));
    return PA_OK;
}

pa_status pa_company_count(unsigned kind, size_t n, const int32_t account[],
                           const int32_t merchant[], size_t most, pa_pair_list *pairs,
                           int64_t *n_accounts, int64_t *n_cut, pa_error *err)
{
    pa_pair_questions seen = {0};
    int32_t *used = NULL;
    *n_accounts = *n_cut = 0;
    pa_status st = PA_NEW(used, most, err);
    for (size_t begin = 0, end; st == PA_OK && begin < n; begin = end) {
        size_t n_used;
        bool more;
        end = pa_end_of_slice(n, account, begin);
        st = last_used(begin, end, merchant, most, &seen, used, &n_used, &more, err);
        if (st == PA_OK) st = add_pairs(kind, n_used, used, pairs, err);
        *n_accounts += n_used > 0;
        *n_cut += more;
    }
    pa_free(used);
    pa_pair_questions_free(&seen);
    return st;
}

/* ---- asking ---- */

/* A merchant of the account at hand. */
typedef struct {
    int32_t merchant;
    uint32_t with_self;   /* the question of it with itself, or NOT_ASKED */
    int64_t first_time;   /* of its use */
    int64_t last_counted; /* number of the last row that was counted; -1: none */
    bool is_counted;      /* the account is among the accounts that have it */
} own_merchant;

/* Of a row that is told and another merchant of its account: questions, and what the account
 * itself adds to the answers. */
typedef struct {
    uint32_t both, other;
    int8_t more_both, more_other;
} of_other;

typedef struct {
    uint32_t row, n_others;
    uint32_t own; /* the question of m with itself */
    int8_t more_own;
    size_t first; /* of its others */
} told;

enum { NOT_ASKED = -1 };

struct pa_company {
    unsigned kind;
    size_t most;
    int32_t account;         /* of the row before; -1: none */
    int64_t row;             /* of the account */
    pa_pair_questions known; /* its merchants ... */
    own_merchant *own;       /* ... and what is known of each */
    size_t room_own, n_counted;
    bool settled;                         /* is_counted is said of all */
    uint32_t used[PA_COMPANY_OTHERS + 1]; /* different ones, the last used last */
    size_t n_used;
    pa_pair_questions questions;
    told *told;
    size_t n_told, room_told;
    of_other *other;
    size_t n_other, room_other;
};

pa_status pa_company_open(unsigned kind, size_t most, pa_company **company, pa_error *err)
{
    PA_TRY(PA_NEW(*company, 1, err));
    (*company)->kind = kind;
    (*company)->most = most;
    (*company)->account = -1;
    return PA_OK;
}

void pa_company_close(pa_company *c)
{
    if (!c) return;
    pa_pair_questions_free(&c->known);
    pa_pair_questions_free(&c->questions);
    pa_free(c->own);
    pa_free(c->told);
    pa_free(c->other);
    pa_free(c);
}

/* ---- an account's own merchants ---- */

static void next_account(pa_company *c, int32_t account)
{
    c->account = account;
    c->row = 0;
    c->n_used = c->n_counted = 0;
    c->settled = false;
    pa_pair_questions_clear(&c->known);
    pa_pair_forget(&c->questions);
}

/* The number of a merchant among those of the account; a new one where it is used first. */
static pa_status number_of(pa_company *c, int32_t merchant, int64_t time, uint32_t *number,
                           pa_error *err)
{
    size_t before = c->known.n;
    PA_TRY(pa_pair_ask(&c->known, (uint64_t)merchant, number, err));
    if (c->room_own < c->known.room) {
        PA_TRY(PA_RESIZE(c->own, c->known.room, err));
        c->room_own = c->known.room;
    }
    if (*number == before)
        c->own[*number] = (own_merchant){.merchant = merchant,
                                         .with_self = (uint32_t)NOT_ASKED,
                                         .first_time = time,
                                         .last_counted = -1};
    return PA_OK;
}

/* How many merchants were counted for the last time in a row from this one on. */
static size_t counted_since(const pa_company *c, int64_t row)
{
    size_t n = 0;
    for (size_t i = 0; i < c->known.n; i++) n += c->own[i].last_counted >= row;
    return n;
}

/* The last row from which on as many were as count at most; more were counted. */
static int64_t counted_from(const pa_company *c)
{
    int64_t from = 0, end = c->row;
    while (end - from > 1) {
        int64_t middle = from + (end - from) / 2;
        if (counted_since(c, middle) >= c->most)
            from = middle;
        else
            end = middle;
    }
    return from;
}

/* After the last row that was counted. */
static void settle(pa_company *c)
{
    int64_t from = c->n_counted > c->most ? counted_from(c) : 0;
    for (size_t i = 0; i < c->known.n; i++) c->own[i].is_counted = c->own[i].last_counted >= from;
    c->settled = true;
}

/* The merchant is the last used; the one used longest ago goes where there are too many. */
static void remember(pa_company *c, uint32_t number)
{
    size_t k = 0;
    while (k < c->n_used && c->used[k] != number) k++;
    if (k == c->n_used) {
        if (c->n_used <= PA_COMPANY_OTHERS)
            c->n_used++;
        else
            k = 0;
    }
    memmove(c->used + k, c->used + k + 1, (c->n_used - 1 - k) * sizeof *c->used);
    c->used[c->n_used - 1] = number;
}

/* ---- a row ---- */

static pa_status room_for_row(pa_company *c, pa_error *err)
{
    PA_TRY(PA_ROOM(c->told, c->room_told, c->n_told + 1, err));
    return PA_ROOM(c->other, c->room_other, c->n_other + PA_COMPANY_OTHERS, err);
}

static pa_status ask_of_self(pa_company *c, own_merchant *m, pa_error *err)
{
    if (m->with_self != (uint32_t)NOT_ASKED) return PA_OK;
    return pa_pair_ask(&c->questions, pair_of(c->kind, m->merchant, m->merchant), &m->with_self,
                       err);
}

static bool is_habit(const own_merchant *m, int64_t time)
{
    return time - m->first_time >= PA_COMPANY_AGE;
}

/* What the account adds to those that have it: itself now, and not what it was counted as. */
static int8_t more(bool counted, bool habit)
{
    return (int8_t)(habit - counted);
}

static pa_status ask_of_other(pa_company *c, const own_merchant *m, own_merchant *o, int64_t time,
                              pa_error *err)
{
    of_other *to = c->other + c->n_other++;
    bool habit = is_habit(o, time);
    PA_TRY(ask_of_self(c, o, err));
    to->other = o->with_self;
    to->more_other = more(o->is_counted, habit);
    to->more_both = more(m->is_counted && o->is_counted, habit && is_habit(m, time));
    return pa_pair_ask(&c->questions, pair_of(c->kind, m->merchant, o->merchant), &to->both, err);
}

/* number: of the merchant among the account's. */
static pa_status ask_of_row(pa_company *c, uint32_t row, uint32_t number, int64_t time,
                            pa_error *err)
{
    told *t = c->told + c->n_told - 1;
    own_merchant *m = c->own + number;
    if (!c->settled) settle(c);
    PA_TRY(ask_of_self(c, m, err));
    *t = (told){.row = row,
                .own = m->with_self,
                .more_own = more(m->is_counted, is_habit(m, time)),
                .first = c->n_other};
    for (size_t k = c->n_used; k-- > 0 && t->n_others < PA_COMPANY_OTHERS;) {
        if (c->used[k] == number) continue;
        PA_TRY(ask_of_other(c, m, c->own + c->used[k], time, err));
        t->n_others++;
    }
    return PA_OK;
}

static pa_status next_row(pa_company *c, const pa_company_rows *rows, size_t i, pa_error *err)
{
    uint32_t number;
    int32_t merchant = rows->merchant[i];
    if (rows->wanted[i]) {
        PA_TRY(room_for_row(c, err));
        c->told[c->n_told++] = (told){.row = (uint32_t)i};
    }
    if (merchant < 0) return PA_OK;
    PA_TRY(number_of(c, merchant, rows->time[i], &number, err));
    if (rows->wanted[i]) PA_TRY(ask_of_row(c, (uint32_t)i, number, rows->time[i], err));
    if (rows->counted[i]) {
        c->n_counted += c->own[number].last_counted < 0;
        c->own[number].last_counted = c->row;
    }
    remember(c, number);
    return PA_OK;
}

pa_status pa_company_ask(pa_company *c, const pa_company_rows *rows,
                         const pa_pair_questions **questions, pa_error *err)
{
    pa_pair_questions_clear(&c->questions);
    c->n_told = c->n_other = 0;
    for (size_t k = 0; k < c->known.n; k++) c->own[k].with_self = (uint32_t)NOT_ASKED;
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->account[i] != c->account) next_account(c, rows->account[i]);
        PA_TRY(next_row(c, rows, i, err));
        c->row++;
    }
    *questions = &c->questions;
    return PA_OK;
}

/* ---- telling ---- */

static double with_own(uint32_t count, int8_t more_of)
{
    return (double)((int64_t)count + more_of);
}

static void tell_row(const told *t, const of_other other[], const uint32_t count[], double accounts,
                     const pa_company_columns *out)
{
    double sum = 0, max = 0, lift = 0, n = t->n_others;
    double own = with_own(count[t->own], t->more_own) / accounts;
    uint32_t none = 0;
    for (uint32_t k = 0; k < t->n_others; k++) {
        double both = with_own(count[other[k].both], other[k].more_both);
        double has = with_own(count[other[k].other], other[k].more_other);
        double share = both / (has + 2);
        sum += share;
        if (share > max) max = share;
        none += both == 0;
        lift += (both + .5) / (own * has + .5);
    }
    out->mean[t->row] = (float)(sum / n);
    out->max[t->row] = (float)max;
    out->none_share[t->row] = (float)((double)none / n);
    out->lift[t->row] = (float)(lift / n);
}

void pa_company_tell(const pa_company *c, const uint32_t count[], int64_t n_accounts,
                     const pa_company_columns *out)
{
    double accounts = n_accounts ? (double)n_accounts : 1;
    for (size_t i = 0; i < c->n_told; i++) {
        const told *t = c->told + i;
        if (t->n_others) {
            tell_row(t, c->other + t->first, count, accounts, out);
            continue;
        }
        out->mean[t->row] = out->max[t->row] = out->lift[t->row] = 1;
        out->none_share[t->row] = 0;
    }
}

/* ---- a row alone ---- */

size_t pa_company_others(const int32_t account[], const int32_t merchant[], size_t row)
{
    int32_t other[PA_COMPANY_OTHERS];
    size_t n = 0;
    if (merchant[row] < 0) return 0;
    for (size_t i = row; i-- > 0 && n < PA_COMPANY_OTHERS && account[i] == account[row];) {
        size_t k = 0;
        if (merchant[i] < 0 || merchant[i] == merchant[row]) continue;
        while (k < n && other[k] != merchant[i]) k++;
        if (k == n) other[n++] = merchant[i];
    }
    return n;
}
