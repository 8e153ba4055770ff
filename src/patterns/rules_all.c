#include "paraudit/patterns/rules_all.h"

#include <string.h>

#include "paraudit/base/math.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"
#include "paraudit/patterns/false_discovery.h"
#include "rules_order.h"

typedef struct {
    pa_comm *comm;
    const pa_task_results *sets;
    int32_t n_items;
    int64_t *support; /* of each item */
    pa_rule_maker maker;
} finder;

/* ---- sets where they were mined ---- */

/* The next record of that size at or behind `at`; returns what is behind it, or NULL. */
static const char *next_of_size(const pa_task_results *sets, size_t size, const char *at,
                                pa_set_record *record)
{
    const char *end = sets->kept.data + sets->kept.length;
    while (at < end) {
        at = pa_read_set_record(at, record);
        if (record->size == size) return at;
    }
    return NULL;
}

static size_t count_of_size(const pa_task_results *sets, size_t size)
{
    size_t n = 0;
    pa_set_record r;
    for (const char *at = sets->kept.data; (at = next_of_size(sets, size, at, &r));) n++;
    return n;
}

static int64_t longest_of_all(pa_comm *comm, const pa_task_results *sets)
{
    int64_t longest = 0;
    pa_set_record r;
    const char *at = sets->kept.data, *end = at + sets->kept.length;
    while (at < end) {
        at = pa_read_set_record(at, &r);
        if (r.size > longest) longest = r.size;
    }
    pa_max_i64(comm, &longest, 1);
    return longest;
}

/* A set of one item is in one record, of one rank. */
static pa_status learn_supports(finder *f, pa_error *err)
{
    pa_set_record r;
    PA_AGREE(f->comm, PA_NEW(f->support, (size_t)f->n_items, err), err);
    for (const char *at = f->sets->kept.data; (at = next_of_size(f->sets, 1, at, &r));) {
        int32_t item;
        memcpy(&item, r.items, sizeof item);
        f->support[item] = r.support;
    }
    pa_sum_i64(f->comm, f->support, (size_t)f->n_items);
    f->maker.support = f->support;
    return PA_OK;
}

/* ---- sets of one size go to their owners ---- */

/* By the high bits; where a set stands on its rank is up to the low ones. */
static int32_t owner_of(const pa_comm *comm, size_t n, const int32_t item[])
{
    return (int32_t)((pa_hash_of_set(n, item) >> 32) * (uint64_t)pa_comm_size(comm) >> 32);
}

typedef struct {
    size_t n;
    int32_t *item;
    uint32_t *support;
    int32_t *owner;
    pa_route *route;
    uint32_t *arrived; /* supports */
} dealing;

static pa_status take_sets(const finder *f, size_t size, dealing *d, pa_error *err)
{
    pa_set_record r;
    size_t i = 0;
    d->n = count_of_size(f->sets, size);
    PA_TRY(PA_NEW(d->item, d->n * size, err));
    PA_TRY(PA_NEW(d->support, d->n, err));
    PA_TRY(PA_NEW(d->owner, d->n, err));
    for (const char *at = f->sets->kept.data; (at = next_of_size(f->sets, size, at, &r)); i++) {
        memcpy(d->item + i * size, r.items, size * sizeof *d->item);
        d->support[i] = r.support;
        d->owner[i] = owner_of(f->comm, size, d->item + i * size);
    }
    return PA_OK;
}

static void free_dealing(dealing *d)
{
    pa_free(d->item);
    pa_free(d->support);
    pa_free(d->owner);
    pa_route_free(d->route);
    pa_free(d->arrived);
}

static pa_status take_level(const finder *f, size_t size, dealing *d, pa_set_level *l,
                            pa_error *err)
{
    size_t n = pa_route_received(d->route), memory = f->maker.options->memory;
    if (pa_bytes_of_level(size, n) > memory)
        return pa_fail(err, PA_E_MEMORY,
                       "sets of %zu items take more than the %zu bytes that a rank may keep of "
                       "them: a larger minimum support, more ranks, or more memory",
                       size, memory);
    PA_TRY(PA_NEW(d->arrived, n, err));
    return pa_set_level_new(size, n, l, err);
}

