#!/usr/bin/env bash
# Rules about alerts hold back what they cover, by a slow twin, while they are in force: the
# scores stay, the places go to others, and the result says what was held back and by which rule.
source "$(dirname "$0")/common.sh"
twin() { /usr/bin/python3 "$source/tests/program/suppressions.py" "$@" || fail "twin $*"; }
few="--set job.leave_out=ecod,logistic,boosting,patterns,embedding,expected,forecast --set alerts.per_day=15 --set iforest.trees=20"
rules="--set alerts.suppressions=rules.csv"
portfolio p.csv 40000
audit 2 plain p.csv $few
twin draw plain/audit.h5
audit 1 held p.csv $few $rules
twin check plain/audit.h5 held/audit.h5 15 rules.csv
for ranks in 2 3 4; do
    audit "$ranks" on$ranks p.csv $few $rules --set io.block=100 --set io.read_buffer=16
    same held/audit.h5 on$ranks/audit.h5
    same held/alerts.csv on$ranks/alerts.csv
done
"$program" verify held --inputs . | found -x "2 input files have the audited bytes" || fail "verify"
h5ls plain/audit.h5 | found suppress && fail "tables of rules where there are none"
grep -q 'of 62 suppressions [0-9]* ran out before the audit, the first in rules.csv:' held/run.json || fail "what ran out is not noted"
grep -q '[0-9]* alerts are held back by suppressions: /alerts_suppressed lists them' held/run.json || fail "what is held back is not noted"
said=$("$program" check "$source/jobs/quickstart.ini" --set input.files=p.csv $few $rules 2>&1)
for words in "^  rules.csv: 62 suppressions" "^NOTE of 62 suppressions [0-9]* ran out before the audit"; do
    grep -q "$words" <<<"$said" || fail "check does not say '$words': $said"
done

# Resumed on another number of ranks behind the ingest, from checkpoints alone.
if [ -e "$bin/libkill_at.so" ]; then
    PARAUDIT_TEST_KILL_AT=20 PARAUDIT_TEST_KILL_UNDER=killed LD_PRELOAD=$bin/libkill_at.so "$program" audit \
        "$source/jobs/quickstart.ini" --quiet --out killed --set input.files=p.csv $few $rules --set checkpoint.every=0 \
        </dev/null >/dev/null 2>&1 || true
    [ -e killed/checkpoint/job.ini ] || fail "the killed job left no checkpoint"
    on 3 "$program" resume killed --quiet
    same held/audit.h5 killed/audit.h5
    grep -q 'ran out before the audit' killed/run.json || fail "a resumed job does not note what ran out"
fi

bad() { # MESSAGE LINE...
    local message=$1
    shift
    printf '%s\n' "$@" >bad.csv
    expect 65 "$message" audit "$source/jobs/quickstart.ini" --quiet --out none --set input.files=p.csv $few \
        --set alerts.suppressions=bad.csv
}
head=entity,value,rule,from,until
bad "bad.csv:3: entity 'card' is none of account, merchant, category, channel, currency, country" $head "account,A1,*,,2030-01-01" "card,A1,*,,2030-01-01"
bad "bad.csv:2: the value is empty" $head "account,,*,,2030-01-01"
bad "bad.csv:2: the rule is empty: * is any" $head "account,A1,,,2030-01-01"
bad "bad.csv:2: until is empty: a suppression has to end" $head "account,A1,*,,"
bad "bad.csv:2: until 'never' is not a time like 2024-01-31 13:05:59" $head "account,A1,*,,never"
bad "bad.csv:2: until is no later than from: it is never in force" $head "account,A1,*,2024-04-20,2024-04-20"
bad "bad.csv:3: rule 'tx_amounts' is no feature of this audit, no family of them, and not *: did you mean 'tx_amount'?" \
    $head "account,A1,tx_amount,,2030-01-01" "account,A1,tx_amounts,,2030-01-01"
bad "bad.csv:1: no column 'until' (alerts.suppressions); the columns are entity, value, rule" entity,value,rule "account,A1,*"
expect 65 "bad.csv:2: the transactions have no category" audit "$source/jobs/quickstart.ini" --quiet --out none \
    --set input.files=p.csv $few --set alerts.suppressions=bad.csv --set input.category= --set input.files=p.csv \
    $(printf '%s\n' $head "category,grocery,*,,2030-01-01" >bad.csv)
all_expected
