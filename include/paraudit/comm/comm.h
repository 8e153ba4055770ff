/* Ranks that work together. Every call here is collective over the ranks of
 * the communicator unless it says "local". MPI itself failing ends the job
 * (MPI_ERRORS_ARE_FATAL), so only memory can fail, and calls that allocate
 * agree on that before they return. */
#ifndef PARAUDIT_COMM_COMM_H
#define PARAUDIT_COMM_COMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/exact.h"
#include "paraudit/base/status.h"

typedef struct pa_comm pa_comm;

/* Starts MPI, checks the launch (N singletons under a launcher that started
 * more than one task: PA_E_USAGE) and that all ranks run on alike CPUs. On
 * failure *comm is still good for pa_comm_rank and pa_comm_stop. */
pa_status pa_comm_start(int *argc, char ***argv, pa_comm **comm, pa_error *err);
void pa_comm_stop(pa_comm *comm);
_Noreturn void pa_comm_abort(pa_comm *comm, int exit_code); /* local */

int pa_comm_rank(const pa_comm *comm); /* local */
int pa_comm_size(const pa_comm *comm); /* local */

/* On how many machines the ranks run. */
pa_status pa_comm_nodes(pa_comm *comm, int *n, pa_error *err);

/* Bytes that one piece of an exchange may take on a rank, 1 or more. Local;
 * must be equal on all ranks. */
#define PA_PIECE_DEFAULT ((size_t)32 << 20)
void pa_comm_set_piece(pa_comm *comm, size_t bytes);
size_t pa_comm_piece(const pa_comm *comm);

/* What communication has taken on this rank so far. */
typedef struct {
    double wall;      /* seconds, waiting included */
    double cpu;       /* of these, on the processor */
    int64_t bytes;    /* of rows, messages, blocks and arrays handed over for other ranks, each
                       * counted once, however many ranks get it */
    int64_t messages; /* each from here to one other rank */
    int64_t calls;    /* of collective operations, however many ranks take part */
} pa_comm_use;

pa_comm_use pa_comm_used(const pa_comm *comm); /* local */
double pa_comm_seconds(const pa_comm *comm);   /* its wall; local */
/* Seconds since pa_comm_start was called, MPI_Init included. Local. */
double pa_comm_age(const pa_comm *comm);
double pa_clock(void); /* of the wall; local */

/* Ranks that found an error and ranks that did not go on or leave together:
 * returns the same status everywhere, and the error with the smallest place
 * (file, line), then the lowest rank, in err. So they do where a signal asked
 * one of them to stop, while that is allowed (base/stop.h): PA_E_AGAIN. */
pa_status pa_agree(pa_comm *comm, pa_status st, pa_error *err);

/* Around long work of each rank by itself, in which nothing of comm is called
 * that talks: meanwhile pa_stop_poll hears of a signal to any rank, as soon as
 * all have called it. pa_rejoin then agrees, as pa_agree. */
void pa_apart(pa_comm *comm);
pa_status pa_rejoin(pa_comm *comm, pa_status st, pa_error *err);

/* PA_TRY and PA_GOTO after agreement. */
#define PA_AGREE(comm, call, err) PA_TRY(pa_agree((comm), (call), (err)))

/* PA_E_USAGE, naming rank 0 and the lowest rank that differs, where `text` is
 * not the same on all ranks: `what` (the processor, the BLAS kernel) decides
 * the last bits of results. Only the first PA_ALIKE_TEXT - 1 bytes count. */
enum { PA_ALIKE_TEXT = 200 };
pa_status pa_all_alike(pa_comm *comm, const char *what, const char *text, pa_error *err);

void pa_barrier(pa_comm *comm);
void pa_broadcast(pa_comm *comm, void *data, size_t bytes, int root);

/* In place, over ranks, element by element. Exact, so any order is right. */
void pa_sum_i64(pa_comm *comm, int64_t v[], size_t n);
void pa_sum_u64(pa_comm *comm, uint64_t v[], size_t n); /* modulo 2^64 */
void pa_sum_i32(pa_comm *comm, int32_t v[], size_t n);

/* The same of rows of `width` numbers, of each of which one rank makes something else: all get
 * what it leaves in v. Whose rows are whose follows from the ranks. work: rows first .. first +
 * n - 1 of the sum, in place; calls nothing of comm. */
typedef void pa_sum_work(void *context, size_t first, size_t n, int32_t row[]);
void pa_sum_rows_i32(pa_comm *comm, int32_t v[], size_t n_rows, size_t width, pa_sum_work *work,
                     void *context);

void pa_min_i64(pa_comm *comm, int64_t v[], size_t n);
void pa_max_i64(pa_comm *comm, int64_t v[], size_t n);
void pa_sum_i128(pa_comm *comm, pa_i128 v[], size_t n);
/* The smallest low and the largest high of all ranks. A rank that has no value says INT64_MAX and
 * INT64_MIN, and so do all where none has. */
void pa_range_i64(pa_comm *comm, int64_t *low, int64_t *high);
void pa_max_f64(pa_comm *comm, double v[], size_t n);
void pa_min_f64(pa_comm *comm, double v[], size_t n);
/* For timings only: the order of adding follows the ranks. */
void pa_sum_f64_inexact(pa_comm *comm, double v[], size_t n);

/* The sums of v over ranks, cut among them: n[r] values go to rank r, those of rank 0 first.
 * v: as many as all of n together, of every rank; sum: n[own rank]. n is the same everywhere. */
void pa_sum_scatter_i64(pa_comm *comm, const int64_t v[], const size_t n[], int64_t sum[]);

/* Sum over the lower ranks; 0 on rank 0. The second: n sums, in place. */
int64_t pa_sum_before_i64(pa_comm *comm, int64_t v);
void pa_sums_before_i64(pa_comm *comm, int64_t v[], size_t n);

/* Adds `part` over all shards, always in shard order: the result is the same
 * for any number of ranks. part: n_local shards x dim, row-major, dim up to
 * 1024; sum: dim values in the caller's memory. */
pa_status pa_sum_by_shard(pa_comm *comm, size_t n_local, size_t dim, const double part[],
                          double sum[], pa_error *err);

/* Concatenates the blocks of all ranks, rank 0 first, on every rank. *all is
 * owned by the caller, *n_all its bytes. For what is small or replicated by
 * design; never for per-row data. */
pa_status pa_gather_all(pa_comm *comm, const void *block, size_t bytes, void **all, size_t *n_all,
                        pa_error *err);

/* Concatenates on rank 0 alone; *all is NULL elsewhere. */
pa_status pa_gather_root(pa_comm *comm, const void *block, size_t bytes, void **all, size_t *n_all,
                         pa_error *err);

/* The same, where this rank has its block: st is what came of making it. As in pa_agree, if any
 * rank has failed all leave with its error. Spares the agreement before. */
pa_status pa_gather_all_if(pa_comm *comm, pa_status st, const void *block, size_t bytes, void **all,
                           size_t *n_all, pa_error *err);
pa_status pa_gather_root_if(pa_comm *comm, pa_status st, const void *block, size_t bytes,
                            void **all, size_t *n_all, pa_error *err);

#endif
