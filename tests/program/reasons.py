"""How far the reasons of alerts can be trusted.

    reasons.py rows DIR              the rows of /transactions that raised an alert
    reasons.py judge DIR REPLACED    REPLACED: what tests/program/reasons printed of them

Fails where a bound does not hold: putting the first reason's value back to what is usual lowers
the margin in .98 of the alerts, and by more than another feature does in .95 of the draws of one;
of rightly alerted frauds .90, and of each kind with ten or more .70, name a family of their
kind among three reasons."""
import sys

import h5py
import numpy as np

# What a kind of fraud does (include/paraudit/generate/portfolio.h), as families of features.
FAMILIES = {
    "large_amount": {"amount", "account amounts", "account outliers"},
    "compromised_merchant": {"merchant fraud", "merchant novelty", "merchant newcomers"},
    "leaked_card": {"merchant novelty", "account merchants", "account pace", "country", "currency", "channel",
                    "category", "hour", "place"},
    "account_takeover": {"merchant novelty", "account merchants", "place", "country", "currency", "category", "hour"},
    "card_testing": {"account small amounts", "account pace", "account merchants", "amount", "merchant novelty"},
    "ring": {"merchant fraud", "merchant newcomers", "merchant pace", "merchant novelty"},
}


def rows(folder):
    print(*np.flatnonzero(h5py.File(folder + "/audit.h5")["transactions/alert"][()]), sep="\n")


def expect(holds, what):
    print(("" if holds else "FAILED: ") + what)
    return bool(holds)


def judge(folder, replaced):
    f = h5py.File(folder + "/audit.h5")
    t = f["transactions"]
    tx, margin, without, less = np.loadtxt(replaced, unpack=True)
    good = expect((without < margin).mean() >= .98, f"{len(tx)} alerts: the first reason put back lowers {(without < margin).mean():.3f}")
    good &= expect(less.mean() >= .95, f"... and by more than another feature {less.mean():.3f}")
    names = [n.decode() for n in f["categories/feature"][()]]
    family = [t[n].attrs["family"].decode() if "family" in t[n].attrs else n for n in names]
    kinds = [k.decode() for k in f["categories/kind"][()]]
    right = np.flatnonzero(t["alert"][()] & (t["label"][()] == 1))
    kind = np.array([kinds[k] for k in t["kind"][()][right]])
    reason = np.array([t[f"reason{k}"][()][right] for k in (1, 2, 3)])
    named = np.array([any(family[r] in FAMILIES[k] for r in reason[:, i] if r >= 0) for i, k in enumerate(kind)])
    good &= expect(named.mean() >= .90, f"{len(right)} rightly alerted frauds: their kind's family is named in {named.mean():.3f}")
    for k in sorted(FAMILIES):
        n = (kind == k).sum()
        if n:
            share = named[kind == k].mean()
            good &= expect(n < 10 or share >= .70, f"  {k:22} {n:4} {share:.3f}")
    sys.exit(0 if good else 1)


if sys.argv[1] == "rows":
    rows(sys.argv[2])
else:
    judge(sys.argv[2], sys.argv[3])
