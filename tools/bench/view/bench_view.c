/* What arrives in a view comes in as many runs as there are ranks: CPU seconds of ordering it,
 * beside the sort of the same pairs before they left:  bench_view [PAIRS]
 *
 * Prints "sort X" and then "runs N X", and ends with 1 where any number of runs costs more than
 * the sort. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

enum { MOST_RUNS = 1024, TIMES = 3 };

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void need(bool holds)
{
    if (holds) return;
    fprintf(stderr, "bench_view: no memory\n");
    exit(2);
}

typedef struct {
    size_t n;
    uint64_t *key, *run_key;
    int64_t *tie, *run_tie;
    uint32_t *order, *by_row;
} book;

/* Positions of a million merchants in 120 days, half of the rows at one of them. */
static void draw(book *b)
{
    uint64_t x = 1;
    for (size_t i = 0; i < b->n; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        uint64_t merchant = x & 1 ? 77777 : x % 1000000;
        b->key[i] = merchant * 20000000 + (x >> 20) % 10368000;
        b->tie[i] = (int64_t)(x >> 8);
    }
}

/* The pairs of rows that are dealt out to `runs` ranks, as each of them sends its part. */
static void deal(book *b, size_t runs, size_t start[])
{
    for (size_t r = 0; r <= runs; r++) start[r] = r * b->n / runs;
    for (size_t r = 0; r < runs; r++) {
        size_t at = start[r], n = start[r + 1] - at;
        need(pa_sort_pairs(n, b->key + at, b->tie + at, b->by_row, NULL) == PA_OK);
        pa_permute(n, sizeof *b->key, b->by_row, b->key + at, b->run_key + at);
        pa_permute(n, sizeof *b->tie, b->by_row, b->tie + at, b->run_tie + at);
    }
}

/* The least of some runs. */
static double cost_of_sort(book *b)
{
    double least = 1e9;
    for (int i = 0; i < TIMES; i++) {
        double start = cpu_seconds();
        need(pa_sort_pairs(b->n, b->key, b->tie, b->order, NULL) == PA_OK);
        double spent = cpu_seconds() - start;
        least = spent < least ? spent : least;
    }
    return least;
}

static double cost_of_runs(book *b, size_t runs, const size_t start[])
{
    double least = 1e9;
    for (int i = 0; i < TIMES; i++) {
        double begin = cpu_seconds();
        need(pa_sort_runs(b->n, b->run_key, b->run_tie, runs, start, b->order, NULL) == PA_OK);
        double spent = cpu_seconds() - begin;
        least = spent < least ? spent : least;
    }
    return least;
}

int main(int argc, char **argv)
{
    static size_t start[MOST_RUNS + 1];
    book b = {.n = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000};
    need(PA_NEW(b.key, b.n, NULL) == PA_OK && PA_NEW(b.run_key, b.n, NULL) == PA_OK);
    need(PA_NEW(b.tie, b.n, NULL) == PA_OK && PA_NEW(b.run_tie, b.n, NULL) == PA_OK);
    need(PA_NEW(b.order, b.n, NULL) == PA_OK && PA_NEW(b.by_row, b.n, NULL) == PA_OK);
    draw(&b);
    double sort = cost_of_sort(&b);
    bool more = false;
    printf("sort %.3f\n", sort);
    for (size_t runs = 2; runs <= MOST_RUNS; runs *= 2) {
        deal(&b, runs, start);
        double spent = cost_of_runs(&b, runs, start);
        printf("runs %zu %.3f\n", runs, spent);
        more |= spent > sort;
    }
    pa_free(b.key);
    pa_free(b.run_key);
    pa_free(b.tie);
    pa_free(b.run_tie);
    pa_free(b.order);
    pa_free(b.by_row);
    return more;
}
