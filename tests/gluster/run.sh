#!/usr/bin/env bash
# Audits whose ranks are dealt over two clients of one network file system:  bash tests/gluster/run.sh [RUNS]
# Each ends well, and both clients and the server have the bytes of an audit on this machine's disk.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PARAUDIT_TEST_SOURCE=$top PARAUDIT_TEST_PROGRAM=${PARAUDIT_TEST_PROGRAM:-$top/build/release/bin/paraudit}
runs=${1:-25}
source "$top/tests/program/common.sh"
source "$top/tests/gluster/gluster.sh"
if missing=$(gluster_missing); then
    echo "SKIPPED: no GlusterFS here: $missing"
    exit 77
fi
gluster=$work/gluster
trap 'gluster_down; rm -rf --one-file-system "$work"' EXIT
gluster_up || fail "the volume does not come up: $(tail -n 3 "$gluster"/*.log)"

# Columns of 8 bytes are written by all ranks, those of 4 by rank 0, and what is little in one write.
portfolio p.csv 150000
few="--set job.leave_out=iforest,ecod,logistic,boosting,patterns,forecast,embedding,expected"
audit 1 whole p.csv $few

# over_both COMMAND...: of four ranks each is in the folder that its client shows.
over_both() {
    on 4 sh -c 'cd "$0/$((OMPI_COMM_WORLD_RANK % 2))" && exec "$@"' "$gluster" "$@"
}

for ((i = 1; i <= runs; i++)); do
    over_both "$program" audit "$source/jobs/quickstart.ini" --quiet --out "$i" --set input.files="$work/p.csv" \
        --set io.writer=posix $few
    for at in 0 1 brick; do same whole/audit.h5 "$gluster/$at/$i/audit.h5"; done
    rm -r "$gluster/0/$i"
done
echo "$runs audits over two clients: same bytes"
