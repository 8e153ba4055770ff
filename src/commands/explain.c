/* paraudit explain: why transactions of a result have their scores. */
#include "paraudit/explain/explain.h"

#include <stdio.h>

#include "paraudit/base/array.h"
#include "paraudit/base/escape.h"
#include "paraudit/commands/command.h"
#include "paraudit/commands/configure.h"
#include "paraudit/commands/stages.h"
#include "paraudit/explain/find_rows.h"

enum { FAMILIES = 8, BEFORE = 10, MOST_BEFORE = 256 };

static const pa_flag flags[] = {
    {"--all", NULL, "all features, not the eight families that add most", false},
    {"--before", "N", "that many earlier transactions of the account (0 to 256; default: 10)",
     false},
    {"--json", NULL, "JSON, with all features", false},
    {"--help", NULL, "this text", false},
    {0}};

/* What the command line asks for. */
typedef struct {
    size_t n;
    const char *const *id;
    bool json;
    size_t n_families; /* 0: all */
    int64_t n_before;
} asked;

static pa_status read_asked(const pa_arguments *a, asked *q, pa_error *err)
{
    *q = (asked){.n = a->n_words - 1,
                 .id = a->words + 1,
                 .json = pa_is_given(a, "--json"),
                 .n_families = pa_is_given(a, "--all") ? 0 : FAMILIES};
    return pa_integer_of(a, "--before", BEFORE, 0, MOST_BEFORE, &q->n_before, err);
}

static pa_status put_text(const asked *q, const pa_time_plan *plan, const pa_told told[],
                          pa_buffer *text, pa_error *err)
{
    if (q->json) return pa_told_json(q->n, told, text, err);
    for (size_t i = 0; i < q->n; i++) {
        if (i) PA_TRY(pa_buffer_printf(text, err, "\n\n"));
        PA_TRY(pa_told_print(told + i, plan, q->n_families, text, err));
    }
    return PA_OK;
}

static pa_status print(const asked *q, const pa_time_plan *plan, const pa_told told[],
                       pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = put_text(q, plan, told, &text, err);
    if (st == PA_OK) pa_print(stdout, "%.*s", (int)text.length, text.data);
    pa_buffer_free(&text);
    return st;
}

static pa_status explain(pa_result_file *file, const asked *q, const pa_teller *by, pa_error *err)
{
    int64_t *row = NULL;
    pa_told *told = NULL;
    size_t n_told = 0;
    pa_status st = PA_NEW(row, q->n, err);
    if (st == PA_OK) st = PA_NEW(told, q->n, err);
    if (st == PA_OK) st = pa_find_rows(file, q->n, q->id, row, err);
    while (st == PA_OK && n_told < q->n) {
        st = pa_tell(file, by, row[n_told], (size_t)q->n_before, told + n_told, err);
        n_told++;
    }
    if (st == PA_OK) st = print(q, by->plan, told, err);
    for (size_t i = 0; i < n_told; i++) pa_told_free(told + i);
    pa_free(told);
    pa_free(row);
    return st;
}

static pa_status explain_file(pa_comm *comm, pa_result_file *file, const char *path, const asked *q,
                              pa_error *err)
{
    pa_time_plan plan = {0};
    pa_config *config;
    PA_TRY(pa_time_plan_from_result(file, &plan, err));
    PA_TRY(pa_configure_from_result(comm, file, path, &config, err));
    const pa_teller by = {&plan, config, pa_n_stages, pa_stages};
    pa_status st = explain(file, q, &by, err);
    pa_config_free(config);
    return st;
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    char path[4096];
    asked q;
    pa_result_file *file;
    PA_TRY(read_asked(a, &q, err));
    PA_TRY(pa_path_in(a->words[0], "audit.h5", path, err));
    PA_TRY(pa_result_open(comm, path, &file, err));
    pa_status st = explain_file(comm, file, path, &q, err);
    pa_result_close(file);
    return st;
}

const pa_command pa_command_explain = {
    .name = "explain",
    .summary = "why transactions of a result have their scores",
    .usage = "paraudit explain DIR TX [TX ...] [--all] [--before N] [--json]",
    .about =
        "Tells of any transaction in DIR/audit.h5, alerted or not, what it is, where it stood in\n"
        "its day's queue, what each detector and each feature added to its margin, beside what is\n"
        "usual for its account and for all, and what its account did before. TX is the id as the\n"
        "input has it. The models in the result score it once more: it ends with 65 where they do\n"
        "not give the stored margin to the bit.",
    .flags = flags,
    .min_words = 2,
    .max_words = PA_MAX_ARGUMENTS,
    .needs_ranks = false,
    .run = run,
};
