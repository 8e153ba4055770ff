#include "paraudit/alerts/alerts.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "chosen.h"
#include "paraudit/alerts/sentence.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/comm/fetch.h"
#include "paraudit/comm/route.h"
#include "paraudit/table/records.h"

enum { MAX_ID = 64, ID_DIGITS = 16, NAME_BYTES = MAX_ID + 8, SENTENCE_BYTES = 640 };

/* One alert on its way to its place in the queue. Zeroed before it is filled,
 * because its bytes travel. */
typedef struct {
    int64_t tx, time, day, day_rank, n_rows, rank;
    int64_t position; /* in the queue */
    double amount, margin;
    float score;
    int32_t account, detector, reason1, reason2, reason3, suppression;
    int32_t code[PA_ALERT_MAX_NAMES];
    char alert_id[ID_DIGITS];
    char account_id[MAX_ID];
    char tx_id[MAX_ID];
    char name[PA_ALERT_MAX_NAMES][NAME_BYTES]; /* of the codes; a zero byte is behind each */
} alert_row;

/* One reason; feature -1: none. */
typedef struct {
    int64_t alert;
    int32_t place, detector, feature, n_usual;
    float contribution, part, value, account_usual, peer_usual;
    char detail[PA_DETAIL_BYTES];
    char sentence[SENTENCE_BYTES];
} alert_reason;

/* ---- what is said about them ---- */

/* A text column's value, cut to what there is room for. */
static void copy_text(const pa_column *c, size_t row, size_t room, char text[])
{
    size_t width = (size_t)c->spec.width;
    memcpy(text, (const char *)c->data + row * width, width < room ? width : room);
}

static pa_status describe_row(const pa_alert_input *in, const int64_t rank[],
                              const pa_account_day *day, alert_row *row, pa_error *err)
{
    const pa_column *ids = pa_table_find(in->accounts, "id");
    int64_t place = day->account - in->accounts->first_row;
    if (!ids || place < 0 || place >= (int64_t)in->accounts->n_rows) {
        return pa_fail(err, PA_E_BUG, "account %d has no id on the rank of its rows", day->account);
    }
    size_t i = day->best, width = (size_t)ids->spec.width;
    PA_ASSERT(width <= MAX_ID);
    *row = (alert_row){.tx = in->tx[i],
                       .time = in->time[i],
                       .day = day->day * PA_DAY_SECONDS,
                       .day_rank = day->place,
                       .n_rows = day->n_rows,
                       .rank = rank[i],
                       .amount = in->amount[i],
                       .margin = in->margin[i],
                       .score = in->score[i],
                       .account = day->account,
                       .suppression = in->held_by ? in->held_by[i] : -1};
    memcpy(row->account_id, (const char *)ids->data + (size_t)place * width, width);
    if (in->tx_id) copy_text(in->tx_id, i, MAX_ID, row->tx_id);
    for (size_t k = 0; k < in->n_names; k++) row->code[k] = pa_code_at(in->names[k].code, i);
    pa_alert_id(row->account_id, strnlen(row->account_id, MAX_ID), day->day, row->alert_id);
    return PA_OK;
}

/* The first of the detectors with the largest contribution. */
static int32_t main_detector(const pa_alert_input *in, size_t row)
{
    int32_t most = 0;
    for (size_t k = 1; k < in->n_detectors; k++) {
        const float *c = in->detector[k].contribution;
        if (c[row] > in->detector[most].contribution[row]) most = (int32_t)k;
    }
    return most;
}

static pa_status describe_reason(const pa_alert_input *in, size_t row, int32_t detector, size_t k,
                                 alert_reason *reason, pa_error *err)
{
    const pa_detector_view *d = in->detector + detector;
    int32_t feature = pa_code_at(d->feature[k], row);
    if (feature < 0) return PA_OK;
    if ((size_t)feature >= in->n_features) {
        return pa_fail(err, PA_E_BUG, "a reason points at feature %d of %zu", (int)feature,
                       in->n_features);
    }
    *reason = (alert_reason){.place = (int32_t)k + 1,
                             .detector = detector,
                             .feature = feature,
                             .contribution = d->contribution[row],
                             .part = d->part[k][row],
                             .value = pa_column_value(in->feature[feature], row),
                             .peer_usual = in->peer_usual[feature]};
    return pa_account_usual(in->feature[feature], in->account, row, &reason->account_usual,
                            &reason->n_usual, err);
}

