#include "paraudit/patterns/combinations.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/exact.h"
#include "paraudit/base/math.h"

/* Weights of what a share leans on, in rows. */
static const double of_category = 10, of_merchant = 30, of_segment = 50, of_account = 5;

/* Second numbers of pairs: a band, ALL, or a part of the day. */
enum { ALL = PA_AMOUNT_BANDS, PARTS, STRIDE = 128 };
enum { MERCHANT, CATEGORY, SEGMENT }; /* kinds of pairs, from the first on */

int pa_amount_band(int64_t amount_minor)
{
    if (amount_minor <= 0) return 0;
    int octave = 63 - __builtin_clzll((unsigned long long)amount_minor);
    bool upper = (pa_i128)amount_minor * amount_minor >= (pa_i128)2 << (2 * octave);
    int band = 1 + 2 * octave + upper;
    return band < PA_AMOUNT_BANDS ? band : PA_AMOUNT_BANDS - 1;
}

int pa_day_part(int64_t time)
{
    return pa_hour_of(time) / (24 / PA_DAY_PARTS);
}

/* ---- what a row is counted as ---- */

typedef struct {
    int segment, band, part;
    uint64_t merchant_band, merchant, category_band, category, category_part, segment_band,
        segment_part;
} keys;

/* A code, from 0 on: none is 0. */
static uint32_t code_of(const int32_t code[], size_t i)
{
    return code && code[i] >= 0 ? (uint32_t)code[i] + 1 : 0;
}

static keys keys_of(unsigned first_kind, const pa_combined_rows *r, size_t i)
{
    uint32_t m = code_of(r->merchant, i), k = code_of(r->category, i);
    uint32_t band = (uint32_t)pa_amount_band(r->amount_minor[i]);
    uint32_t part = PARTS + (uint32_t)pa_day_part(r->time[i]);
    uint32_t s = r->segment[i] < 0 ? 0 : (uint32_t)r->segment[i];
    return (keys){.segment = r->segment[i],
                  .band = (int)band,
                  .part = (int)part - PARTS,
                  .merchant_band = pa_pair_key(first_kind + MERCHANT, m, band),
                  .merchant = pa_pair_key(first_kind + MERCHANT, m, ALL),
                  .category_band = pa_pair_key(first_kind + CATEGORY, k, band),
                  .category = pa_pair_key(first_kind + CATEGORY, k, ALL),
                  .category_part = pa_pair_key(first_kind + CATEGORY, k, part),
                  .segment_band = pa_pair_key(first_kind + SEGMENT, s, k * STRIDE + band),
                  .segment_part = pa_pair_key(first_kind + SEGMENT, s, k * STRIDE + part)};
}

/* ---- counting ---- */

static pa_status count_row(const keys *k, pa_pair_list *pairs, pa_error *err)
{
    PA_TRY(pa_pair_list_add(pairs, k->merchant_band, 1, err));
    PA_TRY(pa_pair_list_add(pairs, k->merchant, 1, err));
    PA_TRY(pa_pair_list_add(pairs, k->category_band, 1, err));
    PA_TRY(pa_pair_list_add(pairs, k->category, 1, err));
    PA_TRY(pa_pair_list_add(pairs, k->category_part, 1, err));
    PA_TRY(pa_pair_list_add(pairs, k->segment_band, 1, err));
    return pa_pair_list_add(pairs, k->segment_part, 1, err);
}

pa_status pa_combinations_count(unsigned first_kind, const pa_combined_rows *rows,
                                pa_pair_list *pairs, pa_combined_totals *totals, pa_error *err)
{
    for (size_t i = 0; i < rows->n; i++) {
        keys k = keys_of(first_kind, rows, i);
        totals->rows++;
        totals->band[k.band]++;
        totals->part[k.part]++;
        totals->segment[k.segment]++;
        PA_TRY(count_row(&k, pairs, err));
    }
    return PA_OK;
}

bool pa_is_category(uint64_t key, unsigned first_kind)
{
    uint32_t category = (uint32_t)(key >> 30) & ((1u << 30) - 1);
    return key == pa_pair_key(first_kind + CATEGORY, category, ALL);
}

/* ---- asking ---- */

/* A row that is told: the numbers of its questions, and what its account had before it. */
typedef struct {
    uint32_t row;
    int8_t segment, band, part;
    uint32_t merchant_band, merchant, category_band, category, category_part, segment_band,
        segment_part;
    uint32_t own_band, own_part, own_rows;
} told;

struct pa_combinations {
    unsigned first_kind;
    int32_t account; /* of the row before; -1: none */
    pa_pair_list own;
    uint32_t own_rows;
    pa_pair_questions questions;
    told *row;
    size_t n_rows, room;
};

