/* All bytes of all files, cut into one contiguous run a rank. */
#include "ingest_parts.h"
#include "paraudit/base/exact.h"

/* Where a cut at byte `at` of a file is made: at a multiple of the block, before
 * or behind a file that is read from its start as its middle lies, anywhere in one of HDF5. */
static int64_t cut_within(const pa_input *f, int64_t block, int64_t at)
{
    if (f->kind == PA_INPUT_H5) return at;
    if (pa_input_is_cut(f)) return at / block * block;
    return at <= f->size / 2 ? 0 : f->size;
}

/* Where the even cut at `byte` of all bytes lies. */
static void cut_at(const pa_inputs *in, int64_t block, int64_t byte, int32_t *file, int64_t *offset)
{
    *file = 0;
    while (*file < (int32_t)in->n && byte >= in->file[*file].size) byte -= in->file[(*file)++].size;
    *offset = *file < (int32_t)in->n ? cut_within(&in->file[*file], block, byte) : 0;
}

size_t pa_inputs_cut(const pa_inputs *in, int64_t block, int rank, int n_ranks, pa_piece pieces[])
{
    int64_t total = 0, begin, end;
    int32_t first, last;
    for (size_t i = 0; i < in->n; i++) total += in->file[i].size;
    cut_at(in, block, pa_even_share(total, rank, n_ranks), &first, &begin);
    cut_at(in, block, pa_even_share(total, rank + 1, n_ranks), &last, &end);
    size_t n = 0;
    for (int32_t f = first; f <= last && f < (int32_t)in->n; f++) {
        pa_piece p = {f, f == first ? begin : 0, f == last ? end : in->file[f].size};
        if (p.begin < p.end) pieces[n++] = p;
    }
    return n;
}

int64_t pa_pieces_bytes(const pa_piece pieces[], size_t n)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < n; i++) bytes += pieces[i].end - pieces[i].begin;
    return bytes;
}
