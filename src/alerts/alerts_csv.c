#include "paraudit/alerts/alerts_csv.h"

#include <inttypes.h>
#include <string.h>

#include "paraudit/alerts/reasons.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/comm/route.h"
#include "paraudit/text/sink.h"

enum { DETAIL_BYTES = 64 };

static const char header[] = "alert_id,account,tx,time,amount,score,margin,reason\n";

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

/* One reason, as its line needs it. */
typedef struct {
    int64_t alert;
    int32_t feature;
    float value, account_usual, peer_usual;
    char detail[DETAIL_BYTES]; /* ended by a zero byte */
} alert_reason;

/* What the lines are made of. */
typedef struct {
    const pa_table *alerts;
    char *names; /* of all features, on every rank */
    size_t width, n_names;
    alert_reason *reason; /* of the alerts held here, in their order */
    size_t n_reasons, next;
    pa_buffer field;
} csv_source;

/* The next reasons, which are those of this alert. */
static pa_status add_reasons(pa_buffer *text, csv_source *s, int64_t alert, pa_error *err)
{
    bool first = true;
    s->field.length = 0;
    for (; s->next < s->n_reasons && s->reason[s->next].alert == alert; s->next++) {
        const alert_reason *r = s->reason + s->next;
        PA_ASSERT(r->feature >= 0 && (size_t)r->feature < s->n_names);
        if (!first) PA_TRY(pa_buffer_add(&s->field, "; ", 2, err));
        const pa_reason_words words = {.name = s->names + (size_t)r->feature * s->width,
                                       .width = s->width,
                                       .value = r->value,
                                       .account_usual = r->account_usual,
                                       .peer_usual = r->peer_usual,
                                       .detail = r->detail};
        PA_TRY(pa_reason_text(&s->field, &words, err));
        first = false;
    }
    return add_field(text, s->field.length ? s->field.data : "", s->field.length, err);
}

static pa_status add_line(pa_buffer *text, csv_source *s, size_t i, pa_error *err)
{
    const pa_table *t = s->alerts;
    char time[24];
    pa_format_time(pa_i64(t, "time")[i], time);
    PA_TRY(add_bytes_of(text, t, "alert_id", i, err));
    PA_TRY(pa_buffer_add(text, ",", 1, err));
    PA_TRY(add_bytes_of(text, t, "account_id", i, err));
    PA_TRY(pa_buffer_printf(text, err, ",%" PRId64 ",%s,%.15g,%.9g,%.15g,", pa_i64(t, "tx")[i],
                            time, pa_f64(t, "amount")[i], (double)pa_f32(t, "score")[i],
                            pa_f64(t, "margin")[i]));
    PA_TRY(add_reasons(text, s, t->first_row + (int64_t)i, err));
    return pa_buffer_add(text, "\n", 1, err);
}

static pa_status add_lines(void *maker, size_t from, size_t until, pa_buffer *text, pa_error *err)
{
    csv_source *s = maker;
    /* Rows may be asked for again. */
    while (s->next > 0 && s->reason[s->next - 1].alert >= s->alerts->first_row + (int64_t)from)
        s->next--;
    for (size_t i = from; i < until; i++) PA_TRY(add_line(text, s, i, err));
    return PA_OK;
}

static pa_status gather_names(pa_comm *comm, const pa_table *features, csv_source *s, pa_error *err)
{
    if (!features) return PA_OK;
    const pa_column *c = pa_table_find(features, "feature");
    size_t bytes;
    void *all;
    s->width = (size_t)c->spec.width;
    PA_TRY(pa_gather_all(comm, c->data, features->n_rows * s->width, &all, &bytes, err));
    s->names = all;
    s->n_names = bytes / s->width;
    return PA_OK;
}

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

static void pack_reasons(const pa_table *t, alert_reason packed[])
{
    const pa_column *detail = pa_table_find(t, "detail");
    size_t width = (size_t)detail->spec.width;
    PA_ASSERT(width <= DETAIL_BYTES);
    for (size_t i = 0; i < t->n_rows; i++) {
        packed[i] = (alert_reason){.alert = pa_i64(t, "alert")[i],
                                   .feature = pa_i32(t, "feature")[i],
                                   .value = pa_f32(t, "value")[i],
                                   .account_usual = pa_f32(t, "account_usual")[i],
                                   .peer_usual = pa_f32(t, "peer_usual")[i]};
        memcpy(packed[i].detail, (const char *)detail->data + i * width, width);
        packed[i].detail[DETAIL_BYTES - 1] = 0;
    }
}

/* Brings reasons to their alerts: a resumed job holds them elsewhere. */
static pa_status send_reasons(pa_comm *comm, const pa_table *reasons, csv_source *s, pa_error *err)
{
    int32_t *owner = NULL;
    alert_reason *packed = NULL;
    pa_route *route = NULL;
    pa_status st = PA_NEW(owner, reasons->n_rows, err);
    if (st == PA_OK) st = PA_NEW(packed, reasons->n_rows, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(find_owners(comm, s->alerts, reasons, owner, err));
    pack_reasons(reasons, packed);
    PA_GOTO(pa_route_make(comm, reasons->n_rows, owner, &route, err));
    s->n_reasons = pa_route_received(route);
    PA_GOTO(pa_agree(comm, PA_NEW(s->reason, s->n_reasons, err), err));
    PA_GOTO(pa_route_send(comm, route, sizeof *packed, packed, s->reason, err));
out:
    pa_route_free(route);
    pa_free(owner);
    pa_free(packed);
    return st;
}

pa_status pa_write_alerts_csv(pa_comm *comm, const char *path, const pa_table *alerts,
                              const pa_table *reasons, const pa_table *features, pa_error *err)
{
    pa_sink *sink;
    csv_source source = {.alerts = alerts};
    PA_TRY(pa_sink_open(comm, &path, 1, &sink, err));
    pa_status st;
    PA_GOTO(gather_names(comm, features, &source, err));
    PA_GOTO(send_reasons(comm, reasons, &source, err));
    PA_GOTO(pa_sink_add_head(sink, 0, header, err));
    PA_GOTO(pa_sink_add_rows(sink, 0, alerts->n_rows, add_lines, &source, err));
    st = pa_sink_finish(sink, err);
out:
    pa_sink_free(sink);
    pa_free(source.names);
    pa_free(source.reason);
    pa_buffer_free(&source.field);
    return st;
}
