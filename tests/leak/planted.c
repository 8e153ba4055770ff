/* A program with all of paraudit's libraries and one mistake of its own, for the
 * tests of what should find mistakes:
 *
 *     planted none|leak|copied|overrun|undefined */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/comm/comm.h"
#include "paraudit/commands/stages.h"

/* Read and written where the compiler cannot follow. */
static void *volatile kept;
static volatile int number = INT_MAX;

/* One block of ours, one that a library allocates for us. */
__attribute__((noinline)) static void leaves_behind(bool copied)
{
    kept = copied ? strdup("a text that nobody frees") : malloc(1000);
    kept = NULL;
}

/* Of what lies on the stack, the last address is overwritten too. */
__attribute__((noinline)) static void clear_stack(void)
{
    volatile char over[4096];
    for (size_t i = 0; i < sizeof over; i++) over[i] = 0;
}

static int mistake(const char *kind)
{
    if (strcmp(kind, "leak") == 0 || strcmp(kind, "copied") == 0) {
        leaves_behind(kind[0] == 'c');
        clear_stack();
    } else if (strcmp(kind, "overrun") == 0) {
        kept = malloc(4);
        memset(kept, 0, number > 0 ? 5 : 4);
        free(kept);
    } else if (strcmp(kind, "undefined") == 0) {
        number = number + 1;
    } else if (strcmp(kind, "none") != 0) {
        fprintf(stderr, "planted: no mistake is named %s\n", kind);
        return 2;
    }
    return 0;
}

int main(int argc, char **argv)
{
    pa_comm *comm;
    pa_error err = {0};
    if (pa_comm_start(&argc, &argv, &comm, &err) != PA_OK || argc != 2 || pa_n_stages == 0)
        return 2;
    int code = mistake(argv[1]);
    pa_comm_stop(comm);
    return code;
}
