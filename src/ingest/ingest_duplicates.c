/* Duplicates of transaction ids, wherever they lie.
 *
 * Most books have ids that ascend, and then nothing is to be done. Otherwise rows
 * that may have the id of another one (ingest_suspects.h) travel with their whole
 * ids and their places to one rank each, and are judged exactly. */
#include <stdio.h>
#include <string.h>

#include "ingest_suspects.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"
#include "paraudit/csv/csv_parts.h"

/* ---- who has one? ---- */

/* What is known of a suspect; the bytes of a text id lie in a column beside. */
typedef struct {
    int64_t tx, line;
    int32_t file, length;
} suspect_row;

typedef struct {
    int64_t line; /* of the first row of that id */
    int32_t file;
    int32_t later; /* 1: it is another row, 0: it is the row itself */
} verdict;

typedef struct {
    pa_route *route;
    size_t n, n_got, width; /* width: of text ids, 0 for numbers */
    suspect_row *row, *got;
    char *id, *got_id;
    size_t *place; /* of each suspect among the rows */
    int32_t *owner;
    uint32_t *order; /* of what arrived: by id, then by place */
    verdict *answer, *found;
} trial;

static void free_trial(trial *t)
{
    pa_route_free(t->route);
    pa_free(t->row);
    pa_free(t->got);
    pa_free(t->id);
    pa_free(t->got_id);
    pa_free(t->place);
    pa_free(t->owner);
    pa_free(t->order);
    pa_free(t->answer);
    pa_free(t->found);
}

static size_t longest_suspect(const pa_csv_batch *b, const int8_t suspect[])
{
    size_t longest = 0;
    for (size_t i = 0; b->has.text_ids && i < b->n; i++) {
        if (suspect[i] && b->id_length[i] > longest) longest = b->id_length[i];
    }
    return longest;
}

/* rows: of each file here. */
static void list_suspects(const pa_dealing *d, const pa_csv_batch *b, const int8_t suspect[],
                          const int64_t rows[], trial *t)
{
    size_t at = 0, n = 0;
    int32_t file = 0;
    int64_t end = rows[0]; /* of the rows of this file */
    for (size_t i = 0; i < b->n; i++) {
        size_t length = b->has.text_ids ? b->id_length[i] : 0;
        while ((int64_t)i >= end) end += rows[++file];
        if (suspect[i]) {
            uint32_t key;
            t->place[n] = i;
            t->owner[n] = pa_owner_of_id(d, b->tx[i], &key);
            t->row[n] = (suspect_row){b->tx[i], b->line[i], file, (int32_t)length};
            if (length) memcpy(t->id + n * t->width, b->id_bytes.data + at, length);
            n++;
        }
        at += length;
    }
}

static pa_status open_trial(const pa_dealing *d, const pa_csv_batch *b, const int8_t suspect[],
                            const int64_t rows[], trial *t, pa_error *err)
{
    for (size_t i = 0; i < b->n; i++) t->n += (size_t)suspect[i];
    PA_TRY(PA_NEW(t->row, t->n, err));
    PA_TRY(PA_NEW(t->id, t->n * t->width, err));
    PA_TRY(PA_NEW(t->place, t->n, err));
    PA_TRY(PA_NEW(t->owner, t->n, err));
    PA_TRY(PA_NEW(t->found, t->n, err));
    list_suspects(d, b, suspect, rows, t);
    return PA_OK;
}

static pa_status seat_arrivals(trial *t, pa_error *err)
{
    PA_TRY(PA_NEW(t->got, t->n_got, err));
    PA_TRY(PA_NEW(t->got_id, t->n_got * t->width, err));
    PA_TRY(PA_NEW(t->order, t->n_got, err));
    return PA_NEW(t->answer, t->n_got, err);
}

static int compare_suspects(const trial *t, uint32_t a, uint32_t b)
{
    const suspect_row *x = t->got + a, *y = t->got + b;
    if (x->tx != y->tx) return x->tx < y->tx ? -1 : 1;
    if (t->width == 0) return 0;
    return pa_compare_ids(t->got_id + a * t->width, (size_t)x->length, t->got_id + b * t->width,
                          (size_t)y->length);
}

