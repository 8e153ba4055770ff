"""How good the stage `expected` is (run.sh).

    judge.py scores AUDIT.h5            without labels: each kind of fraud against genuine rows
    judge.py loss AUDIT.h5              bits a row, beside personal and global frequency
    judge.py calibration AUDIT.h5 N     of N rows, all merchants: expected over observed by decile
    judge.py gain WITHOUT WITH.h5       with labels: two audits of the same rows
    judge.py swap IN.csv OUT.csv FROM   1 % of accounts go on with ten rows of another one (kind 1)

Intervals: accounts drawn with replacement, 200 times, 95 %. The frequency is the account's own,
decayed, leaning with some rows on that of all accounts; half-life and rows are those that do best
on the rows by which the stage's own weights are set. Its frequencies of all go on to the end of
the history, the stage's stop where those rows begin.
"""
import csv
import math
import os
import sys
from collections import defaultdict

import h5py
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "patterns"))
import judge as patterns  # noqa: E402

DAY, DELAY = 86400, 7 * 86400
NEVER = np.iinfo(np.int64).max


def read(path, *names):
    tx = h5py.File(path)["transactions"]
    return [tx[n][()] for n in names]


def scores(path):
    book = patterns.Book(path)
    found = {}
    print("| AUROC against genuine rows | " + " | ".join(n.replace("_", " ") for n in book.names) + " |")
    print("|---" * (len(book.names) + 1) + "|")
    for name in ("expected_surprise", "merchant_rank", "merchant_is_new", "combinations_raw"):
        x = book.column(name)
        if x is None:
            continue
        order = patterns.Order(x)
        found[name] = np.array([patterns.auroc(order, w[book.account], book.kind, len(book.names))
                                for w in book.weights]).T
        print(f"| {name} | " + " | ".join(patterns.told(v) for v in found[name]) + " |", flush=True)
    above = found["expected_surprise"] - found["merchant_is_new"]
    print("| expected_surprise above merchant_is_new | " + " | ".join(patterns.told(v) for v in above) + " |")


class Rows:
    """The rows, and what the stage knew"""

    def __init__(self, path, share=.3):
        file = h5py.File(path)
        tx = file["transactions"]
        self.account, self.merchant, self.time, self.split = (
            tx[n][()] for n in ("account", "merchant", "time", "split"))
        self.p = tx["expected_probability"][()].astype(float)
        self.model = {k: v[()] for k, v in file["models/expected"].items()}
        late = tx["label_time"][()] if "label_time" in tx else np.full(len(self.time), -NEVER)
        self.known = np.where(tx["label"][()] == 1, np.maximum(self.time + DELAY, late), NEVER)
        self.fraud = tx["label"][()] == 1
        self.until = int(self.time[self.split == 2].min()) // DAY * DAY
        first = int(self.time[self.split == 1].min())
        self.last_from = self.until - int((self.until - first) * share)
        self.begin = np.flatnonzero(np.r_[True, self.account[1:] != self.account[:-1]])
        self.n_merchants = int(self.merchant.max()) + 1


def own_frequency(r, half_life, wanted):
    """of each wanted row: decayed rows of its account at its merchant, and everywhere"""
    here, everywhere = np.zeros(len(wanted)), np.zeros(len(wanted))
    rate = math.log(2) / half_life / DAY
    merchant, time = r.merchant.tolist(), r.time.tolist()
    known, is_wanted = r.known.tolist(), np.zeros(len(merchant), bool)
    is_wanted[wanted] = True
    place = 0
    for begin, end in zip(r.begin, np.r_[r.begin[1:], len(merchant)]):
        weight, total, frauds = defaultdict(float), 0., []
        for i in range(begin, end):
            now = time[i]
            for k in [k for k in frauds if known[k] <= now]:
                out = math.exp(rate * (time[k] - time[begin]))
                weight[merchant[k]] -= out
                total -= out
                frauds.remove(k)
            if is_wanted[i]:
                decay = math.exp(-rate * (now - time[begin]))
                here[place], everywhere[place] = weight[merchant[i]] * decay, total * decay
                place += 1
            add = math.exp(rate * (now - time[begin]))
            weight[merchant[i]] += add
            total += add
            if known[i] != NEVER:
                frauds.append(i)
    return np.maximum(here, 0), np.maximum(everywhere, 0)


