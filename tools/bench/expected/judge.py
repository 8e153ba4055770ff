"""How good the stage `expected` is (run.sh).

    judge.py scores AUDIT.h5            without labels: each kind of fraud against genuine rows
    judge.py loss AUDIT.h5              bits a row, beside personal and global frequency
    judge.py calibration AUDIT.h5 N     of N rows, all merchants: expected over observed by decile
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
        for name, x in (("surprise", -np.log2(r.p[rows])), ("frequency", -np.log2(
                (here + best[2] * popular(r.until, rows)) / (everywhere + best[2])))):
            order = patterns.Order(x)
            _, account = np.unique(r.account[rows], return_inverse=True)
            n = account.max() + 1
            area = [patterns.auroc(order, w[account], np.where(swapped, 0, -1), 1)[0] for w in
                    [np.ones(n)] + [np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(patterns.DRAWS)]]
            print(f"takeover, {swapped.sum()} rows: AUROC by {name} {patterns.told(np.array(area))}", flush=True)


class Company:
    """N(m, m'), and what hangs on it, from the model's pairs"""

    def __init__(self, r):
        key, count = r.model["pair"].ravel().astype(np.uint64), r.model["pair_count"].ravel()
        kind, a, b = key >> np.uint64(60), (key >> np.uint64(30)) & np.uint64(2**30 - 1), key & np.uint64(2**30 - 1)
        a, b = a.astype(np.int64), b.astype(np.int64)
        n = r.n_merchants
        self.rows, self.sum = np.zeros(n), np.zeros(n)
        self.rows[a[kind == 2]] = count[kind == 2]
        self.sum[a[kind == 1]] = count[kind == 1]
        self.segment = np.zeros((17, n))
        self.segment[b[kind == 3], a[kind == 3]] = count[kind == 3]
        x, y, c = a[kind == 0], b[kind == 0], count[kind == 0]
        x, y, c = np.r_[x, y], np.r_[y, x], np.r_[c, c].astype(np.float32)
        order = np.argsort(x, kind="stable")
        self.other, self.count = y[order].astype(np.int32), c[order]
        self.first = np.r_[0, np.cumsum(np.bincount(x, minlength=n))]

    def of(self, m):
        part = slice(self.first[m], self.first[m + 1])
        return self.other[part], self.count[part]


def segments_of(r, path):
    tx = h5py.File(path)["transactions"]
    return tx["account_segment"][()] if "account_segment" in tx else None


def calibration(path, n_rows):
    r = Rows(path)
    company, weights, segment = Company(r), r.model["weight"], segments_of(r, path)
    seen = company.rows > 0
    once, twice = (company.rows == 1).sum(), (company.rows == 2).sum()
    unseen = max(1, once * (once - 1) / 2 / (twice + 1))
    popular, roots = company.rows / company.rows.sum(), np.sqrt(company.rows)
    of_segment = company.segment / np.maximum(1, company.segment.sum(axis=1))[:, None]
    fixed = np.array([popular, roots / roots.sum(), seen / seen.sum(), ~seen / unseen])
    rng = np.random.default_rng(1)
    later = np.flatnonzero((r.split > 1) & ~r.fraud)
    accounts = rng.permutation(len(r.begin))
    share = .1
    asked = np.zeros(len(r.time), bool)
    asked[later] = rng.random(len(later)) < share
    bins, expected, observed, pairs, worst = 1280, np.zeros(1280), np.zeros(1280), np.zeros(1280), 0
    done, ends = 0, np.r_[r.begin[1:], len(r.time)]
    for a in accounts:
        begin, end = r.begin[a], ends[a]
        if done >= n_rows:
            break
        own_parts, own_rows = np.zeros(7), 0.
        m, t, known = r.merchant[begin:end], r.time[begin:end], r.known[begin:end]
        for i in range(begin, end):
            if r.split[i] < 2:
                continue
            j, now = i - begin, r.time[i]
            counts = known[:j] > now
            w = np.where(counts, np.exp2(-(now - t[:j]) / DAY / 45), 0)
            mine, place = np.unique(m[:j], return_inverse=True)
            weight, total = np.bincount(place, w, minlength=len(mine)), w.sum()
            last_use = np.zeros(len(mine), int)
            last_use[place] = np.arange(j)
            last = np.argsort(-last_use)[:40]
            last = last[(weight[last] > 0) & (company.sum[mine[last]] > 0)] if j else last
            p = np.zeros((7, r.n_merchants))
            p[0] = popular
            if total > 0:
                p[0] = 0
                p[0][mine] = weight / total
            p[1] = popular
            if len(last):
                p[1] = 0
                for k in last:
                    other, count = company.of(mine[k])
                    p[1][other] += weight[k] / weight[last].sum() * count / company.sum[mine[k]]
            p[2] = of_segment[segment[i]] if company.segment[segment[i]].sum() else popular
            p[3:] = fixed
            level = weights[np.searchsorted([1, 4, 10, 20, 40], total, side="right")]
            lam = (50 * level + own_parts) / (50 + own_rows)
            here = lam * p[:, m[j]]
            worst = max(worst, abs(here.sum() / r.p[i] - 1))
            own_parts, own_rows = own_parts * .99 + here / here.sum(), own_rows * .99 + 1
            if not asked[i]:
                continue
            q = lam @ p
            q[(q <= 0)] = 1e-30
            at = np.clip(((np.log2(q) + 64) * 20).astype(int), 0, bins - 1)
            candidate = seen.copy()
            candidate[mine] = True
            candidate[m[j]] = True
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
    rows.sort(key=lambda x: (x["CUSTOMER_ID"], x["TX_DATETIME"]))
    later = defaultdict(list)
    for i, row in enumerate(rows):
        row["kind"] = ""
        if row["TX_DATETIME"] >= begin:
            later[row["CUSTOMER_ID"]].append(i)
    accounts = sorted(a for a in later if len(later[a]) >= 20)
    drawn = rng.permutation(accounts)
    n = len(accounts) // 100
    terminal = [row["TERMINAL_ID"] for row in rows]
    for a, b in zip(drawn[:n], drawn[n:2 * n]):
        start = rng.integers(0, len(later[a]) - 10)
        for i, k in zip(later[a][start:start + 10], later[b][start % (len(later[b]) - 10):][:10]):
            rows[i]["TERMINAL_ID"], rows[i]["kind"] = terminal[k], "takeover"
    with open(out, "w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "calibration":
        rest[1] = int(rest[1])
    {"scores": scores, "loss": loss, "calibration": calibration, "swap": swap}[command](*rest)
