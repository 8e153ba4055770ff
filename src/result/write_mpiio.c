/* Values by parallel HDF5. A rank that fails inside a call of all leaves the others waiting there
 * for it, and HDF5 keeps what it could not write: a failure ends the job. */
#include <hdf5.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "mpi_file.h"
#include "paraudit/comm/handle.h"
#include "paraudit/files/input.h"
#include "paraudit/result/h5.h"
#include "write_values.h"

/* Of one call. A rank that writes by itself copies that much into the page cache, which for longer
 * writes takes pages of 2 MiB: memory that is rarely at hand, at 2 to 5 times the CPU time. What is
 * written together goes by way of others first; MPI counts by int. */
enum { MOST_ALONE = 1 << 20, MOST_TOGETHER = 512 << 20 };

/* The reason is HDF5's, which its next call forgets. */
static pa_status failed(const pa_values *v, const char *where, pa_error *err)
{
    char reason[PA_H5_REASON];
    pa_h5_reason(reason);
    return pa_cannot_write(v->path, where, reason, err);
}

_Noreturn static void end_here(const pa_values *v, const char *where)
{
    pa_error err = {0};
    failed(v, where, &err);
    pa_values_give_up(v, &err);
}

/* Ranks that are not inside a call of all hear of it first: one message, that of rank 0. */
static pa_status agree_or_end(const pa_values *v, pa_status st, pa_error *err)
{
    st = pa_agree(v->comm, st, err);
    if (st == PA_OK || st == PA_E_AGAIN) return st;
    if (pa_comm_rank(v->comm) == 0) pa_values_give_up(v, err);
    pa_barrier(v->comm); /* rank 0 ends it */
    return st;
}

/* ---- the file ---- */

static hid_t open_file(const pa_values *v, pa_written *written)
{
    MPI_Info info = pa_hints_info(v->how->hints);
    hid_t reach = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_libver_bounds(reach, H5F_LIBVER_V18, H5F_LIBVER_V18);
    H5Pset_fapl_mpio(reach, pa_comm_handle(v->comm), info);
    H5Pset_all_coll_metadata_ops(reach, true);
    H5Pset_coll_metadata_write(reach, true);
    hid_t file = H5Fopen(v->part, H5F_ACC_RDWR, reach);
    H5Pclose(reach);
    MPI_Info_free(&info);
    if (file < 0) end_here(v, "the values");
    void *handle = NULL;
    if (pa_comm_rank(v->comm) == 0 && H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) >= 0 && handle)
        pa_mpi_file_note(*(MPI_File *)handle, written);
    return file;
}

/* ---- a dataset ---- */

/* What a call needs beside rows. */
typedef struct {
    hid_t dataset, type, list;
    int64_t step; /* most rows of it */
} transfer;

/* Of the rank with most rows, in calls: all make as many. */
static int64_t calls_of(const pa_values *v, const pa_item *item, int64_t step)
{
    int64_t most = 0;
    for (int r = 0; r < pa_comm_size(v->comm); r++) {
        int64_t n = item->cut[r + 1] - item->cut[r];
        if (n > most) most = n;
    }
    return (most + step - 1) / step;
}

static bool goes_together(const pa_values *v, const pa_item *item)
{
    int64_t bytes = item->rows * (int64_t)pa_item_row_bytes(item);
    if (v->how->collective == PA_TOGETHER_AUTO) return bytes / pa_comm_size(v->comm) < PA_LARGE;
    return v->how->collective == PA_TOGETHER_YES;
}

static int64_t step_of(const pa_item *item, bool together)
{
    size_t most = together ? MOST_TOGETHER : MOST_ALONE, row = pa_item_row_bytes(item);
    return row < most ? (int64_t)(most / row) : 1;
}

/* Rows first .. first + n - 1 of the file; none: the rank calls all the same. */
static pa_status write_rows(const pa_values *v, const transfer *t, const pa_item *item,
                            int64_t first, int64_t n, const void *rows, pa_error *err)
{
    hsize_t start[2] = {(hsize_t)first, 0}, count[2] = {(hsize_t)n, item->width};
    hid_t space = H5Dget_space(t->dataset);
    hid_t memory =
        item->n_dims ? H5Screate_simple(item->n_dims, count, NULL) : H5Screate(H5S_SCALAR);
    if (n == 0) {
        H5Sselect_none(space);
        H5Sselect_none(memory);
    } else if (item->n_dims) {
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
    }
    herr_t wrote = H5Dwrite(t->dataset, t->type, memory, space, t->list, n > 0 ? rows : "");
    pa_status st = wrote < 0 ? failed(v, item->path, err) : PA_OK;
    H5Sclose(memory);
    H5Sclose(space);
    return st;
}

