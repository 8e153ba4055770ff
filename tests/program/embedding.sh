#!/usr/bin/env bash
# What the stage `embedding` says of the rows of an audit, reckoned once more from its vectors; the
# same bytes at 1 to 4 ranks, and after a stop in the middle of the training; merchants of the same
# customers are near; frauds that are known teach nothing; nothing hangs on later rows.
source "$(dirname "$0")/common.sh"
portfolio p.csv 30000
lean=(--set job.leave_out=boosting,iforest,ecod,tails,patterns,forecast,combinations,expected)
for ranks in 1 2 3 4; do audit "$ranks" "a$ranks" p.csv "${lean[@]}"; done
for ranks in 2 3 4; do same a1/audit.h5 "a$ranks/audit.h5"; done
/usr/bin/python3 - <<'END' || fail "see above"
import math
from collections import Counter

import h5py
import numpy as np

file = h5py.File("a2/audit.h5")
t = {n: file["transactions"][n][()] for n in (
    "account", "merchant", "time", "split", "label", "merchant_similarity", "merchant_affinity")}
late = file["transactions/label_time"][()]
n, history, later = len(t["time"]), t["split"] == 1, t["split"] > 1
for name in ("merchant_similarity", "merchant_affinity"):
    assert np.isnan(t[name][~later]).all() and np.isfinite(t[name][later]).all(), name
reference_from = t["time"][later].min() // 86400 * 86400
known = np.where(t["label"] == 1, np.maximum(t["time"] + 7 * 86400, late), np.iinfo(np.int64).max)
first = t["time"][history].min()
learned = history & (t["time"] < reference_from - int((reference_from - first) * .3)) & (known > reference_from)

table = {k: v[()] for k, v in file["embedding/merchants"].items()}
count = Counter(t["merchant"][learned].tolist())
assert table["merchant"].tolist() == sorted(m for m in count if count[m] >= 5)
assert table["count"].tolist() == [count[m] for m in table["merchant"]]
assert (history & (known <= reference_from)).sum() > 3
vector = np.array([table[f"vector_{d:02d}"] for d in range(16)], float).T
context = file["models/embedding/context"][()].astype(float)
assert "vector_16" not in table and np.array_equal(vector, file["models/embedding/vector"][()])
place = {m: i for i, m in enumerate(table["merchant"].tolist())}

checked = Counter()
for i in range(n):
    if i == 0 or t["account"][i] != t["account"][i - 1]:
        begin = i
    if not later[i]:
        continue
    m, now = t["merchant"][i], t["time"][i]
    before = [k for k in range(begin, i) if known[k] > now and t["merchant"][k] in place]
    similarity, affinity = float(m in place), 0.
    if m in place and before:
        weight = 2 ** (-(now - t["time"][before]) / 86400 / 90)
        mean = weight @ vector[[place[q] for q in t["merchant"][before]]] / weight.sum()
        own = vector[place[m]]
        similarity = mean @ own / math.sqrt((mean @ mean) * (own @ own))
        affinity = mean @ context[place[m]]
    assert abs(t["merchant_similarity"][i] - similarity) < 1e-5, (i, similarity)
    assert abs(t["merchant_affinity"][i] - affinity) < 1e-5 * max(1, abs(affinity)), (i, affinity)
    checked[m in place, len(before) > 0, len(before) < i - begin] += 1
assert min(checked[k] for k in [(True, True, True), (True, True, False), (False, True, False)]) > 100, checked

# Places tell which merchants have the same customers.
place_of = {}
for m, lat, lon in zip(t["merchant"], *(file["transactions"][c][()] for c in ("merchant_lat", "merchant_lon"))):
    place_of[m] = lat, lon
at = np.array([place_of[m] for m in table["merchant"]])
far = np.hypot(*(at[:, None] - at[None]).T)
unit = vector / np.linalg.norm(vector, axis=1)[:, None]
cosine = unit @ unit.T
other = ~np.eye(len(at), dtype=bool)
assert cosine[other & (far < .5)].mean() > cosine[other & (far > 2)].mean() + .1
END

