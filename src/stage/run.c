#include "paraudit/stage/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/utf8.h"
#include "paraudit/stage/schema.h"

void pa_run_free(pa_run *run)
{
    for (size_t i = 0; i < run->n_tables; i++) {
        pa_table_free(run->tables[i]);
        pa_free(run->tables[i]);
    }
    for (size_t i = 0; i < run->n_partitions; i++) {
        pa_partition_free(run->partitions[i]);
        pa_free(run->partitions[i]);
    }
    for (size_t i = 0; i < run->n_notes; i++) pa_free(run->notes[i]);
    pa_free(run->tables);
    pa_free(run->partitions);
    pa_free(run->notes);
    run->tables = NULL;
    run->partitions = NULL;
    run->notes = NULL;
    run->n_tables = run->n_partitions = run->n_notes = 0;
}

pa_table *pa_run_table(const pa_run *run, const char *name)
{
    for (size_t i = 0; i < run->n_tables; i++) {
        if (strcmp(run->tables[i]->name, name) == 0) return run->tables[i];
    }
    return NULL;
}

pa_partition *pa_run_partition(const pa_run *run, const char *name)
{
    for (size_t i = 0; i < run->n_partitions; i++) {
        if (strcmp(run->partitions[i]->name, name) == 0) return run->partitions[i];
    }
    return NULL;
}

/* Adds a pointer to a list of the run; *list may move, what it points at does not. */
static pa_status append(void ***list, size_t *n, void *item, pa_error *err)
{
    void **longer = pa_realloc(*list, *n + 1, sizeof *longer, err);
    if (!longer) return PA_E_MEMORY;
    *list = longer;
    longer[(*n)++] = item;
    return PA_OK;
}

pa_status pa_run_add_table(pa_run *run, const char *name, const char *meaning, pa_table **table)
{
    pa_error *err = &run->err;
    pa_table *t;
    *table = NULL;
    if (pa_run_table(run, name))
        return pa_fail(err, PA_E_BUG, "there is a table '%s' already", name);
    PA_TRY(PA_NEW(t, 1, err));
    pa_table_init(t, name, meaning);
    void **list = (void **)run->tables;
    pa_status st = append(&list, &run->n_tables, t, err);
    run->tables = (pa_table **)list;
    if (st != PA_OK) pa_free(t);
    if (st == PA_OK) *table = t;
    return st;
}

pa_status pa_run_adopt_partition(pa_run *run, pa_partition *partition)
{
    if (!*partition->name || pa_run_partition(run, partition->name)) {
        return pa_fail(&run->err, PA_E_BUG, "the partition '%s' is there already, or has no name",
                       partition->name);
    }
    void **list = (void **)run->partitions;
    pa_status st = append(&list, &run->n_partitions, partition, &run->err);
    run->partitions = (pa_partition **)list;
    return st;
}

static pa_status new_partition(pa_run *run, const char *name, const pa_partition *like,
                               pa_partition **partition)
{
    pa_partition *p;
    PA_TRY(PA_NEW(p, 1, &run->err));
    pa_status st = pa_partition_init(p, like->n_shards, like->n_ranks, &run->err);
    if (st == PA_OK) {
        pa_partition_name(p, name);
        pa_partition_cut_like(p, like);
        st = pa_run_adopt_partition(run, p);
    }
    if (st != PA_OK) {
        pa_partition_free(p);
        pa_free(p);
    }
    *partition = st == PA_OK ? p : NULL;
    return st;
}

pa_status pa_run_add_partition(pa_run *run, const char *name, const char *follows,
                               int64_t rows_of_shard[], const pa_partition **partition)
{
    const pa_partition *like = pa_run_partition(run, follows);
    pa_partition *p = pa_run_partition(run, name);
    pa_status st = PA_OK;
    if (!like) st = pa_fail(&run->err, PA_E_BUG, "there is no partition '%s'", follows);
    if (st == PA_OK && !p) st = new_partition(run, name, like, &p);
    if (st == PA_OK && p->n_shards != like->n_shards) {
        st = pa_fail(&run->err, PA_E_DATA, "the partition '%s' does not fit '%s'", name, follows);
    }
    PA_AGREE(run->comm, st, &run->err);
    pa_sum_i64(run->comm, rows_of_shard, (size_t)p->n_shards);
    pa_partition_count(p, rows_of_shard);
    *partition = p;
    return PA_OK;
}

pa_status pa_run_write(pa_run *run, const char *column, void **data)
{
    const pa_column_spec *spec = pa_schema_column(run->schema, column);
    if (!spec) {
        return pa_fail(&run->err, PA_E_BUG, "stage %s fills column '%s' but did not declare it",
                       run->stage->name, column);
    }
    return pa_table_add(run->tables[0], spec, data, &run->err);
}

pa_status pa_run_fill_table(pa_run *run, const char *name, pa_table **table)
{
    const pa_table_spec *spec = pa_schema_table(run->schema, name);
    if (!spec) {
        return pa_fail(&run->err, PA_E_BUG, "stage %s makes table '%s' but did not declare it",
                       run->stage->name, name);
    }
    return pa_run_add_table(run, spec->name, spec->meaning, table);
}

void pa_run_cut_table(const pa_run *run, const char *partition, pa_table *table)
{
    const pa_partition *p = pa_run_partition(run, partition);
    int rank = pa_comm_rank(run->comm);
    PA_ASSERT(p);
    pa_table_size(table, pa_first_row(p, rank), pa_row_count(p, rank), p->first[p->n_shards]);
    table->cut_by = p;
}

size_t pa_run_tiles(const pa_run *run, size_t n, size_t rows_of_tile)
{
    int64_t tiles = (int64_t)((n + rows_of_tile - 1) / rows_of_tile);
    pa_max_i64(run->comm, &tiles, 1);
    return (size_t)tiles;
}

/* Without memory for a line of advice the job goes on all the same. */
void pa_run_note(pa_run *run, const char *format, ...)
{
    pa_error lost = {0};
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *note = n < 0 ? NULL : pa_alloc((size_t)n + 1, 1, &lost);
    if (note) {
        vsnprintf(note, (size_t)n + 1, format, again);
        pa_utf8_mend(note);
        void **list = (void **)run->notes;
        if (append(&list, &run->n_notes, note, &lost) != PA_OK) pa_free(note);
        run->notes = (char **)list;
    }
    va_end(again);
}

pa_status pa_run_details(const pa_run *run, const pa_table *tx, size_t n,
                         const pa_detail_question asked[], char answer[][PA_DETAIL_BYTES],
                         pa_error *err)
{
    for (size_t i = 0; i < n; i++) answer[i][0] = '\0';
    for (size_t i = 0; i < run->n_stages; i++) {
        const pa_stage *s = run->stages[i];
        if (s->detail) PA_TRY(s->detail(run->config, run->models + i, tx, n, asked, answer, err));
    }
    return PA_OK;
}
