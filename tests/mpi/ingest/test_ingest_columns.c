/* Drawn portfolios with any of the columns that an input may have, and with ids
 * that repeat, against a twin that keeps all rows in one place, looks names up
 * one by one and compares every id with every other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/csv/csv.h"
#include "paraudit/ingest/ingest.h"

enum { N_FILES = 3, N_ROWS = 330, N_SHARDS = 160, NAME = 80 };

typedef enum { DENSE, SPARSE, ASCENDING, TEXT, NONE } ids;

typedef struct {
    ids ids;
    bool account, merchant, label, label_time, coded[PA_CSV_N_CODED], places, numeric;
} portfolio;

typedef struct {
    int64_t tx, time, minor, label_time, line;
    int32_t file, label;
    char id[NAME], account[NAME], merchant[NAME], coded[PA_CSV_N_CODED][NAME];
    double place[PA_CSV_N_PLACES];
    float numeric[2];
    int32_t account_code, merchant_code, code[PA_CSV_N_CODED];
} row;

typedef struct {
    int32_t n;
    char name[N_ROWS][NAME];
} name_set;

typedef struct {
    int32_t n, n_rejected;
    row kept[N_ROWS]; /* in the order of the table */
    row rejected[N_ROWS];
    name_set accounts, merchants, coded[PA_CSV_N_CODED];
} twin;

/* ---- drawing ---- */

static uint64_t state;

static int draw(int n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (int)((state >> 33) % (uint64_t)n);
}

static void draw_id(const portfolio *p, int i, row *r)
{
    int k = draw(400);
    switch (p->ids) {
    case DENSE:
        r->tx = k - 100;
        break;
    case SPARSE:
        r->tx = (int64_t)(k - 200) * 45035996273705;
        break;
    case ASCENDING:
        r->tx = i;
        break;
    case TEXT: /* some begin with others; in no order */
        snprintf(r->id, NAME, "%.*s%d", k % 4, "T-\"", k / 3);
        r->tx = (int64_t)(XXH3_64bits(r->id, strlen(r->id)) & INT64_MAX);
        break;
    case NONE:
        r->tx = (int64_t)r->file << 40 | r->line;
        break;
    }
    if (p->ids != TEXT) snprintf(r->id, NAME, "%lld", (long long)r->tx);
}

static row draw_row(const portfolio *p, int i)
{
    row r = {.file = i * N_FILES / N_ROWS};
    r.line = i - (r.file * N_ROWS + N_FILES - 1) / N_FILES + 2;
    r.time = 1522540800 + draw(40) * 3600;
    r.minor = draw(5000) - 500;
    r.label = p->label ? draw(3) - 1 : -1;
    r.label_time = draw(2) ? 1522540800 + draw(90) * 86400 : INT64_MIN;
    draw_id(p, i, &r);
    if (p->account)
        snprintf(r.account, NAME, "acc %d", draw(30) * 7);
    else
        snprintf(r.account, NAME, "%s", r.id);
    if (p->merchant)
        snprintf(r.merchant, NAME, "m%d", draw(150));
    else
        snprintf(r.merchant, NAME, "none");
    /* Few channels, and more categories than fit into a byte. */
    for (int c = 0; c < PA_CSV_N_CODED; c++) {
        int k = draw(c == PA_CSV_CATEGORY ? 300 : 5);
        if (k) snprintf(r.coded[c], NAME, "%c%d", 'z' - c, k);
    }
    for (int c = 0; c < PA_CSV_N_PLACES; c++) r.place[c] = draw(6) ? draw(720) / 8.0 : (double)NAN;
    for (int c = 0; c < 2; c++) r.numeric[c] = (float)draw(1000) / 16 - 9;
    return r;
}

/* ---- the twin ---- */

static int by_shard_and_name(const void *a, const void *b)
{
    const char *x = a, *y = b;
    int32_t s = pa_shard_of(x, strlen(x), N_SHARDS), t = pa_shard_of(y, strlen(y), N_SHARDS);
    return s != t ? (s < t ? -1 : 1) : strcmp(x, y);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(a, b);
}

