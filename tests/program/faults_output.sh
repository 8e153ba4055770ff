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
mkdir -p locked
exec 9>locked/.lock
flock 9
expect 73 "locked: another paraudit job is writing here" "${audited[@]}" --out locked
exec 9>&-

# ---- more tasks than ranks -----------------------------------------------------
# apart VARIABLE=VALUE...: one task of several, each of which would be a job.
apart() {
    local rc=0
    env "$@" timeout 60 "$program" "${audited[@]}" --out apart </dev/null >stdout 2>stderr || rc=$?
    [ $rc -eq 64 ] && answered "$launcher started 4 tasks, but MPI sees one: they would run as 4 separate jobs. Under Slurm use \`srun --mpi=pmix\`, else the mpirun of the MPI that paraudit was built with" ||
        fail "singletons of $launcher: $rc, $(cat stderr)"
    [ ! -e apart ] || fail "singletons of $launcher left a folder"
}
launcher=srun apart SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=4
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
