#!/usr/bin/env python3
"""Accuracy of our isolation forest beside scikit-learn's, in one run.

    odds.py PROGRAM [--data FOLDER] [--seeds N] [--only SET,SET]

PROGRAM: paraudit of a release build. FOLDER holds the ODDS outlier sets as
NAME.csv.zst (columns x0.., label y); held-out sets are made here. Both sides fit
100 trees of 256 rows to the same file at seeds 1 .. N and score every row;
AUROC of both is computed by the same function. Per set: the means over seeds,
their difference (ours - scikit-learn's), its standard error, their ratio z.

Fails where the mean difference over the ODDS sets is above .005, where a set is
more than 3 standard errors off, or where the AUROC that paraudit prints is not
that of its scores. The held-out sets are asked the same, one by one, so that
ties, duplicates, small samples and odd scales are seen as well.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

warnings.filterwarnings("ignore", message="max_samples .* is greater than the total number of samples")
TREES, SAMPLE = 100, 256
MOST_MEAN, MOST_ERRORS = 0.005, 3.0


# ---- held-out sets -----------------------------------------------------------

def with_few(x, is_odd, n_odd, rng):
    """All common rows and n_odd of the odd ones, shuffled."""
    keep = np.concatenate([np.flatnonzero(~is_odd), rng.permutation(np.flatnonzero(is_odd))[:n_odd]])
    keep = rng.permutation(keep)
    return x[keep], is_odd[keep]


def real_sets(rng):
    cancer, wine, digits, iris = (getattr(datasets, "load_" + n)() for n in ("breast_cancer", "wine", "digits", "iris"))
    yield "breast_cancer", *with_few(cancer.data, cancer.target == 0, 40, rng)
    yield "wine", *with_few(wine.data, wine.target == 2, 10, rng)
    yield "iris", *with_few(iris.data, iris.target == 2, 8, rng)
    for digit in (0, 1, 8):
        yield f"digits_{digit}", *with_few(digits.data, digits.target == digit, 60, rng)


def clusters(rng, n, d, share=0.05, spread=3.0):
    """Three normal clusters; odd rows from a wider cloud around them."""
    centre = rng.normal(size=(3, d)) * 2
    odd = rng.random(n) < share
    odd[:3] = True
    return centre[rng.integers(3, size=n)] + rng.normal(size=(n, d)) * np.where(odd, spread, 1)[:, None], odd


def drawn_sets(rng):
    for n in (20, 60, 255, 256, 257, 300):
        yield f"n_{n}", *clusters(rng, n, 5, 0.1, 2.5)
    for d in (1, 2, 50):
        yield f"d_{d}", *clusters(rng, 2000, d, spread=2.0)
    x, odd = clusters(rng, 300, 4)
    yield "each_row_10_times", np.repeat(x, 10, axis=0), np.repeat(odd, 10)
    common = rng.random(2000) < 0.7
    x, odd = clusters(rng, 2000, 4)
    x[common & ~odd] = x[~odd][0]
    yield "most_rows_alike", x, odd
    x, odd = clusters(rng, 3000, 6, spread=2.5)
    yield "whole_numbers", np.round(x), odd
    yield "few_values", np.clip(np.round(x / 2), -1, 2), odd
    yield "yes_or_no", (x > np.where(odd, 0.0, 1.0)[:, None]).astype(float), odd
    sparse = np.where(rng.random((3000, 20)) < np.where(odd, 0.15, 0.05)[:, None], rng.exponential(size=(3000, 20)), 0)
    yield "mostly_zero", sparse, odd
    yield "constant_columns", np.hstack([x, np.ones((3000, 12)), np.zeros((3000, 6))]), odd
    yield "skewed", np.exp(1.5 * x), odd
    yield "tiny_and_huge", x * 10.0 ** np.array([-6, -3, 0, 3, 9, 18]), odd
    for far in (1e3, 1e4, 1e5, 1e6, 1e7):
        yield f"{far:.0f}_away", x + far, odd
    shell = rng.normal(size=(3000, 8))
    shell *= np.where(odd, 5.0, 3.0)[:, None] / np.linalg.norm(shell, axis=1)[:, None]
    yield "shells", shell, odd
    x, odd = clusters(rng, 3000, 5, share=0.04)
    x[odd] = x.mean(axis=0) + 4 + rng.normal(size=(odd.sum(), 5)) * 0.1
    yield "odd_ones_together", x, odd


def held_out_sets():
    rng = np.random.default_rng(20)
    for source in (real_sets, drawn_sets):
        for name, x, odd in source(rng):
            frame = pd.DataFrame(x, columns=[f"x{i}" for i in range(x.shape[1])])
            frame["y"] = odd.astype(int)
            yield name, frame.to_csv(index=False)


def odds_sets(folder):
    for path in sorted(folder.glob("*.csv.zst")):
        yield path.name.removesuffix(".csv.zst"), subprocess.run(["zstd", "-qdc", path], check=True, capture_output=True, text=True).stdout


# ---- the two sides -----------------------------------------------------------

def ours(program, matrix, labels, seed, scores):
    command = [program, "detect", matrix, "--detector", "iforest", "--label", "y", "--trees", str(TREES),
               "--sample", str(SAMPLE), "--seed", str(seed), "--out", scores]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    printed = next(float(line.split()[1]) for line in text.splitlines() if line.startswith("AUROC"))
    auroc = roc_auc_score(labels, pd.read_csv(scores)["score"])
    if abs(printed - auroc) > 1e-6:
        sys.exit(f"{matrix}, seed {seed}: printed AUROC {printed}, its scores have {auroc}")
    return auroc


def theirs(rows, labels, seed):
    forest = IsolationForest(n_estimators=TREES, max_samples=SAMPLE, random_state=seed, n_jobs=1).fit(rows)
    return roc_auc_score(labels, -forest.score_samples(rows))


def compare(program, name, text, seeds, folder):
    matrix, scores = os.path.join(folder, "matrix.csv"), os.path.join(folder, "scores.csv")
    Path(matrix).write_text(text)
    frame = pd.read_csv(matrix)
    labels, rows = frame.pop("y").to_numpy(), frame.to_numpy(np.float32)
    both = np.array([(ours(program, matrix, labels, s, scores), theirs(rows, labels, s)) for s in range(1, seeds + 1)])
    mean, difference = both.mean(axis=0), both[:, 0].mean() - both[:, 1].mean()
    error = np.sqrt((both.var(axis=0, ddof=1) / seeds).sum())
    z = difference / error if error > 0 else 0.0 if difference == 0 else np.inf
    print(f"{name:20}{len(rows):7}{rows.shape[1]:5}{labels.sum():6}{mean[0]:9.4f}{mean[1]:9.4f}{difference:+9.4f}{error:8.4f}{z:+7.2f}", flush=True)
    return name, difference, z


def compare_all(title, sets, wanted, program, seeds):
    print(f"\n{title}\n{'set':20}{'rows':>7}{'cols':>5}{'odd':>6}{'ours':>9}{'theirs':>9}{'diff.':>9}{'s.e.':>8}{'z':>7}")
    with tempfile.TemporaryDirectory() as folder:
        found = [compare(program, name, text, seeds, folder) for name, text in sets if not wanted or name in wanted]
    if not found:
        return True
    mean = np.mean([difference for _, difference, _ in found])
    far = [name for name, _, z in found if abs(z) > MOST_ERRORS]
    print(f"mean difference {mean:+.4f}; beyond {MOST_ERRORS:.0f} standard errors: {', '.join(far) or 'none'}")
    return abs(mean) <= MOST_MEAN and not far


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else []
    print(f"AUROC of the isolation forest, {TREES} trees of {SAMPLE} rows, paraudit beside scikit-learn "
          f"{version('scikit-learn')}, means over {options.seeds} seeds")
    good = True
    if options.data and options.data.is_dir():
        good = compare_all("ODDS", odds_sets(options.data), wanted, options.program, options.seeds)
    else:
        print(f"SKIPPED: the ODDS sets ({options.data} is not there)")
    good = compare_all("Held out", held_out_sets(), wanted, options.program, options.seeds) and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
