#!/usr/bin/env python3
"""Average precision of our boosted trees beside LightGBM's and XGBoost's, on the columns of an audit.

    folds.py BENCH PROGRAM [--data FOLDER] [--rounds N] [--depth N]

BENCH: bench_boosting, PROGRAM: paraudit, of a release build. FOLDER has the Fraud Detection
Handbook's portfolio and that of the Sparkov simulator (handbook/, sparkov/transactions.csv.zst);
one that is not there is passed over. paraudit makes the feature columns, which hang on no later
row and no unknown label, so one audit serves all folds; all fit the same float32 values of a
fold's training days, with the settings of compare.py, and score the days of its test, a label
delay of 7 days later. Peers at their own defaults are told beside them. Fails where the mean over
a portfolio's folds is more than .005 below that of the best peer with our settings.
"""
import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np
from sklearn.metrics import average_precision_score

from compare import DEFAULTS, LightGBM, Ours, XGBoost, write_rows

# None: XGBoost's exact method, without bins.
PEERS = (LightGBM, 4095), (XGBoost, 4096), (XGBoost, None)
OUR_BINS = (1024, 4096)
MOST_BELOW = 0.005
DAY, DELAY = 86400, 7
# The Handbook's folds are those of its book; days of training and of test.
FOLDS = {
    "handbook": (("2018-07-25", "2018-08-01", "2018-08-08", "2018-08-15"), 7, 7),
    "sparkov": (("2019-03-01", "2019-05-01", "2019-07-01", "2019-09-01"), 60, 30),
}


class Columns:
    """The features of all rows of a portfolio, as an audit made them."""

    def __init__(self, program, name, file, folder):
        out = os.path.join(folder, name)
        command = [program, "audit", f"jobs/presets/{name}.ini", "--quiet", "--out", out, "--set", f"input.files={file}",
                   "--set", f"split.label_delay_days={DELAY}", "--set", "job.leave_out=iforest,ecod,logistic,boosting"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with h5py.File(os.path.join(out, "audit.h5")) as result:
            table = result["transactions"]
            names = [n for n in table if table[n].attrs.get("role") in ("feature", b"feature")]
            order = np.argsort(table["time"][...], kind="stable")
            self.time, self.label = table["time"][...][order], table["label"][...][order]
            self.rows = np.column_stack([table[n][...][order] for n in names])

    def between(self, start, first, last):
        begin = int(np.datetime64(start, "s").astype(np.int64))
        i, j = np.searchsorted(self.time, [begin + first * DAY, begin + last * DAY])
        return self.rows[i:j], self.label[i:j].astype(np.uint8)


class Fold:
    def __init__(self, columns, start, train_days, test_days, folder):
        self.train, self.label = columns.between(start, 0, train_days)
        first = train_days + DELAY
        self.test, self.truth = columns.between(start, first, first + test_days)
        self.folder = folder
        os.mkdir(folder)
        write_rows(self)


def precisions(make, folds):
    """The name of a side, and its average precision of each fold."""
    sides = [make(fold) for fold in folds]
    return sides[0].name, [average_precision_score(fold.truth, side.run()[1]) for fold, side in zip(folds, sides)]


def compare(options, name, columns, folder):
    starts, train_days, test_days = FOLDS[name]
    folds = [Fold(columns, start, train_days, test_days, os.path.join(folder, start)) for start in starts]
    options.columns = folds[0].train.shape[1]
    print(f"\n{name}: {train_days} days of training, {test_days} of test, {options.columns} columns, {options.rounds} rounds, depth {options.depth}")
    print(f"{'average precision':28}" + "".join(f"{s:>12}" for s in starts) + f"{'mean':>9}{'to best peer':>14}", flush=True)
    means = {}

    def tell(kind, bins, against=None):
        side, found = precisions(lambda fold: kind(fold, options, bins), folds)
        means[kind, bins] = np.mean(found)
        print(f"{side:28}" + "".join(f"{ap:12.4f}" for ap in found) + f"{np.mean(found):9.4f}"
              + (f"{np.mean(found) - against:+14.4f}" if against else ""), flush=True)

    for kind, bins in PEERS:
        tell(kind, bins)
    best = max(means.values())
    for bins in OUR_BINS:
        tell(Ours, bins, best)
    for kind in LightGBM, XGBoost:
        tell(kind, DEFAULTS, best)
    return min(means[Ours, bins] for bins in OUR_BINS) >= best - MOST_BELOW


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench")
    parser.add_argument("program")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--depth", type=int, default=4)
    options = parser.parse_args()
    options.program, paraudit = options.bench, options.program
    good = True
    for name in FOLDS:
        file = options.data / name / "transactions.csv.zst"
        if not file.is_file():
            print(f"SKIPPED: {name} ({file} is not there)")
            continue
        with tempfile.TemporaryDirectory() as folder:
            good = compare(options, name, Columns(paraudit, name, file, folder), folder) and good
    sys.exit(0 if good else f"less precise than the best peer by more than {MOST_BELOW}")


if __name__ == "__main__":
    main()
