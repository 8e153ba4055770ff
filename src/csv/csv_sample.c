/* Rows of a file before it is read. */
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/kernels.h"

/* Text that is indexed at a time. */
enum { CHUNK = 16384 };

typedef struct {
    const pa_csv_signs *signs;
    const char *text;
    size_t n, from; /* bytes; where the index begins */
    pa_csv_marks marks;
    size_t k; /* the next one */
    uint16_t mark[CHUNK + 64], line[CHUNK + 64];
} marked;

static void index_from(marked *x, size_t i)
{
    x->from = i;
    x->k = 0;
    x->marks.at = x->mark;
    x->marks.line = x->line;
    size_t n = x->n - i < CHUNK ? x->n - i : CHUNK;
    pa_csv_best_kernels()->index(x->signs, x->text + i, n, &x->marks);
}

/* The record at text + i by the marks: its length, 0 where it is of another kind or cut. */
static size_t split_quickly(marked *x, size_t i, pa_csv_field field[], size_t n_fields)
{
    while (x->k < x->marks.n && x->from + x->mark[x->k] < i) x->k++;
    size_t marks = pa_csv_split_marks(x->signs, x->text + x->from, i - x->from, x->mark + x->k,
                                      x->marks.n - x->k, field, n_fields);
    if (marks == 0) return 0;
    size_t at = x->from + x->mark[x->k + marks - 1], ends = pa_csv_line_end(x->text, x->n, at);
    return ends > 0 ? at + ends - i : 0;
}

/* In the second half of what is indexed a record may be cut: it begins the next index. */
static size_t take_quickly(marked *x, size_t i, pa_csv_field field[], size_t n_fields)
{
    size_t length = split_quickly(x, i, field, n_fields);
    if (length > 0 || i < x->from + CHUNK / 2) return length;
    index_from(x, i);
    return split_quickly(x, i, field, n_fields);
}

pa_status pa_csv_sample(const pa_csv_layout *l, const char *text, size_t n, bool last, bool within,
                        size_t most, pa_csv_row_taker *take, void *taker, pa_error *err)
{
    size_t room = (size_t)l->n_fields, taken = 0;
    const pa_record_rule rule = {
        .signs = l->signs, .n_fields = room, .longest = n, .most_lines = 100};
    pa_record_walk walk = {&rule, within ? PA_CSV_PLAIN : PA_CSV_RECORD, 1, within};
    marked x = {.signs = &l->signs, .text = text, .n = n};
    pa_csv_field *field = NULL;
    char *scratch = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(field, room, err));
    PA_GOTO(PA_NEW(scratch, n + 1, err));
    index_from(&x, 0);
    for (size_t i = 0; i < n && taken < most;) {
        bool start = pa_record_walk_is_at_start(&walk);
        pa_record_seen seen = {.length = start ? take_quickly(&x, i, field, room) : 0};
        pa_record_verdict v = PA_RECORD_GOOD;
        if (seen.length == 0)
            v = pa_record_step(&walk, text + i, n - i, last, scratch, field, room, &seen);
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
