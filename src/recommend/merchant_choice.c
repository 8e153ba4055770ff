#include "paraudit/recommend/merchant_choice.h"

#include <math.h>
#include <string.h>

#include "choice_keys.h"
#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

/* Weights grow with time from the account's origin, so that none is touched to let it decay; past
 * so many half-lives the origin moves. */
enum { MOST_HALF_LIVES = 256 };
enum { NOT_ASKED = UINT32_MAX };
static const double ln_2 = 0.69314718055994530942, units_of_root = 1 << 20;

/* A merchant of the account at hand. */
typedef struct {
    int32_t merchant;
    uint32_t rows;          /* that are no known frauds */
    int64_t first;          /* when it was used first */
    double weight;          /* of them */
    uint32_t sum, repeated; /* the questions of R and R1, or NOT_ASKED */
    double left;            /* of its rules, when the account had been at `left_at` - 1 merchants */
    uint32_t left_at;
} own_merchant;

/* A row of the account at hand that is, or will be, known for a fraud. */
typedef struct {
    uint32_t own;
    int64_t time, from, until;
    bool out;
} own_fraud;

/* Of a row that is told and one of the account's last merchants. */
typedef struct {
    /* Questions; both: NOT_ASKED where it is the row's own merchant, repeated: where it is none of
     * those used last. */
    uint32_t both, sum, repeated;
    int32_t place; /* of its vector; -1: it has none */
    float weight;
} of_other;

typedef struct {
    uint32_t row, rows, in_segment; /* questions: N(m), N(s, m) */
    uint32_t n_others;
    size_t first;  /* of its others */
    int32_t place; /* of the row's merchant among the vectors */
    int8_t level, rank, segment;
    bool any; /* the account has own rows */
    double own, returned, rules;
    int64_t time;
} asked;

struct pa_choice {
    unsigned first_kind;
    const pa_merchant_vectors *vectors;
    const pa_merchant_rules *rules;
    bool *was;        /* of merchants of rules: the account has been there */
    uint32_t n_was;   /* of them */
    double half_life; /* seconds */
    int32_t account;  /* of the row before; -1: none */
    int64_t origin;
    double weight; /* of all of the account's rows */
    int64_t rows;
    int64_t once, returned_to; /* merchants where it was once, and more often */
    double returned;           /* of all of these, as returned() */
    pa_pair_questions known;   /* its merchants ... */
    own_merchant *own;         /* ... and what is known of each */
    size_t room_own;
    own_fraud *fraud;
    size_t n_frauds, room_frauds;
    uint32_t used[PA_CHOICE_OTHERS]; /* different ones, the last used last */
    size_t n_used;
    pa_pair_questions questions;
    asked *asked;
    size_t n_asked, room_asked;
    of_other *other;
    size_t n_other, room_other;
};

pa_status pa_choice_open(unsigned first_kind, double half_life_days,
                         const pa_merchant_vectors *vectors, const pa_merchant_rules *rules,
                         pa_choice **choice, pa_error *err)
{
    PA_TRY(PA_NEW(*choice, 1, err));
    (*choice)->first_kind = first_kind;
    (*choice)->vectors = vectors;
    (*choice)->rules = rules;
    (*choice)->half_life = half_life_days * 86400;
    (*choice)->account = -1;
    return PA_NEW((*choice)->was, rules->n_codes, err);
}

void pa_choice_close(pa_choice *c)
{
    if (!c) return;
    pa_pair_questions_free(&c->known);
    pa_pair_questions_free(&c->questions);
    pa_free(c->was);
    pa_free(c->own);
    pa_free(c->fraud);
    pa_free(c->asked);
    pa_free(c->other);
    pa_free(c);
}

/* ---- an account's own rows ---- */

/* Whether rules name the merchant, and so it has a flag. */
static bool has_flag(const pa_choice *c, int32_t merchant)
{
    return (size_t)merchant < c->rules->n_codes;
}

