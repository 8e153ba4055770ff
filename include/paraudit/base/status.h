/* Status codes, error messages with a place, and the always-on assert. */
#ifndef PARAUDIT_BASE_STATUS_H
#define PARAUDIT_BASE_STATUS_H

#include <stdint.h>

/* The value is the exit code of the process (sysexits where it has one). */
typedef enum {
    PA_OK = 0,
    PA_E_USAGE = 64,    /* the command line, or how the job was launched */
    PA_E_DATA = 65,     /* the content of an input */
    PA_E_NO_INPUT = 66, /* an input that cannot be opened */
    PA_E_BUG = 70,      /* our own mistake */
    PA_E_MEMORY = 71,   /* the machine gave no memory */
    PA_E_CREATE = 73,   /* an output that cannot be created */
    PA_E_IO = 74,       /* reading or writing failed half-way */
    PA_E_AGAIN = 75,    /* stopped by a signal: run `paraudit resume` */
    PA_E_CONFIG = 78    /* a configuration key or value */
} pa_status;

/* What went wrong, and where. `file` and `line` order errors of several ranks:
 * the smallest place wins (pa_agree), so that the message does not depend on
 * the number of ranks. A zeroed pa_error says that nothing went wrong. */
typedef struct {
    pa_status status;
    int64_t file; /* ordinal of the input, 1 from the first; 0: no place */
    int64_t line; /* line in that input, from 1; 0: the whole input */
    char message[496];
} pa_error;

/* Keeps the first error only: a later one is most often its consequence.
 * Returns st, so that `return pa_fail(err, PA_E_DATA, ...)` reads well. */
pa_status pa_fail(pa_error *err, pa_status st, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with a place. The message carries the place itself, in words. */
pa_status pa_fail_at(pa_error *err, pa_status st, int64_t file, int64_t line, const char *format,
                     ...) __attribute__((format(printf, 5, 6)));

/* Four ways on after a call that may fail, each with its place:
 *
 *   PA_TRY     nothing is owned yet: return at once
 *   PA_AGREE   the same where ranks must leave together (comm/comm.h)
 *   PA_GOTO    something is owned: free it at the one label `out`
 *   if (st == PA_OK) st = ...
 *              a chain of calls of which each needs the one before, all are local and what
 *              follows must run in any case: the agreement of the ranks, a file to close */

/* Returns at once on failure: for where nothing is owned yet. */
#define PA_TRY(call)                                                                               \
    do {                                                                                           \
        pa_status pa_try_status_ = (call);                                                         \
        if (pa_try_status_ != PA_OK) return pa_try_status_;                                        \
    } while (0)

/* Leaves by the one way out: `st` and the label `out` are the caller's. */
#define PA_GOTO(call)                                                                              \
    do {                                                                                           \
        st = (call);                                                                               \
        if (st != PA_OK) goto out;                                                                 \
    } while (0)

/* Our own bug: always on, names its place, and ends the process. */
#define PA_ASSERT(condition)                                                                       \
    ((condition) ? (void)0 : pa_assert_failed(#condition, __FILE__, __LINE__))
_Noreturn void pa_assert_failed(const char *condition, const char *file, int line);

/* What pa_assert_failed calls to end the process; abort() when not set. comm
 * sets MPI_Abort, so that no rank waits for one that is gone. */
void pa_on_assert(void (*end)(void));

#endif