def loss(path):
    r = Rows(path)
    genuine = ~r.fraud
    last = np.flatnonzero((r.split == 1) & (r.time >= r.last_from) & (r.known > r.until))
    judged = np.flatnonzero((r.split > 1) & genuine)

    def popular(until, rows):
        count = np.bincount(r.merchant[(r.split == 1) & (r.time < until)], minlength=r.n_merchants)
        count = np.where(count == 0, .5, count)  # those never seen, each as half a row
        return count[r.merchant[rows]] / count.sum()

    best = (np.inf,)
    for half_life in (7, 15, 30, 60, 120, 1e5):
        here, everywhere = own_frequency(r, half_life, last)
        base = popular(r.last_from, last)
        for rows in (1, 2, 5, 10, 20, 40):
            bits = -np.log2((here + rows * base) / (everywhere + rows)).mean()
            best = min(best, (bits, half_life, rows))
    bits, half_life, rows = best
    print(f"frequency: half-life {half_life:g} days, leans with {rows} rows; {bits:.3f} bits where they are set, "
          f"the mixture {float(r.model['log_loss'].ravel()[0]):.3f}")
    here, everywhere = own_frequency(r, half_life, judged)
    theirs = -np.log2((here + rows * popular(r.until, judged)) / (everywhere + rows))
    ours = -np.log2(r.p[judged])
    _, account = np.unique(r.account[judged], return_inverse=True)
    n = np.bincount(account)
    rng = np.random.default_rng(1)
    weights = [np.ones(len(n))] + [np.bincount(rng.integers(0, len(n), len(n)), minlength=len(n))
                                   for _ in range(patterns.DRAWS)]

    def drawn(x):
        of = np.bincount(account, x)
        return np.array([(w * of).sum() / (w * n).sum() for w in weights])
    print(f"log-loss of {len(judged)} later genuine rows, bits: mixture {patterns.told(drawn(ours))}, frequency "
          f"{patterns.told(drawn(theirs))}; less by {patterns.told(drawn(theirs - ours))}")
    kind = h5py.File(path)["transactions"].get("kind")
    if kind is not None and len(set(kind[()])) == 2:
        rows = np.flatnonzero(r.split > 1)
        here, everywhere = own_frequency(r, half_life, rows)
        swapped = kind[()][rows] >= 0
        theirs = -np.log2((here + best[2] * popular(r.until, rows)) / (everywhere + best[2]))
        _, account = np.unique(r.account[rows], return_inverse=True)
        n = account.max() + 1
        weights = [np.ones(n)] + [np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(patterns.DRAWS)]
        weights = [w for w in weights if w[account[swapped]].sum() > 0]  # else there is nothing to find
        ours, theirs = (np.array([patterns.auroc(order, w[account], np.where(swapped, 0, -1), 1)[0] for w in weights])
                        for order in (patterns.Order(-np.log2(r.p[rows])), patterns.Order(theirs)))
        low, high = patterns.interval(ours - theirs)
        print(f"takeover, {swapped.sum()} rows: AUROC by surprise {patterns.told(ours)}, by frequency "
              f"{patterns.told(theirs)}; more {(ours - theirs)[0]:.4f} ({low:.4f} to {high:.4f})", flush=True)


class Company:
    """N(m, m'), and what hangs on it, from the model's pairs"""

    def __init__(self, r):
        key, count = r.model["pair"].ravel().astype(np.uint64), r.model["pair_count"].ravel()
        kind, a, b = key >> np.uint64(60), (key >> np.uint64(30)) & np.uint64(2**30 - 1), key & np.uint64(2**30 - 1)
        a, b = a.astype(np.int64), b.astype(np.int64)
        n = r.n_merchants
        self.sum, self.rows, self.repeated = np.zeros(n), np.zeros(n), np.zeros(n)
        for of, number in ((self.sum, 1), (self.rows, 2), (self.repeated, 4)):
            of[a[kind == number]] = count[kind == number]
        self.segment = np.zeros((17, n))
        self.segment[b[kind == 3], a[kind == 3]] = count[kind == 3]
        x, y, c = a[kind == 0], b[kind == 0], count[kind == 0]
        x, y, c = np.r_[x, y], np.r_[y, x], np.r_[c, c].astype(float)
        order = np.lexsort((y, x))
        self.other, self.count = y[order], c[order]
        self.first = np.r_[0, np.cumsum(np.bincount(x, minlength=n))]

    def of(self, m):
        part = slice(self.first[m], self.first[m + 1])
        return self.other[part], self.count[part]

    def with_(self, m, others):
        """N(m, others)"""
        mine, count = self.of(m)
        if not len(mine):
            return np.zeros(len(others))
        at = np.minimum(np.searchsorted(mine, others), len(mine) - 1)
        return np.where(mine[at] == others, count[at], 0)


