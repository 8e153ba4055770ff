#include "paraudit/features/places.h"

#include <math.h>

#include "naive_features.h"
#include "unit.h"

enum { N = 700 };
static naive_row book[NAIVE_MOST_ROWS];
static naive_columns column;
static naive_outputs expected;
static float got[NAIVE_MOST_ROWS], other[NAIVE_MOST_ROWS];

/* The angle between two vectors, by its sine and cosine: good at any distance. */
static long double exact_km(double lat_a, double lon_a, double lat_b, double lon_b)
{
    const long double radian = acosl(-1.0L) / 180;
    long double a = lat_a * radian, b = lat_b * radian,
                east = ((long double)lon_b - lon_a) * radian;
    long double x = cosl(b) * sinl(east);
    long double y = cosl(a) * sinl(b) - sinl(a) * cosl(b) * cosl(east);
    long double z = sinl(a) * sinl(b) + cosl(a) * cosl(b) * cosl(east);
    return 6371.0088L * atan2l(hypotl(x, y), z);
}

static double spread(uint64_t *random, double width)
{
    return width * ((double)naive_random(random, (uint64_t)1 << 40) / 0x1p39 - 1);
}

static void test_great_circle_is_exact_to_twelve_digits(void)
{
    static const double width[] = {1e-3, 1e-2, 1, 30, 85};
    uint64_t random = 5;
    double worst = 0;
    for (int i = 0; i < 50000; i++) {
        double w = width[i % 5];
        double lat_a = spread(&random, 90), lon_a = spread(&random, 180);
        double lat_b = lat_a + spread(&random, w), lon_b = lon_a + spread(&random, w);
        if (fabs(lat_b) > 90) continue;
        long double exact = exact_km(lat_a, lon_a, lat_b, lon_b);
        if (exact < 1e-2L) continue; /* the twin itself loses digits there */
        double error =
            fabs((double)((pa_great_circle_km(lat_a, lon_a, lat_b, lon_b) - exact) / exact));
        if (!(error <= worst)) worst = error;
    }
    CU_ASSERT(worst < 1e-12);
}

static void test_nearly_opposite_places_are_half_way_round(void)
{
    const double half = 6371.0088 * acos(-1.0);
    CU_ASSERT_DOUBLE_EQUAL(pa_great_circle_km(90, 0, -90, 77), half, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(pa_great_circle_km(0, -90, 0, 90), half, 1e-9);
    uint64_t random = 6;
    double worst = 0;
    for (int i = 0; i < 5000; i++) {
        double lat = spread(&random, 89), lon = spread(&random, 180);
        double lat_b = -lat + spread(&random, 1e-3), lon_b = lon + 180 + spread(&random, 1e-3);
        double error = fabs(pa_great_circle_km(lat, lon, lat_b, lon_b) -
                            (double)exact_km(lat, lon, lat_b, lon_b)) /
                       half;
        if (!(error <= worst)) worst = error;
    }
    CU_ASSERT(worst < 1e-8);
}

static void test_date_line_is_no_border(void)
{
    CU_ASSERT_DOUBLE_EQUAL(pa_great_circle_km(10, 179.5, 10, -179.5),
                           pa_great_circle_km(10, 0.5, 10, -0.5), 1e-9);
    CU_ASSERT_EQUAL(pa_great_circle_km(51.5, -0.1, 51.5, -0.1), 0);
    CU_ASSERT_DOUBLE_EQUAL(pa_great_circle_km(10, 20, 10, 380), 0, 1e-9);
}

static void test_columns_equal_the_naive_twin(void)
{
    naive_book(95, N, 6, 12, book);
    naive_sort(N, book, false);
    naive_to_columns(N, book, &column);
    naive_features(N, book, PA_WEEK, 64, expected);
    pa_places home = {column.home[0], column.home[1]}, place = {column.place[0], column.place[1]};
    pa_place_distance(N, home, place, got);
    CU_ASSERT_EQUAL(
        naive_unlike_feature(PA_DISTANCE_HOME_KM, N, got, expected[PA_DISTANCE_HOME_KM]), 0);
    pa_account_travel(N, column.account, column.time, place, got, other);
    CU_ASSERT_EQUAL(
        naive_unlike_feature(PA_DISTANCE_LAST_KM, N, got, expected[PA_DISTANCE_LAST_KM]), 0);
    CU_ASSERT_EQUAL(naive_unlike_feature(PA_SPEED_KMH, N, other, expected[PA_SPEED_KMH]), 0);
}

/* A degree of a meridian, 111.195 km: in an hour, in the same second, after a row
 * without a place, by another account; three hours are added. */
static void test_speed_is_over_three_hours_more(void)
{
    const int32_t account[] = {0, 0, 0, 0, 0, 1};
    const int64_t time[] = {0, 3600, 3600, 5400, 7200, 7200};
    const double lat[] = {0, 1, 2, NAN, 3, 4}, lon[6] = {0};
    const double degree = 6371.0088 * acos(-1.0) / 180;
    pa_account_travel(6, account, time, (pa_places){lat, lon}, got, other);
    CU_ASSERT_EQUAL(got[0], 0);
    CU_ASSERT_DOUBLE_EQUAL(got[1], degree, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(other[1], degree / 4, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(other[2], degree / 3, 1e-4);
    CU_ASSERT_EQUAL(got[3], 0);
    CU_ASSERT_EQUAL(other[3], 0);
    CU_ASSERT_DOUBLE_EQUAL(got[4], degree, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(other[4], degree / 4, 1e-4);
    CU_ASSERT_EQUAL(got[5], 0);
}

static void test_impossible_places_are_not_known(void)
{
    const int32_t account[5] = {0};
    const int64_t time[5] = {0};
    const double lat[] = {INFINITY, -90.01, 0, -INFINITY, 1}, lon[] = {0, 0, 361, NAN, -INFINITY};
    const double zero[5] = {0};
    pa_place_distance(5, (pa_places){zero, zero}, (pa_places){lat, lon}, got);
    for (int i = 0; i < 5; i++) CU_ASSERT_EQUAL(got[i], 0);
    pa_account_travel(5, account, time, (pa_places){lat, lon}, got, other);
    for (int i = 0; i < 5; i++) CU_ASSERT_EQUAL(got[i] + other[i], 0);
}

static const pa_test tests[] = {
    {"great circle is exact to twelve digits", test_great_circle_is_exact_to_twelve_digits},
    {"nearly opposite places are half way round", test_nearly_opposite_places_are_half_way_round},
    {"date line is no border", test_date_line_is_no_border},
    {"columns equal the naive twin", test_columns_equal_the_naive_twin},
    {"speed is over three hours more", test_speed_is_over_three_hours_more},
    {"impossible places are not known", test_impossible_places_are_not_known},
};
PA_TEST_MAIN("places", tests)
