/* Input files into the tables of a run, by all ranks together.
 *
 * A file is CSV, plain or compressed by gzip or zstd, or HDF5 with the tables of
 * a result; its first bytes tell. input.files names them by paths and patterns
 * between blanks or commas; a backslash takes a blank or comma into a name. Files
 * are listed in the order of their base names, each once, however many names it
 * has. All their bytes, one file after another, are cut into one contiguous run
 * per rank, at multiples of io.block in a file; one of HDF5 is cut between rows, and a
 * compressed one stays whole where that is fair, and otherwise is unpacked by the first of the
 * ranks that have a part of it and dealt among them (text/deal.h). A first pass over its run
 * tells each rank what the run does to quotes and lines (csv/scan.h) and hashes it; a second
 * one parses the records whose first byte lies in the run, or that are dealt to it. Rows then
 * move once, to the rank that owns their account.
 *
 * Digests. With H = SHA-256 and blocks of 1 MiB (2^20 bytes, the last one of a
 * file shorter; an empty file has none):
 *     digest of a file   = H(H(block 0) H(block 1) ...)
 *     digest of the input = H(digest of file 0, digest of file 1, ...)
 * where the inner values enter as their 32 raw bytes, and results are written as
 * 64 hexadecimal digits. Neither io.block nor the number of ranks enters. */
#ifndef PARAUDIT_INGEST_INGEST_H
#define PARAUDIT_INGEST_INGEST_H

#include "paraudit/base/array.h"
#include "paraudit/base/log.h"
#include "paraudit/base/options.h"
#include "paraudit/base/strings.h"
#include "paraudit/comm/comm.h"
#include "paraudit/csv/csv.h"
#include "paraudit/files/standing.h"
#include "paraudit/table/table.h"

/* input.*, table.shards, io.block and io.read_buffer. input.preset is resolved
 * by the caller, before. */
extern const pa_option_spec pa_ingest_options[];

/* A row of the input by its place; line: of its first byte, from 1. */
typedef struct {
    int64_t time, line;
    const char *file; /* base name */
} pa_dated_row;

enum { PA_MOST_SIDE_TABLES = 3 };
enum { PA_ENDS = 8 }; /* rows that are kept of either end of the book */

/* What was read. The partitions are blocks of pa_alloc, so that the tables'
 * borrowed pointers to them stay good when the members are moved elsewhere.
 *
 *   transactions  sharded by account, rows by (account code, time, tx, tx_id):
 *                 tx, tx_id (text ids alone), account, merchant, category, channel,
 *                 currency, country, kind, time, amount_minor, amount, home_lat,
 *                 home_lon, merchant_lat, merchant_lon, input_NAME for further columns
 *                 of numbers, label, label_time; those from category to kind, the
 *                 places and label_time only where the input has them
 *   accounts      id, in code order, sharded as the transactions are
 *   merchants     id, in code order, cut so that the names balance
 *   inputs        a row a file, on rank 0: file, bytes, rows, rejected, digest
 *   rejects       file, line, last_line, reason, text, in the order of file and line
 *   reject_reasons  "categories/reject_reason": name, on rank 0
 *   lists         "categories/category" ...: name, in byte order, on rank 0; of the
 *                 coded columns that the input has, in their order
 *   side          what files beside the transactions add: dispositions.h, suppressions.h
 *
 * A transaction id that several rows have stays with the first of them, by file
 * and line; the others are rejected. Without a column of ids tx is the row's
 * file << 40 | line, and so the order of rows hangs on how the files are cut. */
typedef struct {
    pa_partition *shards, *account_shards, *merchant_shards;
    pa_table transactions, accounts, merchants, inputs, rejects, reject_reasons;
    pa_table lists[PA_CSV_N_CODED];
    size_t n_lists;
    pa_table side[PA_MOST_SIDE_TABLES];
    size_t n_side;
    pa_strings strings; /* names and meanings of input_NAME, names of files */
    int64_t rows_read;  /* rows and rejected ones, of all ranks */
    int64_t rows_rejected;
    int64_t rows_duplicate;        /* of those rejected: their id was met before */
    int64_t first_time, last_time; /* of all rows */
    pa_dated_row earliest[PA_ENDS], latest[PA_ENDS]; /* the earliest, and the latest first */
    size_t n_earliest, n_latest;
    char input_digest[65];
    pa_buffer forms; /* how files are written that are not as most are: a text each, ended by
                        a zero byte; equal on all ranks, as the next */
    pa_buffer notes; /* what people should know of rows and names that were kept: the same */
} pa_ingest;

/* Collective. Errors: PA_E_NO_INPUT (a file that is not there), PA_E_DATA (a
 * header that does not fit, no row at all, more rejects than input.max_rejects or
 * input.max_reject_share, all rows of a kind rejected for one reason, labels that are no
 * words for fraud or genuine and no accidents),
 * PA_E_CONFIG (table.shards below 32 a rank), PA_E_IO, PA_E_MEMORY. The message
 * does not depend on the number of ranks. On failure there is nothing to free. */
pa_status pa_ingest_read(pa_comm *comm, const pa_config *config, pa_log *log, pa_ingest *ingest,
                         pa_error *err);
/* The same; rejects that stop it are listed in the file `rejects_csv` as far as
 * input.max_rejects goes (ingest/rejects_csv.h), where what is called so may be replaced. */
pa_status pa_ingest_read_listing(pa_comm *comm, const pa_config *config, pa_log *log,
                                 const char *rejects_csv, const pa_standing *standing,
                                 pa_ingest *ingest, pa_error *err);

/* Whether table.shards is enough for so many ranks. PA_E_CONFIG. Local. */
pa_status pa_ingest_check_shards(const pa_config *config, int64_t n_ranks, pa_error *err);

/* The paths of all inputs, as the table "inputs" has them: those of input.files in the order in
 * which they are read, then dispositions and suppressions, a text each, ended by
 * a zero byte. PA_E_NO_INPUT, PA_E_CONFIG, PA_E_MEMORY. Local. */
pa_status pa_inputs_paths(const pa_config *config, pa_buffer *paths, pa_error *err);

/* Whether the configuration names the files of a table `inputs`, spread over the ranks: as many, of
 * these base names, sizes and digests. One that is not there is unlike. Reads them all, where
 * names and sizes fit. Collective. */
pa_status pa_inputs_alike(pa_comm *comm, const pa_config *config, const pa_table *inputs,
                          bool *alike, pa_error *err);

/* Local; a zeroed one may be freed. */
void pa_ingest_free(pa_ingest *ingest);

#endif
