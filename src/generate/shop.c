/* Merchants: where they are, how large, what they sell. */
#include <math.h> /* sqrt and floor, which are exact */

#include "world.h"

/* A third of a degree of longitude is about as far as a fifth of latitude here. */
static const double lon_per_lat = 1.6;

/* Odds that a merchant copies cards in a cell, and for how many days. */
static const double leak_odds = .018;
enum { LEAK_DAYS = 21 };

static int32_t degrees(double v)
{
    return (int32_t)floor(v * 10000 + .5);
}

static shop shop_of(const pa_world *w, int64_t id, int category, stream *s)
{
    *s = stream_of(w->p.seed, OF_MERCHANTS + (uint64_t)id, DRAW_PROFILE, 0, 0);
    return (shop){.id = id,
                  .category = (uint8_t)category,
                  .leak_cell = -1,
                  .ln_price = .2 * next_normal(w, s),
                  .lat = PA_NO_PLACE,
                  .lon = PA_NO_PLACE};
}

shop pa_shop_at(const pa_world *w, int of_town, int category, int rank)
{
    const town *t = w->towns + of_town;
    stream s;
    shop it = shop_of(w, t->first[category] + rank, category, &s);
    int d = rank % t->districts;
    double out = t->radius * sqrt((double)d / t->districts);
    it.lat = degrees(t->lat + out * w->sin_of[d] + between(&s, -.005, .005));
    it.lon = degrees(t->lon + (out * w->cos_of[d] + between(&s, -.005, .005)) * lon_per_lat);
    it.country = (uint8_t)t->country;
    /* Not the best known ones: a single one would be a kind's whole share. */
    it.may_leak = rank >= t->districts && category != CASH && category != TRANSPORT;
    return it;
}

shop pa_online_shop(const pa_world *w, int category, int rank)
{
    /* of 16: home country, and those where the large platforms are */
    static const uint8_t seat[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15, 6, 12, 12, 1};
    stream s;
    shop it = shop_of(w, w->first[category] + rank, category, &s);
    it.country = rank == 0 || category >= N_OPEN ? 0 : seat[next_below(&s, 16)];
    return it;
}

int pa_rank_in_district(const town *t, int category, int district, double u)
{
    int n = t->count[category], d = t->districts;
    if (n <= d) return district % n;
    int of_district = (n - district + d - 1) / d;
    return district + d * (int)(of_district * (u * u * u * u));
}

bool pa_is_leaking(const pa_world *w, shop *s, int day)
{
    if (!s->may_leak) return false;
    int cell = day / CELL_DAYS;
    if (cell != s->leak_cell) {
        stream draws = stream_of(w->p.seed, OF_MERCHANTS + (uint64_t)s->id, DRAW_LEAK, cell, 0);
        bool leaks = chance(&draws, leak_odds);
        s->leak_cell = cell;
        s->leak_from = leaks ? next_below(&draws, CELL_DAYS - LEAK_DAYS) : CELL_DAYS;
    }
    int of_cell = day % CELL_DAYS;
    return of_cell >= s->leak_from && of_cell < s->leak_from + LEAK_DAYS;
}
