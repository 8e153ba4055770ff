#include <stdio.h>
#include <string.h>

#include "paraudit/base/options.h"
#include "paraudit/stage/schema.h"
#include "unit.h"

/* Three stages in a row:
 *
 *     first   writes a (a feature), makes the table t
 *     second  reads a, writes b
 *     third   reads what there is of role feature */
static pa_status plan_first(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    char name[] = "a"; /* gone when the plan returns: the schema keeps a copy */
    const pa_column_spec a = {.name = name, .type = PA_F32, .role = PA_ROLE_FEATURE};
    const pa_table_spec t = {.name = "t", .meaning = "a table"};
    PA_TRY(pa_schema_side_table(io, &t, err));
    pa_status st = pa_schema_writes(io, &a, err);
    memset(name, 'x', sizeof name - 1);
    return st;
}

static pa_status plan_second(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    const pa_column_spec b = {.name = "b", .type = PA_I32, .role = PA_ROLE_RESULT};
    PA_TRY(pa_schema_reads(io, "a", err));
    return pa_schema_writes(io, &b, err);
}

static size_t features_seen;

static pa_status plan_third(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    (void)err;
    features_seen = pa_schema_by_role(io, PA_ROLE_FEATURE, NULL, 0);
    return PA_OK;
}

static const pa_stage first = {.name = "first", .plan = plan_first},
                      second = {.name = "second", .plan = plan_second},
                      third = {.name = "third", .plan = plan_third};

enum { MOST = 3 };

typedef struct {
    pa_schema schemas[MOST];
    pa_table tx;
    size_t n;
    pa_error err;
} planned;

static pa_status plan(planned *p, const char *left_out, size_t n, const pa_stage *const stages[])
{
    *p = (planned){.n = n};
    pa_table_init(&p->tx, "transactions", "rows");
    return pa_plan_stages(stages, n, NULL, left_out, &p->tx, 0, p->schemas, &p->err);
}

static void done(planned *p)
{
    for (size_t i = 0; i < p->n; i++) pa_schema_free(p->schemas + i);
    pa_table_free(&p->tx);
}

static const pa_stage *const all[] = {&first, &second, &third};

static void test_schema_keeps_its_own_texts(void)
{
    planned p;
    CU_ASSERT_EQUAL(plan(&p, "", 3, all), PA_OK);
    CU_ASSERT_PTR_NOT_NULL(pa_schema_column(p.schemas, "a"));
    CU_ASSERT_PTR_NULL(pa_schema_column(p.schemas, "x"));
    CU_ASSERT_PTR_NOT_NULL(pa_schema_table(p.schemas, "t"));
    CU_ASSERT_EQUAL(features_seen, 1);
    done(&p);
}

static void test_a_stage_that_is_left_out_was_never_there(void)
{
    static const pa_stage *const without[] = {&first, &third};
    planned p;
    CU_ASSERT_EQUAL(plan(&p, "first", 2, without), PA_OK);
    CU_ASSERT_EQUAL(features_seen, 0);
    CU_ASSERT(p.schemas[0].left_out && p.schemas[0].aside != NULL);
    CU_ASSERT(!p.schemas[1].left_out && p.schemas[1].aside == NULL);
    done(&p);
    CU_ASSERT_EQUAL(plan(&p, " second ,first", 3, all), PA_OK);
    CU_ASSERT(p.schemas[0].left_out && p.schemas[1].left_out && !p.schemas[2].left_out);
    done(&p);
}

static void test_a_stage_that_another_needs_cannot_be_left_out(void)
{
    planned p;
    CU_ASSERT_EQUAL(plan(&p, "first", 3, all), PA_E_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(p.err.message, "job.leave_out leaves out stage first"));
    CU_ASSERT_PTR_NOT_NULL(strstr(p.err.message, "stage second reads column 'a'"));
    done(&p);
}

static pa_status plan_coded(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    const pa_column_spec c = {.name = "c", .type = PA_I8, .role = PA_ROLE_REASON, .codes = "t"};
    return pa_schema_writes(io, &c, err);
}

static void test_the_names_behind_codes_cannot_be_left_out_alone(void)
{
    static const pa_stage coded = {.name = "coded", .plan = plan_coded};
    static const pa_stage *const with_codes[] = {&first, &coded};
    planned p;
    CU_ASSERT_EQUAL(plan(&p, "", 2, with_codes), PA_OK);
    done(&p);
    CU_ASSERT_EQUAL(plan(&p, "first", 2, with_codes), PA_E_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(p.err.message, "whose table 't' has the names in column 'c'"));
    done(&p);
    CU_ASSERT_EQUAL(plan(&p, "first,coded", 2, with_codes), PA_OK);
    done(&p);
}

static void test_an_unknown_stage_is_told_with_the_nearest_name(void)
{
    planned p;
    CU_ASSERT_EQUAL(plan(&p, "secnd", 3, all), PA_E_CONFIG);
    CU_ASSERT_STRING_EQUAL(p.err.message,
                           "job.leave_out: there is no stage 'secnd': did you mean 'second'?");
    done(&p);
}

static void test_order_of_stages_is_checked(void)
{
    static const pa_stage *const turned[] = {&second, &first}, *const twice[] = {&first, &first};
    planned p;
    CU_ASSERT_EQUAL(plan(&p, "", 2, turned), PA_E_BUG);
    CU_ASSERT_PTR_NOT_NULL(strstr(p.err.message, "nothing before it fills"));
    done(&p);
    CU_ASSERT_EQUAL(plan(&p, "", 2, twice), PA_E_BUG);
    CU_ASSERT_PTR_NOT_NULL(strstr(p.err.message, "there already"));
    done(&p);
}

/* ---- what apply makes ---- */