static void next_account(pa_choice *c, int32_t account, int64_t time)
{
    for (size_t i = 0; i < c->known.n; i++)
        if (has_flag(c, c->own[i].merchant)) c->was[c->own[i].merchant] = false;
    c->n_was = 0;
    c->account = account;
    c->origin = time;
    c->weight = c->returned = 0;
    c->rows = c->once = c->returned_to = 0;
    c->n_used = c->n_frauds = 0;
    pa_pair_questions_clear(&c->known);
    pa_pair_forget(&c->questions);
}

/* Half-lives from the origin on. */
static double age_of(const pa_choice *c, int64_t time)
{
    return (double)(time - c->origin) / c->half_life;
}

static double grown(double half_lives)
{
    return pa_exp(half_lives * ln_2);
}

static void move_origin(pa_choice *c, int64_t time)
{
    double factor = grown(-age_of(c, time));
    for (size_t i = 0; i < c->known.n; i++) c->own[i].weight *= factor;
    c->weight *= factor;
    c->returned *= factor;
    c->origin = time;
}

/* The weight of all rows at a merchant but one, of their mean. */
static double returned(const own_merchant *o)
{
    return o->rows > 1 ? o->weight * (1 - 1 / (double)o->rows) : 0;
}

static void weigh(pa_choice *c, uint32_t own, int64_t time, int rows)
{
    own_merchant *o = c->own + own;
    double weight = grown(age_of(c, time)) * rows, before = returned(o);
    c->once -= o->rows == 1;
    c->returned_to -= o->rows > 1;
    o->rows += (uint32_t)rows;
    c->once += o->rows == 1;
    c->returned_to += o->rows > 1;
    c->rows += rows;
    o->weight = o->rows ? o->weight + weight : 0;
    c->weight = c->rows ? c->weight + weight : 0;
    c->returned = c->returned_to ? c->returned + (returned(o) - before) : 0;
}

/* What became known, or was taken back, by now. */
static void look_at_frauds(pa_choice *c, int64_t now)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->n_frauds; i++) {
        own_fraud *f = c->fraud + i;
        if (!f->out && f->from <= now) {
            weigh(c, f->own, f->time, -1);
            f->out = true;
        }
        if (f->out && f->until <= now)
            weigh(c, f->own, f->time, 1);
        else
            c->fraud[kept++] = *f;
    }
    c->n_frauds = kept;
}

static pa_status remember_fraud(pa_choice *c, const own_fraud *fraud, pa_error *err)
{
    PA_TRY(PA_ROOM(c->fraud, c->room_frauds, c->n_frauds + 1, err));
    c->fraud[c->n_frauds++] = *fraud;
    return PA_OK;
}

/* The number of a merchant among those of the account; a new one where it is met first. */
static pa_status number_of(pa_choice *c, int32_t merchant, int64_t time, uint32_t *number,
                           pa_error *err)
{
    size_t before = c->known.n;
    PA_TRY(pa_pair_ask(&c->known, (uint64_t)merchant, number, err));
    if (c->room_own < c->known.room) {
        PA_TRY(PA_RESIZE(c->own, c->known.room, err));
        c->room_own = c->known.room;
    }
    if (*number == before)
        c->own[*number] = (own_merchant){
            .merchant = merchant, .first = time, .sum = NOT_ASKED, .repeated = NOT_ASKED};
    return PA_OK;
}

/* The merchant is the last used; the one used longest ago goes where there are too many. */
static void put_last(pa_choice *c, uint32_t number)
{
    size_t k = 0;
    while (k < c->n_used && c->used[k] != number) k++;
    if (k == c->n_used) {
        if (c->n_used < PA_CHOICE_OTHERS)
            c->n_used++;
        else
            k = 0;
    }
    memmove(c->used + k, c->used + k + 1, (c->n_used - 1 - k) * sizeof *c->used);
    c->used[c->n_used - 1] = number;
}

