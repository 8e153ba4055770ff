/* Transcendental functions whose bits are the same on every x86-64 machine.
 *
 * glibc chooses among variants by CPU, and their last bits differ; here only
 * + - * / and sqrt on doubles, bit operations, fabs and floor are used, and files are compiled
 * without contraction. All functions are pure. "ulp": the largest error met in
 * tests against long double, in units of the last place of the result.
 *
 * exp and log are table-driven after P. T. P. Tang (ACM TOMS 15(2), 1989, and
 * 16(4), 1990); erfc is a polynomial of M. M. Shepherd and J. G. Laframboise's
 * form (Math. Comp. 36, 1981); coefficients are our own. */
#ifndef PARAUDIT_BASE_MATH_H
#define PARAUDIT_BASE_MATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* e^x; below 0.6 ulp, 1 ulp where the result is subnormal. inf from 709.79 on,
 * 0 below -745.2. */
double pa_exp(double x);

/* Natural logarithm; below 0.51 ulp. -inf at 0, NaN below. */
double pa_ln(double x);

/* log(1 + x), good near 0 too; below 1 ulp. -inf at -1, NaN below. */
double pa_ln1p(double x);

/* Logarithm to the base 2; below 2 ulp. */
double pa_log2(double x);

/* 1 - erf(x), good far out too; below 3 ulp. 0 above 27.3. The upper tail of
 * the normal distribution at z is pa_erfc(z / sqrt(2)) / 2. */
double pa_erfc(double x);

/* sin(2 pi turns) and cos(2 pi turns); below 2 ulp. Exact at multiples of a
 * quarter turn; NaN for inf. */
double pa_sin_turn(double turns);
double pa_cos_turn(double turns);

/* The angle in radians, from -pi/2 to pi/2, whose sine is x; below 3 ulp. NaN
 * where |x| > 1. */
double pa_asin(double x);

/* What Stirling's formula lacks: ln n! - (n ln n - n + ln(2 pi n) / 2), n 1 or more; below 4 ulp.
 * In logarithms of products of factorials the large terms of the formula cancel, and where that is
 * done beforehand this is what is left (C. Loader, Fast and accurate computation of binomial
 * probabilities, 2000). */
double pa_stirling_rest(int64_t n);

/* Whether one of n values is NaN. */
bool pa_any_nan(size_t n, const float v[]);

#endif
