#include "chain.h"

#include <stdio.h>
#include <string.h>

#include "paraudit/pipeline/job.h"

static const char kept_line[] = "\n; content digest of the previous audit: ";

pa_status pa_chain_keep(const pa_previous *previous, pa_buffer *text, pa_error *err)
{
    if (!*previous->digest) return PA_OK;
    return pa_buffer_printf(text, err, "%s%s\n", kept_line, previous->digest);
}

void pa_chain_kept(const char *folder, char digest[PA_DIGEST_TEXT])
{
    char *text = NULL;
    pa_error none = {0};
    digest[0] = '\0';
    if (pa_checkpoint_job_ini(folder, &text, &none) != PA_OK) return;
    const char *line = strstr(text, kept_line);
    if (line) line += sizeof kept_line - 1;
    if (line && strspn(line, "0123456789abcdef") == PA_DIGEST_TEXT - 1)
        snprintf(digest, PA_DIGEST_TEXT, "%s", line);
    pa_free(text);
}

pa_status pa_chain_read(pa_comm *comm, const pa_config *config, const char *folder, bool again,
                        pa_previous *previous, pa_error *err)
{
    char digest[PA_DIGEST_TEXT] = "";
    if (!again) return pa_previous_read(comm, config, previous, err);
    if (pa_comm_rank(comm) == 0) pa_chain_kept(folder, digest);
    pa_broadcast(comm, digest, sizeof digest, 0);
    return pa_previous_read_again(comm, config, digest, previous, err);
}
