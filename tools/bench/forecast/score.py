"""sMAPE, MASE, coverage and width of forecasts of M3:  score.py FOLDER STEP SMAPE

Of FOLDER/ours_<frequency>_<model>.csv and FOLDER/theirs_<STEP>_<frequency>_<model>.csv, where they are, and of the
median of all of theirs; of every STEP-th series (peers.py), and where that is not every one, of ours also of all. Ends with 1 where
our auto has a larger sMAPE than SMAPE on all series."""
import os
import sys

import numpy as np
import pandas as pd
from m3 import FREQUENCIES

OURS = ["theta", "ets", "ces", "arima", "lstm", "auto"]
THEIRS = ["theta", "ets", "ces", "arima"]


def values(path, ids, column="mean"):
    """Of the series in `ids`, one a row; NaN where there is none."""
    rows = {i: g[column].to_numpy() for i, g in pd.read_csv(path).groupby("unique_id", sort=True)}
    horizon = len(next(iter(rows.values())))
    return np.array([rows.get(i, np.full(horizon, np.nan)) for i in ids])


def figures(actual, change, said):
    known = np.isfinite(said["mean"])
    smape = 200 * np.abs(actual - said["mean"]) / (np.abs(actual) + np.abs(said["mean"]))
    inside = (actual >= said["lo95"]) & (actual <= said["hi95"])
    width = (said["hi95"] - said["lo95"]) / change[:, None]
    mase = np.abs(actual - said["mean"]) / change[:, None]
    bounded = known & np.isfinite(width)
    parts = [smape[known], mase[known], inside[bounded], width[bounded]]
    return [p.mean() if p.size else np.nan for p in parts], known.sum()


def score(folder, step, peers):
    """Of every step-th series: (who, model, frequency) -> figures, and how many values they are of."""
    table, weight = {}, {}
    for frequency, (_, season, _) in FREQUENCIES.items():
        test = pd.read_csv(f"{folder}/test_{frequency}.csv")
        train = {i: g["y"].to_numpy() for i, g in pd.read_csv(f"{folder}/train_{frequency}.csv").groupby("unique_id", sort=True)}
        ids = sorted(train)[::step]
        actual = np.array([g["y"].to_numpy() for _, g in test.groupby("unique_id", sort=True)])[::step]
        change = np.array([np.abs(train[i][season:] - train[i][:-season]).mean() for i in ids])
        all_of_theirs = []
        for who, models in (("ours", OURS), (f"theirs_{step}", THEIRS if peers else [])):
            for model in models:
                path = f"{folder}/{who}_{frequency}_{model}.csv"
                if not os.path.exists(path):
                    continue
                said = {c: values(path, ids, c) for c in ("mean", "lo95", "hi95")}
                table[who, model, frequency], weight[who, model, frequency] = figures(actual, change, said)
                if who != "ours":
                    all_of_theirs.append(said["mean"])
        if len(all_of_theirs) == len(THEIRS):
            nothing = np.full_like(actual, np.nan)
            said = {"mean": np.median(all_of_theirs, 0), "lo95": nothing, "hi95": nothing}
            key = f"theirs_{step}", "median", frequency
            table[key], weight[key] = figures(actual, change, said)
    return table, weight


def tell(table, weight):
    """Prints both; the sMAPE of our auto over all frequencies."""
    of_auto = np.nan
    for k, name in enumerate(("sMAPE", "MASE", "coverage at 95 %", "mean width at 95 %, in seasonal changes")):
        print(f"\n{name:22s}" + "".join(f"{f:>11s}" for f in FREQUENCIES) + "        all")
        for who, model in dict.fromkeys(key[:2] for key in table):
            row = [table.get((who, model, f), [np.nan] * 4)[k] for f in FREQUENCIES]
            counts = np.array([weight.get((who, model, f), 0) for f in FREQUENCIES])
            overall = np.dot(row, counts) / counts.sum() if counts.all() else np.nan
            print(f"{who:10s}{model:12s}" + "".join(f"{v:11.3f}" for v in row + [overall]))
            if (who, model, k) == ("ours", "auto", 0):
                of_auto = overall
    return of_auto


def main(folder, step, most):
    step = int(step)
    of_auto = tell(*score(folder, step, True))
    if step > 1:
        print("\nAll series")
        of_auto = tell(*score(folder, 1, False))
    if not of_auto <= float(most):
        print(f"auto: {of_auto:.3f} is above {most}", file=sys.stderr)
    return int(not of_auto <= float(most))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
