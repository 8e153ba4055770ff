/* Whether what a file declares is in the file: nothing that it says about sizes and
 * places is believed before. */
#include <stdio.h>
#include <string.h>

#include <zlib.h>

#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"
#include "paraudit/result/h5.h"

enum {
    MOST_CHUNK = 256 << 20, /* bytes of a chunk once unpacked: it is held whole */
    SLACK = 4096            /* what packing may add to a chunk */
};

static bool say(char why[PA_H5_REASON], const char *text)
{
    snprintf(why, PA_H5_REASON, "%.*s", PA_H5_REASON - 1, text);
    return false;
}

static const char damage[] = "is damaged: ";

/* HDF5 has failed. */
static bool broken(char why[PA_H5_REASON])
{
    char reason[PA_H5_REASON];
    pa_h5_reason(reason);
    snprintf(why, PA_H5_REASON, "%s%.140s", damage, reason);
    return false;
}

pa_status pa_h5_refuse(const char *name, int64_t file, const char *path, const char *why,
                       pa_error *err)
{
    size_t n = sizeof damage - 1;
    if (strncmp(why, damage, n) == 0)
        return pa_fail_at(err, PA_E_DATA, file, 0, "%s: damaged: %s: %s", name, path, why + n);
    return pa_fail_at(err, PA_E_DATA, file, 0, "%s: %s %s", name, path, why);
}

/* ---- links ---- */

static bool link_stays(hid_t at, const char *path, bool *there, char why[PA_H5_REASON])
{
    H5L_info_t info;
    htri_t exists = H5Lexists(at, path, H5P_DEFAULT);
    *there = exists > 0;
    if (exists == 0) return true;
    if (exists < 0 || H5Lget_info(at, path, &info, H5P_DEFAULT) < 0) return broken(why);
    if (!pa_h5_link_stays(&info, why)) return false;
    return info.type == H5L_TYPE_HARD || H5Oexists_by_name(at, path, H5P_DEFAULT) > 0 ||
           say(why, "is a link that leads nowhere in this file");
}

bool pa_h5_link_stays(const H5L_info_t *info, char why[PA_H5_REASON])
{
    if (info->type == H5L_TYPE_EXTERNAL) return say(why, "is a link to another file");
    return info->type == H5L_TYPE_HARD || info->type == H5L_TYPE_SOFT ||
           say(why, "is a link that another program has defined");
}

bool pa_h5_stays_inside(hid_t at, const char *path, bool *there, char why[PA_H5_REASON])
{
    char part[PA_H5_REASON];
    *there = true;
    for (const char *end = path; *there && *end;) {
        end += strcspn(end + 1, "/") + 1;
        int n = snprintf(part, sizeof part, "%.*s", (int)(end - path), path);
        if (n < 0 || (size_t)n >= sizeof part) return say(why, "has a very long name");
        if (!link_stays(at, part, there, why)) return false;
    }
    return true;
}

/* ---- datasets ---- */

/* A dataset as its header declares it. */
typedef struct {
    hid_t id, list;
    hsize_t dims[H5S_MAX_RANK], chunk[H5S_MAX_RANK];
    int n_dims;
    pa_i128 bytes, chunk_bytes, n_chunks;
    int n_filters;
} shape;

/* size: of the file. Rows without values take nothing, however many they are said to be. */
static bool read_dims(shape *s, hid_t space, int64_t size, size_t value, char why[PA_H5_REASON])
{
    H5S_class_t class = H5Sget_simple_extent_type(space);
    if (class != H5S_SCALAR && class != H5S_SIMPLE) return say(why, "has no shape");
    s->n_dims = H5Sget_simple_extent_ndims(space);
    if (s->n_dims < 0 || s->n_dims > 2) return say(why, "has more than two dimensions");
    if (H5Sget_simple_extent_dims(space, s->dims, NULL) < 0) return broken(why);
    pa_i128 row = (pa_i128)value * (s->n_dims > 1 ? (pa_i128)s->dims[1] : 1);
    pa_i128 rows = s->n_dims > 0 ? (pa_i128)s->dims[0] : 1;
    s->bytes = row > INT32_MAX ? row : row * rows;
    bool fits = row <= INT32_MAX && s->bytes <= INT64_MAX && (row > 0 || rows <= size);
    return fits || say(why, "declares more rows than the file can hold");
}

static bool read_shape(shape *s, int64_t size, char why[PA_H5_REASON])
{
    hid_t type = H5Dget_type(s->id), space = H5Dget_space(s->id);
    bool is_named = type >= 0 && H5Tcommitted(type) > 0;
    size_t value = type >= 0 ? H5Tget_size(type) : 0;
    bool sound = value > 0 && space >= 0;
    if (!sound) broken(why);
    if (sound && is_named) sound = say(why, "is of a named type");
    if (sound) sound = read_dims(s, space, size, value, why);
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    s->chunk_bytes = (pa_i128)value;
    return sound;
}

