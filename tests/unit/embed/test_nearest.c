#include "paraudit/embed/nearest.h"

#include <math.h>
#include <stdbool.h>

#include "paraudit/base/draw.h"
#include "unit.h"

enum { MOST = 40, DIM = 3 };

static float vector[MOST * DIM];

/* Few different ones, so that many are as near; some are zeros. */
static void draw_vectors(uint64_t seed)
{
    for (uint64_t i = 0; i < MOST * DIM; i++)
        vector[i] = (float)pa_draw_below(seed, PA_DRAW_TEST, i / 30, i, 3) - 1;
}

static double cosine(const float *x, const float *y)
{
    double xy = 0, xx = 0, yy = 0;
    for (int d = 0; d < DIM; d++) {
        xy += (double)x[d] * y[d];
        xx += (double)x[d] * x[d];
        yy += (double)y[d] * y[d];
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
}

static bool is_told(const pa_near near[], size_t n, int32_t item)
{
    for (size_t k = 0; k < n; k++)
        if (near[k].item == item) return true;
    return false;
}

/* The best of those not told yet, the first of equal ones. */
static int32_t next_best(int32_t n, int32_t item, const pa_near near[], size_t told)
{
    int32_t best = -1;
    for (int32_t i = 0; i < n; i++) {
        if (i == item || is_told(near, told, i)) continue;
        double c = cosine(vector + item * DIM, vector + i * DIM);
        if (best < 0 || c > cosine(vector + item * DIM, vector + best * DIM) + 1e-12) best = i;
    }
    return best;
}

static void test_nearest_are_those_of_the_naive_twin(void)
{
    for (uint64_t seed = 0; seed < 20; seed++)
        for (int32_t n = 1; n <= MOST; n += 13) {
            pa_near near[MOST];
            int32_t item = (int32_t)(seed % (uint64_t)n), wrong = 0;
            size_t k = (size_t)(seed % 7), found;
            draw_vectors(seed);
            found = pa_nearest(n, DIM, vector, item, k, near);
            CU_ASSERT_EQUAL(found, k < (size_t)n - 1 ? k : (size_t)n - 1);
            for (size_t i = 0; i < found; i++) {
                double c = cosine(vector + item * DIM, vector + near[i].item * DIM);
                int32_t best = next_best(n, item, near, i);
                wrong += fabs(near[i].cosine - c) > 1e-12;
                wrong += fabs(c - cosine(vector + item * DIM, vector + best * DIM)) > 1e-12;
                wrong += i > 0 && near[i].cosine == near[i - 1].cosine &&
                         near[i].item < near[i - 1].item;
            }
            CU_ASSERT_EQUAL(wrong, 0);
        }
}

static const pa_test tests[] = {
    {"nearest are those of the naive twin", test_nearest_are_those_of_the_naive_twin},
};
PA_TEST_MAIN("nearest", tests)
