#!/usr/bin/env bash
# Instructions per row of the whole ingest, whatever else the machine does:
#   bash tools/bench/ingest/instructions.sh [PROGRAM ...]
# PROGRAM: bench_ingest of release builds (build/release/bin/bench_ingest), such as one of
# an earlier commit, in a checkout of its own. Counts two sizes of the same portfolio with
# valgrind, so what a run costs in any case falls out: plain, with DOS line ends, with one
# column in quotes, with all. Valgrind knows no SHA instructions of the CPU: SHA-256 is half
# of what it counts of a plain row.
set -euo pipefail
programs=()
for program in "$@"; do programs+=("$(realpath "$program")"); done
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
cmake --preset release >/dev/null
cmake --build build/release --target bench_ingest paraudit >/dev/null
((${#programs[@]})) || programs=("$PWD/build/release/bin/bench_ingest")
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# count PROGRAM FILE: instructions and rows.
count() {
    valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --log-file="$folder/log" \
        "$1" ingest "$2" >"$folder/out" 2>/dev/null
    echo "$(awk '/I +refs/ {gsub(",", ""); print $NF}' "$folder/log") $(grep -o 'rows=[0-9]*' "$folder/out" | cut -d= -f2)"
}

for rows in 200000 400000; do
    build/release/bin/paraudit generate --rows $rows --out "$folder/plain.$rows"
    sed 's/$/\r/' "$folder/plain.$rows" >"$folder/dos.$rows"
    sed 's/,\([^,]*\)/,"\1"/2' "$folder/plain.$rows" >"$folder/one.$rows"
    sed 's/[^,]*/"&"/g' "$folder/plain.$rows" >"$folder/all.$rows"
done
for program in "${programs[@]}"; do
    for kind in plain dos one all; do
        read -r few few_rows < <(count "$program" "$folder/$kind.200000")
        read -r many many_rows < <(count "$program" "$folder/$kind.400000")
        echo "$program $kind $(((many - few) / (many_rows - few_rows)))"
    done
done
