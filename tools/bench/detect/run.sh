#!/usr/bin/env bash
# Detectors that learn from labels beside their peers:
#   bash tools/bench/detect/run.sh boosting [--rows N] ...   boosted trees: speed, average precision, 1 and 2 ranks
#   bash tools/bench/detect/run.sh logistic [--rows N] ...   logistic regression, also on the Kaggle/ULB sample of
#                                                            PARAUDIT_TEST_DATA or ../shared/data, where it is
# The arguments go to compare.py and logistic.py. Builds what it needs; the peers go to a
# virtual environment outside the tree, PARAUDIT_PEERS or ~/.cache/paraudit/peers-detect.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-detect}
unset PARAUDIT_PEERS # paraudit would take it for a key
what=${1:?usage: run.sh boosting|logistic [--rows N] ...}
shift

cmake --preset release >/dev/null
cmake --build build/release --target bench_boosting bench_logit paraudit >/dev/null
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/requirements-detect.txt
case $what in
boosting)
    failed=0
    "$peers/bin/python" tools/bench/detect/compare.py build/release/bin/bench_boosting "$@" || failed=1
    "$peers/bin/python" tools/bench/detect/compare.py build/release/bin/bench_boosting --ranks "$@" || failed=1
    exit $failed
    ;;
logistic)
    "$peers/bin/python" tools/bench/detect/logistic.py build/release/bin/bench_logit build/release/bin/paraudit \
        --ulb "${PARAUDIT_TEST_DATA:-../shared/data}/ulb_creditcard/creditcard_union_sample.csv.zst" "$@"
    ;;
*) echo "run.sh: boosting or logistic, not '$what'" >&2; exit 64 ;;
esac
