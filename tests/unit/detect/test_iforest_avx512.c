/* Built with src/detect/iforest_avx512.c in plain C (tests/support/avx512). */
#include "../../../src/detect/iforest_layout.h"
#include "iforest_data.h"
#include "unit.h"

static void check(uint64_t seed, int32_t n_trees, int32_t n_features, int32_t sample, size_t n)
{
    forest_data f = grow_forest(seed, n_trees, n_features, sample);
    float *values = odd_columns(seed, n_features, n);
    int64_t *plain = sums_of(&f, PA_IFOREST_PORTABLE, values, n);
    int64_t *vector = sums_of(&f, PA_IFOREST_AVX512, values, n);
    size_t unlike = 0;
    for (size_t r = 0; r < n; r++) unlike += plain[r] != vector[r];
    CU_ASSERT_EQUAL(unlike, 0);
    CU_ASSERT(plain[0] > 0);
    pa_free(plain);
    pa_free(vector);
    pa_free(values);
    free_forest(&f);
}

/* Even seeds: thresholds on the grid, features packed below them. */
static void test_vector_path_gives_the_bits_of_the_portable_one(void)
{
    static const int32_t columns[] = {1, 5, 30, 32, 33, 37, 64, 65, 100};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        for (uint64_t seed = 10; seed < 12; seed++) check(seed, 20, columns[i], 256, 130);
}

static void test_shallow_and_deep_trees_too(void)
{
    static const int32_t samples[] = {2, 4, 9, 300, 1024};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        for (uint64_t seed = 20; seed < 22; seed++) check(seed, 17, 7, samples[i], 70);
}

static void test_more_than_one_part_of_trees_too(void)
{
    check(31, 1100, 3, 8, 5);
}

/* Else the two tests above would see one kind of groups only. */
static void test_even_seeds_rest_on_the_grid_and_odd_ones_do_not(void)
{
    size_t off[2] = {0, 0};
    for (uint64_t seed = 10; seed < 12; seed++) {
        forest_data f = grow_forest(seed, 16, 30, 256);
        for (size_t i = 0; i < 16 * 256; i++)
            off[seed % 2] += f.feature[i] >= 0 && pa_iforest_key(f.threshold[i]) % 64 != 0;
        free_forest(&f);
    }
    CU_ASSERT_EQUAL(off[0], 0);
    CU_ASSERT(off[1] > 0);
}

static const pa_test tests[] = {
    {"vector path gives the bits of the portable one",
     test_vector_path_gives_the_bits_of_the_portable_one},
    {"shallow and deep trees too", test_shallow_and_deep_trees_too},
    {"more than one part of trees too", test_more_than_one_part_of_trees_too},
    {"even seeds rest on the grid and odd ones do not",
     test_even_seeds_rest_on_the_grid_and_odd_ones_do_not},
};
PA_TEST_MAIN("iforest_avx512", tests)
