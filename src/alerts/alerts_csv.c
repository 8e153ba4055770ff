#include "paraudit/alerts/alerts_csv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/comm/route.h"
#include "paraudit/files/files.h"
#include "paraudit/text/cell.h"
#include "paraudit/text/sink.h"

const char pa_alerts_csv_header[] =
    "alert_id,day,day_rank,account,tx,time,amount,currency,merchant,"
    "category,channel,country,score,margin,reason1,reason2,reason3\n";

/* What the lines are made of. */
typedef struct {
    const pa_table *alerts;
    size_t width;   /* of a sentence */
    size_t n, next; /* reasons of the alerts held here, in their order */
    int64_t *of;    /* the alert of each */
    int32_t *place; /* 1 .. PA_REASONS */
    char *sentence; /* n x width */
} csv_source;

static void free_source(csv_source *s)
{
    pa_free(s->of);
    pa_free(s->place);
    pa_free(s->sentence);
}

/* ---- the tables are there ---- */

typedef struct {
    const char *name;
    pa_type type;
} needed_column;

static pa_status check_columns(const pa_table *t, size_t n, const needed_column needed[],
                               pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        const pa_column *c = pa_table_find(t, needed[i].name);
        if (!c || c->spec.type != needed[i].type)
            return pa_fail(err, PA_E_DATA, "/%s has no column %s of its type", t->name,
                           needed[i].name);
    }
    return PA_OK;
}

/* A table may be that of a file. */
static pa_status check_tables(const pa_table *alerts, const pa_table *reasons, pa_error *err)
{
    static const needed_column alert[] = {
        {"alert_id", PA_BYTES}, {"account_id", PA_BYTES}, {"tx", PA_I64},
        {"time", PA_I64},       {"day", PA_I64},          {"day_rank", PA_I64},
        {"amount", PA_F64},     {"score", PA_F32},        {"margin", PA_F64}};
    static const needed_column reason[] = {
        {"alert", PA_I64}, {"place", PA_I32}, {"sentence", PA_BYTES}};
    PA_TRY(check_columns(alerts, sizeof alert / sizeof *alert, alert, err));
    return check_columns(reasons, sizeof reason / sizeof *reason, reason, err);
}

/* ---- lines ---- */

/* A text, or nothing where there is no such column. */
static pa_status add_text(pa_buffer *text, const pa_table *t, const char *column, size_t row,
                          pa_error *err)
{
    const pa_column *c = pa_table_find(t, column);
    if (!c || c->spec.type != PA_BYTES) return PA_OK;
    size_t width = (size_t)c->spec.width;
    return pa_add_cell(text, (const char *)c->data + row * width, width, err);
}

static pa_status add_texts(pa_buffer *text, const pa_table *t, size_t n, const char *const column[],
                           size_t row, pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        PA_TRY(pa_buffer_add(text, ",", 1, err));
        PA_TRY(add_text(text, t, column[i], row, err));
    }
    return PA_OK;
}

/* The next reasons, which are those of this alert. */
static pa_status add_reasons(pa_buffer *text, csv_source *s, int64_t alert, pa_error *err)
{
    for (int32_t k = 1; k <= PA_REASONS; k++) {
        PA_TRY(pa_buffer_add(text, ",", 1, err));
        if (s->next == s->n || s->of[s->next] != alert || s->place[s->next] != k) continue;
        PA_TRY(pa_add_cell(text, s->sentence + s->next * s->width, s->width, err));
        s->next++;
    }
    return PA_OK;
}

static pa_status add_transaction(pa_buffer *text, const pa_table *t, size_t i, pa_error *err)
{
    if (pa_table_find(t, "tx_id")) return add_text(text, t, "tx_id", i, err);
    return pa_buffer_printf(text, err, "%" PRId64, pa_i64(t, "tx")[i]);
}

/* To the last digit, and two decimals at least, as sentences say money. */
static pa_status add_amount(pa_buffer *text, double amount, pa_error *err)
{
    char digits[40];
    snprintf(digits, sizeof digits, "%.15g", amount);
    const char *point = strchr(digits, '.');
    size_t decimals = point ? strlen(point + 1) : 0;
    bool plain = strspn(digits, "-.0123456789") == strlen(digits);
    const char *more = !plain || decimals >= 2 ? "" : decimals == 1 ? "0" : ".00";
    return pa_buffer_printf(text, err, "%s%s", digits, more);
}

