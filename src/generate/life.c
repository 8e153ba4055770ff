#include "life.h"

#include "paraudit/base/math.h"

/* Odds in a cell. */
static const double holiday_odds = .2, quiet_odds = .15, move_odds = .012;
/* Trips on holiday and in a quiet spell, to those at home. */
static const double holiday_pace = 1.3, quiet_pace = .08;
/* Odds that a genuine row is followed by one much larger. */
static const double large_odds = .00085;

/* --- amounts and rows --- */

static int64_t priced(price_style style, double amount, stream *s)
{
    switch (style) {
    case PRICE_TENS: {
        int64_t tens = (int64_t)(amount / 10 + .5);
        return (tens < 1 ? 1 : tens) * 1000;
    }
    case PRICE_FARE: {
        int64_t steps = (int64_t)(amount * 10 + .5);
        return (steps < 10 ? 10 : steps) * 10;
    }
    case PRICE_99:
        if (amount > 3 && next_word(s) >> 30 != 0) return (int64_t)amount * 100 + 99;
        break;
    case PRICE_FREE:
        break;
    }
    return (int64_t)(amount * 100) + 1;
}

static pa_channel channel_of(const life *l, const shop *at, int64_t amount_minor, stream *s)
{
    if (at->category >= N_LOCAL) return PA_CHANNEL_ONLINE;
    if (at->category == CASH) return PA_CHANNEL_ATM;
    /* Above 50.00 the card must be read with its number. */
    double odds = amount_minor <= 5000 ? l->self.contactless : .3 * l->self.contactless;
    return chance(s, odds) ? PA_CHANNEL_CONTACTLESS : PA_CHANNEL_POS;
}

bool pa_add_row_of(life *l, const shop *at, int second, pa_fraud_kind kind, pa_channel channel,
                   int64_t amount_minor)
{
    const pa_portfolio *p = &l->w->p;
    if (second < 0 || second >= DAY_SECONDS || l->n - l->first_of_day >= PA_MAX_ROWS_A_DAY)
        return false;
    l->rows[l->n++] = (pa_generated_row){
        .merchant = at->id,
        .time = p->start + (int64_t)l->day * DAY_SECONDS + second,
        .amount_minor = amount_minor,
        .home_lat = l->self.lat,
        .home_lon = l->self.lon,
        .merchant_lat = at->lat,
        .merchant_lon = at->lon,
        .category = at->category,
        .channel = (uint8_t)channel,
        .country = at->country,
        .kind = (uint8_t)kind,
        .label_time = INT64_MIN,
    };
    return true;
}

bool pa_add_row(life *l, const shop *at, int second, pa_fraud_kind kind, double ln_factor,
                stream *s)
{
    const category_spec *spec = categories + at->category;
    double amount = pa_exp(spec->ln_median + at->ln_price + l->self.ln_level + ln_factor +
                           spec->sigma * next_normal(l->w, s));
    int64_t minor = priced(spec->style, amount, s);
    return pa_add_row_of(l, at, second, kind, channel_of(l, at, minor, s), minor);
}

/* --- trips --- */

const mission *pa_choose_mission(const life *l, const person *who, bool on_holiday, stream *s)
{
    const calendar_day *today = l->w->days + l->day;
    uint32_t at = next_word(s) >> 24;
    int weekend = today->weekday >= 5;
    return missions + (on_holiday ? l->w->holiday_mission[at]
                                  : l->w->mission_of[who->lifestyle][weekend][today->season][at]);
}

static void remember_copied(life *l, const shop *at, stream *s)
{
    if (l->n_copied == MOST_PENDING || !chance(s, at->copy_odds)) return;
    l->copied[l->n_copied++] = (pending){.at = *at, .day = l->day + 1 + next_below(s, 6)};
}

/* After a genuine row: what it may give rise to. */
static void aftermath(life *l, shop *at, int second, stream *s)
{
    if (pa_is_leaking(l->w, at, l->day)) remember_copied(l, at, s);
    if (at->category == CASH || !chance(s, large_odds)) return;
    size_t from = l->n;
    pa_add_row(l, at, second + 600 + next_below(s, 7200), PA_FRAUD_LARGE_AMOUNT,
               between(s, 1.8, 2.8), s);
    pa_find_out(l, from, PA_FRAUD_LARGE_AMOUNT, l->day);
}

static int stop_at(life *l, person *who, int category, const mission *m, int second, int place,
                   pa_fraud_kind kind, stream *s)
{
    shop at = pa_choose_shop(who, category, m->where, place, l->day, s);
    bool added = pa_add_row(l, &at, second, kind, 0, s);
    if (added && kind == PA_GENUINE) aftermath(l, &at, second, s);
    /* Shops of a town are at most half an hour apart. */
    return second + (category >= N_LOCAL ? 90 : 600) + next_below(s, 1900);
}

int pa_make_trip(life *l, person *who, const mission *m, int second, int place, pa_fraud_kind kind,
                 stream *s)
{
    second = stop_at(l, who, m->first, m, second, place, kind, s);
    for (int i = 0; i < MOST_STOPS && m->then[i].odds > 0; i++) {
        if (chance(s, m->then[i].odds)) {
            second = stop_at(l, who, m->then[i].category, m, second, place, kind, s);
        }
    }
    return second;
}

/* --- days --- */

static double payday_pace(const person *p, const calendar_day *today)
{
    int since = today->day_of_month - p->payday;
    if (since < 0) since += 30;
    return since < 6 ? 1.4 - .06 * since : .93;
}

