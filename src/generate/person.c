#include "person.h"

#include "paraudit/base/math.h"

static const struct {
    double share, least, most; /* of accounts; trips a month */
    double bills;              /* mean number of recurring bills */
} segments[] = {{.28, .25, 2, .15},
                {.22, 1.5, 3, .3},
                {.31, 4, 20, 1.2},
                {.14, 20, 50, 2},
                {.05, 50, 140, 2.5}};
enum { N_SEGMENTS = sizeof segments / sizeof *segments };

static const double days_a_month = 30.4375;

double pa_mean_trips_a_day(void)
{
    double mean = 0;
    for (int i = 0; i < N_SEGMENTS; i++) {
        double ratio = segments[i].most / segments[i].least;
        mean += segments[i].share * (segments[i].most - segments[i].least) / pa_ln(ratio);
    }
    return mean / days_a_month;
}

double pa_mean_bills_a_day(void)
{
    double mean = 0;
    for (int i = 0; i < N_SEGMENTS; i++) mean += segments[i].share * segments[i].bills;
    return mean / days_a_month;
}

double pa_newcomers(int n_days)
{
    double share = .0006 * n_days;
    return share < .5 ? share : .5;
}

/* Sets the pace; returns the mean number of bills. */
static double draw_pace(person *p)
{
    /* Weyl sequence of the golden ratio: any run of accounts is a fair sample. */
    uint64_t at = (p->id + 1) * UINT64_C(0x9e3779b97f4a7c15) + p->w->weyl_offset;
    double u = (double)(at >> 11) * 0x1p-53;
    int i = 0;
    while (i < N_SEGMENTS - 1 && u >= segments[i].share) u -= segments[i++].share;
    double part = u / segments[i].share;
    double ratio = segments[i].most / segments[i].least;
    p->trips_a_day = segments[i].least * pa_exp(pa_ln(ratio) * part) / days_a_month;
    return segments[i].bills;
}

void pa_settle(person *p, stream *s)
{
    const pa_world *w = p->w;
    p->town = w->town_of[next_word(s) >> 20];
    const town *t = w->towns + p->town;
    p->district[AREA_HOME] = next_below(s, t->districts);
    p->district[AREA_WORK] = next_below(s, t->districts);
    p->district[AREA_CENTRE] = 0;
    shop near = pa_shop_at(w, p->town, GROCERY, p->district[AREA_HOME] % t->count[GROCERY]);
    p->lat = near.lat + next_below(s, 300) - 150;
    p->lon = near.lon + next_below(s, 480) - 240;
    for (int a = 0; a < N_AREAS; a++) {
        for (int c = 0; c < N_LOCAL; c++) p->local[a][c].until = -1;
    }
}

static int lifestyle_of(stream *s)
{
    double u = next_unit(s);
    return u < .42 ? WORKER : u < .67 ? FAMILY : u < .82 ? STUDENT : RETIRED;
}

static void draw_life(person *p, stream *s)
{
    static const int paydays[8] = {1, 1, 15, 25, 27, 28, 28, 30};
    static const double richer[N_LIFESTYLES] = {.08, .12, -.25, -.08};
    static const int later[N_LIFESTYLES] = {0, 0, 3600, -3600};
    const pa_world *w = p->w;
    int n_days = w->p.n_days;
    p->lifestyle = lifestyle_of(s);
    p->ln_level = richer[p->lifestyle] + .35 * next_normal(w, s);
    p->shift = later[p->lifestyle] + (int)(2400 * next_normal(w, s));
    p->payday = paydays[next_below(s, 8)];
    p->trend = between(s, -.5, .5);
    double wave = between(s, 0, .2), turn = next_unit(s), u = next_unit(s);
    p->sin_wave = wave * pa_sin_turn(turn);
    p->cos_wave = wave * pa_cos_turn(turn);
    p->mood = between(s, .1, 1);
    p->taste = next_below(s, N_TASTES);
    p->contactless = 1 - u * u;
    p->giant = between(s, .25, .7);
    double fresh = pa_newcomers(n_days), open = next_unit(s), close = next_unit(s);
    p->open = open < fresh ? (int)(open / fresh * n_days) : 0;
    p->close = close < fresh ? (int)(close / fresh * n_days) : n_days;
}

