#include "paraudit/result/writing.h"

#include <string.h>

#include "unit.h"

static void test_words_of_a_configuration_are_read(void)
{
    pa_writing how;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_writing_of("mpiio", "no", "striping_factor=8,cb_nodes=2", &how, &err),
                    PA_OK);
    CU_ASSERT_EQUAL(how.writer, PA_WRITER_MPIIO);
    CU_ASSERT_EQUAL(how.collective, PA_TOGETHER_NO);
    CU_ASSERT_EQUAL(pa_writing_of("auto", "auto", "", &how, &err), PA_OK);
    CU_ASSERT_EQUAL(how.writer, PA_WRITER_AUTO);
    CU_ASSERT_EQUAL(how.collective, PA_TOGETHER_AUTO);
}

static void test_hints_are_names_with_values(void)
{
    static const char *const bad[] = {"a", "=1", "a=", "a=1,,b=2", "a=1,b", ","};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pa_writing how;
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_writing_of("auto", "auto", bad[i], &how, &err), PA_E_CONFIG);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "io.hints: '"));
    }
}

/* Two clients of NFS do not see each other's pages; one does see its own. */
static void test_locks_are_wanted_on_nfs_with_several_machines(void)
{
    CU_ASSERT_TRUE(pa_wants_locks(true, 2));
    CU_ASSERT_FALSE(pa_wants_locks(true, 1));
    CU_ASSERT_FALSE(pa_wants_locks(false, 2));
}

static const pa_test tests[] = {
    {"words of a configuration are read", test_words_of_a_configuration_are_read},
    {"hints are names with values", test_hints_are_names_with_values},
    {"locks are wanted on NFS with several machines",
     test_locks_are_wanted_on_nfs_with_several_machines},
};
PA_TEST_MAIN("writing", tests)
