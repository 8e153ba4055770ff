/* A shard's share of a round: tokens that stay, their pairs, and blocks of these. */
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/math.h"
#include "paraudit/base/sort.h"
#include "sgns_parts.h"

enum { NONE = -1 };

struct pa_sgns_worker {
    const pa_sgns_ground *ground;
    const pa_sgns_book *book;
    const pa_sgns_task *task;

    int32_t *slot;  /* of each row of the model: where its copy is, or NONE */
    int32_t *row;   /* of each copy */
    int64_t *n_met; /* pairs that each copy was in, times n_shared */
    pa_sgns_rows copies, turned, slope, change, zeros;
    size_t n_copies, room;

    int32_t *kept, *window; /* tokens of a sequence that stay, and how far each looks */
    size_t n_kept;

    pa_sgns_block block;
    int32_t *shared_slot;
    uint64_t n_drawn; /* steps of drawing in this share */
};

/* ---- copies ---- */

enum { LINE = 64 /* bytes of the cache */ };

pa_status pa_sgns_rows_new(size_t n, pa_sgns_rows *rows, pa_error *err)
{
    char *block = pa_alloc(n + LINE / sizeof(float), sizeof(float), err);
    if (!block) return PA_E_MEMORY;
    rows->block = block;
    rows->at.real = (float *)(void *)(block + (LINE - (uintptr_t)block % LINE) % LINE);
    return PA_OK;
}

/* Has a row fetched, which will soon be read, or changed. */
static void fetch(const float *row, int32_t stride)
{
    for (int32_t at = 0; at < stride; at += LINE / (int32_t)sizeof *row)
        __builtin_prefetch(row + at);
}

static void fetch_to_change(const int32_t *row, int32_t stride)
{
    for (int32_t at = 0; at < stride; at += LINE / (int32_t)sizeof *row)
        __builtin_prefetch(row + at, 1);
}

static pa_status grow(pa_sgns_worker *w, size_t room, pa_error *err)
{
    size_t stride = (size_t)w->block.stride;
    pa_sgns_rows copies;
    PA_TRY(PA_RESIZE(w->row, room, err));
    PA_TRY(PA_RESIZE(w->n_met, room, err));
    PA_TRY(pa_sgns_rows_new(room * stride, &copies, err));
    if (w->n_copies)
        memcpy(copies.at.real, w->copies.at.real, w->n_copies * stride * sizeof(float));
    pa_free(w->copies.block);
    w->copies = copies;
    w->room = room;
    return PA_OK;
}

static pa_status make_room(pa_sgns_worker *w, pa_error *err)
{
    size_t need = w->n_copies + PA_SGNS_INPUTS + PA_SGNS_PAIRS + w->block.n_shared;
    return need <= w->room ? PA_OK : grow(w, need + need / 2, err);
}

/* Where the copy of a row is, which is made where there is none. */
static int32_t find_copy(pa_sgns_worker *w, int32_t row)
{
    size_t stride = (size_t)w->block.stride;
    int32_t slot = w->slot[row];
    if (slot != NONE) return slot;
    slot = (int32_t)w->n_copies++;
    memcpy(w->copies.at.real + (size_t)slot * stride, w->ground->model + (size_t)row * stride,
           stride * sizeof(float));
    w->row[slot] = row;
    w->n_met[slot] = 0;
    w->slot[row] = slot;
    return slot;
}

/* Good until room is made again. */
static float *copy_at(const pa_sgns_worker *w, int32_t slot)
{
    return w->copies.at.real + (size_t)slot * (size_t)w->block.stride;
}

static void fetch_row(const pa_sgns_worker *w, int32_t row)
{
    if (w->slot[row] == NONE)
        fetch(w->ground->model + (size_t)row * (size_t)w->block.stride, w->block.stride);
}

/* ---- blocks ---- */

