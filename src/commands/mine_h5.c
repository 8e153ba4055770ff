/* Sets as columns of an HDF5 file. */
#include <string.h>

#include "mine_parts.h"
#include "paraudit/result/result.h"

enum { SETS, ITEMS, NAMES, N_TABLES, HEAD = 2, N_ATTRIBUTES = 7 };

static const pa_column_spec first_spec = {.name = "first",
                                          .type = PA_I64,
                                          .meaning = "where its items begin in /items",
                                          .role = PA_ROLE_ID,
                                          .stage = "mine"},
                            size_spec = {.name = "size",
                                         .type = PA_I32,
                                         .meaning = "how many items it has",
                                         .role = PA_ROLE_RESULT,
                                         .stage = "mine"},
                            support_spec = {.name = "support",
                                            .type = PA_I64,
                                            .unit = "1",
                                            .meaning = "baskets that it is in",
                                            .role = PA_ROLE_RESULT,
                                            .stage = "mine"};

/* What of the file lies on this rank. */
typedef struct {
    pa_table table[N_TABLES];
    const pa_table *sets, *lists[2];
} pages;

static const int32_t *set_at(const pa_mine_sets *s, size_t i)
{
    return s->word + s->at[i];
}

static pa_status add_sets(const pa_mine_sets *s, int64_t first_item, pa_table *t, pa_error *err)
{
    void *first, *size, *support;
    PA_TRY(pa_table_add(t, &first_spec, &first, err));
    PA_TRY(pa_table_add(t, &size_spec, &size, err));
    PA_TRY(pa_table_add(t, &support_spec, &support, err));
    for (size_t i = 0; i < s->n; i++) {
        const int32_t *set = set_at(s, i);
        ((int64_t *)first)[i] = first_item;
        ((int32_t *)size)[i] = set[0];
        ((int64_t *)support)[i] = (int64_t)(uint32_t)set[1];
        first_item += set[0];
    }
    return PA_OK;
}

static pa_status add_items(const pa_mine_sets *s, const pa_mine_input *in, pa_table *t,
                           pa_error *err)
{
    pa_column_spec spec = {.name = "items",
                           .type = PA_I32,
                           .meaning = "items of all sets, end to end",
                           .role = PA_ROLE_ID,
                           .stage = "mine",
                           .codes = in->number ? NULL : "categories/item"};
    void *data;
    PA_TRY(pa_table_add(t, &spec, &data, err));
    int32_t *to = data;
    for (size_t i = 0; i < s->n; i++) {
        const int32_t *set = set_at(s, i);
        for (int32_t k = 0; k < set[0]; k++)
            *to++ = in->number ? in->number[set[HEAD + k]] : set[HEAD + k];
    }
    return PA_OK;
}

/* Every rank knows all names: rank 0 writes them. */
static pa_status add_names(const pa_names *names, pa_table *t, pa_error *err)
{
    size_t width = 1;
    void *data;
    for (size_t i = 0; i < names->n; i++)
        if (names->start[i + 1] - names->start[i] > width)
            width = names->start[i + 1] - names->start[i];
    const pa_column_spec spec = {.name = "item",
                                 .type = PA_BYTES,
                                 .width = (int)width,
                                 .meaning = "names of items, in the order of their bytes",
                                 .role = PA_ROLE_ID,
                                 .stage = "mine"};
    PA_TRY(pa_table_add(t, &spec, &data, err));
    for (size_t i = 0; i < t->n_rows; i++)
        memcpy((char *)data + i * width, names->bytes + names->start[i],
               names->start[i + 1] - names->start[i]);
    return PA_OK;
}

static pa_status fill(pa_comm *comm, const pa_mine_sets *s, const pa_mine_input *in, pages *p,
                      pa_error *err)
{
    int64_t n[2] = {(int64_t)s->n, 0}, before[2], here[2];
    for (size_t i = 0; i < s->n; i++) n[1] += set_at(s, i)[0];
    memcpy(here, n, sizeof n);
    memcpy(before, n, sizeof n);
    pa_sums_before_i64(comm, before, 2);
    pa_sum_i64(comm, n, 2);
    pa_table_init(&p->table[SETS], "sets", "frequent sets, by their size, then by their items");
    pa_table_init(&p->table[ITEMS], "items", "items of all sets");
    pa_table_init(&p->table[NAMES], "categories/item", "names of items");
    pa_table_size(&p->table[SETS], before[0], (size_t)here[0], n[0]);
    pa_table_size(&p->table[ITEMS], before[1], (size_t)here[1], n[1]);
    pa_table_size_small(&p->table[NAMES], pa_comm_rank(comm), in->pairs.items.n);
    pa_status st = add_sets(s, before[1], &p->table[SETS], err);
    if (st == PA_OK) st = add_items(s, in, &p->table[ITEMS], err);
    if (st == PA_OK && !in->number) st = add_names(&in->pairs.items, &p->table[NAMES], err);
    return pa_agree(comm, st, err);
}

pa_status pa_mine_write_h5(pa_comm *comm, const pa_mine_sets *sets, const pa_mine_input *in,
                           const pa_mine_request *r, const char *path, bool replace, pa_error *err)
{
    static const char *const kinds[] = {"all", "closed", "maximal"};
    const pa_standing none = {0};
    const pa_attribute about[N_ATTRIBUTES] = {{"kind", kinds[r->kind], 0},
                                              {"baskets", NULL, in->n_global},
                                              {"min_support", NULL, r->sets.min_support},
                                              {"min_length", NULL, r->sets.min_length},
                                              {"max_length", NULL, r->sets.max_length},
                                              {"max_basket", NULL, r->max_basket},
                                              {"top_k", NULL, (int64_t)r->top_k}};
    pages p = {0};
    p.sets = &p.table[SETS];
    p.lists[0] = &p.table[ITEMS];
    p.lists[1] = &p.table[NAMES];
    const pa_result content = {.tables = &p.sets,
                               .n_tables = 1,
                               .lists = p.lists,
                               .n_lists = in->number ? 1 : 2,
                               .attributes = about,
                               .n_attributes = N_ATTRIBUTES,
                               .standing = replace ? NULL : &none};
    pa_status st = fill(comm, sets, in, &p, err);
    if (st == PA_OK) st = pa_result_write(comm, path, &content, err);
    for (int i = 0; i < N_TABLES; i++) pa_table_free(&p.table[i]);
    return st;
}
