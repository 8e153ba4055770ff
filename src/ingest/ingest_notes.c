/* What people should know of rows that were kept. */
#include <inttypes.h>
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/loss.h"

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

static pa_status end_note(pa_buffer *notes, pa_error *err)
{
    return pa_buffer_add(notes, "", 1, err);
}

static pa_status tell_merchants(int64_t n, pa_buffer *notes, pa_error *err)
{
    if (n == 0) return PA_OK;
    PA_TRY(pa_buffer_printf(notes, err, "%" PRId64 " row%s no merchant: %s is called none", n,
                            n == 1 ? " has" : "s have", n == 1 ? "its" : "theirs"));
    return end_note(notes, err);
}

static pa_status tell_accounts(int64_t n, pa_buffer *notes, pa_error *err)
{
    if (n == 0) return PA_OK;
    PA_TRY(pa_buffer_printf(notes, err,
                            "%" PRId64 " row%s no account: each is its own, called own: and its id "
                            "(input.no_account)",
                            n, n == 1 ? " has" : "s have"));
    return end_note(notes, err);
}

/* The first of all ranks, where any rank has one. */
static pa_status find_first(pa_comm *comm, const pa_csv_place *here, bool any, pa_csv_place *first,
                            pa_error *err)
{
    void *gathered;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, here, any ? sizeof *first : 0, &gathered, &bytes, err));
    const pa_csv_place *all = gathered;
    for (size_t i = 0; i < bytes / sizeof *all; i++) {
        bool before = i == 0 || all[i].file < first->file ||
                      (all[i].file == first->file && all[i].line < first->line);
        if (before) *first = all[i];
    }
    pa_free(gathered);
    return PA_OK;
}

static pa_status tell_long(pa_comm *comm, const pa_inputs *in, const pa_csv_intake *p, int64_t n,
                           pa_buffer *notes, pa_error *err)
{
    pa_csv_place first = {0};
    if (n == 0) return PA_OK;
    PA_TRY(find_first(comm, &p->first_long, p->n_long_names > 0, &first, err));
    PA_TRY(pa_buffer_printf(notes, err,
                            "%" PRId64 " name%s longer than %d bytes: the first bytes and a digest "
                            "are kept (%s in %s:%" PRId64 ")",
                            n, n == 1 ? " is" : "s are", PA_CSV_NAME_BYTES, first.what,
                            in->file[first.file].name, first.line));
    return end_note(notes, err);
}

/* gaps: by column, of all ranks. The first columns that have any, by name. */
static pa_status tell_gaps(const pa_inputs *in, const int64_t gaps[], pa_buffer *notes,
                           pa_error *err)
{
    enum { NAMED = 5 };
    int n = 0;
    const char *name = in->numeric.data;
    for (int32_t k = 0; k < in->has.n_numeric; k++, name += strlen(name) + 1) {
        char shown[PA_CSV_EXCERPT];
        if (gaps[k] == 0 || ++n > NAMED) continue;
        pa_csv_excerpt((pa_csv_field){name, strlen(name)}, shown);
        PA_TRY(pa_buffer_printf(notes, err, "%s%s in %" PRId64 " row%s",
                                n == 1 ? "columns of numbers have gaps: " : ", ", shown, gaps[k],
                                plural(gaps[k])));
    }
    if (n == 0) return PA_OK;
    if (n > NAMED)
        PA_TRY(pa_buffer_printf(notes, err, " and %d more column%s", n - NAMED, plural(n - NAMED)));
    return end_note(notes, err);
}

static pa_status sum_gaps(pa_comm *comm, const pa_inputs *in, const pa_csv_intake *p,
                          pa_buffer *notes, pa_error *err)
{
    size_t n = (size_t)in->has.n_numeric;
    int64_t *gaps = NULL;
    PA_AGREE(comm, PA_NEW(gaps, n, err), err);
    if (p->gaps) memcpy(gaps, p->gaps, n * sizeof *gaps);
    pa_sum_i64(comm, gaps, n);
    pa_status st = pa_agree(comm, tell_gaps(in, gaps, notes, err), err);
    pa_free(gaps);
    return st;
}

/* Amounts that have the sign of their column already would all be turned. */
static pa_status judge_signs(pa_comm *comm, const pa_inputs *in, const pa_csv_intake *p,
                             pa_buffer *notes, pa_error *err)
{
    int64_t n[2] = {p->n_debits, p->n_signed_twice};
    pa_csv_place first = {0};
    pa_sum_i64(comm, n, 2);
    if (n[1] == 0) return PA_OK;
    PA_TRY(find_first(comm, &p->first_twice, p->n_signed_twice > 0, &first, err));
    const char *name = in->file[first.file].name;
    bool two = in->file[first.file].layout.less >= 0;
    if (n[1] * 2 > n[0] && n[1] >= PA_LOSS_FEW) {
        return pa_fail_at(
            err, PA_E_DATA, first.file + 1, first.line,
            "%s:%" PRId64 ": %" PRId64 " of the %" PRId64 " amounts that input.%s have "
            "a minus already, and would become money in: %s",
            name, first.line, n[1], n[0], two ? "amount takes off" : "sign calls debits",
            two ? "say input.amount = A + B"
                : "leave input.sign empty where amounts bear their signs");
    }
    PA_TRY(pa_buffer_printf(notes, err,
                            "%" PRId64 " of %" PRId64 " debit%s a minus as well, and %s money in "
                            "(input.%s; first %s:%" PRId64 ")",
                            n[1], n[0], n[0] == 1 ? " has" : "s have",
                            n[1] == 1 ? "counts as" : "count as", two ? "amount" : "sign", name,
                            first.line));
    return end_note(notes, err);
}

/* A file of several exports, whose columns are not in one order. */
static pa_status refuse_moved(pa_comm *comm, const pa_inputs *in, const pa_csv_intake *p,
                              pa_error *err)
{
    int64_t any = p->moved.line > 0;
    pa_csv_place first = {0};
    pa_max_i64(comm, &any, 1);
    if (!any) return PA_OK;
    PA_TRY(find_first(comm, &p->moved, p->moved.line > 0, &first, err));
    return pa_fail_at(err, PA_E_DATA, first.file + 1, first.line,
                      "%s:%" PRId64 ": the line has the names of the columns in another order, so "
                      "that the rows behind it would be misread: make a file of its own of them",
                      in->file[first.file].name, first.line);
}

pa_status pa_ingest_notes(pa_comm *comm, const pa_inputs *in, const pa_csv_intake *p,
                          pa_buffer *notes, pa_error *err)
{
    int64_t n[3] = {p->n_no_merchant, p->n_own_accounts, p->n_long_names};
    pa_sum_i64(comm, n, 3);
    PA_AGREE(comm, refuse_moved(comm, in, p, err), err);
    PA_AGREE(comm, judge_signs(comm, in, p, notes, err), err);
    PA_AGREE(comm, tell_merchants(n[0], notes, err), err);
    PA_AGREE(comm, tell_accounts(n[1], notes, err), err);
    PA_AGREE(comm, tell_long(comm, in, p, n[2], notes, err), err);
    return in->has.n_numeric > 0 ? sum_gaps(comm, in, p, notes, err) : PA_OK;
}
