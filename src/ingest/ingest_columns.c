/* Which columns the files have, and that they agree on them. */
#include <stdio.h>
#include <string.h>

#include "ingest_parts.h"

/* Both files, and the column that only one of them has. */
static pa_status differ(const pa_inputs *in, int32_t file, bool here, const char *what,
                        pa_error *err)
{
    const char *with = in->file[here ? file : 0].name, *without = in->file[here ? 0 : file].name;
    return pa_fail_at(err, PA_E_DATA, file + 1, 0,
                      "%s: %s has a column for %s and %s has none: all files must have the same "
                      "columns",
                      in->file[file].name, with, what, without);
}

static pa_status check_one(const pa_inputs *in, int32_t file, bool first, bool here,
                           const char *key, pa_error *err)
{
    char what[48];
    if (first == here) return PA_OK;
    snprintf(what, sizeof what, "input.%s", key);
    return differ(in, file, here, what, err);
}

static pa_status check_columns(const pa_inputs *in, int32_t file, const pa_csv_columns *has,
                               pa_error *err)
{
    const pa_csv_columns *a = &in->has;
    bool first_tx = in->file[0].layout.tx >= 0, tx = in->file[file].layout.tx >= 0;
    PA_TRY(check_one(in, file, first_tx, tx, "tx", err));
    if (a->text_ids != has->text_ids) {
        return pa_fail_at(err, PA_E_DATA, file + 1, 0,
                          "%s: its transaction ids are %s and those of %s are not (input.tx_text)",
                          in->file[file].name, has->text_ids ? "texts" : "whole numbers",
                          in->file[0].name);
    }
    bool csv = in->file[0].kind != PA_INPUT_H5 && in->file[file].kind != PA_INPUT_H5;
    const pa_csv_layout *first = &in->file[0].layout, *l = &in->file[file].layout;
    if (csv) PA_TRY(check_one(in, file, first->sign >= 0, l->sign >= 0, "sign", err));
    if (csv) PA_TRY(check_one(in, file, first->label >= 0, l->label >= 0, "label", err));
    PA_TRY(check_one(in, file, a->label_time, has->label_time, "label_time", err));
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        PA_TRY(check_one(in, file, a->coded[i], has->coded[i], pa_csv_coded_names[i], err));
    }
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        PA_TRY(check_one(in, file, a->place[i], has->place[i], pa_csv_place_names[i], err));
    }
    return PA_OK;
}

/* A latitude says nothing without its longitude. */
static pa_status check_places(const pa_inputs *in, int32_t file, const pa_csv_columns *has,
                              pa_error *err)
{
    for (int i = 0; i < PA_CSV_N_PLACES; i += 2) {
        if (has->place[i] == has->place[i + 1]) continue;
        int there = has->place[i] ? i : i + 1, missing = has->place[i] ? i + 1 : i;
        return pa_fail_at(err, PA_E_DATA, file + 1, 0,
                          "%s: there is a column for input.%s and none for input.%s: name both or "
                          "neither",
                          in->file[file].name, pa_csv_place_names[there],
                          pa_csv_place_names[missing]);
    }
    return PA_OK;
}

/* names: one after another, each ended by a zero byte. */
static const char *name_at(const pa_buffer *names, size_t at)
{
    return at < names->length ? names->data + at : NULL;
}

static pa_status check_numeric(const pa_inputs *in, int32_t file, const pa_buffer *names,
                               pa_error *err)
{
    size_t at = 0;
    const char *a = name_at(&in->numeric, 0), *b = name_at(names, 0);
    while (a && b && strcmp(a, b) == 0) {
        at += strlen(a) + 1;
        a = name_at(&in->numeric, at);
        b = name_at(names, at);
    }
    if (!a && !b) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, file + 1, 0,
                      "%s: the further columns of numbers (input.numeric) are not those of %s: "
                      "%s%s%s in place of %s%s%s",
                      in->file[file].name, in->file[0].name, b ? "'" : "", b ? b : "none",
                      b ? "'" : "", a ? "'" : "", a ? a : "none", a ? "'" : "");
}

pa_status pa_inputs_have(pa_inputs *in, int32_t file, const pa_csv_columns *has,
                         const pa_buffer *numeric, pa_error *err)
{
    PA_TRY(check_places(in, file, has, err));
    if (file > 0) {
        PA_TRY(check_columns(in, file, has, err));
        return check_numeric(in, file, numeric, err);
    }
    in->has = *has;
    in->numeric.length = 0;
    return numeric->length ? pa_buffer_add(&in->numeric, numeric->data, numeric->length, err)
                           : PA_OK;
}

pa_status pa_inputs_have_csv(pa_inputs *in, int32_t file, const char *head, pa_error *err)
{
    const pa_csv_layout *layout = &in->file[file].layout;
    pa_csv_columns has = pa_csv_columns_of(layout, in->text_ids && layout->tx >= 0);
    pa_buffer numeric = {0};
    pa_status st = PA_OK;
    if (layout->n_numeric) st = pa_csv_numeric_names(head, layout, &numeric, err);
    if (st == PA_OK) st = pa_inputs_have(in, file, &has, &numeric, err);
    pa_buffer_free(&numeric);
    return st;
}
