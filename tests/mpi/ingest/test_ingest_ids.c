/* Text ids that share all 63 bits of their hash, which no file of ours can: rows
 * are put into the parser as if they had been read. And the order of rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest_parts.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"

enum { N = 96, N_FILES = 2, N_SHARDS = 160 };

typedef struct {
    int64_t tx, line;
    int32_t file;
    char id[24];
    bool later;
} row;

/* Ids of four hashes, each id met about twice; in no order. */
static void draw_rows(row all[N])
{
    for (int i = 0; i < N; i++) {
        int k = i * i * 7 % 53;
        all[i] = (row){.tx = k % 4 * 1000, .line = 2 + i % (N / 2), .file = i / (N / 2)};
        snprintf(all[i].id, sizeof all[i].id, "%.*sid %d", k % 3, "xx", k);
        for (int j = 0; j < i; j++) all[i].later |= strcmp(all[j].id, all[i].id) == 0;
    }
}

/* Rows `from` up to `to` as the parser would leave them: one account, one time. */
static void read_rows(const row all[N], int from, int to, pa_csv_intake *p, int64_t rows[N_FILES])
{
    pa_error err = {0};
    pa_csv_batch *b = &p->rows;
    int32_t code;
    p->keep_rejects = 1000;
    b->has = (pa_csv_columns){.text_ids = true};
    if (pa_csv_reserve(b, N, &err) != PA_OK) abort();
    for (int i = from; i < to; i++, b->n++) {
        const row *r = &all[i];
        b->tx[b->n] = r->tx;
        b->line[b->n] = r->line;
        b->id_length[b->n] = (uint8_t)strlen(r->id);
        pa_buffer_add(&b->id_bytes, r->id, strlen(r->id), &err);
        pa_intern_add(&p->accounts, "a", 1, &code, &err);
        /* A merchant that rejected rows alone name, and one of the others. */
        pa_intern_add(&p->merchants, r->later ? "later" : "first", 5, &code, &err);
        b->account[b->n] = 0;
        b->merchant[b->n] = code;
        b->time[b->n] = 5;
        b->amount_minor[b->n] = i;
        b->label[b->n] = -1;
        rows[r->file]++;
    }
}

static int by_hash_and_id(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->later != y->later) return x->later ? 1 : -1;
    return x->tx != y->tx ? (x->tx < y->tx ? -1 : 1) : strcmp(x->id, y->id);
}

static int wrong_order(const pa_table *t, const row sorted[N])
{
    const pa_column *id = pa_table_find(t, "tx_id");
    int wrong = 0;
    for (size_t i = 0; i < t->n_rows; i++) {
        char text[25] = "";
        memcpy(text, (const char *)id->data + i * (size_t)id->spec.width, (size_t)id->spec.width);
        wrong += strcmp(text, sorted[t->first_row + (int64_t)i].id) != 0;
    }
    return wrong;
}

