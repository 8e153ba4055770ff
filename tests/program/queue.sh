#!/usr/bin/env bash
# The queue can be worked: every alert and every figure of its reasons is found again in the
# input, nothing in it is more than text to a spreadsheet or a terminal, and verify tells a
# changed line.
source "$(dirname "$0")/common.sh"
columns=$(echo {tx,account,merchant,time,amount,label,label_time,category,channel,currency,country}{,} | tr ' ' '\n' | uniq |
    sed 's/.*/&=&/' | tr '\n' ' ')
places="home_lat=home_lat home_lon=home_lon merchant_lat=merchant_lat merchant_lon=merchant_lon"
portfolio p.csv 40000
# Detectors that read many features: most of the 70 are a reason somewhere.
# What patterns say is counted in patterns.sh.
audit 2 out p.csv --set patterns.run=no --set embedding.run=no --set expected.run=no --set forecast.run=no --set job.leave_out=tails,boosting --set iforest.features=all --set ecod.features=all
/usr/bin/python3 "$source/tests/program/trace.py" out p.csv $columns $places least=45

# The same book, with other people's names.
/usr/bin/python3 - <<'END'
import csv
rows = list(csv.DictReader(open("p.csv")))
signs = ["=", "+", "-", "@", "x\t", "\x1b[31m", "\u202e", "\u2066a\u2069", "\x9b5n", '"', ",", "\uff1d"]
for r in rows:
    k = int(r["tx"]) // 7
    r["tx"] = signs[k % 12] + "T" + r["tx"]
    r["merchant"] = signs[int(r["merchant"][1:]) % 12] + "HYPERLINK(" + r["merchant"] + ")"
    r["account"] = signs[int(r["account"][1:]) % 12] + r["account"]
    r["category"] = {"groceries": "=groceries", "fuel": "\x1b]0;fuel\x07"}.get(r["category"], r["category"])
    r["country"] = {"DE": "-49", "US": "+1"}.get(r["country"], "@" + r["country"])
rows[5]["amount"] = "=1+1\x1b[2J"
rows[6]["amount"] = "-9..\u202e"
with open("hostile.csv", "w") as f:
    writer = csv.DictWriter(f, rows[0])
    writer.writeheader()
    writer.writerows(rows)
END
# A name of a file as well, which no configuration may spell.
name=$'host\e[31mile.csv'
mv hostile.csv "$name"
on 3 "$program" audit "$source/jobs/quickstart.ini" --out bad --set 'input.files=host*' --set input.tx_text=yes \
    >said 2>&1
rc=0; "$program" audit $'no\e]0;such\a.ini' --out none 2>said.none || rc=$?
[ $rc -eq 66 ] || fail "no such configuration: $rc"
/usr/bin/python3 - "$name" <<'END'
import csv
import re
import sys

steers = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
for file in ("bad/alerts.csv", "bad/rejects.csv", "bad/log.txt", "said", "said.none"):
    text = open(file, encoding="utf-8", newline="").read()
    assert text and not steers.search(text), (file, steers.search(text))
    assert "\t" not in text or file.startswith("said"), file
for file in ("bad/alerts.csv", "bad/rejects.csv"):
    for row in csv.reader(open(file, encoding="utf-8")):
        for cell in row:
            number = re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", cell)
            assert number or cell[:1] not in list("=+-@\t\r\uff1d"), cell
escaped = {"n": "\n", "t": "\t", "r": "\r"}
meant = lambda m: escaped.get(m[1]) or chr(int(m[1][1:], 16))
plain = lambda c: re.sub(r"\\(n|t|r|x[0-9a-f]{2}|u[0-9a-f]{4})", meant, c[1:] if c[:1] == "'" else c)
rows = {r["tx"]: r for r in csv.DictReader(open(sys.argv[1], encoding="utf-8"))}
found, cells = 0, 0
for alert in csv.DictReader(open("bad/alerts.csv", encoding="utf-8")):
    # Money has two decimals at least, as sentences say it.
    assert re.fullmatch(r"-?\d+\.\d{2,}", alert["amount"]), alert["amount"]
    row = rows[plain(alert["tx"])]
    for what in ("account", "merchant", "category", "channel", "currency", "country"):
        assert plain(alert[what]) == row[what], (alert[what], row[what])
        cells += alert[what] != row[what]
    assert float(alert["amount"]) == float(row["amount"])
    found += 1
assert found > 400 and cells > 1000, (found, cells)
amounts = [r["text"] for r in csv.DictReader(open("bad/rejects.csv", encoding="utf-8"))]
assert len(amounts) == 2 and any("'-9..\\u202e'" in a for a in amounts), amounts
END

# The file itself may be named, and a copy of it under another name; what lies beside is
# looked at with a file of that name alone.
for of in out out/ out/audit.h5; do
    for ranks in 1 3; do
        on "$ranks" "$program" verify "$of" >said || fail "verify $of"
        grep -qx "alerts.csv has the alerts of the result" said || fail "verify $of does not tell of the alerts"
    done
done
on 2 "$program" verify bad >/dev/null
(cd out && "$program" verify audit.h5 >../said) && grep -q "^alerts.csv has" said || fail "verify in the folder"
cp out/audit.h5 out/copy.h5
cp out/alerts.csv kept.csv
sed -i '300s/transactions/Transactions/' out/alerts.csv
"$program" verify out/copy.h5 >said && ! grep -q "alerts.csv" said || fail "verify of a copy"
expect 65 "out/alerts.csv:300: not the alerts of out/audit.h5" verify out
head -n -1 kept.csv >out/alerts.csv
expect 65 "out/alerts.csv:$(wc -l <kept.csv): not the alerts of out/audit.h5" verify out/audit.h5
rm out/alerts.csv
"$program" verify out >said && ! grep -q "alerts.csv" said || fail "verify without alerts.csv"
all_expected
