#include "paraudit/base/intern.h"

#include <stdbool.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"
#include "paraudit/base/words.h"

enum { FIRST_BITS = 8, LARGE_BITS = 16, LENGTH_BITS = 16, LENGTH_MOST = (1 << LENGTH_BITS) - 1 };

/* Set in the tags of names whose word is a place. */
#define LONG_NAME ((uint64_t)1 << 31)

/* Names of up to 8 bytes are words, so that a look at the slot decides. The
 * highest byte tells those of less than 8 bytes from each other and from those
 * of 8, which do not count as short where they end in such a byte: 0xf8 and
 * above stand in no UTF-8 text. */
static inline bool is_short(const char *name, size_t length)
{
    return length < 8 || (length == 8 && (unsigned char)name[7] < 0xf8);
}

static inline uint64_t word_of(const char *name, size_t length)
{
    uint64_t bytes = length ? pa_word(name, length) : 0;
    return length == 8 ? bytes : bytes | (uint64_t)(0xf8 + length) << 56;
}

/* The high half of a hash: it names the home slot and tells most strangers
 * apart. It is kept in the slot, so that growing reads no name again. */
static inline uint64_t tag_of_word(uint64_t word)
{
    pa_u128 product =
        (pa_u128)(word ^ 0x2d358dccaa6c78a5u) * 0x8bb84b93962eacc9u; /* as in wyhash */
    return ((uint64_t)product ^ (uint64_t)(product >> 64)) >> 32 << 32;
}

/* Up to 16 bytes are two words, which may overlap. */
static inline uint64_t tag_of_long(const char *name, size_t length)
{
    if (length > 16) return (XXH3_64bits(name, length) >> 32 << 32) | LONG_NAME;
    uint64_t behind = pa_mix(pa_load8(name + length - 8) + length);
    return tag_of_word(pa_load8(name) ^ behind) | LONG_NAME;
}

static size_t slot_count(const pa_intern *t)
{
    return t->slots ? (size_t)1 << t->slot_bits : 0;
}

/* -1 of a free slot. */
static inline int32_t code_of(const pa_intern_slot *slot)
{
    return (int32_t)(slot->tag & (LONG_NAME - 1)) - 1;
}

/* Where a long name lies, and its length as far as it can be told: most
 * comparisons need nothing else. */
static uint64_t place_of(size_t from, size_t length)
{
    return (uint64_t)from << LENGTH_BITS | (length < LENGTH_MOST ? length : LENGTH_MOST);
}

static bool is_name(const pa_intern *t, const pa_intern_slot *slot, const char *name, size_t length)
{
    size_t known = slot->word & LENGTH_MOST;
    const char *bytes = t->bytes + (slot->word >> LENGTH_BITS);
    if (known == LENGTH_MOST) {
        size_t code = (size_t)code_of(slot);
        known = t->start[code + 1] - t->start[code];
    }
    if (known != length) return false;
    if (length > 16) return memcmp(bytes, name, length) == 0;
    return pa_load8(bytes) == pa_load8(name) &&
           pa_load8(bytes + length - 8) == pa_load8(name + length - 8);
}

/* The slot that holds the name, or the free one where it belongs. There is
 * always a free slot. */
static inline pa_intern_slot *slot_of_word(const pa_intern *t, uint64_t tag, uint64_t word)
{
    size_t mask = slot_count(t) - 1, i = tag >> (64 - t->slot_bits);
    while (t->slots[i].tag && (t->slots[i].word != word || t->slots[i].tag & LONG_NAME)) {
        i = (i + 1) & mask;
    }
    return &t->slots[i];
}

static pa_intern_slot *slot_of_long(const pa_intern *t, uint64_t tag, const char *name,
                                    size_t length)
{
    size_t mask = slot_count(t) - 1, i = tag >> (64 - t->slot_bits);
    for (; t->slots[i].tag; i = (i + 1) & mask) {
        bool may_be = (t->slots[i].tag ^ tag) >> 31 == 0;
        if (may_be && is_name(t, &t->slots[i], name, length)) break;
    }
    return &t->slots[i];
}

/* Twice the slots; the names are all different, so none is compared. */
static pa_status grow_slots(pa_intern *t, pa_error *err)
{
    int bits = t->slots ? t->slot_bits + 1 : FIRST_BITS;
    size_t mask = ((size_t)1 << bits) - 1, n_old = slot_count(t);
    pa_intern_slot *slots;
    PA_TRY(PA_NEW(slots, mask + 1, err));
    for (size_t old = 0; old < n_old; old++) {
        if (!t->slots[old].tag) continue;
        size_t i = t->slots[old].tag >> (64 - bits);
        while (slots[i].tag) i = (i + 1) & mask;
        slots[i] = t->slots[old];
    }
    pa_free(t->slots);
    t->slots = slots;
    t->slot_bits = bits;
    return PA_OK;
}

