#include "totals.h"

#include "paraudit/base/array.h"
#include "paraudit/comm/route.h"

static pa_column_spec total(const char *stage, const char *name, const char *unit,
                            const char *meaning)
{
    return (pa_column_spec){.name = name,
                            .type = PA_I64,
                            .unit = unit,
                            .meaning = meaning,
                            .role = PA_ROLE_RESULT,
                            .flags = PA_NOT_CAUSAL,
                            .stage = stage};
}

static pa_status add_total(pa_table *table, const char *stage, const char *name, const char *unit,
                           const char *meaning, int64_t **data, pa_error *err)
{
    pa_column_spec spec = total(stage, name, unit, meaning);
    void *values = NULL;
    PA_TRY(pa_table_add(table, &spec, &values, err));
    *data = values;
    return PA_OK;
}

/* Row of a code in the slice of its table. */
static size_t row_of(const pa_table *table, int64_t code)
{
    PA_ASSERT(code >= table->first_row && code - table->first_row < (int64_t)table->n_rows);
    return (size_t)(code - table->first_row);
}

static pa_status narrow(const pa_table *table, const pa_i128 sum[], int64_t amount_minor[],
                        pa_error *err)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        amount_minor[i] = (int64_t)sum[i];
        if (amount_minor[i] != sum[i]) {
            return pa_fail(err, PA_E_DATA,
                           "%s: the amounts of row %lld add up to more than 64 bits hold",
                           table->name, (long long)table->first_row + (long long)i);
        }
    }
    return PA_OK;
}

static const char n_tx_meaning[] = "Transactions in the whole book.";
static const char amount_meaning[] = "Their amounts, added up.";

static pa_status account_totals(pa_table *table, size_t n, const int32_t account[],
                                const int64_t time[], const int64_t amount_minor[], pa_error *err)
{
    int64_t *n_tx, *first, *last, *amount;
    PA_TRY(add_total(table, "moment", "n_tx", "1", n_tx_meaning, &n_tx, err));
    PA_TRY(add_total(table, "moment", "first_time", PA_UNIT_TIME, "Time of the first of them.",
                     &first, err));
    PA_TRY(add_total(table, "moment", "last_time", PA_UNIT_TIME, "Time of the last of them.", &last,
                     err));
    PA_TRY(add_total(table, "moment", "amount_minor", "minor currency units", amount_meaning,
                     &amount, err));
    pa_i128 *sum = NULL;
    PA_TRY(PA_NEW(sum, table->n_rows, err));
    for (size_t i = 0; i < n; i++) {
        size_t row = row_of(table, account[i]);
        if (n_tx[row]++ == 0) first[row] = time[i];
        last[row] = time[i];
        sum[row] += amount_minor[i];
    }
    pa_status st = narrow(table, sum, amount, err);
    pa_free(sum);
    return st;
}

pa_status pa_account_totals(pa_run *run, size_t n, const int32_t account[], const int64_t time[],
                            const int64_t amount_minor[])
{
    pa_table *table = pa_run_table(run, "accounts");
    if (!table) return PA_OK;
    pa_status st = account_totals(table, n, account, time, amount_minor, &run->err);
    return pa_agree(run->comm, st, &run->err);
}

/* What one rank saw of a merchant. */
typedef struct {
    pa_i128 amount_minor;
    int64_t code;
    int64_t n_tx;
} merchant_part;

/* Adds up runs of rows of one merchant; parts NULL: counts them only. Returns
 * how many. */
static size_t add_up(size_t n, const uint64_t position[], uint64_t stride,
                     const int64_t amount_minor[], merchant_part parts[])
{
    size_t found = 0;
    uint64_t end = 0; /* where the merchants after this one begin */
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || position[i] >= end) {
            uint64_t code = position[i] / stride;
            end = (code + 1) * stride;
            found++;
            if (parts) parts[found - 1].code = (int64_t)code;
        }
        if (!parts) continue;
        parts[found - 1].n_tx++;
        parts[found - 1].amount_minor += amount_minor[i];
    }
    return found;
}

/* The parts of this rank, and the owner of each. */
static pa_status make_parts(const pa_run *run, size_t n, const uint64_t position[], uint64_t stride,
                            const int64_t amount_minor[], size_t n_parts, merchant_part **parts,
                            int32_t **owner, pa_error *err)
{
    PA_TRY(PA_NEW(*parts, n_parts, err));
    PA_TRY(PA_NEW(*owner, n_parts, err));
    add_up(n, position, stride, amount_minor, *parts);
    for (size_t i = 0; i < n_parts; i++) {
        (*owner)[i] = pa_rank_of_row(pa_run_partition(run, "merchants"), (*parts)[i].code);
    }
    return PA_OK;
}

static pa_status fill_merchants(pa_table *table, size_t n, const merchant_part parts[],
                                pa_error *err)
{
    int64_t *n_tx, *amount;
    PA_TRY(add_total(table, "merchants", "n_tx", "1", n_tx_meaning, &n_tx, err));
    PA_TRY(add_total(table, "merchants", "amount_minor", "minor currency units", amount_meaning,
                     &amount, err));
    pa_i128 *sum = NULL;
    PA_TRY(PA_NEW(sum, table->n_rows, err));
    for (size_t i = 0; i < n; i++) {
        size_t row = row_of(table, parts[i].code);
        n_tx[row] += parts[i].n_tx;
        sum[row] += parts[i].amount_minor;
    }
    pa_status st = narrow(table, sum, amount, err);
    pa_free(sum);
    return st;
}

pa_status pa_merchant_totals(pa_run *run, size_t n, const uint64_t position[], uint64_t stride,
                             const int64_t amount_minor[])
{
    pa_table *table = pa_run_table(run, "merchants");
    if (!table) return PA_OK;
    pa_comm *comm = run->comm;
    pa_error *err = &run->err;
    merchant_part *parts = NULL, *arrived = NULL;
    int32_t *owner = NULL;
    pa_route *route = NULL;
    size_t n_parts = add_up(n, position, stride, amount_minor, NULL);
    pa_status st = make_parts(run, n, position, stride, amount_minor, n_parts, &parts, &owner, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_route_make(comm, n_parts, owner, &route, err));
    size_t n_arrived = pa_route_received(route);
    PA_GOTO(pa_agree(comm, PA_NEW(arrived, n_arrived, err), err));
    PA_GOTO(pa_route_send(comm, route, sizeof *parts, parts, arrived, err));
    PA_GOTO(pa_agree(comm, fill_merchants(table, n_arrived, arrived, err), err));
out:
    pa_route_free(route);
    pa_free(arrived);
    pa_free(owner);
    pa_free(parts);
    return st;
}
