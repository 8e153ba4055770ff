#!/usr/bin/env bash
# Two jobs of one configuration and of two books, both killed, whose checkpoints got mixed:
# the book that job.ini names is gone on with from what is its own, or none is.
source "$(dirname "$0")/common.sh"
few="--set job.leave_out=iforest,ecod,logistic,boosting --set checkpoint.every=0"
portfolio p.csv 2000
portfolio q.csv 2000 --seed 2
audit 1 whole p.csv $few
for book in p q; do
    PARAUDIT_TEST_KILL_AT=20 PARAUDIT_TEST_KILL_UNDER=$book LD_PRELOAD=$bin/libkill_at.so "$program" audit \
        "$source/jobs/quickstart.ini" --quiet --out $book --set input.files=$book.csv $few </dev/null >/dev/null 2>&1 || true
    ls $book/checkpoint/*.manifest >/dev/null || fail "the job of $book.csv left no checkpoint"
done
begin() { rm -rf x && cp -a p x; }
refused="x/checkpoint was saved by a job with other inputs than job.ini in it says: put back the job.ini that it was saved with, or start anew with \`paraudit audit --replace\`"
refuses() { # COMMAND...: and takes nothing away
    (cd x/checkpoint && sha256sum *) >before
    expect 65 "$refused" "$@"
    (cd x/checkpoint && sha256sum -c --quiet ../../before) || fail "$*: files of a refused checkpoint have changed"
}

# What a resumed job saves is of the same inputs, on however many ranks it runs.
begin
newest() { ls x/checkpoint/*.manifest | tail -n 1; }
first=$(newest)
PARAUDIT_TEST_KILL_AT=12 PARAUDIT_TEST_KILL_UNDER=x on 2 env LD_PRELOAD="$bin/libkill_at.so" "$program" resume x --quiet \
    --set checkpoint.every=0 >/dev/null 2>&1 || true
for _ in $(seq 50); do flock -n x/.lock true && break; sleep 0.1; done
[ "$(newest)" != "$first" ] || fail "the resumed job saved nothing"
on 3 "$program" resume x --quiet || fail "a job that was resumed twice"
! grep -q 'of other inputs' x/log.txt || fail "a resumed job saved other inputs: $(grep 'other inputs' x/log.txt)"
same whole/audit.h5 x/audit.h5

# All of the other's files beside this one's job.ini, and the other way round.
begin
rm x/checkpoint/*.h5 x/checkpoint/*.manifest
cp q/checkpoint/*.h5 q/checkpoint/*.manifest x/checkpoint
refuses resume x --quiet
refuses audit "$source/jobs/quickstart.ini" --quiet --out x --set input.files=p.csv $few
begin
cp q/checkpoint/job.ini x/checkpoint/job.ini
refuses resume x --quiet
all_expected

# A job.ini that was kept before the inputs were known names none.
sed '/^; input /d' p/checkpoint/job.ini >x/checkpoint/job.ini
refuses resume x --quiet
all_expected

# The other's as the newest ones, under numbers of their own; and over those of this job.
for way in beside over; do
    for ranks in 1 2; do
        begin
        for file in q/checkpoint/*.manifest q/checkpoint/*.h5; do
            name=${file##*/}
            if [ $way = over ]; then cp "$file" x/checkpoint; else cp "$file" "x/checkpoint/9${name}"; fi
        done
        if [ $way = over ] && [ "$(ls p/checkpoint)" = "$(ls q/checkpoint)" ]; then
            cp "$(ls p/checkpoint/*.manifest | tail -n 1)" x/checkpoint # one of this job, and files of the other
        fi
        on $ranks "$program" resume x --quiet
        grep -q 'passed over x/checkpoint/.*manifest, which is of other inputs than job.ini' x/log.txt ||
            fail "$way: what is of the other book is not told of: $(cat x/log.txt)"
        same whole/audit.h5 x/audit.h5
        grep -q '"p.csv"\|p\.csv' x/run.json && ! grep -q 'q\.csv' x/run.json || fail "run.json names other inputs"
    done
done
