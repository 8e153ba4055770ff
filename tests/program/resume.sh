#!/usr/bin/env bash
# Ten rounds, stopped by a signal and resumed on other numbers of ranks, and a
# whole audit killed at any moment and resumed, end with the same bytes.
source "$(dirname "$0")/common.sh"
portfolio p.csv 5000
stopped() { [ "$1" -eq 75 ] || fail "expected exit code 75, got $1"; }

on 2 "$bin/rounds" p.csv straight fresh -1
rc=0; on 2 "$bin/rounds" p.csv broken fresh 3 2>message || rc=$?
stopped $rc
grep -q 'a checkpoint is saved' message || fail "the message does not say that a checkpoint is saved"
[ ! -e broken/audit.h5 ] || fail "a stopped job left a result"
rc=0; on 3 "$bin/rounds" p.csv broken resume 7 2>message || rc=$?
stopped $rc
on 1 "$bin/rounds" p.csv broken resume -1
same straight/audit.h5 broken/audit.h5
[ ! -e broken/checkpoint ] || fail "a finished job left its checkpoints"

# A signal behind the last round, in what the fit does then: no round is done again, or the
# resumed job would stop in its sixth.
rc=0; on 2 "$bin/rounds" p.csv late fresh 10 2>/dev/null || rc=$?
stopped $rc
on 3 "$bin/rounds" p.csv late resume 5 || fail "rounds were done again: exit code $?"
same straight/audit.h5 late/audit.h5

# What was noted before a checkpoint is noted by the job that goes on from it: rejected rows,
# and the stage that stands aside.
notes() { sed -n '/^  "notes": \[/,/^  \]/p' "$1"; }
{ cat p.csv; sed -n '2,102s/^[0-9]*,/x,/p' p.csv; } >poor.csv
on 2 "$bin/rounds" poor.csv told fresh -1 input.max_reject_share=1
rc=0; on 2 "$bin/rounds" poor.csv retold fresh 3 input.max_reject_share=1 2>/dev/null || rc=$?
stopped $rc
on 2 "$bin/rounds" poor.csv retold resume -1 input.max_reject_share=1
notes told/run.json >notes.told
notes retold/run.json >notes.retold
grep -q '101 of [0-9]* rows were rejected' notes.told || fail "rejected rows are not noted: $(cat notes.told)"
grep -q 'stage shy stands aside' notes.told || fail "what stands aside is not noted: $(cat notes.told)"
for line in 'rows were rejected' 'stage shy stands aside'; do
    [ "$(grep -c "$line" notes.retold)" = 1 ] || fail "a resumed job notes other things: $(cat notes.retold)"
done

# A torn newest checkpoint is passed over; the one before it serves.
rc=0; on 2 "$bin/rounds" p.csv torn fresh 3 2>/dev/null || rc=$?
stopped $rc
rc=0; on 2 "$bin/rounds" p.csv torn resume 5 2>/dev/null || rc=$?
stopped $rc
newest=$(ls torn/checkpoint/*.h5 | tail -n 1)
truncate -s -1000 "$newest"
on 3 "$bin/rounds" p.csv torn resume -1
same straight/audit.h5 torn/audit.h5

# A checkpoint that another configuration made is not gone on from.
rc=0; on 2 "$bin/rounds" p.csv mixed fresh 3 2>/dev/null || rc=$?
stopped $rc
printf '[input]\nfiles = p.csv\n; end of job.ini\n' >mixed/checkpoint/job.ini
rc=0; on 2 "$program" resume mixed 2>message || rc=$?
[ $rc -eq 78 ] && grep -q 'saved by a job with another configuration' message || fail "mixed configurations: $rc, $(cat message)"

# The audit itself: a checkpoint after every stage, ranks killed without warning
# at parts of the time that it takes.
start=$(date +%s%N)
audit 2 whole p.csv --set checkpoint.every=0
took=$((($(date +%s%N) - start) / 1000000)) # milliseconds
killed=0
for percent in 40 55 70 85 30 20 10; do # the last ones on a machine that is faster now
    [ $percent -ge 40 ] || [ $killed -eq 0 ] || break
    rm -rf killed
    delay=$((took * percent / 100))
    timeout --signal=KILL "$((delay / 1000)).$(printf %03d $((delay % 1000)))" mpirun -n 2 "$program" audit "$source/jobs/quickstart.ini" --quiet --out killed \
        --set input.files=p.csv --set checkpoint.every=0 </dev/null >/dev/null 2>&1 && continue
    killed=$((killed + 1))
    for _ in $(seq 50); do flock -n killed/.lock true 2>/dev/null && break; sleep 0.1; done
    if [ -e killed/checkpoint/job.ini ]; then on 3 "$program" resume killed --quiet; else audit 3 killed p.csv; fi
    same whole/audit.h5 killed/audit.h5
done
[ $killed -gt 0 ] || fail "the audit ended before every kill"
rc=0; "$program" resume whole 2>message || rc=$?
[ $rc -eq 66 ] || fail "resume of a finished job: exit code $rc"

# A signal in the midst of a stage, to one rank alone: the job stops between two steps of
# it, and goes on to the same bytes on other ranks.
portfolio large.csv 20000
start=$(date +%s%N)
audit 2 calm large.csv
took=$((($(date +%s%N) - start) / 1000000)) # milliseconds
stopped=0
for percent in 40 55 70 80 0; do # 0: as soon as it watches, where it ended before all others
    [ $percent -gt 0 ] || [ $stopped -eq 0 ] || break
    rm -rf stirred
    mpirun -n 2 "$program" audit "$source/jobs/quickstart.ini" --quiet --out stirred --set input.files=large.csv \
        </dev/null >/dev/null 2>&1 &
    job=$!
    delay=$((took * percent / 100))
    sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
    while [ $percent -eq 0 ] && [ ! -e stirred/checkpoint/job.ini ] && [ -d /proc/$job ]; do sleep 0.05; done
    rank=$(pgrep -P $job paraudit | tail -n 1) || true
    # Before it watches for signals, one ends the rank as any other program.
    [ -z "$rank" ] || [ ! -e stirred/checkpoint/job.ini ] || kill -USR1 "$rank" 2>/dev/null || true
    rc=0; wait $job || rc=$?
    [ $rc -eq 0 ] || [ $rc -eq 75 ] || fail "stopped by a signal after $delay ms: exit code $rc"
    if [ $rc -eq 75 ]; then
        stopped=$((stopped + 1))
        on 3 "$program" resume stirred --quiet
    fi
    same calm/audit.h5 stirred/audit.h5
done
[ $stopped -gt 0 ] || fail "the audit ended before every signal"
