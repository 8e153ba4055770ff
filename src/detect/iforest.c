#include "paraudit/detect/iforest.h"

#include "iforest_layout.h"
#include "paraudit/base/array.h"

/* Levels that every path takes without looking a place up. */
enum { TOP = 3, LANES = PA_IFOREST_LANES, BLOCK = PA_IFOREST_BLOCK };

static const double LN2 = 0.69314718055994530942;

bool pa_iforest_has_path(pa_iforest_path path)
{
#ifdef __x86_64__
    if (path == PA_IFOREST_AVX512) return __builtin_cpu_supports("avx512f");
#endif
    return path != PA_IFOREST_AVX512;
}

pa_status pa_iforest_check_shape(const pa_iforest_shape *s, pa_error *err)
{
    bool good = s->n_trees >= 1 && s->n_features >= 1 && s->n_features <= PA_IFOREST_MAX_FEATURES &&
                s->sample >= 2 && s->sample <= PA_IFOREST_MAX_SAMPLE &&
                s->depth == pa_iforest_depth(s->sample);
    if (good) return PA_OK;
    return pa_fail(err, PA_E_DATA,
                   "isolation forest of %d trees, %d features, %d rows a tree, depth %d: not a "
                   "forest that this program has written",
                   (int)s->n_trees, (int)s->n_features, (int)s->sample, (int)s->depth);
}

pa_status pa_iforest_check(const pa_iforest_model *m, pa_error *err)
{
    PA_TRY(pa_iforest_check_shape(&m->shape, err));
    size_t n = (size_t)1 << m->shape.depth;
    size_t all = (size_t)m->shape.n_trees * n;
    for (size_t i = 0; i < all; i++) {
        bool used = i % n != 0 && m->feature[i] != -1;
        if (used && (m->feature[i] < 0 || m->feature[i] >= m->shape.n_features))
            return pa_fail(err, PA_E_DATA, "isolation forest: tree %zu cuts feature %d of %d",
                           i / n, (int)m->feature[i], (int)m->shape.n_features);
        if (used && !(m->threshold[i] == m->threshold[i]))
            return pa_fail(err, PA_E_DATA,
                           "isolation forest: tree %zu has a threshold that is "
                           "not a number",
                           i / n);
    }
    int32_t most = 2 * PA_IFOREST_MAX_DEPTH + 4;
    for (size_t i = 0; i < 2 * all; i++)
        if (m->expected[i] < 0 || m->expected[i] > most * PA_IFOREST_UNIT)
            return pa_fail(err, PA_E_DATA, "isolation forest: tree %zu has a path of length %g",
                           i / (2 * n), (double)m->expected[i] / PA_IFOREST_UNIT);
    return PA_OK;
}

/* The layout is at least TOP levels deep: a place below the stored leaves is a
 * part of the leaf above it. */
static int32_t stored_place(const pa_iforest_shape *s, int32_t place)
{
    while (place >> (s->depth + 1)) place >>= 1;
    return place;
}

static bool is_cut(const pa_iforest_model *m, int32_t tree, int32_t place)
{
    int32_t n = INT32_C(1) << m->shape.depth;
    return place < n && m->feature[(size_t)tree * (size_t)n + (size_t)place] >= 0;
}

static int32_t leaf_of(const pa_iforest_model *m, int32_t tree, int32_t place)
{
    size_t n = (size_t)2 << m->shape.depth;
    return m->expected[(size_t)tree * n + (size_t)stored_place(&m->shape, place)];
}

static pa_status lay_out_portable(pa_iforest *f, const pa_iforest_model *m, pa_error *err)
{
    size_t n = (size_t)1 << f->depth, n_stored = (size_t)1 << m->shape.depth;
    size_t all = (size_t)m->shape.n_trees * n;
    PA_TRY(PA_NEW(f->key_below, all, err));
    PA_TRY(PA_NEW(f->offset, all, err));
    PA_TRY(PA_NEW(f->leaf, all, err));
    PA_TRY(PA_NEW(f->block, (size_t)m->shape.n_features * BLOCK, err));
    for (size_t i = 0; i < all; i++) {
        int32_t tree = (int32_t)(i / n), place = (int32_t)(i % n);
        size_t at = (size_t)tree * n_stored + (size_t)place;
        bool cut = is_cut(m, tree, place);
        f->key_below[i] = cut ? pa_iforest_key(m->threshold[at]) - 1 : UINT32_MAX;
        f->offset[i] = cut ? (uint32_t)m->feature[at] * BLOCK : 0;
        f->leaf[i] = leaf_of(m, tree, place + (int32_t)n);
    }
    return PA_OK;
}

/* Whether the features of 16 trees fit below their thresholds. */
static bool can_pack(const pa_iforest_model *m, int32_t first_tree)
{
    if (m->shape.n_features > PA_IFOREST_GRID) return false;
    int32_t n = INT32_C(1) << m->shape.depth;
    for (int32_t tree = first_tree; tree < first_tree + LANES && tree < m->shape.n_trees; tree++) {
        const float *threshold = m->threshold + (size_t)tree * (size_t)n;
        for (int32_t place = 1; place < n; place++)
            if (is_cut(m, tree, place) && pa_iforest_key(threshold[place]) % PA_IFOREST_GRID != 0)
                return false;
    }
    return true;
}

