"""How good the stage `expected` is (run.sh).

    judge.py scores AUDIT.h5            without labels: each kind of fraud against genuine rows
    judge.py loss AUDIT.h5              bits a row, beside personal and global frequency
    judge.py calibration AUDIT.h5 N     of all merchants, at N rows: expected over observed by decile
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


class Rules:
    """Of two merchants, from the model: to and share, by the one that they start from"""

    def __init__(self, r):
        rule = r.model["rule"].reshape(-1, 4).astype(np.int64)
        self.to, self.share = rule[:, 1], (rule[:, 3] - 1) / rule[:, 2]
        self.first = np.r_[0, np.cumsum(np.bincount(rule[:, 0], minlength=r.n_merchants))]

    def of(self, m):
        part = slice(self.first[m], self.first[m + 1])
        return self.to[part], self.share[part]


class Vectors:
    """What comes after a merchant by the vectors, of all that have one"""

    def __init__(self, path, n_merchants):
        v = {k: x[()] for k, x in h5py.File(path)["models/embedding"].items()}
        self.code, self.vector, self.context, self.drawn = (
            v[k] for k in ("merchant", "vector", "context", "drawn"))
        self.code, self.drawn = self.code.ravel(), self.drawn.ravel()
        self.place = np.full(n_merchants, -1)
        self.place[self.code] = np.arange(len(self.code))
        self.chosen = {}

    def of(self, m):
        if m not in self.chosen:
            k = self.place[m]
            pull = np.exp((self.context @ self.vector[k] + self.drawn).astype(float))
            pull[k] = 0
            self.chosen[m] = (pull / pull.sum()).astype(np.float32)
        return self.chosen[m]


class Parts:
    """What each part of the mixture gives, to one merchant or to all, in the order of expected_from"""

    OWN, RETURNED, COMPANY, LAST, VECTORS, RULES, SEGMENT, POPULAR, ROOT, EVEN, FEW, UNSEEN, N = range(13)

    def __init__(self, r, segment, path):
        self.company = c = Company(r)
        self.rules, self.vectors = Rules(r), Vectors(path, r.n_merchants)
        self.seen = c.rows > 0
        self.popular, roots = c.rows / c.rows.sum(), np.sqrt(c.rows)
        once, twice = (c.rows == 1).sum(), (c.rows == 2).sum()
        self.chao = once * (once - 1) / 2 / (twice + 1)
        self.late, self.late_from, self.late_seconds = r.model["totals"].ravel()[-3:]
        size = np.where(self.seen, 1 + np.floor(2 * np.log2(np.maximum(c.rows, 1)) + 1e-9).astype(int), 0)
        first, of_size = r.model["totals"].ravel()[-67:-3].astype(float), np.maximum(1, np.bincount(size, minlength=64))
        first[0] = 0
        first[7:] = 0  # of up to 7 rows
        self.fixed = np.array([self.popular, roots / roots.sum(), self.seen / self.seen.sum(),
                               (first / first.sum() / of_size)[size]])
        self.of_segment = c.segment / np.maximum(1, c.segment.sum(axis=1))[:, None]
        self.of_segment[c.segment.sum(axis=1) == 0] = self.popular
        self.segment = segment

    def unseen(self, now):
        times = max(1, (now - self.late_from) / self.late_seconds)
        return max(1, self.chao + max(0, self.late - self.chao) * times)

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

        def share(kept):
            return self.mine[kept], self.own[kept] / max(self.own[kept].sum(), 1e-300)
        self.last = share(last[c.sum[self.mine[last]] > 0])
        self.near = share(last[self.vectors.place[self.mine[last]] >= 0])
        first_use = np.zeros(len(self.mine), t.dtype)
        first_use[place[::-1]] = t[::-1]
        few = last[now - first_use[last] > 7 * DAY][:8]
        counts = c.repeated[self.mine[few]] > 0
        few_weight = .5 ** np.flatnonzero(counts)
        self.few = self.mine[few[counts]], few_weight / max(few_weight.sum(), 1e-300)
        self.fired = {}
        for q in self.mine[last[now - first_use[last] > 3 * DAY]]:
            to, of = self.rules.of(q)
            for m_, x in zip(to.tolist(), of.tolist()):
                self.fired[m_] = self.fired.get(m_, 0) + x
        for q in self.mine.tolist():
            self.fired.pop(q, None)
        self.all_fired = sum(self.fired.values())
        self.group = self.of_segment[self.segment[row]]
        self.each_unseen = 1 / self.unseen(now)
        new = (times == 1).sum() / n if n else 0
        return (4 * np.searchsorted([1, 4, 10, 20, 40], self.total, side="right") +
                np.searchsorted([.1, .2, .35], new, side="right"))

    def of(self, m):
        c, p = self.company, np.full(self.N, self.popular[m])
        if self.total > 0:
            here = self.mine == m
            p[self.OWN] = self.own[here].sum() / self.total
            p[self.RETURNED] = self.returned[here].sum() / self.returned.sum()
        last, of = self.last
        if len(last):
            p[self.COMPANY] = (of * c.with_(m, last) / c.sum[last]).sum()
        few, of = self.few
        if len(few):
            p[self.LAST] = (of * np.maximum(c.with_(m, few) - 1, 0) / c.repeated[few]).sum()
        near, of = self.near
        if len(near):
            k = self.vectors.place[m]
            p[self.VECTORS] = sum(x * self.vectors.of(q)[k] for q, x in zip(near, of)) if k >= 0 else 0
        if self.all_fired:
            p[self.RULES] = self.fired.get(int(m), 0) / self.all_fired
        p[self.SEGMENT] = self.group[m]
        p[self.POPULAR:self.UNSEEN] = self.fixed[:, m]
        p[self.UNSEEN] = 0 if self.seen[m] else self.each_unseen
        return p

    def mixed(self, w):
        """of all merchants"""
        c, q = self.company, w[self.SEGMENT] * self.group + w[self.POPULAR:self.UNSEEN] @ self.fixed
        q += w[self.UNSEEN] * self.each_unseen * ~self.seen
        if self.total > 0:
            q[self.mine] += (w[self.OWN] * self.own / self.total +
                             w[self.RETURNED] * self.returned / self.returned.sum())
        else:
            q += (w[self.OWN] + w[self.RETURNED]) * self.popular
        for k, (others, of), less in ((self.COMPANY, self.last, 0), (self.LAST, self.few, 1)):
            if not len(others):
                q += w[k] * self.popular
            for m, share in zip(others, of):
                other, count = c.of(m)
                q[other] += w[k] * share * (np.maximum(count - less, 0) / (c.repeated if less else c.sum)[m])
        if len(self.near[0]):
            for m, share in zip(*self.near):
                q[self.vectors.code] += w[self.VECTORS] * share * self.vectors.of(m)
        else:
            q += w[self.VECTORS] * self.popular
        if self.all_fired:
            q[list(self.fired)] += w[self.RULES] * np.array(list(self.fired.values())) / self.all_fired
        else:
            q += w[self.RULES] * self.popular
        return q


BINS = 1280


def bin_of(p):
    return np.clip(((np.log2(np.maximum(p, 1e-30)) + 64) * 20).astype(int), 0, BINS - 1)


def told_ratios(name, cut, expected, rows, observed):
    """expected: accounts x bins, of so many rows each; observed: share of all rows by bin, and how many rows"""
    share, n = observed
    for d in range(10):
        x = cut == d
        e, times = expected[:, x].sum(axis=1), share[x].sum() * n
        mean = e.sum() / rows.sum()
        error = np.sqrt(((e - mean * rows) ** 2).sum()) / e.sum()  # of accounts, drawn
        error = 1.96 * math.hypot(error, 1 / math.sqrt(max(times, 1)))
        ratio = mean / max(share[x].sum(), 1 / n)
        print(f"{name} {d + 1}: expected {mean * n:.0f}, observed {times:.0f}, ratio {ratio:.3f} "
              f"({ratio * (1 - error):.2f} to {ratio * (1 + error):.2f})")


def calibration(path, n_rows, share=.5):
    """Expected by all rows of accounts that are drawn, N or more; observed of all rows"""
    r = Rows(path)
    tx = h5py.File(path)["transactions"]
    parts = Parts(r, tx["account_segment"][()], path)
    rng = np.random.default_rng(1)
    later = np.flatnonzero((r.split > 1) & ~r.fraud)
    asked = np.zeros(len(r.time), bool)
    asked[later] = rng.random(len(later)) < share
    pairs, worst, done, ends = np.zeros(BINS), 0, 0, np.r_[r.begin[1:], len(r.time)]
    weights = h5py.File(path)["expected/weights"]["weight"][()].reshape(-1, 24, Parts.N)
    expected, rows = [], []
    for a in rng.permutation(len(r.begin)):
        if done >= n_rows:
            break
        begin, end = r.begin[a], ends[a]
        m, t, known = r.merchant[begin:end], r.time[begin:end], r.known[begin:end]
        own, here_expected, before = np.zeros(Parts.N + 1), np.zeros(BINS), done
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
            q = parts.mixed(weight)
            known_ = parts.seen.copy()
            known_[parts.mine] = True
            at = bin_of(q[known_])
            pairs += np.bincount(at, minlength=BINS)
            here_expected += np.bincount(at, q[known_], minlength=BINS)
            each = weight[Parts.UNSEEN] * parts.each_unseen  # of those never seen, and not the account's own
            left = max(0, 1 / parts.each_unseen - (~parts.seen[parts.mine]).sum())
            pairs[bin_of(each)] += left
            here_expected[bin_of(each)] += left * each
            done += 1
        expected.append(here_expected)
        rows.append(done - before)
    expected, rows = np.array(expected), np.array(rows, float)
    mass = expected.sum(axis=0)
    print(f"{done} rows of {len(rows)} accounts, {pairs.sum():.3g} candidates; probabilities of the result met within "
          f"{worst:.1e}; candidates have {mass.sum() / done:.4f} of the probability")
    observed = np.bincount(bin_of(r.p[later]), minlength=BINS) / len(later), len(later)
    for name, of in (("decile", pairs), ("of equal expected mass", mass)):
        told_ratios(name, ((np.cumsum(of) - of / 2) / of.sum() * 10).astype(int), expected, rows, observed)


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
