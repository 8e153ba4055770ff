/* One table, written in 2,000 ways, is read as the same table; where a file can be read in
 * two ways the run stops and names the key that settles it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "dialect.h"
#include "mpi_test.h"
#include "paraudit/ingest/ingest.h"

enum { CASES = 2000 };

/* ---- running ---------------------------------------------------------------------- */

static pa_config *configure(const settings *set, bool settled, bool small)
{
    static const pa_option_spec *const tables[] = {pa_ingest_options};
    static const char *const sizes[] = {"io.block=1", "io.read_buffer=1"};
    pa_config *config = NULL;
    pa_error err = {0};
    char files[400];
    snprintf(files, sizeof files, "input.files=%s/book.csv", pa_test_folder());
    pa_status st = pa_config_new(tables, 1, &config, &err);
    if (st == PA_OK) st = pa_config_set(config, files, "command line", &err);
    if (st == PA_OK) st = pa_config_set(config, "table.shards=128", "command line", &err);
    for (int i = 0; small && i < 2 && st == PA_OK; i++)
        st = pa_config_set(config, sizes[i], "command line", &err);
    for (int i = 0; i < set->n && st == PA_OK; i++) {
        bool settles = false;
        for (int k = 0; k < set->n_ambiguous; k++)
            settles |= strncmp(set->text[i], set->ambiguous[k], strlen(set->ambiguous[k])) == 0;
        if (settles && !settled) continue;
        st = pa_config_set(config, set->text[i], "command line", &err);
    }
    if (st != PA_OK) fprintf(stderr, "%s\n", err.message);
    if (st != PA_OK) abort();
    return config;
}

static pa_status read_back(const settings *set, bool settled, bool small, pa_ingest *g,
                           pa_error *err)
{
    pa_config *config = configure(set, settled, small);
    *err = (pa_error){0};
    pa_comm_set_piece(pa_test_comm(), small ? 40 : PA_PIECE_DEFAULT);
    pa_status st = pa_ingest_read(pa_test_comm(), config, NULL, g, err);
    pa_config_free(config);
    return st;
}

/* packed: by gzip. What a file is its bytes tell, not its name. */
static void write_file(const pa_buffer *file, bool packed)
{
    pa_test_folder();
    pa_barrier(pa_test_comm());
    if (pa_comm_rank(pa_test_comm()) == 0) {
        char path[200];
        snprintf(path, sizeof path, "%s/book.csv", pa_test_folder());
        gzFile f = gzopen(path, packed ? "wb" : "wbT");
        if (!f || gzwrite(f, file->data, (unsigned)file->length) != (int)file->length) abort();
        gzclose(f);
    }
    pa_barrier(pa_test_comm());
}

/* ---- comparing -------------------------------------------------------------------- */

/* A table's names of all ranks, one after the other. */
typedef struct {
    void *text;
    size_t width, n;
} name_list;

static void gather_names(const pa_table *t, const char *column, name_list *all)
{
    const pa_column *c = pa_table_find(t, column);
    pa_error err;
    size_t bytes;
    /* The width is that of the longest name of all ranks. */
    all->width = (size_t)c->spec.width;
    if (pa_gather_all(pa_test_comm(), c->data, t->n_rows * all->width, &all->text, &bytes, &err) !=
        PA_OK)
        abort();
    all->n = bytes / all->width;
}

static bool is_name(const name_list *all, int64_t code, const char *name)
{
    if (code < 0 || code >= (int64_t)all->n) return *name == '\0' && code == -1;
    const char *text = (const char *)all->text + (size_t)code * all->width;
    size_t n = strlen(name);
    return n <= all->width && memcmp(text, name, n) == 0 && (n == all->width || text[n] == '\0');
}

typedef struct {
    name_list account, merchant, category;
    const dialect *d;
    const pa_ingest *g;
} read_table;

static bool has(const dialect *d, int column)
{
    for (int i = 0; i < d->n_columns; i++) {
        if (d->order[i] == column) return true;
    }
    return false;
}

/* Which row of the book stands in this row of the table. Without ids, those of the file: they
 * count lines, which grow. */
static const book_row *find_row(const read_table *r, int n, const book_row book[], size_t i)
{
    const pa_table *t = &r->g->transactions;
    const pa_column *id = pa_table_find(t, "tx_id");
    int64_t tx = pa_i64(t, "tx")[i];
    for (int k = 0; k < n; k++) {
        size_t length = strlen(book[k].id);
        bool same = tx == book[k].tx;
        if (r->d->ids == IDS_TEXTS)
            same = length <= (size_t)id->spec.width &&
                   memcmp((const char *)id->data + i * (size_t)id->spec.width, book[k].id,
                          length) == 0 &&
                   (length == (size_t)id->spec.width ||
                    ((const char *)id->data)[i * (size_t)id->spec.width + length] == '\0');
        if (same) return &book[k];
    }
    return NULL;
}

static bool is_row(const read_table *r, size_t i, const book_row *b)
{
    const pa_table *t = &r->g->transactions;
    char account[2 * NAME_ROOM + 1];
    snprintf(account, sizeof account, "%s%s%s", b->account, r->d->branch ? "/" : "",
             r->d->branch ? b->branch : "");
    const char *merchant = *b->merchant && has(r->d, COLUMN_MERCHANT) ? b->merchant : "none";
    bool same = is_name(&r->account, pa_i32(t, "account")[i], account) &&
                is_name(&r->merchant, pa_i32(t, "merchant")[i], merchant);
    same &= pa_i64(t, "time")[i] == b->time && pa_i64(t, "amount_minor")[i] == b->minor;
    same &= pa_i8(t, "label")[i] == (has(r->d, COLUMN_LABEL) ? b->label : -1);
    if (!has(r->d, COLUMN_CATEGORY)) return same;
    return same && is_name(&r->category, pa_code_at(pa_table_find(t, "category"), i), b->category);
}

