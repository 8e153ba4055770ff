/* What people buy, on which trips and at which hours: numbers chosen by hand. */
#include "world.h"

const char pa_fraud_kind_names[PA_N_FRAUD_KINDS][PA_KIND_NAME] = {"",
                                                                  "large_amount",
                                                                  "compromised_merchant",
                                                                  "leaked_card",
                                                                  "account_takeover",
                                                                  "card_testing",
                                                                  "ring"};

const char pa_channel_names[PA_N_CHANNELS][PA_WORD_NAME] = {"pos", "contactless", "online", "atm",
                                                            "recurring"};

const char pa_category_names[PA_N_CATEGORIES][PA_WORD_NAME] = {
    "grocery",  "bakery",    "fuel",      "restaurant",  "cafe",
    "pharmacy", "health",    "clothing",  "electronics", "home_garden",
    "leisure",  "transport", "cash",      "hotel",       "online_shopping",
    "digital",  "travel",    "utilities", "telecom",     "insurance"};

/* The logarithms are of 24, 5.5, 48, 27, 6, 15, 45, 42, 75, 36, 22, 3.2, 60, 110,
 * 29, 11, 140, 75, 32 and 48. */
const category_spec categories[PA_N_CATEGORIES] = {
    [GROCERY] = {3.178, .75, 130, .06, PRICE_FREE},
    [BAKERY] = {1.705, .5, 95, .10, PRICE_FREE},
    [FUEL] = {3.871, .35, 50, .20, PRICE_FREE},
    [RESTAURANT] = {3.296, .6, 180, .35, PRICE_FREE},
    [CAFE] = {1.792, .45, 115, .25, PRICE_FREE},
    [PHARMACY] = {2.708, .6, 50, .12, PRICE_FREE},
    [HEALTH] = {3.807, .7, 75, .20, PRICE_FREE},
    [CLOTHING] = {3.738, .65, 115, .40, PRICE_99},
    [ELECTRONICS] = {4.317, .95, 30, .40, PRICE_99},
    [HOME_GARDEN] = {3.584, .8, 50, .25, PRICE_99},
    [LEISURE] = {3.091, .6, 65, .40, PRICE_FREE},
    [TRANSPORT] = {1.163, .45, 10, .05, PRICE_FARE},
    [CASH] = {4.094, .6, 20, .30, PRICE_TENS},
    [HOTEL] = {4.700, .5, 15, .90, PRICE_FREE},
    [ONLINE_SHOPPING] = {3.367, .85, 520, .35, PRICE_99},
    [DIGITAL] = {2.398, .6, 230, .30, PRICE_99},
    [TRAVEL] = {4.942, .7, 120, .50, PRICE_FREE},
    [UTILITIES] = {4.317, .4, 50, 0, PRICE_FREE},
    [TELECOM] = {3.466, .35, 30, 0, PRICE_99},
    [INSURANCE] = {3.871, .5, 50, 0, PRICE_FREE},
};

enum {
    MORNING,
    COMMUTE,
    NOON,
    DAYTIME = HOURS_DAYTIME,
    AFTER_WORK,
    EVENING,
    LATE_ONLINE = HOURS_ONLINE
};

const unsigned char hour_weights[N_HOURS_PROFILES][24] = {
    [MORNING] = {0, 0, 0, 0, 0, 1, 6, 12, 14, 12, 10, 7, 4, 2, 2, 2, 2, 1, 1},
    [COMMUTE] = {0, 0, 0, 0, 0, 3, 10, 16, 9, 3, 1, 1, 2, 2, 2, 4, 10, 13, 7, 3, 1, 1, 1},
    [NOON] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 10, 18, 14, 4, 1},
    [DAYTIME] = {0, 0, 0, 0, 0, 0, 0, 1, 4, 9, 12, 12, 9, 8, 9, 10, 10, 9, 7, 3},
    [AFTER_WORK] = {0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 7, 10, 14, 13, 9, 4, 2},
    [EVENING] = {3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 4, 10, 14, 14, 10, 7, 5},
    [LATE_ONLINE] = {3, 1, 1, 0, 0, 1, 2, 3, 4, 5, 5, 5, 6, 5, 5, 5, 5, 6, 7, 9, 12, 12, 9, 6},
    [HOURS_ANY] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
};

