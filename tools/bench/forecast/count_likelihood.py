"""The network's likelihood of held-out counts beside the filter's:  count_likelihood FILE SEASON LAST | count_likelihood.py

ln p of a value, and the difference with its 95 % interval: series are drawn again with replacement, 1,000 times."""
import sys

import numpy as np


def main():
    n, network, sparse = np.loadtxt(sys.stdin).T
    draws = np.random.default_rng(1).integers(0, len(n), (1000, len(n)))
    gained = network - sparse
    low, high = np.percentile(gained[draws].sum(1) / n[draws].sum(1), (2.5, 97.5))
    print(f"{len(n)} series, {n.sum():.0f} values: ln p by the network {network.sum() / n.sum():.5f}, by the filter "
          f"{sparse.sum() / n.sum():.5f}; the network's gain {gained.sum() / n.sum():+.5f} ({low:+.5f} to {high:+.5f})")


main()
