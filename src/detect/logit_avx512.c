#define PA_LANES 8
#include "logit_products.h"

void pa_logit_products_avx512(size_t m, const double x[], int64_t sum[])
{
    add_products(m, x, sum);
}
