#!/usr/bin/env bash
# What must not change a transaction's columns: the order of the rows, how they
# are cut into files, the names of the accounts, and later rows.
source "$(dirname "$0")/common.sh"
export PARAUDIT_BOOSTING_ROUNDS=20 # a round is like the others
compare() { /usr/bin/python3 "$source/tests/program/compare.py" "$@" || fail "compare $*"; }
portfolio p.csv 20000
plan=(--set split.history_from=2024-01-02 --set split.reference_from=2024-02-20 --set split.train_from=2024-03-20
    --set split.train_until=2024-04-03 --set split.audit_from=2024-04-10 --set split.audit_until=2024-04-30)
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
cuts = {"audit": "2024-04-15 11:33:07", "first_audited": "2024-04-10 12:00:00", "audit_from": "2024-04-10 00:00:00",
        "gap": "2024-04-06 09:00:00", "train_until": "2024-04-03 00:00:00", "train": "2024-04-02 00:00:00", "train_from": "2024-03-20 00:00:01", "reference": "2024-03-02 12:00:00",
        "reference_from": "2024-02-20 00:00:01", "history": "2024-02-11 18:45:12"}
for name, cut in cuts.items():
    open(f"cut_{name}.csv", "w").write("\n".join([head] + [r for r in rows if r.split(",")[at] < cut]) + "\n")
# In the middle of a moment that several rows share: those of smaller id stay. Hours in
# place of seconds, so that accounts and merchants have many such rows.
def fields(row):
    return row.split(",")[at], int(row.split(",")[0])
def hourly(row):
    f = row.split(",")
    f[at] = f[at][:13] + ":00:00"
    return ",".join(f)
rows = [hourly(r) for r in rows]
open("hourly.csv", "w").write("\n".join([head] + rows) + "\n")
for name, first, last in (("audit", "2024-04-12", "2024-04-29"), ("gap", "2024-04-04", "2024-04-10"),
                          ("train", "2024-03-22", "2024-04-02"), ("reference", "2024-02-25", "2024-03-20"),
                          ("history", "2024-01-20", "2024-02-20")):
    times = [fields(r)[0] for r in rows if first < fields(r)[0] < last]
    tie = max(set(times), key=lambda t: (times.count(t), t))
    ids = sorted(fields(r)[1] for r in rows if fields(r)[0] == tie)
    assert len(ids) > 10
    kept = [r for r in rows if fields(r) <= (tie, ids[len(ids) // 2])]
    open(f"cut_tie_{name}.csv", "w").write("\n".join([head] + kept) + "\n")
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
cut() { # OF NAME KIND SPLIT...
    local of=$1 name=$2 kind=$3 key settings=()
    shift 3
    for key in "$@"; do settings+=(--set "split.$key"); done
    audit 3 "$name" "cut_$name.csv" "${settings[@]}"
    compare "$kind" "$of/audit.h5" "$name/audit.h5"
}
fitted=(history_from=2024-01-02 reference_from=2024-02-20 train_from=2024-03-20)
in_audit=("${fitted[@]}" train_until=2024-04-03 audit_from=2024-04-10 audit_until=2024-04-30)
in_gap=("${fitted[@]}" train_until=2024-04-03 audit_from=2024-04-04 audit_until=2024-04-10)
in_train=("${fitted[@]}" train_until=2024-03-21 audit_from=2024-03-22 audit_until=2024-04-03)
before=(history_from=2024-01-02 reference_from=2024-01-04 train_from=2024-01-06 train_until=2024-01-08
    audit_from=2024-01-10 audit_until=2024-04-01)
for name in audit first_audited; do cut a $name causal "${in_audit[@]}"; done
for name in audit_from gap; do cut a $name scores "${in_gap[@]}"; done
for name in train_until train; do cut a $name scores "${in_train[@]}"; done
for name in train_from reference reference_from history; do cut a $name features "${before[@]}"; done

audit 2 hourly hourly.csv "${plan[@]}"
cut hourly tie_audit causal "${in_audit[@]}"
cut hourly tie_gap scores "${in_gap[@]}"
cut hourly tie_train scores "${in_train[@]}"
for name in tie_reference tie_history; do cut hourly $name features "${before[@]}"; done
