#!/usr/bin/env bash
# What must not change a transaction's columns: the order of the rows, how they
# are cut into files, the names of the accounts, and later rows.
source "$(dirname "$0")/common.sh"
compare() { /usr/bin/python3 "$source/tests/program/compare.py" "$@" || fail "compare $*"; }
portfolio p.csv 20000
plan=(--set split.train_from=2024-03-20 --set split.train_until=2024-04-03 --set split.audit_from=2024-04-10 --set split.audit_until=2024-04-30)
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
for i, cut in enumerate(("2024-04-15 11:33:07", "2024-04-02 00:00:00", "2024-02-11 18:45:12")):
    open(f"cut{i}.csv", "w").write("\n".join([head] + [r for r in rows if r.split(",")[at] < cut]) + "\n")
END
audit 3 shuffled shuffled.csv "${plan[@]}"
compare same a/audit.h5 shuffled/audit.h5
audit 3 parts "part*.csv" "${plan[@]}"
compare same a/audit.h5 parts/audit.h5
audit 2 renamed renamed.csv "${plan[@]}"
compare features a/audit.h5 renamed/audit.h5
audit 2 cut0 cut0.csv "${plan[@]}"
compare causal a/audit.h5 cut0/audit.h5
# Cut before the audited period: the plan moves, the features of what is left do not.
for i in 1 2; do
    audit 3 "cut$i" "cut$i.csv" --set split.audit_from= --set split.audit_until=
    compare features a/audit.h5 "cut$i/audit.h5"
done
