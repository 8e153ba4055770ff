/* CSV into typed columns, as the product does it:
 *
 *     bench_ingest parse|ingest FILE [input.key=value ...]
 *
 * parse: one pass over the file, read through a buffer, into columns with codes
 * for names. ingest: all of pa_ingest_csv, that is a first pass for quotes, lines
 * and SHA-256, the parse, dictionaries in their final order, and rows sorted by
 * account and time. Prints the CPU seconds of the process (threads too) from
 * opening the file to the finished columns, and what was read. */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "paraudit/io/csv.h"
#include "paraudit/io/ingest.h"

enum { WINDOW = 4 << 20, HEADER = 1 << 16 };

typedef struct {
    size_t rows, accounts, merchants;
    const int64_t *minor, *time;
} result;

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Clock first, so that adding up is not timed. */
static void print(double start, const result *r)
{
    double seconds = cpu_seconds() - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    int64_t cents = 0, first = INT64_MAX, last = INT64_MIN;
    for (size_t i = 0; i < r->rows; i++) {
        cents += r->minor[i];
        if (r->time[i] < first) first = r->time[i];
        if (r->time[i] > last) last = r->time[i];
    }
    printf("cpu=%.4f peak_kb=%ld rows=%zu cents=%lld accounts=%zu merchants=%zu first=%lld "
           "last=%lld\n",
           seconds, usage.ru_maxrss, r->rows, (long long)cents, r->accounts, r->merchants,
           (long long)first, (long long)last);
}

static pa_csv_names names_of(const pa_config *config)
{
    return (pa_csv_names){.tx = pa_config_text(config, "input.tx"),
                          .account = pa_config_text(config, "input.account"),
                          .merchant = pa_config_text(config, "input.merchant"),
                          .time = pa_config_text(config, "input.time"),
                          .amount = pa_config_text(config, "input.amount"),
                          .label = pa_config_text(config, "input.label")};
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

static pa_status parse_windows(int fd, const char *path, pa_buffer *buffer, pa_csv_parser *p,
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
 * ones, and a bit: pa_ingest_csv counts lines instead. */
static pa_status reserve_rows(int fd, const pa_buffer *buffer, pa_csv_parser *p, pa_error *err)
{
    struct stat about;
    if (fstat(fd, &about) != 0 || buffer->length == 0) return PA_OK;
    double lines = 1.0 + (double)pa_csv_newlines(buffer->data, buffer->length);
    double rows = lines / (double)buffer->length * (double)about.st_size;
    return pa_csv_reserve(&p->rows, (size_t)(rows * 1.05), err);
}

static pa_status parse_file(int fd, const char *path, const pa_csv_names *names, pa_error *err)
{
    double start = cpu_seconds();
    pa_buffer buffer = {0};
    pa_csv_parser p = {.max_record = 1 << 20};
    size_t n = 0;
    pa_status st = read_on(fd, path, &buffer, &n, err);
    if (st == PA_OK) {
        st = pa_csv_header(buffer.data, n, n < HEADER, names, 1, path, &p.layout, err);
    }
    p.line = 1 + p.layout.newlines;
    p.rows.has = pa_csv_columns_of(&p.layout, false);
    if (st == PA_OK) st = reserve_rows(fd, &buffer, &p, err);
    if (st == PA_OK) st = parse_windows(fd, path, &buffer, &p, err);
    if (st == PA_OK) {
        print(start,
              &(result){p.rows.n, p.accounts.n, p.merchants.n, p.rows.amount_minor, p.rows.time});
    }
    pa_csv_parser_free(&p);
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

static pa_status ingest(pa_comm *comm, const pa_config *config, pa_error *err)
{
    double start = cpu_seconds();
    pa_ingest g;
    PA_TRY(pa_ingest_csv(comm, config, NULL, &g, err));
    print(start,
          &(result){g.transactions.n_rows, g.accounts.n_rows, g.merchants.n_rows,
                    pa_i64(&g.transactions, "amount_minor"), pa_i64(&g.transactions, "time")});
    pa_ingest_free(&g);
    return PA_OK;
}

static pa_status run(pa_comm *comm, int argc, char **argv, pa_config *config, pa_error *err)
{
    char files[4096];
    snprintf(files, sizeof files, "input.files=%s", argv[2]);
    PA_TRY(pa_config_set(config, files, "command line", err));
    for (int i = 3; i < argc; i++) PA_TRY(pa_config_set(config, argv[i], "command line", err));
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
        fprintf(stderr, "usage: %s parse|ingest FILE [input.key=value ...]\n", argv[0]);
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
