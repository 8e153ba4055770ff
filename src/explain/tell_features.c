/* What each feature adds, and what is usual instead. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/alerts/reasons.h"
#include "paraudit/alerts/sentence.h"
#include "paraudit/base/array.h"
#include "tell_parts.h"

/* ---- one feature ---- */

static pa_status put_into_words(pa_told_feature *f, const char *detail, pa_error *err)
{
    pa_buffer text = {0};
    const pa_sentence_facts facts = {.name = f->spec->name,
                                     .words = f->spec->words,
                                     .value = f->value,
                                     .account = f->account_usual,
                                     .peers = f->peer_usual,
                                     .n_account = f->n_usual,
                                     .detail = detail};
    pa_status st = pa_sentence(&text, &facts, err);
    if (st == PA_OK) snprintf(f->sentence, sizeof f->sentence, "%.*s", (int)text.length, text.data);
    pa_buffer_free(&text);
    return st;
}

static pa_status tell_feature(const pa_column *column, const int32_t account[], size_t r,
                              double adds, float peer_usual, const char *detail, pa_told_feature *f,
                              pa_error *err)
{
    *f = (pa_told_feature){.spec = &column->spec,
                           .value = pa_column_value(column, r),
                           .adds = adds,
                           .peer_usual = peer_usual};
    PA_TRY(pa_account_usual(column, account, r, &f->account_usual, &f->n_usual, err));
    return put_into_words(f, detail, err);
}

/* ---- what is usual among peers ---- */

/* The medians that the stage alerts has kept, by the names of their features. */
static float peers_of(const pa_store *alerts, const char *name)
{
    const pa_store_array *names = pa_store_find(alerts, "feature");
    const pa_store_array *usual = pa_store_find(alerts, "peer_usual");
    if (!names || !usual || names->type != PA_BYTES || usual->type != PA_F32) return NAN;
    for (size_t i = 0; i < names->n && i < usual->n; i++)
        if (strncmp((const char *)names->data + i * (size_t)names->bytes, name,
                    (size_t)names->bytes) == 0)
            return ((const float *)usual->data)[i];
    return NAN;
}

static pa_status read_peers(pa_result_file *file, pa_store *alerts, pa_error *err)
{
    pa_store_init(alerts, "alerts", 0);
    if (!pa_result_has_store(file, "alerts")) return PA_OK;
    return pa_result_read_store(file, "alerts", 0, NULL, alerts, err);
}

/* ---- families ---- */

static const char *family_of(const pa_told_feature *f)
{
    return f->spec->family ? f->spec->family : f->spec->name;
}

/* Larger additions first, of either sign. */
static int by_feature(const void *a, const void *b)
{
    const pa_told_feature *x = a, *y = b;
    double p = fabs(x->adds), q = fabs(y->adds);
    return p != q ? (p < q) - (p > q) : strcmp(x->spec->name, y->spec->name);
}

static int by_family_name(const void *a, const void *b)
{
    int order = strcmp(family_of(a), family_of(b));
    return order ? order : by_feature(a, b);
}

static int by_family(const void *a, const void *b)
{
    const pa_told_family *x = a, *y = b;
    double p = fabs(x->adds), q = fabs(y->adds);
    return p != q ? (p < q) - (p > q) : strcmp(x->name, y->name);
}

static pa_status make_families(size_t n, pa_told *told, pa_error *err)
{
    PA_TRY(PA_NEW(told->family, n, err));
    qsort(told->features, n, sizeof *told->features, by_family_name);
    for (size_t i = 0; i < n; i++) {
        pa_told_feature *f = told->features + i;
        pa_told_family *last = told->n_families ? told->family + told->n_families - 1 : NULL;
        if (!last || strcmp(last->name, family_of(f)) != 0) {
            last = told->family + told->n_families++;
            *last = (pa_told_family){.name = family_of(f), .feature = f};
        }
        last->n++;
        last->adds += f->adds;
    }
    qsort(told->family, told->n_families, sizeof *told->family, by_family);
    return PA_OK;
}

/* ---- all of them ---- */

pa_status pa_tell_features(pa_result_file *file, const pa_teller *by, size_t r, const double adds[],
                           pa_told *told, pa_error *err)
{
    const pa_table *slice = &told->slice;
    const pa_column **column = NULL;
    char(*detail)[PA_DETAIL_BYTES] = NULL;
    pa_store alerts = {0};
    size_t n = 0;
    pa_status st = read_peers(file, &alerts, err);
    if (st == PA_OK) st = PA_NEW(column, slice->n_columns, err);
    if (st == PA_OK) n = pa_table_by_role(slice, PA_ROLE_FEATURE, 0, column);
    if (st == PA_OK) st = PA_NEW(told->features, n, err);
    if (st == PA_OK) st = PA_NEW(detail, n, err);
    if (st == PA_OK) st = pa_tell_details(file, by, told, n, column, detail, err);
    for (size_t i = 0; st == PA_OK && i < n; i++)
        st = tell_feature(column[i], pa_i32(slice, "account"), r, adds[i],
                          peers_of(&alerts, column[i]->spec.name), detail[i], told->features + i,
                          err);
    if (st == PA_OK) st = make_families(n, told, err);
    pa_free(column);
    pa_free(detail);
    pa_store_free(&alerts);
    return st;
}
