/* paraudit evaluate: how good a result's scores are against its labels. */
#include <stdio.h>
#include <string.h>

#include "paraudit/base/escape.h"
#include "paraudit/commands/command.h"
#include "paraudit/commands/configure.h"
#include "paraudit/evaluate/evaluate_stage.h"
#include "paraudit/pipeline/job.h"
#include "paraudit/result/result.h"

static const pa_flag flags[] = {
    {"--json", NULL, "JSON instead of a table", false},
    {"--protocol", "NAME",
     "audit: rows whose label is known; handbook: all labelled rows, without the cards that are "
     "known as compromised; default: the audit's own evaluate.protocol",
     false},
    {"--help", NULL, "this text", false},
    {0}};

/* What the command line says instead of the audit's own protocol, if anything. */
static pa_status read_protocol(const pa_arguments *a, pa_protocol *protocol, pa_error *err)
{
    static const char *const names[] = {
        [PA_PROTOCOL_AUDIT] = "audit", [PA_PROTOCOL_HANDBOOK] = "handbook"};
    const char *name = pa_value_of(a, "--protocol");
    if (!name) return PA_OK;
    for (int i = 0; i < 2; i++) {
        if (strcmp(name, names[i]) != 0) continue;
        *protocol = (pa_protocol)i;
        return PA_OK;
    }
    return pa_fail(err, PA_E_USAGE, "unknown protocol '%s': there are audit and handbook", name);
}

enum { LABEL_TIME = 7, LABEL_BEFORE, LABEL_FIRST, SEGMENT, N_COLUMNS };

static const struct {
    const char *name;
    pa_type type;
} wanted[N_COLUMNS] = {{"time", PA_I64},
                       {"tx", PA_I64},
                       {"account", PA_I32},
                       {"amount", PA_F64},
                       {"margin", PA_F64},
                       {"alert", PA_BOOL},
                       {"label", PA_I8},
                       [LABEL_TIME] = {"label_time", PA_I64},
                       [LABEL_BEFORE] = {"label_before_time", PA_I64},
                       [LABEL_FIRST] = {"label_first_time", PA_I64},
                       [SEGMENT] = {"account_segment", PA_I8}};

static bool is_there(const pa_result_file *file, int column)
{
    return pa_result_find_column(file, "transactions", wanted[column].name) != NULL;
}

/* All but the last four are in every result. */
static pa_status check_columns(const pa_result_file *file, pa_error *err)
{
    for (int i = 0; i < LABEL_TIME; i++) {
        if (is_there(file, i)) continue;
        return pa_fail(err, PA_E_DATA, "table 'transactions' of the result has no column '%s'",
                       wanted[i].name);
    }
    return PA_OK;
}

static pa_status new_columns(const pa_result_file *file, size_t n, void *column[N_COLUMNS],
                             pa_error *err)
{
    for (int i = 0; i < N_COLUMNS; i++) {
        if (!is_there(file, i)) continue;
        column[i] = pa_alloc(n, pa_type_size(wanted[i].type, 0), err);
        if (!column[i]) return PA_E_MEMORY;
    }
    return PA_OK;
}

/* This rank's rows: whole accounts, as in the audit. */
static pa_status read_columns(pa_comm *comm, pa_result_file *file, int64_t first, size_t n,
                              void *column[N_COLUMNS], pa_error *err)
{
    PA_AGREE(comm, new_columns(file, n, column, err), err);
    for (int i = 0; i < N_COLUMNS; i++) {
        if (!column[i]) continue; /* the same on all ranks */
        PA_TRY(pa_result_read_column(file, "transactions", wanted[i].name, wanted[i].type, first, n,
                                     column[i], err));
    }
    return PA_OK;
}

/* What kind of fraud each row is, and all kinds' names, where the result has them. */
typedef struct {
    int32_t *kind;
    int64_t n;
    char *name;
    size_t width;
} kinds;

