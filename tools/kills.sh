#!/usr/bin/env bash
# Audits that are killed, or asked to stop, at drawn moments and resumed end with the bytes of
# one that was left alone. Of the jobs that a signal asked to stop none may end with another
# code than 75, or 0 where it came too late; and of those that were killed none may do again
# what stands in a checkpoint.
#
#     tools/kills.sh [--within SECONDS] [--seed N] [--one] PROGRAM BOOK.csv KILLS
#
# BOOK.csv: from `paraudit generate`. KILL, TERM, INT, HUP and USR1 to one rank or to all, and
# USR1, TERM and KILL to mpirun, of audits on 2 to 4 ranks: in each stage and the write in
# turn, at a drawn part of the time that it takes. Every other audit saves a checkpoint
# whenever it can. They are resumed on another number of ranks, every third time with the
# other writer. --one: one audit on 2 ranks, that USR1 to mpirun stops at so many drawn moments
# of its time and that goes on each time. --within: how long a job that is asked to stop may
# take till it saves, or ends where there is nothing to save; not said: any time.
set -euo pipefail
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_hwloc_base_binding_policy=none
within= seed=1 one=no
while [[ ${1-} == --* ]]; do
    case $1 in
    --within) within=$2; shift ;;
    --seed) seed=$2; shift ;;
    --one) one=yes ;;
    *) echo "$0: unknown option $1" >&2; exit 64 ;;
    esac
    shift