static int32_t place_of(const char *name, const name_set *set)
{
    for (int32_t i = 0; i < set->n; i++) {
        if (strcmp(set->name[i], name) == 0) return i;
    }
    return -1;
}

static void fill_set(const twin *t, size_t offset, int (*order)(const void *, const void *),
                     name_set *set)
{
    for (int i = 0; i < t->n; i++) {
        const char *name = (const char *)&t->kept[i] + offset;
        if (*name && place_of(name, set) < 0) snprintf(set->name[set->n++], NAME, "%s", name);
    }
    qsort(set->name, (size_t)set->n, NAME, order);
}

static int by_account_time_id(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->account_code != y->account_code) return x->account_code < y->account_code ? -1 : 1;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    if (x->tx != y->tx) return x->tx < y->tx ? -1 : 1;
    return strcmp(x->id, y->id);
}

static void add_row(twin *t, const portfolio *p, const row *r)
{
    bool again = false;
    for (int k = 0; k < t->n && p->ids != NONE; k++) again |= strcmp(t->kept[k].id, r->id) == 0;
    if (again)
        t->rejected[t->n_rejected++] = *r;
    else
        t->kept[t->n++] = *r;
}

static twin *make_twin(const portfolio *p, const row drawn[N_ROWS])
{
    twin *t = calloc(1, sizeof *t);
    for (int i = 0; i < N_ROWS; i++) add_row(t, p, &drawn[i]);
    fill_set(t, offsetof(row, account), by_shard_and_name, &t->accounts);
    fill_set(t, offsetof(row, merchant), by_shard_and_name, &t->merchants);
    for (int c = 0; c < PA_CSV_N_CODED; c++) {
        fill_set(t, offsetof(row, coded) + (size_t)c * NAME, by_bytes, &t->coded[c]);
    }
    for (int i = 0; i < t->n; i++) {
        row *r = &t->kept[i];
        r->account_code = place_of(r->account, &t->accounts);
        r->merchant_code = place_of(r->merchant, &t->merchants);
        for (int c = 0; c < PA_CSV_N_CODED; c++) r->code[c] = place_of(r->coded[c], &t->coded[c]);
    }
    qsort(t->kept, (size_t)t->n, sizeof *t->kept, by_account_time_id);
    return t;
}

/* ---- files ---- */

static void write_text(const char *name, const char *text)
{
    pa_test_folder();
    if (pa_comm_rank(pa_test_comm()) == 0) {
        FILE *f = pa_test_create(name);
        fputs(text, f);
        fclose(f);
    }
    pa_barrier(pa_test_comm());
}

static void write_header(FILE *f, const portfolio *p)
{
    fputs("time,amount", f);
    if (p->ids != NONE) fputs(",tx", f);
    if (p->account) fputs(",account", f);
    if (p->merchant) fputs(",merchant", f);
    if (p->label) fputs(",label", f);
    if (p->label_time) fputs(",known", f);
    for (int c = 0; c < PA_CSV_N_CODED; c++) {
        if (p->coded[c]) fprintf(f, ",%s", pa_csv_coded_names[c]);
    }
    for (int c = 0; c < PA_CSV_N_PLACES && p->places; c++) fprintf(f, ",%s", pa_csv_place_names[c]);
    fputs(p->numeric ? ",V 1,V-2\n" : "\n", f);
}

static void write_id(FILE *f, const char *id)
{
    fputs(",\"", f);
    for (; *id; id++) fputs(*id == '"' ? "\"\"" : (char[]){*id, 0}, f);
    putc('"', f);
}

