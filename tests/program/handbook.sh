#!/usr/bin/env bash
# One fold of the Fraud Detection Handbook's portfolio, 1.5 M rows: its row and
# fraud counts, the same bytes for any number of ranks, and the memory it takes.
source "$(dirname "$0")/common.sh"
data=$PARAUDIT_TEST_DATA/handbook/transactions.csv.zst
[ -r "$data" ] || { echo "SKIPPED: there is no $data (set PARAUDIT_TEST_DATA)"; exit 77; }
unset MALLOC_TRIM_THRESHOLD_ # memory is measured
zstd -qdc "$data" >transactions.csv
fold=(--set input.files=transactions.csv --set split.train_from=2018-07-25 --set split.train_until=2018-08-01
    --set split.label_delay_days=7 --set split.audit_from=2018-08-08 --set split.audit_until=2018-08-15)

for ranks in 1 2 3 4 7; do
    on "$ranks" "$program" audit "$source/jobs/handbook.ini" --quiet "${fold[@]}" --out "r$ranks"
    [ "$ranks" -eq 1 ] || { same r1/audit.h5 "r$ranks/audit.h5"; rm "r$ranks/audit.h5"; }
done
on 3 "$program" evaluate r1 --protocol handbook --json >judged.json
/usr/bin/python3 - <<'END' || fail "see above"
import json

import h5py

run = {n: json.load(open(f"r{n}/run.json")) for n in (1, 2, 4)}
file = h5py.File("r1/audit.h5")
names = [n.decode() for n in file["categories/split"][...]]
rows = dict(zip(names, file["splits/rows"][...]))
frauds = dict(zip(names, file["splits/frauds"][...]))
assert (rows["history"], rows["reference"]) == (0, 1102483), rows
assert (rows["train"], frauds["train"]) == (67240, 598), (rows, frauds)
assert (rows["audit"], frauds["audit"]) == (67080, 568), (rows, frauds)
assert sum(rows.values()) + file.attrs["rows_rejected"] == file.attrs["rows_read"] == 1504628
judged = json.load(open("judged.json"))["summary"]
assert (judged["rows_judged"], judged["frauds"]) == (58264, 385), judged
assert run[2]["memory"]["peak_to_columns"] <= 2, run[2]["memory"]
most = max(run[4]["memory"]["peak_of_rank"]) / run[1]["memory"]["peak_of_rank"][0]
print("peak over 2 ranks / columns", run[2]["memory"]["peak_to_columns"], "; a rank of 4 / one rank", most)
assert most <= 0.35, most
END