/* One tree into its lane of its group; a tree beyond the last cuts nowhere. */
static void lay_out_lane(pa_iforest *f, const pa_iforest_model *m, int32_t tree)
{
    size_t n = (size_t)1 << f->depth, n_stored = (size_t)1 << m->shape.depth;
    size_t group = (size_t)(tree / LANES), lane = (size_t)(tree % LANES);
    bool real = tree < m->shape.n_trees;
    for (size_t place = 1, width = 1; place < n; place++) {
        if (place == 2 * width) width *= 2;
        size_t to = group * n * LANES + (LANES + lane) * width + (place - width);
        size_t at = (size_t)tree * n_stored + place;
        bool cut = real && is_cut(m, tree, (int32_t)place);
        uint32_t word = cut ? pa_iforest_key(m->threshold[at]) : UINT32_MAX;
        f->feature[to] = cut ? m->feature[at] : 0;
        f->word[to] = cut && f->packed[group] ? word | (uint32_t)m->feature[at] : word;
    }
    for (size_t i = 0; i < n; i++)
        f->group_leaf[(group * LANES + lane) * n + i] =
            real ? leaf_of(m, tree, (int32_t)(n + i)) : 0;
}

static pa_status lay_out_avx512(pa_iforest *f, const pa_iforest_model *m, pa_error *err)
{
    size_t n_groups = ((size_t)m->shape.n_trees + LANES - 1) / LANES;
    size_t all = n_groups * LANES << f->depth;
    f->stride = m->shape.n_features <= 32 ? 32 : ((size_t)m->shape.n_features + 63) / 64 * 64;
    PA_TRY(PA_NEW(f->packed, n_groups, err));
    PA_TRY(PA_NEW(f->word, all, err));
    PA_TRY(PA_NEW(f->feature, all, err));
    PA_TRY(PA_NEW(f->group_leaf, all, err));
    PA_TRY(PA_NEW(f->block, f->stride * BLOCK, err));
    for (size_t g = 0; g < n_groups; g++) f->packed[g] = can_pack(m, (int32_t)g * LANES);
    for (size_t t = 0; t < n_groups * LANES; t++) lay_out_lane(f, m, (int32_t)t);
    return PA_OK;
}

pa_status pa_iforest_open(const pa_iforest_model *model, pa_iforest_path path, pa_iforest **forest,
                          pa_error *err)
{
    *forest = NULL;
    PA_TRY(pa_iforest_check(model, err));
    pa_iforest *f;
    PA_TRY(PA_NEW(f, 1, err));
    f->shape = model->shape;
    f->depth = model->shape.depth < TOP ? TOP : model->shape.depth;
    f->scale = -LN2 / (pa_iforest_average_path(f->shape.sample) * f->shape.n_trees *
                       (double)PA_IFOREST_UNIT);
    f->path = path;
    if (path == PA_IFOREST_BEST)
        f->path = pa_iforest_has_path(PA_IFOREST_AVX512) ? PA_IFOREST_AVX512 : PA_IFOREST_PORTABLE;
    pa_status st = pa_iforest_ways_new(model, &f->ways, err);
    if (st == PA_OK) st = PA_NEW(f->row, (size_t)f->shape.n_features, err);
    if (st == PA_OK)
        st = f->path == PA_IFOREST_AVX512 ? lay_out_avx512(f, model, err)
                                          : lay_out_portable(f, model, err);
    if (st != PA_OK) {
        pa_iforest_free(f);
        return st;
    }
    *forest = f;
    return PA_OK;
}

void pa_iforest_free(pa_iforest *f)
{
    if (!f) return;
    pa_iforest_ways_free(f->ways);
    pa_free(f->row);
    pa_free(f->block);
    pa_free(f->key_below);
    pa_free(f->offset);
    pa_free(f->leaf);
    pa_free(f->word);
    pa_free(f->feature);
    pa_free(f->group_leaf);
    pa_free(f->packed);
    pa_free(f);
}

/* Columns to columns of keys, BLOCK apart. */
static void load_columns(pa_iforest *f, size_t first, size_t n, const float *const column[])
{
    for (int32_t c = 0; c < f->shape.n_features; c++) {
        const float *v = column[c] + first;
        uint32_t *to = f->block + (size_t)c * BLOCK;
        for (size_t r = 0; r < n; r++) to[r] = pa_iforest_key(v[r]);
    }
}

/* Columns to rows of keys, `stride` apart. */
static void load_rows(pa_iforest *f, size_t first, size_t n, const float *const column[])
{
    for (int32_t c = 0; c < f->shape.n_features; c++) {
        const float *v = column[c] + first;
        uint32_t *to = f->block + c;
        for (size_t r = 0; r < n; r++) to[r * f->stride] = pa_iforest_key(v[r]);
    }
}