static void write_row(FILE *f, const portfolio *p, const row *r)
{
    int64_t minor = r->minor;
    fprintf(f, "%lld,%s%lld.%02lld", (long long)r->time, minor < 0 ? "-" : "", llabs(minor) / 100,
            llabs(minor) % 100);
    if (p->ids != NONE) write_id(f, r->id);
    if (p->account) fprintf(f, ",%s", r->account);
    if (p->merchant) fprintf(f, ",%s", r->merchant);
    if (p->label) fprintf(f, ",%s", r->label < 0 ? "" : r->label ? "1" : "0");
    if (p->label_time && r->label_time == INT64_MIN) fputs(",", f);
    if (p->label_time && r->label_time != INT64_MIN) fprintf(f, ",%lld", (long long)r->label_time);
    for (int c = 0; c < PA_CSV_N_CODED; c++) {
        if (p->coded[c]) fprintf(f, ",%s", r->coded[c]);
    }
    for (int c = 0; c < PA_CSV_N_PLACES && p->places; c++) {
        if (isnan(r->place[c]))
            fputs(",", f);
        else
            fprintf(f, ",%.3f", r->place[c]);
    }
    if (p->numeric) fprintf(f, ",%.4f,%.4f", (double)r->numeric[0], (double)r->numeric[1]);
    putc('\n', f);
}

static void write_files(const portfolio *p, const row drawn[N_ROWS])
{
    FILE *f = NULL;
    pa_test_folder();
    for (int i = 0; i < N_ROWS && pa_comm_rank(pa_test_comm()) == 0; i++) {
        if (i == 0 || drawn[i].file != drawn[i - 1].file) {
            char name[16];
            snprintf(name, sizeof name, "p%d.csv", drawn[i].file);
            if (f) fclose(f);
            f = pa_test_create(name);
            write_header(f, p);
        }
        write_row(f, p, &drawn[i]);
    }
    if (f) fclose(f);
    pa_barrier(pa_test_comm());
}

/* ---- running and comparing ---- */

static pa_status run(const char *files, const char *more, pa_ingest *g, pa_error *err)
{
    static const pa_option_spec *const tables[] = {pa_ingest_options};
    pa_config *config = NULL;
    char text[2000];
    snprintf(
        text, sizeof text,
        "[input]\nfiles = %s/%s\nmax_reject_share = 1\nkind = kind|\n%s\n[table]\nshards = %d\n",
        pa_test_folder(), files, more, N_SHARDS);
    pa_status st = pa_config_new(tables, 1, &config, err);
    if (st == PA_OK) st = pa_config_read_text(config, text, "test", "file", err);
    if (st == PA_OK) st = pa_ingest_read(pa_test_comm(), config, NULL, g, err);
    pa_config_free(config);
    return st;
}

static bool same_text(const pa_column *c, size_t i, const char *text)
{
    char value[NAME + 1] = "";
    size_t width = (size_t)c->spec.width;
    if (width > NAME) return false;
    memcpy(value, (const char *)c->data + i * width, width);
    return strcmp(value, text) == 0;
}

static int wrong_names(const pa_table *t, const char *column, const name_set *set)
{
    const pa_column *c = pa_table_find(t, column);
    int wrong = !c || t->n_global != set->n;
    for (size_t i = 0; i < t->n_rows && !wrong; i++)
        wrong += !same_text(c, i, set->name[t->first_row + (int64_t)i]);
    return wrong;
}

static int wrong_lists(const pa_ingest *g, const portfolio *p, const twin *t)
{
    size_t n = 0;
    int wrong = 0;
    for (int c = 0; c < PA_CSV_N_CODED; c++) {
        char name[40];
        snprintf(name, sizeof name, "categories/%s", pa_csv_coded_names[c]);
        if (!p->coded[c]) continue;
        wrong += n >= g->n_lists || strcmp(g->lists[n].name, name) != 0 ||
                 wrong_names(&g->lists[n], pa_csv_coded_names[c], &t->coded[c]);
        n++;
    }
    return wrong + (n != g->n_lists);
}

