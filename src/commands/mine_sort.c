/* Sets by their size, then by their items, over all ranks (W. Frazer, A. McKellar, Samplesort,
 * JACM 1970). No two sets are alike: where they are cut among ranks changes no byte. */
#include <string.h>

#include "mine_parts.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"

enum { HEAD = 2, SAMPLES = 128 /* a rank, on the average */ };

pa_status pa_mine_record(void *writer, size_t n, const int32_t item[], uint32_t support,
                         pa_buffer *to, pa_error *err)
{
    const int32_t head[HEAD] = {(int32_t)n, (int32_t)support};
    (void)writer;
    PA_TRY(pa_buffer_add(to, head, sizeof head, err));
    return pa_buffer_add(to, item, n * sizeof *item, err);
}

static size_t words_of(const int32_t *set)
{
    return HEAD + (size_t)set[0];
}

void pa_mine_sets_free(pa_mine_sets *s)
{
    pa_free(s->own_word);
    pa_free(s->at);
    *s = (pa_mine_sets){0};
}

/* ---- on one rank ---- */

static int compare_sets(const int32_t *a, const int32_t *b)
{
    if (a[0] != b[0]) return a[0] < b[0] ? -1 : 1;
    for (size_t i = HEAD; i < words_of(a); i++)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

static int compare_places(const void *a, const void *b, void *word)
{
    const int32_t *from = word;
    return compare_sets(from + *(const size_t *)a, from + *(const size_t *)b);
}

/* Size and first items in one number: where it is less, a set comes before. What is too large for
 * its bits is all alike there, as are the items behind it, which are larger still. */
static uint64_t key_of(const int32_t *set)
{
    enum { SIZE_BITS = 10, ITEM_BITS = 18, IN_KEY = 3 };
    const int32_t largest_size = (1 << SIZE_BITS) - 1, largest_item = (1 << ITEM_BITS) - 1;
    bool fits = set[0] < largest_size;
    uint64_t key = (uint64_t)(fits ? set[0] : largest_size);
    for (int32_t i = 0; i < IN_KEY; i++) {
        int32_t item = fits && i < set[0] ? set[HEAD + i] : 0;
        key = key << ITEM_BITS | (uint64_t)(item < largest_item ? item : largest_item);
    }
    return key;
}

/* Sets of one key. */
static pa_status sort_runs(const pa_mine_sets *s, const uint64_t key[], const uint32_t order[],
                           pa_error *err)
{
    pa_status st = PA_OK;
    for (size_t i = 0, end; st == PA_OK && i < s->n; i = end) {
        for (end = i + 1; end < s->n && key[order[end]] == key[order[i]];) end++;
        if (end - i > 1)
            st = pa_sort(s->at + i, end - i, sizeof *s->at, compare_places, (void *)s->word, err);
    }
    return st;
}

static pa_status sort_places(pa_mine_sets *s, const size_t place[], uint64_t key[],
                             uint32_t order[], pa_error *err)
{
    for (size_t i = 0; i < s->n; i++) key[i] = key_of(s->word + place[i]);
    PA_TRY(pa_sort_u64(s->n, key, order, err));
    pa_permute(s->n, sizeof *place, order, place, s->at);
    return sort_runs(s, key, order, err);
}

/* Finds the sets among n words, and puts them in order. */
static pa_status sort_here(pa_mine_sets *s, size_t n_words, pa_error *err)
{
    size_t *place = NULL;
    uint64_t *key = NULL;
    uint32_t *order = NULL;
    pa_status st;
    for (size_t at = 0; at < n_words; at += words_of(s->word + at)) s->n++;
    PA_GOTO(PA_NEW(s->at, s->n, err));
    PA_GOTO(PA_NEW(place, s->n, err));
    PA_GOTO(PA_NEW(key, s->n, err));
    PA_GOTO(PA_NEW(order, s->n, err));
    for (size_t at = 0, i = 0; at < n_words; at += words_of(s->word + at)) place[i++] = at;
    st = sort_places(s, place, key, order, err);
out:
    pa_free(place);
    pa_free(key);
    pa_free(order);
    return st;
}

/* ---- where they are cut ---- */

/* As many as this rank has of all, at even places. */
static pa_status take_samples(const pa_mine_sets *s, int64_t n_global, int n_ranks, pa_buffer *to,
                              pa_error *err)
{
    int64_t n = (int64_t)s->n, k = n > 0 ? 1 + n * SAMPLES * n_ranks / n_global : 0;
    if (k > n) k = n;
    for (int64_t i = 0; i < k; i++) {
        const int32_t *set = s->word + s->at[pa_even_share(n, i, k)];
        PA_TRY(pa_buffer_add(to, set, words_of(set) * sizeof *set, err));
    }
    return PA_OK;
}

/* Those of all ranks, in order. */
static pa_status share_samples(pa_comm *comm, const pa_mine_sets *s, pa_mine_sets *samples,
                               pa_error *err)
{
    pa_buffer own = {0};
    void *all = NULL;
    size_t bytes = 0;
    int64_t n_global = (int64_t)s->n;
    pa_sum_i64(comm, &n_global, 1);
    pa_status st = take_samples(s, n_global, pa_comm_size(comm), &own, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_gather_all(comm, own.data, own.length, &all, &bytes, err);
    pa_buffer_free(&own);
    PA_TRY(st);
    *samples = (pa_mine_sets){.word = all, .own_word = all};
    return pa_agree(comm, sort_here(samples, bytes / sizeof(int32_t), err), err);
}

/* Does a set come behind what rank r takes? */
static bool is_behind(const int32_t *set, const pa_mine_sets *samples, int r, int n_ranks)
{
    if (r + 1 == n_ranks || samples->n == 0) return false;
    int64_t cut = pa_even_share((int64_t)samples->n, r + 1, n_ranks);
    return compare_sets(samples->word + samples->at[cut], set) <= 0;
}

/* ---- to where they belong ---- */

/* Copies the sets in their order, and says whose each word is. */
static void pack(const pa_mine_sets *s, const pa_mine_sets *samples, int n_ranks, int32_t word[],
                 int32_t owner[])
{
    int r = 0;
    for (size_t i = 0, at = 0; i < s->n; i++) {
        const int32_t *set = s->word + s->at[i];
        while (is_behind(set, samples, r, n_ranks)) r++;
        memcpy(word + at, set, words_of(set) * sizeof *set);
        for (size_t end = at + words_of(set); at < end; at++) owner[at] = r;
    }
}

/* Takes `owner`. */
static pa_status send_words(pa_comm *comm, size_t n, const int32_t word[], int32_t *owner,
                            pa_mine_sets *to, pa_error *err)
{
    pa_route *route = NULL;
    pa_status st = pa_route_make(comm, n, owner, &route, err);
    pa_free(owner);
    PA_TRY(st);
    size_t arrived = pa_route_received(route);
    st = pa_agree(comm, PA_NEW(to->own_word, arrived, err), err);
    to->word = to->own_word;
    if (st == PA_OK) st = pa_route_send(comm, route, sizeof *word, word, to->own_word, err);
    pa_route_free(route);
    if (st == PA_OK) st = pa_agree(comm, sort_here(to, arrived, err), err);
    return st;
}

/* Takes `s`, n words that lie in what was mined: that goes when they are packed. */
static pa_status exchange(pa_comm *comm, pa_mined *mined, pa_mine_sets *s, size_t n,
                          pa_mine_sets *to, pa_error *err)
{
    pa_mine_sets samples = {0};
    int32_t *word = NULL, *owner = NULL;
    pa_status st = share_samples(comm, s, &samples, err);
    if (st == PA_OK) {
        st = PA_NEW(word, n, err);
        if (st == PA_OK) st = PA_NEW(owner, n, err);
        st = pa_agree(comm, st, err);
    }
    if (st == PA_OK) {
        pack(s, &samples, pa_comm_size(comm), word, owner);
        pa_mine_sets_free(s);
        pa_mined_drop_results(mined);
        st = send_words(comm, n, word, owner, to, err);
        owner = NULL;
    }
    pa_mine_sets_free(&samples);
    pa_free(word);
    pa_free(owner);
    return st;
}

pa_status pa_mine_sort(pa_comm *comm, pa_mined *mined, pa_mine_sets *s, pa_error *err)
{
    const pa_buffer *kept = &mined->results.kept;
    size_t n = kept->length / sizeof(int32_t);
    pa_mine_sets own = {.word = (const int32_t *)kept->data};
    *s = (pa_mine_sets){0};
    pa_status st = pa_agree(comm, sort_here(&own, n, err), err);
    if (st == PA_OK && pa_comm_size(comm) == 1) {
        *s = own;
        return PA_OK;
    }
    if (st == PA_OK) st = exchange(comm, mined, &own, n, s, err);
    pa_mine_sets_free(&own);
    if (st != PA_OK) pa_mine_sets_free(s);
    return st;
}

/* ---- as lines ---- */

typedef struct {
    const pa_mine_sets *sets;
    pa_mine_input *in;
} sorted_lines;

static pa_status add_lines(void *maker, size_t from, size_t until, pa_buffer *text, pa_error *err)
{
    const sorted_lines *l = maker;
    for (size_t i = from; i < until; i++) {
        const int32_t *set = l->sets->word + l->sets->at[i];
        PA_TRY(pa_mine_line(l->in, (size_t)set[0], set + HEAD, (uint32_t)set[1], text, err));
    }
    return PA_OK;
}

pa_status pa_mine_write_lines(const pa_mine_sets *sets, pa_mine_input *in, pa_sink *sink,
                              pa_error *err)
{
    sorted_lines lines = {sets, in};
    PA_TRY(pa_sink_add_rows(sink, 0, sets->n, add_lines, &lines, err));
    return pa_sink_finish(sink, err);
}
