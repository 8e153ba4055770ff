"""Times in all forms, and numbers that look like some."""

from book import BOOK, MOST, START, at, book, changed, in_line, PLAIN, put, run, sheet

minutes = changed(time=lambda r: r.time // 60 * 60)
days = changed(time=lambda r: r.time // 86400 * 86400)
for name, form in (
    ("dots", "%Y.%m.%d %H:%M:%S"),
    ("slashes", "%Y/%m/%d %H:%M:%S"),
    ("bracket", "[%d/%b/%Y:%H:%M:%S +0000]"),
    ("basic", "%Y%m%dT%H%M%SZ"),
    ("go_zone", "%Y-%m-%d %H:%M:%S +0000 UTC"),
    ("comma_ms", "%Y-%m-%d %H:%M:%S,123"),
    ("iso_ms", "%Y-%m-%dT%H:%M:%S.999Z"),
    ("month_name", "%d-%b-%Y %H:%M:%S"),
    ("us_month_name", "%b %d, %Y %I:%M:%S %p"),
    ("long_month_name", "%d %B %Y %H:%M:%S"),
):
    put(name, sheet(BOOK, time=lambda r, f=form: at(r, f)))
put("iso_offset", sheet(BOOK, time=lambda r: at(r._replace(time=r.time + 7200), "%Y-%m-%dT%H:%M:%S.5+02:00")))
put("cet", sheet(BOOK, time=lambda r: at(r._replace(time=r.time + 3600), "%Y-%m-%d %H:%M:%S CET")))
put(
    "zone_key",
    sheet(BOOK, time=lambda r: at(r._replace(time=r.time + 3600 * (2 if r.time >= 1711846800 else 1)))),
    "time_zone = Europe/Berlin\n",
)
put("us_am_pm", sheet(BOOK, time=lambda r: at(r, "%m/%d/%Y %I:%M:%S %p")), form="tx.csv: times as mm/dd/yyyy")
put("day_first", sheet(BOOK, time=lambda r: at(r, "%d/%m/%Y %H:%M")), rows=minutes, form="tx.csv: times as dd/mm/yyyy")
put(
    "two_digit_years",
    sheet(BOOK, time=lambda r: at(r, "%m/%d/%y %H:%M")),
    "time_format = mm/dd/yyyy\n",
    rows=minutes,
    form="tx.csv: times as mm/dd/yyyy",
)
put(
    "pattern",
    sheet(BOOK, time=lambda r: at(r, "%Y/%d/%m %Hh%M")),
    "time_format = %Y/%d/%mT%Hh%M\n".replace("T", " "),
    rows=minutes,
    form="tx.csv: times as %Y/%d/%m %Hh%M",
)
early_days = [r for r in BOOK if int(at(r, "%d")) <= 12]
put(
    "no_day_above_12",
    sheet(early_days, time=lambda r: at(r, "%d/%m/%Y %H:%M")),
    split=False,
    stop="tx.csv: time '01/01/2024 00:00' may have its day first or its month, and no day above 12 tells which: say input.time_format = dd/mm/yyyy or mm/dd/yyyy",
)
put(
    "day_as_month",
    sheet(BOOK, time=lambda r: at(r, "%d/%m/%Y %H:%M")),
    "time_format = mm/dd/yyyy\n",
    stop="tx.csv:26: time '13/01/2024 05:14' is not like 07/25/2018 13:05 ("
    + MOST.format(
        n=len(BOOK) - len(early_days),
        reason="bad time",
        kind=", with them every row with a day above 12",
        keys="input.time_format",
    )
    + ")",
)
put(
    "clock_column",
    sheet(
        BOOK,
        order=("tx", "account", "merchant", "date", "clock", "amount", "label"),
        date=lambda r: at(r, "%Y-%m-%d"),
        clock=lambda r: at(r, "%H%M%S"),
    ),
    "time = date,clock\n",
)
put(
    "zone_column",
    sheet(
        BOOK,
        order=("tx", "account", "merchant", "Date", "Time", "TimeZone", "amount", "label"),
        Date=lambda r: at(r._replace(time=r.time - 8 * 3600), "%d/%m/%Y"),
        Time=lambda r: at(r._replace(time=r.time - 8 * 3600), "%H:%M:%S"),
        TimeZone=lambda r: "PST",
    ),
    "time = Date,Time,TimeZone\n",
    form="tx.csv: times as dd/mm/yyyy",
)
for name, digits in (("milliseconds", 3), ("microseconds", 6), ("nanoseconds", 9)):
    put(name, sheet(BOOK, time=lambda r, n=digits: str(r.time) + "7" * n), form="tx.csv: times as " + name)
put("seconds", sheet(BOOK, time=lambda r: str(r.time)))
put("seconds_from", sheet(BOOK, time=lambda r: str(r.time - START)), "time_start = 2024-01-01\n")
put(
    "excel",
    sheet(BOOK, time=lambda r: f"{r.time / 86400 + 25569:.5f}"),
    stop="tx.csv: time '45292.00000' looks like the days since 1899-12-30 of a spreadsheet, and as a number it would count seconds: say input.time_format = excel (or seconds)",
)
put(
    "excel_said",
    sheet(BOOK, time=lambda r: f"{r.time / 86400 + 25569:.5f}"),
    "time_format = excel\n",
    form="tx.csv: times as excel",
)
for name, step in (
    ("a_year", 40000),
    ("two_years", 86400 * 3),
    ("ten_years", 86400 * 15),
    ("fifteen_years", 86400 * 22),
):
    put(
        "yyyymmdd_" + name,
        sheet(book(step=step), time=lambda r: at(r, "%Y%m%d")),
        split=False,
        stop="tx.csv: time '20240101' looks like a date, and as a number it would count seconds: say input.time_format = yyyymmdd (or seconds)",
    )
put(
    "yyyymmdd_said",
    sheet(BOOK, time=lambda r: at(r, "%Y%m%d")),
    "time_format = yyyymmdd\n",
    rows=days,
    form="tx.csv: times as yyyymmdd",
)
put(
    "yyyymmddhh",
    sheet(BOOK, time=lambda r: at(r, "%Y%m%d%H")),
    stop="tx.csv: time '2024010100' looks like a date, and as a number it would count seconds: say input.time_format = %Y%m%d%H (or seconds)",
)
put(
    "yyyyddd",
    sheet(BOOK, time=lambda r: at(r, "%Y%j")),
    stop="tx.csv: time '2024001' looks like a date, and as a number it would count seconds: say input.time_format = %Y%j (or seconds)",
)
put(
    "yyyyddd_said",
    sheet(BOOK, time=lambda r: at(r, "%Y%j")),
    "time_format = %Y%j\n",
    rows=days,
    form="tx.csv: times as %Y%j",
)
put(
    "yyyymmddhhmmss",
    sheet(BOOK, time=lambda r: at(r, "%Y%m%d%H%M%S")),
    stop="tx.csv: time '20240101000000' looks like a date, and as a number it would count seconds: say input.time_format = yyyymmddhhmmss (or seconds)",
)
put(
    "yyyymmddhhmmss_said",
    sheet(BOOK, time=lambda r: at(r, "%Y%m%d%H%M%S")),
    "time_format = yyyymmddhhmmss\n",
    form="tx.csv: times as yyyymmddhhmmss",
)
put(
    "mixed",
    sheet(BOOK, time=lambda r: at(r) if r.tx % 3 else at(r, "%d.%m.%Y %H:%M")),
    stop="tx.csv: times '2024-01-01 00:00:00' and '01.01.2024 12:13' are written in different ways, of which input.time_format means one",
)
put(
    "mixed_units",
    sheet(BOOK, time=lambda r: str(r.time if r.tx < 5120 else r.time * 1000)),
    stop="tx.csv: times '1704067200' and '1709345640000' are written in different ways, of which input.time_format means one",
)


# Behind the rows that are looked at first, and before the last: a number is no time of a dated file.
LONG = book(3000, 3600)
put(
    "number_late",
    sheet(LONG, time=lambda r: {6200: "0", 6201: "20240325", 6202: "45376.5"}.get(r.tx, at(r))),
    rows=[r for r in LONG if r.tx not in (6200, 6201, 6202)],
    rejects=[(line, line, "bad time") for line in (1202, 1203, 1204)],
)
put(
    "label_times",
    sheet(BOOK, label_time=lambda r: at(r, "%Y%m%d")),
    "label_time = label_time\n",
    stop="tx.csv: times of labels: time '20240101' looks like a date, and as a number it would count seconds: "
    "say input.label_time_format = yyyymmdd (or seconds)",
)
put(
    "label_times_said",
    sheet(BOOK, label_time=lambda r: at(r, "%Y%m%d")),
    "label_time = label_time\nlabel_time_format = yyyymmdd\n",
)
put(
    "label_times_of_their_own",
    sheet(BOOK, label_time=lambda r: at(r, "%d.%m.%Y")),
    "label_time = label_time\n",
)


def one_far(date, seconds):
    text = in_line(PLAIN, 52, at(BOOK[50]), date)
    return text, changed(time=lambda r: seconds if r.tx == 5050 else r.time)


FAR = "1 row lies far {} the bulk of dates, 2024-01-01 00:00:00 to 2024-05-01 16:14:53, and the time plan does not follow it (set {} to have it so): tx.csv:52 {}"
for name, date, seconds, side, key in (
    ("sentinel", "9999-12-31 00:00:00", 253402214400, "behind", "split.audit_until"),
    ("typo_year", "2042-04-20 10:00:00", 2281600800, "behind", "split.audit_until"),
    ("year_1900", "1900-01-01 00:00:00", -2208988800, "before", "split.history_from"),
):
    text, rows = one_far(date, seconds)
    put(name, text, rows=rows, split=False, notes=[FAR.format(side, key, date)])

run()
