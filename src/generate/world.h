/* The world of a portfolio: towns, shops, calendar, missions (portfolio.h). */
#ifndef PARAUDIT_GENERATE_WORLD_H
#define PARAUDIT_GENERATE_WORLD_H

#include <stdbool.h>

#include "paraudit/generate/portfolio.h"
#include "stream.h"

enum {
    GROCERY,
    BAKERY,
    FUEL,
    RESTAURANT,
    CAFE,
    PHARMACY,
    HEALTH,
    CLOTHING,
    ELECTRONICS,
    HOME_GARDEN,
    LEISURE,
    TRANSPORT,
    CASH,
    HOTEL,
    N_LOCAL, /* those before have places */
    ONLINE_SHOPPING = N_LOCAL,
    DIGITAL,
    TRAVEL,
    N_OPEN, /* those before are bought at will */
    UTILITIES = N_OPEN,
    TELECOM,
    INSURANCE
};

enum { N_ONLINE = N_OPEN - N_LOCAL, N_TOWNS_ABROAD = 20, MOST_TOWNS = 400, MOST_DISTRICTS = 48 };
/* Lives are planned in cells of so many days. */
enum { CELL_DAYS = 64, DAY_SECONDS = 86400 };
/* Online merchants have readers, gamers, gardeners ... among their customers. */
enum { N_TASTES = 8 };
enum { WORKER, FAMILY, STUDENT, RETIRED, N_LIFESTYLES };
enum { NO_SEASON, SALES, GARDEN, GIFTS, N_SEASONS };

typedef enum { PRICE_FREE, PRICE_99, PRICE_TENS, PRICE_FARE } price_style;

typedef struct {
    double ln_median; /* of the home currency */
    double sigma;
    int shops;      /* share in all shops of a town, or in all others: in 1000 */
    double explore; /* odds of a shop that is no favourite */
    price_style style;
} category_spec;

extern const category_spec categories[PA_N_CATEGORIES];

typedef enum { AREA_HOME, AREA_WORK, AREA_CENTRE, N_AREAS, ONLINE = N_AREAS } area;

enum { MOST_STOPS = 3 };
typedef struct {
    int first;
    area where;
    int hours;
    struct {
        int category;
        double odds;
    } then[MOST_STOPS];          /* odds 0: no such stop */
    int weight[N_LIFESTYLES][2]; /* on weekdays, on weekends */
    int on_holiday;              /* weight there */
    int season;                  /* NO_SEASON: all year */
} mission;

enum { N_MISSIONS = 20, N_HOURS_PROFILES = 8, HOURS_DAYTIME = 3, HOURS_ONLINE = 6, HOURS_ANY = 7 };
extern const mission missions[N_MISSIONS];
extern const unsigned char hour_weights[N_HOURS_PROFILES][24];

typedef struct {
    double lat, lon, radius; /* degrees; of latitude */
    int country;
    int districts;
    int64_t first[N_LOCAL]; /* number of its first merchant by category */
    int32_t count[N_LOCAL];
} town;

typedef struct {
    int weekday, day_of_month, season;
    double pace; /* public holidays and months */
    double sin_of_year, cos_of_year;
} calendar_day;

struct pa_world {
    pa_portfolio p;
    int n_towns; /* at home; those abroad stand behind them */
    town *towns;
    uint16_t town_of[4096];         /* as people live */
    int64_t first[PA_N_CATEGORIES]; /* from N_LOCAL on */
    int32_t count[PA_N_CATEGORIES];
    int64_t n_merchants;
    int64_t n_rings;
    calendar_day *days;
    uint8_t mission_of[N_LIFESTYLES][2][N_SEASONS][256];
    uint8_t holiday_mission[256];
    uint8_t hour_of[N_HOURS_PROFILES][256];
    double normal[1025]; /* quantiles at i / 1024, ends at 1 / 4096 */
    double sin_of[MOST_DISTRICTS], cos_of[MOST_DISTRICTS];
    uint64_t weyl_offset;
    double trips_a_day;             /* mean over accounts */
    double visits[PA_N_CATEGORIES]; /* a day, mean over the shops of a category; roughly */
    double centre[N_LOCAL];         /* share of these that are in the centre, district 0 */
};

calendar_day pa_day_after(int64_t start, int days);
/* Mean over lifestyles and the first n_days. */
double pa_mean_day_pace(int64_t start, int n_days);
void pa_make_mission_tables(pa_world *w);
/* Stops a trip of each category, and those of them in the centre. */
void pa_mean_stops(const pa_world *w, double stops[PA_N_CATEGORIES], double centre[N_LOCAL]);
extern const double weekday_pace[N_LIFESTYLES][7];

/* A normal variate, cut at 3.5 standard deviations. */
static inline double next_normal(const pa_world *w, stream *s)
{
    uint32_t u = next_word(s), i = u >> 22;
    double part = (double)(u & 0x3fffff) * 0x1p-22;
    return w->normal[i] + part * (w->normal[i + 1] - w->normal[i]);
}

/* Second of the day. */
static inline int next_second(const pa_world *w, int profile, stream *s)
{
    uint32_t u = next_word(s);
    return w->hour_of[profile][u >> 24] * 3600 + (int)((uint64_t)(u & 0xffffff) * 3600 >> 24);
}

typedef struct {
    int64_t id;
    int32_t lat, lon;
    int32_t until;     /* favourite before this day */
    int32_t leak_cell; /* the cell that leak_from is known for; -1: none yet */
    int32_t leak_from; /* day of that cell, or CELL_DAYS: never */
    double copy_odds;  /* while it leaks, of each visit */
    double ln_price;
    int32_t rank;
    int16_t town; /* -1: online */
    uint8_t category, country;
    bool may_leak;
} shop;

shop pa_shop_at(const pa_world *w, int town, int category, int rank);
shop pa_online_shop(const pa_world *w, int category, int rank);
/* A rank by popularity u in (0, 1) among the shops of a district. */
int pa_rank_in_district(const town *t, int category, int district, double u);
/* Draws when in a cell the merchant copies cards, once: what is kept is not drawn again. */
void pa_plan_leak(const pa_world *w, shop *s, int cell);
/* Whether the merchant copies cards on that day. */
bool pa_is_leaking(const pa_world *w, shop *s, int day);

#endif
