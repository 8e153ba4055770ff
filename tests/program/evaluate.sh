#!/usr/bin/env bash
# `evaluate` judges a result by the keys that the audit was given: its figures are
# those that the audit stored.
source "$(dirname "$0")/common.sh"
portfolio p.csv 20000
# Five weeks, so that there are frauds of more than one kind.
audit 2 a p.csv --set evaluate.k_per_day=7 --set evaluate.cost_review=4 --set evaluate.episode_gap_days=0.5 --set split.audit_from=2024-03-19
audit 2 book p.csv --set evaluate.protocol=handbook --set evaluate.k_per_day=3
for ranks in 1 3; do
    on "$ranks" "$program" evaluate a --json >a.json
    on "$ranks" "$program" evaluate book --json >book.json
    on "$ranks" "$program" evaluate book --json --protocol audit >other.json
    /usr/bin/python3 - <<'END' || fail "$ranks ranks"
import json
import math

import h5py


def differing(folder):
    said = json.load(open(folder + ".json"))["summary"]
    stored = {k: v[0] for k, v in h5py.File(folder + "/audit.h5")["evaluation/summary"].items()}
    assert sorted(said) == sorted(stored) and len(said) > 20
    return [k for k in said if said[k] != (None if math.isnan(stored[k]) else stored[k])]


def differing_kinds(folder):
    said = json.load(open(folder + ".json"))["by_kind"]
    file = h5py.File(folder + "/audit.h5")
    stored, names = file["evaluation/by_kind"], file["categories/kind"][:]
    assert [k["kind"] for k in said] == [names[i].decode() for i in stored["kind"]] and len(said) > 1
    return [(k["kind"], c) for i, k in enumerate(said) for c in set(stored) - {"kind"}
            if k[c] != (None if math.isnan(stored[c][i]) else stored[c][i])]


def differing_bands(folder):
    said = json.load(open(folder + ".json"))["by_band"]
    file = h5py.File(folder + "/audit.h5")
    stored, names = file["evaluation/by_band"], file["categories/segment"][:]
    assert len(said) == len(stored["of"]) > 5
    groups = [b for b in said if b["of"] == "segment"]
    assert sum(b["rows"] for b in groups) == sum(b["rows"] for b in said if b["of"] == "amount") and len(groups) > 5
    assert all(b["segment"] == names[int(b["from"])].rstrip(b"\0").decode() for b in groups)
    return [(i, c) for i, b in enumerate(said) for c in set(stored) - {"of"}
            if b[c] != (stored[c][i] if math.isfinite(stored[c][i]) else None)]


assert differing_kinds("a") == [], differing_kinds("a")
assert differing_bands("a") == [], differing_bands("a")
assert differing("a") == [], differing("a")
assert differing("book") == [], differing("book")
a, book, other = (json.load(open(f + ".json")) for f in ("a", "book", "other"))
assert a["summary"]["k"] == 7 and book["summary"]["k"] == other["summary"]["k"] == 3
assert book["protocol"] == "handbook" and other["protocol"] == "audit"
assert book["summary"]["rows_removed"] > 0 == other["summary"]["rows_removed"]
END
done

# Judged when the file ends, before the bank has learned of some frauds: those are not judged.
audit 2 early p.csv --set split.as_of=2024-04-30
/usr/bin/python3 - <<'END' || fail "labels that become known after the file's end"
import h5py
import numpy as np

for folder, as_of in (("early", "2024-04-30"), ("a", "2024-07-01")):
    f = h5py.File(folder + "/audit.h5")
    t = {k: f["transactions"][k][()] for k in ("time", "label", "label_time", "split")}
    audit = t["split"] == [s.decode() for s in f["categories/split"][()]].index("audit")
    known = np.maximum(t["time"] + 7 * 86400, t["label_time"])
    late = audit & (known > np.datetime64(as_of, "s").astype(np.int64))
    summary = {k: v[0] for k, v in f["evaluation/summary"].items()}
    assert summary["rows_immature"] == late.sum() and (late.sum() > 0) == (folder == "early")
    assert not (late & (t["label"] == 0)).any()
    assert summary["frauds"] == (audit & ~late & (t["label"] == 1)).sum()
END

# Shards that do not hold all transactions: nothing is judged rather than some of them.
cp -r a forged
n=$(/usr/bin/python3 - <<'END'
import h5py

with h5py.File("forged/audit.h5", "r+") as f:
    shards = f["models/shards/transactions"]
    shards[:] = shards[:] // 2
    print(shards[-1], f["transactions/time"].shape[0])
END
)
expect 65 "the result's shards hold ${n% *} transactions, its table has ${n#* }" evaluate forged
all_expected
