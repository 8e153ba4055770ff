/* What a job will need, for the person who asks a queue for it. */
#include <inttypes.h>
#include <string.h>

#include "estimate_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/grid.h"
#include "paraudit/files/files.h"

void pa_estimate_bytes(double bytes, char text[32])
{
    pa_bytes_text(bytes < 9e18 ? (int64_t)bytes : INT64_MAX, text);
}

static pa_status add_seconds(pa_grid *g, double seconds, pa_error *err)
{
    char text[32];
    snprintf(text, sizeof text, "%.*f", seconds < 100 ? 1 : 0, seconds);
    return pa_grid_add(g, text, err);
}

static pa_status add_mib(pa_grid *g, double bytes, pa_error *err)
{
    char text[32];
    snprintf(text, sizeof text, "%.0f", bytes / 1048576);
    return pa_grid_add(g, text, err);
}

/* ---- the table ---- */

static pa_status add_head(const pa_estimate *e, pa_grid *g, pa_error *err)
{
    g->n_columns = 1 + 2 * e->n_ranks;
    g->right = ~UINT64_C(1);
    PA_TRY(pa_grid_add(g, "ranks", err));
    for (size_t i = 0; i < e->n_ranks; i++) {
        char text[32];
        snprintf(text, sizeof text, "%" PRId64, e->ranks[i]);
        PA_TRY(pa_grid_add(g, "", err));
        PA_TRY(pa_grid_add(g, text, err));
    }
    PA_TRY(pa_grid_add(g, "stage", err));
    for (size_t i = 0; i < e->n_ranks; i++) {
        PA_TRY(pa_grid_add(g, "seconds", err));
        PA_TRY(pa_grid_add(g, "MiB a rank", err));
    }
    return PA_OK;
}

static pa_status add_stage(const pa_estimate *e, size_t stage, pa_grid *g, pa_error *err)
{
    PA_TRY(pa_grid_add(g, e->sizing.stage[stage].name, err));
    for (size_t i = 0; i < e->n_ranks; i++) {
        PA_TRY(add_seconds(g, e->need[i].stage[stage].seconds, err));
        PA_TRY(add_mib(g, e->need[i].stage[stage].memory, err));
    }
    return PA_OK;
}

static pa_status add_disk(const pa_estimate *e, pa_grid *g, pa_error *err)
{
    PA_TRY(pa_grid_add(g, "disk", err));
    for (size_t i = 0; i < e->n_ranks; i++) {
        PA_TRY(add_seconds(g, e->need[i].disk, err));
        PA_TRY(pa_grid_add(g, "", err));
    }
    return PA_OK;
}

static pa_status add_sum(const pa_estimate *e, pa_grid *g, pa_error *err)
{
    PA_TRY(pa_grid_add(g, "all, at most", err));
    for (size_t i = 0; i < e->n_ranks; i++) {
        PA_TRY(add_seconds(g, e->need[i].seconds, err));
        PA_TRY(add_mib(g, e->need[i].memory, err));
    }
    return PA_OK;
}

static pa_status print_table(FILE *to, const pa_estimate *e, pa_error *err)
{
    pa_grid g = {0};
    pa_buffer text = {0};
    pa_status st = add_head(e, &g, err);
    for (size_t i = 0; i < e->sizing.n && st == PA_OK; i++) st = add_stage(e, i, &g, err);
    if (st == PA_OK && e->sizing.disk_speed > 0) st = add_disk(e, &g, err);
    if (st == PA_OK) st = add_sum(e, &g, err);
    if (st == PA_OK) st = pa_grid_print(&g, "", &text, err);
    if (st == PA_OK) fprintf(to, "%s\n", text.data);
    pa_buffer_free(&text);
    pa_grid_free(&g);
    return st;
}

/* ---- what bounds it ---- */

static void print_largest(FILE *to, const char *kind, const pa_sample_names *n)
{
    if (n->largest <= 0) return;
    fprintf(to, "  the largest %s, %s, has %.3g %% of the rows", kind, n->name, 100 * n->largest);
    fprintf(to, " (of about %.3g)\n", n->all);
}

static void print_bounds(FILE *to, const pa_estimate *e)
{
    int64_t most = pa_sizing_most_ranks(&e->sizing);
    print_largest(to, "account", &e->larger.sample.accounts);
    if (most < INT64_MAX)
        fprintf(to,
                "  one account is never split: beyond %" PRId64
                " rank%s that one bounds the job, and more ranks gain nothing\n",
                most, most == 1 ? "" : "s");
    print_largest(to, "merchant", &e->larger.sample.merchants);
}

