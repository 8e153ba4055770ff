/* Which features set rows apart: the way of every row through every tree, with
 * what each cut on it adds to its feature. All sums are of integers, so they
 * are those of pa_iforest_attribute in any order. */
#include <string.h>

#include "iforest_layout.h"
#include "paraudit/base/array.h"

enum {
    BLOCK = 64,  /* rows: keys and parts of 35 columns take 27 KiB, a tree 4 */
    TOGETHER = 8 /* rows in flight: their steps wait for memory */
};

/* A cut, with all that is read of it in a quarter of a cache line. */
typedef struct {
    uint32_t key_below; /* a row goes right where key_below < its key */
    uint32_t offset;    /* feature * BLOCK */
    int32_t part[2];    /* expected here less expected to the left, and to the right */
} cut;

struct pa_iforest_parts {
    pa_iforest_shape shape;
    cut *cut;      /* n_trees heaps of 2^depth */
    uint32_t *key; /* n_features x BLOCK */
    int64_t *part; /* n_features x BLOCK */
    pa_iforest_ways *ways;
    float *row; /* one in which values are missing */
    int64_t *row_part;
};

/* Where a tree does not cut, every row goes left and nothing is added. */
static cut cut_at(const pa_iforest_model *m, size_t tree, size_t place)
{
    size_t n = (size_t)1 << m->shape.depth;
    int32_t feature = m->feature[tree * n + place];
    if (place == 0 || feature < 0) return (cut){.key_below = UINT32_MAX};
    const int32_t *expected = m->expected + 2 * tree * n;
    return (cut){
        .key_below = pa_iforest_key(m->threshold[tree * n + place]) - 1,
        .offset = (uint32_t)feature * BLOCK,
        .part = {expected[place] - expected[2 * place], expected[place] - expected[2 * place + 1]}};
}

pa_status pa_iforest_parts_open(const pa_iforest_model *model, pa_iforest_parts **parts,
                                pa_error *err)
{
    *parts = NULL;
    PA_TRY(pa_iforest_check(model, err));
    pa_iforest_parts *p;
    size_t heap = (size_t)1 << model->shape.depth;
    size_t n_cuts = (size_t)model->shape.n_trees * heap;
    size_t n_values = (size_t)model->shape.n_features * BLOCK;
    PA_TRY(PA_NEW(p, 1, err));
    p->shape = model->shape;
    pa_status st = PA_NEW(p->cut, n_cuts, err);
    if (st == PA_OK) st = PA_NEW(p->key, n_values, err);
    if (st == PA_OK) st = PA_NEW(p->part, n_values, err);
    if (st == PA_OK) st = pa_iforest_ways_new(model, &p->ways, err);
    if (st == PA_OK) st = PA_NEW(p->row, (size_t)model->shape.n_features, err);
    if (st == PA_OK) st = PA_NEW(p->row_part, (size_t)model->shape.n_features, err);
    if (st != PA_OK) {
        pa_iforest_parts_free(p);
        return st;
    }
    for (size_t i = 0; i < n_cuts; i++) p->cut[i] = cut_at(model, i / heap, i % heap);
    *parts = p;
    return PA_OK;
}

void pa_iforest_parts_free(pa_iforest_parts *p)
{
    if (!p) return;
    pa_free(p->cut);
    pa_free(p->key);
    pa_free(p->part);
    pa_iforest_ways_free(p->ways);
    pa_free(p->row);
    pa_free(p->row_part);
    pa_free(p);
}

/* Neighbouring rows through one tree. */
static void walk(const cut tree[], int32_t depth, const uint32_t *key, int64_t *part)
{
    size_t place[TOGETHER];
    for (size_t i = 0; i < TOGETHER; i++) place[i] = 1;
    for (int32_t d = 0; d < depth; d++)
        for (size_t i = 0; i < TOGETHER; i++) {
            const cut *c = tree + place[i];
            size_t at = (size_t)c->offset + i;
            size_t right = ((uint64_t)c->key_below - key[at]) >> 63;
            part[at] += c->part[right];
            place[i] = 2 * place[i] + right;
        }
}

/* The rows of a block in which values are missing, one by one. */
static void explain_lacking(pa_iforest_parts *p, size_t first, size_t n,
                            const float *const column[])
{
    size_t n_features = (size_t)p->shape.n_features;
    for (size_t r = 0; r < n; r++) {
        for (size_t c = 0; c < n_features; c++) p->row[c] = column[c][first + r];
        if (!pa_any_nan(n_features, p->row)) continue;
        pa_iforest_attribute(p->ways, p->row, p->row_part);
        for (size_t c = 0; c < n_features; c++) p->part[c * BLOCK + r] = p->row_part[c];
    }
}

void pa_iforest_parts_of(pa_iforest_parts *p, size_t n, const float *const column[], int64_t part[])
{
    size_t n_features = (size_t)p->shape.n_features, n_trees = (size_t)p->shape.n_trees;
    for (size_t first = 0; first < n; first += BLOCK) {
        size_t rows = n - first < BLOCK ? n - first : BLOCK;
        memset(p->part, 0, n_features * BLOCK * sizeof *p->part);
        for (size_t c = 0; c < n_features; c++)
            for (size_t r = 0; r < rows; r++)
                p->key[c * BLOCK + r] = pa_iforest_key(column[c][first + r]);
        for (size_t t = 0; t < n_trees; t++)
            for (size_t r = 0; r < rows; r += TOGETHER)
                walk(p->cut + (t << p->shape.depth), p->shape.depth, p->key + r, p->part + r);
        if (pa_iforest_lacks(column, p->shape.n_features, first, rows))
            explain_lacking(p, first, rows, column);
        for (size_t c = 0; c < n_features; c++)
            memcpy(part + c * n + first, p->part + c * BLOCK, rows * sizeof *part);
    }
}
