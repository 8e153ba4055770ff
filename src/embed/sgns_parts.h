/* What the files of pa_sgns share.
 *
 * The model has 2 x n_items rows: inputs, then outputs. In a round each shard works on copies of
 * the rows that it needs, and all that it did comes into the sum. Added up as they are, the changes
 * of a common row overshoot, for each shard took it a good part of the way to where it belongs by
 * itself; averaged, those of a rare row are lost. How far they took it is known well enough: a pair
 * takes a row a share of rate / 4 of what is left of the way, if vectors have the length 1. So a
 * row that shards k have met in n_k pairs has gone 1 - e^(-sum of a_k) of the way where they had
 * met it one after the other, with a_k = n_k rate / 4, while the changes add up to the sum of
 * 1 - e^(-a_k): their quotient is what the sum is taken times. It is 1 for rare rows, and one over
 * the number of shards for those that every shard has settled.
 *
 * Changes are whole numbers of 2^-unit. One is 8 at most in size, which is 2^30 / shards units at
 * most and one more by rounding: the sum of all shards (4096 at most) stays below 2^31. */
#ifndef PARAUDIT_EMBED_SGNS_PARTS_H
#define PARAUDIT_EMBED_SGNS_PARTS_H

#include "paraudit/base/array.h"
#include "paraudit/embed/alias.h"
#include "paraudit/embed/sgns_options.h"
#include "sgns_block.h"

/* Sequences of shards, by their ids. Shard k of those here has [first[k], first[k + 1]). */
typedef struct {
    size_t n_shards, n;
    int32_t *shard; /* its number, of n_shards */
    size_t *first;  /* n_shards + 1 */
    uint64_t *id;
    size_t *start; /* n + 1 */
    int32_t *item;
    size_t longest;
} pa_sgns_book;

/* Zeroed numbers of 4 bytes that begin at a line of the cache: rows of them do, too. Block: what is
 * to be freed. PA_E_MEMORY. */
typedef struct {
    void *block;
    union {
        float *real;
        int32_t *whole;
    } at;
} pa_sgns_rows;
pa_status pa_sgns_rows_new(size_t n, pa_sgns_rows *rows, pa_error *err);

/* What all shards of a round have in common. */
typedef struct {
    const pa_sgns_options *options;
    int32_t n_items, stride;
    pa_alias drawn;
    uint64_t *keep;     /* of each item: a token stays where 32 bits are below */
    const float *model; /* 2 n_items x stride */
    pa_sgns_kernels kernels;
} pa_sgns_ground;

/* A shard's share of a round. */
typedef struct {
    int32_t shard, epoch;
    int64_t round;      /* of the epoch */
    size_t from, until; /* tokens of the book: those that are inputs */
    size_t first, last; /* sequences of the shard */
    float rate;
} pa_sgns_task;

/* One who trains shards, one after the other. */
typedef struct pa_sgns_worker pa_sgns_worker;

pa_status pa_sgns_worker_new(const pa_sgns_ground *ground, const pa_sgns_book *book,
                             pa_sgns_worker **worker, pa_error *err);
void pa_sgns_worker_free(pa_sgns_worker *worker);

/* How often a row was met, in units of 2^-40: the sums over shards of a_k, and of 1 - e^(-a_k). */
typedef struct {
    int64_t met, settled;
} pa_sgns_met;
/* 1 - e^(-a); a is 0 or more. */
double pa_sgns_settled(double a);

/* Starts from the model, and adds what the shard has changed of row r to sum[r x stride ...], and
 * how often it met it to met[r]. */
pa_status pa_sgns_worker_train(pa_sgns_worker *worker, const pa_sgns_task *task, float unit,
                               float most, int32_t sum[], pa_sgns_met met[], pa_error *err);

#endif
