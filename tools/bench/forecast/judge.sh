#!/usr/bin/env bash
# What the stage `forecast` sees:  bash tools/bench/forecast/judge.sh [SEED]
# On the portfolio of jobs/judge.ini (SEED 1 unless said) each kind of fraud by its columns, without
# labels, and what it adds to the ensemble with labels; where ../shared/data is, bursts on quiet accounts
# of the Fraud Detection Handbook, and how many other days look like one, and CDNOW's log-likelihood a
# day. Python with numpy and h5py.
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
seed=${1:-1}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
paraudit=build/release/bin/paraudit
here=tools/bench/forecast
build release

mpirun -n 2 "$paraudit" generate --rows 4000000 --order time --seed "$seed" --out "$out/portfolio.csv" 2>/dev/null
audit() { # NAME LEFT_OUT [more --set ...]
    mpirun -n 2 "$paraudit" audit jobs/judge.ini --quiet --out "$out/$1" --set input.files="$out/portfolio.csv" \
        --set input.kind=kind --set job.leave_out="$2" "${@:3}"
}

audit scores boosting,iforest,ecod,patterns,expected,combinations
python3 $here/judge.py "$out/scores/audit.h5"
rm -r "${out:?}/scores"

handbook=${PARAUDIT_TEST_DATA:-../shared/data}/handbook/transactions.csv.zst
if [ -e "$handbook" ]; then
    zstd -dc "$handbook" >"$out/handbook.csv"
    python3 $here/bursts.py plant "$out/handbook.csv" "$out/bursts.csv" 2018-07-01
    printf '%s\n' '[input]' 'preset = handbook' '[split]' 'history_from = 2018-04-01' 'reference_from = 2018-07-01' \
        'train_from = 2018-07-25' 'train_until = 2018-08-01' 'audit_from = 2018-08-08' 'audit_until = 2018-09-05' \
        'label_delay_days = 7' 'as_of = 2019-01-01' >"$out/handbook.ini"
    mpirun -n 2 "$paraudit" audit "$out/handbook.ini" --quiet --out "$out/bursts" --set input.files="$out/bursts.csv" \
        --set job.leave_out=boosting,iforest,ecod,combinations,patterns,expected
    python3 $here/bursts.py tell "$out/bursts/audit.h5" 2018-07-01
    rm -r "${out:?}/bursts"
fi

cdnow=${PARAUDIT_TEST_DATA:-../shared/data}/sessions/cdnow_transactions.csv.zst
if [ -e "$cdnow" ]; then
    cmake --build build/release --target test_cdnow >/dev/null
    python3 $here/cdnow.py "$cdnow"
fi

audit without iforest,ecod,forecast
audit with iforest,ecod --set boosting.features="all,-expected merchant,-company"
python3 tools/bench/patterns/judge.py gain "$out/without/audit.h5" "$out/with/audit.h5"
