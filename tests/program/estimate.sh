#!/usr/bin/env bash
# What `paraudit estimate` says of a job, that its errors are those of an audit, that it leaves
# nothing but estimate.json, and that an audit compares itself with that.
source "$(dirname "$0")/common.sh"
unset MALLOC_TRIM_THRESHOLD_ # memory is measured
source "$source/tests/program/small_book.sh"
portfolio p.csv 40000
sed "s|^\[input\]|&\nfiles = p.csv|" "$source/jobs/quickstart.ini" >book.ini
estimate() {
    "$program" estimate "$@" </dev/null
}

# ---- a job: a table, a line for each number of ranks, what it rests on ------------------
estimate book.ini --ranks 1,2,64 --rows 8000 --memory-per-node 256M --out out >said
[ "$(ls -A out)" = estimate.json ] || fail "left in out: $(ls -A out)"
/usr/bin/python3 - <<'END2'
import csv
import json
import re
from collections import Counter

text = open("said").read()
rows = list(csv.DictReader(open("p.csv")))
accounts, merchants = (Counter(r[k] for r in rows) for k in ("account", "merchant"))
largest, n = accounts.most_common(1)[0]
assert text.startswith(f"{len(rows)} rows, "), text
assert f"account, {largest}, has {100 * n / len(rows):.3g} % of the rows (of about {len(accounts)})" in text, text
merchant, m = merchants.most_common(1)[0]
assert f"merchant, {merchant}, has {100 * m / len(rows):.3g} % of the rows (of about {len(merchants)})" in text, text
assert f"beyond {len(rows) // n} ranks" in text, text

# The stages of an audit, in order, each with seconds and memory for each number of ranks.
table = {f[0]: [float(v) for v in f[1:]] for f in (line.split() for line in text.splitlines())
         if len(f) == 7 and re.fullmatch("[a-z_]+", f[0]) and f[0] != "stage"}
stages = ["ingest", "moment", "history", "merchants", "patterns", "embedding", "expected", "forecast", "feature_list",
          "tails", "combinations", "iforest", "ecod", "boosting", "fuse", "alerts", "evaluate", "write"]
assert list(table) == stages, list(table)
whole = [float(v) for v in re.search(r"^all, at most +(.*)$", text, re.M)[1].split()]
disk = [float(v) for v in re.search(r"^disk +(.*)$", text, re.M)[1].split()]
for p in range(3):
    assert abs(sum(v[2 * p] for v in table.values()) + disk[p] - whole[2 * p]) < 1.1, (p, text)
    assert max(v[2 * p + 1] for v in table.values()) == whole[2 * p + 1], (p, text)
assert whole[1] > whole[3] > whole[5] > 0 and whole[0] >= whole[2] >= whole[4] > 0, whole

# Lines for sbatch: a quarter more memory, twice the time and the save.
lines = re.findall(r"--ntasks=(\d+) --mem-per-cpu=(\d+)M --time=(\d+):(\d\d):00 --signal=B:USR1@(\d+)"
                   r" --nodes=(\d+) --ntasks-per-node=(\d+)", text)
