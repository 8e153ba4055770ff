#include "paraudit/result/writing.h"

#include <stdio.h>
#include <string.h>

#include "mpi_file.h"
#include "paraudit/files/file_system.h"

static const char *const names[] = {[PA_WRITER_AUTO] = "auto",
                                    [PA_WRITER_POSIX] = "posix",
                                    [PA_WRITER_MPIIO] = "mpiio",
                                    [PA_WRITER_NONE] = "none"};

const pa_option_spec pa_writing_options[] = {
    {.key = "io.writer",
     .type = PA_OPTION_CHOICE,
     .fallback = "auto",
     .choices = "auto|posix|mpiio|none",
     .meaning = "who brings the values to the result file, the same bytes from each: all ranks past "
                "the page cache, parallel HDF5, nobody; auto: posix, on NFS with several machines "
                "mpiio",
     .run_only = true},
    {.key = "io.hints",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "hints to MPI-IO with which a result file is made, striping_factor=8,"
                "striping_unit=4194304 say",
     .run_only = true},
    {.key = "io.collective",
     .type = PA_OPTION_CHOICE,
     .fallback = "auto",
     .choices = "auto|yes|no",
     .meaning = "whether ranks write a dataset together, by mpiio; auto: where it has less than "
                "1 MiB a rank",
     .run_only = true},
    {0}};

const char *pa_writer_name(pa_writer writer)
{
    return names[writer];
}

/* Which of "a|b|c". */
static int choice(const pa_config *config, const char *key, const char *const of[], int n)
{
    const char *text = pa_config_text(config, key);
    for (int i = 0; i < n; i++) {
        if (strcmp(of[i], text) == 0) return i;
    }
    return 0;
}

pa_status pa_writing_of(const pa_config *config, pa_writing *how, pa_error *err)
{
    static const char *const together[] = {"auto", "yes", "no"};
    *how = (pa_writing){.writer = (pa_writer)choice(config, "io.writer", names, 4),
                        .collective = (pa_together)choice(config, "io.collective", together, 3),
                        .hints = pa_config_text(config, "io.hints")};
    return pa_hints_check(how->hints, err);
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
