/* Applies the stores inside a sealed result to its own rows again:
 *
 *     apply_again CONFIG AUDIT.h5 [SECTION.KEY=VALUE ...]
 *
 * and exits with 1 unless every column of the transactions has the stored bits. */
#include <stdio.h>
#include <string.h>

#include "paraudit/commands/arguments.h"
#include "paraudit/commands/configure.h"
#include "paraudit/commands/stages.h"
#include "paraudit/pipeline/job.h"
#include "paraudit/result/result.h"

static int64_t differing_columns(pa_comm *comm, pa_result_file *file, const pa_table *tx)
{
    int64_t differ = 0;
    for (size_t i = 0; i < tx->n_columns; i++) {
        const pa_column *c = tx->columns[i];
        size_t bytes = tx->n_rows * pa_type_size(c->spec.type, c->spec.width);
        pa_error err = {0};
        void *stored = pa_alloc(bytes, 1, &err);
        pa_status st = pa_result_read_column(file, "transactions", c->spec.name, c->spec.type,
                                             tx->first_row, tx->n_rows, stored, &err);
        int64_t bad = st != PA_OK || memcmp(stored, c->data, bytes) != 0;
        pa_max_i64(comm, &bad, 1);
        if (bad && pa_comm_rank(comm) == 0) fprintf(stderr, "column %s differs\n", c->spec.name);
        differ += bad;
        pa_free(stored);
    }
    return differ;
}

static int64_t stored_columns(const pa_result_file *file)
{
    int64_t n = 0;
    while (pa_result_column(file, "transactions", (size_t)n)) n++;
    return n;
}

int main(int argc, char **argv)
{
    static pa_job job;
    static const pa_flag flags[] = {{"--set", "KEY=VALUE", "", true}, {0}};
    pa_comm *comm;
    pa_error err = {0};
    pa_config *config = NULL;
    pa_result_file *file = NULL;
    pa_arguments arguments;
    int bad = 1;
    if (pa_comm_start(&argc, &argv, &comm, &err) != PA_OK || argc < 3) return 2;
    pa_status st = pa_parse_arguments(argc - 3, argv + 3, flags, 0, 0, "", &arguments, &err);
    if (st == PA_OK) st = pa_configure(comm, argv[1], &arguments, &config, &err);
    if (st == PA_OK) st = pa_job_open(&job, comm, config, NULL, pa_stages, pa_n_stages, NULL);
    if (st == PA_OK) st = pa_job_reload(&job, argv[2]);
    if (st == PA_OK) st = pa_job_apply(&job);
    if (st == PA_OK) st = pa_result_open(comm, argv[2], &file, &job.run.err);
    if (st == PA_OK) {
        bad = differing_columns(comm, file, job.run.tables[0]) != 0 ||
              stored_columns(file) != (int64_t)job.run.tables[0]->n_columns;
    } else if (pa_comm_rank(comm) == 0) {
        fprintf(stderr, "apply_again: %s%s\n", err.message, job.run.err.message);
    }
    pa_result_close(file);
    pa_job_close(&job);
    pa_config_free(config);
    pa_comm_stop(comm);
    return bad;
}
