/* Files are opened through a driver of our own, which knows the file's trailer. HDF5
 * crashes on some damaged files, and after some reads that fail as well: the blocks that
 * say where everything is are checked before it is asked anything, and those of values
 * before it is asked for them, so that a command that reads five of a hundred columns
 * reads little more than these. The driver itself hands out nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"
#include "paraudit/files/input.h"
#include "paraudit/files/trailer.h"
#include "paraudit/result/h5.h"

/* What is known of a file that is open. */
typedef struct {
    int fd;
    dev_t device;
    ino_t inode;
    pa_trailer trailer;
    uint8_t *is_checked; /* of each block */
    char *block;         /* the last one that was checked in here */
    size_t held;         /* which; n: none */
} guarded;

/* An open file as HDF5 knows it; its own part first. */
typedef struct {
    H5FD_t base;
    guarded *g;
    haddr_t eoa;
} open_file;

/* What a list of access properties carries to the driver. */
typedef struct {
    guarded *g;
    bool *is_taken; /* set once HDF5 has it, and will close it */
} access_info;

static void guarded_free(guarded *g)
{
    if (g->fd >= 0) close(g->fd);
    pa_trailer_free(&g->trailer);
    pa_free(g->is_checked);
    pa_free(g->block);
    pa_free(g);
}

/* ---- the driver ---- */

static H5FD_t *driver_open(const char *name, unsigned flags, hid_t list, haddr_t most)
{
    (void)name;
    (void)most;
    pa_error err = {0};
    open_file *f = NULL;
    const access_info *info = H5Pget_driver_info(list);
    if (!info || *info->is_taken || flags != H5F_ACC_RDONLY) return NULL;
    if (PA_NEW(f, 1, &err) != PA_OK) return NULL;
    f->g = info->g;
    *info->is_taken = true;
    return &f->base;
}

static herr_t driver_close(H5FD_t *base)
{
    open_file *f = (open_file *)base;
    guarded_free(f->g);
    pa_free(f);
    return 0;
}

static int driver_compare(const H5FD_t *a, const H5FD_t *b)
{
    const guarded *x = ((const open_file *)a)->g, *y = ((const open_file *)b)->g;
    if (x->device != y->device) return x->device < y->device ? -1 : 1;
    return (x->inode > y->inode) - (x->inode < y->inode);
}

static herr_t driver_query(const H5FD_t *base, unsigned long *flags)
{
    (void)base;
    *flags = 0; /* no more is read than is asked for */
    return 0;
}

static herr_t driver_handle(H5FD_t *base, hid_t list, void **handle)
{
    (void)list;
    *handle = ((open_file *)base)->g;
    return 0;
}

static haddr_t driver_eoa(const H5FD_t *base, H5FD_mem_t type)
{
    (void)type;
    return ((const open_file *)base)->eoa;
}

static herr_t driver_set_eoa(H5FD_t *base, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((open_file *)base)->eoa = address;
    return 0;
}

static haddr_t driver_eof(const H5FD_t *base, H5FD_mem_t type)
{
    (void)type;
    return (haddr_t)((const open_file *)base)->g->trailer.size;
}

/* The reason goes where HDF5 keeps those of its own (pa_h5_reason). */
static herr_t refuse(const char *why)
{
    H5Epush2(H5E_DEFAULT, __FILE__, "driver_read", __LINE__, H5E_ERR_CLS, H5E_IO, H5E_READERROR,
             "error message = '%s'", why);
    return -1;
}

static bool read_at(const guarded *g, int64_t at, void *bytes, size_t n)
{
    pa_error err = {0};
    return pa_read_at(g->fd, "", 0, at, bytes, n, &err) == PA_OK;
}

/* Block b into g->block, checked. */
static bool hold(guarded *g, size_t b, char why[PA_H5_REASON])
{
    int64_t at = (int64_t)b * PA_TRAILER_BLOCK;
    size_t n = pa_trailer_block_bytes(&g->trailer, b);
    if (g->held == b) return true;
    g->held = g->trailer.n;
    if (!read_at(g, at, g->block, n)) {
        snprintf(why, PA_H5_REASON, "cannot read");
        return false;
    }
    if (!pa_trailer_agrees(&g->trailer, b, g->block)) {
        snprintf(why, PA_H5_REASON, "its bytes from %lld to %lld are not those that were written",
                 (long long)at, (long long)at + (long long)n - 1);
        return false;
    }
    g->held = b;
    g->is_checked[b] = 1;
    return true;
}

