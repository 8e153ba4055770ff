#!/usr/bin/env bash
# Audits that are killed, or asked to stop, at random moments and resumed end with the
# bytes of one that was left alone. Of the jobs that a signal asked to stop none may end
# with another code than 75, or 0 where it came too late.
#
#     tools/kills.sh [--within SECONDS] [--seed N] [--stages] PROGRAM BOOK.csv KILLS
#
# BOOK.csv: from `paraudit generate`. Signals KILL, TERM, INT, HUP and USR1 go to one rank
# or to all, and USR1, TERM and KILL to mpirun, of audits and resumes on 1 to 3 ranks, with
# a checkpoint after every stage in every other job. --within: how long a job that is asked
# to stop may take for it; not said: any time. --stages: not at random, but KILLS times each
# of TERM, INT and HUP to all ranks and USR1 to mpirun in each of ingest, features, forest,
# fuse and write, on 2 ranks.
set -euo pipefail
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_hwloc_base_binding_policy=none
within= seed=1 stages=no
while [[ ${1-} == --* ]]; do
    case $1 in
    --within) within=$2; shift ;;
    --seed) seed=$2; shift ;;
    --stages) stages=yes ;;
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
runs() { kill -0 $job 2>/dev/null; }

# begin COMMAND...: a job on some ranks, behind the script; its mpirun is $job.
begin() {
    [ $stages = yes ] && ranks=2 || ranks=$((RANDOM % 3 + 1))
    touch begun
    said=$(lines)
    mpirun -n $ranks "$program" "$@" </dev/null >/dev/null 2>message &
    job=$!
}
audit() { begin audit "$config" --quiet --out out --set input.files="$book" --set checkpoint.every="$every"; }
# The job goes on from where it is, or starts, where it had not got so far as to be resumed.
again() { if [ -e out/checkpoint/job.ini ]; then begin resume out --quiet; else audit; fi; }
# Before that a signal ends the ranks as it ends any other program.
listens() { [ out/checkpoint/job.ini -nt begun ]; }

# wait_for_moment: until the log has grown by so many lines, and a little longer.
wait_for_moment() {
    local until=$((said + n_lines * RANDOM / 32768))
    while runs && [ "$(lines)" -lt $until ]; do sleep 0.005; done
    sleep "$(awk "BEGIN { print $took / $n_lines * $RANDOM / 32768 / 1000 }")"
}

# wait_for_end_of STAGE: what comes behind it has begun, and goes on for a little.
wait_for_end_of() {
    while runs; do
        if [ $1 = start ]; then ! listens || break; else
            ! grep -q "event=stage name=$1 " out/log.txt 2>/dev/null || break
        fi
        sleep 0.005
    done
    sleep "$(awk "BEGIN { print .02 * $RANDOM / 32768 }")"
}

draw_signal() {
    signal=$(pick KILL TERM INT HUP USR1) target=$(pick rank ranks mpirun)
    [ $target != mpirun ] || signal=$(pick USR1 TERM KILL)
}

# strike: $signal to $target. Whether the job can be asked to stop, and is: $asked.
strike() {
    asked=no
    if listens && [ $signal != KILL ] && { [ $target != mpirun ] || [ $signal = USR1 ]; }; then asked=yes; fi
    case $target in
    rank) kill -$signal $(pgrep -P $job | shuf -n 1 --random-source=<(yes $RANDOM)) ;;
    ranks) kill -$signal $(pgrep -P $job) ;;
    mpirun) kill -$signal $job ;;
    esac 2>/dev/null || asked=no
}

# wait_for_end: of the job and of its ranks, which outlive an mpirun that is killed.
wait_for_end() {
    rc=0; wait $job 2>/dev/null || rc=$?
    until [ ! -e out/.lock ] || flock -n out/.lock true; do sleep 0.1; done
}

every=1800 took=$(now)
audit
wait_for_end
[ $rc -eq 0 ] || fail "the audit itself ends with $rc: $(cat message)"
took=$(($(now) - took)) n_lines=$(lines)
mv out whole

check_stop() {
    [ $rc -eq 75 ] || [ $rc -eq 0 ] || fail "asked to stop, the job ends with $rc: $(cat message)"
    [ $rc -eq 0 ] || { stopped=$((stopped + 1)); [ $spent -le $slowest ] || slowest=$spent; }
    [ -z "$within" ] || [ $spent -le $((within * 1000)) ] || fail "it took $spent ms to stop"
}

check_result() {
    [ $rc -eq 0 ] || fail "the resumed job ends with $rc: $(cat message)"
    cmp whole/audit.h5 out/audit.h5
    cmp whole/alerts.csv out/alerts.csv
    [ -z "$(find out -name '*.part')" ] || fail "left behind: $(find out -name '*.part')"
}

slowest=0 stopped=0 n=0

# stop_in STAGE BEHIND SIGNAL TARGET: BEHIND is what ends before it.
stop_in() {
    signal=$3 target=$4
    rm -rf out
    audit
    wait_for_end_of $2
    n=$((n + 1)) struck=$(now)
    strike
    wait_for_end
    spent=$(($(now) - struck))
    [ $asked = yes ] || fail "in $1 the job was not asked to stop"
    check_stop
    [ $rc -eq 0 ] || { again; wait_for_end; }
    check_result
}

stage_by_stage() {
    for stage in ingest:start features:moment forest:feature_list fuse:ecod write:evaluate; do
        for sent in TERM:ranks INT:ranks HUP:ranks USR1:mpirun; do
            slowest=0
            for _ in $(seq "$kills"); do stop_in ${stage/:/ } ${sent/:/ }; done
            echo "${sent%:*} to ${sent#*:} in ${stage%:*}: $kills times, the slowest after $slowest ms"
        done
    done
    echo "$n signals, $stopped stops: the same bytes each time"
}

at_random() {
    while [ $n -lt "$kills" ]; do
        rm -rf out
        every=$(pick 0 1800)
        audit
        while true; do
            wait_for_moment
            runs || { wait_for_end; break; }
            n=$((n + 1)) struck=$(now) where=$(tail -n 1 out/log.txt 2>/dev/null | grep -o 'name=[a-z_]*') || true
            draw_signal
            strike
            wait_for_end
            spent=$(($(now) - struck))
            echo "kill $n: $signal to $target of $ranks, checkpoint.every=$every, after ${where:-the start}: $rc after $spent ms"
            [ $asked = no ] || check_stop
            [ $rc -ne 0 ] || break
            again
            # Every other job is left alone from here on, the others are struck once more.
            [ $((RANDOM % 2)) -eq 0 ] && [ $n -lt "$kills" ] || { wait_for_end; break; }
        done
        check_result
    done
    echo "$n kills, $stopped of them stops that were asked for, the slowest after $slowest ms: the same bytes each time"
}

if [ $stages = yes ]; then stage_by_stage; else at_random; fi
