#!/usr/bin/env bash
# CSV ingest beside its peers:  bash tools/bench/ingest/run.sh [FILE] [--rows N] [--order account] [--runs K] ...
# Without a FILE a portfolio of N rows (10000000), by time as a bank writes it, is generated and
# removed again.
# Builds what it needs; the peers go to a virtual environment outside the tree,
# PARAUDIT_PEERS or ~/.cache/paraudit/peers-ingest.
set -euo pipefail
file= rows=10000000 order=time rest=()
[[ ${1:-} == "" || ${1:-} == -* ]] || { file=$(realpath "$1") && shift; }
while (($#)); do
    if [[ $1 == --rows ]]; then rows=$2 && shift 2; elif [[ $1 == --order ]]; then order=$2 && shift 2; else rest+=("$1") && shift; fi
done
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-ingest}

cmake --preset release >/dev/null
cmake --build build/release --target bench_ingest paraudit >/dev/null
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/requirements-ingest.txt
if [[ ! $file ]]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    file=$folder/portfolio.csv
    build/release/bin/paraudit generate --rows "$rows" --order "$order" --out "$file"
fi
"$peers/bin/python" tools/bench/ingest/compare.py build/release/bin/bench_ingest "$file" "${rest[@]}"
