/* A file by the eyes of MPI-IO: made with hints, and asked what it is. */
#ifndef PARAUDIT_SRC_RESULT_MPI_FILE_H
#define PARAUDIT_SRC_RESULT_MPI_FILE_H

#include <mpi.h>

#include "paraudit/result/writing.h"

/* hints: "a=1,b=2"; NULL or "": none. PA_E_CONFIG. Local. */
pa_status pa_hints_check(const char *hints, pa_error *err);

/* The same as MPI has them, which the caller frees. Local. */
MPI_Info pa_hints_info(const char *hints);

/* Makes the file `name`, which is new, with hints: where MPI knows the file system, it is striped
 * as they say. Notes what came of them. False with the reason in errno. Local. */
bool pa_mpi_file_make(const char *name, const char *hints, pa_written *written);

/* Notes the component of MPI-IO and the hints that a file has. Local. */
void pa_mpi_file_note(MPI_File file, pa_written *written);

#endif
