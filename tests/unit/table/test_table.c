#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/table/partition.h"
#include "paraudit/table/store.h"
#include "paraudit/table/table.h"
#include "unit.h"

static const pa_column_spec time_spec = {.name = "time", .type = PA_I64, .role = PA_ROLE_INPUT};
static const pa_column_spec gap_spec = {
    .name = "gap", .type = PA_F32, .role = PA_ROLE_FEATURE, .flags = PA_NEEDS_HISTORY};
static const pa_column_spec risk_spec = {
    .name = "risk", .type = PA_F32, .role = PA_ROLE_FEATURE, .flags = PA_NEEDS_LABELS};
static const pa_column_spec id_spec = {
    .name = "id", .type = PA_BYTES, .width = 11, .role = PA_ROLE_ID};

/*  weight   5 0 0 1 9 0 3 2        total 20
 *  3 ranks: one has 9         ->   cut 0 4 6 8   */
static void test_cut_balances_weight_at_shard_boundaries(void)
{
    const int64_t weight[8] = {5, 0, 0, 1, 9, 0, 3, 2};
    int32_t cut[4];
    pa_cut_shards(8, weight, 3, cut);
    CU_ASSERT_EQUAL(cut[0], 0);
    CU_ASSERT_EQUAL(cut[1], 4);
    CU_ASSERT_EQUAL(cut[2], 6);
    CU_ASSERT_EQUAL(cut[3], 8);
}

/* The least weight of the heaviest of so many runs of shards from .. 7, by trying all. */
static int64_t least_of(const int64_t weight[8], int32_t from, int32_t runs)
{
    int64_t sum = 0, least = INT64_MAX;
    if (runs == 1) {
        for (int32_t s = from; s < 8; s++) sum += weight[s];
        return sum;
    }
    for (int32_t end = from; end <= 8; end++) {
        int64_t rest = least_of(weight, end, runs - 1), heaviest = sum > rest ? sum : rest;
        if (heaviest < least) least = heaviest;
        if (end < 8) sum += weight[end];
    }
    return least;
}

