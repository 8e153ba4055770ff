/* Plain records a block at a time and column by column, in short loops: the next row does not
 * wait for the one before, and places in large dictionaries are fetched all at once. A row with a
 * field that is not as nearly all are is left to csv_row.c, in its turn. */
#include <math.h>

#include "csv_block.h"
#include "csv_quick.h"
#include "paraudit/base/text.h"

/* OVER: bytes that are read from the begin of a field on, however short it is. FEW: rows that are
 * not worth a block. */
enum { MOST_BRIEF = 15 };
enum {
    BLOCK = 128,
    OVER = 24,
    FEW = 4,
    BRIEF_BITS = 10,
    BRIEF = 1 << BRIEF_BITS,
    ALONE_MOST = 8192
};

/* Names that are new, or met earlier in the block; all else is left to csv_row.c. */
enum { ODD = 1, NEW_ACCOUNT = 2, NEW_MERCHANT = 4 };

/* A name of up to 15 bytes, zeros behind it, and its length in the last byte. One without a name
 * is free, and is the empty one's as well. */
typedef struct {
    uint64_t word[2];
    int64_t code;
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
    uint64_t word[BLOCK], bytes[BLOCK], other[BLOCK], hard[BLOCK]; /* as kernels have them */
    int64_t start[BLOCK], until[BLOCK];                            /* of months */
    size_t n_odd;                                                  /* rows that csv_row.c took */
    size_t alone; /* rows that are taken one by one, for too many were odd ... */
    size_t pause; /* ... and how many that will be the next time */
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

/* The first bytes of a column's fields, for kernels. Behind a minus, if `minus` is set, which is
 * put into b->other. */
static void load_fields(block *b, int32_t column, bool minus)
{
    for (size_t i = 0; i < b->n; i++) {
        pa_csv_field f = field_at(b, i, column);
        size_t sign = minus && *f.text == '-' && f.length > 0;
        b->word[i] = pa_load8(f.text + sign);
        b->bytes[i] = f.length - sign;
        b->other[i] = sign;
    }
}

static void read_ids(block *b, const pa_csv_kernels *kernels, int32_t column, int64_t tx[])
{
    load_fields(b, column, false);
    bool hard = kernels->whole(b->n, b->word, b->bytes, tx, b->hard);
    for (size_t i = 0; hard && i < b->n; i++) {
        pa_csv_field f = field_at(b, i, column);
        if (b->hard[i]) b->odd[i] |= !pa_csv_digits(f.text, f.length, &tx[i]);
    }
}

static void read_amounts(block *b, const pa_csv_kernels *kernels, int32_t column, int64_t minor[])
{
    load_fields(b, column, false);
    bool hard = kernels->amounts(b->n, b->word, b->bytes, minor, b->hard);
    for (size_t i = 0; hard && i < b->n; i++) {
        pa_csv_field f = field_at(b, i, column);
        if (b->hard[i])
            b->odd[i] |= !pa_csv_hundredths(f, &minor[i]) || minor[i] > PA_CSV_AMOUNT_MOST;
    }
}

static void read_places(block *b, const pa_csv_kernels *kernels, int32_t column, double most,
                        double degrees[])
{
    for (size_t i = 0; column < 0 && i < b->n; i++) degrees[i] = (double)NAN;
    if (column < 0) return;
    load_fields(b, column, true);
    bool hard = kernels->places(b->n, b->word, b->bytes, b->other, most, degrees, b->hard);
    for (size_t i = 0; hard && i < b->n; i++) {
        pa_csv_field f = field_at(b, i, column);
        if (!b->hard[i]) continue;
        bool good = pa_parse_double(f.text, f.length, &degrees[i]) && fabs(degrees[i]) <= most;
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

/* "2018-07-25 13:05:59" of a month that was met. */
static void read_times(block *b, pa_csv_intake *p, int64_t seconds[])
{
    for (size_t i = 0; i < b->n; i++) {
        pa_csv_field f = field_at(b, i, p->layout.time[0]);
        uint64_t date = pa_load8(f.text);
        const pa_csv_month *m = &p->month[pa_csv_month_slot(date)];
        b->other[i] = pa_load8(f.text + 8);
        b->word[i] = pa_load8(f.text + 11);
        b->start[i] = m->start;
        b->until[i] = f.length == 19 && m->text == date ? (m->days + 1) * PA_DAY_SECONDS : 0;
    }
    p->kernels->moments(b->n, b->other, b->word, seconds, b->hard);
    for (size_t i = 0; i < b->n; i++) {
        b->odd[i] |= b->hard[i] != 0 || seconds[i] >= b->until[i];
        seconds[i] += b->start[i];
    }
    for (size_t i = 0; p->zone && i < b->n; i++)
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

static inline size_t brief_slot(uint64_t low, uint64_t high)
{
    return (low ^ (high * 0x9e3779b97f4a7c15u)) * 0x8bb84b93962eacc9u >> (64 - BRIEF_BITS);
}

/* The bits that stay of eight bytes, of which there are n - 8. */
static const uint64_t kept[8 + MOST_BRIEF + 1] = {
    [9] = 0xff,          [10] = 0xffff,         [11] = 0xffffff,         [12] = 0xffffffff,
    [13] = 0xffffffffff, [14] = 0xffffffffffff, [15] = 0xffffffffffffff, [16] = UINT64_MAX,
    [17] = UINT64_MAX,   [18] = UINT64_MAX,     [19] = UINT64_MAX,       [20] = UINT64_MAX,
    [21] = UINT64_MAX,   [22] = UINT64_MAX,     [23] = UINT64_MAX,
};

static int32_t find_new(brief_names *names, const pa_intern *known, pa_csv_field f,
                        brief_name *slot, uint64_t low, uint64_t high)
{
    int32_t code = pa_intern_find(known, f.text, f.length);
    if (code < 0 || names->n >= BRIEF / 4) return code;
    *slot = (brief_name){{low, high}, code};
    names->n++;
    return code;
}

/* A name of which all is in the slot, or one that the dictionary is asked for; -1: the empty one,
 * and one that is not known. */
static inline int32_t find_brief(brief_names *names, const pa_intern *known, pa_csv_field f)
{
    if (f.length > MOST_BRIEF) return pa_intern_find(known, f.text, f.length);
    uint64_t low = pa_load8(f.text) & kept[f.length + 8];
    uint64_t high = (pa_load8(f.text + 8) & kept[f.length]) | (uint64_t)f.length << 56;
    for (size_t i = brief_slot(low, high);; i = (i + 1) % BRIEF) {
        brief_name *s = &names->slot[i];
        if (s->word[0] == low && s->word[1] == high) return (int32_t)s->code - (high == 0);
        if (s->word[1] == 0) return find_new(names, known, f, s, low, high);
    }
}

static void find_codes(block *b, brief_names *names, const pa_intern *known, int32_t column,
                       int32_t code[])
{
    for (size_t i = 0; column < 0 && i < b->n; i++) code[i] = -1;
    if (column < 0) return;
    for (size_t i = 0; i < b->n; i++) {
        pa_csv_field f = field_at(b, i, column);
        code[i] = find_brief(names, known, f);
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
        if (rows->has.place[i])
            read_places(b, p->kernels, l->place[i], most[i], rows->place[i] + at);
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
    read_ids(b, p->kernels, l->tx, rows->tx + at);
    find_names(b, &p->accounts, l->account[0], NEW_ACCOUNT, rows->account + at);
    find_merchants(b, p, rows->merchant + at);
    read_times(b, p, rows->time + at);
    read_amounts(b, p->kernels, l->amount, rows->amount_minor + at);
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

/* A name that is kept as it stands. */
static bool is_plain_name(const pa_csv_intake *p, pa_csv_field f)
{
    char cut[PA_CSV_NAME_BYTES];
    pa_csv_field name = f;
    return pa_csv_clean_name(&p->missing, &name, cut) == PA_CSV_NAME_GOOD && name.text == f.text &&
           name.length == f.length;
}

/* Of a name that was new as the block began; -1: it still is. good: it is no matter for csv_row.c.
 */
static int32_t find_again(const pa_csv_intake *p, const pa_intern *known, pa_csv_field name,
                          bool *good)
{
    int32_t code = pa_intern_find(known, name.text, name.length);
    if (code < 0) *good &= is_plain_name(p, name);
    return code;
}

/* taken: nothing else is odd in the row than that names of it are new, which are kept. */
static pa_status take_names(block *b, pa_csv_intake *p, size_t i, bool *taken, pa_error *err)
{
    const pa_csv_field account = field_at(b, i, p->layout.account[0]);
    const pa_csv_field merchant = field_at(b, i, p->layout.merchant);
    int32_t *a = &p->rows.account[b->to + i], *m = &p->rows.merchant[b->to + i];
    *taken = !(b->odd[i] & ODD) && !is_no_merchant(merchant);
    if (*taken && *a < 0) *a = find_again(p, &p->accounts, account, taken);
    if (*taken && *m < 0) *m = find_again(p, &p->merchants, merchant, taken);
    if (!*taken) return PA_OK;
    if (*a < 0) PA_TRY(pa_intern_add(&p->accounts, account.text, account.length, a, err));
    if (*m < 0) PA_TRY(pa_intern_add(&p->merchants, merchant.text, merchant.length, m, err));
    return PA_OK;
}

/* good: how many rows from row i on are taken. */
static pa_status take_good(block *b, pa_csv_intake *p, size_t i, size_t *good, pa_error *err)
{
    bool taken = true;
    for (*good = 0; i + *good < b->n; *good += taken) {
        if (b->odd[i + *good]) PA_TRY(take_names(b, p, i + *good, &taken, err));
        if (!taken) break;
    }
    return PA_OK;
}

static pa_status take_rows(block *b, pa_csv_intake *p, pa_error *err)
{
    pa_csv_batch *rows = &p->rows;
    for (size_t i = 0, good; i < b->n; i += good + 1) {
        PA_TRY(take_good(b, p, i, &good, err));
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

/* A file that is not written as this expects is read row by row, and tried ever more seldom. */
static void judge(block *b)
{
    if (b->n_odd <= b->n / 3) {
        b->pause = BLOCK;
        return;
    }
    b->alone = b->pause;
    if (b->pause < ALONE_MOST) b->pause *= 2;
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
    if (!p->block) {
        PA_TRY(PA_NEW(p->block, 1, err));
        p->block->pause = BLOCK;
    }
    block *b = p->block;
    if (b->alone > 0) return b->alone--, PA_OK;
    find_rows(b, walk, n_fields, p->layout.signs.separator, room < BLOCK ? room : BLOCK);
    if (b->n < FEW) return b->alone = FEW, PA_OK;
    read_columns(b, p, p->line);
    pass(b, n_fields, walk);
    b->n_odd = 0;
    PA_TRY(take_rows(b, p, err));
    judge(b);
    return PA_OK;
}
