/* A transaction as the input names things. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/stage/fitting.h"
#include "tell_parts.h"

/* The column of texts in a table of names. */
static const pa_column_spec *names_in(const pa_result_file *file, const char *table)
{
    const pa_column_spec *c;
    for (size_t i = 0; (c = pa_result_column(file, table, i)); i++)
        if (c->type == PA_BYTES) return c;
    return NULL;
}

static void take_text(const char *text, size_t width, char name[PA_ID_BYTES])
{
    size_t n = width < PA_ID_BYTES - 1 ? width : PA_ID_BYTES - 1;
    memcpy(name, text, n);
    name[n] = 0;
}

static pa_status read_name(pa_result_file *file, const char *table, int32_t code,
                           char name[PA_ID_BYTES], pa_error *err)
{
    const pa_column_spec *c = names_in(file, table);
    if (!c || code < 0 || code >= pa_result_rows(file, table)) return PA_OK;
    char *text = pa_alloc(1, (size_t)c->width, err);
    if (!text) return PA_E_MEMORY;
    pa_status st = pa_result_read_column(file, table, c->name, PA_BYTES, code, 1, text, err);
    if (st == PA_OK) take_text(text, (size_t)c->width, name);
    pa_free(text);
    return st;
}

pa_status pa_tell_name(pa_result_file *file, const pa_table *t, const char *column, size_t r,
                       char name[PA_ID_BYTES], pa_error *err)
{
    const pa_column *c = pa_table_find(t, column);
    name[0] = 0;
    if (!c) return PA_OK;
    if (c->spec.type == PA_BYTES)
        take_text((const char *)c->data + r * (size_t)c->spec.width, (size_t)c->spec.width, name);
    else if (c->spec.codes && (c->spec.type == PA_I8 || c->spec.type == PA_I32))
        return read_name(file, c->spec.codes, pa_code_at(c, r), name, err);
    return PA_OK;
}

pa_status pa_tell_id(pa_result_file *file, const pa_table *t, size_t r, char id[PA_ID_BYTES],
                     pa_error *err)
{
    PA_TRY(pa_tell_name(file, t, "tx_id", r, id, err));
    if (!pa_table_find(t, "tx_id")) snprintf(id, PA_ID_BYTES, "%" PRId64, pa_i64(t, "tx")[r]);
    return PA_OK;
}

static void tell_label(const pa_table *slice, const pa_time_plan *plan, size_t r, pa_told_row *row)
{
    pa_labels labels = {
        .time = pa_i64(slice, "time"), .label = pa_i8(slice, "label"), .delay = plan->label_delay};
    if (pa_table_find(slice, "label_time")) labels.label_time = pa_i64(slice, "label_time");
    row->label = (pa_label)labels.label[r];
    row->label_known_from = pa_label_known_from(&labels, r);
}

/* Of the amounts in whole minor units; 2 where there are none. */
static int decimals_of(const pa_table *slice)
{
    const pa_column *minor = pa_table_find(slice, "amount_minor");
    for (int k = 0; minor && minor->spec.unit && k <= PA_MOST_DECIMALS; k++)
        if (strcmp(minor->spec.unit, pa_minor_unit[k]) == 0) return k;
    return 2;
}

pa_status pa_tell_row(pa_result_file *file, const pa_time_plan *plan, const pa_table *slice,
                      size_t r, pa_told_row *row, pa_error *err)
{
    const struct {
        const char *column;
        char *name;
    } names[] = {{"account", row->account},   {"merchant", row->merchant},
                 {"category", row->category}, {"channel", row->channel},
                 {"currency", row->currency}, {"country", row->country},
                 {"kind", row->kind}};
    row->row = slice->first_row + (int64_t)r;
    row->time = pa_i64(slice, "time")[r];
    row->amount = pa_f64(slice, "amount")[r];
    row->decimals = decimals_of(slice);
    PA_TRY(pa_tell_id(file, slice, r, row->tx, err));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        PA_TRY(pa_tell_name(file, slice, names[i].column, r, names[i].name, err));
    tell_label(slice, plan, r, row);
    bool has = pa_table_find(slice, "margin") && pa_table_find(slice, "score");
    row->margin = has ? pa_f64(slice, "margin")[r] : (double)NAN;
    row->score = has ? pa_f32(slice, "score")[r] : NAN;
    const pa_column *alert = pa_table_find(slice, "alert");
    row->alert = alert && ((const uint8_t *)alert->data)[r];
    return PA_OK;
}
