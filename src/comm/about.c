#include <stdio.h>
#include <string.h>

#include "comm_mpi.h"
#include "paraudit/comm/about.h"

void pa_mpi_text(char text[PA_MPI_TEXT])
{
    char full[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_Get_library_version(full, &length);
    full[strcspn(full, ",\n")] = 0;
    snprintf(text, PA_MPI_TEXT, "%.*s", PA_MPI_TEXT - 1, full);
}
