/* paraudit detect: a detector alone, over a matrix of numbers. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "detect_columns.h"
#include "paraudit/base/escape.h"
#include "paraudit/base/options.h"
#include "paraudit/commands/command.h"
#include "paraudit/commands/stages.h"
#include "paraudit/detect/detector_stage.h"
#include "paraudit/evaluate/areas.h"
#include "paraudit/result/scores.h"

static const pa_flag own_flags[] = {
    {"--detector", "NAME", NULL, false}, /* the first; all_flags says which there are */
    {"--train", "TRAIN.csv", "what it is fitted on, the same columns (default: MATRIX.csv itself)",
     false},
    {"--label", "NAME",
     "column that says 1, true, t, yes, y or fraud of a fraud, and 0, false, f, no, n or genuine "
     "of other rows; it is no feature",
     false},
    {"--skip", "NAME[,NAME]", "columns that are left out, numbers or not", true},
    {"--no-header", NULL, "the first line is a row as well; columns are called col1, col2, ...",
     false},
    {"--out", "FILE", "the CSV file for the scores: row (from 1), score (larger is odder)", false},
    {"--seed", "N", "seed of all draws (default 1)", false},
    {"--block", "BYTES", "a file is cut among ranks at multiples of this (default 1048576)", false},
    {"--read-buffer", "BYTES", "bytes read at a time (default 4194304)", false},
    {"--replace", NULL, "a file that is there is replaced, once the new one is whole", false},
    {"--mode", "MODE", "rights of what is written, such as 0640 (default 0600)", false},
    {"--help", NULL, "this text", false},
};

enum {
    OWN_FLAGS = sizeof own_flags / sizeof *own_flags,
    MOST_OPTIONS = 48, /* of all detectors */
    MOST_DETECTORS = 32,
    LIST_BYTES = 200,
    FLAG_BYTES = 48,
    MEANING_BYTES = 160,
    ASSIGNMENT_BYTES = 16384 /* a list of names is long */
};

/* ---- the detectors, and flags from their options ---- */

/* names: MOST_DETECTORS. Returns how many. */
static size_t list_detectors(const char *names[])
{
    size_t n = 0;
    for (size_t i = 0; i < pa_n_stages; i++) {
        const pa_detector *d = pa_detector_of(pa_stages[i]);
        PA_ASSERT(n < MOST_DETECTORS);
        if (d) names[n++] = d->name;
    }
    return n;
}

static void join_names(char list[LIST_BYTES])
{
    const char *names[MOST_DETECTORS];
    size_t n = list_detectors(names);
    *list = '\0';
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(list);
        snprintf(list + length, LIST_BYTES - length, "%s%s", i ? ", " : "", names[i]);
    }
}

static const pa_detector *find_detector(const char *name)
{
    for (size_t i = 0; i < pa_n_stages; i++) {
        const pa_detector *d = pa_detector_of(pa_stages[i]);
        if (d && strcmp(d->name, name) == 0) return d;
    }
    return NULL;
}

/* "--max-depth" of "iforest.max_depth". */
static void flag_of(const pa_option_spec *option, char flag[FLAG_BYTES])
{
    int length = snprintf(flag, FLAG_BYTES, "--%s", strchr(option->key, '.') + 1);
    PA_ASSERT(length < FLAG_BYTES);
    for (char *c = flag + 2; *c; c++)
        if (*c == '_') *c = '-';
}

/* The flags of this command and of every detector: made once, since arguments
 * are read before it is known which detector they are for. */
typedef struct {
    size_t n, n_options;
    pa_flag flag[OWN_FLAGS + MOST_OPTIONS + 1];
    char detectors[LIST_BYTES + 32];
    char name[MOST_OPTIONS][FLAG_BYTES], meaning[MOST_OPTIONS][MEANING_BYTES];
} flag_list;

static void add_option(flag_list *l, const pa_detector *d, const pa_option_spec *option)
{
    PA_ASSERT(l->n_options < MOST_OPTIONS);
    char *name = l->name[l->n_options], *meaning = l->meaning[l->n_options];
    flag_of(option, name);
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->flag[i].name, name) == 0) return;
    snprintf(meaning, MEANING_BYTES, "%s: %s (default %s)", d->name, option->meaning,
             option->fallback);
    l->flag[l->n++] =
        (pa_flag){name, option->type == PA_OPTION_INT ? "N" : "VALUE", meaning, false};
    l->n_options++;
}

