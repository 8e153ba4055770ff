/* The keys of the input. */
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/csv/label_words.h"

/* A column that is used where the header has it. */
#define OPTIONAL_COLUMN(which, column, what)                                                       \
    {                                                                                              \
        .key = "input." which, .type = PA_OPTION_TEXT, .fallback = column "|",                     \
        .meaning = "column with " what "; A|: only where the header has A; empty: there is none"   \
    }

const pa_option_spec pa_ingest_options[] = {
    {.key = "input.files",
     .type = PA_OPTION_PATHS,
     .meaning = "input files, CSV (plain, gzip, zstd) or results: names and patterns such as "
                "tx-*.csv, separated by blanks or commas",
     .run_only = true},
    {.key = "input.preset",
     .type = PA_OPTION_CHOICE,
     .fallback = "generic",
     .choices = "generic|handbook|sparkov|paysim|tabformer|ulb",
     .meaning = "column names of a known data set"},
    {.key = "input.encoding",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning =
         "encoding of the text, such as latin1, windows-1252, utf-16 and whatever `iconv -l` "
         "lists; empty: UTF-8, or the UTF-16 or UTF-32 that a file's first bytes tell, and the "
         "run stops where it is neither. A byte order mark outweighs it"},
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
                "and the clock; A,B,C: a zone behind them; A,B,C,D: year, month, day and clock"},
    {.key = "input.time_format",
     .type = PA_OPTION_TEXT,
     .fallback = "auto",
     .meaning = "how times are written; auto: what can be read in one way, such as 2018-07-25 "
                "13:05:59 or 25-Jul-2018, and seconds; seconds, milliseconds, microseconds, "
                "nanoseconds, minutes, hours, days, excel (days since 1899-12-30); yyyymmdd, "
                "yyyymmddhhmmss, dd/mm/yyyy, mm/dd/yyyy; or a pattern such as %d.%m.%Y %H:%M"},
    {.key = "input.label_time_format",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "how input.label_time is written, in the words of time_format; empty: as "
                "time_format says, and where that is auto as they show"},
    {.key = "input.time_zone",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "zone of times that say none, such as Europe/Berlin or +02:00; they become UTC. "
                "Empty: they are taken as they stand. Of an hour that comes twice the first is "
                "meant"},
    {.key = "input.time_start",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "what times that are numbers count from; empty: 1970-01-01"},
    {.key = "input.amount",
     .type = PA_OPTION_TEXT,
     .fallback = "amount",
     .meaning =
         "column with the amount; A|B: the first of these that the header has; A - B: A less "
         "B, as in credit - debit; A + B: their sum, where debits bear a minus"},
    {.key = "input.amount_decimals",
     .type = PA_OPTION_INT,
     .fallback = "2",
     .max = PA_MOST_DECIMALS,
     .unit = "digits",
     .meaning = "decimals that amounts are kept with, exactly; more are rounded"},
    {.key = "input.decimal",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "the mark before decimals, . or , (comma); empty: as the amounts themselves show; "
                "1.402 is read so where all are like it, or amount_decimals is 3 or more"},
    {.key = "input.sign",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning =
         "column that says whether an amount is a debit, and then negative, or a credit; A|: "
         "only where the header has A; empty: there is none"},
    {.key = "input.sign_debit",
     .type = PA_OPTION_TEXT,
     .fallback = "debit, D, DR, DB, DBIT, S, Soll, Af, -, out, outgoing, withdrawal, Débit, DÉBIT, "
                 "Debito, Débito, DÉBITO, 支出, Obciążenie, OBCIĄŻENIE",
     .meaning = "words of input.sign for debits, in letters of any size"},
    {.key = "input.sign_credit",
     .type = PA_OPTION_TEXT,
     .fallback = "credit, C, CR, CRDT, H, Haben, Bij, +, in, incoming, deposit, Crédit, CRÉDIT, "
                 "Credito, Crédito, CRÉDITO, 收入, Uznanie",
     .meaning = "words of input.sign for credits"},
    {.key = "input.separator",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "what stands between fields: a sign, or comma, semicolon, tab, pipe; empty: as the "
                "first lines show"},
    {.key = "input.quote",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning =
         "what a field that holds separators stands between: a sign, or none; empty: \", or ' "
         "where the header has it"},
    {.key = "input.escape",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "takes the sign behind it as it is, such as \\; empty: there is none"},
    {.key = "input.header",
     .type = PA_OPTION_CHOICE,
     .fallback = "auto",
     .choices = "auto|yes|no",
     .meaning =
         "whether a line has the names of the columns; no: they are called by their numbers, "
         "from 1; auto: no where all names that are wanted are numbers"},
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
    {.key = PA_DISPOSITIONS_KEY,
     .type = PA_OPTION_PATHS,
     .fallback = "",
     .meaning = "verdicts of people on earlier alerts, CSV with alert_id or tx, verdict and time: "
                "each labels its transaction from that time on",
     .run_only = true},
    {.key = PA_SUPPRESSIONS_KEY,
     .type = PA_OPTION_PATHS,
     .fallback = "",
     .meaning = "what raises no alert for now, CSV with entity, value, rule, until, perhaps from "
                "and reason",
     .run_only = true},
    OPTIONAL_COLUMN("category", "category", "what was sold"),
    OPTIONAL_COLUMN("channel", "channel", "the way in: chip, swipe, online"),
    OPTIONAL_COLUMN("currency", "currency", "the currency"),
    OPTIONAL_COLUMN("country", "country", "the country of the merchant; NA is Namibia"),
    {.key = "input.kind",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "column with the kind of a fraud, for the evaluation alone; A|: only where the "
                "header has A; empty: there is none"},
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
     .fallback = PA_MISSING_WORDS,
     .meaning = "words that stand for nothing, in any column and in letters of either size, "
                "separated by commas; not NA as a country"},
    {.key = "input.max_rejects",
     .type = PA_OPTION_INT,
     .fallback = "1000",
     .max = 1e9,
     .unit = "rows",
     .meaning = "rows that may be unusable before the run stops"},
    {.key = "input.max_reject_share",
     .type = PA_OPTION_REAL,
     .fallback = "0.005",
     .max = 1,
     .meaning = "part of a file's rows, where these are more than 3, that may be unusable, or "
                "their labels unreadable, before the run stops; 1: any, and all rows of a kind"},
    {.key = "input.max_codes",
     .type = PA_OPTION_INT,
     .fallback = "1000000",
     .min = 1,
     .max = INT32_MAX,
     .unit = "names",
     .meaning =
         "different categories, channels, currencies, countries or kinds with which the run stops "
         "rather than list more",
     .run_only = true},
    {.key = "input.max_record",
     .type = PA_OPTION_BYTES,
     .fallback = "1M",
     .min = 1,
     .max = 1 << 30,
     .unit = "bytes",
     .meaning = "longest record; longer ones are rejected"},
    {.key = "input.max_field_lines",
     .type = PA_OPTION_INT,
     .fallback = "100",
     .min = 1,
     .max = 1 << 30,
     .unit = "lines",
     .meaning = "lines that a quoted field may take: with more, a quote is not closed where it "
                "was meant to be"},
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

