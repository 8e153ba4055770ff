"""What the audits of a scaling study took: FOLDER/{strong,weak}/RANKS.NUMBER.json, their run.json.

    python3 series.py FOLDER

Writes strong.csv and weak.csv (a stage and number of ranks a line, medians over the runs), an SVG of each and
table.md. Efficiency: of a strong series CPU seconds outside MPI at the fewest ranks by those of all ranks together,
of a weak one wall seconds at the fewest by wall seconds. Of ranks that SimGrid simulated all seconds are those of the
simulated machine, the efficiency is by wall seconds, and the whole ends with evaluate: nothing is written there.
"""
import csv
import json
import pathlib
import statistics
import sys

HEAD = ["ranks", "rows", "stage", "wall_seconds", "cpu_seconds", "cpu_of_largest_rank", "comm_seconds", "efficiency"]
COLOURS = ["#1b6ca8", "#c8553d", "#588157", "#8e6c8a", "#d4a017", "#3d5a80", "#7f5539", "#6a994e"]
WORTH = 0.05  # share of the whole from which on a stage is drawn


def fail(code, message):
    print(f"series.py: {message}", file=sys.stderr)
    sys.exit(code)


def load_run(path):
    """A run.json of an audit that has ended, on as many ranks as its name says."""
    try:
        run = json.loads(path.read_text())
        if not run["content_digest"] or not run["rows"]["read"] or not take(run):
            raise ValueError("the audit has not ended")
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        fail(65, f"{path}: no run.json of an audit ({why!r})")
    if path.name.split(".")[0] != str(run["ranks"]):
        fail(65, f"{path}: is of {run['ranks']} ranks: RANKS.NUMBER.json is expected")
    return run


def load(folder):
    runs = {}
    for path in folder.glob("*.json"):
        run = load_run(path)
        runs.setdefault(run["ranks"], []).append(run)
    return dict(sorted(runs.items()))


def check(name, series):
    """One book and configuration at each number of ranks, of a strong series at all; of a weak one books as large
    as the ranks are many, and no book with two results."""
    runs = [run for of_ranks in series.values() for run in of_ranks]
    of_book = {}
    for run in runs:
        book = 0 if name == "strong" else run["ranks"]
        of_book.setdefault(book, set()).add((run["rows"]["read"], run["content_digest"]))
    for found in of_book.values():
        if len(found) > 1:
            fail(65, f"{name}: more than one book or configuration, or results that differ, in one series: "
                     + ", ".join(f"{rows} rows with content digest {digest}" for rows, digest in sorted(found)))
    a_rank = [run["rows"]["read"] / run["ranks"] for run in runs]
    if name == "weak" and max(a_rank) > 1.5 * min(a_rank):
        fail(65, f"weak: a rank has {min(a_rank):.0f} rows in one run and {max(a_rank):.0f} in another")


def is_simulated(run):
    return run["mpi"].startswith("SMPI")


def take(run):
    """Of each stage and of all: wall, CPU of all ranks outside MPI, of the largest one, waiting."""
    ranks = run["ranks"]
    found = {}
    for s in run["stages"]:
        if s["stage"] == "sync" or s["stage"] == "write" and is_simulated(run):
            continue
        cpu = {"avg": s["work_avg"], "max": s["work_max"]} if is_simulated(run) else s["cpu_seconds"]["work"]
        found[s["stage"]] = (s["wall_seconds"], cpu["avg"] * ranks, cpu["max"], s["comm_avg"])
    found["whole"] = tuple(sum(v[k] for v in found.values()) for k in range(4))
    return found


def measure(series):
    lines, first = [], {}
    for ranks, runs in series.items():
        rows = runs[0]["rows"]["read"]
        taken = [take(run) for run in runs]
        for stage in taken[0]:
            wall, cpu, largest, comm = (statistics.median(t[stage][k] for t in taken) for k in range(4))
            first.setdefault(stage, (ranks, rows, wall, cpu))
            lines.append([ranks, rows, stage, wall, cpu, largest, comm])
    simulated = any(is_simulated(run) for runs in series.values() for run in runs)
    for line in lines:
        ranks, rows, wall, cpu = first[line[2]]
        strong = line[1] == rows
        gain = cpu / line[4] if strong and not simulated else wall / line[3] if line[3] > 0 and line[4] > 0 else 1.0
        line.append(gain * ranks / line[0] if strong and simulated else gain)
    return lines


