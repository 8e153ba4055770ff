"""Beside tests/program/explain.sh.

    explain.py ids DIR N          N transactions of every part of the plan, the last an alert
    explain.py compare DIR JSON   what `explain --json` tells is what DIR/audit.h5 has
    explain.py change DIR         adds to the base of the fusion
    explain.py score DIR          makes every score .5
"""
import json
import math
import sys

import h5py
import numpy as np


def ids(folder, n):
    t = h5py.File(folder + "/audit.h5")["transactions"]
    rows = np.random.default_rng(5).permutation(len(t["tx"]))
    split, alert = t["split"][()], t["alert"][()]
    chosen = [rows[split[rows] == s][: n // 6] for s in range(1, 7)]
    chosen = np.concatenate(chosen)[: n - 1]
    for r in [*chosen, np.flatnonzero(alert)[0]]:
        print(t["tx"][r])


def close(a, b, tolerance):
    return (a is None and not math.isfinite(b)) or abs(a - b) <= tolerance


def compare(folder, told):
    f = h5py.File(folder + "/audit.h5")
    t = {k: v[()] for k, v in f["transactions"].items()}
    account = f["accounts/id"][()]
    peers = dict(zip((n.decode() for n in f["models/alerts/feature"][()]), f["models/alerts/peer_usual"][()]))
    row_of = {x: r for r, x in enumerate(t["tx"])}
    features = [k for k, v in f["transactions"].items() if v.attrs["role"] == b"feature"]
    told = json.load(open(told))
    starts, scored = [], 0
    for o in told:
        r = row_of[int(o["tx"])]
        assert o["row"] == r and o["account"] == account[t["account"][r]].decode() and o["amount"] == t["amount"][r]
        assert o["label"] == t["label"][r] and o["alert"] == t["alert"][r]
        assert sorted(x["feature"] for x in o["features"]) == sorted(features)
        for x in o["features"]:
            v = t[x["feature"]]
            mine = np.flatnonzero(t["account"][max(0, r - 256):r] == t["account"][r]) + max(0, r - 256)
            assert close(x["value"], v[r], 0) and close(x["peer_usual"], peers[x["feature"]], 0)
            assert x["n_usual"] == np.isfinite(v[mine].astype(float)).sum()
            if x["n_usual"] % 2:
                assert x["account_usual"] == np.nanmedian(v[mine]), (x, np.nanmedian(v[mine]))
        before = [row_of[int(b["tx"])] for b in o["before"]]
        assert before == list(range(r - len(before), r)) and len(before) == min(10, len(mine))
        if o["margin"] is None:
            assert math.isnan(t["margin"][r]) and o["detectors"] == [] and o["start"] is None
            assert all(x["adds"] == 0 for x in o["features"])
            continue
        scored += 1
        assert o["margin"] == t["margin"][r] and np.float32(o["score"]) == t["score"][r]
        for d in o["detectors"]:
            assert close(d["contribution"], t["contribution_" + d["detector"]][r], 0)
            assert close(d["raw"], t[d["detector"] + "_raw"][r], 0)
            assert close(d["tail"], t[d["detector"] + "_tail"][r], 0)
        total = o["start"] + sum(x["adds"] for x in o["features"])
        assert abs(total - o["margin"]) < 1e-9
        starts.append((o["split"] == "train", o["start"]))
        if o["queue"]:
            q = o["queue"]
            assert q["rank"] == t["rank"][r] > 0 and q["rows"] == (t["rank"] > 0).sum()
            a = {k: v[()] for k, v in f["alerts"].items()}
            day = a["day"] == t["time"][r] // 86400 * 86400
            assert q["alerts_of_day"] == day.sum() and q["last_margin"] == a["margin"][day].min()
            own = day & (a["account"] == t["account"][r])
            assert (q["alert_id"] is not None) == own.any()
            if own.any():
                assert q["alert_id"] == a["alert_id"][own][0].decode() and int(q["alert_tx"]) == a["tx"][own][0]
        else:
            assert t["rank"][r] == 0
    assert 15 < scored < len(told)
    # Where nothing is known of a row all have the same margin: one for each of the two models.
    if "contribution_boosting" in t:
        for train in (True, False):
            one = [s for is_train, s in starts if is_train == train]
            assert len(one) > 3 and max(one) - min(one) < 1e-5, one


def change(folder):
    with h5py.File(folder + "/audit.h5", "r+") as f:
        f["models/fuse/base"][0] += 1


def score(folder):
    with h5py.File(folder + "/audit.h5", "r+") as f:
        f["transactions/score"][...] = .5


if sys.argv[1] == "ids":
    ids(sys.argv[2], int(sys.argv[3]))
elif sys.argv[1] == "compare":
    compare(sys.argv[2], sys.argv[3])
elif sys.argv[1] == "score":
    score(sys.argv[2])
else:
    change(sys.argv[2])
