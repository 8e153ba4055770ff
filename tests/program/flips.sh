#!/usr/bin/env bash
# Drawn flips of one bit in a result, each tried with verify, evaluate and as an input, in a heap
# that is never zero: damage is told (65) where it is read, what is made otherwise is as from the
# sound file, and nothing crashes. $PARAUDIT_TEST_FLIPS: how many, here and in mpi.result.
source "$(dirname "$0")/common.sh"
export MALLOC_PERTURB_=${MALLOC_PERTURB_:-165}
flips=${PARAUDIT_TEST_FLIPS:-20}
portfolio good.csv 2000
audit 1 out good.csv
"$program" evaluate out >sound.txt
printf '[input]\npreset = generic\n[iforest]\ntrees = 1\n[job]\nleave_out = patterns,embedding,expected,forecast,ecod,boosting\n' >book.ini
"$program" audit book.ini --quiet --out again --set input.files=out/audit.h5
mkdir flipped

# flip PLACE BIT: in a copy of the result. Every second place is in the first or last 4 KiB.
flip() {
    cp out/audit.h5 flipped/audit.h5
    /usr/bin/python3 - "$1" "$2" <<'END'
import sys
with open("flipped/audit.h5", "r+b") as f:
    f.seek(int(sys.argv[1]))
    byte = f.read(1)[0]
    f.seek(int(sys.argv[1]))
    f.write(bytes([byte ^ 1 << int(sys.argv[2])]))
END
}

# told FILE SOUND COMMAND ...: 65 and a message of damage, or FILE is made as from the sound result.
told() {
    local file=$1 sound=$2 rc=0
    shift 2
    timeout 120 "$program" "$@" </dev/null >stdout 2>stderr || rc=$?
    if [ $rc -eq 65 ] && grep -aq '^paraudit: .*: damaged: ' stderr; then return; fi
    if [ $rc -eq 0 ] && cmp -s "$file" "$sound"; then return; fi
    echo "byte $place, bit $bit: paraudit $*: $rc, $(head -n 2 stderr)"
    n_unexpected=$((n_unexpected + 1))
}

size=$(stat -c %s out/audit.h5)
RANDOM=20
for ((i = 0; i < flips; i++)); do
    place=$(((RANDOM * 32768 + RANDOM) % size))
    case $((i % 4)) in
    1) place=$((place % 4096)) ;;
    3) place=$((size - 1 - place % 4096)) ;;
    esac
    bit=$((RANDOM % 8))
    flip $place $bit
    told none sound verify flipped
    told stdout sound.txt evaluate flipped
    rm -rf next
    told next/alerts.csv again/alerts.csv audit book.ini --quiet --out next --set input.files=flipped/audit.h5
done
all_expected
