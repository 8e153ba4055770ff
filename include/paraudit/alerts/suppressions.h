/* Which rows raise no alert because a rule says so.
 *
 * A rule is of an account, a merchant, a category ... and is in force from its first moment until
 * before its end. It holds a row back whose time lies there, which is that account's (merchant's,
 * ...), and whose first reason is the rule's feature, or one of its family; `*` stands for any
 * reason, and none. Of several rules that do, the first by file and line counts. */
#ifndef PARAUDIT_ALERTS_SUPPRESSIONS_H
#define PARAUDIT_ALERTS_SUPPRESSIONS_H

#include <stdbool.h>

#include "paraudit/comm/comm.h"
#include "paraudit/table/table.h"

enum { PA_SUPPRESSED_ENTITIES = 6 };

/* The codes of what a rule may be about, and their names. */
typedef struct {
    const char *entity;    /* as the rules name it */
    const pa_column *code; /* n local rows, -1: not given; NULL: the input has none */
    const pa_table *names; /* its first column; cut over the ranks in any way */
} pa_suppressed_entity;

/* Of n local rows. */
typedef struct {
    size_t n;
    const int64_t *time;
    const uint8_t *audited;  /* 0: no alert in any case */
    const pa_column *reason; /* the first: of the features, -1: none */
    size_t n_features;
    const pa_column *const *feature;
    pa_suppressed_entity entity[PA_SUPPRESSED_ENTITIES];
    const pa_table *rules; /* "suppressions" of the ingest, cut in any way */
} pa_suppression_input;

/* held_by: n values, the rule (row of the table) that holds the row back, or -1. n_of_rule: for
 * each of rules->n_global rules, on every rank, how many rows it holds back. PA_E_DATA: the table
 * is not that of an audit. Collective. */
pa_status pa_suppress(pa_comm *comm, const pa_suppression_input *in, int32_t held_by[],
                      int64_t n_of_rule[], pa_error *err);

/* Whether each rule was in force at any moment of [from, until), on the ranks that hold it. */
pa_status pa_suppressions_in_force(const pa_table *rules, int64_t from, int64_t until,
                                   uint8_t in_force[], pa_error *err);

#endif
