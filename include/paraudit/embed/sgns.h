/* Vectors of items from the company that they keep in sequences: skip-gram with negative sampling
 * (item2vec), trained by all ranks together, to the same bits on any number of them.
 *
 * Sequences belong to a fixed number of shards, by a hash of their ids. Training goes in rounds: in
 * each one every shard starts from the same model and trains some hundreds of its tokens; what it
 * changed is rounded to whole numbers, which add up exactly over shards and ranks, and each row of
 * the model takes the sum, made less where shards have met it often (src/embed/sgns_parts.h).
 * Draws hang on (seed, epoch, sequence, place), or on (seed, epoch, shard, round), and the rate on
 * the round. So nothing hangs on the ranks; how many shards there are is a part of the result.
 *
 *     pa_sgns_open(comm, &options, n_items, &sequences, &sgns, err)
 *     pa_sgns_resume(sgns, round, input, output)            where it goes on
 *     while (!pa_sgns_is_done(sgns)) pa_sgns_round(sgns, err)
 *     pa_sgns_vectors(sgns, input, output)
 *     pa_sgns_close(sgns)
 *
 * Memory of a rank: 16 bytes for each dimension of each item, 24 where there are several ranks, and
 * 16 bytes a token. */
#ifndef PARAUDIT_EMBED_SGNS_H
#define PARAUDIT_EMBED_SGNS_H

#include <stdbool.h>

#include "paraudit/comm/comm.h"
#include "paraudit/embed/sgns_options.h"

/* Sequences of this rank: number i has the items item[start[i] .. start[i + 1]), codes from 0 on,
 * in their order. id: distinct over all ranks, and good for more data too: the number of a line, a
 * hash of an account; never a code or a rank. In which order they stand, and on which rank, is of
 * no account. */
typedef struct {
    size_t n;
    const uint64_t *id;
    const size_t *start; /* n + 1 */
    const int32_t *item;
} pa_sequences;

typedef struct pa_sgns pa_sgns;

/* Counts items, moves sequences to the ranks that own their shards, and draws the first model.
 * n_items: 1 to 2^30 - 1, alike on all ranks; sequences: free to go afterwards. PA_E_USAGE,
 * PA_E_DATA: an id that two sequences have; PA_E_MEMORY. On failure *sgns is NULL. Collective. */
pa_status pa_sgns_open(pa_comm *comm, const pa_sgns_options *options, int32_t n_items,
                       const pa_sequences *sequences, pa_sgns **sgns, pa_error *err);
void pa_sgns_close(pa_sgns *sgns); /* NULL is fine; local */

/* All of these are equal on all ranks, and local. */
int64_t pa_sgns_n_rounds(const pa_sgns *sgns); /* of all epochs */
int64_t pa_sgns_rounds_done(const pa_sgns *sgns);
bool pa_sgns_is_done(const pa_sgns *sgns);
int64_t pa_sgns_n_tokens(const pa_sgns *sgns);      /* of items that are not passed over */
const int64_t *pa_sgns_counts(const pa_sgns *sgns); /* n_items: of all ranks, borrowed */

/* Trains the next round. PA_E_MEMORY leaves it to be freed only. Collective. */
pa_status pa_sgns_round(pa_sgns *sgns, pa_error *err);

/* Trains all that is left. Collective. */
pa_status pa_sgns_train(pa_sgns *sgns, pa_error *err);

/* Copies the vectors: n_items x dim each, row-major. After some rounds they and the number of
 * rounds are all of the state. Local. */
void pa_sgns_vectors(const pa_sgns *sgns, float input[], float output[]);

/* Goes on from what pa_sgns_vectors gave after `round` rounds, of the same options and sequences.
 * Local; alike on all ranks. */
void pa_sgns_resume(pa_sgns *sgns, int64_t round, const float input[], const float output[]);

#endif
