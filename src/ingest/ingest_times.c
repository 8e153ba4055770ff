/* How the times of each file are written, told by its first and last rows. */
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/csv/csv_parts.h"

enum { FIRST = 1000, LAST = 200 };

typedef struct {
    int32_t column;
    size_t n;
    pa_csv_field field[FIRST + LAST];
    pa_buffer text; /* what the fields hold: room for all of it is there */
} sample;

/* A time is short; what is not would be none. */
enum { LONGEST = 64 };

static void take_time(void *taker, const pa_csv_field field[])
{
    sample *s = taker;
    pa_csv_field f = field[s->column];
    if (f.length > LONGEST) f.length = LONGEST;
    char *to = s->text.data + s->text.length;
    memcpy(to, f.text, f.length);
    s->text.length += f.length;
    s->field[s->n++] = (pa_csv_field){to, f.length};
}

static pa_status take_sample(sample *s, const pa_csv_layout *l, const char *rows, size_t n,
                             const char *tail, size_t n_tail, pa_error *err)
{
    s->column = l->time[0];
    PA_TRY(pa_buffer_reserve(&s->text, (FIRST + LAST) * LONGEST, err));
    PA_TRY(pa_csv_sample(l, rows, n, n_tail == 0, false, FIRST, take_time, s, err));
    if (n_tail == 0) return PA_OK;
    return pa_csv_sample(l, tail, n_tail, true, true, LAST, take_time, s, err);
}

pa_status pa_ingest_sniff_times(const char *rows, size_t n, const char *tail, size_t n_tail,
                                pa_csv_layout *l, pa_time_sniffed *shown, pa_error *err)
{
    sample *s = NULL;
    *shown = (pa_time_sniffed){.verdict = PA_TIME_CLEAR, .form = l->time_form};
    if (l->time_form.kind != PA_TIME_AUTO || l->n_time == 4) return PA_OK;
    PA_TRY(PA_NEW(s, 1, err));
    pa_status st = take_sample(s, l, rows, n, tail, n_tail, err);
    if (st == PA_OK) pa_time_sniff(s->field, s->n, &l->time_form, shown);
    if (shown->verdict == PA_TIME_CLEAR) l->time_form = shown->form;
    pa_buffer_free(&s->text);
    pa_free(s);
    return st;
}

/* The one order of days and months in the files that have one; auto: none or several. */
static int32_t common_order(const pa_inputs *in, const pa_time_sniffed shown[])
{
    int32_t kind = PA_TIME_AUTO;
    for (size_t i = 0; i < in->n; i++) {
        int32_t here = shown[i].form.kind;
        bool ordered = here == PA_TIME_DD_MM_YYYY || here == PA_TIME_MM_DD_YYYY;
        if (in->file[i].kind == PA_INPUT_H5 || !ordered) continue;
        if (kind != PA_TIME_AUTO && kind != here) return PA_TIME_AUTO;
        kind = here;
    }
    return kind;
}

pa_status pa_ingest_settle_times(pa_inputs *in, const pa_time_sniffed shown[], pa_error *err)
{
    int32_t order = common_order(in, shown);
    for (size_t i = 0; i < in->n; i++) {
        pa_time_verdict v = shown[i].verdict;
        if (v == PA_TIME_AMBIGUOUS && order != PA_TIME_AUTO) {
            in->file[i].layout.time_form.kind = order;
        } else if (v == PA_TIME_AMBIGUOUS || v == PA_TIME_REFUSED || v == PA_TIME_MIXED) {
            return pa_fail_at(err, PA_E_DATA, (int64_t)i + 1, 0, "%s: %s", in->file[i].name,
                              shown[i].text);
        }
    }
    return PA_OK;
}
