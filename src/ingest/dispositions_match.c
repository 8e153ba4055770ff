/* Dispositions to the transactions that they name.
 *
 * Some of them at a time are told to all ranks; each looks through its rows, and what it finds is
 * heard by all. So nothing is held but those, however many there are. */
#include <stdlib.h>
#include <string.h>

#include "dispositions.h"
#include "paraudit/alerts/account_days.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"

enum { NONE = -1, ALERT_DIGITS = 16 };

/* What all ranks look for at a time. */
typedef struct {
    size_t n;
    pa_disposition *of;
    size_t mask;      /* slots less 1, a power of two */
    int32_t *slot;    /* the first of its key, or NONE */
    int32_t *next;    /* the next of the same slot */
    int64_t *row;     /* of each: global, NONE where none is found */
    int64_t *n_found; /* rows that it may mean */
    int64_t *early;   /* 1: there is a row, not before the verdict */
} round_of;

static void round_free(round_of *r)
{
    pa_free(r->of);
    pa_free(r->slot);
    pa_free(r->next);
    pa_free(r->row);
    pa_free(r->n_found);
    pa_free(r->early);
    *r = (round_of){0};
}

static size_t slot_of(const round_of *r, int64_t key, bool by_alert)
{
    uint64_t h = ((uint64_t)key + by_alert) * 0x9e3779b97f4a7c15u;
    return (size_t)(h >> 20) & r->mask;
}

static pa_status round_new(round_of *r, pa_error *err)
{
    size_t slots = 64;
    while (slots < 2 * r->n) slots *= 2;
    r->mask = slots - 1;
    PA_TRY(PA_NEW(r->slot, slots, err));
    PA_TRY(PA_NEW(r->next, r->n, err));
    PA_TRY(PA_NEW(r->row, r->n, err));
    PA_TRY(PA_NEW(r->n_found, r->n, err));
    PA_TRY(PA_NEW(r->early, r->n, err));
    for (size_t i = 0; i < slots; i++) r->slot[i] = NONE;
    for (size_t i = 0; i < r->n; i++) {
        size_t s = slot_of(r, r->of[i].key, r->of[i].by_alert);
        r->row[i] = NONE;
        r->next[i] = r->slot[s];
        r->slot[s] = (int32_t)i;
    }
    return PA_OK;
}

static int32_t first_of(const round_of *r, int64_t key, bool by_alert)
{
    return r->slot[slot_of(r, key, by_alert)];
}

static bool has_key(const pa_disposition *d, int64_t key, bool by_alert)
{
    return d->by_alert == by_alert && d->key == key;
}

/* A verdict of unknown time says nothing, and may be of any row. */
static bool is_later(const pa_disposition *d, int64_t time)
{
    return d->time == INT64_MIN || d->time > time;
}

/* ---- rows ---- */

typedef struct {
    const pa_table *tx;
    const int64_t *id, *time;
    const int32_t *account;
    const pa_column *text; /* NULL: ids are numbers */
    const pa_table *accounts;
    const pa_column *name; /* of accounts */
} book;

static bool has_text(const book *b, size_t row, const pa_disposition *d)
{
    if (!b->text) return true;
    size_t width = (size_t)b->text->spec.width;
    const char *text = (const char *)b->text->data + row * width;
    size_t n = strnlen(text, width);
    return strnlen(d->id, sizeof d->id) == n && memcmp(d->id, text, n) == 0;
}

static void find_tx(const book *b, size_t row, const round_of *r)
{
    for (int32_t i = first_of(r, b->id[row], false); i != NONE; i = r->next[i]) {
        const pa_disposition *d = r->of + i;
        if (!has_key(d, b->id[row], false) || !has_text(b, row, d)) continue;
        r->row[i] = b->tx->first_row + (int64_t)row;
        r->n_found[i] = 1;
        r->early[i] = !is_later(d, b->time[row]);
    }
}

/* Rows [from, until) of an account on one day. */
static void find_alert(const book *b, size_t from, size_t until, const round_of *r)
{
    size_t width = (size_t)b->name->spec.width;
    const char *name =
        (const char *)b->name->data + (size_t)(b->account[from] - b->accounts->first_row) * width;
    char id[ALERT_DIGITS + 1] = {0};
    pa_alert_id(name, strnlen(name, width), pa_day_of(b->time[from]), id);
    int64_t key = (int64_t)strtoull(id, NULL, 16);
    for (int32_t i = first_of(r, key, true); i != NONE; i = r->next[i]) {
        const pa_disposition *d = r->of + i;
        if (!has_key(d, key, true)) continue;
        for (size_t row = from; row < until && is_later(d, b->time[row]); row++) {
            r->row[i] = b->tx->first_row + (int64_t)row;
            r->n_found[i]++;
        }
        r->early[i] = r->n_found[i] == 0;
    }
}

static bool same_day(const book *b, size_t row, size_t other)
{
    return b->account[row] == b->account[other] &&
           pa_day_of(b->time[row]) == pa_day_of(b->time[other]);
}