/* mood: in (0, 1), the draw of the day. */
static double pace_of_day(const life *l, int of_cell, double mood)
{
    const person *p = &l->self;
    const calendar_day *today = l->w->days + l->day;
    double at = (l->day + .5) / l->w->p.n_days - .5;
    double pace = p->trips_a_day * today->pace * weekday_pace[p->lifestyle][today->weekday] *
                  payday_pace(p, today) * (1 + p->trend * at);
    pace *= 1 + p->sin_wave * today->cos_of_year + p->cos_wave * today->sin_of_year;
    /* Few good days and many dull ones: counts vary more than Poisson's do. */
    pace *= 1 + p->mood * (3 * mood * mood - 1);
    if (of_cell >= l->plan.quiet_from && of_cell < l->plan.quiet_until) pace *= quiet_pace;
    return pace;
}

/* Poisson by inversion; e^-pace is not needed while u < 1 - pace. */
static int trips_of_day(double pace, double u)
{
    if (u < 1 - pace) return 0;
    double term = pa_exp(-pace), sum = term;
    int n = 0;
    while (u >= sum && n < MOST_TRIPS) {
        n++;
        term *= pace / n;
        sum += term;
    }
    return n;
}

static void go_out(life *l, int n, int place, stream *s)
{
    struct {
        const mission *m;
        int second;
    } trips[MOST_TRIPS] = {{0}};
    for (int i = 0; i < n; i++) {
        const mission *m = pa_choose_mission(l, &l->self, place >= 0, s);
        int second = next_second(l->w, m->hours, s) + l->self.shift, at = i;
        if (second < 0) second += 2 * 3600; /* early birds start later than the day */
        for (; at > 0 && trips[at - 1].second > second; at--) trips[at] = trips[at - 1];
        trips[at].m = m;
        trips[at].second = second;
    }
    for (int i = 0; i < n; i++) {
        int second = trips[i].second > l->free_from ? trips[i].second : l->free_from + 60;
        l->free_from = pa_make_trip(l, &l->self, trips[i].m, second, place, PA_GENUINE, s);
    }
}

static void pay_bills(life *l)
{
    const calendar_day *today = l->w->days + l->day;
    for (int i = 0; i < l->self.n_bills; i++) {
        const bill *b = l->self.bills + i;
        if (b->day_of_month != today->day_of_month || l->day < b->from) continue;
        /* Collected at night, payee by payee. */
        int second = 7200 + (int)(b->payee.id * 977 % 10800);
        pa_add_row_of(l, &b->payee, second, PA_GENUINE, PA_CHANNEL_RECURRING, b->amount_minor);
    }
}

static void sort_day(life *l)
{
    for (size_t i = l->first_of_day + 1; i < l->n; i++) {
        pa_generated_row row = l->rows[i];
        size_t at = i;
        for (; at > l->first_of_day && l->rows[at - 1].time > row.time; at--) {
            l->rows[at] = l->rows[at - 1];
        }
        l->rows[at] = row;
    }
}

static void live_day(life *l)
{
    const plan *p = &l->plan;
    int of_cell = l->day % CELL_DAYS;
    stream s = stream_of(l->w->p.seed, l->self.id, DRAW_DAY, l->day, 0);
    l->first_of_day = l->n;
    pay_bills(l);
    bool away = of_cell >= p->holiday_from && of_cell < p->holiday_until;
    bool on_the_way = of_cell == p->holiday_from - 1 || of_cell == p->holiday_until;
    if (of_cell == p->move_day) {
        pa_settle(&l->self, &s);
    } else if (!on_the_way) {
        double pace = pace_of_day(l, of_cell, next_unit(&s)) * (away ? holiday_pace : 1);
        int n = trips_of_day(pace, next_unit(&s));
        if (n > 0) go_out(l, n, away ? p->holiday_town : -1, &s);
    }
    l->free_from -= DAY_SECONDS;
    pa_fraud_of_day(l);
    if (l->n - l->first_of_day > 1) sort_day(l);
}

/* --- plans --- */

/* An unused entry lies outside of every cell. */
static const plan uneventful = {-2, -2, 0, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2};

static void plan_cell(life *l, int cell)
{
    const pa_world *w = l->w;
    stream s = stream_of(w->p.seed, l->self.id, DRAW_PLAN, cell, 0);
    plan *p = &l->plan;
    *p = uneventful;
    if (chance(&s, holiday_odds)) {
        int length = 5 + next_below(&s, 12);
        p->holiday_from = 1 + next_below(&s, CELL_DAYS - 2 - length);
        p->holiday_until = p->holiday_from + length;
        p->holiday_town = chance(&s, .65) ? w->n_towns + next_below(&s, N_TOWNS_ABROAD)
                                          : next_below(&s, w->n_towns);
    }
    if (chance(&s, quiet_odds)) {
        int length = 10 + next_below(&s, 35);
        p->quiet_from = next_below(&s, CELL_DAYS - length);
        p->quiet_until = p->quiet_from + length;
    }
    /* Nobody moves from a beach. */
    if (chance(&s, move_odds) && p->holiday_from < 0) p->move_day = next_below(&s, CELL_DAYS);
    pa_plan_fraud(l, cell, &s);
}

size_t pa_generate_account(const pa_world *w, int64_t account, pa_generated_row rows[])
{
    life l = {.w = w, .rows = rows};
    pa_make_person(w, account, &l.self);
    int cell = -1;
    for (l.day = l.self.open; l.day < l.self.close; l.day++) {
        if (l.day / CELL_DAYS != cell) plan_cell(&l, cell = l.day / CELL_DAYS);
        live_day(&l);
    }
    int64_t first = account * w->p.n_days * PA_MAX_ROWS_A_DAY;
    for (size_t i = 0; i < l.n; i++) rows[i].tx = first + (int64_t)i;
    return l.n;
}
