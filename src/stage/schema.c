#include "paraudit/stage/schema.h"

#include <string.h>

#include "paraudit/base/array.h"

void pa_schema_free(pa_schema *io)
{
    pa_free(io->reads);
    pa_free(io->writes);
    *io = (pa_schema){0};
}

pa_status pa_schema_reads(pa_schema *io, const char *column, pa_error *err)
{
    const char **reads = pa_realloc(io->reads, io->n_reads + 1, sizeof *reads, err);
    if (!reads) return PA_E_MEMORY;
    io->reads = reads;
    io->reads[io->n_reads++] = column;
    return PA_OK;
}

pa_status pa_schema_writes(pa_schema *io, const pa_column_spec *spec, pa_error *err)
{
    pa_column_spec *writes = pa_realloc(io->writes, io->n_writes + 1, sizeof *writes, err);
    if (!writes) return PA_E_MEMORY;
    io->writes = writes;
    io->writes[io->n_writes++] = *spec;
    return PA_OK;
}

void pa_schema_stands_aside(pa_schema *io, const char *reason)
{
    io->aside = reason;
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

size_t pa_schema_by_role(const pa_schema *io, pa_role role, const pa_column_spec *specs[],
                         size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < io->base->n_columns; i++) {
        const pa_column_spec *spec = &io->base->columns[i].spec;
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

static bool writes_column(const pa_schema *io, const char *name)
{
    for (size_t i = 0; i < io->n_writes; i++) {
        if (strcmp(io->writes[i].name, name) == 0) return !io->aside;
    }
    return false;
}

static bool is_there(const pa_table *base, const pa_schema schemas[], size_t n, const char *name)
{
    if (pa_table_find(base, name)) return true;
    for (size_t i = 0; i < n; i++) {
        if (writes_column(schemas + i, name)) return true;
    }
    return false;
}

static pa_status check_order(const pa_stage *const stages[], size_t stage, const pa_table *base,
                             const pa_schema schemas[], pa_error *err)
{
    const pa_schema *io = schemas + stage;
    for (size_t i = 0; i < io->n_reads; i++) {
        if (!is_there(base, schemas, stage, io->reads[i])) {
            return pa_fail(err, PA_E_BUG,
                           "stage %s reads column '%s', which nothing before it fills",
                           stages[stage]->name, io->reads[i]);
        }
    }
    for (size_t i = 0; i < io->n_writes; i++) {
        if (is_there(base, schemas, stage, io->writes[i].name)) {
            return pa_fail(err, PA_E_BUG, "stage %s writes column '%s', which is there already",
                           stages[stage]->name, io->writes[i].name);
        }
    }
    return PA_OK;
}

pa_status pa_plan_stages(const pa_stage *const stages[], size_t n, const pa_config *config,
                         const pa_table *base, size_t done, pa_schema schemas[], pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        schemas[i].first = schemas;
        schemas[i].n_before = i;
        schemas[i].base = base;
        PA_TRY(stages[i]->plan(config, schemas + i, err));
        if (i >= done && !schemas[i].aside) PA_TRY(check_order(stages, i, base, schemas, err));
    }
    return PA_OK;
}

pa_status pa_schema_check(const pa_schema *io, const char *stage, const pa_table *tx, size_t from,
                          pa_error *err)
{
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
