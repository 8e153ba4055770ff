#include "paraudit/comm/launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined __x86_64__
#include <cpuid.h>
#endif

pa_launch pa_launch_environment(void)
{
    return (pa_launch){
        .slurm_step_id = getenv("SLURM_STEP_ID"),
        .slurm_procid = getenv("SLURM_PROCID"),
        .slurm_step_num_tasks = getenv("SLURM_STEP_NUM_TASKS"),
        .slurm_ntasks = getenv("SLURM_NTASKS"),
        .pmi_size = getenv("PMI_SIZE"),
        .pmix_rank = getenv("PMIX_RANK"),
        .ompi_comm_world_size = getenv("OMPI_COMM_WORLD_SIZE"),
        .ompi_mca_pmix = getenv("OMPI_MCA_pmix"),
    };
}

static long tasks_in(const char *text)
{
    return text ? strtol(text, NULL, 10) : 0;
}

/* Tasks that the nearest launcher started; 0 where there is none. mpirun
 * inside a Slurm job also sees Slurm's variables, which then speak of its
 * daemons. A batch script has no step id, so one rank there is fine. */
static long tasks_started(const pa_launch *launch, const char **launcher)
{
    *launcher = "mpirun";
    if (launch->ompi_comm_world_size) return tasks_in(launch->ompi_comm_world_size);
    *launcher = "srun";
    if (launch->slurm_step_id && launch->slurm_procid) {
        const char *in_step = launch->slurm_step_num_tasks;
        return tasks_in(in_step ? in_step : launch->slurm_ntasks);
    }
    *launcher = "the launcher";
    return tasks_in(launch->pmi_size);
}

pa_status pa_launch_check_step(const pa_launch *launch, pa_error *err)
{
    const char *launcher;
    long tasks = tasks_started(launch, &launcher);
    bool in_step = launch->slurm_step_id && launch->slurm_procid;
    if (!in_step || launch->ompi_comm_world_size || tasks <= 1) return PA_OK;
    if (launch->pmix_rank || launch->ompi_mca_pmix) return PA_OK;
    return pa_fail(
        err, PA_E_USAGE,
        "srun started %ld tasks without PMIx, by which Open MPI's ranks find each other: "
        "use `srun --mpi=pmix`, or mpirun",
        tasks);
}

bool pa_launch_speaks(const pa_launch *launch)
{
    return !launch->slurm_procid || tasks_in(launch->slurm_procid) == 0;
}

pa_status pa_launch_check(const pa_launch *launch, int world_size, pa_error *err)
{
    const char *launcher;
    long tasks = tasks_started(launch, &launcher);
    if (world_size > 1 || tasks <= 1) return PA_OK;
    return pa_fail(err, PA_E_USAGE,
                   "%s started %ld tasks, but MPI sees one: they would run as %ld separate jobs. "
                   "Under Slurm use `srun --mpi=pmix`, else the mpirun of the MPI that paraudit "
                   "was built with",
                   launcher, tasks, tasks);
}

/* ---- alone ---- */

bool pa_launch_is_alone(const pa_launch *launch)
{
    if (launch->pmix_rank || launch->ompi_mca_pmix || launch->ompi_comm_world_size) return false;
    if (launch->slurm_step_id && launch->slurm_procid)
        return tasks_in(launch->slurm_step_num_tasks) == 1;
    return !launch->pmi_size;
}

void pa_launch_start_alone(void)
{
    static const struct {
        const char *name, *value;
    } variable[] = {
        {"OMPI_MCA_ess_singleton_isolated", "1"}, /* no daemon, which would start others */
        {"OMPI_MCA_pml", "ob1"},                  /* no look at networks */
        {"OMPI_MCA_btl", "self"},
        {"OMPI_MCA_osc", "^ucx"},
        {"HWLOC_COMPONENTS", "-linuxio"},   /* nor at devices, ... */
        {"HWLOC_PLUGINS_PATH", "/dev/null"} /* ... of which there are X11's and OpenCL's */
    };
    for (size_t i = 0; i < sizeof variable / sizeof *variable; i++)
        setenv(variable[i].name, variable[i].value, 0);
    /* In a step of srun Open MPI asks for PMIx, even where one task has nobody to find by it. */
    unsetenv("SLURM_STEP_ID");
}

/* ---- the processor ---- */

#if defined __x86_64__

static void add_word(char text[PA_CPU_TEXT], const char *word)
{
    size_t used = strlen(text);
    snprintf(text + used, PA_CPU_TEXT - used, "%s%s", used ? " " : "", word);
}

/* The compiler's check wants literals, and asks the operating system too. */
#define ADD_IF(text, feature)                                                                      \
    do {                                                                                           \
        if (__builtin_cpu_supports(feature)) add_word((text), (feature));                          \
    } while (0)

void pa_cpu_text(char text[PA_CPU_TEXT])
{
    unsigned highest = 0, maker[3] = {0};
    __get_cpuid(0, &highest, &maker[0], &maker[2], &maker[1]);
    memset(text, 0, PA_CPU_TEXT);
    memcpy(text, maker, sizeof maker);
    ADD_IF(text, "sse4.2");
    ADD_IF(text, "avx");
    ADD_IF(text, "fma");
    ADD_IF(text, "fma4");
    ADD_IF(text, "avx2");
    ADD_IF(text, "bmi2");
    ADD_IF(text, "avx512f");
    ADD_IF(text, "avx512cd");
    ADD_IF(text, "avx512bw");
    ADD_IF(text, "avx512dq");
    ADD_IF(text, "avx512vl");
    ADD_IF(text, "avx512vbmi");
    ADD_IF(text, "avx512vnni");
    ADD_IF(text, "avx512bf16");
}

#else

void pa_cpu_text(char text[PA_CPU_TEXT])
{
    memset(text, 0, PA_CPU_TEXT);
    memcpy(text, "unknown", sizeof "unknown");
}

#endif
