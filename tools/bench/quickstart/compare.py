#!/usr/bin/env python3
"""The alerts of an audit beside those of XGBoost and LightGBM on the same columns.

    compare.py LABELS LABEL_FREE FOREST COUNTS.csv     folders of three audits of a portfolio
    compare.py --all COUNTS.csv                        all portfolios that were compared

LABELS is audited with labels, LABEL_FREE without, FOREST by the isolation forest over all
columns that need no label. The peers learn from the columns that our boosted trees read, on the
training rows whose label is known when the audit begins. "As ours" are they with our starting
score, regularisation, depth, rate, bins, and as many trees as ours found best. Alerts are raised
by one rule: of each day the 100 accounts with the highest score, one transaction of each. An
alert is right where its account has a fraud on that day. Prints how many are, and the difference
to ours with 95 % intervals: accounts are drawn anew. COUNTS.csv gets the right alerts of each
account. Fails with --all where XGBoost or LightGBM as ours is right more often than we are, by
an interval above 0.
"""
import csv
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import h5py
import numpy as np

PER_DAY, DAY, REPLICATES = 100, 86400, 2000
OURS, AS_OURS = "paraudit", ("XGBoost, as ours", "LightGBM, as ours")


def texts(data):
    return [text.decode() for text in data[...]]


class Audit:
    def __init__(self, folder):
        self.file = h5py.File(os.path.join(folder, "audit.h5"))
        self.tx = self.file["transactions"]
        split, names = self.tx["split"][...], texts(self.file["categories/split"])
        self.audited, self.trained = (split == names.index(name) for name in ("audit", "train"))

    def of(self, name, rows):
        return self.tx[name][...][rows]


def known_labels(audit):
    """Training rows whose label is known when the audit begins."""
    due = np.maximum(audit.of("time", audit.trained) + audit.file.attrs["label_delay"], audit.of("label_time", audit.trained))
    rows = np.flatnonzero(audit.trained)[due <= audit.file.attrs["audit_from"]]
    label = audit.tx["label"][...][rows]
    return rows[label >= 0], label[label >= 0]


def peers(audit):
    """Scores of the audited rows, by name."""
    import lightgbm as lgb
    import xgboost as xgb

    model = audit.file["models/boosting"]
    rounds, depth = int(model["shape"][0]), int(model["shape"][3])
    rows, label = known_labels(audit)
    features = texts(model["feature_name"])
    both = np.column_stack([audit.tx[name][...] for name in features])
    train, judged = both[rows], both[audit.audited]
    print(f"  {len(features)} columns, {len(rows)} training rows with {label.sum()} known frauds, {rounds} trees as ours", flush=True)
    scores = {}

    def xgboost(name, trees, **settings):
        start, bins = time.process_time(), {"max_bin": settings["max_bin"]} if "max_bin" in settings else {}
        data = xgb.QuantileDMatrix(train, label, nthread=1, **bins)
        fitted = xgb.train({"objective": "binary:logistic", "nthread": 1, **settings}, data, trees)
        scores[name] = fitted.predict(xgb.DMatrix(judged, nthread=1), output_margin=True)
        print(f"  {name}: {time.process_time() - start:.1f} s", flush=True)

    def lightgbm(name, trees, **settings):
        start = time.process_time()
        settings = {"objective": "binary", "num_threads": 1, "verbose": -1, **settings}
        fitted = lgb.train(settings, lgb.Dataset(train, label, params=settings), trees)
        scores[name] = fitted.predict(judged, raw_score=True)
        print(f"  {name}: {time.process_time() - start:.1f} s", flush=True)

    xgboost(AS_OURS[0], rounds, eta=0.1, max_depth=depth, reg_lambda=1, min_child_weight=1, base_score=0.5, max_bin=1024)
    lightgbm(AS_OURS[1], rounds, learning_rate=0.1, max_depth=depth, num_leaves=2**depth, lambda_l2=1, min_data_in_leaf=1,
             min_sum_hessian_in_leaf=1, boost_from_average=False, max_bin=1023)
    xgboost("XGBoost, its defaults", 100)
    lightgbm("LightGBM, its defaults", 100)
    return scores


def alerted(account, day, tx, score):
    """Places of the rows that raise alerts: of each account and day the one with the highest score."""
    rows = []
    for d in np.unique(day):
        of_day = np.flatnonzero(day == d)
        best = of_day[np.lexsort((tx[of_day], -score[of_day]))]
        _, first = np.unique(account[best], return_index=True)
        rows.append(best[np.sort(first)[:PER_DAY]])
    return np.concatenate(rows)


def count(folders, path):
    audits = [Audit(folder) for folder in folders]
    main = audits[0]
    account, day, tx, label = (main.of(name, main.audited) for name in ("account", "time", "tx", "label"))
    day = day // DAY
    scores = {OURS: main.of("margin", main.audited), "its boosted trees alone": main.of("boosting_raw", main.audited)}
    scores |= peers(main)
    scores["without labels"] = audits[1].of("margin", audits[1].audited)
    scores["isolation forest alone"] = audits[2].of("margin", audits[2].audited)
    scores["amount"] = main.of("amount", main.audited)
    key = account.astype(np.int64) * 2**32 + day
    bad = np.unique(key[label == 1])
    right = {"possible": np.concatenate([bad[bad % 2**32 == d][:PER_DAY] for d in np.unique(day)])}
    for name, score in scores.items():
        raised = key[alerted(account, day, tx, score)]
        right[name] = raised[np.isin(raised, bad)]
    assert len(right[OURS]) == np.isin(key[main.of("alert", main.audited).astype(bool)], bad).sum()
    accounts = np.unique(account)
    places = (np.searchsorted(accounts, keys // 2**32) for keys in right.values())
    counts = np.column_stack([np.bincount(place, minlength=len(accounts)) for place in places])
    write(path, list(right), main.file.attrs["input_digest"].decode()[:12], accounts, counts)
    return list(right), counts


def write(path, names, portfolio, accounts, counts):
    exists = os.path.exists(path)
    with open(path, "a", newline="") as file:
        out = csv.writer(file)
        if not exists:
            out.writerow(["portfolio", "account", *names])
        out.writerows([portfolio, account, *row] for account, row in zip(accounts, counts.tolist()))


def read(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    print(f"all {len({row[0] for row in rows[1:]})} portfolios")
    return rows[0][2:], np.array([row[2:] for row in rows[1:]], np.int64)


def tell(names, counts):
    """Returns whether none of the peers as ours is right more often."""
    rng, ours, good = np.random.default_rng(1), counts[:, names.index(OURS)], True
    weight = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), REPLICATES)
    possible = counts[:, names.index("possible")].sum()
    for k, name in enumerate(names):
        total, less = counts[:, k].sum(), counts[:, k] - ours
        low, high = np.quantile(weight @ less, (0.025, 0.975))
        beside = "" if name in ("possible", OURS) else f"{less.sum():+8}  {low:+.0f} to {high:+.0f}"
        print(f"  {name:28}{total:6}{total / possible:7.2f}{beside}")
        good = good and not (name in AS_OURS and low > 0)
    return good


def main(words):
    if words[0] == "--all":
        return 0 if tell(*read(words[1])) else "a peer is right more often"
    names, counts = count(words[:3], words[3])
    tell(names, counts)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
