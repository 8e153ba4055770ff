#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/csv/csv.h"
#include "paraudit/ingest/ingest.h"

enum { N_ROWS = 400, N_ACCOUNTS = 40, N_MERCHANTS = 25, N_SHARDS = 160, N_BAD = 5 };

/* ---- the book: the same on every rank ------------------------------------------ */

typedef struct {
    int64_t tx, time, minor;
    int label;
    char account[80], merchant[80];
    int32_t account_shard;
    int32_t account_code, merchant_code;
} row;

static void name_account(int i, char name[80])
{
    if (i % 10 == 3)
        snprintf(name, 80, "Ltd \"%d\", two\nlines, \"quoted\"", i);
    else
        snprintf(name, 80, "acc-%d", i * 37 % 101);
}

static void name_merchant(int i, char name[80])
{
    if (i % 7 == 2)
        snprintf(name, 80, "a merchant\n\n\nover lines,, and \"\"quotes\"\" %d", i);
    else
        snprintf(name, 80, "m%d", i);
}

/* Times tie and cross midnight; transaction ids are not in the order of time. */
static void make_book(row book[N_ROWS])
{
    for (int i = 0; i < N_ROWS; i++) {
        row *r = &book[i];
        *r = (row){.tx = (int64_t)i * 7919 % 10007, .label = i % 5 == 0 ? -1 : i % 17 == 0};
        r->time = 1522540800 + (int64_t)(i * 131 % 97) * 3000;
        r->minor = i % 11 == 0 ? -(int64_t)i : (int64_t)i * 1237 % 100000;
        name_account(i * i % N_ACCOUNTS, r->account);
        name_merchant(i * 3 % N_MERCHANTS, r->merchant);
        r->account_shard = pa_shard_of(r->account, strlen(r->account), N_SHARDS);
    }
}

static int by_shard_and_name(const void *a, const void *b)
{
    const char *x = a, *y = b;
    int32_t s = pa_shard_of(x, strlen(x), N_SHARDS), t = pa_shard_of(y, strlen(y), N_SHARDS);
    return s != t ? (s < t ? -1 : 1) : strcmp(x, y);
}

static int by_account_time_tx(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->account_code != y->account_code) return x->account_code < y->account_code ? -1 : 1;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return x->tx < y->tx ? -1 : x->tx > y->tx;
}

/* The sorted set of the names at `offset` of each row. */
static int32_t name_set(const row book[], size_t offset, char set[][80])
{
    char(*all)[80] = malloc(N_ROWS * sizeof *all);
    int32_t n = 0;
    for (int i = 0; i < N_ROWS; i++) memcpy(all[i], (const char *)&book[i] + offset, 80);
    qsort(all, N_ROWS, sizeof *all, by_shard_and_name);
    for (int i = 0; i < N_ROWS; i++) {
        if (n == 0 || strcmp(set[n - 1], all[i]) != 0) memcpy(set[n++], all[i], 80);
    }
    free(all);
    return n;
}

static int32_t place_of(const char *name, int32_t n, char set[][80])
{
    for (int32_t i = 0; i < n; i++) {
        if (strcmp(set[i], name) == 0) return i;
    }
    return -1;
}

typedef struct {
    row row[N_ROWS]; /* as the table must have them */
    int32_t n_accounts, n_merchants;
    char account[N_ROWS][80], merchant[N_ROWS][80];
} twin;

/* The slow way: all rows in one place, names looked up one by one, one sort. */
static twin *make_twin(void)
{
    twin *t = calloc(1, sizeof *t);
    make_book(t->row);
    t->n_accounts = name_set(t->row, offsetof(row, account), t->account);
    t->n_merchants = name_set(t->row, offsetof(row, merchant), t->merchant);
    for (int i = 0; i < N_ROWS; i++) {
        t->row[i].account_code = place_of(t->row[i].account, t->n_accounts, t->account);
        t->row[i].merchant_code = place_of(t->row[i].merchant, t->n_merchants, t->merchant);
    }
    qsort(t->row, N_ROWS, sizeof *t->row, by_account_time_tx);
    return t;
}

/* ---- files, written by rank 0 ------------------------------------------------- */

static void write_quoted(FILE *f, const char *name)
{
    if (!strpbrk(name, ",\"\n")) {
        fputs(name, f);
        return;
    }
    putc('"', f);
    for (; *name; name++) fputs(*name == '"' ? "\"\"" : (char[]){*name, 0}, f);
    putc('"', f);
}

