#!/usr/bin/env python3
"""Frequent sets by paraudit, PyFIM (Borgelt's C), mlxtend and Spark in one run.

    compare.py PROGRAM [--data FOLDER] [--runs N] [--only NAME,NAME] [--ranks N]

PROGRAM: paraudit of a release build. FOLDER holds retail.dat, T10I4D100K.dat, mushroom.dat and
chess.dat of the FIMI repository; what is not there is left out, and without any of them baskets
are made. All only count, and first all have to find as many sets of each size; then they take
turns, one core each, and medians of their CPU seconds are compared:

- paraudit: the whole process less what it takes on one basket (the start of MPI), so with the reading of
  the file; `read` is that alone (support 100%), `whole` is all of it. Two ranks: the larger one's, the waiting
  for the other included.
- PyFIM: fim.fpgrowth(report='#'), mlxtend: fpgrowth on a sparse frame, Spark: FPGrowth.fit and
  a count in a JVM that has done it before; all from baskets that are in memory already.

`share` is paraudit's part of PyFIM's time, (without) the same without reading, `times` how many times as long a peer takes. Fails
where counts differ; a goal that is missed is marked, for other work on the machine moves times.
"""
import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from math import comb
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
warnings.filterwarnings("ignore")

import fim

# Data, support, kind, goal of the share; None: there is none.
TASKS = [("retail", 10, "all", 0.5), ("retail", 88, "all", None), ("T10I4D100K", 100, "all", 0.55), ("T10I4D100K", 10, "all", 0.9),
         ("mushroom", 162, "all", None), ("chess", 1278, "all", None), ("retail", 5, "closed", None), ("chess", 1278, "closed", None),
         ("made", 100, "all", None)]
SLOW = [("retail", 88), ("T10I4D100K", 500), ("made", 100)]  # for mlxtend and Spark
LEAST_TIMES = 25
TARGETS = {"all": "s", "closed": "c", "maximal": "m"}


def read(path):
    return [[int(i) for i in line.split()] for line in open(path)]


def make(path):
    draw = random.Random(1)
    with open(path, "w") as f:
        for _ in range(100000):
            f.write(" ".join(map(str, {min(int(draw.paretovariate(0.6)), 5000) for _ in range(draw.choice([2, 5, 10, 20]))})) + "\n")


# ---- paraudit ----

