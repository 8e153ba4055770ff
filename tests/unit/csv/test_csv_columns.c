/* What a portfolio may hold beyond the plain six columns. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "csv_twin.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/csv.h"
#include "unit.h"

/* ---- a wide file, read in several ways ------------------------------------------ */

enum {
    ID,
    USER,
    CARD,
    SHOP,
    WHEN,
    CLOCK,
    YEAR,
    MONTH,
    DAY,
    AMOUNT,
    FRAUD,
    KNOWN,
    KIND,
    WAY,
    MONEY,
    LAND,
    HOME_LAT,
    HOME_LON,
    SHOP_LAT,
    SHOP_LON,
    V1,
    NOTE,
    V2,
    V03,
    N_COLUMNS
};

static const char wide_header[] =
    "id,user,card,shop,when,clock,year,month,day,amount,fraud,known,kind,way,money,land,"
    "home lat,home lon,shop lat,shop lon,V1,note,V2,V03\n";

typedef struct {
    pa_csv_names names;
    bool text_ids, own_accounts;
} way;

#define ALL_NAMES                                                                                  \
    .amount = "amount", .amount_form = {'.', 2}, .label = "fraud", .label_time = "known",          \
    .coded = {"kind", "way", "money", "land"},                                                     \
    .place = {"home lat", "home lon", "shop lat", "shop lon"}, .numeric = "V*"

static const way ways[] = {
    {{.tx = "id", .account = "user", .merchant = "shop", .time = "when", ALL_NAMES}, false, false},
    {{.tx = "id", .account = "user,card", .merchant = "shop", .time = "when,clock", ALL_NAMES},
     true,
     false},
    {{.time = "year,month,day,clock", ALL_NAMES}, false, false},
    {{.tx = "id", .time = "when", ALL_NAMES}, true, true},
    {{.tx = "id", .time = "when", .amount = "amount", .amount_form = {'.', 2}, .numeric = "V2"},
     false,
     false},
    {{.tx = "id",
      .account = "user,kind",
      .time = "when",
      .amount = "amount",
      .amount_form = {'.', 2}},
     true,
     true},
    {{.tx = "id", .account = "user", .time = "when", .amount = "amount", .amount_form = {'.', 2}},
     false,
     true},
    {{.account = "kind", .time = "when", .amount = "amount", .amount_form = {'.', 2}}, false, true},
    {{.tx = "id",
      .account = "card, user",
      .merchant = "shop",
      .time = "when",
      .amount = "amount",
      .amount_form = {'.', 2},
      .coded = {[PA_CSV_COUNTRY] = "land"},
      .place = {[PA_CSV_HOME_LON] = "home lon"}},
     false,
     false},
};
enum { N_WAYS = sizeof ways / sizeof *ways };

static const char *const wide_pool[N_COLUMNS][8] = {
    [ID] = {"1", "20", "-7", "345678901234567", " 33", "9223372036854775807", "b7f0",
            "012345678901234567890123456789\xc3\xa9"
            "0123456789012345678901234567890123456789"},
    [USER] = {"u1", "u2", "long but fine name of a user, quoted", "u 3", " u1", "u1\xc2\xa0", "a/b",
              ""},
    [CARD] = {"0", "1", "2", " 0", "NULL", "\xc3\xa9", "\xff",
              "0123456789012345678901234567890123456789012345678901234"},
    [SHOP] = {"s1", "s2", "s3", "Joe's 5\" pizza", "s1 ", "s2", "s\n4", ""},
    [WHEN] = {"2018-07-25", "2018-07-26", "2018/07/25", "2018-07-25 13:05:59", "172792.5",
              "2018-07-25 00:00:00", "2018-07-2x", ""},
    [CLOCK] = {"13:05", "1:05:59 PM", "00:00", "23:59:59.9", "06:21", "01:00+02:00", "24:00", ""},
    [YEAR] = {"2002", "2018", "1970", "2018", "2002", "2019", "20 18", "10000"},
    [MONTH] = {"1", "12", "7", "07", " 3", "10", "13", ""},
    [DAY] = {"1", "31", "28", "07", "3", "10", "30", "0"},
    [AMOUNT] = {"$134.09", "-5", "$-99.00", "1,234.56", "1e5", "12.34", "1,23", "1e99"},
    [FRAUD] = {"0", "1", "", "Yes", "genuine", "FRAUD", "1.0", "2"},
    [KNOWN] = {"nan", "2018-08-01", "2018-08-01 12:00", "86400", "", "", "soon", " "},
    [KIND] = {"net", "pos", "", " net ", "\xc3\xa9t\xc3\xa9", "misc, other", "\xfe", "Null"},
    [WAY] = {"chip", "swipe", "", "chip", "online", "chip", "chip",
             "01234567890123456789012345678901234567890123456789012345678901234"},
    [MONEY] = {"EUR", "USD", "", "EUR", "USD", "EUR", "EUR", "USD"},
    [LAND] = {"DE", "FR", "", "DE", "FR", "DE", "FR", "DE"},
    [HOME_LAT] = {"49.159046999999994", "-90", "90", "", "0", " 12.5 ", "90.0001", "1e0"},
    [HOME_LON] = {"-118.186462", "180", "-180", "", "0", "12.5", "180.1", "179"},
    [SHOP_LAT] = {"36.0788", "1", "2", "\\N", "3", "4", "5", "north"},
    [SHOP_LON] = {"-81.1781", "1", "2", "", "3", "4", "5", "nan"},
    [V1] = {"-1.3598071336738", "0", "1e-50", "-0.0727811733098497", "", "3.4e38", "1e39", "x"},
    [NOTE] = {"", "n", "two\nlines", "a \"note\"", "", "x", "y", "z"},
    [V2] = {"1", "nan", "3.5", "-4.25", "0.1", "16777217", "0.3", "inf"},
    [V03] = {"1", "2", "3.5", "-4.25", "0.1", "16777217", "0.3", "5"},
};

/* ---- the twin's judgement ---------------------------------------------------------- */

typedef struct {
    int64_t tx, time, minor, known;
    int label;
    double place[PA_CSV_N_PLACES];
    float number[3];
    kept_name id, account, merchant, coded[PA_CSV_N_CODED];
    bool own, odd;
    pa_reject_reason reason;
} values;

/* A record with several faults has the first of their reasons. */
static void blame(values *v, pa_reject_reason reason, bool is_bad)
{
    if (is_bad && reason < v->reason) v->reason = reason;
}

static int column_of(const char *name)
{
    const char *at = wide_header;
    for (int c = 0; c < N_COLUMNS; c++) {
        size_t n = strcspn(at, ",\n");
        if (n == strlen(name) && memcmp(at, name, n) == 0) return c;
        at += n + 1;
    }
    return -1;
}

/* Columns of "a, b"; how many. */
static int columns_of(const char *names, int column[4])
{
    char text[100];
    int n = 0;
    if (!names) return 0;
    snprintf(text, sizeof text, "%s", names);
    for (char *part = strtok(text, ","); part; part = strtok(NULL, ",")) {
        column[n++] = column_of(part + strspn(part, " "));
    }
    return n;
}

static bool read_any_time(const char *t, size_t n, int64_t *time)
{
    int64_t v;
    if (pa_parse_date_time(t, n, PA_DATE_YMD, time)) return true;
    if (!pa_parse_floor(t, n, 1, 0, &v) || v < PA_TIME_MIN || v > PA_TIME_MAX) return false;
    *time = v;
    return true;
}

