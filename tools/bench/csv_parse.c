/* Megabytes per second of the CSV kernel on one core: csv_parse FILE [TIMES [FORM]],
 * the file in memory; FORM: handbook (six columns), sparkov, paysim, tabformer or
 * ulb with all that the kernel takes of them. Prints one line a run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "paraudit/csv/csv.h"

typedef struct {
    const char *name;
    pa_csv_names columns;
    bool text_ids;
    pa_time_kind time;
} form;

static const form forms[] = {
    {"handbook",
     {.tx = "TRANSACTION_ID",
      .account = "CUSTOMER_ID",
      .merchant = "TERMINAL_ID",
      .time = "TX_DATETIME",
      .amount = "TX_AMOUNT",
      .label = "TX_FRAUD"},
     false,
     PA_TIME_AUTO},
    {"sparkov",
     {.tx = "trans_num|trans_id",
      .account = "cc_num|account_id",
      .merchant = "merchant",
      .time = "trans_date_trans_time",
      .amount = "amt",
      .label = "is_fraud",
      .coded = {[PA_CSV_CATEGORY] = "category"},
      .place = {"lat", "long", "merch_lat", "merch_long"}},
     true,
     PA_TIME_AUTO},
    {"paysim",
     {.account = "nameOrig",
      .merchant = "nameDest",
      .time = "step",
      .amount = "amount",
      .label = "isFraud",
      .coded = {[PA_CSV_CATEGORY] = "type"},
      .numeric = "*balance*"},
     false,
     PA_TIME_HOURS},
    {"tabformer",
     {.account = "User,Card",
      .merchant = "Merchant Name",
      .time = "Year,Month,Day,Time",
      .amount = "Amount",
      .label = "Is Fraud?",
      .coded = {[PA_CSV_CATEGORY] = "MCC", [PA_CSV_CHANNEL] = "Use Chip"}},
     false,
     PA_TIME_AUTO},
    {"ulb",
     {.time = "Time", .amount = "Amount", .label = "Class", .numeric = "V*"},
     false,
     PA_TIME_AUTO},
};

static const form *form_named(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(forms[i].name, name) == 0) return &forms[i];
    }
    return NULL;
}

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

static pa_status parse_all(const pa_buffer *text, const form *f, const pa_csv_layout *layout,
                           pa_error *err)
{
    const size_t window = 4 << 20;
    pa_csv_intake p = {.max_record = 1 << 20,
                       .layout = *layout,
                       .line = 1 + layout->newlines,
                       .time = {.kind = f->time}};
    p.rows.has = pa_csv_columns_of(layout, f->text_ids);
    double from = seconds();
    pa_status st = pa_csv_reserve(&p.rows, (size_t)pa_csv_line_ends(text->data, text->length), err);
    double counted = seconds();
    for (size_t at = (size_t)layout->length; st == PA_OK && at < text->length;) {
        size_t rest = text->length - at, n = rest < window ? rest : window, used = 0;
        st = pa_csv_parse(&p, text->data + at, n, n, n == rest, &used, err);
        at += used;
    }
    double end = seconds(), mb = (double)text->length / 1e6;
    if (p.n_rejected) printf("line %lld: %s\n", (long long)p.first_line, p.first_reject);
    printf("rows=%zu rejected=%lld accounts=%zu merchants=%zu count_mb_s=%.0f parse_mb_s=%.0f\n",
           p.rows.n, (long long)p.n_rejected, p.accounts.n, p.merchants.n, mb / (counted - from),
           mb / (end - counted));
    pa_csv_intake_free(&p);
    return st;
}

int main(int argc, char **argv)
{
    pa_error err = {0};
    pa_buffer text = {0};
    pa_csv_layout layout;
    const form *f = form_named(argc > 3 ? argv[3] : "handbook");
    if (argc < 2 || !f) {
        return fprintf(stderr, "usage: %s FILE [TIMES [FORM]]\n", argv[0]), PA_E_USAGE;
    }
    pa_status st = read_file(argv[1], &text, &err);
    if (st == PA_OK) {
        st = pa_csv_header(text.data, text.length, true, &f->columns, 1, argv[1], &layout, &err);
    }
    layout.amount_form = (pa_amount_form){'.', 2};
    int times = argc > 2 ? atoi(argv[2]) : 5;
    for (int i = 0; i < times && st == PA_OK; i++) st = parse_all(&text, f, &layout, &err);
    if (st != PA_OK) fprintf(stderr, "%s\n", err.message);
    pa_buffer_free(&text);
    return st;
}