static pa_status learn_row(pa_choice *c, const pa_choice_rows *rows, size_t i, uint32_t number,
                           pa_error *err)
{
    const own_fraud fraud = {.own = number,
                             .time = rows->time[i],
                             .from = rows->fraud_from[i],
                             .until = rows->fraud_until[i]};
    int32_t merchant = rows->merchant[i];
    weigh(c, number, rows->time[i], 1);
    put_last(c, number);
    if (has_flag(c, merchant) && !c->was[merchant]) {
        c->was[merchant] = true;
        c->n_was++;
    }
    return fraud.from == INT64_MAX ? PA_OK : remember_fraud(c, &fraud, err);
}

/* ---- asking ---- */

static pa_status room_for_row(pa_choice *c, pa_error *err)
{
    PA_TRY(PA_ROOM(c->asked, c->room_asked, c->n_asked + 1, err));
    return PA_ROOM(c->other, c->room_other, c->n_other + PA_CHOICE_OTHERS, err);
}

static int place_of(double x, int n, const double from[])
{
    int place = 0;
    while (place < n - 1 && x >= from[place]) place++;
    return place;
}

static int8_t level_of(const pa_choice *c, int64_t now)
{
    static const double rows[PA_CHOICE_ACTIVITY - 1] = {1, 4, 10, 20, 40},
                                                  share[PA_CHOICE_NEWNESS - 1] = {.1, .2, .35};
    double new = c->rows ? (double)c->once / (double)c->rows : 0;
    int activity = place_of(c->weight * grown(-age_of(c, now)), PA_CHOICE_ACTIVITY, rows);
    return (int8_t)(activity * PA_CHOICE_NEWNESS + place_of(new, PA_CHOICE_NEWNESS, share));
}

static int8_t rank_of(const pa_choice *c, uint32_t number)
{
    int8_t rank = 1;
    for (size_t k = 0; k < c->n_used; k++)
        rank += c->own[c->used[k]].weight > c->own[number].weight;
    return rank;
}

static pa_status ask_of_other(pa_choice *c, int32_t merchant, own_merchant *o, bool last,
                              pa_error *err)
{
    of_other *to = c->other + c->n_other++;
    if (o->sum == NOT_ASKED)
        PA_TRY(pa_pair_ask(&c->questions, pa_key_of_sum(c->first_kind, o->merchant), &o->sum, err));
    if (last && o->repeated == NOT_ASKED)
        PA_TRY(pa_pair_ask(&c->questions, pa_key_of_repeated(c->first_kind, o->merchant),
                           &o->repeated, err));
    *to = (of_other){.both = NOT_ASKED,
                     .sum = o->sum,
                     .repeated = last ? o->repeated : NOT_ASKED,
                     .place = pa_merchant_place(c->vectors, o->merchant),
                     .weight = (float)(o->weight / c->weight)};
    if (o->merchant == merchant) return PA_OK;
    return pa_pair_ask(&c->questions, pa_key_of_both(c->first_kind, merchant, o->merchant),
                       &to->both, err);
}

static bool is_new(const own_merchant *o, int64_t now, int days)
{
    return now - o->first <= days * INT64_C(86400);
}

/* What its rules to merchants add up to where the account never was. */
static double left_of(const pa_choice *c, own_merchant *o)
{
    if (o->left_at != c->n_was + 1) {
        o->left = pa_merchant_rules_left(c->rules, o->merchant, c->was);
        o->left_at = c->n_was + 1;
    }
    return o->left;
}

