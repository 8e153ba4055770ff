/* Taking rows out again, with the names that no other row bears. */
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"

/* Takes the values of rows that are gone out of a column, which may be none. */
static void squeeze(size_t n, size_t width, const int8_t gone[], void *column)
{
    char *to = column;
    if (!to) return;
    const char *from = column;
    for (size_t i = 0; i < n; i++, from += width) {
        if (gone[i]) continue;
        memmove(to, from, width);
        to += width;
    }
}

static void squeeze_ids(pa_csv_batch *b, const int8_t gone[])
{
    size_t from = 0, to = 0;
    for (size_t i = 0; i < b->n; i++) {
        size_t length = b->id_length[i];
        if (!gone[i]) {
            memmove(b->id_bytes.data + to, b->id_bytes.data + from, length);
            to += length;
        }
        from += length;
    }
    b->id_bytes.length = to;
    squeeze(b->n, 1, gone, b->id_length);
}

static void drop_rows(pa_csv_batch *b, const int8_t gone[], size_t n_gone)
{
    if (b->has.text_ids) squeeze_ids(b, gone);
    squeeze(b->n, sizeof *b->tx, gone, b->tx);
    squeeze(b->n, sizeof *b->line, gone, b->line);
    squeeze(b->n, sizeof *b->account, gone, b->account);
    squeeze(b->n, sizeof *b->merchant, gone, b->merchant);
    for (int i = 0; i < PA_CSV_N_CODED; i++) squeeze(b->n, sizeof *b->coded[i], gone, b->coded[i]);
    squeeze(b->n, sizeof *b->time, gone, b->time);
    squeeze(b->n, sizeof *b->amount_minor, gone, b->amount_minor);
    for (int i = 0; i < PA_CSV_N_PLACES; i++) squeeze(b->n, sizeof *b->place[i], gone, b->place[i]);
    for (int32_t i = 0; i < b->has.n_numeric; i++)
        squeeze(b->n, sizeof *b->numeric[i], gone, b->numeric[i]);
    squeeze(b->n, sizeof *b->label, gone, b->label);
    squeeze(b->n, sizeof *b->label_time, gone, b->label_time);
    b->n -= n_gone;
}

/* Names that no row bears any more leave the table. */
static pa_status forget_unused(pa_intern *names, size_t n, int32_t code_of_row[], pa_error *err)
{
    int32_t *code = NULL;
    pa_intern kept = {0};
    if (!code_of_row) return PA_OK;
    pa_status st = PA_NEW(code, names->n, err);
    if (st != PA_OK) goto out;
    for (size_t i = 0; i < n; i++) {
        if (code_of_row[i] >= 0) code[code_of_row[i]] = 1;
    }
    for (size_t i = 0; i < names->n; i++) {
        const char *name = names->bytes + names->start[i];
        if (!code[i]) continue;
        PA_GOTO(pa_intern_add(&kept, name, names->start[i + 1] - names->start[i], code + i, err));
    }
    for (size_t i = 0; i < n; i++) {
        if (code_of_row[i] >= 0) code_of_row[i] = code[code_of_row[i]];
    }
    pa_intern_free(names);
    *names = kept;
    kept = (pa_intern){0};
out:
    pa_intern_free(&kept);
    pa_free(code);
    return st;
}

pa_status pa_ingest_drop(pa_csv_intake *p, const int8_t gone[], size_t n_gone, pa_error *err)
{
    drop_rows(&p->rows, gone, n_gone);
    PA_TRY(forget_unused(&p->accounts, p->rows.n, p->rows.account, err));
    PA_TRY(forget_unused(&p->merchants, p->rows.n, p->rows.merchant, err));
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        PA_TRY(forget_unused(p->coded + i, p->rows.n, p->rows.coded[i], err));
    }
    return PA_OK;
}
