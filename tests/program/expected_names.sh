#!/usr/bin/env bash
# Reasons of the stage `expected` say the merchant's name, how often the account was there and what
# made it expected, as the rows say it: in the result, in alerts.csv and by `explain`. A job that is
# stopped in the middle of the stage's fit or apply has the same bytes after a resume on other ranks.
source "$(dirname "$0")/common.sh"
portfolio p.csv 20000
settings=(--set job.leave_out=boosting,iforest,ecod,tails,patterns,forecast --set alerts.per_day=20
    --set "combinations.rule=1: expected_surprise + 0.5 merchant_rank" --set expected.rounds=200)
for ranks in 1 2 3 4; do audit "$ranks" "a$ranks" p.csv "${settings[@]}"; done
for ranks in 2 3 4; do
    same a1/audit.h5 "a$ranks/audit.h5"
    same a1/alerts.csv "a$ranks/alerts.csv"
done

cat >check.py <<'END'
import csv
import json
import re
import sys
from collections import Counter

import h5py
import numpy as np

f = h5py.File("a1/audit.h5")


def texts(values):
    return [v.rstrip(b"\0").decode() for v in values]


t = {n: f["transactions"][n][()] for n in ("tx", "account", "merchant", "time", "merchant_rank", "expected_from")}
rule = {(a, b): float(np.float32(both - 1) / np.float32(have)) for a, b, have, both in f["models/expected/rule"][()]}
names, merchants = texts(f["categories/feature"][()]), texts(f["merchants/id"][()])
parts = f["categories/expected_from"]
parts = texts((parts["expected_from"] if isinstance(parts, h5py.Group) else parts)[()])
row_of = {tx: i for i, tx in enumerate(t["tx"])}
why = {k: v[()] for k, v in f["alert_reasons"].items()}
sentence_of, kinds = {}, Counter()


def by_rule(row, before):
    """what the strongest rule says of the merchants that the account used last, but for new ones"""
    now, m, last, first = t["time"][row], t["merchant"][row], {}, {}
    for k in before[::-1]:
        last.setdefault(t["merchant"][k], k)
        first[t["merchant"][k]] = k
    best = max(((rule.get((q, m), 0), k, q) for q, k in list(last.items())[:40]
                if now - t["time"][first[q]] > 3 * 86400), default=(0,))
    if not best[0]:
        return ""
    days = (now - t["time"][best[1]]) // 86400
    kinds["rule"] += 1
    return f": goes with {merchants[best[2]]}, used {days} day{'s' if days != 1 else ''} ago"


for i, alert in enumerate(why["alert"]):
    row, feature = row_of[f["alerts/tx"][alert]], names[why["feature"][i]]
    detail, sentence = texts([why["detail"][i], why["sentence"][i]])
    if feature not in ("expected_surprise", "merchant_rank"):
        continue
    before = np.flatnonzero(t["account"][:row] == t["account"][row])
    there = int((t["merchant"][before] == t["merchant"][row]).sum())
    place = f", place {int(t['merchant_rank'][row])}" if there else ""
    is_ = (f"{merchants[t['merchant'][row]]}, in {there or 'none'} of its {len(before)} earlier transactions{place}; "
           f"mostly by {parts[t['expected_from'][row]]}")
    if parts[t["expected_from"][row]] == "rules of merchants":
        is_ += by_rule(row, before)
    assert detail == is_, (detail, is_)
    assert f" [{detail}]" in sentence, sentence
    sentence_of[row, feature] = sentence
    kinds[feature, there > 0] += 1
if sys.argv[1] == "ids":
    for row in list(dict.fromkeys(row for row, _ in sentence_of))[:20]:
        print(t["tx"][row])
    sys.exit()
print(dict(kinds))
assert kinds["expected_surprise", False] > 10 and kinds["expected_surprise", True] > 0, kinds
assert kinds["rule"] > 0, kinds
assert kinds["merchant_rank", False] + kinds["merchant_rank", True] > 0, kinds
cells = {line[f"reason{k}"] for line in csv.DictReader(open("a1/alerts.csv", newline="")) for k in (1, 2, 3)}
assert cells >= set(sentence_of.values())
same = 0
for o in json.load(open("told.json")):
    for x in o["features"]:
        s = sentence_of.get((row_of[int(o["tx"])], x["feature"]))
        assert s in (None, x["sentence"]), (s, x["sentence"])
        same += s is not None
assert same >= 20, same
END
mapfile -t ids < <(/usr/bin/python3 check.py ids)
"$program" explain a1 "${ids[@]}" --json >told.json
/usr/bin/python3 check.py all || fail "see above"
# Alerts have their reasons without the stage as well.
audit 2 without p.csv --set job.leave_out=boosting,iforest,ecod,tails,patterns,expected

[ -e "$bin/libsignal_at.so" ] || exit 0
job=(audit "$source/jobs/quickstart.ini" --quiet --set input.files=p.csv "${settings[@]}" --set checkpoint.every=0)
source "$source/tests/program/in_stage.sh"
stopped_in expected a1 40
same a1/alerts.csv struck/alerts.csv
