#include "verify_chain.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "paraudit/commands/configure.h"
#include "paraudit/result/result.h"

/* A result of --previous. */
typedef struct {
    const char *word; /* as it was given */
    char digest[PA_DIGEST_TEXT], previous[PA_DIGEST_TEXT];
    bool met;
} link_of;

static pa_status path_of(const char *word, char path[4096], pa_error *err)
{
    struct stat s;
    if (stat(word, &s) != 0 || S_ISDIR(s.st_mode)) return pa_path_in(word, "audit.h5", path, err);
    int n = snprintf(path, 4096, "%s", word);
    return n < 4096 ? PA_OK : pa_fail(err, PA_E_USAGE, "the name of a result is too long");
}

/* Read whole: its digest is that of what is in it. */
static pa_status read_link(pa_comm *comm, link_of *l, pa_error *err)
{
    char path[4096];
    pa_result_check check;
    pa_result_file *file;
    PA_AGREE(comm, path_of(l->word, path, err), err);
    PA_TRY(pa_result_verify(comm, path, &check, err));
    PA_TRY(pa_result_open(comm, path, &file, err));
    const char *previous = pa_result_attribute_text(file, "previous_audit_digest");
    snprintf(l->digest, sizeof l->digest, "%s", check.content_digest);
    snprintf(l->previous, sizeof l->previous, "%s", previous ? previous : "");
    pa_result_close(file);
    return PA_OK;
}

static link_of *find(size_t n, link_of links[], const char *digest)
{
    for (size_t i = 0; i < n; i++) {
        if (!links[i].met && strcmp(links[i].digest, digest) == 0) return links + i;
    }
    return NULL;
}

static pa_status check_all_met(size_t n, const link_of links[], const char *path,
                               const pa_chain *chain, pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        const link_of *l = links + i;
        if (l->met) continue;
        if (!*chain->end)
            return pa_fail(err, PA_E_DATA, "%s: is none of the audits before %s: %s names none",
                           l->word, path, chain->n_behind > 0 ? "the first of these" : "it");
        return pa_fail(err, PA_E_DATA,
                       "%s: is none of the audits before %s: the next one has content digest %s, "
                       "this one %s",
                       l->word, path, chain->end, l->digest);
    }
    return PA_OK;
}

/* From the newest on. */
static pa_status walk(size_t n, link_of links[], const char *path, pa_chain *chain, pa_error *err)
{
    snprintf(chain->end, sizeof chain->end, "%s", chain->previous);
    for (link_of *l; *chain->end && (l = find(n, links, chain->end)); chain->n_behind++) {
        l->met = true;
        memcpy(chain->end, l->previous, sizeof chain->end);
    }
    return check_all_met(n, links, path, chain, err);
}

pa_status pa_verify_chain(pa_comm *comm, const pa_arguments *a, const char *path, pa_chain *chain,
                          pa_error *err)
{
    link_of links[PA_MAX_ARGUMENTS];
    size_t n = 0;
    for (size_t i = 0; i < a->n_given; i++) {
        if (strcmp(a->given[i], "--previous") != 0) continue;
        links[n] = (link_of){.word = a->values[i]};
        PA_TRY(read_link(comm, links + n++, err));
    }
    return walk(n, links, path, chain, err);
}
