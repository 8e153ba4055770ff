#include "suppressions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/ingest/suppressions.h"

/* Rules whole on every rank, wherever their rows lie after a restart. */
typedef struct {
    size_t n;
    int32_t *file;
    int64_t *line, *from, *until;
    char *rule;
} rules;

static void rules_free(rules *r)
{
    pa_free(r->file);
    pa_free(r->line);
    pa_free(r->from);
    pa_free(r->until);
    pa_free(r->rule);
}

static pa_status gather(pa_comm *comm, const pa_table *t, const char *name, void *all,
                        pa_error *err)
{
    const pa_column *c = pa_table_find(t, name);
    size_t size;
    void *data;
    if (!c) return pa_fail(err, PA_E_DATA, "table '%s' has no column '%s'", t->name, name);
    PA_TRY(pa_gather_all(comm, c->data, t->n_rows * pa_type_size(c->spec.type, c->spec.width),
                         &data, &size, err));
    memcpy(all, &data, sizeof data);
    return PA_OK;
}

static pa_status gather_all(pa_comm *comm, const pa_table *t, rules *r, pa_error *err)
{
    r->n = (size_t)t->n_global;
    PA_TRY(gather(comm, t, "file", &r->file, err));
    PA_TRY(gather(comm, t, "line", &r->line, err));
    PA_TRY(gather(comm, t, "from", &r->from, err));
    PA_TRY(gather(comm, t, "until", &r->until, err));
    return gather(comm, t, "rule", &r->rule, err);
}

/* "rules.csv:3"; the table of inputs is whole on the rank that has the row. */
static pa_status place_of(const pa_job *job, const rules *r, size_t i, char place[300])
{
    const pa_table *inputs = pa_run_table(&job->run, "inputs");
    const pa_column *c = pa_table_find(inputs, "file");
    char name[256] = {0};
    int64_t row = r->file[i] - inputs->first_row;
    int64_t owner = row >= 0 && row < (int64_t)inputs->n_rows ? pa_comm_rank(job->run.comm) : -1;
    if (owner >= 0)
        snprintf(name, sizeof name, "%.*s", c->spec.width,
                 (const char *)c->data + row * c->spec.width);
    pa_max_i64(job->run.comm, &owner, 1);
    pa_broadcast(job->run.comm, name, sizeof name, (int)owner);
    snprintf(place, 300, "%s:%" PRId64, name, r->line[i]);
    return PA_OK;
}

/* ---- names ---- */

typedef struct {
    size_t n;
    const pa_column_spec **feature;
} features;

static bool is_called(const char *name, const char *rule)
{
    return name && strncmp(name, rule, PA_SUPPRESSION_BYTES) == 0;
}

static bool names_any(const features *f, const char *rule)
{
    if (is_called("*", rule)) return true;
    for (size_t i = 0; i < f->n; i++)
        if (is_called(f->feature[i]->name, rule) || is_called(f->feature[i]->family, rule))
            return true;
    return false;
}

/* The first rule that names nothing; n: all do. */
static size_t find_nameless(const rules *r, const features *f)
{
    size_t i = 0;
    while (i < r->n && names_any(f, r->rule + i * PA_SUPPRESSION_BYTES)) i++;
    return i;
}

static pa_status find_nearest(const features *f, const char *rule, const char **nearest,
                              pa_error *err)
{
    const char **names;
    size_t n = 0;
    PA_TRY(PA_NEW(names, 2 * f->n + 1, err));
    for (size_t i = 0; i < f->n; i++) names[n++] = f->feature[i]->name;
    for (size_t i = 0; i < f->n; i++)
        if (f->feature[i]->family) names[n++] = f->feature[i]->family;
    *nearest = pa_nearest_name(rule, names, n);
    pa_free(names);
    return PA_OK;
}

static pa_status check_names(pa_job *job, const rules *r, const features *f)
{
    size_t i = find_nameless(r, f);
    char place[300], rule[PA_SUPPRESSION_BYTES + 1] = {0};
    const char *nearest = NULL;
    if (i == r->n) return PA_OK;
    memcpy(rule, r->rule + i * PA_SUPPRESSION_BYTES, PA_SUPPRESSION_BYTES);
    PA_TRY(place_of(job, r, i, place));
    PA_AGREE(job->run.comm, find_nearest(f, rule, &nearest, &job->run.err), &job->run.err);
    return pa_fail(&job->run.err, PA_E_DATA,
                   "%s: rule '%s' is no feature of this audit, no family of them, and not *%s%s%s",
                   place, rule, nearest ? ": did you mean '" : "", nearest ? nearest : "",
                   nearest ? "'?" : "");
}

/* ---- times ---- */

/* The n rules that `is_out` says are not in force, the first of them at `first`. */
static pa_status tell_out(pa_job *job, const rules *r, size_t n, size_t first, bool before,
                          pa_buffer *notes)
{
    char place[300], when[PA_TIME_TEXT];
    pa_error *err = &job->run.err;
    if (n == 0) return PA_OK;
    PA_TRY(place_of(job, r, first, place));
    pa_format_time(before ? r->until[first] : r->from[first], when);
    PA_TRY(pa_buffer_printf(notes, err,
                            "of %zu suppressions %zu %s the audit, the first in %s (%s %s): they "
                            "hold nothing back",
                            r->n, n, before ? "ran out before" : "begin behind", place,
                            before ? "until" : "from", when));
    return pa_buffer_add(notes, "", 1, err);
}

static pa_status tell_times(pa_job *job, const rules *r, pa_buffer *notes)
{
    size_t n[2] = {0}, first[2] = {0};
    if (job->plan.audit_until <= job->plan.audit_from) return PA_OK; /* no plan could be made */
    for (size_t i = r->n; i-- > 0;) {
        bool before = r->until[i] <= job->plan.audit_from,
             behind = r->from[i] >= job->plan.audit_until;
        if (!before && !behind) continue;
        n[before]++;
        first[before] = i;
    }
    PA_TRY(tell_out(job, r, n[true], first[true], true, notes));
    return tell_out(job, r, n[false], first[false], false, notes);
}

static pa_status list_features(const pa_job *job, features *f, pa_error *err)
{
    if (job->n_stages == 0) return PA_OK;
    const pa_schema *last = job->schemas + job->n_stages - 1;
    f->n = pa_schema_by_role(last, PA_ROLE_FEATURE, NULL, 0);
    PA_TRY(PA_NEW(f->feature, f->n, err));
    pa_schema_by_role(last, PA_ROLE_FEATURE, f->feature, f->n);
    return PA_OK;
}

pa_status pa_job_check_suppressions(pa_job *job, pa_buffer *notes)
{
    pa_run *run = &job->run;
    const pa_table *t = pa_run_table(run, "suppressions");
    rules r = {0};
    features f = {0};
    if (!t) return PA_OK;
    pa_status st = pa_agree(run->comm, list_features(job, &f, &run->err), &run->err);
    if (st == PA_OK) st = gather_all(run->comm, t, &r, &run->err);
    if (st == PA_OK) st = check_names(job, &r, &f);
    if (st == PA_OK) st = tell_times(job, &r, notes);
    rules_free(&r);
    pa_free(f.feature);
    return pa_agree(run->comm, st, &run->err);
}