static void check_rejects(const pa_csv_intake *p, const row all[N], int from, int to,
                          const pa_first_reject *first, int64_t n)
{
    int wrong = 0, k = 0;
    for (int i = from; i < to; i++) {
        if (!all[i].later) continue;
        if (k == 0) wrong += first->file != all[i].file || first->line != all[i].line;
        wrong += k >= (int)p->n_kept || p->rejects[k].file != all[i].file ||
                 p->rejects[k].line != all[i].line || p->rejects[k].reason != PA_REJECT_DUPLICATE;
        k++;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(n, k);
    CU_ASSERT_EQUAL(p->n_rejected, k);
}

/* piece: so few bytes that each id goes to one rank, or so many that all go to all. */
static void compare_ids(size_t piece)
{
    pa_comm *comm = pa_test_comm();
    pa_error err = {0};
    row all[N];
    int size = pa_comm_size(comm), rank = pa_comm_rank(comm);
    /* The last rank has the first rows: what comes first is told by place alone. */
    int from = N * (size - 1 - rank) / size, to = N * (size - rank) / size, n_first = 0;
    pa_input file[N_FILES] = {{.name = "a.csv"}, {.name = "b.csv"}};
    const pa_inputs inputs = {.n = N_FILES, .file = file};
    pa_csv_intake p = {0};
    pa_ingest g = {0};
    pa_first_reject first = {.file = -1};
    pa_reject_counts rejected[N_FILES] = {{.within = 0}};
    int64_t rows[N_FILES] = {0}, n = 0;
    draw_rows(all);
    for (int i = 0; i < N; i++) n_first += !all[i].later;
    read_rows(all, from, to, &p, rows);
    size_t usual = pa_comm_piece(comm);
    pa_comm_set_piece(comm, piece);
    CU_ASSERT_EQUAL(pa_ingest_duplicates(comm, &inputs, &p, rows, rejected, &first, &n, &err),
                    PA_OK);
    check_rejects(&p, all, from, to, &first, n);
    CU_ASSERT_EQUAL(rows[0] + rows[1] + n, to - from);
    CU_ASSERT_EQUAL(pa_rejects_lost(rejected) + pa_rejects_lost(rejected + 1), n);
    CU_ASSERT_EQUAL(p.merchants.n, p.rows.n > 0);
    CU_ASSERT_EQUAL(pa_ingest_rows(comm, N_SHARDS, 1, &p, NULL, false, &g, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    CU_ASSERT_EQUAL(g.transactions.n_global, n_first);
    CU_ASSERT_EQUAL(g.merchants.n_global, 1);
    qsort(all, N, sizeof *all, by_hash_and_id);
    CU_ASSERT_EQUAL(wrong_order(&g.transactions, all), 0);
    pa_comm_set_piece(comm, usual);
    pa_csv_intake_free(&p);
    pa_ingest_free(&g);
}

static void test_ids_that_share_a_hash_are_compared_byte_by_byte(void)
{
    compare_ids(50);
    compare_ids(1 << 20);
}

enum { MANY = 3000, FIRST = 70, N_ACCOUNTS = 6, WIDTH = 3 };

typedef struct {
    int32_t account;
    int64_t time, tx;
    char id[WIDTH];
    uint32_t row;
} ordered;

static int by_all(const void *a, const void *b)
{
    const ordered *x = a, *y = b;
    if (x->account != y->account) return x->account < y->account ? -1 : 1;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    if (x->tx != y->tx) return x->tx < y->tx ? -1 : 1;
    int order = memcmp(x->id, y->id, WIDTH);
    return order ? order : (x->row < y->row ? -1 : 1);
}

/* Account 2 has no row and account 3 most of them; times are taken from `times`
 * values, ids from `ids`, both scrambled by the strides. */
static int wrong_rows(int64_t times, int64_t time_stride, int64_t ids, bool text)
{
    pa_error err = {0};
    pa_csv_batch b = {0};
    uint32_t order[MANY];
    ordered *twin = calloc(MANY, sizeof *twin);
    char *id = calloc(MANY, WIDTH);
    if (!twin || !id || pa_csv_reserve(&b, MANY, &err) != PA_OK) abort();
    for (int i = 0; i < MANY; i++) {
        int32_t account = i % 3 == 0 ? i % 7 % N_ACCOUNTS : 3;
        if (account == 2) account = 0;
        b.account[i] = FIRST + account;
        b.time[i] = i * time_stride % times - 5;
        b.tx[i] = (i * 7919 + 13) % ids - 9;
        id[i * WIDTH] = text ? (char)('a' + i * 5 % 26) : 0;
        id[i * WIDTH + 1] = text ? (char)('a' + i % 9) : 0;
        twin[i] =
            (ordered){b.account[i], b.time[i], b.tx[i], {id[i * WIDTH], id[i * WIDTH + 1]}, 0};
        twin[i].row = (uint32_t)i;
    }
    b.n = MANY;
    qsort(twin, MANY, sizeof *twin, by_all);
    int wrong = pa_ingest_order(&b, FIRST, N_ACCOUNTS, text ? WIDTH : 0, id, order, &err) != PA_OK;
    for (int i = 0; i < MANY; i++) wrong += order[i] != twin[i].row;
    pa_csv_batch_free(&b);
    free(twin);
    free(id);
    return wrong;
}

static void test_rows_are_ordered_however_they_lie(void)
{
    CU_ASSERT_EQUAL(wrong_rows(MANY, 1, MANY, false), 0);      /* in order of time */
    CU_ASSERT_EQUAL(wrong_rows(MANY, MANY - 1, 50, false), 0); /* backwards */
    CU_ASSERT_EQUAL(wrong_rows(100003, 7001, MANY, false), 0); /* in no order */
    CU_ASSERT_EQUAL(wrong_rows(1, 1, 100003, false), 0);       /* all at once, by ids alone */
    CU_ASSERT_EQUAL(wrong_rows(20, 7, 3, true), 0);            /* by the bytes of ids */
    CU_ASSERT_EQUAL(wrong_rows(1, 1, 1, true), 0);             /* by nothing else */
    CU_ASSERT_EQUAL(wrong_rows((int64_t)1 << 40, ((int64_t)1 << 39) - 1, 9, false), 0);
}

static const pa_test tests[] = {
    {"rows are ordered however they lie", test_rows_are_ordered_however_they_lie},
    {"ids that share a hash are compared byte by byte",
     test_ids_that_share_a_hash_are_compared_byte_by_byte},
};
PA_MPI_TEST_MAIN("ingest_ids", tests)
