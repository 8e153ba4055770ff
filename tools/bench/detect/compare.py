#!/usr/bin/env python3
"""Our boosted trees beside LightGBM's and XGBoost's.

    compare.py PROGRAM [--rows N] [--columns N] [--rounds N] [--depth N] [--runs N] [--ranks]

PROGRAM: bench_boosting of a release build. All fit the same float32 values, start
from even odds, add 1 to the hessians of a leaf, take a tenth of a step and ask for
a sum of hessians of 1 on each side of a cut; they do so in turn (A B C A B C ...),
pinned to one core, timed by the CPU seconds of the process, binning included.
LightGBM may have as many leaves as that depth has, and XGBoost's starting score is
said, because it estimates one otherwise. Average precision is of a quarter as many
rows again, drawn alike. Prints medians, and each time as a share of the fastest
peer's; each peer is also run once at its own defaults, which are told as such and
compared with nothing. With --ranks: ours at 1 and 2
ranks, by the clock, in turn; their scores must be the same bytes.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from sklearn.metrics import average_precision_score

OUR_BINS = (256, 1024, 4096)


def make_rows(n, columns):
    """Correlated columns, some of them heavy-tailed or of few values; frauds by products, steps
    far out in a tail, waves and folds of a few of them."""
    rng = np.random.default_rng(7)
    x = rng.standard_normal((n, columns)).astype(np.float32) + np.float32(0.5) * rng.standard_normal((n, 1)).astype(np.float32)
    x[:, 5:10] = np.exp(x[:, 5:10])
    x[:, 20:24] = np.round(x[:, 20:24] * 3)
    odds = x[:, 0] * x[:, 1] + np.where(x[:, 5] > 8, 3, 0) + np.sin(3 * x[:, 2]) + 0.7 * x[:, 3]
    odds += np.where((x[:, 20] > 4) & (x[:, 6] > 3), 4, 0) - 0.5 * np.abs(x[:, 4])
    return x, (rng.random(n) < 1 / (1 + np.exp(8.5 - 1.5 * odds))).astype(np.uint8)


def write_rows(data):
    """The files that bench_boosting reads."""
    for name, part in ("train", data.train), ("test", data.test):
        np.asfortranarray(part).ravel("F").tofile(os.path.join(data.folder, name))
    data.label.tofile(os.path.join(data.folder, "label"))


class Data:
    def __init__(self, options, folder):
        n = options.rows
        x, y = make_rows(n + n // 4, options.columns)
        self.train, self.label, self.test, self.truth = x[:n], y[:n], x[n:], y[n:]
        self.folder = folder
        write_rows(self)


def cpu_of(function):
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


class Ours:
    def __init__(self, data, options, bins, ranks=0):
        self.name = f"paraudit, {bins} bins" + (f", {ranks} ranks" if ranks else "")
        self.data, self.clock = data, ranks > 0
        self.out = os.path.join(data.folder, f"scores-{bins}-{ranks}")
        file = lambda name: os.path.join(data.folder, name)
        self.command = ["mpirun", "--bind-to", "none", "-np", str(ranks)] if ranks else []
        self.command += [options.program, file("train"), file("label"), str(len(data.train)), str(options.columns)]
        self.command += [file("test"), str(len(data.test)), self.out]
        settings = dict(rounds=options.rounds, depth=options.depth, bins=bins, column_share=1)
        self.command += [f"boosting.{k}={v}" for k, v in settings.items()]

    def run(self):
        text = subprocess.run(self.command, check=True, capture_output=True, text=True).stdout
        times = dict(part.split("=") for part in text.split())
        return float(times["clock" if self.clock else "fit"]), np.fromfile(self.out, np.float32)


DEFAULTS = object()


def name_of(package, title, bins):
    how = "its defaults" if bins is DEFAULTS else f"{bins} bins" if bins else "exact"
    return f"{title} {version(package)}, {how}"


class LightGBM:
    def __init__(self, data, options, bins=DEFAULTS):
        self.name, self.data, self.rounds = name_of("lightgbm", "LightGBM", bins), data, options.rounds
        self.settings = dict(objective="binary", num_threads=1, verbose=-1)
        if bins is not DEFAULTS:
            self.settings |= dict(
                learning_rate=0.1, max_depth=options.depth, num_leaves=2**options.depth, lambda_l2=1, min_data_in_leaf=1,
                min_sum_hessian_in_leaf=1, boost_from_average=False, max_bin=bins, min_data_in_bin=1)

    def run(self):
        import lightgbm
        def fit():
            rows = lightgbm.Dataset(self.data.train, self.data.label, params=self.settings)
            return lightgbm.train(self.settings, rows, self.rounds)
        seconds, model = cpu_of(fit)
        return seconds, model.predict(self.data.test, raw_score=True)


class XGBoost:
    def __init__(self, data, options, bins=DEFAULTS):
        self.name, self.data, self.rounds, self.bins = name_of("xgboost", "XGBoost", bins), data, options.rounds, bins
        self.settings = dict(objective="binary:logistic", nthread=1)
        if bins is not DEFAULTS:
            self.settings |= dict(eta=0.1, max_depth=options.depth, reg_lambda=1, min_child_weight=1, base_score=0.5)
            self.settings |= dict(max_bin=bins, tree_method="hist") if bins else dict(tree_method="exact")

    def matrix(self):
        import xgboost
        if self.bins in (DEFAULTS, None):
            return xgboost.DMatrix(self.data.train, self.data.label, nthread=1)
        return xgboost.QuantileDMatrix(self.data.train, self.data.label, max_bin=self.bins, nthread=1)

    def run(self):
        import xgboost
        def fit():
            return xgboost.train(self.settings, self.matrix(), self.rounds)
        seconds, model = cpu_of(fit)
        return seconds, model.predict(xgboost.DMatrix(self.data.test, nthread=1), output_margin=True)


def take_turns(sides, runs):
    times, scores = {side.name: [] for side in sides}, {}
    for _ in range(runs):
        for side in sides:
            seconds, scores[side.name] = side.run()
            times[side.name].append(seconds)
    return {name: np.median(t) for name, t in times.items()}, scores


def compare(data, options):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ours = [Ours(data, options, bins) for bins in OUR_BINS]
    peers = [kind(data, options, bins) for kind, bins in
             ((LightGBM, 255), (XGBoost, 256), (LightGBM, 4095), (XGBoost, 4096))]
    defaults = [LightGBM(data, options), XGBoost(data, options)]
    times, scores = take_turns(ours + peers, options.runs)
    times_once, scores_once = take_turns(defaults, 1)
    times |= times_once
    scores |= scores_once
    fastest = min(times[p.name] for p in peers)
    best = max(average_precision_score(data.truth, scores[p.name]) for p in peers)
    print(f"{options.rows} x {options.columns}, {data.label.mean():.4f} frauds, {options.rounds} rounds, depth {options.depth}, "
          f"medians of {options.runs} runs, one core")
    print(f"{'':28}{'fit s':>9}{'fastest peer = 1':>18}{'AP':>9}{'to best peer':>14}")
    for side in ours + peers + defaults:
        ap = average_precision_score(data.truth, scores[side.name])
        print(f"{side.name:28}{times[side.name]:9.2f}{times[side.name] / fastest:18.2f}{ap:9.4f}{ap - best:+14.4f}")
    usual = times[ours[1].name] / fastest, average_precision_score(data.truth, scores[ours[1].name]) - best
    if usual[0] > 1.2 or usual[1] < -0.005:
        sys.exit("slower than 1.2 times the fastest peer, or less precise by more than .005")


def compare_ranks(data, options):
    sides = [Ours(data, options, bins, ranks) for bins in OUR_BINS for ranks in (1, 2)]
    times, scores = take_turns(sides, options.runs)
    for one, two in zip(sides[::2], sides[1::2]):
        print(f"{one.name}: {times[one.name]:.2f} s, {two.name}: {times[two.name]:.2f} s, {times[one.name] / times[two.name]:.2f} times as fast")
        if not np.array_equal(scores[one.name], scores[two.name]):
            sys.exit("the ranks give different scores")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--rows", type=int, default=1000000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--depth", type=int, default=6)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--ranks", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Data(options, folder)
        (compare_ranks if options.ranks else compare)(data, options)


if __name__ == "__main__":
    main()
