"""How long a counted block of each stage takes (src/comm/simulated_work.c).

    python3 rates.py FACTOR SIMULATED REAL...

FACTOR: what the speed of the simulated host was divided by. SIMULATED: run.json of an audit by one simulated rank, a
nanosecond a block. REAL: those of the same audit by one real rank, of which each stage's least CPU seconds outside MPI
count. A line a stage: its name, nanoseconds a block, CPU seconds, million blocks; before them `other`, of all together,
which also stands for what is too short to be measured.
"""
import json
import pathlib
import sys

TOO_SHORT = 0.005  # CPU seconds


def stages(path):
    return {s["stage"]: s for s in json.loads(pathlib.Path(path).read_text())["stages"]}


def main():
    factor, simulated, real = float(sys.argv[1]), stages(sys.argv[2]), [stages(path) for path in sys.argv[3:]]
    blocks = {name: s["work_avg"] / factor * 1e9 for name, s in simulated.items() if name not in ("write", "sync")}
    cpu = {name: min(run[name]["cpu_seconds"]["work"]["avg"] for run in real) for name in blocks}
    lines = [("other", sum(cpu.values()), sum(blocks.values()))]
    lines += [(name, cpu[name], n) for name, n in blocks.items() if cpu[name] > TOO_SHORT]
    for name, seconds, n in lines:
        print(f"{name:14} {1e9 * seconds / n:.4f} {seconds:8.4f} {n / 1e6:10.3f}")


main()
