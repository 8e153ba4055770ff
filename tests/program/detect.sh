#!/usr/bin/env bash
# `detect` scores a matrix: the same bytes for any number of ranks however the file
# is cut, figures that can be worked out by hand, and an answer to every bad file.
source "$(dirname "$0")/common.sh"

# answer RANKS CODE 'MESSAGE' ARGUMENTS...: that is said, and nothing is left behind.
answer() {
    local ranks=$1 code=$2 message=$3
    shift 3
    PARAUDIT_TEST_RANKS=$ranks expect "$code" "$message" detect "$@"
    [ ! -e s.csv.paraudit.part ] && [ ! -e s.csv ] || fail "detect $*: left a file"
}

# The same bytes, with quotes over lines, DOS line ends and a byte order mark.
awk 'BEGIN {
    srand(5)
    printf "\357\273\277a,note,b,y,c\r\n"
    for (i = 0; i < 700; i++) {
        odd = i % 20 == 7
        printf "%.4f,%s,\"%d\",%d,%.2e\r\n", rand() + 2 * odd, i % 9 ? "-" : "\"over,\n\nlines\"", rand() * 9, odd, rand()
        if (i % 50 == 0) printf "\r\n"
    }
}' >m.csv
on 1 "$program" detect --replace m.csv --label y --skip note --out s1.csv >told
grep -qxF "m.csv: 700 rows, 3 columns, 35 frauds" told || fail "$(cat told)"
grep -qxF "iforest: sample 256, trees 100, seed 1" told || fail "$(cat told)"
for ranks in 1 2 3 4; do
    on "$ranks" "$program" detect --replace m.csv --detector iforest --label=y --skip note --out s.csv \
        --block $((3 * ranks)) --read-buffer $((ranks + 4)) >again
    same s1.csv s.csv
    diff <(sed 's/s1.csv/s.csv/' told) again || fail "other figures at $ranks ranks"
done
[ "$(wc -l <s.csv)" -eq 701 ] && [ "$(head -n 1 s.csv)" = row,score ] || fail "$(head s.csv)"
on 2 "$program" detect --replace m.csv --skip note,y --seed 2 --out other.csv >told
! grep -q AUROC told || fail "no label, but AUROC"
! cmp -s s1.csv other.csv || fail "the seed does nothing"
rm s.csv

# One column: 5 frauds lie far out, 2 among the others, 1 where many others lie.
# Far rows are the oddest and rows alike tie, so the figures follow by hand.
{
    echo x,y
    for i in 1 2 3 4 5; do echo 9,1; done
    for i in 1 2 3; do echo 5,1; done
    for i in $(seq 92); do echo 5,0; done
} >hand.csv
on 2 "$program" detect --replace hand.csv --label y --out s.csv >told
# Pairs: 5 * 92 + 3 * 92 / 2 of 8 * 92. Precision: 5 / 5, then 8 / 100.
grep -qxF "AUROC 0.812500" told && grep -qxF "average precision 0.655000" told || fail "$(cat told)"
[ "$(tail -n +2 s.csv | cut -d, -f2 | sort -u | wc -l)" -eq 2 ] || fail "rows that are alike score unlike"

# Fitted on one file, scored on another: the same rows, then one of them, with the
# columns in another order.
printf 'a,b,y\n1,5,0\n2,4,0\n3,9,1\n4,1,0\n' >straight.csv
awk -F, 'BEGIN { OFS = "," } { print $3, $2, $1 }' straight.csv >turned.csv
on 2 "$program" detect --replace straight.csv --label y --out s.csv >told
for ranks in 1 3; do
    on $ranks "$program" detect --replace turned.csv --train straight.csv --label y --out t.csv >told
    same s.csv t.csv
done
grep -qxF "straight.csv: 4 rows, 2 columns, 1 frauds" told && grep -qxF "turned.csv: 4 rows, 2 columns, 1 frauds" told ||
    fail "$(cat told)"
