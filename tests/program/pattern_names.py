"""Beside tests/program/pattern_names.sh.

    pattern_names.py plant IN OUT   a portfolio with a shop that sells snacks in the evening, and one that does not
    pattern_names.py compare DIR CSV JSON
        each detail of DIR/audit.h5 by the rows themselves; alerts.csv has it; `explain --json` tells the same
    pattern_names.py ids DIR N      N alerts with a detail, the planted one first
"""
import csv
import json
import math
import re
import sys
from collections import Counter

import h5py
import numpy as np

SHOP = 'Kiosk, "No 1\x1b[2J"'
ODD_ID = "77000777"
WINDOW = 6 * 3600


def plant(source, target):
    with open(source, newline="") as f:
        rows = list(csv.DictReader(f))
    accounts = sorted({r["account"] for r in rows})[:12]
    like = rows[0]
    added = []
    for k, account in enumerate(accounts):
        for day in range(100):
            # 2024-01-02 and the days after it.
            when = np.datetime64("2024-01-02T19:00:00") + np.timedelta64(day, "D") + np.timedelta64(60 * k + day, "s")
            row = {**like, "tx": 88000000 + 1000 * k + day, "account": account, "merchant": SHOP, "category": "snacks",
                   "time": str(when).replace("T", " "), "amount": "3.50", "label": "0", "label_time": "", "kind": ""}
            added.append(row)
    added.append({**added[5], "tx": ODD_ID, "account": "lone", "category": "pearls", "time": "2024-04-18 19:30:00"})
    added.append({**added[5], "tx": 77000776, "account": "lone", "time": "2024-02-18 19:30:00"})
    with open(target, "w", newline="") as f:
        out = csv.DictWriter(f, like)
        out.writeheader()
        out.writerows(rows + added)


def text(b):
    return b.rstrip(b"\0").decode()


