#!/usr/bin/env bash
# The detectors beside their peers on the Kaggle/ULB sample, trained on its first day, judged on its second:
#   bash tools/bench/ulb/run.sh [--validate] [--seeds N]
# The sample lies in PARAUDIT_TEST_DATA or ../shared/data. Builds what it needs; the peers go
# to a virtual environment outside the tree, PARAUDIT_PEERS or ~/.cache/paraudit/peers-ulb.
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
data=${PARAUDIT_TEST_DATA:-../shared/data}
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-ulb}
unset PARAUDIT_PEERS # paraudit would take it for a key

build release
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/requirements-ulb.txt
"$peers/bin/python" tools/bench/ulb/compare.py build/release/bin/paraudit \
    "$data/ulb_creditcard/creditcard_union_sample.csv.zst" "$@"