static bool join_time(const record *r, const int column[], int n_columns, int64_t *time)
{
    char text[200] = "";
    if (n_columns == 4) {
        for (int i = 0; i < 3; i++) {
            size_t n;
            const char *t = text_of(&r->field[column[i]], &n);
            size_t at = strlen(text), width = i == 0 ? 4 : 2;
            while (n < width) text[at++] = '0', width--;
            snprintf(text + at, sizeof text - at, "%.*s-", (int)n, t);
        }
        text[strlen(text) - 1] = '\0';
    } else {
        size_t n;
        const char *t = text_of(&r->field[column[0]], &n);
        snprintf(text, sizeof text, "%.*s", (int)n, t);
    }
    size_t n;
    int64_t date;
    pa_written_time clock;
    const char *t = text_of(&r->field[column[n_columns - 1]], &n);
    if (!pa_parse_date_time(text, strlen(text), PA_DATE_YMD, &date) || date % 86400 != 0)
        return false;
    if (!pa_read_clock(t, n, &clock)) return false;
    *time = date + clock.local - clock.east;
    return true;
}

static void judge_id(const record *r, const way *w, int file, values *v)
{
    size_t n;
    if (!w->names.tx) {
        v->tx = (int64_t)file << 40 | r->line;
    } else if (w->text_ids) {
        v->id = keep_slowly(&r->field[ID], true);
        blame(v, PA_REJECT_EMPTY_TX, v->id.n == 0);
        blame(v, PA_REJECT_TX_TEXT, v->id.bad);
        v->tx = (int64_t)(XXH3_64bits(v->id.text, v->id.n) & INT64_MAX);
    } else {
        const char *t = text_of(&r->field[ID], &n);
        blame(v, PA_REJECT_TX, !pa_parse_i64(t, n, &v->tx));
    }
}

/* The name of a row that is its own account. */
static kept_name name_by_id(const way *w, const values *v, const char *before)
{
    pa_buffer name = {0};
    pa_error err = {0};
    if (w->text_ids) {
        pa_buffer_printf(&name, &err, "%s%.*s", before, (int)v->id.n, v->id.text);
    } else {
        pa_buffer_printf(&name, &err, "%s%lld", before, (long long)v->tx);
    }
    kept_name kept = keep_slowly(&name, false);
    pa_buffer_free(&name);
    kept.cut = false; /* its id was, perhaps */
    return kept;
}

static void judge_account(const record *r, const way *w, values *v)
{
    int column[4], n = columns_of(w->names.account, column);
    pa_buffer joined = {0};
    pa_error err = {0};
    bool any = false;
    for (int i = 0; i < n; i++) {
        const char *t = r->field[column[i]].length ? r->field[column[i]].data : "";
        size_t length = r->field[column[i]].length;
        strip(&t, &length);
        if (i > 0) pa_buffer_add(&joined, "/", 1, &err);
        if (is_missing_word(t, length)) continue;
        any = true;
        pa_buffer_add(&joined, t, length, &err);
        blame(v, PA_REJECT_ACCOUNT_PART, n > 1 && memchr(t, '/', length));
    }
    v->own = n > 0 && !any && w->own_accounts;
    v->account = n == 0   ? name_by_id(w, v, "")
                 : v->own ? name_by_id(w, v, "own:")
                          : keep_slowly(&joined, false);
    blame(v, PA_REJECT_NO_ACCOUNT, n > 0 && !any && !v->own);
    blame(v, PA_REJECT_ACCOUNT_TEXT, any && v->account.bad);
    pa_buffer_free(&joined);
}

static void judge_label(const record *r, const way *w, values *v)
{
    v->label = -1;
    if (!w->names.label) return;
    v->label = read_label_slowly(&r->field[FRAUD], &v->odd);
    v->known = INT64_MIN;
    size_t n;
    const char *t = text_of(&r->field[KNOWN], &n);
    if (!is_missing_word(t, n)) blame(v, PA_REJECT_LABEL_TIME, !read_any_time(t, n, &v->known));
}

/* As strtod and strtof read the text, with no sign in it that is not a number's. */
static bool slow_number(const pa_buffer *field, double *v, float *narrow)
{
    char text[200];
    size_t n;
    const char *t = text_of(field, &n);
    snprintf(text, sizeof text, "%.*s", (int)n, t);
    *v = strtod(text, NULL);
    *narrow = strtof(text, NULL);
    return n > 0 && strspn(text, "+-.0123456789eE") == n;
}

static void judge_more(const record *r, const way *w, values *v)
{
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        if (!w->names.coded[i]) continue;
        v->coded[i] = keep_slowly(&r->field[KIND + i], true);
        blame(v, PA_REJECT_CODED, v->coded[i].bad);
    }
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        if (!w->names.place[i]) continue;
        size_t n;
        const char *t = text_of(&r->field[HOME_LAT + i], &n);
        float narrow;
        bool good = slow_number(&r->field[HOME_LAT + i], &v->place[i], &narrow);
        bool none = is_missing_word(t, n);
        if (none) v->place[i] = (double)NAN;
        blame(v, PA_REJECT_PLACE, !none && (!good || fabs(v->place[i]) > (i % 2 ? 180 : 90)));
    }
    static const int all[] = {V1, V2, V03};
    for (int i = 0; i < 3; i++) {
        double d;
        if (!w->names.numeric || (strcmp(w->names.numeric, "V2") == 0 && all[i] != V2)) continue;
        size_t n;
        const char *t = text_of(&r->field[all[i]], &n);
        bool good = slow_number(&r->field[all[i]], &d, &v->number[i]);
        if (is_missing_word(t, n)) {
            v->number[i] = (float)NAN;
            continue;
        }
        blame(v, PA_REJECT_NUMERIC, !good || !(fabs((double)v->number[i]) <= (double)FLT_MAX));
    }
}

static void judge(const record *r, const way *w, int file, values *v)
{
    size_t n;
    *v = (values){.reason = r->reason};
    bool whole = r->reason == PA_REJECT_N || r->reason == PA_REJECT_FIELDS;
    if (whole && is_blank(r, N_COLUMNS)) v->reason = PA_REJECT_BLANK;
    if (v->reason != PA_REJECT_N) return;
    judge_id(r, w, file, v);
    judge_account(r, w, v);
    if (w->names.merchant) v->merchant = keep_slowly(&r->field[SHOP], true);
    blame(v, PA_REJECT_MERCHANT_TEXT, v->merchant.bad);
    int column[4], n_time = columns_of(w->names.time, column);
    const char *t = text_of(&r->field[column[0]], &n);
    bool good =
        n_time == 1 ? read_any_time(t, n, &v->time) : join_time(r, column, n_time, &v->time);
    blame(v, PA_REJECT_TIME, !good);
    t = text_of(&r->field[AMOUNT], &n);
    good = pa_parse_minor(t, n, &v->minor);
    blame(v, PA_REJECT_AMOUNT, !good && v->minor == 0);
    bool beyond = v->minor > PA_CSV_AMOUNT_MOST || v->minor < -PA_CSV_AMOUNT_MOST;
    blame(v, PA_REJECT_AMOUNT_RANGE, beyond);
    judge_label(r, w, v);
    judge_more(r, w, v);
}

/* ---- comparing ------------------------------------------------------------------------ */

static bool same_more(const pa_csv_intake *p, const way *w, size_t row, const values *v)
{
    const pa_csv_batch *b = &p->rows;
    bool same = true;
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        if (!w->names.coded[i]) {
            same &= b->coded[i] == NULL;
            continue;
        }
        same &= is_named(&p->coded[i], b->coded[i][row], v->coded[i].text, v->coded[i].n);
    }
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        if (!w->names.place[i]) {
            same &= b->place[i] == NULL;
        } else {
            same &= memcmp(&b->place[i][row], &v->place[i], sizeof(double)) == 0 ||
                    (isnan(b->place[i][row]) && isnan(v->place[i]));
        }
    }
    bool only_v2 = w->names.numeric && strcmp(w->names.numeric, "V2") == 0;
    for (int i = 0; i < b->has.n_numeric; i++) {
        same &= memcmp(&b->numeric[i][row], &v->number[only_v2 ? 1 : i], sizeof(float)) == 0;
    }
    return same && b->has.n_numeric == (only_v2 ? 1 : w->names.numeric ? 3 : 0);
}

