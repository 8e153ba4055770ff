#!/bin/sh
# write_fails.sh FOLDER MPIEXEC RANKS WRITER: the disk of the last rank's node
# refuses data half-way: exit code 74, a message that names the dataset, and no
# result, in finite time.
folder=$1 mpiexec=$2 ranks=$3 writer=$4
rm -rf "$folder"
mkdir -p "$folder"
message=$("$mpiexec" -n "$ranks" "$writer" "$folder/audit.h5" 200003 limit 3000000 2>&1)
code=$?
echo "exit code $code, left: '$(ls -A "$folder")'"
echo "$message"
[ "$code" -eq 74 ] && [ -z "$(ls -A "$folder")" ] &&
    echo "$message" | grep -q 'audit.h5: cannot write /transactions/'
