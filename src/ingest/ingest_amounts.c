/* How the amounts of each file are written, told by the amounts themselves. */
#include <stdio.h>
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/csv/csv_parts.h"

/* ---- the first rows ---- */

typedef struct {
    const pa_csv_layout *layout;
    pa_amount_tally tally;
} first_amounts;

/* Adds the amounts of a row's columns. */
static void add_amounts(void *taker, const pa_csv_field field[])
{
    first_amounts *a = taker;
    const pa_csv_layout *l = a->layout;
    const pa_amount_form open = {'\0', l->amount_form.decimals};
    const int32_t column[] = {l->amount, l->less};
    int64_t minor;
    for (int i = 0; i < 2; i++) {
        if (column[i] < 0) continue;
        const pa_csv_field f = field[column[i]];
        pa_amount_read(&open, f.text, f.length, &minor, &a->tally);
    }
}

/* Amounts that can only be read with the other mark are bad ones where they are few. */
static char settle(const pa_amount_tally *t)
{
    char mark;
    pa_amount_finding f = pa_amount_decimal(t, &mark);
    if (f == PA_AMOUNT_SETTLED) return mark;
    if (f != PA_AMOUNT_CONTRADICTORY) return '\0';
    if (t->decimal[1] <= t->decimal[0] / 200) return '.';
    return t->decimal[0] <= t->decimal[1] / 200 ? ',' : '\0';
}

pa_status pa_ingest_sniff_amounts(const char *rows, size_t n, bool last, int64_t file,
                                  const char *name, pa_csv_layout *l, pa_error *err)
{
    first_amounts first = {.layout = l};
    const pa_amount_tally *t = &first.tally;
    if (l->amount_form.decimal) return PA_OK;
    PA_TRY(pa_csv_sample(l, rows, n, last, false, SIZE_MAX, add_amounts, &first, err));
    l->amount_form.decimal = settle(t);
    char mark;
    if (l->amount_form.decimal || pa_amount_decimal(t, &mark) != PA_AMOUNT_CONTRADICTORY)
        return PA_OK;
    return pa_fail_at(err, PA_E_DATA, file, 0,
                      "%s: of the first amounts %lld can only be read with a point before the "
                      "decimals and %lld only with a comma: set input.decimal",
                      name, (long long)t->decimal[0], (long long)t->decimal[1]);
}

/* ---- all rows ---- */

enum { N_COUNTS = 7 };

static void sum_tally(pa_comm *comm, pa_amount_tally *t)
{
    int64_t v[N_COUNTS] = {t->decimal[0], t->decimal[1], t->lone[0], t->lone[1],
                           t->even,       t->rounded,    t->n};
    pa_sum_i64(comm, v, N_COUNTS);
    *t = (pa_amount_tally){{v[0], v[1]}, {v[2], v[3]}, v[4], v[5], v[6]};
}

static pa_status not_clear(const pa_inputs *in, size_t file, const pa_file_amounts *a,
                           const pa_amount_tally *all, pa_error *err)
{
    const char *name = in->file[file].name;
    int64_t told = all->decimal[0] + all->decimal[1];
    if (all->decimal[0] > 0 && all->decimal[1] > 0) {
        return pa_fail_at(err, PA_E_DATA, (int64_t)file + 1, 0,
                          "%s: %lld amounts can only be read with a point before the decimals and "
                          "%lld only with a comma: set input.decimal",
                          name, (long long)all->decimal[0], (long long)all->decimal[1]);
    }
    if (a->lone.line == 0) return PA_E_DATA; /* another rank has met them: it tells */
    bool point = strchr(a->lone.text, '.') != NULL;
    char tells[80] = "No amount of the file tells";
    if (told > 0)
        snprintf(tells, sizeof tells, "Only %lld of the file's %lld amounts tell%s",
                 (long long)told, (long long)all->n, told == 1 ? "s" : "");
    return pa_fail_at(err, PA_E_DATA, (int64_t)file + 1, a->lone.line,
                      "%s:%lld: amount '%s': is its %s the decimal mark, or does it part "
                      "thousands? %s: set input.decimal to %s where it is "
                      "the mark, and to %s where it is not",
                      name, (long long)a->lone.line, a->lone.text, point ? "point" : "comma", tells,
                      point ? "." : ",", point ? "," : ".");
}

/* What the amounts of one file, counted on all ranks, have settled. */
static pa_status settle_file(pa_inputs *in, size_t file, const pa_file_amounts *a,
                             const pa_amount_tally *all, char common, bool *again, pa_error *err)
{
    pa_input *f = &in->file[file];
    pa_amount_form *form = &f->layout.amount_form;
    char mark;
    pa_amount_finding finding = pa_amount_decimal(all, &mark);
    if (finding == PA_AMOUNT_SILENT) return PA_OK;
    form->decimal = finding == PA_AMOUNT_AMBIGUOUS ? pa_amount_likely_decimal(all, form->decimals)
                                                   : settle(all);
    if (finding == PA_AMOUNT_AMBIGUOUS && common) {
        form->decimal = common;
    } else {
        f->lone_marks = finding == PA_AMOUNT_AMBIGUOUS && form->decimal && form->decimals < 3;
    }
    if (!form->decimal) return not_clear(in, file, a, all, err);
    int other = form->decimal == '.';
    if (all->lone[other] + all->decimal[other] > 0) *again = true;
    return PA_OK;
}