static pa_status deal_level(const finder *f, size_t size, pa_set_level *l, pa_error *err)
{
    dealing d = {0};
    pa_status st;
    PA_GOTO(pa_agree(f->comm, take_sets(f, size, &d, err), err));
    PA_GOTO(pa_route_make(f->comm, d.n, d.owner, &d.route, err));
    PA_GOTO(pa_agree(f->comm, take_level(f, size, &d, l, err), err));
    PA_GOTO(pa_route_send(f->comm, d.route, size * sizeof *d.item, d.item, l->item, err));
    PA_GOTO(pa_route_send(f->comm, d.route, sizeof *d.support, d.support, d.arrived, err));
    for (size_t i = 0; i < l->n; i++) l->known[i * pa_words_of_set(size)] = d.arrived[i];
    pa_set_level_index(l);
out:
    free_dealing(&d);
    return st;
}

/* ---- what is known of subsets ---- */

/* Some sets of a level, neighbours, and their subsets that lack one item. */
typedef struct {
    size_t size, n;      /* of the sets */
    const int32_t *item; /* of them */
    uint32_t *known;     /* of their subsets: n x size x pa_words_of_set(size - 1) */
} piece;

static size_t bytes_of_subsets(size_t size)
{
    size_t subset = (size - 1) * sizeof(int32_t) + pa_words_of_set(size - 1) * sizeof(uint32_t);
    return size * (subset + sizeof(int32_t));
}

static void list_subsets(const piece *p, int32_t to[])
{
    for (size_t k = 0; k < p->n; k++)
        for (size_t without = 0; without < p->size; without++)
            for (size_t i = 0; i < p->size; i++)
                if (i != without) *to++ = p->item[k * p->size + i];
}

/* Those of one item are known everywhere. */
static void know_items(const finder *f, const piece *p)
{
    int32_t pair[2];
    for (size_t k = 0; k < p->n; k++) {
        const piece one = {.size = 2, .n = 1, .item = p->item + 2 * k};
        list_subsets(&one, pair);
        pa_know_item(&f->maker, pair[0], p->known + 6 * k);
        pa_know_item(&f->maker, pair[1], p->known + 6 * k + 3);
    }
}

typedef struct {
    size_t n, size; /* of subsets */
    int32_t *item, *owner;
    pa_route *route;
    int32_t *asked; /* that arrived */
    uint32_t *answer;
} question;

static pa_status put_question(pa_comm *comm, const piece *p, question *q, pa_error *err)
{
    q->n = p->n * p->size;
    q->size = p->size - 1;
    PA_TRY(PA_NEW(q->item, q->n * q->size, err));
    PA_TRY(PA_NEW(q->owner, q->n, err));
    list_subsets(p, q->item);
    for (size_t i = 0; i < q->n; i++) q->owner[i] = owner_of(comm, q->size, q->item + i * q->size);
    return PA_OK;
}

static void free_question(question *q)
{
    pa_free(q->item);
    pa_free(q->owner);
    pa_route_free(q->route);
    pa_free(q->asked);
    pa_free(q->answer);
}

static pa_status hear_question(question *q, pa_error *err)
{
    size_t n = pa_route_received(q->route);
    PA_TRY(PA_NEW(q->asked, n * q->size, err));
    return PA_NEW(q->answer, n * pa_words_of_set(q->size), err);
}

static pa_status answer(const question *q, const pa_set_level *below, pa_error *err)
{
    size_t n = pa_route_received(q->route), words = pa_words_of_set(q->size);
    for (size_t i = 0; i < n; i++) {
        const uint32_t *known = pa_find_set(below, q->asked + i * q->size);
        if (!known)
            return pa_fail(err, PA_E_BUG,
                           "a set of %zu items is frequent, and a subset is not there",
                           q->size + 1);
        memcpy(q->answer + i * words, known, words * sizeof *known);
    }
    return PA_OK;
}

