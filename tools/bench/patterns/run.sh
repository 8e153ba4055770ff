#!/usr/bin/env bash
# What the patterns stage sees without labels, and what it adds with them:
#   bash tools/bench/patterns/run.sh [SEED]     (default 1: the portfolio of jobs/judge.ini)
# Each kind of fraud by each of the stage's columns and by its one score; then the ensemble with
# labels, with the patterns and without, on the columns that there were before this stage and
# on those of commit 2ec82d5, each with and without those about places. Nine audits
# of four million rows, one to two minutes each; Python with numpy and h5py.
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
seed=${1:-1}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
paraudit=build/release/bin/paraudit
build release

mpirun -n 2 "$paraudit" generate --rows 4000000 --order time --seed "$seed" --out "$out/portfolio.csv" 2>/dev/null
audit() { # NAME LEFT_OUT FEATURES
    mpirun -n 2 "$paraudit" audit jobs/judge.ini --quiet --out "$out/$1" --set input.files="$out/portfolio.csv" \
        --set input.kind=kind --set job.leave_out="$2" --set boosting.features="$3"
}
judge() { python3 tools/bench/patterns/judge.py "$@"; }

audit scores boosting all
judge scores "$out/scores/audit.h5"
rm -r "${out:?}/scores"

# The columns that came after 2ec82d5 and before the patterns.
newer=-account_fraud_count,-account_fraud_age_days,-account_high_count_14d,-account_ratio_max_14d,-amount_ratio_account
newer+=,-amount_z_account,-merchant_fraud_start_days,-merchant_fraud_share_last,-merchant_own_fraud_start_days
newer+=,-merchant_own_fraud_age_days,-merchant_own_fraud_run,-merchant_own_fraud_rate_35d,-account_merchant_days
places=-place
patterns="-company,-combination,-basket,-rule,-low amounts"
for columns in "all,$newer,$places" "all,$newer,-company" "all,$places" "all,-company"; do
    audit without iforest,ecod,combinations "$columns,$patterns"
    audit with iforest,ecod "$columns"
    echo "columns: $columns"
    judge gain "$out/without/audit.h5" "$out/with/audit.h5"
    rm -r "${out:?}/without" "${out:?}/with"
done
