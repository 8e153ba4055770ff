#include "side_files.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/text/source.h"

void pa_beside_free(pa_beside_files *side)
{
    pa_inputs_free(&side->inputs);
    pa_csv_words_free(&side->missing);
    pa_csv_label_words_free(&side->labels);
    *side = (pa_beside_files){.has_zone = false};
}

/* ---- opening ---- */

static pa_status no_one_form(const pa_input *f, int32_t file, pa_error *err)
{
    return pa_fail_at(err, PA_E_DATA, file + 1, 0,
                      "%s: its times may be read in more than one way: write them as 2024-01-31 "
                      "13:00:00",
                      f->name);
}

/* Where the times of the file leave it open, they are written as those of the transactions. */
static pa_status settle_form(const pa_input *f, int32_t file, const pa_time_sniffed *shown,
                             const pa_time_form *fallback, pa_time_form *form, pa_error *err)
{
    if (shown->verdict == PA_TIME_CLEAR || shown->verdict == PA_TIME_NONE) return PA_OK;
    if (fallback->kind != PA_TIME_AUTO) {
        *form = *fallback;
        return PA_OK;
    }
    /* What no form reads is told by its line. */
    return shown->verdict == PA_TIME_UNKNOWN ? PA_OK : no_one_form(f, file, err);
}

static pa_status read_layout(pa_inputs *in, int32_t file, const pa_csv_names *names,
                             const pa_time_form *fallback, const char *head, size_t n, bool last,
                             pa_error *err)
{
    pa_input *f = &in->file[file];
    pa_times_shown shown;
    PA_TRY(pa_csv_header(head, n, last, names, file + 1, f->name, &f->layout, err));
    pa_csv_layout *l = &f->layout;
    PA_TRY(pa_ingest_sniff_times(head + l->length, n - (size_t)l->length, NULL, 0, l, &shown, err));
    PA_TRY(settle_form(f, file, &shown.time, fallback, &l->time_form, err));
    if (l->label_time >= 0)
        PA_TRY(settle_form(f, file, &shown.label_time, fallback, &l->label_time_form, err));
    if (f->by_table && pa_input_is_cut(f))
        l->length = (int64_t)pa_encoded_from(head, (size_t)l->length);
    return PA_OK;
}

static pa_status look_at(pa_inputs *in, int32_t file, const pa_csv_names *names,
                         const pa_time_form *fallback, pa_log *log, char *head, size_t room,
                         pa_error *err)
{
    int fd;
    size_t n = 0;
    pa_input *f = &in->file[file];
    PA_TRY(pa_input_begin(in, file, log, head, room, &fd, err));
    pa_status st = PA_OK;
    if (f->kind == PA_INPUT_H5)
        st = pa_fail_at(err, PA_E_DATA, file + 1, 0, "%s: is HDF5, and has to be CSV (%s)", f->name,
                        names->key);
    if (st == PA_OK) st = pa_input_first(in, file, fd, head, room, &n, err);
    if (st == PA_OK) st = read_layout(in, file, names, fallback, head, n, n < room, err);
    close(fd);
    return st;
}

static pa_status look_at_all(const pa_config *config, const char *key, pa_csv_names *names,
                             pa_log *log, pa_inputs *in, pa_error *err)
{
    static const pa_time_form automatic = {.kind = PA_TIME_AUTO};
    char *head = NULL;
    size_t room = (size_t)pa_config_int(config, "input.max_record");
    if (room < 65536) room = 65536;
    names->key = key;
    names->header = PA_CSV_HEADER_YES;
    PA_TRY(pa_ingest_time_forms(config, names, err));
    const pa_time_form fallback = names->time_form;
    names->time_form = names->label_time_form = automatic;
    memcpy(names->time_form.zone, fallback.zone, sizeof fallback.zone);
    memcpy(names->label_time_form.zone, fallback.zone, sizeof fallback.zone);
    PA_TRY(pa_encoding_make(pa_config_text(config, "input.encoding"), &in->encoding, err));
    PA_TRY(pa_inputs_list(pa_config_text(config, key), key, log, in, err));
    PA_TRY(PA_NEW(head, room, err));
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < in->n; i++)
        st = look_at(in, (int32_t)i, names, &fallback, log, head, room, err);
    pa_free(head);
    return st;
}

static pa_status set_words(const pa_config *config, pa_beside_files *side, pa_error *err)
{
    PA_TRY(pa_csv_words_add(&side->missing, pa_config_text(config, "input.missing"), err));
    return pa_csv_label_words_set(&side->labels, pa_config_text(config, "input.label_fraud"),
                                  pa_config_text(config, "input.label_genuine"),
                                  pa_config_text(config, "input.label_unknown"), &side->missing,
                                  err);
}

