#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"

static const pa_column_spec column_tx = {.name = "tx",
                                         .type = PA_I64,
                                         .meaning = "transaction id",
                                         .role = PA_ROLE_ID,
                                         .stage = "ingest"};
static const pa_column_spec column_account = {.name = "account",
                                              .type = PA_I32,
                                              .meaning = "account, as row of accounts",
                                              .role = PA_ROLE_ID,
                                              .flags = PA_NOT_CAUSAL,
                                              .stage = "ingest",
                                              .codes = "accounts"};
static const pa_column_spec column_merchant = {.name = "merchant",
                                               .type = PA_I32,
                                               .meaning = "merchant, as row of merchants",
                                               .role = PA_ROLE_ID,
                                               .flags = PA_NOT_CAUSAL,
                                               .stage = "ingest",
                                               .codes = "merchants"};
static const pa_column_spec column_tx_id = {.name = "tx_id",
                                            .type = PA_BYTES,
                                            .meaning = "transaction id as in the input",
                                            .role = PA_ROLE_ID,
                                            .stage = "ingest"};
#define CODED(which, what)                                                                         \
    {                                                                                              \
        .name = which, .type = PA_I32, .meaning = what ", -1: not given", .role = PA_ROLE_INPUT,   \
        .flags = PA_NOT_CAUSAL, .stage = "ingest", .codes = "categories/" which                    \
    }
static const pa_column_spec columns_coded[PA_CSV_N_CODED] = {
    CODED("category", "what was sold"), CODED("channel", "way in"), CODED("currency", "currency"),
    CODED("country", "country of the merchant")};
#define PLACE(which, what)                                                                         \
    {                                                                                              \
        .name = which, .type = PA_F64, .unit = "degrees", .meaning = what ", NaN: not known",      \
        .role = PA_ROLE_INPUT, .stage = "ingest"                                                   \
    }
static const pa_column_spec columns_place[PA_CSV_N_PLACES] = {
    PLACE("home_lat", "latitude of the account's home"),
    PLACE("home_lon", "longitude of the account's home"),
    PLACE("merchant_lat", "latitude of the merchant"),
    PLACE("merchant_lon", "longitude of the merchant")};
static const pa_column_spec column_time = {.name = "time",
                                           .type = PA_I64,
                                           .unit = "seconds since 1970-01-01 00:00:00",
                                           .meaning = "when the transaction took place",
                                           .role = PA_ROLE_INPUT,
                                           .stage = "ingest"};
static const pa_column_spec column_minor = {.name = "amount_minor",
                                            .type = PA_I64,
                                            .unit = "0.01",
                                            .meaning = "amount in hundredths, exact",
                                            .role = PA_ROLE_INPUT,
                                            .stage = "ingest"};
static const pa_column_spec column_amount = {.name = "amount",
                                             .type = PA_F64,
                                             .unit = "1",
                                             .meaning = "amount, the nearest double",
                                             .role = PA_ROLE_INPUT,
                                             .stage = "ingest"};
static const pa_column_spec column_label = {.name = "label",
                                            .type = PA_I8,
                                            .meaning = "1: fraud, 0: legitimate, -1: not known",
                                            .role = PA_ROLE_LABEL,
                                            .flags = PA_NEEDS_LABELS,
                                            .stage = "ingest"};

/* Not a time of its own unit: what is not said would be no date. */
static const pa_column_spec column_label_time = {
    .name = "label_time",
    .type = PA_I64,
    .unit = "s",
    .meaning =
        "when the label was known, since 1970-01-01 00:00:00; -9223372036854775808: not said",
    .role = PA_ROLE_LABEL,
    .flags = PA_NEEDS_LABELS,
    .stage = "ingest"};

static pa_status take_names(pa_intern *table, pa_names *names, pa_error *err)
{
    return pa_intern_take(table, &names->n, &names->start, &names->bytes, err);
}

/* Weight of each shard, of this rank: its names, or the rows that bear them. */
static void weigh(const pa_names *names, const int64_t rows_of_name[], int32_t n_shards,
                  int64_t weight[])
{
    memset(weight, 0, (size_t)n_shards * sizeof *weight);
    for (size_t i = 0; i < names->n; i++) {
        const char *name = names->bytes + names->start[i];
        int32_t s = pa_shard_of(name, names->start[i + 1] - names->start[i], n_shards);
        weight[s] += rows_of_name ? rows_of_name[i] : 1;
    }
}

