#include "paraudit/ingest/suppressions.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/csv/csv_parts.h"
#include "side_files.h"

const char *const pa_entities[PA_N_ENTITIES] = {"account", "merchant", "category",
                                                "channel", "currency", "country"};

enum { REASON_BYTES = 200 };

/* Zeroed before it is filled, because its bytes travel. */
typedef struct {
    int64_t line, from, until;
    int32_t file, entity;
    char value[PA_SUPPRESSION_BYTES], rule[PA_SUPPRESSION_BYTES], reason[REASON_BYTES];
} suppression;

typedef struct {
    size_t n, room;
    suppression *of;
    const pa_table *transactions;
} rules;

/* ---- one record ---- */

static pa_status read_entity(const pa_beside_record *r, pa_csv_field f, const pa_table *tx,
                             int32_t *entity, pa_error *err)
{
    char shown[PA_CSV_EXCERPT];
    pa_csv_excerpt(f, shown);
    for (int32_t i = 0; i < PA_N_ENTITIES; i++) {
        size_t n = strlen(pa_entities[i]);
        if (f.length != n || memcmp(f.text, pa_entities[i], n) != 0) continue;
        *entity = i;
        if (pa_table_find(tx, pa_entities[i])) return PA_OK;
        return pa_beside_fail(r, err, "the transactions have no %s", shown);
    }
    return pa_beside_fail(r, err,
                          "entity '%s' is none of account, merchant, category, channel, currency, "
                          "country",
                          shown);
}

/* A name as the input's are kept. */
static pa_status read_name(const pa_beside_record *r, pa_csv_field f, const char *what,
                           const char *hint, char name[PA_SUPPRESSION_BYTES], pa_error *err)
{
    char cut[PA_CSV_NAME_BYTES];
    if (f.length == 0) return pa_beside_fail(r, err, "the %s is empty%s", what, hint);
    pa_csv_clean_name(NULL, &f, cut);
    memcpy(name, f.text, f.length < PA_SUPPRESSION_BYTES ? f.length : PA_SUPPRESSION_BYTES);
    return PA_OK;
}

static pa_status read_times(const pa_beside_record *r, const pa_csv_layout *l, suppression *s,
                            pa_error *err)
{
    s->from = INT64_MIN;
    if (pa_beside_field(r, l->time[0]).length == 0)
        return pa_beside_fail(r, err, "until is empty: a suppression has to end");
    PA_TRY(pa_beside_time(r, l->time[0], &l->time_form, "until", &s->until, err));
    if (pa_beside_field(r, l->label_time).length > 0)
        PA_TRY(pa_beside_time(r, l->label_time, &l->label_time_form, "from", &s->from, err));
    return s->from < s->until ? PA_OK
                              : pa_beside_fail(r, err,
                                               "until is no later than from: it is never "
                                               "in force");
}

static pa_status append(rules *all, const suppression *s, pa_error *err)
{
    PA_TRY(PA_ROOM(all->of, all->room, all->n + 1, err));
    all->of[all->n++] = *s;
    return PA_OK;
}

/* Between characters. */
static size_t cut_text(pa_csv_field f, size_t most)
{
    size_t n = f.length < most ? f.length : most;
    while (n > 0 && n < f.length && ((unsigned char)f.text[n] & 0xc0) == 0x80) n--;
    return n;
}

static pa_status take(void *of, const pa_beside_record *r, pa_error *err)
{
    rules *all = of;
    const pa_csv_layout *l = &r->side->inputs.file[r->file].layout;
    pa_csv_field reason = pa_beside_field(r, l->coded[PA_CSV_CURRENCY]);
    suppression s;
    memset(&s, 0, sizeof s);
    s.file = r->file;
    s.line = r->line;
    PA_TRY(read_entity(r, pa_beside_field(r, l->amount), all->transactions, &s.entity, err));
    PA_TRY(
        read_name(r, pa_csv_clean(r->field[l->coded[PA_CSV_CATEGORY]]), "value", "", s.value, err));
    PA_TRY(read_name(r, pa_beside_field(r, l->coded[PA_CSV_CHANNEL]), "rule", ": * is any", s.rule,
                     err));
    PA_TRY(read_times(r, l, &s, err));
    memcpy(s.reason, reason.text, cut_text(reason, REASON_BYTES));
    return append(all, &s, err);
}

/* ---- the table ---- */

static int compare(const void *a, const void *b, void *context)
{
    const suppression *p = a, *q = b;
    (void)context;
    if (p->file != q->file) return p->file < q->file ? -1 : 1;
    return p->line < q->line ? -1 : p->line > q->line;
}

#define TEXT(column, bytes, text)                                                                  \
    {                                                                                              \
        .name = column, .type = PA_BYTES, .width = bytes, .meaning = text, .role = PA_ROLE_INPUT,  \
        .stage = "ingest"                                                                          \
    }
