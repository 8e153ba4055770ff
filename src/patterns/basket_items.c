#include "basket_items.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"

/* ---- rows ---- */

pa_status pa_category_codes(const pa_table *tx, int32_t **category, pa_error *err)
{
    const pa_column *c = pa_table_find(tx, "category");
    *category = NULL;
    if (!c) return PA_OK;
    PA_TRY(PA_NEW(*category, tx->n_rows, err));
    pa_codes_of(c, tx->n_rows, *category);
    return PA_OK;
}

pa_basket_rows pa_basket_rows_of(const pa_config *config, const pa_table *tx,
                                 const int32_t category[], const pa_item_codes *codes)
{
    return (pa_basket_rows){.n = tx->n_rows,
                            .account = pa_i32(tx, "account"),
                            .time = pa_i64(tx, "time"),
                            .amount_minor = pa_i64(tx, "amount_minor"),
                            .merchant =
                                pa_table_find(tx, "merchant") ? pa_i32(tx, "merchant") : NULL,
                            .category = category,
                            .codes = *codes,
                            .seconds = 3600 * pa_config_int(config, "patterns.window_hours"),
                            .most = (size_t)pa_config_int(config, "patterns.basket_items")};
}

static int64_t codes_of(size_t n, const int32_t code[])
{
    int32_t most = -1;
    for (size_t i = 0; code && i < n; i++)
        if (code[i] > most) most = code[i];
    return (int64_t)most + 1;
}

pa_status pa_basket_codes(pa_comm *comm, const pa_basket_rows *r, pa_item_codes *codes,
                          pa_error *err)
{
    int64_t n[PA_ITEM_KINDS] = {codes_of(r->n, r->merchant), codes_of(r->n, r->category),
                                PA_AMOUNT_BANDS, PA_DAY_PARTS};
    pa_max_i64(comm, n, PA_ITEM_KINDS);
    return pa_item_codes_of(n, codes, err);
}

/* ---- names ---- */

static int decimals_of(const pa_table *tx)
{
    const char *unit = pa_table_find(tx, "amount_minor")->spec.unit;
    for (int d = 0; unit && d <= PA_MOST_DECIMALS; d++)
        if (strcmp(unit, pa_minor_unit[d]) == 0) return d;
    return 0;
}

static void put_money(int64_t minor, int decimals, char text[32])
{
    uint64_t unit = 1, v = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    const char *sign = minor < 0 ? "-" : "";
    for (int d = 0; d < decimals; d++) unit *= 10;
    if (decimals == 0)
        snprintf(text, 32, "%s%" PRIu64, sign, v);
    else
        snprintf(text, 32, "%s%" PRIu64 ".%0*" PRIu64, sign, v / unit, decimals, v % unit);
}

void pa_amount_text(const pa_table *tx, int64_t minor, char text[32])
{
    put_money(minor, decimals_of(tx), text);
}

static void name_amount(int32_t band, int decimals, char name[PA_ITEM_NAME])
{
    int64_t least, most;
    char from[32], to[32];
    pa_amount_band_edges(band, &least, &most);
    put_money(least, decimals, from);
    put_money(most, decimals, to);
    if (band == 0)
        snprintf(name, PA_ITEM_NAME, "amount=%s or less", to);
    else if (band == PA_AMOUNT_BANDS - 1)
        snprintf(name, PA_ITEM_NAME, "amount=%s or more", from);
    else if (least == most)
        snprintf(name, PA_ITEM_NAME, "amount=%s", from);
    else
        snprintf(name, PA_ITEM_NAME, "amount=%s to %s", from, to);
}

static void name_hour(int32_t part, char name[PA_ITEM_NAME])
{
    enum { HOURS = 24 / PA_DAY_PARTS };
    snprintf(name, PA_ITEM_NAME, "hour=%02d to %02d", part * HOURS, (part + 1) * HOURS);
}

void pa_name_item(const pa_table *tx, pa_item_kind kind, int32_t code, char name[PA_ITEM_NAME])
{
    if (kind == PA_ITEM_AMOUNT)
        name_amount(code, decimals_of(tx), name);
    else if (kind == PA_ITEM_HOUR)
        name_hour(code, name);
}

static const pa_column *first_text(const pa_table *t)
{
    for (size_t i = 0; t && i < t->n_columns; i++)
        if (t->columns[i]->spec.type == PA_BYTES) return t->columns[i];
    return NULL;
}

/* From the rank that has the code in its slice of the table; without a table by number. */
static void name_code(const pa_run *run, const char *kind, const pa_table *t, int32_t code,
                      char name[PA_ITEM_NAME])
{
    const pa_column *c = first_text(t);
    if (!c) {
        if (pa_comm_rank(run->comm) == 0) snprintf(name, PA_ITEM_NAME, "%s=#%d", kind, code);
        return;
    }
    int64_t at = code - t->first_row;
    if (at < 0 || at >= (int64_t)t->n_rows) return;
    const char *text = (const char *)c->data + at * c->spec.width;
    snprintf(name, PA_ITEM_NAME, "%s=%.*s", kind, (int)strnlen(text, (size_t)c->spec.width), text);
}

static pa_item_kind kind_of(const pa_item_codes *codes, int32_t item)
{
    int k = 0;
    while (item >= codes->first[k + 1]) k++;
    return (pa_item_kind)k;
}

static void name_item(const pa_run *run, const pa_table *tx, pa_item_kind kind, int32_t code,
                      char name[PA_ITEM_NAME])
{
    bool speaks = pa_comm_rank(run->comm) == 0;
    if (kind == PA_ITEM_MERCHANT)
        name_code(run, "merchant", pa_run_table(run, "merchants"), code, name);
    else if (kind == PA_ITEM_CATEGORY)
        name_code(run, "category", pa_run_table(run, "categories/category"), code, name);
    else if (speaks)
        pa_name_item(tx, kind, code, name);
}

pa_status pa_item_names(pa_run *run, const pa_table *tx, const pa_item_codes *codes, size_t n,
                        const int32_t item[], char name[][PA_ITEM_NAME])
{
    uint64_t *words = NULL;
    size_t n_words = n * PA_ITEM_NAME / sizeof *words;
    memset(name, 0, n * PA_ITEM_NAME);
    for (size_t i = 0; i < n; i++) {
        pa_item_kind kind = kind_of(codes, item[i]);
        name_item(run, tx, kind, item[i] - codes->first[kind], name[i]);
    }
    PA_AGREE(run->comm, PA_NEW(words, n_words, &run->err), &run->err);
    /* One rank has each name, the others zeros. */
    memcpy(words, name, n * PA_ITEM_NAME);
    pa_sum_u64(run->comm, words, n_words);
    memcpy(name, words, n * PA_ITEM_NAME);
    pa_free(words);
    return PA_OK;
}
