#!/usr/bin/env bash
# Detectors that learn from labels beside their peers:  bash tools/bench/detect/run.sh [--rows N] ...
# Logistic regression (logistic.py, which gets the arguments), also on the Kaggle/ULB sample
# of PARAUDIT_TEST_DATA or ../shared/data, where it is. Builds what it needs; the peers go to a
# virtual environment outside the tree, PARAUDIT_PEERS or ~/.cache/paraudit/peers-detect.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-detect}
unset PARAUDIT_PEERS # paraudit would take it for a key

cmake --preset release >/dev/null
cmake --build build/release --target bench_logit paraudit >/dev/null
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/requirements-detect.txt
"$peers/bin/python" tools/bench/detect/logistic.py build/release/bin/bench_logit build/release/bin/paraudit \
    --ulb "${PARAUDIT_TEST_DATA:-../shared/data}/ulb_creditcard/creditcard_union_sample.csv.zst" "$@"
