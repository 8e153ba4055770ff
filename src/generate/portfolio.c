#include "paraudit/generate/portfolio.h"

#include <stdbool.h>

#include "paraudit/base/draw.h"
#include "paraudit/base/math.h"

enum { DAY = 86400, USUAL_MERCHANTS = 12, MERCHANT_SPELL = 14, CARD_SPELL = 5 };

/* Rows a day that thieves add to a leaked card. */
static const double theft_pace = 2;

/* Mean rows a day over accounts: the mean of a pace, less what weekends take. */
static const double mean_pace = 1.1 * (5 + 2 * 0.7) / 7;

const char *const pa_fraud_kind_names[PA_N_FRAUD_KINDS] = {"genuine", "large amount",
                                                           "compromised merchant", "leaked card"};

/* What a draw decides, as the low part of its logical id. */
enum {
    OF_PACE,
    OF_HOUR,
    OF_LEVEL,
    OF_LEAK,
    OF_LEAK_DAY,
    OF_USUAL, /* USUAL_MERCHANTS of them */
    OF_DAY = 64
};
/* Draws of one row, from OF_DAY + its place in the account's calendar on. */
enum { ROW_TIME, ROW_TIME_2, ROW_MERCHANT, ROW_AMOUNT, ROW_AMOUNT_2, ROW_FRAUD, DRAWS_A_ROW = 8 };

/* Merchants draw from ids of their own, above all accounts. */
static const uint64_t merchant_ids = (uint64_t)1 << 62;

typedef struct {
    const pa_portfolio *p;
    uint64_t account;
    double pace, hour, level;
    int32_t leak_from; /* day, or INT32_MAX */
} habit;

static double draw(const pa_portfolio *p, uint64_t id, uint64_t what)
{
    return pa_uniform(p->seed, PA_DRAW_GENERATE, id, what);
}

pa_portfolio pa_portfolio_of_rows(uint64_t seed, int64_t n_rows, int32_t n_days, int64_t start)
{
    int64_t n_accounts = (int64_t)((double)n_rows / (mean_pace * n_days) + 0.5);
    if (n_accounts < 1) n_accounts = 1;
    return (pa_portfolio){.seed = seed,
                          .n_accounts = n_accounts,
                          .n_merchants = n_accounts / 4 + 20,
                          .n_days = n_days,
                          .start = start};
}

static habit habit_of(const pa_portfolio *p, int64_t account)
{
    uint64_t id = (uint64_t)account;
    double u = draw(p, id, OF_PACE);
    bool leaked = draw(p, id, OF_LEAK) < 0.03;
    return (habit){
        .p = p,
        .account = id,
        .pace = 0.1 + 3 * u * u,
        .hour = 8 + 10 * draw(p, id, OF_HOUR),
        .level = 8 * pa_exp(3 * draw(p, id, OF_LEVEL)),
        .leak_from = leaked ? (int32_t)(draw(p, id, OF_LEAK_DAY) * p->n_days) : INT32_MAX,
    };
}

/* The larger the number, the rarer the merchant. */
static int64_t some_merchant(const pa_portfolio *p, double u)
{
    return (int64_t)(u * u * (double)p->n_merchants);
}

static bool is_compromised(const pa_portfolio *p, int64_t merchant, int32_t day)
{
    uint64_t id = merchant_ids + (uint64_t)merchant;
    if (draw(p, id, 0) >= 0.02) return false;
    int32_t from = (int32_t)(draw(p, id, 1) * p->n_days);
    return day >= from && day < from + MERCHANT_SPELL;
}

/* Poisson by inversion (Devroye 1986, X.3.3), cut at the room of a day. */
static int rows_of_day(const habit *h, int32_t day, double pace)
{
    double u = draw(h->p, h->account, OF_DAY + (uint64_t)day * 1024);
    double term = pa_exp(-pace), sum = term;
    int n = 0;
    while (u >= sum && n < PA_MAX_ROWS_A_DAY) {
        n++;
        term *= pace / n;
        sum += term;
    }
    return n;
}

/* Sum of three uniforms: a bell of standard deviation 1/2 around 0. */
static double bell(const habit *h, uint64_t id, uint64_t what)
{
    uint64_t bits = pa_draw(h->p->seed, PA_DRAW_GENERATE, h->account, id + what);
    double sum = 0;
    for (int i = 0; i < 3; i++) sum += (double)(bits >> (21 * i) & 0x1fffff) / 0x200000;
    return sum - 1.5;
}

static bool is_leaked(const habit *h, int32_t day)
{
    return h->leak_from <= day && day < h->leak_from + CARD_SPELL;
}

static pa_generated_row row_of(const habit *h, int32_t day, int place)
{
    const pa_portfolio *p = h->p;
    uint64_t id = OF_DAY + (uint64_t)day * 1024 + 1 + (uint64_t)place * DRAWS_A_ROW;
    bool leaked = is_leaked(h, day) &&
                  draw(p, h->account, id + ROW_FRAUD) < theft_pace / (theft_pace + h->pace);
    double pick = draw(p, h->account, id + ROW_MERCHANT);
    uint64_t usual = OF_USUAL + (uint64_t)(pick * pick * USUAL_MERCHANTS);
    pa_generated_row row = {
        .tx = (int64_t)h->account * p->n_days * PA_MAX_ROWS_A_DAY +
              (int64_t)day * PA_MAX_ROWS_A_DAY + place,
        .merchant = some_merchant(p, leaked ? pick : draw(p, h->account, usual)),
    };
    double second = (h->hour + 5 * bell(h, id, ROW_TIME)) * 3600;
    if (second < 0) second += DAY;
    row.time = p->start + (int64_t)day * DAY + (int64_t)second % DAY;
    double amount = h->level * pa_exp(bell(h, id, ROW_AMOUNT));
    if (leaked) {
        row.kind = PA_FRAUD_LEAKED_CARD;
        amount *= 3;
    } else if (is_compromised(p, row.merchant, day) && draw(p, h->account, id + ROW_FRAUD) < 0.2) {
        row.kind = PA_FRAUD_MERCHANT;
    } else if (draw(p, h->account, id + ROW_AMOUNT_2) < 0.0004) {
        row.kind = PA_FRAUD_LARGE_AMOUNT;
        amount *= 12;
    }
    row.amount_minor = (int64_t)(amount * 100) + 1;
    return row;
}

size_t pa_generate_account(const pa_portfolio *p, int64_t account, pa_generated_row rows[])
{
    habit h = habit_of(p, account);
    size_t n = 0;
    for (int32_t day = 0; day < p->n_days; day++) {
        double pace = day % 7 >= 5 ? 0.7 * h.pace : h.pace;
        int n_day = rows_of_day(&h, day, is_leaked(&h, day) ? pace + theft_pace : pace);
        for (int i = 0; i < n_day; i++) rows[n++] = row_of(&h, day, i);
    }
    return n;
}
