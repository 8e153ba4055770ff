#include "rules_order.h"

#include <string.h>

#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"
#include "paraudit/patterns/false_discovery.h"

/* ---- the rules of one rank ---- */

/* Of as many rules and items. */
static pa_status new_list(size_t n, size_t n_items, pa_rule_list *l, pa_error *err)
{
    *l = (pa_rule_list){.n = n, .room = n, .n_items = n_items, .room_items = n_items};
    PA_TRY(PA_NEW(l->rule, n, err));
    return PA_NEW(l->item, n_items, err);
}

typedef struct {
    const pa_rule_list *list;
    size_t *first;
    uint32_t *order;
    uint64_t *key;
} sorting;

static int by_length(const pa_rule *a, const pa_rule *b)
{
    return (a->length > b->length) - (a->length < b->length);
}

/* The larger one first. */
static int by_confidence(const pa_rule *a, const pa_rule *b)
{
    uint64_t x = (uint64_t)a->n_ac * b->n_a, y = (uint64_t)b->n_ac * a->n_a;
    return (x < y) - (x > y);
}

static int by_items(const sorting *s, uint32_t a, uint32_t b)
{
    const int32_t *x = s->list->item + s->first[a], *y = s->list->item + s->first[b];
    for (uint32_t i = 0; i < s->list->rule[a].length; i++)
        if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    return 0;
}

/* Of two rules of one p. */
static int compare_rules(const void *a, const void *b, void *context)
{
    const sorting *s = context;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    const pa_rule *x = s->list->rule + i, *y = s->list->rule + k;
    int c = by_confidence(x, y);
    if (c == 0) c = by_length(x, y);
    if (c == 0) c = by_items(s, i, k);
    return c ? c : (x->consequent > y->consequent) - (x->consequent < y->consequent);
}

static pa_status order_list(sorting *s, pa_error *err)
{
    size_t n = s->list->n;
    for (size_t i = 0; i < n; i++) s->key[i] = pa_key_of_f64(s->list->rule[i].ln_p);
    PA_TRY(pa_sort_u64(n, s->key, s->order, err));
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && s->key[s->order[end]] == s->key[s->order[i]]; end++) {
        }
        PA_TRY(pa_sort(s->order + i, end - i, sizeof *s->order, compare_rules, s, err));
    }
    return PA_OK;
}

static pa_status take_room(const pa_rule_list *l, sorting *s, pa_error *err)
{
    s->list = l;
    PA_TRY(PA_NEW(s->first, l->n + 1, err));
    PA_TRY(PA_NEW(s->order, l->n, err));
    PA_TRY(PA_NEW(s->key, l->n, err));
    pa_firsts_of_rules(l, s->first);
    return PA_OK;
}

static void copy_in_order(const sorting *s, pa_rule_list *to)
{
    size_t at = 0;
    for (size_t i = 0; i < to->n; i++) {
        const pa_rule *r = s->list->rule + s->order[i];
        to->rule[i] = *r;
        memcpy(to->item + at, s->list->item + s->first[s->order[i]], r->length * sizeof *to->item);
        at += r->length;
    }
}

/* On failure the list is as it was. */
static pa_status sort_list(pa_rule_list *l, pa_error *err)
{
    sorting s = {0};
    pa_rule_list sorted = {0};
    pa_status st = take_room(l, &s, err);
    if (st == PA_OK) st = order_list(&s, err);
    if (st == PA_OK) st = new_list(l->n, l->n_items, &sorted, err);
    if (st == PA_OK) {
        copy_in_order(&s, &sorted);
        pa_rule_list_free(l);
        *l = sorted;
        sorted = (pa_rule_list){0};
    }
    pa_rule_list_free(&sorted);
    pa_free(s.first);
    pa_free(s.order);
    pa_free(s.key);
    return st;
}

/* ---- to the ranks that have them ---- */

/* Where the rules go, and their items, one by one. */
typedef struct {
    int32_t *owner, *owner_of_item;
    int64_t *value;
    pa_route *rules, *items;
} move;

static pa_status plan_move(pa_comm *comm, const pa_rule_list *l, move *m, pa_error *err)
{
    pa_status st = PA_NEW(m->owner, l->n, err);
    if (st == PA_OK) st = PA_NEW(m->owner_of_item, l->n_items, err);
    if (st == PA_OK) st = PA_NEW(m->value, l->n, err);
    PA_AGREE(comm, st, err);
    for (size_t i = 0; i < l->n; i++) m->value[i] = pa_i64_of_f64(l->rule[i].ln_p);
    PA_TRY(pa_owners_by_value(comm, l->n, m->value, m->owner, err));
    size_t at = 0;
    for (size_t i = 0; i < l->n; i++)
        for (uint32_t k = 0; k < l->rule[i].length; k++) m->owner_of_item[at++] = m->owner[i];
    PA_TRY(pa_route_make(comm, l->n, m->owner, &m->rules, err));
    return pa_route_make(comm, l->n_items, m->owner_of_item, &m->items, err);
}

static void free_move(move *m)
{
    pa_free(m->owner);
    pa_free(m->owner_of_item);
    pa_free(m->value);
    pa_route_free(m->rules);
    pa_route_free(m->items);
}

static pa_status take_arrived(const move *m, size_t memory, pa_rule_list *arrived, pa_error *err)
{
    size_t n = pa_route_received(m->rules), n_items = pa_route_received(m->items);
    PA_TRY(pa_check_rules(n, n_items, memory, err));
    return new_list(n, n_items, arrived, err);
}

static pa_status move_list(pa_comm *comm, size_t memory, pa_rule_list *l, pa_error *err)
{
    move m = {0};
    pa_rule_list arrived = {0};
    pa_status st;
    PA_GOTO(plan_move(comm, l, &m, err));
    PA_GOTO(pa_agree(comm, take_arrived(&m, memory, &arrived, err), err));
    PA_GOTO(pa_route_send(comm, m.rules, sizeof *l->rule, l->rule, arrived.rule, err));
    PA_GOTO(pa_route_send(comm, m.items, sizeof *l->item, l->item, arrived.item, err));
    pa_rule_list_free(l);
    *l = arrived;
    arrived = (pa_rule_list){0};
out:
    pa_rule_list_free(&arrived);
    free_move(&m);
    return st;
}

pa_status pa_order_rules(pa_comm *comm, size_t memory, pa_rule_list *l, pa_error *err)
{
    PA_AGREE(comm, sort_list(l, err), err);
    if (pa_comm_size(comm) == 1) return PA_OK;
    PA_TRY(move_list(comm, memory, l, err));
    return pa_agree(comm, sort_list(l, err), err);
}