pa_status pa_combinations_open(unsigned first_kind, pa_combinations **combinations, pa_error *err)
{
    PA_TRY(PA_NEW(*combinations, 1, err));
    (*combinations)->first_kind = first_kind;
    (*combinations)->account = -1;
    return PA_OK;
}

void pa_combinations_close(pa_combinations *c)
{
    if (!c) return;
    pa_pair_list_free(&c->own);
    pa_pair_questions_free(&c->questions);
    pa_free(c->row);
    pa_free(c);
}

static pa_status new_row(pa_combinations *c, told **row, pa_error *err)
{
    PA_TRY(PA_ROOM(c->row, c->room, c->n_rows + 1, err));
    *row = c->row + c->n_rows++;
    return PA_OK;
}

static pa_status ask_of_row(pa_combinations *c, const keys *k, told *t, pa_error *err)
{
    pa_pair_questions *q = &c->questions;
    t->segment = (int8_t)k->segment;
    t->band = (int8_t)k->band;
    t->part = (int8_t)k->part;
    PA_TRY(pa_pair_ask(q, k->merchant_band, &t->merchant_band, err));
    PA_TRY(pa_pair_ask(q, k->merchant, &t->merchant, err));
    PA_TRY(pa_pair_ask(q, k->category_band, &t->category_band, err));
    PA_TRY(pa_pair_ask(q, k->category, &t->category, err));
    PA_TRY(pa_pair_ask(q, k->category_part, &t->category_part, err));
    PA_TRY(pa_pair_ask(q, k->segment_band, &t->segment_band, err));
    return pa_pair_ask(q, k->segment_part, &t->segment_part, err);
}

static void forget_account(pa_combinations *c)
{
    if (c->own.count) memset(c->own.count, 0, c->own.pair.n * sizeof *c->own.count);
    pa_pair_questions_clear(&c->own.pair);
    c->own_rows = 0;
}

pa_status pa_combinations_ask(pa_combinations *c, const pa_combined_rows *rows,
                              const pa_pair_questions **questions, pa_error *err)
{
    pa_pair_questions_clear(&c->questions);
    c->n_rows = 0;
    for (size_t i = 0; i < rows->n; i++) {
        keys k = keys_of(c->first_kind, rows, i);
        uint32_t own_band, own_part;
        if (rows->account[i] != c->account) forget_account(c);
        c->account = rows->account[i];
        PA_TRY(pa_pair_list_meet(&c->own, k.category_band, &own_band, err));
        PA_TRY(pa_pair_list_meet(&c->own, k.category_part, &own_part, err));
        if (k.segment >= 0) {
            told *t;
            PA_TRY(new_row(c, &t, err));
            *t = (told){.row = (uint32_t)i,
                        .own_band = own_band,
                        .own_part = own_part,
                        .own_rows = c->own_rows};
            PA_TRY(ask_of_row(c, &k, t, err));
        }
        c->own_rows++;
    }
    *questions = &c->questions;
    return PA_OK;
}

/* ---- telling ---- */

/* The share of n of m rows, that leans with so many rows on another share. */
static double leaning(double n, double m, double weight, double share)
{
    return (n + weight * share) / (m + weight);
}

/* Of `parts` values, one row each as a half. */
static double of_all(int64_t n, int64_t rows, int64_t parts)
{
    return leaning((double)n, (double)rows, .5 * (double)parts, 1 / (double)parts);
}

static float bits_of(double share)
{
    return (float)-pa_log2(share);
}

static void tell_row(const told *t, const uint32_t count[], const pa_combined_totals *all,
                     const pa_combination_columns *out)
{
    double in_category = count[t->category], in_segment = (double)all->segment[t->segment];
    double category = of_all(count[t->category], all->rows, all->categories + 1);
    double band = leaning(count[t->category_band], in_category, of_category,
                          of_all(all->band[t->band], all->rows, PA_AMOUNT_BANDS));
    double part = leaning(count[t->category_part], in_category, of_category,
                          of_all(all->part[t->part], all->rows, PA_DAY_PARTS));
    double with_band = leaning(count[t->segment_band], in_segment, of_segment, category * band);
    double with_part = leaning(count[t->segment_part], in_segment, of_segment, category * part);
    if (out->merchant_amount)
        out->merchant_amount[t->row] =
            bits_of(leaning(count[t->merchant_band], count[t->merchant], of_merchant, band));
    out->category_amount[t->row] =
        bits_of(leaning(t->own_band, t->own_rows, of_account, with_band));
    out->category_hour[t->row] = bits_of(leaning(t->own_part, t->own_rows, of_account, with_part));
}

void pa_combinations_tell(const pa_combinations *c, const uint32_t count[],
                          const pa_combined_totals *totals, const pa_combination_columns *out)
{
    for (size_t i = 0; i < c->n_rows; i++) tell_row(c->row + i, count, totals, out);
}
