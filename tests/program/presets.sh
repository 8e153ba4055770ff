#!/usr/bin/env bash
# Each preset reads the real data set that it is named for, audits it to the end
# and accounts for every row.
source "$(dirname "$0")/common.sh"
data=$PARAUDIT_TEST_DATA
if [ ! -d "$data/presets" ]; then
    echo "SKIPPED: no public data in $data"
    exit 77
fi

# run PRESET FILE [--set ...]: audited by 1 and by 3 ranks, straight from the
# compressed file, to the same bytes.
run() {
    local preset=$1 file=$2 ranks
    shift 2
    for ranks in 1 3; do
        on "$ranks" "$program" audit "$source/jobs/presets/$preset.ini" --quiet --out "$preset.$ranks" \
            --set input.files="$file" "$@" >"$preset.$ranks.txt"
    done
    same "$preset.1/audit.h5" "$preset.3/audit.h5"
    same "$preset.1/alerts.csv" "$preset.3/alerts.csv"
    on 2 "$program" verify "$preset.3" --inputs "$(dirname "$file")" >/dev/null
}

# The sample has rows of January 2019 and of summer 2020: none in the usual reference part.
run sparkov "$data/presets/sparkov_sample.csv.zst" \
    --set split.reference_from=2019-01-02 --set split.audit_from=2020-06-22 --set split.audit_until=2020-09-19
run paysim "$data/presets/paysim_sample.csv.zst"
run tabformer "$data/presets/tabformer_user0.csv.zst" \
    --set split.audit_from=2015-11-01 --set split.audit_until=2016-04-01
run ulb "$data/ulb_creditcard/creditcard_union_sample.csv.zst"
grep -q 'stage history stands aside: ' ulb.3/log.txt || fail "ulb: nothing stands aside"

/usr/bin/python3 - <<'END'
import h5py, numpy as np

def book(preset):
    f = h5py.File(f"{preset}.3/audit.h5")
    t = f["transactions"]
    read, rejected = f.attrs["rows_read"], f.attrs["rows_rejected"]
    assert read == len(t["tx"]) + rejected and rejected == 0, (preset, read, rejected)
    assert len(set(t["tx"][:].tolist())) == len(t["tx"]), preset
    audited = t["split"][:] == [n.decode() for n in f["categories/split"][:]].index("audit")
    assert audited.any() and np.isfinite(t["score"][:][audited]).all(), preset
    for name in t:
        if t[name].dtype == np.float32 and not name.startswith(("iforest", "boosting", "contribution", "margin")):
            finite = np.isfinite(t[name][:])
            assert finite[audited].all(), (preset, name)
    return f, t

def names(f, column):
    return {n.decode() for n in f[f"categories/{column}"][:]}

f, t = book("sparkov")
assert len(t["tx"]) == 8245 and len(f["accounts/id"]) == 906 and (t["label"][:] == 1).sum() == 1094
assert len(names(f, "category")) == 14 and b"0b242abb623afc578575680df30655b9" in set(t["tx_id"][:])
first = int(np.flatnonzero(t["tx_id"][:] == b"0b242abb623afc578575680df30655b9")[0])
assert t["amount_minor"][first] == 497 and f["accounts/id"][t["account"][first]] == b"2703186189652095"
assert f["merchants/id"][t["merchant"][first]] == b"fraud_Rippin, Kub and Mann"
# Home and merchant are some 80 km apart.
assert 60 < t["distance_home_km"][first] < 100, t["distance_home_km"][first]

f, t = book("paysim")
assert len(t["tx"]) == 3000 and (t["label"][:] == 1).sum() == 500
assert names(f, "channel") == {"CASH_IN", "CASH_OUT", "DEBIT", "PAYMENT", "TRANSFER"}
row = int(np.flatnonzero(t["tx"][:] == 2)[0])  # the second line of the first file
assert t["amount_minor"][row] == 17673238 and f["merchants/id"][t["merchant"][row]] == b"C810221553"
assert t["time"][row] == np.datetime64("2017-01-01", "s").astype("int64") + 159 * 3600

f, t = book("tabformer")
assert len(t["tx"]) == 19963 and (t["label"][:] == 1).sum() == 27
assert {n.decode() for n in f["accounts/id"][:]} == {f"0/{card}" for card in range(5)}
row = int(np.flatnonzero(t["tx"][:] == 2)[0])
assert t["amount_minor"][row] == 13409
assert t["time"][row] == np.datetime64("2002-09-01T06:21", "s").astype("int64")
assert (t["amount_minor"][:] == -9900).any() and "La Verne" not in names(f, "country") and "CA" in names(f, "country")

f, t = book("ulb")
assert len(t["tx"]) == 23996 == len(f["accounts/id"]) and (t["label"][:] == 1).sum() == 492
assert "account_tx_count_1d" not in t and "merchant_tx_count_1d" not in t
features = [n.decode() for n in f["categories/feature"][:]]
assert [n for n in features if n.startswith("input_")] == [f"input_V{i}" for i in range(1, 29)], features
row = int(np.flatnonzero(t["tx"][:] == 2)[0])
assert t["input_V1"][row] == np.float32("-1.3598071336738") and t["amount_minor"][row] == 14962
END
