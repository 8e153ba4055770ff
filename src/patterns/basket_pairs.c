#include "paraudit/patterns/basket_pairs.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/comm/route.h"
#include "paraudit/patterns/item_order.h"

enum { SHARDS_A_RANK = 64 };

/* ---- rows ---- */

static pa_status read_header(pa_text_source *source, const pa_pair_columns *c,
                             pa_matrix_header *header, pa_pair_rows *rows, pa_error *err)
{
    const pa_matrix_names names = {.no_header = c->no_header};
    pa_text_header h;
    PA_TRY(pa_source_header(source, &h, err));
    pa_status st =
        pa_matrix_read_header(h.text, h.length, h.line, source->file.name, &names, header, err);
    rows->header = header;
    if (st == PA_OK)
        st = pa_matrix_find_column(header, h.line, c->basket, "--basket", &rows->basket, err);
    if (st == PA_OK)
        st = pa_matrix_find_column(header, h.line, c->item, "--item", &rows->item, err);
    if (st == PA_OK && rows->basket == rows->item)
        st = pa_fail(err, PA_E_USAGE, "--basket and --item name the same column '%s'",
                     header->name[rows->item]);
    if (st == PA_OK && c->no_header && pa_comm_rank(source->comm) == 0)
        st = pa_pair_take(rows, h.line, h.text, h.length, err);
    pa_free(h.text);
    return pa_agree(source->comm, st, err);
}

static pa_status read_rows(pa_comm *comm, const char *path, const pa_pair_columns *c,
                           const pa_text_io *io, pa_pair_rows *rows, pa_error *err)
{
    pa_text_source source;
    pa_matrix_header header = {0};
    PA_TRY(pa_source_open(comm, path, io, &source, err));
    pa_status st = read_header(&source, c, &header, rows, err);
    const pa_record_rule rule = {.signs = header.signs, .n_fields = header.n_fields};
    if (st == PA_OK) st = pa_source_read(&source, &rule, pa_pair_take, rows, err);
    pa_matrix_header_free(&header);
    rows->header = NULL;
    return st;
}

static void count_faults(pa_comm *comm, const pa_pair_rows *rows, pa_basket_pairs *p)
{
    memcpy(p->n_fault, rows->n_fault, sizeof p->n_fault);
    p->n_cut = rows->n_cut;
    pa_sum_i64(comm, p->n_fault, PA_PAIR_N);
    pa_sum_i64(comm, &p->n_cut, 1);
    p->first_fault = rows->first_fault ? rows->first_fault : INT64_MAX;
    pa_min_i64(comm, &p->first_fault, 1);
    if (p->first_fault == INT64_MAX) p->first_fault = 0;
}

/* ---- names to codes that do not depend on ranks ---- */

