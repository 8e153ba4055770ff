#!/usr/bin/env bash
# run.json: who ran what, when, where, built how, and what every rank did in every stage; none
# of it is in the result.
source "$(dirname "$0")/common.sh"
unset MALLOC_TRIM_THRESHOLD_ # memory is measured
portfolio p.csv 20000
# Two rows in three at one account.
awk -F, -v OFS=, 'NR > 1 && NR % 3 {$2 = "A9"} {print}' p.csv >one_account.csv
export BEFORE=$(date +%s)
export SLURM_JOB_ID=4711 SLURM_RESTART_COUNT=2
audit 3 three p.csv
unset SLURM_JOB_ID SLURM_RESTART_COUNT
PBS_JOBID=12.cluster audit 1 one p.csv
same one/audit.h5 three/audit.h5
audit 1 alone p.csv
audit 1 heavy one_account.csv
/usr/bin/python3 - <<'END'
import datetime
import json
import os
import re
import time

runs = {name: json.load(open(f"{name}/run.json")) for name in ("three", "one", "alone")}
for name, run in runs.items():
    utc = datetime.timezone.utc
    start, end = (datetime.datetime.strptime(run[k], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=utc).timestamp()
                  for k in ("start", "end"))
    assert int(os.environ["BEFORE"]) - 1 <= start <= end <= time.time() + 1, (run["start"], run["end"])
    assert end - start >= run["seconds"] - 2, (run["start"], run["end"], run["seconds"])
    ranks = run["ranks"]
    assert len(run["binding"]) == ranks and all(re.fullmatch("[0-9]+([-,][0-9]+)*", b) for b in run["binding"])
    assert re.fullmatch(r"[0-9a-f]{12}(\+changes)?|unknown", run["build"]["commit"]), run["build"]
    assert "-ffp-contract=off" in run["build"]["flags"] and run["build"]["compiler"]
    for stage in run["stages"]:
        of_rank = stage["of_rank"]
        assert all(len(of_rank[k]) == ranks for k in ("work", "comm", "cpu_work", "bytes_sent",
                                                      "messages", "collective_calls", "memory_peak")), stage
        assert abs(max(of_rank["work"]) - stage["work_max"]) < 1e-3 * stage["work_max"] + 1e-5
        assert abs(sum(of_rank["comm"]) / ranks - stage["comm_avg"]) < 1e-3 * stage["comm_avg"] + 1e-5
        traffic, cpu = stage["traffic"], stage["cpu_seconds"]
        assert ranks > 1 or (traffic["bytes_sent"], traffic["messages"]) == (0, 0), stage
        assert (traffic["bytes_sent"], traffic["messages"], traffic["collective_calls"]) == (
            sum(of_rank["bytes_sent"]), sum(of_rank["messages"]), max(of_rank["collective_calls"])), stage
        assert all(0 <= c["min"] <= c["avg"] * 1.001 <= c["max"] * 1.002 for c in cpu.values()), stage
        assert cpu["work"]["max"] <= 1.01 * (cpu["user"]["max"] + cpu["system"]["max"]) + 0.01, stage
        assert abs(max(of_rank["cpu_work"]) - cpu["work"]["max"]) < 1e-3 * cpu["work"]["max"] + 1e-5
    # One thread a rank, which others may keep from its processor.
    assert 0 < sum(s["cpu_seconds"]["work"]["max"] for s in run["stages"]) < 1.1 * run["seconds"] + 0.1
    rows_move = next(s for s in run["stages"] if s["stage"] == "ingest")["traffic"]
    assert ranks == 1 or rows_move["messages"] >= ranks * (ranks - 1), rows_move
    assert ranks == 1 or 10 < rows_move["collective_calls"] < 2000, rows_move
# What a stage takes beside its columns goes again: not each has the peak of all before it.
for run in runs.values():
    peaks = [s["of_rank"]["memory_peak"][0] for s in run["stages"] if s["stage"] != "sync"]
    assert max(peaks) >= run["memory"]["peak_of_rank"][0] > 0, (peaks, run["memory"])
    assert any(a > b for a, b in zip(peaks, peaks[1:])), peaks
stages = {s["stage"]: s["of_rank"]["bytes_sent"] for s in runs["three"]["stages"]}
# Of the rows two thirds leave their rank, with ten columns and more.
assert sum(stages["ingest"]) > 20000 * 2 / 3 * 60 and min(stages["ingest"]) > 0, stages
assert stages["moment"] == [0, 0, 0] or max(stages["moment"]) < 1e6, stages
assert runs["three"]["scheduler"] == {"name": "slurm", "job_id": "4711", "restarts": 2}
assert runs["one"]["scheduler"] == {"name": "pbs", "job_id": "12.cluster", "restarts": 0}
assert runs["alone"]["scheduler"] is None
largest = runs["alone"]["largest_account"]
assert largest == runs["three"]["largest_account"] and 0 < largest["share"] < 0.05, largest
assert largest["bounds_from_ranks"] == int(1 / largest["share"] + 1e-6) and not any(
    "no account is split" in note for note in runs["alone"]["notes"])
heavy = json.load(open("heavy/run.json"))
assert abs(heavy["largest_account"]["share"] - 2 / 3) < 0.01 and heavy["largest_account"]["bounds_from_ranks"] == 1
assert any(note.startswith("one account has 66.") and "more than 1 ranks would wait" in note
           for note in heavy["notes"]), heavy["notes"]
END
