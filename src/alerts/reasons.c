#include "paraudit/alerts/reasons.h"

#include <math.h>
#include <stdio.h>

#include "paraudit/order/median.h"
#include "paraudit/table/table.h"

int32_t pa_reasons_from(size_t n_detectors, const pa_detector_view detector[], size_t row)
{
    int32_t from = -1;
    for (size_t k = 0; k < n_detectors; k++) {
        const pa_detector_view *d = detector + k;
        if (!d->feature[0] || pa_code_at(d->feature[0], row) < 0) continue;
        if (from < 0 || d->contribution[row] > detector[from].contribution[row]) from = (int32_t)k;
    }
    return from;
}

pa_status pa_account_usual(const pa_column *feature, const int32_t account[], size_t row,
                           float *usual, pa_error *err)
{
    float earlier[PA_USUAL_ROWS];
    size_t n = 0;
    for (size_t back = 1; back <= row && back <= PA_USUAL_ROWS; back++) {
        if (account[row - back] != account[row]) break;
        float v = pa_column_value(feature, row - back);
        if (!isnan(v)) earlier[n++] = v;
    }
    return pa_median_f32(n, earlier, usual, err);
}

static void print_value(float v, char text[32])
{
    double x = (double)v + 0.0; /* no -0 */
    if (isnan(x))
        snprintf(text, 32, "none");
    else if (fabs(x) >= 1e9)
        snprintf(text, 32, "%.6g", x);
    else if (x == floor(x))
        snprintf(text, 32, "%.0f", x);
    else
        snprintf(text, 32, fabs(x) < 1 ? "%.3g" : "%.2f", x);
}

pa_status pa_reason_text(pa_buffer *text, const pa_reason_words *w, pa_error *err)
{
    char v[32], account[32], peer[32];
    bool has_detail = w->detail[0] != 0;
    print_value(w->value, v);
    print_value(w->account_usual, account);
    print_value(w->peer_usual, peer);
    return pa_buffer_printf(text, err, "%.*s %s%s%s%s (account %s, others %s)", (int)w->width,
                            w->name, v, has_detail ? " [" : "", w->detail, has_detail ? "]" : "",
                            account, peer);
}
