#!/usr/bin/env bash
# Boosted trees beside their peers:  bash tools/bench/detect/run.sh [--rows N] ...
# Speed and average precision (compare.py, which gets the arguments), then 1 rank
# beside 2. Builds what it needs; the peers go to a virtual environment outside the
# tree, PARAUDIT_PEERS or ~/.cache/paraudit/peers-detect.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-detect}

cmake --preset release >/dev/null
cmake --build build/release --target bench_boosting >/dev/null
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/requirements-detect.txt
failed=0
"$peers/bin/python" tools/bench/detect/compare.py build/release/bin/bench_boosting "$@" || failed=1
"$peers/bin/python" tools/bench/detect/compare.py build/release/bin/bench_boosting --ranks "$@" || failed=1
exit $failed
