#include "paraudit/embed/sgns.h"

#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/words.h"

enum { SEQUENCES = 120, ITEMS = 40, GROUPS = 4, MOST_LENGTH = 30, DIM = 20 };

/* Sequences of one to four groups of items; items of a group come together. Item 39 is rare. */
static size_t start[SEQUENCES + 1];
static int32_t item[SEQUENCES * MOST_LENGTH];
static uint64_t id[SEQUENCES];

static void draw_sequences(void)
{
    for (size_t i = 0; i < SEQUENCES; i++) {
        size_t n = pa_draw_below(1, PA_DRAW_TEST, i, 0, MOST_LENGTH);
        uint64_t group = pa_draw_below(1, PA_DRAW_TEST, i, 1, GROUPS);
        start[i + 1] = start[i] + n;
        id[i] = i * 7919 + 11;
        for (size_t k = 0; k < n; k++)
            item[start[i] + k] = (int32_t)(group + GROUPS * pa_draw_below(1, PA_DRAW_TEST, i, k + 2,
                                                                          ITEMS / GROUPS - 1));
    }
    item[5] = ITEMS - 1;
}

/* How the sequences lie on the ranks. */
typedef enum { EVENLY, ON_THE_LAST, BACKWARDS, N_CUTS } cut;

typedef struct {
    pa_sequences s;
    size_t start[SEQUENCES + 1];
    uint64_t id[SEQUENCES];
    int32_t item[SEQUENCES * MOST_LENGTH];
} held;

static void add(held *h, size_t i)
{
    size_t n = start[i + 1] - start[i], at = h->start[h->s.n];
    memcpy(h->item + at, item + start[i], n * sizeof *item);
    h->id[h->s.n++] = id[i];
    h->start[h->s.n] = at + n;
}

static void hold(cut how, held *h)
{
    size_t rank = (size_t)pa_comm_rank(pa_test_comm()), size = (size_t)pa_comm_size(pa_test_comm());
    memset(h, 0, sizeof *h);
    h->s = (pa_sequences){0, h->id, h->start, h->item};
    for (size_t k = 0; k < SEQUENCES; k++) {
        size_t i = how == BACKWARDS ? SEQUENCES - 1 - k : k;
        size_t owner = how == ON_THE_LAST ? size - 1
                       : how == EVENLY    ? i * size / SEQUENCES
                                          : i % size;
        if (owner == rank) add(h, i);
    }
}

static pa_sgns_options small(void)
{
    pa_sgns_options o = pa_sgns_defaults();
    o.dim = DIM;
    o.window = 3;
    o.epochs = 3;
    o.min_count = 2;
    o.shards = 8;
    o.round = 40;
    o.sample = 0.003;
    o.power = 1;
    return o;
}

typedef struct {
    float input[ITEMS * DIM], output[ITEMS * DIM];
} model;

/* stop: rounds after which it is closed, and another goes on; -1: none. */
static void train(const pa_sgns_options *o, cut how, int64_t stop, model *m)
{
    static held h;
    pa_error err = {0};
    pa_sgns *s = NULL;
    hold(how, &h);
    CU_ASSERT_EQUAL(pa_sgns_open(pa_test_comm(), o, ITEMS, &h.s, &s, &err), PA_OK);
    if (!s) return;
    while (stop > 0 && pa_sgns_rounds_done(s) < stop)
        CU_ASSERT_EQUAL(pa_sgns_round(s, &err), PA_OK);
    if (stop >= 0) {
        int64_t done = pa_sgns_rounds_done(s);
        pa_sgns_vectors(s, m->input, m->output);
        pa_sgns_close(s);
        hold(BACKWARDS, &h);
        CU_ASSERT_EQUAL(pa_sgns_open(pa_test_comm(), o, ITEMS, &h.s, &s, &err), PA_OK);
        pa_sgns_resume(s, done, m->input, m->output);
    }
    CU_ASSERT_EQUAL(pa_sgns_train(s, &err), PA_OK);
    CU_ASSERT(pa_sgns_is_done(s));
    pa_sgns_vectors(s, m->input, m->output);
    pa_sgns_close(s);
}

