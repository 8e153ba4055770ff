#include "paraudit/base/sort.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"

#define SIGN_64 ((uint64_t)1 << 63)
#define SIGN_32 ((uint32_t)1 << 31)

/* Least-significant-digit radix sort of rows by 64-bit keys.
 *
 * What moves is a record of 64 bits: a window of 32 bits of the key above the
 * row's number. A wider key takes a second window, filled in the order that
 * the first one gave. Windows, and digits in them, start only at bits that
 * differ between keys, so small ranges take few passes. */
enum { DIGIT_BITS = 8, N_BUCKETS = 1 << DIGIT_BITS, MAX_DIGITS = 32 / DIGIT_BITS };
enum { SMALL = 48 }; /* below, insertion beats counting */

static uint32_t row_of(uint64_t record)
{
    return (uint32_t)record;
}

static void insertion_sort(size_t n, uint64_t a[], const uint64_t key[], uint64_t flip)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t record = a[i], k = key[row_of(record)] ^ flip;
        size_t at = i;
        for (; at > 0 && (key[row_of(a[at - 1])] ^ flip) > k; at--) a[at] = a[at - 1];
        a[at] = record;
    }
}

/* The bits that are not the same in all keys; 0 also where the keys ascend, so
 * that nothing is left to do. */
static uint64_t unsorted_bits(size_t n, const uint64_t a[], const uint64_t key[], uint64_t flip)
{
    uint64_t first = key[row_of(a[0])] ^ flip, last = first, differ = 0;
    bool ascend = true;
    for (size_t i = 1; i < n; i++) {
        uint64_t k = key[row_of(a[i])] ^ flip;
        differ |= k ^ first;
        ascend &= last <= k;
        last = k;
    }
    return ascend ? 0 : differ;
}

/* Places in the record of the digits that cover all bits of `differ`. */
static int plan_digits(uint32_t differ, int shift[])
{
    int n_digits = 0;
    while (differ) {
        int low = __builtin_ctz(differ);
        shift[n_digits++] = 32 + low;
        if (low + DIGIT_BITS >= 32) break;
        differ &= ~(uint32_t)0 << (low + DIGIT_BITS);
    }
    return n_digits;
}

static unsigned digit_of(uint64_t record, int shift)
{
    return (unsigned)(record >> shift) & (N_BUCKETS - 1);
}

static void scatter(size_t n, const uint64_t from[], uint64_t to[], int shift, uint32_t count[])
{
    uint32_t next = 0;
    for (int b = 0; b < N_BUCKETS; b++) {
        uint32_t here = count[b];
        count[b] = next;
        next += here;
    }
    for (size_t i = 0; i < n; i++) to[count[digit_of(from[i], shift)]++] = from[i];
}

/* Swaps a and b so that *a holds the result. */
static void scatter_digits(size_t n, uint64_t **a, uint64_t **b, int n_digits, const int shift[],
                           uint32_t count[][N_BUCKETS])
{
    for (int d = 0; d < n_digits; d++) {
        scatter(n, *a, *b, shift[d], count[d]);
        uint64_t *other = *a;
        *a = *b;
        *b = other;
    }
}

/* Sorts by the window of the keys that starts at bit `low`. Swaps a and b so
 * that *a holds the result. */
static void sort_window(size_t n, uint64_t **a, uint64_t **b, const uint64_t key[], uint64_t flip,
                        int low, uint32_t differ)
{
    int shift[MAX_DIGITS];
    uint32_t count[MAX_DIGITS][N_BUCKETS] = {{0}};
    int n_digits = plan_digits(differ, shift);
    for (size_t i = 0; i < n; i++) {
        uint32_t row = row_of((*a)[i]);
        uint64_t record = (key[row] ^ flip) >> low << 32 | row;
        (*a)[i] = record;
        for (int d = 0; d < n_digits; d++) count[d][digit_of(record, shift[d])]++;
    }
    scatter_digits(n, a, b, n_digits, shift, count);
}

/* Sorts the rows in a by key ^ flip, stable; b is of the same size. Returns the
 * one that holds the result. */
static uint64_t *radix_sort(size_t n, uint64_t a[], uint64_t b[], const uint64_t key[],
                            uint64_t flip)
{
    if (n <= SMALL) return insertion_sort(n, a, key, flip), a;
    uint64_t differ = unsorted_bits(n, a, key, flip);
    while (differ) {
        int low = __builtin_ctzll(differ);
        sort_window(n, &a, &b, key, flip, low, (uint32_t)(differ >> low));
        differ = low + 32 < 64 ? differ & ~(uint64_t)0 << (low + 32) : 0;
    }
    return a;
}

