/* To be preloaded: an MPI-IO that writes half of what it is asked to, once the file has
 * PARAUDIT_TEST_SHORT_AT bytes, and says that all went well; the count tells. */
#include <mpi.h>
#include <stdlib.h>

static int half(MPI_File file, MPI_Offset at, int count)
{
    MPI_Offset byte = 0;
    const char *from = getenv("PARAUDIT_TEST_SHORT_AT");
    MPI_File_get_byte_offset(file, at, &byte);
    return from && byte >= strtoll(from, NULL, 10) ? count / 2 : count;
}

int MPI_File_write_at(MPI_File file, MPI_Offset at, const void *bytes, int count, MPI_Datatype type,
                      MPI_Status *status)
{
    return PMPI_File_write_at(file, at, bytes, half(file, at, count), type, status);
}

int MPI_File_write_at_all(MPI_File file, MPI_Offset at, const void *bytes, int count,
                          MPI_Datatype type, MPI_Status *status)
{
    return PMPI_File_write_at_all(file, at, bytes, half(file, at, count), type, status);
}
