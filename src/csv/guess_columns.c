/* What the first rows hold in each column. */
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/intern.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/guess.h"
#include "paraudit/csv/label_words.h"

void pa_guess_columns_free(pa_guess_columns *c)
{
    pa_free(c->column);
    pa_buffer_free(&c->names);
    *c = (pa_guess_columns){0};
}

/* The rows, by column: cell[column * PA_GUESS_ROWS + row]. */
typedef struct {
    size_t n_columns, n_rows;
    pa_csv_field *cell;
    pa_buffer text; /* what they hold: room for all of it is there */
    pa_csv_words missing;
    size_t *none; /* by column: cells that hold this word */
} sample;

static void free_sample(sample *s)
{
    pa_free(s->cell);
    pa_free(s->none);
    pa_buffer_free(&s->text);
    pa_csv_words_free(&s->missing);
}

static void take_row(void *taker, const pa_csv_field field[])
{
    sample *s = taker;
    for (size_t k = 0; k < s->n_columns; k++) {
        pa_csv_field f = pa_csv_clean(field[k]);
        s->none[k] += pa_is_word(f.text, f.length, "none");
        if (pa_csv_words_hold(&s->missing, f.text, f.length)) f.length = 0;
        char *to = s->text.data + s->text.length;
        if (f.length > 0) memcpy(to, f.text, f.length);
        s->text.length += f.length;
        s->cell[k * PA_GUESS_ROWS + s->n_rows] = (pa_csv_field){to, f.length};
    }
    s->n_rows++;
}

static pa_status take_sample(const pa_csv_layout *l, const char *text, size_t n, bool last,
                             sample *s, pa_error *err)
{
    size_t begin = (size_t)l->length;
    s->n_columns = (size_t)l->n_fields;
    PA_TRY(PA_NEW(s->cell, s->n_columns * PA_GUESS_ROWS, err));
    PA_TRY(PA_NEW(s->none, s->n_columns, err));
    PA_TRY(pa_buffer_reserve(&s->text, n - begin + 1, err));
    PA_TRY(pa_csv_words_add(&s->missing, PA_MISSING_WORDS, err));
    return pa_csv_sample(l, text + begin, n - begin, last, false, PA_GUESS_ROWS, take_row, s, err);
}

/* ---- one value ---- */

static void note_number(pa_guess_column *c, pa_csv_field f)
{
    char text[64];
    double v;
    int64_t whole;
    f = pa_csv_with_point(f, text, sizeof text);
    if (!pa_parse_double(f.text, f.length, &v)) return;
    if (c->numbers == 0 || v < c->least) c->least = v;
    if (c->numbers == 0 || v > c->most) c->most = v;
    c->numbers++;
    c->whole += pa_parse_i64(f.text, f.length, &whole);
}

/* Digits behind the last mark, zeros at the end aside. */
static int32_t decimals_of(pa_csv_field f)
{
    int32_t n = 0, most = 0;
    size_t at = f.length;
    while (at > 0 && f.text[at - 1] != '.' && f.text[at - 1] != ',') at--;
    if (at == 0) return 0;
    for (; at < f.length && f.text[at] >= '0' && f.text[at] <= '9'; at++) {
        n++;
        if (f.text[at] != '0') most = n;
    }
    return most;
}

static void note_amount(pa_guess_column *c, pa_csv_field f)
{
    const pa_amount_form form = {'\0', 8};
    pa_amount_tally before = c->tally;
    int64_t minor;
    if (pa_amount_read(&form, f.text, f.length, &minor, &c->tally) != PA_AMOUNT_READ) return;
    c->amounts++;
    c->minus += minor < 0;
    bool lone = c->tally.lone[0] + c->tally.lone[1] > before.lone[0] + before.lone[1];
    c->marked += memchr(f.text, '.', f.length) || memchr(f.text, ',', f.length);
    if (lone && !*c->lone) pa_csv_excerpt(f, c->lone);
    int32_t n = decimals_of(f), *most = lone ? &c->lone_decimals : &c->decimals;
    if (n > *most) *most = n;
}

