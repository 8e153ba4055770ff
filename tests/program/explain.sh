#!/usr/bin/env bash
# `explain` tells of any transaction what the result says of it: the models in the file
# give the stored margin again, and what is added adds up to it.
source "$(dirname "$0")/common.sh"
portfolio p.csv 30000
audit 2 a p.csv
/usr/bin/python3 "$source/tests/program/explain.py" ids a 37 >ids.txt
mapfile -t ids <ids.txt
alerted=${ids[-1]}
"$program" explain a "${ids[@]}" --json >told.json
/usr/bin/python3 "$source/tests/program/explain.py" compare a told.json || fail "what is told is not what the result has"
"$program" explain a "${ids[@]}" --all >told.txt
[ "$(grep -c '^transaction ' told.txt)" -eq ${#ids[@]} ] || fail "not all are told"
[ "$("$program" explain a "${ids[0]}" --before 0 | grep -c genuine)" -le 1 ] || fail "--before 0 tells of others"

# Without labels: tails add up to the margin as well; nothing is scored where no detector runs.
audit 1 free p.csv --set job.leave_out=boosting
"$program" explain free "${ids[@]}" --json >free.json
/usr/bin/python3 "$source/tests/program/explain.py" compare free free.json || fail "without labels"
audit 1 none p.csv --set job.leave_out=boosting,tails,combinations,iforest,ecod
"$program" explain none "$alerted" | found 'not scored: no detector ran' || fail "without detectors: $("$program" explain none "$alerted")"

# Ids are texts where the input has texts; names that would steer a terminal are written out.
sed -e 's/^\([0-9]\)/T-\1/' -e "2s/,A[0-9]*,/,A$(printf '\033')[2J,/" p.csv >text.csv
audit 2 text text.csv --set input.tx_text=yes
first=$(sed -n '2s/,.*//p' text.csv)
"$program" explain text "$first" "T-$alerted" "$first" >told.txt
[ "$(grep -c "^transaction $first\$" told.txt)" -eq 2 ] || fail "a text as id: $(cat told.txt)"
grep -qF 'A\x1b[2J' told.txt && ! grep -q "$(printf '\033')" told.txt || fail "names are not written out"

# An id like an option, and one too long to be kept, as the input has it.
long=$(printf 'x%.0s' {1..80})
sed -e "3s/^[^,]*/--json/" -e "4s/^[^,]*/$long/" text.csv >odd.csv
audit 1 odd odd.csv --set input.tx_text=yes
"$program" explain odd -- --json "$long" >told.txt || fail "odd ids"
grep -qx 'transaction --json' told.txt && grep -q '^transaction xxx.*~' told.txt || fail "odd ids: $(cat told.txt)"

# What cannot be told.
PARAUDIT_TEST_RANKS=1 expect 66 "transaction '77' is not in the result, nor 1 others (rejects.csv lists rows that could not be used)" explain text "$first" 77 78
PARAUDIT_TEST_RANKS=1 expect 64 "transaction 'x' is no number: this result's are" explain a x
PARAUDIT_TEST_RANKS=1 expect 66 "nothing/audit.h5: No such file or directory" explain nothing 1
PARAUDIT_TEST_RANKS=1 expect 64 "--before must be from 0 to 256" explain a "${ids[0]}" --before 257
# A model that another program has changed (the trailer is off then) is found out.
cp -r a scored
/usr/bin/python3 "$source/tests/program/explain.py" score scored
PARAUDIT_TEST_RANKS=1 sizes='s/score -*[0-9.]*,/score S,/; s/has -*[0-9.]*:/has S:/' expect 65 \
    "the models of the result give transaction $alerted the score S, and the result has S: one of them was changed" \
    explain scored "$alerted"
/usr/bin/python3 "$source/tests/program/explain.py" change a
PARAUDIT_TEST_RANKS=1 sizes='s/margin -*[0-9.]*,/margin M,/; s/has -*[0-9.]*:/has M:/' expect 65 \
    "the models of the result give transaction $alerted the margin M, and the result has M: one of them was changed" \
    explain a "$alerted"
all_expected
