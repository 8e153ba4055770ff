#!/usr/bin/env python3
"""CSV into typed columns: ours beside pandas, polars, DuckDB and pyarrow.

    compare.py PROGRAM FILE [--runs N] [--only WORD] [--set input.key=value ...]

PROGRAM: bench_ingest of a release build. Sides run in turn (A B C A B C ...), each
run in a process of its own, pinned to one core, one thread each; what counts is
the CPU seconds of the process, threads included, without start-up (see peers.py).
The file is read once before, so that it lies in memory. What the sides read must
agree. Prints medians; "ours = 1" is relative to our whole ingest.
"""
import argparse
import os
import statistics
import subprocess
import sys
from importlib.metadata import version

import peers

OURS = ("paraudit parse", "paraudit ingest")
FACTS = ("rows", "cents", "accounts", "merchants", "values", "places", "first", "last")


def run_side(side, options):
    if side in OURS:
        command = [options.program, side.split()[1], options.file, *options.settings]
    else:
        command = [sys.executable, peers.__file__, side, options.file]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{side}: {done.stderr.strip()}")
    return dict(part.split("=") for part in done.stdout.split())


def warm(path):
    with open(path, "rb") as file:
        while file.read(1 << 24):
            pass


def title(side):
    library = "pyarrow" if "+" in side else side.split()[0]
    return side if side in OURS else side.replace(library, f"{library} {version(library)}", 1)


def check(side, answer, first):
    for fact in FACTS:
        if answer[fact] != first[fact]:
            sys.exit(f"{side} reads {fact}={answer[fact]}, {OURS[0]} {first[fact]}")


def measure(sides, options):
    runs = {side: [] for side in sides}
    for _ in range(options.runs):
        for side in sides:
            answer = run_side(side, options)
            runs[side].append((float(answer["cpu"]), int(answer["peak_kb"])))
            first = answer if side == sides[0] else first
            check(side, answer, first)
    return runs, first


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("file")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="peers whose name holds this word")
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="input.key=value")
    options = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    warm(options.file)
    sides = [*OURS, *(side for side in peers.SIDES if options.only in side)]
    runs, facts = measure(sides, options)
    size = os.path.getsize(options.file)
    seconds = {side: statistics.median(cpu for cpu, _ in runs[side]) for side in sides}
    print(f"{facts['rows']} rows, {size / 1e6:.0f} MB, {len(peers.columns_of(options.file))} columns, "
          f"{facts['accounts']} accounts, {facts['merchants']} merchants; medians of {options.runs} runs, one core")
    print(f"{'':32}{'CPU s':>9}{'GB/s':>8}{'peak MB':>9}{'time, ours = 1':>16}{'least':>9}{'most':>9}")
    for side in sides:
        cpu = [run[0] for run in runs[side]]
        peak = statistics.median(run[1] for run in runs[side]) / 1e3
        print(f"{title(side):32}{seconds[side]:9.4f}{size / seconds[side] / 1e9:8.3f}{peak:9.0f}"
              f"{seconds[side] / seconds[OURS[1]]:16.2f}{min(cpu):9.4f}{max(cpu):9.4f}")


if __name__ == "__main__":
    main()