/* Monday to Sunday. */
const double weekday_pace[N_LIFESTYLES][7] = {
    [WORKER] = {.95, .95, .97, 1.03, 1.20, 1.20, .70},
    [FAMILY] = {.90, .92, .95, 1.00, 1.25, 1.38, .60},
    [STUDENT] = {.90, .95, .97, 1.03, 1.20, 1.20, .75},
    [RETIRED] = {1.10, 1.10, 1.05, 1.10, 1.20, .95, .50},
};

const mission missions[N_MISSIONS] = {
    {GROCERY,
     AREA_HOME,
     AFTER_WORK,
     {{BAKERY, .30}, {PHARMACY, .10}, {FUEL, .08}},
     {{20, 20}, {30, 28}, {12, 12}, {30, 14}},
     10,
     NO_SEASON},
    {BAKERY,
     AREA_HOME,
     MORNING,
     {{GROCERY, .25}, {CAFE, .05}},
     {{6, 12}, {8, 14}, {4, 5}, {12, 10}},
     12,
     NO_SEASON},
    {TRANSPORT,
     AREA_WORK,
     COMMUTE,
     {{CAFE, .30}, {BAKERY, .15}},
     {{16, 2}, {8, 2}, {20, 6}, {3, 1}},
     8,
     NO_SEASON},
    {RESTAURANT, AREA_WORK, NOON, {{CAFE, .25}}, {{14, 3}, {4, 3}, {12, 4}, {5, 4}}, 16, NO_SEASON},
    {RESTAURANT,
     AREA_CENTRE,
     EVENING,
     {{LEISURE, .35}, {TRANSPORT, .30}},
     {{7, 16}, {3, 8}, {10, 20}, {3, 5}},
     16,
     NO_SEASON},
    {CLOTHING,
     AREA_CENTRE,
     DAYTIME,
     {{CLOTHING, .45}, {CAFE, .40}, {HOME_GARDEN, .10}},
     {{5, 14}, {6, 14}, {6, 12}, {5, 4}},
     12,
     NO_SEASON},
    {HOME_GARDEN,
     AREA_HOME,
     DAYTIME,
     {{FUEL, .20}, {BAKERY, .25}},
     {{2, 9}, {4, 10}, {1, 2}, {5, 3}},
     0,
     NO_SEASON},
    {FUEL,
     AREA_HOME,
     COMMUTE,
     {{CAFE, .12}, {GROCERY, .10}},
     {{9, 7}, {10, 8}, {2, 2}, {6, 3}},
     3,
     NO_SEASON},
    {HEALTH,
     AREA_HOME,
     DAYTIME,
     {{PHARMACY, .70}},
     {{3, 0}, {5, 0}, {2, 0}, {10, 0}},
     0,
     NO_SEASON},
    {CASH,
     AREA_HOME,
     DAYTIME,
     {{GROCERY, .20}, {BAKERY, .10}},
     {{6, 5}, {5, 4}, {5, 5}, {9, 4}},
     5,
     NO_SEASON},
    {ELECTRONICS,
     AREA_CENTRE,
     AFTER_WORK,
     {{LEISURE, .15}, {CAFE, .15}},
     {{2, 4}, {2, 3}, {3, 5}, {1, 1}},
     0,
     NO_SEASON},
    {ONLINE_SHOPPING,
     ONLINE,
     LATE_ONLINE,
     {{ONLINE_SHOPPING, .22}, {DIGITAL, .10}},
     {{16, 16}, {16, 16}, {16, 16}, {7, 7}},
     1,
     NO_SEASON},
    {DIGITAL,
     ONLINE,
     LATE_ONLINE,
     {{DIGITAL, .25}},
     {{6, 7}, {4, 5}, {10, 10}, {1, 1}},
     1,
     NO_SEASON},
    {TRAVEL, ONLINE, LATE_ONLINE, {{TRAVEL, .25}}, {{2, 2}, {2, 2}, {2, 2}, {2, 2}}, 0, NO_SEASON},
    {CAFE, AREA_WORK, MORNING, {{BAKERY, .15}}, {{8, 4}, {3, 4}, {8, 8}, {5, 5}}, 14, NO_SEASON},
    {LEISURE,
     AREA_CENTRE,
     DAYTIME,
     {{CAFE, .30}, {TRANSPORT, .20}},
     {{2, 9}, {3, 12}, {4, 10}, {4, 5}},
     14,
     NO_SEASON},
    {HOTEL,
     AREA_CENTRE,
     MORNING,
     {{CAFE, .20}, {FUEL, .15}},
     {{0, 0}, {0, 0}, {0, 0}, {0, 0}},
     5,
     NO_SEASON},
    {CLOTHING,
     AREA_CENTRE,
     DAYTIME,
     {{CLOTHING, .80}, {ELECTRONICS, .10}, {CAFE, .30}},
     {{8, 16}, {8, 16}, {10, 16}, {6, 6}},
     0,
     SALES},
    {HOME_GARDEN,
     AREA_HOME,
     DAYTIME,
     {{HOME_GARDEN, .40}, {GROCERY, .30}, {FUEL, .15}},
     {{4, 14}, {6, 16}, {1, 2}, {14, 8}},
     0,
     GARDEN},
    {LEISURE,
     AREA_CENTRE,
     AFTER_WORK,
     {{CLOTHING, .60}, {ELECTRONICS, .45}, {CAFE, .30}},
     {{10, 24}, {12, 26}, {10, 20}, {10, 10}},
     0,
     GIFTS},
};

