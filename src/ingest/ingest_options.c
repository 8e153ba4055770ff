/* The keys of the input. */
#include <string.h>

#include "ingest_parts.h"

/* A column that is used where the header has it. */
#define OPTIONAL_COLUMN(which, column, what)                                                       \
    {                                                                                              \
        .key = "input." which, .type = PA_OPTION_TEXT, .fallback = column "|",                     \
        .meaning = "column with " what "; A|: only where the header has A; empty: there is none"   \
    }

const pa_option_spec pa_ingest_options[] = {
    {.key = "input.files",
     .type = PA_OPTION_TEXT,
     .meaning = "input files, CSV (plain, gzip, zstd) or results: names and patterns such as "
                "tx-*.csv, separated by blanks or commas",
     .run_only = true},
    {.key = "input.preset",
     .type = PA_OPTION_CHOICE,
     .fallback = "generic",
     .choices = "generic|handbook|sparkov|paysim|tabformer|ulb",
     .meaning = "column names of a known data set"},
    {.key = "input.tx",
     .type = PA_OPTION_TEXT,
     .fallback = "tx",
     .meaning = "column with the transaction id; A|B: the first of these that the header has; "
                "empty: there is none, and files and lines are the ids"},
    {.key = "input.tx_text",
     .type = PA_OPTION_BOOL,
     .fallback = "no",
     .meaning = "transaction ids are texts and no whole numbers"},
    {.key = "input.account",
     .type = PA_OPTION_TEXT,
     .fallback = "account",
     .meaning = "column with the account or card; A|B: the first of these that the header has; "
                "A,B: both together, joined by '/'; empty: each row is its own account"},
    {.key = "input.no_account",
     .type = PA_OPTION_CHOICE,
     .fallback = "reject",
     .choices = "reject|own",
     .meaning = "what becomes of a row without an account: it is rejected, or its own account"},
    {.key = "input.merchant",
     .type = PA_OPTION_TEXT,
     .fallback = "merchant",
     .meaning = "column with the merchant or terminal; A|B: the first of these that the header "
                "has; empty: there is none; a row without one has the merchant none"},
    {.key = "input.time",
     .type = PA_OPTION_TEXT,
     .fallback = "time",
     .meaning = "column with the time; A|B: the first of these that the header has; A,B: the day "
                "and the clock; A,B,C,D: year, month, day and clock"},
    {.key = "input.time_format",
     .type = PA_OPTION_CHOICE,
     .fallback = "auto",
     .choices = pa_csv_time_forms,
     .meaning = "how times are written; auto: as 2018-07-25 13:05:59 or in seconds"},
    {.key = "input.time_start",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "what times that are numbers count from; empty: 1970-01-01"},
    {.key = "input.amount",
     .type = PA_OPTION_TEXT,
     .fallback = "amount",
     .meaning = "column with the amount, to hundredths; A|B: the first of these that the header "
                "has"},
    {.key = "input.label",
     .type = PA_OPTION_TEXT,
     .fallback = "label",
     .meaning = "column that says 1 for fraud, 0 for none, nothing where it is not known; A|: only "
                "where the header has A; empty: there is no such column"},
    {.key = "input.label_fraud",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "words of the label for fraud, separated by commas, beside 1, yes, y, true, t and "
                "fraud"},
    {.key = "input.label_genuine",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "words of the label for no fraud, beside 0, no, n, false, f and genuine"},
    {.key = "input.label_unknown",
     .type = PA_OPTION_TEXT,
     .fallback = "unknown, pending, ?",
     .meaning = "words of the label for what is not known, beside those of input.missing"},
    {.key = "input.label_time",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "column with the time when the label was known, nothing where it is not said; A|: "
                "only where the header has A; empty: there is none"},
    OPTIONAL_COLUMN("category", "category", "what was sold"),
    OPTIONAL_COLUMN("channel", "channel", "the way in: chip, swipe, online"),
    OPTIONAL_COLUMN("currency", "currency", "the currency"),
    OPTIONAL_COLUMN("country", "country", "the country of the merchant"),
    OPTIONAL_COLUMN("home_lat", "home_lat", "the latitude of the account's home, in degrees"),
    OPTIONAL_COLUMN("home_lon", "home_lon", "the longitude of the account's home, in degrees"),
    OPTIONAL_COLUMN("merchant_lat", "merchant_lat", "the latitude of the merchant, in degrees"),
    OPTIONAL_COLUMN("merchant_lon", "merchant_lon", "the longitude of the merchant, in degrees"),
    {.key = "input.numeric",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "further columns of numbers that detectors read: names and patterns such as V*, "
                "separated by commas; a pattern passes over the label"},
    {.key = "input.missing",
     .type = PA_OPTION_TEXT,
     .fallback = "NULL, \\N, NA, N/A, nan, None",
     .meaning = "words that stand for nothing, in any column and in letters of either size, "
                "separated by commas"},
    {.key = "input.max_reject_share",
     .type = PA_OPTION_REAL,
     .fallback = "0.005",
     .min = 0,
     .max = 1,
     .meaning = "part of a file's rows that may be unusable, or their labels unreadable, before "
                "the run stops"},
    {.key = "input.max_rejects",
     .type = PA_OPTION_INT,
     .fallback = "1000",
     .max = 1e9,
     .unit = "rows",
     .meaning = "rows that may be unusable before the run stops"},
    {.key = "input.max_codes",
     .type = PA_OPTION_INT,
     .fallback = "1000000",
     .min = 1,
     .max = INT32_MAX,
     .unit = "names",
     .meaning = "different categories, channels, currencies or countries with which the run stops "
                "rather than list more",
     .run_only = true},
    {.key = "input.max_record",
     .type = PA_OPTION_BYTES,
     .fallback = "1M",
     .min = 1,
     .max = 1 << 30,
     .unit = "bytes",
     .meaning = "longest record; longer ones are rejected"},
    {.key = "table.shards",
     .type = PA_OPTION_INT,
     .fallback = "32768",
     .min = 1,
     .max = 1 << 24,
     .meaning = "parts that accounts are hashed to, at least 32 for each rank; part of the result"},
    {.key = "io.block",
     .type = PA_OPTION_BYTES,
     .fallback = "1M",
     .min = 1,
     .max = 1ll << 40,
     .unit = "bytes",
     .meaning = "files are cut among ranks at multiples of this",
     .run_only = true},
    {.key = "io.read_buffer",
     .type = PA_OPTION_BYTES,
     .fallback = "1M",
     .min = 1,
     .max = 1 << 30,
     .unit = "bytes",
     .meaning = "bytes read at a time",
     .run_only = true},
    {0},
};

