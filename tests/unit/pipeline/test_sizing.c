#include "paraudit/pipeline/sizing.h"

#include <math.h>
#include <string.h>

#include "unit.h"

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(fmax(fabs(a), fabs(b)), 1e-300);
}

/* ---- growth ---- */

static void test_a_line_is_found_again(void)
{
    pa_growth g = pa_growth_through(1000, 3 + 0.002 * 1000, 4000, 3 + 0.002 * 4000);
    CU_ASSERT_TRUE(near(pa_growth_at(&g, 1e6), 3 + 0.002 * 1e6));
    CU_ASSERT_TRUE(near(pa_growth_at(&g, 4000), 3 + 0.002 * 4000));
}

/* A row costs more the more there are, and as much more again: n log n is found again. */
static void test_what_grows_faster_grows_as_a_sort(void)
{
    double n1 = 1 << 10, n2 = 1 << 20;
    pa_growth g = pa_growth_through(n1, 10 * n1, n2, 20 * n2);
    CU_ASSERT_TRUE(near(pa_growth_at(&g, n2), 20 * n2));
    CU_ASSERT_TRUE(near(pa_growth_at(&g, n2 * n2), 40 * n2 * n2));
}

/* More than a fifth a doubling is chance, and a rank's rows cost what rows cost among all. */
static void test_growth_has_a_bound_and_hangs_on_all_rows(void)
{
    pa_growth g = pa_growth_through(1000, 1000, 4000, 40000);
    CU_ASSERT_TRUE(near(pa_growth_at(&g, 4000), 40000));
    CU_ASSERT_TRUE(near(pa_growth_at(&g, 8000), 10 * 1.2 * 8000));
    CU_ASSERT_TRUE(near(pa_growth_among(&g, 100, 8000), 10 * 1.2 * 100));
    CU_ASSERT_TRUE(pa_growth_at(&g, 1) >= 0);
}

static void test_noise_makes_no_negative_cost(void)
{
    static const double v[][2] = {{5, 4}, {5, 5}, {0, 0}, {-1, -2}, {-3, 7}, {7, -3}};
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        pa_growth g = pa_growth_through(100, v[i][0], 400, v[i][1]);
        CU_ASSERT_TRUE(g.fixed >= 0 && g.each >= 0);
        for (double n = 1; n < 1e12; n *= 10) CU_ASSERT_TRUE(pa_growth_at(&g, n) >= 0);
    }
}

/* A book that is too small for two samples has one. */
static void test_one_sample_grows_by_the_row(void)
{
    pa_growth g = pa_growth_through(0, 0, 500, 50);
    CU_ASSERT_TRUE(near(pa_growth_at(&g, 5000), 500));
    g = pa_growth_through(500, 49, 500, 50);
    CU_ASSERT_TRUE(near(pa_growth_at(&g, 5000), 500));
}

/* ---- a job ---- */

enum { STAGES = 3 };

/* Two small jobs whose stages cost and hold what these say. */
static const double fixed_seconds[STAGES] = {0, 2, 0.5}, row_seconds[STAGES] = {1e-6, 3e-6, 2e-6},
                    fixed_top[STAGES] = {1e6, 0, 5e6}, row_top[STAGES] = {90, 200, 10},
                    row_bytes[STAGES] = {80, 300, 600}, held[STAGES] = {1e5, 4e6, 6e6};

static pa_measured small_job(double rows)
{
    pa_measured m = {.rows = rows, .other = 3e6 + 20 * rows, .n = STAGES};
    for (int i = 0; i < STAGES; i++) {
        pa_measured_stage *s = m.stage + i;
        s->name[0] = (char)('a' + i);
        s->seconds = fixed_seconds[i] + row_seconds[i] * rows;
        s->top = fixed_top[i] + row_top[i] * rows;
        s->row_bytes = row_bytes[i];
        s->held = held[i];
    }
    return m;
}

