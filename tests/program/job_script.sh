#!/usr/bin/env bash
# jobs/audit.sbatch, with stand-ins for srun and scontrol: asked to stop by USR1, as before its
# time limit, the job is queued again and goes on to the same bytes; cancelled, it is not.
source "$(dirname "$0")/common.sh"
mkdir bin queue
ln -s "$program" bin/paraudit
# srun passes on what it gets; its ranks write down that they are there to be asked.
cat >bin/srun <<'END'
#!/bin/bash
shift; touch "$WORK/queue/begun"
mpirun -n 2 "$@" --quiet </dev/null &
job=$!
trap 'kill -USR1 $job' USR1
echo "$*" >>"$WORK/queue/runs"
until [ "$WORK/out/checkpoint/job.ini" -nt "$WORK/queue/begun" ] || ! kill -0 $job; do sleep 0.01; done
echo $job >"$WORK/queue/ready"
wait $job; wait $job
END
cat >bin/scontrol <<'END'
#!/bin/bash
echo "$*" >>"$WORK/queue/requeued"
END
chmod +x bin/srun bin/scontrol
export PATH=$work/bin:$PATH WORK=$work SLURM_JOB_ID=17
bash -n "$source/jobs/audit.sbatch"

portfolio p.csv 100000
{
    sed "s|^\[input\]|&\nfiles = p.csv|" "$source/jobs/quickstart.ini"
    printf '[checkpoint]\nevery = 0\n'
} >book.ini
audit 1 whole p.csv

# submit [NAME=VALUE ...]: the script behind this one, its job ready to be asked.
submit() {
    rm -f queue/ready
    env "$@" bash "$source/jobs/audit.sbatch" book.ini out >message 2>&1 &
    script=$!
    until [ -e queue/ready ]; do kill -0 $script; sleep 0.01; done
}
ended() { rc=0; wait $script || rc=$?; }

submit
kill -USR1 $script
ended
[ $rc -eq 75 ] || fail "asked to stop, the script ends with $rc: $(cat message)"
[ "$(cat queue/requeued)" = 'requeue 17' ] || fail "the job is not queued again"

# It goes on with what it began, though the configuration is another one by now.
mv book.ini kept.ini
sed 's/^as_of = .*/as_of = 2024-06-01/' kept.ini >book.ini
submit SLURM_RESTART_COUNT=1
until compgen -G 'out/checkpoint/*.manifest' >/dev/null; do kill -0 $script; sleep 0.01; done
kill -TERM $(pgrep -P "$(cat queue/ready)")
ended
[ $rc -eq 75 ] || fail "cancelled, the script ends with $rc: $(cat message)"
[ "$(wc -l <queue/requeued)" -eq 1 ] || fail "a job that was cancelled is queued again"

# Submitted again, it is an audit of the configuration as it is now, and does not pass off another one's result.
submit
ended
[ $rc -eq 73 ] && found 'holds an audit of another configuration' <message ||
    fail "submitted with another configuration, the script ends with $rc: $(cat message)"
mv kept.ini book.ini
submit
ended
[ $rc -eq 0 ] || fail "submitted again, the script ends with $rc: $(cat message)"
same whole/audit.h5 out/audit.h5
found 'going on from' <out/log.txt || fail "submitted again, it begins anew"
[ "$(cut -d ' ' -f 2 queue/runs | tr '\n' ' ')" = 'audit resume audit audit ' ] || fail "what ran: $(cat queue/runs)"

# A task of an array has itself queued again, and not the array.
rm -rf out queue/*
submit SLURM_ARRAY_JOB_ID=17 SLURM_ARRAY_TASK_ID=2
kill -USR1 $script
ended
[ "$(cat queue/requeued)" = 'requeue 17_2' ] || fail "a task of an array has $(cat queue/requeued)"

# Queued again often enough, it waits for people.
rm -rf out queue/*
export SLURM_RESTART_COUNT=50
submit
kill -USR1 $script
ended
[ $rc -eq 75 ] || fail "at its bound, the script ends with $rc: $(cat message)"
[ ! -e queue/requeued ] && found 'queued again 50 times: enough' <message || fail "it is queued again for ever"

# It says what it lacks.
lacks() { # CODE MESSAGE COMMAND...
    local code=$1 message=$2 rc=0
    shift 2
    "$@" >message 2>&1 || rc=$?
    [ $rc -eq "$code" ] && found -F "$message" <message || fail "$*: $rc, $(cat message)"
}
lacks 66 'there is no paraudit in the path' env PATH=/usr/bin:/bin bash "$source/jobs/audit.sbatch" book.ini out
lacks 66 'there is no paraudit in the path' env PATH=/usr/bin:/bin bash "$source/jobs/periodic.sbatch" book.ini out
for script in audit scaling periodic; do lacks 64 "usage: sbatch" bash "$source/jobs/$script.sbatch" book.ini; done
# With a checkpoint that is no more, it ends, and is not queued again for ever.
truncate -s 20 out/checkpoint/job.ini
lacks 65 'out/checkpoint/job.ini' bash "$source/jobs/audit.sbatch" book.ini out
[ ! -e queue/requeued ] || fail "with a broken checkpoint it is queued again"
