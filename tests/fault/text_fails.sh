#!/bin/sh
# text_fails.sh FOLDER MPIEXEC RANKS WRITER DISK: text that ranks write together, on
# a disk that is full at the first byte or later, that does not keep what it took,
# that gives no name, or one of two: an exit code, a message, nothing left behind.
folder=$1 mpiexec=$2 ranks=$3 disk=$5
program=$PARAUDIT_TEST_PROGRAM
failed=0
{
    echo a,b
    seq 3000 | sed 's/$/,1/'
} >"$folder.csv"

# fails CODE MESSAGE VARIABLE=VALUE ARGUMENTS...: of paraudit, in the empty folder.
fails() {
    code=$1 message=$2 how=$3
    shift 3
    rm -rf "$folder"
    mkdir -p "$folder"
    told=$(env "$how" LD_PRELOAD="$disk" "$mpiexec" -x LD_PRELOAD -x "${how%%=*}" -n "$ranks" "$program" "$@" 2>&1)
    got=$?
    if [ $got -ne "$code" ] || [ -n "$(ls -A "$folder")" ] || ! echo "$told" | grep -qxF "paraudit: $message"; then
        echo "$how $*: exit code $got, left: '$(ls -A "$folder")'"
        echo "$told"
        failed=1
    fi
}

no_space="cannot write: No space left on device"
bad="Input/output error"
for at in 0 5 20000; do
    fails 74 "$folder/s.csv: $no_space" PARAUDIT_TEST_FULL_AT=$at detect "$folder.csv" --trees 2 --out "$folder/s.csv"
done
fails 74 "$folder/p.csv: $no_space" PARAUDIT_TEST_FULL_AT=100000 generate --rows 60000 --out "$folder/p.csv"
fails 74 "$folder/s.csv: cannot write: $bad" PARAUDIT_TEST_NO_SYNC=1 detect "$folder.csv" --trees 2 --out "$folder/s.csv"
fails 73 "$folder/s.csv: $bad" PARAUDIT_TEST_NAMES=0 detect "$folder.csv" --trees 2 --out "$folder/s.csv"
fails 73 "$folder/p-0002.csv: $bad" PARAUDIT_TEST_NAMES=1 generate --rows 3000 --parts 3 --out "$folder/p.csv"
exit $failed
