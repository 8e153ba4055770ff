#include "drawn_rows.h"

uint32_t draw_below(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)*state * below >> 32);
}

void draw_rows(uint32_t *state, size_t n, int n_accounts, int n_merchants, drawn_rows *r)
{
    int64_t time = 0;
    r->n = n;
    for (size_t i = 0; i < n; i++) {
        int32_t account = (int32_t)(i * (size_t)n_accounts / n);
        time = i > 0 && r->account[i - 1] == account ? time : 0;
        time += draw_below(state, 40000);
        r->account[i] = account;
        r->merchant[i] = (int32_t)draw_below(state, (uint32_t)n_merchants + 1) - 1;
        r->category[i] = r->merchant[i] % 5;
        r->time[i] = time;
        r->amount_minor[i] = (int64_t)draw_below(state, 1u << draw_below(state, 20)) - 2;
        r->segment[i] = (int8_t)(account % 4);
    }
}