static void test_heaviest_run_is_as_light_as_can_be(void)
{
    uint32_t state = 1;
    int wrong = 0;
    for (int round = 0; round < 200; round++) {
        int64_t weight[8];
        int32_t cut[6], ranks = 1 + round % 5;
        for (int s = 0; s < 8; s++) {
            state = state * 1664525u + 1013904223u;
            weight[s] = (state >> 8) % (round % 7 == 0 ? 2 : 50);
        }
        weight[round % 8] += round % 3 ? 0 : 100;
        pa_cut_shards(8, weight, ranks, cut);
        int64_t heaviest = 0;
        for (int32_t r = 0; r < ranks; r++) {
            int64_t sum = 0;
            for (int32_t s = cut[r]; s < cut[r + 1]; s++) sum += weight[s];
            if (sum > heaviest) heaviest = sum;
        }
        wrong += heaviest != least_of(weight, 0, ranks) || cut[0] != 0 || cut[ranks] != 8;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_every_shard_and_row_has_the_owner_that_the_cut_says(void)
{
    pa_error err = {0};
    pa_partition p;
    const int64_t weight[8] = {5, 0, 0, 1, 9, 0, 3, 2};
    int wrong = 0;
    for (int32_t ranks = 1; ranks <= 12; ranks++) {
        CU_ASSERT_EQUAL(pa_partition_init(&p, 8, ranks, &err), PA_OK);
        pa_partition_count(&p, weight);
        pa_cut_shards(8, weight, ranks, p.cut);
        int64_t rows = 0;
        for (int32_t r = 0; r < ranks; r++) {
            rows += (int64_t)pa_row_count(&p, r);
            for (int32_t s = p.cut[r]; s < p.cut[r + 1]; s++) wrong += pa_rank_of_shard(&p, s) != r;
            for (size_t i = 0; i < pa_row_count(&p, r); i++) {
                wrong += pa_rank_of_row(&p, pa_first_row(&p, r) + (int64_t)i) != r;
            }
        }
        CU_ASSERT_EQUAL(rows, 20);
        pa_partition_free(&p);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_huge_weights_do_not_overflow_the_cut(void)
{
    const int64_t weight[4] = {INT64_MAX / 4, INT64_MAX / 4, INT64_MAX / 4, INT64_MAX / 4};
    int32_t cut[5];
    pa_cut_shards(4, weight, 4, cut);
    for (int i = 0; i <= 4; i++) CU_ASSERT_EQUAL(cut[i], i);
}

static void fill(pa_table *t, int64_t first, size_t n)
{
    pa_error err = {0};
    void *time, *gap, *id;
    pa_table_init(t, "transactions", "rows");
    pa_table_size(t, first, n, 100);
    CU_ASSERT_EQUAL(pa_table_add(t, &time_spec, &time, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_table_add(t, &gap_spec, &gap, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_table_add(t, &id_spec, &id, &err), PA_OK);
    for (size_t i = 0; i < n; i++) {
        ((int64_t *)time)[i] = (first + (int64_t)i) * 977;
        ((float *)gap)[i] = (float)(first + (int64_t)i) / 3;
        ((char *)id)[11 * i + (size_t)(first + (int64_t)i) % 11] = 'x';
    }
}

static void test_checksum_does_not_depend_on_how_rows_are_split(void)
{
    pa_table whole, part;
    fill(&whole, 0, 100);
    uint64_t expected = pa_table_checksum(&whole, 0), sum = 0;
    for (int64_t first = 0; first < 100; first += 7) {
        fill(&part, first, first + 7 <= 100 ? 7 : (size_t)(100 - first));
        sum += pa_table_checksum(&part, 0);
        pa_table_free(&part);
    }
    CU_ASSERT_EQUAL(sum, expected);
    float *gap = pa_table_data(&whole, "gap", PA_F32);
    float swapped = gap[3];
    gap[3] = gap[4];
    gap[4] = swapped;
    CU_ASSERT_NOT_EQUAL(pa_table_checksum(&whole, 0), expected);
    pa_table_free(&whole);
}

static void test_checksum_tells_changes_that_could_cancel(void)
{
    pa_table t;
    fill(&t, 0, 100);
    uint64_t expected = pa_table_checksum(&t, 0);
    int64_t *time = pa_table_data(&t, "time", PA_I64);
    float *gap = pa_table_data(&t, "gap", PA_F32);
    size_t missed = 0;
    for (int bit = 0; bit < 63; bit++) {
        for (int times = 0; times < 2; times++) {
            time[5] ^= (int64_t)1 << bit;
            missed += (pa_table_checksum(&t, 0) == expected) != (times == 1);
        }
    }
    for (int i = 1; i < 100; i++) { /* the signs of two rows; row 0 holds a zero */
        gap[i] = -gap[i];
        gap[i % 99 + 1] = -gap[i % 99 + 1];
        missed += pa_table_checksum(&t, 0) == expected;
        gap[i] = -gap[i];
        gap[i % 99 + 1] = -gap[i % 99 + 1];
    }
    CU_ASSERT_EQUAL(missed, 0);
    CU_ASSERT_EQUAL(pa_table_checksum(&t, 0), expected);
    pa_table_free(&t);
}

static void test_columns_are_found_by_name_and_by_role(void)
{
    pa_error err = {0};
    pa_table t;
    fill(&t, 0, 10);
    CU_ASSERT_EQUAL(pa_table_add(&t, &risk_spec, NULL, &err), PA_OK);
    const pa_column *columns[8];
    CU_ASSERT_EQUAL(pa_table_by_role(&t, PA_ROLE_FEATURE, 0, columns), 2);
    CU_ASSERT_EQUAL(pa_table_by_role(&t, PA_ROLE_FEATURE, PA_NEEDS_LABELS, columns), 1);
    CU_ASSERT_STRING_EQUAL(columns[0]->spec.name, "gap");
    CU_ASSERT_PTR_NULL(pa_table_find(&t, "nobody"));
    CU_ASSERT_EQUAL(pa_table_add(&t, &gap_spec, NULL, &err), PA_E_BUG);
    pa_table_drop(&t, "gap");
    CU_ASSERT_PTR_NULL(pa_table_find(&t, "gap"));
    CU_ASSERT_EQUAL(pa_i64(&t, "time")[9], 9 * 977);
    pa_table_free(&t);
}

static void test_store_replaces_and_finds_arrays(void)
{
    pa_error err = {0};
    pa_store s;
    void *data;
    const void *found;
    size_t n = 0;
    pa_store_init(&s, "forest", 3);
    CU_ASSERT_EQUAL(pa_store_put(&s, "cut", PA_F32, 4, 2, "cuts", &data, &err), PA_OK);
    ((float *)data)[7] = 1.5f;
    CU_ASSERT_EQUAL(pa_store_put_slice(&s, "rows", PA_I64, 10, 3, 20, 1, "rows", &data, &err),
                    PA_OK);
    CU_ASSERT_EQUAL(pa_store_get(&s, "cut", PA_F32, &found, &n, &err), PA_OK);
    CU_ASSERT_EQUAL(n, 4);
    CU_ASSERT_EQUAL(((const float *)found)[7], 1.5f);
    CU_ASSERT_EQUAL(pa_store_put(&s, "cut", PA_F64, 1, 1, "again", &data, &err), PA_OK);
    CU_ASSERT_EQUAL(s.n_arrays, 2);
    CU_ASSERT_EQUAL(pa_store_find(&s, "cut")->type, PA_F64);
    CU_ASSERT_EQUAL(pa_store_get(&s, "cut", PA_F32, &found, &n, &err), PA_E_DATA);
    CU_ASSERT_EQUAL(pa_store_get(&s, "leaf", PA_F32, &found, &n, &err), PA_E_DATA);
    CU_ASSERT_EQUAL(pa_store_find(&s, "rows")->first, 10);
    pa_store_free(&s);
}

static const pa_test tests[] = {
    {"cut balances weight at shard boundaries", test_cut_balances_weight_at_shard_boundaries},
    {"heaviest run is as light as can be", test_heaviest_run_is_as_light_as_can_be},
    {"every shard and row has the owner that the cut says",
     test_every_shard_and_row_has_the_owner_that_the_cut_says},
    {"huge weights do not overflow the cut", test_huge_weights_do_not_overflow_the_cut},
    {"checksum does not depend on how rows are split",
     test_checksum_does_not_depend_on_how_rows_are_split},
    {"checksum tells changes that could cancel", test_checksum_tells_changes_that_could_cancel},
    {"columns are found by name and by role", test_columns_are_found_by_name_and_by_role},
    {"store replaces and finds arrays", test_store_replaces_and_finds_arrays},
};
PA_TEST_MAIN("table", tests)
