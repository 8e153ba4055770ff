#include "paraudit/text/pieces.h"

#include <string.h>

#include "paraudit/base/array.h"

/* ---- lines that are records ---- */

/* The reader of a file at the begin of a piece; broken: its place is not known. */
typedef struct {
    pa_text_start at;
    bool broken;
} place;

static place begin_of_file(const pa_text_piece *p)
{
    return (place){{p->begin, p->first_line, PA_CSV_RECORD}, false};
}

static void pass_piece(place *p, const pa_text_piece *piece)
{
    const pa_csv_scan *scan = &piece->scan;
    pa_csv_state state = (pa_csv_state)scan->to[p->at.state];
    bool half = p->at.state == PA_CSV_RETURN;
    if (scan->bytes > 0) p->at.line += scan->line_ends + (half && scan->first != '\n');
    p->at.begin = piece->end;
    p->at.state = state;
    p->broken |= state == PA_CSV_BROKEN;
}

/* The line of a piece's begin does not ask for the states. */
static pa_csv_state line_state(const pa_text_piece *before, pa_csv_state was)
{
    if (before->scan.bytes == 0) return was;
    char last = before->scan.last;
    return last == '\n' ? PA_CSV_RECORD : last == '\r' ? PA_CSV_RETURN : PA_CSV_PLAIN;
}

/* A quote that is open when the file ends is as bad. */
static bool is_broken(const pa_text_piece all[], size_t first, size_t end)
{
    place p = begin_of_file(&all[first]);
    for (size_t i = first; i < end && !p.broken; i++) pass_piece(&p, &all[i]);
    return p.broken || p.at.state == PA_CSV_QUOTED || p.at.state == PA_CSV_QUOTED_ESCAPED;
}

static void line_starts(const pa_text_piece all[], size_t first, size_t end, pa_text_start start[])
{
    place p = begin_of_file(&all[first]);
    for (size_t i = first; i < end; i++) {
        start[i] = p.at;
        pass_piece(&p, &all[i]);
    }
}

/* ---- walks ---- */

/* Where a walk began to read records, and where those of the next piece begin. */
typedef struct {
    int64_t from; /* -1: it was not made */
    pa_text_start until;
} walked;

static pa_text_start start_of(const pa_text_window *w, const pa_record_walk *walk)
{
    return (pa_text_start){w->at, walk->line, PA_CSV_RECORD};
}

/* Over what the window holds: to the first record at or behind `end`. from: set where
 * the first record begins that is met before it. */
static void walk_window(pa_text_window *w, pa_record_walk *walk, int64_t end, int64_t *from,
                        bool *done)
{
    size_t i = 0;
    int64_t at = w->at;
    while (!*done) {
        pa_record_seen seen;
        bool at_start = pa_record_walk_is_at_start(walk);
        if (at_start && *from < 0 && at < end) *from = at;
        *done = (at_start && at >= end) || (i == w->n && w->ended);
        if (*done) break;
        pa_record_verdict v =
            pa_record_step(walk, w->buffer + i, w->n - i, w->ended, NULL, NULL, 0, &seen);
        if (v == PA_RECORD_MORE) break;
        at += (int64_t)pa_window_span(w, i, seen.length);
        i += seen.length;
    }
    pa_window_drop(w, i);
}

static pa_status walk_text(pa_text_window *w, pa_record_walk *walk, int64_t end, walked *way,
                           pa_error *err)
{
    bool done = false;
    while (!done) {
        PA_TRY(pa_window_read(w, end, err));
        walk_window(w, walk, end, &way->from, &done);
    }
    way->until = start_of(w, walk);
    return PA_OK;
}

static pa_status walk_piece(const pa_text_way *how, const pa_text_start *at, bool lost, int64_t end,
                            size_t read, walked *way, pa_error *err)
{
    pa_text_window w = {.read = read};
    pa_record_walk walk = {&how->rule, at->state, at->line, lost};
    *way = (walked){.from = -1};
    pa_status st = pa_window_open(&w, &how->file, at->begin, err);
    if (st == PA_OK) st = walk_text(&w, &walk, end, way, err);
    pa_window_close(&w);
    pa_window_free(&w);
    return st;
}

/* ---- all together ---- */

typedef struct {
    pa_comm *comm;
    const pa_text_piece *all;
    const int32_t *rank; /* of each piece */
    size_t n_all, mine, n;
    pa_text_guide *guide;
    void *guide_of;
    size_t read;
    pa_text_start *start; /* of all */
    walked *way;          /* of all */
} search;

static bool is_mine(const search *s, size_t i)
{
    return i >= s->mine && i < s->mine + s->n;
}