static int64_t *count_codes(size_t n, const int32_t code[], size_t n_codes, pa_error *err)
{
    int64_t *count = pa_alloc(n_codes, sizeof *count, err);
    for (size_t i = 0; count && i < n; i++) count[code[i]]++;
    return count;
}

static pa_status new_partition(pa_comm *comm, int32_t n_shards, pa_partition **p, pa_error *err)
{
    PA_TRY(PA_NEW(*p, 1, err));
    return pa_partition_init(*p, n_shards, pa_comm_size(comm), err);
}

static pa_status new_partitions(pa_comm *comm, int32_t n_shards, pa_ingest *g, int64_t **weight,
                                pa_error *err)
{
    PA_TRY(new_partition(comm, n_shards, &g->shards, err));
    PA_TRY(new_partition(comm, n_shards, &g->account_shards, err));
    PA_TRY(new_partition(comm, n_shards, &g->merchant_shards, err));
    return PA_NEW(*weight, (size_t)n_shards, err);
}

/* Accounts are cut so that rows balance. Merchants have a cut of their own: what
 * is done per merchant costs by the merchant, and the rows' cut may put most
 * merchants on one rank. A name counts once for each rank that met it, which is
 * near enough for balance; codes do not depend on the cut. */
static pa_status cut_shards(pa_comm *comm, const pa_csv_batch *rows, const pa_names *accounts,
                            const pa_names *merchants, pa_ingest *g, int64_t weight[],
                            pa_error *err)
{
    int32_t n_shards = g->shards->n_shards, n_ranks = g->shards->n_ranks;
    int64_t *rows_of_account = count_codes(rows->n, rows->account, accounts->n, err);
    PA_AGREE(comm, rows_of_account ? PA_OK : PA_E_MEMORY, err);
    weigh(accounts, rows_of_account, n_shards, weight);
    pa_free(rows_of_account);
    pa_sum_i64(comm, weight, (size_t)n_shards);
    pa_partition_count(g->shards, weight);
    pa_cut_shards(n_shards, weight, n_ranks, g->shards->cut);
    memcpy(g->account_shards->cut, g->shards->cut, ((size_t)n_ranks + 1) * sizeof(int32_t));
    weigh(merchants, NULL, n_shards, weight);
    pa_sum_i64(comm, weight, (size_t)n_shards);
    pa_cut_shards(n_shards, weight, n_ranks, g->merchant_shards->cut);
    return PA_OK;
}

/* owner: the rank of each row's account. */
static pa_status find_owners(const pa_partition *shards, const pa_names *accounts,
                             const pa_csv_batch *rows, int32_t owner[], pa_error *err)
{
    int32_t *of_account = NULL;
    PA_TRY(PA_NEW(of_account, accounts->n, err));
    for (size_t i = 0; i < accounts->n; i++) {
        const char *name = accounts->bytes + accounts->start[i];
        size_t length = accounts->start[i + 1] - accounts->start[i];
        of_account[i] = pa_rank_of_shard(shards, pa_shard_of(name, length, shards->n_shards));
    }
    for (size_t i = 0; i < rows->n; i++) owner[i] = of_account[rows->account[i]];
    pa_free(of_account);
    return PA_OK;
}

static pa_status make_route(pa_comm *comm, const pa_partition *shards, const pa_names *accounts,
                            const pa_csv_batch *rows, pa_route **route, pa_error *err)
{
    int32_t *owner = NULL;
    pa_status st = PA_NEW(owner, rows->n, err);
    if (st == PA_OK) st = find_owners(shards, accounts, rows, owner, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_route_make(comm, rows->n, owner, route, err);
    pa_free(owner);
    return st;
}

/* A column travels, and the one that it was is freed. A single rank has no route. */
static pa_status send(pa_comm *comm, const pa_route *route, size_t width, void *column,
                      pa_error *err)
{
    void **data = column;
    if (!route) return PA_OK;
    void *arrived = pa_realloc(NULL, pa_route_received(route), width, err);
    pa_status st = pa_agree(comm, arrived ? PA_OK : PA_E_MEMORY, err);
    if (st == PA_OK) st = pa_route_send(comm, route, width, *data, arrived, err);
    if (st == PA_OK) {
        pa_free(*data);
        *data = arrived;
    } else {
        pa_free(arrived);
    }
    return st;
}

static pa_status send_rows(pa_comm *comm, const pa_route *route, pa_csv_batch *b, size_t id_width,
                           char **ids, pa_error *err)
{
    PA_TRY(send(comm, route, sizeof *b->tx, &b->tx, err));
    if (b->has.text_ids) PA_TRY(send(comm, route, id_width, ids, err));
    PA_TRY(send(comm, route, sizeof *b->account, &b->account, err));
    PA_TRY(send(comm, route, sizeof *b->merchant, &b->merchant, err));
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        if (b->has.coded[i]) PA_TRY(send(comm, route, sizeof *b->coded[i], &b->coded[i], err));
    }
    PA_TRY(send(comm, route, sizeof *b->time, &b->time, err));
    PA_TRY(send(comm, route, sizeof *b->amount_minor, &b->amount_minor, err));
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        if (b->has.place[i]) PA_TRY(send(comm, route, sizeof *b->place[i], &b->place[i], err));
    }
    for (int32_t i = 0; i < b->has.n_numeric; i++)
        PA_TRY(send(comm, route, sizeof *b->numeric[i], &b->numeric[i], err));
    PA_TRY(send(comm, route, sizeof *b->label, &b->label, err));
    if (b->has.label_time) {
        PA_TRY(send(comm, route, sizeof *b->label_time, &b->label_time, err));
    }
    if (!route) return PA_OK;
    b->n = b->room = pa_route_received(route);
    pa_free(b->line); /* of the rows that were here */
    b->line = NULL;
    return PA_OK;
}

