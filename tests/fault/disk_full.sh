#!/bin/sh
# disk_full.sh FOLDER MPIEXEC RANKS WRITER: a file system that is too small stops
# the job with exit code 74 and a message, and leaves no result.
folder=$1 mpiexec=$2 ranks=$3 writer=$4
umount "$folder" 2>/dev/null
mkdir -p "$folder"
if ! mount -t tmpfs -o size=4m none "$folder" 2>/dev/null; then
    echo "SKIPPED: this user may not mount a small file system"
    exit 77
fi
message=$("$mpiexec" -n "$ranks" "$writer" "$folder/audit.h5" 200003 2>&1)
code=$?
left=$(ls -A "$folder")
umount "$folder"
echo "exit code $code, left: '$left'"
echo "$message"
[ "$code" -eq 74 ] && [ -z "$left" ] &&
    echo "$message" | grep -q 'audit.h5: needs [0-9.]* MiB, the file system has 4.0 MiB left'
