#!/usr/bin/env python3
"""Our detectors beside their peers on the Kaggle/ULB sample of card transactions.

    compare.py PROGRAM SAMPLE.csv.zst [--validate] [--seeds N] [--replicates N]

PROGRAM: paraudit of a release build. All learn from the first 24 hours and are judged on the
rest (--validate: from the first 16 hours, on the next 8; what is chosen, is chosen there). Rows
that are equal but for their time are on the side of the first of them. The sample has all
frauds and one in 12.1 of the legitimate rows, so each of these counts 12.1 times. All read the
same 32-bit floats, V1 to V28 and the amount.

Prints average precision and AUROC, of what is drawn at random the mean and the standard
deviation over seeds, and CPU seconds of one core: ours of the whole command, files read and
written, theirs of fitting and scoring alone. Boosted trees are there on all rows and columns,
and drawn: each tree on .8 of both, because on all of them the place of two or three legitimate
rows at the very top decides, and that hangs on the bins. Then each detector beside its peer with
a paired bootstrap of the judged rows and of the seeds: 95 % intervals of the difference in
average precision. Fails where all of an interval lies below 0.
"""
import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from importlib.metadata import version

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import pandas as pd

WEIGHT = 12.1
HOUR = 3600
ROUNDS, DEPTH, RATE, BINS = 100, 4, 0.1, 1024  # as our defaults
SHARE = 0.8  # of rows and columns, where a tree is grown on some


# ---- the data ----


def read_sample(path):
    text = subprocess.run(["zstd", "-qdc", path], check=True, capture_output=True).stdout
    with tempfile.TemporaryFile() as file:
        file.write(text)
        file.seek(0)
        return pd.read_csv(file)


class Data:
    def __init__(self, frame, cut, until, folder):
        frame = frame[frame["Time"] < until * HOUR]
        names = [name for name in frame if name not in ("Time", "Class")]
        first = frame.groupby(names)["Time"].transform("min")
        parts = frame[first < cut * HOUR], frame[first >= cut * HOUR]
        moved = int((parts[0]["Time"] >= cut * HOUR).sum())
        self.x = [part[names].to_numpy(np.float32) for part in parts]
        self.y = [part["Class"].to_numpy() for part in parts]
        self.weight = np.where(self.y[1], 1, WEIGHT)
        self.path = [os.path.join(folder, name) for name in ("train.csv", "judged.csv", "scores.csv")]
        for part, path in zip(parts, self.path):
            part.to_csv(path, index=False)
        self.both = os.path.join(folder, "both.csv")
        pd.concat(parts).to_csv(self.both, index=False)
        print(f"learned from the first {cut} hours: {len(parts[0])} rows, {self.y[0].sum()} frauds; judged to hour {until}: "
              f"{len(parts[1])} rows, {self.y[1].sum()} frauds; {moved} rows with a twin before the cut lie before it")


# ---- ours and theirs ----


def cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ours(program, data, detector, seed, train, *flags):
    command = [program, "detect", data.path[1], "--train", train, "--detector", detector, "--label", "Class", "--skip", "Time",
               "--seed", str(seed), "--out", data.path[2], "--replace", *flags]
    start = cpu_of_children()
    subprocess.run(command, check=True, capture_output=True)
    return cpu_of_children() - start, pd.read_csv(data.path[2])["score"].to_numpy()


def timed(fit_and_score):
    start = time.process_time()
    scores = fit_and_score()
    return time.process_time() - start, scores


def xgboost(data, seed, **settings):
    import xgboost as xgb

    def run():
        bins = {"max_bin": settings["max_bin"]} if "max_bin" in settings else {}
        exact = settings.get("tree_method") == "exact"
        rows = (xgb.DMatrix if exact else xgb.QuantileDMatrix)(data.x[0], data.y[0], nthread=1, **bins)
        model = xgb.train({"objective": "binary:logistic", "nthread": 1, "seed": seed, **settings}, rows, ROUNDS)
        return model.predict(xgb.DMatrix(data.x[1], nthread=1), output_margin=True)

    return timed(run)