/* Text ids as a column of fixed width, padded with zero bytes; *ids stays NULL
 * where ids are numbers. */
static pa_status spread_ids(pa_comm *comm, pa_csv_batch *b, size_t *width, char **ids,
                            pa_error *err)
{
    if (!b->has.text_ids) return PA_OK;
    int64_t longest = 1;
    for (size_t i = 0; i < b->n; i++) {
        if (b->id_length[i] > longest) longest = b->id_length[i];
    }
    pa_max_i64(comm, &longest, 1);
    *width = (size_t)longest;
    *ids = pa_alloc(b->n, *width, err);
    size_t at = 0;
    for (size_t i = 0; *ids && i < b->n; i++) {
        memcpy(*ids + i * *width, b->id_bytes.data + at, b->id_length[i]);
        at += b->id_length[i];
    }
    pa_buffer_free(&b->id_bytes);
    pa_free(b->id_length);
    b->id_length = NULL;
    return pa_agree(comm, *ids ? PA_OK : PA_E_MEMORY, err);
}

/* Memory of columns that were placed, by the width of their values: it takes the
 * next ones, for new pages cost more time than the values that are put there. */
typedef struct {
    void *of[9]; /* NULL: none */
} spares;

static void free_spares(spares *s)
{
    for (size_t i = 0; i < sizeof s->of / sizeof *s->of; i++) pa_free(s->of[i]);
}

static void *take_spare(spares *s, size_t width, size_t n, pa_error *err)
{
    void *data = width <= 8 ? s->of[width] : NULL;
    if (!data) return pa_realloc(NULL, n, width, err);
    s->of[width] = NULL;
    return data;
}

static void leave_spare(spares *s, size_t width, void *data)
{
    if (width <= 8 && !s->of[width])
        s->of[width] = data;
    else
        pa_free(data);
}

/* A new column of the table, with any values. */
static pa_status add_column(pa_table *t, const pa_column_spec *spec, spares *s, void **data,
                            pa_error *err)
{
    *data = take_spare(s, pa_type_size(spec->type, spec->width), t->n_rows, err);
    if (!*data) return PA_E_MEMORY;
    pa_status st = pa_table_adopt(t, spec, *data, err);
    if (st != PA_OK) pa_free(*data);
    return st;
}

/* Puts a raw column in order into the table and leaves its memory; raw_width: the
 * bytes that it has for a value, the column's own or more. */
static pa_status place_as(pa_table *t, const pa_column_spec *spec, const uint32_t order[],
                          size_t raw_width, void *column, spares *s, pa_error *err)
{
    void **raw = column, *data;
    PA_TRY(add_column(t, spec, s, &data, err));
    pa_permute(t->n_rows, pa_type_size(spec->type, spec->width), order, *raw, data);
    leave_spare(s, raw_width, *raw);
    *raw = NULL;
    return PA_OK;
}

static pa_status place(pa_table *t, const pa_column_spec *spec, const uint32_t order[],
                       void *column, spares *s, pa_error *err)
{
    return place_as(t, spec, order, pa_type_size(spec->type, spec->width), column, s, err);
}

static pa_status add_amount(pa_table *t, spares *s, pa_error *err)
{
    void *data;
    const int64_t *minor = pa_i64(t, "amount_minor");
    PA_TRY(add_column(t, &column_amount, s, &data, err));
    double *amount = data;
    for (size_t i = 0; i < t->n_rows; i++) amount[i] = (double)minor[i] / 100.0;
    return PA_OK;
}

