/* A synthetic card portfolio with labelled fraud, account by account.
 *
 * All of an account's rows are a function of (seed, options, account number),
 * so any split of the accounts over ranks gives the same portfolio.
 *
 * THE WORLD. Towns of one home country, Zipf in size, and twenty towns abroad.
 * A town has districts and shops of fourteen categories; beside them stand
 * online merchants of three categories and payees of recurring bills of three
 * more. Popularity within (town, category) is near Zipf's law, people go to shops
 * of few districts, and one online merchant takes at least 3 % of all rows. Shops
 * of one district meet in the same trips: that is what itemsets and embeddings of
 * merchants can find. A merchant is computed from its number; only towns are held.
 *
 * ACCOUNTS. Trips a month by segment, log-uniform inside: rare .25-2 (28 % of
 * accounts), light 1.5-3 (22 %), regular 4-20 (31 %), active 20-50 (14 %), busy
 * 50-140 (5 %). The place of an account in that distribution is a Weyl sequence
 * of its number, so that small and large portfolios are alike. A lifestyle (worker,
 * family, student, retired) sets what the trips are for, on which weekdays and at
 * which hours. Beside that each has its own price level, payday and spending
 * after it, linear trend, yearly wave, way of paying, home and work district. Some
 * open or close inside the period, move house, are away on holiday (one in three of
 * them in the home country), or hardly use the card for some weeks; on the day
 * before and after a holiday nobody shops, so that no card is in two places.
 *
 * TRIPS. The number on a day is Poisson with a mean that is uneven from day to day. A trip has a
 * mission, drawn by lifestyle and kind of day: the first stop and, each with its odds, further
 * stops (grocery then bakery, health then pharmacy, evening out then leisure then transport ...).
 * Three missions have seasons: sales (January, July), garden (March to May), gifts
 * (20 November to 24 December). For each category and district of its life the
 * account has one favourite shop, changed after 30 to 230 days, and explores with
 * odds that depend on the category. Amounts are log-normal around the category's
 * median, times levels of account and shop; prices end as prices do (.99, tens at
 * cash machines, fares in steps of 10 cents). Bills recur on one day of the month
 * with one amount.
 *
 * FRAUD, with label 1 and a kind. No amount but of the first and the fifth kind
 * is drawn from another distribution than genuine ones.
 *     large_amount          one row near the account's own, 6 to 16 times as much
 *     compromised_merchant  a merchant copies cards for three weeks; up to six days
 *                           after a visit a second charge by the same merchant follows
 *     leaked_card           2 to 4 days of online buying at merchants the account
 *                           does not know, often abroad, at any hour
 *     account_takeover      2 to 5 days of another account's trips: its towns,
 *                           shops and hours, at this account's price level
 *     card_testing          one to five rows of at most 9.99, minutes to hours apart,
 *                           online where few buy or in shops of the town; in every second
 *                           case a larger one later that day
 *     ring                  accounts of all towns charge, now and then over five
 *                           weeks, the same four merchants; members, merchants and
 *                           weeks are others in each 64 days
 * An account's odds of any kind rise with its pace, and thieves meet in merchants as often as
 * customers do (the giant apart, where a kind would not be one), so that neither a quiet
 * account nor a small merchant tells of fraud. Genuine look-alikes: holidays abroad, moves, new
 * favourites, rare large buys, runs of small fares, coffee and online evenings.
 *
 * The bank learns of a fraud days to weeks later (label_time): soonest of a takeover, last of a
 * ring, within 8 weeks of all. A genuine row has no such time: nobody reports what is in
 * order, so its label is known when the ordinary delay is over.
 *
 * Sources of ideas: customers, terminals and the scenarios of the Fraud Detection
 * Handbook (Le Borgne et al. 2022, chapter 3.2), which is too regular by far (no
 * account there buys less than every other day); demographic profiles with weekday and
 * hour weights of Sparkov (B. Harris); merchants, deceptive fraud and travel of
 * E. Altman, "Synthesizing credit card transactions" (ICAIF 2021); planted patterns
 * of IBM's AMLSim. Popularity and pace: Zipf's law; Poisson by inversion (Devroye
 * 1986, X.3.3). */
#ifndef PARAUDIT_GENERATE_PORTFOLIO_H
#define PARAUDIT_GENERATE_PORTFOLIO_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

typedef enum {
    PA_GENUINE,
    PA_FRAUD_LARGE_AMOUNT,
    PA_FRAUD_MERCHANT,
    PA_FRAUD_LEAKED_CARD,
    PA_FRAUD_TAKEOVER,
    PA_FRAUD_TESTING,
    PA_FRAUD_RING,
    PA_N_FRAUD_KINDS
} pa_fraud_kind;

typedef enum {
    PA_CHANNEL_POS,
    PA_CHANNEL_CONTACTLESS,
    PA_CHANNEL_ONLINE,
    PA_CHANNEL_ATM,
    PA_CHANNEL_RECURRING,
    PA_N_CHANNELS
} pa_channel;

enum { PA_N_CATEGORIES = 20, PA_N_COUNTRIES = 17, PA_MAX_ROWS_A_DAY = 64 };
enum { PA_WORD_NAME = 16, PA_KIND_NAME = 24 }; /* bytes, with the zero byte */

/* As they stand in the file; the kind of genuine rows is empty. */
extern const char pa_fraud_kind_names[PA_N_FRAUD_KINDS][PA_KIND_NAME];
extern const char pa_channel_names[PA_N_CHANNELS][PA_WORD_NAME];
extern const char pa_category_names[PA_N_CATEGORIES][PA_WORD_NAME];
extern const char pa_country_names[PA_N_COUNTRIES][4];  /* home country first */
extern const char pa_currency_names[PA_N_COUNTRIES][4]; /* of that country */

typedef struct {
    uint64_t seed;
    int64_t n_accounts;  /* at least 1 */
    int64_t n_merchants; /* about so many */
    int32_t n_days;      /* at least 1 */
    int64_t start;       /* seconds since 1970-01-01 00:00:00, a midnight */
} pa_portfolio;

/* Sizes that give about n_rows rows: within 2 % from some hundred thousand on. */
pa_portfolio pa_portfolio_of_rows(uint64_t seed, int64_t n_rows, int32_t n_days, int64_t start);

/* What all accounts share: towns, calendar, tables. Below 2 MB, whatever the size
 * of the portfolio. Read-only once made. */
typedef struct pa_world pa_world;
pa_status pa_world_new(const pa_portfolio *p, pa_world **world, pa_error *err);
void pa_world_free(pa_world *world);
const pa_portfolio *pa_world_portfolio(const pa_world *world);
int64_t pa_world_merchants(const pa_world *world); /* their numbers end below */

/* Coordinates in units of 1e-4 degrees; PA_NO_PLACE for online and recurring. */
#define PA_NO_PLACE INT32_MIN

typedef struct {
    int64_t tx; /* distinct over the portfolio; ascends with time in an account */
    int64_t merchant;
    int64_t time;
    int64_t amount_minor; /* hundredths of the home currency, above 0 */
    int32_t home_lat, home_lon;
    int32_t merchant_lat, merchant_lon;
    uint8_t category, channel, country, kind;
    int64_t label_time; /* when the bank knew that it is fraud; INT64_MIN: genuine */
} pa_generated_row;

/* The rows of one account, ascending in time.
 * rows: room for n_days * PA_MAX_ROWS_A_DAY. Returns how many. */
size_t pa_generate_account(const pa_world *world, int64_t account, pa_generated_row rows[]);

#endif
