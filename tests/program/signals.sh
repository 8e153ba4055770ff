#!/usr/bin/env bash
# INT, HUP, TERM and USR1, to one rank, stop an audit wherever it is: code 75, no draft left
# behind, and a resumed job with the same bytes. Commands that save nothing end at once and
# take their drafts along.
source "$(dirname "$0")/common.sh"

# at SIGNAL CALL RANK RANKS paraudit ...: paraudit, with a signal before that call of that rank.
at() {
    local signal=$1 call=$2 rank=$3 ranks=$4
    shift 4
    rc=0
    on "$ranks" env PARAUDIT_TEST_SIGNAL="$(kill -l "$signal")" PARAUDIT_TEST_SIGNAL_AT="$call" \
        PARAUDIT_TEST_SIGNAL_RANK="$rank" LD_PRELOAD="$bin/libsignal_at.so" "$program" "$@" >stdout 2>message || rc=$?
}

# calls RANK RANKS paraudit ...: how many calls there are that can be struck.
calls() {
    local rank=$1 ranks=$2
    shift 2
    on "$ranks" env PARAUDIT_TEST_SIGNAL_RANK="$rank" LD_PRELOAD="$bin/libsignal_at.so" "$program" "$@" 2>&1 >/dev/null |
        sed -n 's/^calls //p'
}
drafts() { find . -name '*.part'; }

portfolio p.csv 3000
audit 2 whole p.csv
job() { echo audit "$source/jobs/quickstart.ini" --quiet --out "$1" --set input.files=p.csv; }

# Before it has begun: MPI is just up, and nothing is made.
for signal in INT HUP TERM USR1; do
    at $signal 1 1 2 $(job out)
    [ $rc -eq 75 ] && grep -q "^paraudit: stopped by SIG$signal before it began: nothing is saved" message ||
        fail "SIG$signal as it started: exit code $rc, $(cat message)"
    [ ! -e out ] || fail "a job that had not begun made its folder"
done

# Of an audit the first calls start it, the next ones read the inputs, and the last ones
# tell of its end.
for ranks in 2 3; do
    rm -rf counted
    n=$(calls 1 $ranks $(job counted))
    [ "$n" -gt 1000 ] || fail "only $n calls were met"
    # Of seven parts some with two ranks, the others with three.
    for k in $([ $ranks -eq 2 ] && echo 0 1 3 5 || echo 2 4 6); do
        signal=$(echo INT HUP TERM USR1 | cut -d ' ' -f $((k % 4 + 1)))
        rm -rf out
        at $signal $((k == 0 ? 60 : n * (2 * k - ranks % 2) / 14)) $((k % ranks)) $ranks $(job out)
        [ $rc -eq 75 ] || fail "SIG$signal in part $k of 7 at $ranks ranks: exit code $rc, $(cat message)"
        grep -q "^paraudit: stopped by SIG$signal" message || fail "what stopped the job is not said: $(cat message)"
        ! grep -q 'nothing is saved' message || [ -z "$(ls out/checkpoint/*.h5 2>/dev/null)" ] || fail "something is saved"
        ! grep -q 'a checkpoint is saved' message || ls out/checkpoint/*.h5 >/dev/null || fail "nothing is saved"
        [ -z "$(drafts)" ] || fail "left behind: $(drafts)"
        grep -o ': nothing is saved\|; a checkpoint' message >>ways
        on $((k % 3 + 1)) "$program" resume out --quiet
        same whole/audit.h5 out/audit.h5
        same whole/alerts.csv out/alerts.csv
    done
done
[ "$(sort -u ways | wc -l)" -eq 2 ] || fail "jobs were stopped in reading, or elsewhere, alone"

# One rank, in the write: what was written till then is made again.
rm -rf out counted
n=$(calls 0 1 $(job counted))
at INT $((n * 2 / 3)) 0 1 $(job out)
[ $rc -eq 75 ] && grep -q 'a checkpoint is saved' message || fail "SIGINT in the write: exit code $rc, $(cat message)"
[ -z "$(drafts)" ] || fail "left behind: $(drafts)"
# And while that checkpoint is read, which stays.
for call in 20 200; do
    listed=$(ls out/checkpoint)
    at TERM $call 1 2 resume out --quiet
    [ $rc -eq 75 ] && grep -q 'SIGTERM while a checkpoint was read: .paraudit resume. goes on from it' message ||
        fail "SIGTERM at call $call of a resume: exit code $rc, $(cat message)"
    [ "$(ls out/checkpoint)" = "$listed" ] || fail "the checkpoint has changed: $(ls out/checkpoint)"
done
"$program" resume out --quiet
same whole/audit.h5 out/audit.h5

# ended SIGNAL: by that signal, with nothing of an output there.
ended() {
    [ $rc -eq $((128 + $(kill -l "$1"))) ] || fail "SIG$1: exit code $rc, $(cat message)"
    [ -z "$(ls | grep '^new')" ] || fail "left behind by SIG$1: $(ls | grep '^new')"
}
for signal in INT HUP TERM; do
    at $signal 3 0 1 generate --rows 100000 --parts 3 --out new.csv
    ended $signal
    at $signal 15 0 2 generate --rows 100000 --out new.csv.zst
    ended $signal
done
awk 'BEGIN { print "a,b"; for (i = 0; i < 20000; i++) printf "%d,%d\n", i % 17, i % 23 }' >m.csv
n=$(calls 0 1 detect m.csv --out new.csv)
rm new.csv
at TERM "$n" 0 1 detect m.csv --out new.csv
ended TERM

# A few at moments that nobody chose; tools/kills.sh says how they end.
bash "$source/tools/kills.sh" --seed $$ "$program" p.csv 4
