/* TZif files to tables of local times. */
#include "paraudit/base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "zone_parts.h"

/* Version 1 and the counts are 44 bytes; the largest file is some 4000. */
enum { HEADER = 44, LARGEST = 1 << 16 };

#define CYCLE ((int64_t)146097 * PA_DAY_SECONDS) /* 400 years, in whole weeks */

/* Big-endian, two's complement. */
static int64_t number_at(const char *t, int n)
{
    uint64_t v = (unsigned char)t[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < n; i++) v = v << 8 | (unsigned char)t[i];
    return (int64_t)v;
}

typedef struct {
    int64_t n_utc, n_std, n_leap, n_times, n_types, n_chars;
} counts;

static bool read_header(const char *t, size_t left, counts *c)
{
    if (left < HEADER || memcmp(t, "TZif", 4) != 0 || t[4] < '2') return false;
    int64_t *const count[] = {&c->n_utc,   &c->n_std,   &c->n_leap,
                              &c->n_times, &c->n_types, &c->n_chars};
    for (int i = 0; i < 6; i++) {
        *count[i] = number_at(t + 20 + 4 * i, 4);
        if (*count[i] < 0 || *count[i] > LARGEST) return false;
    }
    return true;
}

static size_t body_size(const counts *c, int64_t width)
{
    return (size_t)(c->n_times * (width + 1) + c->n_types * 6 + c->n_chars +
                    c->n_leap * (width + 4) + c->n_std + c->n_utc);
}

bool pa_zone_add(pa_zone *z, int64_t utc[], int64_t at, int32_t east)
{
    while (z->n > 0 && utc[z->n - 1] >= at) z->n--;
    if (z->n > 0 && z->east[z->n - 1] == east) return true;
    if (z->n == PA_ZONE_CHANGES) return false;
    utc[z->n] = at;
    z->east[z->n++] = east;
    return true;
}

/* The changes of a body with times of 64 bits; *last: the last one's, also where it changes
 * a name only. */
static bool add_times(const char *t, const counts *c, pa_zone *z, int64_t utc[], int64_t *last)
{
    const char *which = t + c->n_times * 8, *types = which + c->n_times;
    if (c->n_types == 0 || !pa_zone_add(z, utc, INT64_MIN, (int32_t)number_at(types, 4)))
        return false;
    for (int64_t i = 0; i < c->n_times; i++) {
        int64_t type = (unsigned char)which[i], at = number_at(t + 8 * i, 8);
        if (type >= c->n_types || (i > 0 && at <= number_at(t + 8 * (i - 1), 8))) return false;
        /* Far before the year 0 files have marks that no calendar reaches. */
        if (at < PA_TIME_MIN - CYCLE) at = PA_TIME_MIN - CYCLE;
        if (at > PA_TIME_MAX) return false;
        if (!pa_zone_add(z, utc, at, (int32_t)number_at(types + 6 * type, 4))) return false;
        *last = at;
    }
    return true;
}

/* Each offset holds up to the change, on its own clock or the next one's, whichever is
 * later: so of two times the first is meant, and none is left out. */
static void make_local(pa_zone *z, const int64_t utc[])
{
    int32_t n = 1;
    z->from[0] = INT64_MIN;
    for (int32_t i = 1; i < z->n; i++) {
        int32_t before = z->east[i - 1], after = z->east[i];
        int64_t local = utc[i] + (before > after ? before : after);
        while (n > 1 && z->from[n - 1] >= local) n--;
        z->from[n] = local;
        z->east[n++] = after;
    }
    z->n = n;
}

/* Offsets of up to a day, as those of the calendar are. */
static bool are_sane(const pa_zone *z)
{
    bool sane = true;
    for (int32_t i = 0; i < z->n; i++) {
        sane &= z->east[i] > -PA_DAY_SECONDS && z->east[i] < PA_DAY_SECONDS;
    }
    return sane;
}

