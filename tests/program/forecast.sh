#!/usr/bin/env bash
# `forecast` on a long CSV file: the same bytes for any number of ranks, wherever the file is cut.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 - <<'PYTHON'
import math
import random

draw = random.Random(4)
rows = []
for i in range(37):
    n = draw.choice([1, 2, 6, 9, 15, 30, 47])
    level = draw.uniform(5, 100)
    for t in range(n):
        level += draw.uniform(-1, 1.1)
        y = level + 5 * math.sin(2 * math.pi * t / 4) + draw.uniform(-1, 1)
        rows.append((f'shop {i}, "west"' if i == 3 else f"s{i:03}", 2 * t + 1, 0 if i == 5 else -y if i == 6 else y))
draw.shuffle(rows)
with open("s.csv", "w") as f:
    f.write("y,unique_id,ds\n")
    for series, t, y in rows:
        name = '"' + series.replace('"', '""') + '"' if "," in series else series
        f.write(f"{y:.4f},{name},{t}\n")
PYTHON
forecast() { on "$1" "$program" forecast "$2" --horizon 5 --season 4 --out "$3" --quiet "${@:4}"; }

for model in auto arima theta ets ces lstm prophet; do
    forecast 1 s.csv "$model.csv" --model "$model" >"$model.txt"
    for ranks in 2 3 4; do
        forecast "$ranks" s.csv again.csv --model "$model" --replace --block 64 --read-buffer 100 >again.txt
        same "$model.csv" again.csv
        sed 's/again/'"$model"'/' again.txt | cmp - "$model.txt" || fail "what is told differs at $ranks ranks"
    done
done
found '^s.csv: 37 series, .* values, a step is 2$' <auto.txt || fail "what was read: $(cat auto.txt)"
[ "$(head -n 1 auto.csv)" = unique_id,ds,mean,lo80,hi80,lo95,hi95,model,disagreement ] || fail "header"
[ "$(head -n 1 theta.csv)" = unique_id,ds,mean,lo80,hi80,lo95,hi95,model ] || fail "header of one model"
[ "$(wc -l <auto.csv)" -eq $((1 + 37 * 5)) ] || fail "lines"
gzip -k s.csv
forecast 2 s.csv.gz packed.csv --model auto >/dev/null
same auto.csv packed.csv
/usr/bin/python3 - <<'PYTHON'
import csv

def read(name):
    return list(csv.DictReader(open(name, newline="")))


rows = read("auto.csv")
last = {}
for r in csv.DictReader(open("s.csv", newline="")):
    last[r["unique_id"]] = max(last.get(r["unique_id"], 0), int(r["ds"]))
assert list(dict.fromkeys(r["unique_id"] for r in rows)) == sorted(last, key=str.encode)
for k, r in enumerate(rows + read("lstm.csv")):
    assert int(r["ds"]) == last[r["unique_id"]] + 2 * (k % 5 + 1), r
    assert float(r["lo95"]) <= float(r["lo80"]) <= float(r["mean"]) <= float(r["hi80"]) <= float(r["hi95"]), r
assert {r["model"] for r in rows} == {"auto", "last"}
assert all(float(r["mean"]) == 0 for r in rows + read("lstm.csv") if r["unique_id"] == "s005")
for r in rows:  # one alone does not disagree; nobody doubts what never changed
    assert (r["disagreement"] == "") == (r["model"] == "last"), r
    assert r["model"] == "last" or (float(r["disagreement"]) > 0) == (r["unique_id"] != "s005"), r
assert {r["model"] for r in read("lstm.csv")} == {"lstm"}
PYTHON

# Levels, names of columns, dates.
printf 'shop,day,sold\na,2024-02-28,3\na,2024-02-27,2\na,2024-02-26,1\n' >d.csv
"$program" forecast d.csv --horizon 2 --levels 50 --id shop --time day --value sold --model theta --out d.out --quiet >/dev/null
[ "$(cut -d, -f1-3,6 d.out | tr '\n' ' ')" = "unique_id,ds,mean,model a,2024-02-29,3,last a,2024-03-01,3,last " ] || fail "$(cat d.out)"

# Counts: the same bytes at any number of ranks; the season's place is that of the date; what is no count.
/usr/bin/python3 - <<'PYTHON'
import random

draw = random.Random(6)
with open("counts.csv", "w") as f:
    f.write("unique_id,ds,y\n")
    for i in range(60):
        rate, first = draw.gammavariate(2, .2), draw.randrange(7)
        for t in range(first, first + draw.choice([3, 40, 200])):
            n = sum(draw.random() < rate / 8 for _ in range(8)) if t % 7 else 0
            f.write(f"a{i:02},{t},{n}\n")
