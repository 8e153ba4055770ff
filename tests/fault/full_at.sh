#!/bin/sh
# full_at.sh FOLDER MPIEXEC RANKS WRITER FULL: the disk turns out to be full at the
# first byte, in what HDF5 writes, between it and the values, in the values, and at the close:
# exit code 74, a message that says where, nothing left behind, within 20 seconds.
folder=$1 mpiexec=$2 ranks=$3 writer=$4 full=$5
failed=0
for at in 0 5000 20000 40000 2500000; do
    where='the \(start\|end\) of the file'
    [ $at -lt 40000 ] || where='/[a-z]*/'
    rm -rf "$folder"
    mkdir -p "$folder"
    message=$(LD_PRELOAD=$full PARAUDIT_TEST_FULL_AT=$at timeout -k 5 20 "$mpiexec" -x LD_PRELOAD -x PARAUDIT_TEST_FULL_AT \
        -n "$ranks" "$writer" "$folder/audit.h5" 200003 2>&1)
    code=$?
    echo "$at bytes: exit code $code, left: '$(ls -A "$folder")'"
    echo "$message"
    [ "$code" -eq 74 ] && [ -z "$(ls -A "$folder")" ] &&
        echo "$message" | grep -q "audit.h5: cannot write $where.*: No space left on device (the file system has " || failed=1
done

# Its bytes were taken, and what closes it says that they are lost: HDF5, then the writer.
for closes in 0 2; do
    rm -rf "$folder"
    mkdir -p "$folder"
    message=$(LD_PRELOAD=$full PARAUDIT_TEST_CLOSES=$closes "$mpiexec" -x LD_PRELOAD -x PARAUDIT_TEST_CLOSES \
        -n "$ranks" "$writer" "$folder/audit.h5" 200003 2>&1)
    code=$?
    echo "$closes closes: exit code $code, left: '$(ls -A "$folder")'"
    echo "$message"
    [ "$code" -eq 74 ] && [ -z "$(ls -A "$folder")" ] &&
        echo "$message" | grep -q 'audit.h5: cannot write .*: Input/output error (the file system has ' || failed=1
done
exit $failed
