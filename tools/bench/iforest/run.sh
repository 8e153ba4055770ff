#!/usr/bin/env bash
# Isolation forest beside its peers:  bash tools/bench/iforest/run.sh [--rows N] ...
# Builds what it needs; the peers go to a virtual environment outside the tree,
# PARAUDIT_PEERS or ~/.cache/paraudit/peers-iforest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-iforest}
unset OPENBLAS_CORETYPE

cmake --preset release >/dev/null
cmake --build build/release --target bench_iforest >/dev/null
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/requirements-iforest.txt
exec "$peers/bin/python" tools/bench/iforest/compare.py build/release/bin/bench_iforest "$@"