/* The one mark of the files that have settled theirs; 0: none has, or they differ. */
static char common_mark(const pa_inputs *in, const pa_amount_tally all[])
{
    char common = 0;
    for (size_t i = 0; i < in->n; i++) {
        char mark = in->file[i].layout.amount_form.decimal;
        bool open = !mark && pa_amount_decimal(all + i, &mark) == PA_AMOUNT_SETTLED;
        if (in->file[i].kind == PA_INPUT_H5 || !mark) continue;
        bool silent = !open && all[i].decimal[0] + all[i].decimal[1] == 0;
        if (silent) continue;
        if (common && common != mark) return 0;
        common = mark;
    }
    return common;
}

pa_status pa_ingest_settle_amounts(pa_comm *comm, pa_inputs *in, const pa_file_amounts amounts[],
                                   bool *again, pa_error *err)
{
    pa_amount_tally *all = NULL;
    *again = false;
    PA_AGREE(comm, PA_NEW(all, in->n, err), err);
    for (size_t i = 0; i < in->n; i++) {
        all[i] = amounts[i].tally;
        sum_tally(comm, all + i);
    }
    char common = common_mark(in, all);
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < in->n; i++) {
        const pa_input *f = &in->file[i];
        if (f->kind == PA_INPUT_H5 || f->layout.amount_form.decimal) continue;
        st = settle_file(in, i, &amounts[i], all + i, common, again, err);
    }
    pa_free(all);
    return pa_agree(comm, st, err);
}

/* ---- notes ---- */

/* The first example of all ranks, by line. */
static void first_example(pa_comm *comm, pa_csv_example *e)
{
    int64_t line = e->line > 0 ? e->line : INT64_MAX, rank;
    pa_min_i64(comm, &line, 1);
    rank = e->line == line ? pa_comm_rank(comm) : INT64_MAX;
    pa_min_i64(comm, &rank, 1);
    if (rank < pa_comm_size(comm)) pa_broadcast(comm, e, sizeof *e, (int)rank);
}

/* Of the files with this mark. */
static pa_status note_lone(pa_comm *comm, const pa_inputs *in, const pa_file_amounts amounts[],
                           char mark, pa_buffer *notes, pa_error *err)
{
    int64_t n = 0;
    size_t n_files = 0, first = 0;
    char of[300] = "", more[40] = "";
    for (size_t i = in->n; i-- > 0;) {
        if (!in->file[i].lone_marks || in->file[i].layout.amount_form.decimal != mark) continue;
        n += amounts[i].tally.n;
        n_files++;
        first = i;
    }
    if (n_files == 0) return PA_OK;
    pa_sum_i64(comm, &n, 1);
    if (n_files > 1)
        snprintf(more, sizeof more, " and %zu more file%s", n_files - 1, n_files > 2 ? "s" : "");
    if (in->n > 1) snprintf(of, sizeof of, " of %s%s", in->file[first].name, more);
    PA_TRY(pa_buffer_printf(notes, err,
                            "all %lld amounts%s have three digits behind their %s: it is taken for "
                            "the decimal mark (input.decimal)",
                            (long long)n, of, mark == '.' ? "point" : "comma"));
    return pa_buffer_add(notes, "", 1, err);
}

static pa_status note_rounded(pa_comm *comm, const pa_inputs *in, const pa_file_amounts amounts[],
                              pa_buffer *notes, pa_error *err)
{
    int64_t rounded = 0;
    size_t first = in->n;
    pa_csv_example example = {0};
    for (size_t i = 0; i < in->n; i++) {
        pa_amount_tally all = amounts[i].tally;
        sum_tally(comm, &all);
        rounded += all.rounded;
        if (all.rounded == 0 || first < in->n) continue;
        first = i;
        example = amounts[i].rounded;
        first_example(comm, &example);
    }
    if (rounded == 0) return PA_OK;
    PA_TRY(pa_buffer_printf(notes, err,
                            "%lld amounts have more than %d decimals and were rounded (first "
                            "%s:%lld: '%s'): input.amount_decimals keeps up to %d",
                            (long long)rounded, (int)in->decimals, in->file[first].name,
                            (long long)example.line, example.text, PA_MOST_DECIMALS));
    return pa_buffer_add(notes, "", 1, err);
}

pa_status pa_ingest_note_amounts(pa_comm *comm, const pa_inputs *in,
                                 const pa_file_amounts amounts[], pa_buffer *notes, pa_error *err)
{
    PA_TRY(note_lone(comm, in, amounts, '.', notes, err));
    PA_TRY(note_lone(comm, in, amounts, ',', notes, err));
    return note_rounded(comm, in, amounts, notes, err);
}
