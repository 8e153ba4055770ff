/* What a file is, before it is read. */
#include <string.h>

#include "paraudit/files/input.h"
#include "paraudit/files/kinds.h"
#include "paraudit/text/stream.h"

/* The first bytes of its text. */
static pa_status read_first(int fd, const pa_text_file *f, char first[PA_KIND_BYTES], size_t *n,
                            pa_error *err)
{
    pa_text_stream *s = NULL;
    PA_TRY(pa_stream_new(fd, f, PA_KIND_BYTES, &s, err));
    pa_status st = pa_stream_read(s, first, PA_KIND_BYTES, n, err);
    pa_stream_free(s);
    return st;
}

static pa_status find_encoding(int fd, const pa_encoding *said, pa_text_file *f,
                               const pa_foreign **kind, pa_error *err)
{
    char first[PA_KIND_BYTES];
    size_t n;
    PA_TRY(read_first(fd, f, first, &n, err));
    *kind = pa_foreign_kind(first, n);
    if (*kind) return PA_OK;
    pa_encoding_tell(said, first, n, f->encoding);
    if (said && said->kind == PA_ENCODING_TABLE && strcmp(f->encoding, said->name) == 0)
        f->table = said;
    if (*f->encoding) {
        PA_TRY(read_first(fd, f, first, &n, err));
        *kind = pa_foreign_kind(first, n);
    }
    if (!*kind) *kind = pa_no_text(first, n);
    return PA_OK;
}

pa_status pa_text_look(int fd, const pa_encoding *said, pa_text_file *f, pa_error *err)
{
    char first[16];
    size_t n = f->size < (int64_t)sizeof first ? (size_t)f->size : sizeof first;
    const pa_foreign *kind = NULL;
    PA_TRY(pa_read_at(fd, f->path, f->ordinal, 0, first, n, err));
    f->packing = pa_packing_of(first, n);
    *f->encoding = '\0';
    f->table = NULL;
    PA_TRY(find_encoding(fd, said, f, &kind, err));
    if (!kind) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, f->ordinal, 0, "%s: the file is %s: %s", f->name, kind->what,
                      kind->remedy);
}
