/* What the files of `paraudit embed` share. */
#ifndef PARAUDIT_COMMANDS_EMBED_PARTS_H
#define PARAUDIT_COMMANDS_EMBED_PARTS_H

#include "paraudit/base/log.h"
#include "paraudit/commands/arguments.h"
#include "paraudit/embed/sequence_file.h"
#include "paraudit/embed/sgns.h"
#include "paraudit/files/own_folder.h"
#include "paraudit/files/sha256.h"
#include "paraudit/text/sink.h"

typedef struct {
    const char *path, *out, *contexts, *saved;
    pa_sgns_options sgns;
    int64_t save_every, top;
    pa_text_io io;
    bool replace, quiet;
} pa_embed_settings;

/* Strings are borrowed. PA_E_USAGE. Local. */
pa_status pa_embed_read_settings(const pa_arguments *arguments, pa_embed_settings *settings,
                                 pa_error *err);

/* Where a training that was stopped goes on: rounds done and the model, in a folder. */
typedef struct {
    pa_comm *comm;
    const pa_embed_settings *settings;
    pa_buffer path; /* of the folder; empty: nothing is saved */
    pa_own_folder folder;
    char job[PA_DIGEST_TEXT];
    double last_save;
    pa_log *log;
} pa_embed_saver;

/* Finds out which job it is, and what an earlier run has done of it: where there is something, the
 * model goes on from there. PA_E_CREATE: the folder is another job's. Collective. */
pa_status pa_embed_saver_open(pa_comm *comm, const pa_embed_settings *settings, pa_sgns *sgns,
                              size_t n_items, pa_embed_saver *saver, pa_error *err);

/* Trains what is left; PA_E_AGAIN: a signal came, and what was done is saved. Collective. */
pa_status pa_embed_train(pa_embed_saver *saver, pa_sgns *sgns, size_t n_items, pa_error *err);

/* What was saved goes, when all is written; and the saver. Local. */
void pa_embed_saver_done(pa_embed_saver *saver);
void pa_embed_saver_close(pa_embed_saver *saver);

/* Vectors as word2vec has them, text or binary: a line with how many there are and their
 * dimensions, then a name, a blank and the numbers of each. vector: n x dim, of all items, on every
 * rank. Collective. */
pa_status pa_embed_write(pa_comm *comm, const pa_names *names, int32_t dim, const float vector[],
                         bool binary, pa_sink *sink, pa_error *err);

#endif