static const pa_flag *all_flags(void)
{
    static flag_list l;
    char list[LIST_BYTES];
    if (l.n > 0) return l.flag;
    memcpy(l.flag, own_flags, sizeof own_flags);
    l.n = OWN_FLAGS;
    join_names(list);
    snprintf(l.detectors, sizeof l.detectors, "one of %s (default iforest)", list);
    l.flag->meaning = l.detectors;
    for (size_t i = 0; i < pa_n_stages; i++) {
        const pa_detector *d = pa_detector_of(pa_stages[i]);
        for (const pa_option_spec *o = d ? d->options : NULL; o && o->key; o++)
            if (pa_is_own_option(d, o)) add_option(&l, d, o);
    }
    return l.flag;
}

/* ---- settings ---- */

typedef struct {
    const char *path, *train, *out;
    const char *skip[PA_MAX_ARGUMENTS];
    pa_matrix_names names;
    pa_text_io io;
    const pa_detector *detector;
    pa_config *config; /* its options */
    uint64_t seed;
} settings;

static pa_status choose_detector(const char *name, const pa_detector **detector, pa_error *err)
{
    const char *names[MOST_DETECTORS];
    size_t n = list_detectors(names);
    *detector = find_detector(name);
    if (*detector) return PA_OK;
    const char *nearest = pa_nearest_name(name, names, n);
    if (nearest)
        return pa_fail(err, PA_E_USAGE, "unknown detector '%s': did you mean '%s'?", name, nearest);
    char list[LIST_BYTES];
    join_names(list);
    return pa_fail(err, PA_E_USAGE, "unknown detector '%s': there is %s", name, list);
}

/* What the configuration says of a key, said of a flag. */
static pa_status refuse_value(const char *flag, const pa_option_spec *o, pa_error *err)
{
    if (o->type == PA_OPTION_BOOL)
        return pa_fail(err, PA_E_USAGE, "%s must be true or false", flag);
    return pa_fail(err, PA_E_USAGE, "%s must be a number from %g to %g", flag, o->min, o->max);
}

static pa_status set_option(const pa_arguments *a, const pa_option_spec *o, pa_config *config,
                            pa_error *err)
{
    char flag[FLAG_BYTES], assignment[ASSIGNMENT_BYTES];
    int64_t number;
    flag_of(o, flag);
    const char *text = pa_value_of(a, flag);
    if (!text) return PA_OK;
    if (o->type == PA_OPTION_INT)
        PA_TRY(pa_integer_of(a, flag, 0, (int64_t)o->min, (int64_t)o->max, &number, err));
    int length = snprintf(assignment, sizeof assignment, "%s=%s", o->key, text);
    if (length >= (int)sizeof assignment)
        return pa_fail(err, PA_E_USAGE, "%s: the value is too long", flag);
    if (pa_config_set(config, assignment, "command line", NULL) == PA_OK) return PA_OK;
    return refuse_value(flag, o, err);
}

static bool has_option(const pa_detector *d, const char *flag)
{
    char name[FLAG_BYTES];
    for (const pa_option_spec *o = d->options; o->key; o++) {
        flag_of(o, name);
        if (pa_is_own_option(d, o) && strcmp(name, flag) == 0) return true;
    }
    return false;
}

static bool is_own_flag(const char *flag)
{
    for (int i = 0; i < OWN_FLAGS; i++)
        if (strcmp(own_flags[i].name, flag) == 0) return true;
    return false;
}

static pa_status read_options(const pa_arguments *a, settings *s, pa_error *err)
{
    const pa_detector *d = s->detector;
    for (size_t i = 0; i < a->n_given; i++) {
        if (!is_own_flag(a->given[i]) && !has_option(d, a->given[i]))
            return pa_fail(err, PA_E_USAGE, "%s is no option of the %s", a->given[i], d->title);
    }
    PA_TRY(pa_config_new(&d->options, 1, &s->config, err));
    for (const pa_option_spec *o = d->options; o->key; o++)
        if (pa_is_own_option(d, o)) PA_TRY(set_option(a, o, s->config, err));
    return pa_config_complete(s->config, err);
}

static void read_names(const pa_arguments *a, settings *s)
{
    s->path = a->words[0];
    s->train = pa_value_of(a, "--train");
    s->out = pa_value_of(a, "--out");
    s->names.label = pa_value_of(a, "--label");
    s->names.no_header = pa_is_given(a, "--no-header");
    s->names.skip = s->skip;
    for (size_t i = 0; i < a->n_given; i++) {
        if (strcmp(a->given[i], "--skip") == 0) s->skip[s->names.n_skip++] = a->values[i];
    }
}