/* Below 0: no rule says anything. */
static double rules_of(const pa_choice *c, int32_t merchant, int64_t now)
{
    const pa_merchant_rules *r = c->rules;
    bool fires = has_flag(c, merchant) && !c->was[merchant];
    double sum = 0, all = 0;
    for (size_t k = c->n_used; k-- > 0;) {
        own_merchant *o = c->own + c->used[k];
        if (!o->rows || is_new(o, now, PA_CHOICE_RULE_DAYS)) continue;
        all += left_of(c, o);
        int64_t rule = fires ? pa_merchant_rule(r, o->merchant, merchant) : -1;
        if (rule >= 0) sum += (double)r->share[rule];
    }
    return all > 0 ? sum / all : -1;
}

static pa_status ask_of_row(pa_choice *c, const pa_choice_rows *rows, size_t i, uint32_t number,
                            pa_error *err)
{
    asked *a = c->asked + c->n_asked - 1;
    int32_t m = rows->merchant[i], n_last = 0;
    a->any = c->rows > 0;
    a->own = a->any ? c->own[number].weight / c->weight : 0;
    a->returned = c->returned_to ? returned(c->own + number) / c->returned : a->own;
    a->rules = rules_of(c, m, rows->time[i]);
    a->time = rows->time[i];
    a->level = level_of(c, rows->time[i]);
    a->rank = rank_of(c, number);
    a->place = pa_merchant_place(c->vectors, m);
    a->segment = rows->segment[i];
    a->first = c->n_other;
    PA_TRY(pa_pair_ask(&c->questions, pa_key_of_rows(c->first_kind, m), &a->rows, err));
    PA_TRY(pa_pair_ask(&c->questions, pa_key_of_segment(c->first_kind, a->segment, m),
                       &a->in_segment, err));
    for (size_t k = c->n_used; k-- > 0;) {
        own_merchant *o = c->own + c->used[k];
        bool last = n_last < PA_CHOICE_LAST_USED && !is_new(o, rows->time[i], PA_CHOICE_NEW_DAYS);
        if (!o->rows) continue;
        n_last += last;
        PA_TRY(ask_of_other(c, m, o, last, err));
    }
    a->n_others = (uint32_t)(c->n_other - a->first);
    return PA_OK;
}

static pa_status next_row(pa_choice *c, const pa_choice_rows *rows, size_t i, pa_error *err)
{
    uint32_t number;
    if (rows->account[i] != c->account) next_account(c, rows->account[i], rows->time[i]);
    if (rows->wanted[i]) {
        PA_TRY(room_for_row(c, err));
        c->asked[c->n_asked++] = (asked){.row = (uint32_t)i, .level = -1};
    }
    if (rows->merchant[i] < 0) return PA_OK;
    if (age_of(c, rows->time[i]) > MOST_HALF_LIVES) move_origin(c, rows->time[i]);
    PA_TRY(number_of(c, rows->merchant[i], rows->time[i], &number, err));
    look_at_frauds(c, rows->time[i]);
    if (rows->wanted[i]) PA_TRY(ask_of_row(c, rows, i, number, err));
    return learn_row(c, rows, i, number, err);
}

pa_status pa_choice_ask(pa_choice *c, const pa_choice_rows *rows,
                        const pa_pair_questions **questions, pa_error *err)
{
    pa_pair_questions_clear(&c->questions);
    c->n_asked = c->n_other = 0;
    for (size_t k = 0; k < c->known.n; k++) c->own[k].sum = c->own[k].repeated = NOT_ASKED;
    for (size_t i = 0; i < rows->n; i++) PA_TRY(next_row(c, rows, i, err));
    *questions = &c->questions;
    return PA_OK;
}

/* ---- telling ---- */

size_t pa_choice_n(const pa_choice *c)
{
    return c->n_asked;
}

static double company_of(const asked *a, const of_other other[], const uint32_t count[],
                         double popular)
{
    double sum = 0, weight = 0;
    for (uint32_t k = 0; k < a->n_others; k++) {
        double with_any = count[other[k].sum];
        if (with_any == 0) continue;
        weight += other[k].weight;
        if (other[k].both != NOT_ASKED) sum += other[k].weight * (count[other[k].both] / with_any);
    }
    return weight > 0 ? sum / weight : popular;
}

