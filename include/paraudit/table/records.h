/* An array of structs as the columns of a table. */
#ifndef PARAUDIT_TABLE_RECORDS_H
#define PARAUDIT_TABLE_RECORDS_H

#include "paraudit/table/table.h"

/* A column, and where its value stands in the record: spec.type and spec.width
 * say how many bytes. */
typedef struct {
    size_t offset;
    pa_column_spec spec;
} pa_field;

/* Adds one column a field; record i, of `size` bytes, becomes row i of the
 * t->n_rows rows. */
pa_status pa_table_add_records(pa_table *t, size_t n_fields, const pa_field fields[],
                               const void *records, size_t size, pa_error *err);

#endif