static pa_status new_kinds(const pa_column_spec *code, const pa_column_spec *name, size_t n,
                           kinds *k, void **narrow, pa_error *err)
{
    k->width = (size_t)name->width;
    k->name = pa_alloc((size_t)k->n, k->width, err);
    *narrow = pa_alloc(n, pa_type_size(code->type, 0), err);
    if (!k->name || !*narrow) return PA_E_MEMORY;
    return PA_NEW(k->kind, n, err);
}

static pa_status read_kinds(pa_comm *comm, pa_result_file *file, int64_t first, size_t n, kinds *k,
                            pa_error *err)
{
    static const char list[] = "categories/kind";
    const pa_column_spec *code = pa_result_find_column(file, "transactions", "kind");
    const pa_column_spec *name = pa_result_column(file, list, 0);
    if (!code || !name || name->type != PA_BYTES) return PA_OK;
    if (code->type != PA_I8 && code->type != PA_I32)
        return pa_fail(err, PA_E_DATA, "column 'kind' of 'transactions' holds no codes");
    pa_column column = {.spec = *code};
    k->n = pa_result_rows(file, list);
    pa_status st;
    PA_GOTO(pa_agree(comm, new_kinds(code, name, n, k, &column.data, err), err));
    PA_GOTO(pa_result_read_column(file, "transactions", "kind", code->type, first, n, column.data,
                                  err));
    PA_GOTO(pa_result_read_column(file, list, name->name, PA_BYTES, 0, (size_t)k->n, k->name, err));
    for (size_t i = 0; i < n; i++) k->kind[i] = pa_code_at(&column, i);
out:
    pa_free(column.data);
    return st;
}

static void free_kinds(kinds *k)
{
    pa_free(k->kind);
    pa_free(k->name);
}

/* The keys of the accounts of n rows, which stand together: *keys, from *first on. */
typedef struct {
    uint64_t *key;
    int32_t first;
    size_t n;
} account_keys;

static pa_status place_accounts(pa_result_file *file, size_t n, const int32_t account[],
                                account_keys *a, pa_error *err)
{
    if (n == 0) return PA_OK;
    int32_t first = account[0], last = account[n - 1];
    if (first < 0 || last < first || last >= pa_result_rows(file, "accounts"))
        return pa_fail(err, PA_E_DATA,
                       "the result's transactions are not in the order of accounts");
    a->first = first;
    a->n = (size_t)(last - first) + 1;
    return PA_OK;
}

static pa_status read_accounts(pa_comm *comm, pa_result_file *file, size_t n,
                               const int32_t account[], account_keys *a, pa_error *err)
{
    const pa_column_spec *spec = pa_result_find_column(file, "accounts", "id");
    if (!spec || spec->type != PA_BYTES)
        return pa_fail(err, PA_E_DATA, "table 'accounts' of the result has no column 'id'");
    char *id = NULL;
    pa_status st = place_accounts(file, n, account, a, err);
    if (st == PA_OK) st = PA_NEW(a->key, a->n, err);
    if (st == PA_OK) st = (id = pa_alloc(a->n, (size_t)spec->width, err)) ? PA_OK : PA_E_MEMORY;
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_result_read_column(file, "accounts", "id", PA_BYTES, a->first, a->n, id, err));
    pa_evaluation_keys(a->n, (size_t)spec->width, id, a->key);
out:
    pa_free(id);
    return st;
}

static pa_status print(pa_comm *comm, const pa_evaluation *evaluation, bool json, pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = PA_OK;
    if (pa_comm_rank(comm) == 0) st = pa_evaluation_print(evaluation, json, &text, err);
    if (st == PA_OK && text.length) pa_print(stdout, "%.*s", (int)text.length, text.data);
    pa_buffer_free(&text);
    return pa_agree(comm, st, err);
}

