#include "paraudit/result/scores.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "paraudit/base/array.h"
#include "paraudit/files/draft.h"

/* Rank 0: what is read must not be lost: neither the file nor what it is called before. */
static pa_status check_path(const char *written, size_t n_inputs, const char *const input[],
                            pa_error *err)
{
    struct stat a, b;
    if (stat(written, &a) != 0) return PA_OK;
    for (size_t i = 0; i < n_inputs; i++) {
        bool same = stat(input[i], &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
        if (!same) continue;
        return pa_fail(err, PA_E_USAGE, "%s: is the input: what is written needs a file of its own",
                       written);
    }
    return PA_OK;
}

static pa_status check_paths(const char *path, size_t n_inputs, const char *const input[],
                             pa_error *err)
{
    char *draft = pa_draft_name(path, err);
    if (!draft) return PA_E_MEMORY;
    pa_status st = check_path(path, n_inputs, input, err);
    if (st == PA_OK) st = check_path(draft, n_inputs, input, err);
    pa_free(draft);
    return st;
}

pa_status pa_scores_open(pa_comm *comm, const char *path, bool replace, size_t n_inputs,
                         const char *const input[], pa_sink **sink, pa_error *err)
{
    *sink = NULL;
    bool root = pa_comm_rank(comm) == 0;
    PA_AGREE(comm, root ? check_paths(path, n_inputs, input, err) : PA_OK, err);
    return (replace ? pa_sink_open : pa_sink_open_new)(comm, &path, 1, sink, err);
}

typedef struct {
    int64_t first_row;
    const float *score;
} scored_rows;

static pa_status add_lines(void *maker, size_t from, size_t until, pa_buffer *text, pa_error *err)
{
    const scored_rows *r = maker;
    for (size_t i = from; i < until; i++) {
        PA_TRY(pa_buffer_printf(text, err, "%" PRId64 ",%.9g\n", r->first_row + (int64_t)i + 1,
                                (double)r->score[i]));
    }
    return PA_OK;
}

pa_status pa_scores_write(pa_sink *sink, int64_t first_row, size_t n, const float score[],
                          pa_error *err)
{
    scored_rows rows = {first_row, score};
    PA_TRY(pa_sink_add_head(sink, 0, "row,score\n", err));
    PA_TRY(pa_sink_add_rows(sink, 0, n, add_lines, &rows, err));
    return pa_sink_finish(sink, err);
}
