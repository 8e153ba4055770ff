#include "banner.h"

#include <string.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/pipeline/job.h"
#include "paraudit/pipeline/machine.h"

enum { HOST = 64 };

/* Different ones of n names. */
static int count_hosts(const char (*host)[HOST], int n)
{
    int different = 0;
    for (int i = 0; i < n; i++) {
        bool met = false;
        for (int k = 0; k < i && !met; k++) met = memcmp(host[i], host[k], HOST) == 0;
        different += !met;
    }
    return different;
}

static const char *plural(int n)
{
    return n == 1 ? "" : "s";
}

pa_status pa_tell_banner(pa_comm *comm, const pa_config *config, pa_log *log, const char *folder,
                         bool goes_on, pa_error *err)
{
    char host[HOST] = {0};
    void *all = NULL;
    size_t bytes;
    gethostname(host, sizeof host - 1);
    PA_TRY(pa_gather_root(comm, host, sizeof host, &all, &bytes, err));
    int n = pa_comm_size(comm);
    if (pa_comm_rank(comm) == 0) {
        int hosts = count_hosts(all, n);
        pa_log_say(
            log, "paraudit " PARAUDIT_VERSION " (%s) %s %s to %s, with %d rank%s on %d host%s",
            pa_build_commit(), goes_on ? "goes on with the audit of" : "audits",
            pa_config_text(config, "input.files"), folder, n, plural(n), hosts, plural(hosts));
    }
    pa_free(all);
    return PA_OK;
}
