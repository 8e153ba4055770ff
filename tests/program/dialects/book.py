"""One small book in the ways of the trade: what the files beside this one write and check.

TOPIC.py write  makes a folder for each case, with its files and book.ini, and
                cases.txt: NAME, exit code and the message, between tabs
TOPIC.py check  looks at what the runs left in NAME/out1: rows with all their values,
                rejects with line, last line and reason, how the input was read, and notes
"""

import csv
import datetime
import io
import json
import os
import re
import sys
from collections import namedtuple

Row = namedtuple("Row", "tx account merchant time minor label")
START = 1704067200  # 2024-01-01
SPLIT = "[split]\naudit_from = 2024-04-10\naudit_until = 2024-04-20\n"
# What these are about is over when the rows are read.
JOB = """[job]
leave_out = history,merchants,patterns,embedding,expected,forecast,tails,combinations,iforest,ecod,boosting
"""
COLUMNS = ("tx", "account", "merchant", "time", "amount", "label")


def book(n=240, step=43987):
    """20 accounts, 7 merchants, a row about every half day; the first of 40 is a fraud."""
    return [
        Row(5000 + i, f"K{i * 7 % 20:02d}", f"S{i * 5 % 7}", START + i * step, 150 + 131 * i, int(i % 40 == 0))
        for i in range(n)
    ]


BOOK = book()


def at(row, form="%Y-%m-%d %H:%M:%S"):
    return datetime.datetime.fromtimestamp(row.time, datetime.timezone.utc).strftime(form)


def money(row, mark=".", group="", decimals=2, minor=None):
    units, rest = divmod(abs(row.minor if minor is None else minor), 10**decimals)
    return f"{units:,}".replace(",", group) + (f"{mark}{rest:0{decimals}d}" if decimals else "")


CELLS = {
    "tx": lambda r: str(r.tx),
    "account": lambda r: r.account,
    "merchant": lambda r: r.merchant,
    "time": at,
    "amount": money,
    "label": lambda r: str(r.label),
}


def sheet(rows, names=None, sep=",", end="\n", head=None, quoting=csv.QUOTE_MINIMAL, quote='"', order=COLUMNS, **cells):
    """A file. cells: what stands in a column, as a function of the row; names: what columns are called."""
    out = io.StringIO()
    write = csv.writer(out, delimiter=sep, lineterminator=end, quoting=quoting, quotechar=quote).writerow
    every = {**CELLS, **cells}
    order = tuple(order) + tuple(c for c in cells if c not in order)
    if head is None:
        write([(names or {}).get(c, c) for c in order])
    else:
        out.write(head)
    for r in rows:
        write([every[c](r) for c in order])
    return out.getvalue()


PLAIN = sheet(BOOK)


def in_line(text, line, old, new):
    """The text with `new` in place of `old` in a line, from 1."""
    lines = text.split("\n")
    lines[line - 1] = lines[line - 1].replace(old, new)
    return "\n".join(lines)


Case = namedtuple("Case", "files ini code message rows rejects form notes split")
CASES = {}


def put(name, text, ini="", stop=None, code=65, rows=None, rejects=(), form=None, notes=(), split=True):
    """text: tx.csv, or {name: text}; in UTF-8 unless it is bytes. stop: the message of a run that ends with `code`."""
    files = text if isinstance(text, dict) else {"tx.csv": text}
    assert name not in CASES, name
    CASES[name] = Case(
        files, ini, code if stop else 0, stop or "", rows or BOOK, list(rejects), form, list(notes), split
    )


# What is said behind the first of many rejects.
MOST = "{n} of the 240 rows of this file are rejected, {n} for '{reason}'{kind}: see {keys}; input.max_reject_share is 0.005"


def changed(rows=BOOK, **how):
    """The rows with members that are functions of the row."""
    return [r._replace(**{k: f(r) for k, f in how.items()}) for r in rows]


# ---- writing and checking ----------------------------------------------------------------------


def write(cases):
    with open("cases.txt", "w") as f:
        for name, c in cases.items():
            os.mkdir(name)
            for file, text in c.files.items():
                with open(f"{name}/{file}", "wb") as g:
                    g.write(text if isinstance(text, bytes) else text.encode())
            given = "" if c.ini.startswith("files") else f"files = {' '.join(c.files)}\n"
            with open(f"{name}/book.ini", "w") as g:
                g.write(f"[input]\n{given}{c.ini}" + (SPLIT if c.split else "") + JOB)
            print(name, c.code, c.message, sep="\t", file=f)


def names(table):
    return [n.decode() for n in table["id"][()]]


def read_rows(f):
    t, account, merchant = f["transactions"], names(f["accounts"]), names(f["merchants"])
    tx = [i.decode() for i in t["tx_id"][()]] if "tx_id" in t else t["tx"][()].tolist()
    columns = (t[c][()].tolist() for c in ("account", "merchant", "time", "amount_minor", "label"))
    return sorted(Row(i, account[a], merchant[m], *more) for i, a, m, *more in zip(tx, *columns))


def is_cut(name, whole):
    """Its first bytes, '~' and 32 hexadecimal digits."""
    head, _, digest = name.rpartition("~")
    return (
        0 < len(head.encode()) <= 31
        and whole.startswith(head)
        and len(name.encode()) <= 64
        and len(digest) == 32
        and set(digest) <= set("0123456789abcdef")
    )


def is_name(name, expected):
    return is_cut(name, expected[1]) if isinstance(expected, tuple) else name == expected


def is_row(row, expected):
    same = is_name(row.account, expected.account) and is_name(row.merchant, expected.merchant)
    return same and row._replace(account="", merchant="") == expected._replace(account="", merchant="")


def read_rejects(f):
    r, files = f["rejects"], [n.decode() for n in f["inputs/file"][()]]
    reasons = [n.decode() for n in f["categories/reject_reason"][()]]
    return [
        (files[i], line, last, reasons[k])
        for i, line, last, k in zip(*(r[c][()].tolist() for c in ("file", "line", "last_line", "reason")))
    ]


def check(name, case):
    import h5py

    f = h5py.File(f"{name}/out1/audit.h5")
    rows, expected = read_rows(f), sorted(case.rows)
    if len(rows) != len(expected):
        yield f"{len(rows)} rows instead of {len(expected)}"
    bad = [(r, e) for r, e in zip(rows, expected) if not is_row(r, e)]
    if bad:
        yield f"{len(bad)} rows differ: {bad[0][0]} instead of {bad[0][1]}"
    rejects, told = read_rejects(f), [r if len(r) == 4 else ("tx.csv",) + r for r in case.rejects]
    if rejects != told:
        yield f"rejects {rejects} instead of {told}"
    run = json.load(open(f"{name}/out1/run.json"))
    forms = [line[6:] for line in run["time_plan"].split("\n") if line.startswith("input ")]
    if forms != ([case.form] if case.form else []):
        yield f"read as {forms} instead of {case.form}"
    notes = [n for n in run["notes"] if not n.startswith(("stage ", "evaluate: ", "the book is too short"))]
    notes = [n for n in notes if case.notes or not re.search(r" rejected( \(\d+ lines\))?: ", n)]
    if notes != case.notes:
        yield f"notes {notes} instead of {case.notes}"


def run():
    if sys.argv[1] == "write":
        write(CASES)
        return
    failed = [f"{name}: {what}" for name, case in CASES.items() if case.code == 0 for what in check(name, case)]
    print("\n".join(failed))
    sys.exit(len(failed) > 0)
