#include "dispositions.h"

#include <inttypes.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/csv/csv_parts.h"

static const char *const fate_names[PA_N_FATES] = {"label", "unclear", "no transaction",
                                                   "several transactions"};

/* All that there is to tell of them, of all ranks. */
typedef struct {
    int64_t n, verdict[3]; /* unclear, genuine, fraud */
    int64_t fate[PA_N_FATES];
    pa_disposition first[PA_N_FATES]; /* by file and line */
} counts;

/* ---- the table ---- */

static const pa_column_spec specs[] = {
    {.name = "file",
     .type = PA_I32,
     .meaning = "file of the disposition, as row of inputs",
     .role = PA_ROLE_ID,
     .stage = "ingest",
     .codes = "inputs"},
    {.name = "line",
     .type = PA_I64,
     .meaning = "line on which it begins, from 1",
     .role = PA_ROLE_INPUT,
     .stage = "ingest"},
    {.name = "time",
     .type = PA_I64,
     .unit = "s",
     .meaning = "when the verdict was given, since 1970-01-01 00:00:00; -9223372036854775808: not "
                "said",
     .role = PA_ROLE_LABEL,
     .flags = PA_NEEDS_LABELS,
     .stage = "ingest"},
    {.name = "verdict",
     .type = PA_I8,
     .meaning = "1: fraud, 0: legitimate, -1: unclear",
     .role = PA_ROLE_LABEL,
     .flags = PA_NEEDS_LABELS,
     .stage = "ingest"},
    {.name = "transaction",
     .type = PA_I64,
     .meaning = "the transaction that it is of, as row of transactions; -1: none",
     .role = PA_ROLE_ID,
     .flags = PA_NOT_CAUSAL,
     .stage = "ingest",
     .codes = "transactions"},
    {.name = "fate",
     .type = PA_I8,
     .meaning = "what became of it",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL,
     .stage = "ingest",
     .codes = "categories/fate"}};

enum { FILE_OF, LINE, TIME, VERDICT, ROW, FATE, N_COLUMNS, FATE_BYTES = 24 };

static pa_status make_fates(pa_comm *comm, pa_table *t, pa_error *err)
{
    static const pa_column_spec spec = {.name = "fate",
                                        .type = PA_BYTES,
                                        .width = FATE_BYTES,
                                        .meaning = "what became of a disposition",
                                        .role = PA_ROLE_ID,
                                        .stage = "ingest"};
    void *data;
    pa_table_init(t, "categories/fate", "what becomes of dispositions");
    size_t n = pa_table_size_small(t, pa_comm_rank(comm), PA_N_FATES);
    PA_TRY(pa_table_add(t, &spec, &data, err));
    for (size_t i = 0; i < n; i++)
        memcpy((char *)data + i * FATE_BYTES, fate_names[i], strlen(fate_names[i]));
    return PA_OK;
}

static pa_status make_table(pa_comm *comm, const pa_disposition_list *l, int32_t first_file,
                            const int64_t row[], const int8_t fate[], pa_table *t, pa_error *err)
{
    void *c[N_COLUMNS];
    int64_t all = (int64_t)l->n;
    pa_sum_i64(comm, &all, 1);
    pa_table_init(t, "dispositions", "verdicts of people on earlier alerts");
    pa_table_size(t, pa_sum_before_i64(comm, (int64_t)l->n), l->n, all);
    for (int i = 0; i < N_COLUMNS; i++) PA_TRY(pa_table_add(t, specs + i, c + i, err));
    for (size_t i = 0; i < l->n; i++) {
        ((int32_t *)c[FILE_OF])[i] = first_file + l->of[i].file;
        ((int64_t *)c[LINE])[i] = l->of[i].line;
        ((int64_t *)c[TIME])[i] = l->of[i].time;
        ((int8_t *)c[VERDICT])[i] = l->of[i].verdict;
        ((int64_t *)c[ROW])[i] = row[i];
        ((int8_t *)c[FATE])[i] = fate[i];
    }
    return PA_OK;
}

/* ---- what is told ---- */

static void count_here(const pa_disposition_list *l, const int8_t fate[], counts *c)
{
    c->n = (int64_t)l->n;
    for (size_t i = 0; i < l->n; i++) {
        c->verdict[l->of[i].verdict + 1]++;
        if (!fate) continue;
        if (c->fate[fate[i]]++ == 0) c->first[fate[i]] = l->of[i];
    }
}

/* Ranks hold them in their order: the first is that of the lowest rank that has any. */
static void join_first(pa_comm *comm, int64_t here, pa_disposition *first)
{
    int64_t rank = here > 0 ? pa_comm_rank(comm) : INT64_MAX;
    pa_min_i64(comm, &rank, 1);
    if (rank != INT64_MAX) pa_broadcast(comm, first, sizeof *first, (int)rank);
}

