/* Fits models to series in memory and says how long that took: see run.sh.
 *
 *     bench_forecast FILE.csv SEASON HORIZON MODEL RUNS
 *
 * FILE.csv: unique_id,ds,y, the values of a series together and in their order. Prints series per
 * second of processor time, of the median run. MODEL: as `paraudit forecast` has them, without
 * what `auto` learns from earlier times and without its network, sparse with parameters that are
 * given (as peers of its kind have them); or armaPQ: ARMA(P, Q) with a mean alone, of which 0 RUNS
 * print the sum of squares of each series instead; or coefficients: of Prophet's model instead, of
 * each series its id, how many have a normal prior, the scale, sigma, and all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"
#include "paraudit/forecast/arma.h"
#include "paraudit/forecast/count_filter.h"
#include "paraudit/forecast/models.h"

enum { LINE = 256, ID = 64, MOST_RUNS = 99 };

typedef struct {
    size_t n_series, n_values;
    size_t *first;
    char (*id)[ID];
    double *value, *day;
} series;

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *grow(void *block, size_t n, size_t size)
{
    void *grown = realloc(block, n * size);
    if (!grown) exit(71);
    return grown;
}

/* A number, or a date. */
static double day_of(const char *ds)
{
    int64_t v;
    if (pa_parse_i64(ds, strlen(ds), &v)) return (double)v;
    if (!pa_parse_date_time(ds, strlen(ds), PA_DATE_YMD, &v)) exit(65);
    return (double)v / PA_DAY_SECONDS;
}

static void add_line(char *line, char before[LINE], series *s)
{
    char *id = strtok(line, ","), *ds = strtok(NULL, ","), *value = strtok(NULL, ",\n");
    if (!value) exit(65);
    if (strcmp(id, before) != 0) {
        s->first = grow(s->first, s->n_series + 2, sizeof *s->first);
        s->id = grow(s->id, s->n_series + 1, sizeof *s->id);
        snprintf(s->id[s->n_series], ID, "%.*s", ID - 1, id);
        s->first[s->n_series++] = s->n_values;
        snprintf(before, LINE, "%s", id);
    }
    if ((s->n_values & (s->n_values - 1)) == 0) {
        s->value = grow(s->value, 2 * s->n_values + 1, sizeof *s->value);
        s->day = grow(s->day, 2 * s->n_values + 1, sizeof *s->day);
    }
    s->day[s->n_values] = day_of(ds);
    s->value[s->n_values++] = strtod(value, NULL);
    s->first[s->n_series] = s->n_values;
}

static series read_series(const char *path)
{
    series s = {0};
    char line[LINE], before[LINE] = "";
    FILE *f = fopen(path, "r");
    if (!f || !fgets(line, sizeof line, f)) exit(66);
    while (fgets(line, sizeof line, f)) add_line(line, before, &s);
    fclose(f);
    return s;
}

static pa_member_series batch_of(const series *s, size_t from)
{
    pa_member_series b = {0};
    for (; b.n_series < PA_FORECAST_LANES && from < s->n_series; from++, b.n_series++) {
        b.y[b.n_series] = s->value + s->first[from];
        b.n[b.n_series] = (int32_t)(s->first[from + 1] - s->first[from]);
    }
    return b;
}

static size_t longest(const series *s)
{
    size_t most = 0;
    for (size_t i = 0; i < s->n_series; i++)
        if (s->first[i + 1] - s->first[i] > most) most = s->first[i + 1] - s->first[i];
    return most;
}

/* Days of the series of a batch, and those ahead, as far apart as the last two. */
static void put_days(const series *s, size_t from, size_t room, double *day, pa_member_series *b)
{
    for (size_t k = 0; k < b->n_series; k++, day += room) {
        size_t n = (size_t)b->n[k];
        memcpy(day, s->day + s->first[from + k], n * sizeof *day);
        for (size_t t = n; t < n + b->horizon; t++)
            day[t] = n > 1 ? 2 * day[t - 1] - day[t - 2] : day[t - 1] + 1;
        b->day[k] = day;
    }
}

static void fit_members(const series *s, uint32_t members, int32_t season, size_t horizon)
{
    pa_member_forecasts f = {0};
    size_t room = longest(s) + horizon;
    double *day = grow(NULL, room * PA_FORECAST_LANES, sizeof *day);
    for (size_t i = 0; i < s->n_series; i += PA_FORECAST_LANES) {
        pa_member_series b = batch_of(s, i);
        b.season = season;
        b.horizon = horizon;
        put_days(s, i, room, day, &b);
        if (pa_members_fit(&b, members, &f, NULL) != PA_OK) exit(71);
    }
    pa_members_free(&f);
    free(day);
}

static void print_coefficients(const series *s)
{
    const pa_prophet_options o = {0};
    pa_prophet p = {0};
    for (size_t i = 0; i < s->n_series; i++) {
        const pa_prophet_calendar c = {s->first[i + 1] - s->first[i], 0, s->day + s->first[i]};
        if (pa_prophet_make(&c, &o, &p, NULL) != PA_OK) exit(71);
        pa_prophet_fitted f = {.at = p.at};
        pa_prophet_fit(&p, s->value + s->first[i], &f);
        printf("%s %zu %.17g %.17g", s->id[i], p.n_smooth, f.scale, f.sigma);
        for (size_t k = 0; k < p.n_columns; k++) printf(" %.17g", f.at[k]);
        printf("\n");
    }
    pa_prophet_free(&p);
}

