#include "paraudit/table/table.h"

#include <string.h>
#include <xxhash.h>

#include "paraudit/base/array.h"
#include "paraudit/base/words.h"

size_t pa_type_size(pa_type type, int width)
{
    switch (type) {
    case PA_I64:
    case PA_F64:
        return 8;
    case PA_I32:
    case PA_F32:
        return 4;
    case PA_I8:
    case PA_BOOL:
        return 1;
    case PA_BYTES:
        return (size_t)width;
    }
    return 0;
}

const char *const pa_minor_unit[PA_MOST_DECIMALS + 1] = {
    "1", "0.1", "0.01", "0.001", "0.0001", "0.00001", "0.000001", "0.0000001", "0.00000001"};

double pa_minor_units(const char *unit)
{
    double units = 1;
    for (int i = 0; i <= PA_MOST_DECIMALS; i++, units *= 10) {
        if (strcmp(unit, pa_minor_unit[i]) == 0) return units;
    }
    return 0;
}

void pa_table_init(pa_table *t, const char *name, const char *meaning)
{
    *t = (pa_table){.name = name, .meaning = meaning};
}

void pa_table_free(pa_table *t)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        pa_free(t->columns[i]->data);
        pa_free(t->columns[i]);
    }
    pa_free(t->columns);
    *t = (pa_table){0};
}

void pa_table_size(pa_table *t, int64_t first_row, size_t n_rows, int64_t n_global)
{
    PA_ASSERT(t->n_columns == 0);
    t->first_row = first_row;
    t->n_rows = n_rows;
    t->n_global = n_global;
}

size_t pa_table_size_small(pa_table *t, int rank, size_t n)
{
    size_t here = rank == 0 ? n : 0;
    pa_table_size(t, here ? 0 : (int64_t)n, here, (int64_t)n);
    return here;
}

static pa_status make_room(pa_table *t, pa_error *err)
{
    if (t->n_columns < t->room) return PA_OK;
    pa_column **columns = pa_realloc(t->columns, t->room + 16, sizeof *columns, err);
    if (!columns) return PA_E_MEMORY;
    t->columns = columns;
    t->room += 16;
    return PA_OK;
}

pa_status pa_table_adopt(pa_table *t, const pa_column_spec *spec, void *data, pa_error *err)
{
    if (pa_table_find(t, spec->name)) {
        return pa_fail(err, PA_E_BUG, "table '%s' has a column '%s' already", t->name, spec->name);
    }
    pa_column *c;
    PA_TRY(make_room(t, err));
    PA_TRY(PA_NEW(c, 1, err));
    *c = (pa_column){.spec = *spec, .data = data};
    t->columns[t->n_columns++] = c;
    return PA_OK;
}

pa_status pa_table_add(pa_table *t, const pa_column_spec *spec, void **data, pa_error *err)
{
    void *values = pa_alloc(t->n_rows, pa_type_size(spec->type, spec->width), err);
    if (!values) return PA_E_MEMORY;
    pa_status st = pa_table_adopt(t, spec, values, err);
    if (st != PA_OK) pa_free(values);
    if (data) *data = st == PA_OK ? values : NULL;
    return st;
}

static size_t place_of(const pa_table *t, const char *name)
{
    size_t i = 0;
    while (i < t->n_columns && strcmp(t->columns[i]->spec.name, name) != 0) i++;
    return i;
}

void pa_table_drop(pa_table *t, const char *name)
{
    size_t i = place_of(t, name);
    if (i == t->n_columns) return;
    pa_free(t->columns[i]->data);
    pa_free(t->columns[i]);
    memmove(t->columns + i, t->columns + i + 1, (t->n_columns - i - 1) * sizeof *t->columns);
    t->n_columns--;
}

const pa_column *pa_table_find(const pa_table *t, const char *name)
{
    size_t i = place_of(t, name);
    return i < t->n_columns ? t->columns[i] : NULL;
}

static void *typed(const pa_table *t, const char *name, pa_type type)
{
    const pa_column *c = pa_table_find(t, name);
    PA_ASSERT(c && c->spec.type == type);
    return c->data;
}

const int64_t *pa_i64(const pa_table *t, const char *name)
{
    return typed(t, name, PA_I64);
}

const int32_t *pa_i32(const pa_table *t, const char *name)
{
    return typed(t, name, PA_I32);
}

const int8_t *pa_i8(const pa_table *t, const char *name)
{
    return typed(t, name, PA_I8);
}

const float *pa_f32(const pa_table *t, const char *name)
{
    return typed(t, name, PA_F32);
}

const double *pa_f64(const pa_table *t, const char *name)
{
    return typed(t, name, PA_F64);
}

void *pa_table_data(pa_table *t, const char *name, pa_type type)
{
    return typed(t, name, type);
}

size_t pa_table_by_role(const pa_table *t, pa_role role, unsigned without,
                        const pa_column *columns[])
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_columns; i++) {
        const pa_column *c = t->columns[i];
        if (c->spec.role == role && !(c->spec.flags & without)) columns[n++] = c;
    }
    return n;
}

