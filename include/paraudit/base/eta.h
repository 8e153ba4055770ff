/* How far a job of several parts is, and when it will end.
 *
 * Parts come one after the other. What each costs beside the others is said before, in
 * any unit that all share; how long a unit takes on this machine is learned from what is
 * over, and within a part from its own count of work. Pure functions of the times that
 * are handed in (seconds of one monotonic clock). */
#ifndef PARAUDIT_BASE_ETA_H
#define PARAUDIT_BASE_ETA_H

#include <stdbool.h>
#include <stddef.h>

enum { PA_ETA_PARTS = 96, PA_ETA_NAME = 48 };

/* name is copied, cut to PA_ETA_NAME - 1 bytes. */
typedef struct {
    const char *name;
    double cost; /* 0 or more */
} pa_eta_part;

typedef struct {
    char name[PA_ETA_NAME];
    double cost, taken; /* taken: seconds, of what is over */
} pa_eta_entry;

typedef struct {
    pa_eta_entry entry[PA_ETA_PARTS];
    size_t n, n_begun;   /* entries; those over or running: the last of them runs */
    double begun, since; /* the job; the part that runs */
    double share;        /* of the running part, by its own count; -1: not counted */
    double least_left;   /* the least that was told; -1: nothing was */
    double most_done;    /* the highest share of the job that was told */
} pa_eta;

void pa_eta_begin(pa_eta *e, double now);

/* These parts come behind the one that runs; what was foreseen there and has not begun is
 * dropped. Parts beyond PA_ETA_PARTS are left out. */
void pa_eta_foresee(pa_eta *e, size_t n, const pa_eta_part parts[]);

/* The part that ran is over, those before `name` are passed over, and this one runs. False,
 * and nothing done, where no part of that name is ahead. */
bool pa_eta_enter(pa_eta *e, const char *name, double now);

/* What of the running part is done, 0 to 1, by its own count. */
void pa_eta_count(pa_eta *e, double share);

/* Seconds until the job ends: never more than it said before. -1 while too little is over
 * to say. */
double pa_eta_left(pa_eta *e, double now);

/* Share of the job that is done, 0 to 1: never less than it said before. */
double pa_eta_done(pa_eta *e, double now);

#endif
