#include <stdlib.h>
#include <string.h>

#include "paraudit/comm/launch.h"
#include "unit.h"

static pa_status check(pa_launch launch, int world_size)
{
    pa_error err = {0};
    pa_status st = pa_launch_check(&launch, world_size, &err);
    if (st != PA_OK) CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "srun --mpi=pmix"));
    return st;
}

static void test_singletons_under_srun_are_refused(void)
{
    pa_launch step = {.slurm_step_id = "0", .slurm_procid = "1", .slurm_step_num_tasks = "4"};
    CU_ASSERT_EQUAL(check(step, 1), PA_E_USAGE);
    pa_launch old = {.slurm_step_id = "0", .slurm_procid = "1", .slurm_ntasks = "4"};
    CU_ASSERT_EQUAL(check(old, 1), PA_E_USAGE);
}

static void test_a_step_without_pmix_is_refused_before_mpi(void)
{
    pa_error err = {0};
    pa_launch step = {.slurm_step_id = "0", .slurm_procid = "1", .slurm_step_num_tasks = "4"};
    CU_ASSERT_EQUAL(pa_launch_check_step(&step, &err), PA_E_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "srun started 4 tasks"));
    CU_ASSERT_FALSE(pa_launch_speaks(&step));
    step.slurm_procid = "0";
    CU_ASSERT(pa_launch_speaks(&step));
    step.pmi_size = "4"; /* PMI-2 */
    CU_ASSERT_EQUAL(pa_launch_check_step(&step, &err), PA_E_USAGE);
    step.pmix_rank = "0";
    CU_ASSERT_EQUAL(pa_launch_check_step(&step, &err), PA_OK);
}

static void test_other_launches_are_left_to_mpi(void)
{
    const pa_launch fine[] = {
        {0},
        {.slurm_procid = "0", .slurm_ntasks = "8"}, /* a batch script */
        {.slurm_step_id = "0", .slurm_procid = "0", .slurm_step_num_tasks = "1"},
        {.slurm_step_id = "0",
         .slurm_procid = "1",
         .slurm_step_num_tasks = "2",
         .ompi_comm_world_size = "4"},
        {.slurm_step_id = "0",
         .slurm_procid = "1",
         .slurm_step_num_tasks = "4",
         .pmi_size = "4",
         .ompi_mca_pmix = "s2"},
        {.pmi_size = "3"}};
    pa_error err = {0};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        CU_ASSERT_EQUAL(pa_launch_check_step(fine + i, &err), PA_OK);
}

static void test_singletons_under_other_launchers_are_refused(void)
{
    CU_ASSERT_EQUAL(check((pa_launch){.pmi_size = "3"}, 1), PA_E_USAGE);
    CU_ASSERT_EQUAL(check((pa_launch){.ompi_comm_world_size = "2"}, 1), PA_E_USAGE);
}

static void test_ranks_that_found_each_other_are_fine(void)
{
    pa_launch step = {.slurm_step_id = "0", .slurm_procid = "1", .slurm_step_num_tasks = "4"};
    CU_ASSERT_EQUAL(check(step, 4), PA_OK);
    CU_ASSERT_EQUAL(check((pa_launch){.pmi_size = "3"}, 3), PA_OK);
}

static void test_one_rank_is_fine_where_one_was_started(void)
{
    CU_ASSERT_EQUAL(check((pa_launch){0}, 1), PA_OK);
    CU_ASSERT_EQUAL(check((pa_launch){.ompi_comm_world_size = "1"}, 1), PA_OK);
    pa_launch step = {.slurm_step_id = "0",
                      .slurm_procid = "0",
                      .slurm_step_num_tasks = "1",
                      .slurm_ntasks = "8"};
    CU_ASSERT_EQUAL(check(step, 1), PA_OK);
}

static void test_one_rank_in_a_batch_script_is_fine(void)
{
    CU_ASSERT_EQUAL(check((pa_launch){.slurm_procid = "0", .slurm_ntasks = "8"}, 1), PA_OK);
}

