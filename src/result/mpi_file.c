#include "mpi_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/comm/about.h"

enum { MOST = 255 }; /* bytes of a name or a value */

/* ---- hints ---- */

/* The next NAME=VALUE of a list, or false. */
static bool next_hint(const char **at, char name[MOST + 1], char value[MOST + 1])
{
    size_t n = strcspn(*at, "="), m = strcspn(*at, ",");
    if (n == 0 || n > MOST || n >= m || m - n - 1 > MOST || m == n + 1) return false;
    snprintf(name, MOST + 1, "%.*s", (int)n, *at);
    snprintf(value, MOST + 1, "%.*s", (int)(m - n - 1), *at + n + 1);
    *at += m;
    if (**at == ',') ++*at;
    return true;
}

pa_status pa_hints_check(const char *hints, pa_error *err)
{
    char name[MOST + 1], value[MOST + 1];
    const char *at = hints ? hints : "";
    while (*at) {
        if (!next_hint(&at, name, value))
            return pa_fail(err, PA_E_CONFIG,
                           "io.hints: '%s' is no NAME=VALUE, with commas between them", at);
    }
    return PA_OK;
}

MPI_Info pa_hints_info(const char *hints)
{
    char name[MOST + 1], value[MOST + 1];
    const char *at = hints ? hints : "";
    MPI_Info info;
    MPI_Info_create(&info);
    while (*at && next_hint(&at, name, value)) MPI_Info_set(info, name, value);
    return info;
}

/* ---- the file ---- */

/* Files of MPI return their errors. */
static int reason_of(int error)
{
    int class = MPI_ERR_OTHER;
    MPI_Error_class(error, &class);
    switch (class) {
    case MPI_ERR_FILE_EXISTS:
        return EEXIST;
    case MPI_ERR_NO_SUCH_FILE:
        return ENOENT;
    case MPI_ERR_ACCESS:
        return EACCES;
    case MPI_ERR_READ_ONLY:
        return EROFS;
    case MPI_ERR_NO_SPACE:
        return ENOSPC;
    case MPI_ERR_QUOTA:
        return EDQUOT;
    default:
        return EIO;
    }
}

bool pa_mpi_file_make(const char *name, const char *hints, pa_written *written)
{
    MPI_File file;
    MPI_Info info = pa_hints_info(hints);
    int mode = MPI_MODE_CREATE | MPI_MODE_EXCL | MPI_MODE_RDWR;
    int rc = MPI_File_open(MPI_COMM_SELF, name, mode, info, &file);
    MPI_Info_free(&info);
    if (rc == MPI_SUCCESS) pa_mpi_file_note(file, written);
    if (rc == MPI_SUCCESS) rc = MPI_File_close(&file);
    if (rc != MPI_SUCCESS) errno = reason_of(rc);
    return rc == MPI_SUCCESS;
}

/* ---- what it is ---- */

#ifdef OPEN_MPI
/* Open MPI's variable `io`, which chooses among its components; "": it is not set. To ask takes a
 * fifth of a second: Open MPI loads all that it has for it. */
static void ask(char value[MOST + 1])
{
    MPI_T_cvar_handle handle;
    int provided, index, count = 0;
    if (MPI_T_init_thread(MPI_THREAD_SINGLE, &provided) != MPI_SUCCESS) return;
    char text[4096] = "";
    if (MPI_T_cvar_get_index("io", &index) == MPI_SUCCESS &&
        MPI_T_cvar_handle_alloc(index, NULL, &handle, &count) == MPI_SUCCESS) {
        if (count <= (int)sizeof text && MPI_T_cvar_read(handle, text) == MPI_SUCCESS)
            snprintf(value, MOST + 1, "%.*s", MOST, text);
        MPI_T_cvar_handle_free(&handle);
    }
    MPI_T_finalize();
}
#else
static void ask(char value[MOST + 1])
{
    value[0] = '\0';
}
#endif

/* The process keeps its component. */
static const char *asked_for(void)
{
    static char value[MOST + 1];
    static bool asked;
    if (!asked) ask(value);
    asked = true;
    return value;
}

static void note_component(pa_written *written)
{
    char mpi[PA_MPI_TEXT];
    const char *io = asked_for();
    pa_mpi_text(mpi);
    if (io[0])
        snprintf(written->component, sizeof written->component, "%.150s", io);
    else if (strncmp(mpi, "Open MPI", 8) == 0)
        snprintf(written->component, sizeof written->component,
                 "ompio, or what Open MPI takes on this file system");
    else
        snprintf(written->component, sizeof written->component, "that of %.100s", mpi);
}

void pa_mpi_file_note(MPI_File file, pa_written *written)
{
    MPI_Info info;
    int n = 0, there = 0;
    char name[MPI_MAX_INFO_KEY + 1], value[MOST + 1];
    size_t used = 0;
    note_component(written);
    written->hints[0] = '\0';
    if (MPI_File_get_info(file, &info) != MPI_SUCCESS) return;
    MPI_Info_get_nkeys(info, &n);
    for (int i = 0; i < n && used < sizeof written->hints; i++) {
        MPI_Info_get_nthkey(info, i, name);
        MPI_Info_get(info, name, MOST, value, &there);
        used += (size_t)snprintf(written->hints + used, sizeof written->hints - used, "%s%s=%s",
                                 i ? "," : "", name, value);
    }
    MPI_Info_free(&info);
}
