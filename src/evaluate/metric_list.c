/* The figures of an evaluation: their names and meanings, and what stands beside each. */
#include <string.h>

#include "paraudit/evaluate/evaluate.h"

#define METRIC(member, is_whole, of, text, ...)                                                    \
    {                                                                                              \
        .name = #member, .offset = offsetof(pa_evaluation_summary, member), .whole = is_whole,     \
        .unit = of, .meaning = text, .beside = {                                                   \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
/* Nothing stands beside these. */
#define COUNT(member, of, text) METRIC(member, true, of, text, NULL)
#define RATIO(member, of, text) METRIC(member, false, of, text, NULL)

#define BY_AMOUNT(member) [PA_BY_AMOUNT] = (#member "_by_amount")
#define BEST(member) [PA_BEST] = (#member "_best"), BY_AMOUNT(member)
#define CHANCE(member) [PA_CHANCE] = (#member "_chance"), BEST(member)

#define INTERVAL(member) CHANCE(member), [PA_LOW] = (#member "_low"), [PA_HIGH] = (#member "_high")

const pa_metric pa_metrics[] = {
    COUNT(rows, "1", "transactions of the audit"),
    COUNT(rows_judged, "1", "of them, those that the figures below are about"),
    COUNT(rows_immature, "1", "of them, those whose label is not known yet"),
    COUNT(rows_unknown, "1", "of them, those without a label"),
    COUNT(rows_removed, "1", "of them, those of accounts known as compromised (handbook protocol)"),
    COUNT(frauds, "1", "frauds among the judged transactions"),
    COUNT(days, "1", "days with a judged transaction"),
    METRIC(auroc, false, "1", "chance that a fraud has a larger margin than another transaction",
           INTERVAL(auroc)),
    METRIC(average_precision, false, "1", "area under the precision-recall curve, step by step",
           INTERVAL(average_precision)),
    COUNT(alerts, "1", "judged transactions that raised an alert"),
    METRIC(alerts_on_frauds, true, "1", "of them, frauds", CHANCE(alerts_on_frauds)),
    METRIC(precision, false, "1", "share of frauds among the transactions that raised an alert",
           INTERVAL(precision)),
    METRIC(recall, false, "1", "share of the frauds that raised an alert themselves",
           INTERVAL(recall)),
    METRIC(f1, false, "1", "harmonic mean of the two", CHANCE(f1)),
    METRIC(false_positives_per_1000, false, "1", "false alerts per 1000 judged transactions",
           CHANCE(false_positives_per_1000)),
    COUNT(compromised_account_days, "1", "pairs of an account and a day with a fraud"),
    METRIC(alerts_on_fraud_days, true, "1", "of them, those with an alert",
           CHANCE(alerts_on_fraud_days)),
    METRIC(account_day_precision, false, "1", "share of alerts on an account with a fraud that day",
           CHANCE(account_day_precision)),
    METRIC(account_day_recall, false, "1", "share of compromised account-days with an alert",
           CHANCE(account_day_recall)),
    COUNT(k, "1", "places a day of the next two"),
    METRIC(precision_at_k, false, "1",
           "frauds in the first k transactions of a day over k; mean of days",
           INTERVAL(precision_at_k)),
    METRIC(card_precision_at_k, false, "1",
           "compromised accounts in the first k of a day over k, found ones leave; mean of days",
           CHANCE(card_precision_at_k)),
    COUNT(episodes, "1", "runs of fraud on an account that began in the audit"),
    METRIC(episodes_detected, true, "1",
           "of them, those with an alert before their label was known",
           BY_AMOUNT(episodes_detected)),
    COUNT(episodes_missed, "1", "of them, those whose label came first"),
    COUNT(episodes_censored, "1", "of them, those undecided when the audit ended"),
    METRIC(lead_hours_mean, false, "h", "from the first alert to the label, mean of the detected",
           BEST(lead_hours_mean)),
    METRIC(lead_hours_median, false, "h", "the same, median", BY_AMOUNT(lead_hours_median)),
    RATIO(lead_hours_bound, "h",
          "the same for an oracle: from the first fraud of an episode until it is known"),
    METRIC(lead_hours_mean_all, false, "h", "mean lead of all episodes, 0 for those not detected",
           BEST(lead_hours_mean_all)),
    METRIC(lead_share_of_bound, false, "1", "the same as a share of the oracle's",
           BEST(lead_share_of_bound)),
    METRIC(delay_hours_mean, false, "h", "from the first fraud to the alert, mean of the detected",
           BY_AMOUNT(delay_hours_mean)),
    METRIC(delay_frauds_mean, false, "1", "frauds before the alert, mean of the detected",
           BY_AMOUNT(delay_frauds_mean)),
    METRIC(delay_amount_mean, false, NULL, "money in frauds before the alert, mean of the detected",
           BY_AMOUNT(delay_amount_mean)),
    RATIO(amount_fraud, NULL, "money in judged frauds"),
    METRIC(amount_alerted, false, NULL,
           "money in frauds that raised an alert", [PA_CHANCE] = "amount_alerted_chance",
           BY_AMOUNT(amount_alerted)),
    METRIC(amount_caught, false, NULL, "money in frauds from an alert on until the label is known",
           BY_AMOUNT(amount_caught)),
    METRIC(cost, false, NULL,
           "reviews of the alerts, and what frauds without one lose (evaluate.cost_review)",
           [PA_CHANCE] = "cost_chance", BY_AMOUNT(cost)),
    RATIO(cost_of_reviews, NULL, "of it, the reviews"),
    RATIO(cost_without_alerts, NULL, "what the judged frauds lose where nobody looks"),
    METRIC(cost_least, false, NULL, "the cost of the threshold on the margin that costs least",
           BY_AMOUNT(cost_least)),
    METRIC(cost_least_alerts, true, "1", "transactions with that margin or more",
           BY_AMOUNT(cost_least_alerts)),
    RATIO(cost_least_margin, "nat", "that threshold; NaN: no alert costs least"),
};
const size_t pa_n_metrics = sizeof pa_metrics / sizeof *pa_metrics;

const char *const pa_beside_meanings[PA_N_BESIDE] = {
    [PA_CHANCE] = "the same figure of as many alerts drawn at random, on average",
    [PA_BEST] = "the most that anybody could reach with as many alerts a day",
    [PA_BY_AMOUNT] = "the same figure of as many alerts a day on the largest amounts",
    [PA_LOW] = "where the middle 95 of 100 replicates of the figure begin, of accounts drawn anew",
    [PA_HIGH] = "where they end"};

double pa_metric_value(const pa_metric *m, const pa_evaluation_summary *s)
{
    int64_t whole;
    double real;
    memcpy(&whole, (const char *)s + m->offset, sizeof whole);
    memcpy(&real, (const char *)s + m->offset, sizeof real);
    return m->whole ? (double)whole : real;
}