static bool same_row(const pa_csv_intake *p, const way *w, size_t row, size_t id_at,
                     const record *r, const values *v)
{
    const pa_csv_batch *b = &p->rows;
    if (row >= b->n) return false;
    bool same = b->tx[row] == v->tx && b->time[row] == v->time &&
                b->amount_minor[row] == v->minor && b->label[row] == v->label &&
                b->line[row] == r->line &&
                is_named(&p->accounts, b->account[row], v->account.text, v->account.n);
    if (v->merchant.n > 0) {
        same &= is_named(&p->merchants, b->merchant[row], v->merchant.text, v->merchant.n);
    } else {
        same &= is_named(&p->merchants, b->merchant[row], "none", 4);
    }
    same &= w->names.label_time ? b->label_time[row] == v->known : !b->label_time;
    if (w->text_ids) {
        same &= b->id_length[row] == v->id.n && id_at + v->id.n <= b->id_bytes.length &&
                memcmp(b->id_bytes.data + id_at, v->id.text, v->id.n) == 0;
    } else {
        same &= b->id_bytes.length == 0 && !b->id_length;
    }
    return same && same_more(p, w, row, v);
}

static bool is_row(const record *r, const void *of)
{
    values v;
    judge(r, of, 3, &v);
    return v.reason == PA_REJECT_N;
}

typedef struct {
    int64_t rows, met[PA_REJECT_N];
    int64_t no_merchant, own, long_names, odd, unknown, gaps[3]; /* of rows that are kept */
} tally;

static void count(const way *w, const values *v, tally *t)
{
    t->no_merchant += w->names.merchant && v->merchant.n == 0;
    t->own += v->own;
    t->long_names += v->id.cut + v->account.cut + v->merchant.cut;
    for (int i = 0; i < PA_CSV_N_CODED; i++) t->long_names += v->coded[i].cut;
    t->odd += v->odd;
    t->unknown += w->names.label && v->label < 0;
    for (int i = 0; i < 3; i++) t->gaps[i] += isnan(v->number[i]) != 0;
}

static int differ(const pa_csv_intake *p, const way *w, const tally *t)
{
    int wrong = (p->n_no_merchant != t->no_merchant) + (p->n_own_accounts != t->own) +
                (p->n_long_names != t->long_names) + (p->odd_labels.n != t->odd) +
                (p->n_unknown_labels != t->unknown);
    bool only_v2 = w->names.numeric && strcmp(w->names.numeric, "V2") == 0;
    for (int i = 0; i < p->rows.has.n_numeric; i++)
        wrong += (p->gaps ? p->gaps[i] : 0) != t->gaps[only_v2 ? 1 : i];
    return wrong;
}

static int differences(const pa_csv_intake *p, const way *w, const char *text, size_t n, tally *all)
{
    const twin_rule rule = {N_COLUMNS, p->max_record, p->max_field_lines, is_row, w};
    tally one = {0}, *t = &one;
    int64_t line = 2;
    size_t rows = 0, rejects = 0, id_at = 0;
    int wrong = 0;
    for (size_t i = 0; i < n;) {
        record r;
        values v;
        i += read_slowly(&rule, text + i, n - i, &line, &r);
        if (!r.blank) {
            judge(&r, w, p->file, &v);
            if (v.reason == PA_REJECT_N) {
                wrong += !same_row(p, w, rows++, id_at, &r, &v);
                id_at += w->text_ids ? v.id.n : 0;
                count(w, &v, t);
            } else {
                wrong += rejects >= p->n_kept || p->rejects[rejects].line != r.line ||
                         p->rejects[rejects].last != r.last ||
                         p->rejects[rejects].reason != (int32_t)v.reason;
                rejects++;
                t->met[v.reason]++;
            }
        }
        free_record(&r);
    }
    t->rows += (int64_t)rows;
    for (size_t i = 0; i < sizeof one / sizeof(int64_t); i++)
        ((int64_t *)(void *)all)[i] += ((const int64_t *)(const void *)t)[i];
    return wrong + differ(p, w, t) + (rows != p->rows.n) + (rejects != p->n_kept) +
           (id_at != p->rows.id_bytes.length);
}

static void add_wide_record(pa_buffer *text, uint64_t *state)
{
    for (int c = 0; c < N_COLUMNS; c++) {
        size_t pick = below(state, 120); /* one in forty is one of the last two, the bad ones */
        add_field(text, wide_pool[c][pick < 3 ? 6 + pick % 2 : pick % 6], state);
        if (c + 1 < N_COLUMNS) add(text, ",", 1);
    }
    bool dos = below(state, 5) == 0;
    add(text, dos ? "\r\n" : "\n", dos ? 2 : 1);
}

static pa_csv_intake new_parser(const way *w, size_t max_record)
{
    pa_error err = {0};
    pa_csv_intake p = {.max_record = max_record,
                       .max_field_lines = 20,
                       .keep_rejects = 1 << 20,
                       .file = 3,
                       .line = 2};
    CU_ASSERT_EQUAL(pa_csv_header(wide_header, strlen(wide_header), false, &w->names, 1, "x.csv",
                                  &p.layout, &err),
                    PA_OK);
    p.rows.has = pa_csv_columns_of(&p.layout, w->text_ids);
    p.own_accounts = w->own_accounts;
    CU_ASSERT_EQUAL(pa_csv_words_add(&p.missing, missing_list, &err), PA_OK);
    return p;
}

/* ---- tests ------------------------------------------------------------------------------ */

