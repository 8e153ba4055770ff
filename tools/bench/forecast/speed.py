"""Series per second of statsforecast, rustima and augurs, one core:  speed.py FILE.csv SEASON HORIZON SERIES

Each is fitted to the first SERIES of the file; what a model is made from is compiled before."""
import sys
import time
import warnings

import augurs
import numpy as np
import pandas as pd
import rustima
from statsforecast.models import AutoARIMA, AutoETS, DynamicOptimizedTheta, OptimizedTheta

warnings.filterwarnings("ignore")


def by_statsforecast(make):
    return lambda y, season, horizon: make(season_length=season).forecast(y=y, h=horizon)


def by_rustima(y, season, horizon):
    rustima.auto_arima(y, max_p=3, max_q=2, max_d=2, s=season if season > 1 else 0)


def by_augurs(y, season, horizon):
    augurs.AutoETS(season, "ZZN").fit(y)  # its predict does not see the fit (0.8.0)


PEERS = {
    "statsforecast AutoARIMA": by_statsforecast(AutoARIMA),
    "statsforecast AutoETS": by_statsforecast(AutoETS),
    "statsforecast OptimizedTheta": by_statsforecast(OptimizedTheta),
    "statsforecast DynamicOptimizedTheta": by_statsforecast(DynamicOptimizedTheta),
    "rustima auto_arima": by_rustima,
    "augurs AutoETS": by_augurs,
}


def main(path, season, horizon, n):
    rows = pd.read_csv(path)
    series = [g["y"].to_numpy(np.float64) for _, g in rows.groupby("unique_id", sort=False)][: int(n)]
    for name, fit in PEERS.items():
        fit(series[0], int(season), int(horizon))
        few = series[:20] if "ARIMA" in name or "arima" in name else series
        start, failed = time.process_time(), 0
        for y in few:
            try:
                fit(y, int(season), int(horizon))
            except Exception:
                failed += 1
        print(f"{name}, season {season}: {len(few) / (time.process_time() - start):.1f} series/s" + (f", {failed} failed" if failed else ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
