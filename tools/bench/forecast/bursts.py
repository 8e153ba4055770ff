"""Bursts on quiet accounts, and how many days without one look like one (judge.sh).

    bursts.py plant IN.csv OUT.csv FROM     Handbook rows; five more on one day of 1,000 accounts
    bursts.py tell AUDIT.h5 FROM            shares with a tail of 1e-3 or less

A quiet account is one of the quarter with the fewest transactions before FROM. Its burst is five
transactions at the median of its amounts before, within an hour of one day after it.
"""
import csv
import sys
from collections import defaultdict

import h5py
import numpy as np

BURSTS, ROWS, DAYS, TAIL, FIRST_ID = 1000, 5, 100_000, 1e-3, 10**9


def plant(path, out, begin):
    rng = np.random.default_rng(1)
    with open(path, newline="") as file:
        reader = csv.DictReader(file)
        fields, rows = reader.fieldnames, list(reader)
    before, last, terminals = defaultdict(list), max(r["TX_DATETIME"] for r in rows)[:10], {}
    for r in rows:
        if r["TX_DATETIME"] < begin:
            before[r["CUSTOMER_ID"]].append(float(r["TX_AMOUNT"]))
            terminals[r["CUSTOMER_ID"]] = r["TERMINAL_ID"]
    quiet = sorted(before, key=lambda a: (len(before[a]), a))[:len(before) // 4]
    days = np.arange(np.datetime64(begin), np.datetime64(last))
    for i, account in enumerate(rng.choice(quiet, BURSTS, replace=False)):
        start = np.datetime64(rng.choice(days), "s") + int(rng.integers(8 * 3600, 20 * 3600))
        for k in range(ROWS):
            when = str(start + int(k * 600 + rng.integers(0, 600))).replace("T", " ")
            rows.append(dict.fromkeys(fields, "0") | {
                "TRANSACTION_ID": str(FIRST_ID + ROWS * i + k), "TX_DATETIME": when, "CUSTOMER_ID": account,
                "TERMINAL_ID": terminals[account], "TX_AMOUNT": f"{np.median(before[account]):.2f}"})
    with open(out, "w", newline="") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def tell(path, begin):
    tx = h5py.File(path)["transactions"]
    day = tx["time"][()] // 86400
    first = np.datetime64(begin).astype("datetime64[D]").astype(int)
    rows = day >= first
    account, day, planted = (x[rows] for x in (tx["account"][()], day, tx["tx"][()] >= FIRST_ID))
    _, place = np.unique(account * 100_000 + day, return_inverse=True)
    all_days = len(np.unique(account)) * (day.max() - first + 1)
    tell_of("counts", all_days, place, planted, tx["count_tail_p"][()][rows])
    tell_of("low amounts", all_days, place, planted, 2. ** -tx["count_low_surprise"][()][rows])


def tell_of(name, all_days, place, planted, tail):
    n = place.max() + 1
    burst, least, at_burst = np.zeros(n, bool), np.ones(n), np.ones(n)
    burst[place[planted]] = True
    np.minimum.at(least, place, tail)
    np.minimum.at(at_burst, place[planted], tail[planted])  # the last planted row has the least of them
    found = (at_burst[burst] <= TAIL).mean()
    print(f"{name}: of {burst.sum()} bursts {found:.3f} with a tail of {TAIL:g} or less by their last row")
    # Days without a row have no tail that is small; all of them are days as good as others.
    alarms = np.zeros(all_days - burst.sum(), bool)
    alarms[:(least[~burst] <= TAIL).sum()] = True
    drawn = np.random.default_rng(1).choice(alarms, DAYS, replace=False).sum()
    print(f"others: {drawn} of {DAYS} days drawn, {1000 * alarms.mean():.2f} in 1000 of all {len(alarms)}")


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    {"plant": plant, "tell": tell}[command](*rest)
