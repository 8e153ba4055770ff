/* Duplicates of transaction ids, wherever they lie.
 *
 * Most books have ids that ascend, and then nothing is to be done. Otherwise rows
 * that may have the id of another one (ingest_suspects.h) travel with their whole
 * ids and their places to one rank each, or, where they are few, to all, and are
 * judged exactly. */
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "ingest_suspects.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"
#include "paraudit/csv/csv_parts.h"

/* ---- who has one? ---- */

/* What is known of a suspect; the bytes of a text id lie in a column beside. */
typedef struct {
    int64_t tx, line;
    uint64_t values; /* a hash of all that it says but the id */
    int32_t file, length;
} suspect_row;

typedef struct {
    int64_t line; /* of the first row of that id */
    int32_t file;
    int32_t later; /* the row itself, one with other values, or with the same ones */
} verdict;

enum { ITSELF, OTHER, REPEATED };

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

static uint64_t hash_name(const pa_intern *names, int32_t code, uint64_t seed)
{
    size_t from = code < 0 ? 0 : names->start[code], end = code < 0 ? 0 : names->start[code + 1];
    return XXH3_64bits_withSeed(names->bytes ? names->bytes + from : "", end - from, seed);
}

/* Rows of one id are few: all they say travels as one number. */
static uint64_t hash_values(const pa_csv_intake *p, size_t i)
{
    const pa_csv_batch *b = &p->rows;
    const int64_t whole[] = {b->time[i], b->amount_minor[i], b->label[i],
                             b->has.label_time ? b->label_time[i] : 0};
    uint64_t h = XXH3_64bits(whole, sizeof whole);
    h = hash_name(&p->accounts, b->account[i], h);
    h = hash_name(&p->merchants, b->merchant[i], h);
    for (int k = 0; k < PA_CSV_N_CODED; k++) {
        if (b->has.coded[k]) h = hash_name(&p->coded[k], b->coded[k][i], h);
    }
    for (int k = 0; k < PA_CSV_N_PLACES; k++) {
        if (b->has.place[k]) h = XXH3_64bits_withSeed(&b->place[k][i], sizeof **b->place, h);
    }
    for (int32_t k = 0; k < b->has.n_numeric; k++)
        h = XXH3_64bits_withSeed(&b->numeric[k][i], sizeof **b->numeric, h);
    return h;
}

/* rows: of each file here. */
static void list_suspects(const pa_dealing *d, const pa_csv_intake *p, const int8_t suspect[],
                          const int64_t rows[], trial *t)
{
    const pa_csv_batch *b = &p->rows;
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
            t->row[n] =
                (suspect_row){b->tx[i], b->line[i], hash_values(p, i), file, (int32_t)length};
            if (length) memcpy(t->id + n * t->width, b->id_bytes.data + at, length);
            n++;
        }
        at += length;
    }
}

static pa_status open_trial(const pa_dealing *d, const pa_csv_intake *p, const int8_t suspect[],
                            const int64_t rows[], trial *t, pa_error *err)
{
    for (size_t i = 0; i < p->rows.n; i++) t->n += (size_t)suspect[i];
    PA_TRY(PA_NEW(t->row, t->n, err));
    PA_TRY(PA_NEW(t->id, t->n * t->width, err));
    PA_TRY(PA_NEW(t->place, t->n, err));
    PA_TRY(PA_NEW(t->owner, t->n, err));
    PA_TRY(PA_NEW(t->found, t->n, err));
    list_suspects(d, p, suspect, rows, t);
    return PA_OK;
}

