/* What thieves add to an account's days. The large amounts and the copies at a
 * merchant hang on genuine rows: life.c. */
#include "life.h"

#include "paraudit/base/math.h"

/* Odds in a cell of an account of mean pace, and of being in a ring. */
static const double leak_odds = .0054, takeover_odds = .0036, testing_odds = .0102;
static const double ring_odds = .0105, ring_pace = .06;
enum { RING_DAYS = 35 };

/* Days from a fraud to the bank's learning of it: statements are read at the end of a month,
 * small amounts late, and a ring's few charges last. Most come early. */
static const struct {
    int least, most;
} found_after[PA_N_FRAUD_KINDS] = {[PA_FRAUD_LARGE_AMOUNT] = {1, 21}, [PA_FRAUD_MERCHANT] = {3, 35},
                                   [PA_FRAUD_LEAKED_CARD] = {1, 14},  [PA_FRAUD_TAKEOVER] = {1, 10},
                                   [PA_FRAUD_TESTING] = {2, 28},      [PA_FRAUD_RING] = {14, 56}};

void pa_find_out(life *l, size_t from, pa_fraud_kind kind, int last_day)
{
    stream s = stream_of(l->w->p.seed, l->self.id, DRAW_FOUND, last_day, (int)kind);
    double u = next_unit(&s);
    int least = found_after[kind].least, more = found_after[kind].most - least;
    int64_t day = last_day + least + (int)((more + 1) * (u * u));
    int64_t second = 8 * 3600 + next_below(&s, 10 * 3600); /* in the bank's hours */
    for (size_t i = from; i < l->n; i++) {
        l->rows[i].label_time = l->w->p.start + day * DAY_SECONDS + second;
    }
}

static bool happens(int day, int from, int until)
{
    return day >= from && day < until;
}

/* A shop as one of its customers would choose it, so that shops are met as often as
 * customers meet them. */
static shop anyones_shop(person *customer, int category, int day, stream *s)
{
    return pa_choose_shop(customer, category, (area)next_below(s, N_AREAS), -1, day, s);
}

static void make_customer(const pa_world *w, person *customer, stream *s)
{
    uint64_t account = (uint64_t)next_word(s) << 32 | next_word(s);
    pa_make_person(w, (int64_t)(account % (uint64_t)w->p.n_accounts), customer);
}

static void make_neighbour(const life *l, person *customer, stream *s)
{
    make_customer(l->w, customer, s);
    customer->town = l->self.town;
    int n = l->w->towns[customer->town].districts;
    for (int a = 0; a < AREA_CENTRE; a++) customer->district[a] = next_below(s, n);
}

static bool is_among(const shop *it, int n, const shop shops[])
{
    for (int i = 0; i < n; i++) {
        if (shops[i].id == it->id) return true;
    }
    return false;
}

/* A ring's merchants are those of a customer in one town or, every second ring, online. */
static void find_ring_shops(life *l, uint64_t ring, int day, stream *s)
{
    static const uint8_t local[RING_SHOPS] = {LEISURE, RESTAURANT, PHARMACY, CAFE};
    static const uint8_t online[RING_SHOPS] = {ONLINE_SHOPPING, DIGITAL, DIGITAL, ONLINE_SHOPPING};
    person customer;
    make_customer(l->w, &customer, s);
    customer.giant = 0; /* where a ring would not be one */
    for (int i = 0; i < RING_SHOPS; i++) {
        int tries = 8;
        do {
            l->ring_shops[i] = anyones_shop(&customer, (ring % 2 ? online : local)[i], day, s);
        } while (is_among(l->ring_shops + i, i, l->ring_shops) && --tries > 0);
    }
}

/* Members, merchants and weeks are others in each cell; all members draw the same. */
static void join_ring(life *l, int cell, stream *s)
{
    uint64_t ring = (uint64_t)next_word(s) % (uint64_t)l->w->n_rings;
    stream of_ring = stream_of(l->w->p.seed, OF_RINGS + ring, DRAW_RING, cell, 0);
    l->plan.ring_from = next_below(&of_ring, CELL_DAYS - RING_DAYS);
    l->plan.ring_until = l->plan.ring_from + RING_DAYS;
    find_ring_shops(l, ring, cell * CELL_DAYS, &of_ring);
}

void pa_plan_fraud(life *l, int cell, stream *s)
{
    plan *p = &l->plan;
    /* Who pays more often shows the card to more thieves. */
    double pace = l->self.trips_a_day / l->w->trips_a_day;
    if (chance(s, leak_odds * pace)) {
        int length = 2 + next_below(s, 3);
        p->leak_from = next_below(s, CELL_DAYS - length);
        p->leak_until = p->leak_from + length;
    }
    if (chance(s, takeover_odds * pace)) {
        int length = 2 + next_below(s, 4);
        p->takeover_from = next_below(s, CELL_DAYS - length);
        p->takeover_until = p->takeover_from + length;
        uint64_t other = (uint64_t)next_word(s) << 32 | next_word(s);
        pa_make_person(l->w, (int64_t)(other % (uint64_t)l->w->p.n_accounts), &l->thief);
    }
    if (chance(s, testing_odds * pace)) p->testing_day = next_below(s, CELL_DAYS);
    if (chance(s, ring_odds * pace)) join_ring(l, cell, s);
}