static pa_status describe_reasons(const pa_alert_input *in, size_t i, alert_row *row,
                                  alert_reason reason[PA_REASONS], pa_error *err)
{
    int32_t from = pa_reasons_from(in->n_detectors, in->detector, i);
    row->detector = main_detector(in, i);
    for (size_t k = 0; k < PA_REASONS; k++) {
        reason[k].feature = -1;
        if (from >= 0) PA_TRY(describe_reason(in, i, from, k, reason + k, err));
    }
    row->reason1 = reason[0].feature;
    row->reason2 = reason[1].feature;
    row->reason3 = reason[2].feature;
    return PA_OK;
}

/* ---- the queue ---- */

/* The queue as this rank holds it. */
typedef struct {
    size_t n;
    int64_t first, n_global;
    alert_row *row;       /* n */
    alert_reason *reason; /* n x PA_REASONS */
} alert_queue;

static void free_queue(alert_queue *q)
{
    pa_free(q->row);
    pa_free(q->reason);
    *q = (alert_queue){0};
}

static pa_status new_queue(size_t n, alert_queue *q, pa_error *err)
{
    q->n = n;
    PA_TRY(PA_NEW(q->row, n, err));
    return PA_NEW(q->reason, n * PA_REASONS, err);
}

static pa_status describe(const pa_alert_input *in, const int64_t rank[], size_t n,
                          const pa_account_day days[], alert_queue *q, pa_error *err)
{
    PA_TRY(new_queue(n, q, err));
    for (size_t i = 0; i < n; i++) {
        PA_TRY(describe_row(in, rank, days + i, q->row + i, err));
        PA_TRY(describe_reasons(in, days[i].best, q->row + i, q->reason + i * PA_REASONS, err));
    }
    return PA_OK;
}

/* ---- names ---- */

/* Codes of all alerts, those of one alert next to each other, and their names. */
typedef struct {
    uint8_t *of; /* which kind of codes */
    int64_t *code;
    char (*name)[MAX_ID];
} name_questions;

static pa_status list_codes(const pa_alert_input *in, const alert_queue *q, name_questions *w,
                            pa_error *err)
{
    size_t n = q->n * in->n_names;
    PA_TRY(PA_NEW(w->of, n, err));
    PA_TRY(PA_NEW(w->code, n, err));
    PA_TRY(PA_NEW(w->name, n, err));
    for (size_t i = 0; i < n; i++) {
        w->of[i] = (uint8_t)(i % in->n_names);
        w->code[i] = q->row[i / in->n_names].code[w->of[i]];
    }
    return PA_OK;
}

/* The names of the codes, whose owners know them. */
static pa_status name_all(pa_comm *comm, const pa_alert_input *in, alert_queue *q, pa_error *err)
{
    pa_spread_column column[PA_ALERT_MAX_NAMES];
    name_questions w = {0};
    pa_status st;
    PA_ASSERT(in->n_names <= PA_ALERT_MAX_NAMES);
    if (in->n_names == 0) return PA_OK;
    for (size_t k = 0; k < in->n_names; k++) {
        const pa_table *names = in->names[k].names;
        const pa_column *c = names->columns[0];
        PA_ASSERT(c->spec.width <= MAX_ID);
        column[k] =
            (pa_spread_column){names->first_row, names->n_rows, (size_t)c->spec.width, c->data};
    }
    PA_GOTO(pa_agree(comm, list_codes(in, q, &w, err), err));
    PA_GOTO(pa_fetch_from(comm, in->n_names, column, q->n * in->n_names, w.of, w.code,
                          sizeof *w.name, w.name, err));
    for (size_t i = 0; i < q->n * in->n_names; i++)
        memcpy(q->row[i / in->n_names].name[w.of[i]], w.name[i], sizeof *w.name);
out:
    pa_free(w.of);
    pa_free(w.code);
    pa_free(w.name);
    return st;
}

/* ---- the reasons in words ---- */

/* Cut to its room, between characters. */
static void keep_sentence(const pa_buffer *text, char sentence[SENTENCE_BYTES])
{
    size_t n = text->length < SENTENCE_BYTES ? text->length : SENTENCE_BYTES - 1;
    while (n < text->length && n > 0 && ((unsigned char)text->data[n] & 0xc0) == 0x80) n--;
    memcpy(sentence, text->data, n);
}

