#!/usr/bin/env bash
# One audit at 1 and at 2 ranks, and how its instructions grow with the book:
#   bash tools/bench/scaling/run.sh [--rows N] [--runs K] [--growth]
# Generates a portfolio of N rows (10000000), audits it at both rank counts in
# turn, K times (3), and prints each stage's medians and ratio. --growth counts
# instructions instead (valgrind, one rank, 1 M and 16 M rows: an hour or more).
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
rows=10000000 runs=3 growth=0
while (($#)); do
    case $1 in
    --rows) rows=$2 && shift 2 ;;
    --runs) runs=$2 && shift 2 ;;
    --growth) growth=1 && shift ;;
    *) echo "usage: bash tools/bench/scaling/run.sh [--rows N] [--runs K] [--growth]" >&2; exit 64 ;;
    esac
done
build release
paraudit=$top/build/release/bin/paraudit
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if ((growth)); then
    for rows in 1000000 16000000; do
        "$paraudit" generate --rows $rows --order time --out "$folder/p.csv"
        valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --log-file="$folder/$rows.txt" \
            "$paraudit" audit jobs/quickstart.ini --quiet --set input.files="$folder/p.csv" --out "$folder/$rows"
        rm "$folder/p.csv" "$folder/$rows/audit.h5"
    done
    python3 tools/bench/scaling/growth.py "$folder/1000000" "$folder/16000000"
    exit
fi

"$paraudit" generate --rows "$rows" --order time --out "$folder/p.csv"
for ((i = 0; i < runs; i++)); do
    for ranks in 1 2; do
        mpirun -n $ranks "$paraudit" audit jobs/quickstart.ini --quiet --set input.files="$folder/p.csv" --out "$folder/$ranks"
        mv "$folder/$ranks/run.json" "$folder/$ranks.$i.json"
        rm -r "${folder:?}/$ranks"
    done
done
python3 tools/bench/scaling/compare.py "$folder"
