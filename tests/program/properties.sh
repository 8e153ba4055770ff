#!/usr/bin/env bash
# What must not change a transaction's columns: the order of the rows, how they
# are cut into files, the names of the accounts, and later rows.
source "$(dirname "$0")/common.sh"
compare() { /usr/bin/python3 "$source/tests/program/compare.py" "$@" || fail "compare $*"; }
portfolio p.csv 20000
fitted=(--set split.history_from=2024-01-02 --set split.reference_from=2024-02-20 --set split.train_from=2024-03-20)
plan=("${fitted[@]}" --set split.train_until=2024-04-03 --set split.audit_from=2024-04-10 --set split.audit_until=2024-04-30)
audit 2 a p.csv "${plan[@]}"

/usr/bin/python3 - <<'END'
import random
head, *rows = open("p.csv").read().splitlines()
random.Random(1).shuffle(rows)
open("shuffled.csv", "w").write("\n".join([head] + rows) + "\n")
for i in range(3):
    open(f"part{i}.csv", "w").write("\n".join([head] + rows[i::3]) + "\n")
def named(row):
    tx, account, rest = row.split(",", 2)
    return f"{tx},card {int(account[1:]) * 7919 % 1000003:x},{rest}"
open("renamed.csv", "w").write("\n".join([head] + [named(r) for r in rows]) + "\n")
at = head.split(",").index("time")
cuts = {"audit": "2024-04-15 11:33:07", "audit_from": "2024-04-10 12:00:00", "gap": "2024-04-06 09:00:00",
        "train": "2024-04-02 00:00:00", "train_from": "2024-03-20 00:00:01", "reference": "2024-03-02 12:00:00",
        "reference_from": "2024-02-20 00:00:01", "history": "2024-02-11 18:45:12"}
for name, cut in cuts.items():
    open(f"cut_{name}.csv", "w").write("\n".join([head] + [r for r in rows if r.split(",")[at] < cut]) + "\n")
# In the middle of a second that several rows share: those of smaller id stay.
times = [r.split(",")[at] for r in rows if r.split(",")[at] > "2024-04-12"]
tie = max(set(times), key=lambda t: (times.count(t), t))
first = min(int(r.split(",")[0]) for r in rows if r.split(",")[at] == tie)
kept = [r for r in rows if (r.split(",")[at], int(r.split(",")[0])) <= (tie, first)]
open("cut_tie.csv", "w").write("\n".join([head] + kept) + "\n")
END
audit 3 shuffled shuffled.csv "${plan[@]}"
compare same a/audit.h5 shuffled/audit.h5
audit 3 parts "part*.csv" "${plan[@]}"
compare same a/audit.h5 parts/audit.h5
audit 2 renamed renamed.csv "${plan[@]}"
compare features a/audit.h5 renamed/audit.h5
# Cut within the audit, the plan stays and with it every causal column. Cut before it,
# what comes later in the plan moves before the cut: as long as a model's own rows are
# there, it says the same of the rows that are left; features always do.
cut() { # NAME KIND SPLIT...
    local name=$1 kind=$2 key settings=()
    shift 2
    for key in "$@"; do settings+=(--set "split.$key"); done
    audit 3 "$name" "cut_$name.csv" "${settings[@]}"
    compare "$kind" a/audit.h5 "$name/audit.h5"
}
early=(history_from=2024-01-02 reference_from=2024-02-20 train_from=2024-03-20)
late=("${early[@]}" train_until=2024-04-03 audit_from=2024-04-10 audit_until=2024-04-30)
cut audit causal "${late[@]}"
cut tie causal "${late[@]}"
cut audit_from causal "${late[@]}"
cut gap scores "${early[@]}" train_until=2024-04-03 audit_from=2024-04-04 audit_until=2024-04-07
cut train scores "${early[@]}" train_until=2024-03-25 audit_from=2024-03-30 audit_until=2024-04-02
cut train_from features history_from=2024-01-02 reference_from=2024-02-20 train_from=2024-03-10 train_until=2024-03-15 \
    audit_from=2024-03-17 audit_until=2024-03-20
for name in reference reference_from history; do cut $name features audit_from= audit_until=; done
