#include "transfer.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"

/* To and from so many ranks messages are under way at once. Here MPI may have them all; SimGrid's
 * shares out all links among those of all ranks whenever one is done. */
static int at_once(const pa_comm *comm)
{
#ifdef PA_SIMULATED
    enum { OF_ALL_RANKS = 2048 };
    return comm->size < OF_ALL_RANKS / 2 ? OF_ALL_RANKS / comm->size : 2;
#else
    return comm->size;
#endif
}

/* A message of four mebibytes has the speed of a longer one, and its buffer stays in the
 * caches: new memory costs more time than what is put there. */
enum { TAG = 1, MESSAGE = 4 << 20 };

/* Buffers and requests of one transfer. A message holds at most `most`
 * elements of each column, one column after the other, which both ends know, so
 * no rank asks another how many rounds there will be. */
typedef struct {
    size_t n_columns;
    const pa_column_move *column;
    size_t width; /* of all columns together */
    size_t most;
    char *packed;  /* what leaves in a round, where the source has an order or columns share it */
    char *arrived; /* what came in a round, where the target has an order or columns share it */
    MPI_Request *requests;
    int n_requests;
} exchange;

pa_status pa_side_init(const pa_comm *comm, pa_side *side, pa_error *err)
{
    *side = (pa_side){0};
    PA_TRY(PA_NEW(side->at, (size_t)comm->size, err));
    return PA_NEW(side->n, (size_t)comm->size, err);
}

void pa_side_free(pa_side *side)
{
    pa_free(side->at);
    pa_free(side->n);
    pa_free(side->order);
    *side = (pa_side){0};
}

size_t pa_side_stack(const pa_comm *comm, pa_side *side)
{
    int64_t sum = 0;
    for (int p = 0; p < comm->size; p++) {
        side->at[p] = sum;
        sum += side->n[p];
    }
    return (size_t)sum;
}

/* What a rank tells another: how many are for it, how many for all, and its word. */
struct pa_tell {
    int64_t n, all;
    pa_word word;
};

static pa_status make_tells(pa_comm *comm, pa_error *err)
{
    if (comm->tells) return PA_OK;
    return pa_agree(comm, PA_NEW(comm->tells, 2 * (size_t)comm->size, err), err);
}

pa_status pa_tell_counts(pa_comm *comm, pa_status st, const pa_side *from, pa_side *to,
                         int64_t *all, pa_error *err)
{
    PA_TRY(make_tells(comm, err));
    struct pa_tell *said = comm->tells, *heard = comm->tells + comm->size;
    pa_word word = pa_word_of(st);
    int64_t sum = 0;
    for (int p = 0; p < comm->size && st == PA_OK; p++) sum += from->n[p];
    for (int p = 0; p < comm->size; p++)
        said[p] = (struct pa_tell){st == PA_OK ? from->n[p] : 0, sum, word};
    pa_talk start = pa_talk_begin();
    MPI_Alltoall(said, sizeof *said, MPI_BYTE, heard, sizeof *heard, MPI_BYTE, comm->mpi);
    comm->use.calls++;
    pa_talk_end(comm, start);
    *all = 0;
    for (int p = 0; p < comm->size; p++) {
        pa_word_add(&word, heard[p].word);
        *all += heard[p].all;
        if (st == PA_OK) to->n[p] = heard[p].n;
    }
    return pa_word_settle(comm, word, st, err);
}

/* Element a[i] of `from` becomes element b[i] of `to`; no order counts up.
 * Inlined with a constant width, each copy is one move of a register. */
static inline __attribute__((always_inline)) void
move_width(size_t width, size_t n, const char *from, const uint32_t *a, char *to, const uint32_t *b)
{
    if (a && b) {
        for (size_t i = 0; i < n; i++) memcpy(to + b[i] * width, from + a[i] * width, width);
    } else if (a) {
        for (size_t i = 0; i < n; i++) memcpy(to + i * width, from + a[i] * width, width);
    } else if (b) {
        for (size_t i = 0; i < n; i++) memcpy(to + b[i] * width, from + i * width, width);
    } else if (n) {
        memcpy(to, from, n * width);
    }
}

