/* Labels that come later than the delay. */
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/features/known_fraud.h"

void pa_label_lateness(size_t n, const int64_t time[], const int64_t label_time[], int64_t delay,
                       int64_t most, int32_t late[])
{
    PA_ASSERT(most >= 0 && most <= INT32_MAX);
    for (size_t i = 0; i < n; i++) {
        int64_t due = time[i] + delay;
        int64_t found = label_time[i] > due + most ? due + most : label_time[i];
        late[i] = (int32_t)(found > due ? found - due : 0);
    }
}

static pa_status fill(const pa_line *line, const int32_t late[], int64_t delay, int8_t label[],
                      pa_late_labels *l, pa_error *err)
{
    PA_TRY(PA_NEW(l->row, l->n, err));
    PA_TRY(PA_NEW(l->label, l->n, err));
    PA_TRY(PA_NEW(l->known, l->n, err));
    PA_TRY(PA_NEW(l->order, l->n, err));
    PA_TRY(PA_NEW(l->before, l->n, err));
    PA_TRY(PA_NEW(l->after, l->n, err));
    size_t place = 0;
    for (size_t i = 0; i < line->n_halo + line->n; i++) {
        if (label[i] < 0 || late[i] == 0) continue;
        l->row[place] = (uint32_t)i;
        l->label[place] = label[i];
        l->known[place++] = line->at[i] + (uint64_t)delay + (uint64_t)late[i];
        label[i] = -1;
    }
    return pa_sort_u64(l->n, l->known, l->order, err);
}

pa_status pa_late_labels_make(const pa_line *line, const int32_t late[], int64_t delay,
                              int8_t label[], pa_late_labels *labels, pa_error *err)
{
    size_t n = line->n_halo + line->n;
    *labels = (pa_late_labels){0};
    if (n > UINT32_MAX) {
        return pa_fail(err, PA_E_USAGE, "%zu rows of merchants on one rank: use more ranks", n);
    }
    for (size_t i = 0; i < n; i++) labels->n += label[i] >= 0 && late[i] > 0;
    pa_status st = fill(line, late, delay, label, labels, err);
    if (st != PA_OK) pa_late_labels_free(labels);
    return st;
}

void pa_late_labels_free(pa_late_labels *labels)
{
    pa_free(labels->row);
    pa_free(labels->label);
    pa_free(labels->known);
    pa_free(labels->order);
    pa_free(labels->before);
    pa_free(labels->after);
    *labels = (pa_late_labels){0};
}