static void note_word(pa_guess_column *c, pa_csv_field f)
{
    char word[PA_CSV_EXCERPT];
    pa_csv_excerpt(f, word);
    if (!*c->example) memcpy(c->example, word, sizeof word);
    for (size_t i = 0; i < PA_GUESS_WORDS; i++) {
        if (strcmp(c->word[i], word) == 0) return;
        if (*c->word[i]) continue;
        memcpy(c->word[i], word, sizeof word);
        return;
    }
}

static void note(pa_guess_column *c, pa_csv_field f)
{
    pa_written_time clock;
    int32_t east;
    int8_t label;
    c->filled++;
    note_number(c, f);
    note_amount(c, f);
    note_word(c, f);
    c->clocks += pa_read_clock(f.text, f.length, &clock);
    c->zones += pa_read_zone(f.text, f.length, &east);
    c->labels += pa_label_word(f.text, f.length, &label);
}

/* ---- a column ---- */

static pa_status count_distinct(const pa_csv_field cell[], size_t n, size_t *distinct,
                                pa_error *err)
{
    pa_intern names = {0};
    pa_status st = PA_OK;
    int32_t code;
    for (size_t i = 0; i < n && st == PA_OK; i++) {
        if (cell[i].length > 0)
            st = pa_intern_add(&names, cell[i].text, cell[i].length, &code, err);
    }
    *distinct = names.n;
    pa_intern_free(&names);
    return st;
}

/* Of a form that is not clear, in any one. */
static bool read_time(const pa_time_sniffed *s, pa_csv_field f, pa_written_time *time)
{
    static const pa_date_order orders[] = {PA_DATE_ANY, PA_DATE_DMY, PA_DATE_MDY};
    if (s->verdict == PA_TIME_CLEAR) return pa_time_read(&s->form, f, time);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        if (pa_read_date_time(f.text, f.length, orders[i], time)) return true;
    }
    return false;
}

/* 1970-01-01, 1900-01-01 or the two days before: what programs put where a day has to be. */
static bool is_no_day(int64_t day)
{
    return day == 0 || (day >= -25569 && day <= -25567);
}

/* A day alone is a time at midnight. */
static void note_clock(pa_guess_column *c, const pa_csv_field cell[], size_t n)
{
    size_t no_days = 0;
    for (size_t i = 0; i < n; i++) {
        pa_written_time time;
        if (cell[i].length == 0 || !read_time(&c->time, cell[i], &time)) continue;
        int64_t day = pa_day_of(time.local);
        c->has_clock |= time.local != day * PA_DAY_SECONDS;
        c->has_zone |= time.zoned;
        no_days += is_no_day(day);
    }
    c->no_day = c->has_clock && c->numbers == 0 && no_days == c->filled;
}

static pa_status look_at(const sample *s, size_t k, pa_guess_column *c, pa_error *err)
{
    const pa_csv_field *cell = s->cell + k * PA_GUESS_ROWS;
    const pa_time_form any = {0};
    c->rows = s->n_rows;
    c->none = s->none[k];
    for (size_t i = 0; i < s->n_rows; i++) {
        if (cell[i].length > 0) note(c, cell[i]);
    }
    pa_time_sniff(cell, s->n_rows, &any, &c->time);
    note_clock(c, cell, s->n_rows);
    return count_distinct(cell, s->n_rows, &c->distinct, err);
}

static pa_status name_columns(const pa_csv_layout *l, const char *text, pa_guess_columns *c,
                              pa_error *err)
{
    PA_TRY(pa_csv_column_names(text, l, &c->names, err));
    const char *name = c->names.data;
    for (size_t k = 0; k < c->n; k++, name += strlen(name) + 1) c->column[k].name = name;
    return PA_OK;
}

pa_status pa_guess_columns_read(const pa_csv_layout *l, const char *text, size_t n, bool last,
                                pa_guess_columns *c, pa_error *err)
{
    sample s = {0};
    *c = (pa_guess_columns){.n = (size_t)l->n_fields};
    pa_status st;
    PA_GOTO(PA_NEW(c->column, c->n, err));
    PA_GOTO(name_columns(l, text, c, err));
    PA_GOTO(take_sample(l, text, n, last, &s, err));
    for (size_t k = 0; k < c->n; k++) PA_GOTO(look_at(&s, k, &c->column[k], err));
out:
    free_sample(&s);
    return st;
}