static pa_status seat_arrivals(trial *t, pa_error *err)
{
    PA_TRY(PA_NEW(t->got, t->n_got, err));
    return PA_NEW(t->got_id, t->n_got * t->width, err);
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
    PA_TRY(PA_NEW(t->order, t->n_got, err));
    PA_TRY(PA_NEW(t->answer, t->n_got, err));
    for (size_t i = 0; i < t->n_got; i++) t->order[i] = (uint32_t)i;
    PA_TRY(pa_sort(t->order, t->n_got, sizeof *t->order, by_id_and_place, t, err));
    for (size_t i = 0, from = 0; i < t->n_got; i++) {
        if (compare_suspects(t, t->order[from], t->order[i]) != 0) from = i;
        const suspect_row *first = t->got + t->order[from], *row = t->got + t->order[i];
        int32_t later = row->values == first->values ? REPEATED : OTHER;
        t->answer[t->order[i]] = (verdict){first->line, first->file, i > from ? later : ITSELF};
    }
    return PA_OK;
}

/* n_all: of all ranks, each of which judges them all. */
static pa_status hear_all(pa_comm *comm, size_t n_all, trial *t, pa_error *err)
{
    void *got = NULL, *got_id = NULL;
    size_t bytes;
    int64_t first = pa_sum_before_i64(comm, (int64_t)t->n);
    PA_TRY(pa_gather_all(comm, t->row, t->n * sizeof *t->row, &got, &bytes, err));
    t->got = got;
    if (t->width) PA_TRY(pa_gather_all(comm, t->id, t->n * t->width, &got_id, &bytes, err));
    t->got_id = got_id;
    t->n_got = n_all;
    pa_status st = judge(t, err);
    if (st == PA_OK && t->n) memcpy(t->found, t->answer + first, t->n * sizeof *t->found);
    return pa_agree(comm, st, err);
}

static pa_status ask_owners(pa_comm *comm, trial *t, pa_error *err)
{
    PA_TRY(pa_route_make(comm, t->n, t->owner, &t->route, err));
    t->n_got = pa_route_received(t->route);
    PA_AGREE(comm, seat_arrivals(t, err), err);
    PA_TRY(pa_route_send(comm, t->route, sizeof *t->row, t->row, t->got, err));
    if (t->width) PA_TRY(pa_route_send(comm, t->route, t->width, t->id, t->got_id, err));
    PA_AGREE(comm, judge(t, err), err);
    return pa_route_return(comm, t->route, sizeof *t->answer, t->answer, t->found, err);
}

/* Ids that look alike by chance are few, and are looked at without a message to each rank. */
static pa_status hold_trial(pa_comm *comm, trial *t, pa_error *err)
{
    enum { FEW = 4096 };
    int64_t n = (int64_t)t->n;
    pa_sum_i64(comm, &n, 1);
    if (n == 0) return PA_OK;
    bool few = n <= FEW && (size_t)n * (sizeof *t->row + t->width) <= pa_comm_piece(comm);
    return few ? hear_all(comm, (size_t)n, t, err) : ask_owners(comm, t, err);
}

/* ---- what follows for this rank's rows -------------------------------------------- */

static bool is_before(const pa_csv_reject *a, const pa_csv_reject *b)
{
    return a->file != b->file ? a->file < b->file : a->line < b->line;
}

/* The parser's rejects and n more, both in the order of places, as one list; n_all: how
 * many more there are. */
static pa_status merge_rejects(pa_csv_intake *p, const pa_csv_reject more[], size_t n, size_t n_all,
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
    p->n_rejected += (int64_t)n_all;
    return PA_OK;
}

/* Bytes of a file's name that fit into a reject's text, cut between characters. */
static int name_bytes(const char *name)
{
    const size_t most = 90;
    size_t n = strnlen(name, most + 1);
    if (n > most) {
        for (n = most; n > 0 && (name[n] & 0xc0) == 0x80;) n--;
    }
    return (int)n;
}

