"""Daily counts of the Fraud Detection Handbook's accounts as a long CSV file:  counts.py transactions.csv.zst OUT.csv"""
import csv
import subprocess
import sys


def main(path, out):
    reader = subprocess.Popen(["zstd", "-dc", path], stdout=subprocess.PIPE, text=True)
    count, last = {}, 0
    for row in csv.DictReader(reader.stdout):
        day, account = int(row["TX_TIME_DAYS"]), row["CUSTOMER_ID"]
        count.setdefault(account, {})
        count[account][day] = count[account].get(day, 0) + 1
        last = max(last, day)
    with open(out, "w", newline="") as f:
        lines = csv.writer(f, lineterminator="\n")
        lines.writerow(["unique_id", "ds", "y"])
        for account, days in count.items():
            lines.writerows((account, day, days.get(day, 0)) for day in range(last + 1))


if __name__ == "__main__":
    main(*sys.argv[1:])