bool pa_zone_parse(const char *bytes, size_t n, pa_zone *zone)
{
    counts c;
    int64_t utc[PA_ZONE_CHANGES], last = PA_TIME_MIN - 1;
    memset(zone, 0, sizeof *zone); /* all of its bytes: it is sent as they are */
    if (!read_header(bytes, n, &c)) return false;
    size_t at = HEADER + body_size(&c, 4); /* of times of 32 bits, for old programs */
    if (at > n || !read_header(bytes + at, n - at, &c) || c.n_leap > 0) return false;
    at += HEADER;
    size_t size = body_size(&c, 8);
    if (size > n - at || !add_times(bytes + at, &c, zone, utc, &last)) return false;
    at += size;
    if (at == n || bytes[at++] != '\n') return false;
    const char *end = memchr(bytes + at, '\n', n - at);
    if (!end) return false;
    size_t length = (size_t)(end - bytes) - at;
    if (!pa_zone_add_rule(bytes + at, length, last, zone, utc)) return false;
    if (!are_sane(zone)) return false;
    make_local(zone, utc);
    return true;
}

pa_zone_span pa_zone_find(const pa_zone *z, int64_t local)
{
    int64_t shift = 0;
    if (z->repeats && local >= z->end) shift = ((local - z->end) / CYCLE + 1) * CYCLE;
    local -= shift;
    int32_t low = 0, high = z->n; /* the change lies in low to before high */
    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (z->from[middle] <= local) {
            low = middle;
        } else {
            high = middle;
        }
    }
    pa_zone_span span = {z->from[low], high < z->n ? z->from[high] : INT64_MAX, z->east[low]};
    if (z->repeats && span.until > z->end) span.until = z->end;
    if (shift > 0) {
        if (span.from < z->end - CYCLE) span.from = z->end - CYCLE;
        span.from += shift;
        span.until += shift;
    }
    return span;
}

/* Letters and a few signs; the way up is no zone. */
static bool is_name(const char *name)
{
    static const char signs[] = "+-_/";
    if (strlen(name) >= PA_ZONE_NAME || *name == '/' || strstr(name, "//")) return false;
    for (const char *c = name; *c; c++) {
        bool letter = (*c | 32) >= 'a' && (*c | 32) <= 'z';
        if (!letter && (*c < '0' || *c > '9') && !strchr(signs, *c)) return false;
    }
    return *name != '\0';
}

static FILE *open_zone(const char *name, const char **where)
{
    const char *const places[] = {getenv("TZDIR"), "/usr/share/zoneinfo", "/usr/lib/zoneinfo",
                                  "/usr/share/lib/zoneinfo", "/etc/zoneinfo"};
    *where = NULL;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char path[4096];
        if (!places[i] || strlen(places[i]) > sizeof path - PA_ZONE_NAME - 2) continue;
        snprintf(path, sizeof path, "%s/UTC", places[i]);
        FILE *any = fopen(path, "rb");
        if (!any) continue;
        fclose(any);
        *where = places[i];
        snprintf(path, sizeof path, "%s/%s", places[i], name);
        return fopen(path, "rb");
    }
    return NULL;
}

static pa_status read_file(const char *name, const char *key, pa_zone *zone, pa_error *err)
{
    char *bytes = NULL;
    const char *where;
    pa_status st = PA_NEW(bytes, LARGEST, err);
    if (st != PA_OK) return st;
    FILE *file = open_zone(name, &where);
    size_t n = file ? fread(bytes, 1, LARGEST, file) : 0;
    if (file) fclose(file);
    if (!where) {
        st = pa_fail(err, PA_E_CONFIG,
                     "%s is '%s', but this system has no time zone data: install tzdata, or say in "
                     "TZDIR where it is",
                     key, name);
    } else if (n == 0) {
        st = pa_fail(err, PA_E_CONFIG,
                     "%s is '%s', which the time zone data in %s lacks; names are like "
                     "Europe/Berlin",
                     key, name, where);
    } else if (!pa_zone_parse(bytes, n, zone)) {
        st = pa_fail(err, PA_E_CONFIG, "%s is '%s', but the file in %s is no zone that can be read",
                     key, name, where);
    }
    pa_free(bytes);
    return st;
}

pa_status pa_zone_read(const char *name, const char *key, pa_zone *zone, pa_error *err)
{
    int32_t east;
    if (*name == '+' || *name == '-') {
        if (pa_read_zone(name, strlen(name), &east)) {
            memset(zone, 0, sizeof *zone);
            zone->n = 1;
            zone->from[0] = INT64_MIN;
            zone->east[0] = east;
            return PA_OK;
        }
    } else if (is_name(name)) {
        return read_file(name, key, zone, err);
    }
    return pa_fail(err, PA_E_CONFIG,
                   "%s is '%.80s', which names no time zone: it is like "
                   "Europe/Berlin, or +02:00",
                   key, name);
}