static void move(size_t width, size_t n, const char *from, const uint32_t *a, char *to,
                 const uint32_t *b)
{
    switch (width) {
    case 1:
        move_width(1, n, from, a, to, b);
        break;
    case 2:
        move_width(2, n, from, a, to, b);
        break;
    case 4:
        move_width(4, n, from, a, to, b);
        break;
    case 8:
        move_width(8, n, from, a, to, b);
        break;
    case 16:
        move_width(16, n, from, a, to, b);
        break;
    default:
        move_width(width, n, from, a, to, b);
        break;
    }
}

/* Where slot `slot` begins: behind the order, or in the array itself. */
static const uint32_t *order_at(const pa_side *side, int64_t slot)
{
    return side->order ? side->order + slot : NULL;
}

static size_t offset_of(const pa_side *side, int64_t slot, size_t width)
{
    return side->order ? 0 : (size_t)slot * width;
}

static void move_own(const pa_comm *comm, const pa_column_move *c, const pa_side *from,
                     const pa_side *to)
{
    int64_t a = from->at[comm->rank], b = to->at[comm->rank];
    PA_ASSERT(from->n[comm->rank] == to->n[comm->rank]);
    if (to->n[comm->rank] == 0) return;
    move(c->width, (size_t)to->n[comm->rank],
         (const char *)c->source + offset_of(from, a, c->width), order_at(from, a),
         (char *)c->target + offset_of(to, b, c->width), order_at(to, b));
}

/* The other ranks in turn, k from 1 on: whom this one sends to, and who sends to it then. All
 * begin with their neighbours, so that nobody is everyone's first. */
static int receiver(const pa_comm *comm, int k)
{
    return (comm->rank + k) % comm->size;
}

static int sender(const pa_comm *comm, int k)
{
    return (comm->rank - k + comm->size) % comm->size;
}

/* Elements of rank p's slice that travel once `done` of it have. */
static size_t in_round(const pa_comm *comm, const exchange *x, const pa_side *side, int p,
                       size_t done)
{
    size_t n = (size_t)side->n[p];
    return p == comm->rank || n <= done ? 0 : pa_least(n - done, x->most);
}

static size_t longest_slice(const pa_comm *comm, const pa_side *side)
{
    int64_t longest = 0;
    for (int p = 0; p < comm->size; p++) {
        if (p != comm->rank && side->n[p] > longest) longest = side->n[p];
    }
    return (size_t)longest;
}

/* Whether elements lie in the array as they travel. */
static bool lie_ready(const exchange *x, const pa_side *side)
{
    return x->n_columns == 1 && !side->order;
}

/* The first round is the fullest. */
static pa_status new_buffer(const pa_comm *comm, const exchange *x, const pa_side *side,
                            char **buffer, pa_error *err)
{
    if (lie_ready(x, side)) return PA_OK;
    size_t n = 0;
    for (int p = 0; p < comm->size; p++) n += in_round(comm, x, side, p, 0);
    *buffer = pa_realloc(NULL, n, x->width, err);
    return *buffer ? PA_OK : PA_E_MEMORY;
}

