#include <stdio.h>
#include <string.h>

#include "csv_parts.h"

const char *const pa_reject_reason_names[PA_REJECT_N] = {
    [PA_REJECT_LONG_RECORD] = "record too long",
    [PA_REJECT_OPEN_QUOTE] = "quote not closed",
    [PA_REJECT_FIELDS] = "wrong number of fields",
    [PA_REJECT_TX] = "bad transaction id",
    [PA_REJECT_NO_ACCOUNT] = "empty account",
    [PA_REJECT_LONG_ACCOUNT] = "account longer than 64 bytes",
    [PA_REJECT_ACCOUNT_TEXT] = "account is not UTF-8 text",
    [PA_REJECT_NO_MERCHANT] = "empty merchant",
    [PA_REJECT_LONG_MERCHANT] = "merchant longer than 64 bytes",
    [PA_REJECT_MERCHANT_TEXT] = "merchant is not UTF-8 text",
    [PA_REJECT_TIME] = "bad time",
    [PA_REJECT_AMOUNT] = "bad amount",
    [PA_REJECT_AMOUNT_RANGE] = "amount out of range",
    [PA_REJECT_LABEL] = "bad label",
    [PA_REJECT_LABEL_TIME] = "bad time of the label",
    [PA_REJECT_EMPTY_TX] = "empty transaction id",
    [PA_REJECT_LONG_TX] = "transaction id longer than 64 bytes",
    [PA_REJECT_TX_TEXT] = "transaction id is not UTF-8 text",
    [PA_REJECT_DUPLICATE] = "transaction id met before",
    [PA_REJECT_ACCOUNT_PART] = "slash in a part of the account",
    [PA_REJECT_CODED] = "category, channel, currency or country that is long or no text",
    [PA_REJECT_PLACE] = "bad latitude or longitude",
    [PA_REJECT_NUMERIC] = "bad number in a further column",
};

/* The value as it may stand in one line of a terminal, cut at 40 bytes. */
static void excerpt(pa_csv_field value, char out[48])
{
    size_t n = value.length < 40 ? value.length : 40;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)value.text[i];
        out[i] = c < 32 || c == 127 ? '?' : (char)c;
    }
    /* A character of several bytes is not cut in two. */
    if (n < value.length) {
        while (n > 0 && ((unsigned char)value.text[n] & 0xc0) == 0x80) n--;
    }
    memcpy(out + n, n < value.length ? "..." : "", n < value.length ? 4 : 1);
}

static void describe(const pa_csv_parser *p, pa_reject_reason reason, pa_csv_field value,
                     size_t found, char out[160])
{
    static const char *const format[PA_REJECT_N] = {
        [PA_REJECT_TX] = "transaction id '%s' is not a whole number of 64 bits",
        [PA_REJECT_NO_ACCOUNT] = "the account is empty%s",
        [PA_REJECT_LONG_ACCOUNT] = "account '%s' is longer than 64 bytes",
        [PA_REJECT_ACCOUNT_TEXT] = "account '%s' is not UTF-8 text",
        [PA_REJECT_NO_MERCHANT] = "the merchant is empty%s",
        [PA_REJECT_LONG_MERCHANT] = "merchant '%s' is longer than 64 bytes",
        [PA_REJECT_MERCHANT_TEXT] = "merchant '%s' is not UTF-8 text",
        [PA_REJECT_TIME] = "time '%s' is not like 2018-07-25 13:05:59",
        [PA_REJECT_AMOUNT] = "amount '%s' is not a number",
        [PA_REJECT_AMOUNT_RANGE] = "amount '%s' is out of range",
        [PA_REJECT_LABEL] = "label '%s' is neither 0 nor 1",
    };
    char text[48];
    excerpt(value, text);
    if (reason == PA_REJECT_LONG_RECORD) {
        snprintf(out, 160, "the record is longer than %zu bytes (is a quote not closed?)",
                 p->max_record);
    } else if (reason == PA_REJECT_OPEN_QUOTE) {
        snprintf(out, 160, "a quote is opened and not closed before the end of the file");
    } else if (reason == PA_REJECT_FIELDS) {
        snprintf(out, 160, "%zu fields where the header has %d", found, p->layout.n_fields);
    } else {
        /* As printf's own format argument it could not be checked: one %s each. */
        const char *mark = strstr(format[reason], "%s");
        snprintf(out, 160, "%.*s%s%s", (int)(mark - format[reason]), format[reason], text,
                 mark + 2);
    }
}

pa_status pa_csv_reject_row(pa_csv_parser *p, int64_t line, pa_reject_reason reason,
                            pa_csv_field value, size_t found, pa_error *err)
{
    if (p->n_rejected++ == 0) {
        p->first_file = p->file;
        p->first_line = line;
        describe(p, reason, value, found, p->first_reject);
    }
    if (p->n_kept >= p->keep_rejects) return PA_OK;
    if (p->n_kept == p->rejects_room) {
        size_t room = p->rejects_room ? p->rejects_room * 2 : 64;
        pa_csv_reject *grown = pa_realloc(p->rejects, room, sizeof *grown, err);
        if (!grown) return PA_E_MEMORY;
        p->rejects = grown;
        p->rejects_room = room;
    }
    p->rejects[p->n_kept++] = (pa_csv_reject){line, p->file, (int32_t)reason};
    return PA_OK;
}
