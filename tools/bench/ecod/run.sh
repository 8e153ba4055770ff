#!/usr/bin/env bash
# ECOD beside PyOD's:  bash tools/bench/ecod/run.sh [--only SET,SET]
# On the ODDS sets of PARAUDIT_TEST_DATA or ../shared/data, where they are, and on
# sets with ties that are made here. Builds what it needs; the peers go to a virtual
# environment outside the tree, PARAUDIT_PEERS or ~/.cache/paraudit/peers-ecod.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-ecod}

cmake --preset release >/dev/null
cmake --build build/release --target paraudit >/dev/null
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/requirements-ecod.txt
"$peers/bin/python" tools/bench/ecod/compare.py build/release/bin/paraudit \
    --data "${PARAUDIT_TEST_DATA:-../shared/data}/odds" "$@"
