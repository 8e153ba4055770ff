#!/usr/bin/env bash
# What the stage `expected` says of the rows of an audit, reckoned once more from the result itself;
# the same bytes at 1 to 4 ranks; frauds that are known are no habit; what there is without a
# history; a stop in the middle.
source "$(dirname "$0")/common.sh"
portfolio p.csv 30000
lean=(--set job.leave_out=boosting,iforest,ecod,tails,patterns,forecast,combinations --set embedding.epochs=5)
for ranks in 1 2 3 4; do audit "$ranks" "a$ranks" p.csv "${lean[@]}"; done
for ranks in 2 3 4; do same a1/audit.h5 "a$ranks/audit.h5"; done
/usr/bin/python3 - <<'END' || fail "see above"
import math
from collections import Counter, defaultdict

import h5py
import numpy as np

file = h5py.File("a2/audit.h5")
columns = ("expected_probability", "expected_surprise", "expected_p_value", "merchant_rank", "expected_from")
t = {n: file["transactions"][n][()] for n in (
    "account", "merchant", "time", "amount_minor", "split", "label", *columns)}
late = file["transactions/label_time"][()]
n, history, later = len(t["time"]), t["split"] == 1, t["split"] > 1
for name in columns[:4]:
    assert np.isnan(t[name][~later]).all() and np.isfinite(t[name][later]).all(), name
assert (t["expected_from"][~later] == -1).all() and (t["expected_from"][later] >= 0).all()
assert len(set(t["expected_from"][later])) >= 4
model = {k: v[()] for k, v in file["models/expected"].items()}
delay = 7 * 86400
reference_from = t["time"][later].min() // 86400 * 86400
known = np.where(t["label"] == 1, np.maximum(t["time"] + delay, late), np.iinfo(np.int64).max)

# Groups of accounts by pace and amount in the history.
of = defaultdict(list)
for i in np.flatnonzero(history):
    of[t["account"][i]].append(i)
