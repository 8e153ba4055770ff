/* The earliest and the latest rows of all inputs, by file and line: where a date is a
 * typing error, these are the rows to name. */
#include <stdlib.h>
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"

/* One end, on its way over the ranks: its bytes travel. `time` is mirrored (~time) at
 * the late end, so that both are lists of the smallest. */
typedef struct {
    int64_t time, line;
    int32_t file, unused;
} end_row;

static int by_time_and_place(const void *a, const void *b)
{
    const end_row *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    if (x->file != y->file) return x->file < y->file ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* Rows come in the order of their places, so an equal time is no gain. */
static void keep(end_row list[PA_ENDS], size_t *n, int64_t time, int32_t file, int64_t line)
{
    if (*n == PA_ENDS && time >= list[PA_ENDS - 1].time) return;
    size_t at = *n < PA_ENDS ? (*n)++ : PA_ENDS - 1;
    for (; at > 0 && list[at - 1].time > time; at--) list[at] = list[at - 1];
    list[at] = (end_row){.time = time, .line = line, .file = file};
}

static void find_here(const pa_csv_batch *b, const int64_t rows[], end_row early[PA_ENDS],
                      end_row late[PA_ENDS], size_t *n_early, size_t *n_late)
{
    int32_t file = 0;
    int64_t end = rows[0]; /* of the rows of this file */
    for (size_t i = 0; i < b->n; i++) {
        while ((int64_t)i >= end) end += rows[++file];
        keep(early, n_early, b->time[i], file, b->line[i]);
        keep(late, n_late, ~b->time[i], file, b->line[i]);
    }
}

/* The first PA_ENDS of all ranks' lists. */
static pa_status join(pa_comm *comm, const pa_inputs *inputs, const end_row list[], size_t n,
                      bool mirrored, pa_strings *names, pa_dated_row ends[PA_ENDS], size_t *n_ends,
                      pa_error *err)
{
    void *all;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, list, n * sizeof *list, &all, &bytes, err));
    end_row *row = all;
    size_t found = bytes / sizeof *row;
    if (found) qsort(row, found, sizeof *row, by_time_and_place);
    *n_ends = found < PA_ENDS ? found : PA_ENDS;
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < *n_ends; i++) {
        const char *name = inputs->file[row[i].file].name;
        ends[i] =
            (pa_dated_row){.time = mirrored ? ~row[i].time : row[i].time, .line = row[i].line};
        st = pa_strings_keep(names, name, strlen(name), &ends[i].file, err);
    }
    pa_free(all);
    return pa_agree(comm, st, err);
}

pa_status pa_ingest_ends(pa_comm *comm, const pa_inputs *inputs, const pa_csv_batch *rows,
                         const int64_t rows_of_file[], pa_ingest *g, pa_error *err)
{
    end_row early[PA_ENDS], late[PA_ENDS];
    size_t n_early = 0, n_late = 0;
    memset(early, 0, sizeof early);
    memset(late, 0, sizeof late);
    find_here(rows, rows_of_file, early, late, &n_early, &n_late);
    PA_TRY(
        join(comm, inputs, early, n_early, false, &g->strings, g->earliest, &g->n_earliest, err));
    return join(comm, inputs, late, n_late, true, &g->strings, g->latest, &g->n_latest, err);
}
