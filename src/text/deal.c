#include "paraudit/text/deal.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/stop.h"
#include "paraudit/comm/message.h"

/* What precedes the text of a message; zeros between its members. */
typedef struct {
    int64_t at, line; /* of the first byte, where it is fresh */
    int64_t n;        /* bytes of text that follow */
    int64_t until;    /* records that begin before this byte of the text are the receiver's */
    int64_t done;
    int32_t fresh, last;
    int32_t end, unused; /* end: there is no text, and nothing comes behind */
} head;

/* ---- the rank that takes ---- */

typedef struct {
    pa_dealt_taker *take;
    void *taker;
    pa_buffer text;    /* not used up yet */
    int64_t at, until; /* its first byte; the end of what is to be used up */
    pa_status st;      /* once it is not PA_OK, all that comes is dropped */
} hand;

static void drop(pa_buffer *text, size_t used)
{
    memmove(text->data, text->data + used, text->length - used);
    text->length -= used;
}

/* m: of text that is at the end of the hand's. */
static pa_status hand_over(hand *h, const head *m, pa_error *err)
{
    size_t used, n = h->text.length, own = m->until > h->at ? (size_t)(m->until - h->at) : 0;
    const pa_dealt t = {.text = h->text.data,
                        .n = n,
                        .own = own < n ? own : n,
                        .last = m->last,
                        .fresh = m->fresh,
                        .line = m->line,
                        .at = m->at,
                        .done = m->done};
    PA_TRY(h->take(h->taker, &t, &used, err));
    drop(&h->text, used);
    h->at += (int64_t)used;
    h->until = m->until;
    return PA_OK;
}

/* What a fresh text takes the place of has been used up. */
static void begin(hand *h, const head *m)
{
    if (!m->fresh) return;
    PA_ASSERT(h->at >= h->until);
    h->text.length = 0;
    h->at = m->at;
}

static void receive(pa_comm *comm, int from, hand *h, int64_t n, char *room, pa_error *err)
{
    for (int64_t at = 0; at < n; at += PA_MESSAGE) {
        size_t step = n - at < PA_MESSAGE ? (size_t)(n - at) : PA_MESSAGE;
        pa_receive(comm, from, room, step);
        if (h->st == PA_OK) h->st = pa_buffer_add(&h->text, room, step, err);
    }
}

/* Until the reading rank says that there is no more. */
static pa_status take_all(pa_comm *comm, int from, hand *h, char *room, pa_error *err)
{
    for (;;) {
        head m;
        pa_error later;
        pa_receive(comm, from, &m, sizeof m);
        if (m.end) return h->st;
        pa_status heard = pa_stop_poll(h->st == PA_OK ? err : &later);
        if (h->st == PA_OK) h->st = heard;
        if (h->st == PA_OK) begin(h, &m);
        receive(comm, from, h, m.n, room, err);
        if (h->st == PA_OK) h->st = hand_over(h, &m, err);
    }
}

/* ---- the rank that reads ---- */

/* Blocks on their way: enough that a rank has the next one when it is done with one. */
enum { SLOTS = 4 };

typedef struct {
    head head;
    pa_buffer text;
    pa_outbox *box;
    size_t room; /* bytes of text that the box has room for */
} slot;

typedef struct {
    pa_comm *comm;
    const pa_text_dealing *of;
    pa_text_window w;
    pa_record_walk walk; /* at the window's first byte */
    bool fresh;          /* a record begins there */
    size_t ahead;        /* bytes of the window that the rank whose turn it is has already */
    int turn;
    slot slots[SLOTS];
    size_t n_sent;
    hand own;
} dealer;

/* A slot that has left, with room for a text. */
static pa_status free_slot(dealer *d, size_t n, slot **found, pa_error *err)
{
    slot *s = &d->slots[d->n_sent++ % SLOTS];
    if (s->box) pa_outbox_wait(s->box);
    s->text.length = 0;
    *found = s;
    if (s->box && n <= s->room) return PA_OK;
    pa_outbox_free(s->box);
    s->box = NULL;
    s->room = n;
    PA_TRY(pa_outbox_new(d->comm, 2, PA_MESSAGE + n, &s->box, err));
    return PA_OK;
}

static pa_status send(dealer *d, const head *m, const char *text, pa_error *err)
{
    slot *s;
    if (d->turn == 0) {
        begin(&d->own, m);
        PA_TRY(pa_buffer_add(&d->own.text, text, (size_t)m->n, err));
        return hand_over(&d->own, m, err);
    }
    PA_TRY(free_slot(d, (size_t)m->n, &s, err));
    PA_TRY(pa_buffer_add(&s->text, text, (size_t)m->n, err));
    s->head = *m;
    pa_outbox_add(s->box, d->of->first_rank + d->turn, &s->head, sizeof s->head);
    pa_outbox_send(s->box);
    pa_outbox_add(s->box, d->of->first_rank + d->turn, s->text.data, s->text.length);
    pa_outbox_send(s->box);
    return PA_OK;
}

/* The first n bytes of the window go to the rank whose turn it is, and `ahead` bytes behind
 * them, which it may have to see. */
static pa_status send_block(dealer *d, const pa_record_walk *then, size_t n, size_t ahead,
                            pa_error *err)
{
    size_t seen = d->w.n - n < ahead ? d->w.n : n + ahead;
    if (seen < d->ahead) seen = d->ahead;
    head m;
    memset(&m, 0, sizeof m); /* what lies between its members travels, too */
    m.at = d->w.at;
    m.line = d->walk.line;
    m.n = (int64_t)(seen - d->ahead);
    m.until = d->w.at + (int64_t)n;
    m.done = pa_window_done(&d->w);
    m.fresh = d->fresh;
    m.last = d->w.ended && seen == d->w.n;
    PA_TRY(send(d, &m, d->w.buffer + d->ahead, err));
    pa_window_drop(&d->w, n);
    d->walk = *then;
    d->fresh = pa_record_walk_is_at_start(&d->walk);
    d->ahead = d->fresh ? 0 : seen - n;
    if (d->fresh) d->turn = (d->turn + 1) % d->of->n_ranks;
    return PA_OK;
}