PYTHON
"$program" forecast counts.csv --horizon 9 --season 7 --model sparse --out n.csv --quiet >/dev/null
for ranks in 2 3; do
    on $ranks "$program" forecast counts.csv --horizon 9 --season 7 --model sparse --out m.csv --replace --block 99 --quiet >/dev/null
    same n.csv m.csv
done
/usr/bin/python3 - <<'PYTHON'
import csv
from collections import defaultdict

known = defaultdict(list)
for r in csv.DictReader(open("counts.csv")):
    known[r["unique_id"]].append(int(r["y"]))
rows = list(csv.DictReader(open("n.csv")))
assert len(rows) == 60 * 9 and {r["model"] for r in rows} == {"sparse"}
usual = {r["unique_id"]: float(r["mean"]) for r in rows if int(r["ds"]) % 7}
assert all(float(r["mean"]) < .2 * usual[r["unique_id"]] for r in rows if int(r["ds"]) % 7 == 0)
for r in rows:
    low, high = float(r["lo95"]), float(r["hi95"])
    assert low == int(low) and high == int(high) and low <= float(r["lo80"]) <= float(r["hi80"]) <= high, r
    y = known[r["unique_id"]]
    if len(y) == 200 and int(r["ds"]) % 7:
        assert abs(float(r["mean"]) - 7 / 6 * sum(y) / 200) < .5 * sum(y) / 200 + .1, (r, sum(y))
PYTHON
printf 'unique_id,ds,y\na,1,1\nb,1,2\nb,2,1.5\n' >bad.csv
expect 65 "series 'b' has 1.5 at ds 2: the model sparse takes counts, whole numbers from 0 to 65535" forecast bad.csv --horizon 1 --model sparse --out o.csv

# What cannot be used, told with file and line.
bad() { printf 'unique_id,ds,y\n%b' "$1" >bad.csv; }
bad 'a,1,1\na,2,x\n'
expect 65 "bad.csv:3: y is not a finite number: 'x'" forecast bad.csv --horizon 1 --out o.csv
bad 'a,1,1\na,2,\n'
expect 65 "bad.csv:3: y is not a finite number: ''" forecast bad.csv --horizon 1 --out o.csv
bad 'a,1,1\na,spring,2\n'
expect 65 "bad.csv:3: ds is neither a whole number nor a date such as 2024-01-31: 'spring'" forecast bad.csv --horizon 1 --out o.csv
bad 'a,1,1\na,-10000000000001,2\n'
expect 65 "bad.csv:3: ds is beyond 10^13: '-10000000000001'" forecast bad.csv --horizon 1 --out o.csv
bad 'a,1,1\n,2,2\n'
expect 65 "bad.csv:3: there is no unique_id: ''" forecast bad.csv --horizon 1 --out o.csv
bad 'b,1,1\na,1,1\na,2,3\nb,2,3\na,1,9\n'
expect 65 "bad.csv:6: series 'a' has ds 1 twice: line 3 as well" forecast bad.csv --horizon 1 --out o.csv
bad 'a,2024-01-01,1\na,2024-01-02,1\na,2024-01-04,3\n'
expect 65 "bad.csv:4: series 'a' goes from ds 2024-01-02 (line 3) to 2024-01-04, where the step is 1 day: a gap has to be filled beforehand" \
    forecast bad.csv --horizon 1 --out o.csv
bad 'a,1,1\na,2024-01-02,1\n'
expect 65 "bad.csv:3: ds is a date, where line 2 has a number" forecast bad.csv --horizon 1 --out o.csv
bad 'a,1,1\na,2\n'
expect 65 "bad.csv:3: 2 fields, where the header has 3" forecast bad.csv --horizon 1 --out o.csv
bad ''
expect 65 "bad.csv: there is no row" forecast bad.csv --horizon 1 --out o.csv
expect 66 "none.csv: No such file or directory" forecast none.csv --horizon 1 --out o.csv
expect 64 "unknown model 'thet': did you mean 'theta'?" forecast s.csv --horizon 1 --model thet --out o.csv
expect 64 "unknown model 'foo': there is arima, theta, ets, ces, lstm, auto, sparse, prophet" forecast s.csv --horizon 1 --model foo --out o.csv
expect 64 "--levels: '100' is no percentage between 0 and 100, such as 80 or 95" forecast s.csv --horizon 1 --levels 80,100 --out o.csv
[ ! -e o.csv ] || fail "a file is left"
all_expected
