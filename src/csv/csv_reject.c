/* Rows that cannot be used, and what is said of the first of them. */
#include <stdio.h>
#include <string.h>

#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"

const char *const pa_reject_reason_names[PA_REJECT_N] = {
    [PA_REJECT_LONG_RECORD] = "record too long",
    [PA_REJECT_OPEN_QUOTE] = "quote not closed",
    [PA_REJECT_FIELDS] = "wrong number of fields",
    [PA_REJECT_TX] = "bad transaction id",
    [PA_REJECT_NO_ACCOUNT] = "empty account",
    [PA_REJECT_ACCOUNT_TEXT] = "account is not UTF-8 text",
    [PA_REJECT_MERCHANT_TEXT] = "merchant is not UTF-8 text",
    [PA_REJECT_TIME] = "bad time",
    [PA_REJECT_AMOUNT] = "bad amount",
    [PA_REJECT_AMOUNT_RANGE] = "amount out of range",
    [PA_REJECT_LABEL_TIME] = "bad time of the label",
    [PA_REJECT_EMPTY_TX] = "empty transaction id",
    [PA_REJECT_TX_TEXT] = "transaction id is not UTF-8 text",
    [PA_REJECT_DUPLICATE] = "transaction id met before",
    [PA_REJECT_ACCOUNT_PART] = "slash in a part of the account",
    [PA_REJECT_CODED] = "category, channel, currency or country that is no text",
    [PA_REJECT_PLACE] = "bad latitude or longitude",
    [PA_REJECT_NUMERIC] = "bad number in a further column",
};

/* The header's name of a numeric column, or its place where no names are known. */
static void name_number(const pa_csv_intake *p, size_t which, char out[PA_CSV_EXCERPT])
{
    const char *name = p->numeric_names;
    if (!name) {
        snprintf(out, PA_CSV_EXCERPT, "column %d", p->layout.numeric[which] + 1);
        return;
    }
    for (; which > 0; which--) name += strlen(name) + 1;
    pa_csv_excerpt((pa_csv_field){name, strlen(name)}, out);
}

static void describe_number(const pa_csv_intake *p, const pa_csv_fault *fault, const char *text,
                            char out[160])
{
    char name[PA_CSV_EXCERPT];
    double v;
    name_number(p, fault->which, name);
    bool is_number = pa_parse_double(fault->value.text, fault->value.length, &v) || v != 0;
    snprintf(out, 160, "%s '%s' is %s", name, text, is_number ? "too large" : "not a number");
}

/* Nothing, or a word that stands for it. */
static void describe_empty(pa_reject_reason reason, const char *word, char out[160])
{
    bool account = reason == PA_REJECT_NO_ACCOUNT;
    const char *what = account ? "account" : "transaction id";
    if (*word)
        snprintf(out, 160, "%s '%s' is a word for nothing (input.missing)", what, word);
    else
        snprintf(out, 160, "the %s is empty%s", what,
                 account ? " (input.no_account = own keeps such rows)" : "");
}

static void describe_coded(const pa_csv_fault *fault, const char *text, char out[160])
{
    snprintf(out, 160, "%s '%s' is not UTF-8 text", pa_csv_coded_names[fault->which], text);
}

static void describe_place(const pa_csv_fault *fault, const char *text, char out[160])
{
    bool latitude = fault->which == PA_CSV_HOME_LAT || fault->which == PA_CSV_MERCHANT_LAT;
    snprintf(out, 160, "%s '%s' is not a %s", pa_csv_place_names[fault->which], text,
             latitude ? "latitude" : "longitude");
}

static void describe_record(const pa_csv_intake *p, const pa_csv_fault *fault, char out[160])
{
    if (fault->reason == PA_REJECT_LONG_RECORD) {
        snprintf(out, 160, "the record is longer than %zu bytes (is a quote not closed?)",
                 p->max_record);
    } else if (fault->reason == PA_REJECT_OPEN_QUOTE) {
        snprintf(out, 160, "a quote is opened and not closed before the end of the file");
    } else {
        snprintf(out, 160, "%zu field%s where the header has %d", fault->which,
                 fault->which == 1 ? "" : "s", p->layout.n_fields);
    }
}

static void describe(const pa_csv_intake *p, const pa_csv_fault *fault, char out[160])
{
    static const char *const format[PA_REJECT_N] = {
        [PA_REJECT_TX] = ("transaction id '%s' is not a whole number of 64 bits "
                          "(input.tx_text = yes takes any text)"),
        [PA_REJECT_ACCOUNT_TEXT] = "account '%s' is not UTF-8 text",
        [PA_REJECT_MERCHANT_TEXT] = "merchant '%s' is not UTF-8 text",
        [PA_REJECT_TIME] = "time '%s' is not ",
        [PA_REJECT_AMOUNT] = "amount '%s' is not a number",
        [PA_REJECT_AMOUNT_RANGE] = "amount '%s' is out of range",
        [PA_REJECT_LABEL_TIME] = "time of the label '%s' is not ",
        [PA_REJECT_TX_TEXT] = "transaction id '%s' is not UTF-8 text",
        [PA_REJECT_ACCOUNT_PART] = "account '%s' has a '/' in one of its parts",
    };
    pa_reject_reason reason = fault->reason;
    char text[PA_CSV_EXCERPT];
    pa_csv_excerpt(fault->value, text);
    if (reason <= PA_REJECT_FIELDS) {
        describe_record(p, fault, out);
    } else if (reason == PA_REJECT_NO_ACCOUNT || reason == PA_REJECT_EMPTY_TX) {
        describe_empty(reason, text, out);
    } else if (reason == PA_REJECT_CODED) {
        describe_coded(fault, text, out);
    } else if (reason == PA_REJECT_PLACE) {
        describe_place(fault, text, out);
    } else if (reason == PA_REJECT_NUMERIC) {
        describe_number(p, fault, text, out);
    } else {
        bool of_label = reason == PA_REJECT_LABEL_TIME;
        bool timed = of_label || reason == PA_REJECT_TIME;
        /* As printf's own format argument it could not be checked: one %s each. */
        const char *mark = strstr(format[reason], "%s");
        snprintf(out, 160, "%.*s%s%s%s", (int)(mark - format[reason]), format[reason], text,
                 mark + 2, timed ? pa_csv_time_words(p, of_label) : "");
    }
}

pa_status pa_csv_reject_row(pa_csv_intake *p, int64_t line, const pa_csv_fault *fault,
                            pa_error *err)
{
    if (p->n_rejected++ == 0) {
        p->first_file = p->file;
        p->first_line = line;
        describe(p, fault, p->first_reject);
    }
    if (p->n_kept >= p->keep_rejects) return PA_OK;
    if (p->n_kept == p->rejects_room) {
        size_t room = p->rejects_room ? p->rejects_room * 2 : 64;
        pa_csv_reject *grown = pa_realloc(p->rejects, room, sizeof *grown, err);
        if (!grown) return PA_E_MEMORY;
        p->rejects = grown;
        p->rejects_room = room;
    }
    p->rejects[p->n_kept++] = (pa_csv_reject){line, p->file, (int32_t)fault->reason};
    return PA_OK;
}
