/* Plain records a block at a time and column by column, in short loops: the next row does not
 * wait for the one before, and places in large dictionaries are fetched all at once. A row with a
 * field that is not as nearly all are is left to csv_row.c, in its turn. */
#include <math.h>

#include "csv_block.h"
#include "csv_quick.h"
#include "paraudit/base/text.h"

/* OVER: bytes that are read from the begin of a field on, however short it is. FEW: rows that are
 * not worth a block. */
enum { BLOCK = 128, OVER = 24, FEW = 4, BRIEF_BITS = 10, BRIEF = 1 << BRIEF_BITS, ALONE = 4096 };

/* Names that may be new, or be met earlier in the block; all else is left to csv_row.c. */
enum { ODD = 1, NEW_ACCOUNT = 2, NEW_MERCHANT = 4 };

/* A name of 1 to 16 bytes, zeros behind it. length 0: none. */
typedef struct {
    uint64_t word[2];
    int32_t code;
    uint32_t length;
} brief_name;

/* What is known of a column of few names. */
typedef struct {
    size_t n;
    brief_name slot[BRIEF];
} brief_names;

struct pa_csv_block {
    size_t n;  /* rows */
    size_t to; /* where the first of them goes in the batch */
    const char *text;
    const uint16_t *first[BLOCK]; /* the mark at the end of each row's first field */
    uint8_t odd[BLOCK];           /* which of its fields are; of all kinds of them ODD */
    const char *name[BLOCK];
    uint32_t length[BLOCK];
    size_t n_odd; /* rows that csv_row.c took */
    size_t alone; /* rows that are taken one by one, for too many were odd */
    brief_names coded[PA_CSV_N_CODED];
};

typedef struct pa_csv_block block;

static inline pa_csv_field field_at(const block *b, size_t i, int32_t column)
{
    const uint16_t *mark = b->first[i] + column;
    uint16_t from = (uint16_t)(mark[-1] + 1);
    return (pa_csv_field){b->text + from, (size_t)*mark - from};
}

/* ---- numbers ---- */

/* n signs, 1 to 8, as digits; those before them are zeros. */
static inline uint64_t digits_of(const char *text, size_t n)
{
    unsigned above = (64 - 8 * (unsigned)n) & 63;
    return (pa_load8(text) << above) ^ (0x3030303030303030u << above);
}

static void read_ids(block *b, int32_t column, int64_t tx[])
{
    for (size_t i = 0; i < b->n; i++) {
        pa_csv_field f = field_at(b, i, column);
        bool is_long = f.length > 8;
        size_t n = is_long ? f.length - 8 : f.length;
        uint64_t high = digits_of(f.text, n);
        bool good = f.length - 1 < 16 && pa_are_digits(high);
        tx[i] = pa_join_digits(high);
        if (is_long) {
            uint64_t low = digits_of(f.text + n, 8);
            good &= pa_are_digits(low);
            tx[i] = tx[i] * 100000000 + pa_join_digits(low);
        }
        b->odd[i] |= !good;
    }
}

/* 12.34 */
static void read_amounts(block *b, int32_t column, int64_t minor[])
{
    for (size_t i = 0; i < b->n; i++) {
        pa_csv_field f = field_at(b, i, column);
        size_t n = f.length - 3;
        bool good = f.length - 4 < 8;
        const char *point = good ? f.text + n : f.text;
        uint64_t units = digits_of(f.text, good ? n : 1);
        unsigned tenths = (unsigned char)(point[1] - '0'), ones = (unsigned char)(point[2] - '0');
        minor[i] = pa_join_digits(units) * 100 + tenths * 10 + ones;
        b->odd[i] |= !good || !pa_are_digits(units) || *point != '.' || tenths > 9 || ones > 9;
    }
}