static void draw_bills(person *p, double mean)
{
    static const uint8_t kinds[8] = {DIGITAL,   DIGITAL,   DIGITAL, TELECOM,
                                     UTILITIES, INSURANCE, TELECOM, DIGITAL};
    const pa_world *w = p->w;
    stream s = stream_of(w->p.seed, p->id, DRAW_BILLS, 0, 0);
    p->n_bills = 0;
    for (int i = 0; i < MOST_BILLS; i++) {
        if (!chance(&s, mean / MOST_BILLS)) continue;
        bill *b = p->bills + p->n_bills++;
        int category = kinds[next_below(&s, 8)];
        double u = next_unit(&s);
        b->payee = pa_online_shop(w, category, (int)(w->count[category] * (u * u * u)));
        b->day_of_month = 1 + next_below(&s, 28);
        b->from = chance(&s, .2) ? next_below(&s, w->p.n_days) : 0;
        const category_spec *spec = categories + category;
        double amount =
            pa_exp(spec->ln_median + .5 * p->ln_level + .6 * spec->sigma * next_normal(w, &s));
        b->amount_minor = (int64_t)amount * 100 + 99;
    }
}

void pa_make_person(const pa_world *w, int64_t account, person *p)
{
    p->w = w;
    p->id = (uint64_t)account;
    stream s = stream_of(w->p.seed, p->id, DRAW_PROFILE, 0, 0);
    double mean_bills = draw_pace(p);
    draw_life(p, &s);
    draw_bills(p, mean_bills);
    pa_settle(p, &s);
    for (int c = 0; c < N_ONLINE; c++) {
        for (int i = 0; i < ONLINE_SLOTS; i++) p->online[c][i].until = -1;
    }
}

/* A favourite is chosen on the day that it is first wanted after the last one's
 * time, and keeps for 30 to 230 days. */
static shop *favourite(person *p, int category, int a, int day)
{
    shop *it = &p->local[a][category];
    if (day <= it->until) return it;
    const town *t = p->w->towns + p->town;
    stream s = stream_of(p->w->p.seed, p->id, DRAW_FAVOURITE, day, a * 32 + category);
    int rank = pa_rank_in_district(t, category, p->district[a], next_unit(&s));
    *it = pa_shop_at(p->w, p->town, category, rank);
    it->until = day + 30 + next_below(&s, 200);
    return it;
}

static shop *online_favourite(person *p, int category, int slot, int day)
{
    shop *it = &p->online[category - N_LOCAL][slot];
    if (day <= it->until) return it;
    stream s = stream_of(p->w->p.seed, p->id, DRAW_FAVOURITE, day, 128 + slot * 32 + category);
    bool tasteful = chance(&s, .8);
    double u = next_unit(&s);
    int n = p->w->count[category] - 1, step = tasteful ? N_TASTES : 1;
    int first = tasteful ? p->taste : 0, of_taste = (n - first + step - 1) / step;
    *it = pa_online_shop(p->w, category, 1 + first + step * (int)(of_taste * (u * u * u * u)));
    it->until = day + 30 + next_below(&s, 200);
    return it;
}

/* What is kept with a favourite need not be drawn at each visit. */
static shop with_leak(shop *favourite, const pa_world *w, int day)
{
    pa_plan_leak(w, favourite, day / CELL_DAYS);
    return *favourite;
}

static shop choose_online(person *p, int category, int day, stream *s)
{
    double u = next_unit(s), v = next_unit(s);
    /* The one large platform, first of its category. */
    if (category == ONLINE_SHOPPING && u < p->giant) return pa_online_shop(p->w, category, 0);
    if (chance(s, categories[category].explore)) {
        return pa_online_shop(p->w, category, 1 + (int)((p->w->count[category] - 1) * (v * v * v)));
    }
    return with_leak(online_favourite(p, category, (int)(v * v * ONLINE_SLOTS), day), p->w, day);
}

shop pa_choose_shop(person *p, int category, area where, int place, int day, stream *s)
{
    const pa_world *w = p->w;
    if (category >= N_LOCAL) return choose_online(p, category, day, s);
    int a = where == ONLINE ? AREA_HOME : (int)where;
    if (place >= 0) {
        const town *t = w->towns + place;
        int district = (int)(p->id % (uint64_t)t->districts);
        return pa_shop_at(w, place, category,
                          pa_rank_in_district(t, category, district, next_unit(s)));
    }
    double u = next_unit(s);
    if (u >= categories[category].explore) return with_leak(favourite(p, category, a, day), w, day);
    double v = next_unit(s);
    return pa_shop_at(w, p->town, category, (int)(w->towns[p->town].count[category] * (v * v * v)));
}
