#!/usr/bin/env bash
# Frequent sets beside their peers:  bash tools/bench/mine/run.sh [--runs N] [--only NAME,NAME]
# On the FIMI sets of PARAUDIT_TEST_DATA or ../shared/data, where they are, and else on
# baskets that are made here. Builds what it needs; the peers go to a virtual environment
# outside the tree, PARAUDIT_PEERS or ~/.cache/paraudit/peers-mine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-mine}

cmake --preset release >/dev/null
cmake --build build/release --target paraudit >/dev/null
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/requirements-mine.txt
"$peers/bin/python" tools/bench/mine/compare.py build/release/bin/paraudit \
    --data "${PARAUDIT_TEST_DATA:-../shared/data}/itemsets" "$@"
