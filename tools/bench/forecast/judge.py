"""What the stage `forecast` sees without labels:  judge.py AUDIT.h5  (judge.sh)

Each kind of fraud against genuine rows, by the stage's columns and by those that there are for the same;
together: the least likely of count, low amounts and amount, each by its place among all rows. Intervals: accounts
drawn with replacement, 200 times, 95 %.
"""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "patterns"))
import judge as patterns  # noqa: E402

COLUMNS = ["count_surprise", "count_low_surprise", "count_cusum_7d", "count_cusum_30d", "account_tx_count_1h", "account_tx_count_1d",
           "account_tx_count_7d", "account_tx_count_30d", "account_velocity_1h", "account_small_count_1d",
           "account_new_merchants_7d", "account_merchants_1d",
           "amount_residual_z", "amount_ratio_category", "amount_ratio_merchant_30d", "amount_ratio_account",
           "amount_robust_z", "tx_amount", "tails_raw"]
PAIRS = [("count_surprise", "account_tx_count_1h"), ("count_surprise", "account_tx_count_1d"),
         ("count_surprise", "account_velocity_1h"), ("count_low_surprise", "account_small_count_1d"),
         ("count_low_surprise", "account_new_merchants_7d"), ("amount_residual_z", "amount_ratio_category"),
         ("together with tails_raw", "tails_raw")]


def rarity(order):
    """-ln of the share of rows that lie as high"""
    place = np.empty(len(order.order))
    place[order.order] = np.repeat(np.diff(np.r_[0, order.end + 1])[::-1].cumsum()[::-1], np.diff(np.r_[-1, order.end]))
    return -np.log(place / len(place))


def main(path):
    book = patterns.Book(path)
    orders = {c: patterns.Order(x) for c in COLUMNS if (x := book.column(c)) is not None}
    both = np.maximum.reduce([rarity(orders[c]) for c in ("count_surprise", "count_low_surprise", "amount_residual_z")])
    orders["together"] = patterns.Order(both)
    if "tails_raw" in orders:
        orders["together with tails_raw"] = patterns.Order(np.maximum(both, rarity(orders["tails_raw"])))
    print("| AUROC against genuine rows | " + " | ".join(n.replace("_", " ") for n in book.names) + " |")
    print("|---" * (len(book.names) + 1) + "|")
    found = {}
    for name, order in orders.items():
        found[name] = np.array([patterns.auroc(order, w[book.account], book.kind, len(book.names))
                                for w in book.weights]).T
        print(f"| {name} | " + " | ".join(patterns.told(v) for v in found[name]) + " |", flush=True)
    for a, b in PAIRS:
        if a in found and b in found:
            print(f"| {a} above {b} | " + " | ".join(patterns.told(v) for v in found[a] - found[b]) + " |")


if __name__ == "__main__":
    main(*sys.argv[1:])