static void write_row(FILE *f, const row *r, const char *line_end)
{
    int64_t day = r->time / 86400, clock = r->time % 86400;
    fprintf(f, "%lld,", (long long)r->tx);
    write_quoted(f, r->account);
    /* All of the book's days lie in April 2018, which began on day 17622. */
    fprintf(f, ",2018-04-%02d %02d:%02d:%02d,%s%lld.%02lld,", (int)(day - 17622 + 1),
            (int)(clock / 3600), (int)(clock / 60 % 60), (int)(clock % 60), r->minor < 0 ? "-" : "",
            llabs(r->minor) / 100, llabs(r->minor) % 100);
    write_quoted(f, r->merchant);
    fprintf(f, ",%s%s", r->label < 0 ? "" : r->label ? "1" : "0", line_end);
}

static const char header[] = "tx,account,time,amount,merchant,label\n";

/* Rows from .. to of the book, in the order that `stride`, prime to N_ROWS, gives. */
static void write_rows(const char *name, const row book[], int from, int to, int stride,
                       const char *line_end)
{
    FILE *f = pa_test_create(name);
    fputs(header, f);
    for (int i = from; i < to; i++) write_row(f, &book[i * stride % N_ROWS], line_end);
    fclose(f);
}

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

/* The book as one file, shuffled, with DOS line ends, and cut into three. */
static void write_books(void)
{
    row *book = malloc(N_ROWS * sizeof *book);
    make_book(book);
    pa_test_folder();
    if (pa_comm_rank(pa_test_comm()) == 0) {
        write_rows("one.csv", book, 0, N_ROWS, 1, "\n");
        write_rows("shuffled.csv", book, 0, N_ROWS, 333, "\n");
        write_rows("dos.csv", book, 0, N_ROWS, 7, "\r\n");
        write_rows("part-1.csv", book, 0, 3, 1, "\n");
        write_rows("part-2.csv", book, 3, 3, 1, "\n");
        write_rows("part-3.csv", book, 3, N_ROWS, 1, "\n");
    }
    free(book);
    pa_barrier(pa_test_comm());
}

/* ---- running ---------------------------------------------------------------------- */

static pa_config *configure(const char *files, const char *more)
{
    static const pa_option_spec *const tables[] = {pa_ingest_options};
    pa_config *config = NULL;
    pa_error err = {0};
    char text[2000];
    snprintf(text, sizeof text, "[input]\nfiles = %s\n[table]\nshards = %d\n", files, N_SHARDS);
    if (pa_config_new(tables, 1, &config, &err) != PA_OK ||
        pa_config_read_text(config, text, "test", "preset", &err) != PA_OK ||
        pa_config_read_text(config, more, "test", "file", &err) != PA_OK) {
        fprintf(stderr, "%s\n", err.message);
        abort();
    }
    return config;
}

/* names: of files in the folder, separated by blanks. */
static pa_status run(const char *names, const char *more, pa_ingest *g, pa_error *err)
{
    char files[1000] = "", list[500], *rest = list;
    snprintf(list, sizeof list, "%s", names);
    for (char *name; (name = strtok_r(rest, " ", &rest));) {
        size_t n = strlen(files);
        snprintf(files + n, sizeof files - n, " %s/%s", pa_test_folder(), name);
    }
    pa_config *config = configure(files, more);
    pa_status st = pa_ingest_read(pa_test_comm(), config, NULL, g, err);
    pa_config_free(config);
    return st;
}

/* Values of this rank's slice of the table that are not the twin's. */
static int wrong_rows(const pa_table *t, const twin *book)
{
    const int64_t *tx = pa_i64(t, "tx"), *when = pa_i64(t, "time"),
                  *minor = pa_i64(t, "amount_minor");
    const int32_t *account = pa_i32(t, "account"), *merchant = pa_i32(t, "merchant");
    const int8_t *label = pa_i8(t, "label");
    const double *amount = pa_f64(t, "amount");
    int wrong = t->n_global != N_ROWS || t->first_row + (int64_t)t->n_rows > N_ROWS;
    for (size_t i = 0; i < t->n_rows && !wrong; i++) {
        const row *r = &book->row[t->first_row + (int64_t)i];
        wrong += tx[i] != r->tx || when[i] != r->time || minor[i] != r->minor ||
                 label[i] != r->label || account[i] != r->account_code ||
                 merchant[i] != r->merchant_code || amount[i] != (double)r->minor / 100;
    }
    return wrong;
}

