/* What the files of pa_sgns share.
 *
 * The model has 2 x n_items rows: inputs, then outputs. In a round each shard works on copies of
 * the rows that it needs; a row that k shards have changed takes the sum of their changes divided
 * by the square root of k. Divided by k, as an average is, rows hardly move; undivided, common ones
 * overshoot.
 *
 * Changes are whole numbers of 2^-unit. One is 8 at most in size, which is 2^30 / shards units at
 * most and one more by rounding: the sum of all shards (4096 at most) stays below 2^31. */
#ifndef PARAUDIT_EMBED_SGNS_PARTS_H
#define PARAUDIT_EMBED_SGNS_PARTS_H

#include "paraudit/embed/alias.h"
#include "paraudit/embed/sgns.h"
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

/* Moves sequences to their owners. Collective. */
pa_status pa_sgns_book_make(pa_comm *comm, int32_t n_shards, const pa_sequences *sequences,
                            pa_sgns_book *book, pa_error *err);
/* Leaves out items that are rarer than min_count. Local. */
void pa_sgns_book_thin(pa_sgns_book *book, const int64_t count[], int64_t min_count);
void pa_sgns_book_free(pa_sgns_book *book);

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

/* Starts from the model, and adds what the shard has changed of row r to sum[r x stride ...], and 1
 * to changed_by[r]. */
pa_status pa_sgns_worker_train(pa_sgns_worker *worker, const pa_sgns_task *task, float unit,
                               float most, int32_t sum[], int32_t changed_by[], pa_error *err);

#endif