static pa_status put_into_words(const pa_column_spec *feature, alert_reason *r, pa_error *err)
{
    pa_buffer text = {0};
    const pa_sentence_facts facts = {.name = feature->name,
                                     .words = feature->words,
                                     .value = r->value,
                                     .account = r->account_usual,
                                     .peers = r->peer_usual,
                                     .n_account = r->n_usual,
                                     .detail = r->detail};
    pa_status st = pa_sentence(&text, &facts, err);
    if (st == PA_OK) keep_sentence(&text, r->sentence);
    pa_buffer_free(&text);
    return st;
}

/* A name of the row; "": it has none. */
static const char *name_of(const pa_alert_input *in, const alert_row *row, const char *column)
{
    for (size_t k = 0; k < in->n_names; k++)
        if (strcmp(in->names[k].name, column) == 0) return row->name[k];
    return "";
}

/* What features do not name, from the stages that fill them. */
static pa_status ask_details(const pa_alert_input *in, const pa_account_day days[], alert_queue *q,
                             pa_error *err)
{
    size_t n = q->n * PA_REASONS;
    pa_detail_question *asked = NULL;
    char(*answer)[PA_DETAIL_BYTES] = NULL;
    pa_status st = PA_NEW(asked, n, err);
    if (st == PA_OK) st = PA_NEW(answer, n, err);
    for (size_t i = 0; st == PA_OK && i < n; i++) {
        const alert_row *row = q->row + i / PA_REASONS;
        int32_t feature = q->reason[i].feature;
        asked[i] =
            (pa_detail_question){.row = days[i / PA_REASONS].best,
                                 .feature = feature < 0 ? "" : in->feature[feature]->spec.name,
                                 .merchant = name_of(in, row, "merchant_id"),
                                 .category = name_of(in, row, "category")};
    }
    if (st == PA_OK) st = pa_run_details(in->run, in->transactions, n, asked, answer, err);
    for (size_t i = 0; st == PA_OK && i < n; i++)
        memcpy(q->reason[i].detail, answer[i], PA_DETAIL_BYTES);
    pa_free(asked);
    pa_free(answer);
    return st;
}

static pa_status word_reasons(const pa_alert_input *in, const pa_account_day days[], alert_queue *q,
                              pa_error *err)
{
    if (in->run) PA_TRY(ask_details(in, days, q, err));
    for (size_t i = 0; i < q->n * PA_REASONS; i++) {
        alert_reason *r = q->reason + i;
        if (r->feature >= 0) PA_TRY(put_into_words(&in->feature[r->feature]->spec, r, err));
    }
    return PA_OK;
}

/* ---- their order ---- */

/* The rank that holds a position of the queue, which is cut evenly. */
static int32_t holder_of(const pa_comm *comm, int64_t position, int64_t n_global)
{
    int size = pa_comm_size(comm);
    int32_t r = (int32_t)((pa_i128)position * size / n_global);
    while (pa_even_share(n_global, r + 1, size) <= position) r++;
    return r;
}

static void swap(void *a, void *b, void *room, size_t bytes)
{
    memcpy(room, a, bytes);
    memcpy(a, b, bytes);
    memcpy(b, room, bytes);
}

/* Each to its position. */
static void settle(alert_queue *q)
{
    alert_row row;
    alert_reason reason[PA_REASONS];
    for (size_t i = 0; i < q->n; i++)
        for (size_t k; (k = (size_t)(q->row[i].position - q->first)) != i;) {
            swap(q->row + i, q->row + k, &row, sizeof row);
            swap(q->reason + i * PA_REASONS, q->reason + k * PA_REASONS, reason, sizeof reason);
        }
}

static pa_status send_alerts(pa_comm *comm, const alert_queue *mine, const int32_t owner[],
                             alert_queue *queue, pa_error *err)
{
    pa_route *route = NULL;
    pa_status st;
    PA_GOTO(pa_route_make(comm, mine->n, owner, &route, err));
    PA_GOTO(pa_agree(comm, new_queue(pa_route_received(route), queue, err), err));
    const pa_column_move columns[] = {
        {sizeof *mine->row, mine->row, queue->row},
        {PA_REASONS * sizeof *mine->reason, mine->reason, queue->reason}};
    st = pa_route_send_all(comm, route, 2, columns, err);
out:
    pa_route_free(route);
    return st;
}

/* Sends the alerts of each rank to their places by day and place in it. before: of each, as
 * pa_find_positions has it. */
