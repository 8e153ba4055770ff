#!/usr/bin/env bash
# A year of Sparkov's cards: the same bytes at 1, 3 and 7 ranks, every row accounted for, every
# alert found again in the input with the figures of its reasons.
source "$(dirname "$0")/common.sh"
file=$PARAUDIT_TEST_DATA/sparkov/transactions.csv.zst
if [ ! -r "$file" ]; then
    echo "SKIPPED: no public data in $PARAUDIT_TEST_DATA"
    exit 77
fi
for ranks in 1 3 7; do
    on "$ranks" "$program" audit "$source/jobs/presets/sparkov.ini" --quiet --set patterns.run=no --set embedding.run=no --set expected.run=no --set forecast.run=no --out "r$ranks" --set input.files="$file"
    [ "$ranks" -eq 1 ] && continue
    same r1/audit.h5 "r$ranks/audit.h5"
    same r1/alerts.csv "r$ranks/alerts.csv"
    rm -r "r$ranks"
done
/usr/bin/python3 - <<'END'
import h5py
f = h5py.File("r1/audit.h5")
t = f["transactions"]
assert f.attrs["rows_read"] == len(t["tx"]) == 435543 and f.attrs["rows_rejected"] == 0
assert (t["label"][:] == 1).sum() == 4734
assert len(f["merchants/id"]) == 693 and len(f["categories/category"]) == 14
END
zstd -dcq "$file" >sparkov.csv
/usr/bin/python3 "$source/tests/program/trace.py" r1 sparkov.csv tx=trans_id account=account_id merchant=merchant \
    time=trans_date_trans_time amount=amt label=is_fraud category=category \
    home_lat=lat home_lon=long merchant_lat=merch_lat merchant_lon=merch_long least=15
