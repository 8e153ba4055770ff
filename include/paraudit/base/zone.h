/* Time zones with a history: what the clock on the wall says to UTC, by the time zone data
 * of the system (IANA; TZif files, RFC 8536).
 *
 * glibc knows one zone at a time, that of the process, and asks for a time in broken-down
 * form; here a zone is a plain table, so that one rank reads it for all, by bytes.
 *
 * A local time that comes twice, when clocks are set back, means the first of the two. One
 * that is left out, when they are set forward, is read as if the clock had not been
 * changed yet: with 02:00 being 03:00, 02:30 is 03:30. */
#ifndef PARAUDIT_BASE_ZONE_H
#define PARAUDIT_BASE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum { PA_ZONE_NAME = 64, PA_ZONE_CHANGES = 1600 };

/* Plain bytes. */
typedef struct {
    int32_t n;                     /* changes, the first of them at the beginning of time */
    int32_t repeats;               /* clocks change by a rule: 400 years are like the next */
    int64_t end;                   /* from where on they are; local */
    int64_t from[PA_ZONE_CHANGES]; /* local seconds as if they were UTC, ascending */
    int32_t east[PA_ZONE_CHANGES]; /* seconds ahead of UTC from there on */
} pa_zone;

/* Local times from `from` until before `until` with one offset. Zeroed: none. */
typedef struct {
    int64_t from, until;
    int32_t east;
} pa_zone_span;

/* Where the local time lies. */
pa_zone_span pa_zone_find(const pa_zone *zone, int64_t local);

/* Seconds ahead of UTC; *last: the span met last, as neighbours have the same. */
static inline int32_t pa_zone_east(const pa_zone *zone, int64_t local, pa_zone_span *last)
{
    if (local < last->from || local >= last->until) *last = pa_zone_find(zone, local);
    return last->east;
}

/* Reads the zone of this name, or +02:00, from the directory TZDIR or where systems have
 * their data. PA_E_CONFIG: there is none, or what is there is no zone; key: of the
 * name, for the message. Local. */
pa_status pa_zone_read(const char *name, const char *key, pa_zone *zone, pa_error *err);

/* A TZif file of version 2 or later, without leap seconds. False where it is not. */
bool pa_zone_parse(const char *bytes, size_t n, pa_zone *zone);

#endif