head -n 2 straight.csv >first.csv
on 3 "$program" detect --replace first.csv --train straight.csv --label y --out t.csv >/dev/null
cmp -s <(head -n 2 s.csv) t.csv || fail "one row of the matrix: $(cat t.csv)"
rm s.csv t.csv
sed 's/^a/c/' straight.csv >other.csv
answer 3 65 "other.csv: no column 'a', which is in straight.csv" other.csv --train straight.csv --label y --out s.csv
cut -d, -f1,3 straight.csv >narrow.csv
answer 3 65 "narrow.csv: no column 'b', which is in straight.csv" straight.csv --train narrow.csv --label y --out s.csv
answer 3 65 "first.csv:1: no column 'z' (--label); the columns are a, b, y" first.csv --train straight.csv --label z --out s.csv
answer 3 66 "nobody.csv: No such file or directory" first.csv --train nobody.csv --out s.csv
cp straight.csv train.csv
answer 1 64 "./train.csv: is the input: what is written needs a file of its own" first.csv --train train.csv --out ./train.csv
answer 2 65 "isolation forest: 1 row, at least 2 are needed" straight.csv --train first.csv --label y --out s.csv

# Nothing to tell rows apart by: all score one half, to the steps of path lengths. One class: no figures.
printf 'a,b,y\n1,2,0\n1,2,0\n1,2,0\n' >alike.csv
on 3 "$program" detect --replace alike.csv --label y --out s.csv >told
awk -F, 'NR > 1 && ($1 != NR - 1 || ($2 - 0.5) ^ 2 > 1e-10) { exit 1 } END { exit NR != 4 }' s.csv || fail "$(cat s.csv)"
grep -qxF "AUROC is not defined: the label says the same for all rows" told || fail "$(cat told)"
# ECOD of the same column: a 9 is one of 5 at the top, a 5 at most the share of all but these.
on 2 "$program" detect --replace hand.csv --detector ecod --label y --out s.csv >told
grep -qxF "AUROC 0.812500" told && grep -qxF "ecod: knots 4096, seed 1" told || fail "$(cat told)"
awk -F, 'NR > 1 { v = NR <= 6 ? -log(5 / 100) : -log(95 / 100); if (($2 - v) ^ 2 > 1e-12) exit 1 }' s.csv || fail "$(cat s.csv)"
for ranks in 1 3 4; do
    on $ranks "$program" detect --replace m.csv --detector ecod --knots 50 --label y --skip note --out "e$ranks.csv" >/dev/null
    same e1.csv "e$ranks.csv"
done
rm s.csv

# One cut of four rows, half-way between 2 and 3: gradients of a half and hessians of a quarter
# give leaves of 1 / (1/2 + 1).
printf 'a,y\n1,0\n3,1\n2,0\n4,1\n' >four.csv
printf 'y,a\n1,2.5\n0,2.4999\n0,-9\n1,77\n' >others.csv
on 3 "$program" detect --replace others.csv --train four.csv --label y --detector boosting \
    --rounds 1 --depth 1 --rate 1 --min-child 0.5 --out s.csv >told
awk -F, 'NR > 1 { v = NR == 2 || NR == 5 ? 2 / 3 : -2 / 3; if (($2 - v) ^ 2 > 1e-12) exit 1 }' s.csv || fail "$(cat s.csv)"
grep -qxF "AUROC 1.000000" told || fail "$(cat told)"
# More of a column that may only lower the odds does not raise them: there is no cut then.
for way in a:+ a:-; do
    on 2 "$program" detect --replace others.csv --train four.csv --label y --detector boosting \
        --rounds 1 --depth 1 --rate 1 --min-child 0.5 --monotone "$way" --out "$way.csv" >told
    grep -q "^boosting: .* monotone $way, " told || fail "$(cat told)"
done
same s.csv a:+.csv
# The list may be a long one.
on 2 "$program" detect --replace others.csv --train four.csv --label y --detector boosting --rounds 1 --depth 1 --rate 1 \
    --min-child 0.5 --monotone "$(printf 'a:-,%.0s' {1..2000})a:+" --out long.csv >told
