#!/usr/bin/env bash
# How good the stage `expected` is:
#   bash tools/bench/expected/run.sh [SEED]     (default 1: the portfolio of jobs/judge.ini)
# Without labels each kind of fraud by its surprise; bits a row beside personal and global
# frequency, tuned; expected over observed by decile of all candidate merchants; one per cent of
# the Fraud Detection Handbook's accounts taken over for ten rows, where ../shared/data is; then the
# ensemble with labels, with the stage and without. Python with numpy and h5py.
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
seed=${1:-1}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
paraudit=build/release/bin/paraudit
build release

mpirun -n 2 "$paraudit" generate --rows 4000000 --seed "$seed" --out "$out/portfolio.csv" 2>/dev/null
audit() { # NAME LEFT_OUT
    mpirun -n 2 "$paraudit" audit jobs/judge.ini --quiet --out "$out/$1" --set input.files="$out/portfolio.csv" \
        --set input.kind=kind --set job.leave_out="$2"
}
judge() { python3 tools/bench/expected/judge.py "$@"; }

audit alone boosting,iforest,ecod,tails
judge scores "$out/alone/audit.h5"
judge loss "$out/alone/audit.h5"
judge calibration "$out/alone/audit.h5" 20000
rm -r "$out/alone"

handbook=${PARAUDIT_TEST_DATA:-../shared/data}/handbook/transactions.csv.zst
if [ -e "$handbook" ]; then
    zstd -dc "$handbook" >"$out/handbook.csv"
    judge swap "$out/handbook.csv" "$out/swapped.csv" 2018-08-01
    printf '%s\n' '[input]' 'preset = handbook' '[split]' 'history_from = 2018-04-01' 'reference_from = 2018-08-01' \
        'train_from = 2018-08-08' 'train_until = 2018-08-15' 'audit_from = 2018-08-22' 'audit_until = 2018-09-05' \
        'label_delay_days = 7' 'as_of = 2019-01-01' >"$out/handbook.ini"
    mpirun -n 2 "$paraudit" audit "$out/handbook.ini" --quiet --out "$out/taken" --set input.kind=kind \
        --set input.files="$out/swapped.csv" \
        --set job.leave_out=boosting,iforest,ecod,tails,combinations,patterns
    judge loss "$out/taken/audit.h5"
    rm -r "$out/taken"
fi

audit without iforest,ecod,expected
audit with iforest,ecod
python3 tools/bench/patterns/judge.py gain "$out/without/audit.h5" "$out/with/audit.h5"
