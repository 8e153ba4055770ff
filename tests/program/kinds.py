"""How well counts of rows, single columns and a small model of all columns find each kind of fraud.

    kinds.py AUDIT.h5 FRAUDS

FRAUDS has lines `tx kind`. Judged are all rows from train_from on. Prints what it measures, and
fails where a bound does not hold."""
import sys

import h5py
import numpy as np

DAY, CELL, DELAY = 86400, 64, 7  # the generator plans lives in cells of 64 days
COUNTS = ["merchant_tx_count_30d", "merchant_tx_count_delayed_30d", "account_tx_count_30d"]
KINDS = ["large_amount", "compromised_merchant", "leaked_card", "account_takeover", "card_testing", "ring"]
N_GENUINE, N_BINS, N_TREES, DEPTH, RATE = 60000, 32, 60, 3, 0.3
TRAIN = 3  # the place of the part in /categories/split

failed = []


def expect(holds, what):
    print(("" if holds else "FAILED: ") + what)
    if not holds:
        failed.append(what)


def auroc(value, fraud):
    """Chance that a fraud has a larger value than a genuine row, ties by half."""
    genuine, found = np.sort(value[~fraud]), value[fraud]
    below = np.searchsorted(genuine, found, "left") + np.searchsorted(genuine, found, "right")
    return below.mean() / 2 / len(genuine)


def binned(value):
    """Whole numbers below N_BINS in the order of the values; a missing value is below all."""
    value = np.where(np.isnan(value), -np.inf, value)
    cuts = np.unique(np.quantile(value[np.isfinite(value)], np.arange(1, N_BINS - 1) / N_BINS))
    return np.where(np.isinf(value), 0, 1 + np.searchsorted(cuts, value, "right"))


def best_cuts(column, node, n_nodes, slope, curve):
    """For each node the column and the bin that it is cut behind, by Newton's gain."""
    best, at, cut = np.full(n_nodes, -1.0), np.zeros(n_nodes, int), np.zeros(n_nodes, int)
    for c, bins in enumerate(column):
        key = node * N_BINS + bins
        g, h = (np.bincount(key, v, n_nodes * N_BINS).reshape(n_nodes, N_BINS).cumsum(1) for v in (slope, curve))
        g_all, h_all = g[:, -1:], h[:, -1:]
        gain = g**2 / (h + 1) + (g_all - g)**2 / (h_all - h + 1) - g_all**2 / (h_all + 1)
        place = gain.argmax(1)
        gain = gain[np.arange(n_nodes), place]
        better = gain > best
        best[better], at[better], cut[better] = gain[better], c, place[better]
    return at, cut


def boosted(column, fraud, fitted):
    """Margins of all rows by gradient-boosted trees, fitted on those that are `fitted`."""
    learn, label, rows = column[:, fitted], fraud[fitted].astype(float), np.arange(column.shape[1])
    margin = np.full(len(fraud), np.log(label.mean() / (1 - label.mean())))
    for _ in range(N_TREES):
        p = 1 / (1 + np.exp(-margin[fitted]))
        slope, curve, node = p - label, p * (1 - p), np.zeros(len(fraud), int)
        for depth in range(DEPTH):
            at, cut = best_cuts(learn, node[fitted], 2**depth, slope, curve)
            node = 2 * node + (column[at[node], rows] > cut[node])
        g, h = (np.bincount(node[fitted], v, 2**DEPTH) for v in (slope, curve))
        margin -= RATE * (g / (h + 1))[node]
    return margin


def kinds_of(tx, path):
    known = np.loadtxt(path, dtype=[("tx", "i8"), ("kind", "U24")])
    known.sort(order="tx")
    place = np.minimum(np.searchsorted(known["tx"], tx), len(known) - 1)
    number = np.array([1 + KINDS.index(k) for k in known["kind"]])
    return np.where(known["tx"][place] == tx, number[place], 0)


def known_before(rows, fraud, account, time, found):
    """Share of the rows behind which a fraud of their account is known."""
    first = {}
    for i in np.flatnonzero(fraud):
        known = max(time[i] + DELAY * DAY, found[i])
        first[account[i]] = min(first.get(account[i], known), known)
    return np.mean([first.get(account[i], time[i] + 1) <= time[i] for i in rows])


def judge_counts(t, kind, judged):
    print("AUROC".ljust(30), *(k.rjust(20) for k in KINDS))
    for name in COUNTS:
        value = t[name][:]
        found = [auroc(value[judged & ((kind == 0) | (kind == k))], kind[judged & ((kind == 0) | (kind == k))] > 0)
                 for k in range(1, 1 + len(KINDS))]
        print(name.ljust(30), *(f"{a:20.3f}" for a in found))
        expect(all(.3 <= a <= .7 for a in found), f"{name} is within .30 and .70 for all kinds")


def judge_rings(t, kind, judged, account):
    time, found = t["time"][:], t["label_time"][:]
    cell = (time - time.min() // DAY * DAY) // (CELL * DAY)
    ring = kind == 1 + KINDS.index("ring")
    members = [set(account[ring & (cell == c)]) for c in range(2)]
    recurring = len(members[0] & members[1]) / len(members[0] | members[1])
    expect(recurring <= .1, f"{100 * recurring:.1f} % of ring accounts recur, 10 % at most")
    share = known_before(np.flatnonzero(ring & judged), kind > 0, account, time, found)
    expect(share <= .4, f"{100 * share:.0f} % of ring rows have a known fraud of their account behind them, 40 % at most")


def judge_columns(t, kind, judged, account):
    """Half of the accounts teach, the others tell."""
    draw = np.random.default_rng(1)
    genuine = np.sort(draw.choice(np.flatnonzero(judged & (kind == 0)), N_GENUINE, replace=False))
    test = np.flatnonzero(judged & (kind == 1 + KINDS.index("card_testing")))
    rows = np.concatenate([genuine, test])
    fraud = kind[rows] > 0
    names = [c for c in t if t[c].attrs["role"] == b"feature" or c in ("category", "channel")]
    column = np.array([binned(t[c][:][rows].astype(float)) for c in names])
    alone = [auroc(c, fraud) for c in column]
    best = max(range(len(names)), key=lambda i: abs(alone[i] - .5))
    expect(.1 <= alone[best] <= .9, f"card testing by {names[best]} alone: {alone[best]:.3f}, within .10 and .90")
    taught = account[rows] % 2 == 0
    found = auroc(boosted(column, fraud, taught)[~taught], fraud[~taught])
    expect(found <= .98, f"card testing by {len(names)} columns: AUROC {found:.4f}, .98 at most")


def main():
    t = h5py.File(sys.argv[1])["transactions"]
    kind, account, judged = kinds_of(t["tx"][:], sys.argv[2]), t["account"][:], t["split"][:] >= TRAIN
    assert ((kind > 0) == (t["label"][:] == 1)).all()
    share = (kind > 0).mean()
    expect(.001 <= share <= .005, f"{100 * share:.2f} % of {len(kind)} rows are fraud; judged:")
    print(*(f"{k} {int((judged & (kind == 1 + i)).sum())}" for i, k in enumerate(KINDS)))
    judge_counts(t, kind, judged)
    judge_rings(t, kind, judged, account)
    judge_columns(t, kind, judged, account)
    sys.exit(f"FAILED: {len(failed)} bounds do not hold" if failed else 0)


main()