/* Without ids: the lines tell the order, so the rows by id are the book's. */
static void number_book(const pa_ingest *g, int n, book_row book[])
{
    void *all;
    size_t bytes;
    pa_error err;
    const pa_table *t = &g->transactions;
    if (pa_gather_all(pa_test_comm(), pa_i64(t, "tx"), t->n_rows * sizeof(int64_t), &all, &bytes,
                      &err) != PA_OK)
        abort();
    const int64_t *tx = all;
    size_t n_all = bytes / sizeof *tx;
    for (size_t i = 0; i < n_all; i++) {
        int below_it = 0;
        for (size_t k = 0; k < n_all; k++) below_it += tx[k] < tx[i];
        if (below_it < n) book[below_it].tx = tx[i];
    }
    pa_free(all);
}

/* Rows of all ranks that are the book's. */
static int64_t count_rows(const dialect *d, int n, book_row book[], const pa_ingest *g)
{
    read_table r = {.d = d, .g = g};
    int64_t same = 0;
    gather_names(&g->accounts, "id", &r.account);
    gather_names(&g->merchants, "id", &r.merchant);
    name_list none = {0};
    r.category = none;
    if (has(d, COLUMN_CATEGORY)) gather_names(&g->lists[0], "category", &r.category);
    if (d->ids == IDS_NONE) number_book(g, n, book);
    for (size_t i = 0; i < g->transactions.n_rows; i++) {
        const book_row *b = find_row(&r, n, book, i);
        same += b && is_row(&r, i, b);
    }
    pa_free(r.account.text);
    pa_free(r.merchant.text);
    pa_free(r.category.text);
    pa_sum_i64(pa_test_comm(), &same, 1);
    return same;
}

/* ---- tests -------------------------------------------------------------------------- */

static void show(int number, const settings *set, const pa_buffer *file, const char *what)
{
    if (pa_comm_rank(pa_test_comm()) > 0) return;
    fprintf(stderr, "\ncase %d: %s\n", number, what);
    for (int i = 0; i < set->n; i++) fprintf(stderr, "  %s\n", set->text[i]);
    fprintf(stderr, "%.*s\n", (int)(file->length < 1500 ? file->length : 1500), file->data);
}

static void check_ambiguous(int number, const settings *set, const pa_buffer *file, bool small)
{
    pa_ingest g;
    pa_error err;
    pa_status st = read_back(set, false, small, &g, &err);
    if (st == PA_OK) pa_ingest_free(&g);
    bool named = false;
    for (int i = 0; i < set->n_ambiguous; i++)
        named |= strstr(err.message, set->ambiguous[i]) != NULL;
    CU_ASSERT(st == PA_E_DATA && named);
    if (st != PA_E_DATA || !named)
        show(number, set, file, st == PA_OK ? "two readings, and one was taken" : err.message);
}

static void check_table(int number, const dialect *d, int n, book_row book[], const settings *set,
                        const pa_buffer *file, bool small)
{
    pa_ingest g;
    pa_error err;
    pa_status st = read_back(set, true, small, &g, &err);
    CU_ASSERT_EQUAL(st, PA_OK);
    if (st != PA_OK) show(number, set, file, err.message);
    if (st != PA_OK) return;
    int64_t same = count_rows(d, n, book, &g);
    CU_ASSERT(same == n && g.transactions.n_global == n && g.rows_rejected == 0);
    if (same != n || g.rows_rejected) show(number, set, file, "rows differ");
    pa_ingest_free(&g);
}

/* Returns whether the dialect could write its book. */
static bool check_case(int number, bool small, int64_t *ambiguous)
{
    dice t = {(uint64_t)(number + 1) * 0x9e3779b97f4a7c15u};
    dialect d;
    static book_row book[MOST_ROWS];
    settings set;
    pa_buffer file = {0};
    for (int i = 0; i < 4; i++) next_random(&t);
    int n = draw_book(&t, &d, book);
    bool fine = write_book(&t, &d, n, book, &file, &set);
    if (fine) {
        write_file(&file, number % 3 == 0);
        if (set.n_ambiguous > 0) check_ambiguous(number, &set, &file, small);
        *ambiguous += set.n_ambiguous > 0;
        check_table(number, &d, n, book, &set, &file, small);
    }
    pa_buffer_free(&file);
    return fine;
}

static void check_cases(int step, bool small)
{
    int n = 0;
    int64_t ambiguous = 0;
    for (int number = 0; n < CASES / step; number += step)
        n += check_case(number, small, &ambiguous);
    CU_ASSERT(ambiguous > n / 20);
}

/* All of them on one rank; of several, every tenth. */
static void test_a_table_in_any_dialect_is_read_back(void)
{
    check_cases(pa_comm_size(pa_test_comm()) == 1 ? 1 : 10, false);
}

static void test_smallest_pieces_give_the_same_table(void)
{
    check_cases(10, true);
}

static const pa_test tests[] = {
    {"a table in any dialect is read back", test_a_table_in_any_dialect_is_read_back},
    {"smallest pieces give the same table", test_smallest_pieces_give_the_same_table},
};
PA_MPI_TEST_MAIN("dialects", tests)
