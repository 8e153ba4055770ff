/* How fast values reach a file, in turn by four ways, the same bytes each:
 *
 *     bench_write FOLDER ROWS COLUMNS RUNS
 *
 *   direct  a bare loop of O_DIRECT writes from memory that is aligned, each rank its share
 *   pwrite  ordinary writes of every column's rows to their places
 *   posix   the writer of that name, room that is set aside among it
 *   mpiio   the writer of that name
 *
 * Of the columns one half has 8 bytes a row, the other 4. Seconds until the disk has all (fsync by
 * every rank), the slowest rank's; CPU seconds of all ranks; medians. The frame is made before, the
 * file is new for each; every other run goes backwards, as each way finds what the one before left.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "frame.h"
#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"
#include "paraudit/files/files.h"
#include "write_values.h"

/* What the page cache takes fastest is 1 MiB: longer writes get pages of 2 MiB. */
enum { MOST_COLUMNS = 200, MOST_RUNS = 50, WAYS = 4, PIECE = 4 << 20, PLAIN_PIECE = 1 << 20 };

static const char *const names[WAYS] = {"direct", "pwrite", "posix", "mpiio"};

typedef struct {
    pa_comm *comm;
    pa_items list;
    int64_t *places;
    pa_result content;
    char path[4096];
    pa_draft draft;
    int64_t size; /* of the frame with its values */
} bench;

static double cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static pa_status make_table(pa_comm *comm, pa_table *t, int64_t rows, int columns, pa_error *err)
{
    static char name[MOST_COLUMNS][16];
    int64_t rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    int64_t first = pa_even_share(rows, rank, size);
    pa_table_init(t, "transactions", "drawn");
    pa_table_size(t, first, (size_t)(pa_even_share(rows, rank + 1, size) - first), rows);
    for (int c = 0; c < columns; c++) {
        void *data;
        snprintf(name[c], sizeof name[c], "c%03d", c);
        const pa_column_spec spec = {.name = name[c],
                                     .type = c % 2 ? PA_F32 : PA_F64,
                                     .meaning = "values",
                                     .role = PA_ROLE_FEATURE,
                                     .stage = "bench"};
        PA_TRY(pa_table_add(t, &spec, &data, err));
        unsigned char *bytes = data;
        size_t n = t->n_rows * pa_type_size(spec.type, 0);
        for (size_t i = 0; i < n; i++) bytes[i] = (unsigned char)(i * 2654435761u >> 13);
    }
    return PA_OK;
}

/* ---- the ways ---- */

static bool write_direct(const bench *b, const char *part)
{
    void *block = NULL;
    int64_t rank = pa_comm_rank(b->comm), ranks = pa_comm_size(b->comm), pieces = b->size / PIECE;
    int fd = open(part, O_WRONLY | O_DIRECT);
    if (fd < 0 || posix_memalign(&block, 4096, PIECE) != 0) return false;
    memset(block, 7, PIECE);
    bool written = true;
    for (int64_t p = pa_even_share(pieces, rank, ranks); p < pa_even_share(pieces, rank + 1, ranks);
         p++)
        written &= pwrite(fd, block, PIECE, (off_t)p * PIECE) == PIECE;
    free(block);
    return close(fd) == 0 && written;
}

static bool write_plain(const bench *b, const char *part)
{
    int rank = pa_comm_rank(b->comm);
    int fd = open(part, O_WRONLY);
    bool written = fd >= 0;
    for (size_t i = 0; written && i < b->list.n; i++) {
        const pa_item *item = b->list.items + i;
        int64_t row = (int64_t)pa_item_row_bytes(item), from = item->cut[rank];
        const char *data = item->data;
        int64_t n = (item->cut[rank + 1] - from) * row, at = b->places[i] + from * row;
        for (int64_t done = 0, step; written && done < n; done += step) {
            step = n - done < PLAIN_PIECE ? n - done : PLAIN_PIECE;
            written = pwrite(fd, data + done, (size_t)step, (off_t)(at + done)) == step;
        }
    }
    return fd >= 0 && close(fd) == 0 && written;
}

static pa_status write_values(bench *b, int way, const pa_values *v, pa_error *err)
{
    pa_written written = {0};
    bool taken;
    pa_status st = PA_OK;
    if (way < 2) {
        bool done = way == 0 ? write_direct(b, v->part) : write_plain(b, v->part);
        return done ? PA_OK : pa_fail(err, PA_E_IO, "%s: %s", names[way], strerror(errno));
    }
    if (way == 3) return pa_mpiio_write(v, &written, err);
    if (pa_comm_rank(b->comm) == 0) st = pa_reserve_in(&b->draft, b->size, &taken, err);
    if (st == PA_OK) st = pa_posix_write_own(v, err);
    return st == PA_OK ? pa_posix_write_rest(v, err) : st;
}

