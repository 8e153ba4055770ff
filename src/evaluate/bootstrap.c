#include "paraudit/evaluate/bootstrap.h"

#include <math.h>

#include "paraudit/base/draw.h"
#include "paraudit/base/sort.h"

/* Where 16 uniform bits reach the next count of a Poisson distribution of mean 1, as near as
 * 16 bits allow; the mean is 1 exactly. */
static const uint16_t least[] = {24109, 48219, 60273, 64292, 65296, 65497, 65531, 65535};

static uint8_t poisson(uint32_t bits)
{
    uint8_t count = 0;
    for (size_t i = 0; i < sizeof least / sizeof *least; i++) count += bits >= least[i];
    return count;
}

void pa_bootstrap_weights(uint64_t seed, uint64_t account, uint64_t block, uint8_t weight[PA_BLOCK])
{
    uint32_t word[4];
    pa_draw_words(seed, PA_DRAW_BOOTSTRAP, account, block, word);
    for (int i = 0; i < PA_BLOCK; i++) weight[i] = poisson(word[i / 2] >> 16 * (i % 2) & 0xffff);
}

static size_t end_of_run(size_t from, size_t n, const uint64_t key[])
{
    size_t i = from;
    while (i < n && key[i] == key[from]) i++;
    return i;
}

size_t pa_find_slots(size_t n, const uint64_t key[], const uint8_t fraud[], pa_slot slot[])
{
    size_t n_slots = 0;
    bool is_open = false; /* the last slot takes further runs without a fraud */
    for (size_t from = 0, end; from < n; from = end) {
        bool any = false;
        end = end_of_run(from, n, key);
        for (size_t i = from; i < end; i++) any |= fraud[i] != 0;
        bool alone = any || from == 0 || end == n;
        if (alone || !is_open) slot[n_slots++] = (pa_slot){key[from], from};
        is_open = !alone;
    }
    slot[n_slots] = (pa_slot){0, n};
    return n_slots;
}

void pa_weigh_slots(size_t n_slots, const pa_slot slot[], const uint32_t account[],
                    const uint8_t fraud[], const uint8_t weight[][PA_BLOCK],
                    pa_score_run *const run[PA_BLOCK])
{
    for (size_t s = 0; s < n_slots; s++) {
        int64_t sum[2][PA_BLOCK] = {{0}};
        for (size_t i = slot[s].begin; i < slot[s + 1].begin; i++) {
            int64_t *to = sum[fraud[i] != 0];
            for (int b = 0; b < PA_BLOCK; b++) to[b] += weight[account[i]][b];
        }
        for (int b = 0; b < PA_BLOCK; b++)
            run[b][s] = (pa_score_run){slot[s].key, {.frauds = sum[1][b], .others = sum[0][b]}};
    }
}

static int ascending(const void *a, const void *b, void *context)
{
    (void)context;
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

pa_status pa_middle_of(size_t n, double value[], pa_interval *middle, pa_error *err)
{
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(value[i])) value[known++] = value[i];
    *middle = (pa_interval){(double)NAN, (double)NAN};
    if (known == 0) return PA_OK;
    PA_TRY(pa_sort(value, known, sizeof *value, ascending, NULL, err));
    size_t cut = known / 40;
    *middle = (pa_interval){value[cut], value[known - 1 - cut]};
    return PA_OK;
}
