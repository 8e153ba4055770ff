/* How this process was started, and on what: the checks before any work.
 * Local, and without MPI, so that they can be tested on given values. */
#ifndef PARAUDIT_COMM_LAUNCH_H
#define PARAUDIT_COMM_LAUNCH_H

#include <stdbool.h>

#include "paraudit/base/status.h"

/* Values of the launchers' environment variables; NULL where not set. */
typedef struct {
    const char *slurm_step_id;
    const char *slurm_procid;
    const char *slurm_step_num_tasks;
    const char *slurm_ntasks;
    const char *pmi_size;
    const char *pmix_rank;
    const char *ompi_comm_world_size; /* set by mpirun */
    const char *ompi_mca_pmix;        /* how Open MPI is to find its ranks, set by the user */
} pa_launch;

/* As they are now; the strings belong to the environment. Must be called
 * before MPI starts, which sets some of them itself. */
pa_launch pa_launch_environment(void);

/* Before MPI starts: PA_E_USAGE where srun started several tasks without the PMIx by which alone
 * Open MPI finds its ranks: MPI_Init would end each of them with a page of its own, or have each be
 * a job of one rank. Who sets OMPI_MCA_pmix knows of another way. */
pa_status pa_launch_check_step(const pa_launch *launch, pa_error *err);

/* Of the tasks of a step that MPI does not join, the one that says so. */
bool pa_launch_speaks(const pa_launch *launch);

/* PA_E_USAGE where MPI found one rank (world_size) although the launcher
 * started more tasks: N copies of the job would overwrite one another. */
pa_status pa_launch_check(const pa_launch *launch, int world_size, pa_error *err);

/* There are no others: no launcher is to be seen, or a step of srun with one task and without PMIx
 * (`srun paraudit check`, or a shell by `srun --pty`). */
bool pa_launch_is_alone(const pa_launch *launch);

/* For a process that is alone, before MPI starts: of MPI only what one rank needs is opened, which
 * halves the time of starting, and no step of Slurm is seen. What the user has set himself stays.
 */
void pa_launch_start_alone(void);

enum { PA_CPU_TEXT = 200 };

/* The maker of the processor and those of its features on which libraries
 * choose their kernels, as words; "unknown" on other than x86-64. */
void pa_cpu_text(char text[PA_CPU_TEXT]);

#endif
