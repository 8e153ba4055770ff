#!/usr/bin/env bash
# jobs/*.sbatch as they stand, under a Slurm of five nodes on this machine:  bash tests/slurm/run.sh
# However a job is interrupted, it ends in the bytes of an undisturbed audit.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PARAUDIT_TEST_SOURCE=$top PARAUDIT_TEST_PROGRAM=${PARAUDIT_TEST_PROGRAM:-$top/build/release/bin/paraudit}
source "$top/tests/program/apart.sh"
apart munged slurmctld slurmd sbatch scontrol
# Where 127.0.0.1 is all there is, glibc finds no names, which Slurm asks for.
ip address add 10.78.0.1/32 dev lo
source "$top/tests/program/common.sh"
source "$top/tests/slurm/cluster.sh"
cluster=$work/cluster
trap 'cluster_down; rm -rf "$work"' EXIT
# As on a cluster: paraudit is installed, in the path, and in a folder that all nodes see.
cmake --install "$(dirname "$bin")" --prefix "$work/installed" >/dev/null
export PATH=$work/installed/bin:$PATH PARAUDIT_NODE_FOLDERS=$work
scripts=$work/installed/share/paraudit
export OMPI_MCA_btl_tcp_if_include=127.0.0.0/8 OMPI_MCA_oob_tcp_if_include=127.0.0.0/8

begun=$SECONDS
say() { echo "$((SECONDS - begun)) s: $*"; }

# ---- jobs ----

# submit NAME [sbatch options]: audit.sbatch of book.ini to the folder NAME; sets $job.
submit() {
    local name=$1
    shift
    job=$(sbatch --parsable --job-name="$name" --output="$name.log" --ntasks=4 --time=10 "$@" "$scripts/audit.sbatch" book.ini "$name")
}
field() { scontrol show job "$1" 2>/dev/null | tr ' ' '\n' | sed -n "s/^$2=//p"; }
is_in() { [[ " $2 " == *" $(field "$1" JobState) "* ]]; }

# ends JOB STATE: within ten minutes.
ends() {
    within 600 is_in "$1" "COMPLETED FAILED CANCELLED TIMEOUT NODE_FAIL" || fail "job $1 does not end: $(field "$1" JobState)"
    is_in "$1" "$2" || fail "job $1 ends as $(field "$1" JobState), not $2: $(cat -- *.log | tail -n 20)"
}

has_saved() { compgen -G "$1/checkpoint/*.manifest" >/dev/null; }
ranks_of() { pgrep -ax paraudit | awk -v folder="$1" '$NF == folder {print $1}'; }
# holds NAME: its ranks stand still behind their first checkpoint, to go on with `goes NAME`.
holds() {
    within 300 has_saved "$1" || fail "$1: no checkpoint: $(cat "$1.log")"
    kill -STOP $(ranks_of "$1") || fail "$1: was too quick"
}
goes() { kill -CONT $(ranks_of "$1"); }
# Do all of them have USR1 to answer? Bit 9 of what waits for a process.
are_asked() {
    local ranks rank pending
    ranks=$(ranks_of "$1")
    [ -n "$ranks" ] || return 1
    for rank in $ranks; do
        pending=$(awk '$1 == "ShdPnd:" {print $2}' "/proc/$rank/status")
        (((0x$pending >> 9) & 1)) || return 1
    done
}
is_requeued() { [ "$(field "$1" Restarts)" -ge 1 ]; }
finished() { # NAME: to the bytes, after having gone on from a checkpoint
    same whole/audit.h5 "$1/audit.h5"
    found "going on from" <"$1.log" || fail "$1 did not go on from a checkpoint: $(cat "$1.log")"
    say "$1: same bytes"
}

# ---- the book ----

portfolio p.csv 20000
{
    sed "s|^\[input\]|&\nfiles = p.csv|" "$source/jobs/quickstart.ini"
    printf '[checkpoint]\nevery = 0\n[boosting]\nrounds = 10\n'
} >book.ini
"$program" audit book.ini --quiet --out whole
cluster_up 5 4 || fail "the cluster does not come up: $(tail -n 5 "$cluster"/log/*)"
say "five nodes are up"

# ---- a wrong launch ----

for kind in none pmi2; do
    rc=0
    timeout 10 srun --quiet --ntasks=4 --nodes=2 --mpi=$kind paraudit audit book.ini --out wrong >said 2>&1 || rc=$?
    [ $rc -eq 64 ] || fail "srun --mpi=$kind ends with $rc: $(cat said)"
    [ "$(grep -c paraudit: said)" -eq 1 ] && found -F 'srun --mpi=pmix' <said || fail "srun --mpi=$kind says $(cat said)"
    [ ! -e wrong ] || fail "srun --mpi=$kind leaves something"