/* Local; the same on all ranks. */
static pa_status read_settings(const pa_arguments *a, settings *s, pa_error *err)
{
    int64_t read, seed;
    const char *detector = pa_value_of(a, "--detector");
    PA_TRY(choose_detector(detector ? detector : "iforest", &s->detector, err));
    read_names(a, s);
    if (!s->out)
        return pa_fail(err, PA_E_USAGE, "--out is missing\nusage: %s", pa_command_detect.usage);
    if (s->detector->supervised && !(s->train && s->names.label))
        return pa_fail(err, PA_E_USAGE,
                       "the %s is fitted on labelled rows: give them by --train and --label",
                       s->detector->title);
    PA_TRY(read_options(a, s, err));
    PA_TRY(pa_integer_of(a, "--seed", 1, 0, INT64_MAX, &seed, err));
    PA_TRY(pa_integer_of(a, "--block", 1 << 20, 1, (int64_t)1 << 40, &s->io.block, err));
    PA_TRY(pa_integer_of(a, "--read-buffer", 4 << 20, 1, 1 << 30, &read, err));
    PA_TRY(pa_mode_of(a, err));
    s->seed = (uint64_t)seed;
    s->io.read = (size_t)read;
    s->io.longest = PA_MATRIX_LONGEST;
    return PA_OK;
}

/* ---- fit, score, tell ---- */

static pa_status check_points(const pa_detector *d, const pa_points *p, pa_error *err)
{
    if (p->n_global < d->least_rows)
        return pa_fail(err, PA_E_DATA, "%s: %" PRId64 " row%s, at least %" PRId64 " are needed",
                       d->title, p->n_global, p->n_global == 1 ? "" : "s", d->least_rows);
    if (p->n_columns <= d->most_columns) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%s: %zu columns, at most %zu can be read", d->title,
                   p->n_columns, d->most_columns);
}

static pa_status fit_and_score(pa_comm *comm, const settings *s, const pa_labelled *train,
                               const pa_points *points, float score[], pa_error *err)
{
    const pa_detector *d = s->detector;
    const pa_detector_context context = {
        .comm = comm, .config = s->config, .seed = s->seed, .label = train->label};
    pa_store model;
    PA_TRY(check_points(d, train->points, err));
    pa_store_init(&model, d->name, 0);
    pa_status st = d->fit(&context, train->points, &model, err);
    if (st == PA_OK) st = pa_agree(comm, pa_detector_scores(d, &model, points, score, err), err);
    pa_store_free(&model);
    return st;
}

static void print_area(const char *name, double area)
{
    if (isnan(area))
        pa_print(stdout, "%s is not defined: the label says the same for all rows\n", name);
    else
        pa_print(stdout, "%s %.6f\n", name, area);
}

static void print_matrix(const pa_matrix *m, const pa_matrix_columns *columns)
{
    pa_print(stdout, "%s: %" PRId64 " rows, %zu columns", m->header.file, m->n_global,
             m->header.n_columns);
    if (m->header.has_label) pa_print(stdout, ", %" PRId64 " frauds", m->n_frauds);
    pa_print(stdout, "\n");
    pa_columns_print_notes(m, columns);
}

static void print_detector(const settings *s)
{
    pa_print(stdout, "%s:", s->detector->name);
    for (size_t i = 0; i < pa_config_count(s->config); i++) {
        const pa_option_spec *o = pa_config_spec(s->config, i);
        if (pa_is_own_option(s->detector, o))
            pa_print(stdout, " %s %s,", strchr(o->key, '.') + 1, pa_config_value(s->config, i));
    }
    pa_print(stdout, " seed %" PRIu64 "\n", s->seed);
}

/* What is fitted on, and what is scored: one matrix, or two. */
typedef struct {
    pa_matrix *train, *m;
    pa_matrix_columns fitted, scored;
} pair;

static pa_status pair_columns(pa_comm *comm, pair *p, pa_error *err)
{
    pa_status st = pa_columns_list(p->train, &p->fitted, err);
    if (st == PA_OK) st = pa_columns_list(p->m, &p->scored, err);
    if (st == PA_OK && p->train != p->m)
        st =
            pa_columns_match(&p->fitted, p->train->header.file, &p->scored, p->m->header.file, err);
    PA_AGREE(comm, st, err);
    pa_columns_shift(comm, p->train, &p->fitted, p->m, &p->scored);
    return PA_OK;
}

