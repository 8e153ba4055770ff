#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/comm/dictionary.h"

static const size_t pieces[] = {1, 7, PA_PIECE_DEFAULT};
enum { N_PIECES = sizeof pieces / sizeof *pieces, N_NAMES = 400, N_SHARDS = 37, LONGEST = 64 };

typedef struct {
    int32_t shard;
    size_t length;
    char bytes[LONGEST];
} name;

/* Name i of the book. Among them the empty name, prefixes of others, names
 * with zero and with high bytes, and the longest. */
static name name_of(int i)
{
    name v = {0};
    if (i % 10 == 1) {
        v.length = (size_t)(i / 10) % LONGEST + 1;
        memset(v.bytes, 'p', v.length);
    } else if (i % 10 == 2) {
        v.length = 5;
        memcpy(v.bytes, (char[]){'z', 0, (char)0xC3, (char)(i & 127), 0}, 5);
    } else if (i > 0) {
        v.length = (size_t)snprintf(v.bytes, LONGEST, "merchant %d", i * 7919 % 1000);
    }
    v.shard = pa_shard_of(v.bytes, v.length, N_SHARDS);
    return v;
}

static int by_shard_bytes_length(const void *a, const void *b)
{
    const name *x = a, *y = b;
    if (x->shard != y->shard) return x->shard < y->shard ? -1 : 1;
    size_t both = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->bytes, y->bytes, both);
    if (order) return order;
    return x->length < y->length ? -1 : x->length > y->length;
}

/* The slow twin: the sorted set of all names that somebody met. */
static size_t sort_set(size_t n, name v[])
{
    qsort(v, n, sizeof *v, by_shard_bytes_length);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || by_shard_bytes_length(&v[kept - 1], &v[i]) != 0) v[kept++] = v[i];
    }
    return kept;
}

typedef bool (*meets_rule)(int i, int rank, int size);

static bool everyone_meets_all(int i, int rank, int size)
{
    (void)i, (void)rank, (void)size;
    return true;
}

static bool each_is_met_once(int i, int rank, int size)
{
    return i * 2654435761u % (unsigned)size == (unsigned)rank;
}

/* Name i is met by one or two ranks; the first rank meets none of its own. */
static bool met_here_and_there(int i, int rank, int size)
{
    return (i % size == rank && rank > 0) || i % (size + 1) == rank || size == 1;
}

static bool the_last_meets_all(int i, int rank, int size)
{
    (void)i;
    return rank == size - 1;
}

static bool nobody_meets_any(int i, int rank, int size)
{
    (void)i, (void)rank, (void)size;
    return false;
}

/* Meets names from the end of the book on, so that order of meeting and code
 * differ; repeats of a name are left out as a caller would. */
static size_t meet(meets_rule rule, pa_names *local, name met[])
{
    int rank = pa_comm_rank(pa_test_comm()), size = pa_comm_size(pa_test_comm());
    size_t n = 0;
    for (int i = N_NAMES - 1; i >= 0; i--) {
        if (!rule(i, rank, size)) continue;
        name v = name_of(i);
        bool known = false;
        for (size_t j = 0; j < n; j++) known |= by_shard_bytes_length(&met[j], &v) == 0;
        if (!known) met[n++] = v;
    }
    pa_error err = {0};
    local->n = n;
    local->start = pa_alloc(n + 1, sizeof *local->start, &err);
    local->bytes = pa_alloc(n * LONGEST, 1, &err);
    for (size_t i = 0; i < n; i++) {
        memcpy(local->bytes + local->start[i], met[i].bytes, met[i].length);
        local->start[i + 1] = local->start[i] + met[i].length;
    }
    return n;
}

static size_t all_that_are_met(meets_rule rule, name set[])
{
    int size = pa_comm_size(pa_test_comm());
    size_t n = 0;
    for (int i = 0; i < N_NAMES; i++) {
        bool met = false;
        for (int r = 0; r < size; r++) met |= rule(i, r, size);
        if (met) set[n++] = name_of(i);
    }
    return sort_set(n, set);
}

static int wrong_codes(size_t n, const name met[], const int64_t code[], size_t n_set,
                       const name set[])
{
    int wrong = 0;
    for (size_t i = 0; i < n; i++) {
        bool in = code[i] >= 0 && code[i] < (int64_t)n_set;
        wrong += !in || by_shard_bytes_length(&met[i], &set[in ? code[i] : 0]) != 0;
    }
    return wrong;
}

static int wrong_owned(const pa_partition *shards, const pa_names *owned, const name set[])
{
    int rank = pa_comm_rank(pa_test_comm()), wrong = 0;
    const name *mine = set + pa_first_row(shards, rank);
    for (size_t i = 0; i < owned->n; i++) {
        size_t length = owned->start[i + 1] - owned->start[i];
        wrong += length != mine[i].length ||
                 memcmp(owned->bytes + owned->start[i], mine[i].bytes, length) != 0 ||
                 pa_rank_of_shard(shards, mine[i].shard) != rank;
    }
    return wrong;
}