/* Cut anywhere and in windows of any size, now and then with a spoilt byte. */
static void test_every_column_is_what_the_twin_makes_of_it(void)
{
    uint64_t state = 21;
    pa_buffer text = {0};
    tally t = {0};
    int wrong = 0;
    for (int round = 0; round < 360; round++) {
        const way *w = &ways[round % N_WAYS];
        text.length = 0;
        for (size_t i = 1 + below(&state, 30); i > 0; i--) add_wide_record(&text, &state);
        for (int i = round % 4; i == 3; i++) {
            text.data[below(&state, text.length)] = ",\"\n\r\"a"[below(&state, 6)];
        }
        pa_csv_intake p = new_parser(w, round % 5 ? 1 << 20 : 250);
        for (size_t begin = 0; begin < text.length;) {
            size_t piece = 1 + below(&state, round % 2 ? 4000 : 30);
            size_t end = begin + piece < text.length ? begin + piece : text.length;
            size_t from = start_piece(&p, text.data, text.length, begin);
            parse_piece(&p, text.data, text.length, from, end, 1 + below(&state, 600));
            begin = end;
        }
        wrong += differences(&p, w, text.data, text.length, &t);
        pa_csv_intake_free(&p);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(t.rows > 1500);
    for (int i = 0; i < PA_REJECT_N; i++) {
        bool drawn = i != PA_REJECT_DUPLICATE && i != PA_REJECT_REPEATED && i != PA_REJECT_BLANK &&
                     i != PA_REJECT_OPEN_QUOTE && i != PA_REJECT_MERCHANT_TEXT &&
                     i != PA_REJECT_TX_TEXT && i != PA_REJECT_EMPTY_TX && i < PA_REJECT_SIGN;
        CU_ASSERT(t.met[i] > 0 || !drawn);
    }
    CU_ASSERT(t.no_merchant > 0 && t.own > 0 && t.long_names > 0 && t.odd > 0 && t.unknown > 0);
    CU_ASSERT(t.gaps[0] > 0 && t.gaps[1] > 0);
    pa_buffer_free(&text);
}

static const pa_csv_names plain = {
    .tx = "tx|",
    .account = "account",
    .merchant = "merchant",
    .time = "time",
    .amount = "amount",
    .amount_form = {'.', 2},
    .label = "label|",
    .label_time = "known|",
    .sign = "sign|",
    .coded = {"category|", "channel|", "currency|", "country|"},
    .place = {"home_lat|", "home_lon|", "lat|merch_lat|", "merch_lon|long|"}};

static pa_status parse_text(const char *text, const pa_csv_names *names, bool text_ids,
                            pa_csv_intake *p, pa_error *err)
{
    size_t used, n = strlen(text);
    pa_buffer numeric = {0};
    p->max_record = 1 << 20;
    p->keep_rejects = 100;
    PA_TRY(pa_csv_header(text, n, true, names, 1, "x.csv", &p->layout, err));
    PA_TRY(pa_csv_numeric_names(text, &p->layout, &numeric, err));
    p->rows.has = pa_csv_columns_of(&p->layout, text_ids);
    p->numeric_names = numeric.data;
    p->line = 1 + p->layout.newlines;
    size_t skip = (size_t)p->layout.length;
    pa_status st = pa_csv_parse(p, text + skip, n - skip, n - skip, true, &used, err);
    pa_buffer_free(&numeric);
    p->numeric_names = NULL;
    return st;
}

#define X16 "0123456789abcdef"
static void test_each_further_fault_has_its_reason_and_words(void)
{
    static const struct {
        const char *header, *record, *account;
        pa_reject_reason reason;
        const char *words;
        bool text_ids;
    } fault[] = {
        {"tx", ",a,m,1970-01-01,5", "account", PA_REJECT_EMPTY_TX, "the transaction id is empty",
         true},
        {"tx", "a\xff,a,m,1970-01-01,5", "account", PA_REJECT_TX_TEXT,
         "transaction id 'a\\xff' is not UTF-8 text", true},
        {"card", ", ,m,1970-01-01,5", "account,card", PA_REJECT_NO_ACCOUNT,
         "the account is empty (input.no_account = own keeps such rows)", false},
        {"card", X16 X16 X16 X16 "/1,a,m,1970-01-01,5", "card,account", PA_REJECT_ACCOUNT_PART,
         "account '" X16 X16 "01234567...' has a '/' in one of its parts", false},
        {"card", "\xff,a,m,1970-01-01,5", "account,card", PA_REJECT_ACCOUNT_TEXT,
         "account 'a/\\xff' is not UTF-8 text", false},
        {"card", "1/2,a,m,1970-01-01,5", "account,card", PA_REJECT_ACCOUNT_PART,
         "account 'a/1/2' has a '/' in one of its parts", false},
        {"known", "soon,a,m,1970-01-01,5", "account", PA_REJECT_LABEL_TIME,
         "time of the label 'soon' is not like 2018-07-25 13:05:59 (input.label_time_format)",
         false},
        {"country", "\xe9,a,m,1970-01-01,5", "account", PA_REJECT_CODED,
         "country '\\xe9' is not UTF-8 text", false},
        {"lat", "95,a,m,1970-01-01,5", "account", PA_REJECT_PLACE,
         "merchant_lat '95' is not a latitude", false},
        {"home_lon", "-180.5,a,m,1970-01-01,5", "account", PA_REJECT_PLACE,
         "home_lon '-180.5' is not a longitude", false},
        {"home_lat", "nan,a,m,1970-01-01,5", "account", PA_REJECT_PLACE,
         "home_lat 'nan' is not a latitude", false},
        {"V3", "abc,a,m,1970-01-01,5", "account", PA_REJECT_NUMERIC, "V3 'abc' is not a number",
         false},
        {"V3", "1e39,a,m,1970-01-01,5", "account", PA_REJECT_NUMERIC, "V3 '1e39' is too large",
         false},
        {"V3", "-1e999,a,m,1970-01-01,5", "account", PA_REJECT_NUMERIC, "V3 '-1e999' is too large",
         false},
        {"V3", "inf,a,m,1970-01-01,5", "account", PA_REJECT_NUMERIC, "V3 'inf' is not a number",
         false},
        {"V3", "1\t000,a,m,1970-01-01,5", "account", PA_REJECT_NUMERIC,
         "V3 '1\\t000' is not a number", false},
        {"note", "1,a,m,1970-01-01,NaN", "account", PA_REJECT_AMOUNT,
         "amount 'NaN' is not a number", false},
        {"note", "1,a,m,1970-01-01,-inf", "account", PA_REJECT_AMOUNT,
         "amount '-inf' is not a number", false},
        {"note", "1,a,m,1970-01-01,((5))", "account", PA_REJECT_AMOUNT,
         "amount '((5))' is not a number", false},
        {"sign", "x,a,m,1970-01-01,5", "account", PA_REJECT_SIGN,
         "sign 'x' is neither debit nor credit (input.sign_debit, input.sign_credit)", false},
        {"note", "1,a,m,1970-01-01,\"12,34.5\"", "account", PA_REJECT_AMOUNT,
         "amount '12,34.5' is not a number", false},
        {"note", "1,a", "account", PA_REJECT_FIELDS, "2 fields where the header has 5", false},
        {"note", "1,\"a\"b,m,1970-01-01,5", "account", PA_REJECT_BEHIND_QUOTE,
         "text follows a closing quote in field 2 (input.escape?)", false},
        {"note", "1,\"a\n\n\n\n\",m,1970-01-01,5", "account", PA_REJECT_FIELD_LINES,
         "a quoted field takes more than 4 lines (input.max_field_lines)", false},
        {"note", "1,a,\"m\n1,a,m,1970-01-01,5\n\",1970-01-01,5\nx", "account",
         PA_REJECT_ROWS_IN_FIELD, "a quote is opened and closed only behind further rows", false},
        {"note", ", ,\t,,\"\"", "account", PA_REJECT_BLANK, "the row has no value", false},
        {"note", " \t", "account", PA_REJECT_BLANK, "the row has no value", false},
    };
    bool met[PA_REJECT_N] = {false};
    for (size_t i = 0; i < sizeof fault / sizeof *fault; i++) {
        char text[400];
        pa_csv_intake p = {.max_field_lines = 4};
        pa_error err = {0};
        pa_csv_names names = plain;
        names.account = fault[i].account;
        CU_ASSERT_EQUAL(pa_csv_words_add(&p.debit, "dr", &err), PA_OK);
        CU_ASSERT_EQUAL(pa_csv_words_add(&p.credit, "cr", &err), PA_OK);
        if (fault[i].header[0] == 'V') names.numeric = "V*";
        snprintf(text, sizeof text, "%s,account,merchant,time,amount\n%s\n", fault[i].header,
                 fault[i].record);
        CU_ASSERT_EQUAL(parse_text(text, &names, fault[i].text_ids, &p, &err), PA_OK);
        size_t rows = fault[i].reason == PA_REJECT_ROWS_IN_FIELD; /* the row comes back */
        CU_ASSERT_EQUAL(p.rows.n, rows);
        CU_ASSERT_EQUAL(p.accounts.n, rows);
        CU_ASSERT(p.n_kept >= 1);
        if (p.n_kept >= 1) CU_ASSERT_EQUAL(p.rejects[0].reason, (int32_t)fault[i].reason);
        CU_ASSERT_STRING_EQUAL(p.first_reject, fault[i].words);
        met[fault[i].reason] = true;
        pa_csv_intake_free(&p);
    }
    for (int i = PA_REJECT_LABEL_TIME; i < PA_REJECT_N; i++) {
        bool of_record = i != PA_REJECT_DUPLICATE && i != PA_REJECT_REPEATED;
        CU_ASSERT(met[i] || !of_record);
    }
    for (int i = 0; i < PA_REJECT_N; i++) CU_ASSERT(strlen(pa_reject_reason_names[i]) > 0);
}

/* Whatever stands for nothing elsewhere. */
static void test_na_is_a_country_and_nothing_else(void)
{
    static const char text[] = "account,merchant,time,amount,country,currency\n"
                               "a,m,1970-01-01,5,NA,NA\n"
                               "a,m,1970-01-01,5,\" na \",na\n"
                               "a,m,1970-01-01,5,NULL,EUR\n"
                               "a,NA,1970-01-01,5,NA,EUR\n"
                               "NA,m,1970-01-01,5,DE,EUR\n";
    static const int32_t country[] = {0, 1, -1, 0}, currency[] = {-1, -1, 0, 0};
    pa_csv_intake p = {.max_field_lines = 4};
    pa_error err = {0};
    pa_csv_names names = plain;
    names.coded[PA_CSV_CURRENCY] = "currency";
    CU_ASSERT_EQUAL(pa_csv_words_add(&p.missing, "NULL, NA", &err), PA_OK);
    CU_ASSERT_EQUAL(parse_text(text, &names, false, &p, &err), PA_OK);
    CU_ASSERT_EQUAL_FATAL(p.rows.n, 4);
    CU_ASSERT_EQUAL(p.by_reason.n[PA_REJECT_NO_ACCOUNT], 1);
    CU_ASSERT_EQUAL(p.n_no_merchant, 1);
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(p.rows.coded[PA_CSV_COUNTRY][i], country[i]);
        CU_ASSERT_EQUAL(p.rows.coded[PA_CSV_CURRENCY][i], currency[i]);
    }
    pa_csv_intake_free(&p);
}