static pa_status add_line(pa_buffer *text, csv_source *s, size_t i, pa_error *err)
{
    static const char *const names[] = {"currency", "merchant_id", "category", "channel",
                                        "country"};
    const pa_table *t = s->alerts;
    char time[PA_TIME_TEXT], day[PA_TIME_TEXT];
    pa_format_time(pa_i64(t, "time")[i], time);
    pa_format_time(pa_i64(t, "day")[i], day);
    PA_TRY(add_text(text, t, "alert_id", i, err));
    PA_TRY(pa_buffer_printf(text, err, ",%.*s,%" PRId64 ",", (int)strcspn(day, " T"), day,
                            pa_i64(t, "day_rank")[i]));
    PA_TRY(add_text(text, t, "account_id", i, err));
    PA_TRY(pa_buffer_add(text, ",", 1, err));
    PA_TRY(add_transaction(text, t, i, err));
    PA_TRY(pa_buffer_printf(text, err, ",%s,", time));
    PA_TRY(add_amount(text, pa_f64(t, "amount")[i], err));
    PA_TRY(add_texts(text, t, sizeof names / sizeof *names, names, i, err));
    PA_TRY(pa_buffer_printf(text, err, ",%.9g,%.15g", (double)pa_f32(t, "score")[i],
                            pa_f64(t, "margin")[i]));
    PA_TRY(add_reasons(text, s, t->first_row + (int64_t)i, err));
    return pa_buffer_add(text, "\n", 1, err);
}

static pa_status add_lines(void *maker, size_t from, size_t until, pa_buffer *text, pa_error *err)
{
    csv_source *s = maker;
    int64_t first = s->alerts->first_row + (int64_t)from;
    /* Rows may be asked for again. */
    while (s->next > 0 && s->of[s->next - 1] >= first) s->next--;
    for (size_t i = from; i < until; i++) PA_TRY(add_line(text, s, i, err));
    return PA_OK;
}

/* ---- reasons come to their alerts: a resumed job holds them elsewhere ---- */

/* owner: the rank that holds the alert of each reason. */
static pa_status find_owners(pa_comm *comm, const pa_table *alerts, const pa_table *reasons,
                             int32_t owner[], pa_error *err)
{
    void *all;
    size_t bytes;
    const int64_t *alert = pa_i64(reasons, "alert");
    PA_TRY(pa_gather_all(comm, &alerts->first_row, sizeof alerts->first_row, &all, &bytes, err));
    const int64_t *first = all;
    int32_t rank = 0, last = pa_comm_size(comm) - 1;
    for (size_t i = 0; i < reasons->n_rows; i++) {
        while (rank < last && first[rank + 1] <= alert[i]) rank++;
        owner[i] = rank;
    }
    pa_free(all);
    return PA_OK;
}

static pa_status new_source(size_t n, size_t width, csv_source *s, pa_error *err)
{
    s->n = n;
    s->width = width;
    PA_TRY(PA_NEW(s->of, n, err));
    PA_TRY(PA_NEW(s->place, n, err));
    s->sentence = pa_alloc(n, width, err);
    return s->sentence ? PA_OK : PA_E_MEMORY;
}

