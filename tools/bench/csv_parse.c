/* Megabytes per second of the CSV kernel on one core: csv_parse FILE [TIMES]
 * with the Handbook's columns, the file in memory. Prints one line a run. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "paraudit/io/csv.h"

static const pa_csv_names handbook = {"TRANSACTION_ID", "CUSTOMER_ID", "TERMINAL_ID",
                                      "TX_DATETIME",    "TX_AMOUNT",   "TX_FRAUD"};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static pa_status read_file(const char *path, pa_buffer *text, pa_error *err)
{
    FILE *f = fopen(path, "rb");
    if (!f) return pa_fail(err, PA_E_NO_INPUT, "%s: cannot open", path);
    pa_status st = PA_OK;
    size_t n = 1;
    while (st == PA_OK && n > 0) {
        st = pa_buffer_reserve(text, 1 << 22, err);
        n = st == PA_OK ? fread(text->data + text->length, 1, 1 << 22, f) : 0;
        text->length += n;
    }
    fclose(f);
    return st;
}

static pa_status parse_all(const pa_buffer *text, const pa_csv_layout *layout, pa_error *err)
{
    const size_t window = 4 << 20;
    pa_csv_parser p = {.max_record = 1 << 20, .layout = *layout, .line = 1 + layout->newlines};
    double from = seconds();
    pa_status st = pa_csv_reserve(&p.rows, (size_t)pa_csv_newlines(text->data, text->length), err);
    double counted = seconds();
    for (size_t at = (size_t)layout->length; st == PA_OK && at < text->length;) {
        size_t rest = text->length - at, n = rest < window ? rest : window, used = 0;
        st = pa_csv_parse(&p, text->data + at, n, n, n == rest, &used, err);
        at += used;
    }
    double end = seconds(), mb = (double)text->length / 1e6;
    printf("rows=%zu rejected=%lld accounts=%zu merchants=%zu count_mb_s=%.0f parse_mb_s=%.0f\n",
           p.rows.n, (long long)p.n_rejected, p.accounts.n, p.merchants.n, mb / (counted - from),
           mb / (end - counted));
    pa_csv_parser_free(&p);
    return st;
}

int main(int argc, char **argv)
{
    pa_error err = {0};
    pa_buffer text = {0};
    pa_csv_layout layout;
    if (argc < 2) return fprintf(stderr, "usage: %s FILE [TIMES]\n", argv[0]), PA_E_USAGE;
    pa_status st = read_file(argv[1], &text, &err);
    if (st == PA_OK) {
        st = pa_csv_header(text.data, text.length, true, &handbook, 1, argv[1], &layout, &err);
    }
    int times = argc > 2 ? atoi(argv[2]) : 5;
    for (int i = 0; i < times && st == PA_OK; i++) st = parse_all(&text, &layout, &err);
    if (st != PA_OK) fprintf(stderr, "%s\n", err.message);
    pa_buffer_free(&text);
    return st;
}
