#define PA_LANES 4
#include "logit_products.h"

void pa_logit_products_avx2(size_t m, const double x[], int64_t sum[])
{
    add_products(m, x, sum);
}