static pa_status send_reasons(pa_comm *comm, const pa_table *reasons, csv_source *s, pa_error *err)
{
    const pa_column *sentence = pa_table_find(reasons, "sentence");
    size_t width = (size_t)sentence->spec.width;
    int32_t *owner = NULL;
    pa_route *route = NULL;
    pa_status st = PA_NEW(owner, reasons->n_rows, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(find_owners(comm, s->alerts, reasons, owner, err));
    PA_GOTO(pa_route_make(comm, reasons->n_rows, owner, &route, err));
    PA_GOTO(pa_agree(comm, new_source(pa_route_received(route), width, s, err), err));
    const pa_column_move columns[] = {{sizeof *s->of, pa_i64(reasons, "alert"), s->of},
                                      {sizeof *s->place, pa_i32(reasons, "place"), s->place},
                                      {width, sentence->data, s->sentence}};
    st = pa_route_send_all(comm, route, 3, columns, err);
out:
    pa_route_free(route);
    pa_free(owner);
    return st;
}

static pa_status open_source(pa_comm *comm, const pa_table *alerts, const pa_table *reasons,
                             csv_source *s, pa_error *err)
{
    *s = (csv_source){.alerts = alerts};
    PA_AGREE(comm, check_tables(alerts, reasons, err), err);
    return send_reasons(comm, reasons, s, err);
}

pa_status pa_write_alerts_csv(pa_comm *comm, const char *path, const pa_standing *standing,
                              const pa_table *alerts, const pa_table *reasons, pa_error *err)
{
    pa_sink *sink;
    csv_source source = {.alerts = alerts};
    PA_TRY(pa_sink_open_beside(comm, &path, 1, standing, &sink, err));
    pa_status st;
    PA_GOTO(open_source(comm, alerts, reasons, &source, err));
    PA_GOTO(pa_sink_add_head(sink, 0, pa_alerts_csv_header, err));
    PA_GOTO(pa_sink_add_rows(sink, 0, alerts->n_rows, add_lines, &source, err));
    st = pa_sink_finish(sink, err);
out:
    pa_sink_free(sink);
    free_source(&source);
    return st;
}

/* ---- the same bytes again ---- */

/* Whether the file goes on with this text; a file that ends earlier does not. */
static pa_status goes_on(FILE *file, const char *path, const char *text, size_t n, bool *same,
                         pa_error *err)
{
    char piece[4096];
    *same = true;
    for (size_t done = 0; *same && done < n;) {
        size_t wanted = n - done < sizeof piece ? n - done : sizeof piece;
        size_t read = fread(piece, 1, wanted, file);
        if (ferror(file)) return pa_fail(err, PA_E_IO, "%s: %s", path, strerror(errno));
        *same = read == wanted && memcmp(piece, text + done, read) == 0;
        done += read;
    }
    return PA_OK;
}

static pa_status count_bytes(csv_source *s, int64_t *bytes, pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = PA_OK;
    *bytes = 0;
    for (size_t i = 0; st == PA_OK && i < s->alerts->n_rows; i++) {
        text.length = 0;
        st = add_lines(s, i, i + 1, &text, err);
        *bytes += (int64_t)text.length;
    }
    pa_buffer_free(&text);
    return st;
}

/* The first of the lines here that is another; INT64_MAX: none. The file stands where they
 * begin. */
static pa_status compare_lines(FILE *file, const char *path, csv_source *s, int64_t *line,
                               pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = PA_OK;
    bool same = true;
    size_t i = 0;
    *line = INT64_MAX;
    for (; st == PA_OK && same && i < s->alerts->n_rows; i++) {
        text.length = 0;
        st = add_lines(s, i, i + 1, &text, err);
        if (st == PA_OK) st = goes_on(file, path, text.data, text.length, &same, err);
    }
    if (!same) *line = s->alerts->first_row + (int64_t)i + 1; /* the header is line 1 */
    pa_buffer_free(&text);
    return st;
}

/* What stands before the lines of rank 0 and behind those of the last rank. */
static pa_status compare_ends(FILE *file, const char *path, bool first, bool last, int64_t n,
                              int64_t *line, pa_error *err)
{
    bool same = true;
    if (last && *line == INT64_MAX && fgetc(file) != EOF) *line = n + 2;
    if (!first) return PA_OK;
    rewind(file);
    PA_TRY(goes_on(file, path, pa_alerts_csv_header, sizeof pa_alerts_csv_header - 1, &same, err));
    if (!same) *line = 1;
    return PA_OK;
}

static pa_status open_queue(const char *path, FILE **file, pa_error *err)
{
    int fd = -1;
    bool there = false;
    PA_TRY(pa_open_own(path, &there, &fd, err));
    *file = there ? fdopen(fd, "rb") : NULL;
    if (*file) return PA_OK;
    if (fd >= 0) close(fd);
    return pa_fail(err, PA_E_IO, "%s: %s", path, there ? strerror(errno) : "is gone");
}

static pa_status compare_here(const pa_comm *comm, const char *path, csv_source *s, int64_t before,
                              int64_t *line, pa_error *err)
{
    int rank = pa_comm_rank(comm);
    FILE *file;
    pa_status st = PA_OK;
    PA_TRY(open_queue(path, &file, err));
    if (fseeko(file, (off_t)((int64_t)sizeof pa_alerts_csv_header - 1 + before), SEEK_SET) != 0)
        st = pa_fail(err, PA_E_IO, "%s: %s", path, strerror(errno));
    if (st == PA_OK) st = compare_lines(file, path, s, line, err);
    if (st == PA_OK)
        st = compare_ends(file, path, rank == 0, rank == pa_comm_size(comm) - 1,
                          s->alerts->n_global, line, err);
    fclose(file);
    return st;
}

pa_status pa_compare_alerts_csv(pa_comm *comm, const char *path, const pa_table *alerts,
                                const pa_table *reasons, int64_t *line, pa_error *err)
{
    csv_source source;
    int64_t bytes = 0;
    pa_status st;
    PA_GOTO(open_source(comm, alerts, reasons, &source, err));
    PA_GOTO(pa_agree(comm, count_bytes(&source, &bytes, err), err));
    int64_t before = pa_sum_before_i64(comm, bytes);
    PA_GOTO(pa_agree(comm, compare_here(comm, path, &source, before, line, err), err));
    pa_min_i64(comm, line, 1);
    if (*line == INT64_MAX) *line = 0;
out:
    free_source(&source);
    return st;
}
