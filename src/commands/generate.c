/* paraudit generate: a synthetic portfolio as CSV, the same for any number of
 * ranks: accounts go in blocks, block b to rank b mod P, and the blocks stand in
 * the file in their order. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"
#include "paraudit/commands/command.h"
#include "paraudit/generate/portfolio.h"

enum { ACCOUNTS_A_BLOCK = 64 };

static const char header[] = "tx,account,merchant,time,amount,label,kind\n";

static const pa_flag flags[] = {
    {"--rows", "N", "about so many transactions (default 1000000)", false},
    {"--days", "N", "days that they cover (default 120)", false},
    {"--seed", "N", "seed of all draws (default 1)", false},
    {"--out", "FILE", "the CSV file to write", false},
    {"--help", NULL, "this text", false},
    {0}};

static pa_status number_of(const pa_arguments *a, const char *flag, int64_t otherwise,
                           int64_t least, int64_t most, int64_t *number, pa_error *err)
{
    const char *text = pa_value_of(a, flag);
    *number = otherwise;
    if (text && !pa_parse_i64(text, strlen(text), number)) {
        return pa_fail(err, PA_E_USAGE, "%s '%s' is not a whole number", flag, text);
    }
    if (*number < least || *number > most) {
        return pa_fail(err, PA_E_USAGE, "%s must be from %" PRId64 " to %" PRId64, flag, least,
                       most);
    }
    return PA_OK;
}

static pa_status format_account(const pa_portfolio *p, int64_t account, pa_generated_row rows[],
                                pa_buffer *text, pa_error *err)
{
    size_t n = pa_generate_account(p, account, rows);
    for (size_t i = 0; i < n; i++) {
        const pa_generated_row *r = rows + i;
        char time[24];
        pa_format_time(r->time, time);
        PA_TRY(pa_buffer_printf(
            text, err, "%" PRId64 ",A%07" PRId64 ",M%06" PRId64 ",%s,%" PRId64 ".%02d,%d,%s\n",
            r->tx, account, r->merchant, time, r->amount_minor / 100, (int)(r->amount_minor % 100),
            r->kind != PA_GENUINE, pa_fraud_kind_names[r->kind]));
    }
    return PA_OK;
}

static pa_status format_block(const pa_portfolio *p, int64_t block, pa_generated_row rows[],
                              pa_buffer *text, pa_error *err)
{
    text->length = 0;
    int64_t first = block * ACCOUNTS_A_BLOCK;
    for (int64_t a = first; a < first + ACCOUNTS_A_BLOCK && a < p->n_accounts; a++) {
        PA_TRY(format_account(p, a, rows, text, err));
    }
    return PA_OK;
}

static pa_status write_at(int file, const char *path, const pa_buffer *text, int64_t offset,
                          pa_error *err)
{
    for (size_t done = 0; done < text->length;) {
        ssize_t n = pwrite(file, text->data + done, text->length - done, offset + (off_t)done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return pa_fail(err, PA_E_IO, "%s: cannot write: %s", path, strerror(errno));
        done += (size_t)n;
    }
    return PA_OK;
}

static pa_status open_output(pa_comm *comm, const char *path, int *file, pa_error *err)
{
    pa_status st = PA_OK;
    *file = -1;
    if (pa_comm_rank(comm) == 0) {
        *file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (*file < 0)
            st = pa_fail(err, PA_E_CREATE, "%s: %s", path, strerror(errno));
        else if (write(*file, header, sizeof header - 1) < 0) {
            st = pa_fail(err, PA_E_IO, "%s: cannot write: %s", path, strerror(errno));
        }
    }
    PA_AGREE(comm, st, err);
    if (pa_comm_rank(comm) != 0) {
        *file = open(path, O_WRONLY);
        if (*file < 0) st = pa_fail(err, PA_E_CREATE, "%s: %s", path, strerror(errno));
    }
    return pa_agree(comm, st, err);
}

/* One block a rank: its text goes behind those of the lower ranks. */
static pa_status write_round(pa_comm *comm, const pa_portfolio *p, int64_t block, int file,
                             const char *path, pa_generated_row rows[], pa_buffer *text,
                             int64_t *offset, pa_error *err)
{
    PA_AGREE(comm, format_block(p, block, rows, text, err), err);
    int64_t bytes = (int64_t)text->length, before = pa_sum_before_i64(comm, bytes);
    PA_AGREE(comm, write_at(file, path, text, *offset + before, err), err);
    pa_sum_i64(comm, &bytes, 1);
    *offset += bytes;
    return PA_OK;
}

static pa_status write_portfolio(pa_comm *comm, const pa_portfolio *p, const char *path,
                                 pa_error *err)
{
    int file;
    PA_TRY(open_output(comm, path, &file, err));
    pa_generated_row *rows = NULL;
    pa_buffer text = {0};
    pa_status st = PA_NEW(rows, (size_t)p->n_days * PA_MAX_ROWS_A_DAY, err);
    st = pa_agree(comm, st, err);
    int64_t offset = sizeof header - 1, n_ranks = pa_comm_size(comm);
    for (int64_t block = 0; st == PA_OK && block * ACCOUNTS_A_BLOCK < p->n_accounts;
         block += n_ranks) {
        st =
            write_round(comm, p, block + pa_comm_rank(comm), file, path, rows, &text, &offset, err);
    }
    if (close(file) != 0 && st == PA_OK) {
        st = pa_fail(err, PA_E_IO, "%s: cannot write: %s", path, strerror(errno));
    }
    pa_buffer_free(&text);
    pa_free(rows);
    return pa_agree(comm, st, err);
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    const char *path = pa_value_of(a, "--out");
    int64_t rows, days, seed, start;
    if (!path)
        return pa_fail(err, PA_E_USAGE, "--out is missing\nusage: %s", pa_command_generate.usage);
    PA_TRY(number_of(a, "--rows", 1000000, 1, INT64_MAX / 1000000, &rows, err));
    PA_TRY(number_of(a, "--days", 120, 1, 3650, &days, err));
    PA_TRY(number_of(a, "--seed", 1, 0, INT64_MAX, &seed, err));
    PA_ASSERT(pa_parse_time("2024-01-01", 10, &start));
    pa_portfolio p = pa_portfolio_of_rows((uint64_t)seed, rows, (int32_t)days, start);
    return write_portfolio(comm, &p, path, err);
}

const pa_command pa_command_generate = {
    .name = "generate",
    .summary = "write a synthetic portfolio with labelled fraud as CSV",
    .usage = "paraudit generate [--rows N] [--days N] [--seed N] --out FILE",
    .about =
        "Writes a synthetic card portfolio with the columns tx, account, merchant, time, amount,\n"
        "label and kind (of fraud). The file is the same for any number of ranks.",
    .flags = flags,
    .needs_ranks = true,
    .run = run,
};
