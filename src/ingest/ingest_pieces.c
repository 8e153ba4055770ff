/* All bytes of all files, cut into one contiguous run a rank. */
#include "ingest_parts.h"
#include "paraudit/base/exact.h"

typedef struct {
    int64_t block, total; /* bytes of all files */
    int n_ranks;
} cutting;

/* The text of a stream is dealt among the ranks that have a cut in it. Where the nearer end of
 * the file is no further than half a share the cut is made there, so that a rank deals in one
 * such file at most. */
static int64_t cut_stream(const cutting *c, int64_t size, int64_t at)
{
    int64_t near = at <= size - at ? at : size - at;
    int64_t share = (c->total + c->n_ranks - 1) / c->n_ranks;
    if (2 * near > share) return at;
    return near == at ? 0 : size;
}

/* Where a cut at byte `at` of a file is made: at a multiple of the block, anywhere in one of
 * HDF5. */
static int64_t cut_within(const cutting *c, const pa_input *f, int64_t at)
{
    if (f->kind == PA_INPUT_H5) return at;
    if (pa_input_is_cut(f)) return at / c->block * c->block;
    return cut_stream(c, f->size, at);
}

/* Where the even cut before a rank lies. */
static void cut_before(const pa_inputs *in, const cutting *c, int rank, int32_t *file,
                       int64_t *offset)
{
    int64_t byte = pa_even_share(c->total, rank, c->n_ranks);
    *file = 0;
    while (*file < (int32_t)in->n && byte >= in->file[*file].size) byte -= in->file[(*file)++].size;
    *offset = *file < (int32_t)in->n ? cut_within(c, &in->file[*file], byte) : 0;
}

static bool is_cut_before(const pa_inputs *in, const cutting *c, int rank, int32_t file)
{
    int32_t f;
    int64_t at;
    cut_before(in, c, rank, &f, &at);
    return f == file && at > 0 && at < in->file[file].size;
}

/* Sets the ranks among which the text of a piece of a stream is dealt. */
static void find_ranks(const pa_inputs *in, const cutting *c, int rank, pa_piece *p)
{
    const pa_input *f = &in->file[p->file];
    int first = rank, last = rank;
    if (f->kind == PA_INPUT_H5 || pa_input_is_cut(f)) return;
    if (p->begin == 0 && p->end == f->size) return;
    while (is_cut_before(in, c, first, p->file)) first--;
    while (is_cut_before(in, c, last + 1, p->file)) last++;
    p->first_rank = first;
    p->n_ranks = last - first + 1;
}

size_t pa_inputs_cut(const pa_inputs *in, int64_t block, int rank, int n_ranks, pa_piece pieces[])
{
    cutting c = {.block = block, .n_ranks = n_ranks};
    int64_t begin, end;
    int32_t first, last;
    for (size_t i = 0; i < in->n; i++) c.total += in->file[i].size;
    cut_before(in, &c, rank, &first, &begin);
    cut_before(in, &c, rank + 1, &last, &end);
    size_t n = 0;
    for (int32_t f = first; f <= last && f < (int32_t)in->n; f++) {
        pa_piece p = {.file = f,
                      .begin = f == first ? begin : 0,
                      .end = f == last ? end : in->file[f].size,
                      .first_rank = rank,
                      .n_ranks = 1};
        if (p.begin >= p.end) continue;
        find_ranks(in, &c, rank, &p);
        pieces[n++] = p;
    }
    return n;
}

int64_t pa_pieces_bytes(const pa_piece pieces[], size_t n)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < n; i++) bytes += pieces[i].end - pieces[i].begin;
    return bytes;
}
