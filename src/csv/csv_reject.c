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
    [PA_REJECT_CODED] = "category, channel, currency, country or kind that is no text",
    [PA_REJECT_PLACE] = "bad latitude or longitude",
    [PA_REJECT_NUMERIC] = "bad number in a further column",
    [PA_REJECT_REPEATED] = "repeated row",
    [PA_REJECT_BLANK] = "empty row",
    [PA_REJECT_SIGN] = "neither debit nor credit",
    [PA_REJECT_BEHIND_QUOTE] = "text behind a closing quote",
    [PA_REJECT_FIELD_LINES] = "quoted field of too many lines",
    [PA_REJECT_ROWS_IN_FIELD] = "rows within a quoted field",
};

const char *const pa_reject_reason_keys[PA_REJECT_N] = {
    [PA_REJECT_LONG_RECORD] = "input.max_record",
    [PA_REJECT_OPEN_QUOTE] = "input.escape",
    [PA_REJECT_FIELDS] = "input.separator, input.escape",
    [PA_REJECT_TX] = "input.tx_text",
    [PA_REJECT_NO_ACCOUNT] = "input.no_account",
    [PA_REJECT_ACCOUNT_TEXT] = "input.encoding",
    [PA_REJECT_MERCHANT_TEXT] = "input.encoding",
    [PA_REJECT_TIME] = "input.time_format",
    [PA_REJECT_AMOUNT] = "input.amount, input.decimal",
    [PA_REJECT_AMOUNT_RANGE] = "input.amount, input.decimal",
    [PA_REJECT_LABEL_TIME] = "input.label_time_format",
    [PA_REJECT_EMPTY_TX] = "input.tx",
    [PA_REJECT_TX_TEXT] = "input.encoding",
    [PA_REJECT_DUPLICATE] = "input.tx",
    [PA_REJECT_ACCOUNT_PART] = "input.account",
    [PA_REJECT_CODED] = "input.encoding, input.category",
    [PA_REJECT_PLACE] = "input.home_lat, input.merchant_lat",
    [PA_REJECT_NUMERIC] = "input.missing, input.numeric",
    [PA_REJECT_SIGN] = "input.sign_debit, input.sign_credit",
    [PA_REJECT_BEHIND_QUOTE] = "input.escape, input.quote",
    [PA_REJECT_FIELD_LINES] = "input.max_field_lines, input.quote",
    [PA_REJECT_ROWS_IN_FIELD] = "input.quote, input.escape",
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
                            char out[PA_REJECT_TEXT])
{
    char name[PA_CSV_EXCERPT];
    double v;
    name_number(p, fault->which, name);
    bool is_number = pa_parse_double(fault->value.text, fault->value.length, &v) || v != 0;
    snprintf(out, PA_REJECT_TEXT, "%s '%s' is %s", name, text,
             is_number ? "too large" : "not a number");
}

/* Nothing, or a word that stands for it. */
static void describe_empty(pa_reject_reason reason, const char *word, char out[PA_REJECT_TEXT])
{
    bool account = reason == PA_REJECT_NO_ACCOUNT;
    const char *what = account ? "account" : "transaction id";
    if (*word)
        snprintf(out, PA_REJECT_TEXT, "%s '%s' is a word for nothing (input.missing)", what, word);
    else
        snprintf(out, PA_REJECT_TEXT, "the %s is empty%s", what,
                 account ? " (input.no_account = own keeps such rows)" : "");
}

static void describe_coded(const pa_csv_fault *fault, const char *text, char out[PA_REJECT_TEXT])
{
    snprintf(out, PA_REJECT_TEXT, "%s '%s' is not UTF-8 text", pa_csv_coded_names[fault->which],
             text);
}

static void describe_place(const pa_csv_fault *fault, const char *text, char out[PA_REJECT_TEXT])
{
    bool latitude = fault->which == PA_CSV_HOME_LAT || fault->which == PA_CSV_MERCHANT_LAT;
    snprintf(out, PA_REJECT_TEXT, "%s '%s' is not a %s", pa_csv_place_names[fault->which], text,
             latitude ? "latitude" : "longitude");
}

