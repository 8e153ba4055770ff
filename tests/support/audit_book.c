#include "audit_book.h"

#include <math.h>
#include <stdlib.h>

#include "paraudit/stage/time_plan.h"

enum { DAY = 86400 };

static unsigned draw(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static int8_t split_of(int64_t day)
{
    return day < BOOK_TRAIN_FROM    ? PA_SPLIT_HISTORY
           : day < BOOK_TRAIN_UNTIL ? PA_SPLIT_TRAIN
           : day < BOOK_AUDIT_FROM  ? PA_SPLIT_GAP
           : day < BOOK_AUDIT_UNTIL ? PA_SPLIT_AUDIT
                                    : PA_SPLIT_AFTER;
}

static void draw_row(audit_book *b, int i, unsigned *state)
{
    enum { PER_ACCOUNT = BOOK_ROWS / BOOK_ACCOUNTS };
    int64_t before = i % PER_ACCOUNT ? b->time[i - 1] : 0;
    b->account[i] = i / PER_ACCOUNT;
    b->time[i] = before + draw(state) % (3 * DAY / 2);
    b->tx[i] = (i * 7 + 5) % BOOK_ROWS; /* 7 and the number of rows share no factor */
    b->amount[i] = (double)(draw(state) % 100000) / 100;
    unsigned odd = draw(state) % 40;
    b->label[i] = odd == 0 ? -1 : odd <= 2 ? 1 : 0;
    bool fraud = b->label[i] == 1;
    b->split[i] = split_of(b->time[i] / DAY);
    bool scored = b->split[i] >= PA_SPLIT_TRAIN;
    for (int k = 0; k < 2; k++) {
        unsigned steps = 1 + draw(state) % (fraud ? 8 : 24);
        b->tail[k][i] = scored ? (float)steps / 24 : NAN;
    }
    b->margin[i] = scored ? 48 - 24 * ((double)b->tail[0][i] + (double)b->tail[1][i]) : (double)NAN;
}

static void draw_reasons(audit_book *b, int i)
{
    unsigned state = (unsigned)i * 2654435761u;
    for (int f = 0; f < BOOK_FEATURES; f++) b->feature[f][i] = (float)(draw(&state) % 50) / 4 - 3;
    for (int k = 0; k < 2; k++) {
        int n = b->split[i] >= PA_SPLIT_TRAIN ? (int)(draw(&state) % (PA_REASONS + 1)) : 0;
        int first = (int)(draw(&state) % BOOK_FEATURES);
        for (int j = 0; j < PA_REASONS; j++) {
            b->reason[k][j][i] = (int8_t)(j < n ? (first + 2 * j) % BOOK_FEATURES : -1);
            b->part[k][j][i] = j < n ? 0.5f / (float)(j + k + 1) : 0;
        }
    }
}

const audit_book *pa_audit_book(void)
{
    static audit_book book;
    static bool drawn;
    unsigned state = 4711;
    for (int i = 0; !drawn && i < BOOK_ROWS; i++) {
        draw_row(&book, i, &state);
        draw_reasons(&book, i);
    }
    drawn = true;
    return &book;
}

book_slice pa_slice_book(const pa_comm *comm, book_cut cut)
{
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    bool last = rank == size - 1;
    int32_t from = cut == BOOK_EVEN ? BOOK_ACCOUNTS * rank / size : 0;
    int32_t end = cut == BOOK_EVEN ? BOOK_ACCOUNTS * (rank + 1) / size : last ? BOOK_ACCOUNTS : 0;
    size_t per_account = BOOK_ROWS / BOOK_ACCOUNTS;
    return (book_slice){.first = (size_t)from * per_account,
                        .n = (size_t)(end - from) * per_account,
                        .first_account = from,
                        .n_accounts = end - from};
}

int pa_compare_book_rows(size_t a, size_t b)
{
    const audit_book *book = pa_audit_book();
    if (book->margin[a] != book->margin[b]) return book->margin[a] > book->margin[b] ? -1 : 1;
    return (book->tx[a] > book->tx[b]) - (book->tx[a] < book->tx[b]);
}

int pa_book_reasons_from(const float *const contribution[2], size_t row)
{
    const audit_book *b = pa_audit_book();
    bool first = b->reason[0][0][row] >= 0, second = b->reason[1][0][row] >= 0;
    if (first && second) return contribution[1][row] > contribution[0][row];
    return first ? 0 : second ? 1 : -1;
}

static int compare_floats(const void *a, const void *b)
{
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static float slow_median(size_t n, float v[])
{
    if (n == 0) return NAN;
    qsort(v, n, sizeof *v, compare_floats);
    return (float)(((double)v[(n - 1) / 2] + (double)v[n / 2]) / 2);
}

float pa_book_account_usual(int feature, size_t row)
{
    const audit_book *b = pa_audit_book();
    float v[BOOK_ROWS];
    size_t n = 0;
    for (size_t i = 0; i < row; i++) {
        if (b->account[i] == b->account[row]) v[n++] = b->feature[feature][i];
    }
    return slow_median(n, v);
}

float pa_book_peer_usual(int feature)
{
    const audit_book *b = pa_audit_book();
    float v[BOOK_ROWS];
    size_t n = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        if (b->split[i] == PA_SPLIT_TRAIN) v[n++] = b->feature[feature][i];
    }
    return slow_median(n, v);
}
