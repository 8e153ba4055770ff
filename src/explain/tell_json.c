/* Explanations as JSON. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "paraudit/base/calendar.h"
#include "paraudit/explain/explain.h"

static json_t *number(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

/* "": it has none. Names that are no UTF-8 become null. */
static json_t *name(const char *text)
{
    json_t *s = text[0] ? json_string(text) : NULL;
    return s ? s : json_null();
}

static json_t *time_text(int64_t seconds)
{
    char text[PA_TIME_TEXT];
    pa_format_time(seconds, text);
    return json_string(text);
}

static void put_row(json_t *o, const pa_told_row *t)
{
    json_object_set_new(o, "tx", name(t->tx));
    json_object_set_new(o, "row", json_integer(t->row));
    json_object_set_new(o, "time", time_text(t->time));
    json_object_set_new(o, "amount", number(t->amount));
    json_object_set_new(o, "account", name(t->account));
    json_object_set_new(o, "merchant", name(t->merchant));
    json_object_set_new(o, "category", name(t->category));
    json_object_set_new(o, "channel", name(t->channel));
    json_object_set_new(o, "currency", name(t->currency));
    json_object_set_new(o, "country", name(t->country));
    json_object_set_new(o, "margin", number(t->margin));
    json_object_set_new(o, "score", number((double)t->score));
    json_object_set_new(o, "alert", json_boolean(t->alert));
    json_object_set_new(o, "label",
                        t->label == PA_LABEL_UNKNOWN ? json_null() : json_integer((int)t->label));
    json_object_set_new(o, "label_known_from",
                        t->label == PA_LABEL_UNKNOWN ? json_null()
                                                     : time_text(t->label_known_from));
    json_object_set_new(o, "kind", name(t->kind));
}

static json_t *detectors(const pa_told *told)
{
    json_t *all = json_array();
    for (size_t k = 0; k < told->n_detectors; k++) {
        const pa_scored_by *by = told->by + k;
        json_t *o = json_object();
        json_object_set_new(o, "detector", json_string(by->name));
        json_object_set_new(o, "contribution", number((double)by->contribution));
        json_object_set_new(o, "raw", number((double)by->raw));
        json_object_set_new(o, "tail", number((double)by->tail));
        json_array_append_new(all, o);
    }
    return all;
}

static json_t *feature(const pa_told_feature *f, const char *family)
{
    json_t *o = json_object();
    json_object_set_new(o, "feature", json_string(f->spec->name));
    json_object_set_new(o, "family", json_string(family));
    json_object_set_new(o, "value", number((double)f->value));
    json_object_set_new(o, "adds", number(f->adds));
    json_object_set_new(o, "account_usual", number((double)f->account_usual));
    json_object_set_new(o, "n_usual", json_integer(f->n_usual));
    json_object_set_new(o, "peer_usual", number((double)f->peer_usual));
    json_object_set_new(o, "sentence", name(f->sentence));
    return o;
}

static json_t *features(const pa_told *told)
{
    json_t *all = json_array();
    for (size_t k = 0; k < told->n_families; k++)
        for (size_t i = 0; i < told->family[k].n; i++)
            json_array_append_new(all, feature(told->family[k].feature + i, told->family[k].name));
    return all;
}

static json_t *held(const pa_told_day *d)
{
    if (!d->held.entity[0]) return json_null();
    json_t *o = json_object();
    json_object_set_new(o, "entity", name(d->held.entity));
    json_object_set_new(o, "value", name(d->held.value));
    json_object_set_new(o, "rule", name(d->held.rule));
    json_object_set_new(o, "until", time_text(d->held.until));
    json_object_set_new(o, "reason", name(d->held.reason));
    return o;
}

static json_t *queue(const pa_told_day *d)
{
    json_t *o = json_object();
    json_object_set_new(o, "rank", json_integer(d->rank));
    json_object_set_new(o, "rows", json_integer(d->n_audit));
    json_object_set_new(o, "alerts_of_day", json_integer(d->n_alerts));
    json_object_set_new(o, "last_margin", number(d->last_margin));
    json_object_set_new(o, "alert_id", name(d->alert_id));
    json_object_set_new(o, "day_rank", d->day_rank ? json_integer(d->day_rank) : json_null());
    json_object_set_new(o, "alert_tx", name(d->alert_tx));
    json_object_set_new(o, "held_back_by", held(d));
    return o;
}

static json_t *before(const pa_told *told)
{
    json_t *all = json_array();
    for (size_t i = 0; i < told->n_before; i++) {
        json_t *o = json_object();
        put_row(o, told->before + i);
        json_array_append_new(all, o);
    }
    return all;
}

static json_t *json_of(const pa_told *told)
{
    json_t *o = json_object();
    put_row(o, &told->tx);
    json_object_set_new(o, "split", json_string(told->split));
    json_object_set_new(o, "start", told->scored ? number(told->again.start) : json_null());
    json_object_set_new(o, "detectors", detectors(told));
    json_object_set_new(o, "features", features(told));
    json_object_set_new(o, "queue", told->audited ? queue(&told->day) : json_null());
    json_object_set_new(o, "before", before(told));
    return o;
}

pa_status pa_told_json(size_t n, const pa_told told[], pa_buffer *text, pa_error *err)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(all, json_of(told + i));
    char *dumped = json_dumps(all, JSON_INDENT(2));
    pa_status st = dumped ? pa_buffer_printf(text, err, "%s\n", dumped)
                          : pa_fail(err, PA_E_MEMORY, "out of memory: an explanation as JSON");
    free(dumped);
    json_decref(all);
    return st;
}
