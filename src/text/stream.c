#include "paraudit/text/stream.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/csv/scan.h"

/* Bytes that one sign may take, in any encoding, with what switches between alphabets. */
enum { SIGN = 32 };

struct pa_text_stream {
    const pa_text_file *file;
    pa_unpack *unpack;
    bool converts; /* all that follows is for this alone */
    iconv_t cd;    /* where there is no table */
    char *in; /* unpacked: in[in_at .. in_n) is to be converted, at most SIGN bytes when read on */
    size_t raw, in_at, in_n;
    int64_t begin; /* where `in` lies in the unpacked text */
    char *out;     /* converted: out[out_at .. out_n) is to be handed out */
    size_t out_room, out_at, out_n;
    int64_t newlines; /* lines that ended in what is converted */
    bool half;        /* its last byte is a carriage return */
    bool full;        /* `out` had no room for what is in `in` */
    bool in_ended, ended;
};

static const iconv_t none = (iconv_t)-1;

static pa_status start(pa_text_stream *s, pa_error *err)
{
    const char *encoding = s->file->encoding;
    if (!*encoding) return PA_OK;
    s->converts = true;
    if (!s->file->table) s->cd = iconv_open("UTF-8", encoding);
    if (!s->file->table && s->cd == none) {
        return pa_fail_at(err, PA_E_CONFIG, s->file->ordinal, 0,
                          "%s: the file is %s, which is not among the encodings that `iconv -l` "
                          "lists here",
                          s->file->name, encoding);
    }
    s->out_room = s->raw + SIGN;
    PA_TRY(PA_NEW(s->in, s->raw + SIGN, err));
    return PA_NEW(s->out, s->out_room, err);
}

pa_status pa_stream_new(int fd, const pa_text_file *f, size_t raw, pa_text_stream **stream,
                        pa_error *err)
{
    pa_text_stream *s = NULL;
    *stream = NULL;
    PA_TRY(PA_NEW(s, 1, err));
    *s = (pa_text_stream){.file = f, .raw = raw, .cd = none};
    pa_status st = pa_unpack_new(fd, f->packing, f->name, f->ordinal, raw, &s->unpack, err);
    if (st == PA_OK) st = start(s, err);
    if (st == PA_OK)
        *stream = s;
    else
        pa_stream_free(s);
    return st;
}

void pa_stream_free(pa_text_stream *s)
{
    if (!s) return;
    if (s->cd != none) iconv_close(s->cd);
    pa_unpack_free(s->unpack);
    pa_free(s->in);
    pa_free(s->out);
    pa_free(s);
}

int64_t pa_stream_done(const pa_text_stream *s)
{
    return pa_unpack_done(s->unpack);
}

static pa_status no_sign(const pa_text_stream *s, pa_error *err)
{
    const pa_text_file *f = s->file;
    int64_t line = 1 + s->newlines, offset = s->begin + (int64_t)s->in_at;
    return pa_fail_at(err, PA_E_DATA, f->ordinal, line,
                      "%s:%lld: byte 0x%02X (offset %lld%s) begins no sign of %s: is the file "
                      "damaged, or is it in another encoding?",
                      f->name, (long long)line, (unsigned char)s->in[s->in_at], (long long)offset,
                      f->packing == PA_PACKED_NOT ? "" : " of the unpacked text", f->encoding);
}

/* More of the unpacked text behind what is left. */
static pa_status refill(pa_text_stream *s, pa_error *err)
{
    size_t left = s->in_n - s->in_at, got;
    if (left > SIGN) return no_sign(s, err);
    memmove(s->in, s->in + s->in_at, left);
    s->begin += (int64_t)s->in_at;
    s->in_at = 0;
    s->in_n = left;
    PA_TRY(pa_unpack_read(s->unpack, s->in + left, s->raw, &got, err));
    s->in_n += got;
    s->in_ended = got < s->raw;
    return PA_OK;
}

/* Some encodings hold a letter back, as an accent may follow. */
static void flush(pa_text_stream *s, char **out, size_t *room)
{
    iconv(s->cd, NULL, NULL, out, room);
    s->ended = true;
}

/* What is left of `in`, as far as there is room. */
static void look_up(pa_text_stream *s)
{
    size_t left = s->in_n - s->in_at, fit = s->out_room / PA_ENCODED_MOST;
    size_t n = left < fit ? left : fit;
    s->out_n = pa_encode_utf8(s->file->table, s->in + s->in_at, n, s->out);
    s->in_at += n;
    s->full = n < left;
    s->ended = s->in_ended && !s->full;
}

static pa_status convert_by_iconv(pa_text_stream *s, pa_error *err)
{
    char *in = s->in + s->in_at, *out = s->out;
    size_t left = s->in_n - s->in_at, room = s->out_room;
    int reason = iconv(s->cd, &in, &left, &out, &room) == (size_t)-1 ? errno : 0;
    s->in_at = s->in_n - left;
    s->full = reason == E2BIG;
    if (reason == 0 && s->in_ended && room >= SIGN) flush(s, &out, &room);
    s->out_n = (size_t)(out - s->out);
    if (s->out_n > 0) {
        s->newlines += pa_csv_line_ends(s->out, s->out_n) - (s->half && s->out[0] == '\n');
        s->half = s->out[s->out_n - 1] == '\r';
    }
    bool cut = reason == EINVAL && s->in_ended;
    return reason == EILSEQ || cut ? no_sign(s, err) : PA_OK;
}

/* `out` has been handed out: fills it again. */
static pa_status convert(pa_text_stream *s, pa_error *err)
{
    if (!s->full && !s->in_ended) PA_TRY(refill(s, err));
    s->out_at = 0;
    if (!s->file->table) return convert_by_iconv(s, err);
    look_up(s);
    return PA_OK;
}

static size_t hand_out(pa_text_stream *s, char *bytes, size_t room)
{
    size_t n = s->out_n - s->out_at < room ? s->out_n - s->out_at : room;
    memcpy(bytes, s->out + s->out_at, n);
    s->out_at += n;
    return n;
}

pa_status pa_stream_read(pa_text_stream *s, char *bytes, size_t room, size_t *got, pa_error *err)
{
    if (!s->converts) return pa_unpack_read(s->unpack, bytes, room, got, err);
    *got = hand_out(s, bytes, room);
    while (*got < room && !s->ended) {
        PA_TRY(convert(s, err));
        *got += hand_out(s, bytes + *got, room - *got);
    }
    return PA_OK;
}
