"""The Handbook's protocol on an audit.h5: which rows are judged, AUC, AP and CP@100."""
import configparser

import h5py
import numpy as np

DAY = 86400
EPISODE_DAYS = 28  # of a compromised terminal, by the simulator


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


class Audit:
    """Rows of one audit.

    known_from: labels before this time make no card a known one; as a rule the
    training's start, by which the book's protocol counts."""

    def __init__(self, path, known_from=None):
        self.file = h5py.File(path)
        self.table = self.file["transactions"]
        names = [text(n) for n in self.file["categories/split"][...]]
        split, self.label = self.table["split"][...], self.table["label"][...]
        self.account, self.time = self.table["account"][...], self.table["time"][...]
        self.day = self.time // DAY
        self.fraud = self.label == 1
        self.train, self.tested = split == names.index("train"), split == names.index("audit")
        self.delay = int(self.file.attrs["label_delay"])
        self.known_from = self.file.attrs["train_from"] if known_from is None else known_from
        self.judged = self._without_known_cards()

    def column(self, name):
        return self.table[name][...]

    def columns_of(self, model):
        """The feature columns that a model reads."""
        return [text(n) for n in self.file[f"models/{model}/feature_name"][...]]

    def config(self):
        ini = configparser.ConfigParser(interpolation=None)
        ini.read_string(text(self.file["config/effective"][()]))
        return ini

    def _without_known_cards(self):
        """A card leaves a test day when it had a fraud in the book's 7 days of training or
        before (day - delay)."""
        training = (self.time >= self.known_from) & (self.time < self.known_from + 7 * DAY)
        judged = self.tested & ~np.isin(self.account, self.account[training & self.fraud])
        for d in np.unique(self.day[self.tested]):
            known = self.account[self.fraud & (self.day < d - self.delay // DAY) & (self.time >= self.known_from)]
            judged &= ~((self.day == d) & np.isin(self.account, known))
        return judged

    def knowable(self, scenario):
        """Frauds that something tells of: all but those at a terminal (scenario 2) of whose
        frauds none was known."""
        terminal = self.column("merchant")
        at_terminal = scenario == 2
        order = np.lexsort((self.time[at_terminal], terminal[at_terminal]))
        where = terminal[at_terminal][order].astype(np.int64) << 40
        known = where + self.time[at_terminal][order]
        key = terminal.astype(np.int64) << 40
        until = np.searchsorted(known, key + self.time - self.delay, "right")
        since = np.searchsorted(known, key + self.time - self.delay - EPISODE_DAYS * DAY, "left")
        return self.fraud & (~at_terminal | (until > since))


def area(label, score):
    """AUC: equal scores count half."""
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    n = label.sum()
    return (rank[label == 1].sum() - n * (n + 1) / 2) / (n * (len(label) - n))


def average_precision(label, score):
    """Equal scores are one step, as in scikit-learn."""
    _, place = np.unique(-score, return_inverse=True)
    rows = np.cumsum(np.bincount(place))
    right = np.bincount(place, weights=label)
    return float((right * np.cumsum(right) / rows).sum() / label.sum())


def card_precision(account, day, label, score, top=100):
    detected, values = set(), []
    for d in np.unique(day):
        best, fraud = {}, set()
        for a, y, s in zip(account[day == d], label[day == d], score[day == d]):
            if a in detected:
                continue
            best[a] = max(best.get(a, -np.inf), s)
            if y:
                fraud.add(a)
        queue = sorted(best, key=lambda a: (-best[a], a))[:top]
        hits = [a for a in queue if a in fraud]
        detected.update(hits)
        values.append(len(hits) / top)
    return np.mean(values)


def quality(audit, score, rows=None):
    """AUC, AP, CP@100 of these rows, as a rule the judged ones. score: of every row."""
    rows = audit.judged if rows is None else rows
    label, score = audit.label[rows], score[rows].astype(np.float64)
    return (area(label, score), average_precision(label, score),
            card_precision(audit.account[rows], audit.day[rows], label, score))