done
[ $# -eq 3 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64; }
program=$(realpath "$1") book=$(realpath "$2") kills=$3
config=$(realpath "$(dirname "$0")/../jobs/quickstart.ini")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
RANDOM=$seed
fail() { echo "FAILED: $*" >&2; exit 1; }
now() { echo $(($(date +%s%N) / 1000000)); }
pick() { local n=$(($# * RANDOM / 32768 + 1)); echo "${!n}"; }
lines() { if [ -e out/log.txt ]; then wc -l <out/log.txt; else echo 0; fi; }
# since N PATTERN: is it in the log behind its first N lines?
since() { [ "$(tail -n +$(($1 + 1)) out/log.txt 2>/dev/null | grep -c "$2")" -gt 0 ]; }
runs() { kill -0 $job 2>/dev/null; }

# begin RANKS COMMAND...: a job behind the script; its mpirun is $job.
begin() {
    ranks=$1
    shift
    touch begun
    said=$(lines)
    mpirun -n $ranks "$program" "$@" </dev/null >/dev/null 2>message &
    job=$!
}
audit() { begin $1 audit "$config" --quiet --out out --set input.files="$book" --set checkpoint.every="$every" --set io.writer="$writer"; }
# The job goes on from where it is, or starts, where it had not got so far as to be resumed.
again() { if [ -e out/checkpoint/job.ini ]; then begin $1 resume out --quiet --set io.writer="$writer"; else audit $1; fi; }
# Before that a signal ends the ranks as it ends any other program.
listens() { [ out/checkpoint/job.ini -nt begun ] || since $said 'text="going on from'; }

# wait_for_moment STAGE BEHIND MS: that stage, BEHIND which it comes, has run for so long.
wait_for_moment() {
    while runs; do
        if [ $2 = start ]; then ! listens || break
        elif since 0 "event=stage name=$2 " && { since $said 'event=stage name=' || since $said 'text="going on from'; }; then break; fi
        sleep 0.005
    done
    sleep "$(awk "BEGIN { print $3 / 1000 }")"
}

# strike: $signal to $target. Whether the job can be asked to stop, and is: $asked.
strike() {
    asked=no struck=$(now)
    if listens && [ $signal != KILL ] && { [ $target != mpirun ] || [ $signal = USR1 ]; }; then asked=yes; fi
    case $target in
    rank) kill -$signal $(pgrep -P $job | shuf -n 1 --random-source=<(yes $RANDOM)) ;;
    ranks) kill -$signal $(pgrep -P $job) ;;
    mpirun) kill -$signal $job ;;
    esac 2>/dev/null || asked=no
}

# wait_for_end: of the job and of its ranks, which outlive an mpirun that is killed; $began:
# how long after the strike it was that the job began to save, or ended.
wait_for_end() {
    while runs && ! since $said 'event=stop '; do sleep 0.002; done
    began=$(($(now) - ${struck:-0}))
    rc=0; wait $job 2>/dev/null || rc=$?
    until [ ! -e out/.lock ] || flock -n out/.lock true; do sleep 0.1; done
}

check_stop() {
    [ $rc -eq 75 ] || [ $rc -eq 0 ] || fail "asked to stop, the job ends with $rc: $(cat message)"
    [ $rc -eq 0 ] || { stopped=$((stopped + 1)); [ $began -le $slowest ] || slowest=$began; }
    [ -z "$within" ] || [ $began -le $((within * 1000)) ] || fail "it took $began ms to stop"
}

# saved: stages that the newest checkpoint holds, as the log has them.
saved() { [ ! -e out/log.txt ] || awk '/ event=stage / { done = done " " $3 } / event=checkpoint / { saved = done } END { print saved }' out/log.txt; }

check_result() {
    [ $rc -eq 0 ] || fail "the resumed job ends with $rc: $(cat message)"
    cmp whole/audit.h5 out/audit.h5
    cmp whole/alerts.csv out/alerts.csv
    [ -z "$(find out -name '*.part')" ] || fail "left behind: $(find out -name '*.part')"
}

# check_kept STAGES: they were done once.
check_kept() {
    local stage
    for stage; do
        [ "$(grep -c " event=stage $stage " out/log.txt)" -eq 1 ] || fail "$stage was done again, and stood in a checkpoint"
        kept=$((kept + 1))
    done
}

every=1800 writer=auto
audit 2
wait_for_end
[ $rc -eq 0 ] || fail "the audit itself ends with $rc: $(cat message)"
mv out whole
# Each stage that ran, what comes before it, and the ms that it took.
/usr/bin/python3 - >stages <<'END'
import json

before = "start"
for s in json.load(open("whole/run.json"))["stages"]:
    if s["stage"] != "sync":
        print(s["stage"], before, round(1000 * s["wall_seconds"]))
        before = s["stage"]
END
slowest=0 stopped=0 n=0 kept=0

# Every stage before any comes again.
drawn_stages() {
    for round in $(seq 0 $((kills / $(wc -l <stages)))); do shuf --random-source=<(yes $((seed + round))) stages; done | head -n "$kills"
}

audits_struck_once() {
    local stage before ms first
    while read -r -u 3 stage before ms; do
        rm -rf out
        n=$((n + 1)) first=$(pick 2 3 4) every=$(pick 0 1800) writer=posix
        signal=$(pick KILL TERM INT HUP USR1) target=$(pick rank ranks mpirun)
        [ $target != mpirun ] || signal=$(pick USR1 TERM KILL)
        audit $first
        wait_for_moment $stage $before $((ms * RANDOM / 32768))
        strike
        wait_for_end
        echo "kill $n: $signal to $target of $first in $stage, checkpoint.every=$every: $rc after $began ms"
        [ $asked = no ] || check_stop
        if [ $rc -ne 0 ]; then
            local held=$(saved)
            [ $((n % 3)) -ne 0 ] || writer=mpiio
            again $(((first + RANDOM % 3 - 1) % 4 + 1))
            wait_for_end
            check_kept $held
        fi
        check_result
    done 3< <(drawn_stages)
    echo "$n kills, $stopped of them stops that were asked for, the slowest after $slowest ms: the same bytes each time; of $kept stages that stood in checkpoints none was done again"
}

# drawn_moments: as stages has them, in order of time.
drawn_moments() {
    for _ in $(seq "$kills"); do echo $RANDOM; done | sort -n | awk '
        NR == FNR { name[NR] = $1; before[NR] = $2; ms[NR] = $3; total += $3; n = NR; next }
        { at = total * $1 / 32768; for (i = 1; i < n && at > ms[i]; i++) at -= ms[i]; print name[i], before[i], int(at) }' stages -
}

one_audit() {
    local stage before ms last= went=0
    rm -rf out
    signal=USR1 target=mpirun
    while read -r -u 3 stage before ms; do
        # What a stage was stopped in, it goes on from.
        [ "$stage" = "$last" ] || went=0
        again 2
        wait_for_moment $stage $before $((ms - went))
        last=$stage went=$ms
        n=$((n + 1))
        strike
        wait_for_end
        echo "stop $n: $ms ms into $stage: $rc, saving began after $began ms"
        [ $asked = no ] || check_stop
        [ $rc -ne 0 ] || break
    done 3< <(drawn_moments)
    [ $rc -eq 0 ] || { again 2; wait_for_end; }
    check_result
    echo "$stopped stops of one audit, the slowest began to save after $slowest ms: the same bytes"
}

if [ $one = yes ]; then one_audit; else audits_struck_once; fi
