#!/usr/bin/env bash
# An audit that is killed before any of the calls by which its files come, go and
# change their names ends, resumed or begun again, with the same bytes; and where
# another job had left its checkpoints, never with a mixture of the two.
source "$(dirname "$0")/common.sh"
portfolio p.csv 3000
portfolio q.csv 3000 --seed 2
audit 1 whole p.csv
audit 1 other q.csv

# killed_at CALL OUT FILE: an audit with a checkpoint after every stage.
killed_at() {
    rc=0
    PARAUDIT_TEST_KILL_AT=$1 PARAUDIT_TEST_KILL_UNDER=$2 LD_PRELOAD=$bin/libkill_at.so "$program" audit \
        "$source/jobs/quickstart.ini" --quiet --out "$2" --set input.files="$3" --set checkpoint.every=0 --replace \
        </dev/null >/dev/null 2>&1 || rc=$?
}
killed_at 20 left q.csv
[ "$(ls left/checkpoint/*.h5 | wc -l)" -gt 1 ] || fail "the other job left no checkpoints"

for at in $(seq 1 200); do
    rm -rf out
    [ $((at % 2)) -eq 0 ] || cp -r left out
    { killed_at "$at" out p.csv; } 2>/dev/null
    [ $rc -ne 0 ] || break
    [ $rc -eq 137 ] || fail "call $at: exit code $rc"
    expected=whole
    if [ -e out/checkpoint/job.ini ]; then
        ! cmp -s out/checkpoint/job.ini left/checkpoint/job.ini || expected=other
        "$program" resume out --quiet
    elif [ ! -e out/run.json ]; then
        audit 1 out p.csv --replace
    fi
    same $expected/audit.h5 out/audit.h5
    same $expected/alerts.csv out/alerts.csv
    "$program" verify out >/dev/null || fail "call $at: the result is not whole"
done
[ "$rc" -eq 0 ] || fail "call $at was not the last"
[ "$at" -gt 20 ] || fail "only $at calls were met"
