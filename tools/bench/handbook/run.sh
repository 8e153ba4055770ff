#!/usr/bin/env bash
# The Handbook's published figures from paraudit's own columns, one fold:
#   bash tools/bench/handbook/run.sh TRANSACTIONS.csv [TRAINING START, default 2018-07-25]
# The peers go to a virtual environment outside the tree, PARAUDIT_PEERS or
# ~/.cache/paraudit/peers, followed by "-handbook".
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
file=$(realpath "${1:?usage: run.sh TRANSACTIONS.csv [START]}")
start=${2:-2018-07-25}
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers}-handbook
unset PARAUDIT_PEERS   # paraudit would take it for a key
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
day() { date -u -d "$start + $1 days" +%F; }

build release
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check -r tools/bench/peers/handbook.txt
mpirun -n 2 build/release/bin/paraudit audit jobs/handbook.ini --quiet --out "$out" --set input.files="$file" \
    --set split.train_from="$start" --set split.train_until="$(day 7)" --set split.label_delay_days=7 \
    --set split.audit_from="$(day 14)" --set split.audit_until="$(day 21)"
"$peers/bin/python" tools/bench/handbook/folds.py "$out/audit.h5"