static void test_a_number_without_a_name_is_called_by_its_place(void)
{
    pa_csv_intake p = {.max_record = 1000};
    pa_error err = {0};
    pa_csv_names names = plain;
    names.numeric = "V*";
    static const char header[] = "account,merchant,time,amount,V1,V2\n";
    CU_ASSERT_EQUAL(
        pa_csv_header(header, strlen(header), true, &names, 1, "x.csv", &p.layout, &err), PA_OK);
    p.rows.has = pa_csv_columns_of(&p.layout, false);
    static const char text[] = "a,m,1970-01-01,5,1,x\n";
    parse_piece(&p, text, strlen(text), 0, strlen(text), 100);
    CU_ASSERT_STRING_EQUAL(p.first_reject, "column 6 'x' is not a number");
    pa_csv_intake_free(&p);
}

/* One time in one, two or four columns. */
static void test_times_are_read_in_every_form(void)
{
    static const struct {
        pa_time_kind form;
        int64_t start;
        const char *columns, *value;
        int64_t seconds; /* INT64_MAX: rejected as ... */
        const char *words;
    } example[] = {
        {PA_TIME_AUTO, 0, "t", "2018-07-25 13:05:59", 1532523959, NULL},
        {PA_TIME_AUTO, 1000, "t", " 2018-07-25T13:05:59 ", 1532523959, NULL},
        {PA_TIME_AUTO, 0, "t", "2018/07/25", 1532476800, NULL},
        {PA_TIME_AUTO, 0, "t", "2018-7-5", 1530748800, NULL},
        {PA_TIME_AUTO, 0, "t", "2018-07-25 13:05", 1532523900, NULL},
        {PA_TIME_AUTO, 0, "t", "2018-07-25T13:05:59+02:00", 1532516759, NULL},
        {PA_TIME_AUTO, 1000, "t", "172792", 173792, NULL},
        {PA_TIME_AUTO, 1000, "t", "172792.9", 173792, NULL},
        {PA_TIME_AUTO, 0, "t", "1e+05", 100000, NULL},
        {PA_TIME_AUTO, 0, "t", "-0.5", -1, NULL},
        {PA_TIME_AUTO, 0, "t", "253402300799", PA_TIME_MAX, NULL},
        {PA_TIME_AUTO, 1, "t", "253402300799", INT64_MAX,
         "like 2018-07-25 13:05:59 (input.time_format)"},
        {PA_TIME_AUTO, 0, "t", "1532523959000", INT64_MAX,
         "like 2018-07-25 13:05:59 (input.time_format)"},
        {PA_TIME_AUTO, 0, "t", "25/07/2018", INT64_MAX,
         "like 2018-07-25 13:05:59 (input.time_format)"},
        {PA_TIME_AUTO, 0, "t", "", INT64_MAX, "like 2018-07-25 13:05:59 (input.time_format)"},
        {PA_TIME_SECONDS, 86400, "t", "60", 86460, NULL},
        {PA_TIME_SECONDS, 0, "t", "2018-07-25", INT64_MAX,
         "a number of seconds within the years 0 to 9999"},
        {PA_TIME_SECONDS, 0, "t", "99999999999999999999", INT64_MAX,
         "a number of seconds within the years 0 to 9999"},
        {PA_TIME_SECONDS, INT64_MAX, "t", "1", INT64_MAX,
         "a number of seconds within the years 0 to 9999"},
        {PA_TIME_MILLISECONDS, 0, "t", "1532523959999", 1532523959, NULL},
        {PA_TIME_MILLISECONDS, 5, "t", "-1", 4, NULL},
        {PA_TIME_MILLISECONDS, 0, "t", "x", INT64_MAX,
         "a number of milliseconds within the years 0 to 9999"},
        {PA_TIME_HOURS, 1483228800, "t", "159", 1483228800 + 159 * 3600, NULL},
        {PA_TIME_HOURS, 0, "t", "0.5", 1800, NULL},
        {PA_TIME_HOURS, 0, "t", "99999999999", INT64_MAX,
         "a number of hours within the years 0 to 9999"},
        {PA_TIME_DAYS, 0, "t", "17737", 1532476800, NULL},
        {PA_TIME_DAYS, 0, "t", "12345678901234567890", INT64_MAX,
         "a number of days within the years 0 to 9999"},
        {PA_TIME_YYYYMMDD, 0, "t", "20180725", 1532476800, NULL},
        {PA_TIME_YYYYMMDD, 0, "t", "2018-07-25", INT64_MAX, "like 20180725"},
        {PA_TIME_DD_MM_YYYY, 0, "t", "25.07.2018 13:05", 1532523900, NULL},
        {PA_TIME_DD_MM_YYYY, 0, "t", "07/25/2018", INT64_MAX, "like 25/07/2018 13:05"},
        {PA_TIME_MM_DD_YYYY, 0, "t", "7/25/2018 1:05 PM", 1532523900, NULL},
        {PA_TIME_MM_DD_YYYY, 0, "t", "25/07/2018", INT64_MAX, "like 07/25/2018 13:05"},
        {PA_TIME_AUTO, 0, "d,t", "2018-07-25,13:05", 1532523900, NULL},
        {PA_TIME_AUTO, 0, "d,t", "2018-07-25 00:00:00,1:05:59 PM", 1532523959, NULL},
        {PA_TIME_AUTO, 0, "d,t", "2018-07-25 13:05:59,13:05", INT64_MAX,
         "like 2018-07-25 13:05:59 (input.time_format)"},
        {PA_TIME_AUTO, 0, "d,t", "17737,13:05", INT64_MAX,
         "like 2018-07-25 13:05:59 (input.time_format)"},
        {PA_TIME_AUTO, 0, "d,t", "9999-12-31,23:59:59-01", INT64_MAX,
         "like 2018-07-25 13:05:59 (input.time_format)"},
        {PA_TIME_DD_MM_YYYY, 0, "d,t", "25/07/2018,13:05", 1532523900, NULL},
        {PA_TIME_MM_DD_YYYY, 0, "d,t", "25/07/2018,13:05", INT64_MAX, "like 07/25/2018 13:05"},
        {PA_TIME_YYYYMMDD, 0, "d,t", "20180725, 06:21 ", 1532499660, NULL},
        {PA_TIME_DAYS, 7, "d,t", "1,00:01", 86467, NULL},
        {PA_TIME_AUTO, 0, "d,t,z", "2018-07-25,06:05:59,PDT", 1532523959, NULL},
        {PA_TIME_DD_MM_YYYY, 0, "d,t,z", "25/07/2018,060559,PDT", 1532523959, NULL},
        {PA_TIME_AUTO, 0, "d,t,z", "2018-07-25,06:05:59,BST", INT64_MAX,
         "like 2018-07-25 13:05:59 (input.time_format), with a zone such as UTC, CET, PST or "
         "+02:00"},
        {PA_TIME_EXCEL, 0, "t", "43306.5", 1532520000, NULL},
        {PA_TIME_MICROSECONDS, 0, "t", "1532523959999999", 1532523959, NULL},
        {PA_TIME_YYYYMMDDHHMMSS, 0, "t", "20180725130559", 1532523959, NULL},
        {PA_TIME_AUTO, 0, "t", "[25/Jul/2018:13:05:59 +0000]", 1532523959, NULL},
        {PA_TIME_AUTO, 0, "y,m,d,t", "2002,9,1,06:21", 1030861260, NULL},
        {PA_TIME_HOURS, 0, "y,m,d,t", "2002,09, 01,06:21", 1030861260, NULL},
        {PA_TIME_AUTO, 0, "y,m,d,t", "2002,9,31,06:21", INT64_MAX, "like 2018 7 25 13:05"},
        {PA_TIME_AUTO, 0, "y,m,d,t", "2002,9,1,6", INT64_MAX, "like 2018 7 25 13:05"},
        {PA_TIME_AUTO, 0, "y,m,d,t", "2002,9,,06:21", INT64_MAX, "like 2018 7 25 13:05"},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        char text[200], words[200], shown[60];
        pa_csv_intake p = {.time = {.kind = example[i].form, .start = example[i].start}};
        pa_error err = {0};
        pa_csv_names names = {
            .time = example[i].columns, .amount = "amount", .amount_form = {'.', 2}};
        /* Twice: the second one may find the day remembered. */
        snprintf(text, sizeof text, "%s,amount\n%s,1\n%s,1\n", example[i].columns, example[i].value,
                 example[i].value);
        CU_ASSERT_EQUAL(parse_text(text, &names, false, &p, &err), PA_OK);
        size_t expected = example[i].words ? 0 : 2;
        CU_ASSERT_EQUAL(p.rows.n, expected);
        if (p.rows.n == 2) {
            CU_ASSERT_EQUAL(p.rows.time[0], example[i].seconds);
            CU_ASSERT_EQUAL(p.rows.time[1], example[i].seconds);
        }
        if (example[i].words) {
            snprintf(shown, sizeof shown, "%s", example[i].value);
            for (char *c = shown; *c; c++) *c = *c == ',' ? ' ' : *c;
            snprintf(words, sizeof words, "time '%s' is not %s", shown, example[i].words);
            if (!*shown) snprintf(words, sizeof words, "the time is empty");
            CU_ASSERT_STRING_EQUAL(p.first_reject, words);
        }
        pa_csv_intake_free(&p);
    }
}

