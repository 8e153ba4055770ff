"""Series per second of statsforecast, rustima, augurs and Prophet, one core:  speed.py FILE.csv SEASON HORIZON SERIES

Each is fitted to the first SERIES of the file; what a model is made from is compiled before. A package that is not
there is said to be skipped."""
import importlib
import logging
import os
import sys
import warnings

import numpy as np
import pandas as pd
from statsforecast.models import TSB, AutoARIMA, AutoETS, DynamicOptimizedTheta, OptimizedTheta

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
DAYS = pd.date_range("2018-04-01", periods=10000)


def by_statsforecast(make):
    return lambda y, season, horizon: make(season_length=season).forecast(y=y, h=horizon)


def by_tsb(y, season, horizon):
    TSB(alpha_d=.2, alpha_p=.2).forecast(y=y, h=horizon)


def by_rustima(y, season, horizon):
    importlib.import_module("rustima").auto_arima(y, max_p=3, max_q=2, max_d=2, s=season if season > 1 else 0)


def by_augurs(y, season, horizon):
    importlib.import_module("augurs").AutoETS(season, "ZZN").fit(y)  # its predict does not see the fit (0.8.0)


def by_prophet(y, season, horizon):
    """Its seasons are those of the dates; no intervals, which take it longer than the fit."""
    importlib.import_module("prophet").Prophet(uncertainty_samples=0).fit(pd.DataFrame({"ds": DAYS[: len(y)], "y": y}))


def cpu_seconds():
    return sum(os.times()[:4])  # of the processes that Prophet starts as well


PEERS = {
    "statsforecast AutoARIMA": by_statsforecast(AutoARIMA),
    "statsforecast AutoETS": by_statsforecast(AutoETS),
    "statsforecast OptimizedTheta": by_statsforecast(OptimizedTheta),
    "statsforecast DynamicOptimizedTheta": by_statsforecast(DynamicOptimizedTheta),
    "statsforecast TSB": by_tsb,
    "rustima auto_arima": by_rustima,
    "augurs AutoETS": by_augurs,
    "Prophet": by_prophet,
}


def main(path, season, horizon, n):
    rows = pd.read_csv(path)
    series = [g["y"].to_numpy(np.float64) for _, g in rows.groupby("unique_id", sort=False)][: int(n)]
    for name, fit in PEERS.items():
        try:
            fit(series[0], int(season), int(horizon))
        except ImportError as missing:
            print(f"{name}: skipped, {missing}")
            continue
        few = series[:20] if "ARIMA" in name or "arima" in name else series
        start, failed = cpu_seconds(), 0
        for y in few:
            try:
                fit(y, int(season), int(horizon))
            except Exception:
                failed += 1
        print(f"{name}, season {season}: {len(few) / (cpu_seconds() - start):.1f} series/s" + (f", {failed} failed" if failed else ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
