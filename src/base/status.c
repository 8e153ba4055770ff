#include "paraudit/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void (*end_process)(void);

static pa_status fail(pa_error *err, pa_status st, int64_t file, int64_t line, const char *format,
                      va_list args)
{
    if (err && err->status == PA_OK) {
        err->status = st;
        err->file = file;
        err->line = line;
        vsnprintf(err->message, sizeof err->message, format, args);
    }
    return st;
}

pa_status pa_fail(pa_error *err, pa_status st, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(err, st, 0, 0, format, args);
    va_end(args);
    return st;
}

pa_status pa_fail_at(pa_error *err, pa_status st, int64_t file, int64_t line, const char *format,
                     ...)
{
    va_list args;
    va_start(args, format);
    fail(err, st, file, line, format, args);
    va_end(args);
    return st;
}

void pa_on_assert(void (*end)(void))
{
    end_process = end;
}

_Noreturn void pa_assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "paraudit: internal error: %s:%d: %s does not hold\n", file, line, condition);
    fflush(stderr);
    if (end_process) end_process();
    abort();
}
