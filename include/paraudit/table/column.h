/* A named, typed column and what its name stands for. */
#ifndef PARAUDIT_TABLE_COLUMN_H
#define PARAUDIT_TABLE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

typedef enum {
    PA_I64,
    PA_I32,
    PA_I8,
    PA_BOOL, /* one byte, 0 or 1; an h5py boolean in the file */
    PA_F32,
    PA_F64,
    PA_BYTES /* fixed-length UTF-8, padded with zero bytes; width says how long */
} pa_type;

/* What a column is for. Stages ask for columns by name or by role. */
typedef enum {
    PA_ROLE_ID,           /* names a row or points at a row of another table */
    PA_ROLE_INPUT,        /* as read: time, amount, ... */
    PA_ROLE_LABEL,        /* what was found out later */
    PA_ROLE_FEATURE,      /* describes a row; detectors read these */
    PA_ROLE_RAW,          /* a detector's own scale */
    PA_ROLE_TAIL,         /* share of the fitting rows that look at least as odd */
    PA_ROLE_CONTRIBUTION, /* part of the margin */
    PA_ROLE_RESULT,       /* margin, score, rank, alert, ... */
    PA_ROLE_REASON        /* a detector's reasons: features, and how much each says */
} pa_role;

/* Reasons that a detector gives for a row, at most: the columns
 * <detector>_reason1 .. (a code of "categories/feature", which lists the columns
 * of role feature in table order; -1: none) and <detector>_part1 .. (float32:
 * its share of all that speaks against the row). */
enum { PA_REASONS = 3 };

enum {
    PA_NOT_CAUSAL = 1,    /* may change when later rows are cut off */
    PA_NEEDS_LABELS = 2,  /* read from known labels */
    PA_NEEDS_HISTORY = 4, /* read from the account's earlier rows */
    PA_FITTED = 8         /* a model of earlier rows says it: missing before the model's `until` */
};

/* The unit of times; xarray makes dates of such a column. */
#define PA_UNIT_TIME "seconds since 1970-01-01 00:00:00"

/* The unit of the raw values of a supervised detector: ln(p / (1 - p)) of fraud. */
#define PA_UNIT_LOG_ODDS "log-odds"

/* Units of amounts in whole numbers: "1", "0.1", "0.01" ..., by their decimals. */
enum { PA_MOST_DECIMALS = 8 };
extern const char *const pa_minor_unit[PA_MOST_DECIMALS + 1];
/* How many of such a unit make one of the currency; 0: it is none of these. */
double pa_minor_units(const char *unit);

/* All strings are borrowed and outlive the column: literals in practice. */
typedef struct {
    const char *name;
    pa_type type;
    int width;           /* bytes of a PA_BYTES value, else 0 */
    const char *unit;    /* "s", "1", ...: xarray makes durations of "seconds"; NULL: none */
    const char *meaning; /* one sentence for the analyst */
    pa_role role;
    unsigned flags;
    const char *stage; /* who fills it */
    const char *codes; /* the table or category list that the values index, or NULL */
    /* Of features, NULL where there is nothing to say. */
    const char *family; /* those that say the same of a row, and so are one reason */
    const char *words;  /* a reason in words, with its value in braces (alerts/sentence.h) */
    int8_t direction;   /* 1: more of it can only raise the odds of a fraud, -1: only lower them */
    const char *yields_to; /* a family that says the same better: beside it `auto` drops this one */
} pa_column_spec;

size_t pa_type_size(pa_type type, int width);

/* The smaller of PA_I8 and PA_I32 that holds the codes -1 .. n_codes - 1. */
pa_type pa_code_type(size_t n_codes);

typedef struct {
    pa_column_spec spec;
    void *data; /* n_rows values, owned by the table */
} pa_column;

/* A value of a column of pa_code_type. */
int32_t pa_code_at(const pa_column *c, size_t row);
/* Those of its first n rows. */
void pa_codes_of(const pa_column *c, size_t n, int32_t code[]);
void pa_set_code(const pa_column *c, size_t row, int32_t code);

#endif