same s.csv long.csv
rm s.csv
awk -F, 'NR > 1 && $2 != 0 { exit 1 } END { exit NR != 5 }' a:-.csv || fail "$(cat a:-.csv)"
answer 2 78 "boosting.monotone: 'b' is no column that the trees read" others.csv --train four.csv --label y \
    --detector boosting --monotone b:+ --out s.csv
for ranks in 1 2 3 4; do
    on $ranks "$program" detect --replace m.csv --train m.csv --detector boosting --rounds 15 --bags 2 --row-share 0.8 \
        --column-share 0.7 --bins 100 --label y --skip note --out "b$ranks.csv" --block $((3 * ranks)) >/dev/null
    same b1.csv "b$ranks.csv"
done
answer 2 64 "the boosting detector is fitted on labelled rows: give them by --train and --label" m.csv --detector boosting --label y --skip note --out s.csv
answer 2 64 "the boosting detector is fitted on labelled rows: give them by --train and --label" m.csv --detector boosting --train m.csv --out s.csv
# Logistic regression: one value, of which two rows in ten are frauds, and another, of which eight are. Without
# l2 the log-odds are those of these shares. It is fitted on labelled rows of its own.
awk -v OFS=, 'BEGIN { print "x,y"; for (i = 0; i < 20; i++) print int(i / 10), i % 10 < (i < 10 ? 2 : 8) }' >shares.csv
printf 'y,x\n0,0\n1,1\n1,0\n' >later.csv
for ranks in 1 2 4; do
    on $ranks "$program" detect --replace later.csv --train shares.csv --detector logistic --l2 0 --label y --out l.csv >told
    awk -F, 'NR > 1 { v = (NR == 3 ? 1 : -1) * log(4); if (($2 - v) ^ 2 > 1e-12) exit 1 } END { exit NR != 4 }' l.csv || fail "$(cat l.csv)"
    grep -qxF "logistic: choose_l2 true, curve_knots 256, l2 0, max_iterations 100, seed 1" told || fail "$(cat told)"
    grep -qxF "AUROC 0.750000" told || fail "$(cat told)"
    on $ranks "$program" detect --replace m.csv --train m.csv --detector logistic --label y --skip note --out "l$ranks.csv" \
        --block $((3 * ranks)) >told
    same l1.csv "l$ranks.csv"
done
supervised="the logistic regression is fitted on labelled rows: give them by --train and --label"
answer 1 64 "$supervised" m.csv --detector logistic --label y --skip note --out s.csv
answer 1 64 "$supervised" m.csv --detector logistic --train m.csv --skip note,y --out s.csv
answer 1 64 "--l2 must be a number from 0 to 1e+12" m.csv --detector logistic --train m.csv --label y --l2=-1 --out s.csv
answer 1 64 "--choose-l2 must be true or false" m.csv --detector logistic --train m.csv --label y --choose-l2 may --out s.csv
answer 1 64 "--max-iterations must be from 1 to 1000000" m.csv --detector logistic --train m.csv --label y --max-iterations 0 --out s.csv
grep -v ',1$' shares.csv >genuine.csv
answer 3 65 "logistic regression: no row to learn from is a fraud" later.csv --train genuine.csv --detector logistic --label y --out s.csv
{
    seq -f c%g 600 | paste -sd,
    seq 600 | sed 's/.*/0/' | paste -sd,
    seq 600 | sed 's/.*/1/' | paste -sd,
} >many.csv
answer 2 65 "logistic regression: 599 columns, at most 511 can be read" many.csv --train many.csv --detector logistic --label c1 --out s.csv

