/* Records to dispositions. */
#include <string.h>
#include <xxhash.h>

#include "dispositions.h"
#include "paraudit/base/array.h"
#include "paraudit/base/text.h"
#include "paraudit/comm/view.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/verdict_words.h"

typedef struct {
    pa_disposition_list *list;
    bool text_ids;
} taker;

static pa_status append(pa_disposition_list *l, const pa_disposition *d, pa_error *err)
{
    PA_TRY(PA_ROOM(l->of, l->room, l->n + 1, err));
    l->of[l->n++] = *d;
    return PA_OK;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_hex(pa_csv_field f, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < f.length; i++) {
        int digit = digit_of(f.text[i]);
        if (digit < 0) return false;
        *value = *value << 4 | (uint64_t)digit;
    }
    return f.length == 16;
}

/* ---- one record ---- */

static pa_status read_verdict(const pa_beside_record *r, const pa_csv_layout *l, int8_t *verdict,
                              pa_error *err)
{
    const pa_beside_files *s = r->side;
    pa_csv_field f = pa_beside_field(r, l->amount);
    char shown[PA_CSV_EXCERPT];
    *verdict = pa_csv_read_label(&s->labels, &s->missing, f.text, f.length);
    if (*verdict != PA_CSV_LABEL_ODD || pa_verdict_word(f.text, f.length, verdict)) return PA_OK;
    pa_csv_excerpt(f, shown);
    return pa_beside_fail(r, err,
                          "verdict '%s' is not known (known are %s, and the words of "
                          "input.label_fraud, input.label_genuine and input.label_unknown)",
                          shown, pa_verdict_words);
}

static pa_status read_time(const pa_beside_record *r, const pa_csv_layout *l, pa_disposition *d,
                           pa_error *err)
{
    bool is_said = pa_beside_field(r, l->time[0]).length > 0;
    d->time = INT64_MIN;
    if (!is_said && d->verdict < 0) return PA_OK;
    return pa_beside_time(r, l->time[0], &l->time_form, "time", &d->time, err);
}

static pa_status read_tx(const pa_beside_record *r, pa_csv_field f, bool text_ids,
                         pa_disposition *d, pa_error *err)
{
    char shown[PA_CSV_EXCERPT], cut[PA_CSV_NAME_BYTES];
    if (text_ids) {
        f = pa_csv_without_apostrophe(f);
        pa_csv_clean_name(NULL, &f, cut);
        memcpy(d->id, f.text, f.length < sizeof d->id ? f.length : sizeof d->id);
        d->key = (int64_t)(XXH3_64bits(f.text, f.length) & INT64_MAX);
        return PA_OK;
    }
    if (pa_parse_i64(f.text, f.length, &d->key)) return PA_OK;
    pa_csv_excerpt(f, shown);
    return pa_beside_fail(r, err, "transaction id '%s' is not a whole number", shown);
}

static pa_status read_name(const pa_beside_record *r, const pa_csv_layout *l, bool text_ids,
                           pa_disposition *d, pa_error *err)
{
    pa_csv_field tx = pa_beside_field(r, l->tx),
                 alert = pa_beside_field(r, l->coded[PA_CSV_CATEGORY]);
    char shown[PA_CSV_EXCERPT];
    uint64_t key;
    if (tx.length > 0) return read_tx(r, tx, text_ids, d, err);
    if (alert.length == 0) return pa_beside_fail(r, err, "neither tx nor alert_id says of what");
    d->by_alert = true;
    if (is_hex(alert, &key)) {
        d->key = (int64_t)key;
        return PA_OK;
    }
    pa_csv_excerpt(alert, shown);
    return pa_beside_fail(
        r, err, "alert_id '%s' is not as an audit writes it: 16 digits and a to f", shown);
}

static pa_status take(void *of, const pa_beside_record *r, pa_error *err)
{
    taker *t = of;
    const pa_csv_layout *l = &r->side->inputs.file[r->file].layout;
    pa_disposition d;
    memset(&d, 0, sizeof d);
    d.file = r->file;
    d.line = r->line;
    PA_TRY(read_verdict(r, l, &d.verdict, err));
    PA_TRY(read_time(r, l, &d, err));
    PA_TRY(read_name(r, l, t->text_ids, &d, err));
    return append(t->list, &d, err);
}

/* ---- all of them ---- */

static pa_status order_keys(const pa_disposition_list *l, uint64_t **file, int64_t **line,
                            pa_error *err)
{
    PA_TRY(PA_NEW(*file, l->n, err));
    PA_TRY(PA_NEW(*line, l->n, err));
    for (size_t i = 0; i < l->n; i++) {
        (*file)[i] = (uint64_t)l->of[i].file;
        (*line)[i] = l->of[i].line;
    }
    return PA_OK;
}

/* Each rank has read its part of every file. */
static pa_status put_in_order(pa_comm *comm, pa_disposition_list *l, pa_error *err)
{
    uint64_t *file = NULL;
    int64_t *line = NULL;
    pa_disposition *ordered = NULL;
    pa_view view = {0};
    pa_status st;
    PA_GOTO(pa_agree(comm, order_keys(l, &file, &line, err), err));
    PA_GOTO(pa_view_make(comm, l->n, file, line, &view, err));
    PA_GOTO(pa_agree(comm, PA_NEW(ordered, view.n, err), err));
    PA_GOTO(pa_view_send(comm, &view, sizeof *ordered, l->of, ordered, err));
    pa_free(l->of);
    *l = (pa_disposition_list){.n = view.n, .room = view.n, .of = ordered};
    ordered = NULL;
out:
    pa_view_free(&view);
    pa_free(ordered);
    pa_free(file);
    pa_free(line);
    return st;
}

pa_status pa_dispositions_read(pa_comm *comm, const pa_config *config, const pa_beside_files *side,
                               bool text_ids, pa_disposition_list *list, pa_error *err)
{
    taker t = {list, text_ids};
    PA_TRY(pa_beside_read(comm, config, side, take, &t, err));
    return put_in_order(comm, list, err);
}
