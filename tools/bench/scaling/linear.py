"""Weak scaling at more rows a rank than were simulated: FOLDER/ROWS/weak/RANKS.NUMBER.json, their run.json.

    python3 linear.py FOLDER [ROWS...]

Of each number of ranks the two books with the most rows a rank make a line, seconds = fixed + slope * rows, ingest to
evaluate. What the line says at ROWS rows a rank (100000 and 1000000) is extrapolated; the efficiency is that against
the fewest ranks. All seconds are those of the simulated machine, of runs with --factor 1: what is fixed counts once
there.
"""
import json
import pathlib
import statistics
import sys

NOT_SIMULATED = ("write", "sync")


def seconds(run):
    return sum(s["wall_seconds"] for s in run["stages"] if s["stage"] not in NOT_SIMULATED)


def load(folder):
    """Of each number of ranks, and of each number of rows a rank, the runs."""
    runs = {}
    for path in folder.glob("*/weak/*.json"):
        run = json.loads(path.read_text())
        runs.setdefault(run["ranks"], {}).setdefault(run["rows"]["read"] / run["ranks"], []).append(run)
    return {ranks: dict(sorted(of_rows.items())) for ranks, of_rows in sorted(runs.items())}


def line_of(of_rows):
    (r0, t0), (r1, t1) = [(r, statistics.median(seconds(run) for run in runs))
                          for r, runs in list(of_rows.items())[-2:]]
    slope = (t1 - t0) / (r1 - r0)
    return t0 - slope * r0, slope


def table(runs, at_rows):
    out = ["| ranks | rows a rank: seconds | fixed, s | a million rows, s | "
           + " | ".join(f"at {r:,}: s (efficiency)" for r in at_rows) + " |", "|---" * (4 + len(at_rows)) + "|"]
    first = None
    for ranks, of_rows in runs.items():
        if len(of_rows) < 2:
            continue
        fixed, slope = line_of(of_rows)
        at = [fixed + slope * r for r in at_rows]
        first = first or at
        measured = "; ".join(f"{r:,.0f}: {statistics.median(seconds(run) for run in k):.3f}"
                             for r, k in of_rows.items())
        out.append(f"| {ranks} | {measured} | {fixed:.3f} | {1e6 * slope:.1f} | "
                   + " | ".join(f"{t:.2f} ({t0 / t:.2f})" for t, t0 in zip(at, first)) + " |")
    return "\n".join(out) + "\n"


def main():
    runs = load(pathlib.Path(sys.argv[1]))
    at_rows = [int(r) for r in sys.argv[2:]] or [100000, 1000000]
    print("\n" + table(runs, at_rows), end="")


main()
