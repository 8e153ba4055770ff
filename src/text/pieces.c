#include "paraudit/text/pieces.h"

#include "paraudit/base/array.h"

/* Walks all pieces in order and keeps the starts of number `mine` and on. */
static void find_starts(const pa_text_piece all[], size_t mine, size_t n, pa_text_start start[])
{
    pa_text_start at = {PA_CSV_RECORD, 1};
    for (size_t i = 0; i < mine + n; i++) {
        if (i == 0 || all[i].file != all[i - 1].file) {
            at = (pa_text_start){PA_CSV_RECORD, all[i].first_line};
        }
        if (i >= mine) start[i - mine] = at;
        at.state = (pa_csv_state)all[i].scan.to[at.state];
        at.line += all[i].scan.newlines;
    }
}

pa_status pa_text_starts(pa_comm *comm, const pa_text_piece pieces[], size_t n,
                         pa_text_start start[], pa_error *err)
{
    void *all;
    size_t bytes;
    int64_t mine = pa_sum_before_i64(comm, (int64_t)n);
    PA_TRY(pa_gather_all(comm, pieces, n * sizeof *pieces, &all, &bytes, err));
    find_starts(all, (size_t)mine, n, start);
    pa_free(all);
    return PA_OK;
}
