#include "paraudit/stage/schema.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/options.h"

void pa_schema_free(pa_schema *io)
{
    pa_free(io->reads);
    pa_free(io->writes);
    pa_free(io->tables);
    pa_strings_free(&io->texts);
    *io = (pa_schema){0};
}

static pa_status keep(pa_schema *io, const char **text, pa_error *err)
{
    return *text ? pa_strings_keep(&io->texts, *text, strlen(*text), text, err) : PA_OK;
}

pa_status pa_schema_reads(pa_schema *io, const char *column, pa_error *err)
{
    const char **reads = pa_realloc(io->reads, io->n_reads + 1, sizeof *reads, err);
    if (!reads) return PA_E_MEMORY;
    io->reads = reads;
    reads[io->n_reads] = column;
    PA_TRY(keep(io, reads + io->n_reads, err));
    io->n_reads++;
    return PA_OK;
}

pa_status pa_schema_writes(pa_schema *io, const pa_column_spec *spec, pa_error *err)
{
    PA_TRY(PA_RESIZE(io->writes, io->n_writes + 1, err));
    pa_column_spec *s = io->writes + io->n_writes;
    *s = *spec;
    PA_TRY(keep(io, &s->name, err));
    PA_TRY(keep(io, &s->unit, err));
    PA_TRY(keep(io, &s->meaning, err));
    PA_TRY(keep(io, &s->stage, err));
    PA_TRY(keep(io, &s->codes, err));
    PA_TRY(keep(io, &s->family, err));
    PA_TRY(keep(io, &s->yields_to, err));
    PA_TRY(keep(io, &s->words, err));
    io->n_writes++;
    return PA_OK;
}

pa_status pa_schema_side_table(pa_schema *io, const pa_table_spec *spec, pa_error *err)
{
    PA_TRY(PA_RESIZE(io->tables, io->n_tables + 1, err));
    pa_table_spec *s = io->tables + io->n_tables;
    *s = *spec;
    PA_TRY(keep(io, &s->name, err));
    PA_TRY(keep(io, &s->meaning, err));
    PA_TRY(keep(io, &s->cut_by, err));
    io->n_tables++;
    return PA_OK;
}

void pa_schema_fits_on(pa_schema *io, pa_fit_part part)
{
    io->fits_on = part;
}

const pa_stage *pa_schema_stage(const pa_schema *io)
{
    return io->stage;
}

void pa_schema_stands_aside(pa_schema *io, const char *reason)
{
    io->aside = reason;
}

bool pa_schema_runs(const pa_schema *io)
{
    return !io->aside;
}

static const char *why_aside(const pa_config *config, const char *run_key, bool merchants)
{
    if (!pa_config_bool(config, run_key)) return "its key `run` says no";
    if (pa_config_text(config, "input.account")[0] == '\0')
        return "each row is its own account (input.account is empty)";
    if (merchants && pa_config_text(config, "input.merchant")[0] == '\0')
        return "rows name no merchant (input.merchant is empty)";
    return NULL;
}

pa_status pa_schema_learns_accounts(const pa_config *config, const char *run_key, bool merchants,
                                    size_t n, const char *const reads[], pa_schema *io,
                                    pa_error *err)
{
    const char *why = why_aside(config, run_key, merchants);
    pa_schema_fits_on(io, PA_FIT_HISTORY);
    if (why) pa_schema_stands_aside(io, why);
    for (size_t i = 0; !why && i < n; i++) PA_TRY(pa_schema_reads(io, reads[i], err));
    return PA_OK;
}

/* A restored table also holds what finished stages wrote. */
static bool is_input(const pa_column_spec *spec)
{
    return spec->stage && strcmp(spec->stage, "ingest") == 0;
}

bool pa_schema_has_input(const pa_schema *io, const char *column)
{
    const pa_column *c = pa_table_find(io->base, column);
    return c && is_input(&c->spec);
}

pa_status pa_schema_reads_labels(pa_schema *io, pa_error *err)
{
    static const char *const times[] = {"label_time", "label_before_time", "label_first_time"};
    PA_TRY(pa_schema_reads(io, "time", err));
    PA_TRY(pa_schema_reads(io, "label", err));
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (pa_schema_has_input(io, times[i])) PA_TRY(pa_schema_reads(io, times[i], err));
    return PA_OK;
}