static bool is_known(H5Z_filter_t filter)
{
    return filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_DEFLATE ||
           filter == H5Z_FILTER_FLETCHER32;
}

static H5Z_filter_t filter_at(const shape *s, int i)
{
    unsigned flags, value[1];
    size_t n = 0;
    return H5Pget_filter2(s->list, (unsigned)i, &flags, &n, value, 0, NULL, NULL);
}

static bool check_filters(shape *s, char why[PA_H5_REASON])
{
    int n_deflate = 0;
    s->n_filters = H5Pget_nfilters(s->list);
    if (s->n_filters < 0 || s->n_filters > 3) return say(why, "is packed by many filters");
    for (int i = 0; i < s->n_filters; i++) {
        H5Z_filter_t filter = filter_at(s, i);
        n_deflate += filter == H5Z_FILTER_DEFLATE;
        if (is_known(filter) && n_deflate < 2) continue;
        snprintf(
            why, PA_H5_REASON,
            "is packed by filter %d, which is not read here: only shuffle, gzip and fletcher32",
            (int)filter);
        return false;
    }
    return true;
}

/* Chunk sizes, how many there must be, and whether the file has room for their addresses. */
static bool read_chunking(shape *s, int64_t size, char why[PA_H5_REASON])
{
    if (H5Pget_chunk(s->list, H5S_MAX_RANK, s->chunk) != s->n_dims || s->n_dims == 0)
        return say(why, "is cut unlike its shape");
    s->n_chunks = 1;
    for (int i = 0; i < s->n_dims; i++) {
        hsize_t c = s->chunk[i], d = s->dims[i];
        if (c == 0) return say(why, "is cut unlike its shape");
        s->chunk_bytes *= (pa_i128)c;
        s->n_chunks *= (pa_i128)(d / c + (d % c != 0));
        if (s->chunk_bytes > MOST_CHUNK)
            return say(why,
                       "is cut into chunks of more than 256 MiB: pack it anew with smaller ones");
        if (s->n_chunks > size) return say(why, "declares more rows than the file can hold");
    }
    return true;
}

static bool check_chunks(shape *s, int64_t size, int64_t stored, char why[PA_H5_REASON])
{
    hsize_t n = 0;
    if (!check_filters(s, why) || !read_chunking(s, size, why)) return false;
    hid_t space = H5Dget_space(s->id);
    herr_t got = H5Dget_num_chunks(s->id, space, &n);
    H5Sclose(space);
    if (got < 0) return broken(why);
    if ((pa_i128)n < s->n_chunks) return say(why, "has rows that were never written");
    bool fits = s->n_filters > 0 || (pa_i128)stored >= s->n_chunks * s->chunk_bytes;
    return fits || say(why, "declares more rows than the file can hold");
}

static bool check_whole(const shape *s, int64_t size, int64_t stored, char why[PA_H5_REASON])
{
    bool is_compact = H5Pget_layout(s->list) == H5D_COMPACT;
    haddr_t at = is_compact ? 0 : H5Dget_offset(s->id);
    if (s->bytes == 0) return true;
    if (stored == 0) return say(why, "has rows that were never written");
    bool fits = stored >= s->bytes && at != HADDR_UNDEF && at <= (haddr_t)size &&
                s->bytes <= size - (int64_t)at;
    return fits || say(why, "declares more rows than the file can hold");
}

/* Before anything is asked of it that would open those files. */
static bool check_storage(const shape *s, char why[PA_H5_REASON])
{
    if (s->list < 0) return broken(why);
    H5D_layout_t layout = H5Pget_layout(s->list);
    if (layout == H5D_VIRTUAL) return say(why, "is a virtual dataset: its values are elsewhere");
    if (layout != H5D_CHUNKED && layout != H5D_CONTIGUOUS && layout != H5D_COMPACT)
        return say(why, "is laid out in an unknown way");
    return H5Pget_external_count(s->list) == 0 ||
           say(why, "keeps its values in other files (external storage)");
}

static bool check_layout(shape *s, int64_t size, char why[PA_H5_REASON])
{
    bool is_chunked = H5Pget_layout(s->list) == H5D_CHUNKED;
    /* Before HDF5 adds up the sizes of all chunks. */
    if (!is_chunked && s->bytes > size)
        return say(why, "declares more rows than the file can hold");
    hsize_t stored = H5Dget_storage_size(s->id);
    if (stored > (hsize_t)size) return say(why, "declares more rows than the file can hold");
    if (is_chunked) return check_chunks(s, size, (int64_t)stored, why);
    return check_whole(s, size, (int64_t)stored, why);
}

bool pa_h5_is_inside(hid_t dataset, int64_t size, char why[PA_H5_REASON])
{
    shape s = {.id = dataset, .list = H5Dget_create_plist(dataset)};
    bool inside =
        check_storage(&s, why) && read_shape(&s, size, why) && check_layout(&s, size, why);
    if (s.list >= 0) H5Pclose(s.list);
    return inside;
}

