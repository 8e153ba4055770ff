#include "paraudit/patterns/value_counts.h"

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

enum { FIRST_ROOM = 4096 };

int64_t pa_i64_of_f64(double value)
{
    return pa_i64_of_key(pa_key_of_f64(value));
}

double pa_f64_of_i64(int64_t value)
{
    return pa_f64_of_key(pa_key_of_i64(value));
}

/* Puts those that are alike together; c->value and c->count are in the order of `order`. */
static void merge(const uint32_t order[], const int64_t value[], const uint64_t count[],
                  pa_value_counts *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        uint32_t at = order[i];
        if (n && c->value[n - 1] == value[at]) {
            c->count[n - 1] += count[at];
        } else {
            c->value[n] = value[at];
            c->count[n++] = count[at];
        }
    }
    c->n = n;
}

/* Into arrays of `room`, in order. */
static pa_status move_in_order(pa_value_counts *c, size_t room, pa_error *err)
{
    pa_value_counts new = {.n = c->n, .room = room};
    uint64_t *key = NULL;
    uint32_t *order = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(key, c->n, err));
    PA_GOTO(PA_NEW(order, c->n, err));
    PA_GOTO(PA_NEW(new.value, room, err));
    PA_GOTO(PA_NEW(new.count, room, err));
    for (size_t i = 0; i < c->n; i++) key[i] = pa_key_of_i64(c->value[i]);
    PA_GOTO(pa_sort_u64(c->n, key, order, err));
    merge(order, c->value, c->count, &new);
    pa_value_counts_free(c);
    *c = new;
    new = (pa_value_counts){0};
out:
    pa_value_counts_free(&new);
    pa_free(key);
    pa_free(order);
    return st;
}

pa_status pa_order_counts(pa_value_counts *c, pa_error *err)
{
    return move_in_order(c, c->room, err);
}

/* Where half of the values are distinct there has to be more room. */
static pa_status make_room(pa_value_counts *c, pa_error *err)
{
    if (c->n < c->room) return PA_OK;
    PA_TRY(move_in_order(c, c->room ? c->room : FIRST_ROOM, err));
    return c->n <= c->room / 2 ? PA_OK : move_in_order(c, 2 * c->room, err);
}

pa_status pa_count_value(pa_value_counts *c, double value, pa_error *err)
{
    PA_TRY(make_room(c, err));
    c->value[c->n] = pa_i64_of_f64(value);
    c->count[c->n++] = 1;
    return PA_OK;
}

void pa_value_counts_free(pa_value_counts *c)
{
    pa_free(c->value);
    pa_free(c->count);
    *c = (pa_value_counts){0};
}
