#!/usr/bin/env python3
"""Our contributions beside XGBoost's, of one model: TreeSHAP by both.

    contributions.py PROGRAM [--rows N] [--columns N] [--explain N] [--runs N]

PROGRAM: bench_boosting of a release build. We fit trees of several shapes, also to values of
which a fifth are missing; each model becomes one of XGBoost's, whose cover of a place is the
number of our rows there. XGBoost's pred_contribs (exact, the mean last) is compared with our
parts, and its mean with our margin less these: fails where any differs by more than 1e-5. Then
the CPU time of a row, one thread, medians: of as many rows as a week has alerts (--explain),
ours with the margins and with the tables that are made before the first row, whose time stands
beside it: the more rows, the less of it each has. Fails where ours is longer.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from types import SimpleNamespace

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import xgboost

from compare import make_rows, write_rows

MOST_OFF = 1e-5
SHAPES = ((100, 4, 1, 0), (100, 6, 1, 0), (100, 6, 1, 0.2), (30, 10, 1, 0.2), (40, 6, 3, 0.2))


class Model:
    """What bench_boosting wrote under a name."""

    def __init__(self, name, n_columns):
        read = lambda array, kind: np.fromfile(f"{name}.{array}", kind)
        rounds, self.bags, _, depth = read("shape", np.int32)
        self.n_columns, self.n_trees, n = n_columns, rounds * self.bags, 1 << depth
        self.start = read("start", np.float64)[0]
        self.feature, self.threshold, self.missing = (
            read(array, kind).reshape(self.n_trees, n)
            for array, kind in (("feature", np.int32), ("threshold", np.float32), ("missing", np.int8)))
        self.value, self.rows = (
            read(array, kind).reshape(self.n_trees, 2 * n) for array, kind in (("value", np.float64), ("rows", np.int64)))

    def is_cut(self, tree, place):
        return place < self.feature.shape[1] and self.feature[tree, place] >= 0

    def places(self, tree):
        """Of a tree, from the root down, parents before their children."""
        found = [1]
        for place in found:
            if self.is_cut(tree, place):
                found += [2 * place, 2 * place + 1]
        return found

    def tree(self, number):
        places = self.places(number)
        at = {place: i for i, place in enumerate(places)}
        cut = [self.is_cut(number, place) for place in places]
        value = [float(self.value[number, p] / self.bags) for p in places]
        condition = [self.threshold[number, p] if c else v for p, c, v in zip(places, cut, value)]
        return {
            "id": number, "left_children": [at[2 * p] if c else -1 for p, c in zip(places, cut)],
            "right_children": [at[2 * p + 1] if c else -1 for p, c in zip(places, cut)],
            "parents": [at[p // 2] if p > 1 else 2147483647 for p in places],
            "split_indices": [int(self.feature[number, p]) if c else 0 for p, c in zip(places, cut)],
            # No threshold: all values that are known go to the left.
            "split_conditions": [3.4e38 if np.isnan(t) else float(t) for t in condition],
            "default_left": [int(self.missing[number, p]) if c else 0 for p, c in zip(places, cut)],
            "sum_hessian": [float(self.rows[number, p]) for p in places], "base_weights": value,
            "loss_changes": [0.0] * len(places), "split_type": [0] * len(places),
            "categories": [], "categories_nodes": [], "categories_segments": [], "categories_sizes": [],
            "tree_param": {"num_deleted": "0", "num_feature": str(self.n_columns), "num_nodes": str(len(places)), "size_leaf_vector": "1"}}

    def as_xgboost(self):
        rows = xgboost.DMatrix(np.zeros((2, self.n_columns), np.float32), [0, 1])
        booster = xgboost.train({"objective": "binary:logistic", "base_score": float(1 / (1 + np.exp(-self.start)))}, rows, 1)
        text = json.loads(booster.save_raw("json"))
        trees = text["learner"]["gradient_booster"]["model"]
        trees["trees"] = [self.tree(t) for t in range(self.n_trees)]
        trees["tree_info"] = [0] * self.n_trees
        trees["iteration_indptr"] = list(range(self.n_trees + 1))
        trees["gbtree_model_param"]["num_trees"] = str(self.n_trees)
        booster = xgboost.Booster({"nthread": 1})
        booster.load_model(bytearray(json.dumps(text), "utf-8"))
        return booster


def run_ours(options, folder, n, shape, explained, first):
    """Seconds of a row with its contributions, and before the first; the files are written at the first call."""
    rounds, depth, bags, _ = shape
    file = lambda name: os.path.join(folder, name)
    command = [options.program, file("train"), file("label"), str(n), str(options.columns), file("test"), str(explained), file("scores")]
    command += [f"boosting.{k}={v}" for k, v in dict(rounds=rounds, depth=depth, bags=bags, row_share=0.5 if bags > 1 else 1).items()]
    command += [f"parts={file('model')}"] if first else []
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    told = {k: float(v) for k, v in (part.split("=") for part in text.split())}
    return told["parts"] / explained, told["open"]


def run_theirs(booster, rows):
    start = time.process_time()
    found = booster.predict(xgboost.DMatrix(rows, nthread=1), pred_contribs=True)
    return (time.process_time() - start) / len(rows), found


def compare(options, shape, folder):
    rounds, depth, bags, holes = shape
    x, y = make_rows(options.rows + options.explain, options.columns)
    x[np.random.default_rng(3).random(x.shape) < holes] = np.nan
    test = np.ascontiguousarray(x[options.rows :])
    write_rows(SimpleNamespace(train=x[: options.rows], label=y[: options.rows], test=test, folder=folder))
    ours, opens = zip(*[run_ours(options, folder, options.rows, shape, len(test), i == 0) for i in range(options.runs)])
    booster = Model(os.path.join(folder, "model"), options.columns).as_xgboost()
    theirs, found = zip(*[run_theirs(booster, test) for _ in range(options.runs)])
    parts = np.fromfile(os.path.join(folder, "model.parts")).reshape(options.columns, -1).T
    margin = np.fromfile(os.path.join(folder, "scores"), np.float32).astype(np.float64)
    off = np.abs(parts - found[0][:, :-1]).max()
    mean_off = np.abs(margin - parts.sum(axis=1) - found[0][:, -1]).max()
    mine, his = np.median(ours) * 1e6, np.median(theirs) * 1e6
    print(f"{rounds:6}{depth:6}{bags:6}{holes:9.0%}{off:12.1e}{mean_off:12.1e}{mine:12.1f}{his:12.1f}{his / mine:8.1f}{np.median(opens):12.3f}",
          flush=True)
    return off <= MOST_OFF and mean_off <= MOST_OFF and mine <= his


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--rows", type=int, default=100000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--explain", type=int, default=700)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(f"contributions of {options.explain} rows, fitted on {options.rows} x {options.columns}; XGBoost {version('xgboost')}, "
          f"medians of {options.runs} runs, one thread")
    print("rounds depth  bags  missing   parts off    mean off     row, us XGBoost, us   times   tables, s")
    with tempfile.TemporaryDirectory() as folder:
        good = [compare(options, shape, folder) for shape in SHAPES]
    if not all(good):
        sys.exit(f"off by more than {MOST_OFF}, or slower than XGBoost")


if __name__ == "__main__":
    main()