/* Bytes up to and with the last line end that is surely whole; all at the end of the file. */
static size_t whole_lines(const pa_text_window *w)
{
    const char *t = w->buffer;
    size_t n = w->n;
    if (w->ended) return n;
    while (n > 0 && t[n - 1] != '\n' && !(t[n - 1] == '\r' && n < w->n && t[n] != '\n')) n--;
    return n;
}

/* No line is longer than `most` bytes; true may be missed. */
static bool are_short(const char *text, size_t n, size_t most)
{
    size_t step = most / 2;
    if (n <= most) return true;
    for (size_t i = 0; i < n; i += step) {
        size_t k = step < n - i ? step : n - i;
        if (step == 0 || (!memchr(text + i, '\n', k) && !memchr(text + i, '\r', k))) return false;
    }
    return true;
}

/* Where lines are records, as in most text, the next block ends with a line. 0: they are not. */
static size_t cut_lines(const dealer *d)
{
    const pa_csv_signs *signs = &d->of->rule.signs;
    size_t n = whole_lines(&d->w);
    if (!d->fresh || n == 0 || !are_short(d->w.buffer, n, d->of->rule.longest)) return 0;
    pa_csv_state state = pa_csv_after(signs, PA_CSV_RECORD, d->w.buffer, n);
    bool open = state == PA_CSV_BROKEN || state == PA_CSV_QUOTED || state == PA_CSV_QUOTED_ESCAPED;
    return open ? 0 : n;
}

/* Elsewhere records are walked over; to the last one that begins in the window, where there
 * is any, and otherwise as far as it goes. *at: the walk there. */
static size_t cut_records(const dealer *d, pa_record_walk *at)
{
    const pa_text_window *w = &d->w;
    pa_record_walk walk = d->walk;
    size_t i = 0, start = 0;
    *at = walk;
    for (;;) {
        pa_record_seen seen;
        pa_record_verdict v =
            pa_record_step(&walk, w->buffer + i, w->n - i, w->ended, NULL, NULL, 0, &seen);
        if (v == PA_RECORD_MORE) break;
        i += seen.length;
        bool starts = pa_record_walk_is_at_start(&walk);
        if (starts && i > 0) start = i;
        if (starts || start == 0) *at = walk;
        if (i == w->n) break;
    }
    return start > 0 ? start : i;
}

/* The next block, if the window holds one. */
static pa_status deal_block(dealer *d, bool *more, pa_error *err)
{
    pa_record_walk then = d->walk;
    size_t n = cut_lines(d);
    *more = false;
    if (n > 0) {
        then.line += pa_csv_line_ends(d->w.buffer, n);
        return send_block(d, &then, n, d->w.buffer[n - 1] == '\r', err);
    }
    n = cut_records(d, &then);
    *more = n == 0;
    return n == 0 ? PA_OK : send_block(d, &then, n, d->of->rule.longest + 1, err);
}

static pa_status deal_text(dealer *d, pa_error *err)
{
    pa_text_window *w = &d->w;
    for (bool more = true; !w->ended || w->n > 0;) {
        PA_TRY(pa_stop_poll(err));
        while (!w->ended && (more || w->n < d->of->block)) {
            PA_TRY(pa_window_read(w, INT64_MAX, err));
            more = false;
        }
        if (w->n == 0) break;
        PA_TRY(deal_block(d, &more, err));
        PA_ASSERT(!more || !w->ended);
    }
    return PA_OK;
}

/* All hear that there is no more, or that nothing comes any longer. */
static void end_all(const dealer *d)
{
    head m;
    memset(&m, 0, sizeof m);
    m.end = 1;
    for (size_t i = 0; i < SLOTS; i++) {
        if (d->slots[i].box) pa_outbox_wait(d->slots[i].box);
    }
    for (int k = 1; k < d->of->n_ranks; k++) pa_send(d->comm, d->of->first_rank + k, &m, sizeof m);
}

static pa_status deal_all(dealer *d, pa_status was, pa_error *err)
{
    pa_status st = was;
    if (st == PA_OK) st = pa_window_open(&d->w, d->of->file, d->of->begin, err);
    if (st == PA_OK) st = deal_text(d, err);
    if (was == PA_OK) pa_window_close(&d->w);
    pa_window_free(&d->w);
    end_all(d);
    for (size_t i = 0; i < SLOTS; i++) {
        pa_outbox_free(d->slots[i].box);
        pa_buffer_free(&d->slots[i].text);
    }
    return st;
}

pa_status pa_text_deal(pa_comm *comm, const pa_text_dealing *of, pa_status was,
                       pa_dealt_taker *take, void *taker, char *room, pa_error *err)
{
    hand own = {.take = take, .taker = taker, .st = was};
    pa_status st;
    if (pa_comm_rank(comm) == of->first_rank) {
        dealer d = {.comm = comm, .of = of, .w = {.read = of->block}, .fresh = true, .own = own};
        d.walk = (pa_record_walk){&of->rule, PA_CSV_RECORD, of->line, false};
        st = deal_all(&d, was, err);
        pa_buffer_free(&d.own.text);
        return st;
    }
    st = take_all(comm, of->first_rank, &own, room, err);
    pa_buffer_free(&own.text);
    return st;
}
