#include "paraudit/stage/labels.h"

int64_t pa_label_known_from(const pa_labels *labels, size_t row)
{
    int64_t due = labels->time[row] + labels->delay;
    int64_t found = labels->label_time ? labels->label_time[row] : INT64_MIN;
    return found > due ? found : due;
}

pa_label pa_label_at(const pa_labels *labels, size_t row, int64_t when)
{
    return when < pa_label_known_from(labels, row) ? PA_LABEL_UNKNOWN
                                                   : (pa_label)labels->label[row];
}
