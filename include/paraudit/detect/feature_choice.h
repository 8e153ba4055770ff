/* Which features a detector reads, said in a text: terms with commas between them, taken from
 * the left. A term adds features: `all`, `label_free` (those that need no labels), a family or
 * one column; with a minus before it, it takes them away. A text that begins by taking away
 * starts from label_free. `auto`, alone, is what we found best for what learns from labels: all
 * that do not yield to another family that is there (pa_column_spec.yields_to).
 *
 *     label_free, -account age          all that need no labels, but for that family
 *     tx_amount, account outliers       a column and a family
 *
 * Kernel. */
#ifndef PARAUDIT_DETECT_FEATURE_CHOICE_H
#define PARAUDIT_DETECT_FEATURE_CHOICE_H

#include <stdbool.h>

#include "paraudit/table/column.h"

/* Whether the terms leave the feature in. */
bool pa_feature_is_chosen(const char *terms, const pa_column_spec *feature);

/* Whether each term is one that the features know. key: for messages, of the option.
 * PA_E_CONFIG names the term and the nearest known one. */
pa_status pa_feature_choice_check(const char *key, const char *terms,
                                  const pa_column_spec *const feature[], size_t n, pa_error *err);

/* Both: chosen[i] is whether the checked terms leave feature i in. */
pa_status pa_choose_features(const char *key, const char *terms, size_t n,
                             const pa_column_spec *const feature[], bool chosen[], pa_error *err);

#endif
