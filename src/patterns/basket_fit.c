#include "basket_fit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/patterns/mine.h"
#include "paraudit/patterns/rules_all.h"
#include "paraudit/patterns/set_order.h"

enum { LEAST_BASKETS = 10 }; /* that a set is in, or nothing is known of it */
static const size_t memory = (size_t)1 << 30;

typedef struct {
    pa_run *run;
    pa_baskets baskets; /* of this rank */
    int64_t n_baskets;  /* of all */
    pa_mine_request request;
    pa_basket_model model; /* what is put into the store */
    size_t *first;
    int32_t *item;
    uint32_t *support;
    char (*name)[PA_ITEM_NAME];
} fitting;

/* ---- the minimum support ---- */

static int64_t asked_support(const pa_config *config, int64_t n_baskets)
{
    double share = pa_config_real(config, "patterns.min_support");
    int64_t least = (int64_t)ceil(share * (double)n_baskets * (1 - 1e-12));
    return least < LEAST_BASKETS ? LEAST_BASKETS : least;
}

static pa_status count_sets(fitting *f, uint64_t *n_sets)
{
    pa_mined mined;
    f->request.write = NULL;
    PA_TRY(pa_mine(f->run->comm, &f->baskets, &f->request, &mined, &f->run->err));
    *n_sets = mined.n_sets;
    pa_mined_free(&mined);
    return PA_OK;
}

/* Doubles the minimum support until there are few enough sets. */
static pa_status find_support(fitting *f)
{
    const pa_config *config = f->run->config;
    int64_t asked = asked_support(config, f->n_baskets), *least = &f->request.sets.min_support;
    uint64_t n_sets, most = (uint64_t)pa_config_int(config, "patterns.max_sets");
    *least = asked;
    PA_TRY(count_sets(f, &n_sets));
    while (n_sets > most) {
        *least *= 2;
        PA_TRY(count_sets(f, &n_sets));
    }
    if (*least > asked)
        pa_run_note(f->run,
                    "frequent sets of baskets are in %" PRId64 " of %" PRId64
                    " baskets or more, not in %" PRId64
                    " as asked for: there would be more than %" PRIu64 " (patterns.max_sets)",
                    *least, f->n_baskets, asked, most);
    return PA_OK;
}

/* ---- all sets in their order ---- */

static pa_status read_records(const pa_node_array *all, size_t n, pa_set_record **record,
                              pa_error *err)
{
    const char *at = all->data, *end = at + all->bytes;
    PA_TRY(PA_NEW(*record, n, err));
    for (size_t i = 0; i < n && at < end; i++) at = pa_read_set_record(at, *record + i);
    PA_ASSERT(at == end);
    return PA_OK;
}

static pa_status fill_sets(fitting *f, size_t n, const pa_set_record record[],
                           const uint32_t order[], pa_error *err)
{
    size_t n_items = 0;
    for (size_t i = 0; i < n; i++) n_items += record[i].size;
    PA_TRY(PA_NEW(f->first, n + 1, err));
    PA_TRY(PA_NEW(f->item, n_items, err));
    PA_TRY(PA_NEW(f->support, n, err));
    for (size_t i = 0; i < n; i++) {
        const pa_set_record *r = record + order[i];
        memcpy(f->item + f->first[i], r->items, r->size * sizeof *f->item);
        f->first[i + 1] = f->first[i] + r->size;
        f->support[i] = r->support;
    }
    pa_frequent_sets *s = &f->model.sets;
    s->n = n;
    s->first = f->first;
    s->item = f->item;
    s->support = f->support;
    return PA_OK;
}

static pa_status share_sets(fitting *f, const pa_mined *mined)
{
    pa_error *err = &f->run->err;
    pa_node_array all = {0};
    pa_set_record *record = NULL;
    uint32_t *order = NULL;
    size_t n = (size_t)mined->n_sets;
    PA_TRY(pa_task_results_share(f->run->comm, &mined->results, &all, err));
    pa_status st = read_records(&all, n, &record, err);
    if (st == PA_OK) st = PA_NEW(order, n, err);
    if (st == PA_OK) st = pa_order_sets(n, record, f->baskets.n_items, order, err);
    if (st == PA_OK) st = fill_sets(f, n, record, order, err);
    pa_free(record);
    pa_free(order);
    pa_node_array_free(&all);
    return pa_agree(f->run->comm, st, err);
}

