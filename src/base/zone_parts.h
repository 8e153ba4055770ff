/* What the files of time zones share. */
#ifndef PARAUDIT_SRC_BASE_ZONE_PARTS_H
#define PARAUDIT_SRC_BASE_ZONE_PARTS_H

#include "paraudit/base/zone.h"

/* Appends what holds from second `utc` of UTC on, which is not before those appended.
 * utc: room for PA_ZONE_CHANGES, while zone->from is not made yet. False: no room. */
bool pa_zone_add(pa_zone *zone, int64_t utc[], int64_t at, int32_t east);

/* Appends the changes of a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3 from behind second
 * `known` of UTC on, for as many years as differ, and sets repeats and end. */
bool pa_zone_add_rule(const char *rule, size_t n, int64_t known, pa_zone *zone, int64_t utc[]);

#endif