/* Room for `parts` times n numbers; *a starts with the rows in their order. */
static pa_status new_records(size_t n, size_t parts, uint64_t **a, pa_error *err)
{
    if (n > UINT32_MAX) {
        return pa_fail(err, PA_E_USAGE,
                       "one rank cannot sort %zu rows (limit 4294967295): start more ranks", n);
    }
    *a = pa_realloc(NULL, parts * n, sizeof **a, err);
    if (!*a) return PA_E_MEMORY;
    for (size_t i = 0; i < n; i++) (*a)[i] = i;
    return PA_OK;
}

static void write_order(size_t n, const uint64_t a[], uint32_t order[])
{
    for (size_t i = 0; i < n; i++) order[i] = row_of(a[i]);
}

/* Many rows are first brought into buckets by the top bits of their keys, in one
 * pass; a bucket and its sort then fit into the cache. */
enum { MANY = 1 << 16, LEAST_TOP = 10, MOST_TOP = 14 };

/* low: where the window begins that a record holds; top: where the digit begins
 * that names the bucket; n_top == 0: there are no buckets. */
typedef struct {
    int low, top, n_top;
} bucket_plan;

static bucket_plan plan_buckets(size_t n, const uint64_t key[])
{
    bucket_plan none = {0};
    if (n < MANY || n > UINT32_MAX) return none;
    uint64_t differ = 0;
    bool ascend = true;
    for (size_t i = 1; i < n; i++) {
        differ |= key[i] ^ key[0];
        ascend &= key[i - 1] <= key[i];
    }
    if (ascend) return none;
    int low = __builtin_ctzll(differ), end = 64 - __builtin_clzll(differ), bits = end - low;
    int n_top = bits - 32 > LEAST_TOP ? bits - 32 : LEAST_TOP;
    if (bits <= LEAST_TOP || n_top > MOST_TOP) return none;
    return (bucket_plan){.low = low, .top = end - n_top, .n_top = n_top};
}

static unsigned bucket_of(const bucket_plan *p, uint64_t key)
{
    return (unsigned)(key >> p->top) & ((1u << p->n_top) - 1);
}

/* end: where each bucket ends. Returns the size of the largest. */
static size_t fill_buckets(const bucket_plan *p, size_t n, const uint64_t key[], uint64_t to[],
                           uint32_t end[])
{
    size_t largest = 0;
    uint32_t next = 0;
    memset(end, 0, sizeof *end << p->n_top);
    for (size_t i = 0; i < n; i++) end[bucket_of(p, key[i])]++;
    for (unsigned b = 0; b >> p->n_top == 0; b++) {
        uint32_t here = end[b];
        end[b] = next;
        next += here;
        if (here > largest) largest = here;
    }
    for (size_t i = 0; i < n; i++) {
        to[end[bucket_of(p, key[i])]++] = key[i] >> p->low << 32 | i;
    }
    return largest;
}

/* Sorts records whose rows ascend; the result is in one of the two. */
static uint64_t *sort_records(size_t n, uint64_t a[], uint64_t b[])
{
    if (n <= SMALL) {
        for (size_t i = 1; i < n; i++) {
            uint64_t record = a[i];
            size_t at = i;
            for (; at > 0 && a[at - 1] > record; at--) a[at] = a[at - 1];
            a[at] = record;
        }
        return a;
    }
    uint32_t differ = 0;
    for (size_t i = 1; i < n; i++) differ |= (uint32_t)((a[i] ^ a[0]) >> 32);
    int shift[MAX_DIGITS];
    uint32_t count[MAX_DIGITS][N_BUCKETS] = {{0}};
    int n_digits = plan_digits(differ, shift);
    for (size_t i = 0; i < n; i++) {
        for (int d = 0; d < n_digits; d++) count[d][digit_of(a[i], shift[d])]++;
    }
    scatter_digits(n, &a, &b, n_digits, shift, count);
    return a;
}

/* One bucket: by key, and each run of equal keys by its ties, where there are
 * any. room: for as many records. */
static void sort_bucket(size_t n, uint64_t records[], uint64_t room[], const int64_t tie[],
                        uint32_t order[])
{
    uint64_t *a = sort_records(n, records, room), *b = a == records ? room : records;
    if (!tie) {
        write_order(n, a, order);
        return;
    }
    for (size_t from = 0, to; from < n; from = to) {
        to = from + 1;
        while (to < n && a[to] >> 32 == a[from] >> 32) to++;
        uint64_t *run = a + from;
        if (to - from > 1) {
            run = radix_sort(to - from, a + from, b + from, (const uint64_t *)tie, SIGN_64);
        }
        write_order(to - from, run, order + from);
    }
}