static pa_status write_mine(const pa_values *v, const transfer *t, const pa_item *item,
                            pa_error *err)
{
    int rank = pa_comm_rank(v->comm);
    int64_t row = item->cut[rank], until = item->cut[rank + 1];
    const char *data = item->data;
    for (int64_t call = calls_of(v, item, t->step); call > 0; call--) {
        int64_t n = until - row < t->step ? until - row : t->step;
        PA_TRY(write_rows(v, t, item, row, n, data, err));
        data += (size_t)n * pa_item_row_bytes(item);
        row += n;
    }
    return PA_OK;
}

static pa_status write_item(const pa_values *v, hid_t file, const pa_item *item, pa_error *err)
{
    bool together = goes_together(v, item);
    transfer t = {.dataset = H5Dopen2(file, item->path, H5P_DEFAULT),
                  .step = step_of(item, together)};
    if (t.dataset < 0) end_here(v, item->path);
    t.type = pa_h5_type(item->type, item->bytes);
    t.list = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_dxpl_mpio(t.list, together ? H5FD_MPIO_COLLECTIVE : H5FD_MPIO_INDEPENDENT);
    pa_status st = write_mine(v, &t, item, err);
    if (st != PA_OK && together) pa_values_give_up(v, err); /* others may wait in there */
    st = agree_or_end(v, st, err);
    if (H5Dclose(t.dataset) < 0) end_here(v, item->path);
    H5Tclose(t.type);
    H5Pclose(t.list);
    return st;
}

pa_status pa_mpiio_write(const pa_values *v, pa_written *written, pa_error *err)
{
    pa_h5_quiet();
    hid_t file = open_file(v, written);
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < v->list->n; i++) {
        const pa_item *item = v->list->items + i;
        if (item->rows > 0 && item->width > 0) st = write_item(v, file, item, err);
        pa_log_progress(v->log, "write: values", (int64_t)i + 1, (int64_t)v->list->n);
    }
    if (H5Fclose(file) < 0) end_here(v, "the end of the values");
    return st;
}

/* ---- what MPI-IO has lost in silence ---- */

static bool is_there(const pa_values *v, int fd, size_t i, char piece[MOST_ALONE])
{
    const pa_item *item = v->list->items + i;
    int rank = pa_comm_rank(v->comm);
    int64_t row = (int64_t)pa_item_row_bytes(item), first = item->cut[rank] * row;
    int64_t bytes = item->cut[rank + 1] * row - first, n;
    pa_error unread = {0};
    for (int64_t at = 0; at < bytes; at += n) {
        n = bytes - at < MOST_ALONE ? bytes - at : MOST_ALONE;
        if (pa_read_at(fd, v->part, 0, v->places[i] + first + at, piece, (size_t)n, &unread) !=
                PA_OK ||
            memcmp(piece, (const char *)item->data + at, (size_t)n) != 0)
            return false;
    }
    return true;
}

/* The first item of which this rank's rows are not in the file; list->n: there is none. */
static size_t first_lost(const pa_values *v)
{
    char *piece = NULL;
    int fd = -1;
    pa_error err = {0};
    size_t i = 0;
    if (PA_NEW(piece, MOST_ALONE, &err) != PA_OK || pa_open_input(v->part, 0, &fd, &err) != PA_OK)
        i = v->list->n;
    while (i < v->list->n && is_there(v, fd, i, piece)) i++;
    if (fd >= 0) close(fd);
    pa_free(piece);
    return i;
}

void pa_values_lost(const pa_values *v, pa_error *err)
{
    int64_t i = (int64_t)first_lost(v);
    pa_min_i64(v->comm, &i, 1);
    if (i == (int64_t)v->list->n) return;
    *err = (pa_error){0};
    pa_cannot_write(v->path, v->list->items[i].path, "it reads back unlike it was written", err);
}
