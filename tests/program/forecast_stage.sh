#!/usr/bin/env bash
# What the stage `forecast` says of the rows of an audit, reckoned once more from its parameters day by
# day; the same bytes at 1 to 4 ranks, and from where the stage was stopped; what there is without a
# history; later rows change nothing.
source "$(dirname "$0")/common.sh"
portfolio p.csv 30000
lean=(--set job.leave_out=boosting,iforest,ecod,tails,patterns,embedding,combinations,expected)
for ranks in 1 2 3 4; do audit "$ranks" "a$ranks" p.csv "${lean[@]}"; done
for ranks in 2 3 4; do same a1/audit.h5 "a$ranks/audit.h5"; done
/usr/bin/python3 - <<'END' || fail "see above"
import math
from collections import defaultdict

import h5py
import numpy as np

file = h5py.File("a2/audit.h5")
columns = ("count_expected", "count_tail_p", "count_surprise", "count_low_surprise", "amount_residual_z",
           "count_cusum_7d", "count_cusum_30d")
t = {n: file["transactions"][n][()] for n in ("account", "time", "amount_minor", "category", "split", *columns)}
history, later = t["split"] == 1, t["split"] > 1
for name in columns:
    assert np.isnan(t[name][~later]).all() and np.isfinite(t[name][later]).all(), name
model = {k: v[()] for k, v in file["models/forecast"].items()}
reference_from = int(t["time"][later].min()) // 86400 * 86400

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

def tail(a, p, n):  # mid-P of a negative binomial count
    def pmf(k):
        return math.exp(math.lgamma(a + k) - math.lgamma(a) - math.lgamma(k + 1) + a * math.log(p) + k * math.log1p(-p))
    return sum(pmf(k) for k in range(n + 1, n + 400)) + pmf(n) / 2


share = model["low_share"].ravel()  # of amounts with residuals up to -8, -7.875 .. 4
assert len(share) == 97 and (np.diff(share) >= 0).all() and share[0] < .01 and share[-1] > .99 and .3 < share[64] < .7


def low_tail(a, p, product):  # of more rows than a Poisson variable, whose mean is -ln of the product
    total, fewer, s = 0, 0, -math.log(product)
    for n in range(1, 400):
        fewer += math.exp((n - 1) * math.log(s) - s - math.lgamma(n))
        total += fewer * math.exp(math.lgamma(a + n) - math.lgamma(a) - math.lgamma(n + 1) + a * math.log(p) + n * math.log1p(-p))
    return total


def near(x, y, relative=1e-4):
    return math.isclose(x, y, rel_tol=relative, abs_tol=1e-4)