/* -12.345 with 2 to 8 signs behind the minus: one word, out of which the point is taken. */
static inline bool read_short(pa_csv_field f, double *value)
{
    static const double power[8] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    const uint64_t ones = 0x0101010101010101u;
    bool minus = *f.text == '-';
    size_t n = f.length - minus;
    if (n - 2 > 6) return false;
    unsigned above = 64 - 8 * (unsigned)n;
    uint64_t word = pa_load8(f.text + minus) << above;
    uint64_t differ = word ^ ones * '.';
    uint64_t points = (differ - ones) & ~differ & ones << 7;
    if (points == 0) return false;
    unsigned at = (unsigned)__builtin_ctzll(points) - 7; /* of the point, in bits */
    uint64_t before = ((uint64_t)1 << at) - 1;
    /* What stands before the point moves up to what stands behind it. */
    uint64_t d = ((word & before) << 8 | (word & ~before << 8)) ^ (ones * '0' << 8 << above);
    double v = (double)pa_join_digits(d) / power[7 - at / 8];
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    bits |= (uint64_t)minus << 63; /* a branch would be guessed wrong: places lie east and west */
    memcpy(value, &bits, sizeof bits);
    return pa_are_digits(d);
}

static void read_places(block *b, int32_t column, double most, double degrees[])
{
    for (size_t i = 0; i < b->n; i++) {
        pa_csv_field f = column < 0 ? (pa_csv_field){"", 0} : field_at(b, i, column);
        double v = (double)NAN;
        bool good = f.length == 0;
        if (!good) {
            good = read_short(f, &v) || pa_parse_double(f.text, f.length, &v);
            good = good && fabs(v) <= most;
        }
        degrees[i] = v;
        b->odd[i] |= !good;
    }
}

static void read_numbers(block *b, int32_t column, float value[])
{
    for (size_t i = 0; i < b->n; i++) {
        pa_csv_field f = field_at(b, i, column);
        b->odd[i] |= !pa_parse_float(f.text, f.length, &value[i]);
    }
}

/* ---- times and labels ---- */

static void read_times(block *b, pa_csv_intake *p, int64_t seconds[])
{
    for (size_t i = 0; i < b->n; i++)
        b->odd[i] |= !pa_csv_known_time(p->month, field_at(b, i, p->layout.time[0]), &seconds[i]);
    if (!p->zone) return;
    for (size_t i = 0; i < b->n; i++)
        if (!b->odd[i]) b->odd[i] = !pa_csv_leave_zone(p, &seconds[i]);
}

static void read_labels(block *b, int32_t column, int8_t label[])
{
    if (column < 0) memset(label, -1, b->n);
    if (column < 0) return;
    for (size_t i = 0; i < b->n; i++) {
        pa_csv_field f = field_at(b, i, column);
        unsigned value = (unsigned char)(*f.text - '0');
        label[i] = (int8_t)value;
        b->odd[i] |= f.length != 1 || value > 1;
    }
}

/* Nothing, as of nearly all rows. */
static void read_label_times(block *b, int32_t column, int64_t time[])
{
    for (size_t i = 0; i < b->n; i++) {
        time[i] = INT64_MIN;
        b->odd[i] |= column >= 0 && field_at(b, i, column).length > 0;
    }
}

/* ---- names ---- */

static void find_names(block *b, const pa_intern *known, int32_t column, uint8_t new,
                       int32_t code[])
{
    for (size_t i = 0; i < b->n; i++) {
        pa_csv_field f = field_at(b, i, column);
        b->name[i] = f.text;
        b->length[i] = (uint32_t)f.length;
    }
    pa_intern_find_each(known, b->n, b->name, b->length, code);
    for (size_t i = 0; i < b->n; i++) b->odd[i] |= code[i] < 0 ? new : 0;
}

static bool is_no_merchant(pa_csv_field name)
{
    return name.length == pa_csv_no_merchant.length &&
           memcmp(name.text, pa_csv_no_merchant.text, name.length) == 0;
}

/* What those without a merchant are called may be a word for nothing. */
static void find_merchants(block *b, const pa_csv_intake *p, int32_t code[])
{
    find_names(b, &p->merchants, p->layout.merchant, NEW_MERCHANT, code);
    int32_t none =
        pa_intern_find(&p->merchants, pa_csv_no_merchant.text, pa_csv_no_merchant.length);
    for (size_t i = 0; none >= 0 && i < b->n; i++) b->odd[i] |= code[i] == none;
}

