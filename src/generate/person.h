/* One account: what is fixed about it, its favourites, and its plans. */
#ifndef PARAUDIT_GENERATE_PERSON_H
#define PARAUDIT_GENERATE_PERSON_H

#include "world.h"

enum { MOST_BILLS = 4, ONLINE_SLOTS = 3 };

typedef struct {
    shop payee;
    int day_of_month, from;
    int64_t amount_minor;
} bill;

typedef struct {
    const pa_world *w;
    uint64_t id;
    double trips_a_day;
    double trend;              /* pace at the end less pace at the start, over the mean */
    double sin_wave, cos_wave; /* parts of a yearly wave */
    double mood;               /* how uneven its days are, 0 to 1 */
    double ln_level, contactless, giant;
    int lifestyle, shift, payday, taste;
    int open, close; /* days, close exclusive */
    int town, district[N_AREAS];
    int32_t lat, lon;
    int n_bills;
    bill bills[MOST_BILLS];
    shop local[N_AREAS][N_LOCAL];
    shop online[N_ONLINE][ONLINE_SLOTS];
} person;

void pa_make_person(const pa_world *w, int64_t account, person *p);
/* A home in some town, and no favourites yet. */
void pa_settle(person *p, stream *s);

/* The shop for a category: a favourite, or one found on the way. `place` is a
 * town away from home, or -1. */
shop pa_choose_shop(person *p, int category, area where, int place, int day, stream *s);

/* Trips a day over accounts of all segments, and bills a day. */
double pa_mean_trips_a_day(void);
double pa_mean_bills_a_day(void);
/* Share of accounts that open, and that close, inside n_days. */
double pa_newcomers(int n_days);

#endif
