#include <math.h>
#include <string.h>

#include "choice_keys.h"
#include "paraudit/base/array.h"
#include "paraudit/recommend/merchant_choice.h"
#include "paraudit/table/slices.h"

enum { ROOT_UNITS = 1 << 20 };

/* The different merchants of rows begin .. end - 1, the last used first, `most` at most. */
static pa_status last_used(size_t begin, size_t end, const int32_t merchant[], size_t most,
                           pa_pair_questions *seen, int32_t used[], size_t *n, pa_error *err)
{
    *n = 0;
    pa_pair_questions_clear(seen);
    for (size_t i = end; i-- > begin && *n < most;) {
        uint32_t number;
        if (merchant[i] < 0) continue;
        PA_TRY(pa_pair_ask(seen, (uint64_t)merchant[i], &number, err));
        if (number == *n) used[(*n)++] = merchant[i];
    }
    return PA_OK;
}

static pa_status add_company(unsigned first_kind, size_t n, const int32_t used[],
                             pa_pair_list *pairs, pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            PA_TRY(pa_pair_list_add(pairs, pa_key_of_both(first_kind, used[i], used[k]), 1, err));
        if (n > 1)
            PA_TRY(
                pa_pair_list_add(pairs, pa_key_of_sum(first_kind, used[i]), (uint32_t)n - 1, err));
    }
    return PA_OK;
}

static pa_status add_rows(unsigned first_kind, size_t begin, size_t end, const int32_t merchant[],
                          const int8_t segment[], pa_pair_list *pairs, pa_choice_totals *totals,
                          pa_error *err)
{
    for (size_t i = begin; i < end; i++) {
        if (merchant[i] < 0) continue;
        PA_TRY(pa_pair_list_add(pairs, pa_key_of_rows(first_kind, merchant[i]), 1, err));
        PA_TRY(pa_pair_list_add(pairs, pa_key_of_segment(first_kind, segment[i], merchant[i]), 1,
                                err));
        totals->rows++;
        totals->segment[segment[i]]++;
    }
    return PA_OK;
}

pa_status pa_choice_count(unsigned first_kind, size_t n, const int32_t account[],
                          const int32_t merchant[], const int8_t segment[], size_t most,
                          pa_pair_list *pairs, pa_choice_totals *totals, pa_error *err)
{
    pa_pair_questions seen = {0};
    int32_t *used = NULL;
    pa_status st = PA_NEW(used, most, err);
    for (size_t begin = 0, end; st == PA_OK && begin < n; begin = end) {
        size_t n_used;
        end = pa_end_of_slice(n, account, begin);
        st = last_used(begin, end, merchant, most, &seen, used, &n_used, err);
        if (st == PA_OK) st = add_company(first_kind, n_used, used, pairs, err);
        if (st == PA_OK)
            st = add_rows(first_kind, begin, end, merchant, segment, pairs, totals, err);
    }
    pa_free(used);
    pa_pair_questions_free(&seen);
    return st;
}

/* Adds the baskets of the rows to the list; without room for items they are counted only. */
static pa_status add_baskets(size_t n, const int32_t account[], const int32_t merchant[],
                             size_t most, int32_t used[], pa_basket_list *list, bool keep,
                             pa_error *err)
{
    pa_pair_questions seen = {0};
    pa_status st = PA_OK;
    list->n = list->n_items = 0;
    for (size_t begin = 0, end; st == PA_OK && begin < n; begin = end) {
        size_t n_used;
        end = pa_end_of_slice(n, account, begin);
        st = last_used(begin, end, merchant, most, &seen, used, &n_used, err);
        if (st != PA_OK || n_used == 0) continue;
        if (keep) memcpy(list->item + list->n_items, used, n_used * sizeof *used);
        list->n_items += n_used;
        list->n++;
        if (keep) list->first[list->n] = list->n_items;
    }
    pa_pair_questions_free(&seen);
    return st;
}

pa_status pa_choice_baskets(size_t n, const int32_t account[], const int32_t merchant[],
                            size_t most, pa_basket_list *list, pa_error *err)
{
    int32_t *used = NULL;
    *list = (pa_basket_list){0};
    pa_status st = PA_NEW(used, most, err);
    if (st == PA_OK) st = add_baskets(n, account, merchant, most, used, list, false, err);
    if (st == PA_OK) st = PA_NEW(list->first, list->n + 1, err);
    if (st == PA_OK) st = PA_NEW(list->item, list->n_items, err);
    if (st == PA_OK) st = add_baskets(n, account, merchant, most, used, list, true, err);
    pa_free(used);
    return st;
}

pa_status pa_choice_repeat(unsigned first_kind, uint64_t key, int64_t count, pa_pair_list *pairs,
                           pa_error *err)
{
    const int32_t mask = (1 << 30) - 1, a = (int32_t)(key >> 30) & mask, b = (int32_t)key & mask;
    const uint32_t more = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count - 1;
    if (key >> 60 != first_kind + PA_PAIR_BOTH || count < 2) return PA_OK;
    PA_TRY(pa_pair_list_add(pairs, pa_key_of_repeated(first_kind, a), more, err));
    return pa_pair_list_add(pairs, pa_key_of_repeated(first_kind, b), more, err);
}

int pa_choice_size(uint32_t rows)
{
    int octave = 0;
    if (rows == 0) return 0;
    while (rows >> octave > 1) octave++;
    uint64_t square = (uint64_t)rows * rows;
    return 2 * octave + 1 + (octave < 31 && square >> (2 * octave + 1) > 0);
}

void pa_choice_total(unsigned first_kind, uint64_t key, int64_t count, pa_choice_totals *totals)
{
    if (key >> 60 != first_kind + PA_PAIR_ROWS) return;
    totals->merchants++;
    totals->size[pa_choice_size(count > UINT32_MAX ? UINT32_MAX : (uint32_t)count)]++;
    totals->once += count == 1;
    totals->twice += count == 2;
    totals->roots += (int64_t)floor(sqrt((double)count) * ROOT_UNITS + .5);
}
