/* paraudit forecast: the values that series are to have next, alone. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/escape.h"
#include "paraudit/base/options.h"
#include "paraudit/base/text.h"
#include "paraudit/commands/command.h"
#include "paraudit/forecast/forecast.h"
#include "paraudit/forecast/holiday_file.h"
#include "paraudit/result/scores.h"
#include "paraudit/text/cell.h"

static const pa_flag flags[] = {
    {"--horizon", "H", "how many values ahead", false},
    {"--season", "M", "values of a season: 7 of days, 12 of months; default: 1, none", false},
    {"--model", "NAME", "one of those above; default: auto", false},
    {"--levels", "P,P,...", "of intervals, in percent; default: 80,95", false},
    {"--growth", "KIND", "of prophet's trend: linear or flat; default: linear", false},
    {"--holidays", "FILE", "for prophet: CSV of holiday,ds[,lower_window,upper_window]", false},
    {"--id", "COL", "the column that says which series a row is of; default: unique_id", false},
    {"--time", "COL", "... of the time, whole numbers or dates; default: ds", false},
    {"--value", "COL", "... of the value; default: y", false},
    {"--out", "FILE", "the CSV file for the forecasts", false},
    {"--replace", NULL, "a file that is there goes, once the new one is whole", false},
    {"--mode", "MODE", "rights of what is written, such as 0640 (default 0600)", false},
    {"--quiet", NULL, "nothing about how far it is", false},
    {"--block", "BYTES", "where the file may be cut among ranks; default: 1048576", false},
    {"--read-buffer", "BYTES", "bytes read at a time; default: 4194304", false},
    {"--help", NULL, "this text", false},
    {0}};

enum { MOST_HORIZON = 100000, LONGEST_ROW = 65536, NAMES_BYTES = 200 };
static const double PROGRESS_SECONDS = 5;

typedef struct {
    const char *path, *out, *holidays;
    bool quiet, replace;
    pa_series_columns columns;
    pa_text_io io;
    pa_forecast_options o;
} settings;

/* ---- settings ---- */

