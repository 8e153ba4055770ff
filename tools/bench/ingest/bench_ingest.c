/* CSV into typed columns, as the product does it:
 *
 *     bench_ingest parse|ingest FILE [kernels=any|avx2|avx512] [input.key=value ...]
 *
 * parse: one pass over the file, read through a buffer, into columns with codes
 * for names. ingest: all of pa_ingest_read, that is a look at the first and last rows
 * for how the file is written, a first pass for quotes, lines and SHA-256, the parse,
 * dictionaries in their final order, and rows sorted by account and time. Prints the
 * CPU seconds of the process (threads too) from opening the file to the finished
 * columns, and what was read. `kernels` are the best for the processor, as in the product, unless
 * a lower kind is wanted: how fast a processor without these instructions would be. */
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "paraudit/csv/csv.h"
#include "paraudit/csv/kernels.h"
#include "paraudit/ingest/ingest.h"

enum { WINDOW = 1 << 20, HEADER = 1 << 16 };

/* What was read, in figures that the peers can give as well. */
typedef struct {
    size_t rows, accounts, merchants, values; /* values: in all columns of few of them */
    const int64_t *minor, *time;
    const double *place[PA_CSV_N_PLACES];
} result;

/* The linker puts __wrap_... for what the library calls (--wrap). */
static const pa_csv_kernels *wanted;

const pa_csv_kernels *__real_pa_csv_best_kernels(void);
const pa_csv_kernels *__wrap_pa_csv_best_kernels(void);
const pa_csv_kernels *__wrap_pa_csv_best_kernels(void)
{
    return wanted ? wanted : __real_pa_csv_best_kernels();
}

static pa_status want_kernels(const char *kind, pa_error *err)
{
    if (strcmp(kind, "any") == 0) wanted = &pa_csv_kernels_any;
    if (strcmp(kind, "avx2") == 0) wanted = pa_csv_have_avx2();
    if (strcmp(kind, "avx512") == 0) wanted = pa_csv_have_avx512();
    if (wanted) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "kernels=%s: any, avx2 or avx512, if the processor has them",
                   kind);
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static long long add_places(const result *r)
{
    long long sum = 0;
    for (int k = 0; k < PA_CSV_N_PLACES; k++) {
        for (size_t i = 0; r->place[k] && i < r->rows; i++) {
            if (!isnan(r->place[k][i])) sum += llround(r->place[k][i] * 1e4);
        }
    }
    return sum;
}

/* Clock first, so that adding up is not timed. */
static void print(double start, const result *r)
{
    double seconds = cpu_seconds() - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    long long cents = 0, first = LLONG_MAX, last = LLONG_MIN;
    for (size_t i = 0; i < r->rows; i++) {
        cents += r->minor[i];
        if (r->time[i] < first) first = r->time[i];
        if (r->time[i] > last) last = r->time[i];
    }
    printf("cpu=%.4f peak_kb=%ld rows=%zu cents=%lld accounts=%zu merchants=%zu values=%zu "
           "places=%lld first=%lld last=%lld\n",
           seconds, usage.ru_maxrss, r->rows, cents, r->accounts, r->merchants, r->values,
           add_places(r), first, last);
}

static const char *name_of(const pa_config *config, const char *column)
{
    char key[64];
    snprintf(key, sizeof key, "input.%s", column);
    return pa_config_text(config, key);
}

static pa_csv_names names_of(const pa_config *config)
{
    pa_csv_names names = {.tx = name_of(config, "tx"),
                          .account = name_of(config, "account"),
                          .merchant = name_of(config, "merchant"),
                          .time = name_of(config, "time"),
                          .amount = name_of(config, "amount"),
                          .label = name_of(config, "label"),
                          .amount_form = {'.', 2}};
    for (int i = 0; i < PA_CSV_N_CODED; i++)
        names.coded[i] = name_of(config, pa_csv_coded_names[i]);
    for (int i = 0; i < PA_CSV_N_PLACES; i++)
        names.place[i] = name_of(config, pa_csv_place_names[i]);
    return names;
}

/* Bytes of the file behind what the buffer holds; 0 at its end. */
static pa_status read_on(int fd, const char *path, pa_buffer *buffer, size_t *n, pa_error *err)
{
    PA_TRY(pa_buffer_reserve(buffer, WINDOW, err));
    ssize_t got = read(fd, buffer->data + buffer->length, WINDOW);
    if (got < 0) return pa_fail(err, PA_E_IO, "%s: cannot read", path);
    buffer->length += (size_t)got;
    *n = (size_t)got;
    return PA_OK;
}

static pa_status parse_windows(int fd, const char *path, pa_buffer *buffer, pa_csv_intake *p,
                               pa_error *err)
{
    size_t at = (size_t)p->layout.length, used, n = 1;
    while (n > 0) {
        size_t length = buffer->length - at;
        PA_TRY(pa_csv_parse(p, buffer->data + at, length, length, false, &used, err));
        memmove(buffer->data, buffer->data + at + used, length - used);
        buffer->length = length - used;
        at = 0;
        PA_TRY(read_on(fd, path, buffer, &n, err));
    }
    return pa_csv_parse(p, buffer->data, buffer->length, buffer->length, true, &used, err);
}

