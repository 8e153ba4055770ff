#!/usr/bin/env bash
# Rows of every kind: the exact answer where one cannot be used, and every one
# accounted for where some can.
source "$(dirname "$0")/common.sh"
source "$source/tests/program/small_book.sh"

# row 'LINE' 'MESSAGE': the line in the midst of good ones. Backslashes as in printf.
row() {
    { head -n 121 good.csv; printf "$1\n"; rows 140 239; } >bad.csv
    expect 65 "bad.csv:122: $2 (input.max_rejects is 0)" audit audit.ini --set input.files=bad.csv --out out
}
row "x,A,M,2024-03-01,5,0"                   "transaction id 'x' is not a whole number of 64 bits (input.tx_text = yes takes any text)"
row "1000.0,A,M,2024-03-01,5,0"              "transaction id '1000.0' is not a whole number of 64 bits (input.tx_text = yes takes any text)"
row "99999999999999999991000,A,M,2024-03-01,5,0" "transaction id '99999999999999999991000' is not a whole number of 64 bits (input.tx_text = yes takes any text)"
row "7,A,M,2024-03-01,5,0"                   "transaction id '7' is that of bad.csv:9 already"
row "1,,M,2024-03-01,5,0"                    "the account is empty (input.no_account = own keeps such rows)"
row "1, \t,M,2024-03-01,5,0"                 "the account is empty (input.no_account = own keeps such rows)"
row "1,null,M,2024-03-01,5,0"                "account 'null' is a word for nothing (input.missing)"
row "1,A\0B,M,2024-03-01,5,0"                "account 'A\\x00B' is not UTF-8 text"
row "1,A,M\0,2024-03-01,5,0"                 "merchant 'M\\x00' is not UTF-8 text"
row "1,A,M,2024-02-30,5,0"                   "time '2024-02-30' is not like 2018-07-25 13:05:59 (input.time_format)"
row "1,A,M,2024-03-01,abc,0"                 "amount 'abc' is not a number"
row "1,A,M,2024-03-01,nan,0"                 "amount 'nan' is not a number"
row "1,A,M,2024-03-01,-inf,0"                "amount '-inf' is not a number"
row "1,A,M,2024-03-01,1e400,0"               "amount '1e400' is out of range"
row "1,A,M,2024-03-01,92233720368547758.08,0" "amount '92233720368547758.08' is out of range"
row "1,A,M,2024-03-01,5"                     "5 fields where the header has 6"
row "1,A,M,2024-03-01,5,0,"                  "7 fields where the header has 6"
row "1,A,\"M,2024-03-01,5,0"                 "a quoted field takes more than 100 lines (input.max_field_lines)"
latin="byte 0xFF (offset $(head -n 121 good.csv | cat - <(printf 1,A,M) | wc -c)) is no UTF-8: set input.encoding \
(latin1, windows-1252), or convert the file with iconv -f WINDOWS-1252 -t UTF-8"
{ head -n 121 good.csv; printf '1,A,M\xff,2024-03-01,5,0\n'; rows 140 239; } >bad.csv
expect 65 "bad.csv:122: $latin" audit audit.ini --set input.files=bad.csv --out out
row "1,A,$(printf '%*s' 10000000 '' | tr ' ' x),2024-03-01,5,0" "the record is longer than 1048576 bytes (is a quote not closed?)"

# ---- a file with all that is fine, and with all that is not ------------------
# Behind a quoted line end the lines go on as in a text editor. Rows behind a quote that is not
# closed come back.
{
    printf '\xef\xbb\xbf%s\r\n' $columns
    rows 0 99 | sed 's/$/\r/'
    printf '100,"A, ""the first""","two\nlines",2024-03-01,5,0\r\n'
    printf '101,A01,M,2024-03-01,$134.09,1\n102,A01,M,2024-03-01,-5,\n\n\r\n'
    printf 'x,A,M,2024-03-01,5,0\n1,A,M,2024-03-01,nan,0\r\n1,A,"M\nN",2024-13-01,5,0\n'
    printf '1,A,M\xff,2024-03-01,5,0\n1,A,M,2024-03-01,5\n'
    rows 103 239
    printf '1,A,M,2024-03-01,5\n1,A,"M,2024-03-01,5,0\n'
    rows 300 309
} >mixed.csv
cat >check.py <<'END'
import sys
import h5py

with h5py.File(sys.argv[1] + "/audit.h5") as f:
    reasons = [r.decode() for r in f["categories/reject_reason"][:]]
    r = f["rejects"]
    found = [(int(l), reasons[c]) for l, c in zip(r["line"][:], r["reason"][:])]
    rows, rejected = int(f["inputs/rows"][0]), int(f["inputs/rejected"][0])
    names = set(a.decode() for a in f["accounts/id"][:])
    total = len(f["transactions/tx"])
expected = [
    (108, "bad transaction id"),
    (109, "bad amount"),
    (110, "bad time"),
    (112, "merchant is not UTF-8 text"),
    (113, "wrong number of fields"),
    (251, "wrong number of fields"),
    (252, "quote not closed"),
]
assert found == expected, found
assert (rows, rejected, total) == (250, 7, 250), (rows, rejected, total)
assert 'A, "the first"' in names and "A" not in names, names
END
for ranks in ${PARAUDIT_TEST_RANKS:-1 2 3}; do
    PARAUDIT_TEST_RANKS=$ranks expect 0 "" audit audit.ini --quiet --set input.files=mixed.csv --set input.max_rejects=7 \
        --set io.block=64 --out "mixed$ranks"
    /usr/bin/python3 check.py "mixed$ranks" || fail "mixed.csv at $ranks ranks"
done
expect 65 "mixed.csv:108: transaction id 'x' is not a whole number of 64 bits (input.tx_text = yes takes any text) (and 6 more rejected rows; input.max_rejects is 6)" \
    audit audit.ini --set input.files=mixed.csv --set input.max_rejects=6 --out out
all_expected
