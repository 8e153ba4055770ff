"""What the patterns add, on the portfolio that kinds of fraud are judged on (run.sh).

    judge.py scores AUDIT.h5              label-free: each kind against genuine rows, by column
    judge.py gain WITHOUT.h5 WITH.h5      with labels: two audits of the same rows

All scored rows count. Intervals: accounts drawn with replacement, 200 times, 95 %.
"""
import sys

import h5py
import numpy as np

DRAWS = 200
COLUMNS = ["combinations_raw", "merchant_is_new", "company_mean", "company_max", "company_none_share",
           "company_lift", "merchant_amount_surprise", "category_amount_surprise",
           "category_hour_surprise", "basket_outlier", "rule_contradicted", "low_new_amounts_1d",
           "tails_raw", "iforest_raw", "ecod_raw"]
FALLING = {"company_mean", "company_max", "company_lift"}  # small values are odd


class Book:
    def __init__(self, path):
        self.file = h5py.File(path)
        self.tx = self.file["transactions"]
        self.row = np.flatnonzero(np.isfinite(self.tx["margin"][:]))
        self.kind = self.tx["kind"][:][self.row]
        group = self.file["categories/kind"]
        names = group["kind"][:] if isinstance(group, h5py.Group) else group[:]
        self.names = [n.decode() for n in names]
        _, self.account = np.unique(self.tx["account"][:][self.row], return_inverse=True)
        rng = np.random.default_rng(1)
        n = self.account.max() + 1
        self.weights = [np.ones(n)] + [np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(DRAWS)]

    def column(self, name):
        if name not in self.tx:
            return None
        x = self.tx[name][:][self.row].astype(float)
        return -x if name in FALLING else x


class Order:
    """The rows by a score, equal ones together."""

    def __init__(self, x):
        self.order = np.argsort(x, kind="stable")
        s = x[self.order]
        self.end = np.flatnonzero(np.r_[s[1:] != s[:-1], True])

    def sums(self, w):
        """of each group of equal scores, from the smallest on"""
        return np.diff(np.r_[0, np.cumsum(w[self.order])[self.end]])


def auroc(order, w, kind, n_kinds):
    """of each kind against the genuine rows"""
    genuine = order.sums(w * (kind == -1))
    below = np.repeat(np.cumsum(genuine) - genuine / 2, np.diff(np.r_[-1, order.end]))
    place = np.empty(len(below))
    place[order.order] = below
    weight = np.bincount(kind + 1, weights=w, minlength=n_kinds + 1)
    sums = np.bincount(kind + 1, weights=w * place, minlength=n_kinds + 1)
    return (sums / weight)[1:] / weight[0]


def average_precision(order, w, kind):
    fraud, all_ = order.sums(w * (kind != -1))[::-1], order.sums(w)[::-1]
    return float((fraud * np.cumsum(fraud) / np.maximum(np.cumsum(all_), 1e-300)).sum() / fraud.sum())


def interval(values):
    low, high = np.quantile(values[1:], [.025, .975])
    return low, high


def told(values):
    low, high = interval(values)
    return f"{values[0]:.3f} ({low:.3f} to {high:.3f})"


def scores(path):
    book = Book(path)
    found = {}
    print("| AUROC against genuine rows | " + " | ".join(n.replace("_", " ") for n in book.names) + " |")
    print("|---" * (len(book.names) + 1) + "|")
    for name in COLUMNS:
        x = book.column(name)
        if x is None:
            continue
        order = Order(x)
        found[name] = np.array([auroc(order, w[book.account], book.kind, len(book.names))
                                for w in book.weights]).T
        print(f"| {name} | " + " | ".join(told(v) for v in found[name]) + " |", flush=True)
    above = found["combinations_raw"] - found["merchant_is_new"]
    print("| combinations above merchant_is_new | " + " | ".join(told(v) for v in above) + " |")


def gain(without, with_):
    a, b = Book(without), Book(with_)
    assert np.array_equal(a.row, b.row) and np.array_equal(a.kind, b.kind)
    x, y = Order(a.column("margin")), Order(b.column("margin"))
    ap = np.array([[average_precision(o, w[a.account], a.kind) for w in a.weights] for o in (x, y)])
    print(f"AUPRC {told(ap[0])}, with them {told(ap[1])}; "
          f"{told(ap[1] / ap[0] - 1)} of its value more")
    areas = np.array([[auroc(o, w[a.account], a.kind, len(a.names)) for w in a.weights] for o in (x, y)])
    for k, name in enumerate(a.names):
        area = areas[:, :, k]
        print(f"{name}: AUROC {told(area[0])}, with them {told(area[1])}; more {told(area[1] - area[0])}",
              flush=True)


if __name__ == "__main__":
    {"scores": scores, "gain": gain}[sys.argv[1]](*sys.argv[2:])
