#include "spans.h"

#include "paraudit/base/array.h"

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
