#!/usr/bin/env bash
# A pillar in small, stopped by a signal in a drawn round and resumed on other numbers
# of ranks, ends with the same bytes, each row on its owner; and its columns do not see
# later rows, wherever the book is cut.
source "$(dirname "$0")/common.sh"
portfolio p.csv 6000 --days 120
plan=(split.history_from=2024-01-01 split.train_from=2024-03-20 split.reference_from=2024-02-20)
late=("${plan[@]}" split.train_until=2024-04-03 split.audit_from=2024-04-10 split.audit_until=2024-04-30)
pillar() { # RANKS OUT FILE fresh|resume STOP PLAN...
    local ranks=$1 out=$2 file=$3 how=$4 stop=$5
    shift 5
    on "$ranks" "$bin/pillar" "$file" "$out" "$how" "$stop" table.shards=256 "$@"
}

pillar 2 straight p.csv fresh -1 "${late[@]}"
round=$((RANDOM % 5))
echo "stopped in round $round"
for from in 1 2 3 4; do
    rc=0; pillar $from stopped$from p.csv fresh $round "${late[@]}" 2>message || rc=$?
    [ $rc -eq 75 ] || fail "stopped on $from ranks: exit code $rc, $(cat message)"
    for to in 1 2 3 5; do
        rm -rf again; cp -r stopped$from again
        pillar $to again p.csv resume -1 "${late[@]}"
        same straight/audit.h5 again/audit.h5
    done
done

# Stopped within apply: what was half made is made again, the model is not.
rc=0; pillar 3 within p.csv fresh 6 "${late[@]}" 2>message || rc=$?
[ $rc -eq 75 ] && grep -q 'a checkpoint is saved' message || fail "stopped within apply: $rc, $(cat message)"
pillar 2 within p.csv resume -1 "${late[@]}"
same straight/audit.h5 within/audit.h5

# Cut after a row in each part of the plan, and at its cuts; what comes later in the plan
# moves before the cut. Rows that are left keep their bits.
/usr/bin/python3 - <<'END'
head, *rows = open("p.csv").read().splitlines()
at = head.split(",").index("time")
for name, cut in (("audit", "2024-04-15 11:33:07"), ("gap", "2024-04-06 09:00:00"), ("train", "2024-03-29 18:45:12"),
                  ("train_from", "2024-03-20 00:00:01"), ("reference", "2024-03-02 12:00:00")):
    open(f"{name}.csv", "w").write("\n".join([head] + [r for r in rows if r.split(",")[at] < cut]) + "\n")
END
compare() { /usr/bin/python3 "$source/tests/program/compare.py" pillar straight/audit.h5 "$1/audit.h5" || fail "cut in $1"; }
pillar 3 audit audit.csv fresh -1 "${late[@]}"
pillar 3 gap gap.csv fresh -1 "${plan[@]}" split.train_until=2024-04-03 split.audit_from=2024-04-04 split.audit_until=2024-04-06
pillar 3 train train.csv fresh -1 "${plan[@]}" split.train_until=2024-03-25 split.audit_from=2024-03-27 split.audit_until=2024-03-29
pillar 3 train_from train_from.csv fresh -1 split.history_from=2024-01-01 split.reference_from=2024-02-20 split.train_from=2024-03-10 split.train_until=2024-03-15 split.audit_from=2024-03-17 split.audit_until=2024-03-20
pillar 3 reference reference.csv fresh -1 split.history_from=2024-01-01 split.reference_from=2024-02-20 split.train_from=2024-02-25 split.train_until=2024-02-27 split.audit_from=2024-02-28 split.audit_until=2024-03-02
for cut in audit gap train train_from reference; do compare $cut; done
