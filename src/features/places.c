#include "paraudit/features/places.h"

#include <math.h> /* sqrt, which is rounded once */
#include <stdbool.h>

#include "paraudit/base/math.h"

static bool is_known(double lat, double lon)
{
    return lat >= -90 && lat <= 90 && lon >= -360 && lon <= 360;
}

double pa_great_circle_km(double lat_a, double lon_a, double lat_b, double lon_b)
{
    const double diameter_km = 2 * 6371.0088;
    double north = pa_sin_turn((lat_b - lat_a) / 720), east = pa_sin_turn((lon_b - lon_a) / 720);
    double h = north * north + pa_cos_turn(lat_a / 360) * pa_cos_turn(lat_b / 360) * (east * east);
    return diameter_km * pa_asin(h < 1 ? sqrt(h) : 1);
}

void pa_place_distance(size_t n, pa_places a, pa_places b, float km[])
{
    for (size_t i = 0; i < n; i++) {
        bool known = is_known(a.lat[i], a.lon[i]) && is_known(b.lat[i], b.lon[i]);
        km[i] = known ? (float)pa_great_circle_km(a.lat[i], a.lon[i], b.lat[i], b.lon[i]) : 0.0f;
    }
}

static double speed(double km, int64_t seconds)
{
    return km * 3600 / (double)(seconds + PA_TRAVEL_ASIDE_SECONDS);
}

void pa_account_travel(size_t n, const int32_t account[], const int64_t time[], pa_places place,
                       float km[], float kmh[])
{
    const double *lat = place.lat, *lon = place.lon;
    size_t last = n; /* the account's last row whose place is known; n: none */
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && account[i] != account[i - 1]) last = n;
        km[i] = kmh[i] = 0;
        if (!is_known(lat[i], lon[i])) continue;
        if (last < n) {
            double way = pa_great_circle_km(lat[last], lon[last], lat[i], lon[i]);
            km[i] = (float)way;
            kmh[i] = (float)speed(way, time[i] - time[last]);
        }
        last = i;
    }
}