static uint64_t digest(const model *m)
{
    uint64_t h = 0;
    for (size_t i = 0; i < ITEMS * DIM; i++) {
        uint32_t bits[2];
        memcpy(&bits[0], &m->input[i], 4);
        memcpy(&bits[1], &m->output[i], 4);
        h = pa_mix(h ^ (bits[0] | (uint64_t)bits[1] << 32));
    }
    return h;
}

static double product(const float *x, const float *y)
{
    double sum = 0;
    for (int d = 0; d < DIM; d++) sum += (double)x[d] * y[d];
    return sum;
}

/* The same constant at 1, 2, 3 and 4 ranks, and on every processor. */
static void test_bits_do_not_hang_on_ranks(void)
{
    static model m;
    pa_sgns_options o = small();
    const uint64_t known = UINT64_C(0x4a730ee5897946a5);
    for (int how = 0; how < N_CUTS; how++) {
        train(&o, (cut)how, -1, &m);
        CU_ASSERT_EQUAL(digest(&m), known);
        if (digest(&m) != known) printf("digest is 0x%016llx\n", (unsigned long long)digest(&m));
    }
}

static void test_training_goes_on_where_it_stopped(void)
{
    static model whole, parts;
    pa_sgns_options o = small();
    train(&o, EVENLY, -1, &whole);
    for (int64_t stop = 0; stop < 16; stop += 5) {
        train(&o, EVENLY, stop, &parts);
        CU_ASSERT_EQUAL(memcmp(&whole, &parts, sizeof whole), 0);
    }
}

/* Every option counts. */
static void test_options_count(void)
{
    static model m;
    uint64_t seen[8];
    pa_sgns_options o[8];
    for (int i = 0; i < 8; i++) o[i] = small();
    o[1].seed = 2;
    o[2].window = 2;
    o[3].negative = 7;
    o[4].sample = 0;
    o[5].power = -0.5;
    o[6].shards = 9;
    o[7].window = 0;
    for (int i = 0; i < 8; i++) {
        train(&o[i], EVENLY, -1, &m);
        seen[i] = digest(&m);
        for (int k = 0; k < i; k++) CU_ASSERT_NOT_EQUAL(seen[i], seen[k]);
    }
}

/* Pairs of one group have a larger product than those of two, however many shards there are. */
static void test_items_of_a_group_are_near(void)
{
    static model m;
    static const int32_t shards[] = {1, 8, 32};
    for (size_t s = 0; s < sizeof shards / sizeof *shards; s++)
        for (int32_t window = 0; window <= 4; window += 4) {
            pa_sgns_options o = small();
            double mean[2] = {0};
            o.shards = shards[s];
            o.window = window;
            o.epochs = 30;
            o.round = 640 / o.shards;
            o.rate = 0.05;
            train(&o, EVENLY, -1, &m);
            for (int a = 0; a < ITEMS - GROUPS; a++)
                for (int b = 0; b < ITEMS - GROUPS; b++)
                    if (a != b)
                        mean[a % GROUPS == b % GROUPS] +=
                            product(m.input + a * DIM, m.output + b * DIM) /
                            (a % GROUPS == b % GROUPS ? 8 : 27) / 36;
            CU_ASSERT(mean[1] > mean[0] + 2);
            CU_ASSERT(mean[1] < 20 && mean[0] > -20);
        }
}

