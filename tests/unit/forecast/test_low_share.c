#include "paraudit/forecast/low_share.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "unit.h"

enum { DRAWN = 20000 };

static void set_without_rows(double edge[PA_LOW_SHARE_EDGES])
{
    const int64_t none[PA_LOW_SHARE_EDGES] = {0};
    pa_low_share_set(none, edge);
}

static void test_without_rows_it_is_that_of_the_normal_distribution(void)
{
    double edge[PA_LOW_SHARE_EDGES];
    set_without_rows(edge);
    for (double z = -2.8; z < 3.9; z += .01)
        CU_ASSERT_DOUBLE_EQUAL(pa_low_share(edge, z) / (erfc(-z / sqrt(2)) / 2), 1, .02);
}

static void test_it_rises_and_is_bounded(void)
{
    double edge[PA_LOW_SHARE_EDGES], last = .001;
    set_without_rows(edge);
    CU_ASSERT_EQUAL(pa_low_share(edge, -1e300), .001);
    for (double z = -20; z < 20; z += .01) {
        double v = pa_low_share(edge, z);
        CU_ASSERT_TRUE(v <= 1 && v >= last);
        last = v;
    }
    CU_ASSERT_TRUE(last > .9999);
}

/* Residuals that are far from normal: half of them at -1 to 0, half at 0 to 3.5. */
static void test_it_is_uniform_whatever_residuals_are(void)
{
    static double z[DRAWN + 1];
    int64_t count[PA_LOW_SHARE_EDGES] = {0};
    double edge[PA_LOW_SHARE_EDGES], sum = 0;
    size_t low = 0;
    for (size_t i = 0; i < DRAWN; i++) {
        double u = 2 * pa_uniform(2, PA_DRAW_TEST, i, 0) - 1;
        z[i] = u < 0 ? u : 3.5 * u;
    }
    z[DRAWN] = NAN;
    pa_low_share_count(DRAWN + 1, z, count);
    pa_low_share_set(count, edge);
    for (size_t i = 0; i < DRAWN; i++) {
        sum += pa_low_share(edge, z[i]);
        low += pa_low_share(edge, z[i]) < .1;
    }
    CU_ASSERT_DOUBLE_EQUAL(sum / DRAWN, .5, .01);
    CU_ASSERT_DOUBLE_EQUAL((double)low / DRAWN, .1, .006);
}

static const pa_test tests[] = {
    {"without rows it is that of the normal distribution",
     test_without_rows_it_is_that_of_the_normal_distribution},
    {"it rises and is bounded", test_it_rises_and_is_bounded},
    {"it is uniform, whatever residuals are", test_it_is_uniform_whatever_residuals_are},
};
PA_TEST_MAIN("low share", tests)