static const char *const coded_keys[PA_CSV_N_CODED] = {
    "input.category", "input.channel", "input.currency", "input.country", "input.kind"};
static const char *const place_keys[PA_CSV_N_PLACES] = {"input.home_lat", "input.home_lon",
                                                        "input.merchant_lat", "input.merchant_lon"};

/* A sign as it is written or called; 0: none, or as the file shows. */
static char sign_of(const pa_config *config, const char *key)
{
    static const struct {
        const char *word;
        char sign;
    } words[] = {{"comma", ','},  {"semicolon", ';'}, {"tab", '\t'},  {"\\t", '\t'},
                 {"pipe", '|'},   {"bar", '|'},       {"point", '.'}, {"blank", ' '},
                 {"double", '"'}, {"single", '\''},   {"none", '\0'}, {"auto", '\0'}};
    const char *text = pa_config_text(config, key);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i].word) == 0) return words[i].sign;
    }
    return text[0];
}

static pa_csv_header_kind header_kind(const pa_config *config)
{
    const char *kind = pa_config_text(config, "input.header");
    return strcmp(kind, "no") == 0    ? PA_CSV_HEADER_NO
           : strcmp(kind, "yes") == 0 ? PA_CSV_HEADER_YES
                                      : PA_CSV_HEADER_AUTO;
}