class Parts:
    """What each part of the mixture gives, to one merchant or to all"""

    N = 9

    def __init__(self, r, segment):
        self.company = c = Company(r)
        self.seen = c.rows > 0
        self.popular, roots = c.rows / c.rows.sum(), np.sqrt(c.rows)
        once, twice = (c.rows == 1).sum(), (c.rows == 2).sum()
        unseen = max(1, once * (once - 1) / 2 / (twice + 1))
        self.fixed = np.array([self.popular, roots / roots.sum(), self.seen / self.seen.sum(), ~self.seen / unseen])
        self.of_segment = c.segment / np.maximum(1, c.segment.sum(axis=1))[:, None]
        self.of_segment[c.segment.sum(axis=1) == 0] = self.popular
        self.segment = segment

    def at(self, m, t, known, now, row):
        """of the row of an account with rows at merchants m at times t before it"""
        c = self.company
        weight = np.where(known > now, np.exp2(-(now - t) / DAY / 90), 0)
        self.mine, place = np.unique(m, return_inverse=True)
        self.own = np.bincount(place, weight, minlength=len(self.mine))
        times = np.bincount(place, known > now, minlength=len(self.mine))
        self.total, n = self.own.sum(), times.sum()
        self.returned = np.where(times > 1, self.own * (1 - 1 / np.maximum(times, 1)), 0)
        if not (times > 1).any():
            self.returned = self.own
        last_use = np.zeros(len(self.mine), int)
        last_use[place] = np.arange(len(m))
        last = np.argsort(-last_use)[:40]
        last = last[times[last] > 0]
        company = last[c.sum[self.mine[last]] > 0]
        self.last = self.mine[company]
        self.last_weight = self.own[company] / max(self.own[company].sum(), 1e-300)
        first_use = np.zeros(len(self.mine), t.dtype)
        first_use[place[::-1]] = t[::-1]
        few = last[now - first_use[last] > 7 * DAY][:8]
        counts = c.repeated[self.mine[few]] > 0
        self.few, few_weight = self.mine[few[counts]], .5 ** np.flatnonzero(counts)
        self.few_weight = few_weight / few_weight.sum() if len(few_weight) else few_weight
        self.group = self.of_segment[self.segment[row]]
        new = (times == 1).sum() / n if n else 0
        return (4 * np.searchsorted([1, 4, 10, 20, 40], self.total, side="right") +
                np.searchsorted([.1, .2, .35], new, side="right"))

    def of(self, m):
        c, p = self.company, np.full(self.N, self.popular[m])
        if self.total > 0:
            here = self.mine == m
            p[0] = self.own[here].sum() / self.total
            p[1] = self.returned[here].sum() / self.returned.sum()
        if len(self.last):
            p[2] = (self.last_weight * c.with_(m, self.last) / c.sum[self.last]).sum()
        if len(self.few):
            p[3] = (self.few_weight * np.maximum(c.with_(m, self.few) - 1, 0) / c.repeated[self.few]).sum()
        p[4] = self.group[m]
        p[5:] = self.fixed[:, m]
        return p

    def mixed(self, weight):
        """of all merchants"""
        c, q = self.company, weight[4] * self.group + weight[5:] @ self.fixed
        if self.total > 0:
            q[self.mine] += weight[0] * self.own / self.total + weight[1] * self.returned / self.returned.sum()
        else:
            q += (weight[0] + weight[1]) * self.popular
        for k, others, of in ((2, self.last, zip(self.last, self.last_weight)),
                              (3, self.few, zip(self.few, self.few_weight))):
            if not len(others):
                q += weight[k] * self.popular
            for m, share in of:
                other, count = c.of(m)
                less = k - 2
                q[other] += weight[k] * share * (np.maximum(count - less, 0) / (c.repeated if less else c.sum)[m])
        return q