static const char *or_else(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static pa_status read_model(const pa_arguments *a, const pa_model **model, pa_error *err)
{
    const char *name = or_else(pa_value_of(a, "--model"), "auto"), *names[16];
    char list[NAMES_BYTES] = "";
    *model = pa_model_of(name);
    if (*model) return PA_OK;
    for (size_t i = 0; i < pa_n_models; i++) {
        size_t length = strlen(list);
        names[i] = pa_models[i].name;
        snprintf(list + length, sizeof list - length, "%s%s", i ? ", " : "", names[i]);
    }
    const char *nearest = pa_nearest_name(name, names, pa_n_models);
    if (nearest)
        return pa_fail(err, PA_E_USAGE, "unknown model '%s': did you mean '%s'?", name, nearest);
    return pa_fail(err, PA_E_USAGE, "unknown model '%s': there is %s", name, list);
}

/* What only Prophet's model has. */
static pa_status read_prophet(const pa_arguments *a, settings *s, pa_error *err)
{
    const char *growth = pa_value_of(a, "--growth");
    s->holidays = pa_value_of(a, "--holidays");
    if (growth && strcmp(growth, "linear") != 0 && strcmp(growth, "flat") != 0)
        return pa_fail(err, PA_E_USAGE, "--growth: '%s' is neither linear nor flat", growth);
    s->o.prophet.flat = growth && strcmp(growth, "flat") == 0;
    if ((growth || s->holidays) && strcmp(s->o.model->name, "prophet") != 0)
        return pa_fail(err, PA_E_USAGE, "%s is for --model prophet",
                       growth ? "--growth" : "--holidays");
    return PA_OK;
}

/* "80,95" into .8 and .95. */
static pa_status read_levels(const pa_arguments *a, pa_forecast_options *o, pa_error *err)
{
    const char *at = or_else(pa_value_of(a, "--levels"), "80,95");
    while (true) {
        size_t length = strcspn(at, ",");
        double percent;
        if (!pa_parse_double(at, length, &percent) || !(percent > 0 && percent < 100))
            return pa_fail(err, PA_E_USAGE,
                           "--levels: '%.*s' is no percentage between 0 and 100, such as 80 or 95",
                           (int)length, at);
        if (o->n_levels == PA_FORECAST_LEVELS)
            return pa_fail(err, PA_E_USAGE, "--levels: more than %d", PA_FORECAST_LEVELS);
        o->level[o->n_levels++] = percent / 100;
        if (at[length] == '\0') return PA_OK;
        at += length + 1;
    }
}

static pa_status read_sizes(const pa_arguments *a, settings *s, pa_error *err)
{
    int64_t horizon, season, read;
    if (!pa_is_given(a, "--horizon"))
        return pa_fail(err, PA_E_USAGE, "--horizon is missing\nusage: %s",
                       pa_command_forecast.usage);
    PA_TRY(pa_integer_of(a, "--horizon", 1, 1, MOST_HORIZON, &horizon, err));
    PA_TRY(pa_integer_of(a, "--season", 1, 1, PA_SEASON_MOST, &season, err));
    PA_TRY(pa_integer_of(a, "--block", 1 << 20, 1, (int64_t)1 << 40, &s->io.block, err));
    PA_TRY(pa_integer_of(a, "--read-buffer", 4 << 20, 1, 1 << 30, &read, err));
    s->o.horizon = (size_t)horizon;
    s->o.season = (int32_t)season;
    s->io.read = (size_t)read;
    s->io.longest = LONGEST_ROW;
    return PA_OK;
}

/* Local; the same on all ranks. */
static pa_status read_settings(const pa_arguments *a, settings *s, pa_error *err)
{
    s->path = a->words[0];
    s->out = pa_value_of(a, "--out");
    s->quiet = pa_is_given(a, "--quiet");
    s->replace = pa_is_given(a, "--replace");
    s->columns = (pa_series_columns){or_else(pa_value_of(a, "--id"), "unique_id"),
                                     or_else(pa_value_of(a, "--time"), "ds"),
                                     or_else(pa_value_of(a, "--value"), "y"), false};
    PA_TRY(read_sizes(a, s, err));
    if (!s->out)
        return pa_fail(err, PA_E_USAGE, "--out is missing\nusage: %s", pa_command_forecast.usage);
    PA_TRY(read_model(a, &s->o.model, err));
    s->columns.gaps = pa_model_takes_gaps(s->o.model);
    PA_TRY(read_prophet(a, s, err));
    PA_TRY(read_levels(a, &s->o, err));
    return pa_mode_of(a, err);
}

/* ---- lines ---- */

typedef struct {
    const pa_series_file *file;
    const pa_forecast_options *o;
    const pa_forecasts *f;
} written;

static pa_status add_id(const written *w, size_t series, pa_buffer *text, pa_error *err)
{
    const pa_names *ids = &w->file->ids;
    size_t id = (size_t)w->file->first_series + series, begin = ids->start[id];
    return pa_add_cell(text, ids->bytes + begin, ids->start[id + 1] - begin, err);
}

static pa_status add_ahead(const written *w, size_t series, size_t h, pa_buffer *text,
                           pa_error *err)
{
    const pa_series_file *f = w->file;
    size_t begin = f->first[series], n = f->first[series + 1] - begin;
    int day = pa_step_day(&f->step, n, f->time + begin);
    int64_t time = pa_step_on(&f->step, f->time[begin + n - 1], (int64_t)h + 1, day);
    return pa_step_add_time(&f->step, time, text, err);
}

static pa_status add_disagreement(double v, pa_buffer *text, pa_error *err)
{
    return isnan(v) ? pa_buffer_add(text, ",", 1, err) : pa_buffer_printf(text, err, ",%.6g", v);
}

static pa_status add_line(const written *w, size_t row, pa_buffer *text, pa_error *err)
{
    const pa_forecasts *f = w->f;
    size_t series = row / f->horizon, at = row * f->n_levels;
    int member = f->member[series];
    const char *model = member < PA_N_MEMBERS ? pa_member_name(member) : w->o->model->name;
    PA_TRY(add_id(w, series, text, err));
    PA_TRY(pa_buffer_add(text, ",", 1, err));
    PA_TRY(add_ahead(w, series, row % f->horizon, text, err));
    PA_TRY(pa_buffer_printf(text, err, ",%.10g", f->mean[row]));
    for (size_t l = 0; l < f->n_levels; l++)
        PA_TRY(pa_buffer_printf(text, err, ",%.10g,%.10g", f->low[at + l], f->high[at + l]));
    PA_TRY(pa_buffer_printf(text, err, ",%s", model));
    if (f->disagreement) PA_TRY(add_disagreement(f->disagreement[row], text, err));
    return pa_buffer_add(text, "\n", 1, err);
}

static pa_status add_lines(void *maker, size_t from, size_t until, pa_buffer *text, pa_error *err)
{
    for (size_t row = from; row < until; row++) PA_TRY(add_line(maker, row, text, err));
    return PA_OK;
}

static pa_status write_head(const settings *s, pa_sink *sink, pa_error *err)
{
    pa_buffer head = {0};
    pa_status st = pa_buffer_printf(&head, err, "unique_id,ds,mean");
    for (size_t l = 0; st == PA_OK && l < s->o.n_levels; l++) {
        double percent = 100 * s->o.level[l];
        st = pa_buffer_printf(&head, err, ",lo%.10g,hi%.10g", percent, percent);
    }
    const char *behind = s->o.model->combines ? ",disagreement" : "";
    if (st == PA_OK) st = pa_buffer_printf(&head, err, ",model%s\n", behind);
    if (st == PA_OK) st = pa_sink_add_head(sink, 0, head.data, err);
    pa_buffer_free(&head);
    return st;
}

/* ---- all of it ---- */

static void print_result(const settings *s, const pa_series_file *file, int64_t n_values,
                         const pa_forecasts *f)
{
    char step[40];
    pa_step_tell(&file->step, step);
    pa_print(stdout, "%s: %" PRId64 " series, %" PRId64 " values, a step is %s\n", s->path,
             file->n_global, n_values, step);
    if (s->o.model->combines) {
        pa_print(stdout, "weights by %zu trials at earlier times:", f->learned.n_trials);
        for (int m = 0; m < PA_N_MEMBERS; m++)
            if (f->learned.weight[m] > 0)
                pa_print(stdout, " %s %.3f", pa_member_name(m), f->learned.weight[m]);
        pa_print(stdout, "\n");
    }
    pa_print(stdout, "forecasts: %s\n", s->out);
}

static pa_status forecast_and_write(pa_comm *comm, const settings *s, const pa_series_file *file,
                                    pa_sink *sink, pa_log *log, pa_error *err)
{
    pa_forecasts f;
    int64_t n_values = (int64_t)file->first[file->n];
    PA_TRY(pa_forecast_all(comm, file, &s->o, log, &f, err));
    written w = {file, &s->o, &f};
    pa_sum_i64(comm, &n_values, 1);
    pa_status st = write_head(s, sink, err);
    if (st == PA_OK) st = pa_sink_add_rows(sink, 0, f.n * f.horizon, add_lines, &w, err);
    if (st == PA_OK) st = pa_sink_finish(sink, err);
    if (st == PA_OK && pa_comm_rank(comm) == 0) print_result(s, file, n_values, &f);
    pa_forecasts_free(&f);
    return st;
}

static pa_status read_files(pa_comm *comm, settings *s, pa_series_file *file, pa_holidays *holidays,
                            pa_error *err)
{
    PA_TRY(pa_series_file_read(comm, s->path, &s->columns, &s->io, file, err));
    if (!s->holidays) return PA_OK;
    bool dates = file->step.kind != PA_STEP_NUMBERS;
    pa_status st = pa_holiday_file_read(comm, s->holidays, dates, &s->io, holidays, err);
    s->o.prophet.holidays = holidays;
    if (st != PA_OK) pa_series_file_free(file);
    return st;
}

static pa_status read_and_forecast(pa_comm *comm, settings *s, pa_sink *sink, pa_error *err)
{
    pa_series_file file;
    pa_holidays holidays = {0};
    pa_log *log = NULL;
    bool root = pa_comm_rank(comm) == 0;
    PA_AGREE(comm, root ? pa_log_open(NULL, s->quiet, PROGRESS_SECONDS, &log, err) : PA_OK, err);
    pa_status st = read_files(comm, s, &file, &holidays, err);
    if (st == PA_OK) {
        st = forecast_and_write(comm, s, &file, sink, log, err);
        pa_series_file_free(&file);
    }
    pa_holidays_free(&holidays);
    pa_log_close(log);
    return st;
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    settings s = {0};
    pa_sink *sink;
    PA_AGREE(comm, read_settings(a, &s, err), err);
    const char *const inputs[] = {s.path, s.holidays};
    PA_TRY(pa_scores_open(comm, s.out, s.replace, s.holidays ? 2 : 1, inputs, &sink, err));
    pa_status st = read_and_forecast(comm, &s, sink, err);
    pa_sink_free(sink);
    return st;
}

const pa_command pa_command_forecast = {
    .name = "forecast",
    .summary = "the values that series of a long CSV file are to have next",
    .usage = "paraudit forecast FILE.csv --horizon H [--season M] [--model "
             "arima|theta|ets|ces|lstm|auto|sparse|prophet] "
             "[--levels 80,95] --out OUT.csv",
    .about =
        "FILE.csv, plain, .gz or .zst, has a row for each value: unique_id,ds,y, in any order, as\n"
        "Nixtla's tools have it. ds is a whole number or a date, with a time of day or not. All\n"
        "series have the same step between their times, the least one of the file (months where\n"
        "all times are whole months apart); a time that comes twice or after a gap is an error "
        "(gaps and\n"
        "values that are empty, NaN or NA: prophet takes them).\n"
        "\n"
        "OUT.csv has unique_id,ds,mean,lo80,hi80,lo95,hi95,model, series in the order of the "
        "bytes\n"
        "of their ids, the same bytes for any number of ranks. auto has `disagreement` behind "
        "them:\n"
        "how far its members are from the mean that they make up, on average by weight, in units "
        "of\n"
        "what a series changes in a season (empty where one alone speaks).\n"
        "\n"
        "  arima  orders up to (3,2,2) step by step by AICc, with a drift or not\n"
        "  theta  the dynamic optimised theta model\n"
        "  ets    exponential smoothing, simple or with a damped trend, of the series or of its\n"
        "         logarithms, by AICc\n"
        "  ces    complex exponential smoothing\n"
        "  lstm   one recurrent network, trained on up to 1,024 of the file's own series: counts\n"
        "         where all values are, else changes from one to the next\n"
        "  auto   the middle of these and the last value, weighted by how they did on the last\n"
        "         values of the series when fitted on those before; one of them alone where it is\n"
        "         clearly better, lstm only where the others do worse without it. Intervals\n"
        "         reach as far as errors did there, in units of what a series changes in a season\n"
        "  sparse counts, however few: a Poisson-gamma filter that is set by all series, of which "
        "a\n"
        "         short one says what all do; intervals are those of its distribution\n"
        "  prophet  Prophet's, as it is where nothing is set: up to 25 changes of a linear trend,\n"
        "         a year's, week's and day's season where times are long and close enough,\n"
        "         holidays, at the most probable of all. Numbers of ds are days; seasons are the\n"
        "         calendar's, whatever --season says. Intervals: of errors and further changes of\n"
        "         trend, by their variance, where Prophet simulates\n"
        "\n"
        "A season of M values is estimated and taken out before, as far as it is not chance. Of\n"
        "a series too short for its model the last value is the forecast: model `last`.",
    .flags = flags,
    .min_words = 1,
    .max_words = 1,
    .needs_ranks = true,
    .run = run,
};