def count(program, path, least, kind):
    """Sets of each size, from 1 on; CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run([program, "mine", path, "--min-support", str(least), "--kind", kind, "--count"], check=True,
                          capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    sizes = [int(n) for n in said.splitlines()[-1].removeprefix("by size:").split()]
    return sizes, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def largest_rank(program, path, least, kind, ranks):
    """CPU seconds of the rank that takes the most."""
    timed = 'import os, resource, subprocess, sys; subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL); ' \
            'u = resource.getrusage(resource.RUSAGE_CHILDREN); ' \
            'open(sys.argv[1] + "/" + os.environ["OMPI_COMM_WORLD_RANK"], "w").write(str(u.ru_utime + u.ru_stime))'
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mpirun", "-n", str(ranks), sys.executable, "-c", timed, folder, program, "mine", path, "--min-support", str(least),
                        "--kind", kind, "--count"], check=True, stdin=subprocess.DEVNULL)
        return max(float(p.read_text()) for p in Path(folder).iterdir())


# ---- peers ----

def cpu(work):
    start = time.process_time()
    answer = work()
    return answer, time.process_time() - start


def sizes_of(pairs):
    sizes = {}
    for size, n in pairs:
        sizes[size] = sizes.get(size, 0) + int(n)
    return [sizes.get(k, 0) for k in range(1, max(sizes, default=0) + 1)]


def by_fim(baskets, least, kind):
    spectrum, seconds = cpu(lambda: fim.fpgrowth(baskets, target=TARGETS[kind], supp=-least, zmin=1, report="#"))
    return sizes_of([(size, n) for (size, support), n in spectrum.items() if support < len(baskets)] + in_all(baskets, kind)), seconds


def in_all(baskets, kind):
    """Sets of items that are in every basket: PyFIM leaves them out, of mushroom the item 85."""
    n = len(set.intersection(*map(set, baskets)))
    return [(n, 1)] * (n > 0) if kind == "closed" else [(k, comb(n, k)) for k in range(1, n + 1) if kind == "all"]


class Mlxtend:
    def __init__(self, baskets):
        import pandas
        from mlxtend.frequent_patterns import fpgrowth
        from mlxtend.preprocessing import TransactionEncoder
        coder = TransactionEncoder()
        rows = coder.fit(baskets).transform(baskets, sparse=True)
        self.frame = pandas.DataFrame.sparse.from_spmatrix(rows, columns=[str(c) for c in coder.columns_])
        self.mine, self.n = fpgrowth, len(baskets)

    def __call__(self, least):
        sets, seconds = cpu(lambda: self.mine(self.frame, min_support=(least - 0.5) / self.n))
        return sizes_of((len(s), 1) for s in sets["itemsets"]), seconds


class Spark:
    def __init__(self):
        from pyspark.sql import SparkSession
        self.session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false").config("spark.driver.memory", "4g").getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")
        self.process = self.session.sparkContext._gateway.proc.pid

    def cpu(self):
        fields = Path(f"/proc/{self.process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def hold(self, baskets):
        self.n = len(baskets)
        self.frame = self.session.createDataFrame([(b,) for b in baskets], ["items"]).cache()
        self.frame.count()

    def __call__(self, least):
        from pyspark.ml.fpm import FPGrowth
        from pyspark.sql.functions import size
        start = self.cpu()
        sets = FPGrowth(itemsCol="items", minSupport=(least - 0.5) / self.n).fit(self.frame).freqItemsets
        rows = sets.groupBy(size("items").alias("k")).count().collect()
        return sizes_of((row["k"], row["count"]) for row in rows), self.cpu() - start


# ---- side by side ----

def take_turns(sides, also, runs):
    """sides: name -> a function that gives sizes and seconds; all agree, or SystemExit. also: such that nothing is compared of."""
    answers = {name: run()[0] for name, run in sides.items()}
    first = next(iter(answers.values()))
    for name, sizes in answers.items():
        if sizes != first:
            raise SystemExit(f"FAILED: {name} finds {sizes}, {next(iter(answers))} {first}")
    seconds = {name: [] for name in [*sides, *also]}
    for _ in range(runs):
        for name, run in (sides | also).items():
            seconds[name].append(run()[1])
    return sum(first), {name: statistics.median(s) for name, s in seconds.items()}


def fast_table(program, books, tasks, options, tiny):
    ranks = options.ranks
    print(f"{'data':12}{'support':>8} {'kind':8}{'sets':>10}{'paraudit':>10}{'read':>7}{'whole':>7}{'PyFIM':>7}{'share':>7}{'(without)':>10}{'goal':>6}"
          f"{f'{ranks} ranks':>9}{'speedup':>9}")
    for name, least, kind, goal in tasks:
        path, baskets = books[name]
        sides = {"whole": lambda: count(program, path, least, kind), "PyFIM": lambda: by_fim(baskets, least, kind)}
        also = {"start": lambda: count(program, tiny, 1, kind), "read": lambda: count(program, path, "100%", kind),
                "ranks": lambda: (None, largest_rank(program, path, least, kind, ranks)),
                "ranks start": lambda: (None, largest_rank(program, tiny, 1, kind, ranks))}
        n, s = take_turns(sides, also, options.runs)
        mine, read, more = s["whole"] - s["start"], s["read"] - s["start"], s["ranks"] - s["ranks start"]
        share = mine / s["PyFIM"]
        print(f"{name:12}{least:8} {kind:8}{n:10}{mine:10.3f}{read:7.3f}{s['whole']:7.3f}{s['PyFIM']:7.3f}{share:7.2f}"
              f"{(mine - read) / s['PyFIM']:10.2f}{goal or '':>6}{more:9.3f}"
              f"{mine / more if more > 0 else float('nan'):9.2f}{'  missed' if goal and share > goal else ''}", flush=True)


def slow_table(program, books, tasks, runs, tiny):
    if not tasks:
        return
    spark = None
    if shutil.which("java"):
        spark = Spark()
    else:
        print("SKIPPED: Spark: there is no java (Debian: default-jre-headless)")
    print(f"\n{'data':12}{'support':>8}{'sets':>8}{'paraudit':>10}{'mlxtend':>9}{'times':>7}{'Spark':>8}{'times':>7}   goal: {LEAST_TIMES} times")
    for name, least in tasks:
        path, baskets = books[name]
        mlxtend = Mlxtend(baskets)
        sides = {"paraudit": lambda: count(program, path, least, "all"), "mlxtend": lambda: mlxtend(least)}
        if spark:
            spark.hold(baskets)
            sides["Spark"] = lambda: spark(least)
        n, s = take_turns(sides, {"start": lambda: count(program, tiny, 1, "all")}, runs)
        mine = s["paraudit"] - s["start"]
        line = f"{name:12}{least:8}{n:8}{mine:10.3f}"
        for peer in ("mlxtend", "Spark"):
            line += f"{s[peer]:{9 if peer == 'mlxtend' else 8}.2f}{s[peer] / mine:7.0f}" if peer in s else ""
        missed = any(s[peer] / mine < LEAST_TIMES for peer in ("mlxtend", "Spark") if peer in s)
        print(line + ("  missed" if missed else ""), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--data", default="")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--ranks", type=int, default=2)
    options = parser.parse_args()
    program, only = os.path.abspath(options.program), set(filter(None, options.only.split(",")))
    with tempfile.TemporaryDirectory() as folder:
        made, tiny = os.path.join(folder, "made.dat"), os.path.join(folder, "tiny.dat")
        make(made)
        Path(tiny).write_text("1 2\n")
        found = {p.stem: str(p) for p in Path(options.data).glob("*.dat")} if options.data else {}
        paths = {n: found.get(n) for n in ("retail", "T10I4D100K", "mushroom", "chess")} if found else {"made": made}
        books = {n: (p, read(p)) for n, p in paths.items() if p and (not only or n in only)}
        for n in set(paths) - set(books):
            print(f"SKIPPED: {n}")
        print(f"PyFIM {version('pyfim')}, mlxtend {version('mlxtend')}, Spark {version('pyspark')}; medians of {options.runs} runs, CPU seconds")
        fast_table(program, books, [t for t in TASKS if t[0] in books], options, tiny)
        slow_table(program, books, [t for t in SLOW if t[0] in books], max(1, options.runs // 2), tiny)


main()
