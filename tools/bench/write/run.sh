#!/usr/bin/env bash
# Values into a file, by the writers and by bare loops of the same bytes:
#     bash tools/bench/write/run.sh [--rows N] [--columns C] [--runs K] [--ranks "1 2"] [--folder DIR]
# The folder decides which disk is measured; it needs room for one file.
set -euo pipefail
rows=10000000 columns=40 runs=5 ranks="1 2" folder=
while (($#)); do
    case $1 in
    --rows) rows=$2 ;;
    --columns) columns=$2 ;;
    --runs) runs=$2 ;;
    --ranks) ranks=$2 ;;
    --folder) folder=$(realpath "$2") ;;
    *) echo "unknown: $1" >&2 && exit 64 ;;
    esac
    shift 2
done
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
cmake --preset release >/dev/null
cmake --build build/release --target bench_write >/dev/null
if [[ ! $folder ]]; then
    folder=$(mktemp -d -p build)
    trap 'rm -rf "$folder"' EXIT
fi
for n in $ranks; do mpirun -n "$n" build/release/bin/bench_write "$folder" "$rows" "$columns" "$runs"; done