static pa_status put_in_order(pa_comm *comm, const pa_account_day days[], const int64_t before[],
                              const alert_queue *mine, alert_queue *queue, pa_error *err)
{
    int64_t *position = NULL, n_global = 0;
    int32_t *owner = NULL;
    pa_status st = PA_NEW(position, mine->n, err);
    if (st == PA_OK) st = PA_NEW(owner, mine->n, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_find_positions(comm, mine->n, days, before, position, &n_global, err));
    for (size_t i = 0; i < mine->n; i++) {
        mine->row[i].position = position[i];
        owner[i] = holder_of(comm, position[i], n_global);
    }
    PA_GOTO(send_alerts(comm, mine, owner, queue, err));
    queue->n_global = n_global;
    queue->first = pa_even_share(n_global, pa_comm_rank(comm), pa_comm_size(comm));
    settle(queue);
out:
    pa_free(position);
    pa_free(owner);
    return st;
}

/* ---- the tables ---- */

#define ALERT(member, kind, of, text, what, list)                                                  \
    {                                                                                              \
        offsetof(alert_row, member),                                                               \
        {                                                                                          \
            .name = #member, .type = kind, .unit = of, .meaning = text, .role = what,              \
            .flags = PA_NOT_CAUSAL, .stage = "alerts", .codes = list                               \
        }                                                                                          \
    }

/* Every value of the queue needs what the margin needs. */
static pa_status add_fields(pa_table *t, size_t n, pa_field fields[], unsigned flags,
                            const void *records, size_t size, pa_error *err)
{
    for (size_t i = 0; i < n; i++) fields[i].spec.flags |= flags;
    return pa_table_add_records(t, n, fields, records, size, err);
}

/* Names as the input has them: tx_id, and those of the codes. Returns how many fields. */
static size_t text_fields(const pa_alert_input *in, pa_field fields[1 + PA_ALERT_MAX_NAMES])
{
    size_t n = 0;
    const pa_field tx_id =
        ALERT(tx_id, PA_BYTES, NULL, "that transaction as the input names it", PA_ROLE_ID, NULL);
    if (in->tx_id) {
        fields[n] = tx_id;
        fields[n++].spec.width = in->tx_id->spec.width;
    }
    for (size_t k = 0; k < in->n_names; k++) {
        const pa_alert_names *of = in->names + k;
        fields[n++] = (pa_field){.offset = offsetof(alert_row, name) + k * NAME_BYTES,
                                 .spec = {.name = of->name,
                                          .type = PA_BYTES,
                                          .width = of->names->columns[0]->spec.width,
                                          .meaning = of->meaning,
                                          .role = PA_ROLE_INPUT,
                                          .flags = PA_NOT_CAUSAL,
                                          .stage = "alerts"}};
    }
    return n;
}

/* held: the alerts are those that rules hold back. */
static pa_status fill_alerts(const pa_alert_input *in, const alert_queue *q, bool held, pa_table *t,
                             pa_error *err)
{
    pa_field texts[1 + PA_ALERT_MAX_NAMES];
    size_t n_texts = text_fields(in, texts);
    pa_field fields[] = {
        ALERT(alert_id, PA_BYTES, NULL,
              "the same in every audit that alerts this account on this day", PA_ROLE_ID, NULL),
        ALERT(account_id, PA_BYTES, NULL, "the account as the input names it", PA_ROLE_ID, NULL),
        ALERT(account, PA_I32, NULL, "code of the account", PA_ROLE_ID, "accounts"),
        ALERT(tx, PA_I64, NULL, "the transaction that raised the alert", PA_ROLE_ID, NULL),
        ALERT(time, PA_I64, PA_UNIT_TIME, "when that transaction took place", PA_ROLE_INPUT, NULL),
        ALERT(day, PA_I64, PA_UNIT_TIME, "start of the UTC day of the alert", PA_ROLE_INPUT, NULL),
        ALERT(day_rank, PA_I64, "1", "place of the alert on its day; 1: to be opened first",
              PA_ROLE_RESULT, NULL),
        ALERT(n_rows, PA_I64, "1", "transactions of the account on that day", PA_ROLE_RESULT, NULL),
        ALERT(amount, PA_F64, NULL, "amount of the transaction", PA_ROLE_INPUT, NULL),
        ALERT(margin, PA_F64, "nat", "sum of the contributions", PA_ROLE_RESULT, NULL),
        ALERT(score, PA_F32, "1", "stored monotone function of the margin", PA_ROLE_RESULT, NULL),
        ALERT(rank, PA_I64, "1", "place of the transaction in the audit; 1: the oddest",
              PA_ROLE_RESULT, NULL),
        ALERT(detector, PA_I32, NULL, "the detector that contributed most", PA_ROLE_RESULT,
              "categories/detector"),
        ALERT(reason1, PA_I32, NULL, "the strongest reason of the transaction; -1: none",
              PA_ROLE_RESULT, "categories/feature"),
        ALERT(reason2, PA_I32, NULL, "the second reason; -1: none", PA_ROLE_RESULT,
              "categories/feature"),
        ALERT(reason3, PA_I32, NULL, "the third reason; -1: none", PA_ROLE_RESULT,
              "categories/feature"),
    };
    fields[0].spec.width = ID_DIGITS;
    fields[1].spec.width = pa_table_find(in->accounts, "id")->spec.width;
    pa_table_size(t, q->first, q->n, q->n_global);
    PA_TRY(add_fields(t, sizeof fields / sizeof *fields, fields, in->flags, q->row, sizeof *q->row,
                      err));
    PA_TRY(add_fields(t, n_texts, texts, in->flags, q->row, sizeof *q->row, err));
    pa_field rule[] = {ALERT(suppression, PA_I32, NULL, "the rule that holds it back",
                             PA_ROLE_RESULT, "suppressions")};
    return held ? add_fields(t, 1, rule, in->flags, q->row, sizeof *q->row, err) : PA_OK;
}

