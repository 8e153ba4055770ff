"""dispositions.py draw|check|cut ...: verdicts on alerts, and what the labels have to be then.

draw BOOK.csv ALERTS.csv       writes verdicts in several forms: v1.csv, v2.csv.gz, late.csv and early.csv
check AUDIT.h5 BOOK.csv FILES  the labels of every transaction, by a slow obvious twin
cut TIME A.h5 B.h5             no feature of a row up to TIME differs
"""
import csv
import gzip
import random
import sys
from calendar import timegm
from time import gmtime, strftime, strptime

import h5py
import numpy as np

NEVER, UNSAID = 2**63 - 1, -(2**63)
DAY = 86400
words = {1: ["fraud", "Confirmed", "TRUE_POSITIVE", "tp", "1", "yes"],
         0: ["genuine", "false positive", "FP", "legitimate", "0", "False-Positive"],
         -1: ["unclear", "Pending", "open", "", "?"]}
meaning = {word: verdict for verdict, some in words.items() for word in some}


def seconds(text):
    return timegm(strptime(text, "%Y-%m-%d %H:%M:%S"))


def text_of(when):
    return strftime("%Y-%m-%d %H:%M:%S", gmtime(when))


def read_book(path):
    return {int(r["tx"]): r for r in csv.DictReader(open(path))}


def opened(path):
    return gzip.open(path, "rt") if path.endswith(".gz") else open(path)