static const char *const coded_keys[PA_CSV_N_CODED] = {"input.category", "input.channel",
                                                       "input.currency", "input.country"};
static const char *const place_keys[PA_CSV_N_PLACES] = {"input.home_lat", "input.home_lon",
                                                        "input.merchant_lat", "input.merchant_lon"};

pa_csv_names pa_ingest_names(const pa_config *config)
{
    pa_csv_names names = {
        .tx = pa_config_text(config, "input.tx"),
        .account = pa_config_text(config, "input.account"),
        .merchant = pa_config_text(config, "input.merchant"),
        .time = pa_config_text(config, "input.time"),
        .amount = pa_config_text(config, "input.amount"),
        .label = pa_config_text(config, "input.label"),
        .label_time = pa_config_text(config, "input.label_time"),
        .numeric = pa_config_text(config, "input.numeric"),
    };
    for (int i = 0; i < PA_CSV_N_CODED; i++) names.coded[i] = pa_config_text(config, coded_keys[i]);
    for (int i = 0; i < PA_CSV_N_PLACES; i++)
        names.place[i] = pa_config_text(config, place_keys[i]);
    return names;
}

pa_csv_time_form pa_ingest_time_form(const pa_config *config)
{
    const char *form = pa_config_text(config, "input.time_format"), *all = pa_csv_time_forms;
    for (int i = 0;; i++) {
        size_t n = strcspn(all, "|");
        if (strlen(form) == n && strncmp(all, form, n) == 0) return (pa_csv_time_form)i;
        PA_ASSERT(all[n]);
        all += n + 1;
    }
}

pa_status pa_ingest_words(const pa_config *config, pa_csv_intake *p, pa_error *err)
{
    p->own_accounts = strcmp(pa_config_text(config, "input.no_account"), "own") == 0;
    PA_TRY(pa_csv_words_add(&p->missing, pa_config_text(config, "input.missing"), err));
    return pa_csv_label_words_set(&p->label_words, pa_config_text(config, "input.label_fraud"),
                                  pa_config_text(config, "input.label_genuine"),
                                  pa_config_text(config, "input.label_unknown"), &p->missing, err);
}