/* table[i] = j for the i-th of 256 equal parts of the summed weights. */
static void spread(int n, const int weight[], uint8_t table[256])
{
    int total = 0, sum = 0, j = -1;
    for (int i = 0; i < n; i++) total += weight[i];
    for (int i = 0; i < 256; i++) {
        while (sum * 256 <= i * total) sum += weight[++j];
        table[i] = (uint8_t)j;
    }
}

static bool in_season(const mission *m, int season)
{
    return m->season == NO_SEASON || m->season == season;
}

void pa_make_mission_tables(pa_world *w)
{
    int weight[N_MISSIONS];
    for (int l = 0; l < N_LIFESTYLES; l++) {
        for (int weekend = 0; weekend < 2; weekend++) {
            for (int season = 0; season < N_SEASONS; season++) {
                for (int m = 0; m < N_MISSIONS; m++) {
                    weight[m] =
                        in_season(missions + m, season) ? missions[m].weight[l][weekend] : 0;
                }
                spread(N_MISSIONS, weight, w->mission_of[l][weekend][season]);
            }
        }
    }
    for (int m = 0; m < N_MISSIONS; m++) weight[m] = missions[m].on_holiday;
    spread(N_MISSIONS, weight, w->holiday_mission);
    for (int h = 0; h < N_HOURS_PROFILES; h++) {
        int hours[24];
        for (int i = 0; i < 24; i++) hours[i] = hour_weights[h][i];
        spread(24, hours, w->hour_of[h]);
    }
}

/* A mission's stops, each with its odds, times `weight`. */
static void add_stops(const mission *m, double weight, double stops[], double centre[])
{
    stops[m->first] += weight;
    if (m->where == AREA_CENTRE) centre[m->first] += weight;
    for (int i = 0; i < MOST_STOPS; i++) {
        int c = m->then[i].category;
        stops[c] += weight * m->then[i].odds;
        if (m->where == AREA_CENTRE) centre[c] += weight * m->then[i].odds;
    }
}

void pa_mean_stops(const pa_world *w, double stops[PA_N_CATEGORIES], double centre[N_LOCAL])
{
    static const double days[2] = {5 / 7.0, 2 / 7.0};
    double central[PA_N_CATEGORIES] = {0};
    for (int c = 0; c < PA_N_CATEGORIES; c++) stops[c] = 0;
    for (int l = 0; l < N_LIFESTYLES; l++) {
        for (int weekend = 0; weekend < 2; weekend++) {
            double weight = days[weekend] / N_LIFESTYLES / 256;
            for (int i = 0; i < 256; i++) {
                const mission *m = missions + w->mission_of[l][weekend][NO_SEASON][i];
                add_stops(m, weight, stops, central);
            }
        }
    }
    for (int c = 0; c < N_LOCAL; c++) centre[c] = stops[c] > 0 ? central[c] / stops[c] : 0;
}
