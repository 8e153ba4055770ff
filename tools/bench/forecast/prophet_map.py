"""Prophet's model beside Prophet:  prophet_map.py COUNTS.csv MONTHLY.csv FOLDER BIN [SERIES]

SERIES (100) series of at least 100 values, half daily counts (counts.py), half monthly ones (m3.py), each evenly taken.
Prophet's objective (prophet.stan, up to a constant) at its own coefficients and at ours, and forecasts; by its default
search, which is L-BFGS, and by its other one, Newton's, which gets nearer to the least. Ends with 1 where our objective
is worse than either by more than 1e-3 or forecasts differ from those by Newton by more than 1 % in the median."""
import logging
import subprocess
import sys

import numpy as np
import pandas as pd
from prophet import Prophet

logging.disable(logging.CRITICAL)
FREQUENCY = {"daily": ("D", 7), "monthly": ("MS", 18)}


def evenly(rows, n):
    long = [i for i, g in rows.groupby("unique_id", sort=True) if len(g) >= 100]
    taken = set(long[:: max(1, len(long) // n)][:n])
    return rows[rows["unique_id"].isin(taken)].sort_values(["unique_id", "ds"])


def daily(path, n):
    rows = evenly(pd.read_csv(path), n)
    rows["ds"] = pd.Timestamp("2018-04-01") + pd.to_timedelta(rows["ds"], unit="D")
    return rows


def monthly(path, n):
    rows = evenly(pd.read_csv(path), n)
    rows["ds"] = pd.date_range("1980-01-01", periods=rows["ds"].max(), freq="MS")[rows["ds"] - 1]
    return rows


def objective(d, k, m, delta, sigma, beta):
    t, y = np.asarray(d.t), np.asarray(d.y)
    mu = m + k * t + np.maximum(0, t[:, None] - d.t_change) @ delta + d.X.to_numpy() @ beta
    smooth = d.T * np.log(sigma) + np.sum((y - mu) ** 2) / (2 * sigma**2) + 2 * sigma**2
    return smooth + (k**2 + m**2) / 50 + np.sum(np.abs(delta)) / d.tau + np.sum((beta / np.asarray(d.sigmas)) ** 2) / 2


def by_prophet(rows, frequency, horizon, **search):
    model = Prophet(uncertainty_samples=0).fit(rows[["ds", "y"]], **search)
    p = {name: np.ravel(v) for name, v in model.params.items()}
    ahead = model.predict(model.make_future_dataframe(horizon, freq=frequency, include_history=False))
    return (p["k"][0], p["m"][0], p["delta"], p["sigma_obs"][0], p["beta"]), ahead["yhat"].to_numpy()


def ours(path, out, horizon, folder):
    """Coefficients by series, with the season's in Prophet's order, and forecasts."""
    said = subprocess.run([f"{folder}/bench_forecast", path, "1", "1", "coefficients", "1"], capture_output=True, check=True, text=True)
    at = {}
    for line in said.stdout.splitlines():
        name, n_smooth, _, sigma, *c = line.split()
        c, n = np.array(c, float), int(n_smooth)
        at[name] = (c[1], c[0], c[n:], float(sigma), c[2:n])
    command = [f"{folder}/paraudit", "forecast", path, "--model", "prophet", "--horizon", str(horizon), "--out", out, "--replace", "--quiet"]
    subprocess.run(command, capture_output=True, check=True)
    return at, {i: g["mean"].to_numpy() for i, g in pd.read_csv(out, dtype={"unique_id": str}).groupby("unique_id")}


def main(counts, months, folder, programs, n=100):
    found = []
    for kind, rows in (("daily", daily(counts, int(n) // 2)), ("monthly", monthly(months, int(n) // 2))):
        frequency, horizon = FREQUENCY[kind]
        rows["unique_id"] = rows["unique_id"].astype(str)
        rows.to_csv(f"{folder}/prophet_{kind}.csv", index=False, date_format="%Y-%m-%d")
        at, mean = ours(f"{folder}/prophet_{kind}.csv", f"{folder}/prophet_{kind}_ours.csv", horizon, programs)
        for i, g in rows.groupby("unique_id"):
            design = Prophet(uncertainty_samples=0).preprocess(g[["ds", "y"]])
            row = {"kind": kind, "zeros": np.mean(at[i][2] == 0)}
            for search, options in (("default", {}), ("newton", {"algorithm": "Newton"})):
                theirs, said = by_prophet(g, frequency, horizon, **options)
                row[f"{search} worse"] = objective(design, *theirs) - objective(design, *at[i])
                row[f"{search} apart"] = np.median(np.abs(said - mean[i]) / np.abs(said))
            found.append(row)
    found = pd.DataFrame(found)
    failed = False
    for kind, of in [*found.groupby("kind"), ("all", found)]:
        print(f"Prophet's model, {len(of)} {kind} series, {100 * of['zeros'].mean():.0f} % of changepoints are zeros")
        for search in ("default", "newton"):
            worse, apart = of[f"{search} worse"], of[f"{search} apart"]
            print(f"  Prophet by {search:7s}: objective above ours by {worse.median():.4f} (median; least {worse.min():.6f}, most "
                  f"{worse.max():.4f}); forecasts apart by {100 * apart.median():.3f} % (median; nine in ten {100 * apart.quantile(.9):.2f} %)")
            failed |= worse.min() < -1e-3 or (kind == "all" and search == "newton" and apart.median() > .01)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
