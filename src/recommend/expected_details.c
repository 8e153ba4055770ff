#include "expected_details.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "expected_columns.h"

const char *const pa_expected_part_names[PA_N_CHOICE_PARTS] = {
    [PA_CHOICE_OWN] = "the account's own transactions",
    [PA_CHOICE_RETURNED] = "merchants that the account came back to",
    [PA_CHOICE_COMPANY] = "customers of its merchants",
    [PA_CHOICE_LAST] = "customers of the merchants used last",
    [PA_CHOICE_VECTORS] = "merchants like its own",
    [PA_CHOICE_RULES] = "rules of merchants",
    [PA_CHOICE_SEGMENT] = "accounts of like pace and amount",
    [PA_CHOICE_POPULAR] = "all accounts",
    [PA_CHOICE_ROOT] = "all accounts, large merchants less",
    [PA_CHOICE_EVEN] = "one of many merchants",
    [PA_CHOICE_UNSEEN] = "a new merchant"};

const char *const pa_expected_detail_reads[] = {"account", "merchant", NULL};

/* Bytes of a name that is cut, between characters, to leave room for the rest. */
static int name_length(const char *name)
{
    enum { MOST = 120 };
    size_t n = strlen(name);
    if (n > MOST)
        for (n = MOST; n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80;) n--;
    return (int)n;
}

static void tell(const pa_table *tx, const pa_detail_question *q, char answer[PA_DETAIL_BYTES])
{
    const int32_t *account = pa_i32(tx, "account"), *merchant = pa_i32(tx, "merchant");
    const int8_t from = pa_i8(tx, pa_expected_from_column.name)[q->row];
    size_t there = 0, all = 0;
    if (merchant[q->row] < 0 || from < 0) return;
    for (size_t i = q->row; i-- > 0 && account[i] == account[q->row]; all++)
        there += merchant[i] == merchant[q->row];
    char times[32] = "none", place[32] = "";
    if (there) {
        snprintf(times, sizeof times, "%zu", there);
        snprintf(place, sizeof place, ", place %.0f",
                 (double)pa_f32(tx, pa_expected_columns[PA_MERCHANT_RANK].name)[q->row]);
    }
    snprintf(answer, PA_DETAIL_BYTES, "%.*s, in %s of its %zu earlier transactions%s; mostly by %s",
             name_length(q->merchant), q->merchant, times, all, place,
             pa_expected_part_names[from]);
}

pa_status pa_expected_details(const pa_config *config, const pa_store *model, const pa_table *tx,
                              size_t n, const pa_detail_question asked[],
                              char answer[][PA_DETAIL_BYTES], pa_error *err)
{
    (void)config;
    (void)model;
    (void)err;
    for (size_t i = 0; i < n; i++)
        if (strcmp(asked[i].feature, pa_expected_columns[PA_EXPECTED_SURPRISE].name) == 0 ||
            strcmp(asked[i].feature, pa_expected_columns[PA_MERCHANT_RANK].name) == 0)
            tell(tx, asked + i, answer[i]);
    return PA_OK;
}