static const pa_column_spec specs[] = {
    {.name = "file",
     .type = PA_I32,
     .meaning = "file of the rule, as row of inputs",
     .role = PA_ROLE_ID,
     .stage = "ingest",
     .codes = "inputs"},
    {.name = "line",
     .type = PA_I64,
     .meaning = "line on which it begins, from 1",
     .role = PA_ROLE_INPUT,
     .stage = "ingest"},
    TEXT("entity", PA_ENTITY_BYTES, "what it is about"),
    TEXT("value", PA_SUPPRESSION_BYTES, "the name of that in the input"),
    TEXT("rule", PA_SUPPRESSION_BYTES, "the feature or family that is the first reason; *: any"),
    {.name = "from",
     .type = PA_I64,
     .unit = "s",
     .meaning = "the first moment at which it is in force, since 1970-01-01 00:00:00; "
                "-9223372036854775808: always was",
     .role = PA_ROLE_INPUT,
     .stage = "ingest"},
    {.name = "until",
     .type = PA_I64,
     .unit = PA_UNIT_TIME,
     .meaning = "the first moment at which it is in force no more",
     .role = PA_ROLE_INPUT,
     .stage = "ingest"},
    TEXT("reason", REASON_BYTES, "why, as who wrote it says")};

enum { FILE_OF, LINE, ENTITY, VALUE, RULE, FROM, UNTIL, REASON, N_COLUMNS };

static void fill(const suppression s[], size_t n, int32_t first_file, void *const c[N_COLUMNS])
{
    for (size_t i = 0; i < n; i++) {
        const char *entity = pa_entities[s[i].entity];
        ((int32_t *)c[FILE_OF])[i] = first_file + s[i].file;
        ((int64_t *)c[LINE])[i] = s[i].line;
        memcpy((char *)c[ENTITY] + i * PA_ENTITY_BYTES, entity, strlen(entity));
        memcpy((char *)c[VALUE] + i * PA_SUPPRESSION_BYTES, s[i].value, PA_SUPPRESSION_BYTES);
        memcpy((char *)c[RULE] + i * PA_SUPPRESSION_BYTES, s[i].rule, PA_SUPPRESSION_BYTES);
        ((int64_t *)c[FROM])[i] = s[i].from;
        ((int64_t *)c[UNTIL])[i] = s[i].until;
        memcpy((char *)c[REASON] + i * REASON_BYTES, s[i].reason, REASON_BYTES);
    }
}

static pa_status make_table(pa_comm *comm, const suppression s[], size_t n, int32_t first_file,
                            pa_table *t, pa_error *err)
{
    void *c[N_COLUMNS];
    pa_table_init(t, "suppressions", "rules about what raises no alert for a while");
    size_t here = pa_table_size_small(t, pa_comm_rank(comm), n);
    for (int i = 0; i < N_COLUMNS; i++) PA_TRY(pa_table_add(t, specs + i, c + i, err));
    fill(s, here, first_file, c);
    return PA_OK;
}

static pa_status bring_together(pa_comm *comm, const rules *here, pa_ingest *g, pa_error *err)
{
    int64_t n = (int64_t)here->n;
    size_t bytes;
    void *all = NULL;
    PA_TRY(pa_gather_root(comm, here->of, here->n * sizeof *here->of, &all, &bytes, err));
    pa_sum_i64(comm, &n, 1);
    pa_status st = all ? pa_sort(all, (size_t)n, sizeof(suppression), compare, NULL, err) : PA_OK;
    if (st == PA_OK)
        st = make_table(comm, all, (size_t)n, (int32_t)g->inputs.n_global, &g->side[g->n_side++],
                        err);
    pa_free(all);
    return pa_agree(comm, st, err);
}

static pa_status tell(const pa_beside_files *side, int64_t n, pa_buffer *forms, pa_error *err)
{
    const pa_inputs *in = &side->inputs;
    PA_TRY(pa_buffer_printf(forms, err, "%s%s: %lld suppression%s", in->file[0].name,
                            in->n > 1 ? " and others" : "", (long long)n, n == 1 ? "" : "s"));
    return pa_buffer_add(forms, "", 1, err);
}

static pa_status read_all(pa_comm *comm, const pa_config *config, const pa_beside_files *side,
                          pa_ingest *g, pa_error *err)
{
    rules here = {.transactions = &g->transactions};
    pa_status st = pa_beside_read(comm, config, side, take, &here, err);
    if (st == PA_OK) st = bring_together(comm, &here, g, err);
    pa_free(here.of);
    PA_TRY(st);
    return pa_agree(comm, tell(side, g->side[g->n_side - 1].n_global, &g->forms, err), err);
}

pa_status pa_suppressions(pa_comm *comm, const pa_config *config, pa_log *log, pa_ingest *g,
                          pa_error *err)
{
    pa_csv_names names = {
        .amount = "entity",
        .time = "until",
        .label_time = "from|",
        .coded = {
            [PA_CSV_CATEGORY] = "value", [PA_CSV_CHANNEL] = "rule", [PA_CSV_CURRENCY] = "reason|"}};
    pa_beside_files side;
    if (!*pa_config_text(config, PA_SUPPRESSIONS_KEY)) return PA_OK;
    pa_status st = pa_beside_open(comm, config, PA_SUPPRESSIONS_KEY, &names, log, &side, err);
    if (st == PA_OK) st = read_all(comm, config, &side, g, err);
    if (st == PA_OK) st = pa_beside_list(comm, &side, "suppressions", g, err);
    pa_beside_free(&side);
    return st;
}
