"""suppressions.py draw|check ...: rules about alerts, and what the queue has to be then.

draw PLAIN.h5                  writes rules.csv about what that audit alerts
check PLAIN.h5 HELD.h5 N FILE  the queue of HELD, N a day, from the scores of PLAIN and the rules
"""
import csv
import random
import sys
from calendar import timegm
from time import gmtime, strftime, strptime

import h5py

DAY = 86400
lists = {"account": "accounts/id", "merchant": "merchants/id"}


def seconds(text):
    return timegm(strptime(text, "%Y-%m-%d %H:%M:%S" if " " in text else "%Y-%m-%d"))


def names_of(f, entity):
    return [n.decode() for n in f[lists.get(entity, f"categories/{entity}")][...]]


def rows_of(f):
    t = f["transactions"]
    entities = [e for e in ("account", "merchant", "category", "channel", "currency", "country") if e in t]
    columns = {e: (t[e][...], names_of(f, e)) for e in entities}
    features = [n.decode() for n in f["categories/feature"][...]]
    family = {n: t[n].attrs.get("family", b"") for n in features}
    text = lambda x: x.decode() if isinstance(x, bytes) else x
    reason, rank, when, tx = (t[c][...] for c in ("reason1", "rank", "time", "tx"))
    rows = []
    for i in range(len(tx)):
        if rank[i] > 0:
            rows.append({"i": i, "tx": int(tx[i]), "rank": int(rank[i]), "time": int(when[i]),
                         "reason": features[reason[i]] if reason[i] >= 0 else None,
                         "family": text(family[features[reason[i]]]) if reason[i] >= 0 else None,
                         **{e: names[codes[i]] if codes[i] >= 0 else None for e, (codes, names) in columns.items()}})
    return rows


def draw(path):
    f = h5py.File(path)
    rows = rows_of(f)
    alerted = [r for r in rows if f["transactions/alert"][r["i"]]]
    rng = random.Random(3)
    begin, end = min(r["time"] for r in rows), max(r["time"] for r in rows)
    stamp = lambda t: strftime("%Y-%m-%d %H:%M:%S", gmtime(t))
    with open("rules.csv", "w", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow(["until", "value", "entity", "why", "rule", "from", "reason"])
        for k in range(60):
            r = rng.choice(alerted)
            entity = rng.choice(["account"] * 4 + ["merchant"] * 3 + ["category", "channel", "country"])
            broad = entity in ("category", "channel", "country")
            rule = rng.choice([r["reason"], r["family"] or r["reason"]] + ([] if broad else ["*", "*"]))
            since = "" if rng.random() < .5 else stamp(rng.randrange(begin - 3 * DAY, end))
            until = stamp(rng.randrange(begin - 2 * DAY if not since else seconds(since) + 1, end + 9 * DAY))
            if k % 7 == 0:
                until = stamp(r["time"])  # ends with the row that it is about: not its
            if since and seconds(until) <= seconds(since):
                since = ""
            writer.writerow([until, r[entity], entity, "x;y", rule, since, f'rule "{k}"'])
        writer.writerow(["2030-01-01", "nobody", "account", "", "*", "", ""])
        writer.writerow(["2024-01-05", alerted[0]["account"], "account", "", "*", "", "ran out"])


def covers(rule, r):
    since = seconds(rule["from"]) if rule["from"] else -10**18
    if not since <= r["time"] < seconds(rule["until"]) or r[rule["entity"]] != rule["value"]:
        return False
    return rule["rule"] == "*" or r["reason"] is not None and rule["rule"] in (r["reason"], r["family"])


def check(plain_path, held_path, per_day, rules_path):
    plain, held = h5py.File(plain_path), h5py.File(held_path)
    per_day = int(per_day)
    for column in ("margin", "score", "rank", "percentile", "reason1"):
        assert plain["transactions"][column][...].tobytes() == held["transactions"][column][...].tobytes(), column
    rules = list(csv.DictReader(open(rules_path), delimiter=";"))
    rows = sorted(rows_of(plain), key=lambda r: r["rank"])
    n_rows, n_alerts = [0] * len(rules), [0] * len(rules)
    for r in rows:
        r["held"] = next((k for k, rule in enumerate(rules) if covers(rule, r)), None)
        if r["held"] is not None:
            n_rows[r["held"]] += 1
    queue, stopped = [], []
    for day in sorted({r["time"] // DAY for r in rows}):
        seen, opened = set(), set()
        for r in rows:
            if r["time"] // DAY != day or len(opened) == per_day:
                continue
            first = r["account"] not in seen
            seen.add(r["account"])
            if r["held"] is None and r["account"] not in opened:
                opened.add(r["account"])
                queue.append((day * DAY, len(opened), r["tx"]))
            elif r["held"] is not None and first:
                stopped.append((day * DAY, len(opened) + 1, r["tx"], r["held"]))
                n_alerts[r["held"]] += 1
    a, s = held["alerts"], held["alerts_suppressed"]
    got = sorted(zip(*(a[c][...].tolist() for c in ("day", "day_rank", "tx"))))
    assert got == sorted(queue), "the queue"
    assert {q[2] for q in queue} == set(held["transactions/tx"][...][held["transactions/alert"][...]].tolist())
    got = list(zip(*(s[c][...].tolist() for c in ("day", "day_rank", "tx", "suppression"))))
    assert got == stopped, "what is held back"
    u, told = held["suppression_use"], held["suppressions"]
    assert u["rows"][...].tolist() == n_rows and u["alerts"][...].tolist() == n_alerts
    assert told["value"][...].tolist() == [r["value"].encode() for r in rules]
    assert told["reason"][...].tolist() == [r["reason"].encode() for r in rules]
    assert sum(n_alerts) > 50 and sum(x > 0 for x in n_alerts) > 15 and sum(n_rows) > sum(n_alerts)
    assert not u["in_force"][len(rules) - 1] and u["in_force"][0]
    in_csv = [r["tx"] for r in csv.DictReader(open(held_path.replace("audit.h5", "alerts.csv")))]
    assert sorted(map(int, in_csv)) == sorted(q[2] for q in queue)


globals()[sys.argv[1]](*sys.argv[2:])
