/* The normal distribution. */
#ifndef PARAUDIT_FORECAST_NORMAL_H
#define PARAUDIT_FORECAST_NORMAL_H

/* What is not exceeded with probability p, between 0 and 1; by bisection to the last digit. */
double pa_normal_quantile(double p);

#endif
