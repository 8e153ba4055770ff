#!/usr/bin/env python3
"""Scores of our ECOD beside PyOD's, row by row, in one run.

    compare.py PROGRAM [--data FOLDER] [--only SET,SET]

PROGRAM: paraudit of a release build. FOLDER holds the ODDS outlier sets as
NAME.csv.zst (columns x0.., label y). Both sides score the rows that they are
fitted on. Per set: rank correlation (Spearman) of the scores, their largest
difference beside PyOD's score, AUROC of both, CPU seconds of both with ours
reading the file; the same with 256 values kept of each column.

Fails where a rank correlation is below .999 or a score is more than 1e-5 off.
Where they differ by definition: a column whose skewness is exactly 0 and that is
not constant gets both sides in PyOD, the larger one here; PyOD reads float64, we
float32, so values that are told apart in the last digits alone tie here; rows
that were not fitted change PyOD's distribution (it adds them to it), and not ours.
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
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import pandas as pd
from pyod.models.ecod import ECOD
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

warnings.filterwarnings("ignore", message="Precision loss")
LEAST_CORRELATION, MOST_OFF = 0.999, 1e-5


def made_sets():
    rng = np.random.default_rng(7)
    x, odd = rng.normal(size=(3000, 5)), np.arange(3000) % 25 == 0
    x[odd] *= 3
    for name, rows in (("whole_numbers", np.round(2 * x)), ("skewed", np.exp(x)),
                       ("constant_column", np.hstack([x, np.ones((3000, 1))]))):
        frame = pd.DataFrame(rows.astype(np.float32), columns=[f"x{i}" for i in range(rows.shape[1])])
        frame["y"] = odd.astype(int)
        yield name, frame.to_csv(index=False)


def odds_sets(folder):
    for path in sorted(folder.glob("*.csv.zst")):
        yield path.name.removesuffix(".csv.zst"), subprocess.run(["zstd", "-qdc", path], check=True, capture_output=True, text=True).stdout


def ours(program, matrix, scores, knots):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    command = [program, "detect", matrix, "--detector", "ecod", "--label", "y", "--knots", str(knots), "--out", scores]
    subprocess.run(command, check=True, capture_output=True)
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    return pd.read_csv(scores)["score"].to_numpy(), seconds


def compare(program, name, text, folder):
    matrix, scores = os.path.join(folder, "matrix.csv"), os.path.join(folder, "scores.csv")
    Path(matrix).write_text(text)
    frame = pd.read_csv(matrix)
    labels, rows = frame.pop("y").to_numpy(), frame.to_numpy(np.float32).astype(np.float64)
    mine, seconds = ours(program, matrix, scores, 1 << 20)
    few, _ = ours(program, matrix, scores, 256)
    start = time.process_time()
    theirs = ECOD().fit(rows).decision_scores_
    their_seconds = time.process_time() - start
    correlation, off = spearmanr(mine, theirs)[0], np.max(np.abs(mine - theirs) / (1 + theirs))
    print(f"{name:16}{len(rows):7}{rows.shape[1]:5}{correlation:13.7f}{off:10.1e}{spearmanr(few, theirs)[0]:13.5f}"
          f"{roc_auc_score(labels, mine):9.4f}{roc_auc_score(labels, theirs):9.4f}{seconds:8.2f}{their_seconds:8.2f}", flush=True)
    return correlation >= LEAST_CORRELATION and off <= MOST_OFF


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else []
    sets = list(made_sets())
    if options.data and options.data.is_dir():
        sets = list(odds_sets(options.data)) + sets
    else:
        print(f"SKIPPED: the ODDS sets ({options.data} is not there)")
    print(f"ECOD, paraudit beside PyOD {version('pyod')}\n{'set':16}{'rows':>7}{'cols':>5}{'rank corr.':>13}{'off':>10}"
          f"{'256 knots':>13}{'AUROC':>9}{'PyOD':>9}{'s':>8}{'PyOD s':>8}")
    with tempfile.TemporaryDirectory() as folder:
        good = [compare(options.program, name, text, folder) for name, text in sets if not wanted or name in wanted]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
