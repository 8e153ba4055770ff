/* Days with their pace: weekends, holidays, the end of the month. */
#include "paraudit/base/calendar.h"
#include "paraudit/base/math.h"
#include "world.h"

/* January to December: less after Christmas and in the summer. */
static const double month_pace[12] = {.94, .95, 1.00, 1.00, 1.02, 1.01,
                                      .98, .97, 1.00, 1.01, 1.05, 1.12};

static bool is_public_holiday(int month, int day)
{
    static const int dates[][2] = {{1, 1}, {1, 6}, {5, 1}, {8, 15}, {10, 3}, {12, 25}, {12, 26}};
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        if (dates[i][0] == month && dates[i][1] == day) return true;
    }
    return false;
}

static int season_of(int month, int day)
{
    if (month == 1 || month == 7) return SALES;
    if (month >= 3 && month <= 5) return GARDEN;
    if ((month == 11 && day >= 20) || (month == 12 && day <= 24)) return GIFTS;
    return NO_SEASON;
}

calendar_day pa_day_after(int64_t start, int days)
{
    int64_t year, day = pa_day_of(start) + days;
    int month, of_month;
    pa_civil_from_days(day, &year, &month, &of_month);
    double turn = (double)(day - pa_days_from_civil(year, 1, 1)) / 365.25;
    return (calendar_day){
        .weekday = pa_weekday_of(day * PA_DAY_SECONDS),
        .day_of_month = of_month,
        .season = season_of(month, of_month),
        .pace = month_pace[month - 1] * (is_public_holiday(month, of_month) ? .45 : 1),
        .sin_of_year = pa_sin_turn(turn),
        .cos_of_year = pa_cos_turn(turn),
    };
}

double pa_mean_day_pace(int64_t start, int n_days)
{
    double sum = 0;
    for (int i = 0; i < n_days; i++) {
        calendar_day day = pa_day_after(start, i);
        double pace = 0;
        for (int l = 0; l < N_LIFESTYLES; l++) pace += weekday_pace[l][day.weekday];
        sum += pace / N_LIFESTYLES * day.pace;
    }
    return sum / n_days;
}
