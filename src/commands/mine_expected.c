/* What is expected of mining before any set is written, and whether the disk has room for it. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "mine_parts.h"
#include "paraudit/base/escape.h"
#include "paraudit/files/files.h"

/* NOTED: sets, from which on it is said how many may come. */
enum { NOTED = 10000000 };

const char *pa_mine_beside(const char *out)
{
    struct stat about;
    return out && stat(out, &about) == 0 && !S_ISREG(about.st_mode) ? "/tmp/sets" : out;
}

/* A line takes two bytes an item at least, and those of its support. */
static double least_bytes(const pa_prediction *p)
{
    double bytes = 0;
    for (size_t k = 1; k < p->n; k++) bytes += (double)p->by_size[k] * (2 * (double)k + 4);
    return bytes;
}

/* Only rank 0 looks at the disk. */
pa_status pa_mine_foresee(void *of, const pa_prediction *p, pa_error *err)
{
    const pa_mine_expecting *e = of;
    pa_status st = PA_OK;
    int64_t left;
    if (pa_comm_rank(e->comm) == 0) {
        if (p->n_sets >= NOTED)
            pa_print(stderr, "NOTE about %.2g sets are expected, or more, by a sample\n",
                     p->n_sets);
        st = pa_space_left(e->beside, &left, err);
        if (st == PA_OK && least_bytes(p) > (double)left)
            st = pa_fail(err, PA_E_CREATE,
                         "%s: the sets take more than the %" PRId64
                         " bytes that are left there: a larger minimum support, closed or maximal "
                         "sets, a maximum length, or shorter baskets (--max-basket)",
                         e->beside, left);
    }
    return pa_agree(e->comm, st, err);
}
