#!/usr/bin/env python3
"""The Handbook's published figures, from paraudit's own columns.

    folds.py AUDIT.h5

Reads the Handbook's 15 features, the labels and the splits of one fold from
audit.h5, fits scikit-learn's logistic regression and XGBoost on the training
rows, and prints AUC, AP and CP@100 by the book's protocol (YARDSTICKS: fold
2018-07-25 gives .871 .606 .291 and .862 .639 .273). Needs the packages of
tools/bench/peers/requirements.txt.
"""
import sys

import h5py
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

DAY = 86400


def book_columns(table):
    """The 15 columns in the book's order, found by the book's names in their descriptions."""
    names = ["TX_AMOUNT", "TX_DURING_WEEKEND", "TX_DURING_NIGHT"]
    names += [f"CUSTOMER_ID_{what}_{n}DAY_WINDOW" for n in (1, 7, 30) for what in ("NB_TX", "AVG_AMOUNT")]
    names += [f"TERMINAL_ID_{what}_{n}DAY_WINDOW" for n in (1, 7, 30) for what in ("NB_TX", "RISK")]
    found = {}
    for column, data in table.items():
        text = data.attrs.get("description", "")
        text = text.decode() if isinstance(text, bytes) else text
        words = text.replace(",", " ").replace(";", " ").replace("(", " ").replace(")", " ").replace(":", " ").replace(".", " ").split()
        for name in names:
            if name in words:
                found[name] = column
    missing = [name for name in names if name not in found]
    assert not missing, missing
    return [found[name] for name in names]


def card_precision(account, day, label, score, top=100):
    detected, values = set(), []
    for d in np.unique(day):
        best, fraud = {}, set()
        for a, y, s in zip(account[day == d], label[day == d], score[day == d]):
            if a in detected:
                continue
            best[a] = max(best.get(a, -1.0), s)
            if y:
                fraud.add(a)
        queue = sorted(best, key=lambda a: (-best[a], a))[:top]
        hits = [a for a in queue if a in fraud]
        detected.update(hits)
        values.append(len(hits) / top)
    return np.mean(values)


def main(path):
    file = h5py.File(path)
    table = file["transactions"]
    names = [n.decode() if isinstance(n, bytes) else n for n in file["categories/split"][...]]
    split, label = table["split"][...], table["label"][...]
    account, time = table["account"][...], table["time"][...]
    train, audit = split == names.index("train"), split == names.index("audit")
    day = time // DAY
    delay_days = file.attrs["label_delay"] // DAY
    fraud = label == 1
    # A card leaves a test day when it had a fraud in training or before (day - delay).
    judged = audit & ~np.isin(account, account[train & fraud])
    for d in np.unique(day[audit]):
        known = account[fraud & (day < d - delay_days) & (time >= file.attrs["train_from"])]
        judged &= ~((day == d) & np.isin(account, known))
    columns = book_columns(table)
    x = np.column_stack([table[name][...] for name in columns]).astype(np.float64)
    print(f"train {train.sum()} rows, {fraud[train].sum()} frauds; audit {audit.sum()} rows, {fraud[audit].sum()} frauds; "
          f"judged {judged.sum()} rows, {fraud[judged].sum()} frauds")
    models = {
        "LogisticRegression": make_pipeline(StandardScaler(), LogisticRegression(random_state=0)),
        "XGBoost": make_pipeline(StandardScaler(), XGBClassifier(random_state=0, n_jobs=1)),
    }
    for name, model in models.items():
        model.fit(x[train], label[train])
        score = model.predict_proba(x[judged])[:, 1]
        y = label[judged]
        print(f"{name:20s} AUC {roc_auc_score(y, score):.3f}  AP {average_precision_score(y, score):.3f}  "
              f"CP@100 {card_precision(account[judged], day[judged], y, score):.3f}")


if __name__ == "__main__":
    main(sys.argv[1])