/* Few codes take a byte each, in the place of the column of four. */
static void narrow(size_t n, int32_t code[])
{
    int8_t *narrowed = (int8_t *)code;
    for (size_t i = 0; i < n; i++) narrowed[i] = (int8_t)code[i];
}

/* lists: the tables of codes, in the order of their columns. */
static pa_status place_coded(const uint32_t order[], pa_csv_batch *b, const pa_table lists[],
                             pa_table *t, spares *s, pa_error *err)
{
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        if (!b->has.coded[i]) continue;
        pa_column_spec spec = columns_coded[i];
        spec.type = pa_code_type((size_t)lists++->n_global);
        if (spec.type == PA_I8) narrow(b->n, b->coded[i]);
        PA_TRY(place_as(t, &spec, order, sizeof *b->coded[i], &b->coded[i], s, err));
    }
    return PA_OK;
}

static bool is_plain(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* "input_NAME", with '_' for what may not stand in a name, and a meaning. */
static pa_status name_numeric(const char *name, pa_strings *strings, pa_column_spec *spec,
                              pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = pa_buffer_printf(&text, err, "input_%s", name);
    for (size_t i = 0; i < text.length; i++) {
        if (!is_plain(text.data[i])) text.data[i] = '_';
    }
    if (st == PA_OK) st = pa_strings_keep(strings, text.data, text.length, &spec->name, err);
    text.length = 0;
    if (st == PA_OK) st = pa_buffer_printf(&text, err, "column '%s' of the input", name);
    if (st == PA_OK) st = pa_strings_keep(strings, text.data, text.length, &spec->meaning, err);
    pa_buffer_free(&text);
    return st;
}

static pa_status place_numeric(const uint32_t order[], pa_csv_batch *b, const char *names,
                               pa_strings *strings, pa_table *t, spares *s, pa_error *err)
{
    for (int32_t i = 0; i < b->has.n_numeric; i++, names += strlen(names) + 1) {
        pa_column_spec spec = {.type = PA_F32, .role = PA_ROLE_FEATURE, .stage = "ingest"};
        PA_TRY(name_numeric(names, strings, &spec, err));
        const pa_column *other = pa_table_find(t, spec.name);
        if (other) {
            return pa_fail(err, PA_E_DATA,
                           "input.numeric: %s and column '%s' would both be named %s in the result",
                           other->spec.meaning, names, spec.name);
        }
        PA_TRY(place(t, &spec, order, &b->numeric[i], s, err));
    }
    return PA_OK;
}

static pa_status place_rows(const uint32_t order[], pa_csv_batch *b, size_t id_width, char **ids,
                            const char *numeric, pa_ingest *g, spares *s, pa_error *err)
{
    pa_table *t = &g->transactions;
    pa_column_spec id = column_tx_id;
    id.width = (int)id_width;
    PA_TRY(place(t, &column_tx, order, &b->tx, s, err));
    if (b->has.text_ids) PA_TRY(place(t, &id, order, ids, s, err));
    PA_TRY(place(t, &column_account, order, &b->account, s, err));
    PA_TRY(place(t, &column_merchant, order, &b->merchant, s, err));
    PA_TRY(place_coded(order, b, g->lists, t, s, err));
    PA_TRY(place(t, &column_time, order, &b->time, s, err));
    PA_TRY(place(t, &column_minor, order, &b->amount_minor, s, err));
    PA_TRY(add_amount(t, s, err));
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        if (b->has.place[i]) PA_TRY(place(t, &columns_place[i], order, &b->place[i], s, err));
    }
    PA_TRY(place_numeric(order, b, numeric, &g->strings, t, s, err));
    PA_TRY(place(t, &column_label, order, &b->label, s, err));
    return b->has.label_time ? place(t, &column_label_time, order, &b->label_time, s, err) : PA_OK;
}

static void find_times(pa_comm *comm, const pa_csv_batch *b, pa_ingest *g)
{
    g->first_time = INT64_MAX;
    g->last_time = INT64_MIN;
    for (size_t i = 0; i < b->n; i++) {
        if (b->time[i] < g->first_time) g->first_time = b->time[i];
        if (b->time[i] > g->last_time) g->last_time = b->time[i];
    }
    pa_min_i64(comm, &g->first_time, 1);
    pa_max_i64(comm, &g->last_time, 1);
}