# alike FILE OPTIONS...: the same scores as of plain.csv with its label y, and told but for the notes, at 1
# to 3 ranks; what was noted is in `notes`.
alike() {
    local ranks
    for ranks in 1 2 3; do
        on "$ranks" "$program" detect --replace "$@" --out s.csv --block 5 >told
        same plain-scores.csv s.csv
        grep ^NOTE told >notes || true
        diff <(grep -v ^NOTE told | sed 1d) <(sed '1d; s/plain-scores/s/' plain-told) || fail "detect $*: other figures"
    done
    rm s.csv
}
awk -v OFS=, 'BEGIN { print "a,b,c,y"; srand(3); for (i = 0; i < 300; i++) print int(rand() * 60), int(rand() * 9) / 8, i % 7, i % 19 == 0 }' >plain.csv
on 1 "$program" detect --replace plain.csv --label y --out plain-scores.csv >plain-told
! grep -q NOTE plain-told || fail "$(cat plain-told)"

# No header: refused, and read where it is said to be none.
sed 1d plain.csv >headerless.csv
expected="a line with the names of the columns is expected: write one, or read this line as a row by --no-header"
expect 65 "headerless.csv:1: only numbers, where $expected" detect --replace headerless.csv --out s.csv
awk -F, -v OFS=, 'NR > 1 { $4 = $4 ? "Y" : "N"; print }' plain.csv >words.csv
expect 65 "words.csv:1: only numbers and words that stand for values, where $expected" detect --replace words.csv --out s.csv
alike headerless.csv --no-header --label 4
alike headerless.csv --no-header --label col4
alike words.csv --no-header --label 4
[ ! -s notes ] || fail "$(cat notes)"
{ echo 0,1,2,3; cat headerless.csv; } >counted.csv
alike counted.csv --label 3
grep -qxF "NOTE counted.csv: the first line counts the columns and was read as their names: --no-header reads it as a row" notes || fail "$(cat notes)"

# The index of pandas, called nothing or "Unnamed: 0", and a comma behind each row.
awk -v OFS=, 'NR > 1 { print NR - 2, $0 } NR == 1 { print "", $0 }' plain.csv >pandas.csv
alike pandas.csv --label y
grep -qxF "NOTE pandas.csv: column 1 has no name and counts the rows: it is left out" notes || fail "$(cat notes)"
sed '1s/^/Unnamed: 0/; 1s/$/,/; 2,$s/$/,/' pandas.csv >twice.csv
alike twice.csv --label y
grep -qxF "NOTE twice.csv: column 6 has no name and no values: it is left out" notes && [ "$(wc -l <notes)" = 2 ] || fail "$(cat notes)"
sed '200s/^198,/98,/' pandas.csv >jump.csv
expect 65 "jump.csv:200: column 1 has no name, and does not count the rows: give it one, or leave it out by --skip 'col1'" \
    detect --replace jump.csv --label y --out s.csv --block 5
alike jump.csv --label y --skip col1
alike jump.csv --label y --skip 1
[ ! -s notes ] || fail "$(cat notes)"

# Words for labels; those of scikit-learn.
for pair in False:True n:Y; do
    awk -F, -v OFS=, -v none="${pair%:*}" -v fraud="${pair#*:}" 'NR > 1 { $4 = $4 ? fraud : none } { print }' plain.csv >words.csv
    alike words.csv --label y
done
awk -F, -v OFS=, 'NR > 1 { $4 = $4 ? -1 : 1 } { print }' plain.csv >learn.csv
expect 65 "learn.csv:2: column 'y': '-1' is no label: where 1 and -1 stand for normal and odd, write 0 and 1" \
    detect --replace learn.csv --label y --out s.csv
sed '9s/.$//' plain.csv >gap.csv
expect 65 "gap.csv:9: column 'y': the cell is empty: every row needs its label" detect --replace gap.csv --label y --out s.csv