class Result:
    def __init__(self, folder):
        f = h5py.File(folder + "/audit.h5")
        self.file = f
        self.t = {n: f["transactions"][n][()] for n in (
            "tx", "account", "merchant", "category", "time", "amount_minor", "split", "company_none_share",
            "merchant_is_new", "rule_contradicted")}
        self.merchants = np.array([text(m) for m in f["merchants/id"][()]])
        self.categories = np.array([text(m) for m in f["categories/category"][()]])
        self.row_of = {tx: i for i, tx in enumerate(self.t["tx"])}
        self.baskets()

    def baskets(self):
        """Numbers of the history's baskets, and the rows of each account's window."""
        t = self.t
        window = t["time"] // WINDOW
        starts = np.ones(len(window), bool)
        starts[1:] = (t["account"][1:] != t["account"][:-1]) | (window[1:] != window[:-1])
        self.basket = np.cumsum(starts)
        self.history = t["split"] == 1

    def has(self, item):
        """Whether each row brings an item."""
        t, (kind, value) = self.t, item.split("=", 1)
        if kind == "merchant":
            return self.merchants[t["merchant"]] == value
        if kind == "category":
            return (t["category"] >= 0) & (self.categories[t["category"]] == value)
        if kind == "hour":
            low, high = map(int, value.split(" to "))
            return (t["time"] // 3600 % 24 >= low) & (t["time"] // 3600 % 24 < high)
        minor = [round(100 * float(v)) for v in value.replace(" or less", "").replace(" or more", "").split(" to ")]
        low = -10**18 if " or less" in value else minor[0]
        high = 10**18 if " or more" in value else minor[-1]
        return (t["amount_minor"] >= low) & (t["amount_minor"] <= high)

    def with_all(self, *items):
        """How many of the history's baskets have all items."""
        found = [set(self.basket[self.history & self.has(i)]) for i in items]
        return len(set.intersection(*found))

    def n_baskets(self):
        return len(set(self.basket[self.history]))

    def brings(self, row, item):
        return self.has(item)[row]

    def in_basket(self, row, item):
        """As it stands at the row."""
        own = np.flatnonzero(self.basket == self.basket[row])
        return self.has(item)[own[own <= row]].any()

    # ---- what details say ----

    def rule(self, row, detail):
        m = re.fullmatch(r"(.*) -> (.*) in (\d+) of (\d+) baskets, (\S+) %(?:; here (.*))?", detail, re.S)
        assert m, detail
        antecedent, consequent, both, of, percent, here = m.groups()
        assert self.in_basket(row, antecedent) and not self.in_basket(row, consequent), detail
        assert self.with_all(antecedent) == int(of) and self.with_all(antecedent, consequent) == int(both), detail
        assert percent == f"{100 * int(both) / int(of):.3g}", detail
        assert here is None or (self.brings(row, here) and here.split("=")[0] == consequent.split("=")[0]), detail

    def pair(self, row, detail):
        m = re.fullmatch(r"(.*) with (.*) in (fewer than )?(\d+) of (\d+) baskets, by chance (\S+)", detail, re.S)
        assert m, detail
        a, b, fewer, both, of, chance = m.groups()
        assert self.in_basket(row, a) and self.brings(row, b), detail
        found, all_baskets = self.with_all(a, b), self.n_baskets()
        assert int(of) == all_baskets and (found < int(both) if fewer else found == int(both)), (detail, found)
        by_chance = self.with_all(a) * self.with_all(b) / all_baskets
        assert math.isclose(by_chance, float(chance), abs_tol=.51 if by_chance >= 9.9 else .051), (detail, by_chance)
        assert by_chance > found and by_chance > int(both) - .51, detail

    def company(self, row, detail):
        m = re.fullmatch(r"(.*) is known beside (\d+) of the account's last (\d+) merchants", detail, re.S)
        assert m and m[1] == self.merchants[self.t["merchant"][row]], detail
        others, i = [], row - 1
        while i >= 0 and self.t["account"][i] == self.t["account"][row] and len(others) < 40:
            q = self.t["merchant"][i]
            if q != self.t["merchant"][row] and q not in others:
                others.append(q)
            i -= 1
        assert len(others) == int(m[3]), detail
        assert math.isclose(1 - int(m[2]) / len(others), self.t["company_none_share"][row], abs_tol=1e-6), detail

    def items(self, row, detail):
        for item in detail.split(", amount="):
            item = item if "=" in item else "amount=" + item
            for one in item.split(", hour="):
                assert self.brings(row, one if "=" in one else "hour=" + one), detail

    def low(self, row, detail):
        m = re.fullmatch(r"(\d+) of the day: (.*)", detail)
        day = [i for i in range(max(0, row - 400), row + 1) if self.t["account"][i] == self.t["account"][row] and
               self.t["time"][i] // 86400 == self.t["time"][row] // 86400]
        met = {self.t["merchant"][i] for i in day if self.t["merchant_is_new"][i]}
        # One is met from its first row of the day on.
        mine = [f"{self.t['amount_minor'][i] / 100:.2f}" for i in day if self.t["merchant"][i] in met]
        assert m and int(m[1]) == len(mine) and m[2].split(", ")[:8] == mine[:8], (detail, mine)

    def check(self, feature, row, detail):
        if feature.startswith("company"):
            self.company(row, detail)
        else:
            {"rule_contradicted": self.rule, "basket_outlier": self.pair, "low_new_amounts_1d": self.low}.get(
                feature, self.items)(row, detail)


def reasons(r):
    """Row, feature, detail and sentence of each reason, in order."""
    names = [text(n) for n in r.file["categories/feature"][()]]
    why = {k: v[()] for k, v in r.file["alert_reasons"].items()}
    tx = r.file["alerts/tx"][()]
    for i, alert in enumerate(why["alert"]):
        yield (r.row_of[tx[alert]], names[why["feature"][i]], text(why["detail"][i]), text(why["sentence"][i]))


def ids(folder, n):
    r = Result(folder)
    rows = [row for row, feature, detail, _ in reasons(r) if detail]
    rows = [r.row_of[int(ODD_ID)], *dict.fromkeys(rows)]
    for row in list(dict.fromkeys(rows))[:n]:
        print(r.t["tx"][row])


def written_out(s):
    return s.replace("\x1b", "\\x1b")


def compare(folder, told):
    r = Result(folder)
    n = Counter()
    sentence_of, detail_of = {}, {}
    for row, feature, detail, sentence in reasons(r):
        sentence_of[row, feature], detail_of[row, feature] = sentence, detail
        assert (f" [{detail}]" in sentence) == bool(detail), sentence
        if not detail:
            assert not feature.startswith(("category_hour_s", "category_amount_s", "merchant_amount_s"))
            continue
        r.check(feature, row, detail)
        n["company" if feature.startswith("company") else feature] += 1
    print(dict(n))
    for feature in sys.argv[4:]:
        assert n[feature] > 0, (feature, n)

    # The file has them, on one line each.
    with open(folder + "/alerts.csv", newline="") as f:
        lines = list(csv.DictReader(f))
    cells = Counter(c for line in lines for c in (line["reason1"], line["reason2"], line["reason3"]) if c)
    assert cells == Counter(written_out(s) for s in sentence_of.values())

    # The same is told of a transaction alone.
    same = 0
    for o in json.load(open(told)):
        row = r.row_of[int(o["tx"])]
        for x in o["features"]:
            s = sentence_of.get((row, x["feature"]))
            assert s is None or s == x["sentence"], (s, x["sentence"])
            same += bool(s and detail_of[row, x["feature"]])
    assert same > 10, same


{"plant": plant, "ids": lambda d, n: ids(d, int(n)), "compare": lambda d, told, *_: compare(d, told)}[sys.argv[1]](
    *sys.argv[2:])
