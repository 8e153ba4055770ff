/* Rows go to the owners of their accounts, and there into their order.
 *
 * What orders them travels first: accounts, times and ids. The route is then told
 * the order, so that every other column arrives in it. */
#include <string.h>

#include "ingest_move.h"
#include "paraudit/base/array.h"
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
#define CODED(which, what, as)                                                                     \
    {                                                                                              \
        .name = which, .type = PA_I32, .meaning = what ", -1: not given", .role = as,              \
        .flags = PA_NOT_CAUSAL | ((as) == PA_ROLE_LABEL ? PA_NEEDS_LABELS : 0), .stage = "ingest", \
        .codes = "categories/" which                                                               \
    }
static const pa_column_spec columns_coded[PA_CSV_N_CODED] = {
    CODED("category", "what was sold", PA_ROLE_INPUT), CODED("channel", "way in", PA_ROLE_INPUT),
    CODED("currency", "currency", PA_ROLE_INPUT),
    CODED("country", "country of the merchant", PA_ROLE_INPUT),
    CODED("kind", "kind of the fraud", PA_ROLE_LABEL)};
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
                                           .unit = PA_UNIT_TIME,
                                           .meaning = "when the transaction took place",
                                           .role = PA_ROLE_INPUT,
                                           .stage = "ingest"};
static pa_column_spec minor_column(int32_t decimals)
{
    return (pa_column_spec){.name = "amount_minor",
                            .type = PA_I64,
                            .unit = pa_minor_unit[decimals],
                            .meaning = decimals == 2 ? "amount in hundredths, exact"
                                                     : "amount in units of its last decimal, exact",
                            .role = PA_ROLE_INPUT,
                            .stage = "ingest"};
}

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
const pa_column_spec pa_column_label_time = {
    .name = "label_time",
    .type = PA_I64,
    .unit = "s",
    .meaning =
        "when the label was known, since 1970-01-01 00:00:00; -9223372036854775808: not said",
    .role = PA_ROLE_LABEL,
    .flags = PA_NEEDS_LABELS,
    .stage = "ingest"};

/* Text ids as a column of fixed width. */
static pa_status spread_ids(pa_csv_batch *b, pa_mover *m, pa_error *err)
{
    if (!b->has.text_ids) return PA_OK;
    int64_t longest = 1;
    for (size_t i = 0; i < b->n; i++) {
        if (b->id_length[i] > longest) longest = b->id_length[i];
    }
    pa_max_i64(m->comm, &longest, 1);
    m->id_width = (size_t)longest;
    m->ids = pa_alloc(b->n, m->id_width, err);
    size_t at = 0;
    for (size_t i = 0; m->ids && i < b->n; i++) {
        memcpy(m->ids + i * m->id_width, b->id_bytes.data + at, b->id_length[i]);
        at += b->id_length[i];
    }
    pa_buffer_free(&b->id_bytes);
    pa_free(b->id_length);
    b->id_length = NULL;
    return pa_agree(m->comm, m->ids ? PA_OK : PA_E_MEMORY, err);
}

static pa_status send_keys(pa_mover *m, pa_csv_batch *b, pa_error *err)
{
    const size_t width[] = {sizeof *b->tx, sizeof *b->account, sizeof *b->time, m->id_width};
    void *const column[] = {&b->tx, &b->account, &b->time, &m->ids};
    PA_TRY(pa_mover_send_keys(m, m->ids ? 4 : 3, width, column, err));
    b->n = m->n; /* of the columns that order rows, from here on */
    return PA_OK;
}

static pa_status add_amount(pa_mover *m, pa_table *t, pa_error *err)
{
    void *data;
    const int64_t *minor = pa_i64(t, "amount_minor");
    double units = pa_minor_units(pa_table_find(t, "amount_minor")->spec.unit);
    PA_AGREE(m->comm, pa_mover_add_column(m, t, &column_amount, &data, err), err);
    double *amount = data;
    PA_ASSERT(units > 0);
    for (size_t i = 0; i < t->n_rows; i++) amount[i] = (double)minor[i] / units;
    return PA_OK;
}

/* Few codes take a byte each, in a quarter of the memory of the column of four. */
static pa_status narrow(size_t n, int32_t **code, pa_error *err)
{
    int8_t *narrowed = (int8_t *)*code;
    for (size_t i = 0; i < n; i++) narrowed[i] = (int8_t)(*code)[i];
    return pa_resize(code, n, 1, err);
}

/* lists: the tables of codes, in the order of their columns. */
static pa_status place_coded(pa_mover *m, pa_csv_batch *b, const pa_table lists[], pa_table *t,
                             pa_error *err)
{
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        if (!b->has.coded[i]) continue;
        pa_column_spec spec = columns_coded[i];
        spec.type = pa_code_type((size_t)lists++->n_global);
        pa_status st = spec.type == PA_I8 ? narrow(m->n_read, &b->coded[i], err) : PA_OK;
        PA_AGREE(m->comm, st, err);
        PA_TRY(pa_mover_place(m, t, &spec, &b->coded[i], err));
    }
    return PA_OK;
}