/* Bytes that lie in one block. */
static herr_t read_in_block(guarded *g, int64_t at, size_t n, char *out)
{
    char why[PA_H5_REASON];
    size_t b = (size_t)(at / PA_TRAILER_BLOCK);
    if (g->held != b && g->is_checked[b]) return read_at(g, at, out, n) ? 0 : refuse("cannot read");
    if (!hold(g, b, why)) return refuse(why);
    memcpy(out, g->block + at % PA_TRAILER_BLOCK, n);
    return 0;
}

static herr_t driver_read(H5FD_t *base, H5FD_mem_t type, hid_t list, haddr_t address, size_t n,
                          void *out)
{
    (void)type;
    (void)list;
    guarded *g = ((open_file *)base)->g;
    int64_t size = g->trailer.size, at = (int64_t)address;
    if (address > (haddr_t)size || n > (uint64_t)(size - at)) return refuse("the file ends before");
    if (!g->trailer.is_there) return read_at(g, at, out, n) ? 0 : refuse("cannot read");
    for (char *to = out; n > 0;) {
        size_t left = (size_t)(PA_TRAILER_BLOCK - at % PA_TRAILER_BLOCK), m = n < left ? n : left;
        if (read_in_block(g, at, m, to) < 0) return -1;
        at += (int64_t)m;
        to += m;
        n -= m;
    }
    return 0;
}

static herr_t driver_write(H5FD_t *base, H5FD_mem_t type, hid_t list, haddr_t address, size_t n,
                           const void *bytes)
{
    (void)base;
    (void)type;
    (void)list;
    (void)address;
    (void)n;
    (void)bytes;
    return refuse("open for reading only");
}

static hid_t driver(void)
{
    static const H5FD_class_t class = {.name = "paraudit",
                                       .maxaddr = INT64_MAX,
                                       .fc_degree = H5F_CLOSE_WEAK,
                                       .fapl_size = sizeof(access_info),
                                       .open = driver_open,
                                       .close = driver_close,
                                       .cmp = driver_compare,
                                       .query = driver_query,
                                       .get_eoa = driver_eoa,
                                       .set_eoa = driver_set_eoa,
                                       .get_eof = driver_eof,
                                       .get_handle = driver_handle,
                                       .read = driver_read,
                                       .write = driver_write,
                                       .fl_map = H5FD_FLMAP_DICHOTOMY};
    static hid_t id = H5I_INVALID_HID;
    if (id < 0) id = H5FDregister(&class);
    return id;
}

/* ---- opening ---- */

/* What a file names is loaded from nowhere, and no other file is opened for it. */
static void trust_nothing(void)
{
    pa_h5_quiet();
    H5PLset_loading_state(0);
    if (H5Lis_registered(H5L_TYPE_EXTERNAL) > 0) H5Lunregister(H5L_TYPE_EXTERNAL);
}

static pa_status guard(const char *path, const char *name, int64_t file, guarded *g, pa_error *err)
{
    struct stat info;
    pa_error found = {0};
    g->fd = -1;
    PA_TRY(pa_open_input(path, file, &g->fd, err));
    if (fstat(g->fd, &info) != 0)
        return pa_fail_at(err, PA_E_IO, file, 0, "%s: cannot read: %s", name, strerror(errno));
    g->device = info.st_dev;
    g->inode = info.st_ino;
    if (pa_trailer_read(g->fd, name, &g->trailer, &found) != PA_OK)
        return pa_fail_at(err, found.status, file, 0, "%s", found.message);
    g->held = g->trailer.n;
    if (!g->trailer.is_there) return PA_OK;
    PA_TRY(PA_NEW(g->is_checked, g->trailer.n, err));
    return PA_NEW(g->block, PA_TRAILER_BLOCK, err);
}

/* Where the file ends by its own account, a superblock of version 2 or 3 (ours is of version
 * 2); 0: it does not say so. */
