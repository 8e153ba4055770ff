#include "paraudit/stage/labels.h"

#include <stdbool.h>

static int64_t due_or(const pa_labels *labels, size_t row, int64_t found)
{
    int64_t due = labels->time[row] + labels->delay;
    return found > due ? found : due;
}

static int64_t last_found(const pa_labels *labels, size_t row)
{
    return due_or(labels, row, labels->label_time ? labels->label_time[row] : INT64_MIN);
}

static bool has_changed(const pa_labels *labels, size_t row)
{
    return labels->label_before_time && labels->label_before_time[row] != INT64_MAX;
}

/* Of what is found at one moment, or before any of it is due, the last holds. */
static size_t add(pa_finding found[], size_t n, int64_t from, pa_label label)
{
    if (n > 0 && found[n - 1].from == from) n--;
    if (n > 0 && found[n - 1].label == label) return n;
    found[n] = (pa_finding){from, label};
    return n + 1;
}

size_t pa_label_findings(const pa_labels *labels, size_t row, pa_finding found[PA_MOST_FINDINGS])
{
    pa_label label = (pa_label)labels->label[row];
    pa_label other = label == PA_LABEL_FRAUD ? PA_LABEL_GENUINE : PA_LABEL_FRAUD;
    size_t n = 0;
    if (label == PA_LABEL_UNKNOWN) return 0;
    if (has_changed(labels, row)) {
        int64_t first = labels->label_first_time[row];
        if (first != INT64_MAX) n = add(found, n, due_or(labels, row, first), label);
        n = add(found, n, due_or(labels, row, labels->label_before_time[row]), other);
    }
    return add(found, n, last_found(labels, row), label);
}

int64_t pa_label_known_from(const pa_labels *labels, size_t row)
{
    pa_finding found[PA_MOST_FINDINGS];
    if (!has_changed(labels, row)) return last_found(labels, row);
    return pa_label_findings(labels, row, found) > 0 ? found[0].from : last_found(labels, row);
}

int64_t pa_fraud_known_from(const pa_labels *labels, size_t row)
{
    pa_finding found[PA_MOST_FINDINGS];
    size_t n = pa_label_findings(labels, row, found);
    for (size_t i = 0; i < n; i++)
        if (found[i].label == PA_LABEL_FRAUD) return found[i].from;
    return INT64_MAX;
}

int64_t pa_fraud_known_until(const pa_labels *labels, size_t row)
{
    pa_finding found[PA_MOST_FINDINGS];
    size_t n = pa_label_findings(labels, row, found);
    for (size_t i = 1; i < n; i++)
        if (found[i - 1].label == PA_LABEL_FRAUD) return found[i].from;
    return INT64_MAX;
}

pa_label pa_label_at(const pa_labels *labels, size_t row, int64_t when)
{
    pa_finding found[PA_MOST_FINDINGS];
    if (!has_changed(labels, row))
        return when < last_found(labels, row) ? PA_LABEL_UNKNOWN : (pa_label)labels->label[row];
    size_t n = pa_label_findings(labels, row, found);
    while (n > 0 && found[n - 1].from > when) n--;
    return n > 0 ? found[n - 1].label : PA_LABEL_UNKNOWN;
}
