/* Text of all ranks into files, in the order of the ranks.
 *
 * A file is written as a draft (files/draft.h), by each rank its own bytes at their place,
 * and gets its name when all of it has reached the disk: half a file never passes for
 * one. What is there already and no file, a device, is written as it stands.
 * Every rank must see the file system. Messages start with the file's name. */
#ifndef PARAUDIT_TEXT_SINK_H
#define PARAUDIT_TEXT_SINK_H

#include "paraudit/base/array.h"
#include "paraudit/comm/comm.h"
#include "paraudit/files/standing.h"

typedef struct pa_sink pa_sink;

/* Makes n files, 1 or more; paths are equal on all ranks, and copied. PA_E_CREATE
 * where one cannot be made, or is a folder. On failure *sink is NULL and nothing is
 * left. A file that is there is replaced in the end. Collective. */
pa_status pa_sink_open(pa_comm *comm, const char *const paths[], size_t n, pa_sink **sink,
                       pa_error *err);

/* The same; a file that is there in the end is replaced where it may be (files/standing.h; of
 * rank 0), and else an error then: PA_E_CREATE. standing: borrowed. */
pa_status pa_sink_open_beside(pa_comm *comm, const char *const paths[], size_t n,
                              const pa_standing *standing, pa_sink **sink, pa_error *err);

/* The same, but a file that is there, or comes to be meanwhile, stays: PA_E_CREATE. */
pa_status pa_sink_open_new(pa_comm *comm, const char *const paths[], size_t n, pa_sink **sink,
                           pa_error *err);

/* Appends n bytes of this rank to one of the files, 0 .. n - 1, behind all that was
 * added before and what lower ranks add to it now. PA_E_IO. Collective. */
pa_status pa_sink_add(pa_sink *sink, size_t file, const char *bytes, size_t n, pa_error *err);

/* Appends a text that all ranks give alike, once. PA_E_IO. Collective. */
pa_status pa_sink_add_head(pa_sink *sink, size_t file, const char *text, pa_error *err);

/* Appends the lines of rows from .. until - 1 of those here to text: the same
 * whenever it is asked. Local. */
typedef pa_status pa_line_maker(void *maker, size_t from, size_t until, pa_buffer *text,
                                pa_error *err);

/* Appends the lines of n rows of this rank to a file that all ranks name alike. A
 * few thousand rows are made at a time; where they are many, twice, at first to be
 * counted: no rank holds the text of all its rows. PA_E_IO or what `lines` says.
 * Collective. */
pa_status pa_sink_add_rows(pa_sink *sink, size_t file, size_t n, pa_line_maker *lines, void *maker,
                           pa_error *err);

/* Brings everything to the disk and gives all files their names, or none: then
 * nothing is left. PA_E_IO, PA_E_CREATE. Collective. */
pa_status pa_sink_finish(pa_sink *sink, pa_error *err);

/* Removes the files that have no name yet. NULL is fine. Local; of all ranks, once
 * they have agreed that nothing more is written. */
void pa_sink_free(pa_sink *sink);

#endif
