"""M3 as long CSV files, one a frequency: FOLDER/train_<frequency>.csv and FOLDER/test_<frequency>.csv."""
import csv
import subprocess
import sys

FREQUENCIES = {"yearly": ("YEARLY", 1, 6), "quarterly": ("QUARTERLY", 4, 8), "monthly": ("MONTHLY", 12, 18), "other": ("OTHER", 1, 8)}


def main(data, folder):
    period = {r["series_id"]: r["period"] for r in csv.DictReader(open(f"{data}/series.csv"))}
    values = subprocess.run(["zstd", "-dc", f"{data}/values.csv.zst"], capture_output=True, check=True, text=True).stdout
    rows = {}
    for r in csv.DictReader(values.splitlines()):
        rows.setdefault((period[r["series_id"]], r["split"]), []).append((r["series_id"], int(r["t"]), r["value"]))
    for name, (key, _, _) in FREQUENCIES.items():
        for split in ("train", "test"):
            ordered = sorted(rows[key, split], key=lambda r: (r[0], r[1]))
            with open(f"{folder}/{split}_{name}.csv", "w", newline="") as f:
                out = csv.writer(f, lineterminator="\n")
                out.writerow(["unique_id", "ds", "y"])
                out.writerows(ordered)


if __name__ == "__main__":
    main(*sys.argv[1:])