/* Takes the names of the table; code: of each. owned: those that are coded here. */
static pa_status code_names(pa_comm *comm, pa_intern *table, pa_partition *shards, pa_names *owned,
                            int64_t **code, pa_error *err)
{
    pa_names local = {0};
    pa_status st = pa_intern_take(table, &local.n, &local.start, &local.bytes, err);
    if (st == PA_OK) st = PA_NEW(*code, local.n, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_dictionary_make(comm, &local, shards, owned, *code, err);
    pa_names_free(&local);
    return st;
}

static pa_status code_items(pa_comm *comm, pa_pair_rows *rows, pa_basket_pairs *p, pa_error *err)
{
    int64_t *code = NULL;
    pa_status st;
    PA_GOTO(pa_dictionary_replicate(comm, &rows->items, &p->items, &code, err));
    if (p->items.n > INT32_MAX)
        PA_GOTO(pa_fail(err, PA_E_DATA, "%zu items: at most 2147483647 have a code", p->items.n));
    for (size_t i = 0; i < rows->n; i++) rows->item_of[i] = (int32_t)code[rows->item_of[i]];
out:
    pa_free(code);
    return st;
}

static pa_status cut_evenly(pa_comm *comm, pa_partition *shards, pa_error *err)
{
    int32_t n_ranks = pa_comm_size(comm);
    PA_AGREE(comm, pa_partition_init(shards, SHARDS_A_RANK * n_ranks, n_ranks, err), err);
    for (int32_t r = 0; r <= n_ranks; r++) shards->cut[r] = r * SHARDS_A_RANK;
    return PA_OK;
}

/* ---- rows to their baskets ---- */

/* What arrived: the baskets are numbered from 0 on this rank. */
typedef struct {
    size_t n;
    int64_t *basket;
    int32_t *item;
} pairs;

static void free_pairs(pairs *p)
{
    pa_free(p->basket);
    pa_free(p->item);
}

/* basket: of each row. */
static pa_status send_rows(pa_comm *comm, const pa_pair_rows *rows, const int64_t basket[],
                           const int32_t owner[], pairs *to, pa_error *err)
{
    pa_route *route;
    PA_TRY(pa_route_make(comm, rows->n, owner, &route, err));
    to->n = pa_route_received(route);
    pa_status st = PA_NEW(to->basket, to->n, err);
    if (st == PA_OK) st = PA_NEW(to->item, to->n, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_route_send(comm, route, sizeof *basket, basket, to->basket, err);
    if (st == PA_OK)
        st = pa_route_send(comm, route, sizeof *rows->item_of, rows->item_of, to->item, err);
    pa_route_free(route);
    return st;
}

static pa_status move_rows(pa_comm *comm, pa_pair_rows *rows, const int64_t code[],
                           const pa_partition *shards, pairs *to, pa_error *err)
{
    int64_t *basket = NULL;
    int32_t *owner = NULL;
    pa_status st = PA_NEW(basket, rows->n, err);
    if (st == PA_OK) st = PA_NEW(owner, rows->n, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (size_t i = 0; i < rows->n; i++) {
        basket[i] = code[rows->basket_of[i]];
        owner[i] = pa_rank_of_row(shards, basket[i]);
    }
    PA_GOTO(send_rows(comm, rows, basket, owner, to, err));
    for (size_t i = 0; i < to->n; i++) to->basket[i] -= pa_first_row(shards, pa_comm_rank(comm));
out:
    pa_free(basket);
    pa_free(owner);
    return st;
}

/* The items of each basket behind one another, ascending and each once. */
static void drop_repeated(pa_basket_pairs *p)
{
    size_t at = 0;
    for (size_t b = 0; b < p->here.n; b++) {
        size_t begin = p->first[b], end = p->first[b + 1], from = at;
        pa_sort_items(end - begin, p->item + begin);
        p->first[b] = at;
        for (size_t i = begin; i < end; i++)
            if (at == from || p->item[at - 1] != p->item[i]) p->item[at++] = p->item[i];
        p->n_repeated += (int64_t)(end - begin - (at - from));
    }
    p->first[p->here.n] = at;
}

static pa_status fill_baskets(const pairs *from, size_t n, pa_basket_pairs *p, pa_error *err)
{
    p->here.n = n;
    PA_TRY(PA_NEW(p->first, n + 2, err));
    PA_TRY(PA_NEW(p->item, from->n, err));
    for (size_t i = 0; i < from->n; i++) p->first[from->basket[i] + 2]++;
    for (size_t b = 0; b < n; b++) p->first[b + 2] += p->first[b + 1];
    for (size_t i = 0; i < from->n; i++) p->item[p->first[from->basket[i] + 1]++] = from->item[i];
    drop_repeated(p);
    p->here.first = p->first;
    p->here.item = p->item;
    p->here.n_items = (int32_t)p->items.n;
    return PA_OK;
}

static pa_status make_baskets(pa_comm *comm, pa_pair_rows *rows, pa_basket_pairs *p, pa_error *err)
{
    pa_partition shards = {0};
    pa_names owned = {0};
    pairs arrived = {0};
    int64_t *code = NULL;
    pa_status st;
    PA_GOTO(cut_evenly(comm, &shards, err));
    PA_GOTO(code_names(comm, &rows->baskets, &shards, &owned, &code, err));
    pa_names_free(&owned);
    PA_GOTO(move_rows(comm, rows, code, &shards, &arrived, err));
    size_t n = pa_row_count(&shards, pa_comm_rank(comm));
    PA_GOTO(pa_agree(comm, fill_baskets(&arrived, n, p, err), err));
    p->n_global = shards.first[shards.n_shards];
    pa_sum_i64(comm, &p->n_repeated, 1);
out:
    pa_partition_free(&shards);
    pa_names_free(&owned);
    free_pairs(&arrived);
    pa_free(code);
    return st;
}

/* ---- */

pa_status pa_basket_pairs_read(pa_comm *comm, const char *path, const pa_pair_columns *columns,
                               const pa_text_io *io, pa_basket_pairs *p, pa_error *err)
{
    pa_pair_rows rows = {0};
    *p = (pa_basket_pairs){0};
    pa_status st = read_rows(comm, path, columns, io, &rows, err);
    if (st == PA_OK) {
        count_faults(comm, &rows, p);
        st = code_items(comm, &rows, p, err);
    }
    if (st == PA_OK) st = make_baskets(comm, &rows, p, err);
    if (st == PA_OK && p->n_global == 0)
        st = pa_fail(err, PA_E_DATA, "%s: there is no basket: no row has a basket and an item",
                     path);
    pa_pair_rows_free(&rows);
    if (st != PA_OK) pa_basket_pairs_free(p);
    return st;
}

void pa_basket_pairs_free(pa_basket_pairs *p)
{
    pa_names_free(&p->items);
    pa_free(p->first);
    pa_free(p->item);
    *p = (pa_basket_pairs){0};
}
