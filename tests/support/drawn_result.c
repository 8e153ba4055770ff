#include "drawn_result.h"

#include <stdio.h>
#include <string.h>

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): cheap without optimisation. */
uint64_t pa_drawn_bits(int column, int64_t row)
{
    uint64_t z = ((uint64_t)row * 32 + (uint64_t)column + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int64_t parts_before(int rank, int size)
{
    int64_t parts = 0;
    for (int r = 0; r < rank; r++) parts += size >= 3 && r == 1 ? 0 : 100 + 37 * r;
    return parts;
}

int64_t pa_drawn_first(int64_t rows, int rank, int size)
{
    return rows * parts_before(rank, size) / parts_before(size, size);
}

static const pa_column_spec specs[] = {
    {"tx", PA_I64, 0, NULL, "Number of the row", PA_ROLE_ID, 0, "ingest", NULL, NULL, NULL, 0,
     NULL},
    {"time", PA_I64, 0, PA_UNIT_TIME, "When it was", PA_ROLE_INPUT, 0, "ingest", NULL, NULL, NULL,
     0, NULL},
    {"amount", PA_F64, 0, "1", "Amount in units of the currency", PA_ROLE_INPUT, 0, "ingest", NULL,
     NULL, NULL, 0, NULL},
    {"mcc", PA_I32, 0, NULL, "Kind of merchant", PA_ROLE_INPUT, 0, "ingest", "categories/mcc", NULL,
     NULL, 0, NULL},
    {"hour", PA_I8, 0, NULL, "Hour of the day", PA_ROLE_FEATURE, PA_NEEDS_HISTORY, "features", NULL,
     "rhythm", "in hour {count}", 1, "place"},
    {"score", PA_F32, 0, "1", "Fused score \xc3\xa4", PA_ROLE_RESULT,
     PA_NOT_CAUSAL | PA_NEEDS_LABELS, "fuse", NULL, NULL, NULL, 0, NULL},
    {"alert", PA_BOOL, 0, NULL, "Above the line", PA_ROLE_RESULT, PA_NOT_CAUSAL, "fuse", NULL, NULL,
     NULL, 0, NULL},
    {"name", PA_BYTES, 12, NULL, "Name of the account", PA_ROLE_ID, 0, "ingest", NULL, NULL, NULL,
     0, NULL},
};
enum { N_SPECS = sizeof specs / sizeof *specs };

static void draw_value(const pa_column_spec *s, int column, int64_t row, char *to)
{
    uint64_t bits = pa_drawn_bits(column, row);
    int64_t whole = column == 0 ? row : 1532476800 + (int64_t)(bits % 10000000);
    int32_t code = (int32_t)(bits % 5);
    int8_t byte = s->type == PA_BOOL ? (int8_t)(bits & 1) : (int8_t)(bits % 24);
    float narrow = (float)(bits >> 40) / 16777216.0f;
    double wide = (double)(bits >> 11) / 9007199254740992.0;
    char text[24] = {0};
    snprintf(text, sizeof text, "a%07x", (unsigned)(bits % 100000007));
    const void *from[] = {[PA_I64] = &whole,  [PA_I32] = &code, [PA_I8] = &byte,  [PA_BOOL] = &byte,
                          [PA_F32] = &narrow, [PA_F64] = &wide, [PA_BYTES] = text};
    memcpy(to, from[s->type], pa_type_size(s->type, s->width));
}

pa_status pa_draw_table(pa_table *t, const char *name, const char *meaning, int64_t first,
                        int64_t n, int64_t n_global, pa_error *err)
{
    pa_table_init(t, name, meaning);
    pa_table_size(t, first, (size_t)n, n_global);
    for (int c = 0; c < N_SPECS; c++) {
        void *data = NULL;
        PA_TRY(pa_table_add(t, specs + c, &data, err));
        size_t size = pa_type_size(specs[c].type, specs[c].width);
        for (int64_t i = 0; i < n; i++) {
            draw_value(specs + c, c, first + i, (char *)data + (size_t)i * size);
        }
    }
    return PA_OK;
}

static pa_status draw_mcc(pa_table *t, bool here, pa_error *err)
{
    static const pa_column_spec spec = {"mcc",      PA_BYTES, 10,       NULL, "Kinds of merchants",
                                        PA_ROLE_ID, 0,        "ingest", NULL, NULL,
                                        NULL,       0,        NULL};
    static const char names[5][10] = {"food", "fuel", "caf\xc3\xa9", "travel", "0123456789"};
    void *data = NULL;
    pa_table_init(t, "categories/mcc", "Kinds of merchants");
    pa_table_size(t, 0, here ? 5 : 0, 5);
    PA_TRY(pa_table_add(t, &spec, &data, err));
    if (here) memcpy(data, names, sizeof names);
    return PA_OK;
}

static pa_status draw_forest(pa_store *s, int rank, int size, pa_error *err)
{
    void *nodes, *cuts, *names, *none, *state;
    int64_t first = 1000 * rank / size, until = 1000 * (rank + 1) / size;
    pa_store_init(s, "forest", 3);
    s->round = 7;
    s->complete = true;
    PA_TRY(pa_store_put(s, "nodes", PA_I32, 70000, 3, "Trees", &nodes, err));
    PA_TRY(pa_store_put(s, "cuts", PA_F32, 10, 1, "Where nodes cut", &cuts, err));
    PA_TRY(pa_store_put_names(s, "columns", 2, 6, "Column names", &names, err));
    PA_TRY(pa_store_put(s, "none", PA_I8, 0, 1, "Nothing", &none, err));
    PA_TRY(pa_store_put_slice(s, "state", PA_F64, first, (size_t)(until - first), 1000, 4,
                              "State of accounts", &state, err));
    for (int i = 0; i < 210000; i++) ((int32_t *)nodes)[i] = (int32_t)(pa_drawn_bits(20, i) >> 33);
    for (int i = 0; i < 10; i++) ((float *)cuts)[i] = (float)i / 4;
    memcpy(names, "amountmcc\0\0", 12);
    for (int64_t i = first * 4; i < until * 4; i++) {
        ((double *)state)[i - first * 4] = (double)(pa_drawn_bits(21, i) >> 40);
    }
    return PA_OK;
}

static const pa_attribute attributes[] = {{"seed", NULL, 42},
                                          {"software_version", "0.1.0", 0},
                                          {"config_digest", "0123456789abcdef", 0},
                                          {"previous_audit_digest", "", 0}};
static const pa_named_text texts[] = {{"config/effective", "[input]\nfiles = caf\xc3\xa9.csv\n"},
                                      {"config/preset", ""}};

static void gather(pa_drawn_result *d)
{
    for (int i = 0; i < PA_DRAWN_TABLES; i++) d->table_list[i] = d->tables + i;
    d->list_list[0] = &d->mcc;
    d->store_list[0] = &d->forest;
    d->content = (pa_result){.tables = d->table_list,
                             .n_tables = PA_DRAWN_TABLES,
                             .lists = d->list_list,
                             .n_lists = 1,
                             .stores = d->store_list,
                             .n_stores = 1,
                             .texts = texts,
                             .n_texts = 2,
                             .attributes = attributes,
                             .n_attributes = 4};
}

static pa_status draw_all(pa_drawn_result *d, int64_t rows, int rank, int size, pa_error *err)
{
    bool last = rank == size - 1;
    int64_t first = pa_drawn_first(rows, rank, size), until = pa_drawn_first(rows, rank + 1, size);
    PA_TRY(pa_draw_table(d->tables + 0, "transactions", "All transactions", first, until - first,
                         rows, err));
    PA_TRY(
        pa_draw_table(d->tables + 1, "graph/edges", "Who bought where", 0, last ? 10 : 0, 10, err));
    PA_TRY(pa_draw_table(d->tables + 2, "rejects", "Rows that could not be used", 0, 0, 0, err));
    PA_TRY(draw_mcc(&d->mcc, rank == 0, err));
    return draw_forest(&d->forest, rank, size, err);
}

pa_status pa_draw_result(pa_comm *comm, int64_t rows, pa_drawn_result *drawn, pa_error *err)
{
    *drawn = (pa_drawn_result){0};
    gather(drawn);
    return draw_all(drawn, rows, pa_comm_rank(comm), pa_comm_size(comm), err);
}

void pa_drawn_free(pa_drawn_result *drawn)
{
    for (int i = 0; i < PA_DRAWN_TABLES; i++) pa_table_free(drawn->tables + i);
    pa_table_free(&drawn->mcc);
    pa_store_free(&drawn->forest);
}
