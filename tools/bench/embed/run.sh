#!/usr/bin/env bash
# Vectors of items beside their peers:  bash tools/bench/embed/run.sh [--runs N] [--seeds N] [--only speed|quality]
# On the sessions of PARAUDIT_TEST_DATA or ../shared/data, where they are, and else on sessions that
# are made here. Builds what it needs; the peers go to a virtual environment outside the tree,
# PARAUDIT_PEERS or ~/.cache/paraudit/peers-embed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-embed}

cmake --preset release >/dev/null
cmake --build build/release --target paraudit >/dev/null
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
pip=("$peers/bin/pip" install --quiet --disable-pip-version-check)
"${pip[@]}" -r tools/bench/peers/requirements-embed.txt
"${pip[@]}" fasttext-wheel==0.9.2 2>/dev/null || echo "fastText cannot be installed here"
"$peers/bin/python" tools/bench/embed/compare.py build/release/bin/paraudit \
    --sessions "${PARAUDIT_TEST_DATA:-../shared/data}/sessions/online_retail_sessions.txt.zst" "$@"