static void find_rows(const book *b, const round_of *r)
{
    size_t n = b->tx->n_rows;
    bool by_tx = false, by_alert = false;
    for (size_t i = 0; i < r->n; i++) *(r->of[i].by_alert ? &by_alert : &by_tx) = true;
    for (size_t row = 0; by_tx && row < n; row++) find_tx(b, row, r);
    for (size_t from = 0, until; by_alert && from < n; from = until) {
        for (until = from + 1; until < n && same_day(b, from, until);) until++;
        find_alert(b, from, until, r);
    }
}

/* ---- what is found ---- */

static pa_status check_time(const pa_beside_files *side, const round_of *r, pa_error *err)
{
    for (size_t i = 0; i < r->n; i++) {
        if (!r->early[i]) continue;
        const pa_disposition *d = r->of + i;
        return pa_fail_at(err, PA_E_DATA, d->file + 1, d->line,
                          "%s:%lld: the verdict is not later than what it is of: `time` is when it "
                          "was given; where a file has the transaction's time as well, call that "
                          "of the verdict verdict_time",
                          side->inputs.file[d->file].name, (long long)d->line);
    }
    return PA_OK;
}

static pa_status add_verdict(pa_verdicts *v, const pa_disposition *d, size_t row, pa_error *err)
{
    PA_TRY(PA_ROOM(v->of, v->room, v->n + 1, err));
    v->of[v->n++] = (pa_verdict){d->time, d->line, row, d->file, d->verdict};
    return PA_OK;
}

static int8_t fate_of(const round_of *r, size_t i)
{
    if (r->n_found[i] != 1) return r->n_found[i] > 1 ? PA_FATE_SEVERAL : PA_FATE_NOBODY;
    return r->of[i].verdict < 0 ? PA_FATE_UNCLEAR : PA_FATE_LABEL;
}

/* Those of rows that lie here. */
static pa_status keep_verdicts(const book *b, const round_of *r, pa_verdicts *v, pa_error *err)
{
    for (size_t i = 0; i < r->n; i++) {
        int64_t row = r->row[i] - b->tx->first_row;
        if (fate_of(r, i) != PA_FATE_LABEL || row < 0 || row >= (int64_t)b->tx->n_rows) continue;
        PA_TRY(add_verdict(v, r->of + i, (size_t)row, err));
    }
    return PA_OK;
}

static pa_status match_round(pa_comm *comm, const book *b, const pa_beside_files *side, round_of *r,
                             pa_verdicts *verdicts, pa_error *err)
{
    PA_AGREE(comm, round_new(r, err), err);
    find_rows(b, r);
    PA_AGREE(comm, check_time(side, r, err), err);
    pa_max_i64(comm, r->row, r->n);
    pa_sum_i64(comm, r->n_found, r->n);
    return pa_agree(comm, keep_verdicts(b, r, verdicts, err), err);
}

static pa_status find_book(const pa_ingest *g, book *b, pa_error *err)
{
    const pa_table *tx = &g->transactions;
    *b = (book){.tx = tx,
                .id = pa_i64(tx, "tx"),
                .time = pa_i64(tx, "time"),
                .account = pa_i32(tx, "account"),
                .text = pa_table_find(tx, "tx_id"),
                .accounts = &g->accounts,
                .name = pa_table_find(&g->accounts, "id")};
    return b->name ? PA_OK : pa_fail(err, PA_E_BUG, "accounts have no names");
}

/* Each rank gives the next few of its own. */
static pa_status gather_round(pa_comm *comm, const pa_disposition_list *list, size_t from, size_t n,
                              round_of *r, pa_error *err)
{
    void *all = NULL;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, n > 0 ? list->of + from : NULL, n * sizeof *list->of, &all, &bytes,
                         err));
    r->of = all;
    r->n = bytes / sizeof *r->of;
    return PA_OK;
}

pa_status pa_dispositions_match(pa_comm *comm, const pa_ingest *g, const pa_beside_files *side,
                                const pa_disposition_list *list, size_t at_once, int64_t row[],
                                int8_t fate[], pa_verdicts *verdicts, pa_error *err)
{
    size_t ranks = (size_t)pa_comm_size(comm), share = at_once / ranks + 1;
    book b;
    PA_AGREE(comm, find_book(g, &b, err), err);
    for (size_t from = 0;; from += share) {
        size_t left = list->n > from ? list->n - from : 0, n = left < share ? left : share;
        int64_t all = (int64_t)n;
        pa_sum_i64(comm, &all, 1);
        if (all == 0) return PA_OK;
        size_t before = (size_t)pa_sum_before_i64(comm, (int64_t)n);
        round_of r = {0};
        pa_status st = gather_round(comm, list, from, n, &r, err);
        if (st == PA_OK) st = match_round(comm, &b, side, &r, verdicts, err);
        for (size_t i = 0; st == PA_OK && i < n; i++) {
            fate[from + i] = fate_of(&r, before + i);
            row[from + i] = r.n_found[before + i] == 1 ? r.row[before + i] : NONE;
        }
        round_free(&r);
        PA_TRY(st);
    }
}