def draw(book_path, alerts_path):
    rng = random.Random(7)
    book = read_book(book_path)
    alerts = list(csv.DictReader(open(alerts_path)))
    changes = {}
    out = []
    for k in range(900):
        alert = rng.choice(alerts)
        tx = int(alert["tx"]) if rng.random() < 0.5 else rng.choice(list(book))
        verdict = rng.choice([1, 1, 0, 0, -1])
        by_alert = rng.random() < 0.4
        row = book[int(alert["tx"]) if by_alert else tx]
        when = (seconds(row["time"]) // DAY + 1) * DAY + rng.randrange(30 * DAY) // 3600 * 3600
        if verdict >= 0:  # at most one for each transaction and a label beside: two changes
            if changes.get(row["tx"], 0) == 2:
                continue
            changes[row["tx"]] = changes.get(row["tx"], 0) + 1
        word = rng.choice(words[verdict])
        out.append({"note": 'said "so", twice', "alert_id": alert["alert_id"] if by_alert else "",
                    "verdict": word, "tx": "" if by_alert else row["tx"],
                    "verdict_time": "" if verdict < 0 and rng.random() < 0.5 else text_of(when),
                    "time": row["time"]})
    out.append(dict(out[0], alert_id="00000000000000ff", tx=""))
    out.append(dict(out[0], alert_id="", tx="999999999999"))

    def write(file, rows, names, separator):
        with file:
            writer = csv.DictWriter(file, names, extrasaction="ignore", delimiter=separator)
            writer.writeheader()
            writer.writerows(rows)

    names = ["note", "alert_id", "verdict", "tx", "verdict_time", "time"]
    write(open("v1.csv", "w", newline=""), out[::2], names, ";")
    write(gzip.open("v2.csv.gz", "wt", newline=""), out[1::2], names[::-1], ",")
    cut = "2024-03-25 12:00:00"
    write(open("early.csv", "w", newline=""), [r for r in out if r["verdict_time"] and r["verdict_time"] <= cut], names, ",")
    write(open("late.csv", "w", newline=""), out, names, ",")
    head, *rows = open(book_path).read().splitlines()
    at = head.split(",").index("time")
    open("cut.csv", "w").write("\n".join([head] + [r for r in rows if r.split(",")[at] <= cut]) + "\n")
    # The same book without any label.
    drop = [head.split(",").index(name) for name in ("label", "label_time")]
    keep = lambda r: ",".join(f for i, f in enumerate(r.split(",")) if i not in drop)
    open("bare.csv", "w").write("\n".join(map(keep, [head] + rows)) + "\n")


def fold(findings):
    """(time, verdict) in order: what was found at each moment, without what changes nothing."""
    found = []
    for when, verdict in findings:
        if found and found[-1][0] == when:
            found.pop()
        if not found or found[-1][1] != verdict:
            found.append((when, verdict))
    return found


def check(audit_path, book_path, *files):
    f = h5py.File(audit_path)
    book = read_book(book_path)
    by_day = {}
    for r in book.values():
        by_day.setdefault((r["account"], seconds(r["time"]) // DAY), []).append(r)
    of_alert = {}
    if "alerts" in f:
        for file in csv.DictReader(open("first/alerts.csv")):
            of_alert[file["alert_id"]] = (file["account"], seconds(file["time"]) // DAY)
    verdicts, fates = {}, [0, 0, 0, 0]
    for number, path in enumerate(files):
        separator = ";" if path == "v1.csv" else ","
        for line, r in enumerate(csv.DictReader(opened(path), delimiter=separator)):
            when = seconds(r["verdict_time"]) if r["verdict_time"] else UNSAID
            if r["tx"]:
                rows = [book[int(r["tx"])]] if int(r["tx"]) in book else []
            else:
                rows = [b for b in by_day.get(of_alert.get(r["alert_id"]), []) if when == UNSAID or seconds(b["time"]) < when]
            verdict = meaning[r["verdict"]]
            fate = 2 if not rows else 3 if len(rows) > 1 else 1 if verdict < 0 else 0
            fates[fate] += 1
            if fate == 0:
                verdicts.setdefault(rows[0]["tx"], []).append((when, number, line, verdict))
    t = f["transactions"]
    has_changes = "label_before_time" in t
    tx, label, late = t["tx"][...], t["label"][...], t["label_time"][...]
    before = t["label_before_time"][...] if has_changes else np.full(len(tx), NEVER)
    first = t["label_first_time"][...] if has_changes else np.full(len(tx), NEVER)
    n_changed = 0
    for i in range(len(tx)):
        r = book[int(tx[i])]
        said = [] if r.get("label", "") == "" else [(seconds(r["label_time"]) if r["label_time"] else UNSAID, -1, 0, int(r["label"]))]
        found = fold([(w, v) for w, _, _, v in sorted(said + verdicts.get(r["tx"], []))])
        expected = (found[-1][1] if found else -1, found[-1][0] if found else UNSAID,
                    found[-2][0] if len(found) > 1 else NEVER, found[-3][0] if len(found) > 2 else NEVER)
        got = (label[i], late[i], before[i], first[i])
        assert got == expected, (r, verdicts.get(r["tx"]), got, expected)
        n_changed += len(found) > 1
    told = f["dispositions"]
    assert [int((told["fate"][...] == k).sum()) for k in range(4)] == fates, fates
    place = list(zip(told["file"][...], told["line"][...]))
    assert place == sorted(place) and len(place) == sum(fates)
    assert min(fates) > 0 and n_changed > 20, (fates, n_changed)
    named = told["transaction"][...]
    assert ((named >= 0) == (told["fate"][...] < 2)).all()


def cut(until, a_path, b_path):
    a, b = h5py.File(a_path)["transactions"], h5py.File(b_path)["transactions"]
    place = {int(tx): i for i, tx in enumerate(a["tx"][...])}
    rows = [i for i, when in enumerate(b["time"][...]) if when <= seconds(until)]
    at = [place[int(tx)] for tx in b["tx"][...][rows]]
    # What a model of the history says is that of the time plan, which differs.
    names = [n for n, c in b.items() if c.attrs["role"] in (b"feature", "feature") and not c.attrs["fitted"]]
    assert len(rows) > 1000 and len(names) > 60
    bad = [n for n in names if a[n][...][at].tobytes() != b[n][...][rows].tobytes()]
    assert not bad, bad
    later = [i for i, when in enumerate(b["time"][...]) if when > seconds(until)]
    if later:
        at = [place[int(tx)] for tx in b["tx"][...][later]]
        changed = [n for n in names if a[n][...][at].tobytes() != b[n][...][later].tobytes()]
        assert len(changed) > 8, changed  # verdicts do come to features


globals()[sys.argv[1]](*sys.argv[2:])
