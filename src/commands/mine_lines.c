/* Sets as lines of text. */
#include <string.h>

#include "mine_parts.h"

/* v in decimal; returns the end of the text. */
static char *put_number(char *to, uint32_t v)
{
    char digits[10];
    int n = 0;
    do digits[n++] = (char)('0' + v % 10);
    while (v /= 10);
    while (n > 0) *to++ = digits[--n];
    return to;
}

static size_t word_length(const pa_mine_input *in, int32_t code)
{
    return in->word.start[code + 1] - in->word.start[code];
}

static char *put_item(char *to, const pa_mine_input *in, int32_t code)
{
    if (in->number) return put_number(to, (uint32_t)in->number[code]);
    size_t n = word_length(in, code);
    memcpy(to, in->word.bytes + in->word.start[code], n);
    return to + n;
}

/* The most that items take with a blank behind each. */
static size_t most_bytes(const pa_mine_input *in, size_t n, const int32_t item[])
{
    size_t bytes = 12 * n;
    for (size_t i = 0; i < n && !in->number; i++) bytes += word_length(in, item[i]);
    return bytes;
}

pa_status pa_mine_line(void *writer, size_t n, const int32_t item[], uint32_t support,
                       pa_buffer *to, pa_error *err)
{
    const pa_mine_input *in = writer;
    PA_TRY(pa_buffer_reserve(to, most_bytes(in, n, item) + 24, err));
    char *at = to->data + to->length;
    for (size_t i = 0; i < n; i++) {
        at = put_item(at, in, item[i]);
        *at++ = ' ';
    }
    *at++ = '(';
    at = put_number(at, support);
    *at++ = ')';
    *at++ = '\n';
    to->length = (size_t)(at - to->data);
    return PA_OK;
}

/* One rank's neighbours go together. */
pa_status pa_mine_write_results(pa_comm *comm, const pa_task_results *r, pa_sink *sink,
                                pa_error *err)
{
    for (size_t k = 0, end; k < r->n; k = end) {
        int64_t bytes = 0, from = r->place[k].at;
        for (end = k; end < r->n && r->place[end].rank == r->place[k].rank &&
                      r->place[end].at == from + bytes;
             end++)
            bytes += r->place[end].bytes;
        bool own = r->place[k].rank == pa_comm_rank(comm);
        PA_TRY(
            pa_sink_add(sink, 0, own ? r->kept.data + from : NULL, own ? (size_t)bytes : 0, err));
    }
    return pa_sink_finish(sink, err);
}
