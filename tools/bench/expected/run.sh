#!/usr/bin/env bash
# How good the stage `expected` is, on the portfolio of jobs/judge.ini:
#   bash tools/bench/expected/run.sh [SEED [WHAT ...]]     (default 1, all of it)
# scores       without labels each kind of fraud by its surprise
# loss         bits a row beside personal and global frequency, tuned
# calibration  expected over observed by decile of all candidate merchants
# takeover     one per cent of the accounts of the Fraud Detection Handbook and of Sparkov's go on
#              with ten rows of another one, where ../shared/data is
# gain         the ensemble with labels, with the stage and its vectors and without: on the columns
#              of commit 2ec82d5 and on those that have come since, each without places and with;
#              ten audits
# Python with numpy and h5py; $ROWS (4000000) of the portfolio.
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
seed=${1:-1}
shift || true
what=" ${*:-scores loss calibration takeover gain} "
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
paraudit=${PARAUDIT:-build/release/bin/paraudit} # or one that stays as it is meanwhile
[ -n "${PARAUDIT:-}" ] || build release

wanted() { [[ $what == *" $1 "* ]]; }
audit() { # NAME LEFT_OUT [FEATURES]
    mpirun -n 2 "$paraudit" audit jobs/judge.ini --quiet --out "$out/$1" --set input.files="$out/portfolio.csv" \
        --set input.kind=kind --set job.leave_out="$2" --set boosting.features="${3:-auto}"
}
judge() { python3 tools/bench/expected/judge.py "$@"; }
if wanted scores || wanted loss || wanted calibration || wanted gain; then
    mpirun -n 2 "$paraudit" generate --rows "${ROWS:-4000000}" --order time --seed "$seed" --out "$out/portfolio.csv" 2>/dev/null
fi

if wanted scores || wanted loss || wanted calibration; then
    audit alone boosting,iforest,ecod,tails,forecast
    ! wanted scores || judge scores "$out/alone/audit.h5"
    ! wanted loss || judge loss "$out/alone/audit.h5"
    ! wanted calibration || judge calibration "$out/alone/audit.h5" 20000
    rm -r "$out/alone"
fi

taken_over() { # NAME FROM JOB: of the data of that name, from that day on
    local data=${PARAUDIT_TEST_DATA:-../shared/data}/$1/transactions.csv.zst
    [ -e "$data" ] || return 0
    zstd -dc "$data" >"$out/$1.csv"
    judge swap "$out/$1.csv" "$out/swapped.csv" "$2"
    printf '%s\n' '[input]' "preset = $1" '[split]' "$3" 'label_delay_days = 7' >"$out/$1.ini"
    mpirun -n 2 "$paraudit" audit "$out/$1.ini" --quiet --out "$out/taken" --set input.kind=kind \
        --set input.files="$out/swapped.csv" \
        --set job.leave_out=boosting,iforest,ecod,tails,combinations,patterns
    echo "$1:"
    judge loss "$out/taken/audit.h5"
    rm -r "$out/taken"
}
if wanted takeover; then
    taken_over handbook 2018-08-01 'history_from = 2018-04-01
reference_from = 2018-08-01
train_from = 2018-08-08
train_until = 2018-08-15
audit_from = 2018-08-22
audit_until = 2018-09-05
as_of = 2019-01-01'
    taken_over sparkov 2019-07-01 'history_from = 2019-01-01
reference_from = 2019-07-01
train_from = 2019-08-01
train_until = 2019-09-01
audit_from = 2019-09-08
audit_until = 2020-01-01
as_of = 2020-07-01'
fi

# The columns that came after 2ec82d5, but for those of merchants that are expected.
newer=-account_fraud_count,-account_fraud_age_days,-account_high_count_14d,-account_ratio_max_14d,-amount_ratio_account
newer+=,-amount_z_account,-merchant_fraud_start_days,-merchant_fraud_share_last,-merchant_own_fraud_start_days
newer+=,-merchant_own_fraud_age_days,-merchant_own_fraud_run,-merchant_own_fraud_rate_35d
newer+=",-company,-combination,-basket,-rule,-low amounts,-expected count,-expected amount"
days=,-account_merchant_days # since the account's last row there: beside what is expected, and without
wanted gain || exit 0
compare() { # COLUMNS: with the stage beside the audit `without`
    audit with iforest,ecod,combinations "$1"
    echo "columns: $1"
    judge gain "$out/without/audit.h5" "$out/with/audit.h5"
    rm -r "${out:?}/with"
}
for place in ,-place ''; do
    audit without iforest,ecod,combinations,expected,embedding "all,$newer$days$place"
    compare "all,$newer$place"
    compare "all,$newer$days$place"
    rm -r "${out:?}/without"
    audit without iforest,ecod,combinations,expected,embedding "all$place"
    compare "all$place"
    rm -r "${out:?}/without"
done
