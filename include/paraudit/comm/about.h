/* What carries the ranks, for people. Local. */
#ifndef PARAUDIT_COMM_ABOUT_H
#define PARAUDIT_COMM_ABOUT_H

enum { PA_MPI_TEXT = 200 };

/* "Open MPI v4.1.4" and the like. */
void pa_mpi_text(char text[PA_MPI_TEXT]);

#endif
