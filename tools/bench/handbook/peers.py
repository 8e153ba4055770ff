"""Peers on the columns that paraudit's detectors read, of the rows that they were fitted on.

Each is a function of an audit that returns a score of every row, NaN where it is not judged;
peers() names those whose package is there. "Same" means the starting score, regularisation,
leaves, bins, sampling and rounds of paraudit's trees; the others are at their defaults, but
for the seed and one thread."""
import importlib

import numpy as np


def matrix(audit, model, rows):
    return np.column_stack([audit.column(n)[rows] for n in audit.columns_of(model)])


def _learn(audit, fit_and_score):
    score = np.full(len(audit.label), np.nan)
    train = audit.train & (audit.label >= 0)
    score[audit.judged] = fit_and_score(matrix(audit, "boosting", train), audit.label[train],
                                        matrix(audit, "boosting", audit.judged))
    return score


class Trees:
    """What paraudit's trees were grown with, as the audit tells it."""

    def __init__(self, audit):
        keys = audit.config()["boosting"]
        self.rounds = int(audit.file["models/boosting/shape"][0])
        self.depth, self.bins, self.bags = keys.getint("depth"), keys.getint("bins"), keys.getint("bags")
        self.rate, self.l2, self.min_child = (keys.getfloat(k) for k in ("rate", "l2", "min_child"))
        self.columns, self.rows = keys.getfloat("column_share"), keys.getfloat("row_share")
        assert keys["start"] == "even" and keys.getint("leaves") >= 2 ** self.depth, "peers are not given these"


def xgboost_same(audit):
    import xgboost
    t = Trees(audit)

    def run(x, y, z):
        keys = {"objective": "binary:logistic", "base_score": 0.5, "max_depth": t.depth, "eta": t.rate, "lambda": t.l2,
                "min_child_weight": t.min_child, "max_bin": t.bins, "colsample_bytree": t.columns, "subsample": t.rows,
                "tree_method": "hist", "nthread": 1}
        train, test = xgboost.DMatrix(x, y), xgboost.DMatrix(z)
        return np.mean([xgboost.train({**keys, "seed": bag}, train, t.rounds).predict(test, output_margin=True)
                        for bag in range(t.bags)], axis=0)
    return _learn(audit, run)


def lightgbm_same(audit):
    import lightgbm
    t = Trees(audit)

    def run(x, y, z):
        keys = {"objective": "binary", "boost_from_average": False, "num_leaves": 2 ** t.depth, "max_depth": t.depth,
                "learning_rate": t.rate, "lambda_l2": t.l2, "min_sum_hessian_in_leaf": t.min_child, "min_data_in_leaf": 1,
                "max_bin": t.bins, "min_data_in_bin": 1, "feature_fraction": t.columns, "bagging_fraction": t.rows,
                "bagging_freq": int(t.rows < 1), "num_threads": 1, "verbose": -1, "deterministic": True,
                "force_row_wise": True}
        return np.mean([lightgbm.train({**keys, "seed": bag}, lightgbm.Dataset(x, y), t.rounds).predict(z, raw_score=True)
                        for bag in range(t.bags)], axis=0)
    return _learn(audit, run)


def xgboost_default(audit):
    import xgboost
    return _learn(audit, lambda x, y, z: xgboost.XGBClassifier(n_jobs=1, random_state=0).fit(x, y)
                  .predict(z, output_margin=True))


def lightgbm_default(audit):
    import lightgbm
    return _learn(audit, lambda x, y, z: lightgbm.LGBMClassifier(n_jobs=1, random_state=0, verbose=-1).fit(x, y)
                  .predict_proba(z)[:, 1])


def histogram_default(audit):
    from sklearn.ensemble import HistGradientBoostingClassifier
    return _learn(audit, lambda x, y, z: HistGradientBoostingClassifier(random_state=0).fit(x, y).decision_function(z))


def logistic_default(audit):
    """On standardised columns, a missing value in its column's middle."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=1000))
    return _learn(audit, lambda x, y, z: model.fit(x, y).decision_function(z))


def forest_default(audit):
    """On the columns without labels, fitted on the training rows (which trees of 256 do not feel)."""
    from sklearn.ensemble import IsolationForest
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    score = np.full(len(audit.label), np.nan)
    model = make_pipeline(SimpleImputer(strategy="median"), IsolationForest(random_state=0))
    model.fit(matrix(audit, "iforest", audit.train))
    score[audit.judged] = -model.score_samples(matrix(audit, "iforest", audit.judged))
    return score


ALL = [("xgboost", "XGBoost, same", xgboost_same), ("lightgbm", "LightGBM, same", lightgbm_same),
       ("xgboost", "XGBoost at its defaults", xgboost_default), ("lightgbm", "LightGBM at its defaults", lightgbm_default),
       ("sklearn", "scikit-learn HistGradientBoosting at its defaults", histogram_default),
       ("sklearn", "scikit-learn logistic regression at its defaults", logistic_default),
       ("sklearn", "scikit-learn isolation forest at its defaults", forest_default)]


def missing():
    """The packages that are not there."""
    def lacks(package):
        try:
            importlib.import_module(package)
        except ImportError:
            return True
        return False
    return [package for package in sorted({p for p, _, _ in ALL}) if lacks(package)]


def peers():
    lacking = missing()
    return [(name, score) for package, name, score in ALL if package not in lacking]
