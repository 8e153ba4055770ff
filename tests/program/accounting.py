"""accounting.py write N | check OUT: damaged files, and whether no line of them is lost.

write  makes d000.csv ... with bytes lost, doubled and planted
check  reads each file without the lines that rejects.csv names by Python's csv, strict: that
       are the rows of audit.h5, value by value; every line is in a row, in a reject or blank
"""

import csv
import datetime
import decimal
import io
import random
import re
import sys

HEADER = b"account,note,merchant,time,amount,label\n"
NOTES = ["", "a note", '"a ""note"""', '"two\nlines"', '","', '5" pipe', '"\r\n"', '""""', '"\n\n\n"', "much to say"]
PLANTED = [b'"', b'"', b'"', b",", b"\n", b"\r", b"\0", b"\\", b"'"]


def wound(text, draw):
    at = draw.randrange(len(text) + 1)
    kind = draw.randrange(6)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at : at + 1] + text[at:]
    if kind == 2:
        return text[:at] + text[at + draw.randrange(60) :]
    if kind == 3:
        end = text.find(b"\n", at)
        return text[:at] if end < 0 else text[:at] + text[end + draw.randrange(2) :]
    return text[:at] + draw.choice(PLANTED) + text[at:]


def write(n_files):
    draw = random.Random(9)
    for i in range(n_files):
        text = b""
        for k in range(draw.randrange(1, 40)):
            time = datetime.datetime(2018, 1, 1) + datetime.timedelta(minutes=draw.randrange(172800))
            row = [f"a{draw.randrange(30)}", draw.choice(NOTES), f"m{draw.randrange(9)}", f"{time}"]
            row += [f"{draw.randrange(900)}.{draw.randrange(100):02d}", str(int(draw.random() < 0.1))]
            text += ",".join(row).encode() + draw.choice([b"\n", b"\n", b"\r\n"])
        for k in range(draw.randrange(draw.choice([4, 12]))):
            text = wound(text, draw)
        with open(f"d{i:03d}.csv", "wb") as f:
            f.write(HEADER + text)


def short(name):
    """A name without what stands for its end where it is longer than 64 bytes."""
    return re.sub("~[0-9a-f]{32}$", "~", name) if len(name) <= 64 else name[:31] + "~"


def values(field):
    """What a record comes to: account, merchant, time, amount_minor, label."""
    field = [f.strip(" \t\r\n") for f in field]
    date = [int(n) for n in re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?) *(\d\d?):(\d\d?):(\d\d?)", field[3]).groups()]
    time = int(datetime.datetime(*date, tzinfo=datetime.timezone.utc).timestamp())
    amount = decimal.Decimal(re.sub("[,' ]", "", field[4])) * 100
    label = {"0": 0, "1": 1}.get(re.sub("^0+(?=[01]$)", "", field[5]), -1)
    return (
        short(field[0]),
        short(field[2]) or "none",
        time,
        int(amount.to_integral_value(decimal.ROUND_HALF_EVEN)),
        label,
    )


def read_strictly(lines, owner):
    """The records of (number, line), each with its first line's number; says in `owner` which lines it took."""
    reader = csv.reader((line for _, line in lines), strict=True)
    before = 0
    for field in reader:
        taken = [number for number, _ in lines[before : reader.line_num]]
        before = reader.line_num
        for number in taken:
            owner[number] += 1
        if field:
            yield taken[0], values(field)


def read_rows(out):
    import h5py

    f = h5py.File(out + "/audit.h5")
    t, files = f["transactions"], [n.decode() for n in f["inputs/file"][()]]
    account, merchant = ([n.decode() for n in f[name + "/id"][()]] for name in ("accounts", "merchants"))
    rows = {name: {} for name in files}
    columns = (t[c][()].tolist() for c in ("tx", "account", "merchant", "time", "amount_minor", "label"))
    for tx, a, m, *more in zip(*columns):
        rows[files[tx >> 40]][tx & (1 << 40) - 1] = (short(account[a]), short(merchant[m]), *more)
    return rows


def check(out):
    rows = read_rows(out)
    rejects = {name: [] for name in rows}
    for r in csv.DictReader(open(out + "/rejects.csv", newline="")):
        rejects[r["file"]].append((int(r["line"]), int(r["last_line"])))
    for name in rows:
        text = io.TextIOWrapper(open(name, "rb"), "latin1", newline="")
        lines = list(enumerate(text, 1))[1:]
        owner = {number: 0 for number, _ in lines}
        for first, last in rejects[name]:
            for number in range(first, last + 1):
                owner[number] += 1
        left = [(number, line) for number, line in lines if owner[number] == 0]
        try:
            assert dict(read_strictly(left, owner)) == rows[name], "rows differ"
            assert set(owner.values()) <= {1}, f"lines {[k for k, n in owner.items() if n != 1]}"
        except (AssertionError, AttributeError, ValueError, csv.Error) as e:
            sys.exit(f"{name}: {e!r}")
    print(len(rows), "files,", sum(map(len, rows.values())), "rows,", sum(map(len, rejects.values())), "rejects")


if sys.argv[1] == "write":
    write(int(sys.argv[2]))
else:
    check(sys.argv[2])