def calibration(path, n_rows, share=.5):
    r = Rows(path)
    tx = h5py.File(path)["transactions"]
    parts = Parts(r, tx["account_segment"][()])
    rng = np.random.default_rng(1)
    later = np.flatnonzero((r.split > 1) & ~r.fraud)
    asked = np.zeros(len(r.time), bool)
    asked[later] = rng.random(len(later)) < share
    bins, expected, observed, pairs, worst = 1280, np.zeros(1280), np.zeros(1280), np.zeros(1280), 0
    done, ends = 0, np.r_[r.begin[1:], len(r.time)]
    table = h5py.File(path)["expected/weights"]
    weights = table["weight"][()].reshape(-1, 24, Parts.N)
    for a in rng.permutation(len(r.begin)):
        if done >= n_rows:
            break
        begin, end = r.begin[a], ends[a]
        m, t, known = r.merchant[begin:end], r.time[begin:end], r.known[begin:end]
        own = np.zeros(Parts.N + 1)
        for i in range(begin, end):
            if r.split[i] < 2:
                continue
            j = i - begin
            level = parts.at(m[:j], t[:j], known[:j], t[j], i)
            weight = (50 * weights[(t[j] - r.until) // (7 * DAY), level] + own[1:]) / (50 + own[0])
            here = weight * parts.of(m[j])
            worst = max(worst, abs(here.sum() / r.p[i] - 1))
            own = own * .99 + np.r_[1, here / here.sum()]
            if not asked[i]:
                continue
            q = np.maximum(parts.mixed(weight), 1e-30)
            at = np.clip(((np.log2(q) + 64) * 20).astype(int), 0, bins - 1)
            candidate = parts.seen.copy()
            candidate[parts.mine] = candidate[m[j]] = True
            pairs += np.bincount(at[candidate], minlength=bins)
            expected += np.bincount(at[candidate], q[candidate], minlength=bins)
            observed[at[m[j]]] += 1
            done += 1
    print(f"{done} rows, {pairs.sum():.3g} candidates; probabilities of the result met within {worst:.1e}; "
          f"known candidates have {expected.sum() / done:.4f} of the probability")
    place = (np.cumsum(pairs) - pairs / 2) / pairs.sum() * 10
    for d in range(10):
        x = (place >= d) & (place < d + 1)
        error = 1.96 / math.sqrt(max(observed[x].sum(), 1))
        ratio = expected[x].sum() / max(observed[x].sum(), 1)
        print(f"decile {d + 1}: expected {expected[x].sum():.1f}, observed {observed[x].sum():.0f}, ratio "
              f"{ratio:.3f} ({ratio * (1 - error):.2f} to {ratio * (1 + error):.2f})")
    place = (np.cumsum(expected) - expected / 2) / expected.sum() * 10
    print("of equal expected mass: " + " ".join(
        f"{expected[x].sum() / max(observed[x].sum(), 1):.2f}" for d in range(10)
        for x in [(place >= d) & (place < d + 1)]))


def swap(path, out, begin, seed=1):
    rng = np.random.default_rng(seed)
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    account, time, merchant = next(names for names in (
        ("CUSTOMER_ID", "TX_DATETIME", "TERMINAL_ID"), ("account_id", "trans_date_trans_time", "merchant"))
        if names[0] in rows[0])
    rows.sort(key=lambda x: (x[account], x[time]))
    later = defaultdict(list)
    for i, row in enumerate(rows):
        row["kind"] = ""
        if row[time] >= begin:
            later[row[account]].append(i)
    accounts = sorted(a for a in later if len(later[a]) >= 20)
    drawn = rng.permutation(accounts)
    n = len(accounts) // 100
    was = [row[merchant] for row in rows]
    for a, b in zip(drawn[:n], drawn[n:2 * n]):
        start = rng.integers(0, len(later[a]) - 10)
        for i, k in zip(later[a][start:start + 10], later[b][start % (len(later[b]) - 10):][:10]):
            rows[i][merchant], rows[i]["kind"] = was[k], "takeover"
    with open(out, "w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "calibration":
        rest[1] = int(rest[1])
    {"scores": scores, "gain": patterns.gain, "loss": loss, "calibration": calibration, "swap": swap}[command](*rest)
