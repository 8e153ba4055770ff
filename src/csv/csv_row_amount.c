/* The amount of a row, in any form and of several columns. */
#include "paraudit/csv/csv_parts.h"

static void remember(const pa_csv_intake *p, pa_csv_field f, pa_csv_example *e)
{
    if (e->line > 0) return;
    e->line = p->line;
    pa_csv_excerpt(f, e->text);
}

/* Empty ones are 0, and *any is left as it is. */
static pa_reject_reason read_amount(pa_csv_intake *p, pa_csv_field f, int64_t *minor, bool *any)
{
    static const pa_reject_reason reason[] = {[PA_AMOUNT_READ] = PA_REJECT_N,
                                              [PA_AMOUNT_EMPTY] = PA_REJECT_N,
                                              [PA_AMOUNT_BAD] = PA_REJECT_AMOUNT,
                                              [PA_AMOUNT_RANGE] = PA_REJECT_AMOUNT_RANGE};
    pa_amount_tally before = p->amounts;
    *minor = 0;
    if (pa_csv_is_gap(p, f)) return PA_REJECT_N;
    pa_amount_verdict v =
        pa_amount_read(&p->layout.amount_form, f.text, f.length, minor, &p->amounts);
    if (p->amounts.lone[0] + p->amounts.lone[1] > before.lone[0] + before.lone[1])
        remember(p, f, &p->lone);
    if (p->amounts.rounded > before.rounded) remember(p, f, &p->rounded);
    *any |= v != PA_AMOUNT_EMPTY;
    return reason[v];
}

static void remark_debit(pa_csv_remarks *remarks, bool negative)
{
    remarks->what |= negative ? PA_CSV_DEBIT | PA_CSV_SIGNED_TWICE : PA_CSV_DEBIT;
}

/* What the sign's column makes of the amount. */
static pa_reject_reason find_sign(const pa_csv_intake *p, const pa_csv_record *r,
                                  pa_csv_fault *fault, pa_csv_remarks *remarks, int64_t *minor)
{
    pa_csv_field f = pa_csv_trimmed(pa_csv_field_at(r, p->layout.sign));
    bool debit = pa_csv_words_hold(&p->debit, f.text, f.length);
    fault->value = f;
    if (!debit && !pa_csv_words_hold(&p->credit, f.text, f.length)) return PA_REJECT_SIGN;
    if (debit) remark_debit(remarks, *minor < 0);
    if (debit) *minor = -*minor;
    return PA_REJECT_N;
}

pa_reject_reason pa_csv_find_amount(pa_csv_intake *p, const pa_csv_record *r, pa_csv_fault *fault,
                                    pa_csv_remarks *remarks, int64_t *minor)
{
    const pa_csv_layout *l = &p->layout;
    bool any = false;
    fault->value = pa_csv_field_at(r, l->amount);
    pa_reject_reason reason = read_amount(p, fault->value, minor, &any);
    if (reason != PA_REJECT_N) return reason;
    if (l->less >= 0) {
        int64_t less = 0;
        pa_csv_field f = pa_csv_field_at(r, l->less);
        reason = read_amount(p, f, &less, &any);
        if (reason != PA_REJECT_N) return fault->value = f, reason;
        if (!l->adds && less != 0) remark_debit(remarks, less < 0);
        *minor += l->adds ? less : -less;
    }
    if (!any) return PA_REJECT_AMOUNT;
    if (l->sign >= 0) reason = find_sign(p, r, fault, remarks, minor);
    if (reason != PA_REJECT_N) return reason;
    fault->value = pa_csv_field_at(r, l->amount);
    return pa_csv_check_amount(*minor);
}
