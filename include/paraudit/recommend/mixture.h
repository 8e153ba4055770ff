/* Weights of the parts of a mixture, of each level apart, by expectation and maximisation (A.
 * Dempster, N. Laird, D. Rubin, JRSS B 39, 1977). Each part gives each row a probability; a row
 * belongs to the parts in the ratio of what they give it, and the weights are what the rows of a
 * level belong to. A level leans with PA_MIXTURE_PRIOR rows on the weights of all levels together.
 *
 * A row's shares are whole numbers of 2^-30, so that sums over rows are exact in any order and over
 * any number of ranks. Kernel. */
#ifndef PARAUDIT_RECOMMEND_MIXTURE_H
#define PARAUDIT_RECOMMEND_MIXTURE_H

#include <stddef.h>
#include <stdint.h>

enum { PA_MIXTURE_PRIOR = 50, PA_MIXTURE_PARTS = 16, PA_MIXTURE_OWN = 50, PA_MIXTURE_KEPT = 10000 };

/* All parts alike. weight: levels x parts, and so everywhere. */
void pa_mixture_start(size_t levels, size_t parts, double weight[]);

/* Adds what n rows belong to. part: n x parts; level: of each row, below 0: it does not count; sum:
 * levels x parts, up to 2^33 rows. A row that all parts give nothing does not count either. */
void pa_mixture_add(size_t n, size_t parts, const float part[], const int8_t level[],
                    const double weight[], int64_t sum[]);

/* The weights after a round, of the sums over all rows. Where there are none they stay. */
void pa_mixture_step(size_t levels, size_t parts, const int64_t sum[], double weight[]);

/* The weights after more rows: sum, of those so far, which count half where there are more than
 * PA_MIXTURE_KEPT of them, takes in those of `more`, by the weights that were. So weights follow
 * what changes, at the speed of the calls. */
void pa_mixture_follow(size_t levels, size_t parts, const int64_t more[], int64_t sum[],
                       double weight[]);

/* What the mixture says of a row; *most: the part that says most of it, the first of equal ones.
 * weight: of its level. */
double pa_mixture_of(size_t parts, const float part[], const double weight[], int *most);

/* What an account's rows so far belong to, each next one making those before it count a hundredth
 * less. A zeroed one has none. */
typedef struct {
    double rows, part[PA_MIXTURE_PARTS];
} pa_mixture_own;

/* The same of an account's next row, by weights of its own that lean with PA_MIXTURE_OWN rows on
 * those of the level; then the row is one of those so far. So accounts that go to new places more
 * than others of their level are known for it, and weights follow as accounts grow older. */
double pa_mixture_next(size_t parts, const float part[], const double weight[], pa_mixture_own *own,
                       int *most);

#endif
