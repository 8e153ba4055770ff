#!/usr/bin/env bash
# Rows and rejects of some hundred damaged files account for every line, by Python's csv
# (accounting.py), at any number of ranks.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 "$source/tests/program/accounting.py" write 400
cat >book.ini <<'END'
[input]
files = d*.csv
tx =
time_format = %Y-%m-%d %H:%M:%S
decimal = .
missing =
max_reject_share = 1
max_rejects = 1000000
END
for ranks in 1 3; do
    on "$ranks" "$program" audit book.ini --quiet --set io.block=77 --out "out$ranks" 2>/dev/null
    same out1/rejects.csv "out$ranks/rejects.csv"
    same out1/audit.h5 "out$ranks/audit.h5"
done
/usr/bin/python3 "$source/tests/program/accounting.py" check out1