static int wrong_names(const pa_table *t, int32_t n, const char set[][80])
{
    const pa_column *id = pa_table_find(t, "id");
    int wrong = t->n_global != n;
    for (size_t i = 0; i < t->n_rows && !wrong; i++) {
        char name[81] = "";
        memcpy(name, (const char *)id->data + i * (size_t)id->spec.width, (size_t)id->spec.width);
        wrong += strcmp(name, set[t->first_row + (int64_t)i]) != 0;
    }
    return wrong;
}

/* Each shard's rows lie where the partition says, and this rank holds its share. */
static int wrong_shards(const pa_ingest *g, const twin *book)
{
    int rank = pa_comm_rank(pa_test_comm()), wrong = 0;
    for (int i = 0; i < N_ROWS; i++) {
        int32_t s = book->row[i].account_shard;
        wrong += i < g->shards->first[s] || i >= g->shards->first[s + 1];
    }
    wrong += g->transactions.first_row != pa_first_row(g->shards, rank);
    wrong += g->transactions.n_rows != pa_row_count(g->shards, rank);
    wrong += g->accounts.n_rows != pa_row_count(g->account_shards, rank);
    wrong += g->merchants.n_rows != pa_row_count(g->merchant_shards, rank);
    for (int r = 0; r <= g->shards->n_ranks; r++) {
        wrong += g->shards->cut[r] != g->account_shards->cut[r];
    }
    return wrong;
}

static int differences(const pa_ingest *g, const twin *book)
{
    return wrong_rows(&g->transactions, book) + wrong_shards(g, book) +
           wrong_names(&g->accounts, book->n_accounts, (const char(*)[80])book->account) +
           wrong_names(&g->merchants, book->n_merchants, (const char(*)[80])book->merchant);
}

static int64_t sum(int64_t v)
{
    pa_sum_i64(pa_test_comm(), &v, 1);
    return v;
}

/* ---- tests -------------------------------------------------------------------------- */

static void check_book(const char *names, const char *more, const twin *book)
{
    pa_ingest g;
    pa_error err = {0};
    pa_status st = run(names, more, &g, &err);
    CU_ASSERT_EQUAL(st, PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    if (st != PA_OK) return;
    CU_ASSERT_EQUAL(differences(&g, book), 0);
    CU_ASSERT_EQUAL(g.rows_read, N_ROWS);
    CU_ASSERT_EQUAL(g.rows_rejected, 0);
    CU_ASSERT_EQUAL(sum((int64_t)g.transactions.n_rows), N_ROWS);
    CU_ASSERT_EQUAL(sum((int64_t)g.accounts.n_rows), book->n_accounts);
    CU_ASSERT_EQUAL(sum((int64_t)g.merchants.n_rows), book->n_merchants);
    CU_ASSERT_EQUAL(g.first_time, 1522540800);
    CU_ASSERT_EQUAL(g.last_time, 1522540800 + 96 * 3000);
    pa_ingest_free(&g);
}

static void test_any_block_and_buffer_give_the_twins_tables(void)
{
    static const char *const sizes[] = {
        "",
        "[io]\nblock = 1\nread_buffer = 1\n",
        "[io]\nblock = 1\nread_buffer = 4096\n",
        "[io]\nblock = 7\nread_buffer = 13\n",
        "[io]\nblock = 1000\nread_buffer = 100\n",
        "[io]\nblock = 3k\nread_buffer = 64k\n",
    };
    twin *t = make_twin();
    write_books();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) check_book("one.csv", sizes[i], t);
    free(t);
}

static void test_order_of_rows_and_cuts_into_files_do_not_matter(void)
{
    static const char cut[] = "[io]\nblock = 5\nread_buffer = 50\n";
    twin *t = make_twin();
    write_books();
    check_book("shuffled.csv", cut, t);
    check_book("dos.csv", cut, t);
    check_book("part-3.csv part-1.csv part-2.csv", cut, t);
    check_book("part-*.csv", "", t);
    check_book("part-[123].csv part-1.csv", cut, t);
    free(t);
}

