#!/usr/bin/env bash
# Further numbers that are missing here and there: the same bytes for any number of
# ranks, models that later rows do not touch, and reasons that are there.
source "$(dirname "$0")/common.sh"

/usr/bin/python3 - <<'END'
import random
random.seed(11)
with open("b.csv", "w") as f:
    print("tx,account,merchant,time,amount,label,V1,V2,V3", file=f)
    for i in range(4000):
        fraud = random.random() < .02
        print(i, f"acc{random.randrange(60)}", f"m{random.randrange(90)}", 1704067200 + i * 60 * 86400 // 4000,
              f"{random.lognormvariate(3 + fraud, 1):.2f}", int(fraud), f"{random.gauss(6 * fraud, 1):.5f}", i % 7, i % 3,
              sep=",", file=f)
END
book=("$source/jobs/presets/generic.ini" --quiet --set 'input.numeric=V*')
on 2 "$program" audit "${book[@]}" --out whole --set input.files=b.csv

# gaps.h5: a fifth of V1 missing, V2 seldom, V3 throughout;
# later.h5: V1 missing on the audited days as well.
/usr/bin/python3 - <<'END'
import shutil
import h5py
import numpy as np
for name in ("gaps.h5", "later.h5"):
    shutil.copy("whole/audit.h5", name)
    with h5py.File(name, "r+") as f:
        t = f["transactions"]
        tx, split = t["tx"][()], t["split"][()]
        v1, v2, v3 = (t[f"input_V{k}"][()] for k in (1, 2, 3))
        v1[tx % 5 == 2] = np.nan
        v2[tx % 50 == 3] = np.nan
        v3[:] = np.nan
        if name == "later.h5":
            v1[split == split.max()] = np.nan
        for k, v in enumerate((v1, v2, v3), 1):
            t[f"input_V{k}"][...] = v
END
for ranks in 1 2 3 4; do
    on "$ranks" "$program" audit "${book[@]}" --out "r$ranks" --set input.files=gaps.h5
    same r1/audit.h5 "r$ranks/audit.h5"
    same r1/alerts.csv "r$ranks/alerts.csv"
done
on 3 "$program" audit "${book[@]}" --out tiny --set input.files=gaps.h5 \
    --set io.block=77 --set io.read_buffer=90 --set io.exchange_piece=700
same r1/audit.h5 tiny/audit.h5
on 2 "$program" verify r1 --inputs . >/dev/null

# A CSV file with the same cells empty gives the same audit.
/usr/bin/python3 - <<'END'
import csv
rows = list(csv.DictReader(open("b.csv")))
for r in rows:
    r["V1"] = "" if int(r["tx"]) % 5 == 2 else r["V1"]
    r["V2"] = " " if int(r["tx"]) % 50 == 3 else r["V2"]
    r["V3"] = ""
with open("gaps.csv", "w") as f:
    csv.DictWriter(f, rows[0]).writeheader()
    csv.DictWriter(f, rows[0]).writerows(rows)
END
on 2 "$program" audit "${book[@]}" --out csv --set input.files=gaps.csv
same r1/alerts.csv csv/alerts.csv
on 2 "$program" audit "${book[@]}" --out later --set input.files=later.h5

! grep -qi nan r1/alerts.csv || fail "alerts.csv: $(grep -i nan r1/alerts.csv | head -n 1)"
grep -q "isolation forest learns nothing from 1 of its columns, 'input_V3'" r1/run.json || fail "V3 is not told"

/usr/bin/python3 - <<'END'
import h5py
import numpy as np

f, later = h5py.File("r1/audit.h5"), h5py.File("later/audit.h5")
t, of_csv = f["transactions"], h5py.File("csv/audit.h5")["transactions"]
for name in t:
    assert t[name][()].tobytes() == of_csv[name][()].tobytes(), name
names = [n.decode().rstrip("\0") for n in f["categories/feature"][()]]
# What models of the history say is missing in it.
early = t["split"][()] < [n.decode().rstrip("\0") for n in f["categories/split"][()]].index("reference")
missing = np.stack([np.isnan(t[n][()]) & ~(t[n].attrs["fitted"] & early) for n in names])
assert missing.any(axis=1).sum() == 3 and missing.any(axis=0).all()
assert b"NaN" in t["input_V1"].attrs["description"]

# Every row that is to be scored is, and no reason points at what is not there.
scored = np.isfinite(t["margin"][()])
assert scored.sum() > 1000
for d in ("iforest", "ecod"):
    assert np.array_equal(np.isfinite(t[f"{d}_raw"][()]), scored)
    for k in (1, 2, 3):
        code = t[f"{d}_reason{k}"][()]
        given = code >= 0
        assert given[scored].mean() > .5
        assert not missing[code[given], np.flatnonzero(given)].any(), d
r = f["alert_reasons"]
assert len(r["value"]) > 50 and np.isfinite(r["value"][()]).all()
assert names.index("input_V1") in r["feature"][()]

# What is usual: medians of what is there.
tx = {x: i for i, x in enumerate(t["tx"][()])}
account, v1 = t["account"][()], t["input_V1"][()]
for i in np.flatnonzero(r["feature"][()] == names.index("input_V1")):
    row = tx[f["alerts/tx"][r["alert"][i]]]
    back = v1[max(0, row - 256):row][account[max(0, row - 256):row] == account[row]]
    usual = np.nanmedian(back) if np.isfinite(back).any() else np.nan
    assert np.isclose(usual, r["account_usual"][i], rtol=1e-6, equal_nan=True), (usual, r["account_usual"][i])

# ECOD: a missing value counts as the fitting rows' values do on the average.
m = {n: f[f"models/ecod/{n}"][()] for n in ("first", "rows", "value", "below", "up_to")}
read = [n.decode().rstrip("\0") for n in f["models/ecod/feature_name"][()]]
k = read.index("input_V1")
s = slice(m["first"][k], m["first"][k + 1])
n = m["rows"][k]
part = -np.log(np.minimum(m["up_to"][s], n - m["below"][s]) / n)
mean = (part * (m["up_to"][s] - m["below"][s])).sum() / n
assert abs(mean - 1 - np.log(2)) < .05, mean
assert m["rows"][read.index("input_V3")] == 0

# Gaps of later rows touch no model and no earlier row.
for name in ("models/iforest", "models/ecod"):
    for a in f[name]:
        assert f[name][a][()].tobytes() == later[name][a][()].tobytes(), (name, a)
early = t["split"][()] != t["split"][()].max()
for name in ("margin", "iforest_raw", "ecod_raw", "iforest_reason1", "iforest_part1"):
    assert np.array_equal(t[name][()][early], later["transactions"][name][()][early],
                          equal_nan=t[name].dtype.kind == "f"), name

# A row is no odder for its gap: genuine rows with V1 and without it, side by side.
late, gap = scored & (t["label"][()] == 0), np.isnan(v1)
for d in ("iforest", "ecod"):
    raw = t[f"{d}_raw"][()]
    with_gap, without = np.sort(raw[late & gap]), raw[late & ~gap]
    above = 1 - np.searchsorted(with_gap, without).mean() / len(with_gap)
    assert .4 < above < .6, (d, above)
END
