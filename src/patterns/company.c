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

/* A row that is told, and where its questions are. */
typedef struct {
    uint32_t row, n_others;
    uint32_t own; /* of m with itself */
    size_t first; /* in `question`: of each other, with m and with itself */
} told;

enum { NOT_ASKED = -1 };

struct pa_company {
    unsigned kind;
    int32_t account; /* of the row before; -1: none */
    int32_t used[PA_COMPANY_OTHERS + 1]; /* its different merchants, the last used last */
    uint32_t with_self[PA_COMPANY_OTHERS + 1]; /* the question of each with itself, or NOT_ASKED */
    size_t n_used;
    pa_pair_questions questions;
    told *row;
    size_t n_rows, room_rows;
    uint32_t *question;
    size_t n_question, room_question;
};

pa_status pa_company_open(unsigned kind, pa_company **company, pa_error *err)
{
    PA_TRY(PA_NEW(*company, 1, err));
    (*company)->kind = kind;
    (*company)->account = -1;
    return PA_OK;
}

void pa_company_close(pa_company *c)
{
    if (!c) return;
    pa_pair_questions_free(&c->questions);
    pa_free(c->row);
    pa_free(c->question);
    pa_free(c);
}

static pa_status room_for_row(pa_company *c, pa_error *err)
{
    if (c->n_rows == c->room_rows) {
        size_t room = 2 * c->room_rows + 1024;
        told *row = pa_realloc(c->row, room, sizeof *row, err);
        if (!row) return PA_E_MEMORY;
        c->row = row;
        c->room_rows = room;
    }
    if (c->room_question - c->n_question < 2 * PA_COMPANY_OTHERS) {
        size_t room = 2 * c->room_question + 64 * 1024;
        uint32_t *question = pa_realloc(c->question, room, sizeof *question, err);
        if (!question) return PA_E_MEMORY;
        c->question = question;
        c->room_question = room;
    }
    return PA_OK;
}

static pa_status ask_of_self(pa_company *c, size_t k, pa_error *err)
{
    if (c->with_self[k] != (uint32_t)NOT_ASKED) return PA_OK;
    return pa_pair_ask(&c->questions, pair_of(c->kind, c->used[k], c->used[k]), c->with_self + k,
                       err);
}

static pa_status ask_of_other(pa_company *c, int32_t merchant, size_t k, pa_error *err)
{
    uint32_t *to = c->question + c->n_question;
    PA_TRY(pa_pair_ask(&c->questions, pair_of(c->kind, merchant, c->used[k]), to, err));
    PA_TRY(ask_of_self(c, k, err));
    to[1] = c->with_self[k];
    c->n_question += 2;
    return PA_OK;
}

static pa_status ask_of_row(pa_company *c, uint32_t row, int32_t merchant, pa_error *err)
{
    PA_TRY(room_for_row(c, err));
    told *t = c->row + c->n_rows++;
    *t = (told){.row = row, .first = c->n_question};
    if (merchant < 0) return PA_OK;
    PA_TRY(pa_pair_ask(&c->questions, pair_of(c->kind, merchant, merchant), &t->own, err));
    for (size_t k = c->n_used; k-- > 0 && t->n_others < PA_COMPANY_OTHERS;) {
        if (c->used[k] == merchant) continue;
        PA_TRY(ask_of_other(c, merchant, k, err));
        t->n_others++;
    }
    return PA_OK;
}

/* The merchant is the last used; the one used longest ago goes where there are too many. */
static void remember(pa_company *c, int32_t merchant)
{
    if (merchant < 0) return;
    size_t k = 0;
    uint32_t with_self = (uint32_t)NOT_ASKED;
    while (k < c->n_used && c->used[k] != merchant) k++;
    if (k < c->n_used)
        with_self = c->with_self[k];
    else if (c->n_used <= PA_COMPANY_OTHERS)
        c->n_used++;
    else
        k = 0;
    size_t after = c->n_used - 1 - k;
    memmove(c->used + k, c->used + k + 1, after * sizeof *c->used);
    memmove(c->with_self + k, c->with_self + k + 1, after * sizeof *c->with_self);
    c->used[c->n_used - 1] = merchant;
    c->with_self[c->n_used - 1] = with_self;
}

pa_status pa_company_ask(pa_company *c, size_t n, const int32_t account[],
                         const int32_t merchant[], const bool wanted[],
                         const pa_pair_questions **questions, pa_error *err)
{
    pa_pair_questions_clear(&c->questions);
    c->n_rows = c->n_question = 0;
    for (size_t k = 0; k < c->n_used; k++) c->with_self[k] = (uint32_t)NOT_ASKED;
    for (size_t i = 0; i < n; i++) {
        if (account[i] != c->account) {
            c->account = account[i];
            c->n_used = 0;
            pa_pair_forget(&c->questions);
        }
        if (wanted[i]) PA_TRY(ask_of_row(c, (uint32_t)i, merchant[i], err));
        remember(c, merchant[i]);
    }
    *questions = &c->questions;
    return PA_OK;
}

/* ---- telling ---- */

void pa_company_tell(const pa_company *c, const uint32_t count[], int64_t n_accounts,
                     const pa_company_columns *out)
{
    for (size_t i = 0; i < c->n_rows; i++) {
        const told *t = c->row + i;
        const uint32_t *q = c->question + t->first;
        double sum = 0, max = 0, lift = 0, n = t->n_others;
        double own = t->n_others ? (double)count[t->own] / (double)(n_accounts ? n_accounts : 1) : 0;
        uint32_t none = 0;
        for (uint32_t k = 0; k < t->n_others; k++) {
            double both = count[q[2 * k]], other = count[q[2 * k + 1]];
            double share = both / (other + 2);
            sum += share;
            if (share > max) max = share;
            none += count[q[2 * k]] == 0;
            lift += (both + .5) / (own * other + .5);
        }
        out->mean[t->row] = t->n_others ? (float)(sum / n) : 1;
        out->max[t->row] = t->n_others ? (float)max : 1;
        out->none_share[t->row] = t->n_others ? (float)((double)none / n) : 0;
        out->lift[t->row] = t->n_others ? (float)(lift / n) : 1;
    }
}
