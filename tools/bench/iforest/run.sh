#!/usr/bin/env bash
# Isolation forest beside its peers:  bash tools/bench/iforest/run.sh [--rows N] ...
# Speed (compare.py, which gets the arguments), then accuracy (odds.py) on the ODDS
# sets of PARAUDIT_TEST_DATA or ../shared/data, where they are, and on held-out
# sets. Builds what it needs; the peers go to a virtual environment outside the
# tree, PARAUDIT_PEERS or ~/.cache/paraudit/peers-iforest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-iforest}
unset OPENBLAS_CORETYPE

cmake --preset release >/dev/null
cmake --build build/release --target bench_iforest paraudit >/dev/null
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/requirements-iforest.txt
failed=0
"$peers/bin/python" tools/bench/iforest/compare.py build/release/bin/bench_iforest "$@" || failed=1
"$peers/bin/python" tools/bench/iforest/odds.py build/release/bin/paraudit \
    --data "${PARAUDIT_TEST_DATA:-../shared/data}/odds" || failed=1
exit $failed
