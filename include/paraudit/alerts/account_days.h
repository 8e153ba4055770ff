/* Rows grouped into what an analyst opens: one account on one day. */
#ifndef PARAUDIT_ALERTS_ACCOUNT_DAYS_H
#define PARAUDIT_ALERTS_ACCOUNT_DAYS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    int64_t day;
    int64_t n_rows; /* of that account on that day */
    size_t first;   /* the first of them ... */
    size_t best;    /* ... and the oddest: the one of smallest rank */
    int64_t place;  /* among all account-days of the day, from 1; 0: not known yet */
    int32_t account;
} pa_account_day;

/* Groups the rows with rank > 0; the others do not count. Rows of an account
 * stand next to each other, in time order. out: room for as many groups as
 * there are (at most n); NULL: only counts. Returns how many. */
size_t pa_account_days(size_t n, const int32_t account[], const int64_t time[],
                       const int64_t rank[], pa_account_day out[]);

/* Of n account-days those whose oddest row may raise no alert (held_by: below 0 where it may), in
 * their order, into `held`, which has room for n; returns how many. Each stays in `days` with its
 * oddest row that may, and goes where it has none; *n becomes smaller. n_rows: of all arrays. */
size_t pa_hold_back(size_t n_rows, const int32_t account[], const int64_t time[],
                    const int64_t rank[], const int32_t held_by[], size_t *n, pa_account_day days[],
                    pa_account_day held[]);

/* The name that an alert keeps over runs: 16 hexadecimal digits of XXH3 (64
 * bits) over the account's id, seeded with the day. Not ended by a zero byte. */
void pa_alert_id(const char *account, size_t length, int64_t day, char id[16]);

#endif