static counts count_all(pa_comm *comm, const pa_disposition_list *l, const int8_t fate[])
{
    counts c = {0};
    count_here(l, fate, &c);
    for (int k = 0; k < PA_N_FATES; k++) join_first(comm, c.fate[k], c.first + k);
    pa_sum_i64(comm, &c.n, 1);
    pa_sum_i64(comm, c.verdict, 3);
    pa_sum_i64(comm, c.fate, PA_N_FATES);
    return c;
}

static pa_status end_text(pa_buffer *text, pa_error *err)
{
    return pa_buffer_add(text, "", 1, err);
}

static pa_status tell_lost(const pa_beside_files *side, const counts *c, pa_fate fate,
                           const char *what, pa_buffer *notes, pa_error *err)
{
    const pa_disposition *d = c->first + fate;
    if (c->fate[fate] == 0) return PA_OK;
    PA_TRY(pa_buffer_printf(notes, err,
                            "of %" PRId64 " dispositions %" PRId64
                            " name%s %s, the first in %s:%" PRId64
                            ": they label nothing and are listed in /dispositions",
                            c->n, c->fate[fate], c->fate[fate] == 1 ? "s" : "", what,
                            side->inputs.file[d->file].name, d->line));
    return end_text(notes, err);
}

static pa_status tell(const pa_beside_files *side, const counts *c, bool matched, pa_ingest *g,
                      pa_error *err)
{
    const pa_inputs *in = &side->inputs;
    PA_TRY(pa_buffer_printf(&g->forms, err,
                            "%s%s: %" PRId64 " dispositions: %" PRId64 " of fraud, %" PRId64
                            " of none, %" PRId64 " unclear",
                            in->file[0].name, in->n > 1 ? " and others" : "", c->n, c->verdict[2],
                            c->verdict[1], c->verdict[0]));
    if (matched)
        PA_TRY(pa_buffer_printf(&g->forms, err, "; %" PRId64 " label a transaction",
                                c->fate[PA_FATE_LABEL]));
    PA_TRY(end_text(&g->forms, err));
    PA_TRY(tell_lost(side, c, PA_FATE_NOBODY, "no transaction of the book", &g->notes, err));
    return tell_lost(side, c, PA_FATE_SEVERAL,
                     "by alert_id alone a day on which the account has several transactions "
                     "(a column tx beside it says which)",
                     &g->notes, err);
}

/* ---- all of it ---- */

static pa_status match(pa_comm *comm, const pa_beside_files *side, const pa_disposition_list *list,
                       size_t at_once, pa_ingest *g, pa_error *err)
{
    int32_t first_file = (int32_t)g->inputs.n_global;
    int64_t *row = NULL;
    int8_t *fate = NULL;
    pa_verdicts verdicts = {0};
    pa_status st = PA_NEW(row, list->n, err);
    if (st == PA_OK) st = PA_NEW(fate, list->n, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_dispositions_match(comm, g, side, list, at_once, row, fate, &verdicts, err));
    PA_GOTO(pa_dispositions_apply(comm, side, &verdicts, &g->transactions, err));
    st = make_table(comm, list, first_file, row, fate, &g->side[g->n_side++], err);
    if (st == PA_OK) st = make_fates(comm, &g->side[g->n_side++], err);
    const counts c = count_all(comm, list, fate);
    if (st == PA_OK) st = tell(side, &c, true, g, err);
    st = pa_agree(comm, st, err);
out:
    pa_free(verdicts.of);
    pa_free(fate);
    pa_free(row);
    return st;
}

static pa_status read_all(pa_comm *comm, const pa_config *config, const pa_beside_files *side,
                          bool whole, size_t at_once, pa_ingest *g, pa_error *err)
{
    pa_disposition_list list = {0};
    bool text_ids = pa_table_find(&g->transactions, "tx_id") != NULL;
    pa_status st = pa_dispositions_read(comm, config, side, text_ids, &list, err);
    if (st == PA_OK && whole) st = match(comm, side, &list, at_once, g, err);
    if (st == PA_OK && !whole) {
        const counts c = count_all(comm, &list, NULL);
        st = pa_agree(comm, tell(side, &c, false, g, err), err);
    }
    pa_free(list.of);
    return st;
}

pa_status pa_dispositions(pa_comm *comm, const pa_config *config, pa_log *log, bool whole,
                          size_t at_once, pa_ingest *g, pa_error *err)
{
    pa_csv_names names = {.tx = "tx|",
                          .time = "verdict_time|time",
                          .amount = "verdict",
                          .coded = {[PA_CSV_CATEGORY] = "alert_id|"}};
    pa_beside_files side;
    if (!*pa_config_text(config, PA_DISPOSITIONS_KEY)) return PA_OK;
    pa_status st = pa_beside_open(comm, config, PA_DISPOSITIONS_KEY, &names, log, &side, err);
    if (st == PA_OK) st = read_all(comm, config, &side, whole, at_once, g, err);
    if (st == PA_OK) st = pa_beside_list(comm, &side, "dispositions", g, err);
    pa_beside_free(&side);
    return st;
}
