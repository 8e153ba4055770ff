#include "mpi_test.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include <CUnit/TestRun.h>

#include "paraudit/base/array.h"

/* The harness talks by MPI itself, so that it does not trust what it tests.
 * CUnit's handlers take no argument of ours: hence the file's own state. */
static pa_comm *comm;
static int rank, n_ranks;
static unsigned tests_failed;

pa_comm *pa_test_comm(void)
{
    return comm;
}

static void on_start(const CU_pTest test, const CU_pSuite suite)
{
    (void)suite;
    pa_comm_set_piece(comm, PA_PIECE_DEFAULT);
    /* The name comes before the test, so that one that hangs is known. */
    if (rank == 0) printf("  Test: %s ...", test->pName);
    fflush(stdout);
    MPI_Barrier(MPI_COMM_WORLD);
}

static void describe(const CU_pFailureRecord failures, pa_buffer *text)
{
    for (CU_pFailureRecord f = failures; f; f = f->pNext) {
        pa_buffer_printf(text, NULL, "    rank %d: %s:%u  - %s\n", rank, f->strFileName,
                         f->uiLineNumber, f->strCondition);
    }
}

/* Rank 0 prints its own text, then takes the others' one by one. */
static void print_all(const pa_buffer *mine)
{
    int length = (int)mine->length;
    if (rank > 0) {
        MPI_Send(&length, 1, MPI_INT, 0, 1, MPI_COMM_WORLD);
        MPI_Send(mine->data, length, MPI_CHAR, 0, 2, MPI_COMM_WORLD);
        return;
    }
    if (mine->data) fwrite(mine->data, 1, mine->length, stdout);
    for (int r = 1; r < n_ranks; r++) {
        MPI_Recv(&length, 1, MPI_INT, r, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        char *text = malloc((size_t)length + 1);
        MPI_Recv(text, length, MPI_CHAR, r, 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        fwrite(text, 1, (size_t)length, stdout);
        free(text);
    }
}

static void on_complete(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord mine)
{
    (void)test;
    (void)suite;
    int failed = mine != NULL;
    MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    if (rank == 0) printf(failed ? "FAILED\n" : "passed\n");
    tests_failed += (unsigned)failed;
    if (failed) {
        pa_buffer text = {0};
        describe(mine, &text);
        print_all(&text);
        pa_buffer_free(&text);
    }
    fflush(stdout);
}

/* CUnit's own summary, with the asserts of all ranks. */
static void print_summary(unsigned n_tests)
{
    unsigned ran = CU_get_number_of_tests_run();
    unsigned asserts[2] = {CU_get_number_of_asserts(), CU_get_number_of_failures()};
    MPI_Allreduce(MPI_IN_PLACE, asserts, 2, MPI_UNSIGNED, MPI_SUM, MPI_COMM_WORLD);
    if (rank > 0) return;
    printf("\nRun Summary:    Type  Total    Ran Passed Failed Inactive\n");
    printf("              suites %6u %6u    n/a %6u %8u\n", 1u, 1u, 0u, 0u);
    printf("               tests %6u %6u %6u %6u %8u\n", n_tests, ran, ran - tests_failed,
           tests_failed, 0u);
    printf("             asserts %6u %6u %6u %6u      n/a\n", asserts[0], asserts[0],
           asserts[0] - asserts[1], asserts[1]);
}

static int run(const char *suite, const pa_test tests[], size_t n)
{
    if (CU_initialize_registry() != CUE_SUCCESS) return 2;
    CU_pSuite s = CU_add_suite(suite, NULL, NULL);
    for (size_t i = 0; i < n; i++) {
        if (!s || !CU_add_test(s, tests[i].name, tests[i].run)) return 2;
    }
    CU_set_test_start_handler(on_start);
    CU_set_test_complete_handler(on_complete);
    if (rank == 0) printf("Suite: %s, %d rank%s\n", suite, n_ranks, n_ranks > 1 ? "s" : "");
    CU_run_all_tests();
    print_summary((unsigned)n);
    bool complete = CU_get_number_of_tests_run() == n;
    CU_cleanup_registry();
    return tests_failed || !complete;
}

int pa_run_mpi_tests(int argc, char **argv, const char *suite, const pa_test tests[], size_t n)
{
    pa_error err = {0};
    pa_status st = pa_comm_start(&argc, &argv, &comm, &err);
    rank = pa_comm_rank(comm);
    n_ranks = pa_comm_size(comm);
    if (st != PA_OK && rank == 0) fprintf(stderr, "%s\n", err.message);
    int code = st == PA_OK ? run(suite, tests, n) : (int)st;
    MPI_Allreduce(MPI_IN_PLACE, &code, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    pa_comm_stop(comm);
    return code;
}

static char folder[64];

static void remove_folder(void)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0) fprintf(stderr, "%s is left\n", folder);
}

const char *pa_test_folder(void)
{
    if (folder[0]) return folder;
    snprintf(folder, sizeof folder, "/tmp/paraudit-test-XXXXXX");
    if (pa_comm_rank(pa_test_comm()) == 0) {
        if (!mkdtemp(folder)) abort();
        atexit(remove_folder);
    }
    pa_broadcast(pa_test_comm(), folder, sizeof folder, 0);
    return folder;
}

FILE *pa_test_create(const char *name)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (!f) abort();
    return f;
}
