"""Instructions per row of two audits that ran under cachegrind.

    python3 growth.py SMALL LARGE     (folders with run.json; SMALL.txt, LARGE.txt: valgrind's words)
"""
import json
import pathlib
import re
import sys


def per_row(folder):
    text = pathlib.Path(f"{folder}.txt").read_text()
    count = int(re.search(r"I\s+refs:\s+([\d,]+)", text).group(1).replace(",", ""))
    rows = json.loads(pathlib.Path(folder, "run.json").read_text())["rows"]["read"]
    print(f"{rows} rows: {count} instructions, {count / rows:.0f} a row")
    return count / rows


small, large = map(per_row, sys.argv[1:3])
print(f"growth {large / small:.3f}")
