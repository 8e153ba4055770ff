/* What `paraudit verify --previous` checks. */
#ifndef PARAUDIT_VERIFY_CHAIN_H
#define PARAUDIT_VERIFY_CHAIN_H

#include "paraudit/comm/comm.h"
#include "paraudit/commands/arguments.h"
#include "paraudit/result/digest.h"

typedef struct {
    char previous[PA_DIGEST_TEXT]; /* that a result names; "": none */
    int64_t n_behind;              /* results behind it that were read again, and are its chain */
    char end[PA_DIGEST_TEXT];      /* that the last of them names; "": none */
} pa_chain;

/* Reads the results of --previous again, all of them, and checks that each is named by another,
 * the first by the result at `path`, which names chain->previous. Their order does not matter.
 * PA_E_DATA: one is damaged, or not of the chain; PA_E_NO_INPUT. Collective. */
pa_status pa_verify_chain(pa_comm *comm, const pa_arguments *a, const char *path, pa_chain *chain,
                          pa_error *err);

#endif
