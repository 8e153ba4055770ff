/* What is told of rows that are kept with a gap. */
#include <math.h>
#include <stdio.h>

#include "paraudit/csv/csv_parts.h"

static pa_status count_gaps(pa_csv_intake *p, pa_error *err)
{
    const pa_csv_batch *b = &p->rows;
    size_t n = (size_t)b->has.n_numeric;
    if (!p->gaps) PA_TRY(PA_NEW(p->gaps, n, err));
    for (size_t k = 0; k < n; k++) p->gaps[k] += isnan(b->numeric[k][b->n]) != 0;
    return PA_OK;
}

static void count_long(pa_csv_intake *p, int64_t line, const pa_csv_remarks *r)
{
    if (p->n_long_names == 0) {
        char text[PA_CSV_EXCERPT];
        pa_csv_excerpt(r->long_name, text);
        p->first_long.file = p->file;
        p->first_long.line = line;
        snprintf(p->first_long.what, sizeof p->first_long.what, "%s '%s'", r->long_kind, text);
    }
    p->n_long_names += r->n_long;
}

static pa_status count_odd_label(pa_csv_intake *p, int64_t line, pa_csv_field label, pa_error *err)
{
    pa_csv_odd_label odd = {.n = 1, .file = p->file, .line = line};
    pa_csv_excerpt(pa_csv_clean(label), odd.word);
    PA_TRY(pa_csv_odd_labels_count(&p->odd_labels, p->file, 1, err));
    return pa_csv_odd_labels_add(&p->odd_labels, &odd, err);
}

pa_status pa_csv_keep_remarks(pa_csv_intake *p, int64_t line, const pa_csv_remarks *r,
                              pa_error *err)
{
    p->n_no_merchant += (r->what & PA_CSV_NO_MERCHANT) != 0;
    p->n_own_accounts += (r->what & PA_CSV_OWN_ACCOUNT) != 0;
    p->n_unknown_labels += (r->what & PA_CSV_UNKNOWN_LABEL) != 0;
    p->label_letters |= (r->what & PA_CSV_LABEL_F ? 1u : 0) | (r->what & PA_CSV_LABEL_N ? 2u : 0);
    p->n_debits += (r->what & PA_CSV_DEBIT) != 0;
    if (r->what & PA_CSV_SIGNED_TWICE && p->n_signed_twice++ == 0)
        p->first_twice = (pa_csv_place){.file = p->file, .line = line};
    if (r->what & PA_CSV_LONG_NAME) count_long(p, line, r);
    if (r->what & PA_CSV_GAP) PA_TRY(count_gaps(p, err));
    return r->what & PA_CSV_ODD_LABEL ? count_odd_label(p, line, r->label, err) : PA_OK;
}
