/* CUnit under MPI: every rank runs every test, because the calls inside are
 * collective. After each test the ranks agree on whether it failed anywhere;
 * rank 0 prints, with the failures of all ranks; all return the same code.
 *
 * Use the non-fatal CU_ASSERT macros: a rank that leaves a test early makes the
 * others wait until the test's time is over. */
#ifndef PARAUDIT_TESTS_MPI_TEST_H
#define PARAUDIT_TESTS_MPI_TEST_H

#include <stdio.h>

#include <stdio.h>

#include "paraudit/comm/comm.h"
#include "unit.h"

/* The ranks of this run. Each test starts with the default piece. */
pa_comm *pa_test_comm(void);

/* Runs them all and returns the exit code for main. */
int pa_run_mpi_tests(int argc, char **argv, const char *suite, const pa_test tests[], size_t n);

#define PA_MPI_TEST_MAIN(suite, tests)                                                             \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        return pa_run_mpi_tests(argc, argv, (suite), (tests), sizeof(tests) / sizeof *(tests));    \
    }

/* A folder for files of this program, the same on all ranks; made by the first call
 * and removed at the end. The first call is collective. */
const char *pa_test_folder(void);

/* A new file in that folder, to be written by one rank; ends the program where it
 * cannot be made. Local. */
FILE *pa_test_create(const char *name);

#endif