/* All ones where the row's key is above the key of a place. */
static inline uint32_t above(const uint32_t *const x[], const uint32_t key[], int place, size_t r)
{
    return 0u - (uint32_t)(x[place][r] > key[place]);
}

/* The first three levels for a whole block: all seven cuts, without a look-up,
 * which the compiler turns into vector code. place: 8 .. 15 for each row. */
static void walk_top(const uint32_t *block, const uint32_t key_below[], const uint32_t offset[],
                     uint32_t place[])
{
    const uint32_t *x[8];
    uint32_t key[8];
    for (int p = 0; p < 8; p++) {
        x[p] = block + offset[p];
        key[p] = key_below[p];
    }
    for (size_t r = 0; r < BLOCK; r++) {
        uint32_t a = above(x, key, 1, r);
        uint32_t b = (above(x, key, 3, r) & a) | (above(x, key, 2, r) & ~a);
        uint32_t low = (above(x, key, 5, r) & b) | (above(x, key, 4, r) & ~b);
        uint32_t high = (above(x, key, 7, r) & b) | (above(x, key, 6, r) & ~b);
        uint32_t c = (high & a) | (low & ~a);
        place[r] = 8 + (a & 4) + (b & 2) + (c & 1);
    }
}

/* The rest of the way for 8 neighbouring rows: their steps wait for memory, so
 * they are taken in turn. A comparison is the sign of a 64-bit difference. Kept
 * out of line: the loop then has the registers to itself. */
__attribute__((noinline)) static void walk_eight(const uint32_t *x, const uint32_t key_below[],
                                                 const uint32_t offset[], const int32_t leaf[],
                                                 int32_t depth, const uint32_t place[],
                                                 uint32_t sum[])
{
    uint64_t p[8];
    for (int i = 0; i < 8; i++) p[i] = place[i];
    for (int32_t d = TOP; d < depth; d++)
        for (int i = 0; i < 8; i++) {
            uint64_t key = x[(size_t)offset[p[i]] + (size_t)i];
            p[i] = 2 * p[i] + ((key_below[p[i]] - key) >> 63);
        }
    for (int i = 0; i < 8; i++) sum[i] += (uint32_t)leaf[p[i] - ((uint64_t)1 << depth)];
}

static void walk_portable(const pa_iforest *f, int32_t first, int32_t last, size_t n,
                          uint32_t sum[])
{
    uint32_t place[BLOCK];
    for (int32_t tree = first; tree < last; tree++) {
        size_t at = (size_t)tree << f->depth;
        walk_top(f->block, f->key_below + at, f->offset + at, place);
        for (size_t r = 0; r < n; r += 8)
            walk_eight(f->block + r, f->key_below + at, f->offset + at, f->leaf + at, f->depth,
                       place + r, sum + r);
    }
}

static void walk(const pa_iforest *f, int32_t first, int32_t last, size_t n, uint32_t sum[])
{
    memset(sum, 0, BLOCK * sizeof *sum);
#ifdef __x86_64__
    if (f->path == PA_IFOREST_AVX512) {
        pa_iforest_walk_avx512(f, first / LANES, (last + LANES - 1) / LANES, n, sum);
        return;
    }
#endif
    walk_portable(f, first, last, n, sum);
}

static void score_block(pa_iforest *f, size_t first, size_t n, const float *const column[],
                        int64_t path_sum[])
{
    if (f->path == PA_IFOREST_AVX512)
        load_rows(f, first, n, column);
    else
        load_columns(f, first, n, column);
    for (size_t r = 0; r < n; r++) path_sum[r] = 0;
    for (int32_t tree = 0; tree < f->shape.n_trees; tree += PA_IFOREST_PART) {
        int32_t left = f->shape.n_trees - tree;
        uint32_t sum[BLOCK];
        walk(f, tree, tree + (left < PA_IFOREST_PART ? left : PA_IFOREST_PART), n, sum);
        for (size_t r = 0; r < n; r++) path_sum[r] += sum[r];
    }
}

/* The rows of a block in which values are missing, one by one. */
static void score_lacking(pa_iforest *f, size_t first, size_t n, const float *const column[],
                          int64_t path_sum[])
{
    size_t n_features = (size_t)f->shape.n_features;
    for (size_t r = 0; r < n; r++) {
        for (size_t c = 0; c < n_features; c++) f->row[c] = column[c][first + r];
        if (pa_any_nan(n_features, f->row))
            path_sum[r] = pa_iforest_attribute(f->ways, f->row, NULL);
    }
}

void pa_iforest_score(pa_iforest *f, size_t n, const float *const column[], int64_t path_sum[])
{
    for (size_t first = 0; first < n; first += BLOCK) {
        size_t rows = n - first < BLOCK ? n - first : BLOCK;
        score_block(f, first, rows, column, path_sum + first);
        if (pa_iforest_lacks(column, f->shape.n_features, first, rows))
            score_lacking(f, first, rows, column, path_sum + first);
    }
}

double pa_iforest_anomaly(const pa_iforest *f, int64_t path_sum)
{
    return pa_exp((double)path_sum * f->scale);
}