/* Days 1 and 2 of 2018-07 are in the month that is remembered; an hour of the second comes
 * twice. A date of ten signs with its day in front is not remembered. */
static void test_months_that_are_remembered_keep_their_zone_and_their_form(void)
{
    static pa_zone zone = {.n = 2, .from = {INT64_MIN, 1530493200}, .east = {7200, 3600}};
    static const struct {
        const char *text;
        int64_t seconds;
    } row[] = {
        {"2018-07-01 00:00:00", 1530396000},  {"2018-07-02 00:59:59", 1530485999},
        {"2018-07-02 01:00:00", 1530489600},  {"2018-07-01 00:00:01", 1530396001},
        {"2018-07-03T00:00:00Z", 1530576000}, {"2018-07-02 01:00:00", 1530489600},
        {"1 Jul 2018 00:00:00", 1530396000},  {"1 Jul 2019 00:00:00", 1561935600},
        {"1 Jul 2020 00:00:00", 1593558000},  {"2018.07.01 00:00:00", 1530396000},
        {"2018.07.02 02:00:00", 1530493200},
    };
    enum { N = sizeof row / sizeof *row };
    char text[1000] = "t,amount\n";
    for (size_t i = 0; i < N; i++) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s,1\n", row[i].text);
    }
    pa_csv_intake p = {.zone = &zone};
    pa_error err = {0};
    const pa_csv_names names = {.time = "t", .amount = "amount"};
    CU_ASSERT_EQUAL(parse_text(text, &names, false, &p, &err), PA_OK);
    CU_ASSERT_EQUAL_FATAL(p.rows.n, N);
    for (size_t i = 0; i < N; i++) CU_ASSERT_EQUAL(p.rows.time[i], row[i].seconds);
    pa_csv_intake_free(&p);
}

/* What one file has made of a month says nothing of another whose form differs. */
static void test_a_new_form_forgets_the_month(void)
{
    pa_csv_intake p = {0};
    pa_error err = {0};
    const pa_csv_names names = {.time = "t", .amount = "amount"};
    CU_ASSERT_EQUAL(parse_text("t,amount\n2018-07-01 00:00:00,1\n", &names, false, &p, &err),
                    PA_OK);
    const pa_time_form form = {.kind = PA_TIME_DD_MM_YYYY};
    pa_csv_set_time(&p, &form, NULL);
    CU_ASSERT_EQUAL(parse_text("t,amount\n2018-07-01 00:00:00,1\n", &names, false, &p, &err),
                    PA_OK);
    CU_ASSERT_EQUAL(p.rows.n, 1);
    CU_ASSERT_STRING_EQUAL(p.first_reject,
                           "time '2018-07-01 00:00:00' is not like 25/07/2018 13:05");
    pa_csv_intake_free(&p);
}

