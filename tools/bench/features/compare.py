#!/usr/bin/python3
"""Our features stage beside the Fraud Detection Handbook's pandas method.

    compare.py CSV PROGRAM [--customers N] [--times N]

CSV: the Handbook's transactions (plain or .zst). PROGRAM: bench_features of a
release build. Both sides get the same rows in memory and are timed by the CPU
seconds of their process, on one core. Prints the times of the book's method, of
our stage with all its columns, and of the book's 15 columns by our kernels, the
ratios, and the greatest difference of each of the 15; fails where one is more
than float rounding. --customers: only the rows of the first N customers (quick check).
"""
import argparse
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import pandas as pd

DELAY, WINDOWS = 7, (1, 7, 30)


def read_rows(path, customers):
    if path.endswith(".zst"):
        path = io.BytesIO(subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout)
    rows = pd.read_csv(path, parse_dates=["TX_DATETIME"])
    if customers:
        rows = rows[rows.CUSTOMER_ID.isin(np.unique(rows.CUSTOMER_ID)[:customers])]
    return rows.sort_values(["TX_DATETIME", "TRANSACTION_ID"]).reset_index(drop=True)


def customer_columns(rows):
    rows = rows.sort_values("TX_DATETIME", kind="stable")
    amount = rows.set_index("TX_DATETIME").TX_AMOUNT
    for n in WINDOWS:
        window = amount.rolling(f"{n}d")
        total, count = window.sum(), window.count()
        rows[f"CUSTOMER_ID_NB_TX_{n}DAY_WINDOW"] = count.values
        rows[f"CUSTOMER_ID_AVG_AMOUNT_{n}DAY_WINDOW"] = (total / count).values
    return rows


def terminal_columns(rows):
    rows = rows.sort_values("TX_DATETIME", kind="stable")
    fraud = rows.set_index("TX_DATETIME").TX_FRAUD
    late = fraud.rolling(f"{DELAY}d")
    late_frauds, late_count = late.sum(), late.count()
    for n in WINDOWS:
        window = fraud.rolling(f"{DELAY + n}d")
        frauds, count = window.sum() - late_frauds, window.count() - late_count
        rows[f"TERMINAL_ID_NB_TX_{n}DAY_WINDOW"] = count.values
        rows[f"TERMINAL_ID_RISK_{n}DAY_WINDOW"] = (frauds / count).fillna(0).values
    return rows


def book(rows):
    """The book's baseline feature transformation, in its own manner; and its CPU seconds."""
    start = time.process_time()
    rows = rows.copy()
    rows["TX_DURING_WEEKEND"] = rows.TX_DATETIME.apply(lambda t: int(t.weekday() >= 5))
    rows["TX_DURING_NIGHT"] = rows.TX_DATETIME.apply(lambda t: int(t.hour <= 6))
    for key, columns in (("CUSTOMER_ID", customer_columns), ("TERMINAL_ID", terminal_columns)):
        rows = rows.groupby(key, group_keys=False).apply(columns)
        rows = rows.sort_values("TX_DATETIME").reset_index(drop=True)
    return rows.set_index("TRANSACTION_ID").sort_index(), time.process_time() - start


def write_rows(rows, path):
    """As ingest leaves them: by (account, time, tx)."""
    rows = rows.sort_values(["CUSTOMER_ID", "TX_DATETIME", "TRANSACTION_ID"])
    seconds = rows.TX_DATETIME.values.astype("datetime64[s]").astype("i8")
    with open(path, "wb") as file:
        for values, kind in ((len(rows), "i8"),
                             (np.unique(rows.CUSTOMER_ID, return_inverse=True)[1], "i4"),
                             (np.unique(rows.TERMINAL_ID, return_inverse=True)[1], "i4"),
                             (seconds, "i8"),
                             (np.rint(rows.TX_AMOUNT.values * 100), "i8"),
                             (rows.TX_FRAUD.values, "i1"),
                             (rows.TRANSACTION_ID.values, "i8")):
            file.write(np.asarray(values).astype(kind).tobytes())
    return rows.TRANSACTION_ID.values


def ours(program, rows, times, folder):
    """Our columns by the name that their meaning gives them, and CPU seconds of each run."""
    tx = write_rows(rows, f"{folder}/rows")
    text = subprocess.run([program, f"{folder}/rows", f"{folder}/columns", str(times)], check=True,
                          capture_output=True, text=True).stdout.splitlines()
    data = np.fromfile(f"{folder}/columns", "f4").reshape(-1, len(tx))
    meanings = [line.split(" | ")[1] for line in text if line.startswith("column ")]
    seconds = {what: [float(line.split()[1]) for line in text if line.startswith(what)] for what in ("stage ", "book ")}
    columns = {}
    for meaning, values in zip(meanings, data):
        if "Handbook's " in meaning:
            columns[meaning.split("Handbook's ")[1].split(")")[0]] = values
    return pd.DataFrame(columns, index=tx).sort_index(), seconds, len(meanings)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("csv")
    options.add_argument("program")
    options.add_argument("--customers", type=int)
    options.add_argument("--times", type=int, default=5)
    options = options.parse_args()
    warnings.simplefilter("ignore")
    os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    rows = read_rows(options.csv, options.customers)
    with tempfile.TemporaryDirectory() as folder:
        mine, seconds, n_columns = ours(options.program, rows, options.times, folder)
        theirs, book_seconds = book(rows)
        mine_again, again, _ = ours(options.program, rows, options.times, folder)
    stage, fifteen = (statistics.median(seconds[what] + again[what]) for what in ("stage ", "book "))
    assert len(mine.columns) == 15 and mine.equals(mine_again) and (mine.index == theirs.index).all()
    wrong = 0
    for name in mine.columns:
        a, b = mine[name].values.astype(float), theirs[name].values.astype(float)
        beyond = np.abs(a - b) > 1e-7 * np.abs(b) + 1e-8
        wrong += beyond.any()
        print(f"{name:40s} greatest difference {np.abs(a - b).max():.3g}{'  WRONG' if beyond.any() else ''}")
    print(f"rows {len(rows)}; the book's method in pandas {book_seconds:.1f} s; "
          f"its 15 columns here {fifteen:.3f} s, ratio {book_seconds / fifteen:.0f}; "
          f"all {n_columns} columns {stage:.3f} s, ratio {book_seconds / stage:.0f}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
