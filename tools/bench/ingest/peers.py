#!/usr/bin/env python3
"""Reads a portfolio with one peer and says what it read and how long it took.

    peers.py SIDE FILE

A side is a library and a choice of types. Clocks start after the imports and after
a warm-up on the file's first rows. Every side gets one thread and reads the same
columns (all but what only an audit's evaluation asks for) into integers, timestamps, doubles and names; names are
strings or, in the sides called "codes", the library's own dictionary type.
"""
import itertools
import os
import resource
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "ARROW_NUM_THREADS"):
    os.environ[name] = "1"

CODED = ("category", "channel", "country", "currency")
NAMES = ("account", "merchant", *CODED)
PLACES = ("home_lat", "home_lon", "merchant_lat", "merchant_lon")
WHOLE = {"tx": "int64", "label": "int8"}
LEFT = ("label_time", "kind")  # our side reads neither, unless it is told to


def columns_of(path):
    with open(path) as file:
        return [name for name in file.readline().strip().split(",") if name not in LEFT]


def kinds_of(columns, name, stamp, real, whole=str):
    """Column by column, a library's own types."""
    kinds = {}
    for column in columns:
        if column in NAMES:
            kinds[column] = name
        elif column == "time":
            kinds[column] = stamp
        else:
            kinds[column] = whole(WHOLE[column]) if column in WHOLE else real
    return kinds


def pandas_side(engine, name):
    import pandas
    if engine == "pyarrow":
        one_arrow_thread()

    def read(path, columns):
        kinds = kinds_of(columns, name, None, "float64")
        kinds = {column: kind for column, kind in kinds.items() if kind}
        return pandas.read_csv(path, engine=engine, usecols=columns, dtype=kinds, parse_dates=["time"])
    return read, pandas_answers


def pandas_answers(frame):
    seconds = frame["time"].astype("datetime64[ns]").astype("int64") // 10**9
    return dict(rows=len(frame), cents=int((frame["amount"] * 100).round().astype("int64").sum()),
                accounts=frame["account"].nunique(), merchants=frame["merchant"].nunique(),
                values=sum(frame[name].nunique() for name in CODED if name in frame),
                places=sum(int((frame[name] * 1e4).round().sum()) for name in PLACES if name in frame),
                first=int(seconds.min()), last=int(seconds.max()))


def polars_side(name):
    import polars
    when = polars.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S", cache=False)  # four times faster than a type

    def read(path, columns):
        kinds = kinds_of(columns, getattr(polars, name), polars.String, polars.Float64,
                         {"int64": polars.Int64, "int8": polars.Int8}.get)
        return polars.read_csv(path, columns=columns, schema_overrides=kinds).with_columns(when)

    def answers(frame):
        seconds = frame["time"].dt.epoch("s")
        return dict(rows=frame.height, cents=int((frame["amount"] * 100).round().cast(polars.Int64).sum()),
                    accounts=frame["account"].n_unique(), merchants=frame["merchant"].n_unique(),
                    values=sum(frame[name].n_unique() for name in CODED if name in frame.columns),
                    places=sum(int((frame[name] * 1e4).round().sum()) for name in PLACES if name in frame.columns),
                    first=seconds.min(), last=seconds.max())
    return read, answers


def one_arrow_thread():
    import pyarrow
    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)


def pyarrow_side(coded):
    import pyarrow
    import pyarrow.compute as compute
    from pyarrow import csv
    one_arrow_thread()

    def read(path, columns):
        name = pyarrow.dictionary(pyarrow.int32(), pyarrow.string()) if coded else pyarrow.string()
        kinds = kinds_of(columns, name, pyarrow.timestamp("s"), pyarrow.float64(),
                         {"int64": pyarrow.int64(), "int8": pyarrow.int8()}.get)
        return csv.read_csv(path, read_options=csv.ReadOptions(use_threads=False, block_size=1 << 20),
                            convert_options=csv.ConvertOptions(column_types=kinds, include_columns=columns))

    def distinct(column):
        return compute.count_distinct(column.cast(pyarrow.string())).as_py()

    def scaled(column, by):
        return compute.sum(compute.round(compute.multiply(column, by)).cast(pyarrow.int64())).as_py()

    def answers(table):
        seconds = compute.min_max(table["time"].cast(pyarrow.int64())).as_py()
        has = table.column_names
        return dict(rows=table.num_rows, cents=scaled(table["amount"], 100.0),
                    accounts=distinct(table["account"]), merchants=distinct(table["merchant"]),
                    values=sum(distinct(table[name]) for name in CODED if name in has),
                    places=sum(scaled(table[name], 1e4) for name in PLACES if name in has),
                    first=seconds["min"], last=seconds["max"])
    return read, answers


def duckdb_side():
    import duckdb
    base = duckdb.connect(":memory:", config={"threads": 1})

    def read(path, columns):
        with open(path) as file:
            header = file.readline().strip().split(",")
        kinds = kinds_of(columns, "VARCHAR", "TIMESTAMP", "DOUBLE", {"int64": "BIGINT", "int8": "TINYINT"}.get)
        all_kinds = {column: kinds.get(column, "VARCHAR") for column in header}
        base.execute(f"CREATE OR REPLACE TABLE t AS SELECT {','.join(columns)} FROM read_csv("
                     f"$path, header=true, delim=',', quote='\"', columns={all_kinds})", {"path": path})
        return base

    def answers(base):
        has = [row[0] for row in base.execute("DESCRIBE t").fetchall()]
        asked = dict(rows="count(*)", cents="sum(round(amount * 100)::BIGINT)",
                     accounts="count(DISTINCT account)", merchants="count(DISTINCT merchant)",
                     values="+".join(["0", *(f"count(DISTINCT {name})" for name in CODED if name in has)]),
                     places="+".join(["0", *(f"sum(round({name} * 1e4)::BIGINT)" for name in PLACES if name in has)]),
                     first="epoch(min(time))", last="epoch(max(time))")
        values = base.execute(f"SELECT {','.join(asked.values())} FROM t").fetchone()
        return dict(zip(asked, map(int, values)))
    return read, answers


SIDES = {
    "pandas": lambda: pandas_side("c", "object"),
    "pandas codes": lambda: pandas_side("c", "category"),
    "pandas+pyarrow": lambda: pandas_side("pyarrow", None),
    "pandas+pyarrow codes": lambda: pandas_side("pyarrow", "category"),
    "polars": lambda: polars_side("String"),
    "polars codes": lambda: polars_side("Categorical"),
    "duckdb": lambda: duckdb_side(),
    "pyarrow": lambda: pyarrow_side(False),
    "pyarrow codes": lambda: pyarrow_side(True),
}


def main():
    side, path = sys.argv[1:]
    columns = columns_of(path)
    read, answers = SIDES[side]()
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as head, open(path) as file:
        head.writelines(itertools.islice(file, 1000))
        head.flush()
        read(head.name, columns)
    start = time.process_time()
    result = read(path, columns)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    facts = answers(result)
    print(f"cpu={seconds:.4f} peak_kb={peak}", " ".join(f"{key}={value}" for key, value in facts.items()))


if __name__ == "__main__":
    main()
