/* Ranks that work apart hear of one another's signals by rounds: each rank says what it
 * knows and works on; when all have said it, the round is over, and where somebody had
 * a signal or nobody works any longer there is no further one. Between two rounds there is a
 * pause, which grows up to a second: long work has hardly more of them than short work. */
#include "comm_mpi.h"
#include "paraudit/base/stop.h"

enum { SIGNAL, WORKING };
static const double first_pause = 0.125, longest_pause = 1;

#ifdef PA_SIMULATED
enum { MAY_COME = false };
#else
enum { MAY_COME = true };
#endif

/* A round ends in other functions than the one that began it.
 * NOLINTBEGIN(clang-analyzer-optin.mpi.MPI-Checker) */

static void speak(pa_comm *comm, bool working)
{
    comm->said[SIGNAL] = pa_stop_signal();
    comm->said[WORKING] = working;
    MPI_Iallreduce(comm->said, comm->heard, 2, MPI_INT64_T, MPI_MAX, comm->mpi, &comm->turn);
    comm->use.calls++;
    comm->spoke = pa_clock();
    comm->owes = false;
}

/* Whether there is a further round, when one is over. */
static bool goes_on(const pa_comm *comm)
{
    pa_stop_learn((int)comm->heard[SIGNAL]);
    return comm->heard[SIGNAL] == 0 && comm->heard[WORKING] != 0;
}

static bool has_paused(pa_comm *comm)
{
    if (pa_clock() - comm->spoke < comm->pause) return false;
    comm->pause = comm->pause < longest_pause ? 2 * comm->pause : longest_pause;
    return true;
}

static void listen(void *context)
{
    pa_comm *comm = context;
    int is_over = 0;
    if (comm->turn != MPI_REQUEST_NULL) {
        MPI_Test(&comm->turn, &is_over, MPI_STATUS_IGNORE);
        comm->owes = is_over && goes_on(comm);
    }
    if (comm->owes && has_paused(comm)) speak(comm, true);
}

void pa_apart(pa_comm *comm)
{
    if (comm->size == 1 || !pa_stop_allowed() || !MAY_COME) return;
    comm->apart = true;
    comm->pause = first_pause;
    speak(comm, true);
    pa_stop_ask(listen, comm);
}

/* Rounds until all are here: those who are wait for those who work. */
static void hear_out(pa_comm *comm)
{
    pa_talk start = pa_talk_begin();
    pa_stop_ask(NULL, NULL);
    if (comm->owes) speak(comm, false);
    while (comm->turn != MPI_REQUEST_NULL) {
        MPI_Wait(&comm->turn, MPI_STATUS_IGNORE);
        if (goes_on(comm)) speak(comm, false);
    }
    comm->apart = false;
    pa_talk_end(comm, start);
}

pa_status pa_rejoin(pa_comm *comm, pa_status st, pa_error *err)
{
    if (comm->apart) hear_out(comm);
    return pa_agree(comm, st, err);
}

/* NOLINTEND(clang-analyzer-optin.mpi.MPI-Checker) */
