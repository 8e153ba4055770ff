#!/usr/bin/env python3
"""Our logistic regression beside scikit-learn's: the same fit, and the detector.

    logistic.py BENCH PROGRAM [--ulb FILE] [--rows N] [--columns N] [--runs N]

BENCH: bench_logit, PROGRAM: paraudit, of a release build. First the kernel: both fit the same
float32 matrix, standardised, with the same l2 (C = 1 / l2), pinned to one core; CPU seconds,
medians of the runs, beside newton-cholesky and lbfgs with their default tolerances. Then what
they find is compared with newton-cholesky run to its end: fails where the objective is more
than 1e-8 of its size off, or a coefficient more than 1e-5.

Then the detector on FILE, the Kaggle/ULB sample (creditcard_union_sample.csv.zst), where it is
there: fitted on the rows up to a time, scored on later ones; average precision beside
scikit-learn's on standardised columns.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.preprocessing import StandardScaler

MOST_OFF_OBJECTIVE, MOST_OFF_COEFFICIENT = 1e-8, 1e-5
L2 = (0.1, 1, 100)
SPLITS = ((0.5, 0.7), (0.7, 1.0))


def standardised(rows):
    return np.asfortranarray(StandardScaler().fit_transform(rows), np.float32)


def made(n, columns):
    """Correlated normal columns, of which a third matter; about one fraud in fifty."""
    rng = np.random.default_rng(7)
    rows = rng.standard_normal((n, columns)) + rng.standard_normal((n, 1)) * 0.5
    odds = rows[:, ::3] @ rng.normal(0, 0.5, len(range(0, columns, 3))) - 5
    return standardised(rows), (rng.random(n) < expit(odds)).astype(np.uint8)


def read_ulb(path):
    text = subprocess.run(["zstd", "-qdc", path], check=True, capture_output=True).stdout
    with tempfile.TemporaryFile() as file:
        file.write(text)
        file.seek(0)
        return pd.read_csv(file)


def ours(bench, rows, labels, l2, folder):
    paths = [os.path.join(folder, name) for name in ("rows", "labels", "coefficients")]
    rows.ravel("F").tofile(paths[0])
    labels.tofile(paths[1])
    command = [bench, paths[0], paths[1], *map(str, rows.shape), str(l2), paths[2]]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    told = dict(part.split("=") for part in text.split())
    assert told["converged"] == "1", text
    return np.fromfile(paths[2]), float(told["fit"])


def theirs(rows, labels, l2, **options):
    wide = rows.astype(np.float64)  # the layout each solver is fastest with: it copies no more
    if options["solver"] == "lbfgs":
        wide = np.ascontiguousarray(wide)
    start = time.process_time()
    model = LogisticRegression(C=1 / l2, **options).fit(wide, labels)
    return np.r_[model.intercept_, model.coef_[0]], time.process_time() - start


def objective(coefficients, rows, labels, l2):
    away = np.where(labels, -1, 1) * (rows.astype(np.float64) @ coefficients[1:] + coefficients[0])
    return np.logaddexp(0, away).sum() + l2 / 2 * (coefficients[1:] ** 2).sum()


def compare(bench, name, rows, labels, runs, folder):
    good = True
    for l2 in L2:
        seconds = []
        for _ in range(runs):
            mine, fit = ours(bench, rows, labels, l2, folder)
            _, newton = theirs(rows, labels, l2, solver="newton-cholesky")
            _, lbfgs = theirs(rows, labels, l2, solver="lbfgs", max_iter=1000)
            seconds.append((fit, newton, lbfgs))
        known, _ = theirs(rows, labels, l2, solver="newton-cholesky", tol=1e-12, max_iter=1000)
        best = objective(known, rows, labels, l2)
        off = abs(objective(mine, rows, labels, l2) - best) / best
        coefficient_off = np.abs(mine - known).max()
        fit, newton, lbfgs = np.median(seconds, axis=0)
        print(f"{name:20}{l2:7}{off:12.1e}{coefficient_off:12.1e}{fit:9.3f}{newton:9.3f}{lbfgs:9.3f}{newton / fit:9.2f}"
              f"{lbfgs / fit:9.2f}", flush=True)
        good = good and off <= MOST_OFF_OBJECTIVE and coefficient_off <= MOST_OFF_COEFFICIENT
    return good


def detect(program, frame, folder):
    print(f"\nKaggle/ULB sample by time, average precision\n{'train .. score':20}{'l2':>7}{'paraudit':>12}{'scikit-learn':>14}")
    paths = [os.path.join(folder, name) for name in ("train.csv", "score.csv", "scores.csv")]
    for begin, end in SPLITS:
        a, b = int(begin * len(frame)), int(end * len(frame))
        parts = frame[:a], frame[a:b]
        for part, path in zip(parts, paths):
            part.to_csv(path, index=False)
        x, y = (part.drop(columns=["Time", "Class"]) for part in parts), [part["Class"].to_numpy() for part in parts]
        train, score = x
        scaler = StandardScaler().fit(train)
        for l2 in (1, 10):
            command = [program, "detect", paths[1], "--train", paths[0], "--detector", "logistic", "--label", "Class",
                       "--skip", "Time", "--l2", str(l2), "--out", paths[2], "--replace"]
            subprocess.run(command, check=True, capture_output=True)
            mine = average_precision_score(y[1], pd.read_csv(paths[2])["score"])
            model = LogisticRegression(C=1 / l2, max_iter=1000).fit(scaler.transform(train), y[0])
            known = average_precision_score(y[1], model.decision_function(scaler.transform(score)))
            print(f"{begin:4} .. {end:<12}{l2:7}{mine:12.4f}{known:14.4f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench")
    parser.add_argument("program")
    parser.add_argument("--ulb", type=Path)
    parser.add_argument("--rows", type=int, default=200000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    frame = read_ulb(options.ulb) if options.ulb and options.ulb.is_file() else None
    print(f"logistic regression, paraudit beside scikit-learn {version('scikit-learn')}, medians of {options.runs}, one core\n"
          f"{'matrix':20}{'l2':>7}{'objective':>12}{'coefficient':>12}{'fit s':>9}{'newton s':>9}{'lbfgs s':>9}"
          f"{'newton':>9}{'lbfgs':>9}  (ours = 1)")
    with tempfile.TemporaryDirectory() as folder:
        rows, labels = made(options.rows, options.columns)
        good = compare(options.bench, f"{options.rows} x {options.columns}", rows, labels, options.runs, folder)
        if frame is None:
            print(f"SKIPPED: the Kaggle/ULB sample ({options.ulb} is not there)")
        else:
            rows = standardised(frame.drop(columns=["Time", "Class"]).to_numpy())
            labels = frame["Class"].to_numpy(np.uint8)
            good = compare(options.bench, f"ULB, {len(rows)} x {rows.shape[1]}", rows, labels, options.runs, folder) and good
            detect(options.program, frame, folder)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
