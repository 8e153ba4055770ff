#!/usr/bin/env bash
# Rows that cannot be used: what is said of them, which of them stop the run, and
# the list of them, at any number of ranks and after a restart.
source "$(dirname "$0")/common.sh"
source "$source/tests/program/small_book.sh"
sed -i '/^max_reject/d' audit.ini

# ---- a run that goes on says what it left out, even where it is quiet ---------------
{
    echo $columns
    rows 0 99
    printf '=1,A,M,2024-03-01,5,0\n1,A,M,"2024\n-03",-5,1\n1,A,M,2024-03-01,"x, ""y""",0\n,,,,,\n'
    rows 100 239
    rows 7 9
} >few.csv
cat >few.rejects <<'END'
file,line,last_line,reason,text
few.csv,102,102,bad transaction id,transaction id '=1' is not a whole number of 64 bits (input.tx_text = yes takes any text)
few.csv,103,104,bad time,time '2024\n-03' is not like 2018-07-25 13:05:59 (input.time_format)
few.csv,105,105,bad amount,"amount 'x, ""y""' is not a number"
few.csv,106,106,empty row,the row has no value
few.csv,247,247,repeated row,"transaction id '7' is that of few.csv:9 already, with the same values"
few.csv,248,248,repeated row,"transaction id '8' is that of few.csv:10 already, with the same values"
few.csv,249,249,repeated row,"transaction id '9' is that of few.csv:11 already, with the same values"
END
note="7 of 247 rows were rejected: 3 repeated row, 1 bad amount, 1 bad time, 1 bad transaction id, 1 empty row\
 (first: few.csv:102: transaction id '=1' is not a whole number of 64 bits (input.tx_text = yes takes any text)); rejects.csv lists them"
for ranks in ${PARAUDIT_TEST_RANKS:-1 2 3}; do
    on "$ranks" "$program" audit audit.ini --quiet --set input.files=few.csv --set io.block=64 --out "few$ranks" 2>said
    [ "$(cat said)" = "NOTE $note" ] || fail "$ranks ranks, quiet: $(cat said)"
    same few.rejects "few$ranks/rejects.csv"
    same few1/audit.h5 "few$ranks/audit.h5"
done
grep -q '"duplicate": *3' few1/run.json || fail "duplicates: $(grep duplicate few1/run.json)"
on 2 "$program" audit audit.ini --set input.files=few.csv --out loud 2>said
[ "$(grep -c "^NOTE $note\$" said)" -eq 2 ] || fail "not quiet: $(cat said)"
on 2 "$program" audit audit.ini --quiet --out good 2>said
[ ! -s said ] || fail "without rejects: $(cat said)"
[ "$(cat good/rejects.csv)" = "file,line,last_line,reason,text" ] || fail "without rejects: $(cat good/rejects.csv)"

# A job that was killed behind the ingest, and went on: the same list, told again.
"$program" audit audit.ini --quiet --set input.files=few.csv --set checkpoint.every=0 --out again 2>/dev/null &
job=$!
while kill -0 $job 2>/dev/null && [ -z "$(ls again/checkpoint/*.h5 2>/dev/null)" ]; do sleep 0.02; done
kill -KILL $job 2>/dev/null || true
wait $job || true
if [ -e again/checkpoint/job.ini ]; then
    on 3 "$program" resume again --quiet 2>said
    [ "$(cat said)" = "NOTE $note" ] || fail "resumed: $(cat said)"
fi
same few.rejects again/rejects.csv
same few1/audit.h5 again/audit.h5

# ---- a run that stops leaves the list, and the message names the key ------------------
{
    echo $columns
    rows 0 239 | awk -F, -v OFS=, '{ if (NR % 5 == 0) $5 = "((" $5 "))"; print }'
} >paren.csv
expect 65 "paren.csv:6: amount '((4.04))' is not a number (48 of the 240 rows of this file are rejected, 48 for 'bad amount',\
 with them every row with a negative amount: see input.amount, input.decimal; input.max_reject_share is 0.005)" \
    audit audit.ini --quiet --set input.files=paren.csv --out paren
[ "$(wc -l <paren/rejects.csv)" -eq 49 ] || fail "$(wc -l <paren/rejects.csv) lines of paren/rejects.csv"
expect 65 "paren.csv:6: amount '((4.04))' is not a number (48 of the 240 rows of this file are rejected, 48 for 'bad amount',\
 with them every row with a negative amount: see input.amount, input.decimal; input.max_reject_share is 0.005, input.max_rejects 7)" \
    audit audit.ini --set input.files=paren.csv --set input.max_rejects=7 --out short
[ "$(head -n 8 paren/rejects.csv)" = "$(cat short/rejects.csv)" ] || fail "short/rejects.csv: $(cat short/rejects.csv)"
expect 0 "" audit audit.ini --set input.files=paren.csv --set input.max_reject_share=1 --out borne

# Days above 12, read as months.
{
    echo $columns
    rows 0 239 | awk -F, -v OFS=, '{ split($4, d, /[- ]/); $4 = d[3] "/" d[2] "/" d[1]; print }'
} >days.csv
day=$(awk -F, 'NR > 1 && substr($4, 1, 2) > 12 { print NR " " $4; exit }' days.csv)
n=$(awk -F, 'NR > 1 && substr($4, 1, 2) > 12' days.csv | wc -l)
expect 65 "days.csv:${day% *}: time '${day#* }' is not like 07/25/2018 13:05 ($n of the 240 rows of this file are rejected,\
 $n for 'bad time', with them every row with a day above 12: see input.time_format; input.max_reject_share is 0.005)" \
    audit audit.ini --set input.files=days.csv --set input.time_format=mm/dd/yyyy --out out

# Fewer than the share, and all of a kind: 8 of 4000.
{
    echo $columns
    rows 0 3999 | awk -F, -v OFS=, '{ $4 = substr("2024-01-012024-02-022024-03-032024-04-15", NR % 4 * 10 + 1, 10)
        $6 = NR % 500 ? 0 : "1;"; print }'
} >fraud.csv
expect 65 "fraud.csv:501: labels that are read neither as fraud nor as genuine: '1;' (8 rows), and no row is fraud; say\
 what they mean by input.label_fraud, input.label_genuine or input.label_unknown" \
    audit audit.ini --set input.files=fraud.csv --out out
all_expected
