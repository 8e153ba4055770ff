#!/usr/bin/env bash
# Fuzzes each reader for a while, from the corpus in tests/fuzz. A find fails and
# stays in build/fuzz/finds: mend it, then add a small form of it to the corpus.
#   bash tools/fuzz.sh [SECONDS [TARGET...]]     60 s each, unless told
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
seconds=${1:-60}
shift || true
build fuzz
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(ls tests/fuzz/corpus)
finds=build/fuzz/finds
mkdir -p "$finds"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
for target in "${targets[@]}"; do
    cp -r "tests/fuzz/corpus/$target" "$scratch/"
    # MPI's library keeps memory of its own until the end: leaks are the asan build's part.
    if ASAN_OPTIONS=detect_leaks=0 "build/fuzz/bin/fuzz_$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
        -rss_limit_mb=2048 -dict="tests/fuzz/$target.dict" -artifact_prefix="$finds/$target-" -print_final_stats=1 \
        "$scratch/$target" >"$scratch/log" 2>&1; then
        awk -v target="$target" -v seconds="$seconds" '/number_of_executed_units/ {n = $2}
            /new_units_added/ {print target ": " n " inputs in " seconds " s, no find"}' "$scratch/log"
    else
        echo "$target: a find (in $finds)" >&2
        tail -n 40 "$scratch/log" >&2
        failed=1
    fi
done
exit $failed