pace = {a: np.float32(len(r) / max(1, (reference_from - t["time"][r].min()) / 86400)) for a, r in of.items()}
amount = {a: np.float32(int(t["amount_minor"][r].sum()) / len(r) / 100) for a, r in of.items()}
cut = [[sorted(x.values())[len(x) * k // 4] for k in (1, 2, 3)] for x in (pace, amount)]
assert np.array_equal(model["segment_cut"], np.float32(cut))
segment = {a: 4 * np.searchsorted(cut[0], pace[a], side="right") + np.searchsorted(cut[1], amount[a], side="right")
           for a in of}

# The choice by vectors of merchants.
vectors = {k: v[()] for k, v in file["models/embedding"].items()}
codes = vectors["merchant"].ravel().tolist()
pull = vectors["vector"].astype(float) @ vectors["context"].astype(float).T + vectors["drawn"].ravel()
np.fill_diagonal(pull, -np.inf)
pull = np.exp(pull)
chosen = pull / pull.sum(axis=1)[:, None]
place = {m: i for i, m in enumerate(codes)}
assert len(codes) > 50 and codes == sorted(codes)

# What other accounts do: rows of the first seven tenths of the history that are no known frauds.
first = t["time"][history].min()
learned = history & (t["time"] < reference_from - int((reference_from - first) * .3)) & (known > reference_from)
rows, having, both, of_segment = defaultdict(int), defaultdict(set), defaultdict(int), defaultdict(int)
for a, m in zip(t["account"][learned], t["merchant"][learned]):
    rows[m] += 1
    of_segment[segment[a], m] += 1
    of_segment[segment[a]] += 1
    having[a].add(m)
sums, more = defaultdict(int), defaultdict(int)
for merchants in having.values():
    for m in merchants:
        sums[m] += len(merchants) - 1
        for o in merchants:
            both[m, o] += m != o
for (m, o), times in both.items():
    more[o] += max(times - 1, 0)
count = np.array(list(rows.values()))
once, twice = (count == 1).sum(), (count == 2).sum()
roots, n_merchants = np.sqrt(count).sum(), len(rows)
last_from = reference_from - int((reference_from - first) * .3)
been, firsts = set(), []
for i in np.flatnonzero(history):
    at = t["account"][i], t["merchant"][i]
    if at not in been and t["time"][i] >= last_from and known[i] > reference_from:
        firsts.append(at[1])
    been.add(at)
late = set(firsts) - set(rows)


def size_of(m):
    return 1 + math.floor(2 * math.log2(rows[m]) + 1e-9) if rows.get(m) else 0


of_size, first_of = Counter(map(size_of, rows)), Counter(size_of(m) for m in firsts)
of_few = [first_of[k] for k in range(1, 7)]  # of up to 7 rows
assert sum(of_few) > 50 and sum(k > 0 for k in of_few) > 3, of_few
assert model["totals"][-3:].ravel().tolist() == [len(late), last_from, reference_from - last_from]
unseen = max(0, once * (once - 1) / 2 / (twice + 1))


def how_many_unseen(now):
    return max(1, unseen + max(0, len(late) - unseen) * max(1, (now - last_from) / (reference_from - last_from)))


# Rules of two merchants: with a support of 3, a confidence of .2, and no chance of one in a hundred.
found = {(int(a), int(b)): (int(have), int(both_have)) for a, b, have, both_have in model["rule"]}
assert [k for k in found] == sorted(found) and len(found) > 100, len(found)
n_having = defaultdict(int)
for merchants in having.values():
    for m in merchants:
        n_having[m] += 1
n_all = len(having)


def ways(n, k):
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def by_chance(n_a, n_c, n_ac):
    """so many accounts or more have both (Fisher's exact test)"""
    return sum(math.exp(ways(n_c, k) + ways(n_all - n_c, n_a - k) - ways(n_all, n_a))
               for k in range(n_ac, min(n_a, n_c) + 1))


tested = sorted((by_chance(n_having[m], n_having[o], times), m, o, times) for (m, o), times in both.items() if times >= 3)
largest = max((p for i, (p, *_) in enumerate(tested) if p * len(tested) / (i + 1) <= .01), default=-1)
kept = {(m, o): (n_having[m], times) for p, m, o, times in tested
        if p <= largest * (1 + 1e-9) and times >= .2 * n_having[m] and times * n_all > n_having[m] * n_having[o]}
assert found == kept, (len(found), len(kept))
assert len({(m, o) for _, m, o, times in tested if times >= .2 * n_having[m]}) > len(kept)
rule = defaultdict(dict)
for (m, o), (have, times) in found.items():
    rule[m][o] = (times - 1) / have
starts = model["rule_from"].ravel().tolist()
assert starts == sorted(rule)
ids = [x.rstrip(b"\0").decode() for x in file["merchants/id"][()]]
assert [x.rstrip(b"\0").decode() for x in model["rule_from_name"].ravel()] == [ids[m] for m in starts]
assert model["totals"][:4].ravel().tolist() == [learned.sum(), n_merchants, once, twice]
assert np.allclose(model["weight"].sum(axis=1), 1)
table = {k: v[()] for k, v in file["expected/weights"].items()}
PARTS, LEVELS, WEEK = 12, 24, 7 * 86400
weights = table["weight"].reshape(-1, LEVELS, PARTS)
assert np.array_equal(table["week"], np.arange(len(table["week"])) // (LEVELS * PARTS))
assert np.array_equal(table["level"], np.arange(len(table["level"])) // PARTS % LEVELS)
assert np.array_equal(table["part"], np.arange(len(table["part"])) % PARTS)
assert len(weights) == (t["time"].max() - reference_from) // WEEK + 1 > 10
belongs = model["belongs"] / 2**30
of_week = np.zeros((len(weights), LEVELS, PARTS))

checked, account, frauds, by_rules = 0, None, 0, 0
for i in range(n):
    if t["account"][i] != account:
        account, begin, own_rows, own_parts = t["account"][i], i, 0., np.zeros(PARTS)
    if not later[i]:
        continue
    m, now = t["merchant"][i], t["time"][i]
    before = [k for k in range(begin, i) if known[k] > now]
    frauds += len(before) < i - begin
    weight, times, last = defaultdict(float), defaultdict(int), []
    for k in before:
        times[t["merchant"][k]] += 1
        weight[t["merchant"][k]] += 2 ** (-(now - t["time"][k]) / 86400 / 90)
    for k in range(i - 1, begin - 1, -1):
        if t["merchant"][k] not in last and len(last) < 40:
            last.append(t["merchant"][k])
    all_own, popular = sum(weight.values()), rows[m] / learned.sum()
    kept = [q for q in last if sums[q] and weight[q]]
    shared = sum(weight[q] * both[m, q] / sums[q] for q in kept)
    back = {q: weight[q] * (1 - 1 / times[q]) for q in times if times[q] > 1}
    first = {}
    for k in range(begin, i):
        first.setdefault(t["merchant"][k], t["time"][k])
    few = [q for q in last if times[q] and now - first[q] > 7 * 86400][:8]
    few = [(2 ** -k, q) for k, q in enumerate(few) if more[q]]
    near = [q for q in last if weight[q] and q in place]
    like = sum(weight[q] * chosen[place[q], place[m]] for q in near) if m in place else 0
    was, fired = {t["merchant"][k] for k in range(begin, i)}, defaultdict(float)
    for q in last:
        if times[q] and now - first[q] > 3 * 86400:
            for to, share in rule[q].items():
                if to not in was:
                    fired[to] += share
    by_rules += fired[m] > 0
    group = segment.get(account, 16)
    in_group = of_segment[group, m] / of_segment[group] if of_segment[group] else popular
    part = np.array([weight[m] / all_own if all_own else popular,
                     back.get(m, 0) / sum(back.values()) if back else weight[m] / all_own if all_own else popular,
                     shared / sum(weight[q] for q in kept) if kept else popular,
                     sum(k * max(both[m, q] - 1, 0) / more[q] for k, q in few) / sum(k for k, _ in few)
                     if few else popular,
                     like / sum(weight[q] for q in near) if near else popular,
                     fired[m] / sum(fired.values()) if sum(fired.values()) else popular, in_group, popular,
                     math.sqrt(rows[m]) / roots, (rows[m] > 0) / n_merchants,
                     first_of[size_of(m)] / sum(of_few) / of_size[size_of(m)] if 0 < rows[m] < 8 else 0, (rows[m] == 0) / how_many_unseen(now)])
    new = sum(n == 1 for n in times.values()) / max(1, len(before))
    level = np.searchsorted([1, 4, 10, 20, 40], all_own, side="right") * 4 + np.searchsorted(
        [.1, .2, .35], new, side="right")
    week = (now - reference_from) // WEEK
    w = weights[week, level]
    if known[i] > reference_from + (week + 1) * WEEK:
        of_week[week, level] += w * part / (w * part).sum()
    w = (50 * w + own_parts) / (50 + own_rows)
    p = float((w * part).sum())
    assert math.isclose(t["expected_probability"][i], p, rel_tol=1e-5), (i, p, t["expected_probability"][i], part)
    assert (w * part)[t["expected_from"][i]] > (w * part).max() * (1 - 1e-5), i
    assert math.isclose(t["expected_surprise"][i], -math.log2(p), abs_tol=1e-5)
    others = sum(weight[q] > weight[m] * (1 + 1e-9) for q in last)
    assert t["merchant_rank"][i] == 1 + others, i
    own_parts, own_rows = own_parts * .99 + w * part / p, own_rows * .99 + 1
    checked += 1
# Each week's weights by the rows of those before.
assert np.array_equal(weights[0], model["weight"])
for w in range(len(weights) - 1):
    belongs = belongs / (2 if belongs.sum() > 10000 else 1) + of_week[w]
    each = belongs.sum(axis=1, keepdims=True)
    assert np.allclose(weights[w + 1], (belongs + 50 * belongs.sum(axis=0) / belongs.sum()) / (each + 50), atol=1e-6), w
assert checked > 10000 and frauds > 100 and by_rules > 50, (checked, frauds, by_rules)
p = t["expected_p_value"][later]
assert .3 < p.mean() < .8 and p.min() > 0 and p.max() <= 1
END
# Left out it leaves nothing behind; without a history its columns are constants, and a note says so.
audit 2 without p.csv "${lean[@]}" --set expected.run=no
audit 2 early p.csv "${lean[@]}" --set split.reference_from=2024-01-01 --set split.history_from=2024-01-01
grep -q "nothing was learned from the history" early/log.txt || fail "no word of an empty history"
/usr/bin/python3 - <<'END' || fail "see above"
import h5py
import numpy as np

without, early = h5py.File("without/audit.h5"), h5py.File("early/audit.h5")
assert "expected_surprise" not in without["transactions"] and "expected" not in without["models"]
t = early["transactions"]
for name in ("expected_probability", "expected_surprise", "expected_p_value", "merchant_rank"):
    values = t[name][()]
    values = values[np.isfinite(values)]
    assert len(values) > 1000 and len(set(values)) == 1, name
END

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
assert np.array_equal(whole["tx"][()][kept], cut["tx"][()])
for name in ("expected_probability", "expected_surprise", "expected_p_value", "merchant_rank", "expected_from"):
    assert whole[name][()][kept].tobytes() == cut[name][()].tobytes(), name
END
