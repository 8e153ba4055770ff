#include "unit.h"

#include <CUnit/Basic.h>
#include <stdlib.h>
#include <unistd.h>

int pa_run_tests(const char *suite, const pa_test tests[], size_t n)
{
    if (CU_initialize_registry() != CUE_SUCCESS) return 2;
    CU_pSuite s = CU_add_suite(suite, NULL, NULL);
    for (size_t i = 0; i < n; i++) {
        if (!s || !CU_add_test(s, tests[i].name, tests[i].run)) return 2;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures();
    unsigned ran = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return failed || ran != n;
}

const char *pa_test_data(void)
{
    const char *folder = getenv("PARAUDIT_TEST_DATA");
    return folder && access(folder, R_OK) == 0 ? folder : NULL;
}
