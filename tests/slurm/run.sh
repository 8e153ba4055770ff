#!/usr/bin/env bash
# jobs/*.sbatch as they stand, under a Slurm of three nodes on this machine:  bash tests/slurm/run.sh
# However a job is interrupted, it ends in the bytes of an undisturbed audit.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PARAUDIT_TEST_SOURCE=$top PARAUDIT_TEST_PROGRAM=${PARAUDIT_TEST_PROGRAM:-$top/build/release/bin/paraudit}
source "$top/tests/program/common.sh"
source "$top/tests/slurm/cluster.sh"
if missing=$(cluster_missing); then
    echo "SKIPPED: no Slurm here: $missing"
    exit 77
fi
cluster=$work/cluster
trap 'cluster_down; rm -rf "$work"' EXIT
export PATH=$(dirname "$program"):$PATH PARAUDIT_NODE_FOLDERS=$work:$top:$(dirname "$program")
export OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo

begun=$SECONDS
say() { echo "$((SECONDS - begun)) s: $*"; }

# ---- jobs ----

# submit NAME [sbatch options]: jobs/audit.sbatch of book.ini to the folder NAME; sets $job.
submit() {
    local name=$1
    shift
    job=$(sbatch --parsable --job-name="$name" --output="$name.log" --ntasks=4 --time=10 "$@" "$source/jobs/audit.sbatch" book.ini "$name")
}
field() { scontrol show job "$1" 2>/dev/null | tr ' ' '\n' | sed -n "s/^$2=//p"; }
is_in() { [[ " $2 " == *" $(field "$1" JobState) "* ]]; }

# ends JOB STATE: within ten minutes.
ends() {
    within 600 is_in "$1" "COMPLETED FAILED CANCELLED TIMEOUT NODE_FAIL" || fail "job $1 does not end: $(field "$1" JobState)"
    is_in "$1" "$2" || fail "job $1 ends as $(field "$1" JobState), not $2: $(cat -- *.log | tail -n 20)"
}

has_saved() { compgen -G "$1/checkpoint/*.manifest" >/dev/null; }
under_way() { within 300 has_saved "$1" || fail "$1: no checkpoint: $(cat "$1.log")"; }
ranks_of() { pgrep -ax paraudit | awk -v folder="$1" '$NF == folder {print $1}'; }
is_requeued() { [ "$(field "$1" Restarts)" -ge 1 ]; }
finished() { # NAME: to the bytes, after having gone on from a checkpoint
    same whole/audit.h5 "$1/audit.h5"
    found "going on from" <"$1.log" || fail "$1 did not go on from a checkpoint: $(cat "$1.log")"
    say "$1: same bytes"
}

# ---- the book ----

portfolio p.csv 100000
{ sed "s|^\[input\]|&\nfiles = p.csv|" "$source/jobs/quickstart.ini"; printf '[checkpoint]\nevery = 0\n'; } >book.ini
audit 1 whole p.csv
cluster_up 3 4 || fail "the cluster does not come up: $(tail -n 5 "$cluster"/log/*)"
say "three nodes are up"

# ---- a wrong launch ----

for kind in none pmi2; do
    rc=0
    timeout 60 srun --quiet --ntasks=4 --nodes=2 --mpi=$kind paraudit audit book.ini --out wrong >said 2>&1 || rc=$?
    [ $rc -eq 64 ] || fail "srun --mpi=$kind ends with $rc: $(cat said)"
    [ "$(grep -c paraudit: said)" -eq 1 ] && found -F 'srun --mpi=pmix' <said || fail "srun --mpi=$kind says $(cat said)"
    [ ! -e wrong ] || fail "srun --mpi=$kind leaves something"
done
say "srun --mpi=none, --mpi=pmi2: 64, one message"

# ---- the time limit: these wait for it while others run ----

# Slurm asks, a minute ahead. The ranks stand still, so that they are there to be asked.
submit asked --nodes=1 --nodelist=n1 --ntasks=2 --time=2 --signal=B:USR1@60
asked=$job
under_way asked
kill -STOP $(ranks_of asked)
{ sleep 75 && kill -CONT $(ranks_of asked); } &
# Nobody asks: at the limit the ranks get TERM.
submit limit --nodes=1 --nodelist=n1 --ntasks=2 --time=1 --signal=B:URG@1
limit=$job
under_way limit
kill -STOP $(ranks_of limit)

# ---- submit and finish; USR1; scancel ----

submit plain --nodes=2 --nodelist=n2,n3
ends $job COMPLETED
same whole/audit.h5 plain/audit.h5
say "plain: same bytes"

submit again --nodes=2 --nodelist=n2,n3
under_way again
scancel --batch --signal=USR1 $job
ends $job COMPLETED
is_requeued $job || fail "the job was not queued again"
finished again

submit cancelled --nodes=2 --nodelist=n2,n3
under_way cancelled
scancel $job
ends $job CANCELLED
submit cancelled --nodes=1 --nodelist=n2 --ntasks=3
ends $job COMPLETED
finished cancelled

# ---- a node is lost ----

submit lost --nodes=2 --nodelist=n2,n3
under_way lost
cluster_kill n3
within 300 is_requeued $job || fail "the job is not queued again: $(field $job JobState)"
cluster_start n3
ends $job COMPLETED
finished lost

# ---- the limit ----

ends $limit TIMEOUT
submit limit --nodes=1 --nodelist=n1 --ntasks=3
ends $job COMPLETED
finished limit
ends $asked COMPLETED
is_requeued $asked || fail "the job was not asked ahead of its limit"
finished asked
say "all of it"
