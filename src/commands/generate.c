/* paraudit generate: a synthetic portfolio as CSV, the same for any number of ranks. */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "paraudit/base/calendar.h"
#include "paraudit/commands/command.h"
#include "paraudit/generate/files.h"

enum { PROGRESS_SECONDS = 8 };

static const pa_flag flags[] = {
    {"--rows", "N", "about so many transactions (default 1000000)", false},
    {"--days", "N", "days that they cover, from 2024-01-01 on (default 120)", false},
    {"--merchants", "N", "there are, about (default a 120th of the rows and 64)", false},
    {"--seed", "N", "seed of all draws (default 1)", false},
    {"--parts", "N", "NAME.csv becomes NAME-0001.csv to NAME-N.csv, each with a header", false},
    {"--order", "KEY", "account (the default) or time: what rows stand by, then by the other",
     false},
    {"--out", "FILE", "the CSV file to write; compressed where it ends in .zst", false},
    {"--replace", NULL, "what is there is replaced, once the new one is whole", false},
    {"--mode", "MODE", "rights of what is written, such as 0640 (default 0600)", false},
    {"--help", NULL, "this text", false},
    {0}};

static pa_status write(pa_comm *comm, const pa_portfolio *p, const char *path, int parts,
                       bool by_time, bool replace, pa_error *err)
{
    static const pa_eta_part whole[] = {{"generate", 1}};
    pa_world *world = NULL;
    pa_log *log = NULL;
    pa_status st = pa_world_new(p, &world, err);
    if (st == PA_OK && pa_comm_rank(comm) == 0)
        st = pa_log_open(NULL, false, PROGRESS_SECONDS, &log, err);
    st = pa_agree(comm, st, err);
    pa_log_foresee(log, 1, whole);
    if (st == PA_OK && by_time)
        st = pa_write_portfolio_by_time(comm, world, path, replace, log, err);
    else if (st == PA_OK)
        st = pa_write_portfolio(comm, world, path, parts, replace, log, err);
    pa_log_close(log);
    pa_world_free(world);
    return st;
}

static bool ends_in(const char *path, const char *end)
{
    size_t length = strlen(path), n = strlen(end);
    return length >= n && strcmp(path + length - n, end) == 0;
}

/* Whether rows stand by time. */
static pa_status order_of(const pa_arguments *a, const char *path, bool *by_time, pa_error *err)
{
    const char *order = pa_value_of(a, "--order");
    *by_time = order && strcmp(order, "time") == 0;
    if (order && !*by_time && strcmp(order, "account") != 0)
        return pa_fail(err, PA_E_USAGE, "--order '%s' is neither account nor time", order);
    if (*by_time && (pa_is_given(a, "--parts") || ends_in(path, ".zst")))
        return pa_fail(
            err, PA_E_USAGE,
            "--order time writes one plain file: leave out --parts and .zst, and pack it "
            "afterwards");
    return PA_OK;
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    const char *path = pa_value_of(a, "--out");
    int64_t rows, days, merchants, seed, parts, start;
    if (!path)
        return pa_fail(err, PA_E_USAGE, "--out is missing\nusage: %s", pa_command_generate.usage);
    if (ends_in(path, ".gz")) {
        return pa_fail(err, PA_E_USAGE, "%s: gzip is read, not written: let it end in .csv or .zst",
                       path);
    }
    PA_TRY(pa_integer_of(a, "--rows", 1000000, 1, INT64_C(1000000000000), &rows, err));
    PA_TRY(pa_integer_of(a, "--days", 120, 1, 3650, &days, err));
    PA_TRY(pa_integer_of(a, "--seed", 1, 0, INT64_MAX, &seed, err));
    PA_TRY(pa_integer_of(a, "--parts", 0, pa_is_given(a, "--parts"), PA_MOST_PARTS, &parts, err));
    bool by_time;
    PA_TRY(order_of(a, path, &by_time, err));
    PA_TRY(pa_mode_of(a, err));
    PA_ASSERT(pa_parse_time("2024-01-01", 10, &start));
    pa_portfolio p = pa_portfolio_of_rows((uint64_t)seed, rows, (int32_t)days, start);
    PA_TRY(pa_integer_of(a, "--merchants", p.n_merchants, 1, 100000000, &merchants, err));
    p.n_merchants = merchants;
    return write(comm, &p, path, (int)parts, by_time, pa_is_given(a, "--replace"), err);
}

static const char about[] =
    "Writes a synthetic card portfolio: customers who are rarely seen to busy, their towns,\n"
    "favourite shops, shopping trips, bills, holidays and paydays, and labelled fraud in .1 to\n"
    ".5 % of the rows. The bytes are the same for any number of ranks.\n"
    "\n"
    "columns\n"
    "  tx            whole number, distinct\n"
    "  account       A0000000 ...; rows stand by account, then by time,\n"
    "                or the other way round\n"
    "  merchant      M000000 ...\n"
    "  category      one of 20: grocery, fuel, restaurant, online_shopping ...\n"
    "  channel       pos, contactless, online, atm, recurring\n"
    "  country       of the merchant; the home country is DE\n"
    "  currency      of that country\n"
    "  time          local time of the home country\n"
    "  amount        as booked, in the home currency, EUR\n"
    "  home_lat, home_lon          where the customer lives\n"
    "  merchant_lat, merchant_lon  where the shop is; empty for online and recurring\n"
    "  label         1: fraud\n"
    "  label_time    when the bank learned of the fraud; empty for genuine rows\n"
    "  kind          of fraud; empty for genuine rows\n"
    "\n"
    "kinds\n"
    "  large_amount          one row, 6 to 16 times what is usual\n"
    "  compromised_merchant  a merchant copies cards for three weeks and charges them again\n"
    "  leaked_card           some days of online buying at unknown merchants\n"
    "  account_takeover      some days of another person's shops, places and hours\n"
    "  card_testing          some amounts of at most 9.99, at times a larger one later\n"
    "  ring                  accounts of all towns that share a few merchants for some weeks\n"
    "In all but large_amount and card_testing amounts are those of genuine rows. The bank learns\n"
    "of most frauds within two weeks, of some within five, of those of rings within two to eight.";

const pa_command pa_command_generate = {
    .name = "generate",
    .summary = "write a synthetic portfolio with labelled fraud as CSV",
    .usage = "paraudit generate [--rows N] [--days N] [--merchants N] [--seed N] [--parts N] "
             "[--order KEY] --out FILE",
    .about = about,
    .flags = flags,
    .needs_ranks = true,
    .run = run,
};