checked = 0
begins = np.flatnonzero(np.r_[True, t["account"][1:] != t["account"][:-1]])
for begin, end in zip(begins, np.r_[begins[1:], len(later)]):
    group = segment.get(t["account"][begin], 16)
    mean, strength, discount, certainty = model["count"][group]
    level, precision, scale = model["amount"][group]
    day, when = t["time"][begin:end] // 86400, t["time"][begin:end]
    rows, days, z, back = mean * strength, strength, [], (1 - discount) / 4 * strength
    sums = np.zeros(4)  # precision, level, rows, deviations
    longest = max(np.diff(day), default=0)
    for d in range(day[0], day[-1] + 1):
        w = model["weekday"][group][(d + 3) % 7]
        today = np.flatnonzero(day == d) + begin
        all_precision = precision + sums[0]
        expected = (precision * level + sums[1]) / all_precision
        own_scale = max((10 * scale + sums[3]) / (10 + sums[2]), scale / 2)
        product = 1
        for n, i in enumerate(today, 0 if d == day[0] else 1):
            effect, wide = model["category"][t["category"][i] + 1]
            x = math.log(t["amount_minor"][i] / 100) - effect - expected
            z_now = x / math.sqrt((own_scale * wide) ** 2 + 1 / all_precision)
            if n > 0:
                product *= min(1, max(.001, np.interp(z_now, np.arange(97) / 8 - 8, share)))
            if later[i] and longest <= 60:
                assert near(t["count_expected"][i], w * rows / days), i
                p = tail(certainty * rows, days * certainty / (days * certainty + w), n)
                assert near(math.log(t["count_tail_p"][i]), math.log(p), 1e-3), (i, p, t["count_tail_p"][i])
                assert near(t["count_surprise"][i], -math.log2(t["count_tail_p"][i]))
                assert near(t["amount_residual_z"][i], z_now), i
                low = low_tail(certainty * rows, days * certainty / (days * certainty + w), product) if product < 1 else 1
                assert math.isclose(t["count_low_surprise"][i], -math.log2(low), rel_tol=1e-3, abs_tol=1e-3), i
                for name, length in (("count_cusum_7d", 7), ("count_cusum_30d", 30)):
                    last = np.cumsum(np.array(z[::-1][:length]) - .5)
                    assert near(t[name][i], max([0, *last])), (i, name)
                checked += 1
        for i in today:
            effect, wide = model["category"][t["category"][i] + 1]
            x = math.log(t["amount_minor"][i] / 100) - effect - expected
            most = 3 * own_scale * wide
            x = max(-most, min(most, x))
            sums = .98 * sums + [wide ** -2, (expected + x) * wide ** -2, 1, math.sqrt(math.pi / 2) * abs(x) / wide]
        if d == day[0]:
            continue
        at = w * rows / days
        spread = math.sqrt(at * (1 + w / days))
        z.append(max(-3, min(3, (len(today) - at) / math.sqrt(at * (1 + w / (certainty * days))))))
        kept = len(today)
        if kept > 1 and kept > at + 3 * spread:
            kept = min(kept, math.ceil(at + 3 * spread))
        rows = discount * (rows + kept) + back * mean
        days = discount * (days + w) + back
assert checked > 15000, checked
p = t["count_tail_p"][later]
assert p.min() < 1e-3 and p.max() < 1
table = file["forecast/segments"]
assert table["rows"][()].sum() == later.sum() and len(table["segment"]) == 17
assert table["surprising_rows"][()].sum() == (p <= np.float32(1e-3)).sum()
assert np.array_equal(table["judged_days"][()], model["judged"].ravel()) and table["judged_days"][()].sum() > 1000
assert (file["transactions/count_surprise"].attrs["causal"], file["transactions/count_surprise"].attrs["fitted"]) == (True, True)
END

# Left out it leaves nothing behind; without a history all accounts are alike, and a note says so; with
# few days to learn from some accounts are drawn, the same on any number of ranks.
audit 2 without p.csv "${lean[@]}" --set forecast.run=no
audit 2 early p.csv "${lean[@]}" --set split.reference_from=2024-01-01 --set split.history_from=2024-01-01
grep -q "forecast: there is no history" early/log.txt || fail "no word of an empty history"
for ranks in 1 3; do audit "$ranks" "few$ranks" p.csv "${lean[@]}" --set forecast.most_days=2000; done
same few1/audit.h5 few3/audit.h5
/usr/bin/python3 - <<'END' || fail "see above"
import h5py
import numpy as np

without, early, few = (h5py.File(f"{name}/audit.h5") for name in ("without", "early", "few1"))
assert "count_surprise" not in without["transactions"] and "forecast" not in without["models"]
assert np.isfinite(early["transactions/count_tail_p"][()]).sum() > 1000
assert len(np.unique(early["models/forecast/count"][()], axis=0)) == 1
assert 100 < few["forecast/segments/judged_days"][()].sum() < 1200
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
for name in ("count_expected", "count_tail_p", "count_surprise", "count_low_surprise", "amount_residual_z",
             "count_cusum_7d", "count_cusum_30d"):
    assert whole[name][()][kept].tobytes() == cut[name][()].tobytes(), name
END

# Stopped within the stage, and resumed on other ranks.
[ -e "$bin/libsignal_at.so" ] || exit 0
job=(audit "$source/jobs/quickstart.ini" --quiet --set input.files=p.csv "${lean[@]}" --set checkpoint.every=0)
source "$source/tests/program/in_stage.sh"
stopped_in forecast a1 20