static void test_rows_without_ids_are_numbered_by_their_place(void)
{
    pa_csv_intake p = {.file = 2};
    pa_error err = {0};
    const pa_csv_names names = {.time = "t", .amount = "a", .amount_form = {'.', 2}};
    CU_ASSERT_EQUAL(parse_text("t,a\n1,1\n\nx,1\n2,1\n", &names, false, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.rows.n, 2);
    CU_ASSERT_EQUAL(p.rows.tx[0], (INT64_C(2) << 40) + 2);
    CU_ASSERT_EQUAL(p.rows.tx[1], (INT64_C(2) << 40) + 5);
    CU_ASSERT_EQUAL(p.rows.line[1], 5);
    CU_ASSERT(is_named(&p.accounts, p.rows.account[1], "2199023255557", 13));
    CU_ASSERT(is_named(&p.merchants, 0, "none", 4));
    pa_csv_intake_free(&p);
}

static void test_more_lines_than_ids_are_an_error(void)
{
    static const struct {
        int32_t file;
        int64_t line;
        const char *message;
    } beyond[] = {
        {0, INT64_C(1) << 40,
         "without transaction ids there may be 2^23 files of 2^40 lines: this is line "
         "1099511627776 of file 1"},
        {1 << 23, 2,
         "without transaction ids there may be 2^23 files of 2^40 lines: this is line 2 of file "
         "8388609"},
    };
    for (int i = 0; i < 2; i++) {
        pa_csv_intake p = {.max_record = 100, .line = beyond[i].line, .file = beyond[i].file};
        pa_error err = {0};
        const pa_csv_names names = {.time = "t", .amount = "a", .amount_form = {'.', 2}};
        size_t used;
        CU_ASSERT_EQUAL(pa_csv_header("t,a\n", 4, false, &names, 1, "x.csv", &p.layout, &err),
                        PA_OK);
        CU_ASSERT_EQUAL(pa_csv_parse(&p, "1,1\n", 4, 4, true, &used, &err), PA_E_DATA);
        CU_ASSERT_EQUAL(err.line, beyond[i].line);
        CU_ASSERT_STRING_EQUAL(err.message, beyond[i].message);
        pa_csv_intake_free(&p);
    }
}

/* The columns of a run are those of its first file. */
static void test_a_later_file_may_lack_a_column(void)
{
    pa_csv_intake p = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(parse_text("account,merchant,time,amount,known,category,home_lat\n"
                               "a,m,1,1,5,food,1.5\n",
                               &plain, false, &p, &err),
                    PA_OK);
    static const char second[] = "account,merchant,time,amount\na,m,1,1\n";
    size_t used;
    CU_ASSERT_EQUAL(
        pa_csv_header(second, strlen(second), true, &plain, 2, "y.csv", &p.layout, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_csv_parse(&p, second + 29, 8, 8, true, &used, &err), PA_OK);
    CU_ASSERT_EQUAL(p.rows.n, 2);
    CU_ASSERT_EQUAL(p.rows.label_time[0], 5);
    CU_ASSERT_EQUAL(p.rows.label_time[1], INT64_MIN);
    CU_ASSERT_EQUAL(p.rows.coded[PA_CSV_CATEGORY][0], 0);
    CU_ASSERT_EQUAL(p.rows.coded[PA_CSV_CATEGORY][1], -1);
    CU_ASSERT(p.rows.place[PA_CSV_HOME_LAT][0] == 1.5);
    CU_ASSERT(isnan(p.rows.place[PA_CSV_HOME_LAT][1]));
    CU_ASSERT_PTR_NULL(p.rows.coded[PA_CSV_CHANNEL]);
    pa_csv_intake_free(&p);
}

/* ---- headers ---------------------------------------------------------------------------- */

static pa_status read_header(const char *text, const pa_csv_names *names, pa_csv_layout *l,
                             pa_error *err)
{
    *err = (pa_error){0};
    return pa_csv_header(text, strlen(text), true, names, 4, "x.csv", l, err);
}

static void test_columns_are_found_by_name_alternative_and_pattern(void)
{
    pa_error err;
    pa_csv_layout l;
    pa_csv_names names = {.tx = "id|trans_num",
                          .account = "User, Card",
                          .merchant = "shop|Merchant Name",
                          .time = "Year,Month,Day,Time",
                          .amount = "amt | Amount",
                          .amount_form = {'.', 2},
                          .label = "fraud|",
                          .coded = {"MCC", NULL, "", "Country|"},
                          .numeric = "Zip, *a*, Amount"};
    CU_ASSERT_EQUAL(
        read_header("User,Card,Year,Month,Day,Time,Amount,\"Merchant Name\",Zip,MCC,trans_num,,Za",
                    &names, &l, &err),
        PA_OK);
    CU_ASSERT_EQUAL(l.n_fields, 13);
    CU_ASSERT(l.n_account == 2 && l.account[0] == 0 && l.account[1] == 1);
    CU_ASSERT(l.n_time == 4 && l.time[0] == 2 && l.time[3] == 5);
    CU_ASSERT(l.tx == 10 && l.merchant == 7 && l.amount == 6);
    CU_ASSERT(l.label == -1 && l.label_time == -1);
    CU_ASSERT(l.coded[PA_CSV_CATEGORY] == 9 && l.coded[PA_CSV_CHANNEL] == -1 &&
              l.coded[PA_CSV_CURRENCY] == -1 && l.coded[PA_CSV_COUNTRY] == -1);
    CU_ASSERT_EQUAL(l.place[PA_CSV_HOME_LAT], -1);
    static const int32_t numeric[] = {1, 2, 4, 6, 7, 8, 10, 12}; /* none without a name */
    CU_ASSERT(l.n_numeric == 8 && memcmp(l.numeric, numeric, sizeof numeric) == 0);
    /* The first of the alternatives, wherever it stands. */
    names.amount = "b|a";
    names.account = names.merchant = names.tx = names.numeric = "";
    names.coded[PA_CSV_CATEGORY] = NULL;
    names.time = "t";
    CU_ASSERT_EQUAL(read_header("a,t,b", &names, &l, &err), PA_OK);
    CU_ASSERT(l.amount == 2 && l.tx == -1 && l.merchant == -1 && l.n_account == 0);
}

static void test_a_pattern_of_numbers_passes_over_the_label(void)
{
    pa_error err;
    pa_csv_layout l;
    pa_csv_names names = {.time = "t",
                          .amount = "a",
                          .amount_form = {'.', 2},
                          .label = "y",
                          .label_time = "known",
                          .numeric = "*"};
    CU_ASSERT_EQUAL(read_header("a,y,known,t,V1", &names, &l, &err), PA_OK);
    CU_ASSERT(l.n_numeric == 3 && l.numeric[0] == 0 && l.numeric[1] == 3 && l.numeric[2] == 4);
}

static void test_each_fault_of_a_header_has_its_message(void)
{
    static const struct {
        const char *text;
        pa_csv_names names;
        pa_status status;
        const char *message;
    } bad[] = {
        {"a,b",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}},
         PA_E_DATA,
         "x.csv:1: no column 't' (input.time); the columns are a, b"},
        {"a,tx_time",
         {.time = "tx_tmie|when", .amount = "a", .amount_form = {'.', 2}},
         PA_E_DATA,
         "x.csv:1: no column 'tx_tmie' or 'when' (input.time): did you mean 'tx_time'? The columns "
         "are a, tx_time"},
        {"a,t",
         {.time = "t,clock", .amount = "a", .amount_form = {'.', 2}},
         PA_E_DATA,
         "x.csv:1: no column 'clock' (input.time); the columns are a, t"},
        {"\n\r\na,t",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}, .numeric = "V*"},
         PA_E_DATA,
         "x.csv:3: no column matches 'V*' (input.numeric); the columns are a, t"},
        {"a,t",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}, .numeric = "a,V1"},
         PA_E_DATA,
         "x.csv:1: no column 'V1' (input.numeric); the columns are a, t"},
        {"a,t,V1,V2,V1",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}, .numeric = "V*"},
         PA_E_DATA,
         "x.csv:1: two columns are named 'V1' (input.numeric): columns 3 and 5"},
        {"a,t,b,a",
         {.time = "t", .amount = "c|a|b", .amount_form = {'.', 2}},
         PA_E_DATA,
         "x.csv:1: two columns are named 'a' (input.amount): columns 1 and 4: say a#1 or a#2"},
        {"a,t,k,k",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}, .coded = {"k|"}},
         PA_E_DATA,
         "x.csv:1: two columns are named 'k' (input.category): columns 3 and 4: say k#1 or k#2"},
        {"a,t",
         {.time = "t",
          .amount = "a",
          .amount_form = {'.', 2},
          .place = {[PA_CSV_MERCHANT_LON] = "lon"}},
         PA_E_DATA,
         "x.csv:1: no column 'lon' (input.merchant_lon); the columns are a, t"},
        {"a,t",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}, .label_time = "known"},
         PA_E_DATA,
         "x.csv:1: no column 'known' (input.label_time); the columns are a, t"},
        {"a,t",
         {.time = "", .amount = "a", .amount_form = {'.', 2}},
         PA_E_CONFIG,
         "input.time names no column, and every row needs its time"},
        {"a,t",
         {.time = "t"},
         PA_E_CONFIG,
         "input.amount names no column, and every row needs its amount"},
        {"a,t",
         {.time = "a,t,a,t,a", .amount = "a", .amount_form = {'.', 2}},
         PA_E_CONFIG,
         "input.time names 5 columns: it is one, or a date and a clock, with a zone behind them or "
         "not, or year, month, day and clock"},
        {"a,t",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}, .account = "a,a,a,a,a"},
         PA_E_CONFIG,
         "input.account names 5 columns: at most 4 make one"},
        {"a,t",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}, .account = "a,"},
         PA_E_CONFIG,
         "input.account is 'a,': a name is missing beside a comma"},
        {"a,t",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}, .account = "b|"},
         PA_E_CONFIG,
         "input.account is 'b|', but this column may not be left to chance: take the '|' at its "
         "end away"},
        {"a,t",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}, .merchant = "m|"},
         PA_E_CONFIG,
         "input.merchant is 'm|', but this column may not be left to chance: take the '|' at its "
         "end away"},
        {"a,t,y",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}, .label = "y", .numeric = "a,y"},
         PA_E_CONFIG,
         "input.numeric names 'y', the column of input.label: no detector may read it"},
        {"a,t,y",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}, .label_time = "y", .numeric = "y*"},
         PA_E_DATA,
         "x.csv:1: no column matches 'y*' (input.numeric); the columns are a, t, y"},
        {"t,a",
         {.time = "t", .tx = "id", .amount = "a", .amount_form = {'.', 2}},
         PA_E_DATA,
         "x.csv:1: no column 'id' (input.tx): `tx =` says that there is none; the columns are t, "
         "a"},
        {"t,Card #,a",
         {.time = "t", .account = "Card", .amount = "a", .amount_form = {'.', 2}},
         PA_E_DATA,
         "x.csv:1: no column 'Card' (input.account): did you mean 'Card #'? In an INI file such a "
         "name stands between quotes, or its '#' begins a comment"},
        {"A,TIME",
         {.time = "time", .amount = "A", .amount_form = {'.', 2}},
         PA_E_DATA,
         "x.csv:1: no column 'time' (input.time): did you mean 'TIME'? The columns are A, TIME"},
        {"caf,a\x01z,\xc3\xa9",
         {.time = "t", .amount = "a", .amount_form = {'.', 2}},
         PA_E_DATA,
         "x.csv:1: no column 't' (input.time); the columns are caf, a?z, \xc3\xa9"},
        {"caf\xe9,a",
         {.time = "caf\xc3\xa9", .amount = "a", .amount_form = {'.', 2}},
         PA_E_DATA,
         "x.csv:1: byte 0xE9 (offset 3) is no UTF-8: set input.encoding (latin1, windows-1252), or "
         "convert the file with iconv -f WINDOWS-1252 -t UTF-8"},
        {"from,\xe9\n\n\xe9,t\n\"a\nt\",caf\xe9",
         {.time = "a t", .amount = "caf\xc3\xa9", .amount_form = {'.', 2}},
         PA_E_DATA,
         "x.csv:5: byte 0xE9 (offset 21) is no UTF-8: set input.encoding (latin1, windows-1252), "
         "or convert the file with iconv -f WINDOWS-1252 -t UTF-8"},
        {"caf\xe9,t", /* what is wrong is not in the file */
         {.time = "t", .amount = "", .amount_form = {'.', 2}},
         PA_E_CONFIG,
         "input.amount names no column, and every row needs its amount"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pa_error err;
        pa_csv_layout l;
        CU_ASSERT_EQUAL(read_header(bad[i].text, &bad[i].names, &l, &err), bad[i].status);
        CU_ASSERT_STRING_EQUAL(err.message, bad[i].message);
        CU_ASSERT_EQUAL(err.file, bad[i].status == PA_E_DATA ? 4 : 0);
    }
}

