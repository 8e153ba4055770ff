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

/* Sets from one on, and before another; NULL: there is no such bound. */
typedef struct {
    const int32_t *from, *until;
} set_range;

static bool is_in(const set_range *r, const int32_t *set)
{
    return (!r->from || compare_sets(r->from, set) <= 0) &&
           (!r->until || compare_sets(set, r->until) < 0);
}

/* Finds the sets of a range among n words, and puts them in order. */
static pa_status sort_range(pa_mine_sets *s, size_t n_words, const set_range *range, pa_error *err)
{
    size_t *place = NULL;
    uint64_t *key = NULL;
    uint32_t *order = NULL;
    pa_status st;
    for (size_t at = 0; at < n_words; at += words_of(s->word + at))
        s->n += is_in(range, s->word + at);
    PA_GOTO(PA_NEW(s->at, s->n, err));
    PA_GOTO(PA_NEW(place, s->n, err));
    PA_GOTO(PA_NEW(key, s->n, err));
    PA_GOTO(PA_NEW(order, s->n, err));
    for (size_t at = 0, i = 0; i < s->n; at += words_of(s->word + at))
        if (is_in(range, s->word + at)) place[i++] = at;
    st = sort_places(s, place, key, order, err);
out:
    pa_free(place);
    pa_free(key);
    pa_free(order);
    return st;
}

static pa_status sort_here(pa_mine_sets *s, size_t n_words, pa_error *err)
{
    const set_range all = {0};
    return sort_range(s, n_words, &all, err);
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
static pa_status gather_samples(pa_comm *comm, const pa_buffer *own, pa_mine_sets *samples,
                                pa_error *err)
{
    void *all;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, own->data, own->length, &all, &bytes, err));
    *samples = (pa_mine_sets){.word = all, .own_word = all};
    return pa_agree(comm, sort_here(samples, bytes / sizeof(int32_t), err), err);
}

