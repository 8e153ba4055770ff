/* Amounts of money as banks, shops and spreadsheets write them, to whole minor units;
 * and what the amounts of a file tell about the mark that it puts before the decimals.
 * Pure functions of the text, in UTF-8: no locale, no memory, nothing is kept.
 *
 * Read are, with blanks around (space, tab, no-break and thin spaces):
 *   digits, one decimal mark among them, before or behind them (.5, 12.), and an
 *       exponent: all that pa_parse_minor reads;
 *   groups of three before the decimal mark, by the other mark, one space of any kind,
 *       ' or U+2019, the same throughout; by commas also groups of two before the last of
 *       three (1,23,001.50). 1,23.4 and 1,2345.6 are no amounts;
 *   one sign before the number, behind it or between it and the currency: + - and the
 *       minus U+2212, hyphens and dashes U+2010 to U+2013 (word processors make an en dash
 *       of a minus; an em dash means "none", and is bad); parentheses around it, a minus;
 *       or, before or behind, in letters of any size, CR (credit: money in, positive) and
 *       DR, DB (debit: money out, negative), credit and debit; behind it also C, H (Haben)
 *       and D, S (Soll). Two of these, even alike, are bad: (-1), -1 DR, +1 CR, --1;
 *   one currency sign (Unicode's Sc, $ as US$ or R$ too, the signs for yuan, yen and won)
 *       and one word, before or behind: an ISO 4217 code, some of the past and of the trade
 *       (DEM, RMB, BTC) or one of the table in amount_around.c (kr, Fr., Rs., zł ...). A
 *       point behind these words, but not behind a code, is theirs: Rs.50 is 50.
 * 12.- and 12,- are bad: a price of twelve here, minus twelve there.
 *
 * Digits beyond the minor unit are rounded to nearest, ties to even, on the decimal
 * digits. */
#ifndef PARAUDIT_CSV_AMOUNT_H
#define PARAUDIT_CSV_AMOUNT_H

#include <stddef.h>
#include <stdint.h>

/* How the amounts of a file are written. Plain bytes: broadcast as such. */
typedef struct {
    char decimal;     /* '.' or ',', and the other one groups; 0: not known */
    int32_t decimals; /* 0 to 8: the minor unit is 10^-decimals */
} pa_amount_form;

typedef enum {
    PA_AMOUNT_READ,
    PA_AMOUNT_EMPTY, /* blanks only */
    PA_AMOUNT_BAD,   /* no amount, or none of this form */
    PA_AMOUNT_RANGE  /* beyond 2^53 minor units (PA_CSV_AMOUNT_MOST), of either sign */
} pa_amount_verdict;

/* Counts over many amounts; of ranks or files they are added. All but `rounded` hang
 * on the texts alone, whatever the form: so amounts that a form makes bad still tell
 * that the form is wrong. Index 0 is the point, 1 the comma. */
typedef struct {
    int64_t decimal[2]; /* amounts that can only be read with this mark before the decimals */
    int64_t lone[2];    /* 1.402 and the like: 1402 if the other mark is the decimal one */
    int64_t even;       /* of these, those that end in 00, as prices of thousands do */
    int64_t rounded;    /* amounts read with a digit beyond the minor unit that was not 0 */
    int64_t n;          /* all that are an amount in some form */
} pa_amount_tally;

/* Reads text[0 .. n). *minor is 0 unless READ is returned. Adds to *tally.
 *
 * An amount tells which mark is the decimal one where it can be read one way only: both
 * marks (1.402,50), a mark twice (1,234,567), other than three digits behind a lone mark
 * or other than one to three before it (1.4, 1.4025, 12., 1402.375, .402), other groups
 * (1 402.375). So do a single 0 before the mark (0.402) and an exponent (1.402E+3), which
 * nobody groups. What is left counts as lone: one mark, one to three digits before it,
 * three behind. Without a mark an amount says nothing.
 *
 * Where the form leaves the decimal mark open, what tells is read as it tells, and a lone
 * mark as the decimal one, for the time being. Where the form names it, that is how it is
 * read; 0,402 with a decimal point is bad.
 *
 * A caller that reads 12.34 on a shorter way must count it in decimal[0] and n. */
pa_amount_verdict pa_amount_read(const pa_amount_form *form, const char *text, size_t n,
                                 int64_t *minor, pa_amount_tally *tally);

typedef enum {
    PA_AMOUNT_SILENT,       /* no amount has a mark: either will do */
    PA_AMOUNT_SETTLED,      /* all that tell say the same */
    PA_AMOUNT_AMBIGUOUS,    /* lone marks, which settle nothing, and next to none that tells that
                               they part thousands: not one for 200 of them */
    PA_AMOUNT_CONTRADICTORY /* some say point, some comma: the counts say how many */
} pa_amount_finding;

/* *decimal: the mark where it is settled, '.' where nothing is said, else 0. */
pa_amount_finding pa_amount_decimal(const pa_amount_tally *tally, char *decimal);

/* What the lone marks are in amounts that are ambiguous, by other signs; 0: nothing tells.
 * They are decimal ones where three decimals or more are to be kept, and where all amounts,
 * PA_AMOUNT_MANY at least, have a point and fewer than half of them end in 00: of whole amounts
 * in groups some are below a thousand, or all are large and round. A comma alone, which parts
 * thousands in more of the world than it stands before three decimals, tells nothing. */
enum { PA_AMOUNT_MANY = 20 };
char pa_amount_likely_decimal(const pa_amount_tally *tally, int32_t decimals);

#endif