/* tie: NULL where equal keys stay as they are. */
static pa_status sort_by_buckets(const bucket_plan *p, size_t n, const uint64_t key[],
                                 const int64_t tie[], uint32_t order[], pa_error *err)
{
    uint32_t *end = NULL;
    uint64_t *records = NULL, *room = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(end, (size_t)1 << p->n_top, err));
    PA_GOTO(PA_NEW(records, n, err));
    size_t largest = fill_buckets(p, n, key, records, end);
    PA_GOTO(PA_NEW(room, largest, err));
    size_t from = 0;
    for (unsigned b = 0; b >> p->n_top == 0; b++) {
        sort_bucket(end[b] - from, records + from, room, tie, order + from);
        from = end[b];
    }
out:
    pa_free(end);
    pa_free(records);
    pa_free(room);
    return st;
}

pa_status pa_sort_u64(size_t n, const uint64_t key[], uint32_t order[], pa_error *err)
{
    bucket_plan plan = plan_buckets(n, key);
    if (plan.n_top) return sort_by_buckets(&plan, n, key, NULL, order, err);
    uint64_t *a = NULL;
    PA_TRY(new_records(n, 2, &a, err));
    write_order(n, radix_sort(n, a, a + n, key, 0), order);
    pa_free(a);
    return PA_OK;
}

/* End of the run of equal keys that starts at `from`. */
static size_t end_of_run(size_t n, const uint64_t a[], const uint64_t key[], size_t from)
{
    uint64_t k = key[row_of(a[from])];
    size_t to = from + 1;
    while (to < n && key[row_of(a[to])] == k) to++;
    return to;
}

static bool ascends(size_t n, const int64_t v[])
{
    for (size_t i = 1; i < n; i++) {
        if (v[i] < v[i - 1]) return false;
    }
    return true;
}

/* The keys first, then the ties inside each run of equal keys: most often runs
 * are short, or their ties ascend already. */
pa_status pa_sort_pairs(size_t n, const uint64_t key[], const int64_t tie[], uint32_t order[],
                        pa_error *err)
{
    if (ascends(n, tie)) return pa_sort_u64(n, key, order, err); /* being stable */
    bucket_plan plan = plan_buckets(n, key);
    if (plan.n_top) return sort_by_buckets(&plan, n, key, tie, order, err);
    uint64_t *block = NULL;
    PA_TRY(new_records(n, 2, &block, err));
    uint64_t *a = radix_sort(n, block, block + n, key, 0);
    uint64_t *b = a == block ? block + n : block;
    for (size_t from = 0, to; from < n; from = to) {
        to = end_of_run(n, a, key, from);
        uint64_t *run = radix_sort(to - from, a + from, b + from, (const uint64_t *)tie, SIGN_64);
        write_order(to - from, run, order + from);
    }
    pa_free(block);
    return PA_OK;
}

typedef struct {
    const size_t *start;
    const char *bytes;
    uint64_t *key; /* of each row: the part of its name that is compared now */
} names;

static size_t length_of(const names *s, uint32_t row)
{
    return s->start[row + 1] - s->start[row];
}

/* Bytes depth .. depth + 7 as a number that orders like memcmp; zeros stand
 * behind the end. */
static uint64_t chunk_of(const names *s, uint32_t row, size_t depth)
{
    size_t length = length_of(s, row);
    const char *name = s->bytes + s->start[row];
    uint64_t v = 0;
    if (length >= depth + 8) {
        memcpy(&v, name + depth, 8);
        return __builtin_bswap64(v);
    }
    for (size_t i = depth; i < depth + 8; i++)
        v = v << 8 | (i < length ? (unsigned char)name[i] : 0);
    return v;
}

/* Sorts rows whose names agree on the first `depth` bytes, counting what is
 * behind an end as zeros; the result is in a. Once all ends are reached such
 * names differ only by zero bytes at the end, and the shorter comes first. */
