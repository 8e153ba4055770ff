"""Medians of the audits in FOLDER/RANKS.RUN.json, stage by stage, and the speed-up.

    python3 compare.py FOLDER

The whole runs from MPI_Init to the end of the write, without the wait for the disk (sync).
"""
import json
import pathlib
import statistics
import sys


def load(folder, ranks):
    return [json.loads(p.read_text()) for p in sorted(folder.glob(f"{ranks}.*.json"))]


def wall(run, stage):
    return sum(s["wall_seconds"] for s in run["stages"] if s["stage"] == stage)


def whole(run):
    return run["seconds"] - wall(run, "sync")


def main():
    folder = pathlib.Path(sys.argv[1])
    one, two = load(folder, 1), load(folder, 2)
    digests = {run["content_digest"] for run in one + two}
    assert len(digests) == 1, f"the results differ: {digests}"
    total = statistics.median(map(whole, one))
    print(f"{one[0]['rows']['read']} rows, {len(one)} runs at each rank count, medians in seconds")
    print(f"{'stage':<12} {'1 rank':>8} {'2 ranks':>8} {'ratio':>6} {'share':>6}")
    for stage in [s["stage"] for s in one[0]["stages"]]:
        a, b = (statistics.median(wall(run, stage) for run in runs) for runs in (one, two))
        print(f"{stage:<12} {a:8.2f} {b:8.2f} {a / b:6.2f} {100 * a / total:5.1f}%")
    b = statistics.median(map(whole, two))
    print(f"{'whole':<12} {total:8.2f} {b:8.2f} {total / b:6.2f}  (MPI_Init to the end of the write, without sync)")
    print("ratios of the pairs:", " ".join(f"{whole(x) / whole(y):.2f}" for x, y in zip(one, two)))


main()