def lightgbm(data, seed, **settings):
    import lightgbm as lgb

    def run():
        both = {"objective": "binary", "num_threads": 1, "verbose": -1, "seed": seed, **settings}
        model = lgb.train(both, lgb.Dataset(data.x[0], data.y[0], params=both), ROUNDS)
        return model.predict(data.x[1], raw_score=True)

    return timed(run)


def random_forest(data, seed):
    from sklearn.ensemble import RandomForestClassifier

    return timed(lambda: RandomForestClassifier(random_state=seed).fit(data.x[0], data.y[0]).predict_proba(data.x[1])[:, 1])


def logistic(data, seed):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return timed(lambda: model.fit(data.x[0], data.y[0]).decision_function(data.x[1]))


def isolation_forest(data, seed):
    from sklearn.ensemble import IsolationForest

    return timed(lambda: -IsolationForest(random_state=seed).fit(data.x[0]).score_samples(data.x[1]))


def pyod_ecod(data, seed):
    """PyOD scores rows beside those it was fitted on: the distributions are of both."""
    from pyod.models.ecod import ECOD

    return timed(lambda: ECOD().fit(data.x[0]).decision_function(data.x[1]))


SAME_XGBOOST = dict(eta=RATE, max_depth=DEPTH, reg_lambda=1, min_child_weight=1, base_score=0.5, max_bin=BINS, tree_method="hist")
SAME_LIGHTGBM = dict(
    learning_rate=RATE, max_depth=DEPTH, num_leaves=2**DEPTH, lambda_l2=1, min_data_in_leaf=1, min_sum_hessian_in_leaf=1,
    boost_from_average=False, max_bin=BINS - 1)

EXACT_XGBOOST = {k: v for k, v in SAME_XGBOOST.items() if k != "max_bin"} | {"tree_method": "exact"}
DRAWN_XGBOOST = dict(subsample=SHARE, colsample_bytree=SHARE)
DRAWN_LIGHTGBM = dict(bagging_fraction=SHARE, bagging_freq=1, feature_fraction=SHARE)


def sides(program):
    """Name, whether it draws at random, and what fits and scores."""
    def our(detector, *flags):
        return lambda data, seed: ours(program, data, detector, seed, data.path[0], *flags)

    share = str(SHARE)
    return [
        ("paraudit boosting", False, our("boosting")),
        ("XGBoost, as ours", False, lambda d, s: xgboost(d, s, **SAME_XGBOOST)),
        ("XGBoost, its defaults", False, xgboost),
        ("LightGBM, as ours", False, lambda d, s: lightgbm(d, s, **SAME_LIGHTGBM)),
        ("XGBoost, as ours, exact", False, lambda d, s: xgboost(d, s, **EXACT_XGBOOST)),
        ("LightGBM, its defaults", False, lightgbm),
        ("paraudit boosting, drawn", True, our("boosting", "--row-share", share, "--column-share", share)),
        ("XGBoost, as ours, drawn", True, lambda d, s: xgboost(d, s, **SAME_XGBOOST, **DRAWN_XGBOOST)),
        ("XGBoost, exact, drawn", True, lambda d, s: xgboost(d, s, **EXACT_XGBOOST, **DRAWN_XGBOOST)),
        ("LightGBM, as ours, drawn", True, lambda d, s: lightgbm(d, s, **SAME_LIGHTGBM, **DRAWN_LIGHTGBM)),
        ("scikit-learn RandomForest", True, random_forest),
        ("paraudit logistic", False, our("logistic")),
        ("scikit-learn logistic", False, logistic),
        ("paraudit iforest", True, our("iforest")),
        ("scikit-learn IsolationForest", True, isolation_forest),
        ("paraudit ecod", False, our("ecod")),
        ("paraudit ecod, on both parts", False, lambda d, s: ours(program, d, "ecod", s, d.both)),
        ("PyOD ECOD, on both parts", False, pyod_ecod),
    ]


