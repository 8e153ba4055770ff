#!/usr/bin/env bash
# The alerts of the quickstart's portfolio beside those of XGBoost and LightGBM on the same columns:
#   bash tools/bench/quickstart/run.sh [SEED ...]     (default: 1 11 12, portfolios of a million rows)
# Seed 1 is the quickstart's own. Builds what it needs; the peers go to a virtual environment
# outside the tree, PARAUDIT_PEERS or ~/.cache/paraudit/peers-detect.
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-detect}
unset PARAUDIT_PEERS # paraudit would take it for a key
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
paraudit=build/release/bin/paraudit

build release
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/requirements-quickstart.txt

audit() { # NAME [SETTING ...]: of the portfolio at hand
    local name=$1
    shift
    mpirun -n 2 "$paraudit" audit jobs/quickstart.ini --quiet --out "$out/$name" --replace \
        --set input.files="$out/portfolio.csv" --set input.kind=kind "$@"
}

[ $# -gt 0 ] || set -- 1 11 12
for seed; do
    mpirun -n 2 "$paraudit" generate --rows 1000000 --order time --seed "$seed" --out "$out/portfolio.csv" --replace 2>/dev/null
    audit labels
    audit label_free --set fuse.labels=ignore --set job.leave_out=boosting,combinations,iforest,ecod
    audit forest --set fuse.labels=ignore --set job.leave_out=boosting,tails,combinations,ecod
    echo "seed $seed"
    "$peers/bin/python" tools/bench/quickstart/compare.py "$out/labels" "$out/label_free" "$out/forest" "$out/counts.csv"
done
"$peers/bin/python" tools/bench/quickstart/compare.py --all "$out/counts.csv"
