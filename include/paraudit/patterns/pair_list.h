/* Pairs of numbers that are counted and asked for: what both sides of pair_counts.h share.
 *
 * A pair is a kind and two numbers, packed into a key. Kernel. */
#ifndef PARAUDIT_PATTERNS_PAIR_LIST_H
#define PARAUDIT_PATTERNS_PAIR_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

/* kind: below 2^4; a, b: below 2^30. */
static inline uint64_t pa_pair_key(unsigned kind, uint32_t a, uint32_t b)
{
    return (uint64_t)kind << 60 | (uint64_t)a << 30 | b;
}

/* One to one, and spread evenly over 64 bits: the order in which pairs are kept. */
static inline uint64_t pa_pair_mixed(uint64_t key)
{
    key ^= key >> 32;
    key *= 0xd6e8feb86659fd93u;
    key ^= key >> 32;
    key *= 0xd6e8feb86659fd93u;
    return key ^ key >> 32;
}

/* Questions, each pair once: a set of keys that says where each stands. A zeroed one is empty. */
typedef struct {
    size_t n, room;
    uint64_t *key; /* n, in the order of asking */
    int bits;
    size_t first;     /* questions from here on are looked through */
    uint32_t *number; /* of 2^bits places: number of the question and one more, 0: none */
} pa_pair_questions;

/* The number of the key's question, a new one where it was not asked since the last _forget. */
pa_status pa_pair_ask(pa_pair_questions *q, uint64_t key, uint32_t *number, pa_error *err);

/* Questions from now on may repeat those before: for runs of them that have little in common,
 * so that what is looked through stays small. */
void pa_pair_forget(pa_pair_questions *q);
void pa_pair_questions_clear(pa_pair_questions *q);
void pa_pair_questions_free(pa_pair_questions *q);

/* How often each pair was met. A zeroed one is empty. */
typedef struct {
    pa_pair_questions pair;
    uint32_t *count; /* of each; UINT32_MAX: that often or more */
    size_t room;
} pa_pair_list;

/* PA_E_MEMORY; the list stays as it was. */
pa_status pa_pair_list_add(pa_pair_list *list, uint64_t key, uint32_t times, pa_error *err);

/* Adds one, and says how often the pair was met before. */
pa_status pa_pair_list_meet(pa_pair_list *list, uint64_t key, uint32_t *before, pa_error *err);

/* Puts the pairs in the order of their mixed keys. Afterwards none is added. */
pa_status pa_pair_list_order(pa_pair_list *list, pa_error *err);
void pa_pair_list_free(pa_pair_list *list);

#endif