# Seconds of which 128 are one float32: as seconds from the first on, also by a model of another file.
awk -F, -v OFS=, 'NR > 1 { $1 = 1704067200 + $1 } { print }' plain.csv >seconds.csv
alike seconds.csv --label y
shift="NOTE column 'a': its numbers are large and close together: 1704067200 is taken from each before it becomes a 32-bit float"
[ "$(cat notes)" = "$shift" ] || fail "$(cat notes)"
awk -F, -v OFS=, 'NR < 120 { print $2, $1, $3, $4 }' seconds.csv >some.csv
awk -F, -v OFS=, 'NR < 120 { print $2, $1, $3, $4 }' plain.csv >small.csv
on 1 "$program" detect --replace small.csv --train plain.csv --label y --out t.csv >/dev/null
for ranks in 1 2 3; do
    on $ranks "$program" detect --replace some.csv --train seconds.csv --label y --out s.csv >told
    same t.csv s.csv
    grep -qxF "$shift" told || fail "$(cat told)"
done
# Of one row that is a float32 and others that are not.
{ echo b,a,c,y; echo 1,1704067200,3,0; } >row.csv
{ echo b,a,c,y; echo 1,0,3,0; } >zero.csv
on 1 "$program" detect --replace zero.csv --train plain.csv --label y --out t.csv >/dev/null
on 2 "$program" detect --replace row.csv --train seconds.csv --label y --out s.csv >told
same t.csv s.csv
printf 'card,a\n1,2\n4539148710000001,2\n4539148710000003,2\n' >cards.csv
on 2 "$program" detect --replace cards.csv --out s.csv >told
grep -qxF "NOTE cards.csv: column 'card': 2 of 3 numbers have more digits than a 32-bit float and were rounded, so that some may have become one: an identifier is left out by --skip" told || fail "$(cat told)"
rm s.csv t.csv

# The command line.
answer 1 64 "--trees is no option of the ECOD detector" m.csv --detector ecod --trees 5 --out s.csv
answer 1 64 "--knots must be from 16 to 1048576" m.csv --detector ecod --knots 5 --out s.csv
answer 1 64 "unknown detector 'iforst': did you mean 'iforest'?" m.csv --detector iforst --out s.csv
answer 1 64 "unknown detector 'pca': there is tails, combinations, iforest, ecod, logistic, boosting" m.csv --detector pca --out s.csv
"$program" detect --help >told
grep -qxF "      one of tails, combinations, iforest, ecod, logistic, boosting (default iforest)" told || fail "$(cat told)"
answer 1 64 "--out is missing" m.csv
answer 1 64 "--sample must be from 2 to 4096" m.csv --sample=-1 --out s.csv
answer 1 64 "MATRIX.csv is missing" --out s.csv
answer 1 64 "unknown option '--lable': did you mean '--label'?" m.csv --lable y --out s.csv
answer 1 64 "--sample must be from 2 to 4096" m.csv --sample 1 --out s.csv
answer 1 64 "--seed must be from 0 to 9223372036854775807" m.csv --seed 9223372036854775808 --out s.csv
answer 1 64 "--trees '1e3' is not a whole number" m.csv --trees 1e3 --out s.csv
cp m.csv same.csv
answer 1 64 "./same.csv: is the input: what is written needs a file of its own" same.csv --label y --out ./same.csv
cp m.csv q.csv.paraudit.part
answer 1 64 "q.csv.paraudit.part: is the input: what is written needs a file of its own" q.csv.paraudit.part --label y --out q.csv
same m.csv q.csv.paraudit.part
cp m.csv old.csv; ln -s old.csv link.csv
answer 1 73 "link.csv: is a link: name the file itself" m.csv --label y --skip note --out link.csv
mkfifo pipe
answer 1 73 "pipe: is a pipe: a file is needed" m.csv --label y --skip note --out pipe
answer 1 64 "column 'y' is named by --label and by --skip" m.csv --label y --skip note,y --out s.csv
answer 2 73 "no/where/s.csv: No such file or directory" m.csv --out no/where/s.csv
mkdir folder
answer 2 73 "folder: is a folder" m.csv --out folder