static pa_status new_exchange(const pa_comm *comm, exchange *x, const pa_side *from,
                              const pa_side *to, pa_error *err)
{
    size_t most = MESSAGE / x->width;
    x->most = pa_least(pa_piece_of(comm, x->width * (size_t)comm->size), most ? most : 1);
    /* A request of this MPI is a pointer. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    PA_TRY(PA_NEW(x->requests, 2 * (size_t)comm->size, err));
    PA_TRY(new_buffer(comm, x, from, &x->packed, err));
    return new_buffer(comm, x, to, &x->arrived, err);
}

static void free_exchange(exchange *x)
{
    pa_free(x->requests);
    pa_free(x->packed);
    pa_free(x->arrived);
}

/* Brings the elements of a round between the arrays and the buffer, where they
 * lie one slice after the other. */
static void pack(const pa_comm *comm, exchange *x, const pa_side *from, size_t done)
{
    char *next = x->packed;
    for (int k = 1; k < comm->size && !lie_ready(x, from); k++) {
        int p = receiver(comm, k);
        size_t n = in_round(comm, x, from, p, done);
        int64_t slot = from->at[p] + (int64_t)done;
        for (size_t c = 0; n > 0 && c < x->n_columns; c++) {
            size_t width = x->column[c].width;
            move(width, n, (const char *)x->column[c].source + offset_of(from, slot, width),
                 order_at(from, slot), next, NULL);
            next += n * width;
        }
    }
}

static void unpack(const pa_comm *comm, exchange *x, const pa_side *to, size_t done)
{
    const char *next = x->arrived;
    for (int k = 1; k < comm->size && !lie_ready(x, to); k++) {
        int p = sender(comm, k);
        size_t n = in_round(comm, x, to, p, done);
        int64_t slot = to->at[p] + (int64_t)done;
        for (size_t c = 0; n > 0 && c < x->n_columns; c++) {
            size_t width = x->column[c].width;
            move(width, n, next, NULL, (char *)x->column[c].target + offset_of(to, slot, width),
                 order_at(to, slot));
            next += n * width;
        }
    }
}

/* Partners that share in what is under way at once: `first` is among them, `behind` is not. */
typedef struct {
    int first, behind;
} turns;

/* Receives stand before any send leaves, so that large messages need no copy
 * on the way. Returns the place in the buffer behind what comes. */
static char *post_receives(const pa_comm *comm, exchange *x, const pa_side *to, size_t done,
                           turns t, char *next)
{
    for (int k = t.first; k < t.behind; k++) {
        int p = sender(comm, k);
        size_t bytes = in_round(comm, x, to, p, done) * x->width;
        if (bytes == 0) continue;
        char *place = next;
        if (lie_ready(x, to))
            place = (char *)x->column->target + ((size_t)to->at[p] + done) * x->width;
        else
            next += bytes;
        MPI_Irecv(place, (int)bytes, MPI_BYTE, p, TAG, comm->mpi, &x->requests[x->n_requests++]);
    }
    return next;
}

static const char *post_sends(pa_comm *comm, exchange *x, const pa_side *from, size_t done, turns t,
                              const char *next)
{
    for (int k = t.first; k < t.behind; k++) {
        int p = receiver(comm, k);
        size_t bytes = in_round(comm, x, from, p, done) * x->width;
        if (bytes == 0) continue;
        const char *place = next;
        if (lie_ready(x, from))
            place = (const char *)x->column->source + ((size_t)from->at[p] + done) * x->width;
        else
            next += bytes;
        MPI_Isend(place, (int)bytes, MPI_BYTE, p, TAG, comm->mpi, &x->requests[x->n_requests++]);
        comm->use.bytes += (int64_t)bytes;
        comm->use.messages++;
    }
    return next;
}

static void talk(pa_comm *comm, exchange *x, const pa_side *from, const pa_side *to, size_t done)
{
    char *arrived = x->arrived;
    const char *packed = x->packed;
    pa_talk start = pa_talk_begin();
    int some = at_once(comm);
    for (int k = 1; k < comm->size; k += some) {
        turns t = {k, comm->size - k < some ? comm->size : k + some};
        x->n_requests = 0;
        arrived = post_receives(comm, x, to, done, t, arrived);
        packed = post_sends(comm, x, from, done, t, packed);
        MPI_Waitall(x->n_requests, x->requests, MPI_STATUSES_IGNORE);
    }
    pa_talk_end(comm, start);
}

static void run_rounds(pa_comm *comm, exchange *x, const pa_side *from, const pa_side *to)
{
    size_t leaving = longest_slice(comm, from), coming = longest_slice(comm, to);
    size_t longest = leaving > coming ? leaving : coming;
    for (size_t done = 0; done < longest; done += x->most) {
        pack(comm, x, from, done);
        talk(comm, x, from, to, done);
        unpack(comm, x, to, done);
    }
}

pa_status pa_transfer_all(pa_comm *comm, pa_status st, size_t n, const pa_column_move columns[],
                          const pa_side *from, const pa_side *to, pa_error *err)
{
    exchange x = {.n_columns = n, .column = columns};
    for (size_t c = 0; c < n; c++) {
        PA_ASSERT(columns[c].width > 0);
        x.width += columns[c].width;
    }
    PA_ASSERT(x.width < (size_t)1 << 30);
    if (st == PA_OK && comm->size > 1 && n > 0) st = new_exchange(comm, &x, from, to, err);
    st = pa_agree(comm, st, err);
    for (size_t c = 0; st == PA_OK && c < n; c++) move_own(comm, columns + c, from, to);
    if (st == PA_OK && comm->size > 1 && n > 0) run_rounds(comm, &x, from, to);
    free_exchange(&x);
    return st;
}

pa_status pa_transfer(pa_comm *comm, pa_status st, size_t width, const pa_side *from,
                      const void *source, const pa_side *to, void *target, pa_error *err)
{
    const pa_column_move column = {width, source, target};
    return pa_transfer_all(comm, st, 1, &column, from, to, err);
}
