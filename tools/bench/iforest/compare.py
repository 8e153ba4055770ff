#!/usr/bin/env python3
"""Our isolation forest beside scikit-learn's and isotree's.

    compare.py PROGRAM [--rows N] [--columns N] [--runs N]

PROGRAM: bench_iforest of a release build. All fit 100 trees of 256 rows on the
same float32 values and score every row, in turn (A B C A B C ...), pinned to one
core, timed by the CPU seconds of the process; each peer gets the memory layout
that it is fastest with, made before its clock starts. Scores must agree: the
rank correlation with scikit-learn's is checked. Prints medians and ratios.
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

TREES, SAMPLE = 100, 256


def make_rows(n, columns):
    """Correlated normal columns; one row in fifty from a wider cloud."""
    rng = np.random.default_rng(7)
    rows = rng.standard_normal((n, columns)) + rng.standard_normal((n, 1)) * 0.5
    rows[rng.random(n) < 0.02] *= 3
    return rows.astype(np.float32)


def timed(function):
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


class Ours:
    def __init__(self, program, kind, rows, folder):
        self.name, self.kind, self.program = f"paraudit {kind}", kind, program
        self.shape, self.input = rows.shape, os.path.join(folder, "rows")
        self.output = os.path.join(folder, kind)
        np.asfortranarray(rows).ravel("F").tofile(self.input)

    def run(self, seed):
        arguments = [self.input, *self.shape, TREES, SAMPLE, seed, self.kind, self.output]
        text = subprocess.run([self.program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
        times = dict(part.split("=") for part in text.split())
        return float(times["fit"]), float(times["score"]), np.fromfile(self.output, np.float32)


class ScikitLearn:
    def __init__(self, rows):
        self.name, self.rows = f"scikit-learn {version('scikit-learn')}", np.ascontiguousarray(rows)

    def run(self, seed):
        from sklearn.ensemble import IsolationForest
        forest = IsolationForest(n_estimators=TREES, max_samples=SAMPLE, random_state=seed, n_jobs=1)
        fit, _ = timed(lambda: forest.fit(self.rows))
        score, values = timed(lambda: -forest.score_samples(self.rows))
        return fit, score, values


class Isotree:
    def __init__(self, rows):
        self.name = f"isotree {version('isotree')}"
        self.by_column, self.by_row = np.asfortranarray(rows, np.float64), np.ascontiguousarray(rows, np.float64)

    def run(self, seed):
        from isotree import IsolationForest
        forest = IsolationForest(ndim=1, ntrees=TREES, sample_size=SAMPLE, max_depth="auto", missing_action="fail",
                                 standardize_data=False, random_seed=seed, nthreads=1)
        fit, _ = timed(lambda: forest.fit(self.by_column))
        score, values = timed(lambda: forest.predict(self.by_row))
        return fit, score, values


def has_avx512():
    with open("/proc/cpuinfo") as info:
        return "avx512f" in info.read()


def rank_correlation(a, b):
    def ranks(v):
        return np.argsort(np.argsort(v, kind="stable"), kind="stable")
    return np.corrcoef(ranks(a), ranks(b))[0, 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--rows", type=int, default=300000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    rows = make_rows(options.rows, options.columns)
    with tempfile.TemporaryDirectory() as folder:
        sides = [Ours(options.program, "portable", rows, folder)]
        if has_avx512():
            sides.append(Ours(options.program, "avx512", rows, folder))
        sides += [ScikitLearn(rows), Isotree(rows)]
        times = {side.name: [] for side in sides}
        last, total = {}, {side.name: np.zeros(options.rows) for side in sides}
        for run in range(options.runs):
            for side in sides:
                fit, score, last[side.name] = side.run(run + 1)
                total[side.name] += last[side.name]
                times[side.name].append((fit, score))
    if has_avx512() and not np.array_equal(last[sides[0].name], last[sides[1].name]):
        sys.exit("the two paths give different scores")
    ours = np.median(times[sides[0].name], axis=0)
    print(f"{options.rows} x {options.columns}, {TREES} trees of {SAMPLE} rows, medians of {options.runs} runs, one core")
    print(f"{'':24}{'fit s':>9}{'rows/s':>12}{'fit, ours = 1':>16}{'speed, ours = 1':>17}{'rank corr.':>12}")
    for side in sides:
        fit, score = np.median(times[side.name], axis=0)
        agreement = rank_correlation(total[side.name], total[sides[0].name])
        print(f"{side.name:24}{fit:9.4f}{options.rows / score:12.0f}{fit / ours[0]:16.2f}{ours[1] / score:17.4f}{agreement:12.3f}")
        if agreement < 0.8:  # the order of ordinary rows is chance in part
            sys.exit("scores do not agree")


if __name__ == "__main__":
    main()