static int by_id_and_place(const void *a, const void *b, void *context)
{
    const trial *t = context;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    int order = compare_suspects(t, i, k);
    if (order) return order;
    const suspect_row *x = t->got + i, *y = t->got + k;
    if (x->file != y->file) return x->file < y->file ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static pa_status judge(trial *t, pa_error *err)
{
    for (size_t i = 0; i < t->n_got; i++) t->order[i] = (uint32_t)i;
    PA_TRY(pa_sort(t->order, t->n_got, sizeof *t->order, by_id_and_place, t, err));
    for (size_t i = 0, from = 0; i < t->n_got; i++) {
        if (compare_suspects(t, t->order[from], t->order[i]) != 0) from = i;
        const suspect_row *first = t->got + t->order[from];
        t->answer[t->order[i]] = (verdict){first->line, first->file, i > from};
    }
    return PA_OK;
}

static pa_status hold_trial(pa_comm *comm, trial *t, pa_error *err)
{
    PA_TRY(pa_route_make(comm, t->n, t->owner, &t->route, err));
    t->n_got = pa_route_received(t->route);
    PA_AGREE(comm, seat_arrivals(t, err), err);
    PA_TRY(pa_route_send(comm, t->route, sizeof *t->row, t->row, t->got, err));
    if (t->width) PA_TRY(pa_route_send(comm, t->route, t->width, t->id, t->got_id, err));
    PA_AGREE(comm, judge(t, err), err);
    return pa_route_return(comm, t->route, sizeof *t->answer, t->answer, t->found, err);
}

/* ---- what follows for this rank's rows -------------------------------------------- */

static bool is_before(const pa_csv_reject *a, const pa_csv_reject *b)
{
    return a->file != b->file ? a->file < b->file : a->line < b->line;
}

/* The parser's rejects and n more, both in the order of places, as one list. */
static pa_status merge_rejects(pa_csv_intake *p, const pa_csv_reject more[], size_t n,
                               pa_error *err)
{
    pa_csv_reject *merged = NULL;
    size_t room = p->n_kept + n < p->keep_rejects ? p->n_kept + n : p->keep_rejects;
    PA_TRY(PA_NEW(merged, room, err));
    for (size_t i = 0, k = 0, at = 0; at < room; at++) {
        bool own = k == n || (i < p->n_kept && is_before(p->rejects + i, more + k));
        merged[at] = own ? p->rejects[i++] : more[k++];
    }
    pa_free(p->rejects);
    p->rejects = merged;
    p->n_kept = p->rejects_room = room;
    p->n_rejected += (int64_t)n;
    return PA_OK;
}

static void tell(const pa_inputs *in, const trial *t, size_t i, pa_first_reject *first)
{
    const suspect_row *row = t->row + i;
    char id[PA_CSV_EXCERPT];
    if (first->file >= 0 &&
        (first->file != row->file ? first->file < row->file : first->line < row->line)) {
        return;
    }
    snprintf(id, sizeof id, "%lld", (long long)row->tx);
    if (t->width) {
        pa_csv_excerpt((pa_csv_field){t->id + i * t->width, (size_t)row->length}, id);
    }
    first->file = row->file;
    first->line = row->line;
    snprintf(first->text, sizeof first->text, "transaction id '%s' is that of %.256s:%lld already",
             id, in->file[t->found[i].file].name, (long long)t->found[i].line);
}

/* gone: a mark a row. */
static pa_status carry_out(const pa_inputs *in, const trial *t, pa_csv_intake *p, int8_t gone[],
                           int64_t rows[], int64_t rejected[], pa_first_reject *first, int64_t *n,
                           pa_error *err)
{
    pa_csv_reject *list = NULL;
    size_t n_gone = 0;
    PA_TRY(PA_NEW(list, t->n, err));
    for (size_t i = 0; i < t->n; i++) {
        const suspect_row *row = t->row + i;
        gone[t->place[i]] = (int8_t)t->found[i].later;
        if (!t->found[i].later) continue;
        if (n_gone == 0) tell(in, t, i, first);
        list[n_gone++] = (pa_csv_reject){row->line, row->line, row->file, PA_REJECT_DUPLICATE};
        rows[row->file]--;
        rejected[row->file]++;
    }
    *n = (int64_t)n_gone;
    pa_status st = PA_OK;
    if (n_gone > 0) {
        st = merge_rejects(p, list, n_gone, err);
        if (st == PA_OK) st = pa_ingest_drop(p, gone, n_gone, err);
    }
    pa_free(list);
    return st;
}

static pa_status reject_later(pa_comm *comm, const pa_inputs *in, pa_csv_intake *p, int64_t rows[],
                              int64_t rejected[], pa_first_reject *first, int64_t *n, pa_error *err)
{
    trial t = {0};
    int8_t *suspect = NULL;
    pa_dealing d = pa_deal_ids(comm, &p->rows);
    pa_status st = pa_agree(comm, PA_NEW(suspect, p->rows.n, err), err);
    if (st != PA_OK) goto out;
    PA_GOTO(pa_find_suspects(comm, &d, &p->rows, suspect, err));
    int64_t width = (int64_t)longest_suspect(&p->rows, suspect);
    pa_max_i64(comm, &width, 1);
    t.width = (size_t)width;
    PA_GOTO(pa_agree(comm, open_trial(&d, &p->rows, suspect, rows, &t, err), err));
    PA_GOTO(hold_trial(comm, &t, err));
    st = pa_agree(comm, carry_out(in, &t, p, suspect, rows, rejected, first, n, err), err);
out:
    free_trial(&t);
    pa_free(suspect);
    return st;
}

pa_status pa_ingest_duplicates(pa_comm *comm, const pa_inputs *in, pa_csv_intake *p, int64_t rows[],
                               int64_t rejected[], pa_first_reject *first, int64_t *n,
                               pa_error *err)
{
    bool ascend = true;
    *n = 0;
    pa_status st = PA_OK;
    /* Without ids rows are named by their places, which are all different. */
    if (in->file[0].layout.tx >= 0) st = pa_ids_ascend(comm, &p->rows, &ascend, err);
    if (st == PA_OK && !ascend) st = reject_later(comm, in, p, rows, rejected, first, n, err);
    return st;
}