static pa_sizing example(double rows, double largest_account)
{
    pa_measured smaller = small_job(25000), larger = small_job(100000);
    pa_sizing s = {.rows = rows,
                   .largest_account = largest_account,
                   .process = 2e7,
                   .exchange = 1e7,
                   .disk_speed = 2e8};
    pa_sizing_fit(&smaller, &larger, &s);
    return s;
}

/* The same sum by sum, stage by stage, from the figures above. */
static void expect_by_hand(double rows, double largest, int64_t ranks)
{
    pa_sizing s = example(rows, largest);
    pa_job_need need;
    pa_sizing_at(&s, ranks, &need);
    double mean = (rows + rows * largest) / (double)ranks;
    double n = ranks == 1 ? rows : fmin(rows, fmax(rows * largest, mean));
    double seconds = 0, memory = 0;
    for (int i = 0; i < STAGES; i++) {
        double at = fixed_seconds[i] + row_seconds[i] * n;
        double bytes = 2e7 + (ranks == 1 ? 0 : 1e7) + row_bytes[i] * n + fixed_top[i] +
                       row_top[i] * n + held[i] * sqrt(rows / 100000);
        if (i == STAGES - 1 && ranks > 1) /* what rank 0 gathers */
            bytes += 4 * fmin(4 << 20, 600 * rows + 3e6 + 20 * rows);
        CU_ASSERT_TRUE(near(need.stage[i].seconds, at));
        CU_ASSERT_TRUE(near(need.stage[i].memory, bytes));
        seconds += at;
        if (bytes > memory) memory = bytes;
    }
    double result = 600 * rows + 3e6 + 20 * rows;
    CU_ASSERT_TRUE(near(need.rows, n));
    CU_ASSERT_TRUE(near(need.result, result));
    CU_ASSERT_TRUE(near(need.disk, result / 2e8));
    CU_ASSERT_TRUE(near(need.seconds, seconds + result / 2e8));
    CU_ASSERT_TRUE(near(need.memory, memory));
    CU_ASSERT_TRUE(near(need.stage[need.worst].memory, memory));
}

static void test_a_job_is_the_sum_of_its_stages(void)
{
    static const double rows[] = {1000, 1e6, 1e7, 1e10}, largest[] = {0, 1e-4, 0.04, 1};
    static const int64_t ranks[] = {1, 2, 16, 1024};
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++)
            for (int r = 0; r < 4; r++) expect_by_hand(rows[i], largest[k], ranks[r]);
}

static void test_no_result_takes_no_disk(void)
{
    pa_sizing s = example(1e6, 0);
    pa_job_need with, without;
    pa_sizing_at(&s, 4, &with);
    s.unwritten = true;
    pa_sizing_at(&s, 4, &without);
    CU_ASSERT_EQUAL(without.result, 0);
    CU_ASSERT_EQUAL(without.disk, 0);
    CU_ASSERT_TRUE(near(without.seconds, with.seconds - with.disk));
    CU_ASSERT_EQUAL(without.checkpoint, with.checkpoint);
    CU_ASSERT_EQUAL(without.checkpoint_seconds, with.checkpoint_seconds);
}

static void test_an_account_bounds_the_ranks(void)
{
    pa_sizing s = example(1e6, 0.04);
    pa_job_need at, beyond;
    CU_ASSERT_EQUAL(pa_sizing_most_ranks(&s), 25);
    pa_sizing_at(&s, 25, &at);
    CU_ASSERT_TRUE(near(at.rows, 1.04 / 25 * 1e6)); /* as if the account were there twice */
    pa_sizing_at(&s, INT64_C(1000000000000), &beyond);
    CU_ASSERT_TRUE(near(beyond.rows, 0.04 * 1e6));
    CU_ASSERT_TRUE(beyond.seconds < at.seconds);
    pa_sizing_at(&s, 24, &beyond);
    CU_ASSERT_TRUE(beyond.seconds > at.seconds);
    s.largest_account = 0;
    CU_ASSERT_EQUAL(pa_sizing_most_ranks(&s), INT64_MAX);
    s.largest_account = 1;
    CU_ASSERT_EQUAL(pa_sizing_most_ranks(&s), 1);
}

