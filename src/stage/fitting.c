#include "paraudit/stage/fitting.h"

#include "paraudit/base/array.h"

static bool holds(const pa_row_set *set, size_t row)
{
    if (set->time[row] < set->from || set->time[row] >= set->until) return false;
    return !set->known || pa_label_at(set->known, row, set->when) != PA_LABEL_UNKNOWN;
}

static void count_rows(pa_comm *comm, pa_row_set *set)
{
    for (size_t i = 0; i < set->table->n_rows; i++) set->n += holds(set, i);
    set->before = pa_sum_before_i64(comm, set->n);
    set->n_global = set->n;
    pa_sum_i64(comm, &set->n_global, 1);
}

pa_row_set pa_rows_between(pa_comm *comm, const pa_table *table, int64_t from, int64_t until)
{
    pa_row_set set = {.table = table, .time = pa_i64(table, "time"), .from = from, .until = until};
    count_rows(comm, &set);
    return set;
}

pa_row_set pa_rows_known(pa_comm *comm, const pa_table *table, int64_t from, int64_t until,
                         const pa_labels *labels, int64_t when)
{
    pa_row_set set = {.table = table,
                      .time = labels->time,
                      .from = from,
                      .until = until,
                      .known = labels,
                      .when = when};
    count_rows(comm, &set);
    return set;
}

static const int64_t *times_of(const pa_table *tx, const char *name)
{
    const pa_column *c = pa_table_find(tx, name);
    return c ? c->data : NULL;
}

pa_labels pa_labels_of(const pa_table *tx, const pa_time_plan *plan)
{
    return (pa_labels){.time = pa_i64(tx, "time"),
                       .label = pa_i8(tx, "label"),
                       .label_time = times_of(tx, "label_time"),
                       .delay = plan->label_delay,
                       .label_before_time = times_of(tx, "label_before_time"),
                       .label_first_time = times_of(tx, "label_first_time")};
}

int64_t pa_training_known_at(const pa_time_plan *plan)
{
    return plan->as_of < plan->audit_from ? plan->as_of : plan->audit_from;
}

pa_status pa_rows_frauds(pa_comm *comm, const pa_row_set *known, uint8_t **fraud, int64_t *n_frauds,
                         pa_error *err)
{
    size_t row[64], n, cursor = 0, done = 0;
    *n_frauds = 0;
    PA_AGREE(comm, PA_NEW(*fraud, (size_t)known->n, err), err);
    while ((n = pa_next_rows(known, &cursor, sizeof row / sizeof *row, row))) {
        for (size_t i = 0; i < n; i++) {
            (*fraud)[done] = pa_label_at(known->known, row[i], known->when) == PA_LABEL_FRAUD;
            *n_frauds += (*fraud)[done++];
        }
    }
    pa_sum_i64(comm, n_frauds, 1);
    return PA_OK;
}

size_t pa_next_rows(const pa_row_set *set, size_t *cursor, size_t room, size_t rows[])
{
    size_t n = 0, row = *cursor;
    for (; row < set->table->n_rows && n < room; row++) {
        if (holds(set, row)) rows[n++] = row;
    }
    *cursor = row;
    return n;
}

pa_status pa_rows_list(const pa_row_set *set, uint32_t **row, pa_error *err)
{
    size_t n_rows = set->table->n_rows, n = 0;
    if (n_rows > UINT32_MAX)
        return pa_fail(err, PA_E_USAGE, "%zu rows on one rank: use more ranks", n_rows);
    PA_TRY(PA_NEW(*row, (size_t)set->n, err));
    for (size_t i = 0; i < n_rows; i++) {
        if (holds(set, i)) (*row)[n++] = (uint32_t)i;
    }
    return PA_OK;
}

int64_t pa_rows_last_part(pa_comm *comm, const pa_row_set *set, double share)
{
    int64_t first = INT64_MAX;
    size_t cursor = 0, row;
    while (pa_next_rows(set, &cursor, 1, &row))
        if (set->time[row] < first) first = set->time[row];
    pa_min_i64(comm, &first, 1);
    return first < set->until ? set->until - (int64_t)((double)(set->until - first) * share)
                              : set->until;
}

pa_row_set pa_rows_scored(pa_comm *comm, const pa_table *tx, const pa_time_plan *plan)
{
    return pa_rows_between(comm, tx, plan->train_from, plan->audit_until);
}

pa_row_set pa_rows_audited(pa_comm *comm, const pa_table *tx, const pa_time_plan *plan)
{
    return pa_rows_between(comm, tx, plan->audit_from, plan->audit_until);
}

pa_fitting pa_fitting_on(pa_comm *comm, const pa_table *tx, const pa_time_plan *plan,
                         pa_fit_part part)
{
    int64_t from = 0, until = 0;
    if (part == PA_FIT_HISTORY) from = plan->history_from, until = plan->reference_from;
    if (part == PA_FIT_REFERENCE) from = plan->reference_from, until = plan->train_from;
    if (part == PA_FIT_TRAINING) from = plan->train_from, until = plan->train_until;
    pa_fitting on = {.rows = pa_rows_between(comm, tx, from, until),
                     .earlier = pa_rows_between(comm, tx, 0, 0)};
    if (part == PA_FIT_TRAINING)
        on.earlier = pa_rows_between(comm, tx, plan->earlier_from, plan->earlier_until);
    return on;
}
