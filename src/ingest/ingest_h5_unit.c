/* The minor unit that a result's amounts are kept in. */
#include <string.h>

#include "ingest_h5_parts.h"

/* The text of an attribute of fixed length; false where it is none. */
static bool read_text(hid_t attribute, char text[64])
{
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    bool fits = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 &&
                H5Tget_size(type) < 64 && H5Sget_simple_extent_npoints(space) == 1;
    memset(text, 0, 64);
    bool read = fits && H5Aread(attribute, type, text) >= 0;
    H5Tclose(type);
    H5Sclose(space);
    return read;
}

/* Files of others, which say nothing, have hundredths. */
static bool find_unit(const pa_h5_source *s, char unit[64])
{
    hid_t amounts = s->whole[PA_H5_AMOUNT].id;
    strcpy(unit, pa_minor_unit[2]);
    if (H5Aexists(amounts, "units") <= 0) return true;
    hid_t attribute = H5Aopen(amounts, "units", H5P_DEFAULT);
    if (attribute < 0) return false;
    bool read = read_text(attribute, unit);
    H5Aclose(attribute);
    return read;
}

pa_status pa_h5_check_unit(const pa_h5_source *s, int32_t decimals, pa_error *err)
{
    char unit[64];
    if (!find_unit(s, unit))
        return pa_h5_refused(s, "transactions/amount_minor", "has no text in its attribute units",
                             err);
    if (strcmp(unit, pa_minor_unit[decimals]) == 0) return PA_OK;
    for (int d = 0; d <= PA_MOST_DECIMALS; d++) {
        if (strcmp(unit, pa_minor_unit[d]) != 0) continue;
        return pa_fail_at(err, PA_E_DATA, s->ordinal, 0,
                          "%s: its amounts have %d decimals: set input.amount_decimals = %d",
                          s->name, d, d);
    }
    return pa_fail_at(err, PA_E_DATA, s->ordinal, 0,
                      "%s: transactions/amount_minor is in units of '%.20s', which are none of "
                      "1, 0.1, 0.01 ...",
                      s->name, unit);
}