/* ---- packed chunks ---- */

/* Whether n bytes unpack to `wanted` bytes, no more and no less, in a window of bounded size:
 * HDF5 itself grows its memory for as long as there is more. */
static bool inflates_to(const unsigned char *bytes, size_t n, pa_i128 wanted)
{
    unsigned char window[16384];
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)bytes, .avail_in = (uInt)n};
    if (inflateInit(&z) != Z_OK) return false;
    int got = Z_OK;
    pa_i128 made = 0;
    while (got == Z_OK && made <= wanted) {
        z.next_out = window;
        z.avail_out = sizeof window;
        got = inflate(&z, Z_NO_FLUSH);
        made += (pa_i128)(sizeof window - z.avail_out);
    }
    inflateEnd(&z);
    return got == Z_STREAM_END && made == wanted;
}

/* Filters run in order when a chunk is written; each may be left out of a chunk. */
static bool unpacks(const shape *s, const unsigned char *bytes, size_t n, uint32_t left_out)
{
    pa_i128 wanted = s->chunk_bytes;
    bool is_deflated = false;
    for (int i = 0; i < s->n_filters; i++) {
        if (left_out >> i & 1) continue;
        H5Z_filter_t filter = filter_at(s, i);
        is_deflated = is_deflated || filter == H5Z_FILTER_DEFLATE;
        if (filter != H5Z_FILTER_FLETCHER32) continue;
        if (is_deflated && n < 4) return false;
        if (is_deflated)
            n -= 4;
        else
            wanted += 4;
    }
    return is_deflated ? inflates_to(bytes, n, wanted) : (pa_i128)n == wanted;
}

static bool check_chunk(const shape *s, const hsize_t at[], char why[PA_H5_REASON])
{
    pa_error err = {0};
    hsize_t n = 0;
    uint32_t left_out = 0;
    unsigned char *bytes = NULL;
    if (H5Dget_chunk_storage_size(s->id, at, &n) < 0) return broken(why);
    if ((pa_i128)n > s->chunk_bytes + s->chunk_bytes / 256 + SLACK)
        return say(why, "has a chunk that is larger packed than unpacked");
    if (PA_NEW(bytes, (size_t)n, &err) != PA_OK) return say(why, err.message);
    bool read = H5Dread_chunk(s->id, H5P_DEFAULT, at, &left_out, bytes) >= 0;
    if (!read) broken(why);
    bool sound = read && unpacks(s, bytes, (size_t)n, left_out);
    if (read && !sound) say(why, "has a chunk that does not unpack to what its shape says");
    pa_free(bytes);
    return sound;
}

/* All chunks that begin in the rows of one chunk. */
static bool check_row_of_chunks(const shape *s, hsize_t row, char why[PA_H5_REASON])
{
    hsize_t at[H5S_MAX_RANK] = {row};
    if (s->n_dims < 2) return check_chunk(s, at, why);
    for (; at[1] < s->dims[1]; at[1] += s->chunk[1]) {
        if (!check_chunk(s, at, why)) return false;
    }
    return true;
}

static bool check_rows(const shape *s, int64_t first, int64_t n, pa_h5_rows *seen,
                       char why[PA_H5_REASON])
{
    int64_t step = (int64_t)s->chunk[0];
    for (int64_t row = first - first % step; row < first + n; row += step) {
        if (row >= seen->from && row < seen->until) continue;
        if (!check_row_of_chunks(s, (hsize_t)row, why)) return false;
        if (row != seen->until) seen->from = row;
        seen->until = row + step;
    }
    return true;
}

static bool unpack_all(hid_t dataset, int64_t first, int64_t n, pa_h5_rows *seen,
                       char why[PA_H5_REASON])
{
    shape s = {.id = dataset, .list = H5Dget_create_plist(dataset)};
    bool sound = s.list >= 0 || broken(why);
    bool is_packed = sound && H5Pget_layout(s.list) == H5D_CHUNKED && H5Pget_nfilters(s.list) != 0;
    if (is_packed) {
        sound = read_shape(&s, INT64_MAX, why) && check_filters(&s, why) &&
                read_chunking(&s, INT64_MAX, why) && check_rows(&s, first, n, seen, why);
    }
    if (s.list >= 0) H5Pclose(s.list);
    return sound;
}

bool pa_h5_can_read(hid_t dataset, int64_t first, int64_t n, size_t row_bytes, pa_h5_rows *seen,
                    char why[PA_H5_REASON])
{
    char reason[PA_H5_REASON];
    if (pa_h5_vouches(dataset, first, n, row_bytes, reason))
        return unpack_all(dataset, first, n, seen, why);
    snprintf(why, PA_H5_REASON, "%s%.140s", damage, reason);
    return false;
}
