/* What the first rows say of how a file is written, once its header is known. */
#include "paraudit/csv/csv_parts.h"

enum { SAMPLED = PA_CSV_SAMPLED };

/* Amounts of the first rows, the last field of each being none of theirs. */
typedef struct {
    int32_t amount, n_fields;
    size_t rows, amounts;
    size_t cut; /* a whole number before a field of two digits: 11,33 without quotes, perhaps */
} amount_sample;

static bool are_digits(pa_csv_field f, size_t least, size_t most)
{
    if (f.length < least || f.length > most) return false;
    for (size_t i = 0; i < f.length; i++)
        if (f.text[i] < '0' || f.text[i] > '9') return false;
    return true;
}

static void look_at_amount(void *taker, const pa_csv_field field[])
{
    amount_sample *a = taker;
    const pa_amount_form open = {'\0', 2};
    pa_amount_tally tally = {0};
    pa_csv_field f = pa_csv_trimmed(field[a->amount]);
    int64_t minor;
    a->rows++;
    a->amounts += pa_amount_read(&open, f.text, f.length, &minor, &tally) <= PA_AMOUNT_EMPTY;
    if (f.length > 0 && (*f.text == '-' || *f.text == '+')) f.text++, f.length--;
    bool before_last = a->amount + 1 < a->n_fields;
    a->cut += before_last && are_digits(f, 1, 18) && are_digits(field[a->amount + 1], 2, 2);
}

bool pa_csv_amounts_fit(const pa_csv_layout *layout, const char *rows, size_t n, bool last)
{
    pa_csv_layout l = *layout;
    amount_sample a = {.amount = l.amount, .n_fields = l.n_fields};
    pa_error err = {0};
    if (l.amount < 0 || l.less >= 0) return true;
    l.n_fields++;
    if (pa_csv_sample(&l, rows, n, last, false, SAMPLED, look_at_amount, &a, &err) != PA_OK)
        return true;
    bool all_cut = a.cut == a.rows && l.signs.separator == ',';
    return a.amounts * 2 >= a.rows && !all_cut;
}

typedef struct {
    const pa_csv_layout *layout;
    size_t rows, quoted; /* with a field that looks as if its quotes were meant */
    size_t single;       /* with a field between single quotes */
} quote_sample;

static bool is_around(pa_csv_field f, char quote)
{
    return f.length >= 2 && f.text[0] == quote && f.text[f.length - 1] == quote;
}

static void look_for_quotes(void *taker, const pa_csv_field field[])
{
    quote_sample *b = taker;
    char quote = b->layout->signs.quote;
    bool quoted = false, single = false;
    for (int32_t i = 0; i < b->layout->n_fields; i++) {
        pa_csv_field f = pa_csv_trimmed(field[i]);
        quoted |= is_around(f, quote) && f.length < field[i].length;
        single |= is_around(field[i], '\'');
    }
    b->rows++;
    b->quoted += quoted;
    b->single += single;
}

/* Whether a sign is in the header, or in the first rows. */
static bool is_in_use(const char *text, size_t n, const pa_csv_layout *l, char sign)
{
    size_t at = (size_t)l->head_begin;
    for (int lines = 0; at < n && lines <= SAMPLED; at++) {
        if (text[at] == sign) return true;
        lines += text[at] == '\n' || text[at] == '\r';
    }
    return false;
}

/* (Fields that hold separators break such a row before that is known.) */
pa_status pa_csv_find_quotes(const char *text, size_t n, bool last, bool said, pa_csv_layout *l,
                             pa_error *err)
{
    quote_sample b = {.layout = l};
    if (!l->signs.quote || l->signs.blanks) return PA_OK;
    const char *rows = text + l->length;
    PA_TRY(pa_csv_sample(l, rows, n - (size_t)l->length, last, false, SAMPLED, look_for_quotes, &b,
                         err));
    l->signs.blanks = b.quoted * 2 > b.rows;
    bool all = !said && b.rows > 0 && b.single == b.rows;
    if (all && !is_in_use(text, n, l, l->signs.quote)) l->signs.quote = '\'';
    return PA_OK;
}