/* A column that the portfolio has and the table has not, or the other way round. */
static int wrong_columns(const pa_table *t, const portfolio *p)
{
    int wrong = !pa_table_find(t, "tx_id") != (p->ids != TEXT);
    for (int c = 0; c < PA_CSV_N_CODED; c++)
        wrong += !pa_table_find(t, pa_csv_coded_names[c]) != !p->coded[c];
    for (int c = 0; c < PA_CSV_N_PLACES; c++)
        wrong += !pa_table_find(t, pa_csv_place_names[c]) != !p->places;
    wrong += !pa_table_find(t, "input_V_1") != !p->numeric;
    wrong += !pa_table_find(t, "input_V_2") != !p->numeric;
    return wrong + (!pa_table_find(t, "label_time") != !p->label_time);
}

static int wrong_more(const pa_table *t, const portfolio *p, size_t i, const row *r)
{
    int wrong = 0;
    if (p->ids == TEXT) wrong += !same_text(pa_table_find(t, "tx_id"), i, r->id);
    if (p->label_time) wrong += pa_i64(t, "label_time")[i] != r->label_time;
    for (int c = 0; c < PA_CSV_N_CODED; c++) {
        if (!p->coded[c]) continue;
        wrong += pa_code_at(pa_table_find(t, pa_csv_coded_names[c]), i) != r->code[c];
    }
    for (int c = 0; c < PA_CSV_N_PLACES && p->places; c++) {
        double v = pa_f64(t, pa_csv_place_names[c])[i];
        wrong += isnan(r->place[c]) ? !isnan(v) : v != r->place[c];
    }
    if (p->numeric) wrong += pa_f32(t, "input_V_1")[i] != r->numeric[0];
    if (p->numeric) wrong += pa_f32(t, "input_V_2")[i] != r->numeric[1];
    return wrong;
}

static int wrong_rows(const pa_table *t, const portfolio *p, const twin *book)
{
    int wrong = wrong_columns(t, p) + (t->n_global != book->n);
    for (size_t i = 0; i < t->n_rows && !wrong; i++) {
        const row *r = &book->kept[t->first_row + (int64_t)i];
        wrong += pa_i64(t, "tx")[i] != r->tx || pa_i64(t, "time")[i] != r->time ||
                 pa_i64(t, "amount_minor")[i] != r->minor || pa_i8(t, "label")[i] != r->label ||
                 pa_i32(t, "account")[i] != r->account_code ||
                 pa_i32(t, "merchant")[i] != r->merchant_code ||
                 pa_f64(t, "amount")[i] != (double)r->minor / 100;
        wrong += wrong_more(t, p, i, r);
    }
    return wrong;
}

static int wrong_rejects(const pa_ingest *g, const twin *book)
{
    const pa_table *t = &g->rejects;
    int wrong = t->n_global != book->n_rejected || g->rows_duplicate != book->n_rejected ||
                g->rows_rejected != book->n_rejected || g->rows_read != N_ROWS;
    for (size_t i = 0; i < t->n_rows && !wrong; i++) {
        const row *r = &book->rejected[t->first_row + (int64_t)i];
        wrong += pa_i32(t, "file")[i] != r->file || pa_i64(t, "line")[i] != r->line ||
                 pa_i8(t, "reason")[i] != PA_REJECT_DUPLICATE;
    }
    for (int f = 0; f < N_FILES && g->inputs.n_rows && !wrong; f++) {
        int64_t n = 0;
        for (int i = 0; i < book->n_rejected; i++) n += book->rejected[i].file == f;
        wrong += pa_i64(&g->inputs, "rejected")[f] != n;
        wrong += pa_i64(&g->inputs, "rows")[f] != N_ROWS / N_FILES - n;
    }
    return wrong;
}

