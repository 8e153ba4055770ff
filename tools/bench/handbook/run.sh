#!/usr/bin/env bash
# The Fraud Detection Handbook's protocol:
#   bash tools/bench/handbook/run.sh TRANSACTIONS.csv [--jobs N] [--folds validation,test,unseen]
#       the table of folds and detectors, with peers on the same columns (table.py)
#   bash tools/bench/handbook/run.sh TRANSACTIONS.csv columns [--replicates N] [--ranks N]
#       what the columns about an account's whole past and about known frauds are worth (columns.py)
#   bash tools/bench/handbook/run.sh TRANSACTIONS.csv book [TRAINING START, default 2018-07-25]
#       the book's published figures from paraudit's own columns, one fold (folds.py)
# The peers go to a virtual environment outside the tree, PARAUDIT_PEERS or
# ~/.cache/paraudit/peers, followed by "-handbook" or, for the book's old versions, "-book".
# One that does not install is left out, with a word; numpy and h5py must be there.
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
file=$(realpath "${1:?usage: run.sh TRANSACTIONS.csv [columns|book] ...}")
shift
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers}
unset PARAUDIT_PEERS   # paraudit would take it for a key

# environment FOLDER REQUIREMENTS: each line by itself, so that one that fails stops no other.
environment() {
    [[ -x $1/bin/python ]] || python3 -m venv "$1"
    while read -r package; do
        [[ $package == \#* ]] || "$1/bin/pip" install --quiet --disable-pip-version-check "$package" ||
            echo "NOTE $package cannot be installed" >&2
    done <"tools/bench/peers/$2"
}

book() {
    local start=${1:-2018-07-25}
    day() { date -u -d "$start + $1 days" +%F; }
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
    mpirun -n 2 build/release/bin/paraudit audit jobs/handbook.ini --quiet --out "$out" --set input.files="$file" \
        --set split.train_from="$start" --set split.train_until="$(day 7)" --set split.label_delay_days=7 \
        --set split.audit_from="$(day 14)" --set split.audit_until="$(day 21)"
    "$peers-book/bin/python" tools/bench/handbook/folds.py "$out/audit.h5"
}

build release
if [[ ${1:-} == book ]]; then
    environment "$peers-book" handbook.txt
    book "${@:2}"
    exit
fi
script=table.py
[[ ${1:-} == columns ]] && { script=columns.py; shift; }
environment "$peers-handbook" requirements-handbook.txt
"$peers-handbook/bin/python" "tools/bench/handbook/$script" build/release/bin/paraudit "$file" "$@"