/* Collective, also of a piece without sets. */
static pa_status ask(const finder *f, const pa_set_level *below, const piece *p, pa_error *err)
{
    question q = {0};
    size_t words = pa_words_of_set(p->size - 1);
    pa_status st;
    PA_GOTO(pa_agree(f->comm, put_question(f->comm, p, &q, err), err));
    PA_GOTO(pa_route_make(f->comm, q.n, q.owner, &q.route, err));
    PA_GOTO(pa_agree(f->comm, hear_question(&q, err), err));
    PA_GOTO(pa_route_send(f->comm, q.route, q.size * sizeof *q.item, q.item, q.asked, err));
    PA_GOTO(pa_agree(f->comm, answer(&q, below, err), err));
    st = pa_route_return(f->comm, q.route, words * sizeof *q.answer, q.answer, p->known, err);
out:
    free_question(&q);
    return st;
}

/* ---- rules of the sets of one size ---- */

static pa_status make_of_piece(finder *f, const piece *p, uint32_t known[], pa_error *err)
{
    size_t subsets = p->size * pa_words_of_set(p->size - 1), words = pa_words_of_set(p->size);
    for (size_t k = 0; k < p->n; k++)
        PA_TRY(pa_make_rules(&f->maker, p->size, p->item + k * p->size, p->known + k * subsets,
                             known + k * words, err));
    return PA_OK;
}

/* The sets from .. from + n - 1 of the level. */
static pa_status make_some(finder *f, const pa_set_level *below, const pa_set_level *l, size_t from,
                           size_t n, pa_error *err)
{
    piece p = {.size = l->size, .n = n, .item = l->item + from * l->size};
    pa_status st = PA_NEW(p.known, n * l->size * pa_words_of_set(l->size - 1), err);
    st = pa_agree(f->comm, st, err);
    if (st == PA_OK && l->size == 2) know_items(f, &p);
    if (st == PA_OK && l->size > 2) st = ask(f, below, &p, err);
    if (st == PA_OK) st = make_of_piece(f, &p, l->known + from * pa_words_of_set(l->size), err);
    pa_free(p.known);
    return pa_agree(f->comm, st, err);
}

/* All ranks do as many pieces. */
static pa_status make_of_level(finder *f, const pa_set_level *below, const pa_set_level *l,
                               pa_error *err)
{
    size_t most = pa_comm_piece(f->comm) / bytes_of_subsets(l->size) + 1;
    int64_t rounds = (int64_t)((l->n + most - 1) / most);
    pa_max_i64(f->comm, &rounds, 1);
    for (int64_t k = 0; k < rounds; k++) {
        size_t from = (size_t)k * most;
        if (from > l->n) from = l->n;
        size_t n = l->n - from < most ? l->n - from : most;
        PA_TRY(make_some(f, below, l, from, n, err));
    }
    return PA_OK;
}

static pa_status make_all(finder *f, pa_error *err)
{
    pa_set_level below = {0}, level = {0};
    int64_t longest = longest_of_all(f->comm, f->sets);
    pa_status st = PA_OK;
    for (size_t size = 2; st == PA_OK && (int64_t)size <= longest; size++) {
        st = deal_level(f, size, &level, err);
        if (st == PA_OK) st = make_of_level(f, &below, &level, err);
        pa_set_level_free(&below);
        below = level;
        level = (pa_set_level){0};
    }
    pa_set_level_free(&below);
    return st;
}

/* ---- q ---- */

static double q_of(const pa_value_counts *ln_p, const double ln_q[], double v)
{
    return ln_q[pa_lower_bound_i64(ln_p->n, ln_p->value, pa_i64_of_f64(v))];
}

/* Sets ln_q, and keeps those that are up to it. */
static void keep_by_q(pa_rule_maker *m, const double ln_q[])
{
    pa_rule_list *l = &m->kept;
    double most = pa_ln(m->options->max_fdr);
    size_t n = 0, n_items = 0, at = 0;
    for (size_t i = 0; i < l->n; i++) {
        pa_rule r = l->rule[i];
        r.ln_q = q_of(&m->ln_p, ln_q, r.ln_p);
        if (r.ln_q <= most) {
            l->rule[n++] = r;
            memmove(l->item + n_items, l->item + at, r.length * sizeof *l->item);
            n_items += r.length;
        }
        at += r.length;
    }
    l->n = n;
    l->n_items = n_items;
}