size_t pa_schema_by_role(const pa_schema *io, pa_role role, const pa_column_spec *specs[],
                         size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < io->base->n_columns; i++) {
        const pa_column_spec *spec = &io->base->columns[i]->spec;
        if (spec->role != role || !is_input(spec)) continue;
        if (n < room) specs[n] = spec;
        n++;
    }
    for (size_t stage = 0; stage < io->n_before; stage++) {
        const pa_schema *earlier = io->first + stage;
        if (earlier->aside) continue;
        for (size_t i = 0; i < earlier->n_writes; i++) {
            if (earlier->writes[i].role != role) continue;
            if (n < room) specs[n] = earlier->writes + i;
            n++;
        }
    }
    return n;
}

const pa_column_spec *pa_schema_column(const pa_schema *io, const char *name)
{
    for (size_t i = 0; io && i < io->n_writes; i++) {
        if (strcmp(io->writes[i].name, name) == 0) return io->writes + i;
    }
    return NULL;
}

const pa_table_spec *pa_schema_table(const pa_schema *io, const char *name)
{
    for (size_t i = 0; io && i < io->n_tables; i++) {
        if (strcmp(io->tables[i].name, name) == 0) return io->tables + i;
    }
    return NULL;
}

/* ---- all stages together ---- */

/* The first of n stages that declared a column, running or not. */
static const pa_schema *writer_of(const pa_schema schemas[], size_t n, const char *column)
{
    for (size_t i = 0; i < n; i++) {
        if (pa_schema_column(schemas + i, column)) return schemas + i;
    }
    return NULL;
}

static bool is_there(const pa_schema schemas[], size_t n, const pa_table *base, const char *column)
{
    const pa_schema *writer = writer_of(schemas, n, column);
    return pa_table_find(base, column) || (writer && !writer->aside);
}

static pa_status nothing_fills(const pa_schema schemas[], size_t stage, const char *column,
                               pa_error *err)
{
    const pa_schema *io = schemas + stage, *writer = writer_of(schemas, stage, column);
    if (writer && writer->left_out) {
        return pa_fail(err, PA_E_CONFIG,
                       "job.leave_out leaves out stage %s, of which stage %s reads column '%s': "
                       "leave out both, or none",
                       writer->stage->name, io->stage->name, column);
    }
    return pa_fail(err, PA_E_BUG, "stage %s reads column '%s', which nothing before it fills",
                   io->stage->name, column);
}

static pa_status check_columns(const pa_schema schemas[], size_t stage, const pa_table *base,
                               pa_error *err)
{
    const pa_schema *io = schemas + stage;
    for (size_t i = 0; i < io->n_reads; i++) {
        if (!is_there(schemas, stage, base, io->reads[i]))
            return nothing_fills(schemas, stage, io->reads[i], err);
    }
    for (size_t i = 0; i < io->n_writes; i++) {
        if (is_there(schemas, stage, base, io->writes[i].name)) {
            return pa_fail(err, PA_E_BUG, "stage %s writes column '%s', which is there already",
                           io->stage->name, io->writes[i].name);
        }
    }
    return PA_OK;
}

/* The names that a column's codes stand for must be there as well. */
static pa_status check_codes(const pa_schema schemas[], size_t stage, pa_error *err)
{
    const pa_schema *io = schemas + stage;
    for (size_t i = 0; i < io->n_writes; i++) {
        const char *codes = io->writes[i].codes;
        for (size_t k = 0; codes && k < stage; k++) {
            if (!schemas[k].left_out || !pa_schema_table(schemas + k, codes)) continue;
            return pa_fail(err, PA_E_CONFIG,
                           "job.leave_out leaves out stage %s, whose table '%s' has the names in "
                           "column '%s' of stage %s: leave out both, or none",
                           schemas[k].stage->name, codes, io->writes[i].name, io->stage->name);
        }
    }
    return PA_OK;
}

static pa_status check_tables(const pa_schema schemas[], size_t stage, pa_error *err)
{
    const pa_schema *io = schemas + stage;
    for (size_t i = 0; i < io->n_tables; i++) {
        for (size_t k = 0; k < stage; k++) {
            if (schemas[k].aside || !pa_schema_table(schemas + k, io->tables[i].name)) continue;
            return pa_fail(err, PA_E_BUG, "stages %s and %s both make a table '%s'",
                           schemas[k].stage->name, io->stage->name, io->tables[i].name);
        }
    }
    return PA_OK;
}