/* All pairs of sequences of hundreds of items: no step is so large that vectors fly away. */
static void test_long_baskets_stay_in_bounds(void)
{
    enum { LENGTH = 400, N = 8 };
    static int32_t of[N * LENGTH];
    static float input[ITEMS * DIM], output[ITEMS * DIM];
    const bool here = pa_comm_rank(pa_test_comm()) == 0;
    uint64_t ids[N];
    size_t begin[N + 1] = {0};
    float largest = 0;
    pa_error err = {0};
    pa_sgns_options o = small();
    pa_sgns *s = NULL;
    for (size_t i = 0; i < N; i++) {
        ids[i] = i;
        begin[i + 1] = begin[i] + LENGTH;
        for (size_t k = begin[i]; k < begin[i + 1]; k++)
            of[k] = (int32_t)(i % GROUPS + GROUPS * pa_draw_below(2, PA_DRAW_TEST, i, k, 9));
    }
    const pa_sequences baskets = {here ? N : 0, ids, begin, of};
    o.window = 0;
    o.epochs = 10;
    o.sample = 0;
    CU_ASSERT_EQUAL(pa_sgns_open(pa_test_comm(), &o, ITEMS, &baskets, &s, &err), PA_OK);
    if (!s) return;
    CU_ASSERT_EQUAL(pa_sgns_train(s, &err), PA_OK);
    pa_sgns_vectors(s, input, output);
    for (size_t i = 0; i < ITEMS; i++) {
        float size = (float)product(input + i * DIM, input + i * DIM);
        if (!(size <= largest)) largest = size;
    }
    CU_ASSERT(largest > 1 && largest < 100);
    pa_sgns_close(s);
}

static void test_rare_items_are_passed_over(void)
{
    static model m;
    static const float zeros[DIM];
    pa_sgns_options o = small();
    train(&o, EVENLY, -1, &m);
    CU_ASSERT_EQUAL(memcmp(m.input + (ITEMS - 1) * DIM, zeros, sizeof zeros), 0);
    CU_ASSERT_EQUAL(memcmp(m.output + (ITEMS - 1) * DIM, zeros, sizeof zeros), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(m.input, zeros, sizeof zeros), 0);
}

/* No sequence, or none with an item that is not rare: nothing to train, and no error. */
static void test_nothing_to_train_is_no_error(void)
{
    static held h;
    static model m;
    pa_error err = {0};
    for (int empty = 0; empty < 2; empty++) {
        pa_sgns_options o = small();
        pa_sgns *s = NULL;
        hold(EVENLY, &h);
        if (empty) h.s.n = 0;
        o.min_count = 1000000;
        CU_ASSERT_EQUAL(pa_sgns_open(pa_test_comm(), &o, ITEMS, &h.s, &s, &err), PA_OK);
        if (!s) return;
        CU_ASSERT_EQUAL(pa_sgns_n_rounds(s), 0);
        CU_ASSERT_EQUAL(pa_sgns_train(s, &err), PA_OK);
        pa_sgns_vectors(s, m.input, m.output);
        for (int i = 0; i < ITEMS * DIM; i++) CU_ASSERT(m.input[i] == 0 && m.output[i] == 0);
        pa_sgns_close(s);
    }
}

static void test_odd_input_is_refused(void)
{
    static held h;
    pa_error err = {0};
    pa_sgns *s;
    pa_sgns_options o = small();
    hold(EVENLY, &h);
    for (size_t i = 0; i < h.s.n; i++) h.id[i] = h.id[i] == id[7] ? id[70] : h.id[i];
    CU_ASSERT_EQUAL(pa_sgns_open(pa_test_comm(), &o, ITEMS, &h.s, &s, &err), PA_E_DATA);
    CU_ASSERT_PTR_NULL(s);
    err = (pa_error){0};
    o.power = 1.5;
    CU_ASSERT_EQUAL(pa_sgns_open(pa_test_comm(), &o, ITEMS, &h.s, &s, &err), PA_E_USAGE);
    CU_ASSERT_STRING_EQUAL(err.message, "power is 1.5, and not from -1 to 1");
    CU_ASSERT_PTR_NULL(s);
}

static const pa_test tests[] = {
    {"bits do not hang on ranks", test_bits_do_not_hang_on_ranks},
    {"training goes on where it stopped", test_training_goes_on_where_it_stopped},
    {"options count", test_options_count},
    {"items of a group are near", test_items_of_a_group_are_near},
    {"long baskets stay in bounds", test_long_baskets_stay_in_bounds},
    {"rare items are passed over", test_rare_items_are_passed_over},
    {"nothing to train is no error", test_nothing_to_train_is_no_error},
    {"odd input is refused", test_odd_input_is_refused},
};

int main(int argc, char **argv)
{
    draw_sequences();
    return pa_run_mpi_tests(argc, argv, "sgns", tests, sizeof tests / sizeof *tests);
}
