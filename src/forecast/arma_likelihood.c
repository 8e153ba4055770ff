#include <math.h>
#include <string.h>

#include "paraudit/base/math.h"
#include "paraudit/forecast/arma.h"

/* States: as many as an order has lags, the errors of a moving average included. */
enum { MOST = PA_ARMA_AR > PA_ARMA_MA + 1 ? PA_ARMA_AR : PA_ARMA_MA + 1 };
enum { PAIRS = MOST * (MOST + 1) / 2 };

/* x' = T x + R e with T = [phi | shift], y = x[0]; V = R R'. */
typedef struct {
    int r;
    double phi[MOST], weight[MOST], state[MOST], variance[MOST][MOST];
} filter;

static int pair(int i, int j)
{
    return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
}

/* Gauss with the largest pivot; false where there is none. */
static bool solve(int n, double a[PAIRS][PAIRS], double b[PAIRS])
{
    for (int c = 0; c < n; c++) {
        int best = c;
        for (int i = c + 1; i < n; i++)
            if (fabs(a[i][c]) > fabs(a[best][c])) best = i;
        if (!(fabs(a[best][c]) > 1e-13)) return false;
        for (int j = 0; j < n; j++) {
            double t = a[c][j];
            a[c][j] = a[best][j];
            a[best][j] = t;
        }
        double t = b[c];
        b[c] = b[best];
        b[best] = t;
        for (int i = c + 1; i < n; i++) {
            double part = a[i][c] / a[c][c];
            for (int j = c; j < n; j++) a[i][j] -= part * a[c][j];
            b[i] -= part * b[c];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++) b[i] -= a[i][j] * b[j];
        b[i] /= a[i][i];
    }
    return true;
}

/* The variance of the state that stays: P = T P T' + V, as linear equations. (T P T')[i][j] is
 * phi_i phi_j P[0][0] + phi_i P[0][j+1] + phi_j P[i+1][0] + P[i+1][j+1]. */
static bool set_first(filter *f)
{
    double a[PAIRS][PAIRS], b[PAIRS];
    int r = f->r, n = r * (r + 1) / 2;
    memset(a, 0, sizeof a);
    for (int i = 0; i < r; i++)
        for (int j = 0; j <= i; j++) {
            double *row = a[pair(i, j)];
            row[pair(i, j)] += 1;
            row[0] -= f->phi[i] * f->phi[j];
            if (j + 1 < r) row[pair(0, j + 1)] -= f->phi[i];
            if (i + 1 < r) row[pair(i + 1, 0)] -= f->phi[j];
            if (i + 1 < r && j + 1 < r) row[pair(i + 1, j + 1)] -= 1;
            b[pair(i, j)] = f->weight[i] * f->weight[j];
        }
    if (!solve(n, a, b)) return false;
    for (int i = 0; i < r; i++)
        for (int j = 0; j < r; j++) f->variance[i][j] = b[pair(i, j)];
    return f->variance[0][0] > 0;
}

/* The state behind a value whose error was e, of variance v. */
static void move_state(filter *f, double e, double v)
{
    double x[MOST + 1] = {0};
    for (int i = 0; i < f->r; i++) x[i] = f->state[i] + f->variance[i][0] / v * e;
    for (int i = 0; i < f->r; i++) f->state[i] = f->phi[i] * x[0] + x[i + 1];
}

/* Its variance; whether it still changes. */
static bool move_variance(filter *f, double v)
{
    const double still = 1e-13;
    double p[MOST + 1][MOST + 1] = {{0}}, change = 0;
    int r = f->r;
    for (int i = 0; i < r; i++)
        for (int j = 0; j < r; j++)
            p[i][j] = f->variance[i][j] - f->variance[i][0] * f->variance[j][0] / v;
    for (int i = 0; i < r; i++)
        for (int j = 0; j < r; j++) {
            double next = f->phi[i] * f->phi[j] * p[0][0] + f->phi[i] * p[0][j + 1] +
                          f->phi[j] * p[i + 1][0] + p[i + 1][j + 1] + f->weight[i] * f->weight[j];
            change = fmax(change, fabs(next - f->variance[i][j]));
            f->variance[i][j] = next;
        }
    return change > still;
}

double pa_arma_likelihood(size_t n, const double x[], int p, const double phi[], int q,
                          const double theta[], double *variance)
{
    filter f = {.r = p > q + 1 ? p : q + 1, .weight = {1}};
    double squares = 0, product = 1, logs = 0;
    bool changes = true;
    for (int i = 0; i < p; i++) f.phi[i] = phi[i];
    for (int j = 0; j < q; j++) f.weight[j + 1] = theta[j];
    *variance = INFINITY;
    if (!set_first(&f)) return -INFINITY;
    for (size_t t = 0; t < n; t++) {
        double e = x[t] - f.state[0], v = f.variance[0][0];
        if (!(v > 0)) return -INFINITY;
        squares += e * e / v;
        product *= v;
        if (product > 1e100 || product < 1e-100 || t + 1 == n) {
            logs += pa_ln(product);
            product = 1;
        }
        move_state(&f, e, v);
        changes = changes && move_variance(&f, v);
    }
    *variance = squares / (double)n;
    return -((double)n * pa_ln(fmax(*variance, 1e-30)) + logs) / 2;
}
