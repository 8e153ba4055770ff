"""compare.py same|causal|scores|features|pillar A.h5 B.h5: columns of transactions, bit by bit.

same      every table but the list of inputs, row by row
causal    every column of transactions that is flagged causal, for the rows of B
scores    the features, and what models of earlier rows say without labels, for the rows of B
features  the features that no model of earlier rows says, for the rows of B
pillar    the columns of the stage `pillar`, for the rows of B
Rows are matched by their transaction id. Exits with 1 and says what differs.
"""
import sys

import h5py
import numpy as np

kind, a_path, b_path = sys.argv[1:]
a, b = h5py.File(a_path), h5py.File(b_path)
bad = []


def differ(x, y):
    return x.shape != y.shape or x.tobytes() != y.tobytes()


if kind == "same":
    paths = []
    a.visititems(lambda path, item: paths.append(path) if isinstance(item, h5py.Dataset) else None)
    for path in paths:
        if not path.startswith("inputs/") and differ(a[path][...], b[path][...]):
            bad.append(path)
    assert len(paths) > 40
else:
    ta, tb = a["transactions"], b["transactions"]
    place = np.argsort(ta["tx"][...], kind="stable")
    at = place[np.searchsorted(ta["tx"][...][place], tb["tx"][...])]
    assert (ta["tx"][...][at] == tb["tx"][...]).all() and len(at) > 1000
    compared = 0
    for name, column in tb.items():
        wanted = column.attrs["causal"] and name not in ("account", "merchant")
        if kind == "features":
            wanted = column.attrs["role"] in (b"feature", "feature") and not column.attrs["fitted"]
        if kind == "scores":
            wanted = column.attrs["causal"] and (
                column.attrs["fitted"] and not column.attrs["needs_labels"] or column.attrs["role"] in (b"feature", "feature"))
        if kind == "pillar":
            wanted = column.attrs["stage"] in (b"pillar", "pillar")
        if wanted:
            compared += 1
            if differ(ta[name][...][at], column[...]):
                bad.append(name)
    assert compared > (1 if kind == "pillar" else 20), compared
if bad:
    print(kind, "differs in", *bad)
    sys.exit(1)
