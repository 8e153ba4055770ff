#!/usr/bin/env bash
# Outputs that cannot be made or do not fit, launchers that MPI does not see: the
# exact answer, and nothing left but what is meant to be.
source "$(dirname "$0")/common.sh"
portfolio good.csv 2000
ini=$source/jobs/quickstart.ini
audited=(audit "$ini" --quiet --set input.files=good.csv)

# ---- the folder of the result ------------------------------------------------
touch file
expect 73 "file: exists and is not a folder" "${audited[@]}" --out file
expect 73 "file: exists and is not a folder" "${audited[@]}" --out file/deeper
ln -s nowhere dangling
expect 73 "dangling: is a link that leads nowhere" "${audited[@]}" --out dangling
expect 73 "dangling: is a link that leads nowhere" "${audited[@]}" --out dangling/deeper
[ ! -e nowhere ] || fail "a link to nothing was followed"
for command in "audit $ini" "check $ini" "generate --rows 1000" "detect good.csv"; do
    value=DIR
    case $command in generate* | detect*) value=FILE ;; esac
    PARAUDIT_TEST_RANKS=1 expect 64 "--out is empty" $command --out ""
    for name in -- -x --replace; do
        PARAUDIT_TEST_RANKS=1 expect 64 "--out needs a value: --out $value; what is called '$name' is named ./$name" $command --out "$name"
        [ ! -e "./$name" ] || fail "$command has made $name"
    done
done
# The inputs may lie there.
cp good.csv before.csv
expect 0 "" "${audited[@]}" --out .
same good.csv before.csv
mkdir -p locked
exec 9>locked/.lock
flock 9
expect 73 "locked: another paraudit job is writing here" "${audited[@]}" --out locked
exec 9>&-

# A limit of the size of files is an error like a full disk, not the end by a signal without a word.
rc=0
(ulimit -f 1000 && exec "$program" "${audited[@]}" --out limited) </dev/null >stdout 2>stderr || rc=$?
[ $rc -eq 74 ] && found '^paraudit: limited/audit.h5: .*File too large' <stderr ||
    fail "beyond the limit of the size of files: $rc, $(cat stderr)"
[ ! -e limited/audit.h5 ] || fail "beyond the limit of the size of files there is a result"
expect 0 "" "${audited[@]}" --out limited

# ---- more tasks than ranks -----------------------------------------------------
# apart VARIABLE=VALUE...: one task of several, each of which would be a job.
apart() {
    local rc=0
    env "$@" timeout 300 "$program" "${audited[@]}" --out apart </dev/null >stdout 2>stderr || rc=$?
    [ $rc -eq 64 ] && answered "$launcher started 4 tasks, but MPI sees one: they would run as 4 separate jobs. Under Slurm use \`srun --mpi=pmix\`, else the mpirun of the MPI that paraudit was built with" ||
        fail "singletons of $launcher: $rc, $(cat stderr)"
    [ ! -e apart ] || fail "singletons of $launcher left a folder"
}
# Without PMIx under srun: before MPI starts, and one of them says so.
step() {
    rc=0
    env SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=4 "$@" "$program" "${audited[@]}" --out apart </dev/null >stdout 2>stderr || rc=$?
    [ $rc -eq 64 ] || fail "a task of srun without PMIx: $rc, $(cat stderr)"
    [ ! -e apart ] || fail "a task of srun without PMIx left a folder"
}
step SLURM_PROCID=0
answered "srun started 4 tasks without PMIx, by which Open MPI's ranks find each other: use \`srun --mpi=pmix\`, or mpirun" ||
    fail "tasks of srun without PMIx: $(cat stderr)"
step SLURM_PROCID=1 PMI_SIZE=4
[ ! -s stderr ] || fail "a second task of srun speaks: $(cat stderr)"
launcher="the launcher" apart PMI_SIZE=4

