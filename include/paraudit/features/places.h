/* Where a row takes place: how far from home, how far from the last place, and
 * how fast the holder must have been.
 *
 * A place is known where its latitude is within 90 and its longitude within 360
 * degrees (NaN is neither). Distances are along the great circle of a sphere with
 * the Earth's mean radius, 6371.0088 km (Moritz, Geodetic Reference System 1980),
 * by the haversine (Sinnott, Sky and Telescope 68, 1984), which keeps its digits
 * for near places: within 1e-12 of the exact value on that sphere, 1e-8 where the
 * places are nearly opposite. The Earth itself is up to .6 % off that sphere. */
#ifndef PARAUDIT_FEATURES_PLACES_H
#define PARAUDIT_FEATURES_PLACES_H

#include <stddef.h>
#include <stdint.h>

/* n values each, in degrees. */
typedef struct {
    const double *lat, *lon;
} pa_places;

/* What a journey takes beside the way itself: so much is added to the time between two rows
 * before a speed is taken. A minute alone between two shops of a town says no more than an
 * hour does, and clocks of merchants differ; what counts is to be far away too soon. */
enum { PA_TRAVEL_ASIDE_SECONDS = 3 * 3600 };

double pa_great_circle_km(double lat_a, double lon_a, double lat_b, double lon_b);

/* Kilometres between two places of a row; 0 where either is not known. Pure. */
void pa_place_distance(size_t n, pa_places a, pa_places b, float km[]);

/* Kilometres from the account's last earlier row whose place is known, and the
 * km/h that this takes in the time since then and PA_TRAVEL_ASIDE_SECONDS more; 0 where this row's
 * place is not known or there is no such row. Rows of an account are one slice in the order (time,
 * tx). Pure. */
void pa_account_travel(size_t n, const int32_t account[], const int64_t time[], pa_places place,
                       float km[], float kmh[]);

#endif
