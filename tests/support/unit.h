/* One CUnit program per source file: a table of named tests. */
#ifndef PARAUDIT_TESTS_UNIT_H
#define PARAUDIT_TESTS_UNIT_H

#include <stddef.h>

#include <CUnit/CUnit.h>

typedef struct {
    const char *name;
    void (*run)(void);
} pa_test;

/* Runs them all and returns the exit code for main. */
int pa_run_tests(const char *suite, const pa_test tests[], size_t n);

#define PA_TEST_MAIN(suite, tests)                                                                 \
    int main(void)                                                                                 \
    {                                                                                              \
        return pa_run_tests((suite), (tests), sizeof(tests) / sizeof *(tests));                    \
    }

/* Where ../shared/data is, or NULL where it is absent: such tests then say that
 * they skip. Set by the environment variable PARAUDIT_TEST_DATA. */
const char *pa_test_data(void);

#endif
