#include "paraudit/ingest/first_text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/csv/no_utf8.h"

void pa_first_text_free(pa_first_text *t)
{
    pa_free(t->text);
    *t = (pa_first_text){0};
}

static pa_status read_text(pa_inputs *in, size_t file, size_t bytes, pa_first_text *t,
                           pa_error *err)
{
    int fd;
    PA_TRY(pa_input_begin(in, file, NULL, t->text, bytes, &fd, err));
    pa_status st = PA_OK;
    t->is_result = in->file[file].kind == PA_INPUT_H5;
    if (!t->is_result) st = pa_input_first(in, file, fd, t->text, bytes, &t->n, err);
    t->last = t->n < bytes;
    close(fd);
    return st;
}

/* UTF-16 and the like are told by the file; of other encodings the bytes give a hint. */
static pa_status read_encoded(pa_inputs *in, size_t file, size_t bytes, pa_first_text *t,
                              pa_error *err)
{
    pa_bad_byte bad;
    PA_TRY(read_text(in, file, bytes, t, err));
    if (t->is_result || !pa_find_no_utf8(t->text, t->n, t->last, &bad)) return PA_OK;
    snprintf(t->encoding, sizeof t->encoding, "%s", bad.guess);
    PA_TRY(pa_encoding_make(t->encoding, &in->encoding, err));
    return read_text(in, file, bytes, t, err);
}

pa_status pa_first_text_read(const char *files, size_t file, size_t bytes, pa_first_text *t,
                             pa_error *err)
{
    pa_inputs in = {0};
    *t = (pa_first_text){0};
    pa_status st;
    PA_GOTO(pa_encoding_make(NULL, &in.encoding, err));
    PA_GOTO(pa_inputs_list(files, "input.files", NULL, &in, err));
    PA_GOTO(PA_NEW(t->text, bytes + 1, err));
    t->n_files = in.n;
    PA_ASSERT(file < in.n);
    snprintf(t->name, sizeof t->name, "%s", in.file[file].name);
    st = read_encoded(&in, file, bytes, t, err);
out:
    pa_inputs_free(&in);
    return st;
}

pa_status pa_first_text_fits(const pa_first_text *t, const pa_config *config, bool *fits,
                             pa_error *err)
{
    pa_csv_layout layout;
    pa_error quiet = {0};
    PA_TRY(pa_ingest_check_signs(config, err));
    pa_csv_names names = pa_ingest_names(config);
    PA_TRY(pa_ingest_time_forms(config, &names, err));
    *fits = pa_csv_header(t->text, t->n, t->last, &names, 1, t->name, &layout, &quiet) == PA_OK;
    return PA_OK;
}