static pa_status adjust(finder *f, pa_error *err)
{
    pa_rule_maker *m = &f->maker;
    double *ln_q = NULL;
    pa_status st = pa_order_counts(&m->ln_p, err);
    if (st == PA_OK) st = PA_NEW(ln_q, m->ln_p.n, err);
    st = pa_agree(f->comm, st, err);
    if (st == PA_OK) st = pa_adjust_p(f->comm, &m->ln_p, ln_q, err);
    if (st == PA_OK) keep_by_q(m, ln_q);
    pa_free(ln_q);
    return st;
}

/* ---- all of it ---- */

static pa_status find(finder *f, pa_error *err)
{
    PA_TRY(learn_supports(f, err));
    PA_TRY(make_all(f, err));
    PA_TRY(adjust(f, err));
    pa_value_counts_free(&f->maker.ln_p);
    return pa_order_rules(f->comm, f->maker.options->memory, &f->maker.kept, err);
}

pa_status pa_find_rules(pa_comm *comm, const pa_task_results *sets, int32_t n_items,
                        int64_t n_baskets, const pa_rule_options *options, pa_found_rules *found,
                        pa_error *err)
{
    finder f = {.comm = comm,
                .sets = sets,
                .n_items = n_items,
                .maker = {.options = options, .n_baskets = n_baskets}};
    *found = (pa_found_rules){0};
    pa_status st = find(&f, err);
    if (st == PA_OK) {
        int64_t n[2] = {f.maker.n_tested, (int64_t)f.maker.kept.n};
        pa_sum_i64(comm, n, 2);
        *found = (pa_found_rules){n_baskets, n[0], n[1], f.maker.kept};
        f.maker.kept = (pa_rule_list){0};
    }
    pa_rule_maker_free(&f.maker);
    pa_free(f.support);
    return st;
}

void pa_found_rules_free(pa_found_rules *found)
{
    pa_rule_list_free(&found->here);
    *found = (pa_found_rules){0};
}

/* ---- on every node ---- */

/* The last rank has the end as well. */
static pa_status share_firsts(pa_comm *comm, const pa_rule_list *l, pa_node_array *all,
                              pa_error *err)
{
    size_t *first = NULL, n = l->n + (pa_comm_rank(comm) + 1 == pa_comm_size(comm));
    int64_t before = pa_sum_before_i64(comm, (int64_t)l->n_items);
    pa_status st = pa_agree(comm, PA_NEW(first, l->n + 1, err), err);
    if (st == PA_OK) {
        pa_firsts_of_rules(l, first);
        for (size_t i = 0; i <= l->n; i++) first[i] += (size_t)before;
        st = pa_node_array_gather(comm, first, n * sizeof *first, all, err);
    }
    pa_free(first);
    return st;
}

static pa_status share(pa_comm *comm, const pa_rule_list *l, pa_shared_rules *all, pa_error *err)
{
    PA_TRY(pa_node_array_gather(comm, l->rule, l->n * sizeof *l->rule, &all->rule, err));
    PA_TRY(pa_node_array_gather(comm, l->item, l->n_items * sizeof *l->item, &all->item, err));
    return share_firsts(comm, l, &all->first, err);
}

pa_status pa_share_rules(pa_comm *comm, const pa_found_rules *found, pa_shared_rules *all,
                         pa_error *err)
{
    *all = (pa_shared_rules){0};
    pa_status st = share(comm, &found->here, all, err);
    if (st == PA_OK)
        all->table = (pa_rule_table){found->n_baskets, (size_t)found->n, all->rule.data,
                                     all->first.data, all->item.data};
    else
        pa_shared_rules_free(all);
    return st;
}

void pa_shared_rules_free(pa_shared_rules *all)
{
    pa_node_array_free(&all->rule);
    pa_node_array_free(&all->first);
    pa_node_array_free(&all->item);
    *all = (pa_shared_rules){0};
}
