#!/usr/bin/env bash
# How an audit scales, as CSV, SVG and a table:  bash tools/scaling/run.sh [options]
#   --strong P,P,...   one book at each of these numbers of ranks (1,2)
#   --weak P,P,...     a book of so many rows a rank at each of them (1,2)
#   --rows N           of the strong book, and a rank's of the weak ones (1000000)
#   --runs K           of each, in turn (3)
#   --out FOLDER       what was measured, and what is made of it (scaling); one that is there is added to
#   --set KEY=VALUE    of the audit; as often as wanted
# Under Slurm the ranks are started by srun, else by mpirun; PARAUDIT_LAUNCH says it otherwise ("srun --mpi=pmix -n").
# CPU seconds are those outside MPI: on a busy machine these alone can be judged.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
strong=1,2 weak=1,2 rows=1000000 runs=3 out=scaling more=()
while (($#)); do
    [ $# -gt 1 ] || set -- help
    case $1 in
    --strong) strong=$2 ;;
    --weak) weak=$2 ;;
    --rows) rows=$2 ;;
    --runs) runs=$2 ;;
    --out) out=$2 ;;
    --set) more+=(--set "$2") ;;
    *) sed -n '2,/^top/s/^# \{0,1\}//p' "$0" >&2; exit 64 ;; # a flag without its value, too
    esac
    shift 2
done
paraudit=$(command -v paraudit || true)
if [ -z "$paraudit" ]; then
    source "$top/tools/setup.sh"
    build release
    paraudit=$top/build/release/bin/paraudit
fi
set -euo pipefail
launch=${PARAUDIT_LAUNCH:-mpirun -n}
[ -z "${SLURM_JOB_ID:-}" ] || launch=${PARAUDIT_LAUNCH:-srun --mpi=pmix -n}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d "$out/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# measure SERIES RANKS BOOK: the run's account of itself is kept as SERIES/RANKS.NUMBER.json.
measure() {
    local to=$out/$1 number=0 book
    mkdir -p "$to"
    # A blank, comma or backslash in a path takes a backslash before it.
    book=$(sed 's/[\\ ,]/\\&/g' <<<"$3")
    while [ -e "$to/$2.$number.json" ]; do number=$((number + 1)); done
    $launch "$2" "$paraudit" audit "$top/jobs/quickstart.ini" --quiet --set input.files="$book" "${more[@]}" --out "$work/audit" </dev/null
    mv "$work/audit/run.json" "$to/$2.$number.json"
    rm -r "$work/audit"
}

for ((i = 0; i < runs; i++)); do
    for ranks in ${strong//,/ }; do
        [ -e "$work/$rows.csv" ] || "$paraudit" generate --rows "$rows" --out "$work/$rows.csv"
        measure strong "$ranks" "$work/$rows.csv"
    done
    for ranks in ${weak//,/ }; do
        n=$((rows * ranks))
        [ -e "$work/$n.csv" ] || "$paraudit" generate --rows "$n" --out "$work/$n.csv"
        measure weak "$ranks" "$work/$n.csv"
    done
done
python3 "$top/tools/bench/scaling/series.py" "$out"