PAIRS = [
    ("paraudit boosting", "XGBoost, as ours"),
    ("paraudit boosting", "XGBoost, its defaults"),
    ("paraudit boosting", "LightGBM, as ours"),
    ("paraudit boosting", "scikit-learn RandomForest"),
    ("paraudit boosting, drawn", "XGBoost, as ours, drawn"),
    ("paraudit boosting, drawn", "XGBoost, exact, drawn"),
    ("paraudit boosting, drawn", "LightGBM, as ours, drawn"),
    ("paraudit logistic", "scikit-learn logistic"),
    ("paraudit iforest", "scikit-learn IsolationForest"),
    ("paraudit ecod", "scikit-learn IsolationForest"),
    ("paraudit ecod, on both parts", "PyOD ECOD, on both parts"),
]


# ---- figures ----


class Ranking:
    """The areas of one vector of scores, ties as one, under any weights of the rows."""

    def __init__(self, score, fraud):
        self.order = np.argsort(-score, kind="stable")
        self.end = np.append(np.flatnonzero(np.diff(score[self.order])), len(score) - 1)
        self.fraud = fraud[self.order].astype(bool)

    def areas(self, weight):
        weight = weight[self.order]
        frauds = np.cumsum(weight * self.fraud)[self.end]
        others = np.cumsum(weight * ~self.fraud)[self.end]
        rise, step = np.diff(frauds, prepend=0), np.diff(others, prepend=0)
        auroc = (step * (frauds - rise / 2)).sum() / (frauds[-1] * others[-1])
        return (rise * frauds / np.maximum(frauds + others, 1e-300)).sum() / frauds[-1], auroc


def judge(data, options):
    rankings = {}
    print(f"{'':30}{'AP':>8}{'+-':>8}{'AUROC':>9}{'+-':>8}{'CPU s':>9}{'runs':>6}")
    for name, random, run in sides(options.program):
        runs = [run(data, 1 + k) for k in range(options.seeds if random else 3)]
        rankings[name] = [Ranking(score, data.y[1]) for _, score in (runs if random else runs[:1])]
        areas = np.array([ranking.areas(data.weight) for ranking in rankings[name]])
        spread = areas.std(axis=0, ddof=1) if random else (0, 0)
        tell = lambda v: f"{v:8.4f}" if random else " " * 8
        print(f"{name:30}{areas[:, 0].mean():8.4f}{tell(spread[0])}{areas[:, 1].mean():9.4f}{tell(spread[1])}"
              f"{np.median([seconds for seconds, _ in runs]):9.3f}{len(runs):6}", flush=True)
    return rankings


def compare(data, rankings, options):
    """Draws the judged rows anew, frauds and others apart, and the seeds; AP is the mean over these."""
    rng = np.random.default_rng(1)
    classes = [np.flatnonzero(data.y[1] == label) for label in (0, 1)]
    drawn = {name: [] for name in rankings}
    for _ in range(options.replicates):
        weight = np.zeros(len(data.weight))
        for rows in classes:
            np.add.at(weight, rng.choice(rows, len(rows)), data.weight[rows[0]])
        for name, of_seeds in rankings.items():
            seeds = rng.choice(len(of_seeds), len(of_seeds))
            drawn[name].append(np.mean([of_seeds[k].areas(weight)[0] for k in seeds]))
    print(f"\n{'difference in AP':60}{'':>8}  95 % of {options.replicates} draws of rows")
    good = True
    for a, b in PAIRS:
        whole = [np.mean([ranking.areas(data.weight)[0] for ranking in rankings[name]]) for name in (a, b)]
        low, high = np.quantile(np.subtract(drawn[a], drawn[b]), (0.025, 0.975))
        print(f"{a + ' - ' + b:60}{whole[0] - whole[1]:+8.4f}  {low:+.4f} to {high:+.4f}")
        good = good and high >= 0
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("sample")
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--replicates", type=int, default=500)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(", ".join(f"{name} {version(name)}" for name in ("xgboost", "lightgbm", "scikit-learn", "pyod")))
    with tempfile.TemporaryDirectory() as folder:
        data = Data(read_sample(options.sample), *((16, 24) if options.validate else (24, 48)), folder)
        good = compare(data, judge(data, options), options)
    sys.exit(0 if good else "a detector is less precise than its peer")


if __name__ == "__main__":
    main()
