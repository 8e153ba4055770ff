#!/usr/bin/env python3
"""The Handbook's published figures, from paraudit's own columns.

    folds.py AUDIT.h5

Reads the Handbook's 15 features, the labels and the splits of one fold from
audit.h5, fits scikit-learn's logistic regression and XGBoost on the training
rows, and prints AUC, AP and CP@100 by the book's protocol (YARDSTICKS: fold
2018-07-25 gives .871 .606 .291 and .862 .639 .273). Needs the packages of
tools/bench/peers/handbook.txt.
"""
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

from protocol import Audit, quality


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


def main(path):
    fold = Audit(path)
    table, train, audit, judged = fold.table, fold.train, fold.tested, fold.judged
    label, fraud = fold.label, fold.fraud
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
        score = np.full(len(label), np.nan)
        score[judged] = model.predict_proba(x[judged])[:, 1]
        auc, ap, cp = quality(fold, score)
        print(f"{name:20s} AUC {auc:.3f}  AP {ap:.3f}  CP@100 {cp:.3f}")


if __name__ == "__main__":
    main(sys.argv[1])