static int wrong_firsts(const pa_partition *shards, size_t n_set, const name set[])
{
    int64_t first[N_SHARDS + 1] = {0};
    for (size_t i = 0; i < n_set; i++) first[set[i].shard + 1]++;
    for (int s = 0; s < N_SHARDS; s++) first[s + 1] += first[s];
    return memcmp(first, shards->first, sizeof first) != 0;
}

/* even: shards are shared out evenly; else the last rank owns all but one. */
static void init_shards(pa_partition *shards, bool even)
{
    int size = pa_comm_size(pa_test_comm());
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_partition_init(shards, N_SHARDS, size, &err), PA_OK);
    for (int r = 1; r < size; r++) shards->cut[r] = even ? r * N_SHARDS / size : 1;
    shards->cut[size] = N_SHARDS;
}

static void check_split(meets_rule rule, bool even)
{
    static name met[N_NAMES], set[N_NAMES];
    static int64_t code[N_NAMES];
    pa_error err = {0};
    pa_names local = {0}, owned;
    pa_partition shards;
    size_t n = meet(rule, &local, met);
    size_t n_set = all_that_are_met(rule, set);
    init_shards(&shards, even);
    CU_ASSERT_EQUAL(pa_dictionary_make(pa_test_comm(), &local, &shards, &owned, code, &err), PA_OK);
    CU_ASSERT_EQUAL(shards.first[N_SHARDS], (int64_t)n_set);
    CU_ASSERT_EQUAL(wrong_firsts(&shards, n_set, set), 0);
    CU_ASSERT_EQUAL(wrong_codes(n, met, code, n_set, set), 0);
    CU_ASSERT_EQUAL(owned.n, pa_row_count(&shards, pa_comm_rank(pa_test_comm())));
    CU_ASSERT_EQUAL(wrong_owned(&shards, &owned, set), 0);
    pa_names_free(&owned);
    pa_names_free(&local);
    pa_partition_free(&shards);
}

/* Two at once, of unlike names and shards, are as each is by itself. */
static void check_both(meets_rule rule, meets_rule other)
{
    static name met[2][N_NAMES], set[2][N_NAMES];
    static int64_t codes[2][N_NAMES];
    const meets_rule rules[2] = {rule, other};
    pa_names local[2] = {{0}, {0}}, owned[2];
    pa_partition shards[2];
    size_t n[2], n_set[2];
    for (int d = 0; d < 2; d++) {
        n[d] = meet(rules[d], local + d, met[d]);
        n_set[d] = all_that_are_met(rules[d], set[d]);
        init_shards(shards + d, d == 0);
    }
    const pa_names *const locals[] = {local, local + 1};
    pa_partition *const both[] = {shards, shards + 1};
    pa_names *const owners[] = {owned, owned + 1};
    int64_t *const code[] = {codes[0], codes[1]};
    CU_ASSERT_EQUAL(pa_dictionary_make_both(pa_test_comm(), locals, both, owners, code, NULL),
                    PA_OK);
    for (int d = 0; d < 2; d++) {
        CU_ASSERT_EQUAL(wrong_firsts(shards + d, n_set[d], set[d]), 0);
        CU_ASSERT_EQUAL(wrong_codes(n[d], met[d], codes[d], n_set[d], set[d]), 0);
        CU_ASSERT_EQUAL(owned[d].n, pa_row_count(shards + d, pa_comm_rank(pa_test_comm())));
        CU_ASSERT_EQUAL(wrong_owned(shards + d, owned + d, set[d]), 0);
        pa_names_free(owned + d);
        pa_names_free(local + d);
        pa_partition_free(shards + d);
    }
}

static void check_in_all_pieces(meets_rule rule)
{
    for (int p = 0; p < N_PIECES; p++) {
        pa_comm_set_piece(pa_test_comm(), pieces[p]);
        check_split(rule, true);
        check_split(rule, false);
    }
}

static void test_codes_are_places_in_the_sorted_set(void)
{
    check_in_all_pieces(each_is_met_once);
}

static void test_names_that_all_ranks_met_have_one_code(void)
{
    check_in_all_pieces(everyone_meets_all);
}

static void test_split_of_names_does_not_matter(void)
{
    check_in_all_pieces(met_here_and_there);
    check_in_all_pieces(the_last_meets_all);
}

static void test_two_dictionaries_travel_together(void)
{
    for (int p = 0; p < N_PIECES; p++) {
        pa_comm_set_piece(pa_test_comm(), pieces[p]);
        check_both(met_here_and_there, each_is_met_once);
        check_both(the_last_meets_all, met_here_and_there);
        check_both(nobody_meets_any, everyone_meets_all);
    }
}

static void test_dictionary_may_be_empty(void)
{
    check_in_all_pieces(nobody_meets_any);
}

