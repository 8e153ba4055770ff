#include "paraudit/fuse/alerts_csv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/io/files.h"

/* Alerts of one round: what bounds the memory of rank 0. */
enum { ROWS_A_ROUND = 4096 };

/* A fixed-length text as a CSV field (RFC 4180: quoted where it must be). */
static pa_status add_field(pa_buffer *text, const char *field, size_t width, pa_error *err)
{
    size_t length = strnlen(field, width);
    bool plain = true;
    for (size_t i = 0; i < length; i++) plain = plain && !strchr(",\"\r\n", field[i]);
    if (plain) return pa_buffer_add(text, field, length, err);
    PA_TRY(pa_buffer_add(text, "\"", 1, err));
    for (size_t i = 0; i < length; i++) {
        if (field[i] == '"') PA_TRY(pa_buffer_add(text, "\"", 1, err));
        PA_TRY(pa_buffer_add(text, field + i, 1, err));
    }
    return pa_buffer_add(text, "\"", 1, err);
}

static pa_status add_bytes_of(pa_buffer *text, const pa_table *t, const char *column, size_t row,
                              pa_error *err)
{
    const pa_column *c = pa_table_find(t, column);
    size_t width = (size_t)c->spec.width;
    return add_field(text, (const char *)c->data + row * width, width, err);
}

/* The names of all detectors, on every rank. */
typedef struct {
    char *bytes;
    size_t width, n;
} detector_names;

static pa_status add_line(pa_buffer *text, const pa_table *t, size_t i, const detector_names *names,
                          pa_error *err)
{
    char time[24];
    pa_format_time(pa_i64(t, "time")[i], time);
    PA_TRY(add_bytes_of(text, t, "alert_id", i, err));
    PA_TRY(pa_buffer_add(text, ",", 1, err));
    PA_TRY(add_bytes_of(text, t, "account_id", i, err));
    PA_TRY(pa_buffer_printf(text, err, ",%" PRId64 ",%s,%.15g,%.9g,%.15g,", pa_i64(t, "tx")[i],
                            time, pa_f64(t, "amount")[i], (double)pa_f32(t, "score")[i],
                            pa_f64(t, "margin")[i]));
    size_t reason = (size_t)pa_i32(t, "reason")[i];
    PA_ASSERT(reason < names->n);
    PA_TRY(add_field(text, names->bytes + reason * names->width, names->width, err));
    return pa_buffer_add(text, "\n", 1, err);
}

/* The lines of those rows from `first` on, ROWS_A_ROUND of all, that are here. */
static pa_status lines_of_round(const pa_table *t, int64_t first, const detector_names *names,
                                pa_buffer *text, pa_error *err)
{
    int64_t last = t->first_row + (int64_t)t->n_rows;
    text->length = 0;
    if (last > first + ROWS_A_ROUND) last = first + ROWS_A_ROUND;
    for (int64_t row = first > t->first_row ? first : t->first_row; row < last; row++) {
        PA_TRY(add_line(text, t, (size_t)(row - t->first_row), names, err));
    }
    return PA_OK;
}

static pa_status open_part(const char *part, FILE **file, pa_error *err)
{
    *file = fopen(part, "wb");
    if (!*file) return pa_fail(err, PA_E_CREATE, "%s: %s", part, strerror(errno));
    fputs("alert_id,account,tx,time,amount,score,margin,reason\n", *file);
    return PA_OK;
}

static pa_status close_part(FILE *file, const char *part, const char *path, pa_error *err)
{
    int bad = ferror(file);
    bad |= fclose(file);
    if (bad) return pa_fail(err, PA_E_IO, "%s: cannot be written: %s", part, strerror(errno));
    PA_TRY(pa_sync_file(part, err));
    return pa_rename_for_good(part, path, err);
}

static pa_status write_rounds(pa_comm *comm, FILE *file, const char *part, const pa_table *t,
                              const detector_names *names, pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = PA_OK;
    for (int64_t first = 0; first < t->n_global; first += ROWS_A_ROUND) {
        void *lines = NULL;
        size_t bytes = 0;
        PA_GOTO(pa_agree(comm, lines_of_round(t, first, names, &text, err), err));
        PA_GOTO(pa_gather_root(comm, text.data, text.length, &lines, &bytes, err));
        if (file && fwrite(lines, 1, bytes, file) != bytes) st = PA_E_IO;
        pa_free(lines);
        if (st != PA_OK) st = pa_fail(err, st, "%s: cannot be written: %s", part, strerror(errno));
        PA_GOTO(pa_agree(comm, st, err));
    }
out:
    pa_buffer_free(&text);
    return st;
}

static pa_status gather_names(pa_comm *comm, const pa_table *detectors, detector_names *names,
                              pa_error *err)
{
    const pa_column *c = pa_table_find(detectors, "detector");
    size_t bytes;
    void *all;
    names->width = (size_t)c->spec.width;
    PA_TRY(pa_gather_all(comm, c->data, detectors->n_rows * names->width, &all, &bytes, err));
    names->bytes = all;
    names->n = bytes / names->width;
    return PA_OK;
}

pa_status pa_write_alerts_csv(pa_comm *comm, const char *path, const pa_table *alerts,
                              const pa_table *detectors, pa_error *err)
{
    FILE *file = NULL;
    detector_names names = {0};
    char part[4096];
    int length = snprintf(part, sizeof part, "%s.part", path);
    pa_status st = PA_OK;
    if (length >= (int)sizeof part)
        st = pa_fail(err, PA_E_CREATE, "%s: the path is too long", path);
    if (st == PA_OK && pa_comm_rank(comm) == 0) st = open_part(part, &file, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(gather_names(comm, detectors, &names, err));
    st = write_rounds(comm, file, part, alerts, &names, err);
    if (file && st == PA_OK) {
        st = close_part(file, part, path, err);
        file = NULL;
    }
    st = pa_agree(comm, st, err);
out:
    if (file) fclose(file);
    pa_free(names.bytes);
    return st;
}