/* Local. */
static pa_status make_transactions(int rank, pa_csv_batch *b, size_t id_width, char **ids,
                                   const char *numeric, pa_ingest *g, pa_error *err)
{
    uint32_t *order = NULL;
    spares spare = {.of = {[sizeof *b->line] = b->line}}; /* as long as the other columns */
    b->line = NULL;
    pa_table *t = &g->transactions;
    const pa_partition *accounts = g->account_shards;
    PA_ASSERT(b->n == pa_row_count(g->shards, rank));
    pa_status st = PA_NEW(order, b->n, err);
    if (st == PA_OK)
        st = pa_ingest_order(b, pa_first_row(accounts, rank), pa_row_count(accounts, rank),
                             id_width, *ids, order, err);
    if (st == PA_OK) {
        pa_table_size(t, pa_first_row(g->shards, rank), b->n,
                      g->shards->first[g->shards->n_shards]);
        t->shards = g->shards;
        st = place_rows(order, b, id_width, ids, numeric, g, &spare, err);
    }
    free_spares(&spare);
    pa_free(order);
    return st;
}

/* What lives between the local codes and the tables. */
typedef struct {
    pa_names accounts, merchants;             /* met here */
    pa_names owned_accounts, owned_merchants; /* owned here */
    int64_t *weight;                          /* n_shards */
    pa_route *route;
    char *ids; /* text ids, id_width bytes each */
    size_t id_width;
} working;

static void free_working(working *w)
{
    pa_names_free(&w->accounts);
    pa_names_free(&w->merchants);
    pa_names_free(&w->owned_accounts);
    pa_names_free(&w->owned_merchants);
    pa_free(w->weight);
    pa_route_free(w->route);
    pa_free(w->ids);
}

static pa_status code_and_send(pa_comm *comm, int64_t most_codes, pa_csv_parser *parser,
                               pa_ingest *g, working *w, pa_error *err)
{
    pa_csv_batch *rows = &parser->rows;
    PA_TRY(cut_shards(comm, rows, &w->accounts, &w->merchants, g, w->weight, err));
    if (pa_comm_size(comm) > 1) {
        PA_TRY(make_route(comm, g->shards, &w->accounts, rows, &w->route, err));
    }
    PA_TRY(pa_ingest_code(comm, "accounts", &w->accounts, rows->n, rows->account, g->account_shards,
                          &w->owned_accounts, err));
    pa_names_free(&w->accounts);
    PA_TRY(pa_ingest_code(comm, "merchants", &w->merchants, rows->n, rows->merchant,
                          g->merchant_shards, &w->owned_merchants, err));
    pa_names_free(&w->merchants);
    PA_TRY(pa_ingest_lists(comm, most_codes, parser, g, err));
    PA_TRY(spread_ids(comm, rows, &w->id_width, &w->ids, err));
    return send_rows(comm, w->route, rows, w->id_width, &w->ids, err);
}

/* The table of a dictionary of accounts or merchants. */
static pa_status make_names(pa_comm *comm, const char *meaning, const pa_partition *shards,
                            const pa_names *owned, pa_table *t, pa_error *err)
{
    pa_table_size(t, pa_first_row(shards, pa_comm_rank(comm)), owned->n,
                  shards->first[shards->n_shards]);
    t->shards = shards;
    return pa_ingest_names_table(comm, "id", meaning, owned, t, err);
}

static pa_status make_tables(pa_comm *comm, pa_csv_batch *rows, const char *numeric, pa_ingest *g,
                             working *w, pa_error *err)
{
    find_times(comm, rows, g);
    PA_AGREE(comm,
             make_transactions(pa_comm_rank(comm), rows, w->id_width, &w->ids, numeric, g, err),
             err);
    PA_TRY(make_names(comm, "account id as in the input", g->account_shards, &w->owned_accounts,
                      &g->accounts, err));
    return make_names(comm, "merchant id as in the input", g->merchant_shards, &w->owned_merchants,
                      &g->merchants, err);
}

pa_status pa_ingest_rows(pa_comm *comm, int32_t n_shards, int64_t most_codes, pa_csv_parser *parser,
                         const char *numeric, pa_ingest *g, pa_error *err)
{
    working w = {0};
    pa_status st = new_partitions(comm, n_shards, g, &w.weight, err);
    if (st == PA_OK) st = take_names(&parser->accounts, &w.accounts, err);
    if (st == PA_OK) st = take_names(&parser->merchants, &w.merchants, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = code_and_send(comm, most_codes, parser, g, &w, err);
    if (st == PA_OK) st = make_tables(comm, &parser->rows, numeric, g, &w, err);
    free_working(&w);
    return st;
}
