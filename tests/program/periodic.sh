#!/usr/bin/env bash
# jobs/periodic.sbatch, with stand-ins for srun, sbatch and scontrol: each audit in a folder of its own
# behind the newest finished one, and the next one submitted once, whatever becomes of it.
source "$(dirname "$0")/common.sh"
mkdir bin queue data
ln -s "$program" bin/paraudit
# srun passes on what it gets; its ranks write down that they are there to be asked.
cat >bin/srun <<'END'
#!/bin/bash
shift; touch "$WORK/queue/begun"
mpirun -n 2 "$@" --quiet </dev/null &
job=$!
trap 'kill -USR1 $job' USR1
out=$(ls -d "$WORK"/all\ audits/*-"$SLURM_JOB_ID")
until [ "$out/checkpoint/job.ini" -nt "$WORK/queue/begun" ] || ! kill -0 $job 2>/dev/null; do sleep 0.01; done
touch "$WORK/queue/ready"
wait $job; wait $job
END
cat >bin/sbatch <<'END'
#!/bin/bash
[ ! -e "$WORK/queue/closed" ] || { rm "$WORK/queue/closed"; exit 1; }
printf '%s|' "$SLURM_JOB_ID" "$@" >>"$WORK/queue/submitted"
echo >>"$WORK/queue/submitted"
echo 900
END
cat >bin/scontrol <<'END'
#!/bin/bash
echo "$*" >>"$WORK/queue/requeued"
END
chmod +x bin/*
export PATH=$work/bin:$PATH WORK=$work
script=$source/jobs/periodic.sbatch
sed "s|^\[input\]|&\nfiles = data/*.csv|" "$source/jobs/quickstart.ini" >weekly.ini
portfolio data/a.csv 3000

# week JOB: the script, as that job. Two that begin at once both make the folder where MPI's temporary
# files lie, and the later one fails (mkdir: "File exists"): each has its own.
week() {
    OMPI_MCA_orte_tmpdir_base=$work/session.$1 SLURM_JOB_ID=$1 bash "$script" weekly.ini 'all audits' --ntasks=2 --time=10 >"message.$1" 2>&1
}
folder() { ls -d all\ audits/????-??-??T??????-"$1"; }
# behind JOB BEFORE: the result of JOB names that of BEFORE.
behind() {
    /usr/bin/python3 - "$(folder "$1")" "$(folder "$2")" <<'END' || fail "job $1 is not behind job $2"
import sys
import h5py

new, old = (h5py.File(f + "/audit.h5").attrs for f in sys.argv[1:])
sys.exit(new.get("previous_audit_digest") != old["content_digest"])
END
}
# submitted JOB: what that job has submitted, in lines.
submitted() { sed -n "s/^$1|//p" queue/submitted; }

# The first one has none before it, and submits the second.
week 101 || fail "the first week: $(cat message.101)"
grep -q '"previous_audit": null' "$(folder 101)/run.json" || fail "the first audit has one before it"
[ "$(submitted 101)" = "--parsable|--begin=now+7days|--ntasks=2|--time=10|$script|weekly.ini|all audits|--ntasks=2|--time=10|" ] ||
    fail "submitted: $(submitted 101)"

# Asked to stop, it is queued again, goes on in its folder, and does not submit again.
rm queue/ready data/a.csv
portfolio data/b.csv 30000
SLURM_JOB_ID=102 bash "$script" weekly.ini 'all audits' --ntasks=2 --time=10 >message.102 2>&1 & job=$!
until [ -e queue/ready ]; do kill -0 $job; sleep 0.01; done
kill -USR1 $job
rc=0; wait $job || rc=$?
[ $rc -eq 75 ] && [ "$(cat queue/requeued)" = 'requeue 102' ] || fail "asked to stop: $rc, $(cat message.102)"
SLURM_RESTART_COUNT=1 week 102 || fail "queued again: $(cat message.102)"
[ "$(submitted 102 | wc -l)" -eq 1 ] || fail "a job that is queued again submits the next one again"
[ "$(ls 'all audits' | wc -l)" -eq 2 ] || fail "folders: $(ls 'all audits')"
behind 102 101
grep -q '"state": "new"' "$(folder 102)/run.json" || fail "it is not said that a file is new"

# One that fails does not break the row, and is behind nobody.
echo nonsense >data/b.csv
rc=0; week 103 || rc=$?
[ $rc -eq 65 ] && [ "$(submitted 103 | wc -l)" -eq 1 ] || fail "a week that fails: $rc, $(cat message.103), submitted $(submitted 103)"
rm data/b.csv
portfolio data/a.csv 3000

# Two at once have a folder each; what cannot be submitted at first is tried again.
touch queue/closed
week 104 & one=$!
AUDIT_EVERY=never week 105 & other=$!
wait $one && wait $other || fail "two at once: $(cat message.104 message.105)"
behind 104 102
behind 105 102
[ "$(submitted 104 | wc -l)" -eq 1 ] && found 'could not be submitted' <message.104 || fail "not submitted in the end: $(cat message.104)"
[ -z "$(submitted 105)" ] || fail "submitted with AUDIT_EVERY=never: $(submitted 105)"
AUDIT_EVERY=1day week 106 && submitted 106 | found -F -- '--begin=now+1day|' || fail "every day: $(submitted 106)"
"$program" verify "$(folder 106)" --previous all\ audits/*-10[125] | found '^3 results before it: whole, and a chain, from its first audit on' ||
    "$program" verify "$(folder 106)" --previous all\ audits/*-10[124] >/dev/null || fail "no chain"
