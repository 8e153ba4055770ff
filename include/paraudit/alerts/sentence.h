/* A reason as a sentence: what the row has, and what is usual instead.
 *
 *     spent 812.40 within a day; half of its last 47 transactions stood at 35.10 or
 *     less, half of all training transactions at 41.02 or less
 *
 * A feature brings its own words (pa_column_spec.words), in which a value stands in
 * braces by its kind:
 *
 *     {money}     812.40               {time}   45 s, 12.50 min, 3 h, 2.25 d
 *     {count tx}  1 tx, 3 txs          {days}   2.25 d, 12 h
 *     {times}     3.20 times           {km}     14 km      {km/h}  900 km/h
 *     {share}     4.20 % (of .042)     {odds}   6.25 % (of 4 bits)
 *     {number}    as it is             {name}   the feature's name
 *
 * Words with a bar are those of a flag: before it for what is so, behind it for what is
 * not. Numbers: whole ones without decimals, others with two, and with three digits
 * below 1; money always with two decimals, and below .01 with three digits. */
#ifndef PARAUDIT_ALERTS_SENTENCE_H
#define PARAUDIT_ALERTS_SENTENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "paraudit/base/array.h"

typedef struct {
    const char *name;   /* of the feature */
    const char *words;  /* NULL: its name and its value */
    float value;        /* NaN: "none" */
    float account;      /* what is usual: the median over n_account earlier transactions */
    float peers;        /* ... and over the training part; NaN: nothing is known */
    int32_t n_account;  /* 0: the account has none */
    const char *detail; /* what the feature does not name; "": nothing */
} pa_sentence_facts;

/* Appends the sentence. Half of what is usual is said to stand at the median or less,
 * or more where the value shown is below the median shown. Pure. */
pa_status pa_sentence(pa_buffer *text, const pa_sentence_facts *facts, pa_error *err);

/* Whether words have exactly one value in braces, of a kind that is known, or are a
 * flag's. */
bool pa_are_words(const char *words);

#endif