static void describe_record(const pa_csv_intake *p, const pa_csv_fault *fault,
                            char out[PA_REJECT_TEXT])
{
    if (fault->reason == PA_REJECT_LONG_RECORD) {
        snprintf(out, PA_REJECT_TEXT,
                 "the record is longer than %zu bytes (is a quote not closed?)", p->max_record);
    } else if (fault->reason == PA_REJECT_OPEN_QUOTE) {
        snprintf(out, PA_REJECT_TEXT,
                 "a quote is opened and not closed before the end of the file");
    } else if (fault->reason == PA_REJECT_BEHIND_QUOTE) {
        snprintf(out, PA_REJECT_TEXT, "text follows a closing quote in field %zu (input.escape?)",
                 fault->which);
    } else if (fault->reason == PA_REJECT_FIELD_LINES) {
        snprintf(out, PA_REJECT_TEXT,
                 "a quoted field takes more than %lld lines (input.max_field_lines)",
                 (long long)p->max_field_lines);
    } else if (fault->reason == PA_REJECT_ROWS_IN_FIELD) {
        snprintf(out, PA_REJECT_TEXT, "a quote is opened and closed only behind further rows");
    } else {
        snprintf(out, PA_REJECT_TEXT, "%zu field%s where the header has %d", fault->which,
                 fault->which == 1 ? "" : "s", p->layout.n_fields - p->layout.trailing);
    }
}

static void describe(const pa_csv_intake *p, const pa_csv_fault *fault, char out[PA_REJECT_TEXT])
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
        [PA_REJECT_SIGN] = ("sign '%s' is neither debit nor credit (input.sign_debit, "
                            "input.sign_credit)"),
        [PA_REJECT_ACCOUNT_PART] = "account '%s' has a '/' in one of its parts",
        [PA_REJECT_BLANK] = "the row has no value%s",
    };
    pa_reject_reason reason = fault->reason;
    char text[PA_CSV_EXCERPT];
    pa_csv_excerpt(fault->value, text);
    if (reason <= PA_REJECT_FIELDS || reason >= PA_REJECT_BEHIND_QUOTE) {
        describe_record(p, fault, out);
    } else if (reason == PA_REJECT_NO_ACCOUNT || reason == PA_REJECT_EMPTY_TX) {
        describe_empty(reason, text, out);
    } else if (reason == PA_REJECT_AMOUNT && fault->value.length == 0) {
        snprintf(out, PA_REJECT_TEXT, "the amount is empty (input.amount = A - B has two columns)");
    } else if (reason == PA_REJECT_TIME && fault->value.length == 0) {
        snprintf(out, PA_REJECT_TEXT, "the time is empty");
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
        char words[PA_TIME_WORDS] = "";
        if (timed) pa_csv_time_words(p, of_label, words);
        snprintf(out, PA_REJECT_TEXT, "%.*s%s%s%s", (int)(mark - format[reason]), format[reason],
                 text, mark + 2, words);
    }
}

pa_status pa_csv_add_reject(pa_csv_reject **list, size_t *n, size_t *room,
                            const pa_csv_reject *reject, pa_error *err)
{
    PA_TRY(PA_ROOM(*list, *room, *n + 1, err));
    (*list)[(*n)++] = *reject;
    return PA_OK;
}

/* Whether it is the first of its reason in the piece, or of one of its kinds. */
static bool count_reject(pa_csv_intake *p, pa_reject_reason reason, uint32_t kinds)
{
    bool first = p->by_reason.n[reason]++ == 0;
    for (int k = 0; k < PA_KIND_N; k++) {
        if (kinds >> k & 1) first |= p->by_kind.n[reason][k]++ == 0;
    }
    return first;
}

