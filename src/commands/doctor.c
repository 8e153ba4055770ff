/* paraudit doctor: what it runs on, and whether that works. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paraudit/base/draw.h"
#include "paraudit/base/exact.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/about.h"
#include "paraudit/comm/launch.h"
#include "paraudit/comm/view.h"
#include "paraudit/commands/command.h"
#include "paraudit/commands/configure.h"
#include "paraudit/commands/presets.h"
#include "paraudit/files/file_system.h"
#include "paraudit/pipeline/job.h"
#include "paraudit/pipeline/machine.h"
#include "paraudit/result/one_folder.h"
#include "paraudit/result/result.h"

enum { TEST_ROWS = 400000 };

static const pa_flag flags[] = {
    {"--io", "FOLDER", "a folder to write to in the self-test (default: here)", false},
    {"--hints", "NAME=VALUE,...", "hints to MPI-IO, as io.hints of an audit", false},
    {"--help", NULL, "this text", false},
    {0}};

static void print_versions(pa_comm *comm)
{
    char mpi[PA_MPI_TEXT], cpu[PA_CPU_TEXT], presets[4096];
    pa_mpi_text(mpi);
    pa_cpu_text(cpu);
    pa_preset_folder(presets);
    printf("paraudit    %s, compiled by %s\n", PARAUDIT_VERSION, pa_compiler());
    printf("MPI         %s, %d ranks\n", mpi, pa_comm_size(comm));
    printf("HDF5        %s\n", pa_hdf5_version());
    printf("OpenBLAS    kernel %s\n", pa_blas_kernel());
    printf("processor   %s\n", cpu);
    printf("presets     %s%s\n", presets, access(presets, R_OK) == 0 ? "" : " (not there)");
    const char *better = pa_better_blas_kernel();
    if (better)
        printf("NOTE set OPENBLAS_CORETYPE=%s: this kernel is far too old for the processor\n",
               better);
    fflush(stdout);
}

static const pa_column_spec test_spec = {.name = "value",
                                         .type = PA_F64,
                                         .meaning = "a value of the self-test",
                                         .role = PA_ROLE_INPUT,
                                         .stage = "doctor"};

/* A column of uniform draws, this rank's share. */
static pa_status make_table(pa_comm *comm, pa_table *t, pa_error *err)
{
    int64_t rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    int64_t first = pa_even_share(TEST_ROWS, rank, size);
    void *data;
    pa_table_init(t, "doctor", "the self-test");
    pa_table_size(t, first, (size_t)(pa_even_share(TEST_ROWS, rank + 1, size) - first), TEST_ROWS);
    PA_TRY(pa_table_add(t, &test_spec, &data, err));
    for (size_t i = 0; i < t->n_rows; i++) {
        ((double *)data)[i] = pa_uniform(1, PA_DRAW_TEST, (uint64_t)first + i, 0);
    }
    return PA_OK;
}

/* Every value must meet its neighbours in order, over all ranks. */
static pa_status test_exchange(pa_comm *comm, const pa_table *t, pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *tie = NULL;
    pa_view view = {0};
    pa_status st = PA_NEW(key, t->n_rows, err);
    if (st == PA_OK) st = PA_NEW(tie, t->n_rows, err);
    const double *value = pa_f64(t, "value");
    for (size_t i = 0; st == PA_OK && i < t->n_rows; i++) {
        key[i] = pa_key_of_f64(value[i]);
        tie[i] = t->first_row + (int64_t)i;
    }
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_view_make(comm, t->n_rows, key, tie, &view, err);
    for (size_t i = 1; st == PA_OK && i < view.n; i++) {
        if (view.key[i - 1] > view.key[i])
            st = pa_fail(err, PA_E_BUG, "a sort over ranks is out of order");
    }
    pa_view_free(&view);
    pa_free(key);
    pa_free(tie);
    return pa_agree(comm, st, err);
}

/* Of this run alone, the same on all ranks: what others have there is none of it. */
static pa_status name_file(pa_comm *comm, const char *folder, const char *what, char path[4096],
                           pa_error *err)
{
    char name[64];
    struct stat s;
    int64_t number = getpid();
    pa_broadcast(comm, &number, sizeof number, 0);
    snprintf(name, sizeof name, ".paraudit-doctor-%" PRId64 ".%s", number, what);
    PA_TRY(pa_path_in(folder, name, path, err));
    if (pa_comm_rank(comm) != 0 || lstat(path, &s) != 0) return PA_OK;
    return pa_fail(err, PA_E_CREATE, "%s: is there already: move it away", path);
}

/* ---- the folder ---- */

static pa_status see_folder(pa_comm *comm, const char *folder, pa_error *err)
{
    char path[4096];
    PA_AGREE(comm, name_file(comm, folder, "token", path, err), err);
    return pa_one_folder(comm, path, err);
}

static const char *says(bool yes)
{
    return yes ? "yes" : "no";
}

