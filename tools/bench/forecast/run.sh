#!/usr/bin/env bash
# Forecasts beside statsforecast, rustima, augurs, Prophet and R, where they are:
#     bash tools/bench/forecast/run.sh [--step N] [FOLDER]
# Quality on M3 at the competition's horizons, speed on the daily counts of the Fraud Detection
# Handbook's accounts, in three rounds of all in turn; both from PARAUDIT_TEST_DATA or
# ../shared/data. FOLDER (default build/bench-forecast) gets all files, and what statsforecast has
# said stays there for the next time: that takes hours, of which most for AutoARIMA of the monthly
# series. --step 20, the quick mode, asks it for every 20th series only, with which ours are
# compared then; Prophet for 20 series, not 100; and speeds of 40, not 200. The peers go to a
# virtual environment outside the tree, PARAUDIT_PEERS or ~/.cache/paraudit/peers-forecast.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
step=1
if [[ ${1:-} == --step ]]; then
    step=${2:?--step: how many series are passed over}
    shift 2
fi
folder=${1:-build/bench-forecast}
n_prophet=$((step > 1 ? 20 : 100)) n_speed=$((step > 1 ? 40 : 200))
data=${PARAUDIT_TEST_DATA:-../shared/data}
peers=${PARAUDIT_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paraudit/peers-forecast}
here=tools/bench/forecast
export OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

cmake --preset release >/dev/null
cmake --build build/release --target bench_forecast count_likelihood lstm_gradient paraudit >/dev/null
[[ -x $peers/bin/python ]] || python3 -m venv "$peers"
while read -r package; do # one by one: some are not made for every machine
    "$peers/bin/pip" install --quiet --disable-pip-version-check "$package" || echo "skipped: $package does not install"
done < <(grep -v "^#" tools/bench/peers/requirements-forecast.txt)
mkdir -p "$folder"
python3 $here/m3.py "$data/m3" "$folder"
for f in "yearly 1 6" "quarterly 4 8" "monthly 12 18" "other 1 8"; do
    read -r frequency season horizon <<<"$f"
    train=$folder/train_$frequency.csv
    for model in theta ets ces arima lstm auto; do
        build/release/bin/paraudit forecast "$train" --season "$season" --horizon "$horizon" --model $model \
            --out "$folder/ours_${frequency}_$model.csv" --replace --quiet >/dev/null
    done
    for model in theta ets ces arima; do
        out=$folder/theirs_${step}_${frequency}_$model.csv
        [ -e "$out" ] || "$peers/bin/python" $here/peers.py "$train" "$season" "$horizon" $model "$out" "$step"
    done
done
failed=0
"$peers/bin/python" $here/score.py "$folder" "$step" 12.65 || failed=1

counts=$folder/counts.csv
[ -e "$counts" ] || python3 $here/counts.py "$data/handbook/transactions.csv.zst" "$counts"
echo
"$peers/bin/python" $here/prophet_map.py "$counts" "$folder/train_monthly.csv" "$folder" build/release/bin $n_prophet || failed=1
echo
for season in 1 7; do
    "$peers/bin/python" $here/speed.py "$counts" $season 7 $n_speed 3 build/release/bin/bench_forecast || failed=1
    for model in ces auto; do
        echo "ours, season $season: $(build/release/bin/bench_forecast "$counts" $season 7 $model 3)"
    done
done
echo "ours: $(build/release/bin/bench_forecast "$counts" 1 7 arma11 5)"

echo
customers=$folder/customers.csv
[ -e "$customers" ] || python3 $here/counts.py "$data/sessions/cdnow_transactions.csv.zst" "$customers"
judge() { # FILE DAYS: the last days, how likely they are
    echo "$(basename "$1" .csv): $(build/release/bin/count_likelihood "$1" 7 "$2" | "$peers/bin/python" $here/count_likelihood.py)"
}
judge "$counts" 30
judge "$customers" 273
torch=${PARAUDIT_TORCH:-$peers/bin/python} # of two gigabytes: not among what is installed above
if "$torch" -c 'import torch' 2>/dev/null; then
    build/release/bin/lstm_gradient | "$torch" $here/lstm_torch.py || failed=1
else
    echo "skipped: gradients beside PyTorch's, it is not installed"
fi

echo
if ! command -v Rscript >/dev/null; then
    echo "skipped: R's arima and forecast, there is no Rscript"
else
    for order in 11 21 12 22; do
        build/release/bin/bench_forecast "$counts" 1 7 arma$order 0 >"$folder/squares_$order.txt"
        Rscript $here/css.R "$counts" 400 ${order:0:1} ${order:1:1} "$folder/squares_$order.txt" || failed=1
    done
    if Rscript -e 'library(forecast)' &>/dev/null; then
        for season in 1 7; do Rscript $here/speed.R "$counts" $season 20; done
    else
        echo "skipped: R's package forecast is not installed"
    fi
fi
exit $failed