static void test_mpirun_speaks_before_the_slurm_step_of_its_daemons(void)
{
    pa_launch launch = {.slurm_step_id = "0",
                        .slurm_procid = "1",
                        .slurm_step_num_tasks = "2",
                        .ompi_comm_world_size = "1"};
    CU_ASSERT_EQUAL(check(launch, 1), PA_OK);
}

static void test_who_was_launched_is_not_alone(void)
{
    const pa_launch launched[] = {{.slurm_step_id = "0", .slurm_procid = "0"},
                                  {.pmi_size = "1"},
                                  {.pmix_rank = "0"},
                                  {.ompi_comm_world_size = "1"}};
    for (size_t i = 0; i < sizeof launched / sizeof *launched; i++)
        CU_ASSERT_FALSE(pa_launch_is_alone(launched + i));
    CU_ASSERT(pa_launch_is_alone(&(pa_launch){0}));
    CU_ASSERT(pa_launch_is_alone(&(pa_launch){.slurm_procid = "0", .slurm_ntasks = "8"}));
}

static void test_a_step_of_one_task_is_alone_without_pmix(void)
{
    pa_launch step = {.slurm_step_id = "0", .slurm_procid = "0", .slurm_step_num_tasks = "1"};
    CU_ASSERT(pa_launch_is_alone(&step));
    step.pmi_size = "1"; /* PMI-2 */
    CU_ASSERT(pa_launch_is_alone(&step));
    step.pmix_rank = "0";
    CU_ASSERT_FALSE(pa_launch_is_alone(&step));
    pa_launch of_two = {.slurm_step_id = "0", .slurm_procid = "0", .slurm_step_num_tasks = "2"};
    CU_ASSERT_FALSE(pa_launch_is_alone(&of_two));
    setenv("SLURM_STEP_ID", "0", 1);
    pa_launch_start_alone();
    CU_ASSERT_PTR_NULL(getenv("SLURM_STEP_ID"));
}

static void test_what_the_user_has_set_stays(void)
{
    setenv("OMPI_MCA_btl", "self,vader", 1);
    unsetenv("OMPI_MCA_pml");
    pa_launch_start_alone();
    CU_ASSERT_STRING_EQUAL(getenv("OMPI_MCA_btl"), "self,vader");
    CU_ASSERT_STRING_EQUAL(getenv("OMPI_MCA_pml"), "ob1");
}

static void test_cpu_text_is_the_same_twice(void)
{
    char one[PA_CPU_TEXT], two[PA_CPU_TEXT];
    memset(one, 'x', sizeof one);
    pa_cpu_text(one);
    pa_cpu_text(two);
    CU_ASSERT(memcmp(one, two, sizeof one) == 0);
    CU_ASSERT(strlen(one) >= 7);
}

static const pa_test tests[] = {
    {"singletons under srun are refused", test_singletons_under_srun_are_refused},
    {"a step without PMIx is refused before MPI", test_a_step_without_pmix_is_refused_before_mpi},
    {"other launches are left to MPI", test_other_launches_are_left_to_mpi},
    {"singletons under other launchers are refused",
     test_singletons_under_other_launchers_are_refused},
    {"ranks that found each other are fine", test_ranks_that_found_each_other_are_fine},
    {"one rank is fine where one was started", test_one_rank_is_fine_where_one_was_started},
    {"one rank in a batch script is fine", test_one_rank_in_a_batch_script_is_fine},
    {"mpirun speaks before the Slurm step of its daemons",
     test_mpirun_speaks_before_the_slurm_step_of_its_daemons},
    {"who was launched is not alone", test_who_was_launched_is_not_alone},
    {"a step of one task is alone without PMIx", test_a_step_of_one_task_is_alone_without_pmix},
    {"what the user has set stays", test_what_the_user_has_set_stays},
    {"CPU text is the same twice", test_cpu_text_is_the_same_twice},
};
PA_TEST_MAIN("launch", tests)
