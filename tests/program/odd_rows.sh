#!/usr/bin/env bash
# Rows that stay with a gap, names that are mended or told of, and labels of other
# words: the same answer at any number of ranks.
source "$(dirname "$0")/common.sh"
source "$source/tests/program/small_book.sh"

# notes OUT: the notes of a run that tell of its input, without those of other stages.
notes() {
    /usr/bin/python3 - "$1" <<'END_PYTHON'
import json
import sys

for note in json.load(open(sys.argv[1] + "/run.json"))["notes"]:
    if not note.startswith(("stage ", "evaluate: ", "time plan", "warning")):
        print(note)
END_PYTHON
}

# told 'NOTES' FILE [options]: what is said of the file, and the same result at the
# numbers of ranks that are drawn (common.sh).
told() {
    local expected=$1 file=$2 ranks first=
    shift 2
    draw_ranks
    for ranks in $drawn; do
        PARAUDIT_TEST_RANKS=$ranks expect 0 "" audit audit.ini --quiet --set "input.files=$file" --set io.block=64 \
            --out "out$ranks" --replace "$@"
        [ "$(notes "out$ranks")" = "$expected" ] || fail "$file at $ranks ranks: $(notes "out$ranks")"
        [ -z "$first" ] || cmp -s "$first/audit.h5" "out$ranks/audit.h5" || fail "$file differs at $ranks ranks"
        first=${first:-out$ranks}
    done
}

# accounts OUT: how many different ones there are.
accounts() {
    /usr/bin/python3 -c 'import h5py, sys; print(len(h5py.File(sys.argv[1] + "/audit.h5")["accounts/id"]))' "$1"
}

# ---- names ----
awk -F, -v OFS=, 'NR > 1 { $2 = (NR % 3 ? $2 : $2 "     "); $3 = (NR % 5 ? $3 : "\t" $3 "\302\240") } 1' good.csv >padded.csv
told "" padded.csv
[ "$(accounts out1)" = 20 ] || fail "padded.csv has $(accounts out1) accounts"
told "" good.csv
cp -r out1 plain
awk -F, -v OFS=, 'NR > 1 && NR % 3 == 0 { $3 = NR % 2 ? "" : "NULL" } 1' good.csv >fees.csv
told "80 rows have no merchant: theirs is called none" fees.csv
awk -F, -v OFS=, 'NR > 1 && NR % 4 == 0 { $2 = "" } 1' good.csv >guests.csv
told "60 rows have no account: each is its own, called own: and its id (input.no_account)" guests.csv \
    --set input.no_account=own
[ "$(accounts out1)" = 75 ] || fail "guests.csv has $(accounts out1) accounts"
awk -F, -v OFS=, 'NR > 1 { $2 = $2 $2 $2 $2 $2 $2 $2 $2; $2 = $2 $2 $2 } 1' good.csv >long.csv
told "240 names are longer than 64 bytes: the first bytes and a digest are kept (account 'A00A00A00A00A00A00A00A00A00A00A00A00A00A...' in long.csv:2)" long.csv
[ "$(accounts out1)" = 20 ] || fail "long.csv has $(accounts out1) accounts"
{ head -n 121 good.csv | sed 's/,A/,40/'; sed -n '122,$p' good.csv | sed 's/,A\([0-9]*\)/,40\1.0/'; } >float.csv
told "20 pairs of account names differ by no more than a .0, zeros at the beginning or commas in a number, as a spreadsheet leaves them: '4000' and '4000.0', '4001' and '4001.0', '4002' and '4002.0', ..." float.csv
sed '2,$ s/,A\([0-9]*\)/,4.\1E+15/' good.csv >exponent.csv
told "20 account names have an exponent, as '4.00E+15' does: a spreadsheet took digits away, and what were several accounts may be one" exponent.csv

# ---- labels ----
# The last field of 0 and 1 as other words.
words() {
    awk -F, -v OFS=, -v fraud="$1" -v genuine="$2" 'NR > 1 { $6 = $6 == 1 ? fraud : genuine } 1' good.csv
}
# Only the name of the file differs.
like_plain() {
    /usr/bin/python3 - plain/audit.h5 "$1/audit.h5" <<'END_PYTHON' || fail "the audit of $2 differs"
import sys

import h5py

a, b = (h5py.File(path)["transactions"] for path in sys.argv[1:])
sys.exit(any(a[n][()].tobytes() != b[n][()].tobytes() for n in a))
END_PYTHON
}
for pair in "Y N" "t f" "1.0 0.0" "TRUE False" "fraud Genuine"; do
    read -r fraud genuine <<<"$pair"
    words "$fraud" "$genuine" >words.csv
    told "" words.csv
    like_plain out1 "$pair"
done
say="say what they mean by input.label_fraud, input.label_genuine or input.label_unknown"
words Fraud Legit >words.csv
expect 65 "words.csv:3: labels that are read neither as fraud nor as genuine: 'Legit' (234 rows), and no row is genuine; $say" \
    audit audit.ini --set input.files=words.csv --out out
words 1 2 >words.csv
expect 65 "words.csv:3: labels that are read neither as fraud nor as genuine: '2' (234 rows), and no row is genuine; $say" \
    audit audit.ini --set input.files=words.csv --out out
told "" words.csv --set input.label_fraud=1 --set input.label_genuine=2
like_plain out1 "labels 1 and 2"
words -1 1 >words.csv
expect 65 "words.csv:2: the labels are -1 (6 rows) and 1 (234 rows). In scikit-learn 1 is normal and -1 the outlier; if they are meant so, set input.label_fraud = -1, input.label_genuine = 1" \
    audit audit.ini --set input.files=words.csv --out out
told "" words.csv --set input.label_fraud=-1 --set input.label_genuine=1
like_plain out1 "labels -1 and 1"
sed '12 s/[01]$/x/' good.csv >one.csv
told "1 row has a label that is not understood and counts as unknown ('x' in one.csv:12)" one.csv
expect 78 "input.label_fraud and input.label_unknown both hold '?'" audit audit.ini --set input.label_fraud=? --out out
all_expected
