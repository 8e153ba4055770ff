#!/usr/bin/env bash
# Pipes, devices and links in place of files that paraudit has written: no command waits for
# them or reads them without end, and each says what is in the way.
source "$(dirname "$0")/common.sh"
few="--set job.leave_out=iforest,ecod,logistic,boosting"
portfolio p.csv 1000
audit 1 whole p.csv $few
# A job that was stopped before its end, where one can be.
PARAUDIT_TEST_KILL_AT=20 PARAUDIT_TEST_KILL_UNDER=left LD_PRELOAD=$bin/libkill_at.so "$program" audit \
    "$source/jobs/quickstart.ini" --quiet --out left --set input.files=p.csv $few --set checkpoint.every=0 \
    </dev/null >/dev/null 2>&1 || true # killed
manifest=$(ls left/checkpoint/*.manifest | tail -n 1)
step=$(ls left/checkpoint/*.h5 | head -n 1)

put() { # KIND PATH
    rm -f "$2"
    case $1 in
    pipe) mkfifo "$2" ;;
    link) ln -s /dev/zero "$2" ;;
    device) mknod "$2" c 1 5 2>/dev/null || mkfifo "$2" ;;
    esac
}
# answers CODES KIND FOLDER NAME COMMAND...: ends within moments with one of these codes, and
# names the file unless that is 0.
answers() {
    local codes=$1 kind=$2 folder=$3 name=$4 rc=0
    shift 4
    rm -rf x && cp -a "$folder" x
    put "$kind" "x/$name"
    timeout -k 1 30 "$program" "$@" </dev/null >said 2>&1 || rc=$?
    case " $codes " in *" $rc "*) ;; *) fail "$* with a $kind as $name: exit code $rc, $(cat said)" ;; esac
    [ $rc -eq 0 ] || grep -qF "${name%/.paraudit}" said || fail "$* with a $kind as $name: $(cat said)"
}
go_on=(audit "$source/jobs/quickstart.ini" --quiet --out x --set input.files=p.csv $few)
for kind in pipe link device; do
    for name in run.json alerts.csv audit.h5; do answers '65 66 73' $kind whole $name verify x; done
    answers '65 66 73' $kind whole audit.h5 evaluate x
    answers '66 73' $kind left checkpoint/job.ini resume x --quiet
    answers '66 73' $kind left checkpoint/job.ini "${go_on[@]}"
    for name in .lock log.txt audit.h5; do
        answers 73 $kind left $name resume x --quiet
        answers 73 $kind left $name "${go_on[@]}"
        answers 73 $kind whole $name "${go_on[@]}"
    done
    # Checkpoints are passed over, and the job ends as it would have.
    for name in "${manifest#left/}" "${step#left/}"; do
        answers 0 $kind left "$name" resume x --quiet
        same whole/audit.h5 x/audit.h5
    done
    answers 73 $kind left checkpoint/.paraudit resume x --quiet
done
