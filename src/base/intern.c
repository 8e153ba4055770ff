#include "paraudit/base/intern.h"

#include <stdbool.h>
#include <string.h>
#include <xxhash.h>

#include "paraudit/base/array.h"

enum { FIRST_BITS = 8 };

/* The high half of the hash: it names the home slot and tells most strangers
 * apart. It is kept in the slot, so that growing reads no name again. */
static uint32_t hash_of(const char *name, size_t length)
{
    return (uint32_t)(XXH3_64bits(name, length) >> 32);
}

static size_t slot_count(const pa_intern *t)
{
    return t->slots ? (size_t)1 << t->slot_bits : 0;
}

static bool is_name(const pa_intern *t, size_t code, const char *name, size_t length)
{
    size_t from = t->start[code];
    return t->start[code + 1] - from == length && memcmp(t->bytes + from, name, length) == 0;
}

/* The slot that holds the name, or the free one where it belongs. There is
 * always a free slot. */
static size_t slot_of(const pa_intern *t, uint32_t hash, const char *name, size_t length)
{
    size_t mask = slot_count(t) - 1, i = hash >> (32 - t->slot_bits);
    for (; t->slots[i]; i = (i + 1) & mask) {
        bool may_be = t->slots[i] >> 32 == hash;
        if (may_be && is_name(t, (uint32_t)t->slots[i] - 1, name, length)) break;
    }
    return i;
}

/* Twice the slots; the names are all different, so none is compared. */
static pa_status grow_slots(pa_intern *t, pa_error *err)
{
    int bits = t->slots ? t->slot_bits + 1 : FIRST_BITS;
    size_t mask = ((size_t)1 << bits) - 1, n_old = slot_count(t);
    uint64_t *slots;
    PA_TRY(PA_NEW(slots, mask + 1, err));
    for (size_t old = 0; old < n_old; old++) {
        if (!t->slots[old]) continue;
        size_t i = t->slots[old] >> (64 - bits);
        while (slots[i]) i = (i + 1) & mask;
        slots[i] = t->slots[old];
    }
    pa_free(t->slots);
    t->slots = slots;
    t->slot_bits = bits;
    return PA_OK;
}

static size_t larger_room(size_t room, size_t needed)
{
    room += room / 2 + 64;
    return room < needed ? needed : room;
}

/* Room for one more name of `length` bytes. */
static pa_status reserve(pa_intern *t, size_t length, pa_error *err)
{
    size_t used = t->n ? t->start[t->n] : 0;
    if (t->n + 2 > t->start_room) {
        size_t room = larger_room(t->start_room, t->n + 2);
        size_t *start = pa_realloc(t->start, room, sizeof *start, err);
        if (!start) return PA_E_MEMORY;
        if (!t->start) start[0] = 0;
        t->start = start;
        t->start_room = room;
    }
    if (!t->bytes || length > t->bytes_room - used) {
        size_t room = larger_room(t->bytes_room, used + length);
        char *bytes = pa_realloc(t->bytes, room, 1, err);
        if (!bytes) return PA_E_MEMORY;
        t->bytes = bytes;
        t->bytes_room = room;
    }
    /* at most two thirds full */
    return 3 * (t->n + 1) > 2 * slot_count(t) ? grow_slots(t, err) : PA_OK;
}

static pa_status add_new(pa_intern *t, uint32_t hash, const char *name, size_t length,
                         int32_t *code, pa_error *err)
{
    if (t->n >= INT32_MAX) {
        return pa_fail(err, PA_E_USAGE,
                       "one rank cannot hold more than 2147483647 names: start more ranks");
    }
    PA_TRY(reserve(t, length, err));
    size_t from = t->start[t->n];
    if (length) memcpy(t->bytes + from, name, length);
    t->slots[slot_of(t, hash, name, length)] = (uint64_t)hash << 32 | (uint64_t)(t->n + 1);
    *code = (int32_t)t->n++;
    t->start[t->n] = from + length;
    return PA_OK;
}

pa_status pa_intern_add(pa_intern *t, const char *name, size_t length, int32_t *code, pa_error *err)
{
    uint32_t hash = hash_of(name, length);
    uint64_t slot = t->slots ? t->slots[slot_of(t, hash, name, length)] : 0;
    if (!slot) return add_new(t, hash, name, length, code, err);
    *code = (int32_t)((uint32_t)slot - 1);
    return PA_OK;
}

int32_t pa_intern_find(const pa_intern *t, const char *name, size_t length)
{
    if (!t->slots) return -1;
    return (int32_t)((uint32_t)t->slots[slot_of(t, hash_of(name, length), name, length)] - 1);
}

pa_status pa_intern_take(pa_intern *t, size_t *n, size_t **start, char **bytes, pa_error *err)
{
    size_t used = t->n ? t->start[t->n] : 0;
    size_t *cut_start = pa_realloc(t->start, t->n + 1, sizeof *cut_start, err);
    if (!cut_start) return PA_E_MEMORY;
    if (t->n == 0) cut_start[0] = 0;
    t->start = cut_start;
    t->start_room = t->n + 1;
    char *cut_bytes = pa_realloc(t->bytes, used, 1, err);
    if (!cut_bytes) return PA_E_MEMORY;
    *n = t->n;
    *start = cut_start;
    *bytes = cut_bytes;
    pa_free(t->slots);
    *t = (pa_intern){0};
    return PA_OK;
}

void pa_intern_free(pa_intern *t)
{
    pa_free(t->start);
    pa_free(t->bytes);
    pa_free(t->slots);
    *t = (pa_intern){0};
}
