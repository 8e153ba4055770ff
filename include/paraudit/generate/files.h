/* A portfolio into CSV files by all ranks together. */
#ifndef PARAUDIT_GENERATE_FILES_H
#define PARAUDIT_GENERATE_FILES_H

#include "paraudit/base/log.h"
#include "paraudit/comm/comm.h"
#include "paraudit/generate/portfolio.h"

enum { PA_MOST_PARTS = 9999 };

/* path: the file; with n_parts above 0 the name from which those of the parts are
 * made: dir/book.csv gives dir/book-0001.csv and so on, each with the header
 * and with equally many accounts in their order. A name that ends in .zst is
 * compressed by zstd at a fixed level. The bytes do not depend on the number of
 * ranks, the rows (and plain bytes, headers apart) not on the number of parts.
 * Files are written as text/sink.h says: all get their names, or none is left;
 * replace: those that are there may go. log hears of the step "generate"; may be NULL.
 * PA_E_CREATE, PA_E_IO, PA_E_MEMORY. Collective. */
pa_status pa_write_portfolio(pa_comm *comm, const pa_world *world, const char *path, int n_parts,
                             bool replace, pa_log *log, pa_error *err);

/* The same rows into one plain file, by time and, in a second, by their numbers. Ranks hold all
 * rows meanwhile, 160 bytes each. Collective. */
pa_status pa_write_portfolio_by_time(pa_comm *comm, const pa_world *world, const char *path,
                                     bool replace, pa_log *log, pa_error *err);

/* The name of part 1 .. n_parts; n_parts 0: path itself. name: room bytes.
 * PA_E_USAGE where it does not fit. Local. */
pa_status pa_part_name(const char *path, int part, int n_parts, size_t room, char name[],
                       pa_error *err);

#endif