static void draw_shared(pa_sgns_worker *w)
{
    const pa_sgns_task *t = w->task;
    pa_sgns_block *b = &w->block;
    uint64_t id1 = (uint64_t)t->shard << 40 | (uint64_t)t->epoch << 24 | (uint64_t)t->round;
    for (size_t n = 0; n < b->n_shared; n += 2) {
        uint32_t bits[4];
        pa_draw_words(w->ground->options->seed, PA_DRAW_SGNS_SHARED, id1, w->n_drawn++, bits);
        for (size_t k = 0; k < 2; k++)
            b->shared_item[n + k] = (int32_t)pa_alias_draw(
                &w->ground->drawn, bits[2 * k] | (uint64_t)bits[2 * k + 1] << 32);
    }
    for (size_t n = 0; n < b->n_shared; n++) fetch_row(w, w->ground->n_items + b->shared_item[n]);
    for (size_t n = 0; n < b->n_shared; n++) {
        w->shared_slot[n] = find_copy(w, w->ground->n_items + b->shared_item[n]);
        b->shared[n] = copy_at(w, w->shared_slot[n]);
    }
}

static void run_block(pa_sgns_worker *w)
{
    pa_sgns_block *b = &w->block;
    if (b->n_inputs == 0) return;
    int64_t n = (int64_t)b->pair[b->n_inputs] * w->ground->options->negative;
    for (size_t k = 0; k < b->n_shared; k++) w->n_met[w->shared_slot[k]] += n;
    w->ground->kernels.step(b);
    b->n_inputs = 0;
}

static pa_status begin_block(pa_sgns_worker *w, pa_error *err)
{
    run_block(w);
    PA_TRY(make_room(w, err));
    draw_shared(w);
    return PA_OK;
}

/* Pairs of kept token i with those from j on, at most as many as there is room for; *j: the next.
 */
