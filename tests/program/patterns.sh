#!/usr/bin/env bash
# What the stage `patterns` says of the rows of an audit, counted once more from the result itself;
# its tables by name; the same bytes at 1 to 4 ranks; and what there is without a history.
source "$(dirname "$0")/common.sh"
portfolio p.csv 30000
lean=(--set job.leave_out=boosting,iforest,ecod)
for ranks in 1 2 3 4; do audit "$ranks" "a$ranks" p.csv "${lean[@]}"; done
for ranks in 2 3 4; do same a1/audit.h5 "a$ranks/audit.h5"; done
/usr/bin/python3 - <<'END' || fail "see above"
import math
from collections import defaultdict

import h5py
import numpy as np

file = h5py.File("a2/audit.h5")
t = {n: file["transactions"][n][()] for n in (
    "account", "merchant", "category", "time", "amount_minor", "split", "company_none_share", "company_mean",
    "company_max", "company_lift", "merchant_amount_surprise", "account_segment")}
n = len(t["time"])
history = t["split"] == 1
later = t["split"] > 1
for name in t:
    if name.startswith(("company", "merchant_a")):
        assert np.isnan(t[name][~later]).all() and np.isfinite(t[name][later]).all(), name

# Which accounts have a merchant in the history.
having = defaultdict(set)
for a, m in zip(t["account"][history], t["merchant"][history]):
    having[m].add(a)
accounts = len(set(t["account"][history]))


def used(own, m, when):
    return m in own and when - own[m] >= 14 * 86400


def with_both(a, own, when, *merchants):
    others = set.intersection(*(having[m] for m in merchants)) - {a}
    return len(others) + all(used(own, m, when) for m in merchants)


account, checked = None, 0
for i in range(n):
    if t["account"][i] != account:
        account, first, last = t["account"][i], {}, []
    m, when = t["merchant"][i], t["time"][i]
    first.setdefault(m, when)
    if later[i] and i % 7 == 0:
        others = [q for q in reversed(last) if q != m][:40]
        both = [with_both(account, first, when, m, q) for q in others]
        has = [with_both(account, first, when, q) for q in others]
        own = with_both(account, first, when, m) / accounts
        if others:
            shares = [b / (h + 2) for b, h in zip(both, has)]
            want = (sum(b == 0 for b in both) / len(both), sum(shares) / len(shares), max(shares),
                    sum((b + .5) / (own * h + .5) for b, h in zip(both, has)) / len(both))
        else:
            want = (0, 1, 1, 1)
        got = [t["company_" + c][i] for c in ("none_share", "mean", "max", "lift")]
        assert np.allclose(got, want, rtol=1e-5, atol=1e-7), (i, got, want)
        checked += 1
    if m in last:
        last.remove(m)
    last.append(m)
assert checked > 1000, checked


# An amount at its merchant, leaning on the category.
def band(v):
    return 0 if v <= 0 else 1 + max(h for h in range(63) if 2 ** h <= int(v) ** 2)


bands = np.array([band(v) for v in t["amount_minor"]])
at_merchant, at_category, of_all = defaultdict(int), defaultdict(int), defaultdict(int)
for i in np.flatnonzero(history):
    m, k, b = t["merchant"][i], t["category"][i], bands[i]
    for key in ((m, b), (m,)):
        at_merchant[key] += 1
    for key in ((k, b), (k,)):
        at_category[key] += 1
    of_all[b] += 1
rows = int(history.sum())
for i in np.flatnonzero(later)[::11]:
    m, k, b = t["merchant"][i], t["category"][i], bands[i]
    share = (of_all[b] + .5) / (rows + 32)
    share = (at_category[k, b] + 10 * share) / (at_category[k,] + 10)
    share = (at_merchant[m, b] + 30 * share) / (at_merchant[m,] + 30)
    assert math.isclose(t["merchant_amount_surprise"][i], -math.log2(share), rel_tol=1e-5), i

# An account is in one segment, and each quarter of paces has accounts.
names = [s.decode() for s in file["categories/segment"][()]]
assert len(names) == 17 and names[0] == "pace 1 of 4, amount 1 of 4" and names[16] == "no history"
segment = t["account_segment"]
assert (segment[~later] == -1).all() and (segment[later] >= 0).all()
assert len({s // 4 for s in segment[later] if s < 16}) == 4

sets, rules = file["patterns/itemsets"], file["patterns/rules"]
assert len(sets["support"]) > 10 and len(rules["confidence"]) > 0
END
# Left out it leaves nothing behind; without a history its columns are constants, and a note says so.
audit 2 without p.csv "${lean[@]}" --set patterns.run=no
audit 2 early p.csv "${lean[@]}" --set split.reference_from=2024-01-01 --set split.history_from=2024-01-01
grep -q "no transactions in the history" early/log.txt || fail "no word of an empty history"
/usr/bin/python3 - <<'END' || fail "see above"
import h5py
import numpy as np

without, early = h5py.File("without/audit.h5"), h5py.File("early/audit.h5")
assert "company_mean" not in without["transactions"] and "combinations_raw" not in without["transactions"]
t = early["transactions"]
for name in ("company_mean", "company_none_share", "merchant_amount_surprise", "basket_outlier", "rule_contradicted"):
    values = t[name][()]
    values = values[np.isfinite(values)]
    assert len(values) > 1000 and len(set(values)) == 1, name
END
