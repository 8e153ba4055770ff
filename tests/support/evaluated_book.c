#include "evaluated_book.h"

pa_evaluation_options pa_book_evaluation(void)
{
    return (pa_evaluation_options){.plan = {.history_from = 0,
                                            .train_from = BOOK_TRAIN_FROM * BOOK_DAY,
                                            .train_until = BOOK_TRAIN_UNTIL * BOOK_DAY,
                                            .audit_from = BOOK_AUDIT_FROM * BOOK_DAY,
                                            .audit_until = BOOK_AUDIT_UNTIL * BOOK_DAY,
                                            .label_delay = BOOK_DELAY * BOOK_DAY,
                                            .as_of = 40 * BOOK_DAY},
                                   .k = 4,
                                   .curve_points = 12,
                                   .episode_gap = 3 * BOOK_DAY};
}

pa_evaluation_input pa_book_input(book_slice s, const uint8_t alert[])
{
    const audit_book *b = pa_audit_book();
    return (pa_evaluation_input){.n = s.n,
                                 .time = b->time + s.first,
                                 .tx = b->tx + s.first,
                                 .account = b->account + s.first,
                                 .amount = b->amount + s.first,
                                 .margin = b->margin + s.first,
                                 .alert = alert,
                                 .label = b->label + s.first};
}

bool pa_book_is_judged(size_t row)
{
    const audit_book *b = pa_audit_book();
    int64_t day = b->time[row] / BOOK_DAY;
    return day >= BOOK_AUDIT_FROM && day < BOOK_AUDIT_UNTIL && b->label[row] >= 0;
}
