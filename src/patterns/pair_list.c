#include "paraudit/patterns/pair_list.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

enum { LEAST = 1024, LEAST_BITS = 8 };

/* ---- asking ---- */

/* The low bits: keys come in the order of the high ones from other ranks. */
static uint32_t *place_of(const pa_pair_questions *q, uint64_t key)
{
    size_t mask = ((size_t)1 << q->bits) - 1;
    size_t i = (size_t)pa_pair_mixed(key) & mask;
    while (q->number[i] && q->key[q->number[i] - 1] != key) i = (i + 1) & mask;
    return q->number + i;
}

/* Twice as many places, for those that are looked through. */
static pa_status more_places(pa_pair_questions *q, pa_error *err)
{
    int bits = q->number ? q->bits + 1 : LEAST_BITS;
    uint32_t *number;
    PA_TRY(PA_NEW(number, (size_t)1 << bits, err));
    pa_free(q->number);
    q->number = number;
    q->bits = bits;
    for (size_t i = q->first; i < q->n; i++) *place_of(q, q->key[i]) = (uint32_t)i + 1;
    return PA_OK;
}

static pa_status room_for_one(pa_pair_questions *q, pa_error *err)
{
    if (!q->number || 2 * (q->n - q->first + 1) > (size_t)1 << q->bits) PA_TRY(more_places(q, err));
    if (q->n < q->room) return PA_OK;
    if (q->n == UINT32_MAX - 1) return pa_fail(err, PA_E_USAGE, "2^32 questions at once");
    size_t room = q->room < LEAST ? LEAST : 2 * q->room;
    PA_TRY(PA_RESIZE(q->key, room, err));
    q->room = room;
    return PA_OK;
}

pa_status pa_pair_ask(pa_pair_questions *q, uint64_t key, uint32_t *number, pa_error *err)
{
    PA_TRY(room_for_one(q, err));
    uint32_t *place = place_of(q, key);
    if (*place == 0) {
        q->key[q->n++] = key;
        *place = (uint32_t)q->n;
    }
    *number = *place - 1;
    return PA_OK;
}

void pa_pair_forget(pa_pair_questions *q)
{
    size_t looked_through = q->n - q->first;
    if (q->number && 8 * looked_through > (size_t)1 << q->bits)
        memset(q->number, 0, sizeof *q->number << q->bits);
    else
        for (size_t i = q->n; i > q->first; i--) *place_of(q, q->key[i - 1]) = 0;
    q->first = q->n;
}

void pa_pair_questions_clear(pa_pair_questions *q)
{
    pa_pair_forget(q);
    q->n = q->first = 0;
}

void pa_pair_questions_free(pa_pair_questions *q)
{
    pa_free(q->key);
    pa_free(q->number);
    *q = (pa_pair_questions){0};
}

/* ---- counting ---- */

/* The number of a pair, a new one of count 0 where it was not met. */
static pa_status number_of(pa_pair_list *list, uint64_t key, uint32_t *number, pa_error *err)
{
    PA_TRY(pa_pair_ask(&list->pair, key, number, err));
    if (list->room >= list->pair.room) return PA_OK;
    uint32_t *count = pa_realloc(list->count, list->pair.room, sizeof *count, err);
    if (!count) return PA_E_MEMORY;
    memset(count + list->room, 0, (list->pair.room - list->room) * sizeof *count);
    list->count = count;
    list->room = list->pair.room;
    return PA_OK;
}

static void add(uint32_t *count, uint32_t times)
{
    *count = *count > UINT32_MAX - times ? UINT32_MAX : *count + times;
}

pa_status pa_pair_list_add(pa_pair_list *list, uint64_t key, uint32_t times, pa_error *err)
{
    uint32_t number;
    PA_TRY(number_of(list, key, &number, err));
    add(list->count + number, times);
    return PA_OK;
}

pa_status pa_pair_list_meet(pa_pair_list *list, uint64_t key, uint32_t *before, pa_error *err)
{
    uint32_t number;
    PA_TRY(number_of(list, key, &number, err));
    *before = list->count[number];
    add(list->count + number, 1);
    return PA_OK;
}

pa_status pa_pair_list_order(pa_pair_list *list, pa_error *err)
{
    size_t n = list->pair.n;
    uint32_t *order = NULL, *count = NULL;
    uint64_t *key = NULL;
    pa_status st = PA_NEW(order, n, err);
    if (st == PA_OK) st = PA_NEW(key, n, err);
    if (st == PA_OK) st = PA_NEW(count, n, err);
    for (size_t i = 0; st == PA_OK && i < n; i++) key[i] = pa_pair_mixed(list->pair.key[i]);
    if (st == PA_OK) st = pa_sort_u64(n, key, order, err);
    if (st == PA_OK && n > 0) {
        pa_permute(n, sizeof *key, order, list->pair.key, key);
        pa_permute(n, sizeof *count, order, list->count, count);
        memcpy(list->pair.key, key, n * sizeof *key);
        memcpy(list->count, count, n * sizeof *count);
    }
    pa_free(order);
    pa_free(key);
    pa_free(count);
    return st;
}

void pa_pair_list_free(pa_pair_list *list)
{
    pa_pair_questions_free(&list->pair);
    pa_free(list->count);
    *list = (pa_pair_list){0};
}
