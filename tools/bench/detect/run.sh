#!/usr/bin/env bash
# Detectors that learn from labels beside their peers, all of it, or one part:
#   bash tools/bench/detect/run.sh                           all four, speed with fewer rows: some 10 minutes on 2 cores
#   bash tools/bench/detect/run.sh boosting [--rows N] ...   boosted trees: speed, average precision, 1 and 2 ranks
#   bash tools/bench/detect/run.sh folds [--depth N] ...     average precision on the Handbook's and Sparkov's folds
#   bash tools/bench/detect/run.sh contributions [--rows N]  what each column adds to a score, by one and the same model
#   bash tools/bench/detect/run.sh logistic [--rows N] ...   logistic regression, also on the Kaggle/ULB sample
# The arguments go to compare.py, folds.py, contributions.py and logistic.py, which say what they do.
# Public data is looked for in PARAUDIT_TEST_DATA or ../shared/data; what is not there is passed over
# with a word. Builds what it needs; the peers go to a virtual environment outside the tree,
# PARAUDIT_PEERS or ~/.cache/paraudit/peers-detect.
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-detect}
data=${PARAUDIT_TEST_DATA:-../shared/data}
unset PARAUDIT_PEERS PARAUDIT_TEST_DATA # paraudit would take them for keys
bin=build/release/bin

cmake --preset release >/dev/null
cmake --build build/release --target bench_boosting bench_logit paraudit >/dev/null
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/requirements-detect.txt

run() {
    local what=$1 failed=0
    shift
    case $what in
    boosting)
        "$peers/bin/python" tools/bench/detect/compare.py $bin/bench_boosting "$@" || failed=1
        "$peers/bin/python" tools/bench/detect/compare.py $bin/bench_boosting --ranks "$@" || failed=1
        return $failed
        ;;
    folds) "$peers/bin/python" tools/bench/detect/folds.py $bin/bench_boosting $bin/paraudit --data "$data" "$@" ;;
    contributions) "$peers/bin/python" tools/bench/detect/contributions.py $bin/bench_boosting "$@" ;;
    logistic)
        "$peers/bin/python" tools/bench/detect/logistic.py $bin/bench_logit $bin/paraudit \
            --ulb "$data/ulb_creditcard/creditcard_union_sample.csv.zst" "$@"
        ;;
    *)
        echo "run.sh: boosting, folds, contributions or logistic, not '$what'" >&2
        return 64
        ;;
    esac
}

if [[ $# -gt 0 ]]; then
    run "$@"
    exit
fi
failed=0
for what in "boosting --rows 300000" folds contributions logistic; do
    printf '\n== %s\n' "$what"
    # shellcheck disable=SC2086
    run $what || failed=1
done
exit $failed