static bool is_known(const life *l, int64_t merchant)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->rows[i].merchant == merchant) return true;
    }
    return false;
}

/* A merchant that the account does not know, abroad if the first or the second is. */
static shop unknown_shop(const life *l, int category, stream *s)
{
    shop at;
    int tries = 8, at_home = 1;
    do {
        double u = next_unit(s);
        at = pa_online_shop(l->w, category, 1 + (int)((l->w->count[category] - 1) * (u * u * u)));
    } while (--tries > 0 && (is_known(l, at.id) || (at.country == 0 && at_home-- > 0)));
    return at;
}

/* Of the kinds where goods are soon sold. */
static void buy_elsewhere(life *l, stream *s)
{
    static const uint8_t wanted[8] = {ONLINE_SHOPPING, ONLINE_SHOPPING, DIGITAL, ONLINE_SHOPPING,
                                      DIGITAL,         ONLINE_SHOPPING, TRAVEL,  DIGITAL};
    int n = 1 + next_below(s, 2), second = next_second(l->w, HOURS_ANY, s);
    for (int i = 0; i < n; i++) {
        shop at = unknown_shop(l, wanted[next_below(s, 8)], s);
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

static int customers_second(const life *l, const shop *at, stream *s)
{
    return next_second(l->w, at->category >= N_LOCAL ? HOURS_ONLINE : HOURS_DAYTIME, s);
}

/* Every second test is made in shops of the account's town, where a small amount is like any
 * other; the rest online, where few buy. */
static void choose_test_shops(life *l, shop shops[TEST_SHOPS], stream *s)
{
    static const uint8_t usual[TEST_SHOPS] = {GROCERY, CAFE, BAKERY};
    static const uint8_t online[TEST_SHOPS] = {ONLINE_SHOPPING, DIGITAL, DIGITAL};
    person customer;
    bool is_usual = chance(s, .5);
    if (is_usual) make_neighbour(l, &customer, s);
    for (int i = 0; i < TEST_SHOPS; i++) {
        int c = (is_usual ? usual : online)[i], n = l->w->count[c];
        shops[i] = is_usual ? anyones_shop(&customer, c, l->day, s)
                            : pa_online_shop(l->w, c, 1 + next_below(s, n - 1));
    }
}

static void test_card(life *l, stream *s)
{
    shop shops[TEST_SHOPS];
    choose_test_shops(l, shops, s);
    double u = next_unit(s);
    int n = 1 + (int)(5 * u * u), second = customers_second(l, shops + 1, s);
    for (int i = 0; i < n; i++) {
        const shop *at = shops + next_below(s, TEST_SHOPS);
        pa_add_row_of(l, at, second, PA_FRAUD_TESTING,
                      at->category < N_LOCAL ? PA_CHANNEL_CONTACTLESS : PA_CHANNEL_ONLINE,
                      150 + next_below(s, 850));
        second += (int)pa_exp(between(s, 5.2, 9.8)); /* three minutes to five hours */
    }
    if (chance(s, .5)) {
        pa_add_row(l, shops, second + next_below(s, 7 * 3600), PA_FRAUD_TESTING,
                   between(s, .5, 1.5), s);
    }
}

static void charge_again(life *l, stream *s)
{
    for (int i = l->n_copied - 1; i >= 0; i--) {
        const shop *at = &l->copied[i].at;
        if (l->copied[i].day != l->day) continue;
        pa_add_row(l, at, customers_second(l, at, s), PA_FRAUD_MERCHANT, 0, s);
        l->copied[i] = l->copied[--l->n_copied];
    }
}

static void charge_at_ring(life *l, stream *s)
{
    const shop *at = l->ring_shops + next_below(s, RING_SHOPS);
    pa_add_row(l, at, customers_second(l, at, s), PA_FRAUD_RING, 0, s);
}

/* Rows of a kind by `add`, known to the bank some time after the last day of their spell. */
static void steal(life *l, void (*add)(life *, stream *), pa_fraud_kind kind, int last_day,
                  stream *s)
{
    size_t from = l->n;
    add(l, s);
    if (l->n > from) pa_find_out(l, from, kind, last_day);
}

void pa_fraud_of_day(life *l)
{
    const plan *p = &l->plan;
    int day = l->day % CELL_DAYS, first = l->day - day;
    bool leaked = happens(day, p->leak_from, p->leak_until);
    bool taken = happens(day, p->takeover_from, p->takeover_until);
    bool ring = happens(day, p->ring_from, p->ring_until);
    if (!leaked && !taken && !ring && day != p->testing_day && l->n_copied == 0) return;
    stream s = stream_of(l->w->p.seed, l->self.id, DRAW_FRAUD, l->day, 0);
    steal(l, charge_again, PA_FRAUD_MERCHANT, l->day, &s);
    if (leaked) steal(l, buy_elsewhere, PA_FRAUD_LEAKED_CARD, first + p->leak_until - 1, &s);
    if (taken) steal(l, live_as_another, PA_FRAUD_TAKEOVER, first + p->takeover_until - 1, &s);
    if (day == p->testing_day) steal(l, test_card, PA_FRAUD_TESTING, l->day, &s);
    if (ring && chance(&s, ring_pace)) steal(l, charge_at_ring, PA_FRAUD_RING, l->day, &s);
}
