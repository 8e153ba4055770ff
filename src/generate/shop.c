/* Merchants: where they are, how large, what they sell. */
#include <math.h> /* sqrt and floor, which are exact */

#include "world.h"

/* A third of a degree of longitude is about as far as a fifth of latitude here. */
static const double lon_per_lat = 1.6;

/* A merchant copies cards for so many days of a cell. The odds of that rise with its visits a
 * day and the odds of each visit to be copied then fall, so that all visits are equally likely
 * to be copied and no large merchant is the whole kind. */
enum { LEAK_DAYS = 21 };
static const double leaks_a_visit = .0075, most_leaks = .2, most_copied = .6;
static const double leaks_and_copies = .0027; /* the product of both odds, of every merchant */

static int32_t degrees(double v)
{
    return (int32_t)floor(v * 10000 + .5);
}

static shop shop_of(const pa_world *w, int64_t first, int rank, int category, stream *s)
{
    int64_t id = first + rank;
    *s = stream_of(w->p.seed, OF_MERCHANTS + (uint64_t)id, DRAW_PROFILE, 0, 0);
    return (shop){.id = id,
                  .rank = rank,
                  .town = -1,
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
    shop it = shop_of(w, t->first[category], rank, category, &s);
    it.town = (int16_t)of_town;
    int d = rank % t->districts;
    double out = t->radius * sqrt((double)d / t->districts);
    it.lat = degrees(t->lat + out * w->sin_of[d] + between(&s, -.005, .005));
    it.lon = degrees(t->lon + (out * w->cos_of[d] + between(&s, -.005, .005)) * lon_per_lat);
    it.country = (uint8_t)t->country;
    it.may_leak = category != CASH && category != TRANSPORT;
    return it;
}

shop pa_online_shop(const pa_world *w, int category, int rank)
{
    /* of 16: home country, and those where the large platforms are */
    static const uint8_t seat[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15, 6, 12, 12, 1};
    stream s;
    shop it = shop_of(w, w->first[category], rank, category, &s);
    it.country = rank == 0 || category >= N_OPEN ? 0 : seat[next_below(&s, 16)];
    it.may_leak = rank > 0; /* the first is the giant */
    return it;
}

int pa_rank_in_district(const town *t, int category, int district, double u)
{
    int n = t->count[category], d = t->districts;
    if (n <= d) return district % n;
    int of_district = (n - district + d - 1) / d;
    return district + d * (int)(of_district * (u * u * u * u));
}

/* Of n places of which u^4 picks one, how often it is place i, over the mean. */
static double popularity(int i, int n)
{
    return n * (sqrt(sqrt((i + 1.0) / n)) - sqrt(sqrt((double)i / n)));
}

/* A day and roughly: by favourites alone. */
static double visits_of(const pa_world *w, const shop *s)
{
    int c = s->category, n = w->count[c];
    if (s->town < 0) {
        return w->visits[c] * popularity((s->rank - 1) / N_TASTES, (n - 2) / N_TASTES + 1);
    }
    const town *t = w->towns + s->town;
    int d = t->districts, district = s->rank % d;
    double visits = w->visits[c] * (1 - w->centre[c] + (district == 0 ? w->centre[c] * d : 0));
    n = t->count[c];
    return n <= d ? visits : visits * popularity(s->rank / d, (n - district + d - 1) / d);
}

void pa_plan_leak(const pa_world *w, shop *s, int cell)
{
    if (cell == s->leak_cell || !s->may_leak) return;
    stream draws = stream_of(w->p.seed, OF_MERCHANTS + (uint64_t)s->id, DRAW_LEAK, cell, 0);
    double u = next_unit(&draws);
    s->leak_cell = cell;
    s->leak_from = CELL_DAYS;
    if (u >= most_leaks) return;
    double odds = leaks_a_visit * visits_of(w, s), least = leaks_and_copies / most_copied;
    odds = odds < least ? least : odds > most_leaks ? most_leaks : odds;
    s->copy_odds = leaks_and_copies / odds;
    if (u < odds) s->leak_from = next_below(&draws, CELL_DAYS - LEAK_DAYS);
}

bool pa_is_leaking(const pa_world *w, shop *s, int day)
{
    if (!s->may_leak) return false;
    pa_plan_leak(w, s, day / CELL_DAYS);
    int of_cell = day % CELL_DAYS;
    return of_cell >= s->leak_from && of_cell < s->leak_from + LEAK_DAYS;
}
