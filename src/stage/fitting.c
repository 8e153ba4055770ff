#include "paraudit/stage/fitting.h"

static bool holds(const pa_row_set *set, size_t row)
{
    return set->time[row] >= set->from && set->time[row] < set->until;
}

pa_row_set pa_rows_between(pa_comm *comm, const pa_table *table, int64_t from, int64_t until)
{
    pa_row_set set = {.table = table, .time = pa_i64(table, "time"), .from = from, .until = until};
    for (size_t i = 0; i < table->n_rows; i++) set.n += holds(&set, i);
    set.before = pa_sum_before_i64(comm, set.n);
    set.n_global = set.n;
    pa_sum_i64(comm, &set.n_global, 1);
    return set;
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
