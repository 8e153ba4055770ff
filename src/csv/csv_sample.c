/* Rows of a file before it is read. */
#include "paraudit/csv/csv_parts.h"

pa_status pa_csv_sample(const pa_csv_layout *l, const char *text, size_t n, bool last, bool within,
                        size_t most, pa_csv_row_taker *take, void *taker, pa_error *err)
{
    size_t room = (size_t)l->n_fields, taken = 0;
    const pa_record_rule rule = {
        .signs = l->signs, .n_fields = room, .longest = n, .most_lines = 100};
    pa_record_walk walk = {&rule, within ? PA_CSV_PLAIN : PA_CSV_RECORD, 1, within};
    pa_csv_field *field = NULL;
    char *scratch = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(field, room, err));
    PA_GOTO(PA_NEW(scratch, n + 1, err));
    for (size_t i = 0; i < n && taken < most;) {
        pa_record_seen seen;
        pa_record_verdict v =
            pa_record_step(&walk, text + i, n - i, last, scratch, field, room, &seen);
        if (v == PA_RECORD_MORE) break;
        if (v == PA_RECORD_GOOD) take(taker, field);
        taken += v == PA_RECORD_GOOD;
        i += seen.length;
    }
out:
    pa_free(scratch);
    pa_free(field);
    return st;
}
