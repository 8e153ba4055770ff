/* A small book after the detectors, drawn the same in every run, for tests of
 * what comes behind them: few distinct margins, so that ties are everywhere. */
#ifndef PARAUDIT_TESTS_AUDIT_BOOK_H
#define PARAUDIT_TESTS_AUDIT_BOOK_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/comm/comm.h"
#include "paraudit/table/column.h"

enum {
    BOOK_ROWS = 2400,
    BOOK_ACCOUNTS = 60,
    BOOK_FEATURES = 5,
    BOOK_TRAIN_FROM = 5,
    BOOK_TRAIN_UNTIL = 10,
    BOOK_AUDIT_FROM = 15, /* days */
    BOOK_AUDIT_UNTIL = 25,
    BOOK_DELAY = 5
};

/* Rows by (account, time); tx in another order. */
typedef struct {
    int64_t time[BOOK_ROWS], tx[BOOK_ROWS];
    int32_t account[BOOK_ROWS];
    double amount[BOOK_ROWS], margin[BOOK_ROWS];
    float tail[2][BOOK_ROWS];
    int8_t label[BOOK_ROWS], split[BOOK_ROWS];
    float feature[BOOK_FEATURES][BOOK_ROWS];
    int8_t reason[2][PA_REASONS][BOOK_ROWS]; /* of two detectors: from none to all; -1: none */
    float part[2][PA_REASONS][BOOK_ROWS];
} audit_book;

const audit_book *pa_audit_book(void);

/* Where the rows and accounts of this rank begin and end: accounts evenly, or
 * all on the last rank. */
typedef enum { BOOK_EVEN, BOOK_ON_LAST, N_BOOK_CUTS } book_cut;

typedef struct {
    size_t first, n;
    int32_t first_account, n_accounts;
} book_slice;

book_slice pa_slice_book(const pa_comm *comm, book_cut cut);

/* -1, 0 or 1 as row a comes before, is, or comes after row b by (margin
 * descending, tx). */
int pa_compare_book_rows(size_t a, size_t b);

/* What a row of reasons should be: the detector whose reasons these are, -1 if
 * none gives any (contribution: of both, all rows); the median of a feature over
 * the account's rows before this one, or over the training rows. */
int pa_book_reasons_from(const float *const contribution[2], size_t row);
float pa_book_account_usual(int feature, size_t row);
float pa_book_peer_usual(int feature);

#endif
