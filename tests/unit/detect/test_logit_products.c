/* Built with src/detect/logit_avx2.c and logit_avx512.c in plain C, so for any machine. */
#include "../../../src/detect/logit_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "unit.h"

enum { MOST = 11, ROOM = MOST + 3 };

typedef void products(size_t m, const double x[], int64_t sum[]);

/* Whole numbers, in 2^-24: up to 1/2 in size. */
static void draw_units(size_t m, int64_t unit[ROOM][PA_LOGIT_BLOCK])
{
    const int64_t half = 1 << 23;
    for (size_t j = 0; j < ROOM; j++)
        for (size_t r = 0; r < PA_LOGIT_BLOCK; r++) {
            double u = pa_uniform(1, PA_DRAW_TEST, j, r);
            unit[j][r] = j >= m ? 0 : j == 0 ? half : (int64_t)(2 * u * (double)half) - half;
        }
}

static void check(products *add, size_t m)
{
    static int64_t unit[ROOM][PA_LOGIT_BLOCK], sum[MOST * MOST];
    static double x[ROOM * PA_LOGIT_BLOCK];
    size_t unlike = 0, at = 0;
    draw_units(m, unit);
    for (size_t i = 0; i < ROOM * PA_LOGIT_BLOCK; i++)
        x[i] = (double)unit[i / PA_LOGIT_BLOCK][i % PA_LOGIT_BLOCK] * 0x1p-24;
    for (size_t i = 0; i < MOST * MOST; i++) sum[i] = 3;
    add(m, x, sum);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++) {
            int64_t known = 3;
            for (size_t r = 0; r < PA_LOGIT_BLOCK; r++) known += unit[i][r] * unit[j][r];
            unlike += sum[at++] != known;
        }
    CU_ASSERT_EQUAL(unlike, 0);
    CU_ASSERT_EQUAL(sum[at], 3);
}

static void test_products_are_exact(void)
{
    for (size_t m = 1; m <= MOST - 1; m++) {
        check(pa_logit_products_avx2, m);
        check(pa_logit_products_avx512, m);
    }
}

static const pa_test tests[] = {{"products are exact", test_products_are_exact}};
PA_TEST_MAIN("logit_products", tests)