done
say "srun --mpi=none, --mpi=pmi2: 64, one message"

# ---- jobs that wait for Slurm, while others run ----

# Slurm asks, a minute ahead. The ranks stand still, so that they are there to be asked.
submit asked --nodes=1 --nodelist=n1 --ntasks=2 --time=2 --signal=B:USR1@60
asked=$job
holds asked
{ within 300 are_asked asked && goes asked; } &
asker=$!
# Nobody asks: at the limit the ranks get TERM.
submit limit --nodes=1 --nodelist=n1 --ntasks=2 --time=1 --signal=B:URG@1
limit=$job
holds limit
# A node is lost.
submit lost --nodes=2 --nodelist=n2,n3
lost=$job
holds lost
cluster_kill n3
goes lost
# Asked by hand.
submit again --nodes=2 --nodelist=n4,n5
again=$job
holds again
scancel --batch --signal=USR1 $again
within 60 are_asked again || fail "the ranks are not asked"
goes again

# ---- submit and finish; scancel ----

# As large as it is estimated.
proposed=$(paraudit estimate book.ini --ranks 4 --sbatch)
found -E '^--ntasks=4 --mem-per-cpu=[0-9]+M --time=[0-9:]+ --signal=B:USR1@[0-9]+$' <<<"$proposed" || fail "estimate proposes $proposed"
submit 'a plain one' --nodes=2 --nodelist=n4,n5 $proposed
ends $job COMPLETED
same whole/audit.h5 'a plain one/audit.h5'
say "plain: same bytes"

submit cancelled --nodes=2 --nodelist=n4,n5
holds cancelled
scancel $job
ends $job CANCELLED
submit cancelled --nodes=1 --nodelist=n4 --ntasks=3
ends $job COMPLETED
finished cancelled

# ---- audits in a row ----

options=(--nodes=1 --nodelist=n4 --ntasks=2 --time=10 --output=weekly.%j.log)
folder() { ls -d "all audits"/????-??-??T??????-"$1"; }
week=$(sbatch --parsable "${options[@]}" --job-name='every week' "$scripts/periodic.sbatch" book.ini 'all audits' "${options[@]}")
ends "$week" COMPLETED
first=$(folder "$week")
same whole/audit.h5 "$first/audit.h5"
week=$(cat "$first/next.job")
ahead=$(($(date -d "$(field "$week" StartTime)" +%s) - $(date +%s)))
[ $ahead -gt $((6 * 86400)) ] && [ $ahead -le $((7 * 86400)) ] || fail "the next week is $ahead s ahead"
# A week later.
scontrol update JobId="$week" StartTime=now
ends "$week" COMPLETED
second=$(folder "$week")
scancel "$(cat "$second/next.job")"
PARAUDIT_JOB_PREVIOUS=${first// /\\ } "$program" audit book.ini --quiet --out next
same next/audit.h5 "$second/audit.h5"
"$program" verify "$second" --previous "$first" >said
found 'a chain, from its first audit on' <said || fail "no chain: $(cat said)"
say "periodic: the second names the first"

# ---- a scaling study ----

portfolio 'small book.csv' 5000
study=$(sbatch --parsable --array=0-1 --nodelist=n4 --ntasks=2 --time=10 --output=study.%a.log "$scripts/scaling.sbatch" study 'small book.csv')
ends "${study}_0" COMPLETED
ends "${study}_1" COMPLETED
/usr/bin/python3 "$source/tools/bench/scaling/series.py" study >said
[ "$(ls study/strong | tr '\n' ' ')" = '1.0.json 1.1.json 1.2.json 2.0.json 2.1.json 2.2.json ' ] || fail "the study: $(ls study/strong)"
found '^2,.*,whole,' <study/strong.csv || fail "the study: $(cat study/strong.csv)"
"$program" audit "$scripts/quickstart.ini" --quiet --out small --set input.files='small\ book.csv'
digest=$(grep -o '"content_digest": "[0-9a-f]*"' small/run.json)
[ "$(grep -lF "$digest" study/strong/*.json | wc -l)" -eq 6 ] || fail "the study's results differ"
say "scaling: same digests"

# ---- those that had to wait ----

ends $again COMPLETED
is_requeued $again || fail "the job was not queued again"
finished again

within 300 is_requeued $lost || fail "the job is not queued again: $(field $lost JobState)"
cluster_start n3
ends $lost COMPLETED
finished lost

wait $asker || fail "the job is not asked ahead of its limit"
ends $limit TIMEOUT
submit limit --nodes=1 --nodelist=n4 --ntasks=3
ends $job COMPLETED
finished limit
ends $asked COMPLETED
is_requeued $asked || fail "the job is not queued again ahead of its limit"
finished asked
say "all of it"