/* ---- names and rules ---- */

static pa_status name_items(fitting *f, const pa_table *tx)
{
    pa_basket_model *m = &f->model;
    m->n_items = pa_sets_up_to(&m->sets, 1);
    PA_AGREE(f->run->comm, PA_NEW(f->name, m->n_items, &f->run->err), &f->run->err);
    m->name = f->name[0];
    return pa_item_names(f->run, tx, &m->codes, m->n_items, f->item, f->name);
}

/* Puts sets and rules into the store. */
static pa_status put_with_rules(fitting *f, const pa_mined *mined, pa_store *model)
{
    pa_comm *comm = f->run->comm;
    pa_error *err = &f->run->err;
    const pa_rule_options options = {.min_confidence =
                                         pa_config_real(f->run->config, "patterns.min_confidence"),
                                     .max_fdr = pa_config_real(f->run->config, "patterns.max_fdr"),
                                     .drop_redundant = true,
                                     .memory = memory};
    pa_found_rules found;
    pa_shared_rules all = {0};
    PA_TRY(pa_find_rules(comm, &mined->results, f->baskets.n_items, f->n_baskets, &options, &found,
                         err));
    pa_status st = pa_share_rules(comm, &found, &all, err);
    pa_found_rules_free(&found);
    f->model.rules = all.table;
    if (st == PA_OK) st = pa_agree(comm, pa_basket_model_put(&f->model, model, err), err);
    pa_shared_rules_free(&all);
    return st;
}

static pa_status mine_all(fitting *f, const pa_table *tx, pa_store *model)
{
    pa_mined mined;
    PA_TRY(find_support(f));
    f->model.sets.min_support = f->request.sets.min_support;
    f->request.write = pa_write_set_record;
    PA_TRY(pa_mine(f->run->comm, &f->baskets, &f->request, &mined, &f->run->err));
    pa_status st = PA_OK;
    if (mined.n_sets) st = share_sets(f, &mined);
    if (st == PA_OK) st = name_items(f, tx);
    if (st == PA_OK && mined.n_sets) st = put_with_rules(f, &mined, model);
    if (st == PA_OK && mined.n_sets == 0) st = pa_basket_model_put(&f->model, model, &f->run->err);
    pa_mined_free(&mined);
    return st;
}

pa_status pa_basket_fit(pa_run *run, const pa_table *tx, const pa_item_codes *codes,
                        const pa_basket_list *list, pa_store *model)
{
    static const size_t none[] = {0};
    const int32_t longest = (int32_t)pa_config_int(run->config, "patterns.max_length");
    fitting f = {.run = run,
                 .baskets = {.n = list->n,
                             .first = list->first,
                             .item = list->item,
                             .n_items = codes->first[PA_ITEM_KINDS]},
                 .n_baskets = (int64_t)list->n,
                 .request = {.sets = {.min_length = 1, .max_length = longest}, .memory = memory}};
    pa_sum_i64(run->comm, &f.n_baskets, 1);
    f.model.codes = *codes;
    f.model.sets = (pa_frequent_sets){
        .n_baskets = f.n_baskets, .min_support = 1, .longest = (size_t)longest, .first = none};
    pa_status st = PA_OK;
    if (f.n_baskets >= INT32_MAX)
        st = pa_fail(&run->err, PA_E_USAGE,
                     "the history has %" PRId64 " baskets: fewer than 2^31 "
                     "are possible",
                     f.n_baskets);
    else if (f.n_baskets)
        st = mine_all(&f, tx, model);
    else
        st = pa_basket_model_put(&f.model, model, &run->err);
    pa_free(f.first);
    pa_free(f.item);
    pa_free(f.support);
    pa_free(f.name);
    return pa_agree(run->comm, st, &run->err);
}
