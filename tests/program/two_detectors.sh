#!/usr/bin/env bash
# Two detectors in one audit: the margin is the base and the stored contributions,
# bit for bit, on every row; alerts say who spoke; left out, a detector leaves
# nothing behind.
source "$(dirname "$0")/common.sh"
portfolio p.csv 20000
alone="--set job.leave_out=tails,boosting,combinations,patterns,embedding,expected,forecast"
for ranks in 1 2 3 4; do audit "$ranks" "a$ranks" p.csv $alone; done
for ranks in 2 3 4; do same a1/audit.h5 "a$ranks/audit.h5"; same a1/alerts.csv "a$ranks/alerts.csv"; done
audit 2 one p.csv $alone,ecod
/usr/bin/python3 - <<'END' || fail "see above"
import h5py
import numpy as np

both, one = h5py.File("a1/audit.h5"), h5py.File("one/audit.h5")


def check_margin(file, detectors):
    t = file["transactions"]
    names = [n.decode().rstrip("\0") for n in file["categories/detector"][()]]
    assert names == detectors, names
    # The base, then column by column.
    total = np.full(len(t["tx"]), file["models/fuse/base"][0])
    for name in names:
        part = t[f"contribution_{name}"][()]
        assert part.dtype == np.float32
        total = total + part.astype(np.float64)
    margin = t["margin"][()]
    assert margin.dtype == np.float64 and np.isfinite(margin).sum() > 1000
    assert np.array_equal(total, margin, equal_nan=True)


check_margin(both, ["iforest", "ecod"])
check_margin(one, ["iforest"])

# The detector of an alert has the largest contribution, its reasons are a detector's.
t, alerts, reasons = both["transactions"], both["alerts"], both["alert_reasons"]
row = {tx: i for i, tx in enumerate(t["tx"][()])}
rows = [row[tx] for tx in alerts["tx"][()]]
parts = np.stack([t["contribution_iforest"][()][rows], t["contribution_ecod"][()][rows]])
assert np.array_equal(alerts["detector"][()], np.argmax(parts, axis=0))
assert set(alerts["detector"][()]) == {0, 1}
which = ("iforest", "ecod")
for i in range(len(reasons["alert"])):
    alert, place, d = (reasons[c][i] for c in ("alert", "place", "detector"))
    assert reasons["feature"][i] == t[f"{which[d]}_reason{place}"][rows[alert]]
    assert reasons["part"][i] == t[f"{which[d]}_part{place}"][rows[alert]]

# ECOD's first reason is the family with the largest sum of parts, and it is exact: the raw value of a row
# is the sum over its features of -ln of the smaller side's share.
features = [n.decode().rstrip("\0") for n in both["models/ecod/feature_name"][()]]
m = {n: both[f"models/ecod/{n}"][()] for n in ("first", "rows", "value", "below", "up_to")}
for r in rows[:50]:
    parts = []
    for f, name in enumerate(features):
        knots = slice(m["first"][f], m["first"][f + 1])
        x, n, value = np.float32(t[name][r]), m["rows"][f], m["value"][knots]
        if np.isnan(x) or n == 0:
            parts.append(0)
            continue
        k = np.searchsorted(value, x)
        at = k < len(value) and value[k] == x
        left = m["up_to"][knots][k] if at else (m["up_to"][knots][k - 1] if k > 0 else 0)
        right = n - (m["below"][knots][k] if at else (m["up_to"][knots][k - 1] if k > 0 else 0))
        parts.append(max(-np.log(max(c, n / (n + 1)) / n) for c in (left, right)))
    raw = sum(parts)
    assert abs(raw - t["ecod_raw"][r]) < 1e-4 * raw, (raw, t["ecod_raw"][r])
    family = [t[name].attrs["family"] for name in features]
    weight = {f: sum(p for p, g in zip(parts, family) if g == f) for f in family}
    told = features.index(both["categories/feature"][t["ecod_reason1"][r]].decode().rstrip("\0"))
    assert weight[family[told]] > max(weight.values()) - 1e-5
    assert parts[told] > max(p for p, g in zip(parts, family) if g == family[told]) - 1e-5
    assert abs(t["ecod_part1"][r] - weight[family[told]] / raw) < 1e-4

# Left out, it is as if it had never been there.
gone = sorted(set(t) - set(one["transactions"]))
assert gone and all("ecod" in name for name in gone), gone
for name in one["transactions"]:
    if name not in ("margin", "score", "rank", "percentile", "alert", "reason1", "reason2", "reason3"):
        assert np.array_equal(t[name][()], one["transactions"][name][()], equal_nan=t[name].dtype.kind == "f"), name
assert "ecod" not in one["models"]
END