# Left out it leaves nothing behind; without a history its columns are constants, and a note says so.
audit 2 without p.csv "${lean[@]}" --set embedding.run=no
audit 2 early p.csv "${lean[@]}" --set split.reference_from=2024-01-01 --set split.history_from=2024-01-01
grep -q "the history has too few merchants that are met often enough" early/log.txt || fail "no word of it"
# Fewer have a vector where a key says so: those that are met most often.
audit 3 few p.csv "${lean[@]}" --set embedding.most_merchants=40 --set embedding.dimension=3
# Longer rounds are fewer: ranks talk less, and vectors are others, the same at any number of ranks.
for ranks in 1 2; do audit $ranks "long$ranks" p.csv "${lean[@]}" --set embedding.round=4096; done
same long1/audit.h5 long2/audit.h5
/usr/bin/python3 - <<'END' || fail "see above"
import json

import h5py
import numpy as np

without, early, few, whole = (h5py.File(f"{name}/audit.h5") for name in ("without", "early", "few", "a1"))
assert "merchant_affinity" not in without["transactions"] and "embedding" not in without["models"]
assert "embedding" not in without and len(early["embedding/merchants/merchant"]) == 0
for name in ("merchant_similarity", "merchant_affinity"):
    values = early["transactions"][name][()]
    values = values[np.isfinite(values)]
    assert len(values) > 1000 and (values == 0).all(), name
counts, kept = whole["embedding/merchants/count"][()], few["embedding/merchants/count"][()]
assert 20 < len(kept) <= 40 and kept.min() > np.sort(counts)[::-1][40] and "vector_03" not in few["embedding/merchants"]
assert (counts >= kept.min()).sum() == len(kept)
long = h5py.File("long2/audit.h5")
assert not np.array_equal(long["models/embedding/vector"][()], whole["models/embedding/vector"][()])
calls = [next(s["traffic"]["collective_calls"] for s in json.load(open(f"{name}/run.json"))["stages"]
              if s["stage"] == "embedding") for name in ("a2", "long2")]
assert calls[1] < calls[0] - 50, calls
END

# Stopped in the middle of the training, and resumed on other ranks.
in_training() {
    /usr/bin/python3 - <<'END'
import glob
import sys

import h5py

saved = set().union(*(h5py.File(f).get("models/embedding", {}) for f in glob.glob("struck/checkpoint/*.h5")))
sys.exit("vector" not in saved or "whole" in saved)
END
}
if [ -e "$bin/libsignal_at.so" ]; then
    struck=(env PARAUDIT_TEST_SIGNAL=15 PARAUDIT_TEST_SIGNAL_RANK=0 LD_PRELOAD="$bin/libsignal_at.so")
    job=(audit "$source/jobs/quickstart.ini" --quiet --set input.files=p.csv "${lean[@]}" --set checkpoint.every=0)
    calls=$(on 2 "${struck[@]}" "$program" "${job[@]}" --out counted 2>&1 | sed -n 's/^calls //p')
    resumed=0
    for percent in 42 38 45 40 36 47 50 34; do
        rm -rf struck
        rc=0
        on 2 "${struck[@]}" PARAUDIT_TEST_SIGNAL_AT=$((calls * percent / 100)) "$program" "${job[@]}" --out struck 2>/dev/null ||
            rc=$?
        [ $rc -eq 75 ] && in_training || continue
        on $((2 * resumed + 1)) "$program" resume struck --quiet
        same a1/audit.h5 struck/audit.h5
        resumed=$((resumed + 1))
        [ $resumed -lt 2 ] || break
    done
    [ $resumed -eq 2 ] || fail "signals came elsewhere: $resumed in the training"
fi

# Nothing hangs on later rows: the book is cut off in the middle of a moment that several rows share.
cut_in_a_moment p.csv
audit 2 whole hourly.csv "${lean[@]}" "${plan[@]}"
audit 3 cut cut.csv "${lean[@]}" "${plan[@]}"
/usr/bin/python3 - <<'END' || fail "see above"
import h5py
import numpy as np

whole, cut = (h5py.File(f"{name}/audit.h5")["transactions"] for name in ("whole", "cut"))
kept = np.isin(whole["tx"][()], cut["tx"][()])
assert 20000 < kept.sum() == len(cut["tx"]) < len(kept)
for name in ("merchant_similarity", "merchant_affinity"):
    assert whole[name][()][kept].tobytes() == cut[name][()].tobytes(), name
END