static pa_status reject(pa_csv_intake *p, int64_t line, const pa_csv_fault *fault, uint32_t kinds,
                        pa_error *err)
{
    p->last_reject = line;
    bool example = count_reject(p, fault->reason, kinds), keep = p->n_kept < p->keep_rejects;
    if (p->n_rejected++ > 0 && !example && !keep) return PA_OK;
    pa_csv_reject r = {.line = line,
                       .last = line,
                       .file = p->file,
                       .reason = (int32_t)fault->reason,
                       .kinds = kinds};
    describe(p, fault, r.text);
    if (p->n_rejected == 1) {
        p->first_file = p->file;
        p->first_line = line;
        memcpy(p->first_reject, r.text, sizeof r.text);
    }
    if (example)
        PA_TRY(pa_csv_add_reject(&p->examples, &p->n_examples, &p->examples_room, &r, err));
    return keep ? pa_csv_add_reject(&p->rejects, &p->n_kept, &p->rejects_room, &r, err) : PA_OK;
}

pa_status pa_csv_reject_row(pa_csv_intake *p, int64_t line, const pa_csv_fault *fault,
                            uint32_t kinds, pa_error *err)
{
    return reject(p, line, fault, kinds, err);
}

static bool is_blank(const pa_csv_layout *l, const pa_csv_record *record)
{
    for (int32_t k = 0; k < l->n_fields; k++) {
        if (pa_csv_trimmed(pa_csv_field_at(record, k)).length > 0) return false;
    }
    return true;
}

static bool is_of_text(pa_reject_reason reason)
{
    return reason == PA_REJECT_ACCOUNT_TEXT || reason == PA_REJECT_MERCHANT_TEXT ||
           reason == PA_REJECT_TX_TEXT || reason == PA_REJECT_CODED || reason == PA_REJECT_AMOUNT ||
           reason == PA_REJECT_TIME || reason == PA_REJECT_NUMERIC || reason == PA_REJECT_SIGN;
}

/* The record as it lies. */
static pa_csv_field text_of(const pa_csv_layout *l, const pa_csv_record *r)
{
    if (r->field) return (pa_csv_field){r->text, r->length};
    pa_csv_field first = pa_csv_field_at(r, 0), last = pa_csv_field_at(r, l->n_fields - 1);
    return (pa_csv_field){first.text, (size_t)(last.text - first.text) + last.length};
}

/* The first of a file. What is no text may be so for a zero byte. */
static pa_status keep_no_utf8(pa_csv_intake *p, int64_t line, const pa_csv_fault *fault,
                              const pa_csv_record *record, pa_error *err)
{
    pa_bad_byte bad;
    if (p->n_no_utf8 > 0 && p->no_utf8[p->n_no_utf8 - 1].file == p->file) return PA_OK;
    if (!pa_find_no_utf8(fault->value.text, fault->value.length, true, &bad)) return PA_OK;
    pa_csv_field text = text_of(&p->layout, record);
    if (!pa_find_no_utf8(text.text, text.length, true, &bad)) return PA_OK;
    bad.offset += p->at + (text.text - p->text);
    bad.line += line - 1;
    PA_TRY(PA_ROOM(p->no_utf8, p->no_utf8_room, p->n_no_utf8 + 1, err));
    p->no_utf8[p->n_no_utf8++] = (pa_csv_no_utf8){p->file, bad};
    return PA_OK;
}

/* Behind a second header with its columns in another order rows mean something else. */
static void note_moved(pa_csv_intake *p, int64_t line, const pa_csv_record *record)
{
    const pa_csv_layout *l = &p->layout;
    uint64_t names = 0, in_order = 0;
    if (p->moved.line > 0 || l->names == 0) return;
    for (int32_t i = 0; i < l->n_fields - l->trailing; i++)
        pa_csv_digest_name(pa_csv_field_at(record, i), &names, &in_order);
    if (names != l->names || in_order == l->names_in_order) return;
    p->moved = (pa_csv_place){.file = p->file, .line = line};
}

pa_status pa_csv_reject_record(pa_csv_intake *p, int64_t line, const pa_csv_fault *fault,
                               const pa_csv_record *record, int8_t label, pa_error *err)
{
    if (is_blank(&p->layout, record)) {
        const pa_csv_fault blank = {PA_REJECT_BLANK, {"", 0}, 0};
        return reject(p, line, &blank, 0, err);
    }
    note_moved(p, line, record);
    if (is_of_text(fault->reason)) PA_TRY(keep_no_utf8(p, line, fault, record, err));
    return reject(p, line, fault, pa_csv_kinds_of(p, record, fault->reason, label), err);
}