static void test_names_may_hold_any_bytes(void)
{
    static const char text[] = "t\0x,\xff\xfe\xfd,a,t\n";
    const pa_csv_names names = {
        .time = "t", .amount = "a", .amount_form = {'.', 2}, .numeric = "*"};
    pa_csv_layout l;
    pa_error err = {0};
    pa_buffer list = {0};
    CU_ASSERT_EQUAL(pa_csv_header(text, sizeof text - 1, false, &names, 1, "x.csv", &l, &err),
                    PA_OK);
    CU_ASSERT(l.n_fields == 4 && l.time[0] == 3 && l.n_numeric == 4);
    CU_ASSERT_EQUAL(pa_csv_numeric_names(text, &l, &list, &err), PA_OK);
    CU_ASSERT(list.length == 12 && memcmp(list.data, "t?x\0???\0a\0t", 12) == 0);
    pa_buffer_free(&list);
}

static void test_headers_of_any_width_are_read(void)
{
    pa_buffer text = {0};
    pa_error err = {0};
    pa_csv_layout l;
    for (int i = 0; i < 9998; i++) pa_buffer_printf(&text, &err, "column %d,", i);
    pa_buffer_printf(&text, &err, "amount,when\r\n");
    pa_csv_names names = {.time = "when",
                          .amount = "amount",
                          .amount_form = {'.', 2},
                          .numeric = "column 95*,column 9*9"};
    CU_ASSERT_EQUAL(pa_csv_header(text.data, text.length, false, &names, 1, "x.csv", &l, &err),
                    PA_OK);
    CU_ASSERT(l.n_fields == 10000 && l.time[0] == 9999 && l.amount == 9998);
    CU_ASSERT_EQUAL(l.n_numeric, 210);
    for (int i = 1; i < l.n_numeric; i++) CU_ASSERT(l.numeric[i - 1] < l.numeric[i]);
    names.numeric = "column*";
    CU_ASSERT_EQUAL(pa_csv_header(text.data, text.length, false, &names, 1, "x.csv", &l, &err),
                    PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message,
                           "x.csv:1: input.numeric means 9998 columns: at most 512 are read");
    /* A long list is cut; the nearest of all is named. */
    names = (pa_csv_names){.time = "column 9999", .amount = "amount", .amount_form = {'.', 2}};
    err = (pa_error){0};
    CU_ASSERT_EQUAL(pa_csv_header(text.data, text.length, false, &names, 1, "x.csv", &l, &err),
                    PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(err.message, "did you mean 'column 999'? The columns are column 0, "));
    CU_ASSERT_STRING_EQUAL(err.message + strlen(err.message) - 3, "...");
    pa_buffer_free(&text);
    /* And the narrowest, where one column is both. */
    names = (pa_csv_names){.time = "n", .amount = "n", .amount_form = {'.', 2}, .numeric = "n"};
    pa_csv_intake p = {0};
    CU_ASSERT_EQUAL(parse_text("n\n5\n\n\"6\"\n1,2\n", &names, false, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.rows.n, 2);
    CU_ASSERT_EQUAL(p.n_rejected, 1);
    if (p.rows.n == 2) {
        CU_ASSERT(p.rows.time[1] == 6 && p.rows.amount_minor[1] == 600);
        CU_ASSERT(p.rows.numeric[0][1] == 6.0F);
    }
    pa_csv_intake_free(&p);
}

static void test_a_list_of_columns_is_cut_between_characters(void)
{
    pa_buffer text = {0};
    pa_error err = {0};
    pa_csv_layout l;
    const pa_csv_names names = {.time = "when", .amount = "amount", .amount_form = {'.', 2}};
    for (int shift = 0; shift < 3; shift++) {
        text.length = 0;
        pa_buffer_printf(&text, &err, "%.*s", shift, "xyz");
        for (int i = 0; i < 200; i++) pa_buffer_printf(&text, &err, "\xe2\x82\xac");
        pa_buffer_printf(&text, &err, "\n");
        err = (pa_error){0};
        CU_ASSERT_EQUAL(pa_csv_header(text.data, text.length, false, &names, 1, "x.csv", &l, &err),
                        PA_E_DATA);
        size_t n = strlen(err.message);
        CU_ASSERT(n > 300 && memcmp(err.message + n - 6, "\xe2\x82\xac...", 6) == 0);
    }
    pa_buffer_free(&text);
}

static const pa_test tests[] = {
    {"every column is what the twin makes of it", test_every_column_is_what_the_twin_makes_of_it},
    {"each further fault has its reason and words",
     test_each_further_fault_has_its_reason_and_words},
    {"NA is a country and nothing else", test_na_is_a_country_and_nothing_else},
    {"a number without a name is called by its place",
     test_a_number_without_a_name_is_called_by_its_place},
    {"times are read in every form", test_times_are_read_in_every_form},
    {"months that are remembered keep their zone and their form",
     test_months_that_are_remembered_keep_their_zone_and_their_form},
    {"a new form forgets the month", test_a_new_form_forgets_the_month},
    {"rows without ids are numbered by their place",
     test_rows_without_ids_are_numbered_by_their_place},
    {"more lines than ids are an error", test_more_lines_than_ids_are_an_error},
    {"a later file may lack a column", test_a_later_file_may_lack_a_column},
    {"columns are found by name, alternative and pattern",
     test_columns_are_found_by_name_alternative_and_pattern},
    {"a pattern of numbers passes over the label", test_a_pattern_of_numbers_passes_over_the_label},
    {"each fault of a header has its message", test_each_fault_of_a_header_has_its_message},
    {"names may hold any bytes", test_names_may_hold_any_bytes},
    {"headers of any width are read", test_headers_of_any_width_are_read},
    {"a list of columns is cut between characters",
     test_a_list_of_columns_is_cut_between_characters},
};
PA_TEST_MAIN("csv_columns", tests)
