#!/usr/bin/env bash
# No score sees the future: the book cut off behind $PARAUDIT_TEST_CUTS (12) random rows, which
# lie in all parts of the time plan, has the same bits in what is left.
source "$(dirname "$0")/common.sh"
export PARAUDIT_BOOSTING_ROUNDS=20 # a round is like the others
portfolio p.csv 20000
fitted=(history_from=2024-01-02 reference_from=2024-02-20 train_from=2024-03-20)
audited=("${fitted[@]}" train_until=2024-04-03 audit_from=2024-04-10 audit_until=2024-04-30)
in_gap=("${fitted[@]}" train_until=2024-04-03 audit_from=2024-04-04 audit_until=2024-04-10)
in_train=("${fitted[@]}" train_until=2024-03-21 audit_from=2024-03-22 audit_until=2024-04-05)
before=(history_from=2024-01-02 reference_from=2024-01-04 train_from=2024-01-06 train_until=2024-01-08
    audit_from=2024-01-10 audit_until=2024-04-01)
# audited_by RANKS OUT FILE KEY=VALUE ...: of the time plan.
audited_by() {
    local ranks=$1 out=$2 file=$3 key settings=()
    shift 3
    for key in "$@"; do settings+=(--set "split.$key"); done
    audit "$ranks" "$out" "$file" "${settings[@]}"
}
audited_by 2 whole p.csv "${audited[@]}"
/usr/bin/python3 - "${PARAUDIT_TEST_CUTS:-12}" "${PARAUDIT_TEST_SEED:-1}" <<'END' >cuts.txt
import random
import sys
n, seed = map(int, sys.argv[1:])
head, *rows = open("p.csv").read().splitlines()
at = head.split(",").index("time")
def place(row):
    f = row.split(",")
    return f[at], int(f[0])
places = sorted(map(place, rows))
# An audit of the book that is left begins before the cut.
places = [p for p in places if p[0] > "2024-01-12"]
for i, cut in enumerate(random.Random(seed).sample(places, n)):
    with open(f"cut{i}.csv", "w") as f:
        f.write("\n".join([head] + [r for r in rows if place(r) <= cut]) + "\n")
    print(i, "audited" if cut[0] >= "2024-04-10" else "in_gap" if cut[0] > "2024-04-04 06" else
          "in_train" if cut[0] > "2024-03-23" else "before", cut[0].replace(" ", "T"))
END
[ "$(wc -l <cuts.txt)" -ge 1 ] || fail "no cuts"
while read -r i part when; do
    declare -n plan=$part
    audited_by $((i % 3 + 1)) cut "cut$i.csv" "${plan[@]}"
    kind=scores
    [ "$part" != audited ] || kind=causal
    [ "$part" != before ] || kind=features
    /usr/bin/python3 "$source/tests/program/compare.py" $kind whole/audit.h5 cut/audit.h5 || fail "cut at $when ($part)"
    rm -r cut "cut$i.csv"
done <cuts.txt
cut -d' ' -f2 cuts.txt | sort | uniq -c
