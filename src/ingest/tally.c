#include "paraudit/ingest/tally.h"

#include <string.h>

#include "paraudit/base/array.h"

enum { FEW_PLACES = 2 };

void pa_tally_free(pa_tally *t)
{
    pa_intern_free(&t->names);
    pa_free(t->rows);
    pa_free(t->places);
    *t = (pa_tally){0};
}

static pa_status add_name(pa_tally *t, const pa_intern *names, int32_t code, int32_t *own,
                          pa_error *err)
{
    size_t before = t->names.n, from = names->start[code];
    PA_TRY(pa_intern_add(&t->names, names->bytes + from, names->start[code + 1] - from, own, err));
    if (t->names.n == before) return PA_OK;
    PA_TRY(PA_ROOM(t->rows, t->room[0], before + 1, err));
    PA_TRY(PA_ROOM(t->places, t->room[1], before + 1, err));
    t->rows[before] = t->places[before] = 0;
    return PA_OK;
}

pa_status pa_tally_add(pa_tally *t, const pa_intern *names, size_t n, const int32_t code[],
                       pa_error *err)
{
    int32_t *own = NULL;
    pa_status st = PA_NEW(own, names->n, err);
    for (size_t i = 0; i < n && st == PA_OK; i++) {
        if (code[i] < 0) continue;
        int32_t *k = own + code[i]; /* from 1; 0: not met in this place yet */
        if (*k == 0) {
            st = add_name(t, names, code[i], k, err);
            if (st != PA_OK) break;
            t->places[*k]++;
            ++*k;
        }
        t->rows[*k - 1]++;
    }
    pa_free(own);
    return st;
}

/* Names that were met once, twice, and more often but at few places. */
typedef struct {
    double once, twice, together, apart;
} meetings;

static meetings count(const pa_tally *t)
{
    meetings m = {0};
    for (size_t i = 0; i < t->names.n; i++) {
        m.once += t->rows[i] == 1;
        m.twice += t->rows[i] == 2;
        if (t->rows[i] > FEW_PLACES && t->places[i] <= FEW_PLACES) m.together++;
        if (t->rows[i] > FEW_PLACES && t->places[i] > FEW_PLACES) m.apart++;
    }
    return m;
}

/* Of rows that stand by name, as many names are not met as rows are not read. Of rows in any
 * other order, those that are not met are foretold by those that are met once and twice (Chao
 * 1984). */
static double foretell(const pa_tally *t, double n_read, double n_all)
{
    meetings m = count(t);
    double met = (double)t->names.n, by_rows = met * n_all / n_read;
    if (m.together > m.apart) return by_rows;
    double more = met + m.once * (m.once - 1) / (2 * (m.twice + 1));
    return more < by_rows ? more : by_rows;
}

pa_tally_sum pa_tally_of(const pa_tally *t, double n_read, double n_all)
{
    pa_tally_sum s = {.largest_code = -1};
    if (t->names.n == 0 || n_read <= 0) return s;
    if (n_all < n_read) n_all = n_read;
    for (size_t i = 0; i < t->names.n; i++) {
        double share = (double)t->rows[i] / (t->places[i] > FEW_PLACES ? n_read : n_all);
        if (share <= s.largest) continue;
        s.largest = share;
        s.largest_code = (int32_t)i;
    }
    s.all = foretell(t, n_read, n_all);
    return s;
}
