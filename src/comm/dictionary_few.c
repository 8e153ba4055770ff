/* Dictionaries so small that every rank gets the names of all ranks and numbers them itself. */
#include <stdbool.h>
#include <string.h>

#include "comm_mpi.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/dictionary.h"

static size_t bytes_of(const pa_names *names)
{
    return names->n ? names->start[names->n] - names->start[0] : 0;
}

/* For each list: how many names, their lengths, and they themselves. */
static pa_status pack(size_t n_lists, const pa_names local[], pa_buffer *mine, pa_error *err)
{
    for (size_t l = 0; l < n_lists; l++) {
        const pa_names *names = local + l;
        PA_TRY(pa_buffer_add(mine, &names->n, sizeof names->n, err));
        for (size_t i = 0; i < names->n; i++) {
            size_t length = names->start[i + 1] - names->start[i];
            PA_TRY(pa_buffer_add(mine, &length, sizeof length, err));
        }
        if (names->n > 0)
            PA_TRY(pa_buffer_add(mine, names->bytes + names->start[0], bytes_of(names), err));
    }
    return PA_OK;
}

/* One list of one rank, as it is packed. */
typedef struct {
    size_t n, bytes;
    const char *length, *name;
} packed;

static size_t length_of(const packed *p, size_t i)
{
    size_t length;
    memcpy(&length, p->length + i * sizeof length, sizeof length);
    return length;
}

/* Returns what stands behind it. */
static const char *unpack(const char *at, packed *p)
{
    memcpy(&p->n, at, sizeof p->n);
    p->length = at + sizeof p->n;
    p->name = p->length + p->n * sizeof(size_t);
    p->bytes = 0;
    for (size_t i = 0; i < p->n; i++) p->bytes += length_of(p, i);
    return p->name + p->bytes;
}

/* The lists of all ranks: number l of rank r is part[r * n_lists + l]. */
static pa_status find_parts(const pa_comm *comm, size_t n_lists, const char *all, packed **part,
                            pa_error *err)
{
    size_t n = (size_t)comm->size * n_lists;
    PA_TRY(PA_NEW(*part, n, err));
    for (size_t k = 0; k < n; k++) all = unpack(all, *part + k);
    return PA_OK;
}

/* Adds the names of a part behind those that are there. */
static void add_part(const packed *p, pa_names *to)
{
    if (p->n == 0) return;
    memcpy(to->bytes + to->start[to->n], p->name, p->bytes);
    for (size_t i = 0; i < p->n; i++, to->n++)
        to->start[to->n + 1] = to->start[to->n] + length_of(p, i);
}

/* A list of all ranks, one rank after the other; *first: where those of this rank begin. */
static pa_status join(const pa_comm *comm, size_t n_lists, const packed part[], pa_names *joined,
                      size_t *first, pa_error *err)
{
    size_t n = 0, bytes = 0;
    for (int r = 0; r < comm->size; r++) {
        n += part[(size_t)r * n_lists].n;
        bytes += part[(size_t)r * n_lists].bytes;
    }
    PA_TRY(PA_NEW(joined->start, n + 1, err));
    PA_TRY(PA_NEW(joined->bytes, bytes, err));
    for (int r = 0; r < comm->size; r++) {
        if (r == comm->rank) *first = joined->n;
        add_part(part + (size_t)r * n_lists, joined);
    }
    return PA_OK;
}

static bool same_name(const pa_names *names, size_t a, size_t b)
{
    size_t length = names->start[a + 1] - names->start[a];
    return names->start[b + 1] - names->start[b] == length &&
           memcmp(names->bytes + names->start[a], names->bytes + names->start[b], length) == 0;
}

/* The distinct names in their order, and the number of each name among them. */
static pa_status number(const pa_names *names, pa_names *distinct, int64_t of_name[], pa_error *err)
{
    uint32_t *order = NULL;
    pa_status st = PA_NEW(order, names->n, err);
    if (st == PA_OK) st = PA_NEW(distinct->start, names->n + 1, err);
    if (st == PA_OK) st = PA_NEW(distinct->bytes, bytes_of(names), err);
    if (st == PA_OK) st = pa_sort_names(names->n, names->start, names->bytes, order, err);
    for (size_t i = 0; st == PA_OK && i < names->n; i++) {
        size_t name = order[i], at = distinct->start[distinct->n];
        if (i == 0 || !same_name(names, order[i - 1], name)) {
            size_t length = names->start[name + 1] - names->start[name];
            memcpy(distinct->bytes + at, names->bytes + names->start[name], length);
            distinct->start[++distinct->n] = at + length;
        }
        of_name[name] = (int64_t)distinct->n - 1;
    }
    pa_free(order);
    return st;
}

/* One list; part: of it on rank 0. */
static pa_status make_list(const pa_comm *comm, size_t n_lists, const packed part[], size_t n_local,
                           pa_partition *on_rank_0, pa_names *owned, int64_t code[], pa_error *err)
{
    pa_names joined = {0};
    int64_t *of_name = NULL;
    size_t first = 0;
    pa_status st = join(comm, n_lists, part, &joined, &first, err);
    if (st == PA_OK) st = PA_NEW(of_name, joined.n, err);
    if (st == PA_OK) st = number(&joined, owned, of_name, err);
    if (st == PA_OK) {
        int64_t n_distinct = (int64_t)owned->n;
        pa_partition_count(on_rank_0, &n_distinct);
        if (n_local > 0) memcpy(code, of_name + first, n_local * sizeof *code);
    }
    if (comm->rank > 0) pa_names_free(owned);
    pa_names_free(&joined);
    pa_free(of_name);
    return st;
}

pa_status pa_dictionary_few(pa_comm *comm, pa_status st, size_t n_lists, const pa_names local[],
                            pa_partition on_rank_0[], pa_names owned[], int64_t *const code[],
                            pa_error *err)
{
    pa_buffer mine = {0};
    packed *part = NULL;
    void *all = NULL;
    size_t bytes;
    for (size_t l = 0; l < n_lists; l++) owned[l] = (pa_names){0};
    if (st == PA_OK) st = pack(n_lists, local, &mine, err);
    st = pa_gather_all_if(comm, st, mine.data, mine.length, &all, &bytes, err);
    pa_buffer_free(&mine);
    if (st != PA_OK) return st;
    st = find_parts(comm, n_lists, all, &part, err);
    for (size_t l = 0; st == PA_OK && l < n_lists; l++)
        st = make_list(comm, n_lists, part + l, local[l].n, on_rank_0 + l, owned + l, code[l], err);
    st = pa_agree(comm, st, err);
    for (size_t l = 0; st != PA_OK && l < n_lists; l++) pa_names_free(owned + l);
    pa_free(part);
    pa_free(all);
    return st;
}