/* One account has nearly all bytes of the file, in one quoted field:
 *
 *     tx,account,...        |- rank 0 -|- rank 1 -|- rank 2 -|
 *     1,a,...               1,a,..,"xxxxxxxxxxxxxxxx\n\nxxxxxx",0
 *     2,a,...                                              2,a,..             */
static void test_a_quote_may_lie_over_all_ranks(void)
{
    pa_test_folder();
    if (pa_comm_rank(pa_test_comm()) == 0) {
        FILE *f = pa_test_create("wide.csv");
        fputs("tx,account,note,time,amount,merchant,label\n1,a,\"", f);
        for (int i = 0; i < 5000; i++) fputs("2,a,b\n\"\"", f);
        fputs("\",2018-04-01,1.00,m,0\n2,a,,2018-04-01,1.00,m,1\nx\n", f);
        fclose(f);
    }
    pa_barrier(pa_test_comm());
    pa_ingest g;
    pa_error err = {0};
    static const char config[] =
        "[io]\nblock = 10\nread_buffer = 100\n[input]\nmax_field_lines = 10000\n";
    CU_ASSERT_EQUAL(run("wide.csv", config, &g, &err), PA_OK);
    CU_ASSERT_EQUAL(g.rows_read, 3);
    CU_ASSERT_EQUAL(g.transactions.n_global, 2);
    CU_ASSERT_EQUAL(g.rejects.n_global, 1);
    /* Line 1 is the header; the first row takes 5001 lines, the second one. */
    if (g.rejects.n_rows) CU_ASSERT_EQUAL(pa_i64(&g.rejects, "line")[0], 5004);
    pa_ingest_free(&g);
}

static void write_bad_rows(void)
{
    write_text("a.csv", "tx,account,time,amount,merchant,label\n"
                        "1,a,2018-04-01,1.00,m,0\n"
                        "2,a,2018-04-01,1.00,m\n"
                        "3,\"a\n\n\",2018-04-01,1.00,m,0\n"
                        "4,a,2018-04-01,abc,m,0\n");
    write_text("b.csv", "label,account,time,amount,merchant,tx\n"
                        ",,2018-04-01,1.00,m,5\n"
                        ",a,2018-04-01,1.00,,6\n" /* no merchant: it stays */
                        ",a,never,1.00,m,7\n"
                        ",a,2018-04-01,1.00,m,8\n"
                        ",a,2018-04-01,1.00,m,x");
}

static void test_rejects_are_listed_by_file_and_line(void)
{
    static const int32_t file[N_BAD] = {0, 0, 1, 1, 1};
    static const int64_t line[N_BAD] = {3, 7, 2, 4, 6};
    static const int8_t reason[N_BAD] = {PA_REJECT_FIELDS, PA_REJECT_AMOUNT, PA_REJECT_NO_ACCOUNT,
                                         PA_REJECT_TIME, PA_REJECT_TX};
    pa_ingest g;
    pa_error err = {0};
    write_bad_rows();
    CU_ASSERT_EQUAL(run("b.csv a.csv",
                        "[input]\nmax_reject_share = 1\n[io]\nblock = 3\nread_buffer = 9\n", &g,
                        &err),
                    PA_OK);
    const pa_table *t = &g.rejects;
    CU_ASSERT_EQUAL(t->n_global, N_BAD);
    CU_ASSERT_EQUAL(sum((int64_t)t->n_rows), N_BAD);
    for (size_t i = 0; i < t->n_rows; i++) {
        size_t k = (size_t)t->first_row + i;
        CU_ASSERT_EQUAL(pa_i32(t, "file")[i], file[k]);
        CU_ASSERT_EQUAL(pa_i64(t, "line")[i], line[k]);
        CU_ASSERT_EQUAL(pa_i8(t, "reason")[i], reason[k]);
    }
    if (g.inputs.n_rows) {
        CU_ASSERT_EQUAL(pa_i64(&g.inputs, "rows")[0], 2);
        CU_ASSERT_EQUAL(pa_i64(&g.inputs, "rows")[1], 2);
        CU_ASSERT_EQUAL(pa_i64(&g.inputs, "rejected")[0], 2);
        CU_ASSERT_EQUAL(pa_i64(&g.inputs, "rejected")[1], 3);
        CU_ASSERT(memcmp(pa_table_find(&g.inputs, "file")->data, "a.csvb.csv", 10) == 0);
    }
    CU_ASSERT_EQUAL(g.inputs.n_rows, pa_comm_rank(pa_test_comm()) == 0 ? 2 : 0);
    CU_ASSERT_EQUAL(g.inputs.n_global, 2);
    CU_ASSERT_EQUAL(g.reject_reasons.n_global, PA_REJECT_N);
    pa_ingest_free(&g);
}