# The file.
answer 2 66 "nobody.csv: No such file or directory" nobody.csv --out s.csv
answer 2 66 "folder: not a file" folder --out s.csv
touch empty.csv
answer 3 65 "empty.csv: the file is empty: a line with the names of the columns is expected" empty.csv --out s.csv
echo a,b >bare.csv
answer 3 65 "bare.csv: no row behind the names of the columns" bare.csv --out s.csv
printf 'a,b\n1,2\n' >one.csv
answer 3 65 "isolation forest: 1 row, at least 2 are needed" one.csv --out s.csv
answer 3 65 "m.csv:1: no column 'fraud' (--label); the columns are a, note, b, y, c" m.csv --label fraud --out s.csv
answer 3 65 "m.csv:2: column 'note': 'over,??lines' is not a number" m.csv --out s.csv
printf 'a,b\n%s\n' "$(seq 400 | sed 's/$/,2/')" >long.csv
sed '300s/2$/two/; 390s/2$//' long.csv >bad.csv
answer 3 65 "bad.csv:300: column 'b': 'two' is not a number" bad.csv --block 7 --out s.csv
sed '200s/^/inf/' bad.csv >worse.csv
answer 3 65 "worse.csv:200: column 'a': 'inf199' is not a number" worse.csv --block 7 --out s.csv
sed '200s/^199/-inf/' bad.csv >worse.csv
answer 3 65 "worse.csv:200: column 'a': '-inf' is not finite" worse.csv --block 7 --out s.csv
sed '390s/2$//' long.csv >bad.csv
remedy="fill it, take the row out, or leave the column out by --skip"
answer 3 65 "bad.csv:390: column 'b': the cell is empty: $remedy" bad.csv --out s.csv
sed '390s/2$/NA/' long.csv >bad.csv
answer 3 65 "bad.csv:390: column 'b': 'NA' is a gap: $remedy" bad.csv --out s.csv
sed '5s/$/,3/' long.csv >bad.csv
answer 3 65 "bad.csv:5: 3 fields, where the header has 2" bad.csv --out s.csv
sed '7s/^/"/' long.csv >bad.csv
answer 3 65 "bad.csv:7: a quote that is opened in this row is never closed" bad.csv --block 7 --out s.csv
gzip -k long.csv
head -c 300 long.csv.gz >cut.csv
answer 3 65 "cut.csv: the compressed data ends early (byte 300 of the file): cut short?" cut.csv --out s.csv
sed '300s/2$/two/' long.csv | gzip >bad.csv
answer 3 65 "bad.csv:300: column 'b': 'two' is not a number" bad.csv --read-buffer 5 --out s.csv
printf 'PK\003\004' >book.xlsx
answer 2 65 "book.xlsx: the file is a zip archive: unpack the file that is in it" book.xlsx --out s.csv
for ranks in 1 3; do
    on "$ranks" "$program" detect --replace long.csv --out plain.csv >/dev/null
    on "$ranks" "$program" detect --replace long.csv.gz --out packed.csv >/dev/null
    same plain.csv packed.csv
done
{
    seq 40000 | paste -sd,
    seq 40000 | paste -sd,
    seq 40000 | paste -sd,
} >wide.csv
answer 3 65 "isolation forest: 40000 columns, at most 32768 can be read" wide.csv --out s.csv

all_expected

# As others have measured (mean AUROC of ten trials: .9213 and .9971).
data=$PARAUDIT_TEST_DATA/odds
[ -r "$data/cardio.csv.zst" ] || { echo "the ODDS part is skipped: there is no $data (set PARAUDIT_TEST_DATA)"; exit 0; }
for set in cardio:0.88:0.96 shuttle:0.99:1; do
    IFS=: read -r name least most <<<"$set"
    zstd -qdc "$data/$name.csv.zst" >"$name.csv"
    on 2 "$program" detect --replace "$name.csv" --label y --out s.csv >told
    awk -v least="$least" -v most="$most" '/^AUROC/ { found = 1; good = $2 >= least && $2 <= most }
        END { exit !(found && good) }' told || fail "$name: $(cat told)"
done