static bool is_plain(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Ends the meaning of a further number. */
#define NOT_GIVEN ", NaN: not given"

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
    if (st == PA_OK) st = pa_buffer_printf(&text, err, "column '%s' of the input" NOT_GIVEN, name);
    if (st == PA_OK) st = pa_strings_keep(strings, text.data, text.length, &spec->meaning, err);
    pa_buffer_free(&text);
    return st;
}

static pa_status describe_numeric(const pa_table *t, const char *name, pa_strings *strings,
                                  pa_column_spec *spec, pa_error *err)
{
    *spec = (pa_column_spec){
        .type = PA_F32, .role = PA_ROLE_FEATURE, .stage = "ingest", .words = "{name} is {number}"};
    PA_TRY(name_numeric(name, strings, spec, err));
    const pa_column *other = pa_table_find(t, spec->name);
    if (!other) return PA_OK;
    return pa_fail(err, PA_E_DATA,
                   "input.numeric: %.*s and column '%s' would both be named %s in the result",
                   (int)(strlen(other->spec.meaning) - strlen(NOT_GIVEN)), other->spec.meaning,
                   name, spec->name);
}

static pa_status place_numeric(pa_mover *m, pa_csv_batch *b, const char *names, pa_strings *strings,
                               pa_table *t, pa_error *err)
{
    for (int32_t i = 0; i < b->has.n_numeric; i++, names += strlen(names) + 1) {
        pa_column_spec spec;
        PA_AGREE(m->comm, describe_numeric(t, names, strings, &spec, err), err);
        PA_TRY(pa_mover_place(m, t, &spec, &b->numeric[i], err));
    }
    return PA_OK;
}

static pa_status place_rows(pa_mover *m, pa_csv_batch *b, const char *numeric, pa_ingest *g,
                            pa_error *err)
{
    pa_table *t = &g->transactions;
    pa_column_spec id = column_tx_id;
    id.width = (int)m->id_width;
    PA_TRY(pa_mover_place_key(m, t, &column_tx, &b->tx, err));
    if (m->ids) PA_TRY(pa_mover_place_key(m, t, &id, &m->ids, err));
    PA_TRY(pa_mover_place_key(m, t, &column_account, &b->account, err));
    PA_TRY(pa_mover_place(m, t, &column_merchant, &b->merchant, err));
    PA_TRY(place_coded(m, b, g->lists, t, err));
    PA_TRY(pa_mover_place_key(m, t, &column_time, &b->time, err));
    const pa_column_spec minor = minor_column(b->has.decimals);
    PA_TRY(pa_mover_place(m, t, &minor, &b->amount_minor, err));
    PA_TRY(pa_mover_flush(m, err));
    PA_TRY(add_amount(m, t, err));
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        if (b->has.place[i]) PA_TRY(pa_mover_place(m, t, &columns_place[i], &b->place[i], err));
    }
    PA_TRY(place_numeric(m, b, numeric, &g->strings, t, err));
    PA_TRY(pa_mover_place(m, t, &column_label, &b->label, err));
    if (b->has.label_time) PA_TRY(pa_mover_place(m, t, &pa_column_label_time, &b->label_time, err));
    return pa_mover_flush(m, err);
}

static pa_status move_rows(pa_mover *m, pa_csv_batch *b, const char *numeric, pa_ingest *g,
                           pa_error *err)
{
    PA_TRY(spread_ids(b, m, err));
    PA_TRY(send_keys(m, b, err));
    PA_AGREE(m->comm, pa_mover_find_order(m, b, g->account_shards, err), err);
    pa_table *t = &g->transactions;
    pa_table_size(t, pa_first_row(g->shards, pa_comm_rank(m->comm)), m->n,
                  g->shards->first[g->shards->n_shards]);
    t->cut_by = g->shards;
    return place_rows(m, b, numeric, g, err);
}

pa_status pa_ingest_place(pa_comm *comm, pa_route *route, pa_csv_batch *b, const char *numeric,
                          pa_ingest *g, pa_error *err)
{
    pa_mover m = {.comm = comm, .route = route, .n_read = b->n};
    m.n = route ? pa_route_received(route) : b->n;
    PA_ASSERT(m.n == pa_row_count(g->shards, pa_comm_rank(comm)));
    pa_mover_leave(&m, sizeof *b->line, b->line); /* it has as many values as the other columns */
    b->line = NULL;
    pa_status st = move_rows(&m, b, numeric, g, err);
    pa_mover_free(&m);
    return st;
}
