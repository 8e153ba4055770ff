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

/* The smallest of what is offered, the first of equal ones first. */
typedef struct {
    size_t n;
    int64_t time[PA_ENDS];
    size_t place[PA_ENDS]; /* of a row or of a block */
} smallest;

/* Places come in ascending order, so an equal time is no gain. */
static void offer(smallest *s, int64_t time, size_t place)
{
    if (s->n == PA_ENDS && time >= s->time[PA_ENDS - 1]) return;
    size_t at = s->n < PA_ENDS ? s->n++ : PA_ENDS - 1;
    for (; at > 0 && s->time[at - 1] > time; at--) {
        s->time[at] = s->time[at - 1];
        s->place[at] = s->place[at - 1];
    }
    s->time[at] = time;
    s->place[at] = place;
}

/* Every one of the PA_ENDS rows that come first lies in one of the PA_ENDS blocks whose
 * own first rows do; so an export in the order of time costs no more than another. */
enum { BLOCK = 1024 };

static size_t end_of_block(size_t n, size_t block)
{
    return n - block * BLOCK < BLOCK ? n : (block + 1) * BLOCK;
}

static void find_blocks(size_t n, const int64_t time[], smallest *early, smallest *late)
{
    for (size_t block = 0; block * BLOCK < n; block++) {
        int64_t first = INT64_MAX, last = INT64_MIN;
        for (size_t i = block * BLOCK; i < end_of_block(n, block); i++) {
            first = time[i] < first ? time[i] : first;
            last = time[i] > last ? time[i] : last;
        }
        offer(early, first, block);
        offer(late, ~last, block);
    }
}

static int ascending(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* flip: 0, or -1 for the late end. */
static smallest find_rows(size_t n, const int64_t time[], int64_t flip, smallest blocks)
{
    smallest rows = {0};
    qsort(blocks.place, blocks.n, sizeof *blocks.place, ascending);
    for (size_t k = 0; k < blocks.n; k++) {
        size_t end = end_of_block(n, blocks.place[k]);
        for (size_t i = blocks.place[k] * BLOCK; i < end; i++) offer(&rows, time[i] ^ flip, i);
    }
    return rows;
}

/* Rows of file 0 come first, then those of file 1, ... */
static size_t find_places(const pa_csv_batch *b, const int64_t rows_of_file[], const smallest *rows,
                          end_row end[PA_ENDS])
{
    for (size_t k = 0; k < rows->n; k++) {
        int64_t row = (int64_t)rows->place[k];
        int32_t file = 0;
        while (row >= rows_of_file[file]) row -= rows_of_file[file++];
        end[k].time = rows->time[k];
        end[k].line = b->line[rows->place[k]];
        end[k].file = file;
    }
    return rows->n;
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
    end_row end[PA_ENDS];
    smallest early = {0}, late = {0};
    memset(end, 0, sizeof end);
    find_blocks(rows->n, rows->time, &early, &late);
    early = find_rows(rows->n, rows->time, 0, early);
    late = find_rows(rows->n, rows->time, -1, late);
    size_t n = find_places(rows, rows_of_file, &early, end);
    PA_TRY(join(comm, inputs, end, n, false, &g->strings, g->earliest, &g->n_earliest, err));
    n = find_places(rows, rows_of_file, &late, end);
    PA_TRY(join(comm, inputs, end, n, true, &g->strings, g->latest, &g->n_latest, err));
    if (g->n_earliest == 0) return PA_OK; /* no row on any rank: the caller says so */
    g->first_time = g->earliest[0].time;
    g->last_time = g->latest[0].time;
    return PA_OK;
}