static void add_pairs(pa_sgns_worker *w, size_t i, size_t *j, size_t last)
{
    pa_sgns_block *b = &w->block;
    size_t begin = b->n_inputs ? b->pair[b->n_inputs] : 0, n = begin;
    int32_t slot = find_copy(w, w->kept[i]);
    b->pair[b->n_inputs] = n;
    b->input[b->n_inputs++] = copy_at(w, slot);
    for (; *j < last && n < PA_SGNS_PAIRS && n - begin < PA_SGNS_OF_INPUT; ++*j) {
        if (*j == i) continue;
        int32_t output = find_copy(w, w->ground->n_items + w->kept[*j]);
        w->n_met[output] += (int64_t)b->n_shared;
        b->output_item[n] = w->kept[*j];
        b->output[n++] = copy_at(w, output);
    }
    b->pair[b->n_inputs] = n;
    w->n_met[slot] += (int64_t)((n - begin) * b->n_shared) * (1 + w->ground->options->negative);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* An input with many pairs is one of several blocks. */
static pa_status add_input(pa_sgns_worker *w, size_t i, pa_error *err)
{
    const pa_sgns_block *b = &w->block;
    size_t window = (size_t)w->window[i], j = i > window ? i - window : 0;
    size_t last = w->n_kept - i > window ? i + window + 1 : w->n_kept;
    if (last - j < 2) return PA_OK;
    size_t n_pairs = least(last - j - 1, PA_SGNS_OF_INPUT);
    size_t used = b->n_inputs ? b->pair[b->n_inputs] : 0;
    if (b->n_inputs == 0 || b->n_inputs == PA_SGNS_INPUTS || used + n_pairs > PA_SGNS_PAIRS)
        PA_TRY(begin_block(w, err));
    add_pairs(w, i, &j, last);
    while (j < last && !(j == i && j + 1 == last)) {
        PA_TRY(begin_block(w, err));
        add_pairs(w, i, &j, last);
    }
    return PA_OK;
}

/* ---- tokens ---- */

/* Whether a token stays; if so it is the next of those kept. */
static bool take_token(pa_sgns_worker *w, size_t sequence, size_t place)
{
    const pa_sgns_options *o = w->ground->options;
    int32_t item = w->book->item[w->book->start[sequence] + place];
    uint32_t bits[4];
    pa_draw_words(o->seed, PA_DRAW_SGNS_TOKEN, w->book->id[sequence],
                  (uint64_t)w->task->epoch << 32 | place, bits);
    if (bits[0] >= w->ground->keep[item]) return false;
    fetch_row(w, item);
    fetch_row(w, w->ground->n_items + item);
    w->kept[w->n_kept] = item;
    w->window[w->n_kept++] =
        o->window ? 1 + (int32_t)((uint64_t)bits[1] * (uint32_t)o->window >> 32) : INT32_MAX;
    return true;
}

/* Where to begin so that `window` tokens before place `from` are seen. */
static size_t look_back(pa_sgns_worker *w, size_t sequence, size_t from)
{
    int32_t window = w->ground->options->window, seen = 0;
    if (window == 0) return 0;
    w->n_kept = 0;
    while (from > 0 && seen < window) {
        seen += take_token(w, sequence, --from);
        w->n_kept = 0;
    }
    return from;
}

/* Tokens of a sequence at places [from, until) as inputs. */
static pa_status train_part(pa_sgns_worker *w, size_t sequence, size_t from, size_t until,
                            pa_error *err)
{
    size_t length = w->book->start[sequence + 1] - w->book->start[sequence];
    size_t place = look_back(w, sequence, from), begin, end;
    int32_t window = w->ground->options->window;
    w->n_kept = 0;
    for (; place < from; place++) take_token(w, sequence, place);
    begin = w->n_kept;
    for (; place < until; place++) take_token(w, sequence, place);
    end = w->n_kept;
    for (; place < length && (window == 0 || w->n_kept - end < (size_t)window); place++)
        take_token(w, sequence, place);
    for (size_t i = begin; i < end; i++) PA_TRY(add_input(w, i, err));
    return PA_OK;
}

/* The sequence of the shard that token `from` is in. */
static size_t sequence_at(const pa_sgns_book *book, const pa_sgns_task *t)
{
    size_t low = t->first, high = t->last;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (book->start[middle] <= t->from)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static pa_status train_tokens(pa_sgns_worker *w, pa_error *err)
{
    const pa_sgns_task *t = w->task;
    const size_t *start = w->book->start;
    if (t->from == t->until) return PA_OK;
    size_t at = t->from;
    for (size_t q = sequence_at(w->book, t); at < t->until; q++) {
        size_t end = least(start[q + 1], t->until);
        if (end > at) PA_TRY(train_part(w, q, at - start[q], end - start[q], err));
        at = end > at ? end : at;
    }
    run_block(w);
    return PA_OK;
}

double pa_sgns_settled(double a)
{
    if (a > 0.25) return 1 - pa_exp(-a);
    return a * (1 - a / 2 * (1 - a / 3 * (1 - a / 4 * (1 - a / 5 * (1 - a / 6)))));
}

/* n: of pairs, times n_shared. More than MOST of a is as good as all the way. */
static void note_met(const pa_sgns_worker *w, int64_t n, pa_sgns_met *met)
{
    enum { MOST = 64 };
    const double unit = 0x1p40;
    double a = (double)n / (double)w->block.n_shared * (double)w->block.rate / 4;
    if (a > MOST) a = MOST;
    met->met += 1 + (int64_t)(a * unit);
    met->settled += 1 + (int64_t)(pa_sgns_settled(a) * unit);
}

static void note_changes(pa_sgns_worker *w, float unit, float most, int32_t sum[],
                         pa_sgns_met met[])
{
    enum { AHEAD = 4 };
    const pa_sgns_ground *g = w->ground;
    size_t stride = (size_t)g->stride;
    for (size_t k = 0; k < w->n_copies; k++) {
        size_t row = (size_t)w->row[k];
        if (k + AHEAD < w->n_copies) {
            fetch(g->model + (size_t)w->row[k + AHEAD] * stride, g->stride);
            fetch_to_change(sum + (size_t)w->row[k + AHEAD] * stride, g->stride);
        }
        g->kernels.note(stride, g->model + row * stride, w->copies.at.real + k * stride, unit, most,
                        sum + row * stride);
        note_met(w, w->n_met[k], &met[row]);
        w->slot[row] = NONE;
    }
}

pa_status pa_sgns_worker_train(pa_sgns_worker *w, const pa_sgns_task *t, float unit, float most,
                               int32_t sum[], pa_sgns_met met[], pa_error *err)
{
    w->task = t;
    w->n_copies = 0;
    w->n_drawn = 0;
    w->block.n_inputs = 0;
    w->block.rate = t->rate;
    PA_TRY(train_tokens(w, err));
    note_changes(w, unit, most, sum, met);
    return PA_OK;
}

/* ---- */

/* As many drawn items as keep the step of one about as large as with the usual 5. */
static size_t n_shared(int32_t negative)
{
    return PA_SGNS_SHARED * (((size_t)negative + 4) / 5);
}

static pa_status fill_worker(pa_sgns_worker *w, pa_error *err)
{
    const pa_sgns_ground *g = w->ground;
    pa_sgns_block *b = &w->block;
    size_t stride = (size_t)g->stride, n_rows = 2 * (size_t)g->n_items;
    b->stride = g->stride;
    b->n_shared = n_shared(g->options->negative);
    b->share = (float)g->options->negative / (float)b->n_shared;
    PA_TRY(PA_NEW(w->slot, n_rows, err));
    for (size_t i = 0; i < n_rows; i++) w->slot[i] = NONE;
    PA_TRY(PA_NEW(w->kept, w->book->longest, err));
    PA_TRY(PA_NEW(w->window, w->book->longest, err));
    PA_TRY(PA_NEW(b->shared, b->n_shared, err));
    PA_TRY(PA_NEW(b->shared_item, b->n_shared, err));
    PA_TRY(PA_NEW(w->shared_slot, b->n_shared, err));
    PA_TRY(pa_sgns_rows_new(stride * b->n_shared, &w->turned, err));
    PA_TRY(pa_sgns_rows_new(PA_SGNS_INPUTS * b->n_shared, &w->slope, err));
    PA_TRY(pa_sgns_rows_new(PA_SGNS_INPUTS * stride, &w->change, err));
    PA_TRY(pa_sgns_rows_new(stride, &w->zeros, err));
    b->turned = w->turned.at.real;
    b->slope = w->slope.at.real;
    b->change = w->change.at.real;
    b->zeros = w->zeros.at.real;
    return make_room(w, err);
}

pa_status pa_sgns_worker_new(const pa_sgns_ground *ground, const pa_sgns_book *book,
                             pa_sgns_worker **worker, pa_error *err)
{
    pa_sgns_worker *w;
    *worker = NULL;
    PA_TRY(PA_NEW(w, 1, err));
    w->ground = ground;
    w->book = book;
    pa_status st = fill_worker(w, err);
    if (st != PA_OK) {
        pa_sgns_worker_free(w);
        return st;
    }
    *worker = w;
    return PA_OK;
}

void pa_sgns_worker_free(pa_sgns_worker *w)
{
    if (!w) return;
    pa_free(w->slot);
    pa_free(w->row);
    pa_free(w->n_met);
    pa_free(w->shared_slot);
    pa_free(w->kept);
    pa_free(w->window);
    pa_free(w->block.shared);
    pa_free(w->block.shared_item);
    pa_sgns_rows *rows[] = {&w->copies, &w->turned, &w->slope, &w->change, &w->zeros};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) pa_free(rows[i]->block);
    pa_free(w);
}