static pa_status share_samples(pa_comm *comm, const pa_mine_sets *s, pa_mine_sets *samples,
                               pa_error *err)
{
    pa_buffer own = {0};
    int64_t n_global = (int64_t)s->n;
    pa_sum_i64(comm, &n_global, 1);
    pa_status st = take_samples(s, n_global, pa_comm_size(comm), &own, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = gather_samples(comm, &own, samples, err);
    pa_buffer_free(&own);
    return st;
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

/* Takes `s`, whose words lie in what was mined: that goes when they are packed; NULL: it stays. */
static pa_status exchange(pa_comm *comm, pa_mined *mined, pa_mine_sets *s, pa_mine_sets *to,
                          pa_error *err)
{
    pa_mine_sets samples = {0};
    int32_t *word = NULL, *owner = NULL;
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) n += words_of(s->word + s->at[i]);
    pa_status st = share_samples(comm, s, &samples, err);
    if (st == PA_OK) {
        st = PA_NEW(word, n, err);
        if (st == PA_OK) st = PA_NEW(owner, n, err);
        st = pa_agree(comm, st, err);
    }
    if (st == PA_OK) {
        pack(s, &samples, pa_comm_size(comm), word, owner);
        pa_mine_sets_free(s);
        if (mined) pa_mined_drop_results(mined);
        st = send_words(comm, n, word, owner, to, err);
        owner = NULL;
    }
    pa_mine_sets_free(&samples);
    pa_free(word);
    pa_free(owner);
    return st;
}

/* Those of a range, of n words; the rest as exchange. */
static pa_status sort_among(pa_comm *comm, pa_mined *mined, const int32_t word[], size_t n,
                            const set_range *range, pa_mine_sets *s, pa_error *err)
{
    pa_mine_sets own = {.word = word};
    *s = (pa_mine_sets){0};
    pa_status st = pa_agree(comm, sort_range(&own, n, range, err), err);
    if (st == PA_OK && pa_comm_size(comm) == 1) {
        *s = own;
        return PA_OK;
    }
    if (st == PA_OK) st = exchange(comm, mined, &own, s, err);
    pa_mine_sets_free(&own);
    if (st != PA_OK) pa_mine_sets_free(s);
    return st;
}

pa_status pa_mine_sort(pa_comm *comm, pa_mined *mined, pa_mine_sets *s, pa_error *err)
{
    const set_range all = {0};
    const pa_buffer *kept = &mined->results.kept;
    return sort_among(comm, mined, (const int32_t *)kept->data, kept->length / sizeof(int32_t),
                      &all, s, err);
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

static pa_status write_lines(const pa_mine_sets *sets, pa_mine_input *in, pa_sink *sink,
                             pa_error *err)
{
    sorted_lines lines = {sets, in};
    return pa_sink_add_rows(sink, 0, sets->n, add_lines, &lines, err);
}

/* ---- in parts: as many sets at a time as there is memory for ---- */

/* SHARE: a part takes so many times its sets at the most. LEAST: bytes, with which each part still
 * is a good share of what has to be looked through for it. SAMPLED: sets of a part. */
enum { SHARE = 6, LEAST = 16 << 20, SAMPLED = 64 };

static int64_t count_parts(pa_comm *comm, size_t bytes, size_t memory)
{
    double most = (double)bytes;
    pa_max_f64(comm, &most, 1);
    return 1 + (int64_t)(most * SHARE / (double)(memory < LEAST ? LEAST : memory));
}

/* Some sets of n words, `step` of them apart. */
static pa_status sample_words(const int32_t word[], size_t n, size_t step, pa_buffer *to,
                              pa_error *err)
{
    size_t next = 0;
    for (size_t at = 0; at < n; at += words_of(word + at)) {
        if (at < next) continue;
        PA_TRY(pa_buffer_add(to, word + at, words_of(word + at) * sizeof *word, err));
        next += step;
    }
    return PA_OK;
}

/* Where parts are cut. */
static pa_status sample_parts(pa_comm *comm, const int32_t word[], size_t n, int64_t n_parts,
                              pa_mine_sets *samples, pa_error *err)
{
    pa_buffer own = {0};
    int64_t n_global = (int64_t)n;
    pa_sum_i64(comm, &n_global, 1);
    size_t step = (size_t)(n_global / (n_parts * SAMPLED)) + 1;
    pa_status st = pa_agree(comm, sample_words(word, n, step, &own, err), err);
    if (st == PA_OK) st = gather_samples(comm, &own, samples, err);
    pa_buffer_free(&own);
    return st;
}

/* Where part p begins; NULL: there is no bound. */
static const int32_t *begin_of_part(const pa_mine_sets *samples, int64_t p, int64_t n_parts)
{
    if (p == 0 || p == n_parts) return NULL;
    return samples->word + samples->at[pa_even_share((int64_t)samples->n, p, n_parts)];
}

static pa_status write_parts(pa_comm *comm, const int32_t word[], size_t n, int64_t n_parts,
                             pa_mine_input *in, pa_sink *sink, pa_error *err)
{
    pa_mine_sets samples = {0}, part;
    pa_status st = sample_parts(comm, word, n, n_parts, &samples, err);
    for (int64_t p = 0; st == PA_OK && p < n_parts; p++) {
        const set_range range = {begin_of_part(&samples, p, n_parts),
                                 begin_of_part(&samples, p + 1, n_parts)};
        st = sort_among(comm, NULL, word, n, &range, &part, err);
        if (st == PA_OK) st = write_lines(&part, in, sink, err);
        pa_mine_sets_free(&part);
    }
    pa_mine_sets_free(&samples);
    return st;
}

static pa_status write_whole(pa_comm *comm, pa_mined *mined, pa_mine_input *in, pa_sink *sink,
                             pa_error *err)
{
    pa_mine_sets sets;
    PA_TRY(pa_mine_sort(comm, mined, &sets, err));
    pa_status st = write_lines(&sets, in, sink, err);
    pa_mine_sets_free(&sets);
    return st;
}

pa_status pa_mine_write_sorted(pa_comm *comm, pa_mined *mined, pa_mine_input *in, size_t memory,
                               pa_sink *sink, pa_error *err)
{
    const pa_buffer *kept = &mined->results.kept;
    int64_t n_parts = count_parts(comm, kept->length, memory);
    if (n_parts == 1)
        PA_TRY(write_whole(comm, mined, in, sink, err));
    else
        PA_TRY(write_parts(comm, (const int32_t *)kept->data, kept->length / sizeof(int32_t),
                           n_parts, in, sink, err));
    return pa_sink_finish(sink, err);
}
