#include "paraudit/files/spans.h"

#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"
#include "paraudit/base/stop.h"
#include "paraudit/files/bulk.h"

pa_status pa_spans_init(pa_spans *s, size_t n, pa_error *err)
{
    *s = (pa_spans){.n = n};
    PA_TRY(PA_NEW(s->span, n, err));
    PA_TRY(PA_NEW(s->digest, n * PA_DIGEST_BYTES, err));
    s->sha = pa_sha256_new(err);
    return s->sha ? PA_OK : PA_E_MEMORY;
}

void pa_spans_free(pa_spans *s)
{
    pa_free(s->span);
    pa_free(s->digest);
    pa_sha256_free(s->sha);
}

void pa_spans_pass(pa_spans *s, int64_t at, const char *bytes, size_t n)
{
    int64_t end = at + (int64_t)n;
    for (; s->next < s->n && s->span[s->next].from < end; s->next++) {
        pa_span span = s->span[s->next];
        int64_t from = span.from > at ? span.from : at, until = span.until < end ? span.until : end;
        if (span.from >= at) pa_sha256_start(s->sha);
        pa_sha256_add(s->sha, bytes + (from - at), (size_t)(until - from));
        if (until < span.until) return;
        pa_sha256_end(s->sha, s->digest + s->next * PA_DIGEST_BYTES);
    }
}

pa_status pa_spans_of_blocks(int64_t size, int64_t block, int rank, int ranks, pa_spans *s,
                             pa_error *err)
{
    int64_t blocks = size / block + (size % block != 0);
    int64_t first = pa_even_share(blocks, rank, ranks),
            end = pa_even_share(blocks, rank + 1, ranks);
    PA_TRY(pa_spans_init(s, (size_t)(end - first), err));
    for (int64_t b = first; b < end; b++) {
        int64_t from = b * block, left = size - from;
        s->span[b - first] = (pa_span){from, from + (left < block ? left : block)};
    }
    return PA_OK;
}

/* From the first byte of any set to the last. */
static pa_span extent_of(pa_spans *const sets[], size_t n_sets)
{
    pa_span all = {INT64_MAX, 0};
    for (size_t i = 0; i < n_sets; i++) {
        if (sets[i]->n == 0) continue;
        int64_t from = sets[i]->span[0].from, until = sets[i]->span[sets[i]->n - 1].until;
        if (from < all.from) all.from = from;
        if (until > all.until) all.until = until;
    }
    return all;
}

pa_status pa_spans_read(const char *path, pa_spans *const sets[], size_t n_sets, pa_error *err)
{
    pa_span all = extent_of(sets, n_sets);
    pa_bulk *file = NULL;
    pa_status st = pa_bulk_open(path, false, &file, err);
    for (int64_t at = all.from; st == PA_OK && at < all.until; at += PA_BULK_PIECE) {
        size_t n = (size_t)(all.until - at < PA_BULK_PIECE ? all.until - at : PA_BULK_PIECE);
        const char *bytes;
        st = pa_stop_poll(err);
        if (st == PA_OK) st = pa_bulk_read(file, n, at, &bytes, err);
        for (size_t i = 0; st == PA_OK && i < n_sets; i++) pa_spans_pass(sets[i], at, bytes, n);
    }
    pa_bulk_close(file);
    return st;
}