static pa_status walk_one(const search *s, size_t i, const pa_text_start *at, bool lost,
                          pa_error *err)
{
    pa_text_way how;
    s->guide(s->guide_of, i - s->mine, &how);
    return walk_piece(&how, at, lost, s->all[i].end, s->read, &s->way[i], err);
}

/* This rank's pieces of a broken file, each from its first good record. */
static pa_status guess(const search *s, size_t first, size_t end, pa_error *err)
{
    place p = begin_of_file(&s->all[first]);
    for (size_t i = first; i < end; i++) {
        if (is_mine(s, i)) PA_TRY(walk_one(s, i, &p.at, i > first, err));
        pa_csv_state was = p.at.state;
        pass_piece(&p, &s->all[i]);
        p.at.state = line_state(&s->all[i], was);
    }
    return PA_OK;
}

static pa_status share_guesses(const search *s, pa_error *err)
{
    void *all;
    size_t bytes;
    PA_TRY(pa_gather_all(s->comm, s->way + s->mine, s->n * sizeof *s->way, &all, &bytes, err));
    memcpy(s->way, all, bytes);
    pa_free(all);
    return PA_OK;
}

/* The true reader's way through a broken file: where it comes to the record from which a
 * rank walked, that walk was the true one. */
static pa_status follow(const search *s, size_t first, size_t end, pa_error *err)
{
    pa_text_start at = begin_of_file(&s->all[first]).at;
    for (size_t i = first; i < end; i++) {
        s->start[i] = at;
        if (at.begin >= s->all[i].end) continue;
        if (s->way[i].from != at.begin) {
            PA_AGREE(s->comm, is_mine(s, i) ? walk_one(s, i, &at, false, err) : PA_OK, err);
            pa_broadcast(s->comm, &s->way[i], sizeof s->way[i], s->rank[i]);
        }
        at = s->way[i].until;
    }
    return PA_OK;
}

/* Pieces from first that are of one file. */
static size_t end_of_file(const search *s, size_t first)
{
    size_t end = first + 1;
    while (end < s->n_all && s->all[end].file == s->all[first].file) end++;
    return end;
}

typedef pa_status on_file(const search *s, size_t first, size_t end, pa_error *err);

static pa_status each_broken(const search *s, on_file *act, pa_error *err)
{
    for (size_t first = 0, end; first < s->n_all; first = end) {
        end = end_of_file(s, first);
        if (is_broken(s->all, first, end)) PA_TRY(act(s, first, end, err));
    }
    return PA_OK;
}

static pa_status find_starts(search *s, pa_error *err)
{
    bool broken = false;
    for (size_t first = 0, end; first < s->n_all; first = end) {
        end = end_of_file(s, first);
        line_starts(s->all, first, end, s->start);
        broken |= is_broken(s->all, first, end);
    }
    if (!broken) return PA_OK;
    PA_AGREE(s->comm, each_broken(s, guess, err), err);
    PA_TRY(share_guesses(s, err));
    return each_broken(s, follow, err);
}

static pa_status rank_pieces(search *s, int32_t rank[], pa_error *err)
{
    void *all;
    size_t bytes;
    int32_t *own = NULL;
    pa_status st = PA_NEW(own, s->n, err);
    for (size_t i = 0; st == PA_OK && i < s->n; i++) own[i] = pa_comm_rank(s->comm);
    st = pa_agree(s->comm, st, err);
    if (st == PA_OK) st = pa_gather_all(s->comm, own, s->n * sizeof *own, &all, &bytes, err);
    pa_free(own);
    if (st != PA_OK) return st;
    memcpy(rank, all, bytes);
    pa_free(all);
    s->rank = rank;
    return PA_OK;
}

pa_status pa_text_starts(pa_comm *comm, const pa_text_piece pieces[], size_t n,
                         pa_text_guide *guide, void *guide_of, size_t read, pa_text_start start[],
                         pa_error *err)
{
    void *all = NULL;
    size_t bytes;
    int32_t *rank = NULL;
    search s = {.comm = comm, .n = n, .guide = guide, .guide_of = guide_of, .read = read};
    s.mine = (size_t)pa_sum_before_i64(comm, (int64_t)n);
    PA_TRY(pa_gather_all(comm, pieces, n * sizeof *pieces, &all, &bytes, err));
    s.all = all;
    s.n_all = bytes / sizeof *pieces;
    pa_status st;
    PA_GOTO(PA_NEW(s.start, s.n_all, err));
    PA_GOTO(PA_NEW(s.way, s.n_all, err));
    PA_GOTO(PA_NEW(rank, s.n_all, err));
out:
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = rank_pieces(&s, rank, err);
    if (st == PA_OK) st = find_starts(&s, err);
    for (size_t i = 0; st == PA_OK && i < n; i++) start[i] = s.start[s.mine + i];
    pa_free(all);
    pa_free(s.start);
    pa_free(s.way);
    pa_free(rank);
    return st;
}