def draw(lines, title):
    """Efficiency over ranks (to the power of two) of the whole and of what is worth it."""
    width, height, left, top, right, bottom = 640, 400, 56, 36, 150, 40
    ranks = sorted({line[0] for line in lines})
    whole = {line[0]: line[4] for line in lines if line[2] == "whole"}
    stages = ["whole"] + sorted({line[2] for line in lines if line[2] != "whole" and line[4] > WORTH * whole[line[0]]})
    at_x = {r: left + (width - left - right) * (i / max(1, len(ranks) - 1)) for i, r in enumerate(ranks)}
    most = max(1.2, max(line[7] for line in lines if line[2] in stages))
    at_y = lambda v: height - bottom - (height - top - bottom) * min(v, most) / most
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/><text x="{left}" y="20" font-size="14">{title}</text>']
    for k in range(0, int(most * 5) + 1):
        y = at_y(k / 5)
        out.append(f'<line x1="{left}" x2="{width - right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
                   f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{k / 5:.1f}</text>')
    for r in ranks:
        out.append(f'<text x="{at_x[r]:.1f}" y="{height - bottom + 18}" text-anchor="middle">{r}</text>')
    out.append(f'<text x="{(left + width - right) / 2}" y="{height - 6}" text-anchor="middle">ranks</text>')
    for i, stage in enumerate(stages):
        points = [(at_x[line[0]], at_y(line[7])) for line in lines if line[2] == stage]
        colour = "black" if stage == "whole" else COLOURS[(i - 1) % len(COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{3 if stage == "whole" else 1.5}"/>')
        out.append(f'<text x="{width - right + 12}" y="{top + 16 * i + 4}" fill="{colour}">{stage}</text>')
    return "\n".join(out + ["</svg>", ""])


def table(name, lines, by_wall):
    what = 3 if by_wall else 4
    whole = {line[0]: line[what] for line in lines if line[2] == "whole"}
    ranks = list(whole)
    out = [f"{name}: {'wall seconds' if by_wall else 'CPU seconds of all ranks outside MPI'}, and efficiency", "",
           "| stage | " + " | ".join(f"{r} rank{'s' * (r > 1)}" for r in ranks) + " |", "|---" * (len(ranks) + 1) + "|"]
    for stage in dict.fromkeys(line[2] for line in lines):
        of = {line[0]: line for line in lines if line[2] == stage}
        if stage != "whole" and of[ranks[0]][what] < WORTH * whole[ranks[0]]:
            continue
        out.append(f"| {stage} | " + " | ".join(f"{of[r][what]:.2f} ({of[r][7]:.2f})" for r in ranks if r in of) + " |")
    return "\n".join(out) + "\n"


def main():
    if len(sys.argv) != 2:
        fail(64, "usage: python3 series.py FOLDER")
    folder = pathlib.Path(sys.argv[1])
    tables = []
    for name in ("strong", "weak"):
        series = load(folder / name)
        if not series:
            continue
        check(name, series)
        lines = measure(series)
        with open(folder / f"{name}.csv", "w", newline="") as f:
            csv.writer(f).writerows([HEAD] + [[f"{v:.4f}" if isinstance(v, float) else v for v in line] for line in lines])
        (folder / f"{name}.svg").write_text(draw(lines, f"{name} scaling, efficiency"))
        by_wall = name == "weak" or any(is_simulated(run) for runs in series.values() for run in runs)
        tables.append(table(name, lines, by_wall))
    if not tables:
        fail(66, f"{folder}: no RANKS.NUMBER.json in {folder / 'strong'} or {folder / 'weak'}")
    text = "\n".join(tables)
    (folder / "table.md").write_text(text)
    print(text, end="")


main()
