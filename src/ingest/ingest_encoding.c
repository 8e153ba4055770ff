/* Files in another encoding, which nobody has said. */
#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/csv/encoding.h"

static bool is_beyond_ascii(const pa_intern *names, int32_t code)
{
    if (code < 0) return false;
    size_t from = names->start[code];
    return pa_has_high(names->bytes + from, names->start[code + 1] - from);
}

/* ids: bytes of the text ids before the row. What a row keeps is UTF-8. */
static bool row_is_beyond_ascii(const pa_csv_intake *p, size_t row, size_t ids)
{
    const pa_csv_batch *b = &p->rows;
    if (is_beyond_ascii(&p->accounts, b->account[row])) return true;
    if (is_beyond_ascii(&p->merchants, b->merchant[row])) return true;
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        if (b->has.coded[i] && is_beyond_ascii(&p->coded[i], b->coded[i][row])) return true;
    }
    return b->has.text_ids && pa_has_high(b->id_bytes.data + ids, b->id_length[row]);
}

/* proven[f] of files with suspect[f] set: a row of theirs shows that they are UTF-8. */
static void prove(const pa_csv_intake *p, size_t n_files, const int64_t rows_of_file[],
                  const int64_t suspect[], int64_t proven[])
{
    size_t row = 0, ids = 0;
    for (size_t f = 0; f < n_files; f++) {
        size_t end = row + (size_t)rows_of_file[f];
        for (; row < end; row++) {
            if (suspect[f] && !proven[f]) proven[f] = row_is_beyond_ascii(p, row, ids);
            if (p->rows.has.text_ids) ids += p->rows.id_length[row];
        }
    }
}

/* The first of this rank. */
static pa_status blame(const pa_inputs *in, const pa_csv_intake *p, const int64_t proven[],
                       pa_error *err)
{
    for (size_t i = 0; i < p->n_no_utf8; i++) {
        const pa_csv_no_utf8 *no = &p->no_utf8[i];
        const pa_input *f = &in->file[no->file];
        if (!*f->encoding && !f->marked && !proven[no->file])
            return pa_fail_no_utf8(&no->byte, no->file + 1, f->name, err);
    }
    return PA_OK;
}

pa_status pa_ingest_check_encoding(pa_comm *comm, const pa_inputs *in, const pa_csv_intake *p,
                                   const int64_t rows_of_file[], pa_error *err)
{
    int64_t any = p->n_no_utf8 > 0, *suspect = NULL;
    pa_max_i64(comm, &any, 1);
    if (!any) return PA_OK;
    PA_AGREE(comm, PA_NEW(suspect, 2 * in->n, err), err);
    int64_t *proven = suspect + in->n;
    for (size_t i = 0; i < p->n_no_utf8; i++) suspect[p->no_utf8[i].file] = 1;
    pa_max_i64(comm, suspect, in->n);
    prove(p, in->n, rows_of_file, suspect, proven);
    pa_max_i64(comm, proven, in->n);
    pa_status st = pa_agree(comm, blame(in, p, proven, err), err);
    pa_free(suspect);
    return st;
}
