/* Labels that come later than the delay. */
#include <stdbool.h>

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

static int32_t lateness(const pa_labels *labels, size_t row, int64_t from, int64_t most)
{
    int64_t late = from - labels->time[row] - labels->delay;
    return (int32_t)(late > most ? most : late);
}

/* INT64_MAX and what is as late as `most`: never. */
static int32_t change_at(const pa_labels *labels, size_t row, int64_t from, int64_t most)
{
    int32_t late = from == INT64_MAX ? (int32_t)most : lateness(labels, row, from, most);
    return late == most ? -1 : late;
}

static void find_change(const pa_labels *labels, size_t row, int64_t most, int8_t *label,
                        int32_t *late, pa_label_change *change)
{
    pa_finding found[PA_MOST_FINDINGS];
    size_t n = pa_label_findings(labels, row, found);
    *change = (pa_label_change){-1, -1};
    if (n == 1) *late = lateness(labels, row, found[0].from, most);
    if (n < 2) return;
    int32_t fraud = lateness(labels, row, pa_fraud_known_from(labels, row), most);
    bool passed = found[0].label == PA_LABEL_GENUINE;
    int32_t good = passed ? lateness(labels, row, found[0].from, most) : -1;
    bool forgotten = passed && fraud == most;
    *label = forgotten ? PA_LABEL_GENUINE : PA_LABEL_FRAUD;
    *late = forgotten ? good : fraud;
    if (fraud == most) return;
    change->good = good;
    change->back = change_at(labels, row, pa_fraud_known_until(labels, row), most);
}

void pa_label_changes(const pa_labels *labels, size_t n, int64_t most, int8_t label[],
                      int32_t late[], pa_label_change change[])
{
    for (size_t i = 0; i < n; i++) find_change(labels, i, most, label + i, late + i, change + i);
}

/* What a row adds to the list: itself where it is late, what it passed for if that is, and that
 * it is taken back. */
static size_t n_late(const int8_t label[], const int32_t late[], const pa_label_change change[],
                     size_t i)
{
    if (label[i] < 0) return 0;
    size_t n = late[i] > 0;
    return change ? n + (change[i].good > 0) + (change[i].back >= 0) : n;
}

static void add(pa_late_labels *l, size_t *place, size_t row, int8_t label, int8_t was,
                uint64_t known)
{
    l->row[*place] = (uint32_t)row;
    l->label[*place] = label;
    l->was[*place] = was;
    l->known[(*place)++] = known;
}

static void add_row(const pa_line *line, const int32_t late[], const pa_label_change change[],
                    int64_t delay, size_t i, int8_t *label, pa_late_labels *l, size_t *place)
{
    static const pa_label_change none = {-1, -1};
    const pa_label_change *c = change ? change + i : &none;
    uint64_t due = line->at[i] + (uint64_t)delay;
    if (late[i] > 0) add(l, place, i, *label, 0, due + (uint64_t)late[i]);
    if (c->good > 0) add(l, place, i, PA_LABEL_GENUINE, 0, due + (uint64_t)c->good);
    if (c->back >= 0) add(l, place, i, PA_LABEL_GENUINE, *label, due + (uint64_t)c->back);
    if (late[i] > 0) *label = c->good == 0 ? PA_LABEL_GENUINE : PA_LABEL_UNKNOWN;
}

static pa_status fill(const pa_line *line, const int32_t late[], const pa_label_change change[],
                      int64_t delay, int8_t label[], pa_late_labels *l, pa_error *err)
{
    PA_TRY(PA_NEW(l->row, l->n, err));
    PA_TRY(PA_NEW(l->label, l->n, err));
    PA_TRY(PA_NEW(l->was, l->n, err));
    PA_TRY(PA_NEW(l->known, l->n, err));
    PA_TRY(PA_NEW(l->order, l->n, err));
    PA_TRY(PA_NEW(l->before, l->n, err));
    PA_TRY(PA_NEW(l->after, l->n, err));
    size_t place = 0;
    for (size_t i = 0; i < line->n_halo + line->n; i++)
        if (n_late(label, late, change, i) > 0)
            add_row(line, late, change, delay, i, label + i, l, &place);
    return pa_sort_u64(l->n, l->known, l->order, err);
}

pa_status pa_late_labels_make(const pa_line *line, const int32_t late[],
                              const pa_label_change change[], int64_t delay, int8_t label[],
                              pa_late_labels *labels, pa_error *err)
{
    size_t n = line->n_halo + line->n;
    *labels = (pa_late_labels){0};
    if (n > UINT32_MAX) {
        return pa_fail(err, PA_E_USAGE, "%zu rows of merchants on one rank: use more ranks", n);
    }
    for (size_t i = 0; i < n; i++) labels->n += n_late(label, late, change, i);
    pa_status st = fill(line, late, change, delay, label, labels, err);
    if (st != PA_OK) pa_late_labels_free(labels);
    return st;
}

void pa_late_labels_free(pa_late_labels *labels)
{
    pa_free(labels->row);
    pa_free(labels->label);
    pa_free(labels->was);
    pa_free(labels->known);
    pa_free(labels->order);
    pa_free(labels->before);
    pa_free(labels->after);
    *labels = (pa_late_labels){0};
}