/* name: arma and two digits. */
static void fit_arma(const series *s, const char *name, bool print)
{
    static pa_arma_fitted fitted;
    size_t most = longest(s);
    double *y = aligned_alloc(PA_FORECAST_ALIGN, most * PA_FORECAST_LANES * sizeof *y);
    if (!y) exit(71);
    for (size_t i = 0; i < s->n_series; i += PA_FORECAST_LANES) {
        pa_member_series b = batch_of(s, i);
        pa_forecast_batch lanes = {.y = y};
        pa_forecast_batch_lengths(b.n_series, b.n, &lanes);
        memset(y, 0, most * PA_FORECAST_LANES * sizeof *y);
        for (size_t k = 0; k < b.n_series; k++)
            for (int32_t t = 0; t < b.n[k]; t++) y[(size_t)t * PA_FORECAST_LANES + k] = b.y[k][t];
        fitted =
            (pa_arma_fitted){.p = name[4] - '0', .q = name[5] - '0', .mean = true, .cycles = true};
        pa_arma_fit(&lanes, &fitted);
        for (size_t k = 0; print && k < b.n_series; k++) printf("%.17g\n", fitted.squares[k]);
    }
    free(y);
}

static uint16_t *counts_of(const series *s)
{
    uint16_t *count = malloc((s->n_values + 1) * sizeof *count);
    if (!count) exit(71);
    for (size_t i = 0; i < s->n_values; i++) count[i] = (uint16_t)s->value[i];
    return count;
}

/* The sum of what is expected: so that it is computed. */
static double filter_counts(const series *s, const uint16_t count[], int32_t season, size_t horizon)
{
    /* As they are found on the Handbook's accounts. */
    static const pa_count_prior prior = {1.92, 2, 1, 1};
    static double factor[LINE];
    _Alignas(PA_FORECAST_ALIGN) static double work[LINE * PA_FORECAST_LANES];
    size_t most = longest(s);
    double sum = 0;
    for (int k = 0; k < season; k++) factor[k] = 1;
    double *y = aligned_alloc(PA_FORECAST_ALIGN, most * PA_FORECAST_LANES * sizeof *y);
    if (!y) exit(71);
    memset(y, 0, most * PA_FORECAST_LANES * sizeof *y);
    for (size_t i = 0; i < s->n_series; i += PA_FORECAST_LANES) {
        pa_member_series b = batch_of(s, i);
        pa_forecast_batch lanes = {.y = y};
        pa_count_state state[PA_FORECAST_LANES];
        const int32_t phase[PA_FORECAST_LANES] = {0};
        pa_forecast_batch_lengths(b.n_series, b.n, &lanes);
        const uint16_t *from[PA_FORECAST_LANES] = {NULL};
        for (size_t k = 0; k < PA_FORECAST_LANES; k++)
            from[k] = count + s->first[k < b.n_series ? i + k : i];
        for (int32_t t = 0; t < lanes.n_least; t++)
            for (size_t k = 0; k < PA_FORECAST_LANES; k++)
                y[(size_t)t * PA_FORECAST_LANES + k] = from[k][t];
        for (int32_t t = lanes.n_least; t < lanes.n_most; t++)
            for (size_t k = 0; k < b.n_series; k++)
                y[(size_t)t * PA_FORECAST_LANES + k] = t < lanes.n[k] ? from[k][t] : 0;
        pa_count_filter(&prior, &lanes, season, factor, phase, work, state);
        for (size_t k = 0; k < b.n_series; k++) {
            for (size_t h = 0; h < horizon; h++) {
                sum += state[k].rows / state[k].days;
                pa_count_blur(&prior, state + k);
            }
        }
    }
    free(y);
    return sum;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool is_arma(const char *name)
{
    return strncmp(name, "arma", 4) == 0 && strlen(name) == 6 && name[4] >= '0' &&
           name[4] <= '0' + PA_ARMA_AR && name[5] >= '0' && name[5] <= '0' + PA_ARMA_MA;
}

static void time_fits(const series *s, char **argv, const pa_model *model, int runs)
{
    double seconds[MOST_RUNS], sum = 0;
    int season = atoi(argv[2]);
    size_t horizon = (size_t)atoi(argv[3]);
    uint16_t *count = counts_of(s);
    if (season < 1 || season >= LINE) exit(64);
    for (int r = 0; r < runs; r++) {
        double begin = cpu_seconds();
        if (model && model->members)
            fit_members(s, model->members, season, horizon);
        else if (model)
            sum += filter_counts(s, count, season, horizon);
        else
            fit_arma(s, argv[4], false);
        seconds[r] = cpu_seconds() - begin;
    }
    qsort(seconds, (size_t)runs, sizeof *seconds, compare);
    printf("%s %zu series %.0f series/s\n", argv[4], s->n_series,
           (double)s->n_series / seconds[runs / 2]);
    if (sum < 0) exit(70);
    free(count);
}

int main(int argc, char **argv)
{
    if (argc != 6) return 64;
    series s = read_series(argv[1]);
    const pa_model *model = pa_model_of(argv[4]);
    int runs = atoi(argv[5]);
    bool arma = is_arma(argv[4]);
    if (runs > MOST_RUNS || runs < (arma ? 0 : 1)) return 64;
    if (strcmp(argv[4], "coefficients") == 0)
        print_coefficients(&s);
    else if (arma && runs == 0)
        fit_arma(&s, argv[4], true);
    else if (model || arma)
        time_fits(&s, argv, model, runs);
    else
        return 64;
    free(s.first);
    free(s.id);
    free(s.day);
    free(s.value);
    return 0;
}
