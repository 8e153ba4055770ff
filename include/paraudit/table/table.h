/* A table: named columns of equal length, of which a rank holds a slice. */
#ifndef PARAUDIT_TABLE_TABLE_H
#define PARAUDIT_TABLE_TABLE_H

#include "paraudit/table/column.h"
#include "paraudit/table/partition.h"

typedef struct {
    const char *name;           /* the group in the result: "transactions", ... */
    const char *meaning;        /* one sentence */
    int64_t first_row;          /* global number of the first row held here */
    size_t n_rows;              /* rows held here */
    int64_t n_global;           /* rows over all ranks */
    const pa_partition *cut_by; /* who owns which rows; borrowed; NULL: cut in any way */
    pa_column **columns;        /* each stays where it is while others come and go */
    size_t n_columns;
    size_t room;
} pa_table;

void pa_table_init(pa_table *t, const char *name, const char *meaning);
void pa_table_free(pa_table *t);

/* Sets the slice; only while the table has no columns. */
void pa_table_size(pa_table *t, int64_t first_row, size_t n_rows, int64_t n_global);

/* The same for a small table, all n rows of which lie on rank 0. Returns how many are
 * here. */
size_t pa_table_size_small(pa_table *t, int rank, size_t n);

/* A new column of zeros. PA_E_BUG where the name is taken. The data, and the
 * column itself (pa_table_find), stay where they are until the column is dropped
 * or the table freed. The spec's texts are borrowed. */
pa_status pa_table_add(pa_table *t, const pa_column_spec *spec, void **data, pa_error *err);

/* Takes over `data`, an array of n_rows values from pa_alloc. On failure the
 * caller still owns it. */
pa_status pa_table_adopt(pa_table *t, const pa_column_spec *spec, void *data, pa_error *err);

void pa_table_drop(pa_table *t, const char *name);

/* NULL where there is none of that name. */
const pa_column *pa_table_find(const pa_table *t, const char *name);

/* The data of a column that must be there with that type (an assert). */
const int64_t *pa_i64(const pa_table *t, const char *name);
const int32_t *pa_i32(const pa_table *t, const char *name);
const int8_t *pa_i8(const pa_table *t, const char *name);
const float *pa_f32(const pa_table *t, const char *name);
const double *pa_f64(const pa_table *t, const char *name);
void *pa_table_data(pa_table *t, const char *name, pa_type type);

/* Columns of a role that carry none of the `without` flags, in table order.
 * columns: room for t->n_columns pointers. Returns how many. */
size_t pa_table_by_role(const pa_table *t, pa_role role, unsigned without,
                        const pa_column *columns[]);

/* One value of a column of numbers as a float. */
float pa_column_value(const pa_column *c, size_t row);

/* The values of a column of numbers in n rows that are not NaN; returns how many. */
size_t pa_known_values(const pa_column *c, size_t n, const uint32_t row[], float known[]);

/* A hash of the columns from number `from` on that is a sum over the values, each
 * with its global row: equal for any split of the rows, so ranks add theirs. */
uint64_t pa_table_checksum(const pa_table *t, size_t from);

#endif