float pa_column_value(const pa_column *c, size_t row)
{
    switch (c->spec.type) {
    case PA_F32:
        return ((const float *)c->data)[row];
    case PA_F64:
        return (float)((const double *)c->data)[row];
    case PA_I64:
        return (float)((const int64_t *)c->data)[row];
    case PA_I32:
        return (float)((const int32_t *)c->data)[row];
    default:
        return ((const int8_t *)c->data)[row];
    }
}

size_t pa_known_values(const pa_column *c, size_t n, const uint32_t row[], float known[])
{
    const float *data = c->spec.type == PA_F32 ? c->data : NULL;
    size_t n_known = 0;
    for (size_t i = 0; i < n; i++) {
        float v = data ? data[row[i]] : pa_column_value(c, row[i]);
        known[n_known] = v;
        n_known += v == v;
    }
    return n_known;
}

pa_type pa_code_type(size_t n_codes)
{
    return n_codes <= INT8_MAX + 1 ? PA_I8 : PA_I32;
}

int32_t pa_code_at(const pa_column *c, size_t row)
{
    return c->spec.type == PA_I8 ? ((const int8_t *)c->data)[row] : ((const int32_t *)c->data)[row];
}

void pa_codes_of(const pa_column *c, size_t n, int32_t code[])
{
    for (size_t i = 0; i < n; i++) code[i] = pa_code_at(c, i);
}

void pa_set_code(const pa_column *c, size_t row, int32_t code)
{
    PA_ASSERT(c->spec.type == PA_I32 || (c->spec.type == PA_I8 && code <= INT8_MAX));
    if (c->spec.type == PA_I8)
        ((int8_t *)c->data)[row] = (int8_t)code;
    else
        ((int32_t *)c->data)[row] = code;
}

/* Multilinear hashing modulo 2^64 (Carter and Wegman 1979; Lemire and Kaser 2014):
 * 32 bits of a value times the key of its row, all added up. No key is 0, so a
 * change of 32 bits always shows; changes of more cancel by chance alone.
 * The columns share the keys of a row and differ by a factor. */
enum { KEYS = 4096 };

typedef struct {
    uint32_t low[KEYS], high[KEYS]; /* for the two halves of a value */
} row_keys;

static void make_keys(row_keys *k, uint64_t row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = pa_mix((row + i) * 0x9e3779b97f4a7c15u);
        k->low[i] = (uint32_t)bits | 1;
        k->high[i] = (uint32_t)(bits >> 32) | 1;
    }
}

static uint64_t keyed(uint64_t bits, const row_keys *k, size_t i)
{
    return (uint64_t)k->low[i] * (uint32_t)bits + (uint64_t)k->high[i] * (uint32_t)(bits >> 32);
}

static uint64_t sum_of_8(size_t n, const unsigned char *value, const row_keys *k)
{
    uint64_t sum = 0, bits;
    for (size_t i = 0; i < n; i++) {
        memcpy(&bits, value + 8 * i, 8);
        sum += keyed(bits, k, i);
    }
    return sum;
}

static uint64_t sum_of_4(size_t n, const unsigned char *value, const row_keys *k)
{
    uint64_t sum = 0;
    uint32_t bits;
    for (size_t i = 0; i < n; i++) {
        memcpy(&bits, value + 4 * i, 4);
        sum += (uint64_t)k->low[i] * bits;
    }
    return sum;
}

static uint64_t sum_of_1(size_t n, const unsigned char *value, const row_keys *k)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += (uint64_t)k->low[i] * value[i];
    return sum;
}

static uint64_t sum_of_texts(size_t n, size_t size, const unsigned char *value, const row_keys *k)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += keyed(XXH3_64bits(value + size * i, size), k, i);
    return sum;
}

/* Of n rows from number `row` of the slice on. */
static uint64_t part_of_column(const pa_column *c, size_t row, size_t n, const row_keys *k)
{
    size_t size = pa_type_size(c->spec.type, c->spec.width);
    const unsigned char *value = (const unsigned char *)c->data + row * size;
    if (c->spec.type == PA_BYTES) return sum_of_texts(n, size, value, k);
    switch (size) {
    case 8:
        return sum_of_8(n, value, k);
    case 4:
        return sum_of_4(n, value, k);
    default:
        return sum_of_1(n, value, k);
    }
}

static uint64_t factor_of(const pa_column *c)
{
    return XXH3_64bits(c->spec.name, strlen(c->spec.name)) | 1;
}

uint64_t pa_table_checksum(const pa_table *t, size_t from)
{
    row_keys keys;
    uint64_t sum = 0;
    for (size_t row = 0; row < t->n_rows; row += KEYS) {
        size_t n = t->n_rows - row < KEYS ? t->n_rows - row : KEYS;
        make_keys(&keys, (uint64_t)t->first_row + row, n);
        for (size_t i = from; i < t->n_columns; i++) {
            const pa_column *c = t->columns[i];
            sum += factor_of(c) * part_of_column(c, row, n, &keys);
        }
    }
    return sum;
}