static void test_too_many_rejects_name_the_first_one(void)
{
    pa_ingest g;
    pa_error err = {0};
    write_bad_rows();
    CU_ASSERT_EQUAL(run("a.csv b.csv",
                        "[input]\nmax_rejects = 4\nmax_reject_share = 1\n[io]\nblock = 2\n", &g,
                        &err),
                    PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message,
                           "a.csv:3: 5 fields where the header has 6 (and 4 more rejected "
                           "rows; input.max_rejects is 4)");
    CU_ASSERT_EQUAL(err.file, 1);
    CU_ASSERT_EQUAL(err.line, 3);
    write_text("c.csv", "tx,account,time,amount,merchant,label\n1,a,2018-04-01,abc,m,0\n");
    err = (pa_error){0};
    CU_ASSERT_EQUAL(run("c.csv", "[input]\nmax_rejects = 0\n", &g, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message,
                           "c.csv:2: amount 'abc' is not a number (input.max_rejects is 0)");
}

static void check_failure(const char *names, const char *more, pa_status expected,
                          const char *words)
{
    pa_ingest g;
    pa_error err = {0};
    CU_ASSERT_EQUAL(run(names, more, &g, &err), expected);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, words));
    if (!strstr(err.message, words)) fprintf(stderr, "got: %s\n", err.message);
}

static void test_inputs_that_cannot_be_used_are_explained(void)
{
    write_text("empty.csv", "");
    write_text("bare.csv", header);
    write_text("spoilt.csv", "tx,account,time,amount,merchant,label\n"
                             "1,a,2018-04-01,abc,m,0\n1,a,2018-04-01,x,m,0\n");
    write_text("other.csv", "a,b\n1,2\n");
    write_text("packed.csv", "\x28\xb5\x2f\xfd....");
    write_text("good.csv", "tx,account,time,amount,merchant,label\n1,a,2018-04-01,1,m,0\n");
    check_failure("absent.csv", "", PA_E_NO_INPUT, "/absent.csv: cannot open: No such file");
    check_failure("absent-*.csv", "", PA_E_NO_INPUT, "no file matches '");
    check_failure(".", "", PA_E_NO_INPUT, "is a folder");
    check_failure("empty.csv", "", PA_E_DATA, "empty.csv: the file is empty");
    check_failure("bare.csv", "", PA_E_DATA, "bare.csv: no row behind the names of the columns");
    check_failure("spoilt.csv", "", PA_E_DATA,
                  "spoilt.csv:2: amount 'abc' is not a number (and 1 more rejected rows; no row "
                  "could be used)");
    check_failure("other.csv", "", PA_E_DATA, "other.csv:1: no column 'tx' (input.tx)");
    check_failure("packed.csv", "", PA_E_DATA, "packed.csv: the compressed data ");
    check_failure("good.csv", "[table]\nshards = 31\n", PA_E_CONFIG, "table.shards is 31");
}

static void test_a_file_with_a_header_alone_is_fine_among_others(void)
{
    pa_ingest g;
    pa_error err = {0};
    write_text("bare.csv", header);
    write_text("good.csv", "tx,account,time,amount,merchant\n1,a,2018-04-01,1,m\n");
    write_text("empty.csv", "");
    CU_ASSERT_EQUAL(run("empty.csv good.csv bare.csv", "[input]\nlabel =\n", &g, &err), PA_OK);
    CU_ASSERT_EQUAL(g.inputs.n_global, 2); /* nothing is in a file of no bytes */
    CU_ASSERT_EQUAL(g.transactions.n_global, 1);
    if (g.transactions.n_rows) CU_ASSERT_EQUAL(pa_i8(&g.transactions, "label")[0], -1);
    pa_ingest_free(&g);
}

/* The formula of the header, by other people's code. */
static const char recompute[] =
    "import hashlib, sys\n"
    "H = lambda b: hashlib.sha256(b).digest()\n"
    "def digest(path):\n"
    "    b = open(path, 'rb').read()\n"
    "    return H(b''.join(H(b[i:i + 2**20]) for i in range(0, len(b), 2**20)))\n"
    "files = [digest(p) for p in sys.argv[1:]]\n"
    "print(*[d.hex() for d in files], H(b''.join(files)).hex())\n";