/* Room for as many rows as the file would have if all were as long as the first
 * ones, and a bit: pa_ingest_read counts lines instead. */
static pa_status reserve_rows(int fd, const pa_buffer *buffer, pa_csv_intake *p, pa_error *err)
{
    struct stat about;
    if (fstat(fd, &about) != 0 || buffer->length == 0) return PA_OK;
    double lines = 1.0 + (double)pa_csv_line_ends(buffer->data, buffer->length);
    double rows = lines / (double)buffer->length * (double)about.st_size;
    return pa_csv_reserve(&p->rows, (size_t)(rows * 1.05), err);
}

static result of_parser(const pa_csv_intake *p)
{
    result r = {.rows = p->rows.n,
                .accounts = p->accounts.n,
                .merchants = p->merchants.n,
                .minor = p->rows.amount_minor,
                .time = p->rows.time};
    for (int i = 0; i < PA_CSV_N_CODED; i++) r.values += p->coded[i].n;
    memcpy(r.place, p->rows.place, sizeof r.place);
    return r;
}

static pa_status parse_file(int fd, const char *path, const pa_csv_names *names, pa_error *err)
{
    double start = cpu_seconds();
    pa_buffer buffer = {0};
    pa_csv_intake p = {.max_record = 1 << 20};
    size_t n = 0;
    pa_status st = read_on(fd, path, &buffer, &n, err);
    if (st == PA_OK) {
        st = pa_csv_header(buffer.data, n, n < HEADER, names, 1, path, &p.layout, err);
    }
    p.line = 1 + p.layout.newlines;
    p.rows.has = pa_csv_columns_of(&p.layout, false);
    if (st == PA_OK) st = reserve_rows(fd, &buffer, &p, err);
    if (st == PA_OK) st = parse_windows(fd, path, &buffer, &p, err);
    result r = of_parser(&p);
    if (st == PA_OK) print(start, &r);
    pa_csv_intake_free(&p);
    pa_buffer_free(&buffer);
    return st;
}

static pa_status parse(const char *path, const pa_config *config, pa_error *err)
{
    pa_csv_names names = names_of(config);
    int fd = open(path, O_RDONLY);
    if (fd < 0) return pa_fail(err, PA_E_NO_INPUT, "%s: cannot open", path);
    pa_status st = parse_file(fd, path, &names, err);
    close(fd);
    return st;
}

static result of_tables(const pa_ingest *g)
{
    const pa_table *t = &g->transactions;
    result r = {.rows = t->n_rows,
                .accounts = g->accounts.n_rows,
                .merchants = g->merchants.n_rows,
                .minor = pa_i64(t, "amount_minor"),
                .time = pa_i64(t, "time")};
    for (size_t i = 0; i < g->n_lists; i++) r.values += g->lists[i].n_rows;
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        if (pa_table_find(t, pa_csv_place_names[i])) r.place[i] = pa_f64(t, pa_csv_place_names[i]);
    }
    return r;
}

static pa_status ingest(pa_comm *comm, const pa_config *config, pa_error *err)
{
    double start = cpu_seconds();
    pa_ingest g;
    PA_TRY(pa_ingest_read(comm, config, NULL, &g, err));
    result r = of_tables(&g);
    print(start, &r);
    pa_ingest_free(&g);
    return PA_OK;
}

static pa_status run(pa_comm *comm, int argc, char **argv, pa_config *config, pa_error *err)
{
    char files[4096];
    snprintf(files, sizeof files, "input.files=%s", argv[2]);
    PA_TRY(pa_config_set(config, files, "command line", err));
    for (int i = 3; i < argc; i++) {
        if (strncmp(argv[i], "kernels=", 8) == 0)
            PA_TRY(want_kernels(argv[i] + 8, err));
        else
            PA_TRY(pa_config_set(config, argv[i], "command line", err));
    }
    PA_TRY(pa_config_complete(config, err));
    if (strcmp(argv[1], "parse") == 0) return parse(argv[2], config, err);
    return ingest(comm, config, err);
}

int main(int argc, char **argv)
{
    mallopt(M_MMAP_THRESHOLD, 256 * 1024); /* as paraudit's own main */
    pa_comm *comm = NULL;
    pa_config *config = NULL;
    pa_error err = {0};
    const pa_option_spec *const options[] = {pa_ingest_options};
    if (argc < 3) {
        fprintf(stderr,
                "usage: %s parse|ingest FILE [kernels=any|avx2|avx512] [input.key=value ...]\n",
                argv[0]);
        return PA_E_USAGE;
    }
    pa_status st = pa_comm_start(&argc, &argv, &comm, &err);
    if (st == PA_OK) st = pa_config_new(options, 1, &config, &err);
    if (st == PA_OK) st = run(comm, argc, argv, config, &err);
    if (st != PA_OK) fprintf(stderr, "%s\n", err.message);
    pa_config_free(config);
    pa_comm_stop(comm);
    return (int)st;
}