static inline size_t brief_slot(const uint64_t word[2])
{
    return (word[0] ^ (word[1] * 0x9e3779b97f4a7c15u)) * 0x8bb84b93962eacc9u >> (64 - BRIEF_BITS);
}

/* Bytes of a word that are kept of a name of n - 8 of them. */
static const uint64_t kept[25] = {
    [9] = 0xff,           [10] = 0xffff,           [11] = 0xffffff,
    [12] = 0xffffffff,    [13] = 0xffffffffff,     [14] = 0xffffffffffff,
    [15] = 0xffffffffffffff, [16] = UINT64_MAX, [17] = UINT64_MAX,
    [18] = UINT64_MAX, [19] = UINT64_MAX, [20] = UINT64_MAX, [21] = UINT64_MAX,
    [22] = UINT64_MAX, [23] = UINT64_MAX, [24] = UINT64_MAX};

/* A name of which all is in the slot, or one that the dictionary is asked for. */
static inline int32_t find_brief(brief_names *names, const pa_intern *known, pa_csv_field f)
{
    if (f.length > 16) return pa_intern_find(known, f.text, f.length);
    const uint64_t word[2] = {pa_load8(f.text) & kept[f.length + 8],
                              pa_load8(f.text + 8) & kept[f.length]};
    size_t i = brief_slot(word);
    for (;; i = (i + 1) % BRIEF) {
        const brief_name *s = &names->slot[i];
        if (s->length == 0) break;
        if (s->word[0] == word[0] && s->word[1] == word[1] && s->length == f.length)
            return s->code;
    }
    int32_t code = pa_intern_find(known, f.text, f.length);
    if (code < 0 || names->n >= BRIEF / 4) return code;
    names->slot[i] = (brief_name){{word[0], word[1]}, code, (uint32_t)f.length};
    names->n++;
    return code;
}

/* An empty one is -1. */
static void find_codes(block *b, brief_names *names, const pa_intern *known, int32_t column,
                       int32_t code[])
{
    for (size_t i = 0; i < b->n; i++) {
        pa_csv_field f = column < 0 ? (pa_csv_field){"", 0} : field_at(b, i, column);
        code[i] = f.length == 0 ? -1 : find_brief(names, known, f);
        b->odd[i] |= f.length > 0 && code[i] < 0;
    }
}

/* ---- rows ---- */

static void read_more(block *b, pa_csv_intake *p, size_t at)
{
    static const double most[PA_CSV_N_PLACES] = {90, 180, 90, 180};
    const pa_csv_layout *l = &p->layout;
    const pa_csv_batch *rows = &p->rows;
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        if (rows->has.coded[i])
            find_codes(b, &b->coded[i], &p->coded[i], l->coded[i], rows->coded[i] + at);
    }
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        if (rows->has.place[i]) read_places(b, l->place[i], most[i], rows->place[i] + at);
    }
    for (int32_t i = 0; i < rows->has.n_numeric; i++)
        read_numbers(b, l->numeric[i], rows->numeric[i] + at);
    if (rows->has.label_time) read_label_times(b, l->label_time, rows->label_time + at);
}

static void read_columns(block *b, pa_csv_intake *p, int64_t line)
{
    const pa_csv_layout *l = &p->layout;
    const pa_csv_batch *rows = &p->rows;
    size_t at = b->to = rows->n;
    memset(b->odd, 0, b->n);
    read_ids(b, l->tx, rows->tx + at);
    find_names(b, &p->accounts, l->account[0], NEW_ACCOUNT, rows->account + at);
    find_merchants(b, p, rows->merchant + at);
    read_times(b, p, rows->time + at);
    read_amounts(b, l->amount, rows->amount_minor + at);
    read_labels(b, l->label, rows->label + at);
    if (p->more) read_more(b, p, at);
    for (size_t i = 0; rows->line && i < b->n; i++) rows->line[at + i] = line + (int64_t)i;
}

static bool is_plain(const char *text, char separator, const uint16_t mark[], size_t n_fields)
{
    bool plain = true;
    for (size_t k = 0; k + 1 < n_fields; k++) plain &= text[mark[k]] == separator;
    char end = text[mark[n_fields - 1]];
    return plain && (end == '\n' || end == '\r');
}

