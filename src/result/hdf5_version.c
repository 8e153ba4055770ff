/* The version of the HDF5 library. */
#include <hdf5.h>
#include <stdio.h>

#include "paraudit/result/result.h"

const char *pa_hdf5_version(void)
{
    static char text[32];
    unsigned major, minor, release;
    H5get_libversion(&major, &minor, &release);
    snprintf(text, sizeof text, "%u.%u.%u", major, minor, release);
    return text;
}