#define REASON(member, kind, of, text, what, list)                                                 \
    {                                                                                              \
        offsetof(alert_reason, member),                                                            \
        {                                                                                          \
            .name = #member, .type = kind, .unit = of, .meaning = text, .role = what,              \
            .flags = PA_NOT_CAUSAL, .stage = "alerts", .codes = list                               \
        }                                                                                          \
    }

/* Moves the reasons that there are to the front, and says whose they are. */
static size_t keep_reasons(const alert_queue *q)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n * PA_REASONS; i++) {
        if (q->reason[i].feature < 0) continue;
        q->reason[n] = q->reason[i];
        q->reason[n++].alert = q->first + (int64_t)(i / PA_REASONS);
    }
    return n;
}

/* width: of details and sentences. */
static pa_status fill_reasons(const alert_queue *q, const int64_t width[2], unsigned flags,
                              pa_table *t, pa_error *err)
{
    pa_field fields[] = {
        REASON(alert, PA_I64, NULL, "row of the alert in /alerts", PA_ROLE_ID, "alerts"),
        REASON(place, PA_I32, "1", "1: the strongest reason of the alert", PA_ROLE_RESULT, NULL),
        REASON(detector, PA_I32, NULL, "who says so", PA_ROLE_ID, "categories/detector"),
        REASON(contribution, PA_F32, "nat", "what that detector adds to the margin",
               PA_ROLE_CONTRIBUTION, NULL),
        REASON(feature, PA_I32, NULL, "what is unusual: a column of /transactions", PA_ROLE_ID,
               "categories/feature"),
        REASON(part, PA_F32, "1",
               "share of this feature and its family in all that speaks against the row",
               PA_ROLE_REASON, NULL),
        REASON(value, PA_F32, NULL, "the feature's value, in the feature's unit", PA_ROLE_RESULT,
               NULL),
        REASON(account_usual, PA_F32, NULL,
               "its median over the account's earlier transactions, the last 256 of them at most; "
               "NaN: there are none",
               PA_ROLE_RESULT, NULL),
        REASON(n_usual, PA_I32, "1", "transactions that account_usual is the median of",
               PA_ROLE_RESULT, NULL),
        REASON(peer_usual, PA_F32, NULL,
               "its median over all accounts' training transactions; NaN: there are none",
               PA_ROLE_RESULT, NULL),
        REASON(detail, PA_BYTES, NULL,
               "what the feature does not name: a rule, a merchant, items; mostly empty",
               PA_ROLE_REASON, NULL),
        REASON(sentence, PA_BYTES, NULL, "the reason in words", PA_ROLE_REASON, NULL),
    };
    size_t n = sizeof fields / sizeof *fields;
    fields[n - 2].spec.width = (int)width[0];
    fields[n - 1].spec.width = (int)width[1];
    return add_fields(t, sizeof fields / sizeof *fields, fields, flags, q->reason,
                      sizeof *q->reason, err);
}

static void widen(const char *text, int64_t *width)
{
    int64_t bytes = (int64_t)strlen(text) + 1;
    if (bytes > *width) *width = bytes;
}

/* What a rank has of reasons. */
typedef struct {
    int64_t n, width[2]; /* of the longest detail and the longest sentence, and a zero byte each */
} extent;