static pa_status make_frame(bench *b, pa_error *err)
{
    char way[64];
    if (pa_comm_rank(b->comm) != 0) return PA_OK;
    PA_TRY(pa_draft_make(b->path, &b->draft, err));
    pa_draft_unlock(&b->draft);
    pa_draft_way(&b->draft, way);
    PA_TRY(pa_frame_write(b->path, way, &b->content, &b->list, b->places, err));
    return pa_file_size(b->draft.name, &b->size, err);
}

static pa_status run_one(bench *b, int way, double *seconds, double *cpu_seconds, pa_error *err)
{
    char *part = pa_draft_name(b->path, err);
    PA_AGREE(b->comm, make_frame(b, err), err);
    pa_broadcast(b->comm, b->places, b->list.n * sizeof *b->places, 0);
    pa_broadcast(b->comm, &b->size, sizeof b->size, 0);
    const pa_values v = {.comm = b->comm,
                         .list = &b->list,
                         .places = b->places,
                         .path = b->path,
                         .part = part,
                         .draft = &b->draft,
                         .how = &b->content.how};
    pa_barrier(b->comm);
    double start = pa_clock(), used = cpu();
    pa_status st = pa_agree(b->comm, write_values(b, way, &v, err), err);
    if (st == PA_OK) st = pa_agree(b->comm, pa_sync_file(part, err), err);
    *seconds = pa_clock() - start;
    *cpu_seconds = cpu() - used;
    pa_max_f64(b->comm, seconds, 1);
    pa_sum_f64_inexact(b->comm, cpu_seconds, 1);
    pa_draft_drop(&b->draft);
    pa_free(part);
    return st;
}

/* ---- the whole ---- */

static int upwards(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double v[], int n)
{
    qsort(v, (size_t)n, sizeof *v, upwards);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static pa_status run_all(bench *b, int runs, pa_error *err)
{
    static double seconds[WAYS][MOST_RUNS], used[WAYS][MOST_RUNS];
    for (int r = 0; r < runs; r++)
        for (int k = 0; k < WAYS; k++) {
            int w = r % 2 ? WAYS - 1 - k : k;
            PA_TRY(run_one(b, w, &seconds[w][r], &used[w][r], err));
        }
    if (pa_comm_rank(b->comm) != 0) return PA_OK;
    double wall[WAYS];
    printf("%d ranks, %.2f GB, %d runs in turn, medians, fsync included\n", pa_comm_size(b->comm),
           1e-9 * (double)b->size, runs);
    for (int w = 0; w < WAYS; w++) {
        wall[w] = median(seconds[w], runs);
        printf("%-7s %7.2f s (%.2f to %.2f)   CPU %6.2f s\n", names[w], wall[w], seconds[w][0],
               seconds[w][runs - 1], median(used[w], runs));
    }
    printf("posix / direct %.2f   mpiio / pwrite %.2f\n", wall[2] / wall[0], wall[3] / wall[1]);
    return PA_OK;
}

static pa_status run(pa_comm *comm, char **argv, pa_error *err)
{
    pa_table t;
    const pa_table *tables[1] = {&t};
    int64_t rows = strtoll(argv[2], NULL, 10);
    int columns = atoi(argv[3]), runs = atoi(argv[4]);
    bench b = {.comm = comm, .content = {.tables = tables, .n_tables = 1}};
    if (rows < 1 || columns < 1 || columns > MOST_COLUMNS || runs < 1 || runs > MOST_RUNS)
        return pa_fail(err, PA_E_USAGE, "bench_write FOLDER ROWS COLUMNS RUNS");
    snprintf(b.path, sizeof b.path, "%s/bench_write.h5", argv[1]);
    PA_AGREE(comm, make_table(comm, &t, rows, columns, err), err);
    PA_TRY(pa_items_make(comm, &b.content, &b.list, err));
    pa_status st = pa_agree(comm, PA_NEW(b.places, b.list.n, err), err);
    if (st == PA_OK) st = run_all(&b, runs, err);
    pa_free(b.places);
    pa_items_free(&b.list);
    pa_table_free(&t);
    return st;
}

int main(int argc, char **argv)
{
    pa_comm *comm = NULL;
    pa_error err = {0};
    pa_status st = pa_comm_start(&argc, &argv, &comm, &err);
    if (st == PA_OK && argc < 5)
        st = pa_fail(&err, PA_E_USAGE, "bench_write FOLDER ROWS COLUMNS RUNS");
    if (st == PA_OK) st = run(comm, argv, &err);
    if (st != PA_OK && pa_comm_rank(comm) == 0) fprintf(stderr, "%s\n", err.message);
    pa_comm_stop(comm);
    return st;
}