static void test_stages_are_found_by_name(void)
{
    pa_sizing s = example(1e6, 0);
    CU_ASSERT_TRUE(near(pa_sizing_seconds(&s, "b"), 2 + 3e-6 * 1e6));
    CU_ASSERT_EQUAL(pa_sizing_seconds(&s, "z"), 0);
}

/* ---- for the queue ---- */

/* What is asked for is never less than what is foreseen with its margin, and not much more. */
static void test_a_line_has_its_margins(void)
{
    for (double size = 1; size < 5e5; size *= 3) {
        pa_job_need need = {.seconds = size, .memory = 1e5 * size, .checkpoint_seconds = size / 9};
        pa_queue_line q = pa_queue_line_of(&need, 7, 0);
        double mib = 1.25 * need.memory / 1048576, signal = size / 9 + 60;
        double minutes = (2 * size + (double)q.signal) / 60;
        CU_ASSERT_EQUAL(q.ranks, 7);
        CU_ASSERT_EQUAL(q.per_node, 0);
        CU_ASSERT_TRUE((double)q.mib >= mib && (double)q.mib < mib + 64);
        CU_ASSERT_TRUE((double)q.signal >= signal && (double)q.signal < signal + 10);
        CU_ASSERT_TRUE((double)q.minutes >= minutes);
        CU_ASSERT_TRUE((double)q.minutes < minutes + 1 || q.minutes == 2);
        CU_ASSERT_TRUE(60 * q.minutes > q.signal);
    }
}

/* sbatch refuses seconds beyond 16 bits. */
static void test_a_signal_is_one_that_slurm_takes(void)
{
    pa_job_need need = {.seconds = 1e6, .memory = 1e9, .checkpoint_seconds = 1e5};
    pa_queue_line q = pa_queue_line_of(&need, 7, 0);
    CU_ASSERT_TRUE(q.signal > 65000 && q.signal < 65536);
    CU_ASSERT_TRUE(60 * q.minutes >= 2000000 + q.signal);
}

static void test_ranks_fit_on_a_node_or_none_does(void)
{
    pa_job_need need = {.memory = 1000.0 * 1048576 / 1.25};
    int64_t mib = pa_queue_line_of(&need, 8, 0).mib; /* 1024 */
    CU_ASSERT_EQUAL(mib, 1024);
    CU_ASSERT_EQUAL(pa_queue_line_of(&need, 8, 3.99 * 1024 * 1048576).per_node, 3);
    CU_ASSERT_EQUAL(pa_queue_line_of(&need, 8, 4.0 * 1024 * 1048576).per_node, 4);
    CU_ASSERT_EQUAL(pa_queue_line_of(&need, 8, 1e15).per_node, 8);
    CU_ASSERT_EQUAL(pa_queue_line_of(&need, 8, 1023.0 * 1048576).per_node, -1);
}

int main(void)
{
    static const pa_test tests[] = {
        {"a line is found again", test_a_line_is_found_again},
        {"what grows faster grows as a sort", test_what_grows_faster_grows_as_a_sort},
        {"growth has a bound and hangs on all rows", test_growth_has_a_bound_and_hangs_on_all_rows},
        {"noise makes no negative cost", test_noise_makes_no_negative_cost},
        {"one sample grows by the row", test_one_sample_grows_by_the_row},
        {"a job is the sum of its stages", test_a_job_is_the_sum_of_its_stages},
        {"no result takes no disk", test_no_result_takes_no_disk},
        {"an account bounds the ranks", test_an_account_bounds_the_ranks},
        {"stages are found by name", test_stages_are_found_by_name},
        {"a line has its margins", test_a_line_has_its_margins},
        {"a signal is one that Slurm takes", test_a_signal_is_one_that_slurm_takes},
        {"ranks fit on a node or none does", test_ranks_fit_on_a_node_or_none_does},
    };
    return pa_run_tests("sizing", tests, sizeof tests / sizeof *tests);
}
