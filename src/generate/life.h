/* The days of one account: genuine trips and what thieves add. */
#ifndef PARAUDIT_GENERATE_LIFE_H
#define PARAUDIT_GENERATE_LIFE_H

#include "person.h"

enum { MOST_PENDING = 4, MOST_TRIPS = 10, TEST_SHOPS = 3, RING_SHOPS = 4 };

/* What fate has in store within a cell; days of the cell, until exclusive. */
typedef struct {
    int holiday_from, holiday_until, holiday_town;
    int quiet_from, quiet_until;
    int move_day;
    int leak_from, leak_until;
    int takeover_from, takeover_until;
    int testing_day;
    int ring_from, ring_until;
} plan;

typedef struct {
    shop at;
    int day;
} pending;

typedef struct {
    const pa_world *w;
    person self, thief; /* thief: set up while an account is taken over */
    plan plan;
    shop ring_shops[RING_SHOPS];
    pending copied[MOST_PENDING];
    int n_copied;
    int day;
    int free_from; /* second of this day when the last trip is over; may be negative */
    pa_generated_row *rows;
    size_t n, first_of_day;
} life;

/* The parts of `plan` that thieves make. */
void pa_plan_fraud(life *l, int cell, stream *s);
void pa_fraud_of_day(life *l);
/* The rows from l->rows[from] on, of one kind and of a spell that ends on last_day: the
 * bank learns of them together. */
void pa_find_out(life *l, size_t from, pa_fraud_kind kind, int last_day);

/* A trip's rows from `second` of the day on; returns the second behind them.
 * who: whose missions, shops and hours; amounts are of l->self. */
int pa_make_trip(life *l, person *who, const mission *m, int second, int place, pa_fraud_kind kind,
                 stream *s);
const mission *pa_choose_mission(const life *l, const person *who, bool on_holiday, stream *s);

/* Adds a row; false where the day is over or full. Here an amount as the category has
 * it, times e^ln_factor. */
bool pa_add_row(life *l, const shop *at, int second, pa_fraud_kind kind, double ln_factor,
                stream *s);
bool pa_add_row_of(life *l, const shop *at, int second, pa_fraud_kind kind, pa_channel channel,
                   int64_t amount_minor);

#endif