/* The plain records from walk->begin on, as far as there is room for them. */
static void find_rows(block *b, pa_csv_walk *w, size_t n_fields, char separator, size_t most)
{
    size_t begin = w->begin, k = w->k;
    const pa_csv_marks *m = w->marks;
    b->n = 0;
    b->text = w->text;
    while (w->line < m->n_lines && m->line[w->line] < k) w->line++;
    for (size_t line = w->line; b->n < most && begin < w->own && line < m->n_lines;) {
        const uint16_t *mark = m->at + k;
        if (m->line[line] != k + n_fields - 1) break;
        if (m->others && !is_plain(w->text, separator, mark, n_fields)) break;
        size_t at = mark[n_fields - 1], ends = pa_csv_line_end(w->text, w->n, at);
        if (ends == 0 || at + ends - begin > w->longest || at + OVER > w->n) break;
        b->first[b->n++] = mark;
        begin = at + ends;
        k += n_fields + ends - 1;
        line += ends;
    }
}

/* Whether the names of the row are known by now, and nothing else is odd. */
static bool is_known(block *b, const pa_csv_intake *p, size_t i)
{
    if (b->odd[i] & ODD) return false;
    const pa_csv_field account = field_at(b, i, p->layout.account[0]);
    const pa_csv_field merchant = field_at(b, i, p->layout.merchant);
    int32_t *code = &p->rows.account[b->to + i];
    if (*code < 0) *code = pa_intern_find(&p->accounts, account.text, account.length);
    if (*code < 0) return false;
    code = &p->rows.merchant[b->to + i];
    if (*code < 0) *code = pa_intern_find(&p->merchants, merchant.text, merchant.length);
    return *code >= 0 && !is_no_merchant(merchant);
}

static pa_status take_rows(block *b, pa_csv_intake *p, pa_error *err)
{
    pa_csv_batch *rows = &p->rows;
    for (size_t i = 0, good; i < b->n; i += good + 1) {
        for (good = 0; i + good < b->n && (!b->odd[i + good] || is_known(b, p, i + good));) good++;
        if (rows->n < b->to + i) pa_csv_batch_move(rows, b->to + i, rows->n, good);
        rows->n += good;
        p->line += (int64_t)good;
        if (i + good == b->n) break;
        b->n_odd++;
        const pa_csv_record r = {.text = b->text, .mark = b->first[i + good]};
        PA_TRY(pa_csv_take_row(p, p->line, &r, err));
        p->line++;
    }
    return PA_OK;
}

static void pass(const block *b, size_t n_fields, pa_csv_walk *w)
{
    const uint16_t *last = b->first[b->n - 1] + n_fields - 1;
    size_t ends = pa_csv_line_end(w->text, w->n, *last);
    w->begin = *last + ends;
    w->k = (size_t)(last - w->marks->at) + ends;
}

bool pa_csv_fits_blocks(const pa_csv_intake *p)
{
    const pa_csv_layout *l = &p->layout;
    return !p->one_by_one && l->n_fields > 1 && !l->trailing && l->tx >= 0 &&
           !p->rows.has.text_ids && l->n_account == 1 && l->merchant >= 0 && l->n_time == 1 &&
           p->plain_amounts && !p->label_words.digits;
}

pa_status pa_csv_take_block(pa_csv_intake *p, pa_csv_walk *walk, pa_error *err)
{
    size_t n_fields = (size_t)p->layout.n_fields, room = p->rows.room - p->rows.n;
    if (!p->block) PA_TRY(PA_NEW(p->block, 1, err));
    block *b = p->block;
    if (b->alone > 0) return b->alone--, PA_OK;
    find_rows(b, walk, n_fields, p->layout.signs.separator, room < BLOCK ? room : BLOCK);
    if (b->n < FEW) return b->alone = FEW, PA_OK;
    read_columns(b, p, p->line);
    pass(b, n_fields, walk);
    b->n_odd = 0;
    PA_TRY(take_rows(b, p, err));
    /* A file that is not written as this expects is read row by row, and tried again later. */
    if (b->n_odd > b->n / 3) b->alone = ALONE;
    return PA_OK;
}
