/* All frequent sets of some baskets by Apriori, one level after the other. */
#ifndef PARAUDIT_TESTS_BY_LEVELS_H
#define PARAUDIT_TESTS_BY_LEVELS_H

#include "paraudit/base/array.h"
#include "paraudit/patterns/apriori.h"

/* Hears of a whole level, and of what is larger: `about` of pa_apriori_compare. */
typedef void level_taker(void *self, const pa_level *sets, const uint8_t about[],
                         const pa_item_ranks *ranks);

static inline pa_status next_level(const pa_placed_baskets *b, const pa_level *sets, size_t most,
                                   int64_t least, pa_level *larger, pa_error *err)
{
    pa_join_place at = {0};
    pa_level candidates = {0};
    pa_status st;
    do {
        PA_GOTO(pa_apriori_join(sets, &at, most, &candidates, err));
        PA_GOTO(pa_apriori_count(b, &candidates, err));
        PA_GOTO(pa_apriori_keep(&candidates, least, larger, err));
    } while (candidates.n > 0);
out:
    pa_level_free(&candidates);
    return st;
}

/* most: candidates at a time. */
static inline pa_status mine_by_levels(const pa_baskets *b, int64_t least, size_t most,
                                       level_taker *take, void *self, pa_error *err)
{
    pa_item_ranks ranks = {0};
    pa_placed_baskets placed = {0};
    pa_level sets = {0};
    int64_t *support = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(support, (size_t)b->n_items, err));
    PA_GOTO(pa_item_supports(b, support, err));
    PA_GOTO(pa_item_ranks_of(support, b->n_items, least, &ranks, err));
    PA_GOTO(pa_place_baskets(b, &ranks, &placed, err));
    PA_GOTO(pa_apriori_first(&ranks, support, &sets, err));
    while (sets.n > 0) {
        pa_level larger = {0};
        uint8_t *about = NULL;
        st = next_level(&placed, &sets, most, least, &larger, err);
        if (st == PA_OK) st = PA_NEW(about, sets.n, err);
        if (st == PA_OK) st = pa_apriori_compare(&sets, &larger, about, err);
        if (st == PA_OK) take(self, &sets, about, &ranks);
        pa_free(about);
        pa_level_free(&sets);
        sets = larger;
        if (st != PA_OK) goto out;
    }
out:
    pa_level_free(&sets);
    pa_placed_baskets_free(&placed);
    pa_item_ranks_free(&ranks);
    pa_free(support);
    return st;
}

#endif
