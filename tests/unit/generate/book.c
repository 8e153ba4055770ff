#include "book.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"

enum { SEEDS = 2, MOST_ROWS = PA_BOOK_ROWS + PA_BOOK_ROWS / 5 };

static pa_book books[SEEDS];

void pa_book_free(void)
{
    for (int i = 0; i < SEEDS; i++) {
        pa_world_free(books[i].world);
        pa_free(books[i].rows);
        pa_free(books[i].first);
        books[i] = (pa_book){0};
    }
}

static void fill(pa_book *b)
{
    static pa_generated_row some[PA_BOOK_DAYS * PA_MAX_ROWS_A_DAY];
    for (size_t a = 0; a < b->n_accounts; a++) {
        size_t n = pa_generate_account(b->world, (int64_t)a, some);
        PA_ASSERT(b->n + n <= MOST_ROWS);
        memcpy(b->rows + b->n, some, n * sizeof *some);
        b->n += n;
        b->first[a + 1] = b->n;
    }
}

const pa_book *pa_book_of(uint64_t seed)
{
    PA_ASSERT(seed >= 1 && seed <= SEEDS);
    pa_book *b = books + seed - 1;
    if (b->world) return b;
    pa_error err = {0};
    int64_t start;
    PA_ASSERT(pa_parse_time("2024-01-01", 10, &start));
    pa_portfolio p = pa_portfolio_of_rows(seed, PA_BOOK_ROWS, PA_BOOK_DAYS, start);
    b->n_accounts = (size_t)p.n_accounts;
    PA_ASSERT(pa_world_new(&p, &b->world, &err) == PA_OK);
    PA_ASSERT(PA_NEW(b->rows, MOST_ROWS, &err) == PA_OK);
    PA_ASSERT(PA_NEW(b->first, b->n_accounts + 1, &err) == PA_OK);
    fill(b);
    return b;
}
