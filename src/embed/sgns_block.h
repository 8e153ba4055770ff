/* What a block of pairs costs its time in: pairs of items that share the items drawn against them.
 * Small matrices, all sums in a fixed order and without contraction, so that processors of any
 * width give the same bits. */
#ifndef PARAUDIT_EMBED_SGNS_BLOCK_H
#define PARAUDIT_EMBED_SGNS_BLOCK_H

#include <stddef.h>
#include <stdint.h>

enum {
    PA_SGNS_FOLD = 16,   /* floats that a row is padded to a multiple of */
    PA_SGNS_INPUTS = 32, /* of a block, at most; so that a change of one is seen by the next ... */
    PA_SGNS_PAIRS = 192, /* ... that no drawn item takes too large a step at once ... */
    PA_SGNS_OF_INPUT = 32, /* ... and no input */
    PA_SGNS_SHARED = 16    /* drawn items come by so many */
};

/* Rows of different inputs, or of outputs, may be the same. Input b has the pairs [pair[b],
 * pair[b + 1]). Each input meets all n_shared drawn items, with the weight that it has
 * share x pairs of them in expectation, but for those of its pairs whose output that is. */
typedef struct {
    int32_t stride;            /* floats of a row, a multiple of PA_SGNS_FOLD */
    float rate, share;         /* share: negatives of a pair / n_shared */
    size_t n_inputs, n_shared; /* n_shared: a multiple of PA_SGNS_SHARED */
    size_t pair[PA_SGNS_INPUTS + 1];
    float *input[PA_SGNS_INPUTS];
    float *output[PA_SGNS_PAIRS];
    int32_t output_item[PA_SGNS_PAIRS];
    float **shared;       /* n_shared */
    int32_t *shared_item; /* n_shared */
    float *turned;        /* stride x n_shared: room for these as columns */
    float *slope;         /* PA_SGNS_INPUTS x n_shared: room */
    float *change;        /* PA_SGNS_INPUTS x stride: room */
    const float *zeros;   /* stride */
} pa_sgns_block;

/* Slopes are those of the rows as they are; see change_rows in sgns_lanes.h for what sees which
 * change. */
typedef void pa_sgns_step(const pa_sgns_block *block);
pa_sgns_step pa_sgns_step_plain, pa_sgns_step_avx2, pa_sgns_step_avx512;

/* sum[i] += (now[i] - was[i]) x unit, rounded, and no more than `most` in size; n: a multiple of
 * PA_SGNS_FOLD. */
typedef void pa_sgns_note(size_t n, const float was[], const float now[], float unit, float most,
                          int32_t sum[]);
pa_sgns_note pa_sgns_note_plain, pa_sgns_note_avx2, pa_sgns_note_avx512;

typedef struct {
    pa_sgns_step *step;
    pa_sgns_note *note;
} pa_sgns_kernels;

/* The fastest ones that this processor has. */
pa_sgns_kernels pa_sgns_best_kernels(void);

#endif
