#include "paraudit/result/writing.h"

#include <stdio.h>
#include <string.h>

#include "mpi_file.h"
#include "paraudit/files/file_system.h"

static const char *const names[] = {[PA_WRITER_AUTO] = "auto",
                                    [PA_WRITER_POSIX] = "posix",
                                    [PA_WRITER_MPIIO] = "mpiio",
                                    [PA_WRITER_NONE] = "none"};

const char *pa_writer_name(pa_writer writer)
{
    return names[writer];
}

static int choice(const char *text, const char *const of[], int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(of[i], text) == 0) return i;
    }
    return 0;
}

pa_status pa_writing_of(const char *writer, const char *collective, const char *hints,
                        pa_writing *how, pa_error *err)
{
    static const char *const together[] = {"auto", "yes", "no"};
    *how = (pa_writing){.writer = (pa_writer)choice(writer, names, 4),
                        .collective = (pa_together)choice(collective, together, 3),
                        .hints = hints};
    return pa_hints_check(hints, err);
}

bool pa_wants_locks(bool is_nfs, int n_machines)
{
    return is_nfs && n_machines > 1;
}

static pa_status choose(pa_comm *comm, const char *path, pa_writer *writer, pa_written *written,
                        pa_error *err)
{
    int n = 1;
    pa_file_system fs = pa_file_system_of(path); /* all go by what rank 0 sees */
    pa_broadcast(comm, &fs, sizeof fs, 0);
    PA_TRY(pa_comm_nodes(comm, &n, err));
    *writer = pa_wants_locks(fs.is_nfs, n) ? PA_WRITER_MPIIO : PA_WRITER_POSIX;
    snprintf(written->why, sizeof written->why, "auto: %s, ranks on %d machine%s", fs.name, n,
             n == 1 ? "" : "s");
    return PA_OK;
}

pa_status pa_writer_for(pa_comm *comm, const char *path, const pa_writing *how, pa_writer *writer,
                        pa_written *written, pa_error *err)
{
    *written = (pa_written){0};
    *writer = path ? how->writer : PA_WRITER_NONE;
    if (*writer == PA_WRITER_AUTO)
        PA_TRY(choose(comm, path, writer, written, err));
    else
        snprintf(written->why, sizeof written->why, "as wished");
    snprintf(written->writer, sizeof written->writer, "%s", names[*writer]);
    return PA_OK;
}