static pa_status print_folder(pa_comm *comm, const char *folder, pa_error *err)
{
    char path[4096];
    pa_file_abilities a;
    PA_TRY(name_file(comm, folder, "tried", path, err));
    if (pa_comm_rank(comm) != 0) return PA_OK;
    PA_TRY(pa_file_abilities_of(path, &a, err));
    printf("folder      %s on %s, one for all ranks; locks %s, room ahead (fallocate) %s, past the "
           "page cache (O_DIRECT) %s\n",
           folder, pa_file_system_of(path).name, says(a.locks), says(a.room), says(a.direct));
    return PA_OK;
}

/* ---- the writers ---- */

/* What a writer has left, read back. */
typedef struct {
    pa_written how;
    char file_digest[PA_DIGEST_TEXT];
    double seconds;
} written_file;

static pa_status write_by(pa_comm *comm, const pa_table *t, const char *folder, pa_writing how,
                          written_file *w, pa_error *err)
{
    char path[4096];
    pa_result_check check;
    const pa_table *tables[1] = {t};
    pa_result content = {.tables = tables, .n_tables = 1, .how = how, .written = &w->how};
    double start = pa_clock();
    PA_AGREE(comm, name_file(comm, folder, "h5", path, err), err);
    PA_TRY(pa_result_write(comm, path, &content, err));
    pa_status st = pa_result_verify(comm, path, &check, err);
    memcpy(w->file_digest, check.file_digest, sizeof w->file_digest);
    w->seconds = pa_clock() - start;
    pa_barrier(comm); /* nobody reads it any longer */
    if (pa_comm_rank(comm) == 0) unlink(path);
    return st;
}

static void print_writers(const written_file *by_default, const written_file *posix,
                          const written_file *mpiio)
{
    printf("MPI-IO      %s%s%s\n", mpiio->how.component, mpiio->how.hints[0] ? "; hints " : "",
           mpiio->how.hints);
    printf("writer      %s (%s)\n", by_default->how.writer, by_default->how.why);
    printf("writers     posix %.1f s, mpiio %.1f s, the same bytes\n", posix->seconds,
           mpiio->seconds);
}

static pa_status test_writers(pa_comm *comm, const pa_table *t, const char *folder,
                              const char *hints, pa_error *err)
{
    written_file by_default, posix, mpiio;
    PA_TRY(write_by(comm, t, folder, (pa_writing){.hints = hints}, &by_default, err));
    PA_TRY(write_by(comm, t, folder, (pa_writing){.writer = PA_WRITER_POSIX}, &posix, err));
    PA_TRY(write_by(comm, t, folder, (pa_writing){.writer = PA_WRITER_MPIIO, .hints = hints},
                    &mpiio, err));
    if (strcmp(posix.file_digest, mpiio.file_digest) != 0 ||
        strcmp(posix.file_digest, by_default.file_digest) != 0)
        return pa_fail(err, PA_E_IO, "%s: posix and mpiio write different bytes there", folder);
    if (pa_comm_rank(comm) == 0) print_writers(&by_default, &posix, &mpiio);
    return PA_OK;
}

static pa_status test(pa_comm *comm, const char *folder, const char *hints, pa_error *err)
{
    pa_table t;
    pa_status st = pa_agree(comm, make_table(comm, &t, err), err);
    if (st == PA_OK) st = test_exchange(comm, &t, err);
    if (st == PA_OK) st = test_writers(comm, &t, folder, hints, err);
    pa_table_free(&t);
    return st;
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    const char *folder = pa_value_of(a, "--io"), *hints = pa_value_of(a, "--hints");
    bool root = pa_comm_rank(comm) == 0;
    if (!folder) folder = ".";
    if (root) print_versions(comm);
    double start = pa_clock();
    pa_writing how;
    PA_TRY(pa_writing_of("auto", "auto", hints ? hints : "", &how, err));
    PA_TRY(see_folder(comm, folder, err));
    PA_AGREE(comm, print_folder(comm, folder, err), err);
    PA_TRY(test(comm, folder, hints, err));
    if (root) {
        printf("self-test   %d rows drawn, sorted over %d ranks, written to %s, read back: all "
               "well (%.1f s)\n",
               TEST_ROWS, pa_comm_size(comm), folder, pa_clock() - start);
    }
    return PA_OK;
}

const pa_command pa_command_doctor = {
    .name = "doctor",
    .summary = "versions, BLAS kernel, and a short self-test",
    .usage = "paraudit doctor [--io FOLDER] [--hints NAME=VALUE,...]",
    .about =
        "Says what this installation runs on and tries draws, a sort over all ranks, and writing\n"
        "and reading one HDF5 file by all ranks in FOLDER, with each writer: the bytes must be "
        "the\n"
        "same. FOLDER must be one for all ranks (73 where it is not). Run it as the job will run,\n"
        "under mpirun or srun.",
    .flags = flags,
    .needs_ranks = true,
    .run = run,
};