static void sort_names_from(const names *s, size_t n, uint64_t a[], uint64_t b[], size_t depth)
{
    size_t longest = 0;
    for (size_t i = 0; i < n; i++) {
        size_t length = length_of(s, row_of(a[i]));
        if (length > longest) longest = length;
    }
    bool ended = longest <= depth;
    for (size_t i = 0; i < n; i++) {
        uint32_t row = row_of(a[i]);
        s->key[row] = ended ? length_of(s, row) : chunk_of(s, row, depth);
    }
    if (radix_sort(n, a, b, s->key, 0) == b) memcpy(a, b, n * sizeof *a);
    if (ended) return;
    for (size_t from = 0, to; from < n; from = to) {
        to = end_of_run(n, a, s->key, from);
        if (to - from > 1) sort_names_from(s, to - from, a + from, b + from, depth + 8);
    }
}

pa_status pa_sort_names(size_t n, const size_t start[], const char *bytes, uint32_t order[],
                        pa_error *err)
{
    uint64_t *a = NULL;
    PA_TRY(new_records(n, 3, &a, err));
    names s = {start, bytes, a + 2 * n};
    if (n > 1) sort_names_from(&s, n, a, a + n, 0);
    write_order(n, a, order);
    pa_free(a);
    return PA_OK;
}

#define PERMUTE_AS(type)                                                                           \
    for (size_t i = 0; i < n; i++) ((type *)out)[i] = ((const type *)in)[order[i]]

void pa_permute(size_t n, size_t width, const uint32_t order[], const void *in, void *out)
{
    switch (width) {
    case 1:
        PERMUTE_AS(uint8_t);
        break;
    case 4:
        PERMUTE_AS(uint32_t);
        break;
    case 8:
        PERMUTE_AS(uint64_t);
        break;
    default:
        for (size_t i = 0; i < n; i++) {
            memcpy((char *)out + i * width, (const char *)in + (size_t)order[i] * width, width);
        }
    }
}

typedef struct {
    size_t size;
    pa_compare *compare;
    void *context;
    char *half; /* room for the left half */
} merge_plan;

static void merge_sort(const merge_plan *m, char *base, size_t n)
{
    if (n < 2) return;
    size_t n_left = n / 2;
    char *left = m->half, *right = base + n_left * m->size;
    merge_sort(m, base, n_left);
    merge_sort(m, right, n - n_left);
    if (m->compare(right - m->size, right, m->context) <= 0) return;
    char *left_end = left + n_left * m->size, *right_end = base + n * m->size;
    memcpy(left, base, n_left * m->size);
    for (char *out = base; left < left_end; out += m->size) {
        bool take_right = right < right_end && m->compare(left, right, m->context) > 0;
        memcpy(out, take_right ? right : left, m->size);
        *(take_right ? &right : &left) += m->size;
    }
}

pa_status pa_sort(void *base, size_t n, size_t size, pa_compare *compare, void *context,
                  pa_error *err)
{
    merge_plan m = {size, compare, context, pa_realloc(NULL, n / 2, size, err)};
    if (!m.half) return PA_E_MEMORY;
    merge_sort(&m, base, n);
    pa_free(m.half);
    return PA_OK;
}

#define LOWER_BOUND                                                                                \
    size_t low = 0;                                                                                \
    while (n > 0) {                                                                                \
        size_t half = n / 2;                                                                       \
        bool before = v[low + half] < key;                                                         \
        low = before ? low + half + 1 : low;                                                       \
        n = before ? n - half - 1 : half;                                                          \
    }                                                                                              \
    return low

size_t pa_lower_bound_u64(size_t n, const uint64_t v[], uint64_t key)
{
    LOWER_BOUND;
}

size_t pa_lower_bound_u32(size_t n, const uint32_t v[], uint32_t key)
{
    LOWER_BOUND;
}

size_t pa_lower_bound_i64(size_t n, const int64_t v[], int64_t key)
{
    LOWER_BOUND;
}

uint64_t pa_key_of_f64(double v)
{
    if (v != v) return UINT64_MAX;
    uint64_t bits;
    v += 0.0; /* -0 + 0 is +0 */
    memcpy(&bits, &v, sizeof bits);
    return bits & SIGN_64 ? ~bits : bits | SIGN_64;
}

double pa_f64_of_key(uint64_t key)
{
    uint64_t bits = key == UINT64_MAX ? 0x7ff8000000000000u : key & SIGN_64 ? key ^ SIGN_64 : ~key;
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

float pa_f32_of_key(uint64_t key)
{
    uint32_t k = (uint32_t)key;
    uint32_t bits = k == UINT32_MAX ? 0x7fc00000u : k & SIGN_32 ? k ^ SIGN_32 : ~k;
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

uint64_t pa_key_of_i64(int64_t v)
{
    return (uint64_t)v ^ SIGN_64;
}

int64_t pa_i64_of_key(uint64_t key)
{
    return (int64_t)(key ^ SIGN_64);
}