static pa_status evaluate(pa_comm *comm, pa_result_file *file, const pa_partition *shards,
                          const pa_evaluation_options *options, bool json, pa_error *err)
{
    void *c[N_COLUMNS] = {0};
    kinds k = {0};
    account_keys a = {0};
    pa_evaluation evaluation;
    int rank = pa_comm_rank(comm);
    size_t n = pa_row_count(shards, rank);
    pa_status st = read_columns(comm, file, pa_first_row(shards, rank), n, c, err);
    if (st == PA_OK) st = read_kinds(comm, file, pa_first_row(shards, rank), n, &k, err);
    if (st == PA_OK) st = read_accounts(comm, file, n, c[2], &a, err);
    if (st == PA_OK) {
        pa_evaluation_input in = {.n = n,
                                  .time = c[0],
                                  .tx = c[1],
                                  .account = c[2],
                                  .amount = c[3],
                                  .margin = c[4],
                                  .alert = c[5],
                                  .label = c[6],
                                  .label_time = c[LABEL_TIME],
                                  .label_before_time = c[LABEL_FIRST] ? c[LABEL_BEFORE] : NULL,
                                  .label_first_time = c[LABEL_FIRST],
                                  .account_key = a.key,
                                  .first_account = a.first,
                                  .n_accounts = a.n,
                                  .kind = k.kind,
                                  .n_kinds = k.n,
                                  .kind_names = k.name,
                                  .kind_width = k.width,
                                  .segment = c[SEGMENT]};
        st = pa_evaluate(comm, &in, options, &evaluation, err);
        if (st == PA_OK) {
            st = print(comm, &evaluation, json, err);
            pa_evaluation_free(&evaluation);
        }
    }
    for (int i = 0; i < N_COLUMNS; i++) pa_free(c[i]);
    free_kinds(&k);
    pa_free(a.key);
    return st;
}

/* As the audit judged itself, but for the protocol where one is named. */
static pa_status read_options(pa_comm *comm, pa_result_file *file, const char *path,
                              const pa_arguments *a, pa_evaluation_options *options, pa_error *err)
{
    pa_time_plan plan = {0};
    pa_config *config;
    PA_TRY(pa_time_plan_from_result(file, &plan, err));
    PA_TRY(pa_configure_from_result(comm, file, path, &config, err));
    *options = pa_evaluation_options_of(config, &plan);
    options->seed = (uint64_t)pa_config_int(config, "job.seed");
    pa_config_free(config);
    return read_protocol(a, &options->protocol, err);
}

static pa_status evaluate_file(pa_comm *comm, pa_result_file *file, const char *path,
                               const pa_arguments *a, pa_error *err)
{
    pa_evaluation_options options;
    pa_partition shards;
    PA_TRY(read_options(comm, file, path, a, &options, err));
    PA_TRY(check_columns(file, err));
    PA_TRY(pa_shards_of_result(comm, file, &shards, err));
    pa_status st = evaluate(comm, file, &shards, &options, pa_is_given(a, "--json"), err);
    pa_partition_free(&shards);
    return st;
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    char path[4096];
    pa_result_file *file;
    PA_TRY(pa_path_in(a->words[0], "audit.h5", path, err));
    PA_TRY(pa_result_open(comm, path, &file, err));
    pa_status st = evaluate_file(comm, file, path, a, err);
    pa_result_close(file);
    return st;
}

const pa_command pa_command_evaluate = {
    .name = "evaluate",
    .summary = "how good a result's scores are against its labels",
    .usage = "paraudit evaluate DIR [--json] [--protocol handbook]",
    .about =
        "Reads DIR/audit.h5 and prints exact metrics over every row that can be judged, with the\n"
        "evaluate.* keys of the audit. The handbook protocol is that of the Fraud Detection\n"
        "Handbook: cards leave a day when they had a fraud in training or longer ago than the\n"
        "label delay.",
    .flags = flags,
    .min_words = 1,
    .max_words = 1,
    .needs_ranks = true,
    .run = run,
};
