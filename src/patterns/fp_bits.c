/* Sets beside a prefix that is in few baskets: items as words of baskets. */
#include <string.h>

#include "fp_miner.h"
#include "paraudit/base/exact.h"

/* ---- few baskets: sets are counted by the baskets that they are in ---- */

/* MOST: baskets. A word holds all items: of any of them there are fewer than 2^62 sets. */
enum { MOST = 24, WORD_ITEMS = 62 };

/* How many choices of `least` or more out of n baskets there are, as far as `most`. */
static uint64_t choices_of(uint32_t n, uint32_t least, uint64_t most)
{
    uint64_t choices = 1, sum = 0; /* of r baskets */
    for (uint32_t r = 0; r <= n && sum <= most; r++) {
        if (r >= least) sum += choices;
        choices = choices * (n - r) / (r + 1);
    }
    return sum;
}

/* with[r][c]: choices of r baskets that have c items in common. */
typedef struct {
    uint32_t n, least;
    uint64_t row[MOST]; /* items of each basket */
    uint32_t with[MOST + 1][WORD_ITEMS + 1];
} basket_choices;

/* Of the baskets from `from` on, beside `chosen` that have these items in common. */
static void choose(basket_choices *b, uint32_t from, uint32_t chosen, uint64_t items)
{
    if (chosen >= b->least) b->with[chosen][pa_fp_count_bits(items)]++;
    for (uint32_t r = from; r < b->n && chosen + 1 + (b->n - r - 1) >= b->least; r++)
        if (b->row[r] & items) choose(b, r + 1, chosen + 1, b->row[r] & items);
}

/* The other way round: what items are in each basket of `all`. */
static void take_baskets(const pa_bit_items *t, uint64_t all, basket_choices *b)
{
    for (b->n = 0; all; all &= all - 1, b->n++) {
        int at = __builtin_ctzll(all);
        uint64_t row = 0;
        for (int32_t i = 0; i < t->k; i++) row |= (t->baskets[i] >> at & 1) << i;
        b->row[b->n] = row;
    }
}

/* A set is in n baskets; of these there are C(n, r) choices of r. From how many there are of each
 * r, over all sets of a size, it follows how many sets are in `least` or more (C. Jordan's
 * formula, 1927): sum over r >= least of (-1)^(r - least) C(r - 1, least - 1) S(r). */
static void count_choices(const miner *m, const pa_bit_items *t, const basket_choices *b)
{
    pa_i128 sets[WORD_ITEMS + 1] = {0}, factor = 1; /* C(r - 1, least - 1), with its sign */
    for (uint32_t r = b->least; r <= b->n; r++) {
        for (int32_t c = 1; c <= t->k; c++) {
            pa_i128 choices = 1;
            if (b->with[r][c] == 0) continue;
            for (int32_t size = 1; size <= c; size++) {
                choices = choices * (c - size + 1) / size;
                sets[size] += factor * choices * b->with[r][c];
            }
        }
        factor = -factor * (int32_t)r / (int32_t)(r - b->least + 1);
    }
    for (int32_t size = 1; size <= t->k; size++)
        if (sets[size]) pa_fp_count_sets(m, m->n_set + size, (uint64_t)sets[size]);
}

/* ---- */

/* Worth it where there are no more choices than pairs of items. */
static bool counts_by_baskets(const miner *m, const pa_bit_items *t)
{
    if (m->sink || t->k < 4 || t->k > WORD_ITEMS || t->support > MOST) return false;
    uint64_t pairs = (uint64_t)t->k * (uint64_t)t->k / 2;
    return choices_of(t->support, (uint32_t)m->o->min_support, pairs) <= pairs;
}

static void count_by_baskets(const miner *m, const pa_bit_items *t)
{
    basket_choices b;
    uint64_t all = 0, items = 0;
    for (int32_t i = 0; i < t->k; i++) {
        all |= t->baskets[i];
        items |= UINT64_C(1) << i;
    }
    take_baskets(t, all, &b);
    b.least = (uint32_t)m->o->min_support;
    for (uint32_t r = b.least; r <= b.n; r++) memset(b.with[r], 0, sizeof b.with[r]);
    choose(&b, 0, 0, items);
    count_choices(m, t, &b);
}

/* ---- many: item by item ---- */

enum { ASKED = 1024 }; /* one prefix of so many asks whether to go on */

/* What stands beside item i as well. */
static void part_items(miner *m, const pa_bit_items *t, int32_t i, pa_bit_items *to)
{
    uint64_t own = t->baskets[i];
    uint32_t least = (uint32_t)m->o->min_support;
    to->support = pa_fp_count_bits(own);
    to->k = 0;
    for (int32_t j = 0; j < i; j++) {
        uint64_t both = t->baskets[j] & own;
        uint32_t support = pa_fp_count_bits(both);
        if (support < least) continue;
        if (both == own) {
            m->always[m->n_always++] = t->code[j];
            continue;
        }
        to->code[to->k] = t->code[j];
        to->baskets[to->k++] = both;
    }
}

static pa_status mine_beside_item(miner *m, const pa_bit_items *t, int32_t i)
{
    pa_arena *a = m->arena;
    char *mark = a->at;
    int32_t n_always = m->n_always;
    pa_bit_items to = {.code = pa_arena_take(a, (size_t)i, sizeof *to.code),
                       .baskets = pa_arena_take(a, (size_t)i, sizeof *to.baskets)};
    if (!to.code || !to.baskets) return no_memory(m);
    if (++m->n_short % ASKED == 0) PA_TRY(go_on(m));
    m->set[m->n_set++] = t->code[i];
    part_items(m, t, i, &to);
    pa_status st = pa_fp_find(m, 0, to.support);
    if (st == PA_OK && to.k && goes_deeper(m)) st = pa_fp_mine_bits(m, &to, 0, to.k);
    m->n_set--;
    m->n_always = n_always;
    a->at = mark;
    return st;
}

pa_status pa_fp_mine_bits(miner *m, const pa_bit_items *t, int32_t from, int32_t until)
{
    if (until - from == t->k && counts_by_baskets(m, t)) {
        count_by_baskets(m, t);
        return PA_OK;
    }
    for (int32_t i = until; i-- > from;) PA_TRY(mine_beside_item(m, t, i));
    return PA_OK;
}
