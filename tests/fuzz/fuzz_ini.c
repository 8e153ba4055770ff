/* Configuration text through the reader, with the keys of an audit. What must
 * hold: an answer with a message that names the file, or a configuration that
 * is written, read again and written to the same bytes. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "paraudit/base/options.h"
#include "paraudit/commands/stages.h"
#include "paraudit/ingest/ingest.h"
#include "paraudit/pipeline/job.h"

enum { MAX_TABLES = 64 };

static pa_config *new_config(void)
{
    const pa_option_spec *tables[MAX_TABLES];
    size_t n = 0;
    tables[n++] = pa_job_options;
    tables[n++] = pa_time_plan_options;
    tables[n++] = pa_ingest_options;
    for (size_t i = 0; i < pa_n_stages; i++) {
        if (pa_stages[i]->options) tables[n++] = pa_stages[i]->options;
    }
    pa_config *config;
    pa_error err = {0};
    PA_ASSERT(pa_config_new(tables, n, &config, &err) == PA_OK);
    return config;
}

static void write_config(const pa_config *config, pa_buffer *text)
{
    pa_error err = {0};
    PA_ASSERT(pa_config_write(config, false, text, &err) == PA_OK);
}

static void check_read_again(const pa_config *config)
{
    pa_buffer once = {0}, twice = {0};
    pa_config *again = new_config();
    pa_error err = {0};
    write_config(config, &once);
    pa_status st = pa_config_read_text(again, once.data, "again.ini", "file", &err);
    if (st != PA_OK) fprintf(stderr, "%s\n%s\n", once.data, err.message);
    PA_ASSERT(st == PA_OK);
    write_config(again, &twice);
    PA_ASSERT(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
    pa_buffer_free(&once);
    pa_buffer_free(&twice);
    pa_config_free(again);
}

/* The same words on the command line: no line of a file, so fewer rules. */
static void check_set(const char *text)
{
    pa_config *config = new_config();
    pa_error err = {0};
    pa_status st = pa_config_set(config, text, "command line", &err);
    PA_ASSERT(st == PA_OK || *err.message);
    if (st == PA_OK) check_read_again(config);
    pa_config_free(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pa_error err = {0};
    char *text = pa_alloc(size + 1, 1, &err);
    PA_ASSERT(text);
    memcpy(text, data, size);
    pa_config *config = new_config();
    pa_status st = pa_config_read_text(config, text, "x.ini", "file", &err);
    bool names_a_line = strncmp(err.message, "x.ini:", 6) == 0;
    PA_ASSERT(st == PA_OK || (st == PA_E_CONFIG && names_a_line));
    if (st == PA_OK) check_read_again(config);
    pa_config_free(config);
    check_set(text);
    pa_free(text);
    return 0;
}
