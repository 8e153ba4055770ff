/* When rows that cannot be used stop the run, and what is said then: the same for any
 * number of ranks. */
#include <stdio.h>
#include <string.h>

#include "ingest_parts.h"

/* Each rank tells of a reject of its own, or of none; the smallest place wins. */
static pa_status blame(pa_comm *comm, const pa_ingest_losses *l, const pa_csv_reject *r,
                       const char *why, pa_error *err)
{
    pa_status st = PA_OK;
    if (r) {
        st = pa_fail_at(err, PA_E_DATA, r->file + 1, r->line, "%s:%lld: %s (%s)",
                        l->inputs->file[r->file].name, (long long)r->line, r->text, why);
    }
    return pa_agree(comm, st, err);
}

static pa_status blame_first(pa_comm *comm, const pa_ingest_losses *l, const char *consequence,
                             pa_error *err)
{
    const pa_first_reject *first = l->first;
    pa_csv_reject r = {.file = first->file, .line = first->line};
    char why[160], more[80] = "";
    if (l->n_rejected > 1) {
        snprintf(more, sizeof more, "and %lld more rejected rows; ", (long long)l->n_rejected - 1);
    }
    snprintf(r.text, sizeof r.text, "%s", first->text);
    snprintf(why, sizeof why, "%s%s", more, consequence);
    return blame(comm, l, first->file >= 0 ? &r : NULL, why, err);
}

/* ---- kinds of which no row is left ---- */

static bool any_kind(const pa_kind_counts *by_kind)
{
    pa_lost_kind lost;
    return pa_find_lost_kind(by_kind, 0, &lost);
}

/* Rows of a kind may be left on any rank. */
static void find_kind(pa_comm *comm, const pa_ingest_losses *l, pa_lost_kind *lost)
{
    pa_kind_counts by_kind = l->parser->by_kind;
    pa_sum_i64(comm, (int64_t *)(void *)&by_kind, (size_t)PA_REJECT_N * PA_KIND_N);
    *lost = (pa_lost_kind){.reason = PA_REJECT_N};
    if (!any_kind(&by_kind)) return;
    uint32_t here = pa_csv_kinds_met(&l->parser->rows), met = 0;
    int64_t n[PA_KIND_N];
    for (int k = 0; k < PA_KIND_N; k++) n[k] = here >> k & 1;
    pa_sum_i64(comm, n, PA_KIND_N);
    for (int k = 0; k < PA_KIND_N; k++) met |= (uint32_t)(n[k] > 0) << k;
    pa_find_lost_kind(&by_kind, met, lost);
}

static pa_status blame_kind(pa_comm *comm, const pa_ingest_losses *l, const pa_lost_kind *lost,
                            pa_error *err)
{
    char why[400];
    const pa_csv_reject *example = NULL;
    for (size_t i = 0; !example && i < l->parser->n_examples; i++) {
        const pa_csv_reject *r = l->parser->examples + i;
        if (r->reason == (int32_t)lost->reason && r->kinds >> lost->kind & 1) example = r;
    }
    snprintf(why, sizeof why,
             "'%s' takes every row %s, %lld in all: see %s; input.max_reject_share = 1 bears it",
             pa_reject_reason_names[lost->reason], pa_row_kind_words[lost->kind],
             (long long)lost->n, pa_reject_reason_keys[lost->reason]);
    return blame(comm, l, example, why, err);
}

/* ---- the share of a file ---- */

static pa_status blame_file(pa_comm *comm, const pa_ingest_losses *l, int32_t file,
                            const pa_lost_kind *lost, pa_error *err)
{
    const pa_reject_counts *c = l->rejected + file;
    pa_reject_reason reason = pa_leading_reason(c);
    int64_t n_lost = pa_rejects_lost(c), n_all = l->rows[file] + pa_rejects_in_all(c) + c->within;
    char why[400], kind[80] = "", budget[60] = "";
    const pa_csv_reject *example = NULL;
    for (size_t i = 0; i < l->parser->n_examples; i++) {
        const pa_csv_reject *r = l->parser->examples + i;
        if (r->file != file || r->reason != (int32_t)reason) continue;
        if (!example || r->line < example->line) example = r;
    }
    if (l->n_rows > 0 && lost->n > 0 && lost->reason == reason)
        snprintf(kind, sizeof kind, ", with them every row %s", pa_row_kind_words[lost->kind]);
    if (l->n_rejected > l->max_rejects)
        snprintf(budget, sizeof budget, ", input.max_rejects %lld", (long long)l->max_rejects);
    snprintf(why, sizeof why,
             "%lld of the %lld rows %s are rejected, %lld for '%s'%s: see %s; "
             "input.max_reject_share is %.9g%s",
             (long long)n_lost, (long long)n_all, l->part ? l->part : "of this file",
             (long long)c->n[reason], pa_reject_reason_names[reason], kind,
             pa_reject_reason_keys[reason], l->max_share, budget);
    return blame(comm, l, example, why, err);
}

/* A share of 1 bears any loss but that of all rows. Of a part of the rows the rest may be of
 * another kind: only what the audit is as good as sure to say is said. */
static pa_status judge_losses(pa_comm *comm, const pa_ingest_losses *l, pa_error *err)
{
    enum { SURE = 20 };
    pa_lost_kind lost;
    double share = l->part && l->max_share < 0.5 ? 0.5 : l->max_share;
    if (l->max_share >= 1) return PA_OK;
    find_kind(comm, l, &lost);
    int32_t file = pa_lossy_file(l->inputs->n, l->rows, l->rejected, share);
    if (file >= 0) return blame_file(comm, l, file, &lost, err);
    return lost.n >= (l->part ? SURE : 1) ? blame_kind(comm, l, &lost, err) : PA_OK;
}

static int64_t rows_within(const pa_ingest_losses *l)
{
    int64_t n = 0;
    for (size_t i = 0; i < l->inputs->n; i++) n += l->rejected[i].within;
    return n;
}

pa_status pa_ingest_judge(pa_comm *comm, const pa_ingest_losses *l, pa_error *err)
{
    char budget[64];
    if (l->n_rejected == 0) return PA_OK;
    PA_TRY(judge_losses(comm, l, err));
    if (l->n_rejected + rows_within(l) > l->max_rejects) {
        snprintf(budget, sizeof budget, "input.max_rejects is %lld", (long long)l->max_rejects);
        return blame_first(comm, l, budget, err);
    }
    return l->n_rows > 0 ? PA_OK : blame_first(comm, l, "no row could be used", err);
}
