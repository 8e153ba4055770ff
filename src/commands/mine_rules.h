/* The rules of paraudit mine. */
#ifndef PARAUDIT_SRC_COMMANDS_MINE_RULES_H
#define PARAUDIT_SRC_COMMANDS_MINE_RULES_H

#include "mine_parts.h"
#include "paraudit/patterns/rules.h"

#define PA_RULE_FLAGS                                                                              \
    {"--rules", "RULES.csv", "where rules of all frequent sets are written, whatever --kind",      \
     false},                                                                                       \
        {"--min-confidence", "C", "of a rule, from 0 to 1; default: 0.8", false},                  \
        {"--min-lift", "L", "of a rule; default: any", false},                                     \
        {"--max-fdr", "Q",                                                                         \
         "share of false discoveries, from 0 to 1: rules with q up to it; default: any", false},   \
        {"--min-improvement", "D",                                                                 \
         "confidence that the items of a rule must add, or it is redundant; default: any above 0", \
         false},                                                                                   \
    {                                                                                              \
        "--no-redundant", NULL, "redundant rules are left out", false                              \
    }

typedef struct {
    const char *path; /* NULL: no rules */
    pa_rule_options options;
} pa_rule_settings;

/* memory: of options. Local. */
pa_status pa_read_rule_settings(const pa_arguments *arguments, size_t memory,
                                pa_rule_settings *settings, pa_error *err);

typedef struct {
    int64_t n, n_tested;
    pa_mined mined; /* its numbers: nothing to free */
} pa_rules_told;

/* Mines all sets of the support and up to the length of `sets`, and adds their rules to the file,
 * which has no name yet. A signal stops it. Collective. */
pa_status pa_mine_rules(pa_comm *comm, const pa_rule_settings *settings, pa_mine_engine *mine,
                        const pa_mine_input *input, const pa_mine_request *sets, pa_sink *sink,
                        pa_rules_told *told, pa_error *err);

#endif