static int64_t stated_end(const guarded *g)
{
    enum { VERSION = 8, OFFSET_BYTES = 9, BASE = 12, END = 28, BYTES = 36 };
    static const char signature[] = "\x89HDF\r\n\x1a\n";
    unsigned char head[BYTES];
    int64_t base = 0, end = 0;
    if (g->trailer.size < BYTES || !read_at(g, 0, head, BYTES)) return 0;
    bool is_known = memcmp(head, signature, sizeof signature - 1) == 0 &&
                    (head[VERSION] == 2 || head[VERSION] == 3) && head[OFFSET_BYTES] == 8;
    if (!is_known) return 0;
    memcpy(&base, head + BASE, sizeof base);
    memcpy(&end, head + END, sizeof end);
    return base == 0 ? end : 0;
}

/* Both marks of a trailer may be gone, with the end of the file or a sector of the disk: what
 * stands behind the end is what is left of it. */
static pa_status check_end(const guarded *g, const char *name, int64_t file, pa_error *err)
{
    int64_t end = g->trailer.is_there ? 0 : stated_end(g);
    if (end <= 0 || end >= g->trailer.size) return PA_OK;
    return pa_fail_at(
        err, PA_E_DATA, file, 0,
        "%s: damaged: it ends at byte %lld, and what stands behind that is no trailer "
        "that guards it",
        name, (long long)end);
}

static pa_status check_marked(guarded *g, const char *name, int64_t file, pa_error *err)
{
    char why[PA_H5_REASON];
    for (size_t b = 0; b < g->trailer.n; b++) {
        if (g->trailer.mark[b] && !hold(g, b, why))
            return pa_fail_at(err, PA_E_DATA, file, 0, "%s: damaged: %s", name, why);
    }
    return PA_OK;
}

static pa_status open_guarded(const char *path, const char *name, int64_t file,
                              const access_info *info, hid_t *id, pa_error *err)
{
    bool is_sealed = info->g->trailer.is_there;
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    bool set = H5Pset_driver(list, driver(), info) >= 0;
    *id = set ? H5Fopen(path, H5F_ACC_RDONLY, list) : H5I_INVALID_HID;
    char reason[PA_H5_REASON];
    if (*id < 0) pa_h5_reason(reason);
    H5Pclose(list);
    if (*id >= 0) return PA_OK;
    if (!is_sealed && H5Fis_hdf5(path) == 0)
        return pa_fail_at(err, PA_E_DATA, file, 0,
                          "%s: not an HDF5 file, or one that was never finished", name);
    return pa_fail_at(err, PA_E_DATA, file, 0, "%s: damaged: %s", name, reason);
}

pa_status pa_h5_open(const char *path, const char *name, int64_t file, hid_t *id, pa_error *err)
{
    guarded *g = NULL;
    bool is_taken = false;
    *id = H5I_INVALID_HID;
    trust_nothing();
    PA_TRY(PA_NEW(g, 1, err));
    const access_info info = {g, &is_taken};
    pa_status st = guard(path, name, file, g, err);
    if (st == PA_OK) st = check_end(g, name, file, err);
    if (st == PA_OK) st = check_marked(g, name, file, err);
    if (st == PA_OK) st = open_guarded(path, name, file, &info, id, err);
    if (!is_taken) guarded_free(g);
    return st;
}

/* Bytes of values, which lie in one piece in what a trailer guards. */
static bool vouch(guarded *g, int64_t at, pa_i128 n, char why[PA_H5_REASON])
{
    if (n == 0 || !g->trailer.is_there) return true;
    if (at < 0 || at > g->trailer.size || n > g->trailer.size - at) {
        snprintf(why, PA_H5_REASON, "the file ends before");
        return false;
    }
    size_t last = (size_t)((at + (int64_t)n - 1) / PA_TRAILER_BLOCK);
    for (size_t b = (size_t)(at / PA_TRAILER_BLOCK); b <= last; b++) {
        if (!g->is_checked[b] && !hold(g, b, why)) return false;
    }
    return true;
}

bool pa_h5_vouches(hid_t dataset, int64_t first, int64_t n, size_t row_bytes,
                   char why[PA_H5_REASON])
{
    void *g = NULL;
    haddr_t at = H5Dget_offset(dataset);
    hid_t file = H5Iget_file_id(dataset);
    bool known = file >= 0 && H5Fget_vfd_handle(file, H5P_DEFAULT, &g) >= 0;
    if (!known) pa_h5_reason(why);
    if (file >= 0) H5Fclose(file);
    if (!known || at == HADDR_UNDEF) return known;
    return vouch(g, (int64_t)at + first * (int64_t)row_bytes, (pa_i128)n * (pa_i128)row_bytes, why);
}