pa_status pa_beside_open(pa_comm *comm, const pa_config *config, const char *key,
                         pa_csv_names *names, pa_log *log, pa_beside_files *side, pa_error *err)
{
    bool root = pa_comm_rank(comm) == 0;
    *side = (pa_beside_files){.has_zone = false};
    PA_AGREE(comm, root ? look_at_all(config, key, names, log, &side->inputs, err) : PA_OK, err);
    PA_TRY(pa_inputs_share(comm, &side->inputs, err));
    PA_AGREE(comm, set_words(config, side, err), err);
    return pa_ingest_zone(comm, config, &side->zone, &side->has_zone, err);
}

/* ---- reading ---- */

typedef struct {
    pa_beside_record record;
    pa_record_rule rule;
    pa_csv_field *field;
    pa_buffer scratch;
    pa_beside_taker *take;
    void *taker;
} reader;

static pa_status take_record(void *of, int64_t line, const char *text, size_t n, pa_error *err)
{
    reader *r = of;
    pa_record_seen seen;
    r->record.line = line;
    r->record.field = r->field;
    PA_TRY(pa_buffer_reserve(&r->scratch, n + 1, err));
    pa_record_verdict v = pa_record_judge(&r->rule, text, n, true, r->scratch.data, r->field,
                                          r->rule.n_fields, &seen);
    if (v == PA_RECORD_BLANK || n == 0) return PA_OK;
    if (v != PA_RECORD_GOOD)
        return pa_beside_fail(&r->record, err, "%zu fields, the header has %zu", seen.n_fields,
                              r->rule.n_fields);
    return r->take(r->taker, &r->record, err);
}

static pa_status read_file(pa_comm *comm, const pa_config *config, int32_t file, reader *r,
                           pa_error *err)
{
    const pa_inputs *in = &r->record.side->inputs;
    const pa_csv_layout *l = &in->file[file].layout;
    const pa_text_source source = {
        .comm = comm,
        .io = {.block = pa_config_int(config, "io.block"),
               .read = (size_t)pa_config_int(config, "io.read_buffer"),
               .longest = (size_t)pa_config_int(config, "input.max_record")},
        .file = pa_input_text(in, file),
        .begin = l->length,
        .first_line = 1 + l->newlines};
    r->record.file = file;
    r->rule = (pa_record_rule){.signs = l->signs,
                               .n_fields = (size_t)l->n_fields,
                               .longest = source.io.longest,
                               .most_lines = pa_config_int(config, "input.max_field_lines")};
    PA_AGREE(comm, PA_NEW(r->field, r->rule.n_fields, err), err);
    pa_status st = pa_source_read(&source, &r->rule, take_record, r, err);
    pa_free(r->field);
    return st;
}

pa_status pa_beside_read(pa_comm *comm, const pa_config *config, const pa_beside_files *side,
                         pa_beside_taker *take, void *taker, pa_error *err)
{
    reader r = {.record = {.side = side}, .take = take, .taker = taker};
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < side->inputs.n; i++)
        st = read_file(comm, config, (int32_t)i, &r, err);
    pa_buffer_free(&r.scratch);
    return st;
}

pa_csv_field pa_beside_field(const pa_beside_record *r, int32_t column)
{
    if (column < 0) return (pa_csv_field){"", 0};
    pa_csv_field f = pa_csv_clean(r->field[column]);
    return pa_csv_words_hold(&r->side->missing, f.text, f.length) ? (pa_csv_field){"", 0} : f;
}

pa_status pa_beside_fail(const pa_beside_record *r, pa_error *err, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return pa_fail_at(err, PA_E_DATA, r->file + 1, r->line, "%s:%lld: %s",
                      r->side->inputs.file[r->file].name, (long long)r->line, text);
}

pa_status pa_beside_time(const pa_beside_record *r, int32_t column, const pa_time_form *form,
                         const char *what, int64_t *seconds, pa_error *err)
{
    pa_written_time written;
    pa_zone_span span = {0};
    char shown[PA_CSV_EXCERPT];
    pa_csv_field f = pa_beside_field(r, column);
    const pa_zone *zone = r->side->has_zone ? &r->side->zone : NULL;
    if (pa_time_read(form, f, &written) && pa_time_in_utc(zone, &span, &written, seconds))
        return PA_OK;
    pa_csv_excerpt(f, shown);
    return pa_beside_fail(r, err, "%s '%s' is not a time like 2024-01-31 13:05:59", what, shown);
}
