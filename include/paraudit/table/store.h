/* Named arrays: at once a model, its checkpoint and its group under /models.
 *
 * Every array is a matrix of n x width values. A replicated array is the same
 * on all ranks; a sliced one is cut by rows, rank 0 first: evenly, or as a named
 * partition of the run says, and then a restart on any number of ranks brings
 * each row back to its owner. Several ragged arrays may share a partition of
 * their own that follows that of the accounts (pa_run_add_partition).
 *
 * A store owns its arrays. The data of an array stay where they are until it is
 * put again or the store freed; a pa_store_array * only until the next put. */
#ifndef PARAUDIT_TABLE_STORE_H
#define PARAUDIT_TABLE_STORE_H

#include "paraudit/table/column.h"
#include "paraudit/table/partition.h"

typedef enum { PA_REPLICATED, PA_SLICED } pa_spread;

typedef struct {
    char name[40];
    pa_type type;
    int32_t bytes; /* of one PA_BYTES value, else 0 */
    pa_spread spread;
    int64_t first;    /* global number of the first row held here */
    size_t n;         /* rows held here */
    int64_t n_global; /* rows over all ranks */
    size_t width;     /* values a row */
    char meaning[120];
    char cut_by[PA_PARTITION_NAME];            /* of a sliced array; "": evenly, or in any way */
    void *data;                                /* n * width values, owned */
    void (*release)(void *data, size_t bytes); /* frees data that was lent; NULL: pa_free */
} pa_store_array;

typedef struct {
    char name[40]; /* the stage */
    int32_t version;
    int64_t round; /* rounds of the fit that are finished */
    bool complete; /* the fit is finished */
    pa_store_array *arrays;
    size_t n_arrays;
    size_t room;
} pa_store;

void pa_store_init(pa_store *s, const char *name, int32_t version);
void pa_store_free(pa_store *s);

/* A new replicated array of zeros, n rows of width values; *data points at it.
 * Replaces an array of that name. Names and meanings are copied. */
pa_status pa_store_put(pa_store *s, const char *name, pa_type type, size_t n, size_t width,
                       const char *meaning, void **data, pa_error *err);

/* The same for n texts of fixed length (PA_BYTES, padded with zero bytes). */
pa_status pa_store_put_names(pa_store *s, const char *name, size_t n, int32_t bytes,
                             const char *meaning, void **data, pa_error *err);

/* The same for an array whose rows are those that `rank` owns in the partition. */
pa_status pa_store_put_cut(pa_store *s, const char *name, pa_type type, const pa_partition *cut_by,
                           int32_t rank, size_t width, const char *meaning, void **data,
                           pa_error *err);

/* The same for an array that is sliced in another way: a restart cuts it evenly. */
pa_status pa_store_put_slice(pa_store *s, const char *name, pa_type type, int64_t first, size_t n,
                             int64_t n_global, size_t width, const char *meaning, void **data,
                             pa_error *err);

size_t pa_store_array_bytes(const pa_store_array *array);

/* Array number i gets the same values from elsewhere, read-only from then on: the store
 * frees its own and calls `release` where it would have freed these. */
void pa_store_lend(pa_store *s, size_t i, void *data, void (*release)(void *data, size_t bytes));

/* Puts a prefix before the names of all arrays, so that another fit can fill the same store.
 * Together with it a name stays below 40 bytes. */
void pa_store_set_aside(pa_store *s, const char *prefix);

/* Moves the arrays of another store here, with the prefix before their names. On failure
 * those that were not moved are still the other's. */
pa_status pa_store_take(pa_store *s, pa_store *from, const char *prefix, pa_error *err);

/* The arrays that were set aside so, under their first names; their data stay the other
 * store's, which outlives this one. Freed by pa_store_free. */
pa_status pa_store_view(const pa_store *s, const char *prefix, pa_store *view, pa_error *err);

/* NULL where there is none. */
const pa_store_array *pa_store_find(const pa_store *s, const char *name);

/* The data of an array that must be there with that type (PA_E_DATA: a result
 * file may have been cut or edited); its row count in *n when n is not NULL. */
pa_status pa_store_get(const pa_store *s, const char *name, pa_type type, const void **data,
                       size_t *n, pa_error *err);

/* A hash of the arrays that is a sum over their values, as pa_table_checksum: ranks
 * add theirs. Values of replicated arrays count on rank 0 alone. */
uint64_t pa_store_checksum(const pa_store *s, int32_t rank);

#endif
