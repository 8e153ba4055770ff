"""Forecasts of statsforecast's models: FILE.csv season horizon model -> OUT.csv, processor time on standard output.

Only every STEP-th series is taken where a step is given."""
import sys
import time

import numpy as np
import pandas as pd
from statsforecast.models import AutoARIMA, AutoCES, AutoETS, DynamicOptimizedTheta, OptimizedTheta

MODELS = {"arima": AutoARIMA, "ets": AutoETS, "ces": AutoCES, "theta": DynamicOptimizedTheta, "otm": OptimizedTheta}


def forecast(model, y, horizon):
    f = model.forecast(y=y, h=horizon, level=[80, 95])
    return [f["mean"], f["lo-80"], f["hi-80"], f["lo-95"], f["hi-95"]]


def main(path, season, horizon, name, out, step=1):
    rows = pd.read_csv(path)
    series = [(i, g["y"].to_numpy(np.float64)) for i, g in rows.groupby("unique_id", sort=True)][:: int(step)]
    forecast(MODELS[name](season_length=int(season)), series[0][1], int(horizon))  # compiles
    start = time.process_time()
    parts, n_failed = [], 0
    for i, y in series:
        try:
            f = forecast(MODELS[name](season_length=int(season)), y, int(horizon))
        except Exception:  # a model of theirs that gives up: the last value
            n_failed += 1
            f = [np.full(int(horizon), y[-1])] + [np.full(int(horizon), np.nan)] * 4
        parts.append(pd.DataFrame({"unique_id": i, "ds": np.arange(1, int(horizon) + 1) + len(y), "mean": f[0], "lo80": f[1],
                                   "hi80": f[2], "lo95": f[3], "hi95": f[4]}))
    seconds = time.process_time() - start
    pd.concat(parts).to_csv(out, index=False)
    print(f"{name} {len(series)} series {seconds:.3f} s {len(series) / seconds:.2f} series/s, {n_failed} failed")


if __name__ == "__main__":
    main(*sys.argv[1:])