assert [int(line[0]) for line in lines] == [1, 2, 64], lines
for p, line in enumerate(lines):
    ranks, mib, hours, minutes, signal, nodes, per_node = map(int, line)
    assert 1.25 * whole[2 * p + 1] - 1 <= mib <= 1.25 * whole[2 * p + 1] + 65, (line, whole)
    assert 60 * (60 * hours + minutes) >= 2 * whole[2 * p] + signal - 1 and signal >= 60, (line, whole)
    assert per_node == min(256 // mib, ranks) and (nodes - 1) * per_node < ranks <= nodes * per_node, line
kept = json.load(open("out/estimate.json"))
assert kept["rows"] == len(rows) and [s["stage"] for s in kept["stages"]] == stages, kept
END2

# ---- the options for sbatch alone, as the table has them ---------------------------------
estimate book.ini --rows 8000 --ranks 2 --memory-per-node 256M --sbatch >options
[ "$(wc -l <options)" -eq 1 ] || fail "more than the options: $(cat options)"
grep -qxE -- '--ntasks=2 --mem-per-cpu=[0-9]+M --time=0:0[2-9]:00 --signal=B:USR1@[0-9]+ --nodes=[12] --ntasks-per-node=[12]' \
    options || fail "options that sbatch does not take: $(cat options)"
rc=0
estimate audit.ini --sbatch --ranks 2 --memory-per-node 1M >options 2>said || rc=$?
[ $rc -eq 64 ] && [ ! -s options ] && found 'one of 2 ranks needs .* more than a node has' said ||
    fail "a rank that is larger than a node: $rc, $(cat options said)"

# ---- the audit compares itself, and is otherwise what it was ----------------------------
"$program" audit book.ini --out out </dev/null >log 2>&1
"$program" audit book.ini --out plain </dev/null >plain.log 2>&1
same out/audit.h5 plain/audit.h5
found '^foreseen: [0-9.]* MiB a rank, held [0-9.]* at most' log || fail "nothing is compared: $(cat log)"
! found '^foreseen' plain.log || fail "compared with nothing"
/usr/bin/python3 - <<'END2'
import json

foreseen, none = (json.load(open(f"{out}/run.json"))["foreseen"] for out in ("out", "plain"))
assert none is None, none
run = json.load(open("out/run.json"))
held = max(max(s["of_rank"]["memory_peak"]) for s in run["stages"])
assert foreseen["memory_of_rank_taken"] == held and foreseen["seconds_taken"] == run["seconds"], foreseen
# Half of the memory of a job as small as this one is the process.
assert held / 1.5 < foreseen["memory_of_rank"] < 1.5 * held, foreseen
cpu, of_disk = foreseen["cpu_seconds_taken"], foreseen["seconds"] - sum(s["seconds"] for s in foreseen["stages"])
assert cpu / 3 < foreseen["seconds"] - of_disk < 3 * cpu, foreseen
END2
# That of another configuration is none of this job's.
mkdir other
cp out/estimate.json other
"$program" audit book.ini --set job.seed=2 --out other </dev/null >other.log 2>&1
! found '^foreseen' other.log || fail "compared with the estimate of another configuration"
# One that is damaged, or is not ours, is passed over, and not written over.
for text in '{' '{"a_paraudit_estimate": 1, "stages": 7}' "$(sed 's/"stages": \[/"stages": 7, "was": [/' out/estimate.json)"; do
    rm -rf damaged
    mkdir damaged
    printf '%s' "$text" >damaged/estimate.json
    "$program" audit audit.ini --out damaged </dev/null >damaged.log 2>&1 || fail "a damaged estimate: $(cat damaged.log)"
done
mkdir foreign
echo mine >foreign/estimate.json
! estimate audit.ini --ranks 1 --out foreign >said 2>&1 || fail "estimate.json of others is written over"
[ "$(cat foreign/estimate.json)" = mine ] || fail "estimate.json of others is gone"
estimate book.ini --rows 2000 --ranks 1 --out plain >said # beside a result, and again
estimate book.ini --rows 2000 --ranks 1 --out plain >said

# ---- nobody writes the result: there are checkpoints alone --------------------------------
estimate book.ini --rows 2000 --ranks 1 --set io.writer=none >said || fail "io.writer=none: $?"
found 'there will be no audit.h5 (io.writer); checkpoints will have up to [0-9.]* MiB' said || fail "no result: $(cat said)"

# ---- files that are read at places, packed or of several parts; rows of one account ------
awk -F, -v OFS=, 'NR > 1 && NR % 2 { $3 = "M000001" } 1' p.csv >half.csv
{ head -n 1 p.csv; sed 1d p.csv | sort -t, -k8,8; } >by_time.csv
gzip -k p.csv
share() {
    sed -n "s/.*largest $1, .*, has \([0-9]*\)[0-9.]* % .*/\1/p" said
}
for file in half.csv by_time.csv p.csv.gz; do
    estimate book.ini --set "input.files=$file" --rows 4000 --bytes 400000 --ranks 1,2 >said 2>&1 ||
        fail "$file: $(tail -n 1 said)"
    rows=$(head -n 1 said | cut -d' ' -f1)
    [ "$rows" -gt 35000 ] && [ "$rows" -lt 45000 ] || fail "$file: about $rows rows"
    [ $file != half.csv ] || [ "$(share merchant)" -ge 47 ] || fail "half of the rows are at one merchant: $(cat said)"
done
awk -F, -v OFS=, 'NR > 1 && NR % 4 == 0 { $2 = "A1" } 1' p.csv >whale.csv
estimate book.ini --set input.files=whale.csv --rows 20000 --ranks 2,64 >said
found 'the largest account, A1, has 2[45].* % ' said || fail "a quarter of the rows are of one account: $(cat said)"
found 'beyond [34] ranks that one bounds the job' said || fail "it bounds the ranks: $(cat said)"
estimate audit.ini --ranks 3 >said || fail "a book of 240 rows: $(cat said)"

# ---- bad input: the errors of an audit, and those of the options -------------------------
export PARAUDIT_TEST_RANKS=1
expect 66 "none.csv: cannot open: No such file or directory (input.files)" estimate audit.ini --set input.files=none.csv
expect 78 "--set: unknown key 'job.sed': did you mean 'job.seed'?" estimate audit.ini --set job.sed=1
sed 's/,1.01,/,abc,/' good.csv >bad.csv
expect 65 "bad.csv:3: amount 'abc' is not a number (input.max_rejects is 0)" estimate audit.ini --set input.files=bad.csv
expect 64 "--ranks '1,,2' is not up to 8 numbers from 1 to 1000000 between commas" estimate audit.ini --ranks 1,,2
expect 64 "--ranks '0' is not up to 8 numbers from 1 to 1000000 between commas" estimate audit.ini --ranks 0
expect 64 "--ranks '1,2,3,4,5,6,7,8,9' is not up to 8 numbers from 1 to 1000000 between commas" estimate audit.ini \
    --ranks 1,2,3,4,5,6,7,8,9
expect 78 "table.shards is 32768, but 2000 ranks need at least 64000 (32 each): raise it, or start fewer ranks" \
    estimate audit.ini --ranks 1,2000
expect 64 "--memory-per-node 'much' is not bytes such as 256G" estimate audit.ini --memory-per-node much
expect 64 "--memory-per-node '-1G' is not bytes such as 256G" estimate audit.ini --memory-per-node -1G
expect 64 "--sbatch goes with one number of --ranks" estimate audit.ini --sbatch
expect 64 "--sbatch goes with one number of --ranks" estimate audit.ini --sbatch --ranks 1,2
expect 64 "--rows must be from 1000 to 100000000" estimate audit.ini --rows 1
all_expected
