/* The slow twin of the features: every column from its definition, by looking
 * at every other row. */
#ifndef PARAUDIT_TESTS_NAIVE_FEATURES_H
#define PARAUDIT_TESTS_NAIVE_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/features/columns.h"

enum { NAIVE_MOST_ROWS = 4096, NAIVE_CODES = 4 };

typedef struct {
    int64_t tx;
    int32_t account, merchant;
    int64_t time, amount, label_time;
    int64_t passed, back; /* a fraud passed for genuine from then on, and is taken back; 0: never */
    int8_t label;
    int32_t code[NAIVE_CODES]; /* category, channel, currency, country; -1: not given */
    double home[2], place[2];  /* latitude, longitude; NaN: not known */
} naive_row;

/* n random rows in random order with distinct tx from first_tx on: few accounts
 * and merchants, some without rows; bursts of equal seconds; gaps of hours and
 * of months; labels -1, 0, 1, some found days later than others; refunds; codes
 * and places that are now and then not given. */
void naive_book(uint64_t seed, size_t n, int32_t accounts, int32_t merchants, naive_row rows[]);

/* Does a come before b in the order (time, tx)? */
bool naive_before(const naive_row *a, const naive_row *b);

/* Sorts by (account or merchant, time, tx). */
void naive_sort(size_t n, naive_row rows[], bool by_merchant);

/* The columns of rows, as the kernels take them; n values each. */
typedef struct {
    int32_t account[NAIVE_MOST_ROWS], merchant[NAIVE_MOST_ROWS];
    int64_t tx[NAIVE_MOST_ROWS], time[NAIVE_MOST_ROWS], amount[NAIVE_MOST_ROWS];
    int64_t label_time[NAIVE_MOST_ROWS];
    int64_t label_before_time[NAIVE_MOST_ROWS], label_first_time[NAIVE_MOST_ROWS];
    int8_t label[NAIVE_MOST_ROWS];
    int32_t code[NAIVE_CODES][NAIVE_MOST_ROWS];
    double home[2][NAIVE_MOST_ROWS], place[2][NAIVE_MOST_ROWS];
} naive_columns;
void naive_to_columns(size_t n, const naive_row rows[], naive_columns *columns);

/* How many of n values differ in any bit. */
size_t naive_unlike(size_t n, const float a[], const float b[]);

/* Every label is known when it is due: label_time says nothing. */
void naive_in_time(size_t n, naive_row rows[]);

/* Half of the frauds have passed for genuine before, half are taken back. */
void naive_changes(uint64_t seed, size_t n, naive_row rows[]);

typedef float naive_outputs[PA_N_FEATURES][NAIVE_MOST_ROWS];

/* How many of n values of a feature are not the twin's b: in any bit, or, where the
 * twin computes logarithms and distances another way, by more than float rounding. */
size_t naive_unlike_feature(int feature, size_t n, const float a[], const float b[]);

/* out[feature][i] for row i, rows in any order. */
void naive_features(size_t n, const naive_row rows[], int64_t delay, size_t n_last,
                    naive_outputs out);

/* A number from a seed that it moves on (splitmix64), below `limit`. */
uint64_t naive_random(uint64_t *state, uint64_t limit);

#endif