static pa_status check_sign(const pa_config *config, const char *key, pa_error *err)
{
    const char *text = pa_config_text(config, key);
    char sign = sign_of(config, key);
    bool word = sign == '\0' || (unsigned char)sign != (unsigned char)text[0] || !text[1];
    bool fine = (unsigned char)sign < 127 && sign != '\n' && sign != '\r';
    if (text[0] == '\0' || (word && fine)) return PA_OK;
    return pa_fail(err, PA_E_CONFIG,
                   "%s is '%s': it is one sign of ASCII, or comma, semicolon, tab, pipe, none", key,
                   text);
}

pa_status pa_ingest_check_signs(const pa_config *config, pa_error *err)
{
    static const char *const keys[] = {"input.separator", "input.quote", "input.escape",
                                       "input.decimal"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        PA_TRY(check_sign(config, keys[i], err));
        for (size_t k = 0; k < i && i < 3; k++) {
            char a = sign_of(config, keys[k]), b = sign_of(config, keys[i]);
            if (a == '\0' || a != b) continue;
            return pa_fail(err, PA_E_CONFIG, "%s and %s are the same sign", keys[k], keys[i]);
        }
    }
    char decimal = sign_of(config, "input.decimal");
    if (decimal == '\0' || decimal == '.' || decimal == ',') return PA_OK;
    return pa_fail(err, PA_E_CONFIG, "input.decimal is '%c': it is a point or a comma", decimal);
}

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
        .sign = pa_config_text(config, "input.sign"),
        .amount_form = {sign_of(config, "input.decimal"),
                        (int32_t)pa_config_int(config, "input.amount_decimals")},
        .separator = sign_of(config, "input.separator"),
        .quote = sign_of(config, "input.quote"),
        .escape = sign_of(config, "input.escape"),
        .no_quote = strcmp(pa_config_text(config, "input.quote"), "none") == 0,
        .header = header_kind(config),
    };
    for (int i = 0; i < PA_CSV_N_CODED; i++) names.coded[i] = pa_config_text(config, coded_keys[i]);
    for (int i = 0; i < PA_CSV_N_PLACES; i++)
        names.place[i] = pa_config_text(config, place_keys[i]);
    return names;
}

pa_status pa_ingest_time_forms(const pa_config *config, pa_csv_names *names, pa_error *err)
{
    int64_t start = 0;
    bool is_set = pa_config_time(config, "input.time_start", &start);
    const char *format = pa_config_text(config, "input.time_format");
    const char *of_label = pa_config_text(config, "input.label_time_format");
    const char *zone = pa_config_text(config, "input.time_zone");
    PA_TRY(pa_time_form_make(format, zone, start, is_set, &names->time_form, err));
    return pa_time_form_make(*of_label ? of_label : format, zone, start, is_set,
                             &names->label_time_form, err);
}

pa_status pa_ingest_words(const pa_config *config, pa_csv_intake *p, pa_error *err)
{
    p->own_accounts = strcmp(pa_config_text(config, "input.no_account"), "own") == 0;
    PA_TRY(pa_csv_words_add(&p->missing, pa_config_text(config, "input.missing"), err));
    PA_TRY(pa_csv_words_add(&p->debit, pa_config_text(config, "input.sign_debit"), err));
    PA_TRY(pa_csv_words_add(&p->credit, pa_config_text(config, "input.sign_credit"), err));
    return pa_csv_label_words_set(&p->label_words, pa_config_text(config, "input.label_fraud"),
                                  pa_config_text(config, "input.label_genuine"),
                                  pa_config_text(config, "input.label_unknown"), &p->missing, err);
}