static void print_disk(FILE *to, const pa_estimate *e)
{
    char result[32], most[32];
    pa_estimate_bytes(e->need[0].result, result);
    if (e->sizing.unwritten) {
        pa_estimate_bytes(e->need[0].checkpoint, most);
        fprintf(to, "  there will be no audit.h5 (io.writer); checkpoints will have up to %s\n",
                most);
        return;
    }
    pa_estimate_bytes(e->need[0].result + e->need[0].checkpoint, most);
    fprintf(to, "  audit.h5 will have %s; with checkpoints beside it up to %s\n", result, most);
}

/* ---- lines for sbatch ---- */

static void print_options(FILE *to, const pa_queue_line *q)
{
    fprintf(to,
            "--ntasks=%" PRId64 " --mem-per-cpu=%" PRId64 "M --time=%" PRId64 ":%02" PRId64
            ":00 --signal=B:USR1@%" PRId64,
            q->ranks, q->mib, q->minutes / 60, q->minutes % 60, q->signal);
    if (q->per_node > 0)
        fprintf(to, " --nodes=%" PRId64 " --ntasks-per-node=%" PRId64,
                (q->ranks + q->per_node - 1) / q->per_node, q->per_node);
}

pa_status pa_estimate_print_options(FILE *to, const pa_estimate *e, pa_error *err)
{
    const pa_queue_line q = pa_queue_line_of(e->need, e->ranks[0], e->node);
    if (q.per_node < 0)
        return pa_fail(err, PA_E_USAGE,
                       "--memory-per-node: one of %" PRId64 " rank%s needs %" PRId64
                       " MiB, more than a node has: more ranks need less",
                       q.ranks, q.ranks == 1 ? "" : "s", q.mib);
    print_options(to, &q);
    fprintf(to, "\n");
    fflush(to);
    return PA_OK;
}

static void print_line(FILE *to, const pa_queue_line *q)
{
    fprintf(to, "  ");
    print_options(to, q);
    fprintf(to, "%s\n", q->per_node < 0 ? "   # a rank needs more than a node has" : "");
}

static void print_lines(FILE *to, const pa_estimate *e)
{
    fprintf(to,
            "for sbatch, a line for each number of ranks (memory with a quarter more than "
            "foretold, time twice as much\nand the save; the signal comes %d s earlier than a "
            "save of all columns takes)\n",
            PA_SIGNAL_COARSE);
    for (size_t i = 0; i < e->n_ranks; i++) {
        const pa_queue_line q = pa_queue_line_of(e->need + i, e->ranks[i], e->node);
        print_line(to, &q);
    }
    fprintf(to, "\n");
}

/* ---- what it rests on ---- */

static void print_grounds(FILE *to, const pa_estimate *e)
{
    const pa_calibration *c = &e->larger;
    char speed[32];
    fprintf(to,
            "this rests on\n"
            "  %.0f rows%s; %" PRId64 " were read, and of these all of some accounts audited here: "
            "%.0f rows, and %.0f\n"
            "  bytes a row in columns, which are known, and what stages of these two jobs held "
            "beside them\n"
            "  seconds of a core as it is here, with a core for each rank; in them is no time in "
            "which ranks wait for\n"
            "  each other or the network\n",
            c->sample.rows, c->sample.whole ? "" : ", as their mean length lets expect",
            c->sample.n_read, e->smaller.measured.rows, c->measured.rows);
    if (e->sizing.disk_speed > 0) {
        pa_estimate_bytes(e->sizing.disk_speed, speed);
        fprintf(to, "  %s a second written to %s%s\n", speed, e->folder,
                e->out ? "" : ": with --out to where the result will be");
    }
    if (c->sample.beginnings)
        fprintf(to, "  the beginnings of packed files alone: times and accounts may differ behind "
                    "them\n");
    if (e->out)
        fprintf(to,
                "%s/estimate.json keeps it: an audit with --out %s compares it with what it "
                "takes\n",
                e->out, e->out);
}

pa_status pa_estimate_print(FILE *to, const pa_estimate *e, pa_error *err)
{
    fprintf(to, "%.0f rows, %.0f bytes each in all columns\n", e->sizing.rows,
            e->sizing.stage[e->sizing.n - 1].row_bytes);
    print_bounds(to, e);
    print_disk(to, e);
    fprintf(to, "\n");
    PA_TRY(print_table(to, e, err));
    print_lines(to, e);
    print_grounds(to, e);
    fflush(to);
    return PA_OK;
}
