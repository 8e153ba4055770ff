/* Inside of the folder of a result: shared by who takes it (out_folder.c), by what it must not
 * hold (out_reads.c) and by what in it is whose (out_own.c). All calls are of rank 0. */
#ifndef PARAUDIT_OUT_PARTS_H
#define PARAUDIT_OUT_PARTS_H

#include "paraudit/base/options.h"
#include "paraudit/commands/out_folder.h"
#include "paraudit/result/digest.h"

/* The remedies, of a job that begins and of one that goes on. */
#define PA_OR_ELSE "name another folder by --out, or say --replace to have it replaced in the end"
#define PA_OR_MOVE "move it away, or say `resume --replace` to have it replaced in the end"

/* All that a job writes into the folder itself. The first PA_OUT_RESULT are of use by
 * themselves, the others are left by any job that stops; all but the last are drafts first. */
enum { PA_OUT_RESULT = 3, PA_OUT_DRAFTS = 5, PA_OUT_NAMES = 6 };
extern const char *const pa_out_names[PA_OUT_NAMES];

bool pa_out_is_file(const char *folder, const char *name);

/* Inputs, configuration, preset and previous result, by whatever name: PA_E_CREATE where one is an
 * output, the draft of one or a file of checkpoints. Of a job that goes on the configuration lies
 * among its checkpoints, and is not in the list. */
pa_status pa_out_check_reads(const pa_config *config, const char *folder, pa_error *err);

/* Where there is no result: PA_E_CREATE of files that no job of ours can have left then.
 * marked: one was here. */
pa_status pa_out_check_foreign(const char *folder, bool marked, const char *or_else, pa_error *err);

/* PA_E_CREATE of files of our names that are not of the kind that a job leaves. digest: of the
 * content of the result that is there; "": there is none. */
pa_status pa_out_check_own(const char *folder, const char *digest, const char *or_else,
                           pa_error *err);

/* Whether log.txt is one of ours. */
bool pa_out_is_log(const char *folder);

/* Notes what pa_out_check_own has found fit, but for the queue, whose bytes tell in the end. */
void pa_out_note_own(const char *folder, pa_standing *standing);

#endif
