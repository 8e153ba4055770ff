#include "paraudit/forecast/normal.h"

#include <math.h>

#include "paraudit/base/math.h"

double pa_normal_quantile(double p)
{
    double low = 0, high = 38, tail = p < .5 ? p : 1 - p;
    for (int i = 0; i < 64; i++) {
        double middle = (low + high) / 2;
        if (pa_erfc(middle / sqrt(2)) / 2 > tail)
            low = middle;
        else
            high = middle;
    }
    return p < .5 ? -low : low;
}