static void begin(planned *p, pa_run *run, const pa_stage *stage)
{
    pa_table *tx = NULL;
    const pa_stage *const stages[] = {stage};
    CU_ASSERT_EQUAL(plan(p, "", 1, stages), PA_OK);
    *run = (pa_run){.stage = stage, .schema = p->schemas};
    CU_ASSERT_EQUAL(pa_run_add_table(run, "transactions", "rows", &tx), PA_OK);
    if (tx) pa_table_size(tx, 0, 3, 3);
}

static void test_what_was_declared_is_there_and_nothing_else(void)
{
    planned p;
    pa_run run;
    void *data;
    pa_table *t;
    begin(&p, &run, &first);
    CU_ASSERT_EQUAL(pa_schema_check(p.schemas, &run, 0, 1, &run.err), PA_E_BUG);
    CU_ASSERT_EQUAL(pa_run_write(&run, "a", &data), PA_OK);
    CU_ASSERT_EQUAL(pa_schema_check(p.schemas, &run, 0, 1, &run.err), PA_OK);
    CU_ASSERT_EQUAL(pa_run_fill_table(&run, "t", &t), PA_OK);
    CU_ASSERT_EQUAL(pa_schema_check(p.schemas, &run, 0, 1, &run.err), PA_OK);
    CU_ASSERT_EQUAL(pa_run_write(&run, "z", &data), PA_E_BUG);
    CU_ASSERT_EQUAL(pa_run_fill_table(&run, "u", &t), PA_E_BUG);
    run.err = (pa_error){0};
    CU_ASSERT_EQUAL(pa_run_add_table(&run, "u", "not declared", &t), PA_OK);
    CU_ASSERT_EQUAL(pa_schema_check(p.schemas, &run, 0, 1, &run.err), PA_E_BUG);
    CU_ASSERT_STRING_EQUAL(run.err.message, "stage first makes table 'u' but did not declare it");
    pa_run_free(&run);
    done(&p);
}

static void test_an_unfinished_apply_leaves_nothing(void)
{
    planned p;
    pa_run run;
    void *data;
    pa_table *t;
    begin(&p, &run, &first);
    const pa_table *tx = run.tables[0];
    CU_ASSERT_EQUAL(pa_run_write(&run, "a", &data), PA_OK);
    CU_ASSERT_EQUAL(pa_run_fill_table(&run, "t", &t), PA_OK);
    pa_schema_undo(p.schemas, &run);
    CU_ASSERT(run.n_tables == 1 && run.tables[0] == tx && tx->n_columns == 0);
    CU_ASSERT_PTR_NULL(pa_run_table(&run, "t"));
    pa_run_free(&run);
    done(&p);
}

/* Pointers into a run stay good while it grows; notes are never dropped. */
static void test_tables_columns_and_notes_stay_where_they_are(void)
{
    enum { MANY = 300 };
    pa_run run = {0};
    pa_table *table[MANY], *t0 = NULL;
    char name[MANY][16];
    const pa_column *c0 = NULL;
    for (int i = 0; i < MANY; i++) {
        snprintf(name[i], sizeof name[i], "n%d", i);
        CU_ASSERT_EQUAL(pa_run_add_table(&run, name[i], "", table + i), PA_OK);
        const pa_column_spec spec = {.name = name[i], .type = PA_I8};
        CU_ASSERT_EQUAL(pa_table_add(table[0], &spec, NULL, &run.err), PA_OK);
        if (i == 0) t0 = table[0], c0 = pa_table_find(t0, "n0");
        pa_run_note(&run, "note %d", i);
    }
    int moved = pa_table_find(t0, "n0") != c0;
    for (int i = 0; i < MANY; i++) moved += pa_run_table(&run, name[i]) != table[i];
    CU_ASSERT_EQUAL(moved, 0);
    CU_ASSERT_EQUAL(run.n_notes, MANY);
    CU_ASSERT_STRING_EQUAL(run.notes[MANY - 1], "note 299");
    pa_run_free(&run);
}

/* Of any length, and of bytes that any file may be named by: 0xe4 is an umlaut in Latin-1. */
static void test_notes_are_whole_and_utf8(void)
{
    pa_run run = {0};
    char long_name[1001] = {0};
    for (int i = 0; i < 1000; i += 2) memcpy(long_name + i, "\xc3\xa4", 2);
    pa_run_note(&run, "%s.csv", long_name);
    pa_run_note(&run, "b\xe4nke.csv");
    CU_ASSERT_EQUAL(strlen(run.notes[0]), 1004);
    CU_ASSERT_EQUAL(memcmp(run.notes[0], long_name, 1000), 0);
    CU_ASSERT_STRING_EQUAL(run.notes[1], "b?nke.csv");
    pa_run_free(&run);
}

static const pa_test tests[] = {
    {"schema keeps its own texts", test_schema_keeps_its_own_texts},
    {"a stage that is left out was never there", test_a_stage_that_is_left_out_was_never_there},
    {"a stage that another needs cannot be left out",
     test_a_stage_that_another_needs_cannot_be_left_out},
    {"the names behind codes cannot be left out alone",
     test_the_names_behind_codes_cannot_be_left_out_alone},
    {"an unknown stage is told with the nearest name",
     test_an_unknown_stage_is_told_with_the_nearest_name},
    {"order of stages is checked", test_order_of_stages_is_checked},
    {"what was declared is there and nothing else",
     test_what_was_declared_is_there_and_nothing_else},
    {"an unfinished apply leaves nothing", test_an_unfinished_apply_leaves_nothing},
    {"tables, columns and notes stay where they are",
     test_tables_columns_and_notes_stay_where_they_are},
    {"notes are whole and UTF-8", test_notes_are_whole_and_utf8},
};
PA_TEST_MAIN("schema", tests)