static pa_status unknown_stage(const pa_stage *const stages[], size_t n, const char *name,
                               pa_error *err)
{
    const char **names, *nearest;
    PA_TRY(PA_NEW(names, n, err));
    for (size_t i = 0; i < n; i++) names[i] = stages[i]->name;
    nearest = pa_nearest_name(name, names, n);
    pa_free(names);
    return pa_fail(err, PA_E_CONFIG, "job.leave_out: there is no stage '%s'%s%s%s", name,
                   nearest ? ": did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

pa_status pa_check_left_out(const pa_stage *const stages[], size_t n, const char *list,
                            pa_error *err)
{
    static const char between[] = ", \t";
    for (const char *at = list + strspn(list, between); *at; at += strspn(at, between)) {
        char name[64] = {0};
        size_t length = strcspn(at, between), i = 0;
        memcpy(name, at, length < sizeof name ? length : sizeof name - 1);
        while (i < n && strcmp(stages[i]->name, name) != 0) i++;
        if (i == n) return unknown_stage(stages, n, name, err);
        at += length;
    }
    return PA_OK;
}

pa_status pa_plan_stages(const pa_stage *const stages[], size_t n, const pa_config *config,
                         const char *left_out, const pa_table *base, size_t done,
                         pa_schema schemas[], pa_error *err)
{
    PA_TRY(pa_check_left_out(stages, n, left_out, err));
    for (size_t i = 0; i < n; i++) {
        pa_schema *io = schemas + i;
        *io = (pa_schema){.stage = stages[i], .first = schemas, .n_before = i, .base = base};
        PA_TRY(stages[i]->plan(config, io, err));
        io->left_out = pa_lists_name(left_out, stages[i]->name);
        if (io->left_out) io->aside = "job.leave_out says so";
        if (i < done || io->aside) continue;
        PA_TRY(check_columns(schemas, i, base, err));
        PA_TRY(check_codes(schemas, i, err));
        PA_TRY(check_tables(schemas, i, err));
    }
    return PA_OK;
}

/* ---- after apply ---- */

static pa_status check_written(const pa_schema *io, const pa_table *tx, size_t from, pa_error *err)
{
    const char *stage = io->stage->name;
    for (size_t i = 0; i < io->n_writes; i++) {
        const pa_column *c = pa_table_find(tx, io->writes[i].name);
        if (!c || c->spec.type != io->writes[i].type) {
            return pa_fail(err, PA_E_BUG, "stage %s declared column '%s' but did not fill it",
                           stage, io->writes[i].name);
        }
    }
    if (tx->n_columns != from + io->n_writes) {
        return pa_fail(err, PA_E_BUG, "stage %s filled %zu columns but declared %zu", stage,
                       tx->n_columns - from, io->n_writes);
    }
    return PA_OK;
}

static bool cut_as_declared(const pa_table_spec *spec, const pa_table *t)
{
    if (!spec->cut_by) return !t->cut_by;
    return t->cut_by && strcmp(t->cut_by->name, spec->cut_by) == 0;
}

/* A table that has nothing to say may be left unmade. */
pa_status pa_schema_check(const pa_schema *io, const pa_run *run, size_t from, size_t from_table,
                          pa_error *err)
{
    PA_TRY(check_written(io, run->tables[0], from, err));
    for (size_t i = from_table; i < run->n_tables; i++) {
        const pa_table *t = run->tables[i];
        const pa_table_spec *spec = pa_schema_table(io, t->name);
        if (!spec) {
            return pa_fail(err, PA_E_BUG, "stage %s makes table '%s' but did not declare it",
                           io->stage->name, t->name);
        }
        if (!cut_as_declared(spec, t)) {
            return pa_fail(err, PA_E_BUG, "stage %s declared table '%s' as cut by %s, it is by %s",
                           io->stage->name, t->name, spec->cut_by ? spec->cut_by : "nothing",
                           t->cut_by ? t->cut_by->name : "nothing");
        }
    }
    return PA_OK;
}

void pa_schema_undo(const pa_schema *io, pa_run *run)
{
    for (size_t i = 0; i < io->n_writes; i++) pa_table_drop(run->tables[0], io->writes[i].name);
    size_t kept = 0;
    for (size_t i = 0; i < run->n_tables; i++) {
        pa_table *t = run->tables[i];
        if (pa_schema_table(io, t->name)) {
            pa_table_free(t);
            pa_free(t);
        } else {
            run->tables[kept++] = t;
        }
    }
    run->n_tables = kept;
}