static pa_csv_reject describe(const pa_inputs *in, const trial *t, size_t i)
{
    const suspect_row *row = t->row + i;
    const char *name = in->file[t->found[i].file].name;
    bool repeated = t->found[i].later == REPEATED;
    char id[PA_CSV_EXCERPT];
    pa_csv_reject r = {.line = row->line,
                       .last = row->line,
                       .file = row->file,
                       .reason = repeated ? PA_REJECT_REPEATED : PA_REJECT_DUPLICATE};
    snprintf(id, sizeof id, "%lld", (long long)row->tx);
    if (t->width) {
        pa_csv_excerpt((pa_csv_field){t->id + i * t->width, (size_t)row->length}, id);
    }
    snprintf(r.text, sizeof r.text, "transaction id '%s' is that of %.*s:%lld already%s", id,
             name_bytes(name), name, (long long)t->found[i].line,
             repeated ? ", with the same values" : "");
    return r;
}

static void be_first(const pa_csv_reject *r, pa_first_reject *first)
{
    bool before = first->file != r->file ? first->file < r->file : first->line < r->line;
    if (first->file >= 0 && before) return;
    first->file = r->file;
    first->line = r->line;
    snprintf(first->text, sizeof first->text, "%s", r->text);
}

typedef struct {
    pa_csv_reject *reject; /* in file order, as many as the parser may keep */
    size_t n_kept, room, n;
} gone_rows;

/* Takes a row out of the counts; of every reason the first one of a file is an example. */
static pa_status reject(const pa_inputs *in, const trial *t, size_t i, pa_csv_intake *p,
                        pa_reject_counts rejected[], gone_rows *gone, pa_error *err)
{
    const suspect_row *row = t->row + i;
    int reason = t->found[i].later == REPEATED ? PA_REJECT_REPEATED : PA_REJECT_DUPLICATE;
    bool example = rejected[row->file].n[reason]++ == 0;
    if (gone->n++ >= p->keep_rejects && !example) return PA_OK;
    const pa_csv_reject r = describe(in, t, i);
    if (example)
        PA_TRY(pa_csv_add_reject(&p->examples, &p->n_examples, &p->examples_room, &r, err));
    if (gone->n > p->keep_rejects) return PA_OK;
    return pa_csv_add_reject(&gone->reject, &gone->n_kept, &gone->room, &r, err);
}

/* mark: of every row, whether it is gone. */
static pa_status carry_out(const pa_inputs *in, const trial *t, pa_csv_intake *p, int8_t mark[],
                           int64_t rows[], pa_reject_counts rejected[], pa_first_reject *first,
                           int64_t *n, pa_error *err)
{
    gone_rows gone = {0};
    pa_status st = PA_OK;
    for (size_t i = 0; i < t->n; i++) {
        bool later = t->found[i].later != ITSELF;
        mark[t->place[i]] = (int8_t)later;
        if (!later) continue;
        if (gone.n == 0) {
            const pa_csv_reject r = describe(in, t, i);
            be_first(&r, first);
        }
        rows[t->row[i].file]--;
        PA_GOTO(reject(in, t, i, p, rejected, &gone, err));
    }
    *n = (int64_t)gone.n;
    if (gone.n > 0) {
        PA_GOTO(merge_rejects(p, gone.reject, gone.n_kept, gone.n, err));
        PA_GOTO(pa_ingest_drop(p, mark, gone.n, err));
    }
out:
    pa_free(gone.reject);
    return st;
}

static pa_status reject_later(pa_comm *comm, const pa_inputs *in, pa_csv_intake *p, int64_t rows[],
                              pa_reject_counts rejected[], pa_first_reject *first, int64_t *n,
                              pa_error *err)
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
    PA_GOTO(pa_agree(comm, open_trial(&d, p, suspect, rows, &t, err), err));
    PA_GOTO(hold_trial(comm, &t, err));
    st = pa_agree(comm, carry_out(in, &t, p, suspect, rows, rejected, first, n, err), err);
out:
    free_trial(&t);
    pa_free(suspect);
    return st;
}

pa_status pa_ingest_duplicates(pa_comm *comm, const pa_inputs *in, pa_csv_intake *p, int64_t rows[],
                               pa_reject_counts rejected[], pa_first_reject *first, int64_t *n,
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
