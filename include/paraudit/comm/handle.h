/* MPI's own communicator, for a library that talks over it by itself (parallel HDF5). */
#ifndef PARAUDIT_COMM_HANDLE_H
#define PARAUDIT_COMM_HANDLE_H

#include <mpi.h>

#include "paraudit/comm/comm.h"

/* Borrowed: the library makes a duplicate. Local. */
MPI_Comm pa_comm_handle(const pa_comm *comm);

#endif
