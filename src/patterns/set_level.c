#include "paraudit/patterns/set_level.h"

#include <string.h>

/* ---- sets as bytes ---- */

pa_status pa_write_set_record(void *writer, size_t n, const int32_t item[], uint32_t support,
                              pa_buffer *to, pa_error *err)
{
    (void)writer;
    const uint32_t head[2] = {(uint32_t)n, support};
    PA_TRY(pa_buffer_add(to, head, sizeof head, err));
    return pa_buffer_add(to, item, n * sizeof *item, err);
}

const char *pa_read_set_record(const char *at, pa_set_record *record)
{
    uint32_t head[2];
    memcpy(head, at, sizeof head);
    *record = (pa_set_record){head[0], head[1], at + sizeof head};
    return record->items + sizeof(int32_t) * record->size;
}

/* ---- the level ---- */

/* The finalizer of G. Steele, D. Lea, C. Flood, Fast splittable pseudorandom number generators,
 * OOPSLA 2014. */
static uint64_t mixed(uint64_t v)
{
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9u;
    v = (v ^ v >> 27) * 0x94d049bb133111ebu;
    return v ^ v >> 31;
}

uint64_t pa_hash_of_set(size_t n, const int32_t item[])
{
    uint64_t hash = 0;
    for (size_t i = 0; i < n; i++) hash = mixed(hash + 0x9e3779b97f4a7c15u + (uint32_t)item[i]);
    return hash;
}

/* At most half of the slots are taken. */
static int slot_bits_of(size_t n)
{
    int bits = 1;
    while ((size_t)1 << bits < 2 * n) bits++;
    return bits;
}

size_t pa_bytes_of_level(size_t size, size_t n)
{
    size_t row = size * sizeof(int32_t) + pa_words_of_set(size) * sizeof(uint32_t);
    return n * row + (sizeof(uint32_t) << slot_bits_of(n));
}

pa_status pa_set_level_new(size_t size, size_t n, pa_set_level *l, pa_error *err)
{
    *l = (pa_set_level){.size = size, .n = n, .slot_bits = slot_bits_of(n)};
    PA_TRY(PA_NEW(l->item, n * size, err));
    PA_TRY(PA_NEW(l->known, n * pa_words_of_set(size), err));
    return PA_NEW(l->slot, (size_t)1 << l->slot_bits, err);
}

void pa_set_level_free(pa_set_level *l)
{
    pa_free(l->item);
    pa_free(l->known);
    pa_free(l->slot);
    *l = (pa_set_level){0};
}

/* Those of one rank have some of the high bits in common. */
static size_t first_slot(const pa_set_level *l, const int32_t item[])
{
    return pa_hash_of_set(l->size, item) & (((size_t)1 << l->slot_bits) - 1);
}

static size_t next_slot(const pa_set_level *l, size_t slot)
{
    return (slot + 1) & (((size_t)1 << l->slot_bits) - 1);
}

void pa_set_level_index(pa_set_level *l)
{
    for (size_t i = 0; i < l->n; i++) {
        size_t slot = first_slot(l, l->item + i * l->size);
        while (l->slot[slot]) slot = next_slot(l, slot);
        l->slot[slot] = (uint32_t)i + 1;
    }
}

const uint32_t *pa_find_set(const pa_set_level *l, const int32_t item[])
{
    size_t bytes = l->size * sizeof *item;
    for (size_t slot = first_slot(l, item); l->slot[slot]; slot = next_slot(l, slot)) {
        size_t row = l->slot[slot] - 1;
        if (memcmp(l->item + row * l->size, item, bytes) == 0)
            return l->known + row * pa_words_of_set(l->size);
    }
    return NULL;
}
