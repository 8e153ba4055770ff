/* Writes the drawn result, for comparisons of whole files across rank counts.
 *
 *     result_writer FILE ROWS [verify | limit BYTES]
 *
 * $PARAUDIT_TEST_WRITER: posix or mpiio; unset: auto. verify: checks the digests of FILE instead.
 * limit: the last rank may not write past that many bytes of a file, as if its disk were full; with
 * ranks enough the reservation of rank 0 does not see it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "drawn_result.h"

static void limit_files(const char *bytes)
{
    struct rlimit limit = {(rlim_t)strtoll(bytes, NULL, 10), RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* posix, mpiio, none: the writer; mpiio+ and mpiio-: always together, never. */
static pa_writing writing(void)
{
    const char *name = getenv("PARAUDIT_TEST_WRITER");
    pa_writing how = {.hints = getenv("PARAUDIT_TEST_HINTS")};
    for (int w = PA_WRITER_POSIX; name && w <= PA_WRITER_NONE; w++) {
        size_t n = strlen(pa_writer_name((pa_writer)w));
        if (strncmp(name, pa_writer_name((pa_writer)w), n) != 0) continue;
        how.writer = (pa_writer)w;
        how.collective = name[n] == '+'   ? PA_TOGETHER_YES
                         : name[n] == '-' ? PA_TOGETHER_NO
                                          : PA_TOGETHER_AUTO;
    }
    return how;
}

static pa_status run(pa_comm *comm, int argc, char **argv, pa_error *err)
{
    pa_drawn_result drawn;
    int64_t rows = strtoll(argv[2], NULL, 10);
    if (argc > 3 && strcmp(argv[3], "verify") == 0) {
        return pa_result_verify(comm, argv[1], NULL, err);
    }
    bool last = pa_comm_rank(comm) == pa_comm_size(comm) - 1;
    if (argc > 4 && strcmp(argv[3], "limit") == 0 && last) limit_files(argv[4]);
    pa_status st = pa_agree(comm, pa_draw_result(comm, rows, &drawn, err), err);
    drawn.content.how = writing();
    if (st == PA_OK) st = pa_result_write(comm, argv[1], &drawn.content, err);
    pa_drawn_free(&drawn);
    return st;
}

int main(int argc, char **argv)
{
    pa_comm *comm = NULL;
    pa_error err = {0};
    pa_status st = pa_comm_start(&argc, &argv, &comm, &err);
    if (st == PA_OK && argc < 3) st = pa_fail(&err, PA_E_USAGE, "result_writer FILE ROWS");
    if (st == PA_OK) st = run(comm, argc, argv, &err);
    if (st != PA_OK && pa_comm_rank(comm) == 0) fprintf(stderr, "%s\n", err.message);
    pa_comm_stop(comm);
    return st;
}
