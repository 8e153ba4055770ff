#!/usr/bin/env python3
"""What the columns about an account's whole past and about runs of known frauds are worth.

    columns.py PARAUDIT TRANSACTIONS.csv [--replicates N] [--ranks N]

Boosted trees, at paraudit's defaults, with all columns and without these, left out together: on the Handbook's four test
folds (mean AP, rows as judged) and on the generated portfolio of jobs/judge.ini (AP over all rows
from train_from on). The fall of AP has an interval from drawing accounts anew, the same ones on
both sides and in all folds. Ends with 1 where it is below .015 on the Handbook, below 5 % of AP on
the portfolio, or its interval reaches 0.
"""
import argparse
import datetime
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from protocol import Audit
from table import FOLDS, TOP, audit

COLUMNS = ["amount_ratio_account", "amount_z_account", "account_high_count_14d", "account_ratio_max_14d",
           "account_merchant_days", "account_fraud_count", "account_fraud_age_days",
           "merchant_fraud_start_days", "merchant_fraud_share_last", "merchant_own_fraud_start_days",
           "merchant_own_fraud_age_days", "merchant_own_fraud_run", "merchant_own_fraud_rate_35d"]
ALONE = "job.leave_out=tails,iforest,ecod,logistic"
PLAIN = "boosting.min_child=1"
SIDES = {"with": [ALONE, PLAIN], "without": [ALONE, PLAIN, "boosting.features=all, " + ", ".join(f"-{c}" for c in COLUMNS)]}


class Ranking:
    """Rows in falling order of a score, for AP with weights; equal scores are one step."""

    def __init__(self, label, account, score):
        order = np.argsort(-score, kind="stable")
        self.account, self.label = account[order], label[order]
        self.last = np.append(np.nonzero(np.diff(score[order]))[0], len(score) - 1)

    def precision(self, weight):
        """weight: how often each account was drawn."""
        rows = weight[self.account]
        right = np.cumsum(rows * self.label)[self.last]
        all_rows = np.maximum(np.cumsum(rows)[self.last], 1)
        return (np.diff(right, prepend=0) * right / all_rows).sum() / right[-1]


def compare(pairs, n_accounts, replicates):
    """pairs: (ranking with, ranking without) of folds. Returns AP with, without, and the
    interval of the fall."""
    def mean(weight):
        return np.mean([[side.precision(weight) for side in pair] for pair in pairs], axis=0)
    draw = np.random.default_rng(1)
    falls = [np.subtract(*mean(np.bincount(draw.integers(0, n_accounts, n_accounts), minlength=n_accounts)))
             for _ in range(replicates)]
    return *mean(np.ones(n_accounts, np.int64)), *np.percentile(falls, [2.5, 97.5])


def handbook(job, folder):
    pairs = []
    for start in map(datetime.date.fromisoformat, FOLDS["test"]):
        sides = []
        for keys in SIDES.values():
            fold = audit(job, f"{folder}/audit", start, keys=keys, replace=True)
            rows = fold.judged
            sides.append(Ranking(fold.label[rows], fold.account[rows], fold.column("margin")[rows]))
            n_accounts = len(fold.file["accounts/id"])
        pairs.append(sides)
    return compare(pairs, n_accounts, job.replicates)


def portfolio(job, folder):
    def run(*words):
        subprocess.run(["mpirun", "-n", str(job.ranks), job.paraudit, *words], check=True, stderr=subprocess.DEVNULL)
    run("generate", "--rows", "4000000", "--out", f"{folder}/portfolio.csv")
    sides = []
    for keys in SIDES.values():
        run("audit", TOP / "jobs/judge.ini", "--quiet", "--out", f"{folder}/judge", "--replace",
            "--set", f"input.files={folder}/portfolio.csv", *[w for k in keys for w in ("--set", k)])
        all_rows = Audit(f"{folder}/judge/audit.h5")
        margin = all_rows.column("margin")
        rows = (all_rows.time >= all_rows.file.attrs["train_from"]) & (all_rows.label >= 0) & ~np.isnan(margin)
        sides.append(Ranking(all_rows.label[rows], all_rows.account[rows], margin[rows]))
        n_accounts = len(all_rows.file["accounts/id"])
    return compare([sides], n_accounts, job.replicates)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("paraudit", type=lambda p: str(Path(p).resolve()))
    options.add_argument("csv", type=lambda p: str(Path(p).resolve()))
    options.add_argument("--replicates", type=int, default=300)
    options.add_argument("--ranks", type=int, default=2)
    job = options.parse_args()
    short = False
    print(f"AP of boosted trees with all columns, and without {len(COLUMNS)} of them: {', '.join(COLUMNS)}")
    for name, measure, bound in (("Handbook, 4 test folds", handbook, lambda ap: 0.015),
                                 ("portfolio of jobs/judge.ini", portfolio, lambda ap: 0.05 * ap)):
        with tempfile.TemporaryDirectory() as folder:
            all_of_them, fewer, low, high = measure(job, folder)
        missed = all_of_them - fewer < bound(all_of_them) or low <= 0
        short |= missed
        print(f"{'SHORT' if missed else 'ok   '} {name}: {all_of_them:.4f} with, {fewer:.4f} without; falls by "
              f"{all_of_them - fewer:.4f} [{low:.4f}, {high:.4f}], asked {bound(all_of_them):.4f}", flush=True)
    return short


if __name__ == "__main__":
    sys.exit(main())
