/* paraudit detect: a detector alone, over a matrix of numbers. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/options.h"
#include "paraudit/commands/command.h"
#include "paraudit/detect/iforest_matrix.h"
#include "paraudit/evaluate/areas.h"
#include "paraudit/ingest/matrix.h"
#include "paraudit/result/scores.h"

static const pa_flag flags[] = {
    {"--detector", "NAME", "iforest, the isolation forest (the default)", false},
    {"--label", "NAME", "column that says 1 for fraud and 0 for none; it is not a feature", false},
    {"--skip", "NAME[,NAME]", "columns that are left out, numbers or not", true},
    {"--out", "FILE", "the CSV file for the scores: row (from 1), score (larger is odder)", false},
    {"--trees", "N", "trees of the forest (default 100)", false},
    {"--sample", "N", "rows that a tree is grown from (default 256; fewer rows: all)", false},
    {"--seed", "N", "seed of all draws (default 1)", false},
    {"--block", "BYTES", "the file is cut among ranks at multiples of this (default 1048576)",
     false},
    {"--read-buffer", "BYTES", "bytes read at a time (default 4194304)", false},
    {"--help", NULL, "this text", false},
    {0}};

enum { N_DETECTORS = 1 };
static const char *const detectors[N_DETECTORS] = {"iforest"};

typedef struct {
    const char *path, *out;
    const char *skip[PA_MAX_ARGUMENTS];
    pa_matrix_names names;
    pa_text_io io;
    pa_iforest_settings forest;
} settings;

static pa_status check_detector(const char *name, pa_error *err)
{
    for (int i = 0; i < N_DETECTORS; i++) {
        if (!name || strcmp(name, detectors[i]) == 0) return PA_OK;
    }
    const char *nearest = pa_nearest_name(name, detectors, N_DETECTORS);
    return nearest ? pa_fail(err, PA_E_USAGE, "unknown detector '%s': did you mean '%s'?", name,
                             nearest)
                   : pa_fail(err, PA_E_USAGE, "unknown detector '%s': there is iforest", name);
}

static void read_names(const pa_arguments *a, settings *s)
{
    s->path = a->words[0];
    s->out = pa_value_of(a, "--out");
    s->names.label = pa_value_of(a, "--label");
    s->names.skip = s->skip;
    for (size_t i = 0; i < a->n_given; i++) {
        if (strcmp(a->given[i], "--skip") == 0) s->skip[s->names.n_skip++] = a->values[i];
    }
}

/* Local; the same on all ranks. */
static pa_status read_settings(const pa_arguments *a, settings *s, pa_error *err)
{
    int64_t read, seed;
    PA_TRY(check_detector(pa_value_of(a, "--detector"), err));
    read_names(a, s);
    if (!s->out)
        return pa_fail(err, PA_E_USAGE, "--out is missing\nusage: %s", pa_command_detect.usage);
    PA_TRY(pa_integer_of(a, "--trees", 100, 1, 1000000, &s->forest.trees, err));
    PA_TRY(pa_integer_of(a, "--sample", 256, 2, PA_IFOREST_MAX_SAMPLE, &s->forest.sample, err));
    PA_TRY(pa_integer_of(a, "--seed", 1, 0, INT64_MAX, &seed, err));
    PA_TRY(pa_integer_of(a, "--block", 1 << 20, 1, (int64_t)1 << 40, &s->io.block, err));
    PA_TRY(pa_integer_of(a, "--read-buffer", 4 << 20, 1, 1 << 30, &read, err));
    s->forest.seed = (uint64_t)seed;
    s->io.read = (size_t)read;
    s->io.longest = PA_MATRIX_LONGEST;
    return PA_OK;
}

static void print_area(const char *name, double area)
{
    if (isnan(area))
        printf("%s is not defined: the label says the same for all rows\n", name);
    else
        printf("%s %.6f\n", name, area);
}

static void print_result(const settings *s, const pa_matrix *m, const pa_areas *areas)
{
    int64_t sample = s->forest.sample < m->n_global ? s->forest.sample : m->n_global;
    printf("%s: %" PRId64 " rows, %zu columns", s->path, m->n_global, m->header.n_columns);
    if (m->header.has_label) printf(", %" PRId64 " frauds", m->n_frauds);
    printf("\niforest: %" PRId64 " trees of %" PRId64 " rows, seed %" PRIu64 "\n", s->forest.trees,
           sample, s->forest.seed);
    if (m->header.has_label) {
        print_area("AUROC", areas->auroc);
        print_area("average precision", areas->average_precision);
    }
    printf("scores: %s\n", s->out);
}

static pa_status score_matrix(pa_comm *comm, const settings *s, const pa_matrix *m, pa_sink *sink,
                              pa_error *err)
{
    const pa_matrix_rows *rows = &m->rows;
    pa_areas areas = {0};
    float *score = NULL;
    pa_status st;
    PA_GOTO(pa_agree(comm, PA_NEW(score, rows->n, err), err));
    PA_GOTO(pa_iforest_matrix(comm, &s->forest, rows->n, m->header.n_columns, rows->column, score,
                              err));
    if (m->header.has_label) PA_GOTO(pa_find_areas(comm, rows->n, score, rows->label, &areas, err));
    PA_GOTO(pa_scores_write(sink, m->first_row, rows->n, score, err));
    if (pa_comm_rank(comm) == 0) print_result(s, m, &areas);
out:
    pa_free(score);
    return st;
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    settings s = {0};
    pa_sink *sink;
    pa_matrix matrix;
    PA_TRY(read_settings(a, &s, err));
    PA_TRY(pa_scores_open(comm, s.out, 1, &s.path, &sink, err));
    pa_status st = pa_matrix_read(comm, s.path, &s.names, &s.io, &matrix, err);
    if (st == PA_OK) {
        st = score_matrix(comm, &s, &matrix, sink, err);
        pa_matrix_free(&matrix);
    }
    pa_sink_free(sink);
    return st;
}

const pa_command pa_command_detect = {
    .name = "detect",
    .summary = "score the rows of a numeric CSV matrix with a detector alone",
    .usage = "paraudit detect MATRIX.csv [--detector iforest] [--label NAME] [--skip NAME[,NAME]] "
             "--out SCORES.csv",
    .about = "Fits the detector on all rows of MATRIX.csv (a header line, then a number in every\n"
             "cell; plain or compressed by gzip or zstd) and writes `row,score` for each of them, "
             "the same bytes for any number of\n"
             "ranks. With --label it prints AUROC and average precision, exact with ties.",
    .flags = flags,
    .min_words = 1,
    .max_words = 1,
    .needs_ranks = true,
    .run = run,
};
