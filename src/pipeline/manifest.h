/* What a checkpoint consists of: a small text that names files; private to the pipeline.
 *
 *     paraudit checkpoint 2
 *     config DIGEST
 *     inputs DIGEST                           of what job.ini says of them (job_ini.c)
 *     step ingest 000000.h5 BYTES DIGEST
 *     step moment 000002.h5 BYTES DIGEST
 *     step shy - 0 -                          a step that left nothing to save
 *     model iforest 000007.h5 BYTES DIGEST    of a stage under way; not always there
 *     sha256 DIGEST                           of all lines before
 *
 * A step is ingest or a stage. Its file is written when it ends, and never again. Digests of
 * files are those of their trailers, which guard themselves (files/trailer.h). All calls are local.
 */
#ifndef PARAUDIT_PIPELINE_MANIFEST_H
#define PARAUDIT_PIPELINE_MANIFEST_H

#include <stdbool.h>

#include "paraudit/base/array.h"
#include "paraudit/files/sha256.h"

enum { PA_MAX_STEPS = 64, PA_STEP_NAME = 40, PA_SAVED_NAME = 32, PA_MANIFEST_MOST = 1 << 16 };

typedef struct {
    char step[PA_STEP_NAME];  /* "ingest", or the stage */
    char name[PA_SAVED_NAME]; /* of the file; "": nothing is saved */
    int64_t bytes;
    char digest[PA_DIGEST_TEXT];
} pa_saved;

typedef struct {
    char config_digest[PA_DIGEST_TEXT], inputs_digest[PA_DIGEST_TEXT];
    pa_saved steps[PA_MAX_STEPS]; /* those that are finished, in their order */
    size_t n_steps;
    pa_saved model; /* name "": none */
} pa_manifest;

pa_status pa_manifest_write(const pa_manifest *manifest, pa_buffer *text, pa_error *err);

/* PA_E_DATA where the text is not one that pa_manifest_write has written, to the letter.
 * text: ends with a zero byte at `length`. */
pa_status pa_manifest_read(const char *text, size_t length, pa_manifest *manifest, pa_error *err);

/* Adds the last line to a text, and whether a text has it. */
pa_status pa_seal_text(pa_buffer *text, pa_error *err);
bool pa_text_is_sealed(const char *text, size_t length);

/* "000012.h5": what a file of this number is called, and the number of such a name; -1: it is
 * no such name. kind: PA_SAVED_FILE or PA_SAVED_MANIFEST. */
#define PA_SAVED_FILE ".h5"
#define PA_SAVED_MANIFEST ".manifest"
void pa_saved_name(int64_t number, const char *kind, char name[PA_SAVED_NAME]);
int64_t pa_saved_number(const char *name, const char *kind);

#endif