/* The list is the same, with these codes, between others that are empty. again: room for them. */
static void list_among_few(const pa_names *local, const pa_names *listed, const int64_t code[],
                           int64_t again[])
{
    enum { LISTS = 3 };
    pa_comm *comm = pa_test_comm();
    int size = pa_comm_size(comm);
    const pa_names lists[LISTS] = {{0}, *local, {0}};
    int64_t none, *const codes[LISTS] = {&none, again, &none};
    pa_names owned[LISTS];
    pa_partition on_rank_0[LISTS];
    memset(on_rank_0, 0, sizeof on_rank_0);
    for (int l = 0; l < LISTS; l++) {
        CU_ASSERT_EQUAL(pa_partition_init(on_rank_0 + l, 1, size, NULL), PA_OK);
        for (int r = 1; r <= size; r++) on_rank_0[l].cut[r] = 1;
    }
    CU_ASSERT_EQUAL(pa_dictionary_few(comm, PA_OK, LISTS, lists, on_rank_0, owned, codes, NULL),
                    PA_OK);
    CU_ASSERT_EQUAL(owned[1].n, listed->n);
    CU_ASSERT(local->n == 0 || memcmp(again, code, local->n * sizeof *code) == 0);
    for (size_t i = 0; i < listed->n; i++)
        CU_ASSERT_EQUAL(owned[1].start[i + 1], listed->start[i + 1]);
    CU_ASSERT(listed->n == 0 ||
              memcmp(owned[1].bytes, listed->bytes, listed->start[listed->n]) == 0);
    for (int l = 0; l < LISTS; l++) {
        CU_ASSERT(l == 1 || (owned[l].n == 0 && on_rank_0[l].first[1] == 0));
        pa_names_free(owned + l);
        pa_partition_free(on_rank_0 + l);
    }
}

/* Each rank has the numbers that do not divide by its own + 2, the largest first and as text: many
 * or few of them, the list has each once, in order, and every rank its codes. */
static void list_numbers(int n)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    pa_names local = {0}, owned = {0};
    pa_partition on_rank_0 = {0};
    size_t wrong = 0, n_all = 0;
    CU_ASSERT_EQUAL_FATAL(PA_NEW(local.start, (size_t)n + 1, NULL), PA_OK);
    CU_ASSERT_EQUAL_FATAL(PA_NEW(local.bytes, (size_t)n * 6, NULL), PA_OK);
    for (int v = n; v-- > 0;) {
        if (v % (rank + 2) == 0) continue;
        local.start[local.n + 1] =
            local.start[local.n] +
            (size_t)snprintf(local.bytes + local.start[local.n], 6, "%05d", v);
        local.n++;
    }
    int64_t *code = pa_alloc(local.n, sizeof *code, NULL);
    int64_t *again = pa_alloc(local.n, sizeof *again, NULL),
            *expected = pa_alloc((size_t)n, 8, NULL);
    for (int v = 0; v < n; v++) {
        bool there = false;
        for (int r = 0; r < size; r++) there |= v % (r + 2) != 0;
        expected[v] = (int64_t)n_all;
        n_all += there;
    }
    CU_ASSERT_EQUAL(pa_partition_init(&on_rank_0, 1, size, NULL), PA_OK);
    for (int r = 1; r <= size; r++) on_rank_0.cut[r] = 1;
    CU_ASSERT_EQUAL(pa_dictionary_list(comm, &local, &on_rank_0, &owned, code, NULL), PA_OK);
    CU_ASSERT_EQUAL(on_rank_0.first[1], (int64_t)n_all);
    CU_ASSERT_EQUAL(owned.n, rank == 0 ? n_all : 0);
    for (size_t i = 0; i < local.n; i++) {
        int v = 0;
        for (size_t c = local.start[i]; c < local.start[i + 1]; c++)
            v = 10 * v + local.bytes[c] - '0';
        wrong += code[i] != expected[v];
        if (rank > 0) continue;
        const char *listed = owned.bytes + owned.start[code[i]];
        wrong += memcmp(listed, local.bytes + local.start[i], 5) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    list_among_few(&local, &owned, code, again);
    pa_names_free(&local);
    pa_names_free(&owned);
    pa_partition_free(&on_rank_0);
    pa_free(code);
    pa_free(again);
    pa_free(expected);
}

static void test_list_of_many_names_is_that_of_few(void)
{
    list_numbers(0);
    list_numbers(50);
    list_numbers(30000);
}

static const pa_test tests[] = {
    {"codes are places in the sorted set", test_codes_are_places_in_the_sorted_set},
    {"names that all ranks met have one code", test_names_that_all_ranks_met_have_one_code},
    {"split of names does not matter", test_split_of_names_does_not_matter},
    {"two dictionaries travel together", test_two_dictionaries_travel_together},
    {"dictionary may be empty", test_dictionary_may_be_empty},
    {"list of many names is that of few", test_list_of_many_names_is_that_of_few},
};
PA_MPI_TEST_MAIN("dictionary", tests)
