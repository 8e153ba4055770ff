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
    s->n = s->text.length = 0;
    PA_TRY(pa_buffer_reserve(&s->text, (FIRST + LAST) * LONGEST, err));
    PA_TRY(pa_csv_sample(l, rows, n, n_tail == 0, false, FIRST, take_time, s, err));
    if (n_tail == 0) return PA_OK;
    return pa_csv_sample(l, tail, n_tail, true, true, LAST, take_time, s, err);
}

pa_status pa_ingest_sniff_times(const char *rows, size_t n, const char *tail, size_t n_tail,
                                pa_csv_layout *l, pa_times_shown *shown, pa_error *err)
{
    sample *s = NULL;
    const int32_t column[] = {l->n_time == 4 ? -1 : l->time[0], l->label_time};
    pa_time_form *form[] = {&l->time_form, &l->label_time_form};
    pa_time_sniffed *what[] = {&shown->time, &shown->label_time};
    pa_status st = PA_OK;
    PA_TRY(PA_NEW(s, 1, err));
    for (int i = 0; st == PA_OK && i < 2; i++) {
        *what[i] = (pa_time_sniffed){.verdict = PA_TIME_CLEAR, .form = *form[i]};
        if (form[i]->kind != PA_TIME_AUTO || column[i] < 0) continue;
        s->column = column[i];
        st = take_sample(s, l, rows, n, tail, n_tail, err);
        if (st == PA_OK) pa_time_sniff(s->field, s->n, form[i], what[i]);
        if (what[i]->verdict == PA_TIME_CLEAR) *form[i] = what[i]->form;
    }
    pa_buffer_free(&s->text);
    pa_free(s);
    return st;
}

static bool is_ordered(int32_t kind)
{
    return kind == PA_TIME_DD_MM_YYYY || kind == PA_TIME_MM_DD_YYYY;
}

/* The one order of days and months in the files that have one; auto: none or several. */
static int32_t common_order(const pa_inputs *in, const pa_times_shown shown[])
{
    int32_t kind = PA_TIME_AUTO;
    for (size_t i = 0; i < in->n; i++) {
        int32_t here = shown[i].time.form.kind;
        if (in->file[i].kind == PA_INPUT_H5 || !is_ordered(here)) continue;
        if (kind != PA_TIME_AUTO && kind != here) return PA_TIME_AUTO;
        kind = here;
    }
    return kind;
}

static bool is_open(const pa_time_sniffed *s)
{
    return s->verdict == PA_TIME_AMBIGUOUS || s->verdict == PA_TIME_REFUSED ||
           s->verdict == PA_TIME_MIXED;
}

/* Times of labels have the key of their own. */
static pa_status refuse(const pa_inputs *in, size_t file, const pa_time_sniffed *s, bool of_label,
                        pa_error *err)
{
    static const char key[] = "input.time_format";
    const char *at = of_label ? strstr(s->text, key) : NULL;
    if (!at)
        return pa_fail_at(err, PA_E_DATA, (int64_t)file + 1, 0, "%s: %s", in->file[file].name,
                          s->text);
    return pa_fail_at(err, PA_E_DATA, (int64_t)file + 1, 0,
                      "%s: times of labels: %.*sinput.label_time_format%s", in->file[file].name,
                      (int)(at - s->text), s->text, at + sizeof key - 1);
}

static pa_status settle(pa_inputs *in, size_t file, const pa_time_sniffed *s, pa_time_form *form,
                        int32_t order, bool of_label, pa_error *err)
{
    if (!is_open(s)) return PA_OK;
    if (s->verdict != PA_TIME_AMBIGUOUS || !is_ordered(order))
        return refuse(in, file, s, of_label, err);
    form->kind = order;
    return PA_OK;
}

pa_status pa_ingest_settle_times(pa_inputs *in, const pa_times_shown shown[], pa_error *err)
{
    int32_t order = common_order(in, shown);
    for (size_t i = 0; i < in->n; i++) {
        pa_csv_layout *l = &in->file[i].layout;
        if (in->file[i].kind == PA_INPUT_H5) continue;
        PA_TRY(settle(in, i, &shown[i].time, &l->time_form, order, false, err));
        PA_TRY(
            settle(in, i, &shown[i].label_time, &l->label_time_form, l->time_form.kind, true, err));
    }
    return PA_OK;
}
