#include "paraudit/comm/tasks.h"

#include <string.h>

#include "node_parts.h"
#include "task_queue.h"

/* One run as this rank sees it. */
typedef struct {
    const pa_tasks *tasks;
    pa_task_results *results;
    pa_task_queue queue;
    int64_t failed; /* the smallest key that failed here; INT64_MAX: none */
    pa_status how;
    pa_error why; /* without a message where the task left none */
} task_run;

static pa_status new_results(size_t n, pa_task_results *r, pa_error *err)
{
    *r = (pa_task_results){.n = n};
    PA_TRY(PA_NEW(r->place, n, err));
    for (size_t key = 0; key < n; key++) r->place[key].rank = -1;
    return PA_OK;
}

static bool stop_wanted(task_run *run)
{
    const pa_tasks *tasks = run->tasks;
    if (!tasks->stop || !tasks->stop(tasks->context)) return false;
    pa_task_queue_bar(&run->queue, 0);
    return true;
}

/* Whatever this rank does later has a smaller key. */
static void keep_failure(task_run *run, size_t key, pa_status st, const pa_error *why)
{
    pa_task_queue_bar(&run->queue, key);
    run->failed = (int64_t)key;
    run->how = st;
    run->why = *why;
}

static void do_task(task_run *run, size_t key)
{
    pa_buffer *kept = &run->results->kept;
    size_t at = kept->length;
    pa_error why = {0};
    pa_status st = run->tasks->work(run->tasks->context, key, kept, &why);
    if (st == PA_E_AGAIN && run->tasks->stop) {
        kept->length = at;
        pa_task_queue_bar(&run->queue, 0);
        return;
    }
    if (st != PA_OK) {
        keep_failure(run, key, st, &why);
        return;
    }
    run->results->place[key] =
        (pa_task_place){run->queue.comm->rank, (int64_t)at, (int64_t)(kept->length - at)};
}

/* The error of the smallest key, of those that any rank has. */
static pa_status agree_on_failure(pa_comm *comm, task_run *run, pa_error *err)
{
    int64_t first = run->failed;
    pa_min_i64(comm, &first, 1);
    if (first == INT64_MAX) return PA_OK;
    bool mine = run->failed == first;
    if (mine && err) *err = run->why;
    return pa_agree(comm, mine ? run->how : PA_OK, err);
}

/* Each task has its place from who did it; elsewhere all numbers are smaller. */
static void agree_on_places(pa_comm *comm, pa_task_results *r)
{
    pa_max_i64(comm, (int64_t *)r->place, r->n * (sizeof *r->place / sizeof(int64_t)));
    for (size_t key = 0; key < r->n; key++) r->n_done += r->place[key].rank >= 0;
}

pa_status pa_tasks_run(pa_comm *comm, const pa_tasks *tasks, pa_task_results *results,
                       pa_error *err)
{
    task_run run = {.tasks = tasks, .results = results, .failed = INT64_MAX};
    size_t key;
    pa_status st;
    PA_GOTO(pa_agree(comm, new_results(tasks->n, results, err), err));
    PA_GOTO(pa_task_queue_open(comm, tasks, &run.queue, err));
    while (!stop_wanted(&run) && pa_task_queue_take(&run.queue, &key)) do_task(&run, key);
    pa_task_queue_close(&run.queue);
    PA_GOTO(agree_on_failure(comm, &run, err));
    agree_on_places(comm, results);
out:
    if (st != PA_OK) pa_task_results_free(results);
    return st;
}

void pa_task_results_free(pa_task_results *r)
{
    pa_free(r->place);
    pa_buffer_free(&r->kept);
    *r = (pa_task_results){0};
}

/* Where each result goes; returns how many bytes there are. */
static size_t list_parts(const pa_task_results *r, pa_node_part part[])
{
    size_t at = 0, n = 0;
    for (size_t key = 0; key < r->n; key++) {
        const pa_task_place *p = r->place + key;
        if (p->rank < 0) continue;
        part[n++] = (pa_node_part){at, (size_t)p->bytes, p->rank};
        at += (size_t)p->bytes;
    }
    return at;
}

static void copy_own(const pa_comm *comm, const pa_task_results *r, char *all)
{
    for (size_t key = 0; key < r->n; key++) {
        const pa_task_place *p = r->place + key;
        if (p->rank == comm->rank && p->bytes > 0)
            memcpy(all, r->kept.data + p->at, (size_t)p->bytes);
        all += p->bytes;
    }
}

pa_status pa_task_results_share(pa_comm *comm, const pa_task_results *results, pa_node_array *all,
                                pa_error *err)
{
    pa_node_part *part = NULL;
    char *data;
    *all = (pa_node_array){0};
    pa_status st;
    PA_GOTO(pa_agree(comm, PA_NEW(part, results->n_done, err), err));
    size_t bytes = list_parts(results, part);
    PA_GOTO(pa_node_memory_new(comm, bytes, &data, err));
    copy_own(comm, results, data);
    pa_node_memory_share(comm, data, bytes, results->n_done, part, all);
out:
    pa_free(part);
    return st;
}
