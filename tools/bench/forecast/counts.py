"""Daily counts as a long CSV file:  counts.py transactions.csv.zst OUT.csv

Of the Fraud Detection Handbook's accounts on all days; or of CDNOW's customers, told by the file's name, from the day
after the first purchase on."""
import csv
import datetime
import subprocess
import sys


def of_handbook(row):
    return int(row["TX_TIME_DAYS"]), row["CUSTOMER_ID"]


def of_cdnow(row):
    day = datetime.datetime.strptime(row["date"], "%Y%m%d").date()
    return (day - datetime.date(1997, 1, 1)).days, row["customer_id"]


def main(path, out):
    reader = subprocess.Popen(["zstd", "-dc", path], stdout=subprocess.PIPE, text=True)
    cdnow = "cdnow" in path
    count, last = {}, 0
    for row in csv.DictReader(reader.stdout):
        day, account = (of_cdnow if cdnow else of_handbook)(row)
        count.setdefault(account, {})
        count[account][day] = count[account].get(day, 0) + 1
        last = max(last, day)
    with open(out, "w", newline="") as f:
        lines = csv.writer(f, lineterminator="\n")
        lines.writerow(["unique_id", "ds", "y"])
        for account, days in count.items():
            first = min(days) + 1 if cdnow else 0
            lines.writerows((account, day, days.get(day, 0)) for day in range(first, last + 1))


if __name__ == "__main__":
    main(*sys.argv[1:])
