/* What the columns of a result may hold, by their own specs. A file with its trailer holds
 * what was written; one that another program has changed may hold anything, with digests
 * that agree. */
#include <math.h>
#include <string.h>

#include "catalogue.h"
#include "paraudit/base/exact.h"

enum { PIECE = 65536 /* rows that are read at a time */ };

/* What may stand in a column. */
typedef struct {
    bool missing;    /* NaN */
    bool infinite;   /* beyond the transactions, where a rate may be */
    int64_t n_codes; /* -1: they are no codes */
} allowed;

/* What a row and its past say is there on every row; what a model says is missing before its
 * time, and what the input says is missing where it does not. */
static allowed allowed_in(const pa_result_file *f, const pa_entry *e)
{
    static const char book[] = "/transactions/";
    const pa_column_spec *s = &e->spec;
    bool of_book = strncmp(e->path, book, sizeof book - 1) == 0;
    bool is_made = s->stage && strcmp(s->stage, "ingest") != 0;
    bool is_causal = s->role == PA_ROLE_FEATURE && is_made && !(s->flags & PA_FITTED);
    return (allowed){.missing = !(of_book && is_causal),
                     .infinite = !of_book,
                     .n_codes = s->codes ? pa_result_rows(f, s->codes) : -1};
}

static bool is_odd_number(const allowed *a, double v)
{
    return (isnan(v) && !a->missing) || (isinf(v) && !a->infinite);
}

static bool is_odd_code(const allowed *a, int64_t code)
{
    return a->n_codes >= 0 && (code < -1 || code >= a->n_codes);
}

static bool is_odd(const pa_column_spec *s, const allowed *a, const void *data, size_t i)
{
    switch (s->type) {
    case PA_BOOL:
        return ((const uint8_t *)data)[i] > 1;
    case PA_F32:
        return is_odd_number(a, (double)((const float *)data)[i]);
    case PA_F64:
        return is_odd_number(a, ((const double *)data)[i]);
    case PA_I8:
        return is_odd_code(a, ((const int8_t *)data)[i]);
    case PA_I32:
        return is_odd_code(a, ((const int32_t *)data)[i]);
    case PA_I64:
        return is_odd_code(a, ((const int64_t *)data)[i]);
    case PA_BYTES:
        break;
    }
    return false;
}

static pa_status check_piece(const pa_result_file *f, const pa_entry *e, int64_t first, size_t n,
                             void *data, pa_error *err)
{
    const allowed a = allowed_in(f, e);
    PA_TRY(pa_entry_read(f, e, first, n, data, err));
    for (size_t i = 0; i < n; i++) {
        if (is_odd(&e->spec, &a, data, i))
            return pa_fail(err, PA_E_DATA, "%s: row %lld of %s has a value that no audit writes",
                           f->path, (long long)first + (long long)i + 1, e->path);
    }
    return PA_OK;
}

/* This rank's share of a column. data: room for PIECE values of 8 bytes. */
static pa_status check_column(const pa_result_file *f, const pa_entry *e, void *data, pa_error *err)
{
    int64_t rank = pa_comm_rank(f->comm), size = pa_comm_size(f->comm);
    int64_t until = pa_even_share(e->rows, rank + 1, size);
    for (int64_t row = pa_even_share(e->rows, rank, size); row < until; row += PIECE) {
        int64_t n = until - row < PIECE ? until - row : PIECE;
        PA_TRY(check_piece(f, e, row, (size_t)n, data, err));
    }
    return PA_OK;
}

static pa_status check_mine(const pa_result_file *f, pa_error *err)
{
    double *data = NULL;
    PA_TRY(PA_NEW(data, PIECE, err));
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < f->n; i++) {
        const pa_entry *e = f->entries + i;
        bool is_column = e->is_dataset && e->plain && e->n_dims == 1 && e->kind == PA_ENTRY_COLUMN;
        if (is_column && e->spec.type != PA_BYTES) st = check_column(f, e, data, err);
    }
    pa_free(data);
    return st;
}

pa_status pa_result_check_values(pa_result_file *file, pa_error *err)
{
    return pa_agree(file->comm, check_mine(file, err), err);
}
