"""Series per second beside statsforecast, rustima, augurs and Prophet, one core:  speed.py FILE.csv SEASON HORIZON SERIES ROUNDS BENCH

Peers are fitted to SERIES of the file, evenly taken (ARIMA to 20), ours, by BENCH (bench_forecast), to all; what a peer is
made from is compiled before. Each of ROUNDS measures all in turn, by processor time; medians are printed, and how many
times ours is faster than the fastest peer of its kind. Ends with 1 where that is below the bound. A package that is not
there is said to be skipped."""
import importlib
import logging
import os
import subprocess
import sys
import time
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
    importlib.import_module("rustima").auto_arima(y, s=season if season > 1 else 0)


def by_few_orders(y, season, horizon):
    importlib.import_module("rustima").auto_arima(y, max_p=3, max_q=2, s=season if season > 1 else 0)


def by_augurs(y, season, horizon):
    importlib.import_module("augurs").AutoETS(season, "ZZN").fit(y)  # its predict does not see the fit (0.8.0)


def by_prophet(y, season, horizon):
    """Its seasons are those of the dates; no intervals, which take it longer than the fit."""
    importlib.import_module("prophet").Prophet(uncertainty_samples=0).fit(pd.DataFrame({"ds": DAYS[: len(y)], "y": y}))


KINDS = {  # our model: how many times the fastest peer it is to be, and peers as they come; one in ( ) is no measure
    "arima": (2000, {"statsforecast AutoARIMA": by_statsforecast(AutoARIMA), "rustima auto_arima": by_rustima,
                     "(rustima, our orders alone)": by_few_orders}),
    "ets": (200, {"augurs AutoETS": by_augurs, "statsforecast AutoETS": by_statsforecast(AutoETS)}),
    "theta": (300, {"statsforecast OptimizedTheta": by_statsforecast(OptimizedTheta),
                    "statsforecast DynamicOptimizedTheta": by_statsforecast(DynamicOptimizedTheta)}),
    "sparse": (35, {"statsforecast TSB": by_tsb}),
    "prophet": (380, {"Prophet": by_prophet}),
}


def cpu_seconds():
    return time.process_time() + sum(os.times()[2:4])  # of the processes that Prophet starts as well


def of_peer(fit, series, season, horizon):
    """Series a second, and how many failed."""
    start, failed = cpu_seconds(), 0
    for y in series:
        try:
            fit(y, season, horizon)
        except Exception:
            failed += 1
    return len(series) / (cpu_seconds() - start), failed


def ours(bench, path, season, horizon, model):
    said = subprocess.run([bench, path, str(season), str(horizon), model, "3"], capture_output=True, check=True, text=True)
    return float(said.stdout.split()[-2])


def here(fit, y, season, horizon, name):
    try:
        fit(y, season, horizon)
    except ImportError as missing:
        print(f"{name}: skipped, {missing}")
        return False
    except Exception:
        pass  # counted as it fails again
    return True


def main(path, season, horizon, n, rounds, bench):
    season, horizon = int(season), int(horizon)
    rows = pd.read_csv(path)
    series = [g["y"].to_numpy(np.float64) for _, g in rows.groupby("unique_id", sort=False)]
    series = series[:: max(1, len(series) // int(n))][: int(n)]
    below = False
    for model, (bound, peers) in KINDS.items():
        peers = {name: fit for name, fit in peers.items() if here(fit, series[0], season, horizon, name)}
        of = series[:: max(1, len(series) // 20)][:20] if model == "arima" else series
        if model == "sparse":
            of = of * 20  # too few to tell else
        found, failed = {name: [] for name in ["ours", *peers]}, {}
        for _ in range(int(rounds)):
            for name, fit in peers.items():
                speed, failed[name] = of_peer(fit, of, season, horizon)
                found[name].append(speed)
            found["ours"].append(ours(bench, path, season, horizon, model))
        median = {name: np.median(v) for name, v in found.items()}
        theirs = ", ".join(f"{name} {median[name]:.1f}" + (f" ({failed[name]} failed)" if failed[name] else "") for name in peers)
        print(f"{model}, season {season}, series/s: ours {median['ours']:.0f}; {theirs}", end="")
        if peers:
            times = median["ours"] / max(median[name] for name in peers if name[0] != "(")
            below |= times < bound
            print(f"; {times:.0f} times (bound {bound})", end="")
        print(flush=True)
    return int(below)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