static void ask_python(char digest[3][65])
{
    char command[3000];
    snprintf(command, sizeof command, "/usr/bin/python3 -c \"%s\" %s/big.csv %s/good.csv",
             recompute, pa_test_folder(), pa_test_folder());
    FILE *f = popen(command, "r");
    CU_ASSERT_EQUAL(f ? fscanf(f, "%64s %64s %64s", digest[0], digest[1], digest[2]) : 0, 3);
    if (f) pclose(f);
}

static void write_big_file(void)
{
    pa_test_folder();
    if (pa_comm_rank(pa_test_comm()) != 0) return;
    FILE *f = pa_test_create("big.csv");
    fputs("note,tx,account,time,amount,merchant,label\n", f);
    for (int i = 0; i < 60; i++) {
        for (int k = 0; k < 9000; k++) fprintf(f, "%05d", i * k % 99991);
        fprintf(f, ",%d,a,2018-04-01,1,m,0\n", i);
    }
    fclose(f);
}

static void test_digests_follow_the_formula_for_any_block(void)
{
    static const char *const sizes[] = {"", "[io]\nblock = 1\n",
                                        "[io]\nblock = 600k\nread_buffer = 1000\n",
                                        "[io]\nblock = 3M\nread_buffer = 1500k\n"};
    char expected[3][65] = {"", "", ""};
    write_big_file();
    write_text("good.csv", "tx,account,time,amount,merchant,label\n60,a,2018-04-01,1,m,0\n");
    if (pa_comm_rank(pa_test_comm()) == 0) ask_python(expected);
    pa_broadcast(pa_test_comm(), expected, sizeof expected, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        pa_ingest g;
        pa_error err = {0};
        CU_ASSERT_EQUAL(run("big.csv good.csv", sizes[i], &g, &err), PA_OK);
        CU_ASSERT_STRING_EQUAL(g.input_digest, expected[2]);
        if (g.inputs.n_rows == 2) {
            const char *digest = pa_table_find(&g.inputs, "digest")->data;
            CU_ASSERT(memcmp(digest, expected[0], 64) == 0);
            CU_ASSERT(memcmp(digest + 64, expected[1], 64) == 0);
        }
        CU_ASSERT_EQUAL(g.rows_read, 61);
        pa_ingest_free(&g);
    }
}

/* Times that lie too far apart for account and time to share one sort key. */
static void test_order_holds_over_centuries(void)
{
    char text[4000] = "tx,account,time,amount,merchant,label\n";
    for (int i = 0; i < 60; i++) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%d,account %d,%04d-04-01,1,m,0\n", 60 - i, i % 4,
                 1000 + 389 * i % 1100);
    }
    write_text("old.csv", text);
    pa_ingest g;
    pa_error err = {0};
    CU_ASSERT_EQUAL(run("old.csv", "", &g, &err), PA_OK);
    const int32_t *account = pa_i32(&g.transactions, "account");
    const int64_t *when = pa_i64(&g.transactions, "time");
    int wrong = 0;
    for (size_t i = 1; i < g.transactions.n_rows; i++) {
        wrong +=
            account[i] < account[i - 1] || (account[i] == account[i - 1] && when[i] <= when[i - 1]);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(sum((int64_t)g.transactions.n_rows), 60);
    pa_ingest_free(&g);
}

static const pa_test tests[] = {
    {"any block and buffer give the twin's tables",
     test_any_block_and_buffer_give_the_twins_tables},
    {"order of rows and cuts into files do not matter",
     test_order_of_rows_and_cuts_into_files_do_not_matter},
    {"a quote may lie over all ranks", test_a_quote_may_lie_over_all_ranks},
    {"rejects are listed by file and line", test_rejects_are_listed_by_file_and_line},
    {"too many rejects name the first one", test_too_many_rejects_name_the_first_one},
    {"inputs that cannot be used are explained", test_inputs_that_cannot_be_used_are_explained},
    {"a file with a header alone is fine among others",
     test_a_file_with_a_header_alone_is_fine_among_others},
    {"digests follow the formula for any block", test_digests_follow_the_formula_for_any_block},
    {"order holds over centuries", test_order_holds_over_centuries},
};
PA_MPI_TEST_MAIN("ingest", tests)
