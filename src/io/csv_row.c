#include <string.h>

#include "csv_parts.h"
#include "csv_words.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"

/* People write `1, 2.50, x`: blanks around numbers are theirs, not the data's. */
static pa_csv_field trimmed(pa_csv_field f)
{
    while (f.length && (*f.text == ' ' || *f.text == '\t')) f.text++, f.length--;
    while (f.length && (f.text[f.length - 1] == ' ' || f.text[f.length - 1] == '\t')) f.length--;
    return f;
}

/* 1 to 16 digits. */
static bool digits(const char *text, size_t n, int64_t *value)
{
    int64_t high;
    if (n == 0 || n > 16) return false;
    if (n <= 8) return pa_csv_digits8(text, n, value);
    if (!pa_csv_digits8(text, n - 8, &high) || !pa_csv_digits8(text + n - 8, 8, value))
        return false;
    *value += high * 100000000;
    return true;
}

static bool take_id(pa_csv_field f, int64_t *v)
{
    if (digits(f.text, f.length, v)) return true;
    f = trimmed(f);
    return pa_parse_i64(f.text, f.length, v);
}

static pa_reject_reason check_range(int64_t minor)
{
    bool within = minor >= -PA_CSV_AMOUNT_MOST && minor <= PA_CSV_AMOUNT_MOST;
    return within ? PA_REJECT_N : PA_REJECT_AMOUNT_RANGE;
}

/* 12.34 is how nearly all amounts look. */
static pa_reject_reason take_amount(pa_csv_field f, int64_t *minor)
{
    const char *t = f.text;
    size_t n = f.length;
    int64_t units, cents;
    if (n >= 4 && t[n - 3] == '.' && digits(t, n - 3, &units) && digits(t + n - 2, 2, &cents)) {
        *minor = units * 100 + cents;
        return check_range(*minor);
    }
    f = trimmed(f);
    if (pa_parse_minor(f.text, f.length, minor)) return check_range(*minor);
    return *minor == 0 ? PA_REJECT_AMOUNT : PA_REJECT_AMOUNT_RANGE;
}

/* "13:05:59" to seconds of the day, -1 where it is anything else. */
static int32_t clock_seconds(const char *text)
{
    uint64_t d = pa_csv_load8(text) ^ 0x30303a30303a3030u; /* what is above "00:00:00" */
    if ((d & 0x0000ff0000ff0000u) != 0 || !pa_csv_are_digits(d)) return -1;
    int32_t h = (int32_t)(10 * (d & 15) + (d >> 8 & 15));
    int32_t m = (int32_t)(10 * (d >> 24 & 15) + (d >> 32 & 15));
    int32_t s = (int32_t)(10 * (d >> 48 & 15) + (d >> 56));
    return h < 24 && m < 60 && s < 60 ? (h * 60 + m) * 60 + s : -1;
}

static bool same_day(const char *a, const char *b)
{
    return pa_csv_load8(a) == pa_csv_load8(b) && a[8] == b[8] && a[9] == b[9];
}

/* Files run along the calendar, so most rows have the date of the row before. */
static bool take_time(pa_csv_parser *p, pa_csv_field f, int64_t *seconds)
{
    bool plain = f.length == 19 && (f.text[10] == ' ' || f.text[10] == 'T');
    int32_t clock = plain ? clock_seconds(f.text + 11) : -1;
    if (clock >= 0 && same_day(f.text, p->day)) {
        *seconds = p->day_start + clock;
        return true;
    }
    f = trimmed(f);
    if (!pa_parse_time(f.text, f.length, seconds)) return false;
    if (clock >= 0) { /* then nothing was trimmed */
        memcpy(p->day, f.text, sizeof p->day);
        p->day_start = *seconds - clock;
    }
    return true;
}

static bool equals(pa_csv_field f, const char *lower)
{
    size_t n = strlen(lower);
    if (f.length != n) return false;
    for (size_t i = 0; i < n; i++) {
        char c = f.text[i];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != lower[i]) return false;
    }
    return true;
}

static bool take_label(pa_csv_field f, int8_t *label)
{
    *label = -1;
    f = trimmed(f);
    if (f.length == 0) return true;
    if (f.length == 1 && (*f.text == '0' || *f.text == '1')) {
        *label = (int8_t)(*f.text - '0');
        return true;
    }
    bool yes = equals(f, "true") || equals(f, "yes");
    *label = yes;
    return yes || equals(f, "false") || equals(f, "no");
}

/* Checks all before anything is kept, so that the names of a rejected row do
 * not enter the dictionaries. *value: the place of the field at fault. */
static pa_reject_reason check_row(pa_csv_parser *p, const pa_csv_field f[PA_CSV_WANTED], int *value,
                                  pa_csv_batch *b)
{
    size_t i = b->n;
    *value = PA_CSV_TX;
    if (!take_id(f[PA_CSV_TX], &b->tx[i])) return PA_REJECT_TX;
    *value = PA_CSV_ACCOUNT;
    pa_reject_reason reason = pa_csv_check_name(f[PA_CSV_ACCOUNT], PA_REJECT_NO_ACCOUNT);
    if (reason != PA_REJECT_N) return reason;
    *value = PA_CSV_MERCHANT;
    reason = pa_csv_check_name(f[PA_CSV_MERCHANT], PA_REJECT_NO_MERCHANT);
    if (reason != PA_REJECT_N) return reason;
    *value = PA_CSV_TIME;
    if (!take_time(p, f[PA_CSV_TIME], &b->time[i])) return PA_REJECT_TIME;
    *value = PA_CSV_AMOUNT;
    reason = take_amount(f[PA_CSV_AMOUNT], &b->amount_minor[i]);
    if (reason != PA_REJECT_N) return reason;
    *value = PA_CSV_LABEL;
    return take_label(f[PA_CSV_LABEL], &b->label[i]) ? PA_REJECT_N : PA_REJECT_LABEL;
}

pa_status pa_csv_take_row(pa_csv_parser *p, int64_t line, const pa_csv_field f[PA_CSV_WANTED],
                          pa_error *err)
{
    pa_csv_batch *b = &p->rows;
    if (b->n == b->room) PA_TRY(pa_csv_reserve(b, b->n + b->n / 2 + 64, err));
    int value;
    pa_reject_reason reason = check_row(p, f, &value, b);
    if (reason != PA_REJECT_N) return pa_csv_reject_row(p, line, reason, f[value], 0, err);
    const pa_csv_field account = f[PA_CSV_ACCOUNT], merchant = f[PA_CSV_MERCHANT];
    PA_TRY(pa_intern_add(&p->accounts, account.text, account.length, &b->account[b->n], err));
    PA_TRY(pa_intern_add(&p->merchants, merchant.text, merchant.length, &b->merchant[b->n], err));
    b->n++;
    return PA_OK;
}