/* Of all ranks; before: reasons of earlier ones. */
static pa_status add_extents(pa_comm *comm, extent *e, int64_t *before, pa_error *err)
{
    void *gathered;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, e, sizeof *e, &gathered, &bytes, err));
    const extent *of_rank = gathered;
    e->n = *before = 0;
    for (int r = 0; r < pa_comm_size(comm); r++) {
        if (r == pa_comm_rank(comm)) *before = e->n;
        e->n += of_rank[r].n;
        for (int k = 0; k < 2; k++)
            if (of_rank[r].width[k] > e->width[k]) e->width[k] = of_rank[r].width[k];
    }
    pa_free(gathered);
    return PA_OK;
}

static pa_status fill_tables(pa_comm *comm, const pa_alert_input *in, const alert_queue *q,
                             pa_table *alerts, pa_table *reasons, pa_error *err)
{
    size_t n = keep_reasons(q);
    extent all = {(int64_t)n, {1, 1}};
    int64_t before;
    for (size_t i = 0; i < n; i++) {
        widen(q->reason[i].detail, all.width);
        widen(q->reason[i].sentence, all.width + 1);
    }
    PA_TRY(add_extents(comm, &all, &before, err));
    pa_table_size(reasons, before, n, all.n);
    pa_status st = fill_alerts(in, q, false, alerts, err);
    if (st == PA_OK) st = fill_reasons(q, all.width, in->flags, reasons, err);
    return pa_agree(comm, st, err);
}

/* ---- all of it ---- */

/* The n account-days as alerts at their places; before: as put_in_order has it. */
static pa_status make_queue(pa_comm *comm, const pa_alert_input *in, const int64_t rank[], size_t n,
                            const pa_account_day days[], const int64_t before[], alert_queue *queue,
                            pa_error *err)
{
    alert_queue mine = {0};
    pa_status st = pa_agree(comm, describe(in, rank, n, days, &mine, err), err);
    if (st == PA_OK) st = name_all(comm, in, &mine, err);
    if (st == PA_OK) st = pa_agree(comm, word_reasons(in, days, &mine, err), err);
    if (st == PA_OK) st = put_in_order(comm, days, before, &mine, queue, err);
    free_queue(&mine);
    return st;
}

/* The queue of those to alert. */
static pa_status make_alerts(pa_comm *comm, const pa_alert_input *in, const int64_t rank[],
                             const pa_chosen *c, alert_queue *queue, pa_error *err)
{
    int64_t *before = NULL;
    pa_status st = pa_agree(comm, PA_NEW(before, c->n, err), err);
    for (size_t i = 0; st == PA_OK && i < c->n; i++) before[i] = c->days[i].place - 1;
    if (st == PA_OK) st = make_queue(comm, in, rank, c->n, c->days, before, queue, err);
    pa_free(before);
    return st;
}

static pa_status tell_held(pa_comm *comm, const pa_alert_input *in, const int64_t rank[],
                           const pa_chosen *c, const pa_alerts_held *held, pa_error *err)
{
    alert_queue queue = {0};
    pa_status st = make_queue(comm, in, rank, c->n_held, c->held, c->held_before, &queue, err);
    if (st == PA_OK) st = pa_agree(comm, fill_alerts(in, &queue, true, held->table, err), err);
    free_queue(&queue);
    PA_TRY(st);
    memset(held->n_of_rule, 0, held->n_rules * sizeof *held->n_of_rule);
    for (size_t i = 0; i < c->n_held; i++) held->n_of_rule[in->held_by[c->held[i].best]]++;
    pa_sum_i64(comm, held->n_of_rule, held->n_rules);
    return PA_OK;
}

pa_status pa_make_alerts(pa_comm *comm, const pa_alert_input *in, int64_t rank[], uint8_t alert[],
                         pa_table *alerts, pa_table *reasons, const pa_alerts_held *held,
                         pa_error *err)
{
    pa_chosen c = {0};
    alert_queue queue = {0};
    pa_status st;
    PA_GOTO(pa_choose(comm, in, rank, &c, err));
    PA_GOTO(make_alerts(comm, in, rank, &c, &queue, err));
    PA_GOTO(fill_tables(comm, in, &queue, alerts, reasons, err));
    if (in->held_by) PA_GOTO(tell_held(comm, in, rank, &c, held, err));
    memset(alert, 0, in->n);
    for (size_t i = 0; i < c.n; i++) alert[c.days[i].best] = 1;
out:
    pa_chosen_free(&c);
    free_queue(&queue);
    return st;
}
