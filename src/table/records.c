#include "paraudit/table/records.h"

#include <string.h>

pa_status pa_table_add_records(pa_table *t, size_t n_fields, const pa_field fields[],
                               const void *records, size_t size, pa_error *err)
{
    for (size_t f = 0; f < n_fields; f++) {
        void *data;
        PA_TRY(pa_table_add(t, &fields[f].spec, &data, err));
        size_t bytes = pa_type_size(fields[f].spec.type, fields[f].spec.width);
        const char *from = (const char *)records + fields[f].offset;
        char *to = data;
        for (size_t i = 0; i < t->n_rows; i++) memcpy(to + i * bytes, from + i * size, bytes);
    }
    return PA_OK;
}
