#!/usr/bin/env bash
# One small book in the ways of the trade (dialects/TOPIC.py): every value of every row,
# or the message that says what to do, at each number of ranks.
#   dialects.sh TOPIC
source "$(dirname "$0")/common.sh"
topic=$source/tests/program/dialects/$1.py
export PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 "$topic" write

while IFS=$'\t' read -r -u 3 name code message; do
    cd "$work/$name"
    draw_ranks
    for ranks in $drawn; do
        PARAUDIT_TEST_RANKS=$ranks expect "$code" "$message" audit book.ini --set io.block=77 --out "out$ranks"
        [ "$code" -ne 0 ] || cmp -s out1/audit.h5 "out$ranks/audit.h5" || fail "$name differs at $ranks ranks"
    done
done 3<"$work/cases.txt"
cd "$work"
all_expected
/usr/bin/python3 "$topic" check || fail "$1"
