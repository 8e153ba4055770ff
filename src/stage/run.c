#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/stage/stage.h"

pa_table *pa_run_table(pa_run *run, const char *name)
{
    for (size_t i = 0; i < run->n_tables; i++) {
        if (strcmp(run->tables[i].name, name) == 0) return run->tables + i;
    }
    return NULL;
}

pa_status pa_run_add_table(pa_run *run, const char *name, const char *meaning, pa_table **table)
{
    if (run->n_tables == PA_MAX_TABLES || pa_run_table(run, name)) {
        return pa_fail(&run->err, PA_E_BUG, "no room for a table '%s', or it is there already",
                       name);
    }
    *table = run->tables + run->n_tables++;
    pa_table_init(*table, name, meaning);
    return PA_OK;
}

void pa_run_note(pa_run *run, const char *format, ...)
{
    if (run->n_notes == PA_MAX_NOTES) return;
    va_list args;
    va_start(args, format);
    vsnprintf(run->notes[run->n_notes++], sizeof run->notes[0], format, args);
    va_end(args);
}