static void check(const portfolio *p, const row drawn[N_ROWS], const char *sizes)
{
    pa_ingest g;
    pa_error err = {0};
    char more[400];
    twin *book = make_twin(p, drawn);
    snprintf(more, sizeof more, "%s%s%s%s%s%s\n%s", p->ids == NONE ? "tx =\n" : "",
             p->ids == TEXT ? "tx_text = yes\n" : "", p->account ? "" : "account =\n",
             p->merchant ? "" : "merchant =\n", p->label ? "" : "label =\n",
             p->label_time ? "label_time = known\n" : "", p->numeric ? "numeric = V*\n" : "");
    strncat(more, sizes, sizeof more - strlen(more) - 1);
    pa_status st = run("p*.csv", more, &g, &err);
    CU_ASSERT_EQUAL(st, PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    if (st == PA_OK) {
        CU_ASSERT_EQUAL(wrong_rows(&g.transactions, p, book), 0);
        CU_ASSERT_EQUAL(wrong_names(&g.accounts, "id", &book->accounts), 0);
        CU_ASSERT_EQUAL(wrong_names(&g.merchants, "id", &book->merchants), 0);
        CU_ASSERT_EQUAL(wrong_lists(&g, p, book), 0);
        CU_ASSERT_EQUAL(wrong_rejects(&g, book), 0);
        pa_ingest_free(&g);
    }
    free(book);
}

static void check_drawn(const portfolio *p, uint64_t seed)
{
    static const char *const sizes[] = {"", "[io]\nblock = 50\nread_buffer = 70\n"};
    row *drawn = malloc(N_ROWS * sizeof *drawn);
    state = seed;
    for (int i = 0; i < N_ROWS; i++) drawn[i] = draw_row(p, i);
    write_files(p, drawn);
    for (size_t i = 0; i < 2; i++) {
        pa_comm_set_piece(pa_test_comm(), i ? 40 : PA_PIECE_DEFAULT);
        check(p, drawn, sizes[i]);
    }
    free(drawn);
}

static const portfolio everything = {.account = true,
                                     .merchant = true,
                                     .label = true,
                                     .label_time = true,
                                     .coded = {true, true, true, true, true},
                                     .places = true,
                                     .numeric = true};

static void test_all_columns_are_those_of_the_twin(void)
{
    for (ids kind = DENSE; kind <= NONE; kind++) {
        portfolio p = everything;
        p.ids = kind;
        check_drawn(&p, 1 + (uint64_t)kind);
    }
}

static void test_any_column_may_be_missing(void)
{
    const portfolio plain = {.ids = DENSE, .account = true, .merchant = true};
    portfolio p = plain;
    check_drawn(&p, 11);
    p.account = false;
    check_drawn(&p, 12);
    p.ids = TEXT;
    check_drawn(&p, 13);
    p.merchant = false;
    p.coded[PA_CSV_CURRENCY] = true;
    check_drawn(&p, 14);
    p.ids = NONE;
    p.numeric = true;
    check_drawn(&p, 15);
    p = plain;
    p.ids = SPARSE;
    p.places = p.coded[PA_CSV_COUNTRY] = p.coded[PA_CSV_KIND] = true;
    check_drawn(&p, 16);
}

/* ---- messages ---- */

static void check_failure(const char *files, const char *more, pa_status expected,
                          const char *message)
{
    pa_ingest g;
    pa_error err = {0};
    CU_ASSERT_EQUAL(run(files, more, &g, &err), expected);
    CU_ASSERT_STRING_EQUAL(err.message, message);
    if (strcmp(err.message, message) != 0) fprintf(stderr, "got: %s\n", err.message);
}

static void test_files_with_different_columns_are_refused(void)
{
    write_text("d1.csv", "tx,account,time,amount,merchant,channel\n1,a,5,1,m,x\n");
    write_text("d2.csv", "tx,account,time,amount,merchant\n2,a,5,1,m\n");
    check_failure("d[12].csv", "label =\n", PA_E_DATA,
                  "d2.csv: d1.csv has a column for input.channel and d2.csv has none: all files "
                  "must have the same columns");
    write_text("e1.csv", "tx,account,time,amount,merchant,V1,V2\n1,a,5,1,m,1,2\n");
    write_text("e2.csv", "tx,account,time,amount,merchant,V1,V3\n2,a,5,1,m,1,2\n");
    check_failure("e[12].csv", "label =\nnumeric = V*\n", PA_E_DATA,
                  "e2.csv: the further columns of numbers (input.numeric) are not those of e1.csv: "
                  "'V3' in place of 'V2'");
    write_text("f1.csv", "tx,account,time,amount,merchant,home_lat\n1,a,5,1,m,4\n");
    check_failure("f1.csv", "label =\n", PA_E_DATA,
                  "f1.csv: there is a column for input.home_lat and none for input.home_lon: name "
                  "both or neither");
    write_text("g1.csv", "tx,account,time,amount,merchant,a b,a-b\n1,a,5,1,m,4,5\n");
    check_failure("g1.csv", "label =\nnumeric = a*b\n", PA_E_DATA,
                  "input.numeric: column 'a b' of the input and column 'a-b' would both be named "
                  "input_a_b in the result");
    write_text("h1.csv", "tx,account,time,amount,merchant\n1,a,5,1,m\n");
    write_text("h2.csv", "account,time,amount,merchant\na,5,1,m\n");
    check_failure("h[12].csv", "label =\ntx = tx|\n", PA_E_DATA,
                  "h2.csv: h1.csv has a column for input.tx and h2.csv has none: all files must "
                  "have the same columns");
}

static void test_a_blown_budget_names_the_first_double(void)
{
    write_text("a.csv", "tx,account,time,amount,merchant\n1,a,5,1,m\n17,a,5,1,m\n2,a,5,1,m\n");
    write_text("b.csv", "tx,account,time,amount,merchant\n3,a,5,1,m\n4,a,5,1,m\n17,b,5,1,m\n"
                        "17,a,5,1,m\n5,a,x,1,m\n");
    check_failure("[ab].csv", "label =\nmax_rejects = 2\n", PA_E_DATA,
                  "b.csv:4: transaction id '17' is that of a.csv:3 already (and 2 more rejected "
                  "rows; input.max_rejects is 2)");
    check_failure("[ab].csv", "label =\nmax_rejects = 2\ntx_text = yes\n[io]\nblock = 9\n",
                  PA_E_DATA,
                  "b.csv:4: transaction id '17' is that of a.csv:3 already (and 2 more rejected "
                  "rows; input.max_rejects is 2)");
    write_text("c.csv", "tx,account,time,amount,merchant\n3,a,5,x,m\n4,a,5,1,m\n4,b,5,1,m\n");
    check_failure("c.csv", "label =\nmax_rejects = 0\n", PA_E_DATA,
                  "c.csv:2: amount 'x' is not a number (and 1 more rejected rows; "
                  "input.max_rejects is 0)");
}

/* Four names: one rank meets them all, of several none does. */
static void test_more_names_than_a_list_may_have_are_refused(void)
{
    write_text("k.csv", "tx,account,time,amount,merchant,channel\n1,a,5,1,m,x\n2,a,5,1,m,y\n"
                        "3,a,5,1,m,z\n4,a,5,1,m,\n5,a,5,1,m,u\n6,a,5,1,m,x\n");
    const char *message = "input.channel: the column has more than 3 different names "
                          "(input.max_codes): does it name kinds of transactions?";
    check_failure("k.csv", "label =\nmax_codes = 3\n[io]\nblock = 1\n", PA_E_DATA, message);
    check_failure("k.csv", "label =\nmax_codes = 3\n", PA_E_DATA, message);
    pa_ingest g;
    pa_error err = {0};
    CU_ASSERT_EQUAL(run("k.csv", "label =\nmax_codes = 4\n", &g, &err), PA_OK);
    CU_ASSERT_EQUAL(g.lists[0].n_global, 4);
    pa_ingest_free(&g);
}

static const pa_test tests[] = {
    {"all columns are those of the twin", test_all_columns_are_those_of_the_twin},
    {"any column may be missing", test_any_column_may_be_missing},
    {"files with different columns are refused", test_files_with_different_columns_are_refused},
    {"more names than a list may have are refused",
     test_more_names_than_a_list_may_have_are_refused},
    {"a blown budget names the first double", test_a_blown_budget_names_the_first_double},
};
PA_MPI_TEST_MAIN("ingest_columns", tests)
