#include "paraudit/base/eta.h"

#include <stdio.h>
#include <string.h>

#include "paraudit/base/status.h"

/* Before so much of the cost is over, one slow or fast part would decide everything. */
static const double least_known = 0.08;
/* A part's own count is believed half from this share on. */
static const double half_believed = 0.1;
/* A part that takes longer than was foreseen, and counts nothing, will take so much more. */
static const double overdue = 1.15;

void pa_eta_begin(pa_eta *e, double now)
{
    *e = (pa_eta){.begun = now, .since = now, .share = -1, .least_left = -1};
}

void pa_eta_foresee(pa_eta *e, size_t n, const pa_eta_part parts[])
{
    e->n = e->n_begun;
    for (size_t i = 0; i < n && e->n < PA_ETA_PARTS; i++) {
        pa_eta_entry *entry = e->entry + e->n++;
        *entry = (pa_eta_entry){.cost = parts[i].cost};
        snprintf(entry->name, sizeof entry->name, "%s", parts[i].name);
    }
}

bool pa_eta_enter(pa_eta *e, const char *name, double now)
{
    for (size_t i = e->n_begun; i < e->n; i++) {
        if (strncmp(e->entry[i].name, name, PA_ETA_NAME - 1) != 0) continue;
        if (e->n_begun > 0) e->entry[e->n_begun - 1].taken = now - e->since;
        for (size_t k = e->n_begun; k < i; k++) e->entry[k].cost = 0; /* it never came */
        e->n_begun = i + 1;
        e->since = now;
        e->share = -1;
        return true;
    }
    return false;
}

void pa_eta_count(pa_eta *e, double share)
{
    e->share = share < 0 ? 0 : share > 1 ? 1 : share;
}

/* Cost over and to come, the running part apart; seconds that the former took. */
typedef struct {
    double over, ahead, taken;
} costs;

static costs costs_of(const pa_eta *e)
{
    costs c = {0};
    for (size_t i = 0; i < e->n; i++) {
        const pa_eta_entry *entry = e->entry + i;
        if (i + 1 < e->n_begun) {
            c.over += entry->cost;
            c.taken += entry->taken;
        } else if (i >= e->n_begun) {
            c.ahead += entry->cost;
        }
    }
    return c;
}

/* Seconds that the running part will take in all, at so many seconds a unit of cost. */
static double part_takes(const pa_eta *e, double seconds_a_cost, double elapsed)
{
    double foreseen = e->entry[e->n_begun - 1].cost * seconds_a_cost;
    if (e->share <= 0) return foreseen > elapsed ? foreseen : elapsed * overdue;
    double counted = elapsed / e->share, belief = e->share / (e->share + half_believed);
    if (foreseen < elapsed) foreseen = elapsed;
    return (1 - belief) * foreseen + belief * counted;
}

/* -1: too little is over. */
static double estimate(const pa_eta *e, double now)
{
    if (e->n_begun == 0) return -1;
    costs c = costs_of(e);
    double cost = e->entry[e->n_begun - 1].cost, elapsed = now - e->since;
    double counted = e->share > 0 ? cost * e->share : 0;
    double known = c.over + counted, all = c.over + cost + c.ahead;
    if (known <= 0 || known < least_known * all) return -1;
    double seconds_a_cost = (c.taken + (e->share > 0 ? elapsed : 0)) / known;
    double left = part_takes(e, seconds_a_cost, elapsed) - elapsed + c.ahead * seconds_a_cost;
    return left > 0 ? left : 0;
}

double pa_eta_left(pa_eta *e, double now)
{
    double left = estimate(e, now);
    if (left < 0) return e->least_left;
    if (e->least_left < 0 || left < e->least_left) e->least_left = left;
    return e->least_left;
}

double pa_eta_done(pa_eta *e, double now)
{
    double left = estimate(e, now), elapsed = now - e->begun, done;
    costs c = costs_of(e);
    double cost = e->n_begun ? e->entry[e->n_begun - 1].cost : 0;
    double all = c.over + cost + c.ahead, at = c.over + (e->share > 0 ? e->share * cost : 0);
    if (left >= 0 && elapsed + left > 0) {
        done = elapsed / (elapsed + left);
    } else {
        done = all > 0 ? at / all : 0;
    }
    if (done > e->most_done) e->most_done = done;
    return e->most_done;
}
