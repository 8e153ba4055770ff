/* What thieves add to an account's days. The large amounts and the copies at a
 * merchant hang on genuine rows: life.c. */
#include "life.h"

/* Odds in a cell of an account, and members of a ring among accounts. */
static const double leak_odds = .0054, takeover_odds = .0036, testing_odds = .0050;
static const double ring_share = .0105, ring_pace = .06;
enum { RING_DAYS = 35 };

static bool happens(int day, int from, int until)
{
    return day >= from && day < until;
}

/* A ring's merchants are of the less known half of their category, in one
 * town or, every second ring, online. */
static void find_ring(life *l)
{
    static const uint8_t local[RING_SHOPS] = {LEISURE, RESTAURANT, PHARMACY, CAFE};
    static const uint8_t online[RING_SHOPS] = {ONLINE_SHOPPING, DIGITAL, DIGITAL, ONLINE_SHOPPING};
    const pa_world *w = l->w;
    uint64_t ring = l->self.id % (uint64_t)w->n_rings;
    stream s = stream_of(w->p.seed, OF_RINGS + ring, DRAW_PROFILE, 0, 0);
    int of_town = w->town_of[next_word(&s) >> 20];
    for (int i = 0; i < RING_SHOPS; i++) {
        int c = ring % 2 ? online[i] : local[i];
        int n = c >= N_LOCAL ? w->count[c] : w->towns[of_town].count[c];
        int rank = n / 2 + next_below(&s, n - n / 2);
        l->ring_shops[i] =
            c >= N_LOCAL ? pa_online_shop(w, c, rank) : pa_shop_at(w, of_town, c, rank);
    }
}

void pa_begin_fraud(life *l)
{
    stream s = stream_of(l->w->p.seed, l->self.id, DRAW_WINDOW, 0, 0);
    l->in_ring = chance(&s, ring_share);
    if (l->in_ring) find_ring(l);
}

static void plan_ring(life *l, int cell)
{
    uint64_t ring = l->self.id % (uint64_t)l->w->n_rings;
    stream s = stream_of(l->w->p.seed, OF_RINGS + ring, DRAW_WINDOW, cell, 0);
    l->plan.ring_from = next_below(&s, CELL_DAYS - RING_DAYS);
    l->plan.ring_until = l->plan.ring_from + RING_DAYS;
}

void pa_plan_fraud(life *l, int cell, stream *s)
{
    plan *p = &l->plan;
    if (chance(s, leak_odds)) {
        int length = 2 + next_below(s, 3);
        p->leak_from = next_below(s, CELL_DAYS - length);
        p->leak_until = p->leak_from + length;
    }
    if (chance(s, takeover_odds)) {
        int length = 2 + next_below(s, 4);
        p->takeover_from = next_below(s, CELL_DAYS - length);
        p->takeover_until = p->takeover_from + length;
        uint64_t other = (uint64_t)next_word(s) << 32 | next_word(s);
        pa_make_person(l->w, (int64_t)(other % (uint64_t)l->w->p.n_accounts), &l->thief);
    }
    if (chance(s, testing_odds)) p->testing_day = next_below(s, CELL_DAYS);
    if (l->in_ring) plan_ring(l, cell);
}

/* Merchants that the account does not know, of the kinds where goods are soon sold. */
static void buy_elsewhere(life *l, stream *s)
{
    static const uint8_t wanted[8] = {ONLINE_SHOPPING, ONLINE_SHOPPING, DIGITAL, ONLINE_SHOPPING,
                                      DIGITAL,         ONLINE_SHOPPING, TRAVEL,  DIGITAL};
    int n = 1 + next_below(s, 2), second = next_second(l->w, HOURS_ANY, s);
    for (int i = 0; i < n; i++) {
        int c = wanted[next_below(s, 8)];
        double u = next_unit(s);
        shop at = pa_online_shop(l->w, c, 1 + (int)((l->w->count[c] - 1) * (u * u)));
        if (at.country == 0) at = pa_online_shop(l->w, c, 1 + next_below(s, l->w->count[c] - 1));
        pa_add_row(l, &at, second, PA_FRAUD_LEAKED_CARD, 0, s);
        second += 120 + next_below(s, 5400);
    }
}

static void live_as_another(life *l, stream *s)
{
    int n = 1 + next_below(s, 2), free_from = 0;
    for (int i = 0; i < n; i++) {
        const mission *m = pa_choose_mission(l, &l->thief, false, s);
        int second = next_second(l->w, m->hours, s) + l->thief.shift;
        if (second < free_from) second = free_from;
        free_from = pa_make_trip(l, &l->thief, m, second, -1, PA_FRAUD_TAKEOVER, s);
    }
}

static void test_card(life *l, stream *s)
{
    int n = 3 + next_below(s, 5), second = next_below(s, 15 * 3600);
    shop shops[TEST_SHOPS];
    for (int i = 0; i < TEST_SHOPS; i++) {
        int c = i == 0 ? ONLINE_SHOPPING : DIGITAL;
        shops[i] = pa_online_shop(l->w, c, l->w->count[c] / 3 + next_below(s, l->w->count[c] / 2));
    }
    for (int i = 0; i < n; i++) {
        pa_add_row_of(l, shops + next_below(s, TEST_SHOPS), second, PA_FRAUD_TESTING,
                      PA_CHANNEL_ONLINE, 50 + next_below(s, 250));
        second += 15 + next_below(s, 150);
    }
    if (chance(s, .5)) {
        pa_add_row(l, shops, second + 3600 + next_below(s, 7 * 3600), PA_FRAUD_TESTING,
                   between(s, .5, 1.5), s);
    }
}

static void charge_again(life *l, stream *s)
{
    for (int i = l->n_copied - 1; i >= 0; i--) {
        if (l->copied[i].day != l->day) continue;
        pa_add_row(l, &l->copied[i].at, next_second(l->w, 3, s), PA_FRAUD_MERCHANT, 0, s);
        l->copied[i] = l->copied[--l->n_copied];
    }
}

void pa_fraud_of_day(life *l)
{
    const plan *p = &l->plan;
    int day = l->day % CELL_DAYS;
    bool leaked = happens(day, p->leak_from, p->leak_until);
    bool taken = happens(day, p->takeover_from, p->takeover_until);
    bool ring = l->in_ring && happens(day, p->ring_from, p->ring_until);
    if (!leaked && !taken && !ring && day != p->testing_day && l->n_copied == 0) return;
    stream s = stream_of(l->w->p.seed, l->self.id, DRAW_FRAUD, l->day, 0);
    charge_again(l, &s);
    if (leaked) buy_elsewhere(l, &s);
    if (taken) live_as_another(l, &s);
    if (day == p->testing_day) test_card(l, &s);
    if (ring && chance(&s, ring_pace)) {
        pa_add_row(l, l->ring_shops + next_below(&s, RING_SHOPS), next_second(l->w, 3, &s),
                   PA_FRAUD_RING, 0, &s);
    }
}