static double last_of(const asked *a, const of_other other[], const uint32_t count[],
                      double popular)
{
    double sum = 0, weight = 0, one = 1;
    for (uint32_t k = 0; k < a->n_others; k++) {
        if (other[k].repeated == NOT_ASKED) continue;
        double with_any = count[other[k].repeated], w = one;
        one /= 2;
        if (with_any == 0) continue;
        weight += w;
        if (other[k].both != NOT_ASKED && count[other[k].both] > 1)
            sum += w * ((count[other[k].both] - 1) / with_any);
    }
    return weight > 0 ? sum / weight : popular;
}

static double like_of(const pa_choice *c, const asked *a, const of_other other[], double popular)
{
    double sum = 0, weight = 0;
    for (uint32_t k = 0; k < a->n_others; k++) {
        if (other[k].place < 0) continue;
        weight += other[k].weight;
        if (a->place >= 0)
            sum += other[k].weight * pa_merchant_choice(c->vectors, other[k].place, a->place);
    }
    return weight > 0 ? sum / weight : popular;
}

double pa_choice_unseen(const pa_choice_totals *t, int64_t time)
{
    double n = (double)t->once * ((double)t->once - 1) / (2 * ((double)t->twice + 1));
    if ((double)t->late > n) {
        double times = (double)(time - t->late_from) / (double)t->late_seconds;
        n += ((double)t->late - n) * (times > 1 ? times : 1);
    }
    return n > 1 ? n : 1;
}

static double few_of(const pa_choice_totals *t, uint32_t rows, double popular)
{
    int64_t all = 0;
    int size = pa_choice_size(rows);
    for (int k = 1; k <= PA_CHOICE_FEW_SIZE; k++) all += t->first[k];
    if (all == 0) return popular;
    bool few = size > 0 && size <= PA_CHOICE_FEW_SIZE && t->size[size] > 0;
    return few ? (double)t->first[size] / (double)all / (double)t->size[size] : 0;
}

void pa_choice_tell(const pa_choice *c, size_t i, const uint32_t count[], const pa_choice_totals *t,
                    pa_choice_told *told)
{
    const asked *a = c->asked + i;
    *told = (pa_choice_told){.row = a->row, .level = a->level, .rank = a->rank};
    if (a->level < 0) return;
    double rows = count[a->rows], of_segment = (double)t->segment[a->segment];
    double unseen = pa_choice_unseen(t, a->time);
    double popular = t->rows ? rows / (double)t->rows : 1 / unseen;
    float *part = told->part;
    part[PA_CHOICE_OWN] = (float)(a->any ? a->own : popular);
    part[PA_CHOICE_RETURNED] = (float)(a->any ? a->returned : popular);
    part[PA_CHOICE_LAST] = (float)last_of(a, c->other + a->first, count, popular);
    part[PA_CHOICE_COMPANY] = (float)company_of(a, c->other + a->first, count, popular);
    part[PA_CHOICE_VECTORS] = (float)like_of(c, a, c->other + a->first, popular);
    part[PA_CHOICE_RULES] = (float)(a->rules >= 0 ? a->rules : popular);
    part[PA_CHOICE_SEGMENT] = (float)(of_segment > 0 ? count[a->in_segment] / of_segment : popular);
    part[PA_CHOICE_POPULAR] = (float)popular;
    part[PA_CHOICE_ROOT] =
        (float)(t->roots ? sqrt(rows) * units_of_root / (double)t->roots : popular);
    part[PA_CHOICE_EVEN] = (float)(!t->merchants ? popular
                                   : rows > 0    ? 1 / (double)t->merchants
                                                 : 0);
    part[PA_CHOICE_FEW] = (float)few_of(t, count[a->rows], popular);
    part[PA_CHOICE_UNSEEN] = (float)(rows > 0 ? 0 : 1 / unseen);
}