# ---- small and read-only disks ---------------------------------------------------
# A tmpfs: root may write in any folder, but not there.
mkdir disk
if ! mount -t tmpfs -o size=64k none disk 2>/dev/null; then
    all_expected
    echo "SKIPPED: small and read-only disks: this user may not mount"
    exit 77
fi
trap 'umount "$work/disk"; rm -rf "$work"' EXIT

mount -o remount,ro disk
expect 73 "disk/out: Read-only file system" "${audited[@]}" --out disk/out
expect 73 "disk/out.csv: Read-only file system" generate --rows 1000 --out disk/out.csv
mount -o remount,rw disk

# ---- a disk that is too small --------------------------------------------------
# left FILES: all that is on the disk.
left() {
    local found
    found=$(cd disk && find . -type f -printf '%P\n' | LC_ALL=C sort | tr '\n' ' ')
    [ "$found" = "$*${1:+ }" ] || fail "left on the disk: $found"
}

# The result is known to be too large before a byte of it is written; the job
# can be resumed, to the same bytes, as soon as there is room.
audit 1 roomy good.csv
all_ranks=${PARAUDIT_TEST_RANKS:-1 2 3 4}
for ranks in $all_ranks; do
    mount -o remount,size=1m disk
    PARAUDIT_TEST_RANKS=$ranks sizes='s/[0-9.]* [KM]iB/SIZE/g' \
        expect 74 "disk/out/audit.h5: needs SIZE, the file system has SIZE left" "${audited[@]}" --out disk/out
    left out/.lock out/checkpoint/.paraudit out/checkpoint/job.ini out/log.txt
    mount -o remount,size=16m disk
    PARAUDIT_TEST_RANKS=$ranks expect 0 "" resume --quiet disk/out
    left out/.lock out/alerts.csv out/audit.h5 out/log.txt out/rejects.csv out/run.json
    same roomy/audit.h5 disk/out/audit.h5
    rm -r disk/out
done

# What cannot hold the columns alone is known before the first stage; where there is no room
# for checkpoints beside them, a note says so.
portfolio large.csv 10000
early=(audit "$ini" --set input.files=large.csv --out disk/early)
for ranks in $all_ranks; do
    mount -o remount,size=2m disk
    PARAUDIT_TEST_RANKS=$ranks sizes='s/[0-9.]* [KM]iB/SIZE/g' \
        expect 74 "disk/early/audit.h5: needs SIZE, the file system has SIZE left" "${early[@]}"
    ! grep 'event=stage' disk/early/log.txt | found -v name=ingest || fail "stages ran: $(cat disk/early/log.txt)"
    mount -o remount,size=16m disk
    PARAUDIT_TEST_RANKS=$ranks expect 0 "" "${early[@]}"
    grep -q '^NOTE checkpoints may not fit beside the result' stderr || fail "no note of checkpoints: $(cat stderr)"
    mount -o remount,size=60m disk
    PARAUDIT_TEST_RANKS=$ranks expect 0 "" "${early[@]}" --replace
    ! grep -q 'NOTE checkpoints' stderr || fail "a note of checkpoints that have room"
    rm -r disk/early
done

# A portfolio that does not fit leaves none.
mount -o remount,size=1m disk
for ranks in $all_ranks; do
    PARAUDIT_TEST_RANKS=$ranks expect 74 "disk/out.csv: cannot write: No space left on device" \
        generate --rows 100000 --out disk/out.csv
    left
done

# Nor do scores.
{
    echo a,b
    seq 200000 | sed 's/$/,1/'
} >matrix.csv
expect 73 "file/scores.csv: Not a directory" detect matrix.csv --trees 2 --out file/scores.csv
for ranks in $all_ranks; do
    PARAUDIT_TEST_RANKS=$ranks expect 74 "disk/scores.csv: cannot write: No space left on device" \
        detect matrix.csv --trees 2 --out disk/scores.csv
    left
done
all_expected
