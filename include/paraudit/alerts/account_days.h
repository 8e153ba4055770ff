/* Rows grouped into what an analyst opens: one account on one day. */
#ifndef PARAUDIT_ALERTS_ACCOUNT_DAYS_H
#define PARAUDIT_ALERTS_ACCOUNT_DAYS_H

#include <stddef.h>
#include <stdint.h>

/* Rows of accounts, which stand next to each other in time order. */
typedef struct {
    size_t n;
    const int32_t *account;
    const int64_t *time, *tx;
    const double *margin;  /* the oddest has the largest; ties: the smaller tx, then the first */
    const uint8_t *chosen; /* the others do not count; these have a margin (no NaN) */
} pa_day_rows;

typedef struct {
    int64_t day;
    int64_t n_rows; /* of that account on that day */
    size_t first;   /* the first of them ... */
    size_t best;    /* ... and the oddest */
    int64_t place;  /* among all account-days of the day, from 1; 0: not known yet */
    int32_t account;
} pa_account_day;

/* Groups the rows that are chosen. out: room for as many groups as there are (at most n);
 * NULL: only counts. Returns how many. */
size_t pa_account_days(const pa_day_rows *rows, pa_account_day out[]);

/* Of n account-days those whose oddest row may raise no alert (held_by: below 0 where it may), in
 * their order, into `held`, which has room for n; returns how many. Each stays in `days` with its
 * oddest row that may, and goes where it has none; *n becomes smaller. */
size_t pa_hold_back(const pa_day_rows *rows, const int32_t held_by[], size_t *n,
                    pa_account_day days[], pa_account_day held[]);

/* The name that an alert keeps over runs: 16 hexadecimal digits of XXH3 (64
 * bits) over the account's id, seeded with the day. Not ended by a zero byte. */
void pa_alert_id(const char *account, size_t length, int64_t day, char id[16]);

#endif