/* Room for one more name of `length` bytes. */
static pa_status reserve(pa_intern *t, size_t length, pa_error *err)
{
    size_t used = t->n ? t->start[t->n] : 0;
    if (t->n + 2 > t->start_room) {
        bool first = !t->start;
        PA_TRY(PA_ROOM(t->start, t->start_room, t->n + 2, err));
        if (first) t->start[0] = 0;
    }
    PA_TRY(PA_ROOM(t->bytes, t->bytes_room, used + length + 1, err));
    /* at most two thirds full */
    return 3 * (t->n + 1) > 2 * slot_count(t) ? grow_slots(t, err) : PA_OK;
}

/* A name that is not there yet. */
static pa_status add_new(pa_intern *t, const char *name, size_t length, int32_t *code,
                         pa_error *err)
{
    if (t->n >= INT32_MAX) {
        return pa_fail(err, PA_E_USAGE,
                       "one rank cannot hold more than 2147483647 names: start more ranks");
    }
    PA_TRY(reserve(t, length, err));
    size_t from = t->start[t->n];
    if (length) memcpy(t->bytes + from, name, length);
    uint64_t number = (uint64_t)(t->n + 1);
    if (is_short(name, length)) {
        uint64_t word = word_of(name, length), tag = tag_of_word(word);
        *slot_of_word(t, tag, word) = (pa_intern_slot){tag | number, word};
    } else {
        uint64_t tag = tag_of_long(name, length);
        *slot_of_long(t, tag, name, length) =
            (pa_intern_slot){tag | number, place_of(from, length)};
    }
    *code = (int32_t)t->n++;
    t->start[t->n] = from + length;
    return PA_OK;
}

static inline int32_t find(const pa_intern *t, const char *name, size_t length)
{
    if (!t->slots) return -1;
    if (is_short(name, length)) {
        uint64_t word = word_of(name, length);
        return code_of(slot_of_word(t, tag_of_word(word), word));
    }
    return code_of(slot_of_long(t, tag_of_long(name, length), name, length));
}

int32_t pa_intern_find(const pa_intern *t, const char *name, size_t length)
{
    return find(t, name, length);
}

/* As word_of, of a name of 1 to 7 bytes behind which there are others. */
static inline uint64_t word_within(const char *name, size_t length)
{
    unsigned above = 64 - 8 * (unsigned)length;
    return pa_load8(name) << above >> above | (uint64_t)(0xf8 + length) << 56;
}

enum { AT_ONCE = 64 };

typedef struct {
    uint64_t tag, word;
} key;

static inline key key_of(const char *name, size_t length)
{
    if (!is_short(name, length)) return (key){tag_of_long(name, length), 0};
    uint64_t word = length == 8 ? pa_load8(name) : length ? word_within(name, length) : 0;
    return (key){tag_of_word(word), word};
}

static void find_some(const pa_intern *t, size_t n, const char *const name[],
                      const uint32_t length[], int32_t code[])
{
    key of[AT_ONCE];
    for (size_t i = 0; i < n; i++) {
        of[i] = key_of(name[i], length[i]);
        __builtin_prefetch(&t->slots[of[i].tag >> (64 - t->slot_bits)]);
    }
    for (size_t i = 0; i < n; i++) {
        code[i] = of[i].tag & LONG_NAME ? code_of(slot_of_long(t, of[i].tag, name[i], length[i]))
                                        : code_of(slot_of_word(t, of[i].tag, of[i].word));
    }
}

void pa_intern_find_each(const pa_intern *t, size_t n, const char *const name[],
                         const uint32_t length[], int32_t code[])
{
    for (size_t i = 0; !t->slots && i < n; i++) code[i] = -1;
    for (size_t i = 0, some; t->slots && i < n; i += some) {
        some = n - i < AT_ONCE ? n - i : AT_ONCE;
        find_some(t, some, name + i, length + i, code + i);
    }
}

void pa_intern_prefetch(const pa_intern *t, const char *name, size_t length)
{
    if (!t->slots) return;
    uint64_t tag =
        is_short(name, length) ? tag_of_word(word_of(name, length)) : tag_of_long(name, length);
    __builtin_prefetch(&t->slots[tag >> (64 - t->slot_bits)]);
}

bool pa_intern_is_large(const pa_intern *t)
{
    return t->slot_bits >= LARGE_BITS; /* a mebibyte of slots */
}

pa_status pa_intern_add(pa_intern *t, const char *name, size_t length, int32_t *code, pa_error *err)
{
    *code = find(t, name, length);
    return *code >= 0 ? PA_OK : add_new(t, name, length, code, err);
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
