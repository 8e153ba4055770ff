/* Fail together: the ranks learn whether any of them failed, and why. */
#include <string.h>

#include "comm_mpi.h"
#include "paraudit/base/stop.h"

/* Keeps the candidates that hold the smallest value: a rank that is out of
 * the race offers the largest number. */
static bool still_smallest(pa_comm *comm, bool candidate, int64_t value)
{
    int64_t least = candidate ? value : INT64_MAX;
    pa_min_i64(comm, &least, 1);
    return candidate && value == least;
}

/* The rank whose error all will report. Errors without a place come after
 * those with one; the rank decides what is left. */
static int elect(pa_comm *comm, bool failed, const pa_error *err)
{
    int64_t file = err->file > 0 ? err->file : INT64_MAX - 1;
    int64_t line = err->file > 0 ? err->line : 0;
    bool in = still_smallest(comm, failed, file);
    in = still_smallest(comm, in, line);
    int64_t winner = in ? comm->rank : INT64_MAX;
    pa_min_i64(comm, &winner, 1);
    return (int)winner;
}

pa_word pa_word_of(pa_status st)
{
    return (pa_word){st != PA_OK, pa_stop_allowed() ? pa_stop_signal() : 0};
}

void pa_word_add(pa_word *all, pa_word one)
{
    if (one.failed > all->failed) all->failed = one.failed;
    if (one.signal > all->signal) all->signal = one.signal;
}

pa_status pa_word_settle(pa_comm *comm, pa_word all, pa_status st, pa_error *err)
{
    pa_stop_learn((int)all.signal);
    if (!all.failed) return all.signal ? pa_stop_poll(err) : PA_OK;

    pa_error mine = {0};
    if (st != PA_OK && err) mine = *err;
    if (st != PA_OK) pa_fail(&mine, st, "failed with status %d and no message", (int)st);
    mine.status = st;
    pa_broadcast(comm, &mine, sizeof mine, elect(comm, st != PA_OK, &mine));
    if (err) *err = mine;
    return mine.status;
}

pa_status pa_agree(pa_comm *comm, pa_status st, pa_error *err)
{
    pa_word word = pa_word_of(st);
    int64_t found[2] = {word.failed, word.signal};
    pa_max_i64(comm, found, 2);
    return pa_word_settle(comm, (pa_word){found[0], found[1]}, st, err);
}

pa_status pa_all_alike(pa_comm *comm, const char *what, const char *text, pa_error *err)
{
    char first[PA_ALIKE_TEXT] = {0}, other[PA_ALIKE_TEXT] = {0};
    strncpy(other, text, sizeof other - 1);
    memcpy(first, other, sizeof first);
    pa_broadcast(comm, first, sizeof first, 0);

    int64_t unlike = memcmp(first, other, sizeof first) ? comm->rank : INT64_MAX;
    pa_min_i64(comm, &unlike, 1);
    if (unlike == INT64_MAX) return PA_OK;
    pa_broadcast(comm, other, sizeof other, (int)unlike);
    return pa_fail(err, PA_E_USAGE,
                   "rank 0 and rank %d differ in their %s (%s; %s): the last bits of the result "
                   "would depend on it. Run on nodes of one kind (sbatch --constraint=...)",
                   (int)unlike, what, first, other);
}
