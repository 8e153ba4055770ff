/* A network, series and what pa_lstm_gradient makes of them, as a line of numbers each, for
 * lstm_torch.py: inputs, hidden and steps; weights; inputs; counts; values; scales; loss; gradient.
 * A count of -1 and a value of nan: there is none. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "paraudit/base/draw.h"
#include "paraudit/forecast/lstm.h"

enum { L = PA_FORECAST_LANES, STEPS = 60, INPUTS = 8, HIDDEN = 24 };

static void print(size_t n, const double v[])
{
    for (size_t i = 0; i < n; i++) printf("%.17g ", v[i]);
    printf("\n");
}

static double draw(uint64_t what, size_t i)
{
    return pa_uniform(1, PA_DRAW_TEST, what, i);
}

int main(void)
{
    static _Alignas(PA_FORECAST_ALIGN) double input[STEPS * INPUTS * L], count[STEPS * L],
        value[STEPS * L];
    const pa_lstm_shape shape = {INPUTS, HIDDEN};
    pa_lstm_series s = {STEPS, input, count, value, {0}};
    size_t n = pa_lstm_n_weights(&shape);
    double *weight = calloc(2 * n, sizeof *weight), *gradient = weight + n;
    pa_lstm *net;
    pa_error err = {0};
    if (!weight || pa_lstm_open(&shape, STEPS, &net, &err) != PA_OK) return 1;
    pa_lstm_start(&shape, 1, weight);
    for (size_t i = 0; i < STEPS * INPUTS * L; i++) input[i] = 4 * draw(1, i) - 2;
    for (size_t i = 0; i < STEPS * L; i++) {
        count[i] = draw(2, i) < .2 ? NAN : floor(12 * draw(3, i) * draw(3, i));
        value[i] = draw(4, i) < .3 ? NAN : 3 * draw(5, i) - 1;
    }
    for (size_t k = 0; k < L; k++) s.scale[k] = .5 + (double)k;
    double loss = pa_lstm_gradient(net, weight, &s, gradient);
    print(3, (double[]){INPUTS, HIDDEN, STEPS});
    print(n, weight);
    print(STEPS * INPUTS * L, input);
    print(STEPS * L, count);
    print(STEPS * L, value);
    print(L, s.scale);
    print(1, &loss);
    print(n, gradient);
    pa_lstm_close(net);
    free(weight);
    return 0;
}
