/* How the files are written, in words. */
#include <stdio.h>
#include <string.h>

#include "ingest_parts.h"

static const char *sign_name(char sign, char text[4])
{
    if (sign == '\t') return "tabs";
    text[0] = text[2] = '\'';
    text[1] = sign;
    text[3] = '\0';
    return text;
}

static pa_status add_part(pa_buffer *form, const char *part, pa_error *err)
{
    return pa_buffer_printf(form, err, "%s%s", form->length > 0 ? ", " : "", part);
}

static pa_status describe_signs(const pa_csv_layout *l, bool all, pa_buffer *form, pa_error *err)
{
    char sign[4], part[64];
    if (all || l->signs.separator != ',') {
        snprintf(part, sizeof part, "%s between fields", sign_name(l->signs.separator, sign));
        PA_TRY(add_part(form, part, err));
    }
    if (l->trailing) PA_TRY(add_part(form, "a separator behind each row", err));
    if (all || l->signs.quote != '"') {
        snprintf(part, sizeof part, "%s around fields",
                 l->signs.quote ? sign_name(l->signs.quote, sign) : "nothing");
        PA_TRY(add_part(form, part, err));
    }
    if (l->signs.blanks) PA_TRY(add_part(form, "blanks around quotes", err));
    if (!l->signs.escape) return PA_OK;
    snprintf(part, sizeof part, "%s as escape", sign_name(l->signs.escape, sign));
    return add_part(form, part, err);
}

static pa_status describe_text(const pa_input *f, bool all, pa_buffer *form, pa_error *err)
{
    char part[64];
    if (all && f->kind != PA_INPUT_PLAIN)
        PA_TRY(add_part(form, f->kind == PA_INPUT_GZ ? "packed by gzip" : "packed by zstd", err));
    if (!*f->encoding) return all ? add_part(form, "UTF-8", err) : PA_OK;
    snprintf(part, sizeof part, "read as %s", f->encoding);
    return add_part(form, part, err);
}

static pa_status describe_header(const pa_csv_layout *l, bool all, pa_buffer *form, pa_error *err)
{
    char part[64];
    if (l->head_length == 0) return add_part(form, "no header", err);
    if (!all && l->head_line == 1) return PA_OK;
    snprintf(part, sizeof part, "header in line %lld", (long long)l->head_line);
    return add_part(form, part, err);
}

static pa_status describe_values(const pa_csv_layout *l, bool all, pa_buffer *form, pa_error *err)
{
    char part[160];
    if (l->amount_form.decimal == ',')
        PA_TRY(add_part(form, "a comma before decimals", err));
    else if (all && l->amount_form.decimal == '.')
        PA_TRY(add_part(form, "a point before decimals", err));
    bool any = l->time_form.kind == PA_TIME_AUTO;
    if (any && !all) return PA_OK;
    snprintf(part, sizeof part, "times as %s%s%s",
             any ? "they stand (auto)" : pa_time_form_name(&l->time_form),
             all && *l->time_form.zone ? " in " : "", all ? l->time_form.zone : "");
    return add_part(form, part, err);
}

pa_status pa_ingest_describe(const pa_input *f, bool all, pa_buffer *form, pa_error *err)
{
    const pa_csv_layout *l = &f->layout;
    form->length = 0;
    if (f->kind == PA_INPUT_H5)
        return all ? add_part(form, "HDF5 with the tables of a result", err) : PA_OK;
    PA_TRY(describe_text(f, all, form, err));
    PA_TRY(describe_signs(l, all, form, err));
    PA_TRY(describe_header(l, all, form, err));
    return describe_values(l, all, form, err);
}

static bool is_same(const pa_buffer *a, const pa_buffer *b)
{
    return a->length == b->length && (a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

/* "a.csv and 2 more files: FORM" of the files from `first` on that have this form, none of
 * which is before. */
static pa_status tell(const pa_inputs *in, size_t first, const pa_buffer *form, pa_buffer *other,
                      pa_buffer *forms, pa_error *err)
{
    size_t more = 0;
    for (size_t i = 0; i < in->n; i++) {
        if (i == first) continue;
        PA_TRY(pa_ingest_describe(&in->file[i], false, other, err));
        if (!is_same(form, other)) continue;
        if (i < first) return PA_OK;
        more++;
    }
    PA_TRY(pa_buffer_printf(forms, err, "%s", in->file[first].name));
    if (more > 0)
        PA_TRY(pa_buffer_printf(forms, err, " and %zu more file%s", more, more > 1 ? "s" : ""));
    PA_TRY(pa_buffer_printf(forms, err, ": %.*s", (int)form->length, form->data));
    return pa_buffer_add(forms, "", 1, err);
}

pa_status pa_ingest_tell_forms(const pa_inputs *in, pa_buffer *forms, pa_error *err)
{
    enum { MOST = 20 }; /* different forms that are told */
    pa_buffer form = {0}, other = {0};
    pa_status st = PA_OK;
    for (size_t i = 0, told = 0; st == PA_OK && i < in->n && told < MOST; i++) {
        size_t before = forms->length;
        st = pa_ingest_describe(&in->file[i], false, &form, err);
        if (st == PA_OK && form.length > 0) st = tell(in, i, &form, &other, forms, err);
        told += forms->length > before;
    }
    pa_buffer_free(&form);
    pa_buffer_free(&other);
    return st;
}
