#!/usr/bin/env bash
# What the ranks say to each other: so many collective calls and messages, and hardly more of them
# where there are more ranks. What the learned stages add is theirs.
source "$(dirname "$0")/common.sh"
portfolio p.csv 20000
learned=patterns,embedding,expected,forecast,combinations,iforest,ecod,logistic,boosting
audit 4 four p.csv --set job.leave_out=$learned
audit 16 sixteen p.csv --set job.leave_out=$learned
/usr/bin/python3 - <<'END'
import json

JUDGING = ("fuse", "alerts", "evaluate")
for name in ("four", "sixteen"):
    run = json.load(open(f"{name}/run.json"))
    pairs = run["ranks"] * (run["ranks"] - 1)
    of = {s["stage"]: s["traffic"] for s in run["stages"]}
    assert {"tails", "write", *JUDGING} <= set(of), sorted(of)
    for most_calls, most_messages, stages in (
            (520, 20, [s for s in of if s not in JUDGING]), (120, 4, ["tails"]), (900, 30, list(of))):
        calls = sum(of[s]["collective_calls"] for s in stages)
        messages = sum(of[s]["messages"] for s in stages) / pairs
        assert calls <= most_calls and messages <= most_messages, (name, stages, calls, messages, of)
        assert calls > most_calls / 2, (name, stages, calls)  # else the bound says nothing
END
