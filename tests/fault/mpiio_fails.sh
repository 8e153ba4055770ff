#!/bin/sh
# mpiio_fails.sh FOLDER MPIEXEC RANKS WRITER DISK SHORT: parallel HDF5, whose disk is full in the frame,
# between it and the values or in these, whose file cannot be closed, or that writes less than it was given
# and says nothing: exit code 74, a message that says where, nothing left behind, within 20 seconds.
folder=$1 mpiexec=$2 ranks=$3 writer=$4 disk=$5 short=$6
failed=0

# fails LIBRARY VARIABLE VALUE WHERE
fails() {
    rm -rf "$folder"
    mkdir -p "$folder"
    message=$(env "$2=$3" LD_PRELOAD="$1" timeout -k 5 20 "$mpiexec" -x LD_PRELOAD -x "$2" -x PARAUDIT_TEST_WRITER \
        -n "$ranks" "$writer" "$folder/audit.h5" 200003 2>&1)
    code=$?
    if [ "$code" -ne 74 ] || [ -n "$(ls -A "$folder")" ] || ! echo "$message" | grep -q "audit.h5: cannot write $4"; then
        echo "$PARAUDIT_TEST_WRITER, $2=$3: exit code $code, left: '$(ls -A "$folder")'"
        echo "$message"
        failed=1
    fi
}

# Written together, what is lost may be missed first where the digests go: the dataset is named all the same.
export PARAUDIT_TEST_WRITER
for PARAUDIT_TEST_WRITER in mpiio+ mpiio-; do
    fails "$disk" PARAUDIT_TEST_FULL_AT 40000 /transactions/
    fails "$disk" PARAUDIT_TEST_FULL_AT 2500000 /transactions/
    fails "$short" PARAUDIT_TEST_SHORT_AT 2500000 /transactions/
done
fails "$disk" PARAUDIT_TEST_FULL_AT 0 'the start of the file'
fails "$disk" PARAUDIT_TEST_FULL_AT 20000 'the end of the file'
fails "$disk" PARAUDIT_TEST_CLOSES 2 'the digests'
exit $failed