static void print_result(const settings *s, const pair *p, const pa_areas *areas)
{
    if (p->train != p->m) print_matrix(p->train, &p->fitted);
    print_matrix(p->m, &p->scored);
    pa_columns_print_shifts(&p->scored);
    print_detector(s);
    if (p->m->header.has_label) {
        print_area("AUROC", areas->auroc);
        print_area("average precision", areas->average_precision);
    }
    pa_print(stdout, "scores: %s\n", s->out);
}

/* train: the same matrix, or another one. */
static pa_status score_matrix(pa_comm *comm, const settings *s, pa_matrix *train, pa_matrix *m,
                              pa_sink *sink, pa_error *err)
{
    const pa_matrix_rows *rows = &m->rows;
    pair p = {.train = train, .m = m};
    pa_areas areas = {0};
    float *score = NULL;
    pa_status st;
    PA_GOTO(pair_columns(comm, &p, err));
    PA_GOTO(pa_agree(comm, PA_NEW(score, rows->n, err), err));
    const pa_points from = pa_all_points(comm, train->rows.n, p.fitted.n, p.fitted.order);
    const pa_points to = pa_all_points(comm, rows->n, p.scored.n, p.scored.order);
    const pa_labelled fitted = {&from, train->rows.label};
    PA_GOTO(fit_and_score(comm, s, &fitted, &to, score, err));
    if (m->header.has_label) PA_GOTO(pa_find_areas(comm, rows->n, score, rows->label, &areas, err));
    PA_GOTO(pa_scores_write(sink, m->first_row, rows->n, score, err));
    if (pa_comm_rank(comm) == 0) print_result(s, &p, &areas);
out:
    pa_columns_free(&p.fitted);
    pa_columns_free(&p.scored);
    pa_free(score);
    return st;
}

static pa_status read_and_score(pa_comm *comm, const settings *s, pa_sink *sink, pa_error *err)
{
    pa_matrix train, m;
    PA_TRY(pa_matrix_read(comm, s->path, &s->names, &s->io, &m, err));
    pa_status st = PA_OK;
    if (s->train) {
        st = pa_matrix_read(comm, s->train, &s->names, &s->io, &train, err);
        if (st == PA_OK) {
            st = score_matrix(comm, s, &train, &m, sink, err);
            pa_matrix_free(&train);
        }
    } else {
        st = score_matrix(comm, s, &m, &m, sink, err);
    }
    pa_matrix_free(&m);
    return st;
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    settings s = {0};
    pa_sink *sink;
    pa_status st = pa_agree(comm, read_settings(a, &s, err), err);
    const char *const inputs[] = {s.path, s.train};
    if (st == PA_OK)
        st = pa_scores_open(comm, s.out, pa_is_given(a, "--replace"), s.train ? 2 : 1, inputs,
                            &sink, err);
    if (st == PA_OK) {
        st = read_and_score(comm, &s, sink, err);
        pa_sink_free(sink);
    }
    pa_config_free(s.config);
    return st;
}

const pa_command pa_command_detect = {
    .name = "detect",
    .summary = "score the rows of a numeric CSV matrix with a detector alone",
    .usage = "paraudit detect MATRIX.csv [--detector NAME] [--train TRAIN.csv] [--label NAME] "
             "[--skip NAME[,NAME]] [--no-header] --out SCORES.csv",
    .about =
        "Fits the detector on all rows of TRAIN.csv, or else of MATRIX.csv, and writes "
        "`row,score`\n"
        "for each row of MATRIX.csv, the same bytes for any number of ranks.\n"
        "\n"
        "Both are CSV, plain, .gz or .zst: a header line, then a finite number (or true, false) "
        "in\n"
        "every cell, which is read as a 32-bit float. Columns of the two files are matched by "
        "name;\n"
        "those that --label and --skip name are in both. NAME may be a column's place as well (1 "
        "is\n"
        "the first) where none is named so. A column without a name that counts the rows, as "
        "pandas\n"
        "writes it, or is empty is left out; any other has to get a name or to be skipped.\n"
        "\n"
        "With --label the areas under two curves, AUROC and average precision, are printed, exact\n"
        "with ties. Flags that begin with a detector's name in their text are that detector's.",
    .all_flags = all_flags,
    .min_words = 1,
    .max_words = 1,
    .needs_ranks = true,
    .run = run,
};
