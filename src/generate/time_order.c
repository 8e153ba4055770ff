/* Rows of all accounts as they came in: each rank makes those of its accounts, which then go to
 * their place among all. */
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/view.h"
#include "paraudit/generate/files.h"
#include "paraudit/generate/row_text.h"
#include "paraudit/text/sink.h"

typedef struct {
    pa_generated_row row;
    int64_t account;
} entry;

typedef struct {
    size_t n, room;
    entry *of;
} entries;

static pa_status add_account(const pa_world *world, int64_t account, pa_generated_row rows[],
                             entries *e, pa_error *err)
{
    size_t n = pa_generate_account(world, account, rows);
    PA_TRY(PA_ROOM(e->of, e->room, e->n + n, err));
    for (size_t i = 0; i < n; i++) e->of[e->n++] = (entry){rows[i], account};
    return PA_OK;
}

/* Those of this rank's accounts, which are as many as another's. Local. */
static pa_status make_entries(pa_comm *comm, const pa_world *world, pa_log *log, entries *e,
                              pa_error *err)
{
    const pa_portfolio *p = pa_world_portfolio(world);
    int64_t rank = pa_comm_rank(comm), n_ranks = pa_comm_size(comm);
    int64_t first = p->n_accounts * rank / n_ranks, end = p->n_accounts * (rank + 1) / n_ranks;
    pa_generated_row *rows = NULL;
    pa_status st = PA_NEW(rows, (size_t)p->n_days * PA_MAX_ROWS_A_DAY, err);
    for (int64_t a = first; a < end && st == PA_OK; a++) {
        pa_log_progress(log, "generate", a - first, end - first);
        st = add_account(world, a, rows, e, err);
    }
    pa_free(rows);
    return st;
}

static pa_status find_order(pa_comm *comm, const entries *e, pa_view *view, pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *tx = NULL;
    pa_status st = PA_NEW(key, e->n, err);
    if (st == PA_OK) st = PA_NEW(tx, e->n, err);
    st = pa_agree(comm, st, err);
    for (size_t i = 0; st == PA_OK && i < e->n; i++) {
        key[i] = pa_key_of_i64(e->of[i].row.time);
        tx[i] = e->of[i].row.tx;
    }
    if (st == PA_OK) st = pa_view_make(comm, e->n, key, tx, view, err);
    pa_free(key);
    pa_free(tx);
    return st;
}

/* By time; those of one second by their number. */
static pa_status put_in_order(pa_comm *comm, entries *e, pa_error *err)
{
    pa_view view = {0};
    entry *ordered = NULL;
    pa_status st;
    PA_GOTO(find_order(comm, e, &view, err));
    PA_GOTO(pa_agree(comm, PA_NEW(ordered, view.n, err), err));
    PA_GOTO(pa_view_send(comm, &view, sizeof *ordered, e->of, ordered, err));
    pa_free(e->of);
    *e = (entries){.n = view.n, .room = view.n, .of = ordered};
    ordered = NULL;
out:
    pa_free(ordered);
    pa_view_free(&view);
    return st;
}

static pa_status write_lines(void *maker, size_t from, size_t until, pa_buffer *text, pa_error *err)
{
    const entries *e = maker;
    PA_TRY(pa_buffer_reserve(text, (until - from) * PA_ROW_TEXT, err));
    char *end = text->data + text->length;
    for (size_t i = from; i < until; i++) end = pa_row_text(&e->of[i].row, e->of[i].account, end);
    text->length = (size_t)(end - text->data);
    return PA_OK;
}

static pa_status write_entries(pa_sink *sink, entries *e, pa_error *err)
{
    PA_TRY(pa_sink_add_head(sink, 0, pa_row_header, err));
    PA_TRY(pa_sink_add_rows(sink, 0, e->n, write_lines, e, err));
    return pa_sink_finish(sink, err);
}

pa_status pa_write_portfolio_by_time(pa_comm *comm, const pa_world *world, const char *path,
                                     bool replace, pa_log *log, pa_error *err)
{
    entries e = {0};
    pa_sink *sink = NULL;
    pa_status st;
    PA_GOTO((replace ? pa_sink_open : pa_sink_open_new)(comm, &path, 1, &sink, err));
    PA_GOTO(pa_agree(comm, make_entries(comm, world, log, &e, err), err));
    PA_GOTO(put_in_order(comm, &e, err));
    st = write_entries(sink, &e, err);
out:
    pa_sink_free(sink);
    pa_free(e.of);
    return st;
}
