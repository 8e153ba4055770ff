/* What the command line of `paraudit mine` says. */
#ifndef PARAUDIT_SRC_COMMANDS_MINE_SETTINGS_H
#define PARAUDIT_SRC_COMMANDS_MINE_SETTINGS_H

#include "mine_parts.h"
#include "mine_rules.h"

typedef struct {
    const char *path, *out, *support;
    pa_pair_columns columns; /* of a CSV file */
    pa_mine_request request;
    pa_rule_settings rules;
    pa_text_io io;
    pa_mine_engine *mine;
    const char *saved;
    int64_t save_every;
    bool count, replace, sort, h5, quiet, time;
} pa_mine_settings;

/* Strings are borrowed. PA_E_USAGE. Local. */
pa_status pa_mine_read_settings(const pa_arguments *arguments, pa_mine_settings *settings,
                                pa_error *err);

/* Baskets that a set is in at least: a number of them, or a share of n_baskets. PA_E_USAGE. */
pa_status pa_mine_find_support(const char *text, int64_t n_baskets, int64_t *least, pa_error *err);

#endif
