#!/usr/bin/env bash
# `forecast --model prophet`: gaps, missing values, holidays, growth; what cannot be used is told
# with file and line.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 - <<'PYTHON'
import datetime
import random

draw = random.Random(7)
first = datetime.date(2023, 1, 2)
pay_days = [datetime.date(2023, month, 25) for month in range(1, 13)]
rows = []
for i in range(21):
    n, level = draw.choice([1, 2, 15, 90, 340]), draw.uniform(20, 40)
    for t in range(n):
        day = first + datetime.timedelta(t)
        y = level + .05 * t + [0, 1, 2, 1, 0, -3, -4][day.weekday()] + draw.uniform(-1, 1)
        y += 9 * (day in pay_days) - 5 * (day + datetime.timedelta(1) in pay_days)
        if t in (0, n - 1) or draw.random() > .1:
            rows.append((f"s{i:02}", day, f"{y:.3f}" if i < 20 else "7"))
        else:
            rows.append((f"s{i:02}", day, draw.choice(["", "NaN", "NA"]))) if draw.random() < .5 else None
draw.shuffle(rows)
with open("s.csv", "w") as f:
    f.write("unique_id,ds,y\n")
    f.writelines(f"{series},{day},{y}\n" for series, day, y in rows)
with open("h.csv", "w") as f:
    f.write("holiday,ds,lower_window,upper_window\n")
    f.writelines(f'"pay, day",{day},-1,0\n' for day in pay_days)
    f.write("pay it,2023-04-25,,\nnever,1999-01-01,-3,3\n")
PYTHON
forecast() { on "$1" "$program" forecast s.csv --model prophet --horizon 25 --out "$2" --quiet "${@:3}"; }

forecast 1 p.csv --holidays h.csv >p.txt
for ranks in 2 3 4; do
    forecast "$ranks" again.csv --holidays h.csv --replace --block 64 --read-buffer 100 >again.txt
    same p.csv again.csv
done
forecast 2 none.csv >/dev/null
forecast 2 flat.csv --growth flat --holidays h.csv >/dev/null
/usr/bin/python3 - <<'PYTHON'
import csv
import datetime

def read(name):
    rows = {}
    for r in csv.DictReader(open(name)):
        rows.setdefault(r["unique_id"], []).append(r)
    return rows

said, plain, flat = read("p.csv"), read("none.csv"), read("flat.csv")
known = {}
for r in csv.DictReader(open("s.csv")):
    known.setdefault(r["unique_id"], []).append((r["ds"], r["y"]))
n_long = 0
for series, rows in said.items():
    last = max(known[series])[0]
    days = [str(datetime.date.fromisoformat(last) + datetime.timedelta(h + 1)) for h in range(25)]
    assert [r["ds"] for r in rows] == days, series
    assert {r["model"] for r in rows} == {"last" if len(known[series]) == 1 else "prophet"}, series
    assert all(float(r["lo95"]) <= float(r["lo80"]) <= float(r["mean"]) <= float(r["hi80"]) <= float(r["hi95"]) for r in rows)
    if series == "s20":
        assert all(float(r["mean"]) == 7 for r in rows)
    elif len(known[series]) > 200:
        n_long += 1
        mean = {r["ds"]: float(r["mean"]) for r in rows}
        without = {r["ds"]: float(r["mean"]) for r in plain[series]}
        assert 7 < mean["2023-12-25"] - without["2023-12-25"] < 11, (mean, without)
        assert -7 < mean["2023-12-24"] - without["2023-12-24"] < -3
        assert abs(mean["2023-12-22"] - without["2023-12-22"]) < .6
        # the trend of 25 days; of a flat one what a year has risen by is half behind
        assert 3 < mean["2023-12-22"] - float(next(r["mean"] for r in flat[series] if r["ds"] == "2023-12-22")) < 14
assert n_long >= 2
PYTHON

# Numbers are days; holidays of numbers.
/usr/bin/python3 -c "
print('unique_id,ds,y')
for t in range(60): print(f'a,{t},{5 + (t % 10 == 3) * 4 + t % 3 * .1:.1f}')" >n.csv
printf 'holiday,ds\nx,3\nx,13\nx,23\nx,33\nx,43\nx,53\nx,63\n' >nh.csv
"$program" forecast n.csv --model prophet --horizon 5 --holidays nh.csv --out n.out --quiet >/dev/null
[ "$(awk -F, 'NR > 1 { printf "%s:%.0f ", $2, $3 }' n.out)" = "60:5 61:5 62:5 63:9 64:5 " ] || fail "$(cat n.out)"

holidays() { printf 'holiday,ds,lower_window,upper_window\n%b' "$1" >bad.csv; }
of() { expect "$1" "$2" forecast s.csv --model prophet --horizon 1 --holidays bad.csv --out o.csv; }
holidays 'x,2023-01-01,0,0\nx,2023-13-01,0,0\n'
of 65 "bad.csv:3: ds is neither a whole number nor a date such as 2024-01-31: '2023-13-01'"
holidays 'x,2023-01-01,1,0\n'
of 65 "bad.csv:2: lower_window is no whole number from -366 to 0: '1'"
holidays 'x,2023-01-01,0,367\n'
of 65 "bad.csv:2: upper_window is no whole number from 0 to 366: '367'"
holidays 'x,2023-01-01,0,0\n,2023-01-02,0,0\n'
of 65 "bad.csv:3: there is no holiday: ''"
holidays 'x,2023-01-01,0,0\nx,2023-01-02,0\n'
of 65 "bad.csv:3: 3 fields, where the header has 4"
holidays 'x,2023-01-01,0,0\nx,17,0,0\n'
of 65 "bad.csv:3: ds is a number, where series have dates"
printf 'holiday,ds,lower_window\nx,2023-01-01,0\n' >bad.csv
of 65 "bad.csv:1: lower_window, but no upper_window"
printf 'holiday,ds,prior_scale\nx,2023-01-01,5\n' >bad.csv
of 65 "bad.csv:1: prior_scale: the scale of all holidays is 10 here"
printf 'feast,ds\nx,2023-01-01\n' >bad.csv
of 65 "bad.csv:1: no column 'holiday' (--holidays); the columns are feast, ds"
rm bad.csv
of 66 "bad.csv: No such file or directory"
expect 64 "--holidays is for --model prophet" forecast s.csv --horizon 1 --holidays h.csv --out o.csv
expect 64 "--growth: 'steep' is neither linear nor flat" forecast s.csv --model prophet --horizon 1 --growth steep --out o.csv
printf 'unique_id,ds,y\nb,1,1\na,2,NaN\na,1,\n' >bad.csv
expect 65 "bad.csv:3: series 'a' has no value" forecast bad.csv --model prophet --horizon 1 --out o.csv
expect 65 "bad.csv:3: y is not a finite number: 'NaN'" forecast bad.csv --model theta --horizon 1 --out o.csv
printf 'unique_id,ds,y\na,1,1\na,2,-inf\n' >bad.csv
expect 65 "bad.csv:3: y is not a finite number: '-inf'" forecast bad.csv --model prophet --horizon 1 --out o.csv
[ ! -e o.csv ] || fail "a file is left"
all_expected
