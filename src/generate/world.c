#include "person.h"

#include <math.h> /* sqrt and floor, which are exact */

#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

const char pa_country_names[PA_N_COUNTRIES][4] = {"DE", "FR", "IT", "ES", "PT", "GR",
                                                  "GB", "CH", "PL", "CZ", "DK", "TR",
                                                  "US", "TH", "AT", "NL", "HR"};
const char pa_currency_names[PA_N_COUNTRIES][4] = {"EUR", "EUR", "EUR", "EUR", "EUR", "EUR",
                                                   "GBP", "CHF", "PLN", "CZK", "DKK", "TRY",
                                                   "USD", "THB", "EUR", "EUR", "EUR"};

static const struct {
    int country;
    double lat, lon;
} abroad[N_TOWNS_ABROAD] = {
    {1, 48.857, 2.352},  {1, 43.703, 7.266},   {2, 41.903, 12.496},  {2, 45.438, 10.992},
    {3, 41.388, 2.170},  {3, 39.570, 2.650},   {4, 38.722, -9.139},  {5, 37.984, 23.728},
    {5, 35.339, 25.133}, {6, 51.507, -0.128},  {7, 47.377, 8.542},   {8, 50.062, 19.937},
    {9, 50.075, 14.438}, {10, 55.676, 12.568}, {11, 36.897, 30.713}, {12, 40.713, -74.006},
    {13, 7.880, 98.392}, {14, 48.208, 16.373}, {15, 52.367, 4.904},  {16, 43.508, 16.440}};

/* Shares of the merchants that are online or send bills, and that are abroad. */
static const double elsewhere_share = .12, abroad_share = .08;

static double weight_of_town(int i)
{
    return 1.0 / (i + 2);
}

static void add_shops(pa_world *w, town *t, double shops)
{
    int total = 0;
    for (int c = 0; c < N_LOCAL; c++) {
        int n = (int)(shops * categories[c].shops / 1000 + .5);
        t->count[c] = n < 1 ? 1 : n;
        t->first[c] = w->n_merchants;
        w->n_merchants += t->count[c];
        total += t->count[c];
    }
    t->districts = total / 60 < 1 ? 1 : total / 60 > MOST_DISTRICTS ? MOST_DISTRICTS : total / 60;
}

static void found_town(pa_world *w, int i)
{
    stream s = stream_of(w->p.seed, OF_TOWNS + (uint64_t)i, DRAW_PROFILE, 0, 0);
    w->towns[i].lat = between(&s, 47.7, 54.3);
    w->towns[i].lon = between(&s, 7.2, 13.8);
    w->towns[i].radius = .028 + .045 * sqrt(2 * weight_of_town(i));
}

static void build_towns(pa_world *w)
{
    double sum = 0, merchants = (double)w->p.n_merchants;
    for (int i = 0; i < w->n_towns; i++) sum += weight_of_town(i);
    for (int i = 0; i < w->n_towns; i++) {
        found_town(w, i);
        add_shops(w, w->towns + i,
                  merchants * (1 - elsewhere_share - abroad_share) * weight_of_town(i) / sum);
    }
    for (int i = 0; i < N_TOWNS_ABROAD; i++) {
        town *t = w->towns + w->n_towns + i;
        *t = (town){.lat = abroad[i].lat,
                    .lon = abroad[i].lon,
                    .radius = .04,
                    .country = abroad[i].country};
        add_shops(w, t, merchants * abroad_share / N_TOWNS_ABROAD);
    }
    double below = 0;
    int at = 0;
    for (int k = 0; k < 4096; k++) {
        while (at < w->n_towns - 1 && (k + .5) / 4096 * sum >= below + weight_of_town(at)) {
            below += weight_of_town(at++);
        }
        w->town_of[k] = (uint16_t)at;
    }
}

static void build_elsewhere(pa_world *w)
{
    for (int c = N_LOCAL; c < PA_N_CATEGORIES; c++) {
        int n = (int)((double)w->p.n_merchants * elsewhere_share * categories[c].shops / 1000 + .5);
        w->count[c] = n < 12 ? 12 : n;
        w->first[c] = w->n_merchants;
        w->n_merchants += w->count[c];
    }
}

/* The z with upper tail q, by bisection. */
static double normal_quantile(double q)
{
    double low = -4, high = 4;
    for (int i = 0; i < 40; i++) {
        double mid = (low + high) / 2;
        if (pa_erfc(mid * 0x1.6a09e667f3bcdp-1) / 2 > q)
            low = mid;
        else
            high = mid;
    }
    return (low + high) / 2;
}

static void estimate_visits(pa_world *w)
{
    double stops[PA_N_CATEGORIES];
    pa_mean_stops(w, stops, w->centre);
    for (int c = 0; c < N_OPEN; c++) {
        double shops = c < N_LOCAL ? 0 : w->count[c];
        for (int i = 0; i < w->n_towns && c < N_LOCAL; i++) shops += w->towns[i].count[c];
        w->visits[c] = w->trips_a_day * (double)w->p.n_accounts * stops[c] / shops;
    }
}

static void build_tables(pa_world *w)
{
    for (int i = 0; i <= 512; i++) {
        double z = i == 512 ? 0 : normal_quantile(i == 0 ? 1.0 / 4096 : i / 1024.0);
        w->normal[i] = -z;
        w->normal[1024 - i] = z;
    }
    for (int d = 0; d < MOST_DISTRICTS; d++) {
        w->sin_of[d] = pa_sin_turn(d * 0.6180339887498949);
        w->cos_of[d] = pa_cos_turn(d * 0.6180339887498949);
    }
    pa_make_mission_tables(w);
    w->trips_a_day = pa_mean_trips_a_day();
    estimate_visits(w);
}

pa_status pa_world_new(const pa_portfolio *p, pa_world **world, pa_error *err)
{
    pa_world *w = NULL;
    pa_status st = PA_NEW(w, 1, err);
    if (st != PA_OK) return st;
    int64_t n_towns = p->n_merchants / 150;
    w->p = *p;
    w->n_towns = n_towns < 4 ? 4 : n_towns > MOST_TOWNS ? MOST_TOWNS : (int)n_towns;
    w->n_rings = p->n_accounts / 800 + 1;
    PA_GOTO(PA_NEW(w->towns, (size_t)w->n_towns + N_TOWNS_ABROAD, err));
    PA_GOTO(PA_NEW(w->days, (size_t)p->n_days, err));
    build_towns(w);
    build_elsewhere(w);
    build_tables(w);
    for (int i = 0; i < p->n_days; i++) w->days[i] = pa_day_after(p->start, i);
    stream s = stream_of(p->seed, OF_TOWNS, DRAW_OFFSET, 0, 0);
    w->weyl_offset = (uint64_t)next_word(&s) << 32;
out:
    if (st != PA_OK) {
        pa_world_free(w);
        w = NULL;
    }
    *world = w;
    return st;
}

void pa_world_free(pa_world *world)
{
    if (!world) return;
    pa_free(world->towns);
    pa_free(world->days);
    pa_free(world);
}

const pa_portfolio *pa_world_portfolio(const pa_world *world)
{
    return &world->p;
}

int64_t pa_world_merchants(const pa_world *world)
{
    return world->n_merchants;
}
